"""Lazy imports (PEP 810, from 3.15 on): `lazy from shop import Cart`.

Knows namespaces, and the objects in them that stand for a lazy import.  Must not know how a module is executed.

A lazy import leaves an object in the module's namespace.  The first use of the name imports, and replaces the object
by what was imported.  So

1. a lazy import that has not been used is no dependency of the module: a fresh interpreter would not import anything;
2. one that has been used is a dependency from then on;
3. before the module that it has imported is executed again, the object is put back: the next use imports, as in a
   fresh interpreter.
"""

import sys
import types

from ..identity.object_model import namespace_of
from . import graph

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Set
    from typing import Any

    from .record import Record

_LAZY_IMPORT: "type | None" = getattr(types, "LazyImportType", None)


def lazy_imports(namespace: "dict[str, Any]") -> "dict[str, object]":
    """{name: object} of the lazy imports in a namespace that have not been used."""
    if _LAZY_IMPORT is None:
        return {}
    return {name: value for name, value in namespace.copy().items() if type(value) is _LAZY_IMPORT}


def resolve_own() -> None:
    """Import what modules of ours import lazily (`-X lazy_imports=all`): an answer of ours must not need it first."""
    package = f"{__name__.partition('.')[0]}."
    resolved: set[str] = set()
    while _LAZY_IMPORT is not None:
        names = [name for name in list(sys.modules) if name.startswith(package) and name not in resolved]
        if not names:
            break
        resolved.update(names)
        for name in names:
            namespace = namespace_of(sys.modules[name]) or {}
            for bound, lazy in lazy_imports(namespace).items():
                namespace[bound] = lazy.resolve()  # type: ignore[attr-defined]


def note_lazy(record: "Record", note: "Callable[..., object]") -> None:
    """Enter into the record the lazy imports of statements that were executed without the rest of the module."""
    found = lazy_imports(namespace_of(sys.modules.get(record.name)) or {})
    if found:
        note(setattr, record, "lazy", record.lazy)
        record.lazy = {**(record.lazy or {}), **found}


def targets(lazy: object) -> tuple[str, ...]:
    """The modules that a lazy import may import, packages first; the last may be a name in a module."""
    name = repr(lazy).split("'")[1]  # <lazy_import 'shop.Cart'>
    return (*graph.parents(name), name)


def note_used(record: "Record", records: "dict[str, Record]") -> None:
    """Make the lazy imports of the module that have been used its dependencies."""
    edges = record.edges
    if edges is None:
        return
    for _, lazy in _used(record):
        for name in targets(lazy):
            if name in records and name not in edges:
                edges[name] = records[name].version


def unused(record: "Record") -> "Iterator[str]":
    """The names of the modules that the lazy imports of the module would import, of those that have not been used."""
    used = {name for name, _ in _used(record)}
    for name, lazy in (record.lazy or {}).items():
        if name not in used:
            yield from targets(lazy)


def asked_for(module: str, name: str, namespaces: "Iterable[dict[str, Any]]") -> tuple[str, ...] | None:
    """What the use of a `name` asks for in `module`, if the name is a lazy import in one of the namespaces; else None.

    ("cart", "cart.items") of `shop` for `lazy import shop.cart.items`.
    """
    for namespace in namespaces:
        value = namespace.get(name)
        if type(value) is _LAZY_IMPORT:
            names = targets(value)
            if module in names:
                return tuple(each.removeprefix(module + ".") for each in names[names.index(module) + 1 :])
    return None


def put_back(names: "Set[str]", records: "dict[str, Record]", note: "Callable[..., object]") -> None:
    """The modules `names` change now: put the lazy imports of them back, so that their next use imports again.

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
    """The lazy imports of the module that have been used: (name, object)."""
    namespace = namespace_of(sys.modules.get(record.name))
    for name, lazy in (record.lazy or {}).items():
        if namespace is not None and namespace.get(name, lazy) is not lazy:
            yield name, lazy


def _stands_for(lazy: object, value: object) -> bool:
    """True if the use of the lazy import would replace it by this value."""
    *packages, name = targets(lazy)
    if any(value is sys.modules.get(each) for each in (name, *packages)):
        return True
    parent, _, tail = name.rpartition(".")
    return (namespace_of(sys.modules.get(parent)) or {}).get(tail, lazy) is value
