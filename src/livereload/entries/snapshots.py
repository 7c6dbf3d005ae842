"""Snapshots: copies of the namespaces, classes, instances and containers of modules, compared and restored later.

Knows namespaces and the objects in them.  Must not know to which module an entry belongs.
"""

import sys
from types import BuiltinFunctionType, FunctionType, ModuleType

from ..identity import object_model
from ..identity.object_model import instance_dict, is_class, is_heap_type, module_of_class, namespace_of_class
from . import containers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any


_DEPTH = 3
# By id: what holds nothing that is looked at.
_DULL = frozenset(map(id, (ModuleType, BuiltinFunctionType, str, int, float, complex, bytes, bool, type(None))))


class Snapshot:
    """The contents of some namespaces, and of the objects in them."""

    def __init__(self) -> None:
        # {id: (object, how to restore it, a copy)}; the reference keeps the id valid
        self._first: dict[int, tuple[Any, Callable[[Any, Any], None], Any]] = {}
        # {id of a container: a copy}, renewed after each execution
        self._last: dict[int, Any] = {}
        self._registered: dict[int, tuple[type, list[type]]] = {}
        self._dispatchers: dict[int, FunctionType] = {}
        # {"hub": its containers}
        self._containers: dict[str, list[Any]] = {}
        # {id: {"hub"}}: the modules that have an object, by a name or as an attribute of another object of theirs
        self.reached: dict[int, set[str]] = {}

    def take(self, name: str, namespace: "dict[str, Any]") -> None:
        """Copy the objects of the module of this name."""
        if name not in self._containers:
            self._take(name, namespace)

    def take_again(self, name: str, namespace: "dict[str, Any]") -> None:
        """Copy the objects of the module of this name, which has been executed: for comparing, not for restoring."""
        first = self._first.copy()
        self._take(name, namespace)
        self._first = first

    def _take(self, name: str, namespace: "dict[str, Any]") -> None:
        mine: list[Any] = []
        self._containers[name] = mine
        self._keep(namespace, _put_attributes, dict(namespace))
        for value, is_element in _reached(namespace):
            if not is_element:
                self.reached.setdefault(id(value), set()).add(name)
            self._enter(value, mine)

    def add(self, name: str, container: "Any") -> None:
        """Copy a container that no module has."""
        self._keep_container(container, self._containers.setdefault(name, []))

    def _keep(self, what: "Any", restore: "Callable[[Any, Any], None]", copy: "Any") -> None:
        self._first.setdefault(id(what), (what, restore, copy))

    def _keep_container(self, container: "Any", mine: "list[Any]") -> None:
        mine.append(container)
        self._last[id(container)] = containers.copy(container)
        self._keep(container, containers.restore, self._last[id(container)])

    def _enter(self, value: "Any", mine: "list[Any]") -> None:
        kind = type(value)
        if containers.base_of(kind) is not None:
            self._keep_container(value, mine)
        elif kind is FunctionType:
            registry = object_model.dispatch_registry(value)
            if registry is not None:
                self._keep_container(registry, mine)
                self._dispatchers[id(value)] = value
        elif is_class(value):
            self._keep(value, _put_members, dict(namespace_of_class(value)))
            if "_abc_impl" in namespace_of_class(value):
                self._registered.setdefault(id(value), (value, object_model.registered(value)))
        else:
            attributes = instance_dict(value)
            if attributes is not None:
                self._keep(attributes, _put_attributes, dict(attributes))

    def copies(self, names: "Iterable[str]") -> "Iterator[tuple[Any, Any]]":
        """The containers of some modules, each with its last copy."""
        seen = set()
        for name in names:
            for container in self._containers.get(name, ()):
                if id(container) not in seen:
                    seen.add(id(container))
                    yield container, self._last[id(container)]

    def renew(self, names: "Iterable[str]") -> None:
        """Copy the containers of some modules again."""
        for container in [each for name in names for each in self._containers.get(name, ())]:
            self._last[id(container)] = containers.copy(container)

    def unregister(self, name: str) -> None:
        """Remove the classes of the module of this name from the registries of ABCs."""
        for cls, _ in self._registered.values():
            registered = object_model.registered(cls)
            left = [each for each in registered if module_of_class(each) != name]
            if len(left) < len(registered) and module_of_class(cls) != name:
                object_model.register(cls, left)
                sys.modules["_abc"]._reset_caches(cls)

    def forget_dispatch(self) -> None:
        """Empty the caches of generic functions, so that they search for the implementation of a class again."""
        for function in self._dispatchers.values():
            object_model.forget_dispatch(function)

    def restore(self) -> None:
        """Give all objects their first contents."""
        for what, restore, contents in self._first.values():
            restore(what, contents)
        for cls, subclasses in self._registered.values():
            if len(object_model.registered(cls)) != len(subclasses):
                object_model.register(cls, subclasses)
                sys.modules["_abc"]._reset_caches(cls)
        self.forget_dispatch()


def _reached(namespace: "dict[str, Any]") -> "Iterator[tuple[Any, bool]]":
    """The containers, classes and instances of a module, and the containers in these.

    Each with whether it is only an element of a container.
    """
    seen: set[int] = set()
    name = namespace.get("__name__")
    waiting = [
        (value, 0, False)
        for key, value in list(namespace.items())
        if id(type(value)) not in _DULL and type(key) is str and key[:2] != "__"
    ]
    while waiting:
        value, depth, is_element = waiting.pop()
        if id(value) in seen or issubclass(type(value), ModuleType):
            continue
        seen.add(id(value))
        inner = _inner(value, name)
        if inner is None:
            continue
        yield value, is_element
        is_container = containers.base_of(type(value)) is not None
        if depth < _DEPTH:
            waiting += [(each, depth + 1, is_container) for each in inner if _is_followed(each, is_container)]


def _inner(value: "Any", name: "Any") -> "list[Any] | None":
    """The objects in an object of the module of this `name`; None if the object is not copied."""
    if type(value) is FunctionType:
        return list(value.__dict__.values()) if value.__dict__ else None  # nearly all have none
    if is_class(value):
        return list(namespace_of_class(value).values()) if module_of_class(value) == name else None
    base = containers.base_of(type(value))
    if base is not None:
        if base.__len__(value) > containers.MOST:
            return None
        return list(dict.values(value)) if issubclass(base, dict) else []
    return list((instance_dict(value) or {}).values()) if is_heap_type(type(value)) else None


def _is_followed(value: "Any", is_element: bool) -> bool:
    kind = type(value)
    if id(kind) in _DULL or kind is FunctionType:
        return False
    if containers.base_of(kind) is not None:
        return True
    if is_element or is_class(value) or not is_heap_type(kind):
        return False
    return bool(instance_dict(value))


def _same_items(now: "Any", before: "dict[str, Any]") -> bool:
    return object_model.same(now, before) and object_model.same(now.values(), before.values())


def _put_attributes(attributes: "dict[str, Any]", contents: "dict[str, Any]") -> None:
    """Replace the attributes; another thread never sees them empty."""
    if _same_items(attributes, contents):
        return
    for name in [name for name in list(attributes) if name not in contents]:
        attributes.pop(name, None)
    attributes.update(contents)


def _put_members(cls: type, members: "dict[str, Any]") -> None:
    present = namespace_of_class(cls)
    for name in [name for name in present if name not in members]:
        object_model.delete_member(cls, name)
    for name, value in members.items():
        if name not in present or present[name] is not value:
            object_model.set_member(cls, name, value)
