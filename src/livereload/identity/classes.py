"""A class that lives on: it is filled with what a class statement, or a call, has made now.

Knows what `type.__new__` does to a new class, and does it to the one that is kept.  Must not know modules,
nor which class is kept for which statement (`class_pairing`).

1. `fill` does what `type.__new__(metaclass, name, bases, namespace)` does, up to the hooks.  What belongs to the very
   object stays: the descriptors of `__dict__`, `__weakref__` and `__slots__`.
2. `adopt` moves into it what another class has that was made by a call.
3. Where Python does not let a class become what it should be, both give the reason and change nothing.

Whatever is changed is first handed to `note(undo, *arguments)`.
"""

from types import CellType, FunctionType, GetSetDescriptorType, MemberDescriptorType

from . import stdlib_class_caches
from .object_model import (
    bases,
    cell_contents,
    class_of,
    contents_of,
    delete_member,
    descendants,
    is_made_in_c,
    is_mutable,
    mro_of,
    namespace_of_class,
    qualname_of,
    same,
    set_member,
    takes_attributes,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    Note = Callable[..., None]
    Bases = tuple[type, ...]

# Two classes that differ in one of these cannot exchange instances.
_LAYOUT = tuple(
    type.__dict__[name] for name in ("__basicsize__", "__itemsize__", "__dictoffset__", "__weakrefoffset__")
)
_dictoffset, _weakrefoffset = _LAYOUT[2:]
_itemsize = _LAYOUT[1]
_name = type.__dict__["__name__"]
_qualname = type.__dict__["__qualname__"]
_EMPTY = object()
# What `type.__new__` takes out of the namespace of a class statement.
_TAKEN = ("__classcell__", "__classdictcell__", "__qualname__")
_IMPLICIT = (("__new__", staticmethod), ("__init_subclass__", classmethod), ("__class_getitem__", classmethod))
_COLLECTIONS = frozenset(map(id, (tuple, list, dict, set, frozenset)))


class _AnyMetaclass(type):
    """The metaclass that a class gets of which leave is taken, so that its own is not asked any more."""


def fill(cls: type, metaclass: type, name: str, its_bases: "Bases", namespace: "dict[str, Any]", note: "Note") -> str:
    """Make a class what the statement says; the reason if that cannot be (then nothing is changed), else "".

    The hooks (`__set_name__`, `__init_subclass__`) remain to be called.
    """
    cell, dict_cell = namespace.get("__classcell__", _EMPTY), namespace.get("__classdictcell__", _EMPTY)
    qualname = namespace.get("__qualname__", name)
    if not _is_regular(cell, dict_cell, qualname) or any(type(key) is not str for key in namespace):
        return "its namespace is not that of a class statement"
    contents = {key: value for key, value in namespace.items() if key not in _TAKEN}
    for key, kind in _IMPLICIT:
        if type(contents.get(key)) is FunctionType:
            contents[key] = kind(contents[key])
    reason = _obstacle(cls) or _other_slots(cls, name, contents)
    if reason:
        return reason
    order = [*contents, *_own(cls), "__doc__", "__hash__"]
    contents.setdefault("__doc__", None)
    if "__eq__" in contents:
        contents.setdefault("__hash__", None)
    reason = _renew(cls, metaclass, its_bases or (object,), (name, qualname), contents, order, note)
    if not reason:
        for each, value in ((cell, cls), (dict_cell, None)):
            if each is not _EMPTY:
                each.cell_contents = contents_of(cls) if value is None else value
    return reason


def _is_regular(cell: object, dict_cell: object, qualname: object) -> bool:
    """False for what `type.__new__` does not take."""
    return type(qualname) is str and all(each is _EMPTY or type(each) is CellType for each in (cell, dict_cell))


def adopt(cls: type, new: type, its_bases: "Bases", note: "Note") -> str:
    """Move into `cls` what a class made by a call has; the reason if that cannot be, else "".

    The bases are to be `its_bases`, where others than those of `new` are kept.
    """
    reason = _obstacle(cls)
    if not reason and is_made_in_c(type(new)):
        reason = f"its metaclass is {qualname_of(type(new))}"
    if not reason and sorted(_own(cls)) != sorted(_own(new)):
        has_slots = "__slots__" in namespace_of_class(cls) or "__slots__" in namespace_of_class(new)
        reason = "its __slots__ changed" if has_slots else "the layout of its instances changed"
    if not reason and same(bases.__get__(cls), its_bases) and _layout(cls) != _layout(new):
        reason = "the layout of its instances changed"
    if reason:
        return reason
    order, names = list(namespace_of_class(new)), (_name.__get__(new), qualname_of(new))
    reason = _renew(cls, type(new), its_bases, names, _contents(new), order, note)
    if not reason:
        for cell in cells_with(new):
            cell.cell_contents = cls
    return reason


def _obstacle(cls: type) -> str:
    if not is_mutable(cls):
        return "it is a class of an extension module"
    if is_made_in_c(type(cls)) or not takes_attributes(cls):
        return f"its metaclass is {qualname_of(type(cls))}"
    return ""


def _layout(cls: type) -> "list[int]":
    return [each.__get__(cls) for each in _LAYOUT]


def _other_slots(cls: type, name: str, contents: "dict[str, Any]") -> str:
    """The reason if a class statement with these contents makes other slots than the class has, else ""."""
    own = set(_own(cls))
    if "__slots__" not in contents:
        has_both = _dictoffset.__get__(cls) and (_weakrefoffset.__get__(cls) or _itemsize.__get__(cls))
        return "" if has_both and own <= {"__dict__", "__weakref__"} else "its __slots__ changed"
    slots = contents["__slots__"]
    if type(slots) is str:
        slots = (slots,)
    if id(type(slots)) not in _COLLECTIONS or any(type(each) is not str for each in slots):
        return "its __slots__ changed"
    if own != {_mangled(name, each) for each in slots} or not own.isdisjoint(contents):
        return "its __slots__ changed"
    return ""


def _mangled(name: str, slot: str) -> str:
    """The name of a slot as `_Py_Mangle` makes it."""
    stripped = name.lstrip("_")
    if not slot.startswith("__") or slot.endswith("__") or not stripped:
        return slot
    return f"_{stripped}{slot}"


def _own(cls: type) -> "list[str]":
    """The names of the descriptors that belong to the very class object, in their order."""
    return [key for key, value in namespace_of_class(cls).items() if _is_layout(cls, key, value)]


def _is_layout(cls: type, key: str, value: object) -> bool:
    """True for the descriptors that belong to the very class object (from 3.15 on, two are shared by all)."""
    if type(value) is MemberDescriptorType:
        return value.__objclass__ is cls
    return type(value) is GetSetDescriptorType and key in ("__dict__", "__weakref__")


def _contents(cls: type) -> "dict[str, Any]":
    """What can be moved from one class to another."""
    return {key: value for key, value in namespace_of_class(cls).items() if not _is_layout(cls, key, value)}


def _renew(
    cls: type,
    metaclass: type,
    its_bases: "Bases",
    names: "tuple[str, str]",
    contents: "dict[str, Any]",
    order: "list[str]",
    note: "Note",
) -> str:
    """Give a class all that it is to have; the reason if that cannot be, else ""."""
    before = _contents(cls)
    has_other_bases = not same(bases.__get__(cls), its_bases)
    note(stdlib_class_caches.forget, cls, has_other_bases)
    note(_restore, cls, type(cls), bases.__get__(cls), _names(cls), before, list(namespace_of_class(cls)))
    reason = _change_kind(cls, metaclass, its_bases, note)
    if reason:
        return reason
    _set_names(cls, *names)
    _set_contents(cls, contents, order)
    stdlib_class_caches.forget(cls, has_other_bases)
    if "__parameters__" in before or "__orig_bases__" in contents:
        stdlib_class_caches.forget_aliases()
    return ""


def _restore(
    cls: type,
    metaclass: type,
    its_bases: "Bases",
    names: "tuple[str, str]",
    contents: "dict[str, Any]",
    order: "list[str]",
) -> None:
    if type(cls) is not metaclass:
        class_of.__set__(cls, metaclass)
    set_bases(cls, its_bases)
    _set_names(cls, *names)
    _set_contents(cls, contents, order)


def _names(cls: type) -> "tuple[str, str]":
    return _name.__get__(cls), qualname_of(cls)


def _set_names(cls: type, name: str, qualname: str) -> None:
    if _name.__get__(cls) != name:
        _name.__set__(cls, name)
    if qualname_of(cls) != qualname:
        _qualname.__set__(cls, qualname)


# Metaclass and bases.


def _change_kind(cls: type, metaclass: type, its_bases: "Bases", note: "Note") -> str:
    """Give a class another metaclass and other bases; the reason if that cannot be (then it has its own), else ""."""
    before = type(cls)
    try:
        if before is not metaclass:
            class_of.__set__(cls, metaclass)
    except TypeError as error:
        return f"its metaclass changed: {error}"
    try:
        if has_own_mro(metaclass) or not same(bases.__get__(cls), its_bases):
            _change_bases(cls, its_bases, note)
    except Exception as error:  # that of a metaclass's `mro`, too, which comes again for the new class
        if before is not metaclass:
            class_of.__set__(cls, before)
        return f"its bases changed: {error}"
    return ""


def _change_bases(cls: type, its_bases: "Bases", note: "Note") -> None:
    """Set the bases.  Subclasses whose order of bases does not go together with it wait for their own statements."""
    try:
        bases.__set__(cls, its_bases)
        return
    except TypeError:
        waiting = [sub for sub in descendants(cls)[1:] if len(bases.__get__(sub)) > 1]
        if not waiting:
            raise
    before = [(sub, bases.__get__(sub)) for sub in waiting]
    note(_attach, before)
    try:
        for sub in waiting:
            bases.__set__(sub, (base_of(sub),))
        bases.__set__(cls, its_bases)
    finally:
        _attach(before)


def _attach(before: "list[tuple[type, Bases]]") -> None:
    """Give classes the bases that they had, where that goes: else their own statements will say."""
    for cls, its_bases in before:
        try:
            set_bases(cls, its_bases)
        except TypeError:
            pass


def set_bases(cls: type, its_bases: "Bases") -> None:
    if not same(bases.__get__(cls), its_bases):
        bases.__set__(cls, its_bases)


def base_of(cls: type) -> type:
    """The base from which a class has its layout."""
    base: type = type.__dict__["__base__"].__get__(cls)
    return base


def has_own_mro(metaclass: type) -> bool:
    """True if a metaclass is asked for the order in which its classes' attributes are looked up."""
    return any("mro" in namespace_of_class(each) for each in mro_of(metaclass) if each is not type)


# Contents.


def _set_contents(cls: type, contents: "dict[str, Any]", order: "list[str]") -> None:
    """Make `contents` what the class has, with its own descriptors among them in this `order`."""
    present = _contents(cls)
    for key in present.keys() - contents.keys():
        delete_member(cls, key)
    if present.get("__module__") is not contents.get("__module__") and "__module__" in contents:
        # First, as setting it makes CPython 3.13 forget `__firstlineno__`.
        set_member(cls, "__module__", contents["__module__"])
    for key, value in contents.items():
        if namespace_of_class(cls).get(key, _EMPTY) is not value:
            set_member(cls, key, value)
    table = contents_of(cls)
    order = [key for key in dict.fromkeys(order) if key in table]
    if list(table) != order and len(table) == len(order):
        # It matters to those who read the order of definition.  No interrupt comes between the two calls in C.
        list(map(table.__setitem__, order, map(table.pop, order)))


def cells_with(cls: type) -> "Iterator[CellType]":
    """The cells from which methods take the class: for `super()`, and in what hooks have given to it."""
    for value in namespace_of_class(cls).values():
        for function in wrapped(value):
            yield from (cell for cell in function.__closure__ or () if cell_contents(cell) is cls)


def wrapped(value: "Any") -> "Iterator[FunctionType]":
    """The functions in a class member of one of the usual kinds."""
    waiting = [value]
    for _ in range(8):
        if not waiting:
            return
        value = waiting.pop()
        kind = type(value)
        if kind is FunctionType:
            yield value
            waiting += [value.__dict__["__wrapped__"]] if "__wrapped__" in value.__dict__ else []
            waiting += [cell_contents(cell) for cell in value.__closure__ or ()]
        elif kind is staticmethod or kind is classmethod:
            waiting.append(value.__func__)
        elif kind is property:
            waiting += [value.fget, value.fset, value.fdel]


# Classes that are no more.


def discard(cls: type) -> None:
    """Take leave of a class that nothing refers to: empty it, and make its bases forget it (`__subclasses__`)."""
    for key in _contents(cls):
        try:
            delete_member(cls, key)
        except TypeError:  # `type` keeps it; who looks for a module's classes must not find this one
            contents_of(cls).pop(key, None)
    if has_own_mro(type(cls)):
        class_of.__set__(cls, _AnyMetaclass)  # or the user's would be asked for the order
    for base in _bases_of_the_layout(cls):
        try:
            bases.__set__(cls, (base,))
            return
        except TypeError:
            pass  # of another layout


def _bases_of_the_layout(cls: type) -> "Iterator[type]":
    """Classes of nobody that a class may derive from instead of its own bases."""
    solid = next(each for each in mro_of(cls) if not is_mutable(each))
    slots = [key for key in _own(base_of(cls)) if key not in ("__dict__", "__weakref__")]
    for contents in ({}, {"__slots__": ()}, {"__slots__": slots}, {"__slots__": [*slots, "__dict__", "__weakref__"]}):
        try:
            yield type("_Discarded", (solid,), dict(contents))
        except TypeError:
            pass
    yield solid
