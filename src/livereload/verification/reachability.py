"""A search in the graph of objects, from what a module has used to what has changed since it was up to date.

Knows objects, and since when each thing is different (`Record.changed`).  Must not know what statements do.

- A function that may have been called leads to the globals, cells and defaults that its code names.
- An instance or a class leads to those of its methods whose names occur in code that was reached (rapid
  type analysis, as in compilers of object-oriented languages).
- A container leads to its entries, whatever wraps a function to that.
"""

import sys
from types import CodeType, FunctionType, MappingProxyType, ModuleType

from ..changes.names import DYNAMIC, attribute_targets, named_in, names_in, names_read
from ..changes.uses import opaque_names
from ..identity.object_model import (
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
from ..interpreter.bytecode import absolute, imports, nested
from ..modules.changed_names import CONTENTS, body
from .stale_memos import wrapped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from ..changes.uses import Uses
    from ..modules.changed_names import WhatChanged
    from ..modules.record import Record

    Namespace = dict[str, Any]

CONTAINERS = frozenset(map(id, (list, tuple, set, frozenset, dict)))
METHODS = frozenset(map(id, (FunctionType, staticmethod, classmethod)))
METHODS_OR_PROPERTIES = METHODS | {id(property)}
# Methods that code which cannot be looked into calls of a file or a mapping: `print(…, file=stream)` calls `write`.
_OF_PROTOCOLS = frozenset((
    *("write", "writelines", "flush", "read", "readline", "readlines", "readinto", "keys", "items", "values"),
))  # fmt: skip
# Bases that ask nothing of the classes derived from them.
_HARMLESS_BASES = frozenset(("builtins", "abc", "typing", "enum", "collections.abc", "_collections_abc"))
# Nested data beyond this is looked at no further: it counts as changed.
_MOST = 1_000


class Reachability:
    """One search; `_hit` says what has been found first."""

    def __init__(
        self,
        changed: "WhatChanged",
        record: "Record",
        uses: "Uses | None",
        namespace: "Namespace",
        stale: set[str],
        contents: str = CONTENTS,
    ) -> None:
        self._changed = changed
        self._contents = contents
        self._records = changed.records
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
        # {id of an instance: the module that has it}
        self._homes: dict[int, str | None] = {}
        # the classes whose methods are called: these put things into what the class has
        self._owners: list[type] = []
        self._hit: str | None = None
        # functions, and codes of functions, that were given to installed code
        self._doubts: list[Any] = []
        # {"r": ("registry", "entries")}: where the names come from that import statements bind
        self._sources: dict[str, tuple[str, str]] = {}

    def leads(self, value: "Any") -> bool:
        """True if a value leads to something that has changed."""
        if type(value) is CodeType:
            self._code(self._namespace, value)
        else:
            self._push(value)
        self._run()
        return self._hit is not None

    def _found(self, what: str) -> None:
        if self._hit is None:
            self._hit = f"uses {what}"

    def _mention(self, names: "Iterable[str]") -> None:
        self._new_names.update(names)

    def _push_from(self, home: str | None, name: str, value: "Any") -> None:
        """A value of a module is reached; others that were executed since may have changed what is in it."""
        if home is None or home == self._record.name:
            pass
        elif can_change(value) and self._changed.by_key(home, self._contents, self._since):
            self._found(f"{home}.{name}")
        self._push(value)

    def _look_from(self, home: str | None, name: str) -> None:
        """An instance of a class of that module is reached."""
        if home is not None and home != self._record.name and self._changed.by_key(home, self._contents, self._since):
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
        elif id(kind) in CONTAINERS:
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
            if self._changed.by_key(home, body(each.co_qualname), self._since):
                self._found(f"{home}.{each.co_qualname}")
                return
        names = frozenset(names_in(code))
        opaque = opaque_names(code, lambda name: not issubclass(type(namespace.get(name, sys)), ModuleType))
        called = named_in(names | self._names | self._new_names)
        if opaque and self._changed.anything_seen((home, self._record.name), self._since, opaque, called):
            self._found(f"{home}.{code.co_qualname}, which looks at more than its names tell")
            return
        for path in attribute_targets(code):
            if self._changed.is_executed(owner_of(namespace, path, functions=True), self._since):
                self._found(f"{'.'.join(path)} and may change it")
                return
        for owner in self._owners:
            for name in names & {*namespace_of_class(owner)}:
                if self._changed.by_key(module_of_class(owner) or "", f"{qualname_of(owner)}.{name}", self._since):
                    self._found(f"{qualname_of(owner)}.{name}")
        read = names_read(code)
        self._mention(read)
        self._import(home, namespace, code)
        self._names_of(home, namespace, names, read)

    def _names_of(self, home: str, namespace: "Namespace", names: frozenset[str], read: frozenset[str]) -> None:
        """Code of the module `home` has these names, and reads some."""
        for name in names:
            if home != self._record.name and self._changed.by_key(home, name, self._since):
                self._found(f"{home}.{name}")
            elif home == self._record.name and (name in self._stale or self._changed.by_key(home, name, self._since)):
                self._found(name)
            elif name in namespace and (name in read or id(type(namespace[name])) not in CONTAINERS):
                self._push_from(home, name, namespace[name])

    def _import(self, home: str, namespace: "Namespace", code: "CodeType") -> None:
        """The import statements in a function lead to modules."""
        for each in nested(code):
            for module, names, level in imports(each):
                target = absolute_in(home, namespace, module, level)
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

    def _hold_of(self, home: str | None, value: "Any") -> None:
        """A method is called of what the module `home` has, and may read what an instance has."""
        if home != self._record.name and self._is_tracked(module_of_class(type(value))) and not is_class(value):
            self._homes[id(value)] = home
            self._hold(value)

    def _enter(self, holder: "Any", names: set[str], *, special: bool = False) -> None:
        if is_class(holder):
            module, contents = module_of_class(holder), namespace_of_class(holder)
            prefix = f"{qualname_of(holder)}."
            if self._changed.by_key(module or "", prefix[:-1], self._since):
                self._found(f"{module}.{prefix[:-1]}")
            if special:
                names = names | {each for each in contents if each[:2] == "__" == each[-2:] or each in _OF_PROTOCOLS}
        elif issubclass(type(holder), ModuleType):
            contents = MappingProxyType(namespace_of(holder) or {})
            module, prefix = contents.get("__name__"), ""
        else:
            attributes, home = instance_dict(holder) or {}, self._homes.get(id(holder))
            for name in list(attributes) if not DYNAMIC.isdisjoint(self._names) else names & attributes.keys():
                self._push_from(home, name, attributes[name])
            return
        if type(module) is not str or module not in self._records:
            return
        everything = not DYNAMIC.isdisjoint(self._names)
        changed = () if prefix else self._records[module].changed or ()
        gone = {key for key in changed if key.isidentifier()} - contents.keys()
        for name in {*contents.keys(), *gone} if everything else names:
            if self._changed.by_key(module, prefix + name, self._since) and (name in contents or name in gone):
                self._found(f"{module}.{prefix}{name}")
            if name in contents:
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
            if methods or not is_plain_method(cls, key[len(name) + 1 :]):
                yield f"{module}.{key}"


def can_change(value: "Any") -> bool:
    """True for a container or an instance."""
    kind = type(value)
    if is_plain(value) or kind is FunctionType or kind is tuple or kind is frozenset or is_class(value):
        return False
    return (
        not issubclass(kind, ModuleType)
        and wrapped(value) is None
        and (id(kind) in CONTAINERS or instance_dict(value) is not None)
    )


def is_plain_method(cls: type, name: str) -> bool:
    """True for a method, or property, that classes which are derived need not know when they are made."""
    member = namespace_of_class(cls).get(name)
    if id(type(member)) not in METHODS_OR_PROPERTIES:
        return False
    functions = [each for each in wrapped(member) or [member] if type(each) is FunctionType]
    if any(each.__dict__.get("__isabstractmethod__") for each in functions):
        return False
    derived = [cls, *type.__subclasses__(cls)]
    return not any(name in namespace_of_class(each).get("__abstractmethods__", ()) for each in derived)


def namespace_in(name: str) -> "Namespace":
    return namespace_of(sys.modules.get(name)) or {}


def absolute_in(name: str, namespace: "Namespace", module: str, level: int) -> str:
    """The name of the module that a statement in the module `name` imports from."""
    if not level:
        return module
    return absolute(module, level, name if "__path__" in namespace else name.rpartition(".")[0])


def owner_of(namespace: "Namespace", path: tuple[str, ...], *, functions: bool) -> object:
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


def function_of(value: "Any", attribute: str) -> "Any":
    """The function of a method that is read from an instance or a class; None if it is none."""
    for cls in mro_of(value) if is_class(value) else mro_of(type(value)):
        if attribute in namespace_of_class(cls):
            found = namespace_of_class(cls)[attribute]
            return found.__func__ if id(type(found)) in METHODS and type(found) is not FunctionType else found
    return None


def is_standard(value: "Any") -> bool:
    """True for what the standard library has made."""
    if issubclass(type(value), ModuleType):
        home: object = (namespace_of(value) or {}).get("__name__")
    elif type(value) is FunctionType:
        home = value.__module__
    else:
        home = module_of_class(value if is_class(value) else type(value)) or "builtins"
    return type(home) is str and home.partition(".")[0] in sys.stdlib_module_names


def is_built(cls: "Any") -> bool:
    """True for a class in whose making more than `type` takes part, and the standard library."""
    if not is_class(cls):
        return False
    hooks = [each for each in mro_of(cls)[1:] if "__init_subclass__" in namespace_of_class(each)]
    return not all(map(is_standard, (type(cls), *hooks)))
