"""One refresh, start to end.

Knows how the parts work together: records, plans, transactions.  Must not know the interpreter's
hooks: what the import system does and wants arrives as calls (`begin`, `end`, `asked`, `missing`),
and what is wanted from it goes through an `Interpreter`.

1. *Plan.*  One look at every file and folder in the closure of what is asked for.  Nothing stale:
   done.
2. *Take.*  What is stale leaves `sys.modules`; the module objects are kept.
3. *Execute on demand.*  What was asked for is imported, and importlib does the rest: it executes
   what is not in `sys.modules` when it is reached, in the order of a fresh interpreter, cycles
   included.  It executes in the kept module objects (`module_for`).
4. *Commit* all, or *roll back* all.

A module that turns out stale on the way is refreshed when it is reached, within the same
transaction.  A failure does not use up staleness: the records are rolled back as well.
"""

import _thread
import os
import sys
import time
from importlib._bootstrap_external import _get_cached, _NamespacePath  # type: ignore[import-not-found]

from . import _code, _graph
from ._earlier import names_asked_for
from ._generations import Generations
from ._look import Look
from ._plan import Plan, plan
from ._report import Executed, ModuleStatus, Progress, Report, tell
from ._stamp import Source, look, look_into, read, stamp_at
from ._state import Record, State, Wanted
from ._transaction import Transaction, is_loaded, namespace_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
    from types import CodeType, FunctionType, ModuleType
    from typing import Any, Protocol

    class Interpreter(Protocol):
        """What the engine wants from the import system."""

        def import_module(self, name: str, from_list: tuple[str, ...]) -> None:
            """Import `name` and its parents as a statement does."""

        def find(self, name: str, path: list[str] | None) -> ModuleSpec | None:
            """The spec of `name` by the other finders; nothing is executed."""

        def is_importing(self) -> bool:
            """True if this thread holds a module's lock: it must not wait for another thread."""

        def is_reloading(self, name: str) -> bool:
            """True while `importlib.reload` is executing `name`."""

        def attach(self, module: ModuleType) -> bool:
            """Make the module's spec the proxy; False if that cannot be done."""

        def detach(self, module: ModuleType) -> None:
            """Undo `attach`."""

        def warn(self, message: str) -> None:
            """Issue a `LiveReloadWarning`."""

        def stop_watching_classes(self) -> None:
            """Make class statements plain again."""


# How long a thread waits for another's refresh, which may be waiting for this thread.
_PATIENCE_S = 1.0


