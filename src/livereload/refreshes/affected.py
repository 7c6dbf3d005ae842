"""Whether executing a module again would give something else than what is there.

Knows the modules as they are now, what their code used while it was executed (`changes.uses`), and
since when each thing is different (`Record.changed`).  Must not know how a module is executed.

All that a module imports is up to date when it is asked about.  So this is a search in a graph, from
the names that the statements of the module load to something that has changed since the module was
last found to be up to date:

- a name of a module that an import statement binds leads to what that module has by this name now;
- a function that may have been called leads to the globals, cells and defaults that its code names;
- an instance or a class leads to those of its methods whose names occur in code that was reached (rapid
  type analysis, as in compilers of object-oriented languages);
- a container leads to its entries, whatever wraps a function to that.

All doubts end in execution.
"""

import sys
from types import CodeType, FunctionType, MappingProxyType, ModuleType

from ..changes.uses import (
    DERIVED,
    MENTIONED,
    OPAQUE,
    PASSED,
    USED,
    attribute_targets,
    names_in,
    names_read,
)
from ..identity.objects import (
    are_plain,
    cell_contents,
    instance_dict,
    is_class,
    is_plain,
    module_of_class,
    mro_of,
    namespace_of,
    namespace_of_class,
    qualname_of,
)
from ..interpreter.bytecode import absolute, imports, is_function, nested
from ..modules import graph
from ..modules.record import ANYTHING, CONTENTS, EFFECTS, body, outside
from .callees import CALLS, MAY_CALL, attitude, keeps_at, kept, leads_to, living
from .memos import is_filled_cache, memos, wrapped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from ..changes.calls import Call
    from ..changes.uses import Load, Uses
    from ..modules.record import Record

    Namespace = dict[str, Any]

# What runs in the base when a class is derived from it, and in the metaclass when a class is made.
_DERIVING = frozenset(("__init_subclass__", "__class_getitem__", "__mro_entries__", "__prepare__"))
# What making an enum calls of it.
_OF_AN_ENUM = frozenset(("__new__", "__init__", "_generate_next_value_", "__set_name__"))
# What sees all attributes of an object.
_DYNAMIC = frozenset(("getattr", "vars", "dir", "__dict__", "getmembers", "methodcaller", "attrgetter", "__getattr__"))
_CONTAINERS = frozenset(map(id, (list, tuple, set, frozenset, dict)))
_METHODS = frozenset(map(id, (FunctionType, staticmethod, classmethod)))
_METHODS_OR_PROPERTIES = _METHODS | {id(property)}
# Methods that code which cannot be looked into calls of a file or a mapping: `print(…, file=stream)` calls `write`.
_OF_PROTOCOLS = frozenset((
    *("write", "writelines", "flush", "read", "readline", "readlines", "readinto", "keys", "items", "values"),
))  # fmt: skip
# Bases that ask nothing of the classes derived from them.
_HARMLESS_BASES = frozenset(("builtins", "abc", "typing", "enum", "collections.abc", "_collections_abc"))
_READING_ANNOTATIONS = frozenset(("get_type_hints", "get_annotations", "signature", "__annotations__", "TypeAdapter"))
# Nested data beyond this is looked at no further: it counts as changed.
_MOST = 1_000


