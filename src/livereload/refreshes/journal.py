"""What one refresh touched, and how to undo it.

Knows `sys.modules`, namespaces and records; must not know why they are touched.

A module that is to be executed again is *taken*: its entry leaves `sys.modules` and the binding
leaves its parent package.  What is not in `sys.modules` the import system executes when it is
reached, so the order of execution, cycles, error messages and tracebacks are those of a fresh
interpreter by construction.  The module object is kept aside and *renewed* when the import system
asks for a module to execute in: the same object, the same namespace dictionary, emptied.

Every effect goes onto a journal first.  Rolling back plays the journal backwards.
"""

import sys
from _weakref import ref
from types import ModuleType

from ..identity.object_model import class_of, is_class, namespace_of
from ..modules import graph
from .taken_modules import Taken, is_flat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import CodeType
    from typing import Any

    from .._progress import Progress
    from .._report import Executed
    from ..entries.take_back import Entries
    from ..files.source import Source
    from ..identity.generations import Generations
    from ..modules.record import Record
    from ..modules.stale import Plan
    from ..verification.verify import Verification

_MISSING = object()


class Transaction:
    """One refresh.  Ends by `commit` or `roll_back`, once."""

    def __init__(self, moment: int, new_entries: "Callable[[Transaction], Entries] | None" = None) -> None:
        self.moment = moment
        # {"shop.cart": Taken}
        self.taken: dict[str, Taken] = {}
        # {"shop.cart", "shop"}: these and the packages around them
        self.around: set[str] = set()
        # {"/home/me/shop/cart.py": Source}: what the plan read, so that nothing is read twice
        self.sources: dict[str, Source] = {}
        # {"shop.cart": code}: what to execute where that is known already
        self.codes: dict[str, CodeType] = {}
        # {"shop.cart": {"cache"}}: the names whose earlier values a module asks for
        self.asked_for: dict[str, frozenset[str]] = {}
        # {"shop.cart": "shop/cart.py changed"}
        self.reasons: dict[str, str] = {}
        # {"shop.app": {"shop.cart"}}: what modules had imported when they were executed before
        self.edges: dict[str, frozenset[str]] = {}
        self.executed: list[Executed] = []
        # statements of a module have been executed by themselves
        self.has_updated = False
        # modules that nobody imports any more, whose entries have been taken back at the beginning
        self.forsaken: list[str] = []
        # modules that may be executed, and those whose entries are looked for
        self.candidates: dict[str, None] = {}
        self.announced: set[str] = set()
        # what the plan has found fresh, as long as nothing has been called that may have written files
        self.fresh: list[Record] = []
        # what decides which modules are executed; None if all are
        self.verification: Verification | None = None
        # something has failed, and whoever imports it for the first time may catch the error
        self.pending = False
        self._generations: Generations | None = None
        self._entries: Entries | None = None
        self._new_entries = new_entries
        self.progress: Progress
        self._journal: list[tuple[Callable[..., object], tuple[object, ...]]] = []

    @property
    def generations(self) -> "Generations":
        """Old and new objects of the modules that are executed."""
        if self._generations is None:
            from ..identity.generations import Generations  # what only an execution needs is loaded then

            self._generations = Generations(self.note)
        return self._generations

    @property
    def entries(self) -> "Entries":
        """What these modules have put elsewhere."""
        if self._entries is None:
            assert self._new_entries is not None
            self._entries = self._new_entries(self)
        return self._entries

    @property
    def is_light(self) -> bool:
        """True as long as no module has been taken, and so nothing need be brought together."""
        return self._generations is None and self._entries is None

    def meet(self, name: str) -> None:
        """A module that is being executed imports this one."""
        if self._entries is not None:
            self._entries.meet(name)

    def meet_first(self, name: str, module: ModuleType) -> None:
        """A module is about to be executed for the first time."""
        self.entries.first(name, module)
        if self.verification is not None:
            self.verification.meets()
        if self._generations is not None:
            self._generations.memos.meet(namespace_of(module) or {})

    def end(self) -> None:
        """Let go of what was remembered for what has been executed."""
        if self._entries is not None:
            self._entries.end()
        if self._generations is not None:
            self._generations.memos.let_go()

    def code_for(self, record: "Record") -> "CodeType | None":
        """The code that a module which has been taken is going to be executed from, if it is known already."""
        return self.codes.get(record.name) if record.path in self.sources else record.code

    def doubt(self) -> None:
        """Code runs that may write files: what has been found fresh is to be looked at again when it is imported."""
        for record in self.fresh:
            if record.checked == self.moment:
                record.checked = 0
        self.fresh.clear()

    def take(
        self, plan: "Plan", records: "dict[str, Record]", remember: "Callable[[dict[str, Taken]], object]"
    ) -> "dict[str, Taken]":
        """Take out of `sys.modules` what `plan` says is to be executed; returns what was taken now.

        `remember` is called with that while all is still there: whatever is not there another thread may execute.

        A module that was not there when the plan was made, and that another thread has begun to import since,
        stays: it has been executed since, which is noted before its entry in `sys.modules`.  What is left of one that
        failed is kept likewise.
        """
        new = {}
        modules = []
        self.sources.update(plan.sources)
        for name in plan.reasons:  # a code and the source beside it are of one read
            self.codes.pop(name, None)
        self.codes.update(plan.codes)
        for name, reason in plan.reasons.items():
            module = sys.modules.get(name)
            if name in plan.reached and plan.reached[name].version != records[name].version:
                continue
            self.reasons[name] = reason
            left = records[name].wreck if module is None and name in records else module
            if left is None or name in self.taken:
                continue
            behind = records[name].behind if name in records else None
            taken = self.taken[name] = Taken(left if behind is None else behind, left)
            self.around.update((name, *graph.parents(name)))
            if namespace_of(taken.module) is not None:  # else it has put something else in its place
                new[name] = taken
            if module is not None:
                modules.append((name, module))
            else:
                self._note_absence(name)
        remember(new)
        for name, module in modules:
            self.note(sys.modules.__setitem__, name, module)
            sys.modules.pop(name, None)
            self.taken[name].bound = self._unbind(name, module)
        return new

    def _unbind(self, name: str, module: ModuleType) -> bool:
        """Remove the binding of a submodule from its parent, so that a from-list asks for it again."""
        parent, _, tail = name.rpartition(".")
        above = self.taken.get(parent)
        namespace = namespace_of(sys.modules.get(parent)) if above is None else above.namespace
        if namespace is None or namespace.get(tail) is not module:
            return False
        self.note(namespace.__setitem__, tail, module)
        del namespace[tail]
        return True

    def renew(self, name: str, asked_for: "Iterable[str]" = (), *, own_type: bool = False) -> ModuleType | None:
        """The module that was taken by this name, like a new one; None if none was taken.

        Of what it had, it keeps the values that it has `asked_for`, and its type if that is the
        loader's choice (`own_type`) and not what its code made of it.
        """
        taken = self.taken.get(name)
        if taken is None or not issubclass(taken.cls, ModuleType):
            return None
        if not taken.renewed:
            self.note(taken.restore)
        taken.renewed = True
        if taken.cls is not ModuleType and not own_type:
            taken.module.__class__ = ModuleType
        taken.namespace.clear()
        taken.namespace.update(vars(ModuleType(name)))
        for each in asked_for:
            if each in taken.contents:
                taken.namespace.setdefault(each, taken.contents[each])
        return taken.module

    def begin(self, name: str, records: "dict[str, Record]") -> None:
        """Note that `name` is about to be executed, and replaced among the records."""
        if name not in self.taken:
            self._note_absence(name)
        self.replace(name, records)

    def _note_absence(self, name: str) -> None:
        """Note that `name` is not in `sys.modules`, and what its package has by that name."""
        parent, _, tail = name.rpartition(".")
        namespace = namespace_of(sys.modules.get(parent))
        self.note(self._forget, name, _MISSING if namespace is None else namespace.get(tail, _MISSING))

    def replace(self, name: str, records: "dict[str, Record]") -> None:
        """Note that the record of `name` is about to be replaced."""
        old = records.get(name)
        if old is None:
            self.note(records.pop, name, None)
        else:
            self.note(records.__setitem__, name, old.copy())

    def put_back(self, records: "dict[str, Record]") -> "list[tuple[ModuleType, ModuleType]]":
        """Let modules that stand in the place of others become what has been put there now.

        Returns what was put there, each with what stands there again.
        """
        kept: list[tuple[Any, Any]] = []
        for name, taken in self.taken.items():
            entry, now = taken.entry, sys.modules.get(name)
            before, contents = namespace_of(entry), namespace_of(now)
            if entry is taken.module or entry is now or before is None or contents is None:
                continue
            was = Taken(entry, entry)
            was.renewed = True
            self.note(was.restore)
            try:
                class_of.__set__(entry, type(now))
            except TypeError:  # a layout of its own
                continue
            for key in before.keys() - contents.keys():
                del before[key]
            before.update(contents)
            if now is not taken.module:
                sys.modules[name] = entry
                if name in records:
                    records[name].module = ref(entry)
                kept.append((now, entry))
        return kept

    def commit(self, records: "dict[str, Record]") -> None:
        """Keep everything.

        What was taken and never reached goes back as it was, still stale.  What a fresh interpreter
        does not have, because it is gone or raised where the error was caught, stays away; yet the
        functions that the session holds of it keep the namespace they had.
        """
        unreached = []
        for name, taken in self.taken.items():
            if name in sys.modules:
                continue
            record = records.get(name)
            taken.restore()
            if record is not None and (record.missing or record.failed):
                continue
            package = self._lost_package(name, records)
            if package is not None:  # and so no finder was asked
                if record is not None:
                    self._lose(record, taken.module, package, records)
                continue
            sys.modules[name] = taken.entry
            unreached.append(name)
        self._lose_submodules(records)
        for name in unreached:
            parent, _, tail = name.rpartition(".")
            namespace = namespace_of(sys.modules.get(parent))
            gone = name in records and records[name].gone
            if namespace is not None and self.taken[name].bound and not gone:
                namespace.setdefault(tail, sys.modules[name])
        self._journal.clear()  # the one moment from which on everything is kept
        self.taken.clear()
        self.around.clear()

    def _lose_submodules(self, records: "dict[str, Record]") -> None:
        """What is below a package that is a module now goes with it, taken or not."""
        flat = tuple(f"{name}." for name, taken in self.taken.items() if is_flat(taken))
        for name in records.copy() if flat else ():
            module = sys.modules.get(name)
            if name.startswith(flat) and module is not None:
                self.note(sys.modules.__setitem__, name, module)
                del sys.modules[name]
                self._lose(records[name], module, self._lost_package(name, records) or "", records)

    def _lose(self, record: "Record", module: ModuleType, package: str, records: "dict[str, Record]") -> None:
        """A module is gone with its package."""
        self.replace(record.name, records)
        record.failed, record.wreck = True, module
        self._set_version(record, package, records)

    def _lost_package(self, name: str, records: "dict[str, Record]") -> str | None:
        """The package around a submodule, if any, that is gone or has failed in this refresh, or is a module now."""
        packages = graph.parents(name)
        return next((each for each in packages if self._is_lost(records.get(each), self.taken.get(each))), None)

    def _is_lost(self, package: "Record | None", taken: Taken | None) -> bool:
        if package is not None and package.checked == self.moment and (package.failed or package.missing):
            return True
        return taken is not None and is_flat(taken)

    def _set_version(self, gone: "Record", package: str, records: "dict[str, Record]") -> None:
        """That it is gone is new to those who asked for it before this refresh; who did meanwhile met its package."""
        gone.version = self.moment
        for record in records.copy().values():
            if record.version == self.moment and record.edges and gone.name in record.edges:
                del record.edges[gone.name]
                if package in records:
                    record.edges[package] = records[package].version

    @property
    def has_executed(self) -> bool:
        """True if modules may import others now than before."""
        return bool(self.reasons or self.executed or self.edges or self.has_updated)

    @property
    def has_effects(self) -> bool:
        """True if there is something to undo: nothing before the first effect, nor after the commit."""
        return bool(self._journal)

    def roll_back(self) -> None:
        """Undo everything, the last effect first; nothing after a commit.

        An interrupt in the middle (a second Ctrl-C) is raised when all is undone.
        """
        interrupted: BaseException | None = None
        while self._journal:
            try:
                self._undo()
            except BaseException as error:
                if interrupted is not None:
                    self._journal.pop()  # tried twice
                interrupted = error
        if interrupted is not None:
            raise interrupted

    def _undo(self) -> None:
        while self._journal:
            undo, arguments = self._journal[-1]
            undo(*arguments)
            self._journal.pop()

    def _forget(self, name: str, bound: object) -> None:
        module = sys.modules.get(name)
        parent, _, tail = name.rpartition(".")
        namespace = namespace_of(sys.modules.get(parent))
        if namespace is not None and module is not None and namespace.get(tail) is module:
            if bound is _MISSING:
                del namespace[tail]
            else:
                namespace[tail] = bound
        sys.modules.pop(name, None)  # last, as an interrupt may come before: then all is done again

    def noted_since(self, place: int) -> "dict[int, int]":
        """How often the journal refers to each class since it had `place` entries, by id."""
        found: dict[int, int] = {}
        for _, arguments in self._journal[place:]:
            for each in arguments:
                if is_class(each):
                    found[id(each)] = found.get(id(each), 0) + 1
        return found

    def number_of_notes(self) -> int:
        return len(self._journal)

    def note(self, undo: "Callable[..., object]", *arguments: object) -> None:
        """Have `undo(*arguments)` called when this is rolled back."""
        self._journal.append((undo, arguments))
