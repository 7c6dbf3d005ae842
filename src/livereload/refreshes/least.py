"""The least work: which importers of a changed module need not be executed again.

Knows the modules as they are before a refresh, and what their code uses (`changes.uses`).  Must not know how
anything is executed.

Executing every importer of a changed module is always right and often needless.  An importer is
*spared* if nothing that executing it used has changed: names read, functions called, classes derived
from, decorators, defaults, and what those in turn read.  Of a spared module only the import
statements are executed, so it sees what the changed modules hold now.

What is the same, judged before anything is executed:

- a function or class of a changed module whose own statement and body are the same, and for which the
  same is true of all that it reads;
- a constant whose statement is the same, unless somebody binds it anew from elsewhere;
- everything in a module that is not executed; but an object that can change (a registry, an instance)
  only if no module that is executed imports, directly or not, the module that holds it.

An edit of comments and layout alone leaves all code the same; no importer is stale for it.

All doubts end in execution.
"""

import _ast
import sys
from types import (
    CodeType,
    FunctionType,
    GetSetDescriptorType,
    MemberDescriptorType,
    MethodDescriptorType,
    ModuleType,
    WrapperDescriptorType,
)

from ..changes.uses import (
    MENTIONED,
    OF_A_PROPERTY,
    OPAQUE,
    USED,
    Uses,
    alike,
    attribute_stores,
    attribute_targets,
    global_stores,
    imports_inside,
    loads_in,
    names_in,
)
from ..identity.objects import (
    cell_contents,
    is_class,
    is_plain,
    module_of_class,
    mro_of,
    namespace_of,
    namespace_of_class,
    qualname_of,
    registered,
)
from ..modules import graph
from ..modules.plan import Plan
from .memos import functions_in, keepers, wrapped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator
    from typing import Any

    from ..changes.uses import Import
    from ..modules.state import Record

    Namespace = dict[str, Any]

# What runs in the base when a class is derived from it.
_DERIVING = ("__init_subclass__", "__class_getitem__", "__mro_entries__", "__prepare__")

# Decorators that do not call what they decorate.
_HARMLESS = {
    "builtins": ("property", "staticmethod", "classmethod"),
    "functools": ("lru_cache", "cache", "cached_property", "wraps", "singledispatch", "total_ordering"),
    "contextlib": ("contextmanager", "asynccontextmanager"),
    "abc": ("abstractmethod",),
    "dataclasses": ("dataclass",),
    "typing": ("overload", "final", "override", "runtime_checkable", "no_type_check"),
    "enum": ("unique",),
}
_OF_THE_IMPORT_SYSTEM = ("__name__", "__file__", "__package__", "__path__")
_CONTAINERS = (list, dict, set)
_DESCRIPTORS = (MemberDescriptorType, GetSetDescriptorType, WrapperDescriptorType, MethodDescriptorType)
# Many changed modules with few importers outside their cycles (another branch, another release) are all
# executed, unless they are fewer than this.
_FEW = 8
# Nested data beyond this is looked at no further: it counts as changed.
_MOST = 1_000


def least(
    plan: Plan,
    records: "dict[str, Record]",
    old_code: "Callable[[Record], CodeType | None]",
    new_code: "Callable[[Record], CodeType | None]",
    may_spare: "Callable[[str], bool]",
) -> Plan:
    """A plan to execute only what must be executed of what `plan` says.

    `old_code` gives the code that a module was executed from, `new_code` that of its source in the
    plan (each None if it is not to be had); a module is spared only if `may_spare(name)`.
    """
    work = _Least(plan, records, old_code, new_code, may_spare)
    found = Plan(work.reasons, plan.sources, work.roots, plan.moved, plan.reached)
    found.spared, found.layout, found.codes = work.spared, work.layout, work.codes
    return found


