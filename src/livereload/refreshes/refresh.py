"""One refresh, start to end.

Knows how the parts work together: plans, transactions, generations.  Must not know the
interpreter's hooks.

1. *Plan.*  One look at every file and folder in the closure of what is asked for (`modules.resolve`).
   Nothing stale: done.
2. *Spare.*  Which importers need not be executed, and of which modules only positions move (`refreshes.least`).
3. *Take.*  What is stale leaves `sys.modules`; the module objects are kept.
4. *Execute on demand.*  What was asked for is imported, and importlib does the rest: it executes
   what is not in `sys.modules` when it is reached, in the order of a fresh interpreter, cycles
   included.  It executes in the kept module objects.
5. *Commit* all, or *roll back* all.

A module that turns out stale on the way is refreshed when it is reached, within the same
transaction.  A failure does not use up staleness: the records are rolled back as well.
"""

import _thread
import sys
import time
from types import ModuleType

from .._progress import Progress
from .._report import Kept, Report, tell
from ..files.pyc import code_of, write_code
from ..identity.objects import is_loaded, namespace_of
from ..interpreter import tracebacks
from ..modules import graph
from ..modules.file_changes import Survey
from ..modules.lazy_imports import put_back
from ..modules.record import Record
from ..modules.stale import Plan
from ..modules.state import State, Wanted
from .journal import Transaction
from .taken import Taken

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from types import CodeType
    from typing import Any

    from ..entries.candidates import Candidate
    from ..entries.effects import Stored
    from ..entries.take_back import Entries
    from ..modules.import_system_protocol import Interpreter
    from .verify import Verification


# How many modules' entries are looked for at once.
_MOST_SEARCHED = 60


