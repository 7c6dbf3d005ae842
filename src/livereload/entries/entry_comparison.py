"""Entries as values that can be compared without calling a method of the user's.

Knows objects and their parts.  Must not know containers or modules.

A function or class becomes the name of its definition, a plain value itself, a tuple or an instance the values of its
parts.
"""

from _weakref import ReferenceType
from types import CodeType, FunctionType, MemberDescriptorType, MethodType, ModuleType

from ..identity.namespace_paths import PARTIAL
from ..identity.object_model import (
    instance_dict,
    is_class,
    is_heap_type,
    is_plain,
    module_of_class,
    mro_of,
    namespace_of_class,
    qualname_of,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_DEPTH = 3
_SETS = frozenset(map(id, (set, frozenset)))


def comparable(entry: object, depth: int = 0) -> object:
    """A value of builtin types only, which is equal for two entries that a fresh interpreter could not distinguish."""
    kind = type(entry)
    if is_plain(entry):
        return (kind.__name__, entry)
    if kind is FunctionType:
        return ("function", comparable(entry.__module__), entry.__qualname__)  # type: ignore[attr-defined]
    if kind is CodeType:
        return ("code", entry.co_filename, entry.co_qualname)  # type: ignore[attr-defined]
    if kind is MethodType:
        return ("method", comparable(entry.__func__), comparable(entry.__self__, depth + 1))  # type: ignore[attr-defined]
    if is_class(entry):
        return ("class", module_of_class(entry) or id(entry), qualname_of(entry))  # type: ignore[arg-type]
    if depth >= _DEPTH:
        return ("object", id(kind))
    if id(kind) in _SETS:
        return (id(kind), frozenset(comparable(each, depth + 1) for each in entry))  # type: ignore[attr-defined]
    parts = _parts(entry)
    return ("object", id(entry)) if parts is None else (id(kind), *(comparable(each, depth + 1) for each in parts))


def _parts(entry: "Any") -> "list[Any] | None":
    """All parts of an object; None if one of them cannot be seen from Python."""
    kind = type(entry)
    if kind is tuple or kind is list:
        return list(entry)
    if kind is dict:
        return list(entry.items())
    if kind is PARTIAL:
        return [entry.func, entry.args, entry.keywords]
    return None if issubclass(kind, ModuleType) else _parts_of_instance(entry)


def _parts_of_instance(entry: "Any") -> "list[Any] | None":
    if type(entry) is object:
        return None  # it has nothing but its identity
    parts: list[Any] = []
    for cls in mro_of(type(entry))[:-1]:
        if cls is tuple:
            parts += tuple.__iter__(entry)
        elif cls is ReferenceType:
            parts.append(ReferenceType.__call__(entry))
        elif not is_heap_type(cls):
            return None
        for name, slot in list(namespace_of_class(cls).items()):
            if type(slot) is MemberDescriptorType:
                try:
                    parts.append((name, slot.__get__(entry)))
                except AttributeError:
                    pass  # not set
    parts += (instance_dict(entry) or {}).items()
    return parts