class Verdicts:
    """Questions that lead to other questions, and back: each is answered once.

    A question that leads back to one that is still open takes No for its answer, as going round adds
    nothing.  Such a No holds only if the open one comes to No as well, and is forgotten otherwise.
    """

    __slots__ = ("_answers", "_lowest", "_open", "_resting")

    def __init__(self) -> None:
        self._answers: dict[object, bool] = {}
        # {question: the outermost open question that its No rests on}, by their depth
        self._resting: dict[object, int] = {}
        self._open = 0
        self._lowest = sys.maxsize

    def find(self, question: object, answer: "Callable[[], bool]") -> bool:
        """The answer to a question, from `answer` if it has not been given before."""
        if question in self._answers:
            self._lowest = min(self._lowest, self._resting.get(question, sys.maxsize))
            return self._answers[question]
        depth, outer = self._open, self._lowest
        self._open, self._lowest = depth + 1, sys.maxsize
        self._answers[question] = False
        self._resting[question] = depth
        found = answer()
        self._open = depth
        if found or self._lowest >= depth:
            # What rests on this one, or on one that this one has led to, comes after it.
            while True:
                each, _ = self._resting.popitem()
                if each == question:
                    break
                if found and not self._answers[each]:
                    del self._answers[each]
            self._answers[question] = found
            self._lowest = outer
        else:
            self._resting[question] = self._lowest
            self._lowest = min(outer, self._lowest)
        return found


