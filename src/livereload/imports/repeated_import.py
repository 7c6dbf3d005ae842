"""A repeated import: whether the module may be used as it is, and the refresh if it may not.

Knows records, plans and the refresh under way.  Must not know the interpreter: what the statement asks for arrives as
a `Wanted`.

1. `is_stale` answers the question, and has no effects on modules.
2. If the answer is yes, the import system asks for the module's lock next, and `bring_up_to_date` refreshes.
"""

import _thread
import sys

from ..modules import graph
from ..modules.file_changes import Survey
from ..modules.record import Record
from ..modules.stale import Plan
from ..modules.state import State, Wanted, in_request
from .dependencies import Dependencies
from .import_system import ImportSystem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..refreshes.refresh import Refresher


class RepeatedImports:
    """The repeated imports of all threads."""

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

    # The question.

    def is_stale(self, wanted: Wanted) -> bool:
        """True if a module that is `wanted` may not be used as it is.

        Has no effects on modules, as the question is also asked when an attribute is missing.
        """
        state = self._state
        name, from_list = wanted.name, wanted.from_list
        look = state.looks.get((name, from_list))
        if look is not None and not state.busy and look.holds() and not state.busy:
            return False
        subs = self._survey.submodules(name, from_list)
        self._dependencies.note_given(name)
        if state.thread.stack:
            is_inside = state.thread.stack[-1].name.startswith(f"{name}.")  # what the package gives are neighbours then
            own = [each for each in subs if not is_inside or each.removeprefix(f"{name}.") in from_list]
            self._dependencies.note(name, *own)
        else:
            for each in (name, *subs):
                if each in state.records:
                    state.records[each].is_root = True
            if state.transaction is None:
                self._survey.adopt()
        if name in state.unbound or self.awaits_package(name):
            return True
        if state.is_refreshed_by_another():
            return not self._system.is_importing() and (
                bool(self._survey.plan((name, *subs))) or self._is_taken_by_another(name)
            )
        if state.is_taken(name) and name not in sys.modules:
            return False  # importlib makes it ready to be executed: an attribute is missing (until 3.12)
        moment = state.thread.moment
        if moment and all(state.records[each].checked == moment for each in (name, *subs)):
            return False
        return self._files_say_so(wanted, subs)

    def _files_say_so(self, wanted: Wanted, subs: list[str]) -> bool:
        """True if the `wanted` modules are stale by their files; then `wanted` gets the plan."""
        state = self._state
        if state.transaction is None and in_request.get():
            return False
        name = wanted.name
        found = self._survey.plan((name, *subs))
        if found.look is not None and not state.busy:
            self._keep_look(found, name, wanted.from_list)
        if not found and not state.is_refreshed_by_another():
            verification = None if state.transaction is None else state.transaction.verification
            siblings = {} if verification is None else verification.siblings((name, *subs))
            found = found.and_also(siblings) if siblings else found
        if found:
            wanted.plan, wanted.when = found, state.changes
        if found or state.transaction is None:
            return bool(found)
        # Another thread may have begun a refresh since: the modules that it executes looked fresh, and are not ready.
        return not self._system.is_importing() and self._is_taken_by_another(name)

    def _is_taken_by_another(self, name: str) -> bool:
        """True if another thread executes the module `name`, or a submodule of it, for a refresh.

        This must be the last question before the answer.  No function is called between the two, nor before the end
        of the import instruction, so no other thread runs in between.
        """
        me = _thread.get_ident()
        transaction = self._state.transaction
        return transaction is not None and self._state.owner != me and name in transaction.around

    def _keep_look(self, found: Plan, name: str, from_list: tuple[str, ...]) -> None:
        """Keep what was compared, for all imports of `name` or, if it has other submodules, for this from-list."""
        prefix = name + "."
        beside = any(each.startswith(prefix) and each not in found.reached for each in self._state.records.copy())
        self._state.looks[(name, from_list) if beside else name] = found.look  # type: ignore[assignment]

    def awaits_package(self, name: str) -> bool:
        """True if a package above has been taken by this thread's refresh, and not been executed yet."""
        state = self._state
        if state.transaction is None or state.is_refreshed_by_another():
            return False
        return any(state.is_taken(each) and each not in sys.modules for each in graph.parents(name))

    def has_failed(self, name: str) -> bool:
        """True if the last import of `name` raised, and no refresh is going to execute it."""
        record, transaction = self._state.records.get(name), self._state.transaction
        if record is None or not record.is_left:
            return False
        return transaction is None or name not in transaction.reasons

    # The refresh.

    def bring_up_to_date(self, wanted: Wanted) -> None:
        """Refresh the stale modules of the `wanted` ones, if this thread may; raises the exceptions of modules."""
        state = self._state
        name = wanted.name
        if name in sys.modules and self._system.is_reloading(name):
            return
        from .submodules import bind  # what only an edit needs is loaded then
        from .threads import may_refresh

        if name in state.unbound:
            bind(state, name)
        state.exclusively(lambda: may_refresh(state), lambda: self._refresh(wanted))

    def wait(self, name: str) -> None:
        """Wait while another thread's refresh has taken `name` out of `sys.modules`."""
        state = self._state
        transaction = state.transaction
        if transaction is not None and state.owner != _thread.get_ident() and name in transaction.taken:
            from .threads import wait_for_refresh

            wait_for_refresh(state)

    def _refresh(self, wanted: Wanted) -> None:
        state, survey = self._state, self._survey
        name, plan, again = wanted.name, wanted.plan, ""
        if plan is None or wanted.when != state.changes:
            record = state.records.get(name)
            if record is not None and record.is_left and name not in sys.modules:
                if record.checked == self._system.moment_of(name) != 0 and state.transaction is None:
                    self._try_again(record, wanted)
                    return
                again, record.checked = name, 0  # in this moment, too
            plan = survey.plan((name, *survey.submodules(name, wanted.from_list)), again=again)
        there = plan.reasons if again else (name, *graph.parents(name), *plan.reasons)
        records = state.records
        left = [each for each in plan.reasons if records[each].wreck and self._dependencies.is_imported(each)]
        concerned = left or not sys.modules.keys().isdisjoint(there)
        if (plan and concerned) or self.awaits_package(name):  # else an import is all that it takes
            try:
                self._refresher().execute(plan, [wanted])
            finally:
                self._note_again(wanted)

    def _try_again(self, record: Record, wanted: Wanted) -> None:
        """Import a module again that has failed within the same statement: no file is looked at, no report is made."""
        if record.wreck is not None:  # else importlib does
            plan = Plan({record.name: "its last import failed"}, {}, reached={record.name: record})
            self._refresher().execute(plan, [wanted], is_final=True)

    def _note_again(self, wanted: Wanted) -> None:
        """Note the new versions of the `wanted` modules, as the module that asked for them may catch the error."""
        state = self._state
        if state.thread.stack:
            edges = state.thread.stack[-1].edges or ()
            names = (wanted.name, *self._survey.submodules(wanted.name, wanted.from_list))
            self._dependencies.note(*(name for name in names if name in edges and name in state.records))
