"""What has come out differently in a refresh: it is entered in the records, for the modules that use it.

Knows the namespaces of modules before and after.  Must not know how a module is executed or updated.

What an execution has made of a module is compared with what was there before.  So is what it may have changed in the
modules that it imports.
"""

import os
import sys
from types import FunctionType, ModuleType

from ..entries.stdlib_registries import environment
from ..identity.namespace_paths import LRU_CACHE
from ..identity.object_model import is_class, module_of_class, namespace_of
from ..interpreter.code_effects import calls_nothing
from ..modules import graph
from ..modules.changed_names import ANYTHING, CONTENTS, EFFECTS, SHARED, TEXT, is_body
from ..modules.record import imports_in
from .changed_source import uses_of
from .namespace_comparison import Before, Names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from ..files.source import Source
    from ..modules.record import Record
    from ..modules.state import State
    from ..refreshes.journal import Transaction
    from .affected import Affected


class Outcomes:
    """What is different now from what it was before this refresh."""

    def __init__(self, state: "State", transaction: "Transaction", affected: "Affected") -> None:
        self._state = state
        self._records = state.records
        self._imports = imports_in(state.records)
        self._transaction = transaction
        self._affected = affected
        # {"shop.cart": what it held}: modules that have left `sys.modules` to be executed
        self._before: dict[str, Before] = {}
        # {"settings": what its names were bound to}: modules that those may change when they are executed
        self._others: dict[str, Names] = {}
        # modules that alone import what they import
        self._alone: set[str] = set()
        # {"shop.cart": (its source, {"shop.money": 7})}: what they were executed from, and imported
        self._traces: dict[str, tuple[Source | None, dict[str, int]]] = {}
        # the variables of the environment, at the last look; None before the first
        self._environment: dict[Any, Any] | None = None
        # {"shop.money": ["shop"]}: the modules whose `__getattr__` has imported another; None if nobody has looked
        self._giving: dict[str, list[str]] | None = None
        # something that others have was changed by an execution
        self.has_touched = False
        # how often something has been entered as different
        self.entered = 0

    def remember(self, names: "Iterable[str]") -> None:
        """Remember what modules held that have left `sys.modules` to be executed."""
        if self._environment is None:
            self._environment = dict(environment())
        for name in names:
            record, taken = self._records[name], self._transaction.taken.get(name)
            if taken is not None:
                self._before[name] = Before(name, taken.namespace, taken.contents)
                code = self._transaction.code_for(record)
                if code is None or not calls_nothing(code):
                    self._remember_imports(name)
            self._traces[name] = (record.source, dict(record.edges or {}))

    def _remember_imports(self, name: str) -> None:
        """Remember what the names of those modules are bound to that a module imports, directly or not.

        Not if nobody else imports them: nobody asks what the module has changed in them.
        """
        if not self._state.watching and not self._is_imported_beside(name):
            self._alone.add(name)
            return
        for each in graph.closure([name], self._imports):
            self._remember_names(each)

    def _remember_names(self, name: str) -> None:
        namespace = namespace_of(sys.modules.get(name))
        if namespace is not None and name not in self._others and name not in self._before:
            for cache in self._affected.stale_caches(self._records[name]):
                LRU_CACHE.cache_clear(cache)  # type: ignore[attr-defined]
            self._others[name] = Names(name, namespace)

    def _is_imported_beside(self, name: str) -> bool:
        """True if something that a module imports, directly or not, another module imports, too.

        The package above has imported nothing for it.
        """
        imported = {name}
        waiting = [name]
        while waiting:
            new = {*(self._imports(waiting.pop()) or ())} - imported
            imported |= new
            waiting += new
        records = self._records.copy()  # other threads may add to them
        return any(
            each not in imported and not imported.isdisjoint(record.edges or ()) for each, record in records.items()
        )

    def remember_all(self) -> None:
        """Remember what all modules have that one may change which is executed for the first time."""
        for name in [each for each, record in self._records.copy().items() if not record.executing]:
            self._remember_names(name)

    def forget(self) -> None:
        """Nothing is going to be executed any more."""
        self._before.clear()
        self._others.clear()
        self._alone.clear()

    def enter(self, record: "Record", keys: "set[str]") -> None:
        """Enter what is different in a module from this moment on."""
        seen = [key for key in keys if key != TEXT]
        self.entered += bool(seen)
        if not all(map(is_body, seen)):
            self._state.last_change = self._transaction.moment
        self._transaction.note(setattr, record, "changed", record.changed)
        record.changed = {**(record.changed or {}), **dict.fromkeys(keys, self._transaction.moment)}
        if not all(map(is_body, seen)):
            self._forget_given(record.name)

    def _forget_given(self, name: str) -> None:
        """What `__getattr__` of other modules has taken from this one and kept (PEP 562): it is asked again."""
        if self._giving is None:
            self._giving = {}
            for record in self._records.copy().values():
                for each in record.given if record.names is not None else ():
                    self._giving.setdefault(each, []).append(record.name)
        for record in [self._records[each] for each in self._giving.get(name, ())]:
            namespace = namespace_of(sys.modules.get(record.name)) or {}
            there = [namespace_of(sys.modules.get(each)) or {} for each in record.given]
            kept = {key: value for key, value in namespace.items() if key not in (record.names or ())}
            left = {key for key, value in kept.items() if not _is_given_still(key, value, name, there)}
            for key in left:
                self._transaction.note(namespace.__setitem__, key, namespace.pop(key))
            if left:
                self.enter(record, left)

    def compare(self, record: "Record") -> bool:
        """A module's code has run to its end: enter what is different now; False if all of it may be."""
        self.entered += 1
        source, _ = self._traces.get(record.name, (None, {}))
        self._join_traces(record)
        self._look_at_environment()
        before = self._before.pop(record.name, None)
        if before is None and record.changed is None and not record.failed and record.inert != 0:
            self._touch(record)  # executed for the first time
            return True
        if record.failed or before is None or record.changed is None:
            return False
        keys = set(before.differences())
        if source is None or not source.is_same(record.source):
            keys.add(TEXT)
        if self._has_effects(record):
            keys.add(EFFECTS)
        moment = self._state.last_change = self._transaction.moment
        known = {key: when for key, when in record.changed.items() if key != ANYTHING or when < moment}
        record.changed = {**known, **dict.fromkeys(keys, moment)}
        self._forget_given(record.name)
        if record.name in self._others:
            self._others[record.name].look_again()
        if record.code is None or not calls_nothing(record.code):
            self._touch(record)
        return True

    def _look_at_environment(self) -> None:
        """Enter which variables of the environment an execution has changed."""
        before, now = self._environment or {}, dict(environment())
        if before != now:
            names = {os.fsdecode(name) for name in {**before, **now} if before.get(name) != now.get(name)}
            self._affected.variables.update(dict.fromkeys(names, self._transaction.moment))
        self._environment = now

    def _touch(self, record: "Record") -> None:
        """Enter that the execution of a module may have changed what is in others that it has imported."""
        if record.name in self._alone and not self._is_imported_beside(record.name):
            return
        for name in graph.closure([record.name], self._imports):
            if name != record.name:
                self._look_at(name)

    def _look_at(self, name: str) -> None:
        """Enter what an execution has changed in another module."""
        keys, others = {CONTENTS}, self._others.get(name)
        if others is not None:
            keys = {*others.differences()}
            if others.has_other_contents():
                keys |= {CONTENTS, SHARED}
            if keys:
                others.look_again()
                self.has_touched = True
        if keys:
            self.enter(self._records[name], keys)

    def _join_traces(self, record: "Record") -> None:
        """What a module has imported before it depends on still, unless its source has changed.

        A cache in another module, or what has put itself in the place of a module, asks nobody the second time.  Who
        asks for a module because of a list in another one, may ask for it no more: then nobody holds it.
        """
        source, edges = self._traces.pop(record.name, (None, {}))
        if source is None or record.edges is None or record.failed or not source.is_same(record.source):
            return
        for other in edges.keys() - record.edges.keys() - {*self._transaction.forsaken}:
            if other in sys.modules and other in self._records and _is_held(other):
                record.edges[other] = self._records[other].version

    def _has_effects(self, record: "Record") -> bool:
        """True if executing a module may have changed others, beside those that it is compared with."""
        uses = uses_of(record)
        return (
            uses is None
            or uses.effects
            or any(
                (self._records[name].changed or {}).get(EFFECTS, 0) == self._transaction.moment
                for name in record.edges or ()
                if name in self._records
            )
        )


def _is_held(name: str) -> bool:
    """True if something beside `sys.modules`, and the package above, refers to a module."""
    parent, _, tail = name.rpartition(".")
    is_bound = (namespace_of(sys.modules.get(parent)) or {}).get(tail) is sys.modules[name]
    return _references(sys.modules, name) > _references({"": ModuleType("")}, "") + is_bound


def _references(modules: "dict[str, Any]", name: str) -> int:
    module = modules[name]
    return sys.getrefcount(module)


def _is_given_still(key: str, value: object, name: str, there: "list[dict[str, Any]]") -> bool:
    """True if a value is in one of the namespaces that it may be of, or is not of the module `name`."""
    if is_class(value) or type(value) is FunctionType:
        home = module_of_class(value) if is_class(value) else value.__module__  # type: ignore[arg-type]
        return home != name or any(each is value for names in there for each in names.values())
    return issubclass(type(value), ModuleType) or any(names.get(key, there) is value for names in there)
