"""What happens to a module: its code begins to run, ends, raises or is broken off.

Knows records and the stack of modules that a thread executes.  Must not know why a module is executed.

The import system tells through the module's spec (`begin_spec`, `end_spec`).  Each execution makes a new record.
"""

import _thread
import sys
import time
from _weakref import ref

from .._report import Executed
from ..files.source import read
from ..identity.object_model import namespace_of
from ..interpreter import bytecode, tracebacks
from ..interpreter.stdlib_imports import bootstrap
from ..modules.changed_names import ANYTHING
from ..modules.file_changes import Survey
from ..modules.lazy_imports import lazy_imports
from ..modules.record import Record
from ..modules.state import State
from .dependencies import Dependencies
from .import_system import ImportSystem
from .loader import Loader
from .spec import TrackedSpec, detach, detach_loader, take_methods_back, take_where

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from importlib.machinery import ModuleSpec
    from types import FrameType, ModuleType

    from ..entries.effects import Stored
    from ..refreshes.journal import Transaction
    from ..refreshes.refresh import Refresher


class Executions:
    """The executions of all threads."""

    def __init__(
        self,
        state: State,
        system: ImportSystem,
        survey: Survey,
        dependencies: Dependencies,
        refresher: "Callable[[], Refresher]",
    ) -> None:
        self._state = state
        self._system = system
        self._survey = survey
        self._dependencies = dependencies
        self._refresher = refresher

    # From the import system.

    def begin_spec(self, spec: TrackedSpec) -> None:
        """The code of the module with this spec is about to run in this thread."""
        self.forget_broken_off()
        loader = spec.loader
        if type(loader) is not Loader:
            take_methods_back(loader, "create_module")
        module = sys._getframe(2).f_locals.get("module")  # of `_bootstrap._load_unlocked`
        if self._state.is_taken(spec.name):
            self._system.watch_classes()  # before the time of the execution is taken
        self._begin(spec, take_where(spec), module, read_source=type(loader) is not Loader)

    def end_spec(self, spec: TrackedSpec) -> None:
        """The code of the module with this spec has run, to its end or not."""
        if not detach_loader(spec):
            take_methods_back(spec.loader, "path_stats")
        self._end(spec, sys._getframe(2))

    def break_off_spec(self, spec: TrackedSpec, *, had_begun: bool) -> None:
        """An error has come out of `begin_spec` or, if the module's code `had_begun`, out of `end_spec`.

        It is not known what such a module has: its next import executes it again.
        """
        if type(spec.loader) is not Loader:
            take_methods_back(spec.loader, "create_module", "path_stats")
        record = self._state.records.get(spec.name)
        if record is not None and (had_begun or record.executing):
            self._abandon(record)
        self._end_moment()

    def forget_broken_off(self) -> None:
        """Take from the stack what this thread executes no more.

        An interrupt may come before our first line, when importlib tells that a module has been executed.
        """
        stack = self._state.thread.stack
        while stack and stack[-1].has_lock and not _is_locked(stack[-1].name):
            self._abandon(stack[-1])

    # The beginning.

    def _begin(
        self, spec: "ModuleSpec", where: tuple[str, ...], module: "ModuleType | None", *, read_source: bool
    ) -> None:
        """Make a record for an execution of the `module` with this spec."""
        state = self._state
        thread = state.thread
        name = spec.name
        transaction = state.transaction
        thread.moment = self._system.moment_of(name) or next(state.moments)
        thread.waiting = {}
        old = state.records.get(name)
        record = self._new_record(spec, where, old)
        record.suspect = not self._survey.resolver.are_as_known(record.where)
        record.checked = thread.moment
        record.version = record.executed = thread.moment
        record.verified = self._verified(thread.moment)
        if old is not None:
            record.changed = {**(old.changed or {}), ANYTHING: thread.moment}
            state.last_change = thread.moment
        record.executing = True
        record.behind = module
        if read_source:
            self._read_source(record)
        if transaction is not None and self._is_refreshing(name):
            reloading = self._system.is_reloading(name)
            (transaction.replace if reloading else transaction.begin)(name, state.records)
            if not reloading and name not in transaction.taken and module is not None:
                transaction.meet_first(name, module)
        if old is not None and not state.is_taken(name) and not self._system.is_reloading(name):
            self._survey.set_aside(old)
        state.records[name] = record
        if "." in name and name.rpartition(".")[0] not in state.records:
            state.loose.add(name)
        if record.portions:
            self._survey.resolver.look_elsewhere(record, spec.submodule_search_locations or [])
        if old is not None and spec.submodule_search_locations is not None:
            from .submodules import expect_submodules  # not at start-up

            expect_submodules(state, name)
        record.is_root = not thread.stack if old is None else old.is_root
        self._enter_thread(record)
        if transaction is not None and name in transaction.taken:
            transaction.progress.show(name, len(transaction.executed) + 1)
        record.started = time.perf_counter()

    def _read_source(self, record: Record) -> None:
        """Read the source that a loader of another project is going to execute."""
        if self._state.transaction is not None:
            self._state.transaction.doubt()
        if record.path is not None:
            try:
                record.source = read(record.path, self._state.clock)
            except OSError:
                pass  # the loader will say so, or knows another way

    def _verified(self, moment: int) -> int:
        """Since when a module that begins to be executed is known to be up to date.

        In another thread's refresh, for which it must not wait, it may import modules as they were before.
        """
        transaction = self._state.transaction
        if transaction is None or not self._state.is_refreshed_by_another():
            return moment
        return min(moment, transaction.moment - 1)

    def _is_refreshing(self, name: str) -> bool:
        """True if this thread executes the module `name` for a refresh."""
        transaction = self._state.transaction
        mine = self._state.owner == _thread.get_ident()
        return transaction is not None and (mine or name in transaction.taken)

    def _enter_thread(self, record: Record) -> None:
        """This thread executes the module of this record from now on."""

        thread = self._state.thread
        self._dependencies.note_given(record.name)
        if thread.stack:
            self._dependencies.note(record.name)
            if thread.stack[-1].detection is not None:
                thread.stack[-1].detection.rest(record.behind)
        thread.stack.append(record)
        self._state.busy.add(record)
        self._system.outside_reads.watch()
        thread.unwound.clear()

    def _new_record(self, spec: "ModuleSpec", where: tuple[str, ...], old: Record | None) -> Record:
        """A record for a new execution, with those values of the `old` one that still hold."""
        record = Record(spec.name, spec.origin if spec.has_location else None, where)
        record.generation = 1
        if old is None:
            if spec.submodule_search_locations is not None:
                record.portions = self._survey.resolver.folders(spec.submodule_search_locations)
            return record
        record.generation += old.generation
        record.portions = old.portions
        record.given = old.given
        record.wreck = old.wreck
        record.before = old if old.failed else None
        transaction = self._state.transaction
        if transaction is not None and spec.name in transaction.taken:
            record.asked_for = transaction.asked_for.get(spec.name)
            if old.path == record.path:
                source = transaction.sources.get(old.path or "")
                if source is not None and spec.name in transaction.codes:  # compiled already
                    record.source, record.code = source, transaction.codes[spec.name]
                    del transaction.sources[old.path or ""]
                elif old.path not in transaction.sources:
                    record.source, record.code, record.uses = old.source, old.code, old.uses
        return record

    # The end.

    def _end(self, spec: "ModuleSpec", frame: "FrameType") -> None:
        """Enter into the record how an execution ended that importlib's `frame` tells of."""
        state = self._state
        thread = state.thread
        name = spec.name
        record = state.records.get(name)
        if record is None:
            return
        if record not in thread.stack:  # livereload was installed while it was being executed
            record.executing = False
            return
        seen = [] if record.detection is None else record.detection.end()
        record.detection = None
        self._leave(record)
        module = sys.modules.get(name)
        namespace = namespace_of(module) or {}
        record.failed = module is None
        record.module = ref(module) if namespace else None
        record.lazy = lazy_imports(namespace)
        record.names = frozenset(namespace) if "__getattr__" in namespace else None
        self._remember_failure(record)
        self._remember_behind(record, spec, module)
        self._bind_submodules(name)
        if "__path__" in namespace:
            self._survey.resolver.look_elsewhere(record, namespace["__path__"])
        transaction = state.transaction
        mine = transaction is not None and state.owner == _thread.get_ident()
        from_list = _from_list_of(frame) if mine else ()
        if from_list:
            self._refresher().take_submodules(name, from_list)
        if transaction is not None:
            self._enter(record, transaction, seen)
        if not record.failed and record.outside is None and namespace:
            from ..entries.reference_counts import Outside, count

            record.outside = Outside(count(name, module, 1), seen)  # type: ignore[arg-type]
        record.started = 0.0
        if not thread.stack:
            self._leave_outermost(record, transaction if mine else None)
        if namespace.get("__livereload__", True) is False:
            detach(module)  # type: ignore[arg-type]
            del state.records[name]

    def _enter(self, record: Record, transaction: "Transaction", seen: "list[Stored]") -> None:
        """Tell the refresh under way that a module has been executed."""
        name = record.name
        seconds = time.perf_counter() - record.started
        taken = transaction.taken.get(name)
        outside = transaction.entries.after(name, held=1, seen=seen)
        if not record.failed and outside is not None:
            record.outside = outside
        if taken is not None:
            transaction.generations.end(taken.namespace, record.code, failed=record.failed)
        if transaction.verification is not None:
            transaction.verification.has_executed(record)
        if not record.failed:
            reason = record.reason = transaction.reasons.get(name, "imported for the first time")
            transaction.executed.append(Executed(name, reason, seconds))

    def _leave(self, record: Record) -> None:
        """This thread has executed the module of this record; modules that it was executing have ended, too."""
        state = self._state
        while True:
            ended = state.thread.stack[-1]
            ended.executing = False
            state.busy.discard(ended)
            state.thread.stack.pop()
            if state.thread.stack and state.thread.stack[-1].detection is not None:
                state.thread.stack[-1].detection.go_on(ended.name)
            if ended is record:
                break
            ended.broken = True  # its end was not told
        if not state.thread.stack:
            self._system.outside_reads.rest()
        state.forget_looks()
        if record.source is not None:
            record.source.data = None

    def _abandon(self, record: Record) -> None:
        """This thread does not execute the module of this record any more, but its end was not told."""
        if record in self._state.thread.stack:
            self._leave(record)
        record.executing = False
        record.broken = True
        self._bind_submodules(record.name)
        self._end_moment()

    def _bind_submodules(self, name: str) -> None:
        if self._state.unbound:
            from .submodules import bind_submodules  # not at start-up

            bind_submodules(self._state, self._survey, name)

    def _end_moment(self) -> None:
        state = self._state
        if not state.thread.stack and (state.transaction is None or state.owner != _thread.get_ident()):
            state.thread.moment = 0

    def _leave_outermost(self, record: Record, transaction: "Transaction | None") -> None:
        """The outermost module that this thread was executing has ended; it may still be within a `transaction`."""
        thread = self._state.thread
        if transaction is None or transaction.pending:
            if record.portions and not record.failed:
                thread.waiting, thread.waited = self._system.imports(), thread.moment
            thread.moment = 0
        if transaction is not None and transaction.pending:
            self._refresher().conclude(transaction, failed=record.failed or record.source is None)

    def _remember_failure(self, record: Record) -> None:
        """If an error ended the execution, enter whether modules that were imported during it are broken.

        They are if the error is not caught before it leaves the outermost module.
        """
        thread = self._state.thread
        before, record.before = record.before, None
        if not record.failed:
            thread.unwound.clear()
        elif before is None or before.broken or not _same_source(before, record):
            thread.unwound.append(record)
        else:  # the same failure as before: nothing new for modules that caught it, or met this module half imported
            moment, record.version = record.version, before.version
            for each in self._state.records.copy().values():
                if each.edges and each.edges.get(record.name) == moment:
                    each.edges[record.name] = before.version
        if not thread.stack:
            for each in thread.unwound:
                each.broken = True
            thread.unwound.clear()

    def _remember_behind(self, record: Record, spec: "ModuleSpec", module: object) -> None:
        """Keep the module object if `sys.modules` has another one, or if it is left of a failure."""
        record.wreck = self._dependencies.left_of(record, record.behind) if record.failed else None
        if record.failed or record.behind is module:
            record.behind = None
        namespace = namespace_of(module) or {}
        if record.behind is not None and namespace.get("__spec__", spec) is None:
            namespace["__spec__"] = spec  # without one the import system could not ask


def _same_source(one: Record, other: Record) -> bool:
    return one.source is not None and one.source.is_same(other.source)


def _is_locked(name: str) -> bool:
    """True if this thread holds the lock of the module `name`, as it does while it executes it."""
    reference = bootstrap._module_locks.get(name)
    lock = None if reference is None else reference()
    return getattr(lock, "owner", None) == _thread.get_ident()


def _from_list_of(frame: "FrameType | None") -> tuple[str, ...]:
    """The from-list of the statement that importlib's `frame` works for."""
    while frame is not None and frame.f_code.co_filename == tracebacks.BOOTSTRAP_FILE:
        frame = frame.f_back
    return () if frame is None else bytecode.from_list(frame.f_code, frame.f_lasti)
