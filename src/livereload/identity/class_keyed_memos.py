"""What other modules have found out about a class and keep by it: caches, memos, plans.

Knows containers in namespaces, and the code that fills them.  Must not know why a class is other than it was.

A class that is kept is the same key, so a memo would never be asked again.  Entries that others have *registered*
for the class stay: a registry is filled by one function and read by another; a memo is asked and filled by one.
"""

import gc
from types import (
    BuiltinFunctionType,
    CodeType,
    FunctionType,
    GetSetDescriptorType,
    MemberDescriptorType,
    ModuleType,
)

from ..interpreter.instructions import ATTRIBUTE_SHIFT, contains, instructions, numbers
from .classes import wrapped
from .namespace_paths import LRU_CACHE
from .object_model import instance_dict, is_class, is_plain, module_of_class, namespace_of_class, refill

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

    Note = Callable[..., None]
    # a dict, the name that it has in the code, and what that is a member of
    Found = tuple[dict[Any, Any], str, Any]

# Larger dicts are looked into only if their first key is a class, or a tuple.
_MOST = 1_000
_DEPTH = 3
# What keeps nothing (by id: `in` would ask a user's metaclass), and what the interpreter puts into a namespace.
_DULL = frozenset(
    map(
        id,
        (
            *(FunctionType, BuiltinFunctionType, ModuleType, str, int, float, bool, bytes, type(None), tuple),
            *(GetSetDescriptorType, MemberDescriptorType, property),
        ),
    )
)
_SYSTEM = ("__builtins__", "__spec__", "__loader__", "__annotations__")
# What a function that registers does with what `setdefault` gives it.
_COLLECTING = frozenset(("append", "add", "update", "extend", "insert"))


class Memos:
    """The memos of all modules that are not executed in one refresh."""

    def __init__(self, note: "Note") -> None:
        self._note = note
        # what may keep something about classes, by the id of the module's namespace; None if nobody has looked
        self._remembering: dict[int, _Keepers] | None = None

    def forget(
        self,
        classes: "Iterable[type]",
        mine: "list[dict[str, Any]]",
        others: "Callable[[], Iterable[dict[str, Any]]]",
    ) -> None:
        """Let `others()`, asked once, forget what they have found out about the classes of modules that are `mine`."""
        if self._remembering is None:
            self._remembering = {}
            self._look(others())
        own = set(map(id, mine))
        keys = {id(cls): cls for cls in classes}
        for key, keepers in self._remembering.items() if keys else ():
            if key not in own:
                (_Keepers(keepers.namespace) if keepers.is_new else keepers).forget(keys, self._note)
        self._look(mine)

    def _look(self, namespaces: "Iterable[dict[str, Any]]") -> None:
        assert self._remembering is not None
        for namespace in namespaces:
            keepers = _Keepers(namespace)
            if keepers.caches or keepers.tables:
                self._remembering[id(namespace)] = keepers

    def meet(self, namespace: "dict[str, Any]") -> None:
        """A module with this namespace is executed for the first time."""
        if self._remembering is not None:
            self._remembering[id(namespace)] = _Keepers(namespace, is_new=True)

    def let_go(self) -> None:
        """Refer to no namespace any more: the next refresh counts who does."""
        self._remembering = None


class _Keepers:
    """The caches of one module, and its dicts that a function of it asks and fills; they may be empty."""

    __slots__ = ("caches", "is_new", "namespace", "tables")

    def __init__(self, namespace: "dict[str, Any]", *, is_new: bool = False) -> None:
        """If the module `is_new`, it is not known yet what it will have."""
        self.namespace = namespace
        self.is_new = is_new
        held = [] if is_new else _held_in(namespace)
        self.caches = list(_caches(held, namespace))
        self.tables = [each for each, name, owner in _tables(held, namespace) if _is_memo(name, owner, namespace)]

    def forget(self, classes: "dict[int, type]", note: "Note") -> None:
        """Let them forget what they have found out about some classes."""
        for cache in self.caches:
            if any(_is_about(key, classes) for key in _keys_of(cache)):
                LRU_CACHE.cache_clear(cache)  # type: ignore[attr-defined]
        for table in self.tables:
            about = [key for key in list(table) if _is_about(key, classes)]
            _drop(table, [key for key in about if not _is_of_others(table[key], key, self.namespace)], note)