class Affected:
    """Answers for modules whose imports are up to date."""

    def __init__(self, records: "dict[str, Record]") -> None:
        self._records = records

    def why(self, record: "Record", uses: "Uses") -> str | None:
        """Why a module must be executed; None if nothing that it used would come out differently."""
        namespace = _namespace(record.name)
        since = record.verified
        if uses.opaque:
            return "it looks at more than its names tell"
        for name in record.edges or ():
            if self._changed(name, EFFECTS, since) or self._changed(name, ANYTHING, since):
                return f"imports {name}"
            if uses.nested_imports and self._changes_since(name, since):
                return f"imports {name}"
        stale = self.rebound(record, uses)
        for name, (_, there, attribute) in stale.items():
            binding = uses.bindings.get(name)
            if attribute not in there or (binding is not None and binding.kind != "import"):
                return f"uses {name}"
        search = _Search(self, record, uses, namespace, set(stale))
        return search.why() or self._why_made_anew(record, uses, namespace)

    def rebound(self, record: "Record", uses: "Uses") -> "dict[str, tuple[str, Namespace, str]]":
        """{name: (module, its namespace, name there)} of what the module's import statements would bind to else."""
        since = record.verified
        namespace = _namespace(record.name)
        found = {}
        for statement in uses.imports:
            target = self.absolute(record.name, namespace, statement.module, statement.level)
            if not self._changes_since(target, since):
                continue
            there = _namespace(target)
            names = statement.names or {}
            if "*" in names:
                names = self._public(target, there)
            for bound, attribute in names.items():
                if bound not in namespace and names is statement.names:
                    continue  # the statement was not executed, or the name has been taken away
                if attribute not in there and f"{target}.{attribute}" in sys.modules:
                    continue
                if attribute not in there or self._changed(target, attribute, since):
                    found[bound] = (target, there, attribute)
        return found

    def _public(self, target: str, there: "Namespace") -> dict[str, str]:
        """The names that `import *` binds, and those that it has bound before, perhaps."""
        public = there.get("__all__") or [each for each in there if not each.startswith("_")]
        names = {each: each for each in public if type(each) is str}
        gone = [key for key in self._records[target].changed or () if key.isidentifier() and key not in there]
        return names | {key: key for key in gone if not key.startswith("_")}

    def kept_results(self, record: "Record") -> "Iterator[tuple[Any, bool]]":
        """What functions of the module have kept of what they computed from something that is different now.

        Each with whether it is a cache, which can be cleared.
        """
        namespace = _namespace(record.name)
        for keeper, is_cache in memos(namespace):
            if self._leads(record, namespace, keeper):
                yield keeper, is_cache

    def stale_caches(self, record: "Record") -> "Iterator[Any]":
        """The caches of functions in a module that have kept what may be different now."""
        namespace = _namespace(record.name)
        for value in list(namespace.values()):
            if is_filled_cache(value) and self._leads(record, namespace, value):
                yield value

    def _leads(self, record: "Record", namespace: "Namespace", value: "Any") -> bool:
        return _Search(self, record, None, namespace, set()).leads(value)

    def absolute(self, name: str, namespace: "Namespace", module: str, level: int) -> str:
        """The name of the module that a statement in the module `name` imports from."""
        if not level:
            return module
        return absolute(module, level, name if "__path__" in namespace else name.rpartition(".")[0])

    # What has changed.

    def _changes_since(self, name: str, since: int) -> bool:
        record = self._records.get(name)
        return (
            record is not None
            and record.changed is not None
            and any(moment > since for key, moment in record.changed.items() if key != CONTENTS)
        )

    def _changed(self, name: str, key: str, since: int) -> bool:
        record = self._records.get(name)
        if record is None or record.changed is None:
            return False
        if record.changed.get(key, 0) > since:
            return True
        return key is not EFFECTS and key is not CONTENTS and record.changed.get(ANYTHING, 0) > since

    def _is_made_anew(self, name: object, since: int) -> bool:
        record = self._records.get(name) if type(name) is str else None
        return record is not None and record.executed > since

    def _why_made_anew(self, record: "Record", uses: "Uses", namespace: "Namespace") -> str | None:
        """What the module changes from outside lacks that change if it has been made anew."""
        for path in (*uses.targets, *uses.passed):
            owner = _owner(namespace, path, functions=path in uses.targets)
            if owner != record.name and self._is_made_anew(owner, record.verified):
                return f"{'.'.join(path)} and may change it"
        for each in uses.strings:
            if any(self._is_made_anew(parent, record.verified) for parent in graph.parents(each)):
                return f"uses {each!r}"
        return None


