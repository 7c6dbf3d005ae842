"""Bring a module up to date without executing the whole of it.

Knows how the source of a module has changed.  Must not know why nothing more has to be executed.

In two steps, and importers are asked in between: what has changed in the source is entered as different, and the
statements that only bind names are executed (`begin`).  If the module need not be executed for what it imports either,
its functions get their new code, and names that it imported are bound to what they stand for now (`finish`).
"""

import sys

from .._report import Updated
from ..identity import living_functions
from ..identity.object_model import namespace_of, references_to_namespace
from ..interpreter.bytecode import imported, nested
from ..interpreter.code_effects import calls_nothing, inert_classes
from ..modules.changed_names import TEXT, body
from ..modules.lazy_imports import note_lazy, put_back
from . import update_methods, update_statements

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType
    from typing import Any

    from ..changes.difference import Difference
    from ..changes.uses import Uses
    from ..modules.import_system_protocol import Interpreter
    from ..modules.record import Record
    from ..modules.stale import Plan
    from ..modules.state import State
    from ..refreshes.journal import Transaction
    from .affected import Affected
    from .changed_source import ChangedSources
    from .outcomes import Outcomes

KEPT = "nothing it uses at import time has changed"


class Updates:
    """The modules that one refresh brings up to date in place."""

    def __init__(
        self,
        state: "State",
        interpreter: "Interpreter",
        transaction: "Transaction",
        changed: "ChangedSources",
        affected: "Affected",
        outcomes: "Outcomes",
    ) -> None:
        self._state = state
        self._records = state.records
        self._interpreter = interpreter
        self._transaction = transaction
        self._changed = changed
        self._affected = affected
        self._outcomes = outcomes
        self.updated: list[Updated] = []
        self.kept: list[Record] = []

    def begin(self, plan: "Plan", record: "Record") -> bool:
        """Enter what is new in the source of a module; execute the statements that only bind names.

        True if something is different now.
        """
        difference = self._changed.difference(plan, record)
        if difference is None:
            return False
        keys = {body(new.co_qualname) for _, new in difference.bodies}
        if difference.classes:
            change = self._changed.of(plan, record)
            assert change.new is not None
            source, path, note = change.source.data or b"", record.path or "", self._transaction.note
            keys |= update_methods.define(sys.modules[record.name], source, path, change.new, difference, note)
        if difference.bound():
            keys |= self._execute_statements(plan, record, difference)
        self._outcomes.enter(record, keys | {TEXT})
        return bool(keys)

    def _execute_statements(self, plan: "Plan", record: "Record", difference: "Difference") -> set[str]:
        change = self._changed.of(plan, record)
        module = sys.modules[record.name]
        self._transaction.has_updated = True
        put_back({record.name}, self._records, self._transaction.note)
        stack = self._state.thread.stack
        has_lock, record.has_lock = record.has_lock, False
        self._transaction.note(setattr, record, "edges", dict(record.edges or {}))
        stack.append(record)  # what they import, the module depends on
        assert change.new is not None
        if not calls_nothing(change.new):
            self._transaction.doubt()
        namespace = namespace_of(module) or {}
        fills = update_statements.makes_classes_again(module, difference)
        if fills:
            generations = self._transaction.generations
            references = references_to_namespace(module) - 1  # ours
            generations.remember(record.name, namespace, dict(namespace), references, record.last_code)
            generations.begin(namespace)
            self._interpreter.watch_classes()
        has_failed = True
        try:
            keys = update_statements.execute(
                module, change.source.data or b"", record.path or "", change.new, difference, self._transaction.note
            )
            has_failed = False
            self._forget_imports(record, change.old, change.new)
            return keys
        finally:
            if fills:
                generations.end(namespace, change.new, failed=has_failed)
            stack.remove(record)
            record.has_lock = has_lock
            note_lazy(record, self._transaction.note)

    def _forget_imports(self, record: "Record", old: "CodeType | None", new: "CodeType") -> None:
        """A module does not depend any more on what only statements that are gone have imported."""
        package = (namespace_of(sys.modules[record.name]) or {}).get("__package__")
        if old is None or type(package) is not str or record.edges is None:
            return
        left = set(imported(old, package)) - {name for code in nested(new) for name in imported(code, package)}
        left &= record.edges.keys()
        if left:
            self._transaction.edges.setdefault(record.name, frozenset(record.edges))
            record.edges = {name: version for name, version in record.edges.items() if name not in left}

    def finish(self, plan: "Plan", record: "Record", *, is_untouched: bool) -> None:
        """Leave a module as it is, but for the code of its functions and the names that it imported.

        If it `is_untouched`, no name that it imported stands for something else.
        """
        note = self._transaction.note
        values = (record.version, record.verified, record.source, record.code, record.uses, record.reason, record.inert)
        note(_restore, record, *values)
        if record.path is not None and (record.path in plan.sources or not is_untouched):
            self._rebind(record, self._changed.uses(plan, record))
        difference = self._changed.difference(plan, record)
        if difference is not None:
            living_functions.update(sys.modules[record.name], difference.codes, note)
            change = self._changed.of(plan, record)
            was_touched = record.source is not None and record.source.hash is None and change.new == change.old
            record.source, record.code = change.source, change.new
            record.inert = -1 if change.new is None else inert_classes(change.new)
            record.source.data = None
            record.uses = change.uses() if change.difference is not None and change.difference.names() else None
            if was_touched:  # nobody knows the bytes that it had before
                difference = None
            else:
                self.updated.append(Updated(record.name, tuple(difference.names())))
        record.reason = KEPT if difference is None else _what(difference)
        record.version = record.verified = record.checked = self._transaction.moment
        self.kept.append(record)

    def _rebind(self, record: "Record", uses: "Uses | None") -> None:
        """Bind names that a module imported to what they stand for now."""
        namespace = namespace_of(sys.modules.get(record.name)) or {}
        stale = self._affected.rebound(record, uses) if uses is not None else {}
        changed = set()
        for bound, (_, there, attribute) in stale.items():
            binding = uses.bindings.get(bound) if uses is not None else None
            if binding is not None and binding.kind != "import":
                continue  # the module has bound the name to something else since
            if namespace.get(bound, there) is not there[attribute]:
                undo = (
                    (namespace.__setitem__, bound, namespace[bound]) if bound in namespace else (namespace.pop, bound)
                )
                self._transaction.note(*undo)
                namespace[bound] = there[attribute]
            changed.add(bound)
        if changed:
            self._outcomes.enter(record, changed)


def _what(difference: "Difference") -> str:
    names = difference.names()
    return f"updated: {', '.join(names)}" if names else "only its comments and layout have changed"


def _restore(record: "Record", *values: "Any") -> None:
    record.version, record.verified, record.source, record.code, record.uses, record.reason, record.inert = values
    record.checked = 0