def _held_in(namespace: "dict[str, Any]") -> "list[tuple[str, Any]]":
    """What a module has, by name, that may keep something."""
    return [each for each in list(namespace.items()) if id(type(each[1])) not in _DULL and not _is_dull(*each)]


def _is_dull(name: str, value: "Any") -> bool:
    """True for what the interpreter has put into a namespace, and for a class that has nothing but methods."""
    if type(value) is type:
        return _DULL.issuperset(map(id, map(type, namespace_of_class(value).values())))
    return name in _SYSTEM


def _drop(table: "dict[Any, Any]", keys: "list[Any]", note: "Note") -> None:
    if keys:
        note(refill, table, table.copy())
        for key in keys:
            del table[key]


def _is_about(key: "Any", classes: "dict[int, type]") -> bool:
    if type(key) is tuple:
        return any(id(each) in classes for each in key)
    return id(key) in classes


def _caches(held: "list[tuple[str, Any]]", namespace: "dict[str, Any]") -> "Iterator[Any]":
    for _, value in held:
        members = list(namespace_of_class(value).values()) if _is_of(value, namespace) else ()
        for each in (value, *members):
            each = each.__func__ if type(each) is staticmethod or type(each) is classmethod else each
            if type(each) is LRU_CACHE:
                yield each


def _keys_of(cache: object) -> "Iterator[Any]":
    """The arguments that a `functools.lru_cache` has been called with."""
    for each in gc.get_referents(cache):
        if type(each) is dict and each is not instance_dict(cache):
            yield from list(each)


def _tables(held: "list[tuple[str, Any]]", namespace: "dict[str, Any]") -> "Iterator[Found]":
    """The dicts of a module, of its classes, and of the instances of these that it keeps."""
    for name, value in held:
        inner: Any = ()
        if type(value) is dict:
            inner, owner = [(name, value)], None
        elif is_class(value):
            inner, owner = list(namespace_of_class(value).items()) if _is_of(value, namespace) else (), value
        elif _is_of(type(value), namespace):
            inner, owner = list((instance_dict(value) or {}).items()), type(value)
        for key, each in inner:
            if type(each) is dict and (len(each) <= _MOST or not is_plain(next(iter(each)))):
                yield each, key, owner


def _is_of(cls: object, namespace: "dict[str, Any]") -> bool:
    return is_class(cls) and module_of_class(cls) == namespace.get("__name__")  # type: ignore[arg-type]


def _is_memo(name: str, owner: "type | None", namespace: "dict[str, Any]") -> bool:
    """True if a function asks the container of this name, and puts into it what it has not found."""
    members = namespace if owner is None else namespace_of_class(owner)
    functions = [each for value in list(members.values()) for each in wrapped(value)]
    return any(_asks_and_fills(each.__code__, name) for each in functions)


def _asks_and_fills(code: CodeType, name: str) -> bool:
    if name not in code.co_names:
        return False
    if "setdefault" in code.co_names:
        return _COLLECTING.isdisjoint(code.co_names)
    opcodes, index = numbers(), code.co_names.index(name)
    loads = {(opcodes["LOAD_GLOBAL"], 1), (opcodes["LOAD_ATTR"], ATTRIBUTE_SHIFT)}
    found = [
        opcode
        for _, opcode, argument in instructions(code)
        for load, shift in loads
        if opcode == load and argument >> shift == index
    ]
    return len(found) > 1 and contains(code, "STORE_SUBSCR")


def _is_of_others(value: "Any", key: "Any", namespace: "dict[str, Any]", depth: int = 0) -> bool:
    """True if an entry leads to what another module defines than that of the container and that of the key."""
    keys = key if type(key) is tuple else (key,)
    known = {namespace.get("__name__"), *(module_of_class(each) for each in keys if is_class(each))}
    if is_plain(value) or depth > _DEPTH:
        return False
    if type(value) is FunctionType:
        return value.__globals__.get("__name__") not in known
    if is_class(value):
        return module_of_class(value) not in known and "__module__" in namespace_of_class(value)
    inner: Any = instance_dict(value) or ()
    if type(value) in (list, tuple, set, frozenset):
        inner = value
    elif type(value) is dict:
        inner = list(value.values())
    elif inner:
        inner = list(inner.values())
    return any(_is_of_others(each, key, namespace, depth + 1) for each in inner)
