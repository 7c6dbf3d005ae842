"""The import system's questions and events.

Knows what to remember of each, and whom to ask.  Must not know the interpreter's hooks: what the
import system does and wants arrives as calls (`begin`, `end`, `asked`, `missing`).

Edges are recorded while a module's code runs: whatever the import system asks in that time, the
innermost module that this thread is executing depends on.
"""

import _thread
import sys
import time
from _weakref import ref

from .._report import Executed
from ..changes.reload_idioms import may_ask, names_asked_for
from ..files.stamp import Source, read
from ..identity.objects import namespace_of
from ..interpreter.bytecode import may_store
from ..modules import graph
from ..modules.lazy_imports import lazy_imports
from ..modules.resolve import Survey
from ..modules.stale import Plan
from ..modules.state import ANYTHING, Record, State, Wanted
from ..refreshes.journal import Transaction
from ..refreshes.refresh import Refresher

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
    from types import CodeType, ModuleType

    from ..entries.effects import Stored
    from ..modules.import_system import Interpreter

# How long a thread waits for another's refresh, which may be waiting for this thread.
_PATIENCE_S = 1.0


class Engine:
    """Answers the import system's questions from a `State`."""

    def __init__(self, state: State, interpreter: "Interpreter") -> None:
        self.state = state
        self.interpreter = interpreter
        self.survey = Survey(state, interpreter)
        self.refresher = Refresher(state, interpreter, self.survey)

    def asked(self, wanted: Wanted) -> bool:
        """True if what is `wanted` may not be used as it is.

        Free of effects on modules, as the question is also asked when an attribute is missing.
        """
        state = self.state
        name, from_list = wanted.name, wanted.from_list
        look = state.looks.get((name, from_list))
        if look is not None and not state.busy and look.holds() and not state.busy:
            return False
        subs = self.survey.submodules(name, from_list) if from_list else []
        if state.thread.stack:
            self.note(name, *subs)
        else:
            for each in (name, *subs):
                if each in state.records:
                    state.records[each].is_root = True
            if state.transaction is None:
                self.survey.adopt()
        if name in state.unbound or self.awaits_package(name):
            return True
        if self._is_refreshed_by_another():
            return not self.interpreter.is_importing() and (
                bool(self.survey.plan((name, *subs))) or self._is_taken_by_another(name)
            )
        if self.taken(name) and name not in sys.modules:
            return False  # importlib makes it ready to be executed: an attribute is missing (until 3.12)
        moment = state.thread.moment
        if moment and all(state.records[each].checked == moment for each in (name, *subs)):
            return False
        return self._is_stale(wanted, subs)

    def _is_stale(self, wanted: Wanted, subs: list[str]) -> bool:
        """True if the files say so; then `wanted` has the plan."""
        state = self.state
        name = wanted.name
        found = self.survey.plan((name, *subs))
        if found.look is not None and not state.busy:
            self._keep_look(found, name, wanted.from_list)
        if found:
            wanted.plan, wanted.when = found, state.changes
        if found or state.transaction is None:
            return bool(found)
        # Another thread may have begun a refresh since: what it executes looked fresh, and is not there yet.
        return not self.interpreter.is_importing() and self._is_taken_by_another(name)

    def _is_refreshed_by_another(self) -> bool:
        """True while another thread refreshes."""
        return self.state.transaction is not None and self.state.owner != _thread.get_ident()

    def _is_taken_by_another(self, name: str) -> bool:
        """True if another thread executes the module `name`, or one below it, for a refresh.

        The last question before the answer: as nothing is called between the two, nor before the end of an import
        instruction, no other thread runs.
        """
        me = _thread.get_ident()
        transaction = self.state.transaction
        return transaction is not None and self.state.owner != me and name in transaction.around

    def _keep_look(self, found: Plan, name: str, from_list: tuple[str, ...]) -> None:
        """Keep what was compared, for all imports of `name` or, if it has submodules beside, for this from-list."""
        prefix = name + "."
        beside = any(each.startswith(prefix) and each not in found.reached for each in self.state.records.copy())
        self.state.looks[(name, from_list) if beside else name] = found.look  # type: ignore[assignment]

    def bring_up_to_date(self, wanted: Wanted) -> None:
        """Refresh what is stale of what is `wanted`; raises what executing it raises.

        One refresh at a time.  A thread that is in the middle of importing never waits for
        another's refresh, as that may be waiting for the very module that this thread imports: it
        takes what is there and is asked again at its next import.  So does one that has waited for
        long: modules start threads and wait for them.
        """
        state = self.state
        name = wanted.name
        if name in sys.modules and self.interpreter.is_reloading(name):
            return
        if name in state.unbound:
            self._bind(name)
        state.exclusively(self._may_refresh, lambda: self._refresh(wanted))

    def _may_refresh(self) -> bool:
        lock = self.state.lock
        return lock.acquire(blocking=False) or (
            not self.interpreter.is_importing() and lock.acquire(timeout=_PATIENCE_S)
        )

    def _refresh(self, wanted: Wanted) -> None:
        name, plan, again = wanted.name, wanted.plan, ""
        if plan is None or wanted.when != self.state.changes:
            record = self.state.records.get(name)
            if record is not None and record.is_left and name not in sys.modules:
                if record.checked == self._moment(name) != 0 and self.state.transaction is None:
                    self._try_again(record, wanted)
                    return
                again, record.checked = name, 0  # in this moment, too
            plan = self.survey.plan((name, *self.survey.submodules(name, wanted.from_list)), again=again)
        there = plan.reasons if again else (name, *graph.parents(name), *plan.reasons)
        left = [each for each in plan.reasons if self.state.records[each].wreck and self._is_imported(each)]
        concerned = left or not sys.modules.keys().isdisjoint(there)
        if (plan and concerned) or self.awaits_package(name):  # else an import is all that it takes
            try:
                self.refresher.execute(plan, [wanted])
            finally:
                self._note_again(wanted)

    def _try_again(self, record: Record, wanted: Wanted) -> None:
        """Import what has failed within the same statement: nothing has changed since, and nobody need hear of it."""
        if record.wreck is not None:  # else importlib does
            plan = Plan({record.name: "its last import failed"}, {}, reached={record.name: record})
            self.refresher.execute(plan, [wanted], is_final=True)

    def awaits_package(self, name: str) -> bool:
        """True if a package above has been taken by this thread's refresh, and not been executed yet."""
        if self.state.transaction is None or self._is_refreshed_by_another():
            return False
        return any(self.taken(each) and each not in sys.modules for each in graph.parents(name))

    def _note_again(self, wanted: Wanted) -> None:
        """Who has asked for this, and may catch the error, met what has been executed of it since."""
        state = self.state
        if state.thread.stack:
            edges = state.thread.stack[-1].edges or ()
            names = (wanted.name, *self.survey.submodules(wanted.name, wanted.from_list))
            self.note(*(name for name in names if name in edges and name in state.records))

    def _expect_submodules(self, name: str) -> None:
        """The package `name` starts without its submodules, those that are in `sys.modules` included.

        Only tracked modules ask when they are imported; others are bound at once.
        """
        transaction = self.state.transaction
        taken = None if transaction is None else transaction.taken.get(name)
        for child, module in sys.modules.copy().items():
            parent, _, tail = child.rpartition(".")
            if parent != name:
                continue
            if taken is None or (child in self.state.records and namespace_of(module) is not None):
                self.state.unbound.add(child)
            elif taken.contents.get(tail) is module:
                taken.namespace[tail] = module

    def _bind(self, name: str) -> None:
        """Bind a submodule in its package, as the import system does when it has loaded it."""
        parent, _, tail = name.rpartition(".")
        namespace = namespace_of(sys.modules.get(parent))
        if namespace is not None and name in sys.modules:
            namespace[tail] = sys.modules[name]
        self.state.unbound.discard(name)

    def _bind_submodules(self, name: str) -> None:
        """The package `name` has been executed: bind the submodules that its code left unbound."""
        unbound = self.state.unbound
        for child in [child for child in unbound if child.rpartition(".")[0] == name]:
            namespace = namespace_of(sys.modules.get(name)) or {}
            if child.rpartition(".")[2] in namespace or self.survey.plan((child,)):
                unbound.discard(child)
            else:
                self._bind(child)

    def note(self, *names: str) -> None:
        """The module that this thread is executing depends on these."""
        edges = self.state.thread.stack[-1].edges
        if edges is not None:
            for name in names:
                edges[name] = self.state.records[name].version

    def wait(self, name: str) -> None:
        """Wait while another thread's refresh has taken `name` out of `sys.modules`."""
        state = self.state
        transaction = state.transaction
        if transaction is None or state.owner == _thread.get_ident() or name not in transaction.taken:
            return
        if not self.interpreter.is_importing() and state.lock.acquire(timeout=_PATIENCE_S):
            state.lock.release()

    def module_for(self, spec: "ModuleSpec", *, own_type: bool = False) -> "ModuleType | None":
        """The module object to execute this in; None for a new one.  A loader may have given it its `own_type`."""
        transaction = self.state.transaction
        name = spec.name
        if transaction is None or name not in transaction.taken:
            return None
        taken = transaction.taken[name]
        transaction.generations.begin(taken.namespace)
        asked_for = transaction.asked_for[name] = self._asked_for(transaction, spec)
        if taken.renewed:  # it has been executed in this refresh already
            from ..entries.candidates import Candidate

            contents = dict(taken.namespace)
            transaction.entries.start({name: Candidate(taken.module, taken.namespace, contents, None, lambda: None)})
        module = transaction.renew(name, asked_for, own_type=own_type)
        transaction.entries.before(name)
        return module

    def _asked_for(self, transaction: Transaction, spec: "ModuleSpec") -> frozenset[str]:
        """The names whose earlier values the source asks for that a module is going to be executed from."""
        record = self.state.records[spec.name]
        path = spec.origin
        if path is None or not spec.has_location:
            return frozenset()
        changed = transaction.sources.get(path)
        if path == record.path:  # else it is another file now
            if changed is None and record.asked_for is not None:
                return record.asked_for
            code = transaction.codes.get(record.name) or (record.code if changed is None else None)
            if code is not None and not may_ask(code.co_names):
                return frozenset()
        if changed is None or changed.data is None:
            try:
                changed = transaction.sources[path] = read(path, self.state.clock)
            except OSError:
                return frozenset()  # the loader will say so
        return names_asked_for(changed.data or b"")

    def known_code(self, name: str) -> "CodeType | None":
        """The code to execute of a module that is being executed again, if it is known already."""
        record = self.state.records.get(name)
        if record is None or not record.executing:
            return None
        if record.code is not None:
            self._watch(record, record.code)
        return record.code

    def keep_code(self, name: str, code: "CodeType | None") -> None:
        """Keep the code of a module that is being executed again: it may well be once more.

        And the code that no bytecode file keeps: what the next source changes is to be seen.
        """
        record = self.state.records.get(name)
        if record is not None and record.executing and (sys.dont_write_bytecode or self.taken(name)):
            record.code = code
        if record is not None and record.executing and code is not None:
            self._watch(record, code)

    def _watch(self, record: Record, code: "CodeType") -> None:
        """Have an eye on what this code is going to store elsewhere."""
        if may_store(code):
            from ..entries.effect_detection import Watch  # not at start-up

            package = record.name if record.portions else record.name.rpartition(".")[0]
            record.watch = Watch(record.name, package, code)

    def source_for(self, name: str, path: str) -> Source | None:
        """The source that `name` is going to be executed from; None if it cannot be read."""
        transaction = self.state.transaction
        source = transaction.sources.pop(path, None) if transaction is not None else None
        if source is None or source.data is None:
            try:
                source = read(path, self.state.clock)
            except OSError:
                return None
        record = self.state.records.get(name)
        if record is not None and record.path == path and (record.executing or self.interpreter.is_reloading(name)):
            record.source = source
        return source

    def run_without_lock(self, name: str) -> None:
        """The module's code runs while this thread may not hold its lock: somebody is sure to tell of the end."""
        record = self.state.records.get(name)
        if record is not None:
            record.has_lock = False

    def forget_source(self, name: str) -> None:
        """Nobody knows what the module `name` was executed from: it is stale."""
        record = self.state.records.get(name)
        if record is not None:
            record.source = None

    def begin(
        self, spec: "ModuleSpec", where: tuple[str, ...], module: "ModuleType | None", *, read_source: bool
    ) -> None:
        """The code of the `module` with this spec is about to run in this thread."""
        state = self.state
        thread = state.thread
        name = spec.name
        transaction = state.transaction
        thread.moment = self._moment(name) or next(state.moments)
        thread.waiting = {}
        old = state.records.get(name)
        record = self._new_record(spec, where, old)
        record.suspect = not self.survey.are_as_known(record.where)
        record.checked = thread.moment
        record.version = record.verified = record.executed = thread.moment
        if old is not None:
            record.changed = {**(old.changed or {}), ANYTHING: thread.moment}
        record.executing = True
        record.behind = module
        if read_source and record.path is not None:
            try:
                record.source = read(record.path, state.clock)
            except OSError:
                pass  # the loader will say so, or knows another way
        if transaction is not None and self.is_refreshing(name):
            reloading = self.interpreter.is_reloading(name)
            (transaction.replace if reloading else transaction.begin)(name, state.records)
            if not reloading and name not in transaction.taken and module is not None:
                transaction.entries.first(name, module)
        if old is not None and not self.taken(name) and not self.interpreter.is_reloading(name):
            self.survey.set_aside(old)
        state.records[name] = record
        if record.portions:
            self.survey.look_elsewhere(record, spec.submodule_search_locations or [])
        if old is not None and spec.submodule_search_locations is not None:
            self._expect_submodules(name)
        record.is_root = not thread.stack if old is None else old.is_root
        self._enter_thread(record)
        if transaction is not None and name in transaction.taken:
            transaction.progress.show(name, len(transaction.executed) + 1)
        record.started = time.perf_counter()

    def _enter_thread(self, record: Record) -> None:
        """This thread executes the module of this record."""
        thread = self.state.thread
        if thread.stack:
            self.note(record.name)
            if thread.stack[-1].watch is not None:
                thread.stack[-1].watch.rest()
        thread.stack.append(record)
        self.state.busy.add(record)
        thread.unwound.clear()

    def _moment(self, name: str) -> int:
        """The moment that the import of `name` in this thread belongs to; 0 if it is another one.

        Of a submodule it is that of the package above, if that was executed for this very import.
        """
        thread = self.state.thread
        if thread.moment == 0 and name in thread.waiting:
            return thread.waited if self.interpreter.imports().get(name) == thread.waiting[name] else 0
        return thread.moment

    def _new_record(self, spec: "ModuleSpec", where: tuple[str, ...], old: Record | None) -> Record:
        """A record for another execution, with what still holds of the `old` one."""
        record = Record(spec.name, spec.origin if spec.has_location else None, where)
        record.generation = 1
        if old is None:
            if spec.submodule_search_locations is not None:
                record.portions = self.survey.folders(spec.submodule_search_locations)
            return record
        record.generation += old.generation
        record.portions = old.portions
        record.wreck = old.wreck
        record.before = old if old.failed else None
        transaction = self.state.transaction
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

    def end(self, spec: "ModuleSpec", from_list: tuple[str, ...]) -> None:
        """The code of the module with this spec has run, to its end or not, for a statement with this from-list."""
        state = self.state
        thread = state.thread
        name = spec.name
        record = state.records.get(name)
        if record is None:
            return
        if record not in thread.stack:  # installed while it was being executed
            record.executing = False
            return
        seen = [] if record.watch is None else record.watch.end()
        record.watch = None
        self._leave(record)
        module = sys.modules.get(name)
        namespace = namespace_of(module) or {}
        record.failed = module is None
        record.module = ref(module) if namespace else None
        record.lazy = lazy_imports(namespace)
        self._remember_failure(record)
        self._remember_behind(record, spec, module)
        if state.unbound:
            self._bind_submodules(name)
        if "__path__" in namespace:
            self.survey.look_elsewhere(record, namespace["__path__"])
        transaction = state.transaction
        mine = transaction is not None and state.owner == _thread.get_ident()
        if mine and from_list:
            self.refresher.take_submodules(name, from_list)
        if transaction is not None:
            self._enter(record, transaction, seen)
        if not record.failed and record.outside is None and namespace:
            from ..entries.reference_counts import Outside, count

            record.outside = Outside(count(name, module, 1), seen)  # type: ignore[arg-type]
        record.started = 0.0
        if not thread.stack:
            self._leave_outermost(record, transaction if mine else None)
        if namespace.get("__livereload__", True) is False:
            self.interpreter.detach(module)  # type: ignore[arg-type]
            del state.records[name]

    def _enter(self, record: Record, transaction: Transaction, seen: "list[Stored]") -> None:
        """Enter into the report of a refresh that a module has been executed."""
        name = record.name
        seconds = time.perf_counter() - record.started
        taken = transaction.taken.get(name)
        outside = transaction.entries.after(name, held=1, seen=seen)
        if not record.failed:
            record.outside = outside
        if taken is not None:
            transaction.generations.end(taken.namespace, record.code, failed=record.failed)
        if transaction.verification is not None:
            transaction.verification.has_executed(record)
        if not record.failed:
            reason = record.reason = transaction.reasons.get(name, "imported for the first time")
            transaction.executed.append(Executed(name, reason, seconds))

    def _leave(self, record: Record) -> None:
        """This thread executes the module of this record no longer, nor what that was executing."""
        state = self.state
        while True:
            ended = state.thread.stack[-1]
            ended.executing = False
            state.busy.discard(ended)
            state.thread.stack.pop()
            if state.thread.stack and state.thread.stack[-1].watch is not None:
                state.thread.stack[-1].watch.go_on(ended.name)
            if ended is record:
                break
            ended.broken = True  # nobody has told of its end
        state.forget_looks()
        if record.source is not None:
            record.source.data = None

    def break_off(self, name: str, *, had_begun: bool) -> None:
        """An interrupt has broken off `begin` or, if the module's code `had_begun`, `end`.

        Nobody knows what such a module has: its next import executes it again.
        """
        record = self.state.records.get(name)
        if record is not None and (had_begun or record.executing):
            self.abandon(record)
        self._end_moment()

    def abandon(self, record: Record) -> None:
        """This thread executes no longer what it has begun, and nobody has told of the end."""
        if record in self.state.thread.stack:
            self._leave(record)
        record.executing = False
        record.broken = True
        self._bind_submodules(record.name)
        self._end_moment()

    def _end_moment(self) -> None:
        state = self.state
        if not state.thread.stack and (state.transaction is None or state.owner != _thread.get_ident()):
            state.thread.moment = 0

    def _leave_outermost(self, record: Record, transaction: Transaction | None) -> None:
        """This thread executes no module any longer; it may be within a `transaction` still."""
        thread = self.state.thread
        if transaction is None or transaction.pending:
            if record.portions and not record.failed:
                thread.waiting, thread.waited = self.interpreter.imports(), thread.moment
            thread.moment = 0
        if transaction is not None and transaction.pending:
            self.refresher.conclude(transaction, failed=record.failed or record.source is None)

    def _remember_failure(self, record: Record) -> None:
        """What an error that nobody catches leaves half imported is not to be believed afterwards."""
        thread = self.state.thread
        before, record.before = record.before, None
        if not record.failed:
            thread.unwound.clear()
        elif before is None or before.broken or not _same_source(before, record):
            thread.unwound.append(record)
        else:  # nothing new for those who caught the error, or met the module while it was executing
            moment, record.version = record.version, before.version
            for each in self.state.records.copy().values():
                if each.edges and each.edges.get(record.name) == moment:
                    each.edges[record.name] = before.version
        if not thread.stack:
            for each in thread.unwound:
                each.broken = True
            thread.unwound.clear()

    def _remember_behind(self, record: Record, spec: "ModuleSpec", module: object) -> None:
        """Keep the module that the code has run in if another stands in its place, or if it is left of a failure."""
        record.wreck = self._left_of(record, record.behind) if record.failed else None
        if record.failed or record.behind is module:
            record.behind = None
        namespace = namespace_of(module) or {}
        if record.behind is not None and namespace.get("__spec__", spec) is None:
            namespace["__spec__"] = spec  # or it could not be asked

    def _is_imported(self, name: str) -> bool:
        """True if a module that is there has imported the one of this name, or a package above it."""
        names = {name, *graph.parents(name)}
        records = self.state.records.copy()  # other threads may add to them
        return any(each in sys.modules and not names.isdisjoint(record.edges or ()) for each, record in records.items())

    def missing(self, name: str, path: "list[str] | None") -> None:
        """No finder knows `name`.  Whoever asked for it depends on its absence."""
        state = self.state
        thread = state.thread
        thread.waiting = {}  # whoever waited for a package has waited in vain
        if not thread.stack and not self.taken(name):
            return
        old = state.records.get(name)
        if old is None or not old.missing:
            transaction = state.transaction
            if transaction is not None and state.owner == _thread.get_ident():
                transaction.replace(name, state.records)
            record = Record(name, None, self.survey.folders(path))
            record.missing = True
            record.suspect = not self.survey.are_as_known(record.where)
            if old is not None:
                taken = None if transaction is None else transaction.taken.get(name)
                record.wreck = self._left_of(old, None if taken is None else taken.module)
            record.version = record.checked = thread.moment
            record.changed = {ANYTHING: thread.moment}
            state.records[name] = record
            state.forget_looks()
        if thread.stack:
            self.note(name)

    def _left_of(self, record: Record, left: "ModuleType | None") -> "ModuleType | None":
        """What others have of a module that is none any more: what they had before or, now, `left`."""
        return (left or record.wreck) if self._is_imported(record.name) else None

    def taken(self, name: str) -> bool:
        """True while a refresh keeps the module `name` aside, to be executed again."""
        transaction = self.state.transaction
        return transaction is not None and name in transaction.taken

    def has_failed(self, name: str) -> bool:
        """True if the last import of `name` raised, and nobody has planned the next one."""
        record, transaction = self.state.records.get(name), self.state.transaction
        if record is None or not record.is_left:
            return False
        return transaction is None or name not in transaction.reasons

    def is_refreshing(self, name: str) -> bool:
        """True if this thread executes the module `name` for a refresh."""
        transaction = self.state.transaction
        mine = self.state.owner == _thread.get_ident()
        return transaction is not None and (mine or name in transaction.taken)

    def after_fork(self) -> tuple[str, ...]:
        """In a forked child: undo a refresh that another thread of the parent had begun.

        Returns the names of the modules that it would have executed.
        """
        transaction = self.state.transaction
        abandoned: tuple[str, ...] = ()
        if transaction is not None and self.state.owner != _thread.get_ident():
            abandoned = tuple(transaction.taken)
            transaction.roll_back()
            self.interpreter.stop_watching_classes()
        self.state.renew_locks()
        return abandoned


def _same_source(one: Record, other: Record) -> bool:
    return one.source is not None and other.source is not None and one.source.hash == other.source.hash
