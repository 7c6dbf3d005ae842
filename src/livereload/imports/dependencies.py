"""Which module depends on which: the edges, recorded while modules are executed.

Knows the module that this thread is executing.  Must not know how a module is found or executed.

Whatever the import system asks for while a module's code runs, that module depends on: also a module that is not
there, and one that has been found fresh.
"""

import _thread
import sys

from ..modules import graph
from ..modules.changed_names import ANYTHING
from ..modules.file_changes import Survey
from ..modules.record import Record
from ..modules.state import State

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType


class Dependencies:
    """The edges between the records of a `State`."""

    def __init__(self, state: State, survey: Survey) -> None:
        self._state = state
        self._survey = survey

    def note(self, *names: str) -> None:
        """The module that this thread is executing depends on these."""
        edges = self._state.thread.stack[-1].edges
        if edges is not None:
            for name in names:
                edges[name] = self._state.records[name].version
        transaction = self._state.transaction
        if transaction is not None and not self._state.is_refreshed_by_another():
            for name in names:
                transaction.meet(name)

    def note_given(self, name: str) -> None:
        """If the `__getattr__` of a module imports this one, the module gives what this one has."""
        records, frame = self._state.records, sys._getframe(1)
        while frame.f_back is not None and frame.f_code.co_name != "<module>":
            if frame.f_code.co_qualname == "__getattr__":
                home = dict.get(frame.f_globals, "__name__")
                record = records.get(home) if type(home) is str else None
                if record is not None and name not in record.given and name not in (home, *graph.parents(record.name)):
                    record.given |= {name}
                    self._state.forget_looks()
            frame = frame.f_back

    def note_absence(self, name: str, path: "list[str] | None") -> None:
        """No finder knows `name`: the module that asks for it depends on its absence."""
        state = self._state
        thread = state.thread
        thread.waiting = {}  # what waited for a package has waited in vain
        if not thread.stack and not state.is_taken(name):
            return
        old = state.records.get(name)
        if old is None or not old.missing:
            self._record_absence(name, path, old)
        if thread.stack:
            self.note(name)

    def _record_absence(self, name: str, path: "list[str] | None", old: Record | None) -> None:
        state, resolver = self._state, self._survey.resolver
        transaction = state.transaction
        if transaction is not None and state.owner == _thread.get_ident():
            transaction.replace(name, state.records)
        record = Record(name, None, resolver.folders(path))
        record.missing = True
        record.suspect = not resolver.are_as_known(record.where)
        if old is not None:
            taken = None if transaction is None else transaction.taken.get(name)
            record.wreck = self.left_of(old, None if taken is None else taken.module)
        record.version = record.checked = state.thread.moment
        record.changed = {ANYTHING: state.thread.moment}
        state.last_change = state.thread.moment
        state.records[name] = record
        state.forget_looks()

    def left_of(self, record: Record, left: "ModuleType | None") -> "ModuleType | None":
        """The module object of a module that does not exist any more, if other modules have imported it; else None.

        It is the object of the last execution, `left`, or else an earlier one.
        """
        return (left or record.wreck) if self.is_imported(record.name) else None

    def is_imported(self, name: str) -> bool:
        """True if a module that is there has imported the one of this name, or a package above it."""
        names = {name, *graph.parents(name)}
        records = self._state.records.copy()  # other threads may add to them
        return any(each in sys.modules and not names.isdisjoint(record.edges or ()) for each, record in records.items())