class _Search:
    """From what one module uses to what has changed since it was up to date."""

    def __init__(
        self, affected: Affected, record: "Record", uses: "Uses | None", namespace: "Namespace", stale: set[str]
    ) -> None:
        self._affected = affected
        self._records = affected._records
        self._record = record
        self._since = record.verified
        self._uses = uses
        self._namespace = namespace
        self._stale = stale
        self._seen: set[int] = set()
        self._waiting: list[Any] = []
        # names of attributes in the code that was reached; those not looked for yet
        self._names: set[str] = set()
        self._new_names: set[str] = set()
        # classes and modules that were reached: what they have by these names is reached
        self._holders: list[Any] = []
        self._held: set[int] = set()
        self._hit: str | None = None
        # functions, and codes of functions, that were given to installed code
        self._doubts: list[Any] = []
        # {"r": ("registry", "entries")}: where the names come from that import statements bind
        self._sources: dict[str, tuple[str, str]] = {}

    def why(self) -> str | None:
        """What the module has used that has changed, if it has."""
        uses = self._uses
        if uses is None:
            return None
        self._mention(self._names_of_own(uses))
        self._look_at_loads(uses)
        self._look_at_calls(uses)
        for code, _ in uses.classes:
            self._make(code)
        self._run()
        self._resolve()
        return self._hit

    def _names_of_own(self, uses: "Uses") -> set[str]:
        """The names that the level of the module uses, but for attributes of what is nobody's own."""
        return {
            name
            for name, of in uses.level_names()
            if of is None or (uses.loads.get((of, name), USED) > PASSED and not self._is_others(of, name))
        }

    def _is_others(self, name: str, attribute: str) -> bool:
        """True if an attribute of what the name stands for is none that code of one's own has given it."""
        value = self._namespace.get(name)
        if value is None:
            return False
        for each in (*mro_of(type(value)), *(mro_of(value) if is_class(value) else ())):
            home = module_of_class(each) or "builtins"
            # What is in the standard library may stand for something else, such as `weakref.proxy`.
            if self._is_tracked(home) or (home != "builtins" and home.partition(".")[0] in sys.stdlib_module_names):
                return False
        return attribute not in (instance_dict(value) or {})

    def _look_at_loads(self, uses: "Uses") -> None:
        for name, attribute in uses.read:
            self._read(name, attribute or "")
        for statement in uses.imports:
            home = self._affected.absolute(self._record.name, self._namespace, statement.module, statement.level)
            self._sources.update({bound: (home, each) for bound, each in (statement.names or {}).items()})
        for load, strength in uses.loads.items():
            self._load(load, strength)
        if self._are_annotations_looked_at(uses):
            for (name, attribute), strength in uses.loads.items():
                if strength == MENTIONED and attribute is None and is_class(self._namespace.get(name)):
                    self._derive(self._namespace[name])

    def _look_at_calls(self, uses: "Uses") -> None:
        for call in uses.given:
            self._give(call)
        for decorators, code in uses.decorated:
            self._decorate(decorators, code)
        for name in uses.handed:
            value = self._namespace.get(name)
            if value is not None and is_class(value) and self._is_made_by_others(value):
                self._use_all(value)
        for code in uses.called_codes:
            self._code(self._namespace, code)

    def _decorate(self, decorators: "list[tuple[str, ...]]", code: "CodeType") -> None:
        """Decorators have got a function or a class."""
        found = min([self._does(each, code) for each in decorators], default=CALLS)
        if found == CALLS:
            self._code(self._namespace, code)
        elif found == MAY_CALL and is_function(code):
            self._doubts.append(code)
        for path in decorators if not is_function(code) else ():
            if path and found != CALLS:
                self._push_called(path)
            elif path:
                self._load((path[0], path[1] if len(path) > 1 else None), USED)

    def _does(self, decorator: tuple[str, ...], code: "CodeType") -> int:
        """What a decorator does with a function: one that only the body of a class knows may call it."""
        found = keeps_at(self._namespace, decorator, self._is_tracked)
        is_known = not decorator or decorator[0] in self._namespace or "." not in code.co_qualname
        return found if found != CALLS or is_known else MAY_CALL

    def _are_annotations_looked_at(self, uses: "Uses") -> bool:
        """True if what the module decorates, or the classes that it makes, may be built by what annotations say."""
        if uses.reads(_READING_ANNOTATIONS):
            return True
        for decorators, _ in uses.decorated:
            for name, *_ in decorators:
                value = self._namespace.get(name)
                if value is not None and not _is_standard(value):
                    return True
        return any(_is_built(_at(self._namespace, code.co_qualname)) for code, _ in uses.classes)

    def leads(self, value: "Any") -> bool:
        """True if a value leads to something that has changed."""
        if type(value) is CodeType:
            self._code(self._namespace, value)
        else:
            self._push(value)
        self._run()
        return self._hit is not None

    # The statements of the module.

    def _load(self, load: "Load", strength: int) -> None:
        name, attribute = load
        if strength == USED and attribute is not None:
            self._mention((attribute,))
        if name in self._stale or (
            strength >= PASSED and self._affected._changed(self._record.name, name, self._since)
        ):
            self._found(name if attribute is None else f"{name}.{attribute}")
            return
        home, its_name = self._sources.get(name, (None, name))
        if home is not None and self._is_bound_anew(name, home, its_name):
            self._load_from(sys.modules[home], its_name, max(strength, PASSED))
        if name not in self._namespace:
            for code in self._uses.dormant.get(name, ()) if self._uses is not None and strength == USED else ():
                self._code(self._namespace, code)  # a name that the module has removed
            return
        value = self._namespace[name]
        if issubclass(type(value), ModuleType):
            self._load_from(value, attribute, strength)
        elif strength == DERIVED:
            self._derive(value)
        elif strength == USED:
            self._push_from(home, its_name, value)
            if attribute is not None:
                self._call_through(value, attribute)

    def _call_through(self, value: "Any", attribute: str) -> None:
        """A method that installed code defines for a class of one's own may call all that the class defines."""
        for cls in mro_of(value) if is_class(value) else mro_of(type(value)):
            if attribute in namespace_of_class(cls):
                if not self._is_tracked(module_of_class(cls)) and cls is not object:
                    self._use_all(value)
                return

    def _use_all(self, value: "Any") -> None:
        """Installed code has got hold of a class or an instance of one's own.

        It may use what its own classes have by these names, too, special methods, and data.
        """
        self._push(value)
        classes = mro_of(value if is_class(value) else type(value))
        known = {
            name for cls in classes if not self._is_tracked(module_of_class(cls)) for name in namespace_of_class(cls)
        }
        for cls in classes:
            if self._is_tracked(module_of_class(cls)):
                self._hold(cls)
                self._enter(cls, known & {*namespace_of_class(cls)})
        self._ask_for_members(classes[0])

    def _is_bound_anew(self, name: str, home: str, its_name: str) -> bool:
        """True if a name does not stand any more for what was imported by it, and loaded."""
        there = _namespace(home)
        return home in sys.modules and there.get(its_name) is not self._namespace.get(name, there)

    def _load_from(self, module: ModuleType, attribute: str | None, strength: int) -> None:
        """A module is used: one attribute of it, or as a whole."""
        namespace = namespace_of(module) or {}
        name = namespace.get("__name__")
        if type(name) is not str or name not in self._records:
            return
        if attribute is None:
            if strength == USED and self._affected._changes_since(name, self._since):
                self._found(name)
        elif self._affected._changed(name, attribute, self._since):
            self._found(f"{name}.{attribute}")
        elif attribute not in namespace:
            if strength >= PASSED and self._affected._changes_since(name, self._since):
                self._found(f"{name}.{attribute}")
        elif strength == DERIVED:
            self._derive(namespace[attribute])
        elif strength == USED:
            self._push_from(name, attribute, namespace[attribute])

    def _give(self, call: "Call") -> None:
        """A call is given something: it may call it, too."""
        given = [(path[0], path[1] if len(path) > 1 else None) for path in call.given]
        found = attitude(self._namespace, call, self._is_tracked)
        if found != CALLS and call.path is not None:
            self._push_called(call.path)
            if call.path in (("isinstance",), ("issubclass",)):
                self._check(given)
            self._keep(given)
            if found == MAY_CALL and not call.is_lazy:
                self._give_installed(given, call.codes, call.bound)
            elif call.made_by is not None:  # partial(f)() calls what `partial` has kept
                self._use_given(call.made_by)
            return
        if call.path is not None:
            self._load((call.path[0], call.path[1] if len(call.path) > 1 else None), USED)
        self._use_given(call)
        if call.made_by is not None:
            self._use_given(call.made_by)

    def _use_given(self, call: "Call") -> None:
        """A call uses all that it is given."""
        for name, *attributes in call.given:
            self._load((name, attributes[0] if attributes else None), USED)
            value = self._namespace.get(name)
            if value is not None and not attributes and (is_class(value) or _can_change(value)):
                self._use_all(value)
        for code in call.codes:
            self._code(self._namespace, code)

    def _give_installed(self, given: "list[Load]", codes: "list[CodeType]", bound: list[str]) -> None:
        """Installed code gets functions and classes: it asks what a class has; it may keep them, or call them."""
        for name, attribute in given:
            value = self._namespace.get(name)
            if value is not None and attribute is None and is_class(value):
                self._ask_for_members(value, methods=False)
                results = [self._namespace[each] for each in bound if each in self._namespace]
                if not all(leads_to(each, value) for each in results) and self._is_made_by_others(value):
                    self._use_all(value)  # they have been computed with it
                continue
            function = value if attribute is None else _function_of(value, attribute)
            if self._is_own(function):
                self._doubts.append(function)
        self._doubts += codes

    def _resolve(self) -> None:
        """Of functions that installed code has got: what nobody has kept has been called."""
        for doubt in self._doubts if self._hit is None else ():
            search = _Search(self._affected, self._record, None, self._namespace, self._stale)
            search._mention(self._names)
            if not search.leads(doubt):
                continue
            if type(doubt) is FunctionType:
                is_kept = kept(doubt, {id(self._doubts), id(search._waiting)})
            else:
                is_kept = len(living(self._namespace, doubt.co_qualname)) >= self._times_made(doubt.co_qualname)
            if not is_kept:
                self._hit = search._hit
                return

    def _times_made(self, qualname: str) -> int:
        """How many functions of this qualified name the module makes."""
        return sum(each.co_qualname == qualname for each in nested(self._uses.code)) if self._uses is not None else 0

    def _keep(self, given: "list[Load]") -> None:
        """A call only keeps what it is given."""
        for name, attribute in given:
            if attribute is not None:
                self._read(name, attribute)
            elif self._looks_different(self._namespace.get(name)):
                self._found(name)
            elif _can_change(self._namespace.get(name)):  # it is looked into, or kept: both see what is in it
                self._load((name, None), USED)

    def _check(self, given: "list[Load]") -> None:
        """`isinstance` and `issubclass` ask what a class has, and the hooks of its metaclass."""
        for name, _ in given:
            value = self._namespace.get(name)
            cls: type = value if is_class(value) else type(value)  # type: ignore[assignment]
            if type(cls) is not type:
                self._use_all(cls)
            self._ask_for_members(cls)

    def _ask_for_members(self, cls: type, *, methods: bool = True) -> None:
        """What a class has counts, not what its methods do; optionally not which plain methods it has either."""
        for each in mro_of(cls):
            for key in self._changed_members(each, methods=methods):
                self._found(key)

    def _changed_members(self, cls: type, *, methods: bool) -> "Iterator[str]":
        module, name = module_of_class(cls), qualname_of(cls)
        record = self._records.get(module) if module is not None else None
        for key, moment in (record.changed or {}).items() if record is not None else ():
            if moment <= self._since or key.endswith("()") or not (key == name or key.startswith(f"{name}.")):
                continue
            if methods or not _is_plain_method(cls, key[len(name) + 1 :]):
                yield f"{module}.{key}"

    def _push_called(self, path: tuple[str, ...]) -> None:
        """A function, class or method is called; not what the container or instance holds whose method it is."""
        value: Any = self._namespace.get(path[0])
        for name in path[1:]:
            if issubclass(type(value), ModuleType):
                self._load_from(value, name, PASSED)
                value = (namespace_of(value) or {}).get(name)
                continue
            cls = value if is_class(value) else type(value)
            found = next(
                (namespace_of_class(each)[name] for each in mro_of(cls) if name in namespace_of_class(each)), None
            )
            value = (instance_dict(value) or {}).get(name) if found is None and not is_class(value) else found
        if type(value) is FunctionType and _is_standard(value):
            return  # `register` of `functools.singledispatch` holds all that has been registered
        if type(value) is FunctionType or is_class(value) or wrapped(value) is not None:
            self._push(value)

    def _looks_different(self, function: "Any") -> bool:
        """True for a function of which what keeps it sees something else: its signature."""
        if type(function) is not FunctionType or not self._is_own(function):
            return False
        home = function.__globals__["__name__"]
        return self._affected._changed(home, outside(function.__code__.co_qualname), self._since)

    def _read(self, name: str, attribute: str) -> None:
        """An attribute is read and passed on; unless it is a method, reading it may run something."""
        value = self._namespace.get(name)
        if value is None or issubclass(type(value), ModuleType):
            self._load((name, attribute), PASSED)
            return
        for cls in mro_of(value) if is_class(value) else mro_of(type(value)):
            member = namespace_of_class(cls).get(attribute)
            if id(type(member)) in _METHODS or (member is not None and is_class(member)):
                return
        self._load((name, attribute), USED)

    def _make(self, code: "CodeType") -> None:
        """A class statement runs hooks of its bases, and of its metaclass, which may call what the class has."""
        cls = _at(self._namespace, code.co_qualname)
        if not is_class(cls):
            return
        hooks = [
            namespace_of_class(each)[name]
            for each in mro_of(cls)[1:]
            for name in _DERIVING & {*namespace_of_class(each)}
        ]
        metaclasses = [each for each in mro_of(type(cls)) if self._is_tracked(module_of_class(each))]
        own = [each for hook in hooks for each in wrapped(hook) or [hook] if self._is_own(each)]
        if own or metaclasses:
            self._hold(cls)
            for each in (*own, *metaclasses):
                self._push(each)
        if module_of_class(type(cls)) == "enum":
            for name in _OF_AN_ENUM & {*namespace_of_class(cls)}:
                self._push(namespace_of_class(cls)[name])

    def _derive(self, cls: "Any") -> None:
        """A class is derived from: it counts for its hooks, and for what it is, not for what its methods do."""
        if not is_class(cls):
            self._push(cls)
            return
        for each in mro_of(cls):
            if not self._is_tracked(module_of_class(each)):
                continue
            for key in self._changed_members(each, methods=False):
                self._found(key)
            hooks = _DERIVING & {*namespace_of_class(each)}
            for hook in hooks:
                self._push(namespace_of_class(each)[hook])
            if hooks:  # which may call other methods
                for other in mro_of(cls):
                    self._hold(other, special=False)
            if self._is_tracked(module_of_class(type(each))):
                self._push(type(each))

    # The search.

    def _found(self, what: str) -> None:
        if self._hit is None:
            self._hit = f"uses {what}"

    def _mention(self, names: "Iterable[str]") -> None:
        self._new_names.update(names)

    def _push_from(self, home: str | None, name: str, value: "Any") -> None:
        """A value of a module is reached; others that were executed since may have changed what is in it."""
        if home is None or home == self._record.name:
            pass
        elif _can_change(value) and self._affected._changed(home, CONTENTS, self._since):
            self._found(f"{home}.{name}")
        self._push(value)

    def _look_from(self, home: str | None, name: str) -> None:
        """An instance of a class of that module is reached."""
        if home is not None and home != self._record.name and self._affected._changed(home, CONTENTS, self._since):
            self._found(f"{home}.{name}")

    def _push(self, value: "Any") -> None:
        if not is_plain(value) and id(value) not in self._seen:
            self._seen.add(id(value))
            self._waiting.append(value)

    def _run(self) -> None:
        while self._hit is None:
            while self._waiting and self._hit is None:
                self._visit(self._waiting.pop())
            new = self._new_names - self._names
            self._new_names.clear()
            if not new:
                return
            self._names |= new
            for holder in list(self._holders):
                self._enter(holder, new)

    def _visit(self, value: "Any") -> None:
        kind = type(value)
        if kind is FunctionType:
            self._call(value)
        elif is_class(value):
            self._instantiate(value)
        elif issubclass(kind, ModuleType):
            self._hold(value)
        elif id(kind) in _CONTAINERS:
            self._look_into(value)
        else:
            inner = wrapped(value)
            if inner is not None:
                for each in inner:
                    self._push(each)
                return
            self._look_from(module_of_class(kind), qualname_of(kind))
            self._instantiate(kind)
            if instance_dict(value):
                self._hold(value)

    def _look_into(self, container: "Any") -> None:
        entries = [*container.keys(), *container.values()] if type(container) is dict else list(container)
        if are_plain(entries):
            return
        if len(entries) > _MOST:
            self._found("a large container")
            return
        for each in entries:
            self._push(each)

    def _call(self, function: FunctionType) -> None:
        if self._is_own(function):
            self._code(function.__globals__, function.__code__)
        for cell in function.__closure__ or ():
            self._push_from(function.__globals__.get("__name__"), function.__qualname__, cell_contents(cell))
        for each in (*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()):
            self._push(each)
        for each in function.__dict__.values():
            self._push(each)

    def _code(self, namespace: "Namespace", code: "CodeType") -> None:
        """Code that may have run with these globals."""
        home = namespace.get("__name__")
        if type(home) is not str or home not in self._records:
            return
        for each in nested(code):
            if self._affected._changed(home, body(each.co_qualname), self._since):
                self._found(f"{home}.{each.co_qualname}")
                return
        names = frozenset(names_in(code))
        if not OPAQUE.isdisjoint(names):
            self._found(f"{home}.{code.co_qualname}, which looks at more than its names tell")
            return
        for path in attribute_targets(code):
            if self._affected._is_made_anew(_owner(namespace, path, functions=True), self._since):
                self._found(f"{'.'.join(path)} and may change it")
                return
        read = names_read(code)
        self._mention(read)
        self._import(home, namespace, code)
        self._names_of(home, namespace, names, read)

    def _names_of(self, home: str, namespace: "Namespace", names: frozenset[str], read: frozenset[str]) -> None:
        """Code of the module `home` has these names, and reads some."""
        for name in names:
            if home != self._record.name and self._affected._changed(home, name, self._since):
                self._found(f"{home}.{name}")
            elif home == self._record.name and (
                name in self._stale or self._affected._changed(home, name, self._since)
            ):
                self._found(name)
            elif name in namespace and (name in read or id(type(namespace[name])) not in _CONTAINERS):
                self._push_from(home, name, namespace[name])

    def _import(self, home: str, namespace: "Namespace", code: "CodeType") -> None:
        """The import statements in a function lead to modules."""
        for each in nested(code):
            for module, names, level in imports(each):
                target = self._affected.absolute(home, namespace, module, level)
                for name in (target, *(f"{target}.{tail}" for tail in names)):
                    if name in self._records and name in sys.modules:
                        self._push(sys.modules[name])

    def _instantiate(self, cls: type) -> None:
        """A class is called or used, or there is an instance: its methods may run, as far as their names occur."""
        for each in mro_of(cls):
            if self._is_tracked(module_of_class(each)) and id(each) not in self._seen | {id(cls)}:
                self._seen.add(id(each))
                self._hold(each)
        if self._is_tracked(module_of_class(cls)):
            self._hold(cls)
            is_enum = "_member_map_" in namespace_of_class(cls)
            if is_enum or self._is_made_by_others(cls):
                self._ask_for_members(cls, methods=not is_enum)
        if self._is_tracked(module_of_class(type(cls))):
            self._push(type(cls))

    def _is_made_by_others(self, cls: type) -> bool:
        """True if code that is not one's own makes instances of a class, and may ask for what it has."""
        return any(
            not self._is_tracked(module_of_class(each)) and (module_of_class(each) or "builtins") not in _HARMLESS_BASES
            for each in mro_of(cls)
        )

    def _hold(self, holder: "Any", *, special: bool = True) -> None:
        """What a class or module has is reached by the names that occur, and its `special` methods."""
        if id(holder) not in self._held:
            self._held.add(id(holder))
            self._holders.append(holder)
            self._enter(holder, self._names, special=special)

    def _enter(self, holder: "Any", names: set[str], *, special: bool = False) -> None:
        if is_class(holder):
            module, contents = module_of_class(holder), namespace_of_class(holder)
            prefix = f"{qualname_of(holder)}."
            if self._affected._changed(module or "", prefix[:-1], self._since):
                self._found(f"{module}.{prefix[:-1]}")
            if special:
                names = names | {each for each in contents if each[:2] == "__" == each[-2:] or each in _OF_PROTOCOLS}
        elif issubclass(type(holder), ModuleType):
            contents = MappingProxyType(namespace_of(holder) or {})
            module, prefix = contents.get("__name__"), ""
        else:
            attributes = instance_dict(holder) or {}
            for name in list(attributes) if not _DYNAMIC.isdisjoint(self._names) else names & attributes.keys():
                self._push(attributes[name])
            return
        if type(module) is not str or module not in self._records:
            return
        everything = not _DYNAMIC.isdisjoint(self._names)
        for name in contents.keys() if everything else names:
            if name in contents:
                if self._affected._changed(module, prefix + name, self._since):
                    self._found(f"{module}.{prefix}{name}")
                self._push_from(module, prefix + name, contents[name])
                self._push_held_by_descriptor(contents[name])

    def _push_held_by_descriptor(self, value: "Any") -> None:
        if hasattr(type(value), "__get__") and not is_class(value):
            for each in list((instance_dict(value) or {}).values()):
                self._push(each)

    def _is_tracked(self, name: object) -> bool:
        return type(name) is str and name in self._records

    def _is_own(self, function: "Any") -> bool:
        """True for a function of a tracked module as it is now."""
        if type(function) is not FunctionType:
            return False
        return self._is_tracked(function.__globals__.get("__name__"))


