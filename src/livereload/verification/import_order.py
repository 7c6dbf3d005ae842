"""The order in which modules are verified: each after what it imported, in the order in which it did.

Knows names, and who imports whom.  Must not know what verifying a module means: it is a depth-first search that tells
its visitor when all that a module imports has been visited.  Modules that import each other in a cycle are one.
"""

from ..modules import graph

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Protocol

    from ..modules.record import Record
    from ..modules.stale import Plan

    class Visitor(Protocol):
        """What a walk asks and tells."""

        def enters(self, plan: "Plan", name: str) -> bool:
            """True if a module has to be verified."""

        def begin(self, names: "list[str]") -> None:
            """What these modules import is going to be visited."""

        def end(self, names: "list[str]") -> None:
            """What these modules import has been visited, or one of them has failed."""

        def changes(self) -> int:
            """A number that rises when something may be decided that was not."""

        def is_decided(self, plan: "Plan", name: str) -> bool:
            """True if what a module imports need not be visited any more."""

        def decide(self, plan: "Plan", names: "list[str]") -> None:
            """What these modules import is up to date: bring them up to date."""

        def fail(self, plan: "Plan", names: "list[str]", child: str, error: BaseException) -> BaseException | None:
            """`child`, which these modules import, has failed: the error with which they fail, if they do."""


class Walk:
    """A walk along the imports of the modules in a plan."""

    def __init__(
        self,
        plan: "Plan",
        records: "dict[str, Record]",
        imports: "Callable[[Record], Iterable[str]]",
        visitor: "Visitor",
    ) -> None:
        """`imports` gives what a module has imported and is going to import."""
        self._plan = plan
        self._records = records
        self._imports = imports
        self._visitor = visitor
        self._cycles: dict[str, frozenset[str]] | None = None
        self._entered: set[str] = set()

    def cycle(self, name: str) -> "list[str]":
        """The modules that import each other with this one, itself included, in the order of the plan."""
        if self._cycles is None:
            closure, stale, records = self._plan.closure, self._plan.reasons.keys(), self._records
            if closure is not None and all(
                stale & self._imports(records[each]) == stale & closure.edges[each] for each in self._plan.changed
            ):
                self._cycles = closure.cycles()  # nothing new is imported
            else:
                self._cycles = graph.cycles({each: self._imports(records[each]) for each in stale})
        members = self._cycles.get(name)
        return [name] if members is None else [each for each in self._plan.reasons if each in members]

    def verify(self, root: str) -> None:
        """Bring a module up to date, after all that it imported."""
        path: list[_Entered] = []
        self._enter(root, path)
        while path:
            entered = path[-1]
            child = self._next(entered)
            failure: BaseException | None = None
            try:
                if child is not None:
                    self._enter(child, path)
                else:
                    self._leave(path)
                    self._visitor.decide(self._plan, entered.members)
            except BaseException as error:
                failure = error
            if failure is not None:  # not in the `except` clause, or it would be the context of other errors
                self._fail(failure, path, child or entered.name)

    def _next(self, entered: "_Entered") -> str | None:
        """What a module imported next; None if there is nothing more, or if it is affected already.

        What it imported after the first difference, a fresh interpreter need not import as well.
        """
        child = next(entered.children, None)
        changes = self._visitor.changes()
        if child is None or changes == entered.changes or len(entered.members) > 1:
            return child
        entered.changes = changes
        return None if self._visitor.is_decided(self._plan, entered.name) else child

    def _enter(self, name: str, path: "list[_Entered]") -> None:
        if name in self._entered or not self._visitor.enters(self._plan, name):
            return
        members = self.cycle(name)
        self._entered.update(members)
        self._visitor.begin(members)
        path.append(_Entered(name, members, self._children(members), self._visitor.changes()))

    def _leave(self, path: "list[_Entered]") -> "_Entered":
        entered = path.pop()
        self._visitor.end(entered.members)
        return entered

    def _children(self, members: "list[str]") -> "Iterator[str]":
        for member in members:
            for other in list(self._records[member].edges or ()):
                yield from graph.parents(other)
                yield other

    def _fail(self, failure: BaseException, path: "list[_Entered]", child: str) -> None:
        """What a module imports has failed, and so may the module."""
        error: BaseException | None = failure
        while path and error is not None:
            entered = self._leave(path)
            error = self._visitor.fail(self._plan, entered.members, child, error)
            child = entered.name
        if error is not None:
            raise error


class _Entered:
    """Modules whose imports are being visited: one, or those that import each other."""

    __slots__ = ("changes", "children", "members", "name")

    def __init__(self, name: str, members: "list[str]", children: "Iterator[str]", changes: int) -> None:
        self.name = name
        self.members = members
        self.children = children
        # `Visitor.changes()` when it was last seen whether they are decided
        self.changes = changes
