"""Containers of the standard library, and classes derived from them: copied, emptied, restored, put in order.

Knows lists, dicts, sets, deques and ordered dicts.  Must not know to which module an entry belongs.

No method of a user's subclass is called, and no entry is compared with another by `==`.  A key is hashed only if its
`__hash__` is Python's own, or a dataclass'.
"""

import sys
from types import BuiltinFunctionType, FunctionType, ModuleType

from ..identity.object_model import is_heap_type, is_plain, module_of_class, mro_of, namespace_of_class, same

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

# Larger containers hold data, not entries.
MOST = 10_000
_GONE = object()
_SEQUENCES = ("list", "deque")
_BASES = (list, dict, set)
_SINGLE = frozenset(map(id, _BASES))
# What most values are: no containers.
_NONE = frozenset(map(id, (FunctionType, BuiltinFunctionType, ModuleType, type, object, str, int, bytes, type(None))))


def base_of(kind: type) -> "Any":
    """The standard library's container that a class is or derives from; None for other classes."""
    if id(kind) in _SINGLE:
        return kind
    if id(kind) in _NONE:
        return None
    if not issubclass(kind, _BASES) and not issubclass(kind, _deque()):
        return None
    if not is_heap_type(kind) and module_of_class(kind) not in (None, "collections"):
        return None
    bases = {id(each): each for each in _kinds()}
    return next(bases[id(each)] for each in mro_of(kind) if id(each) in bases)


def _deque() -> "Any":
    collections = sys.modules.get("_collections")  # not imported: then there are none
    return () if collections is None else collections.__dict__.get("deque", ())


def _kinds() -> "tuple[Any, ...]":
    collections = sys.modules.get("_collections")  # not imported: then there are none
    found = collections.__dict__ if collections is not None else {}
    return (list, dict, set, *(found[name] for name in ("deque", "OrderedDict") if name in found))


def is_sequence(base: "Any") -> bool:
    """True for lists and deques, which may hold an entry twice."""
    return base.__name__ in _SEQUENCES


def copy(container: "Any") -> "Any":
    """A copy of a container's contents: a list, set or dict."""
    base = base_of(type(container))
    if base is set:
        return set.copy(container)
    if base is list:
        return list.copy(container)
    if is_sequence(base):
        return [*base.__iter__(container)]
    if base is dict:
        return dict.copy(container) if type(container) is dict else dict(dict.items(container))
    return dict(base.items(container))


def restore(container: "Any", contents: "Any") -> None:
    """Give a container the contents of a copy of it."""
    if unchanged(container, contents):
        return
    base = base_of(type(container))
    if base is list:
        list.__setitem__(container, slice(None), contents)
        return
    base.clear(container)
    (base.extend if is_sequence(base) else base.update)(container, contents)


def unchanged(container: "Any", contents: "Any") -> bool:
    """True if a container holds the very objects of a copy of it, in their order."""
    now = copy(container)
    return same(now, contents) and (type(contents) is not dict or same(now.values(), contents.values()))


def remove(container: "Any", goes: "Callable[[Any], bool]", *, keys: bool = False) -> None:
    """Remove the entries for which `goes` is true; from a dict, items for whose key or value it is true.

    With `keys`, only items for whose key it is true.
    """
    base = base_of(type(container))
    now = copy(container)
    if is_sequence(base):
        rest = [each for each in now if not goes(each)]
        if len(rest) < len(now):
            restore(container, rest)
    elif base is set:
        for each in now:
            if goes(each) and has_plain_hash(each):
                set.discard(container, each)
    else:
        for key, value in now.items():
            if (goes(key) or (not keys and goes(value))) and has_plain_hash(key):
                base.pop(container, key, None)


def has_plain_hash(key: "Any") -> bool:
    """True if hashing an object executes no code of the user's."""
    if is_plain(key):
        return True
    if type(key) is tuple:
        return all(map(has_plain_hash, key))
    home = next(cls for cls in mro_of(type(key)) if "__hash__" in namespace_of_class(cls))
    if module_of_class(home) in (None, "enum", "weakref"):
        return True
    method = namespace_of_class(home)["__hash__"]
    return type(method) is FunctionType and method.__code__.co_filename == "<string>"  # a dataclass'


def order(container: "Any") -> "list[Any]":
    """The entries of a container in their order, or the keys of a dict; none for a set."""
    base = base_of(type(container))
    return [] if base is set else list(copy(container))


def arrange(container: "Any", keys: "list[Any]") -> None:
    """Put the entries of a dict in the order of `keys`, which are its own."""
    base = base_of(type(container))
    now = order(container)
    first = next((index for index, key in enumerate(keys) if now[index] is not key), len(keys))
    if all(map(has_plain_hash, keys[first:])):
        for key in keys[first:]:
            value = base.pop(container, key, _GONE)
            if value is not _GONE:
                base.__setitem__(container, key, value)


def entries(contents: "Any") -> "Iterable[Any]":
    """All entries, keys and values of a copy."""
    yield from contents
    if type(contents) is dict:
        yield from contents.values()
