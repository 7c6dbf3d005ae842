"""What modules import lazily (PEP 810, from 3.15 on): `lazy from shop import Cart`.

Knows namespaces and the objects that stand in them for what is imported.  Must not know how a module is
executed.

A lazy import leaves an object in the module's namespace.  The first use of the name imports, and puts in
the object's place what it stands for.  So

1. what has not been used is no dependency of the module: a fresh interpreter would not import it;
2. what has been used is one from then on;
3. before that is executed again, the object is put back: the next use imports, as in a fresh interpreter.
"""

import sys
import types

from ..identity.objects import namespace_of
from . import graph

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Set
    from typing import Any

    from .record import Record

_LAZY_IMPORT: "type | None" = getattr(types, "LazyImportType", None)


def lazy_imports(namespace: "dict[str, Any]") -> "dict[str, object]":
    """The names in a namespace that stand for what has not been imported yet, with the objects there."""
    if _LAZY_IMPORT is None:
        return {}
    return {name: value for name, value in namespace.copy().items() if type(value) is _LAZY_IMPORT}


def note_lazy(record: "Record", note: "Callable[..., object]") -> None:
    """Enter what statements of the module that were executed by themselves have left to be imported at its use."""
    found = lazy_imports(namespace_of(sys.modules.get(record.name)) or {})
    if found:
        note(setattr, record, "lazy", record.lazy)
        record.lazy = {**(record.lazy or {}), **found}


def targets(lazy: object) -> tuple[str, ...]:
    """The modules that a lazy import may import, packages first; the last may be a name in a module."""
    name = repr(lazy).split("'")[1]  # <lazy_import 'shop.Cart'>
    return (*graph.parents(name), name)


def note_used(record: "Record", records: "dict[str, Record]") -> None:
    """Enter what the module has imported lazily and used among what it depends on."""
    edges = record.edges
    if edges is None:
        return
    for _, lazy in _used(record):
        for name in targets(lazy):
            if name in records and name not in edges:
                edges[name] = records[name].version


def unused(record: "Record") -> "Iterator[str]":
    """The names of what the module would import if it used all that it imports lazily."""
    used = {name for name, _ in _used(record)}
    for name, lazy in (record.lazy or {}).items():
        if name not in used:
            yield from targets(lazy)


def asked_for(module: str, name: str, namespaces: "Iterable[dict[str, Any]]") -> tuple[str, ...] | None:
    """What is asked for in `module` by using a `name` that stands in a namespace for a lazy import; None if none does.

    {"cart", "cart.items"} of `shop` for `lazy import shop.cart.items`.
    """
    for namespace in namespaces:
        value = namespace.get(name)
        if type(value) is _LAZY_IMPORT:
            names = targets(value)
            if module in names:
                return tuple(each.removeprefix(module + ".") for each in names[names.index(module) + 1 :])
    return None


def put_back(names: "Set[str]", records: "dict[str, Record]", note: "Callable[..., object]") -> None:
    """Have whatever was imported lazily from the modules `names`, which change now, imported at its next use.

    A name that the session has bound to something else stays.
    """
    for record in list(records.values()):
        for name, lazy in _used(record) if record.lazy else ():
            namespace = namespace_of(sys.modules.get(record.name))
            if namespace is None or names.isdisjoint(targets(lazy)):
                continue
            if _stands_for(lazy, namespace[name]):
                note(namespace.__setitem__, name, namespace[name])
                namespace[name] = lazy


def _used(record: "Record") -> "Iterator[tuple[str, object]]":
    """The names that the module imports lazily and that hold something else by now, with the lazy imports."""
    namespace = namespace_of(sys.modules.get(record.name))
    for name, lazy in (record.lazy or {}).items():
        if namespace is not None and namespace.get(name, lazy) is not lazy:
            yield name, lazy


def _stands_for(lazy: object, value: object) -> bool:
    """True if the value is what the lazy import would put in its place."""
    *packages, name = targets(lazy)
    if any(value is sys.modules.get(each) for each in (name, *packages)):
        return True
    parent, _, tail = name.rpartition(".")
    return (namespace_of(sys.modules.get(parent)) or {}).get(tail, lazy) is value
