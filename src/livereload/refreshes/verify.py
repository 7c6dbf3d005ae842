"""Verify on demand: bring modules up to date, executing only what would come out differently.

Knows records, plans and the order of imports.  Must not know how one object takes over from another.

The procedure is that of an incremental build with early cutoff (*verify* in Salsa, "Build Systems à la
Carte").  A module is verified after what it imported, in the order in which it did; so what it used is
up to date when it is asked about:

1. A module that has to be executed whatever its imports have come to (its source has changed in more
   than bodies of functions, it has moved, it failed before) is executed when it is reached.  importlib
   does it, and asks for others where the code imports them.
2. Of a module that has changed in bodies of functions, these are entered as different.
3. A module that used nothing that is different (`affected`) is kept; functions with changed bodies get
   the new code, and names that it imported are bound to what they stand for now.  Else it is executed.
4. What a module that has changed may have put into others, or changed in them, modules that it does not import
   may have used, in the order of the imports: its siblings.  They are asked as well.
5. What an execution has made of a module is compared with what was there before, and entered as
   different for the modules that imported it.

Modules that import each other in a cycle are verified as one.

When a module fails, so does the import statement of the module that imported it.  An importer that is
not executed shows in the traceback where it imports what failed; one that may catch the error is executed.
"""

import sys
from types import FunctionType, GetSetDescriptorType, MemberDescriptorType, ModuleType

from .._report import Updated
from ..identity import living
from ..identity.objects import module_of_class, mro_of, namespace_of, namespace_of_class
from ..identity.places import LRU_CACHE
from ..interpreter.bytecode import imported, imports, nested
from ..interpreter.code_effects import calls_nothing, inert_classes
from ..modules import graph
from ..modules.lazy_imports import note_lazy, put_back
from ..modules.record import ANYTHING, CONTENTS, EFFECTS, SHARED, body, is_body
from ..modules.stale import Plan
from . import methods, statements
from .affected import Affected
from .compare import Before, Names
from .importers import ImportFrame, import_of
from .taken import Taken

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator
    from types import CodeType
    from typing import Any

    from ..changes.difference import Difference
    from ..changes.uses import Uses
    from ..files.source import Source
    from ..modules.import_system_protocol import Interpreter
    from ..modules.record import Record
    from ..modules.state import State
    from .journal import Transaction

KEPT = "nothing it uses at import time has changed"


class NewCycle(BaseException):
    """Modules that were executed have imported modules whose own imports were still being verified.

    A fresh interpreter begins with these `names`, so they have to be executed first.
    """

    def __init__(self, names: set[str]) -> None:
        super().__init__(*names)
        self.names = names


