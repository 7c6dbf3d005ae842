"""Where the functions and classes of a module stand.

Knows namespaces and what they hold.  Must not know generations: one namespace at a time.

A place is a path in a namespace: ("Cart", "total", "fget").
"""

import gc
from _functools import _lru_cache_wrapper, partial  # type: ignore[import-not-found]
from types import CodeType, FunctionType, MethodType, ModuleType

from .object_model import (
    cell_contents,
    instance_dict,
    is_class,
    is_plain,
    module_of_class,
    mro_of,
    namespace_of_class,
    qualname_of,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

    Place = tuple[object, ...]

_DEPTH = 6
# Larger containers hold data.
_MOST = 1_000
LRU_CACHE: type = _lru_cache_wrapper
PARTIAL: "Any" = partial


def walk(name: str, namespace: "dict[str, Any]", contents: "Mapping[str, Any]") -> "Iterator[tuple[Place, Any]]":
    """The functions and classes that `contents` of the module `name` lead to, each with its shortest place."""
    seen: set[int] = {id(namespace)}
    held = list(contents.items())  # a thread may go on filling it
    waiting: list[tuple[Place, Any]] = [((key,), value) for key, value in held if not is_plain(value)]
    for place, value in waiting:  # it grows
        kind = type(value)
        if kind is ModuleType or kind is CodeType or id(value) in seen or len(place) > _DEPTH:
            continue
        if kind is FunctionType:
            if value.__globals__ is namespace or value.__module__ == name:
                yield place, value
            elif len(place) > 2:
                continue  # another module's, and what it wraps is hardly ours
            if value.__closure__ is None and not value.__dict__:
                seen.add(id(value))
                continue  # nearly all
        elif is_class(value):
            if not _is_own_class(name, namespace, place, value):
                continue
            yield place, value
        seen.add(id(value))
        waiting += [((*place, key), each) for key, each in _inner(value, place) if not is_plain(each)]


def _inner(value: "Any", place: "Place") -> "Iterable[tuple[object, Any]]":
    """What an object holds, by name."""
    kind = type(value)
    if kind is FunctionType:
        cells = zip(value.__code__.co_freevars, value.__closure__ or (), strict=False)
        inner = [(("cell", name), cell_contents(cell)) for name, cell in cells if name != "__classdict__"]
        return inner + list(value.__dict__.items())
    if is_class(value):
        return list(namespace_of_class(value).items())
    if kind is staticmethod or kind is classmethod or kind is MethodType:
        return [("__func__", value.__func__)]
    if issubclass(kind, property):
        return [(part, getattr(property, part).__get__(value)) for part in ("fget", "fset", "fdel")]
    if kind is dict:
        items = list(value.items()) if len(value) <= _MOST else ()
        return [((type(key), key), each) for key, each in items if is_plain(key)]
    if kind is list or kind is tuple:
        return enumerate(value) if len(value) <= _MOST else ()
    if kind is PARTIAL:
        return [("func", value.func)]
    if len(place) > 3:
        return ()
    attributes = instance_dict(value) or {}
    named = [(key, each) for key, each in list(attributes.items()) if type(key) is str]
    known = {id(each) for _, each in named}
    # What an object made by C code refers to, without a name.
    hidden = [each for each in gc.get_referents(value) if type(each) is FunctionType and id(each) not in known]
    return named + [(("hidden", each.__qualname__), each) for each in hidden]


def _is_own_class(name: str, namespace: "dict[str, Any]", place: "Place", cls: type) -> bool:
    """True if the module defines the class there: packages may have rewritten its `__module__`.

    So does a decorator of another module that derives from what the module defines, and takes over its name.
    """
    if qualname_of(cls) != ".".join(map(str, place)):
        return False
    if module_of_class(cls) == name or is_made_in(namespace, cls):
        return True
    return any(qualname_of(base) == qualname_of(cls) and module_of_class(base) == name for base in mro_of(cls))


def is_made_in(namespace: "dict[str, Any]", cls: type) -> bool:
    """True if a method of the class was made in the module with this namespace."""
    return any(
        type(value) is FunctionType and value.__globals__ is namespace for value in namespace_of_class(cls).values()
    )


def at(namespace: "dict[str, Any]", place: "Place") -> "Any":
    """What stands at a place that only classes lead to; None if nothing does."""
    value: Any = namespace.get(place[0])  # type: ignore[call-overload]
    for part in place[1:]:
        if not is_class(value):
            return None
        value = namespace_of_class(value).get(part)  # type: ignore[call-overload]
    return value


def defines(place: "Place", old: FunctionType, now: "Any") -> bool:
    """True if `now`, callable but of another make, is what the definition of `old` gives today.

    A decorator was added, removed or changed.
    """
    if now is None or ".".join(map(str, place)) != old.__qualname__ or not callable(now):
        return False
    if is_class(now):
        return module_of_class(now) == old.__module__ and qualname_of(now) == old.__qualname__
    attributes = instance_dict(now)
    if attributes is None:
        return False
    own_name = now.__qualname__ if type(now) is FunctionType else None
    return "__wrapped__" in attributes or attributes.get("__qualname__", own_name) == old.__qualname__
