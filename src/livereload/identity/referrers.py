"""Who refers to an object, and how to have them refer to another.

Knows the garbage collector's view of objects.  Must not know modules or generations.

A class or function that was just made and whose contents live on in another object may have got
into containers, closures, defaults and instances on the way.  `substitute` finds them by one pass
over the heap; so first ask `is_referred_to`.
"""

import gc
import sys
from _weakref import ReferenceType, getweakrefs
from types import (
    CellType,
    FrameType,
    FunctionType,
    MemberDescriptorType,
    MethodType,
    ModuleType,
    NoneType,
    WrapperDescriptorType,
)

from . import object_model
from .object_model import cell_contents, instance_dict, is_class, is_plain, mro_of, namespace_of_class

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from typing import Any

    _Tables = list[tuple[dict[str, Any], list[str]]]


class Pair:
    """An object, the one that is to stand for it wherever it is held, and why; `substitute` passes it by."""

    __slots__ = ("kept", "other", "reason")

    def __init__(self, other: "Any", kept: "Any", reason: str = "") -> None:
        self.other = other
        self.kept = kept
        self.reason = reason


def table_of(pairs: "Iterable[Pair]") -> "dict[int, Any]":
    """{id of the object: what stands for it}."""
    return {id(pair.other): pair.kept for pair in pairs}


def is_referred_to(pair: Pair) -> bool:
    """True if anything refers to a class but itself, what was moved to the one that is kept for it, and `pair`."""
    return _references(pair) > _NONE


def _references(pair: Pair) -> int:
    cls = pair.other
    own = sum(each is cls for each in mro_of(cls))
    moved = set(map(id, namespace_of_class(pair.kept).values()))
    for value in {id(each): each for each in namespace_of_class(cls).values()}.values():  # by two names: once
        if id(value) in moved or is_plain(value):
            continue
        if type(value) is not FunctionType:
            own += sum(each is cls for each in gc.get_referents(value))
        else:
            own += sum(cell_contents(cell) is cls for cell in value.__closure__ or ())
    return sys.getrefcount(cls) - own


_NONE = _references(Pair(type("probe", (), {}), type))


def is_held_by_others(function: "Any") -> bool:
    """True if anything refers to a function, or a cache, but a variable of the caller, and its own closure."""
    return _holds(function) > _FREE


def _holds(function: "Any") -> int:
    own = 0
    for cell in (function.__closure__ or ()) if type(function) is FunctionType else ():
        if cell_contents(cell) is function and sys.getrefcount(cell) <= _ALONE:
            own += 1
    return sys.getrefcount(function) - own


def _holds_itself() -> FunctionType:
    def function() -> object:
        return function

    return function  # type: ignore[return-value]


def _alone() -> int:
    for cell in _holds_itself().__closure__ or ():
        return sys.getrefcount(cell)
    return 0


def _free() -> int:
    function = _holds_itself()
    return _count_holders(function)


def _count_holders(function: FunctionType) -> int:
    return _holds(function)


_ALONE = _alone()
_FREE = _free()


def weak_references(pairs: "list[Pair]") -> "list[Any]":
    """The weak references to either object of each pair, if something refers weakly to the one that is replaced."""
    weak = [getweakrefs(each) for pair in pairs if _usual_references(pair) for each in (pair.other, pair.kept)]
    return [reference for references in weak for reference in references]


def _usual_references(pair: Pair) -> "list[Any]":
    """The weak references to what is replaced, without those that the interpreter keeps for itself (to classes).

    And without those of `weakref.finalize`, which has itself called: they may see it end.
    """
    kinds = (FunctionType, MethodType) if is_class(pair.other) else (FunctionType, MethodType, NoneType)
    return [each for each in getweakrefs(pair.other) if type(each.__callback__) in kinds]


def kept_references(pairs: "list[Pair]", references: "list[Any]", holders: "list[Any]") -> "dict[int, Any]":
    """{id of a weak reference to what is replaced: one like it to what is kept for it}.

    Not where the kept object is referred to already.  `holders` refer to the `references` to all these objects.
    """
    found: dict[int, Any] = {}
    places = _places_of(references, holders)
    for pair in pairs:
        known = {place for each in getweakrefs(pair.kept) for place in places.get(id(each), ())}
        for each in _usual_references(pair):
            if known.isdisjoint(places.get(id(each), ())):
                key = (each.key,) if hasattr(each, "key") else ()  # in a WeakValueDictionary
                found[id(each)] = type(each)(pair.kept, each.__callback__, *key)
    return found


