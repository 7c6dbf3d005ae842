"""What the functions of a module have kept of what they computed: caches, memos, the one instance.

Knows namespaces and code.  Must not know what has changed.

A module that is not executed again keeps its state.  That is right as long as the state would come
out the same; what a function has computed from something that has changed would not.
"""

from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType

from ..changes.names import PUTTING, attribute_owners, containers_stored_into, global_stores, loads_in
from ..identity.namespace_paths import LRU_CACHE, PARTIAL
from ..identity.object_model import (
    cell_contents,
    instance_dict,
    is_class,
    is_plain,
    module_of_class,
    mro_of,
    namespace_of_class,
)
from ..interpreter.instructions import all_of, instructions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import CodeType
    from typing import Any

    Namespace = dict[str, Any]


# What keeps nothing, by id: `in` would ask a user's metaclass.
_DULL = frozenset(map(id, (ModuleType, BuiltinFunctionType, str, int, float, bool, bytes, type(None), tuple)))


def memos(namespace: "Namespace") -> "Iterator[tuple[Any, bool]]":
    """The functions of a module that have kept what they computed, and caches of functions: each, and if it is one."""
    for value, contents in functions_in(namespace):
        if type(value) is LRU_CACHE:
            if is_filled_cache(value):
                yield value, True
        elif value.__globals__ is not namespace:
            if _may_store(value.__code__) and _has_kept_in_closure(value):
                yield value, False
        elif _may_store(value.__code__) and is_memo(value.__code__) and _has_kept(value.__code__, namespace, contents):
            yield value, False


def is_filled_cache(value: object) -> bool:
    """True for a `functools.lru_cache` that has kept something."""
    return type(value) is LRU_CACHE and bool(LRU_CACHE.cache_info(value).currsize)  # type: ignore[attr-defined]


def _has_kept_in_closure(function: FunctionType) -> bool:
    """True for a wrapper that has kept something in a container of its own (a memo written by hand)."""
    code = function.__code__
    if not any(opcode in _jumps() for _, opcode, _ in instructions(code)) and not code.co_exceptiontable:
        return False
    held = [cell_contents(cell) for cell in function.__closure__ or ()]
    return any(type(each) is dict and bool(each) for each in held)


def is_memo(code: "CodeType") -> bool:
    """True for a function that looks whether it has kept something, and keeps it otherwise.

    One that only stores (a session, a counter) keeps state that would not be computed again.
    """
    if not any(opcode in _jumps() for _, opcode, _ in instructions(code)) and not code.co_exceptiontable:
        return "setdefault" in code.co_names
    stored = {*global_stores(code), *containers_stored_into(code)}
    loads = [name for name, _ in loads_in(code)]
    return any(loads.count(name) > (name not in {*global_stores(code)}) for name in stored) or any(
        True for _ in attribute_owners(code)
    )


def _jumps() -> frozenset[int]:
    return all_of("POP_JUMP", "JUMP_IF")


# {id of code: (code, whether it may store)}
_known: dict[int, "tuple[CodeType, bool]"] = {}
_MOST_KNOWN = 10_000


def _may_store(code: "CodeType") -> bool:
    """False for nearly all functions: they store nothing but variables of their own."""
    known = _known.get(id(code))
    if known is None:
        if len(_known) > _MOST_KNOWN:
            _known.clear()
        known = _known[id(code)] = (code, _finds_stores(code))
    return known[1]


def _finds_stores(code: "CodeType") -> bool:
    operations = code.co_code[::2]
    return (
        len(operations.translate(None, bytes(all_of("STORE_GLOBAL", "STORE_SUBSCR", "STORE_ATTR")))) < len(operations)
        or not PUTTING.isdisjoint(code.co_names)
        or any(_finds_stores(each) for each in code.co_consts if type(each) is type(code))
    )


def functions_in(namespace: "Namespace") -> "Iterator[tuple[Any, Any]]":
    """Each function and each cache in a module and its classes, and the contents of the class or None."""
    waiting: list[tuple[Any, Any]] = [
        (value, None) for value in list(namespace.values()) if id(type(value)) not in _DULL
    ]
    seen: set[int] = set()
    for value, contents in waiting:  # it grows
        if is_plain(value) or id(value) in seen:
            continue
        seen.add(id(value))
        if type(value) is FunctionType:
            if value.__globals__ is namespace or value.__closure__:
                yield value, contents
            if "__wrapped__" in value.__dict__:
                waiting.append((value.__dict__["__wrapped__"], contents))
            continue
        inner: Iterable[Any] = wrapped(value) or ()
        if type(value) is LRU_CACHE:
            yield value, contents
        elif is_class(value) and module_of_class(value) == namespace.get("__name__"):
            contents = namespace_of_class(value)
            inner = [each for each in contents.values() if id(type(each)) not in _DULL]
        waiting += [(each, contents) for each in inner]


def wrapped(value: "Any") -> "list[Any] | None":
    """The functions in what wraps functions; None for anything else."""
    kind = type(value)
    if kind is staticmethod or kind is classmethod:
        return [value.__func__]
    if kind is MethodType:
        return [value.__func__, value.__self__]
    if kind is property:
        return [value.fget, value.fset, value.fdel]
    if kind is PARTIAL:
        return [value.func, *value.args, *value.keywords.values()]
    if kind is LRU_CACHE:
        return [(instance_dict(value) or {}).get("__wrapped__")]
    return None


def _has_kept(code: "CodeType", namespace: "Namespace", contents: "Any") -> bool:
    if any(namespace.get(name) is not None for name in global_stores(code)):
        return True
    if any(name == "cls" or not issubclass(type(namespace.get(name)), ModuleType) for name in attribute_owners(code)):
        return True
    if any(_may_have(namespace.get(name)) for name in containers_stored_into(code)):
        return True
    # containers in the class, whichever way the function gets at them
    return contents is not None and any(
        type(contents.get(name)) in _CONTAINERS and contents[name] for name in containers_stored_into(code, inner=True)
    )


_CONTAINERS = (dict, list, set)


def _may_have(container: "Any") -> bool:
    """True for what something can be put into, and what is not known to be empty."""
    kind = type(container)
    if kind in _CONTAINERS:
        return bool(container)
    return not is_class(container) and any(not _PUTTING.isdisjoint(namespace_of_class(cls)) for cls in mro_of(kind))


_PUTTING = PUTTING | {"__setitem__"}