class Refresher:
    """Executes what is stale."""

    def __init__(self, state: State, interpreter: "Interpreter", survey: Survey) -> None:
        self.state = state
        self.interpreter = interpreter
        self.survey = survey
        # raised by a module that no statement in the session's modules has asked for
        self._unasked: Exception | None = None

    def refresh(self, names: "tuple[str, ...]") -> Report:
        """Bring `names` (none: everything tracked) up to date; returns what was done."""
        state = self.state
        self.survey.adopt()
        wanted = names or tuple(
            name
            for name, record in state.records.copy().items()
            if not record.missing and is_loaded(sys.modules.get(name))
        )

        def refresh() -> Report:
            found = self.survey.plan(wanted)
            if not found:
                return Report()
            self.execute(found, [Wanted(name) for name in wanted])
            return state.last

        report: Report = state.exclusively(state.lock.acquire, refresh)
        return report

    def is_due(self) -> bool:
        """True if `refresh_each` would execute something."""
        self.survey.adopt()
        found = self.survey.plan(tuple(self.state.records))
        return bool(found) and found.hashes() != self.state.reported

    def refresh_each(self, names: tuple[str, ...] = ()) -> "dict[str, Exception]":
        """Bring `names` (none: everything tracked) up to date, as far as they can be; returns {what failed: error}.

        One refresh for all of it; after an error, one for each part that what has failed is no part of.  An
        error is returned once for each save of a source.
        """
        state = self.state
        self.survey.adopt()
        wanted = names or tuple(state.records)
        found = self.survey.plan(wanted)
        if not found or found.hashes() == state.reported:
            return {}
        state.reported = None
        try:
            self.refresh(names)
            return {}
        except Exception as error:
            errors = {self._culprit(error, next(iter(found.reasons))): error}
        failed = set(errors)
        for name, reason in reversed(found.reasons.items()):  # importers first
            if name in failed or not is_loaded(sys.modules.get(name)):
                continue
            if reason.startswith("imports ") and self.reaches([name], failed):
                continue
            try:
                self.refresh((name,))
            except Exception as error:
                culprit = self._culprit(error, name)
                failed |= {name, culprit}
                errors.setdefault(culprit, error)
        state.reported = self.survey.plan(wanted).hashes()
        return errors

    def reaches(self, names: "Iterable[str]", others: "set[str]") -> bool:
        """True if one of `names` is one of `others`, or imports one, directly or not."""
        records = self.state.records
        return bool(others) and not others.isdisjoint(
            graph.closure(names, lambda each: records[each].edges or () if each in records else None)
        )

    def execute(self, plan: Plan, wanted: "list[Wanted]", *, is_final: bool = False) -> None:
        """Execute what `plan` says, or else, unless it `is_final`, everything that is `wanted`.

        Executing only what is stale can fail where a fresh interpreter succeeds: a registry in
        another module refuses to register the same name twice.  So a failure is believed only when
        executing everything, as a fresh interpreter would, fails as well (before that, the packages of
        what is stale are tried); and its error, which is the one that a fresh interpreter shows, is the
        one that is raised.  A failure that has been confirmed is not confirmed again until a source
        changes.
        """
        state = self.state
        if state.transaction is not None:  # reached while executing for another statement's refresh
            before = len(state.transaction.taken)
            self._bring_up_to_date(state.transaction, plan, wanted)
            # What has been executed for this refresh, by another thread, and edited since is left to the next one.
            names = [part for each in wanted for part in (*graph.parents(each.name), each.name)]
            if len(state.transaction.taken) > before or any(name not in sys.modules for name in names):
                self._import(wanted)
            return
        last = state.last
        try:
            self._execute(plan, wanted, is_final)
        finally:
            self._unasked = None
            if state.transaction is None:
                self._tell(last)

    def _execute(self, plan: Plan, wanted: "list[Wanted]", is_final: bool) -> None:
        state = self.state
        everything: Plan | None = None

        def failure(error: BaseException) -> tuple[object, ...]:
            return (type(error), _text(error), _lines(error), tuple(plan.reasons), plan.hashes())

        def is_believed(error: BaseException) -> bool:
            nonlocal everything
            if is_final or not isinstance(error, Exception):
                return True
            if error is not self._unasked and (failure(error) == state.confirmed or _is_inherent(error, plan)):
                return True
            everything = everything or self._everything(wanted, plan)
            return len(everything.reasons) == len(plan.reasons)

        try:
            self._verify(plan, wanted, is_believed)
            return
        except Exception as error:
            first = error
        if is_believed(first) or everything is None:
            raise first
        if self._packages_will_do(plan, everything, wanted):
            return
        try:
            self._attempt(everything, wanted, lambda error: True)
        except Exception as error:
            if failure(error) == failure(first):
                state.confirmed = failure(first)
            raise

    def _verify(self, plan: Plan, wanted: "list[Wanted]", is_believed: "Callable[[BaseException], bool]") -> None:
        """Execute of `plan` what would come out differently."""
        from .verify import NewCycle

        first: set[str] = set()
        while True:
            try:
                self._attempt(plan, wanted, is_believed, first)
                return
            except NewCycle as error:
                first |= error.names

    def _tell(self, before: Report) -> None:
        last = self.state.last
        if last is not before:
            tell(last, list(self.state.listeners), self.state.verbose)

    def _everything(self, wanted: "list[Wanted]", plan: Plan) -> Plan:
        """A plan to execute all that is tracked and `wanted`, directly or not."""
        records = self.state.records

        def enter(name: str) -> "dict[str, int] | None":
            record = records.get(name)
            return None if record is None or record.executing else record.edges

        names = [name for each in wanted for name in (each.name, *self.survey.submodules(each.name, each.from_list))]
        more = {}
        for name in graph.closure(names, enter):
            if name in sys.modules and records[name].path is not None:  # a namespace package has no code
                more[name] = "as executing only what was stale failed"
        return plan.and_also(more)

    def _packages_will_do(self, plan: Plan, everything: Plan, wanted: "list[Wanted]") -> bool:
        """Execute, of `everything`, the top-level packages that something is stale of, as a whole; True if that worked.

        A registry is mostly in the package of those who register, and others may have done what cannot be done twice.
        """
        stale = {name.partition(".")[0] for name in plan.reasons}
        more = {name: why for name, why in everything.reasons.items() if name.partition(".")[0] in stale}
        if not len(plan.reasons) < len(more) < len(everything.reasons):
            return False
        try:
            self._attempt(plan.and_also(more), wanted, lambda error: False)
        except Exception:
            return False  # the next attempt will show why
        return True

    def _new_code(self, plan: Plan, record: Record) -> "CodeType | None":
        """The code of the source in `plan`; None if it does not compile."""
        source = plan.sources[record.path or ""]
        if source.data is None or not self.interpreter.executes_code(record.name):
            return None
        try:
            code: CodeType = _loader(record.name).source_to_code(source.data, record.path)
        except (SyntaxError, ValueError):
            return None
        write_code(record.path or "", source, code, _loader(record.name))
        return code

    def _attempt(
        self,
        plan: Plan,
        wanted: "list[Wanted]",
        is_believed: "Callable[[BaseException], bool]",
        first: "set[str] | None" = None,
    ) -> None:
        """Bring up to date what `plan` says, all or nothing: execute all of it (None), or what is verified to differ.

        Those that are `first` are executed before what they import.

        Within the first import of another module, which may catch the error, a failure that
        `is_believed` is not undone but left for `conclude`.
        """
        state = self.state
        before, depth = state.thread.moment, len(state.thread.stack)
        transaction = Transaction(before or next(state.moments), self._entries)
        transaction.progress = Progress(len(plan.reasons), time.perf_counter)
        try:
            try:
                self._open(transaction)
                if first is not None:
                    transaction.verification = self._verification(transaction, first)
                if plan:
                    transaction.fresh = self.survey.note_fresh(plan, transaction.moment)
                    self._bring_up_to_date(transaction, plan, wanted)
                self._import(wanted)
                message = self._commit(transaction)
            except BaseException as error:
                if transaction.has_effects and isinstance(error, Exception | KeyboardInterrupt | SystemExit):
                    transaction.pending = depth > 0 and is_believed(error)
                    self._remember_error(transaction, error, wanted[0].name)
                raise
            finally:
                self._close(transaction, before, depth)
        except BaseException:
            self._close(transaction, before, depth)  # an interrupt may have broken it off
            raise
        if message is not None:
            self.interpreter.warn(message)

    def _entries(self, transaction: Transaction) -> "Entries":
        from ..entries.take_back import Entries  # what only an execution needs is loaded then

        entries = Entries(transaction.note, self._tracked, self._imports, self._users, self._code, self._stored)
        entries.journal = transaction
        return entries

    def conclude(self, transaction: Transaction, *, failed: bool) -> None:
        """The outermost module has been executed, or has `failed`, after a failure that it could have caught."""
        state = self.state
        before = state.last
        message = None
        transaction.pending = False
        try:
            try:
                if not failed:
                    message = self._commit(transaction)
            finally:
                self._close(transaction, 0, 0)
                state.let_go()
        except BaseException:
            self._close(transaction, 0, 0)
            state.let_go()
            raise
        finally:
            self._tell(before)
        if message is not None:
            self.interpreter.warn(message)

    def _open(self, transaction: Transaction) -> None:
        state = self.state
        state.busy.add(transaction)
        state.owner = _thread.get_ident()
        state.transaction = transaction
        state.thread.moment = transaction.moment

    def _commit(self, transaction: Transaction) -> str | None:
        """Keep what has been executed; returns what there is to say about what could not be kept."""
        state = self.state
        if transaction.taken:
            transaction.generations.replace_modules(transaction.put_back(state.records))
        for name in transaction.taken:
            if name not in sys.modules and state.records[name].gone:
                transaction.entries.drop(name)
        executed = [each.name for each in transaction.executed if each.name in sys.modules]
        in_place = [] if transaction.verification is None else transaction.verification.updated
        self._drop_forsaken(transaction, [*executed, *(each.name for each in in_place)])
        is_light = transaction.is_light
        if not is_light:
            transaction.generations.finish()
            transaction.entries.finish(executed)
        verification = transaction.verification
        if verification is not None:
            verification.renew_edges()
        transaction.commit(state.records)
        transaction.end()
        message = None if is_light else self._move(transaction)
        for each in transaction.executed:
            state.errors.pop(each.name, None)
        notes = () if message is None else (message,)
        updated = () if verification is None else tuple(verification.updated)
        new = {each.name for each in updated}
        records = [] if verification is None else verification.kept
        kept = tuple(Kept(each.name, each.reason or "") for each in records if each.name not in new)
        seconds = transaction.progress.seconds
        state.last = Report(tuple(transaction.executed), notes, seconds=seconds, kept=kept, updated=updated)
        return message

    def _move(self, transaction: Transaction) -> str | None:
        generations = transaction.generations
        try:
            return generations.move()
        except Exception:  # want of memory
            return generations.move()  # to its end: half of it would leave two generations
        except BaseException:
            generations.move()
            raise

    def _drop_forsaken(self, transaction: Transaction, executed: "list[str]") -> None:
        """What nobody imports any more takes with it what it has put elsewhere; its next import executes it."""
        records = self.state.records

        def imported(name: str) -> "Iterable[str] | None":
            return (records[name].edges or {}) if name in records and name in sys.modules else None

        left = {each for name in executed for each in transaction.edges.get(name, ())}
        left -= {each for name in executed for each in imported(name) or ()}
        if not left:
            return
        reached = graph.closure([name for name, record in records.copy().items() if record.is_root], imported)
        for name in graph.closure(left, imported):
            module = sys.modules[name]
            if name not in reached and records[name].outside is not None:
                transaction.replace(name, records)
                records[name].source = None
                transaction.entries.start({name: self._candidate(name, module, namespace_of(module) or {})})
                transaction.entries.drop(name)

    def _close(self, transaction: Transaction, moment: int, depth: int) -> None:
        """Undo what has not been committed, and be at rest.  To be called again if it was interrupted."""
        state = self.state
        state.busy.difference_update(state.thread.stack[depth:])
        del state.thread.stack[depth:]
        state.thread.moment = moment
        if transaction.pending:
            return
        transaction.roll_back()
        transaction.end()
        self.interpreter.stop_watching_classes()
        state.busy.discard(transaction)
        state.forget_looks(edges=transaction.has_executed)
        state.transaction = None
        state.owner = 0
        transaction.progress.end()

    def _remember_error(self, transaction: Transaction, error: BaseException, name: str) -> None:
        text = _text(error)
        self.state.errors[self._culprit(error, name)] = text
        self.state.last = Report(error=text, seconds=transaction.progress.seconds)

    def _culprit(self, error: BaseException, name: str) -> str:
        """The module in whose code an error was raised; `name` if that cannot be told."""
        paths = {record.path: record.name for record in list(self.state.records.values())}
        if isinstance(error, SyntaxError):
            return paths.get(error.filename, name)
        traceback = error.__traceback__
        while traceback is not None:
            name = paths.get(traceback.tb_frame.f_code.co_filename, name)
            traceback = traceback.tb_next
        return name

    def _verification(self, transaction: Transaction, first: set[str]) -> "Verification":
        from .verify import Verification

        return Verification(
            self.state, self.interpreter, transaction, lambda part: self.take(transaction, part), self._new_code, first
        )

    def _bring_up_to_date(self, transaction: Transaction, plan: Plan, wanted: "list[Wanted]") -> None:
        if transaction.verification is None:
            self.take(transaction, plan)
        else:
            names = [
                name for each in wanted for name in (each.name, *self.survey.submodules(each.name, each.from_list))
            ]
            transaction.verification.run(plan, names)

    def take(self, transaction: Transaction, plan: Plan) -> None:
        """Take modules out of `sys.modules`, to be executed when they are reached."""
        records = self.state.records
        self._dispose(plan)
        put_back(plan.reasons.keys(), records, transaction.note)

        def remember(new: "dict[str, Taken]") -> None:
            for name, each in new.items():
                record = records.get(name)
                code = (lambda: None) if record is None else record.last_code
                transaction.generations.remember(name, each.namespace, each.contents, each.references, code)
            self.interpreter.let_pass()

        new = transaction.take(plan, records, remember)
        transaction.generations.start([taken.namespace for taken in new.values()], lambda: self._tracked().values())
        self._announce(transaction, new)
        for name in new:
            transaction.edges.setdefault(name, frozenset(records[name].edges or ()))

    def _announce(self, transaction: Transaction, new: "dict[str, Taken]") -> None:
        """Tell whose entries are to be looked for: of what is going to be executed, and what may follow.

        So the heap is searched once for all of them, unless they are many: a search takes as long as there are objects
        to look for.
        """
        known = transaction.announced
        candidates = {
            name: self._candidate(name, taken.module, taken.contents)
            for name, taken in new.items()
            if name not in known
        }
        others = [name for name in transaction.candidates if name not in known and name not in new]
        for name in others if len(others) + len(new) <= _MOST_SEARCHED else ():
            module = sys.modules.get(name)
            namespace = namespace_of(module)
            if type(module) is ModuleType and namespace is not None:
                candidates[name] = self._candidate(name, module, dict(namespace))
        known.update(candidates)
        if candidates:
            transaction.entries.start(candidates)

    def _candidate(self, name: str, module: "ModuleType", contents: "dict[str, Any]") -> "Candidate":
        from ..entries.candidates import Candidate

        record = self.state.records.get(name)
        namespace = namespace_of(module) or {}
        if record is None:
            return Candidate(module, namespace, contents, None, lambda: None)
        return Candidate(module, namespace, contents, record.outside, lambda: self._code(name))

    def _tracked(self) -> "dict[str, dict[str, Any]]":
        """The namespaces of all tracked modules that are there, by name."""
        found = {}
        for name, record in self.state.records.copy().items():
            namespace = namespace_of(sys.modules.get(name))
            if namespace is not None and not record.missing:
                found[name] = namespace
        return found

    def _stored(self) -> "list[Stored]":
        outsides = [record.outside for record in self.state.records.copy().values() if record.outside is not None]
        return [stored for outside in outsides for stored in outside.stored]

    def _code(self, name: str) -> "CodeType | None":
        """The code that a module was executed from, as far as it is to be had; not kept for the next execution."""
        record = self.state.records.get(name)
        if record is None or record.code is not None or record.source is None or record.path is None:
            return None if record is None else record.code
        return code_of(record.path, record.source)

    def _imports(self, name: str) -> "Collection[str]":
        """The names of the modules that a module imports, directly or not."""
        records = self.state.records
        edges = records[name].edges if name in records else None
        return graph.closure(edges or (), lambda other: (records[other].edges or {}) if other in records else None)

    def _users(self, name: str) -> "Collection[str]":
        """The names of the modules that import a module, directly or not."""
        edges = {each: record.edges or {} for each, record in self.state.records.copy().items()}
        return graph.spread({name: ""}, edges).keys() - {name}

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
        to_code = getattr(_loader(name), "source_to_code", None)
        if source is None or source.data is None or to_code is None or name in plan.codes:
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
                self.take_submodules(each.name, each.from_list)
                self.interpreter.import_module(each.name, each.from_list)
        transaction = self.state.transaction
        if transaction is not None and any(name not in sys.modules for name in transaction.reasons):
            try:
                self._import_packages(transaction, wanted)
            except Exception as error:
                self._unasked = error
                raise

    def _import_packages(self, transaction: Transaction, wanted: "list[Wanted]") -> None:
        """Import what is above modules that are `wanted` and fresh themselves: nobody has asked for it.

        And what is taken of what such a module has imported (`_packages_will_do`).
        """
        records = self.state.records

        def is_tried(name: str) -> bool:  # the same error again has the version that it had
            record = records[name]
            return record.version == transaction.moment or (record.failed and record.checked == transaction.moment)

        def is_gone(name: str) -> bool:
            packages = graph.parents(name)
            waiting = (each for each in (*packages, name) if each in transaction.reasons)
            return any(each not in sys.modules and is_tried(each) for each in waiting) or any(
                map(self.survey.is_flat, packages)
            )

        def enter(name: str) -> "dict[str, int] | None":
            record = records.get(name)
            there = name in sys.modules or name in transaction.reasons
            return record.edges if record is not None and there and not is_gone(name) else None

        names = [name for each in wanted for name in (each.name, *self.survey.submodules(each.name, each.from_list))]
        for name in graph.closure(names, enter):
            taken = (name,) if name in transaction.taken and not records[name].missing else ()
            for each in (*graph.parents(name), *taken):
                if each in transaction.reasons and each not in sys.modules and not is_gone(each):
                    self.interpreter.import_module(each, ())

    def take_submodules(self, name: str, from_list: tuple[str, ...]) -> None:
        """Take what is stale of the submodules that a statement asks for.

        Only the code of the package that has just been executed tells what `*` stands for.
        """
        found = self.survey.plan(tuple(self.survey.submodules(name, from_list)))
        if found and self.state.transaction is not None:
            self._bring_up_to_date(self.state.transaction, found, [Wanted(name, from_list)])


def _loader(name: str) -> "Any":
    spec = (namespace_of(sys.modules.get(name)) or {}).get("__spec__")
    return getattr(spec, "loader", None)


def _text(error: BaseException) -> str:
    try:
        return f"{type(error).__name__}: {error}"
    except Exception:  # its own __str__ raises
        return type(error).__name__


def _lines(error: BaseException) -> tuple[tuple[str, int | None], ...]:
    """The lines that a traceback shows, without ours and importlib's."""
    found = []
    traceback = tracebacks.beyond_us(error.__traceback__)
    while traceback is not None:
        found.append((traceback.tb_frame.f_code.co_filename, traceback.tb_lineno))
        traceback = tracebacks.beyond_us(traceback.tb_next)
    return tuple(found)


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
    return innermost in plan.sources or tracebacks.is_our_file(innermost)