class Engine:
    """Answers the import system's questions from a `State`, and refreshes."""

    def __init__(self, state: State, interpreter: "Interpreter") -> None:
        self.state = state
        self.interpreter = interpreter

    # What the import system asks.

    def asked(self, name: str, from_list: tuple[str, ...]) -> bool:
        """True if `name` (or a submodule of it in `from_list`) may not be used as it is.

        Free of effects on modules, as the question is also asked when an attribute is missing.
        """
        state = self.state
        transaction = state.transaction
        look = state.looks.get((name, from_list))
        if look is not None and not state.busy and look.holds():
            return False
        subs = self._submodules(name, from_list) if from_list else []
        if state.thread.stack:
            self.note(name, *subs)
        elif transaction is None:
            self.adopt()
        if name in state.unbound:
            return True
        if transaction is not None:
            if state.owner != _thread.get_ident():
                if self.interpreter.is_importing():
                    return False
                return name in transaction.taken or bool(self.plan((name, *subs)))
            if name in transaction.taken and name not in sys.modules:
                return False  # importlib makes it ready to be executed: an attribute is missing (until 3.12)
        moment = state.thread.moment
        if moment and all(state.records[each].checked == moment for each in (name, *subs)):
            return False
        found = self.plan((name, *subs))
        if found.look is not None and not state.busy:
            prefix = name + "."
            beside = any(each.startswith(prefix) and each not in found.reached for each in state.records)
            state.looks[(name, from_list) if beside else name] = found.look
        if not found and transaction is None:
            # Another thread may have begun a refresh since: what it executes looked fresh, and is not there yet.
            transaction = state.transaction
            if transaction is not None and state.owner != _thread.get_ident() and name in transaction.taken:
                return not self.interpreter.is_importing()
        return bool(found)

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
        if not state.lock.acquire(blocking=False):
            if self.interpreter.is_importing():
                return
            if not state.lock.acquire(timeout=_PATIENCE_S):
                return
        try:
            names = (name, *self._submodules(name, wanted.from_list))
            plan = self.plan(names)
            there = (name, *_graph.parents(name), *plan.reasons)
            if plan and not sys.modules.keys().isdisjoint(there):  # else an import is all that it takes
                self._refresh(plan, [wanted])
        finally:
            state.lock.release()

    def _expect_submodules(self, name: str) -> None:
        """The package `name` starts without its submodules, those that are in `sys.modules` included."""
        self.state.unbound.update(child for child in list(sys.modules) if child.rpartition(".")[0] == name)

    def _bind(self, name: str) -> None:
        """Bind a submodule in its package, as the import system does when it has loaded it."""
        self.state.unbound.discard(name)
        parent, _, tail = name.rpartition(".")
        namespace = namespace_of(sys.modules.get(parent))
        if namespace is not None and name in sys.modules:
            namespace[tail] = sys.modules[name]

    def _bind_submodules(self, name: str) -> None:
        """The package `name` has been executed: bind the submodules that its code left unbound."""
        unbound = self.state.unbound
        for child in [child for child in unbound if child.rpartition(".")[0] == name]:
            namespace = namespace_of(sys.modules.get(name)) or {}
            if child.rpartition(".")[2] in namespace or self.plan((child,)):
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

    def module_for(self, name: str) -> "ModuleType | None":
        """The module object to execute `name` in; None for a new one."""
        transaction = self.state.transaction
        if transaction is None or name not in transaction.taken:
            return None
        asked_for = transaction.asked_for[name] = self._asked_for(transaction, self.state.records[name])
        return transaction.renew(name, asked_for)

    def _asked_for(self, transaction: Transaction, record: Record) -> frozenset[str]:
        """The names whose earlier values the source asks for that a module is going to be executed from."""
        if record.path is None:
            return frozenset()
        changed = transaction.sources.get(record.path)
        if changed is None and record.asked_for is not None:
            return record.asked_for
        if changed is None or changed.data is None:
            try:
                changed = transaction.sources[record.path] = read(record.path, self.state.clock)
            except OSError:
                return frozenset()  # the loader will say so
        return names_asked_for(changed.data or b"")

    def known_code(self, name: str) -> "CodeType | None":
        """The code of a module that is being executed again from the source of the last time."""
        record = self.state.records.get(name)
        return record.code if record is not None and record.executing else None

    def keep_code(self, name: str, code: "CodeType | None") -> None:
        """Keep the code of a module that is being executed again: it may well be once more."""
        record = self.state.records.get(name)
        if record is not None and record.executing and self.taken(name):
            record.code = code

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

    def forget_source(self, name: str) -> None:
        """Nobody knows what the module `name` was executed from: it is stale."""
        record = self.state.records.get(name)
        if record is not None:
            record.source = None

    # What the import system does.

    def begin(self, spec: "ModuleSpec", where: tuple[str, ...], read_source: bool) -> None:
        """The code of the module with this spec is about to run in this thread."""
        state = self.state
        thread = state.thread
        name = spec.name
        transaction = state.transaction
        if not thread.stack and thread.moment == 0:
            thread.moment = next(state.moments)
        old = state.records.get(name)
        record = Record(name, spec.origin if spec.has_location else None, where)
        record.version = record.checked = thread.moment
        record.generation = 1 if old is None else old.generation + 1
        if old is not None:
            record.portions = old.portions
        elif spec.submodule_search_locations is not None:
            record.portions = self.folders(spec.submodule_search_locations)
        record.before = old if old is not None and old.failed else None
        record.executing = True
        if old is not None and transaction is not None and name in transaction.taken:
            record.asked_for = transaction.asked_for.get(name)
            if old.path == record.path and old.path not in transaction.sources:
                record.source, record.code = old.source, old.code
        if read_source and record.path is not None:
            try:
                record.source = read(record.path, state.clock)
            except OSError:
                pass  # the loader will say so, or knows another way
        if transaction is not None and (state.owner == _thread.get_ident() or name in transaction.taken):
            reloading = self.interpreter.is_reloading(name)
            (transaction.replace if reloading else transaction.begin)(name, state.records)
        state.records[name] = record
        if old is not None and spec.submodule_search_locations is not None:
            self._expect_submodules(name)
        if thread.stack:
            self.note(name)
        thread.stack.append(record)
        thread.unwound.clear()
        if transaction is not None and name in transaction.taken:
            transaction.progress.show(name, len(transaction.executed) + 1)
        record.started = time.perf_counter()

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
        while True:
            ended = thread.stack.pop()
            state.busy.discard(ended)
            if ended is record:
                break
        state.looks.clear()
        record.executing = False
        module = sys.modules.get(name)
        namespace = namespace_of(module)
        record.failed = module is None
        before, record.before = record.before, None
        if not record.failed:
            thread.unwound.clear()
        elif before is None or before.broken or not _same_source(before, record):
            thread.unwound.append(record)
        else:  # nothing new for those who caught the error
            record.version = before.version
            if thread.stack:
                self.note(name)
        if state.unbound:
            self._bind_submodules(name)
        if not thread.stack:
            for each in thread.unwound:
                each.broken = True
            thread.unwound.clear()
        if namespace is not None and "__path__" in namespace:
            self._look_elsewhere(record, namespace["__path__"])
        if record.source is not None:
            record.source.data = None
        transaction = state.transaction
        if transaction is not None:
            if from_list and state.owner == _thread.get_ident():
                self._take_submodules(name, from_list)
            if not record.failed:
                reason = transaction.reasons.get(name, "imported for the first time")
                transaction.executed.append(Executed(name, reason, time.perf_counter() - record.started))
        if not thread.stack and (transaction is None or state.owner != _thread.get_ident()):
            thread.moment = 0
        if namespace is not None and namespace.get("__livereload__", True) is False:
            self.interpreter.detach(module)  # type: ignore[arg-type]
            del state.records[name]

    def missing(self, name: str, path: "list[str] | None") -> None:
        """No finder knows `name`.  Whoever asked for it depends on its absence."""
        state = self.state
        thread = state.thread
        if not thread.stack and not self.taken(name):
            return
        record = state.records.get(name)
        if record is None or not record.missing:
            transaction = state.transaction
            if transaction is not None and state.owner == _thread.get_ident():
                transaction.replace(name, state.records)
            record = Record(name, None, self.folders(path))
            record.missing = True
            record.version = record.checked = thread.moment
            state.records[name] = record
            state.looks.clear()
        if thread.stack:
            self.note(name)

    def taken(self, name: str) -> bool:
        """True while a refresh keeps the module `name` aside, to be executed again."""
        transaction = self.state.transaction
        return transaction is not None and name in transaction.taken

    def namespace_taken(self, name: str) -> "dict[str, Any] | None":
        """The namespace of a module that is executed again, during a refresh."""
        transaction = self.state.transaction
        taken = None if transaction is None else transaction.taken.get(name)
        return None if taken is None else taken.namespace

    def made(self, body: "FunctionType", cls: object) -> object:
        """What a class statement yields that made `cls`."""
        transaction = self.state.transaction
        return cls if transaction is None else transaction.generations.made(body, cls)

    def forget_unsettled(self, folders: tuple[str, ...]) -> bool:
        """Make importlib list again those of `folders` whose times may hide a change; False if there are none."""
        clock = self.state.clock
        found = [folder for folder in folders if not look_into(folder, None, clock).settled]
        for folder in found:
            _forget_listing(folder)
        return bool(found)

    def after_fork(self) -> tuple[str, ...]:
        """In a forked child: undo a refresh that another thread of the parent had begun.

        Returns the names of the modules that it would have executed.
        """
        transaction = self.state.transaction
        abandoned: tuple[str, ...] = ()
        if transaction is not None and self.state.owner != _thread.get_ident():
            abandoned = tuple(transaction.taken)
            transaction.roll_back()
        self.state.renew_locks()
        return abandoned

    def folders(self, path: "list[str] | None") -> tuple[str, ...]:
        """The folders that decide what a name in `path` (None: `sys.path`) stands for, listed at least once."""
        state = self.state
        found = []
        for entry in sys.path if path is None else path:
            if not isinstance(entry, str):
                continue
            if entry in state.folders:
                found.append(entry)
                continue
            try:
                folder = entry if os.path.isabs(entry) else os.path.abspath(entry)
            except OSError:
                continue  # the current folder is gone
            if folder not in state.folders:
                state.folders[folder] = look_into(folder, None, state.clock)
            found.append(folder)
        return tuple(found)

    def where(self, name: str, spec: "ModuleSpec", folders: tuple[str, ...]) -> tuple[str, ...]:
        """The folders whose contents decide that `name` stands for `spec`."""
        tail = name.rpartition(".")[2]
        locations = spec.submodule_search_locations
        if spec.origin is None or not spec.has_location:
            own = tuple(locations or ())
            consulted = folders
        else:
            home = os.path.dirname(spec.origin)
            own = (home,) if locations is not None else ()
            if locations is not None:
                home = os.path.dirname(home)
            consulted = folders[: folders.index(home) + 1] if home in folders else (*folders, home)
        # A folder of the module's name without __init__.py yields to it, until it gets one.
        candidates = []
        for folder in consulted:
            known = self.state.folders.get(folder)
            candidate = os.path.join(folder, tail)
            if known is not None and tail in known.names and candidate not in own:
                candidates.append(candidate)
        if own and spec.origin is None:
            candidates.extend(own)
        return (*consulted, *self.folders(candidates)) if candidates else consulted

    # The plan.

    def plan(self, names: "tuple[str, ...]") -> Plan:
        """What must be executed before `names` are as a fresh interpreter would have them."""
        state = self.state
        records = state.records
        moment = state.thread.moment
        reached: dict[str, Record] = {}

        def enter(name: str) -> "dict[str, int] | None":
            record = records.get(name)
            if record is None or record.executing or (moment and record.checked == moment):
                return None
            reached[name] = record
            if record.edges is None:
                record.edges = self._edges_in_code(record)
            return record.edges

        _graph.closure(names, enter)
        if not reached:
            return Plan({}, {})
        folders = {folder for where in {record.where for record in reached.values()} for folder in where}
        files = [(record.path, record.source) for record in reached.values() if record.path and record.source]
        seen = None if moment else Look(files, folders, state.folders, state.watcher)
        self._look_at_folders(folders)
        changed: dict[str, str] = {}
        moved: set[str] = set()
        sources: dict[str, Source] = {}
        versions: dict[str, int] = {}
        for name, record in reached.items():
            for other in record.edges or ():
                if other in records and records[other].before is None:
                    versions[other] = records[other].version
            reason, has_moved = self._observe(record, sources)
            if reason is not None:
                changed[name] = reason
            if has_moved:
                moved.add(name)
        found = plan(reached, changed, moved, versions, sources)
        if not found:
            found.look, found.reached = seen, reached
        if moment:
            for name, record in reached.items():
                if name not in found.reasons:
                    record.checked = moment
        return found

    def _look_at_folders(self, folders: set[str]) -> None:
        state = self.state
        for folder in folders:
            known = state.folders.get(folder)
            now = look_into(folder, known, state.clock)
            if now is known:
                continue
            names = now.names if known is None else now.names ^ known.names
            if names:
                self._suspect(folder, {name.partition(".")[0] for name in names})
                _forget_listing(folder)
            # Only now: another thread that looks meanwhile must find either the old listing or
            # the records already suspect.
            state.folders[folder] = now

    def _suspect(self, folder: str, stems: set[str]) -> None:
        self.state.looks.clear()
        for name, record in list(self.state.records.items()):
            if folder not in record.where:
                continue
            tail = name.rpartition(".")[2]
            if tail in stems or ("__init__" in stems and os.path.basename(folder) == tail):
                record.suspect = True

    def _look_elsewhere(self, record: Record, path: "list[str]") -> None:
        """If submodules of a package are looked for in other folders than before, each may be another file now."""
        portions = self.folders(path)
        if portions == record.portions:
            return
        record.portions = portions
        self.state.looks.clear()
        for name, each in list(self.state.records.items()):
            if name.rpartition(".")[0] == record.name:
                each.where = (*portions, *(folder for folder in each.where if folder not in portions))
                each.suspect = True
                each.checked = 0

    def _observe(self, record: Record, sources: dict[str, Source]) -> tuple[str | None, bool]:
        """What the files say of one module: why it is stale (None: it is not), and whether it has moved."""
        reason = "its last import failed" if record.broken else None
        if record.path is not None:
            try:
                source = look(record.path, record.source, self.state.clock, patient=not record.gone)
            except OSError as error:
                return f"{_short(record.path)} cannot be read: {error.strerror}", False
            record.gone = source is None
            if source is None:
                return f"{_short(record.path)} is gone", True
            if source is not record.source:
                sources[record.path] = source
                reason = f"{_short(record.path)} changed"
        if record.suspect:
            moved = self._moved(record)
            if moved is not None:
                return moved, True
            record.suspect = False
        return reason, False

    def _moved(self, record: Record) -> str | None:
        """Why the name no longer stands for what it stood for; None if it does."""
        parent = record.name.rpartition(".")[0]
        namespace = namespace_of(sys.modules.get(parent)) or {}
        path = namespace.get("__path__") if parent else None
        spec = self.interpreter.find(record.name, path) if path is not None or not parent else None
        if spec is None:
            # A path is None for what is missing still.  One that is still there was found in another
            # way before (a search path that has been taken back): keep to it.
            return None if record.missing or record.path is not None else "is gone"
        if record.missing:
            return "can be imported now"
        origin = spec.origin if spec.has_location else None
        if origin == record.path:
            if origin is None:
                self._look_elsewhere(record, spec.submodule_search_locations or [])
            return None
        return f"is now {_short(origin)}" if origin is not None else "is now a namespace package"

    # The refresh.

    def _refresh(self, plan: Plan, wanted: "list[Wanted]") -> None:
        """Execute what `plan` says, or else everything that is `wanted`.

        Executing only what is stale can fail where a fresh interpreter succeeds: a registry in
        another module refuses to register the same name twice.  So a failure is believed only when
        executing everything, as a fresh interpreter would, fails as well; and its error, which is
        the one that a fresh interpreter shows, is the one that is raised.  A failure that has been
        confirmed is not confirmed again until a source changes.
        """
        state = self.state
        if state.transaction is not None:  # reached while executing for another statement's refresh
            self._take(state.transaction, plan)
            self._import(wanted)
            return
        try:
            self._execute(plan, wanted)
        finally:
            tell(state.last, list(state.listeners), state.verbose)

    def _execute(self, plan: Plan, wanted: "list[Wanted]") -> None:
        state = self.state
        try:
            return self._attempt(plan, wanted)
        except Exception as error:
            first = error
        everything = self._everything(wanted, plan)
        failure = (type(first), _text(first), tuple(plan.reasons), plan.hashes())
        if len(everything.reasons) == len(plan.reasons) or failure == state.confirmed or _is_inherent(first, plan):
            raise first
        try:
            return self._attempt(everything, wanted)
        except Exception as error:
            if (type(error), _text(error)) == failure[:2]:
                state.confirmed = failure
            raise

    def _everything(self, wanted: "list[Wanted]", plan: Plan) -> Plan:
        """A plan to execute all that is tracked and `wanted`, directly or not."""
        records = self.state.records

        def enter(name: str) -> "dict[str, int] | None":
            record = records.get(name)
            return None if record is None or record.executing else record.edges

        names = [name for each in wanted for name in (each.name, *self._submodules(each.name, each.from_list))]
        reasons = dict(plan.reasons)
        for name in _graph.closure(names, enter):
            if name in sys.modules:
                reasons.setdefault(name, "as executing only what was stale failed")
        return Plan(reasons, plan.sources)

    def _attempt(self, plan: Plan, wanted: "list[Wanted]") -> None:
        """Execute what `plan` says, all or nothing."""
        state = self.state
        before = state.thread.moment
        moment = before or next(state.moments)
        transaction = Transaction(moment)
        transaction.generations = Generations(transaction.note)
        self._dispose(plan)
        state.transaction = transaction
        state.busy.add(transaction)
        state.owner = _thread.get_ident()
        state.thread.moment = moment
        stack = list(state.thread.stack)
        progress = transaction.progress = Progress(len(plan.reasons), time.perf_counter)
        message = None
        try:
            self._take(transaction, plan)
            self._import(wanted)
            transaction.generations.finish([each.name for each in transaction.executed if each.name in sys.modules])
        except BaseException as error:
            state.busy.difference_update(state.thread.stack[len(stack) :])
            state.thread.stack[:] = stack
            transaction.roll_back()
            text = _text(error)
            state.errors[self._culprit(error, wanted[0].name)] = text
            state.last = Report(error=text, seconds=progress.seconds)
            raise
        else:
            transaction.commit(state.records)
            message = transaction.generations.move()
            for each in transaction.executed:
                state.errors.pop(each.name, None)
            notes = () if message is None else (message,)
            state.last = Report(tuple(transaction.executed), notes, seconds=progress.seconds)
        finally:
            progress.end()
            self.interpreter.stop_watching_classes()
            state.busy.discard(transaction)
            state.looks.clear()
            state.transaction = None
            state.owner = 0
            state.thread.moment = before
        if message is not None:
            self.interpreter.warn(message)

    def _culprit(self, error: BaseException, name: str) -> str:
        """The module in whose code an error was raised; `name` if that cannot be told."""
        paths = {record.path: record.name for record in self.state.records.values()}
        if isinstance(error, SyntaxError):
            return paths.get(error.filename, name)
        traceback = error.__traceback__
        while traceback is not None:
            name = paths.get(traceback.tb_frame.f_code.co_filename, name)
            traceback = traceback.tb_next
        return name

    def _take(self, transaction: Transaction, plan: Plan) -> None:
        new = transaction.take(plan)
        others = []
        for name, record in self.state.records.items():
            namespace = namespace_of(sys.modules.get(name))
            if namespace is not None and not record.missing:
                others.append(namespace)
        transaction.generations.start({name: (taken.namespace, taken.contents) for name, taken in new.items()}, others)

    def _dispose(self, plan: Plan) -> None:
        """Let the modules that are going to be executed give back what they hold: sockets, threads.

        Only if all of the new sources compile: else the old generation has to live on.
        """
        found = []
        for name in plan.reasons:
            namespace = namespace_of(sys.modules.get(name)) or {}
            dispose = namespace.get("__livereload_dispose__")
            if dispose is not None:
                found.append(dispose)
        if not found or not all(self._compiles(name, plan) for name in plan.reasons):
            return
        for dispose in found:
            dispose()

    def _compiles(self, name: str, plan: Plan) -> bool:
        record = self.state.records[name]
        source = plan.sources.get(record.path or "")
        spec = (namespace_of(sys.modules.get(name)) or {}).get("__spec__")
        to_code = getattr(getattr(spec, "loader", None), "source_to_code", None)
        if source is None or source.data is None or to_code is None:
            return True
        try:
            to_code(source.data, record.path)
        except (SyntaxError, ValueError):
            return False
        return True

    def _import(self, wanted: "list[Wanted]") -> None:
        for each in wanted:
            self.interpreter.import_module(each.name, ())
            if each.from_list:
                self._take_submodules(each.name, each.from_list)
                self.interpreter.import_module(each.name, each.from_list)
        transaction = self.state.transaction
        if transaction is not None and any(name not in sys.modules for name in transaction.taken):
            self._import_packages(transaction, wanted)

    def _import_packages(self, transaction: Transaction, wanted: "list[Wanted]") -> None:
        """Import what is above modules that are `wanted` and fresh themselves: nobody has asked for it."""
        records = self.state.records

        def enter(name: str) -> "dict[str, int] | None":
            record = records.get(name)
            return None if record is None or name not in sys.modules else record.edges

        names = [name for each in wanted for name in (each.name, *self._submodules(each.name, each.from_list))]
        for name in _graph.closure(names, enter):
            for parent in _graph.parents(name):
                taken = transaction.taken.get(parent)
                if taken is not None and not taken.renewed and parent not in sys.modules:
                    self.interpreter.import_module(parent, ())

    def _take_submodules(self, name: str, from_list: tuple[str, ...]) -> None:
        """Take what is stale of the submodules that a statement asks for.

        Only the code of the package that has just been executed tells what `*` stands for.
        """
        found = self.plan(tuple(self._submodules(name, from_list)))
        if found and self.state.transaction is not None:
            self._take(self.state.transaction, found)

    def refresh(self, names: "tuple[str, ...]") -> Report:
        """Bring `names` (none: everything tracked) up to date; returns what was done."""
        state = self.state
        self.adopt()
        wanted = names or tuple(
            name for name, record in state.records.items() if not record.missing and is_loaded(sys.modules.get(name))
        )
        with state.lock:
            found = self.plan(wanted)
            if not found:
                return Report()
            self._refresh(found, [Wanted(name) for name in wanted])
            return state.last

    def refresh_each(self) -> "list[Exception]":
        """Bring everything tracked up to date, one module after the other; returns the errors.

        An error is returned once for each save of a source.
        """
        state = self.state
        self.adopt()
        found = self.plan(tuple(state.records))
        if not found or found.hashes() == state.reported:
            return []
        state.reported = None
        errors: list[Exception] = []
        for name in found.reasons:
            try:
                if is_loaded(sys.modules.get(name)):
                    self.refresh((name,))
            except Exception as error:
                if all(_text(error) != _text(other) for other in errors):
                    errors.append(error)
        if errors:
            state.reported = self.plan(tuple(state.records)).hashes()
        return errors

    # Modules that were there before, or came without our finder.

    def adopt(self) -> None:
        """Track the modules in `sys.modules` that are the user's and not tracked yet."""
        state = self.state
        if len(sys.modules) == state.known_modules:
            return
        modules = list(sys.modules.items())
        state.known_modules = len(modules)
        started = _process_start(state.clock.now())
        for name, module in modules:
            if name not in state.records:
                self._adopt(name, module, started)

    def _adopt(self, name: str, module: object, started: int) -> None:
        namespace = namespace_of(module)
        spec = None if namespace is None else namespace.get("__spec__")
        if spec is None or getattr(spec, "name", None) != name or namespace is None:
            return
        if namespace.get("__livereload__", True) is False or not self.state.policy.tracks(spec):
            return
        if not self.interpreter.attach(module):  # type: ignore[arg-type]
            return
        parent = name.rpartition(".")[0]
        above = namespace_of(sys.modules.get(parent)) or {}
        folders = self.folders(above.get("__path__") if parent else None)
        record = Record(name, spec.origin if spec.has_location else None, self.where(name, spec, folders))
        record.edges = None
        record.executing = bool(spec.__dict__.get("_initializing"))
        if "__path__" in namespace:
            record.portions = self.folders(namespace["__path__"])
        if record.path is not None and not _changed_since_import(spec, record.path, started):
            try:
                record.source = read(record.path, self.state.clock)
                record.source.data = None
            except OSError:
                pass
        self.state.records[name] = record
        self.state.looks.clear()

    def _edges_in_code(self, record: Record) -> dict[str, int]:
        """The edges of an adopted module, from its code (its file is still what was executed, or it is stale)."""
        edges: dict[str, int] = {}
        module = sys.modules.get(record.name)
        namespace = namespace_of(module) or {}
        spec = namespace.get("__spec__")
        loader = getattr(spec, "loader", None)
        try:
            code: CodeType | None = loader.get_code(record.name)  # type: ignore[union-attr]
        except Exception:  # a source that does not compile: stale in any case
            code = None
        if code is None:
            return edges
        package = record.name if "__path__" in namespace else record.name.rpartition(".")[0]
        for name, from_list, level in _code.imports(code):
            base = package
            if level:
                for _ in range(level - 1):
                    base = base.rpartition(".")[0]
                target = f"{base}.{name}" if name else base
            else:
                target = name
            for each in (target, *(f"{target}.{other}" for other in from_list), *([] if from_list else _graph.parents(target))):
                other = self.state.records.get(each)
                if other is not None:
                    edges[each] = 0 if other.edges is None or other.version == 0 else other.version
        return edges

    # Questions.

    def status(self) -> dict[str, ModuleStatus]:
        """The state of every tracked module; nothing is executed."""
        self.adopt()
        records = self.state.records
        names = tuple(name for name, record in records.items() if not record.missing and name in sys.modules)
        reasons = self.plan(names).reasons
        return {
            name: ModuleStatus(
                name, records[name].path, reasons.get(name), records[name].generation, self.state.errors.get(name)
            )
            for name in sorted(names)
        }

    def _submodules(self, name: str, from_list: tuple[str, ...]) -> list[str]:
        """The names in `from_list` that are submodules of `name` and tracked."""
        records = self.state.records
        if "*" in from_list:
            namespace = namespace_of(sys.modules.get(name)) or {}
            exported = namespace.get("__all__")
            from_list = tuple(exported) if type(exported) in (list, tuple) else ()  # type: ignore[arg-type]
        found = []
        for tail in from_list:
            if type(tail) is str:
                child = f"{name}.{tail}"
                if child in records and not records[child].missing:
                    found.append(child)
        return found


