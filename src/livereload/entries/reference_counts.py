"""References from outside to the definitions of a module, counted when its execution ends.

Knows namespaces and reference counts.  Must not know the referrers.

An execution that puts nothing elsewhere leaves no references either.  Then nothing has to be searched for: whatever
refers to the module's definitions later was put there by the session, or by modules that import it.  So the counts at
the end of an execution tell how many references the execution has made.  They may be too high, as references in the
module's own containers are counted, too.
"""

import sys
from _weakref import getweakrefs
from types import FunctionType, ModuleType

from ..identity.namespace_paths import LRU_CACHE, is_made_in
from ..identity.object_model import (
    bases,
    cell_contents,
    instance_dict,
    is_class,
    is_plain,
    module_of_class,
    mro_of,
    namespace_of,
    namespace_of_class,
    references_to_namespace,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from .effects import Stored

    # {"f": 1, "Cart.total": 2, "": 1}: by the name, and how many functions no name leads to
    Counts = dict[str, int]

HIDDEN = ""
_base = type.__dict__["__base__"]
_MOST = 1_000


class Outside:
    """What is known of the entries of an execution."""

    __slots__ = ("counts", "stored")

    def __init__(self, counts: "Counts", stored: "list[Stored]") -> None:
        # references to its definitions
        self.counts = counts
        # its effects on other modules, the latest last, as far as they were observed
        self.stored = stored


# What is left by an execution that has called nothing.
NOTHING = Outside({}, [])


def count(name: str, module: "ModuleType", held: int = 0) -> "Counts":
    """The number of references from outside to each definition of the module `name`.

    The caller has `held` references to its namespace.
    """
    return count_in(name, namespace_of(module) or {}, references_to_namespace(module) - held)


def numbers(name: str, namespace: "dict[str, Any]", contents: "dict[str, Any]") -> "dict[int, int]":
    """{id: number of references} for the definitions of a namespace that has been emptied since.

    For a class, the references that the journal is going to have to its methods, and to its members' attributes, are
    added.
    """
    found = {}
    for _, value in definitions(name, namespace, contents):
        found[id(value)] = _references(value)
        if is_class(value):
            found[id(value)] += len(_cells(value)) + len(_members_of_enum(value))
    return found


def _references(value: "Any") -> int:
    references = sys.getrefcount(value)
    if is_class(value):
        references -= _own_references(value)
        return references + sum(each.__callback__ is not None for each in getweakrefs(value))
    return references + sum(map(sys.getrefcount, getweakrefs(value)))


def count_in(name: str, namespace: "dict[str, Any]", made: int, earlier: "Mapping[int, int] | None" = None) -> "Counts":
    """`count`, for a namespace of which as many functions were `made`.

    `earlier` gives, by id, the number of references to objects that were there before.
    """
    found: Counts = {}
    names: dict[int, int] = {}
    functions: dict[int, FunctionType] = {}
    for key, value in definitions(name, namespace):
        if type(value) is FunctionType:
            functions[id(value)] = value
            for each in _annotating(value):
                functions[id(each)] = each
        names[id(value)] = names.get(id(value), 0) + 1
        found.setdefault(key, 0)
    value = None
    own = functions.keys() & names.keys()
    derived = _derived(name, namespace) if earlier is None else {}
    for key, value in definitions(name, namespace):
        references = _references(value) - names[id(value)] - (id(value) in own)
        if earlier is not None and id(value) in earlier:
            found[key] = references - earlier[id(value)]
        else:
            found[key] = references - (_BASE_OF_CLASS if is_class(value) else _BASE) - derived.get(id(value), 0)
    found[HIDDEN] = made - len(functions)
    return {key: number for key, number in found.items() if number > 0}


def definitions(
    name: str, namespace: "dict[str, Any]", contents: "dict[str, Any] | None" = None
) -> "Iterator[tuple[str, Any]]":
    """Each object that may be a definition of the module, with its name: functions, classes, methods and instances.

    `contents` are the earlier contents of the namespace, if it has been emptied since.
    """
    if contents is None:
        contents = namespace
    for key in list(contents):
        value: Any = contents.get(key)
        if type(key) is not str or key.startswith("__") or is_plain(value) or issubclass(type(value), ModuleType):
            continue
        if type(value) is FunctionType:
            if value.__globals__ is namespace:
                yield key, value
                yield from _wrapped(key, value, namespace)
        elif not is_class(value):
            yield key, value
            yield from _entries(key, value, namespace)
            if type(value) is LRU_CACHE:
                inner = (instance_dict(value) or {}).get("__wrapped__")
                if type(inner) is FunctionType and inner.__globals__ is namespace:
                    yield f"{key}.__wrapped__", inner
                    yield f"{key}.__wrapped__", inner  # the cache has it twice
        elif module_of_class(value) == name or is_made_in(namespace, value):
            yield key, value
            yield from _members(key, value, namespace, 0)


def _members(prefix: str, cls: type, namespace: "dict[str, Any]", depth: int) -> "Iterator[tuple[str, Any]]":
    for key in list(namespace_of_class(cls)):
        value: Any = namespace_of_class(cls).get(key)
        kind: Any = type(value)
        if kind is FunctionType:
            if value.__globals__ is namespace:
                yield f"{prefix}.{key}", value
            if value.__closure__ is not None:
                yield from _wrapped(f"{prefix}.{key}", value, namespace)
        elif kind is staticmethod or kind is classmethod:
            inner = value.__func__
            if type(inner) is FunctionType and inner.__globals__ is namespace:
                yield f"{prefix}.{key}", inner
        elif kind is property:
            yield from _parts(f"{prefix}.{key}", value, namespace)
        elif is_class(value) and depth < 3 and module_of_class(value) == module_of_class(cls):
            yield f"{prefix}.{key}", value
            yield from _members(f"{prefix}.{key}", value, namespace, depth + 1)


def _parts(prefix: str, value: property, namespace: "dict[str, Any]") -> "Iterator[tuple[str, Any]]":
    """The functions of a property."""
    for part in ("fget", "fset", "fdel"):
        each = getattr(value, part)
        if type(each) is FunctionType and each.__globals__ is namespace:
            yield f"{prefix}.{part}", each


def _wrapped(prefix: str, function: FunctionType, namespace: "dict[str, Any]") -> "Iterator[tuple[str, Any]]":
    """The functions inside a function that a decorator has made: in its closure, and as `__wrapped__`."""
    for cell in function.__closure__ or ():
        each = cell_contents(cell)
        if type(each) is FunctionType and each.__globals__ is namespace:
            yield f"{prefix}.__wrapped__", each
    each = function.__dict__.get("__wrapped__")
    if type(each) is FunctionType and each.__globals__ is namespace:
        yield f"{prefix}.__wrapped__", each


def _derived(name: str, namespace: "dict[str, Any]") -> "dict[int, int]":
    """{id of a class: number of references as a base by other classes of the module}."""
    found: dict[int, int] = {}
    for _, cls in definitions(name, namespace):
        if is_class(cls):
            holding = (*mro_of(cls)[1:], *bases.__get__(cls), _base.__get__(cls))
            for each in holding:
                found[id(each)] = found.get(id(each), 0) + 1
    return found


def _entries(prefix: str, table: "Any", namespace: "dict[str, Any]") -> "Iterator[tuple[str, Any]]":
    """The functions in a dict, list or tuple of the module's own."""
    kind = type(table)
    if (kind is not dict and kind is not list and kind is not tuple) or len(table) > _MOST:
        return
    for key in list(table) if kind is dict else range(len(table)):
        if kind is not dict or is_plain(key):
            each = table[key]
            if type(each) is FunctionType and each.__globals__ is namespace:
                yield f"{prefix}[{key}]", each


def _annotating(function: FunctionType) -> "Iterator[FunctionType]":
    """The function that gives the annotations of another (PEP 649), if it has been made."""
    if hasattr(FunctionType, "__annotate__"):
        annotate = function.__annotate__  # type: ignore[attr-defined]
        if type(annotate) is FunctionType and annotate.__globals__ is function.__globals__:
            yield annotate


def _own_references(cls: type) -> int:
    """The number of references to a class by itself, its methods and, if it is an enum, its members."""
    own = sum(each is cls for each in mro_of(cls))
    for value in list(namespace_of_class(cls).values()):
        own += hasattr(type(value), "__objclass__") and type(value) is not cls and value.__objclass__ is cls
    return own + 2 * len(_members_of_enum(cls)) + len(_cells(cls))  # `__class__` and `__objclass__`


def _members_of_enum(cls: type) -> set[int]:
    contents = namespace_of_class(cls)
    members = contents.get("_member_map_")
    values = [*contents.values(), *(members.values() if type(members) is dict else ())]
    return {id(each) for each in values if type(each) is cls}


def _cells(cls: type) -> set[int]:
    """The ids of the `__class__` cells of a class, in its methods and in the functions that these wrap."""
    cells: set[int] = set()
    for value in list(namespace_of_class(cls).values()):
        for cell in (value.__closure__ or ()) if type(value) is FunctionType else ():
            inner = cell_contents(cell)
            for each in (cell, *((inner.__closure__ or ()) if type(inner) is FunctionType else ())):
                if cell_contents(each) is cls:
                    cells.add(id(each))
    return cells


def _probe() -> "tuple[int, int]":
    """The counts for a function and a class without any reference from outside."""
    module = ModuleType("probe")
    exec("def f(): pass\nclass C: pass", module.__dict__)
    found = {}
    for key, value in definitions("probe", module.__dict__):
        found[key] = _references(value) - 1
    return found["f"], found["C"]


_BASE, _BASE_OF_CLASS = _probe()