def _can_change(value: "Any") -> bool:
    """True for a container or an instance."""
    kind = type(value)
    if is_plain(value) or kind is FunctionType or kind is tuple or kind is frozenset or is_class(value):
        return False
    return (
        not issubclass(kind, ModuleType)
        and wrapped(value) is None
        and (id(kind) in _CONTAINERS or instance_dict(value) is not None)
    )


def _is_plain_method(cls: type, name: str) -> bool:
    """True for a method, or property, that classes which are derived need not know when they are made."""
    member = namespace_of_class(cls).get(name)
    if id(type(member)) not in _METHODS_OR_PROPERTIES:
        return False
    functions = [each for each in wrapped(member) or [member] if type(each) is FunctionType]
    if any(each.__dict__.get("__isabstractmethod__") for each in functions):
        return False
    derived = [cls, *type.__subclasses__(cls)]
    return not any(name in namespace_of_class(each).get("__abstractmethods__", ()) for each in derived)


def _function_of(value: "Any", attribute: str) -> "Any":
    """The function of a method that is read from an instance or a class; None if it is none."""
    for cls in mro_of(value) if is_class(value) else mro_of(type(value)):
        if attribute in namespace_of_class(cls):
            found = namespace_of_class(cls)[attribute]
            return found.__func__ if id(type(found)) in _METHODS and type(found) is not FunctionType else found
    return None