def _text(error: BaseException) -> str:
    try:
        return f"{type(error).__name__}: {error}"
    except Exception:  # its own __str__ raises
        return type(error).__name__


def _is_inherent(error: Exception, plan: Plan) -> bool:
    """True for an error that a changed source makes by itself, or the lack of one, whatever else is executed."""
    if isinstance(error, SyntaxError):
        return error.filename in plan.sources
    if not isinstance(error, (NameError, ModuleNotFoundError)):
        return False
    innermost = ""
    traceback = error.__traceback__
    while traceback is not None:
        filename = traceback.tb_frame.f_code.co_filename
        if not filename.startswith("<frozen importlib"):
            innermost = filename
        traceback = traceback.tb_next
    # Ours is the innermost if what is asked for cannot even be found.
    return innermost in plan.sources or os.path.dirname(innermost) == os.path.dirname(__file__)


def _same_source(one: Record, other: Record) -> bool:
    return one.source is not None and other.source is not None and one.source.hash == other.source.hash


def _changed_since_import(spec: "ModuleSpec", path: str, started: int) -> bool:
    """True if the file may have changed between the import of a module and now.

    The bytecode that the import read or wrote tells; without one, the start of the process does.
    """
    stamp = stamp_at(path)
    if stamp is None:
        return True
    # On 3.15 a spec knows it only once it was asked, and shall stay as it is.
    bytecode = spec.__dict__.get("_cached") or _get_cached(path) or ""
    try:
        with open(bytecode, "rb") as file:
            header = file.read(16)
    except (OSError, ValueError):
        return max(stamp[0], stamp[1]) > started
    if len(header) < 16:
        return True
    if header[4] & 1:  # PEP 552: hash-based
        from ._stamp import hash_of

        try:
            with open(path, "rb") as file:
                return hash_of(file.read()) != header[8:]
        except OSError:
            return True
    mtime = int.from_bytes(header[8:12], "little")
    size = int.from_bytes(header[12:], "little")
    written = stamp_at(bytecode)
    # Whole seconds and the size do not show every edit; one that came after the bytecode is newer.
    if written is None or min(written[0], written[1]) <= max(stamp[0], stamp[1]):
        return True
    return (mtime, size) != (stamp[0] // 10**9 & 0xFFFFFFFF, stamp[2] & 0xFFFFFFFF)


def _process_start(now: int) -> int:
    """When this process started, in nanoseconds since the epoch, as well as it can be known."""
    try:
        with open("/proc/self/stat", "rb") as file:
            ticks = int(file.read().rpartition(b")")[2].split()[19])
        up = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
        return now - up + ticks * 10**9 // os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError, AttributeError):
        return now - time.process_time_ns()


def _forget_listing(folder: str) -> None:
    """Make the finder for `folder` list it again: it goes by the folder's time, which may not have moved.

    What `importlib.invalidate_caches()` does for all folders: for one that was not there, no finder
    is remembered; and namespace packages look for their portions again.
    """
    folder = os.path.abspath(folder)
    for entry, finder in list(sys.path_importer_cache.items()):
        if os.path.abspath(entry) != folder:
            continue
        if finder is None:
            del sys.path_importer_cache[entry]
        elif hasattr(finder, "invalidate_caches"):
            finder.invalidate_caches()
    _NamespacePath._epoch += 1


def _short(path: str) -> str:
    return os.path.join(*path.split(os.sep)[-2:])