class _Least:
    def __init__(
        self,
        plan: Plan,
        records: "dict[str, Record]",
        old_code: "Callable[[Record], CodeType | None]",
        new_code: "Callable[[Record], CodeType | None]",
        may_spare: "Callable[[str], bool]",
    ) -> None:
        self.reasons: dict[str, str] = {}
        self.roots = dict(plan.roots)
        self.spared: dict[str, str] = {}
        self.layout: dict[str, tuple[CodeType, CodeType]] = {}
        self.codes: dict[str, CodeType] = {}
        self._plan = plan
        self._records = records
        self._old_code = old_code
        self._new_code = new_code
        self._may_spare = may_spare
        # of changed modules, their code and their new code, as far as known, and what these use
        self._changed: dict[str, tuple[CodeType, CodeType]] = {}
        self._uses: dict[str, tuple[Uses, Uses]] = {}
        # changed modules whose own level does the same as before, apart from what functions do
        self._same_level: set[str] = set()
        self._replayed: dict[str, list[Import]] = {}
        # of modules: what their functions have kept; the attributes that these store into; the names they bind anew
        self._keepers: dict[str, list[Any]] = {}
        self._stores: dict[str, frozenset[str]] = {}
        self._anew: dict[str, frozenset[str]] = {}
        self._find_what_changed()
        self._decide()
        self.layout = {name: codes for name, codes in self.layout.items() if name not in self.reasons}

    # What has changed.

    def _find_what_changed(self) -> None:
        """Compare the code of changed modules; set those aside of which only comments and layout have changed."""
        for name in self._plan.roots:
            record = self._records[name]
            if record.path not in self._plan.sources or name in self._plan.moved or record.broken or record.failed:
                continue
            if record.behind is not None:  # what others take from it need not be what its code binds
                continue
            old = self._old_code(record)
            new = None if old is None else self._new_code(record)
            if old is None or new is None:
                continue
            self.codes[name] = new
            if alike(old, new) and not record.used(old).sees_text:
                self.layout[name] = (old, new)
                del self.roots[name]
                continue
            self._changed[name] = (old, new)
            if alike(old, new, functions=False):
                self._same_level.add(name)
        self._edges = {name: record.edges or {} for name, record in self._plan.reached.items()}
        self.reasons = graph.spread(self.roots, self._edges) if self.layout else dict(self._plan.reasons)

    # Which importers are spared.

    def _decide(self) -> None:
        self._executed = dict(self.reasons)
        self._cycles = graph.cycles(self._edges)
        possible = sum(map(self._may_be_candidate, self.reasons))
        if possible == 0 or 2 * len(self.roots) > possible + _FEW:
            return  # without a look at what they use, which costs about as much as executing them
        self._cycles = graph.cycles(self._all_edges())
        candidates = {}
        for name in self.reasons:
            uses = self._uses_if_replayable(name) if self._may_be_candidate(name) else None
            if uses is not None:
                candidates[name] = uses
                del self._executed[name]
        known = -1
        while candidates and len(self._executed) != known:  # until a round has found nothing that it did not know of
            known = len(self._executed)
            self._begin_round()
            for name, uses in list(candidates.items()):
                why = self._why_needed(name, uses)
                if why is not None:
                    self._executed[name] = why  # at once: so a chain of importers takes one round, mostly
                    del candidates[name]
        self.reasons = {name: self._executed[name] for name in self.reasons if name in self._executed}
        for name in candidates:
            self.codes[name] = self._replay(name)
            changed = sorted(self._executed.keys() & (self._records[name].edges or {}).keys())
            self.spared[name] = f"executing it uses nothing that changes{' in ' if changed else ''}{', '.join(changed)}"

    def _may_be_candidate(self, name: str) -> bool:
        return name not in self.roots and self._cycles.get(name, frozenset()).isdisjoint(self.roots)

    def _all_edges(self) -> "dict[str, Iterable[str]]":
        """The edges, and those that the new code of changed modules is going to add."""
        edges: dict[str, Iterable[str]] = dict(self._edges)
        for name in self.roots:
            uses = self._after(name)
            if uses is not None and not self._imports_the_same(name, uses):
                new = {target for each in uses.imports for target in self._targets(name, each)}
                edges[name] = {*edges.get(name, ()), *new}
        return edges

    def _imports_the_same(self, name: str, uses: Uses) -> bool:
        """True if a changed module is going to execute the import statements that it has executed."""
        used = {loaded for (loaded, _), strength in uses.loads.items() if strength == USED}
        return name in self._same_level and not any(self._dormant_differs(name, each) for each in used)

    def _begin_round(self) -> None:
        """Forget what was concluded from fewer executed modules."""
        self._verdicts = Verdicts()
        records = self._records
        edges = self._all_edges()

        def enter(name: str) -> "Iterable[str] | None":
            if name in edges:
                return edges[name]
            return records[name].edges or () if name in records else None

        # what an executed module may reach, and so change
        self._touched = graph.closure(list(self._executed), enter)
        self._stored: set[str] | None = None
        effectful = {name: "" for name in self._executed if self._has_effects(name)}
        self._after_effects = graph.spread(effectful, self._edges) if effectful else {}

    def _before(self, name: str) -> Uses | None:
        """What executing a module used the last time; None if that is not known."""
        if name in self.roots:
            both = self._used_by_changed(name)
            return None if both is None else both[0]
        record = self._records[name]
        code = self._old_code(record)
        return None if code is None else record.used(code)

    def _after(self, name: str) -> Uses | None:
        """What executing a module is going to use."""
        both = self._used_by_changed(name)
        return self._before(name) if both is None else both[1]

    def _used_by_changed(self, name: str) -> tuple[Uses, Uses] | None:
        if name not in self._uses and name in self._changed:
            old, new = self._changed[name]
            self._uses[name] = self._records[name].used(old), Uses(new)
        return self._uses.get(name)

    def _is_stored(self, attribute: str) -> bool:
        """True if what is executed may store into an attribute of this name, wherever."""
        if self._stored is None:
            self._stored = set()
            for name in self._executed:
                for uses in {self._before(name), self._after(name)}:
                    if uses is not None:
                        self._stored.update(attribute_stores(uses.code))
            for name in self._touched:
                if name not in self._stores:
                    codes = _codes_in(self._namespace(name))
                    self._stores[name] = frozenset(each for code in codes for each in attribute_stores(code))
                self._stored |= self._stores[name]
        return attribute in self._stored or "*" in self._stored

    def _bound_anew(self, module: str, namespace: "Namespace") -> "Container[str]":
        """The names that functions of a module may bind when they run."""
        if module not in self._anew:
            codes = [*_codes_in(namespace)]
            after = self._after(module) if module in self.roots else None
            if after is not None:
                codes.append(after.code)
            found = {each for code in codes for each in global_stores(code)}
            if any("globals" in names_in(code) for code in codes):
                found |= namespace.keys()
            self._anew[module] = frozenset(found)
        return self._anew[module]

    def _has_effects(self, name: str) -> bool:
        """True if executing this module may change the world in another way than it did."""
        before, after = self._before(name), self._after(name)
        if before is None or after is None:
            return True
        if not before.effects and not after.effects:
            return False
        if before.opaque or after.opaque:
            return True
        return name not in self._same_level or self._why_used(name, after) is not None

    def _why_needed(self, name: str, uses: Uses) -> str | None:
        """Why an importer must be executed; None if it need not be."""
        together = self._cycles.get(name, frozenset()) & self._executed.keys()
        if together:
            return f"imports {min(together)}"
        if name in self._after_effects:
            return next(
                (f"imports {other}" for other in self._edges[name] if other in self._after_effects), self.reasons[name]
            )
        used = self._why_used(name, uses)
        if used is not None:
            return f"uses {used}"
        if name not in self._keepers:
            self._keepers[name] = list(keepers(self._namespace(name)))
        kept = next((each for each in self._keepers[name] if self._differs(each, name, USED)), None)
        return None if kept is None else f"has kept what {getattr(kept, '__name__', 'a function')} computed"

    def _why_used(self, name: str, uses: Uses) -> str | None:
        """Something that executing a module uses and that is going to differ."""
        namespace = self._namespace(name)
        loads = dict(uses.loads)
        for decorators, code in uses.decorated:
            if not all(_is_harmless(namespace, *each) for each in decorators):
                loads.update(dict.fromkeys(((each, None) for each in names_in(code)), USED))
        for body, read in uses.classes:
            if not _is_plainly_made(_at(namespace, body.co_qualname)):  # a metaclass or base may call what they have
                loads.update(dict.fromkeys((*read, *((each, None) for each in names_in(body))), USED))
        for (loaded, attribute), strength in loads.items():
            if self._load_differs(name, namespace, loaded, attribute, strength):
                return loaded if attribute is None else f"{loaded}.{attribute}"
        for path in (*uses.targets, *uses.passed):
            if self._is_made_anew(namespace, path, functions=path in uses.targets):
                return f"{'.'.join(path)} and may change it"
        return next((repr(each) for each in uses.strings if any(map(self._is_of_stale, graph.parents(each)))), None)

    def _is_made_anew(self, namespace: "Namespace", path: tuple[str, ...], *, functions: bool = True) -> bool:
        """True for what executing its module makes anew, without what others did to it: a module, class or function."""
        value: Any = namespace.get(path[0])
        for each in path[1:]:
            inner = (namespace_of_class(value) if is_class(value) else namespace_of(value)) or {}
            if each not in inner:
                break
            value = inner[each]
        if type(value) is ModuleType:
            return (namespace_of(value) or {}).get("__name__") in self._executed
        if is_class(value):
            return module_of_class(value) in self._executed
        return functions and type(value) is FunctionType and self._home(value.__globals__) in self._executed

    def _is_of_stale(self, name: str) -> bool:
        return name in self.reasons and name in sys.modules

    def _load_differs(
        self, name: str, namespace: "Namespace", loaded: str, attribute: str | None, strength: int
    ) -> bool:
        if loaded not in namespace:
            return False  # of the builtins, or of a class body
        value = namespace[loaded]
        if type(value) is ModuleType:
            return (
                self._module_differs(value)
                if attribute is None
                else self._attribute_differs(value, attribute, strength)
            )
        uses = self._after(name)
        binding = None if uses is None else uses.bindings.get(loaded)
        same = name not in self._executed or name in self._same_level
        if same and binding is not None and binding.kind in ("other", "constant"):
            # what it was computed from is judged by itself
            return strength == USED and name in self._executed and self._dormant_differs(name, loaded)
        return self._name_differs(name, loaded, strength)

    def _dormant_differs(self, module: str, name: str) -> bool:
        """True if functions that a name stands for do something else in the new code of an executed module."""
        before, after = self._before(module), self._after(module)
        if before is None or after is None:
            return True
        codes = before.dormant.get(name, ()), after.dormant.get(name, ())
        return len(codes[0]) != len(codes[1]) or not all(map(alike, *codes))

    # Whether a value is going to differ, or what it does.

    def _name_differs(self, module: str, name: str, strength: int) -> bool:
        return self._verdicts.find((module, name, strength), lambda: self._find_name_differs(module, name, strength))

    def _find_name_differs(self, module: str, name: str, strength: int) -> bool:
        namespace = self._namespace(module)
        known = module in self.reasons
        before, after = (self._before(module), self._after(module)) if known else (None, None)
        binding = None if after is None else after.bindings.get(name)
        if module in self._executed:
            old = None if before is None else before.bindings.get(name)
            if name in _OF_THE_IMPORT_SYSTEM and old is binding is None:
                return False
            if old is None or binding is None or name not in namespace:
                return True
            if binding.kind == "import" == old.kind:
                return self._imported_differs(module, before, after, name, strength)  # type: ignore[arg-type]
            if not binding.is_same(old, functions=strength == USED):
                return strength != MENTIONED or not binding.kind == old.kind == "class"  # which keeps its identity
            if any(self._load_differs(module, namespace, *load, each) for load, each in binding.loads.items()):
                return True
        elif module in self.reasons and binding is not None and binding.kind == "import":
            return self._imported_differs(module, before, after, name, strength)  # type: ignore[arg-type]
        if name not in namespace:
            return False
        value = namespace[name]
        if module in self._touched and (is_plain(value) or value is None):
            return self._is_stored(name) or name in self._bound_anew(module, namespace)
        return self._differs(value, module, strength)

    def _imported_differs(self, module: str, before: Uses, after: Uses, name: str, strength: int) -> bool:
        """Of a name that an import statement binds."""
        source = self._source_of(module, after, name)
        if source is None or source != self._source_of(module, before, name):
            return True
        target, attribute = source
        if attribute is None:
            found = sys.modules.get(target)
            return found is None or self._module_differs(found)
        if f"{target}.{attribute}" in sys.modules:
            return self._module_differs(sys.modules[f"{target}.{attribute}"])
        if target not in self._records:
            return False
        return self._name_differs(target, attribute, strength)

    def _source_of(self, module: str, uses: Uses, name: str) -> "tuple[str, str | None] | None":
        for each in uses.imports:
            if each.names is None:
                if each.bound == name:
                    return (self._absolute(module, each), None)
                continue
            for bound, attribute in each.names.items():
                if bound == name:
                    return (self._absolute(module, each), attribute)
        return None

    def _module_differs(self, module: object) -> bool:
        """True if anything in a module may be another: it is used as a whole."""
        namespace = namespace_of(module)
        name = None if namespace is None else namespace.get("__name__")
        if name not in self._records:
            return False
        return (
            name in self.reasons or name in self._touched or any(each.startswith(f"{name}.") for each in self._executed)
        )

    def _attribute_differs(self, module: ModuleType, attribute: str, strength: int) -> bool:
        namespace = namespace_of(module) or {}
        name = namespace.get("__name__")
        if type(name) is not str or name not in self._records:
            return False
        if attribute not in namespace:
            return self._module_differs(module)
        value = namespace[attribute]
        return (
            self._module_differs(value) if type(value) is ModuleType else self._name_differs(name, attribute, strength)
        )

    def _differs(self, value: "Any", module: str, strength: int) -> bool:
        """True if a value that a name in `module` stands for is going to be another or do something else."""
        if is_plain(value):
            return False
        return self._verdicts.find((id(value), strength), lambda: self._find_differs(value, module, strength))

    def _find_differs(self, value: "Any", module: str, strength: int) -> bool:
        kind = type(value)
        if kind is FunctionType:
            return strength == USED and self._function_differs(value)
        if is_class(value):
            return strength != MENTIONED and self._class_differs(value, strength)
        if kind is ModuleType:
            return self._module_differs(value)
        inner = wrapped(value)
        if inner is not None:
            return any(self._differs(each, module, USED) for each in inner)
        fixed = kind is tuple or kind is frozenset
        if module in self._executed and not fixed:
            return True  # a new object
        if strength == MENTIONED:
            return False
        if fixed or kind in _CONTAINERS:
            if module in self._touched and not fixed:
                return True
            entries = [*value.keys(), *value.values()] if kind is dict else value
            return len(entries) > _MOST or any(self._differs(each, module, USED) for each in entries)
        return module in self.reasons or module in self._touched or self._reaches_touched(module)

    def _reaches_touched(self, module: str) -> bool:
        records = self._records
        reached = graph.closure([module], lambda name: records[name].edges or () if name in records else None)
        return not self._touched.keys().isdisjoint(reached)

    def _function_differs(self, function: FunctionType) -> bool:
        module = self._home(function.__globals__)
        if module is not None:
            top = function.__qualname__.partition(".")[0]
            if module in self._executed and not self._is_same_statement(module, top, function.__qualname__):
                return True
            if self._names_differ(module, function.__globals__, function.__code__):
                return True
        held = [cell_contents(cell) for cell in function.__closure__ or ()]
        held += [
            *(function.__defaults__ or ()),
            *(function.__kwdefaults__ or {}).values(),
            *function.__dict__.values(),
        ]
        return any(self._differs(each, module or "", USED) for each in held)

    def _names_differ(self, module: str, namespace: "Namespace", code: CodeType) -> bool:
        """True if something that a function in `module` reads when it runs is going to differ."""
        names = set(names_in(code))
        if not OPAQUE.isdisjoint(names) or imports_inside(code):
            return True
        if any(self._is_made_anew(namespace, path) for path in attribute_targets(code)):
            return True
        whole = {name for name, attribute in loads_in(code) if attribute is None}
        for name in names:
            if name not in namespace:
                if self._is_bound_by_new_code(module, name):  # instead of a builtin
                    return True
            elif type(namespace[name]) is not ModuleType:
                if self._name_differs(module, name, USED):
                    return True
            elif self._parts_differ(namespace[name], None if name in whole else names):
                return True
        return False

    def _parts_differ(self, module: ModuleType, names: set[str] | None) -> bool:
        """True if one of the attributes of a module by these names is going to differ (None: by any)."""
        inner = namespace_of(module) or {}
        if names is None or "__getattr__" in inner:
            return self._module_differs(module)
        return any(self._attribute_differs(module, each, USED) for each in names if each in inner)

    def _is_bound_by_new_code(self, module: str, name: str) -> bool:
        after = self._after(module) if module in self._executed else None
        return after is not None and name in after.bindings

    def _is_same_statement(self, module: str, top: str, qualname: str) -> bool:
        """True if an executed module makes the same function or class by this name."""
        before, after = self._before(module), self._after(module)
        old = None if before is None else before.bindings.get(top)
        new = None if after is None else after.bindings.get(top)
        return "<locals>" not in qualname and old is not None and new is not None and new.is_same(old, functions=True)

    def _class_differs(self, cls: type, strength: int) -> bool:
        module = module_of_class(cls)
        if module not in self._records or module is None:
            module = None
        elif module in self._executed:
            top = qualname_of(cls).partition(".")[0]
            before, after = self._before(module), self._after(module)
            old = None if before is None else before.bindings.get(top)
            new = None if after is None else after.bindings.get(top)
            if old is None or new is None or new.kind != "class":
                return True
            if not new.is_same(old, functions=strength == USED):
                return True
            namespace = self._namespace(module)
            if any(self._load_differs(module, namespace, *load, each) for load, each in new.loads.items()):
                return True
        if module is not None and self._contents_differ(cls, module, strength):
            return True
        metaclass = type(cls)
        if module_of_class(metaclass) in self._records and self._class_differs(metaclass, USED):
            return True
        return any(
            self._differs(each, "", strength) for each in mro_of(cls)[1:] if module_of_class(each) in self._records
        )

    def _contents_differ(self, cls: type, module: str, strength: int) -> bool:  # noqa: C901 (a list of cases)
        changeable = module in self._touched
        if changeable and "_abc_impl" in namespace_of_class(cls) and registered(cls):
            return True
        is_enum = "_member_map_" in namespace_of_class(cls)
        for name, value in namespace_of_class(cls).items():
            if type(value) is FunctionType or wrapped(value) is not None:
                if (strength == USED or name in _DERIVING) and self._differs(value, module, USED):
                    return True
            elif is_plain(value):
                if changeable and self._is_stored(name):
                    return True
            elif is_class(value):
                if self._differs(value, module, strength):
                    return True
            elif name[:1] == name[-1:] == "_" or is_enum or type(value) in _DESCRIPTORS:
                continue
            elif self._differs(value, module, USED):
                return True
        return False

    # Where things are.

    def _namespace(self, module: str) -> "Namespace":
        return namespace_of(sys.modules.get(module)) or {}

    def _home(self, namespace: "Namespace") -> str | None:
        """The tracked module with this namespace."""
        name = namespace.get("__name__")
        if type(name) is not str or name not in self._records:
            return None
        return name if namespace_of(sys.modules.get(name)) is namespace else None

    def _absolute(self, module: str, statement: "Import") -> str:
        if not statement.level:
            return statement.module
        namespace = self._namespace(module)
        base = module if "__path__" in namespace else module.rpartition(".")[0]
        for _ in range(statement.level - 1):
            base = base.rpartition(".")[0]
        return f"{base}.{statement.module}" if statement.module else base

    def _targets(self, module: str, statement: "Import") -> "list[str]":
        """All modules that a statement may import."""
        target = self._absolute(module, statement)
        return [*graph.parents(target), target, *(f"{target}.{name}" for name in (statement.names or {}).values())]

    # The import statements of a module that is spared.

    def _uses_if_replayable(self, name: str) -> Uses | None:
        """What executing `name` uses, if executing only its import statements can take its place."""
        record = self._records[name]
        if record.edges is None or record.path is None or record.failed or record.broken or not self._may_spare(name):
            return None
        code = self._old_code(record)
        uses = None if code is None else record.used(code)
        if uses is None or uses.opaque or uses.nested_imports:
            return None
        covered: set[str] = set()
        replayed = []
        for statement in uses.imports:
            targets = self._targets(name, statement)
            if not self.reasons.keys().isdisjoint(targets):
                took_place = self._took_place(name, uses, statement)
                if took_place is None:
                    return None
                if took_place:
                    replayed.append(statement)
                    covered.update(targets)
        for other in record.edges:
            if other in self.reasons and (
                other not in covered or other in self._plan.moved or other not in sys.modules
            ):
                return None
        self._replayed[name] = replayed
        return uses

    def _took_place(self, name: str, uses: Uses, statement: "Import") -> bool | None:
        """True if what a statement binds is bound by it, False if it was not executed; None if that is not sure."""
        namespace = self._namespace(name)
        target = self._absolute(name, statement)
        edges = self._records[name].edges or {}
        reached = target in edges or any(f"{target}.{each}" in edges for each in (statement.names or {}).values())
        if not statement.plain or target not in sys.modules:
            return None if reached or not statement.plain else False
        if statement.names is None:
            bound = statement.bound
            expected = sys.modules.get(target if statement.renamed else target.partition(".")[0])
            if bound is not None and bound in namespace and namespace[bound] is expected:
                return True
            return None if reached else False
        there = self._namespace(target)
        for bound, attribute in statement.names.items():
            if bound not in namespace and not reached:
                return False
            binding = uses.bindings.get(bound)
            if binding is None or binding.kind != "import" or bound not in namespace or attribute not in there:
                return None
            if namespace[bound] is not there[attribute]:
                return None
        return True

    def _replay(self, name: str) -> CodeType:
        """Code that executes the import statements of a module, each where it stands."""
        body: list[_ast.stmt] = []
        code = self.layout[name][1] if name in self.layout else self._before(name).code  # type: ignore[union-attr]
        positions = list(code.co_positions())
        for each in self._replayed[name]:
            line, end, column, end_column = positions[each.offset // 2]
            place = {
                "lineno": line or 1,
                "col_offset": column or 0,
                "end_lineno": end or line or 1,
                "end_col_offset": end_column or 0,
            }
            if each.names is None:
                top = each.module.partition(".")[0]
                unnamed = each.bound == top and not each.renamed
                alias = _ast.alias(each.module, None if unnamed else each.bound, **place)
                body.append(_ast.Import([alias], **place))
            else:
                aliases = [
                    _ast.alias(one, None if one == bound else bound, **place) for bound, one in each.names.items()
                ]
                body.append(_ast.ImportFrom(each.module or None, aliases, each.level, **place))
        tree = _ast.Module(body, [])
        code = compile(tree, self._records[name].path or name, "exec", dont_inherit=True)
        return code.replace(co_qualname="<imports>")


def _is_harmless(namespace: "Namespace", name: str, attribute: str | None) -> bool:
    """True if what is loaded is a decorator known not to call what it decorates."""
    if attribute in OF_A_PROPERTY and name not in namespace:
        return True
    builtins = namespace_of(sys.modules["builtins"]) or {}
    value = namespace.get(name, builtins.get(name))
    if attribute is not None:
        inner = namespace_of(value)
        value = None if inner is None else inner.get(attribute)
    for module, names in _HARMLESS.items():
        there = namespace_of(sys.modules.get(module)) or {}
        if any(value is not None and value is there.get(each) for each in names):
            return True
    return False


def _at(namespace: "Namespace", qualname: str) -> "Any":
    """The class with this qualified name; None if there is none."""
    first, *rest = qualname.split(".")
    found: Any = namespace.get(first)
    for part in rest:
        found = namespace_of_class(found).get(part) if is_class(found) else None
    return found


def _is_plainly_made(cls: "Any") -> bool:
    """True if making this class, or deriving from what it derives from, runs none of its own functions."""
    if not is_class(cls) or module_of_class(type(cls)) not in (None, "abc", "builtins"):
        return False
    for each in mro_of(cls)[1:]:
        if "__init_subclass__" in namespace_of_class(each) and module_of_class(each) not in (
            None,
            "builtins",
            "typing",
        ):
            return False
    return True


def _codes_in(namespace: "Namespace") -> "Iterator[CodeType]":
    for value, _ in functions_in(namespace):
        if type(value) is FunctionType:
            yield value.__code__