def _places_of(references: "list[Any]", holders: "list[Any]") -> dict[int, set[int]]:
    """{id of a weak reference: the ids of what refers to it, itself or within a tuple}."""
    places: dict[int, set[int]] = {id(each): set() for each in references}
    waiting: dict[int, list[int]] = {key: [key] for key in places}
    while True:
        tuples: dict[int, list[int]] = {}
        for holder in holders:
            inside = [entry for each in gc.get_referents(holder) for entry in waiting.get(id(each), ())]
            if inside and type(holder) is tuple:
                tuples[id(holder)] = inside
            for entry in inside:
                places[entry].add(id(holder))
        if not tuples or waiting.keys() != places.keys():
            return places
        waiting, known = tuples, holders
        holders = [each for each in holders_of([each for each in known if id(each) in tuples]) if each is not known]


def holders_of(held: "list[Any]") -> "list[Any]":
    """What refers to any of some objects, by one pass over the heap; not frames, nor this list of them."""
    arguments = tuple(held)
    found = gc.get_referrers(*arguments)
    # On CPython 3.12, `_asyncio` shows what waits in its free list: not to be touched.
    return [
        each
        for each in found
        if not (each is held or each is arguments or type(each) is FrameType or issubclass(type(each), ModuleType))
    ]


def substitute(kept: "dict[int, Any]", discarded: "list[Any]", but: "Collection[int]" = ()) -> None:
    """Replace the `discarded` objects by those `kept` for them, {id: object}, wherever they are held.

    Not where something holds them whose id is in `but`.
    """
    replace_in([each for each in holders_of(discarded) if id(each) not in but], kept)


def replace_in(holders: "list[Any]", kept: "dict[int, Any]") -> None:
    """Replace objects by those `kept` for them, {id: object}, in some that may hold them.

    What holds them and cannot be changed is replaced where it is held, and so on.
    """
    for _ in range(3):
        again: dict[int, tuple[Any, Any]] = {}
        tables: _Tables = []
        for holder in holders:
            replacement = _replace_in(holder, kept, tables)
            if replacement is not None:
                again[id(holder)] = (holder, replacement)
        _tell_classes(tables)
        if not again:
            return
        kept = {key: new for key, (_, new) in again.items()}
        discarded = [old for old, _ in again.values()]
        holders = holders_of(discarded)


def _replace_in(holder: "Any", kept: "dict[int, Any]", tables: "_Tables") -> "Any":
    """Replace in one holder; what must stand for the holder itself if it cannot be changed, else None.

    What may be the dict of a class is entered into `tables`, with the keys whose values have changed.
    """
    kind = type(holder)
    if kind is tuple or kind is frozenset or kind is MethodType:
        parts = (holder.__func__, holder.__self__) if kind is MethodType else holder
        return _replaced(holder, kept) if any(id(each) in kept for each in parts) else None
    if id(kind) in kept:
        try:
            object_model.class_of.__set__(holder, kept[id(kind)])
        except TypeError:
            pass  # of another layout: it stays what it is
    elif kind is dict or kind is list or kind is set or _is_of_collections(kind):
        _replace_in_container(holder, kept, tables)
    elif kind is CellType:
        contents = cell_contents(holder)
        if id(contents) in kept:
            holder.cell_contents = kept[id(contents)]
    elif kind is FunctionType:
        if id(holder.__defaults__) in kept:
            holder.__defaults__ = kept[id(holder.__defaults__)]
        _replace_in_dict(holder.__dict__, kept)
    elif kind is not Pair and not is_class(holder):
        _replace_in_instance(holder, kept)
    return None


def _is_of_collections(kind: type) -> bool:
    collections = sys.modules.get("_collections")  # not imported: then there are none
    names = ("deque", "OrderedDict", "defaultdict")
    return collections is not None and any(kind is collections.__dict__.get(name) for name in names)


def _replaced(holder: "Any", kept: "dict[int, Any]") -> "Any":
    if type(holder) is tuple:
        return _replaced_tuple(holder, kept)
    if type(holder) is frozenset:
        return frozenset(kept.get(id(each), each) for each in holder)
    function, instance = holder.__func__, holder.__self__
    return MethodType(kept.get(id(function), function), kept.get(id(instance), instance))


