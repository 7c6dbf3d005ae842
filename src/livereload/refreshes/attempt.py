"""One attempt to bring modules up to date, all or nothing.

Knows the order of a refresh, and that it may be broken off anywhere.  Must not know what comes after a failure.

1. *Open* a transaction: every effect goes onto its journal.
2. *Verify* what the plan says (`verification.verify`), or take all of it.  What has to be executed leaves
   `sys.modules`; the module objects are kept.
3. *Import* what is wanted.  importlib executes what is not in `sys.modules` when it is reached, in the order of a
   fresh interpreter, cycles included.  It executes in the kept module objects.
4. *Commit* all, or roll back all, and *close*.
"""

import _thread
import sys
import time

from .._progress import Progress
from .._report import Kept, Report
from ..files.pyc import write_code
from ..modules import graph
from ..modules.lazy_imports import put_back
from .dispose import dispose, loader_of
from .failures import culprit, text
from .import_wanted import WantedImports, names_of
from .journal import Transaction
from .module_entries import ModuleEntries

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from types import CodeType, ModuleType

    from ..modules.file_changes import Survey
    from ..modules.import_system_protocol import Interpreter
    from ..modules.record import Record
    from ..modules.stale import Plan
    from ..modules.state import State, Wanted
    from ..verification.verify import Verification
    from .taken_modules import Taken


