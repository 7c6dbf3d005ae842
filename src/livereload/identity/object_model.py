"""Python's object model, looked at and changed without asking the objects.

Knows what a class and an instance consist of.  Must not know files or imports, nor where objects come from.

Everything goes through `type` and `object` themselves.  A user's `__eq__`, `__hash__`, `__getattr__`,
`__setattr__` or metaclass is never asked.
"""

import gc
import sys
from _operator import is_
from types import (
    BuiltinFunctionType,
    CellType,
    FunctionType,
    GetSetDescriptorType,
    MappingProxyType,
    ModuleType,
    WrapperDescriptorType,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from typing import Any

    Note = Callable[..., None]

_dict_of_type = type.__dict__["__dict__"].__get__
_mro_of_type = type.__dict__["__mro__"].__get__
_qualname = type.__dict__["__qualname__"]
bases = type.__dict__["__bases__"]
_flags = type.__dict__["__flags__"].__get__
class_of = object.__dict__["__class__"]
_subclasses: "Callable[[type], list[type]]" = type.__subclasses__
_dict_of_module = ModuleType.__dict__["__dict__"].__get__  # type: ignore[index]

# By id: `in` would ask the metaclass of a user's class whether it equals `str`.
_PLAIN = frozenset(map(id, (str, int, float, complex, bytes, bool, type(None))))

_EMPTY = object()
# Py_TPFLAGS_HEAPTYPE and Py_TPFLAGS_IMMUTABLETYPE: what Python code makes has only the first of them.
_HEAP = 1 << 9
_MUTABLE = _HEAP | 1 << 8
# From 3.14 on (PEP 649), setting one of these through the class moves and forgets the others.
_ANNOTATIONS = ("__annotations__", "__annotate__", "__annotate_func__", "__annotations_cache__")
# What `type` answers for, and keeps where the class body's bindings are.
_STORED = ("__module__", "__doc__", "__abstractmethods__")
_SCRATCH = "__livereload_scratch__"


def namespace_of(module: object) -> "dict[str, Any] | None":
    """The namespace of a module without asking the module for it; None if it is no module.

    Reading any attribute of a lazy module, `__spec__` and `__dict__` included, may load it.
    """
    if not issubclass(type(module), ModuleType):
        return None
    namespace: dict[str, Any] = _dict_of_module(module)
    return namespace


def references_to_namespace(module: object) -> int:
    """How many objects refer to the namespace of a module besides the module: its functions, mostly."""
    namespace = namespace_of(module)
    return sys.getrefcount(namespace) - _OF_THE_MODULE


_OF_THE_MODULE = 0
_OF_THE_MODULE = references_to_namespace(ModuleType("probe"))


def is_loaded(module: object) -> bool:
    """False for a lazy module, which importing it once more would load."""
    return issubclass(type(module), ModuleType) and type(module).__getattribute__ is ModuleType.__getattribute__


def namespace_of_class(cls: type) -> "MappingProxyType[str, Any]":
    """The contents of a class, without asking its metaclass."""
    namespace: MappingProxyType[str, Any] = _dict_of_type(cls)
    return namespace


def qualname_of(cls: type) -> str:
    name: str = _qualname.__get__(cls)
    return name


def named(namespace: "dict[str, Any] | None", names: set[str]) -> "list[Any]":
    """What a namespace has by some names."""
    return [] if namespace is None else [namespace[each] for each in names & namespace.keys()]


def module_of_class(cls: type) -> str | None:
    name = namespace_of_class(cls).get("__module__")
    return name if type(name) is str else None


def mro_of(cls: type) -> "tuple[type, ...]":
    mro: tuple[type, ...] = _mro_of_type(cls)
    return mro


def descendants(cls: type) -> "list[type]":
    """The class and all that derive from it, each once."""
    found = {id(cls): cls}
    waiting = [cls]
    for each in waiting:  # it grows
        for sub in _subclasses(each):
            if id(sub) not in found:
                found[id(sub)] = sub
                waiting.append(sub)
    return waiting


def is_plain(value: object) -> bool:
    """True for an object of a builtin type that refers to no other object."""
    return id(type(value)) in _PLAIN


def are_plain(values: "Iterable[object]") -> bool:
    """True if `is_plain` is true of each, without executing anything for it."""
    return _PLAIN.issuperset(map(id, map(type, values)))


def is_class(value: object) -> bool:
    """True for a class; `isinstance` might ask the object's own `__class__`."""
    return issubclass(type(value), type)


def instance_dict(value: object) -> "dict[str, Any] | None":
    """The attributes of an instance, without asking it; None if it has none of the usual kind."""
    for cls in mro_of(type(value)):
        descriptor = namespace_of_class(cls).get("__dict__")
        if descriptor is not None:
            if type(descriptor) is not GetSetDescriptorType:
                return None
            found = descriptor.__get__(value)
            return found if type(found) is dict else None
    return None


# Members of classes.


def same(one: "Collection[Any]", other: "Collection[Any]") -> bool:
    """True for the very same objects in the same order."""
    return len(one) == len(other) and all(map(is_, one, other))


def is_mutable(cls: type) -> bool:
    """True for a class whose contents can be replaced: made by Python code, or like it."""
    flags: int = _flags(cls)
    return flags & _MUTABLE == _HEAP


def is_heap_type(cls: type) -> bool:
    """True for a class that a class statement, or a call of a metaclass, may have made."""
    flags: int = _flags(cls)
    return bool(flags & _HEAP)


def is_made_in_c(metaclass: type) -> bool:
    """True if a metaclass, or one that it derives from, makes its classes in C, and may keep more than they show."""
    return any(each is not type and each is not object and _has_parts_in_c(each) for each in mro_of(metaclass))


def _has_parts_in_c(cls: type) -> bool:
    if not is_mutable(cls):
        return True
    for value in namespace_of_class(cls).values():
        if type(value) is WrapperDescriptorType and value.__objclass__ is cls:
            return True
        if type(value) is BuiltinFunctionType and value.__self__ is cls:  # __new__
            return True
    return False


def takes_attributes(cls: type) -> bool:
    """True if `type.__setattr__` may set attributes of a class: not if a metaclass in C has its own (ctypes)."""
    try:
        type.__delattr__(cls, "livereload: an attribute that is not there")
    except AttributeError:
        return True
    except TypeError:
        return False
    return True


def set_member(cls: type, key: str, value: object) -> None:
    if key in _ANNOTATIONS:
        contents_of(cls)[key] = value
    elif _is_answered_for(cls, key):
        contents_of(cls)[key] = value
        _forget_lookups(cls)
    else:
        type.__setattr__(cls, key, value)


def delete_member(cls: type, key: str) -> None:
    if key in _ANNOTATIONS:
        del contents_of(cls)[key]
    elif _is_answered_for(cls, key):
        del contents_of(cls)[key]
        _forget_lookups(cls)
    else:
        type.__delattr__(cls, key)


def _is_answered_for(cls: type, key: str) -> bool:
    """True if setting this attribute of the class sets something else than what its body binds to the name.

    `__class__`, `__name__`, `__dict__`, or a property of its metaclass: for instances, they may be anything.
    """
    for each in mro_of(type(cls)):
        found = namespace_of_class(each).get(key, _EMPTY)
        if each is type and key in _STORED:
            return False
        if found is not _EMPTY:
            return hasattr(type(found), "__set__") or hasattr(type(found), "__delete__")
    return False


def _forget_lookups(cls: type) -> None:
    """Have the interpreter look up attributes again, after its dict was changed behind its back."""
    type.__setattr__(cls, _SCRATCH, None)
    type.__delattr__(cls, _SCRATCH)


def contents_of(cls: type) -> "dict[str, Any]":
    """The very dict of a class, for what cannot be set through the class, and for the order of what it has."""
    (contents,) = gc.get_referents(namespace_of_class(cls))
    return contents  # type: ignore[no-any-return]


def cell_contents(cell: CellType) -> object:
    try:
        return cell.cell_contents
    except ValueError:
        return _EMPTY


def refill(table: "dict[Any, Any]", contents: "Mapping[Any, Any]") -> None:
    """Make `contents` what a dict has."""
    contents = dict(contents)
    table.clear()
    table.update(contents)


# What is registered with an ABC, or with a `functools.singledispatch` function.


def registered(cls: type) -> list[type]:
    references = sys.modules["_abc"]._get_dump(cls)[0]
    return [each for each in [reference() for reference in references] if each is not None]


def register(cls: type, subclasses: list[type]) -> None:
    abc = sys.modules["_abc"]
    abc._reset_registry(cls)
    for each in subclasses:
        abc._abc_register(cls, each)


def dispatch_registry(function: FunctionType) -> "dict[type, Any] | None":
    """{class: implementation} of a `functools.singledispatch` function; None if it is none."""
    if function.__code__.co_qualname != "singledispatch.<locals>.wrapper":
        return None
    register = function.__dict__.get("register")
    if type(register) is not FunctionType:
        return None
    cells = dict(zip(register.__code__.co_freevars, register.__closure__ or (), strict=True))
    registry = cell_contents(cells["registry"]) if "registry" in cells else None
    return registry if type(registry) is dict else None


def forget_dispatch(function: FunctionType) -> None:
    """Let a `functools.singledispatch` function look again for the implementation of each class."""
    clear = function.__dict__.get("_clear_cache")
    if clear is not None:
        clear()
