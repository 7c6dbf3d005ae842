"""Effects of a module, detected while it is executed: other modules are compared before and after.

Knows the code that is going to run, and namespaces.  Must not know what is done about an effect.

Only objects that the code names can be compared cheaply: the modules that it imports, and their classes, instances and
containers that it names.  For a module whose code only defines and imports, nothing is compared.  While another
module is executed within this one, the watch rests: effects of that time belong to the other module.
"""

import sys
from types import FunctionType, ModuleType

from ..identity.object_model import instance_dict, is_class, is_heap_type, is_plain, namespace_of, namespace_of_class
from ..interpreter.bytecode import nested
from . import containers
from .effects import Stored, in_attributes, in_container, in_mapping
from .referrer_graph import slots
from .stdlib_registries import SIGNALS, environment, places_behind, set_up_since

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import CodeType
    from typing import Any

_DEPTH = 3


class EffectDetection:
    """The objects that some code names, copied when the code begins to run."""

    def __init__(self, name: str, package: str, code: "CodeType") -> None:
        self._name = name
        self._names = {each for inner in nested(code) for each in inner.co_names}
        self._package = package
        # {id: (holder, a copy)}
        self._attributes: dict[int, tuple[Any, Any]] = {}
        self._containers: dict[int, tuple[Any, Any]] = {}
        self._stored: list[Stored] = []
        self._seen: set[str] = set()
        # an installed module is being executed within this one; the code has run
        self.is_resting = self.is_over = False
        if "signal" in self._names:  # `signal` may be imported meanwhile
            self._keep(self._containers, SIGNALS)
        self._keep(self._containers, environment())
        self._see_all()

    def _see_all(self) -> None:
        """Copy the named objects of all modules that are in `sys.modules` by now."""
        for each in self._names:
            for other in (each, f"{self._package}.{each}"):
                if other not in self._seen and other in sys.modules and other != self._name:
                    self.see(other)

    def see(self, other: str) -> None:
        """Copy the objects of the module `other` that the code names."""
        namespace = namespace_of(sys.modules.get(other))
        if (
            namespace is None
            or _is_being_executed(namespace)
            or not (other in self._names or other.rpartition(".")[2] in self._names)
        ):
            return
        self._seen.add(other)
        self._keep(self._attributes, namespace)
        for key in [key for key in self._names if key in namespace]:
            self._enter(namespace[key], 0)
        for is_attributes, place in places_behind(other, self._names):
            self._keep(self._attributes if is_attributes else self._containers, place)

    def _enter(self, value: "Any", depth: int) -> None:
        kind = type(value)
        if is_plain(value) or id(value) in self._attributes or id(value) in self._containers:
            return
        if issubclass(kind, ModuleType):
            self._enter_module((namespace_of(value) or {}).get("__name__"))
        elif containers.base_of(kind) is not None:
            if containers.base_of(kind).__len__(value) <= containers.MOST:
                self._keep(self._containers, value)
        elif kind is FunctionType:
            self._enter_globals(value, depth)
        elif is_class(value):
            self._keep(self._attributes, value)
            self._enter_named(namespace_of_class(value), depth)
        elif is_heap_type(kind):
            self._enter_instance(value, depth)

    def _enter_module(self, name: object) -> None:
        """Copy what a module has that another has as an attribute: `from django.contrib import admin`."""
        if type(name) is str and name not in self._seen and name != self._name:
            self.see(name)

    def _enter_instance(self, value: "Any", depth: int) -> None:
        attributes = instance_dict(value)
        if attributes is not None:
            self._keep(self._attributes, attributes)
            self._enter_named(attributes, depth)
            if len(attributes) == 1 and depth < _DEPTH:  # it stands for another object, as Django's `admin.site`
                self._enter(next(iter(attributes.values())), depth + 1)
        for each in slots(value) if depth < _DEPTH else ():
            self._enter(each, depth + 1)

    def _enter_globals(self, function: FunctionType, depth: int) -> None:
        """Copy the global objects that a function names, as the code may call it."""
        space = function.__globals__
        names = {name for inner in nested(function.__code__) for name in inner.co_names} if depth < _DEPTH else set()
        for name in names & space.keys():
            if type(space[name]) is not FunctionType and not is_class(space[name]):
                self._keep(self._attributes, space)
                self._enter(space[name], depth + 1)

    def _enter_named(self, attributes: "Any", depth: int) -> None:
        for key, value in list(attributes.items()) if depth < _DEPTH else ():
            if key in self._names or containers.base_of(type(value)) is not None:
                self._enter(value, depth + 1)

    def _keep(self, where: "dict[int, tuple[Any, Any]]", holder: "Any") -> None:
        if id(holder) not in where and holder is not sys.modules:  # that is the import system's
            where[id(holder)] = (holder, _copy(holder))

    def rest(self, module: object = None) -> None:
        """Another `module` is going to be executed, which has been emptied for that, or nothing is."""
        self._attributes.pop(id(namespace_of(module)), None)
        self._stored += self._differences()

    def go_on(self, other: str) -> None:
        """The module `other` has been executed within this one."""
        for where in (self._attributes, self._containers):
            for key, (holder, _) in where.items():
                where[key] = (holder, _copy(holder))
        self._see_all()
        self.see(other)

    def end(self) -> "list[Stored]":
        """The effects of the code, the latest last."""
        if "logging" in self._names and "logging" in sys.modules:
            self._stored += [Stored(*each) for each in set_up_since(self._attributes)]
        self.rest()
        self.is_over = True
        self._attributes.clear()
        self._containers.clear()
        return self._stored

    def _differences(self) -> "Iterator[Stored]":
        for holder, before in self._attributes.values():
            now = _contents(holder)
            yield from in_attributes(self._name, holder, before, now, self._names)
            if len(now) == 1 and not is_class(holder):
                yield from _made_at_first_use(before, next(iter(now.values())))
        for holder, before in self._containers.values():
            if hasattr(type(holder), "is_place"):
                yield from in_mapping(holder, before, holder.copy())
            elif not containers.unchanged(holder, before):
                yield from in_container(holder, before)


def _is_being_executed(namespace: "dict[str, Any]") -> bool:
    """True for an installed module that is in the middle of its execution."""
    spec = namespace.get("__spec__")
    return type(spec).__name__ == "ModuleSpec" and (instance_dict(spec) or {}).get("_initializing") is True


def _made_at_first_use(before: "Any", value: "Any") -> "Iterator[Stored]":
    """What an object that another stands for, and has made when it was first used, has got since."""
    if not is_heap_type(type(value)) or any(each is value for each in before.values()):
        return
    for each in list((instance_dict(value) or {}).values()):
        if containers.base_of(type(each)) is not None:
            yield from in_container(each, containers.base_of(type(each))())


def _contents(holder: "Any") -> "Any":
    return namespace_of_class(holder) if is_class(holder) else holder


def _copy(holder: "Any") -> "Any":
    if is_class(holder):
        return dict(namespace_of_class(holder))
    return holder.copy() if hasattr(type(holder), "is_place") else containers.copy(holder)
