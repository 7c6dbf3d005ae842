"""Siblings: modules that may have used what a changed module has put into others, though they do not import it.

Knows who imports whom, and what has changed.  Must not know how a module is brought up to date.

What a module puts elsewhere may be in all that it imports, and whoever imports that as well may use it.  In a fresh
interpreter it uses it only if it is executed after the module that has changed.
"""

from ..modules import graph
from ..modules.record import imports_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable

    from ..modules.record import Record

# The version in an edge of a module that is asked at its next import.
_WAITING = -1
WHY = "may use what others have changed"


def is_waiting(record: "Record") -> bool:
    """True if a module is asked because of what others had changed when it was not imported."""
    return record.edges is not None and _WAITING in record.edges.values()


class Siblings:
    """The siblings of the modules that have changed in one refresh."""

    def __init__(
        self,
        records: "dict[str, Record]",
        stale: "Container[str]",
        half_imported: "Container[str]",
        verified: "Container[str]",
        is_waiting: "Callable[[Record], bool]",
        has_read_else: "Callable[[Record], object]",
    ) -> None:
        """What is `stale` is verified in any case; of the others, those that are `waiting` can be asked.

        `has_read_else(record)` says whether the environment is another than the module has read.
        """
        self._records = records
        self._imports = imports_in(records)
        self._stale = stale
        self._half_imported = half_imported
        self._verified = verified
        self._is_waiting = is_waiting
        self._has_read_else = has_read_else
        # modules that what has changed may have put something into, or changed; who imports those
        self._shared: set[str] = set()
        self._sharing: set[str] = set()
        self._left: set[str] = set()
        self._changed: set[str] = set()
        # modules that were reached, in the order of the imports, before anything had changed
        self._passed: dict[str, None] = {}
        # {"shop.app": 7}: how many they were when what a module imports was begun to be reached
        self._begun: dict[str, int] = {}
        # modules that are asked only because they are siblings
        self.asked: set[str] = set()

    def leave(self, names: "Iterable[str]") -> None:
        """These modules are going to be executed; the last time, they have run more than imports."""
        self._left.update(names)

    def share(self, record: "Record") -> None:
        """What a module that has changed puts elsewhere, or put there before, may be in all that it imports."""
        if record.inert == 0 and record.name not in self._left:
            return
        self._changed.add(record.name)
        shared = {*graph.closure([record.name], self._imported_by_now)}
        if not shared <= self._shared:
            self._shared |= shared
            importers = graph.importers_in({name: each.edges or () for name, each in self._records.copy().items()})
            self._sharing = set(graph.closure(self._shared, lambda each: importers.get(each, ())))

    def pass_by(self, name: str) -> None:
        """A module, and all that it imports, has been reached in the order of the imports, and is up to date."""
        reached = graph.closure([name], lambda each: () if each in self._passed else self._imported_by_now(each))
        self._passed.update((each, None) for each in reached if each not in self._half_imported)

    def begin(self, names: "list[str]") -> None:
        """What these modules import is going to be reached."""
        self._begun.update(dict.fromkeys(names, len(self._passed)))

    def begin_again(self, name: str) -> "dict[str, None]":
        """Statements of a module are executed: what it imports is reached once more; returns what had been `passed`."""
        before = self._passed
        self._passed = dict.fromkeys(list(before)[: self._begun.get(name, 0)])
        return before

    def end_again(self, passed: "dict[str, None]") -> None:
        """The statements have been executed."""
        self._passed = {**passed, **self._passed}

    def among(self, names: "Iterable[str]") -> "dict[str, str]":
        """{sibling: why it is asked} of what `names` import, directly or not."""
        if not self._shared:
            return {}
        return {name: WHY for name in graph.closure(names, self._imports_not_passed) if self.is_one(name)}

    def is_one(self, name: str) -> bool:
        """True if a module that has not been verified may have used what others, not imported by it, have changed."""
        record = self._records.get(name)
        if record is None or record.executing or not (name in self._sharing or self._has_read_else(record)):
            return False
        if name in self._passed or name in self._shared:  # what the changed module imports, comes before it
            return False
        if record.path is None or not self._is_waiting(record):
            return False
        if name not in self._stale:
            self.asked.add(name)
        return True

    def leave_waiting(self, reached: "Container[str]") -> None:
        """Siblings that were not `reached`, as no statement has named them, are asked when they are imported next.

        The records stand in the order in which modules were executed first.
        """
        names = list(self._records)
        for name in names[min(map(names.index, self._changed), default=len(names)) :]:
            record = self._records[name]
            if name in self._sharing and name not in self._passed and name not in reached and not record.executing:
                edges = record.edges or {}
                edges.update(dict.fromkeys(edges.keys() & (self._sharing | self._shared), _WAITING))

    def _imports_not_passed(self, name: str) -> "Iterable[str] | None":
        return () if name in self._passed else self._imports(name)

    def _imported_by_now(self, name: str) -> "Iterable[str] | None":
        """What a module has imported by now, in the order of the imports: a package above may be half imported."""
        imports = self._imports(name)
        if imports is None or name not in self._half_imported:
            return imports
        return [each for each in imports if each in self._passed or each in self._verified]
