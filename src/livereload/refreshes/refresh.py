"""A refresh, as others ask for it: which modules, and which attempts are made.

Knows plans and failures.  Must not know what happens within an attempt, nor the interpreter's hooks.

1. *Plan.*  One look at every file and folder in the closure of what is asked for (`modules.file_changes`).
   Nothing stale: done.
2. *Attempt* to execute only what would come out differently (`attempt`).
3. Should that fail where executing more could help, attempt to execute the packages of what is stale, then everything.

A module that turns out stale on the way is refreshed when it is reached, within the same
transaction.  A failure does not use up staleness: the records are rolled back as well.
"""

import sys

from .._report import Report, tell
from ..identity.object_model import is_loaded
from ..modules import graph
from ..modules.file_changes import Survey
from ..modules.record import imports_in
from ..modules.stale import Plan
from ..modules.state import State, Wanted
from .attempt import Attempts, Forsaken
from .failures import culprit, is_inherent, signature
from .import_wanted import names_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ..modules.import_system_protocol import Interpreter
    from .journal import Transaction


class Refresher:
    """Executes what is stale."""

    def __init__(self, state: State, interpreter: "Interpreter", survey: Survey) -> None:
        self.state = state
        self.survey = survey
        self._attempts = Attempts(state, interpreter, survey)

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
            errors = {culprit(error, next(iter(found.reasons)), state.records): error}
        failed = set(errors)
        for name, reason in reversed(found.reasons.items()):  # importers first
            if name in failed or not is_loaded(sys.modules.get(name)):
                continue
            if reason.startswith("imports ") and self.reaches([name], failed):
                continue
            try:
                self.refresh((name,))
            except Exception as error:
                home = culprit(error, name, state.records)
                failed |= {name, home}
                errors.setdefault(home, error)
        state.reported = self.survey.plan(wanted).hashes()
        return errors

    def reaches(self, names: "Iterable[str]", others: "set[str]") -> bool:
        """True if one of `names` is one of `others`, or imports one, directly or not."""
        return bool(others) and not others.isdisjoint(graph.closure(names, imports_in(self.state.records)))

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
            self._attempts.join(state.transaction, plan, wanted)
            return
        last = state.last
        try:
            self._execute(plan, wanted, is_final)
        finally:
            self._attempts.imports.unasked = None
            if state.transaction is None:
                self._tell(last)

    def _execute(self, plan: Plan, wanted: "list[Wanted]", is_final: bool) -> None:
        from ..verification.failed_import import is_of_livereload

        state = self.state
        everything: Plan | None = None

        def is_believed(error: BaseException) -> bool:
            nonlocal everything
            if is_final or not isinstance(error, Exception):
                return True
            if error is not self._attempts.imports.unasked and (
                signature(error, plan) == state.confirmed or is_inherent(error, plan)
            ):
                return True
            everything = everything or self._everything(wanted, plan)
            return len(everything.reasons) == len(plan.reasons) and not is_of_livereload(error)

        try:
            self._verify(plan, wanted, is_believed)
            return
        except Exception as error:
            if state.strict and is_of_livereload(error):
                raise
            first = error
        if is_believed(first) or everything is None:
            raise first
        if self._packages_will_do(plan, everything, wanted):
            return
        try:
            self._attempts.make(everything, wanted, lambda error: True)
        except Exception as error:
            if signature(error, plan) == signature(first, plan):
                state.confirmed = signature(first, plan)
            raise

    def _verify(self, plan: Plan, wanted: "list[Wanted]", is_believed: "Callable[[BaseException], bool]") -> None:
        """Execute of `plan` what would come out differently."""
        from ..verification.verify import NewCycle

        first: set[str] = set()
        forsaken: list[str] = []
        while True:
            try:
                self._attempts.make(plan, wanted, is_believed, first, forsaken)
                return
            except NewCycle as error:
                first |= error.names
            except Forsaken as error:
                forsaken += error.names

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

        more = {}
        for name in graph.closure(names_of(wanted, self.survey), enter):
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
            self._attempts.make(plan.and_also(more), wanted, lambda error: False)
        except Exception:
            return False  # the next attempt will show why
        return True

    def conclude(self, transaction: "Transaction", *, failed: bool) -> None:
        """The outermost module has been executed, or has `failed`, after a failure that it could have caught."""
        before = self.state.last
        try:
            self._attempts.conclude(transaction, failed=failed)
        finally:
            self._tell(before)

    def take_submodules(self, name: str, from_list: tuple[str, ...]) -> None:
        """Take what is stale of the submodules that a statement asks for, of a package that has just been executed."""
        self._attempts.imports.take_submodules(Wanted(name, from_list))