def _replace_in_container(holder: "Any", kept: "dict[int, Any]", tables: "_Tables") -> None:
    if _is_of_collections(type(holder)):
        for key, each in list(holder.items()) if issubclass(type(holder), dict) else enumerate(holder):
            if id(each) in kept:
                holder[key] = kept[id(each)]
    elif type(holder) is dict:
        changed = _replace_in_dict(holder, kept)
        if changed and "__module__" in holder and "__doc__" in holder:
            tables.append((holder, changed))
    elif type(holder) is list and any(id(each) in kept for each in holder):
        present = {id(each) for each in holder}
        holder[:] = [
            kept.get(id(each), each) for each in holder if id(each) not in kept or id(kept[id(each)]) not in present
        ]
    elif type(holder) is set:
        for each in [each for each in holder if id(each) in kept]:
            holder.discard(each)
            holder.add(kept[id(each)])


def _replace_in_instance(holder: object, kept: "dict[int, Any]") -> None:
    attributes = instance_dict(holder)
    if attributes:
        _replace_in_dict(attributes, kept)
    for cls in mro_of(type(holder)):
        if "__slots__" in namespace_of_class(cls):
            for slot in namespace_of_class(cls).values():
                if type(slot) is MemberDescriptorType:
                    _replace_in_slot(holder, slot, kept)


def _replace_in_slot(holder: object, slot: "Any", kept: "dict[int, Any]") -> None:
    try:
        value = slot.__get__(holder)
    except AttributeError:
        return  # not set
    if id(value) in kept:
        slot.__set__(holder, kept[id(value)])


def _replace_in_dict(table: "dict[Any, Any]", kept: "dict[int, Any]") -> list[str]:
    """Replace in a dict; the keys whose values have changed, unless keys have.

    A key of the user's own kind would be asked for its hash, which may be another by now: it is left alone.
    """
    items = [(key, value) for key, value in list(table.items()) if _is_found_by_itself(key)]
    if any(id(key) in kept for key, _ in items):
        contents = [(kept.get(id(key), key), kept.get(id(value), value)) for key, value in items]
        if len(items) == len(table):
            table.clear()
        else:
            for key in [key for key, _ in items if id(key) in kept]:
                del table[key]
        table.update(contents)
        return []
    changed = [key for key, value in items if id(value) in kept]
    for key in changed:
        table[key] = kept[id(table[key])]
    return changed


def _is_found_by_itself(key: object) -> bool:
    """True if looking for a key in a dict executes no Python code for it."""
    kind = type(key)
    if is_plain(key) or kind is FunctionType or kind is type:
        return True
    if kind is tuple:
        return all(_is_found_by_itself(each) for each in key)  # type: ignore[attr-defined]
    tables = [namespace_of_class(each) for each in mro_of(kind)]
    methods = [next(table[name] for table in tables if name in table) for name in ("__hash__", "__eq__")]
    return all(type(each) is WrapperDescriptorType for each in methods)


def _tell_classes(tables: "_Tables") -> None:
    """Set what has changed in the dicts of classes through the classes, as their caches must know."""
    changed = {id(table): keys for table, keys in tables}
    for cls in gc.get_referrers(*[table for table, _ in tables]) if tables else ():
        if is_class(cls) and object_model.takes_attributes(cls):
            table = object_model.contents_of(cls)
            for key in changed.get(id(table), ()):
                object_model.set_member(cls, key, table[key])


def _renumbered(entry: "tuple[Any, ...]", numbers: dict[int, int]) -> "tuple[Any, ...]":
    """A tuple, and those in it, with other numbers for some objects."""
    return tuple(
        numbers.get(each, each) if type(each) is int else _renumbered(each, numbers) if type(each) is tuple else each
        for each in entry
    )


def _replaced_tuple(holder: "tuple[Any, ...]", kept: "dict[int, Any]") -> "tuple[Any, ...] | None":
    new = tuple(kept.get(id(each), each) for each in holder)
    numbers = {
        id(ReferenceType.__call__(each)): id(ReferenceType.__call__(other))
        for each, other in zip(holder, new, strict=True)
        if each is not other and issubclass(type(each), ReferenceType)
    }
    if numbers:  # what is registered weakly is often known by its number
        new = _renumbered(new, numbers)
    for cls in holder:
        if is_class(cls) and mro_of(cls) is holder:
            return None
    subclasses = [sub for each in holder if id(each) in kept and is_class(each) for sub in type.__subclasses__(each)]
    derived = [cls for cls in subclasses if object_model.same(object_model.bases.__get__(cls), holder)]
    for cls in derived:
        try:
            object_model.bases.__set__(cls, new)
        except TypeError:
            pass
    return None if derived else new