def _is_standard(value: "Any") -> bool:
    """True for what the standard library has made."""
    if issubclass(type(value), ModuleType):
        home: object = (namespace_of(value) or {}).get("__name__")
    elif type(value) is FunctionType:
        home = value.__module__
    else:
        home = module_of_class(value if is_class(value) else type(value)) or "builtins"
    return type(home) is str and home.partition(".")[0] in sys.stdlib_module_names


def _is_built(cls: "Any") -> bool:
    """True for a class in whose making more than `type` takes part, and the standard library."""
    if not is_class(cls):
        return False
    hooks = [each for each in mro_of(cls)[1:] if "__init_subclass__" in namespace_of_class(each)]
    return not all(map(_is_standard, (type(cls), *hooks)))


def _namespace(name: str) -> "Namespace":
    return namespace_of(sys.modules.get(name)) or {}


def _at(namespace: "Namespace", qualname: str) -> "Any":
    """What the class statement with this qualified name has made; None if it is not there."""
    first, *rest = qualname.split(".")
    found: Any = namespace.get(first)
    for part in rest:
        found = namespace_of_class(found).get(part) if is_class(found) else None
    return found


def _owner(namespace: "Namespace", path: tuple[str, ...], *, functions: bool) -> object:
    """The name of the module that makes what a path leads to: a module, class or function."""
    value: Any = namespace.get(path[0])
    for each in path[1:]:
        inner = (namespace_of_class(value) if is_class(value) else namespace_of(value)) or {}
        if each not in inner:
            break
        value = inner[each]
    if issubclass(type(value), ModuleType):
        return (namespace_of(value) or {}).get("__name__")
    if is_class(value):
        return module_of_class(value)
    return value.__globals__.get("__name__") if functions and type(value) is FunctionType else None