class Verification:
    """One attempt to bring modules up to date within a transaction."""

    def __init__(
        self,
        state: "State",
        interpreter: "Interpreter",
        transaction: "Transaction",
        take: "Callable[[Plan], object]",
        new_code: "Callable[[Plan, Record], CodeType | None]",
        first: "Collection[str]" = (),
    ) -> None:
        """Modules in `first` are executed before what they import."""
        self._state = state
        self._first = first
        self._depth = 0
        # modules that were imported again while their own imports were being verified
        self._entered_again: set[str] = set()
        self._records = state.records
        self._whole = state.whole
        self._interpreter = interpreter
        self._transaction = transaction
        self._take = take
        self._new_code = new_code
        self._affected = Affected(state.records)
        # {"shop.cart": what it held}: modules that have left `sys.modules` to be executed
        self._before: dict[str, Before] = {}
        # {"settings": what its names were bound to}: modules that those may change when they are executed
        self._others: dict[str, Names] = {}
        # {"shop.cart": (its source, {"shop.money": 7})}: what they were executed from, and imported
        self._traces: dict[str, tuple[Source | None, dict[str, int]]] = {}
        # {"shop.cart": _Change}: sources whose change has been looked at
        self._changes: dict[str, _Change] = {}
        self._verified: set[str] = set()
        # modules of which it has been seen that executing them runs no function
        self._inert: set[str] = set()
        # modules that what has changed may have put something into, or changed; who imports those
        self._shared: set[str] = set()
        self._sharing: set[str] = set()
        # modules that are asked only because of that; those that were reached before anything had changed
        self._siblings: set[str] = set()
        self._asked: list[Record] = []
        self._passed: set[str] = set()
        # modules whose imports are being verified
        self.open: set[str] = set()
        # how often something has been entered as different
        self.changes = 0
        self.updated: list[Updated] = []
        self.kept: list[Record] = []

    def run(self, plan: Plan, names: "Iterable[str]") -> None:
        """Bring up to date what `plan` says may be stale, in the order in which importing `names` reaches it."""
        walk = _Walk(self, plan)
        self._transaction.candidates.update(dict.fromkeys(plan.reasons))
        self._depth += 1
        try:
            self._take_at_once(plan, walk)
            for name in names:
                for each in (*graph.parents(name), name):
                    walk.verify(each)
        finally:
            self._depth -= 1
        if self._depth == 0 and self._entered_again:
            raise NewCycle(self._entered_again)

    def siblings(self, names: "Iterable[str]") -> "dict[str, str]":
        """{module: why it is asked}: those that `names` import which may have used what siblings have changed."""
        found = {}
        if self._shared:
            passed = self._passed
            for name in graph.closure(names, lambda each: () if each in passed else self._edges_of(each)):
                if self.is_sibling(name):
                    found[name] = "may use what others have changed"
        return found

    def is_sibling(self, name: str) -> bool:
        """True if a module that has not been verified may have used what others, not imported by it, have changed."""
        record = self._records.get(name)
        if name not in self._sharing or record is None or record.executing:
            return False
        if name in self._verified or name in self._passed or name in self._shared:  # what it imports, comes before it
            return False
        if record.path is None or self._is_untouched(record) or not self._can_be_kept(record):
            return False
        if name not in self._transaction.candidates:
            self._siblings.add(name)
        return True

    def pass_by(self, name: str) -> None:
        """A module, and all that it imports, has been reached in the order of the imports, and is up to date."""
        passed = self._passed
        passed.update(graph.closure([name], lambda each: () if each in passed else self._edges_of(each)))

    def _share(self, record: "Record") -> None:
        """What a module that has changed puts elsewhere may be in all that it imports."""
        shared = {*graph.closure([record.name], self._edges_of)} if record.inert != 0 else set()
        if not shared <= self._shared:
            self._shared |= shared
            importers = graph.importers_in({name: each.edges or () for name, each in self._records.copy().items()})
            self._sharing = set(graph.closure(self._shared, importers.get))

    def enter_again(self, name: str) -> None:
        """A module is asked for whose own imports are being verified; by what it imports, if not by what is in it."""
        stack = self._state.thread.stack
        if stack and not stack[-1].name.startswith(f"{name}."):
            self._entered_again.add(name)

    def _take_at_once(self, plan: Plan, walk: "_Walk") -> None:
        """What has to be executed leaves `sys.modules`, so that it is executed when it is reached."""
        must: dict[str, str] = {}
        lost = {name for name in plan.reasons if self.is_lost(plan, name)}
        for name, reason in plan.reasons.items():
            if name not in self._verified and not self._records[name].executing and self._must(plan, name, lost):
                must[name] = reason
        if must:
            for name in [each for changed in must for each in walk.cycle(changed)]:
                must.setdefault(name, plan.reasons.get(name, ""))
            self.take(plan, must)

    def take(self, plan: Plan, reasons: "dict[str, str]") -> None:
        """Take modules out of `sys.modules`, and remember what they held."""
        all_taken, records = self._transaction.taken, self._records
        new = {
            name: reason for name, reason in reasons.items() if name not in all_taken and not records[name].executing
        }
        paths = [records[name].path or "" for name in new]
        sources = {path: plan.sources[path] for path in paths if path in plan.sources}
        part = Plan(new, sources, moved=plan.moved, reached=plan.reached)
        for name in new:
            change = self._changes.get(name)
            if change is not None and change.new is not None and sources.get(records[name].path or "") is change.source:
                part.codes[name] = change.new
        self._take(part)
        for name in new:
            taken = self._transaction.taken.get(name)
            if taken is not None:
                self._before[name] = Before(name, taken.namespace, taken.contents)
                code = self._transaction.code_for(self._records[name])
                if code is None or not calls_nothing(code):
                    self._watch(name)
            record = self._records[name]
            self._traces[name] = (record.source, dict(record.edges or {}))

    def _watch(self, name: str) -> None:
        """Remember what the names of those modules are bound to that a module imports, directly or not."""
        for each in graph.closure([name], lambda each: self._edges_of(each)):
            if each not in self._others and each not in self._before:
                namespace = namespace_of(sys.modules.get(each))
                if namespace is not None:
                    for cache in self._affected.stale_caches(self._records[each]):
                        LRU_CACHE.cache_clear(cache)  # type: ignore[attr-defined]
                    self._others[each] = Names(each, namespace)

    def _must(self, plan: Plan, name: str, lost: "set[str]") -> bool:
        """True for a module that is executed whatever the modules that it imports, some `lost`, have come to."""
        record = self._records[name]
        if name in plan.must or name in self._first or name in lost or record.broken:
            return True
        if lost and any(each in lost for other in record.edges or () for each in (*graph.parents(other), other)):
            return True
        if record.path is None:
            return name in plan.changed
        if not self._can_be_kept(record) or (not self._is_untouched(record) and self._uses(record) is None):
            return True
        return record.path in plan.sources and self._difference(plan, record) is None

    def is_lost(self, plan: Plan, name: str) -> bool:
        """True for what was no module, or is none any more where it was: only an import statement tells what it is."""
        record = self._records.get(name)
        if record is None or name not in plan.reasons:
            return False
        if record.missing or record.failed or record.wreck is not None:
            return True
        return not plan.moved.isdisjoint((name, *graph.parents(name)))

    def _can_be_kept(self, record: "Record") -> bool:
        module = sys.modules.get(record.name)
        return (
            type(module) is ModuleType
            and record.behind is None
            and record.edges is not None
            and self._interpreter.executes_code(record.name)
        )

    def _uses(self, record: "Record") -> "Uses | None":
        code = record.last_code()
        return None if code is None else record.used(code)

    def change(self, plan: Plan, record: "Record") -> "_Change":
        """The new code of a changed source, and how it differs: of the very bytes that the plan has read."""
        source = plan.sources[record.path or ""]
        known = self._changes.get(record.name)
        if known is None or known.source is not source:
            old = record.last_code()
            new = None if old is None else self._new_code(plan, record)
            known = self._changes[record.name] = _Change(source, old, new)
        return known

    def _difference(self, plan: Plan, record: "Record") -> "Difference | None":
        """How the source of a module has changed; None if in more than bodies of functions."""
        change = self.change(plan, record)
        if change.is_update is None:
            change.is_update = self._is_update(change, record)
            if not change.is_update and change.compare_by_methods():
                change.is_update = self._is_update(change, record)
        return change.difference if change.is_update else None

    def _is_update(self, change: "_Change", record: "Record") -> bool:
        """True if the module need not be executed for what has changed in its source."""
        found, module = change.difference, sys.modules.get(record.name)
        if found is None or change.old is None or module is None:
            return False
        if record.used(change.old).sees_text or (self._whole and found.names()):
            return False
        if found.classes and not methods.can_be_defined(module, found, record.used(change.old), self._is_tracked):
            return False
        return statements.can_be_executed(module, found)

    def _is_tracked(self, name: object) -> bool:
        return type(name) is str and name in self._records

    # One module, or one cycle of them, whose imports are up to date.

    def decide(self, plan: Plan, names: "list[str]") -> None:
        """Keep, update or execute modules whose imports are up to date."""
        records = [self._records[name] for name in names]
        for record in records:
            self._in_place(record, self._enter_difference, plan)
        why: dict[str, str] = {}
        for record in records:
            reason = self._why(plan, record)
            if reason is not None:
                why[record.name] = reason
        if why:
            reasons = {name: why.get(name, f"imports {next(iter(why))}") for name in names}
            self.execute(plan, reasons)
            return
        for record in records:
            self._in_place(record, self._keep, plan)

    def _in_place(self, record: "Record", change: "Callable[[Plan, Record], object]", plan: Plan) -> None:
        """Change a module in place; no module that is being executed has done that."""
        changes, stack = self.changes, self._state.thread.stack
        detection = stack[-1].detection if stack and record.path in plan.sources else None
        if detection is not None:
            detection.rest()
        change(plan, record)
        if detection is not None:
            detection.go_on(record.name)
        if self.changes != changes:
            self._transaction.entries.updated(record.name, namespace_of(sys.modules[record.name]) or {})

    def is_affected(self, plan: Plan, name: str) -> bool:
        """True if a module has used something that is different by now."""
        record = self._records[name]
        if record.path not in plan.sources and self._is_untouched(record):
            return False
        uses = self._new_uses(plan, record)
        return uses is not None and self._affected_by(record, uses) is not None

    def _affected_by(self, record: "Record", uses: "Uses") -> str | None:
        return self._affected.why(record, uses, contents=SHARED if record.name in self._siblings else CONTENTS)

    def _is_untouched(self, record: "Record") -> bool:
        """True if nothing has changed but bodies of functions since the module was up to date, and it runs none.

        Its classes are made by `type` alone, then.
        """
        if record.inert < 0 or record.verified < self._state.last_change or record.lazy:
            return False
        if record.name not in self._inert:
            if not all(map(_has_plain_attributes, record.edges or ())) or not _makes_plain_classes(record):
                return False
            self._inert.add(record.name)
        return True

    def _new_uses(self, plan: Plan, record: "Record") -> "Uses | None":
        """What executing a module from its new source uses, where that comes to executing a part of it."""
        if record.path is None:
            return None
        if record.path in plan.sources:
            change = self.change(plan, record)
            if change.difference is not None and change.difference.names() and change.new is not None:
                return change.uses()
        return self._uses(record)

    def _enter_difference(self, plan: Plan, record: "Record") -> None:
        """Enter the bodies of functions that are new; execute the statements that are, and enter what they bind."""
        difference = self._difference(plan, record) if record.path in plan.sources else None
        if difference is None:
            return
        keys = {body(new.co_qualname) for _, new in difference.bodies}
        if difference.classes:
            change = self.change(plan, record)
            assert change.new is not None
            source, path, note = change.source.data or b"", record.path or "", self._transaction.note
            keys |= methods.define(sys.modules[record.name], source, path, change.new, difference, note)
        if difference.bound():
            keys |= self._execute_statements(plan, record, difference)
        if keys:
            self._enter(record, keys)
            self._share(record)

    def _execute_statements(self, plan: Plan, record: "Record", difference: "Difference") -> set[str]:
        change = self.change(plan, record)
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
        fills = statements.makes_classes_again(module, difference)
        if fills:
            generations = self._transaction.generations
            references = Taken(module, module).references - 1
            generations.remember(record.name, namespace, dict(namespace), references, record.last_code)
            generations.begin(namespace)
        has_failed = True
        try:
            keys = statements.execute(
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

    def _enter(self, record: "Record", keys: "set[str]") -> None:
        """Enter what is different in a module from this moment on."""
        self.changes += 1
        if not all(map(is_body, keys)):
            self._state.last_change = self._transaction.moment
        self._transaction.note(setattr, record, "changed", record.changed)
        record.changed = {**(record.changed or {}), **dict.fromkeys(keys, self._transaction.moment)}

    def _why(self, plan: Plan, record: "Record") -> str | None:
        """Why a module must be executed, if it must."""
        if record.path is None:
            return None
        if record.path in plan.sources or not self._is_untouched(record):
            uses = self._new_uses(plan, record)
            if uses is None:
                return "its code is not known"
            reason = self._affected_by(record, uses)
            if reason is not None:
                return reason
        for keeper, is_cache in self._affected.kept_results(record):
            if not is_cache:
                return f"has kept what {getattr(keeper, '__name__', 'a function')} computed"
            LRU_CACHE.cache_clear(keeper)  # type: ignore[attr-defined]
        return None

    def _keep(self, plan: Plan, record: "Record") -> None:
        """Leave a module as it is, but for the bodies of its functions and the names that it imported."""
        name, note = record.name, self._transaction.note
        if name in self._siblings:
            self._verified.add(name)
            self._asked.append(record)
            return
        values = (record.version, record.verified, record.source, record.code, record.uses, record.reason, record.inert)
        note(_restore, record, *values)
        if record.path is not None and (record.path in plan.sources or not self._is_untouched(record)):
            self._rebind(record, self._new_uses(plan, record))
        difference = self._difference(plan, record) if record.path in plan.sources else None
        if difference is not None:
            living.update(sys.modules[name], difference.codes, note)
            change = self.change(plan, record)
            record.source, record.code = change.source, change.new
            record.inert = -1 if change.new is None else inert_classes(change.new)
            record.source.data = None
            record.uses = change.uses() if change.difference is not None and change.difference.names() else None
            self.updated.append(Updated(name, tuple(difference.names())))
        record.reason = KEPT if difference is None else _what(difference)
        record.version = record.verified = record.checked = self._transaction.moment
        self._verified.add(name)
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
            self._enter(record, changed)

    # Executing.

    def execute(self, plan: Plan, reasons: "dict[str, str]") -> None:
        """Execute modules; importlib does it, in the order in which they import each other."""
        self.take(plan, reasons)
        for name in reasons:
            self._verified.add(name)
        for name in reasons:
            if name not in sys.modules:
                self.import_module(name)

    def import_module(self, name: str) -> None:
        """Have importlib execute a module that is not in `sys.modules`.

        It binds a submodule in its package, where a name of the package's own may stand.
        """
        parent, _, tail = name.rpartition(".")
        package = sys.modules.get(parent)
        namespace = namespace_of(package) or {}
        bound = namespace.get(tail)
        self._interpreter.import_module(name, ())
        if bound is not None and sys.modules.get(parent) is package and namespace.get(tail) is not bound:
            self._transaction.note(namespace.__setitem__, tail, bound)
            namespace[tail] = bound

    def has_executed(self, record: "Record") -> None:
        """A module's code has run to its end: enter what is different now."""
        name = record.name
        self._verified.add(name)
        self.changes += 1
        self._join_traces(record)
        before = self._before.pop(name, None)
        if record.failed or before is None or record.changed is None:
            return
        keys = set(before.differences())
        if self._has_effects(record):
            keys.add(EFFECTS)
        moment = self._state.last_change = self._transaction.moment
        known = {key: when for key, when in record.changed.items() if key != ANYTHING or when < moment}
        record.changed = {**known, **dict.fromkeys(keys, moment)}
        self._share(record)
        if record.code is None or not calls_nothing(record.code):
            self._touch(record)

    def _touch(self, record: "Record") -> None:
        """Enter that the execution of a module may have changed what is in others that it has imported."""
        for name in graph.closure([record.name], lambda each: self._edges_of(each)):
            if name != record.name:
                keys = {CONTENTS}
                if name in self._others:
                    keys.update(self._others[name].differences())
                    if self._others[name].has_other_contents():
                        keys.add(SHARED)
                self._enter(self._records[name], keys)

    def _edges_of(self, name: str) -> "Iterable[str] | None":
        record = self._records.get(name)
        return None if record is None else record.edges or ()

    def _join_traces(self, record: "Record") -> None:
        """What a module has imported before it depends on still, unless its source has changed.

        A cache in another module, or what has put itself in the place of a module, asks nobody the second time.
        """
        source, edges = self._traces.pop(record.name, (None, {}))
        if source is None or record.edges is None or record.failed or not _is_same(source, record.source):
            return
        for other in edges.keys() - record.edges.keys():
            if other in sys.modules and other in self._records:
                record.edges[other] = self._records[other].version

    def _has_effects(self, record: "Record") -> bool:
        """True if executing a module may have changed others, beside those that it is compared with."""
        uses = self._uses(record)
        return (
            uses is None
            or uses.effects
            or any(
                (self._records[name].changed or {}).get(EFFECTS, 0) == self._transaction.moment
                for name in record.edges or ()
                if name in self._records
            )
        )

    def renew_edges(self) -> None:
        """All that the modules which were kept have imported is up to date."""
        self._before.clear()
        self._others.clear()
        for record in (*self.kept, *self._asked):
            if record.edges is not None:
                known = self._records
                record.edges.update({other: known[other].version for other in record.edges if other in known})

    # Failures.

    def fails_in(self, plan: Plan, name: str, child: str, error: BaseException) -> "ImportFrame | None":
        """Where a module that was not executed imports what has failed; None if it may catch the error."""
        record = self._records[name]
        uses = self._uses(record) if record.path is not None and self._can_be_kept(record) else None
        if uses is None or name in self._verified or not _is_raised_in_code(error):
            return None
        if record.path in plan.sources:
            return None
        return import_of(record, uses, child, self._affected)


def _has_plain_attributes(name: str) -> bool:
    """True for a module of which a name can be imported without running anything (PEP 562)."""
    module = sys.modules.get(name)
    return type(module) is ModuleType and "__getattr__" not in (namespace_of(module) or {})


def _makes_plain_classes(record: "Record") -> bool:
    """True if all classes that the code of an inert module makes are there, and made by `type` alone."""
    if not record.inert:
        return True
    namespace = namespace_of(sys.modules.get(record.name)) or {}
    classes = [each for each in namespace.values() if type(each) is type and module_of_class(each) == record.name]
    return len(classes) == record.inert and all(map(_is_made_by_type, classes))


def _is_made_by_type(cls: type) -> bool:
    """True if nothing of what a class has, and none of its bases, takes part in making it."""
    contents = namespace_of_class(cls)
    if "__orig_bases__" in contents or not _PLAIN_MEMBERS.issuperset(map(id, map(type, contents.values()))):
        return False
    return not any("__init_subclass__" in namespace_of_class(each) for each in mro_of(cls)[1:-1])


# By id: what has no `__set_name__`.
_PLAIN_MEMBERS = frozenset(
    map(
        id,
        (
            *(FunctionType, str, int, float, bool, bytes, tuple, type(None)),
            *(GetSetDescriptorType, MemberDescriptorType),
        ),
    )
)


class _Change:
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


class _Walk:
    """The order in which modules are verified: one plan, from the names that are asked for."""

    def __init__(self, verification: Verification, plan: Plan) -> None:
        self._verification = verification
        self._plan = plan
        self._records = verification._records
        self._cycles: dict[str, frozenset[str]] | None = None
        self._entered: set[str] = set()

    def cycle(self, name: str) -> "list[str]":
        """The modules that import each other with this one, itself included, in the order of the plan."""
        if self._cycles is None:
            closure, stale = self._plan.closure, self._plan.reasons.keys()
            if closure is not None and all(
                stale & self._edges(each) == stale & closure.edges[each] for each in self._plan.changed
            ):
                self._cycles = closure.cycles()  # nothing new is imported
            else:
                self._cycles = graph.cycles({each: self._edges(each) for each in stale})
        members = self._cycles.get(name)
        return [name] if members is None else [each for each in self._plan.reasons if each in members]

    def _edges(self, name: str) -> "Iterable[str]":
        """What a module has imported, and what its new code is going to import."""
        edges = self._records[name].edges or ()
        record = self._records[name]
        change = self._verification.change(self._plan, record) if record.path in self._plan.sources else None
        code = None if change is None or change.difference is not None else change.new
        if code is None:
            return edges
        affected, namespace = self._verification._affected, namespace_of(sys.modules.get(name)) or {}
        found = {*edges}
        for module, names, level in imports(code):
            target = affected.absolute(name, namespace, module, level)
            found.update((target, *(f"{target}.{each}" for each in names)))
        return found

    def verify(self, root: str) -> None:
        """Bring a module up to date, after all that it imported."""
        path: list[_Entered] = []
        self._enter(root, path)
        while path:
            entered = path[-1]
            child = self._next(entered)
            failure: BaseException | None = None
            try:
                if child is not None:
                    self._enter(child, path)
                else:
                    self._leave(path)
                    self._decide(entered)
            except BaseException as error:
                failure = error
            if failure is not None:  # not in the `except` clause, or it would be the context of other errors
                self._fail(failure, path, child or entered.name)

    def _next(self, entered: "_Entered") -> str | None:
        """What a module imported next; None if there is nothing more, or if it is affected already.

        What it imported after the first difference, a fresh interpreter need not import as well.
        """
        child = next(entered.children, None)
        changes = self._verification.changes
        if child is None or changes == entered.changes or len(entered.members) > 1:
            return child
        entered.changes = changes
        return None if self._verification.is_affected(self._plan, entered.name) else child

    def _enter(self, name: str, path: "list[_Entered]") -> None:
        verification = self._verification
        if name in verification.open and name not in self._entered:
            verification.enter_again(name)
        if name in self._entered or name in verification._verified or name in verification.open:
            return
        if name not in self._plan.reasons and verification.is_sibling(name):
            self._plan.reasons[name] = "may use what others have changed"
            verification._transaction.candidates.setdefault(name)
        if name not in self._plan.reasons or verification.is_lost(self._plan, name):
            verification.pass_by(name)
            return
        if name in verification._transaction.taken:
            self._entered.add(name)
            if name not in sys.modules:
                verification._verified.add(name)
                verification.import_module(name)
            return
        members = self.cycle(name)
        self._entered.update(members)
        verification.open.update(members)
        path.append(_Entered(name, members, self._children(members), verification.changes))

    def _leave(self, path: "list[_Entered]") -> "_Entered":
        entered = path.pop()
        self._verification.open.difference_update(entered.members)
        return entered

    def _children(self, members: "list[str]") -> "Iterator[str]":
        for member in members:
            for other in list(self._records[member].edges or ()):
                yield from graph.parents(other)
                yield other

    def _decide(self, entered: "_Entered") -> None:
        verification = self._verification
        left = [each for each in entered.members if each not in verification._verified]
        left = [each for each in left if not self._records[each].executing]
        if left:
            verification.decide(self._plan, left)

    def _fail(self, error: BaseException, path: "list[_Entered]", child: str) -> None:
        """What a module imports has failed: show where, or execute the module, which may catch the error."""
        verification = self._verification
        while path:
            entered = self._leave(path)
            frame = None
            if len(entered.members) == 1:
                frame = verification.fails_in(self._plan, entered.name, child, error)
            if frame is not None:
                error.__traceback__ = frame.above(error.__traceback__)
            elif isinstance(error, Exception):
                try:
                    verification.execute(self._plan, {each: f"imports {child}" for each in entered.members})
                    return
                except BaseException as another:
                    error = another
            child = entered.name
        raise error


class _Entered:
    """Modules whose imports are being verified: one, or those that import each other."""

    __slots__ = ("changes", "children", "members", "name")

    def __init__(self, name: str, members: "list[str]", children: "Iterator[str]", changes: int) -> None:
        self.name = name
        self.members = members
        self.children = children
        # `Verification.changes` when it was last seen whether they are affected
        self.changes = changes


def _what(difference: "Difference") -> str:
    names = difference.names()
    return f"updated: {', '.join(names)}" if names else "only its comments and layout have changed"


def _is_same(one: "Source", other: "Source | None") -> bool:
    return other is not None and one.hash == other.hash


def _is_raised_in_code(error: BaseException) -> bool:
    """False for an error of the import system itself, whose text depends on the statement that imports."""
    from ..interpreter.tracebacks import beyond_us

    return isinstance(error, SyntaxError) or beyond_us(error.__traceback__) is not None


def _restore(record: "Record", *values: "Any") -> None:
    record.version, record.verified, record.source, record.code, record.uses, record.reason, record.inert = values
    record.checked = 0