class Forsaken(BaseException):
    """Nobody imports some modules any more, and what these have put elsewhere was there when others were executed."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(*names)
        self.names = names


class Attempts:
    """Makes attempts, one at a time."""

    def __init__(self, state: "State", interpreter: "Interpreter", survey: "Survey") -> None:
        self._state = state
        self._interpreter = interpreter
        self._survey = survey
        self._entries = ModuleEntries(state)
        self.imports = WantedImports(state, interpreter, survey, self._bring_up_to_date)

    def make(
        self,
        plan: "Plan",
        wanted: "list[Wanted]",
        is_believed: "Callable[[BaseException], bool]",
        first: "set[str] | None" = None,
        forsaken: "Collection[str]" = (),
    ) -> None:
        """Bring up to date what `plan` says, all or nothing: execute all of it (None), or what is verified to differ.

        Those that are `first` are executed before what they import; those that are `forsaken`, not at all.

        Within the first import of another module, which may catch the error, a failure that
        `is_believed` is not undone but left for `conclude`.
        """
        state = self._state
        before, depth = state.thread.moment, len(state.thread.stack)
        transaction = Transaction(before or next(state.moments), self._entries.of)
        transaction.progress = Progress(len(plan.reasons), time.perf_counter)
        try:
            try:
                self._open(transaction)
                if first is not None:
                    transaction.verification = self._verification(transaction, first)
                    self._forsake(transaction, forsaken)
                if plan:
                    transaction.fresh = self._survey.note_fresh(plan, transaction.moment)
                    self._bring_up_to_date(transaction, plan, wanted)
                self.imports.run(wanted)
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
            self._interpreter.warn(message)

    def join(self, transaction: Transaction, plan: "Plan", wanted: "list[Wanted]") -> None:
        """Bring up to date what another statement asks for while modules are executed, within the same transaction."""
        before = len(transaction.taken)
        self._bring_up_to_date(transaction, plan, wanted)
        # What has been executed for this refresh, by another thread, and edited since is left to the next one.
        names = [part for each in wanted for part in (*graph.parents(each.name), each.name)]
        if len(transaction.taken) > before or any(name not in sys.modules for name in names):
            self.imports.run(wanted)

    def conclude(self, transaction: Transaction, *, failed: bool) -> None:
        """The outermost module has been executed, or has `failed`, after a failure that it could have caught."""
        state = self._state
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
        if message is not None:
            self._interpreter.warn(message)

    # Bringing up to date.

    def _verification(self, transaction: Transaction, first: set[str]) -> "Verification":
        from ..verification.verify import Verification

        return Verification(
            self._state,
            self._interpreter,
            transaction,
            lambda part: self._take(transaction, part),
            self._new_code,
            first,
        )

    def _forsake(self, transaction: Transaction, names: "Collection[str]") -> None:
        """Nobody is going to import these modules any more: what they have put elsewhere is not there for anybody."""
        transaction.forsaken = [name for name in names if name in sys.modules]
        shows = self._entries.drop(transaction, transaction.forsaken)
        if transaction.verification is not None:
            transaction.verification.forsake(transaction.forsaken, shows)

    def _bring_up_to_date(self, transaction: Transaction, plan: "Plan", wanted: "list[Wanted]") -> None:
        if transaction.verification is None:
            self._take(transaction, plan)
        else:
            transaction.verification.run(plan, names_of(wanted, self._survey))

    def _take(self, transaction: Transaction, plan: "Plan") -> None:
        """Take modules out of `sys.modules`, to be executed when they are reached."""
        records = self._state.records
        dispose(plan, records)
        put_back(plan.reasons.keys(), records, transaction.note)

        def remember(new: "dict[str, Taken]") -> None:
            for name, each in new.items():
                record = records.get(name)
                code = (lambda: None) if record is None else record.last_code
                transaction.generations.remember(name, each.namespace, each.contents, each.references, code)
            self._interpreter.let_pass()

        new = transaction.take(plan, records, remember)
        namespaces = [taken.namespace for taken in new.values()]
        transaction.generations.start(namespaces, lambda: self._entries.tracked().values())
        self._entries.announce(transaction, new)
        for name in new:
            transaction.edges.setdefault(name, frozenset(records[name].edges or ()))

    def _new_code(self, plan: "Plan", record: "Record") -> "CodeType | None":
        """The code of the source in `plan`; None if it does not compile."""
        source = plan.sources[record.path or ""]
        if source.data is None or not self._interpreter.executes_code(record.name):
            return None
        try:
            code: CodeType = loader_of(record.name).source_to_code(source.data, record.path)
        except (SyntaxError, ValueError):
            return None
        write_code(record.path or "", source, code, loader_of(record.name))
        return code

    # The beginning and the end.

    def _open(self, transaction: Transaction) -> None:
        state = self._state
        state.busy.add(transaction)
        state.owner = _thread.get_ident()
        state.transaction = transaction
        state.thread.moment = transaction.moment

    def _commit(self, transaction: Transaction) -> str | None:
        """Keep what has been executed; returns what there is to say about what could not be kept."""
        state = self._state
        if transaction.taken:
            _replace_modules(transaction.put_back(state.records))
        for name in transaction.taken:
            if name not in sys.modules and state.records[name].gone:
                transaction.entries.drop(name)
        executed = [each.name for each in transaction.executed if each.name in sys.modules]
        in_place = [] if transaction.verification is None else transaction.verification.updated
        brought = [*executed, *(each.name for each in in_place)]
        forsaken = [each for each in self._entries.forsaken(transaction, brought) if each not in transaction.forsaken]
        if self._entries.drop(transaction, forsaken) and transaction.verification is not None:
            raise Forsaken(forsaken)
        if transaction.verification is not None:
            transaction.verification.renew_edges()  # refers to nothing then that generations would replace
        is_light = transaction.is_light
        if not is_light:
            transaction.generations.finish()
            transaction.entries.finish(executed)
        transaction.commit(state.records)
        transaction.end()
        message = None if is_light else self._move(transaction)
        for each in transaction.executed:
            state.errors.pop(each.name, None)
        state.last = _report(transaction, message)
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

    def _close(self, transaction: Transaction, moment: int, depth: int) -> None:
        """Undo what has not been committed, and be at rest.  To be called again if it was interrupted."""
        state = self._state
        state.busy.difference_update(state.thread.stack[depth:])
        del state.thread.stack[depth:]
        state.thread.moment = moment
        if transaction.pending:
            return
        transaction.roll_back()
        transaction.end()
        self._interpreter.stop_watching_classes()
        self._interpreter.stop_watching_reads()
        state.busy.discard(transaction)
        state.forget_looks(edges=transaction.has_executed)
        state.transaction = None
        state.owner = 0
        transaction.progress.end()

    def _remember_error(self, transaction: Transaction, error: BaseException, name: str) -> None:
        state, last_line = self._state, text(error)
        state.errors[culprit(error, name, state.records)] = last_line
        state.last = Report(error=last_line, seconds=transaction.progress.seconds)


def _replace_modules(kept: "list[tuple[ModuleType, ModuleType]]") -> None:
    """Give whoever has got hold of the first one of each pair the second."""
    if kept:
        from ..identity.referrers import substitute

        substitute({id(new): old for new, old in kept}, [new for new, _ in kept])


def _report(transaction: Transaction, message: str | None) -> Report:
    """What has been done, and what there is to say about it."""
    verification = transaction.verification
    notes = () if message is None else (message,)
    updated = () if verification is None else tuple(verification.updated)
    new = {each.name for each in updated}
    records = [] if verification is None else verification.kept
    kept = tuple(Kept(each.name, each.reason or "") for each in records if each.name not in new)
    seconds = transaction.progress.seconds
    return Report(tuple(transaction.executed), notes, seconds=seconds, kept=kept, updated=updated)
