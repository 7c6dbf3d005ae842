"""The changed sources of one refresh: the new code of each, and how it differs from what the module was executed from.

Knows code, and what can be done in a module as it is.  Must not know what is done.
"""

import sys
from types import ModuleType

from ..changes.top_level_statements import is_import
from ..changes.uses import sees_text
from ..identity.object_model import namespace_of
from ..interpreter.bytecode import imports
from ..modules import graph
from . import update_methods, update_statements
from .reachability import absolute_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import CodeType

    from ..changes.difference import Difference
    from ..changes.uses import Uses
    from ..files.source import Source
    from ..modules.record import Record
    from ..modules.stale import Plan


def uses_of(record: "Record") -> "Uses | None":
    """What a module used while it was executed; None if its code is not to be had any more."""
    code = record.last_code()
    return None if code is None else record.used(code)


class ChangedSource:
    """A changed source: the code of it, the code that the module was executed from, and how these differ."""

    __slots__ = ("_uses", "difference", "is_update", "new", "old", "source")

    def __init__(self, source: "Source", old: "CodeType | None", new: "CodeType | None") -> None:
        from ..changes.difference import compare

        self.source = source
        self.old = old
        self.new = new
        self.difference = None if old is None or new is None else compare(old, new)
        # whether that can be done in the module as it is; None if nobody has asked
        self.is_update: bool | None = None
        self._uses: Uses | None = None

    def compare_by_methods(self) -> bool:
        """Compare classes by their methods; True if that makes a difference to what `compare` has found."""
        from ..changes.difference import compare

        if self.old is not None and self.new is not None:
            self.difference = compare(self.old, self.new, by_methods=True)
        return self.difference is not None and bool(self.difference.classes)

    def uses(self) -> "Uses":
        """What executing the new code uses."""
        if self._uses is None:
            from ..changes.uses import Uses

            assert self.new is not None
            self._uses = Uses(self.new)
        return self._uses


class ChangedSources:
    """The changed sources of modules by name, each looked at once."""

    def __init__(
        self, records: "dict[str, Record]", new_code: "Callable[[Plan, Record], CodeType | None]", *, whole: bool
    ) -> None:
        """If `whole`, a module is executed for whatever has changed but layout."""
        self._records = records
        self._new_code = new_code
        self._whole = whole
        # {"shop.cart": ChangedSource}
        self._known: dict[str, ChangedSource] = {}

    def of(self, plan: "Plan", record: "Record") -> ChangedSource:
        """The new code of a changed source, and how it differs: of the very bytes that the plan has read."""
        source = plan.sources[record.path or ""]
        known = self._known.get(record.name)
        if known is None or known.source is not source:
            old = record.last_code()
            new = None if old is None else self._new_code(plan, record)
            known = self._known[record.name] = ChangedSource(source, old, new)
        return known

    def compiled(self, record: "Record", source: "Source | None") -> "CodeType | None":
        """The code of a changed source, if it has been compiled already."""
        known = self._known.get(record.name)
        return None if known is None or known.source is not source else known.new

    def difference(self, plan: "Plan", record: "Record") -> "Difference | None":
        """How the source of a module has changed, if it has; None if for that the module has to be executed."""
        if record.path not in plan.sources:
            return None
        change = self.of(plan, record)
        if change.is_update is None:
            change.is_update = self._is_update(change, record)
            if not change.is_update and change.compare_by_methods():
                change.is_update = self._is_update(change, record)
        return change.difference if change.is_update else None

    def _is_update(self, change: ChangedSource, record: "Record") -> bool:
        """True if the module need not be executed for what has changed in its source."""
        found, module = change.difference, sys.modules.get(record.name)
        if found is None or change.old is None or module is None:
            return False
        if sees_text(record.used(change.old).opaque) or (self._whole and found.names()):
            return False
        if found.classes and not update_methods.can_be_defined(
            module, found, record.used(change.old), self._is_tracked
        ):
            return False
        return update_statements.can_be_executed(module, found)

    def _is_tracked(self, name: object) -> bool:
        return type(name) is str and name in self._records

    def uses(self, plan: "Plan", record: "Record") -> "Uses | None":
        """What executing a module from its source now uses, where that comes to executing a part of it."""
        if record.path is None:
            return None
        if record.path in plan.sources:
            change = self.of(plan, record)
            if change.difference is not None and change.difference.names() and change.new is not None:
                return change.uses()
        return uses_of(record)

    def imports(self, plan: "Plan", record: "Record") -> "Iterable[str]":
        """What a module has imported, and what its new code is going to import."""
        edges, new = record.edges or (), self.new_imports(plan, record)
        return {*edges, *new} if new else edges

    def new_imports(self, plan: "Plan", record: "Record") -> set[str]:
        """What the new code of a module is going to import: all that it may, or what statements that differ do."""
        change = self.of(plan, record) if record.path in plan.sources else None
        if change is None or change.new is None:
            return set()
        statements = {*imports(change.new)}
        if change.difference is not None and change.old is not None:
            if not any(map(is_import, change.difference.statements)):
                return set()
            statements.difference_update(imports(change.old))
        found: set[str] = set()
        namespace = namespace_of(sys.modules.get(record.name)) or {}
        for module, names, level in statements:
            target = absolute_in(record.name, namespace, module, level)
            found.update(f"{target}.{each}" for each in names)
            if not names or target not in graph.parents(record.name) or _gives(target, names):
                found.add(target)
        return found


def _gives(package: str, names: "Iterable[str]") -> bool:
    """True if a package has something else than submodules by one of these names: it matters when it is executed."""
    namespace = namespace_of(sys.modules.get(package)) or {}
    return any(name in namespace and not issubclass(type(namespace[name]), ModuleType) for name in names)
