"""Modules that are executed whatever the modules that they import have come to.

Knows plans, and how sources have changed.  Must not know what modules have used.
"""

import sys
from types import ModuleType

from ..modules import graph
from .changed_source import uses_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection

    from ..modules.import_system_protocol import Interpreter
    from ..modules.record import Record
    from ..modules.stale import Plan
    from .changed_source import ChangedSources
    from .inert_modules import InertModules


class ExecutedAnyway:
    """Tells which modules these are."""

    def __init__(
        self,
        records: "dict[str, Record]",
        interpreter: "Interpreter",
        changed: "ChangedSources",
        inert: "InertModules",
        taken: "Collection[str]",
        first: "Collection[str]",
    ) -> None:
        """Those that are `taken` wait to be executed, and those in `first` are executed before what they import."""
        self._records = records
        self._interpreter = interpreter
        self._changed = changed
        self._inert = inert
        self._taken = taken
        self._first = first

    def is_executed(self, plan: "Plan", name: str, lost: "set[str]") -> bool:
        """True for a module that is executed whatever the modules that it imports, some `lost`, have come to."""
        record = self._records[name]
        if name in plan.must or name in self._first or name in lost or record.broken:
            return True
        if lost and any(each in lost for other in record.edges or () for each in (*graph.parents(other), other)):
            return True
        if record.path is None:
            return name in plan.changed
        if not self.can_be_kept(record) or (not self._inert.is_untouched(record) and uses_of(record) is None):
            return True
        return record.path in plan.sources and self._changed.difference(plan, record) is None

    def new_cycle(self, plan: "Plan", name: str) -> "list[str]":
        """The modules that import each other with this one, if statements that differ import one of them.

        What they have by then depends on the order of the imports, so they are executed together.
        """
        new = self._changed.new_imports(plan, self._records[name])
        if not new:
            return []
        edges = {each: record.edges or () for each, record in self._records.items()}
        cycle = graph.cycles({**edges, name: {*edges[name], *new}}).get(name, ())
        return [each for each in cycle if each in sys.modules] if any(each in new for each in cycle) else []

    def is_lost(self, plan: "Plan", name: str) -> bool:
        """True for what was no module, or is none any more where it was: only an import statement tells what it is."""
        record = self._records.get(name)
        if record is None or name not in plan.reasons:
            return False
        if record.missing or record.failed or record.wreck is not None:
            return True
        if record.path is not None and name not in sys.modules and name not in self._taken:
            return True  # somebody has removed it
        return not plan.moved.isdisjoint((name, *graph.parents(name)))

    def can_be_kept(self, record: "Record") -> bool:
        """True for an ordinary module of which it is known what it imports, and that its own code is executed."""
        module = sys.modules.get(record.name)
        return (
            type(module) is ModuleType
            and record.behind is None
            and record.edges is not None
            and self._interpreter.executes_code(record.name)
        )
