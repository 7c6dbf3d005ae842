"""Entries that modules make in containers of other modules: each there once.

Knows lists, dicts, sets and what an entry says.  Must not know modules or what is executed.

A module that is executed again registers again: it appends its handler to a list of another
module, adds its code to a set.  Afterwards an entry that says the same as one that was there before
takes its place, in its position, as in a fresh interpreter.  An entry *says* what it refers to:
a function or class by its definition, a plain value by itself, a tuple or an instance by its parts.
"""

from types import CodeType, FunctionType, MethodType, ModuleType

from ._objects import instance_dict, is_class, namespace_of_class, qualname_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

    Container = list[Any] | dict[Any, Any] | set[Any]

# Larger ones hold data, not registrations.
_MOST = 10_000
_PLAIN = (str, int, float, complex, bytes, bool, type(None))
_DEPTH = 3


class Snapshot:
    """The contents of containers at a moment."""

    def __init__(self, namespaces: "Iterable[dict[str, Any]]") -> None:
        # {id: (container, a copy)}; the reference keeps the id valid
        self._before: dict[int, tuple[Container, Container]] = {}
        for namespace in namespaces:
            for container in _containers(namespace):
                self._before[id(container)] = (container, _copy(container))

    def restore(self) -> None:
        """Give every container what it held."""
        for container, before in self._before.values():
            if not _unchanged(container, before):
                _put(container, before)

    def reconcile(self, kept: "dict[int, Any]", forgotten: "Callable[[object], bool]", note: "Callable[..., None]") -> None:
        """Let each entry that was made again take the place of the one that said the same.

        `kept` gives, by id, the object that stands for a new one.  Entries of which `forgotten` is
        true refer to a definition that is no more, and go.
        """
        for container, before in self._before.values():
            if _unchanged(container, before) and not any(map(forgotten, _entries(before))):
                continue
            note(_put, container, _copy(container))
            if type(before) is list:
                _reconcile_list(container, before, kept, forgotten)  # type: ignore[arg-type]
            elif type(before) is set:
                _reconcile_set(container, before, forgotten)  # type: ignore[arg-type]
            else:
                _reconcile_dict(container, before, kept, forgotten)  # type: ignore[arg-type]


def _reconcile_list(
    now: "list[Any]", before: "list[Any]", kept: "dict[int, Any]", forgotten: "Callable[[object], bool]"
) -> None:
    if len(now) < len(before) or any(a is not b for a, b in zip(now, before, strict=False)):
        return  # something else happened to it: leave it
    old, added = now[: len(before)], now[len(before) :]
    places: dict[object, list[int]] = {}
    if added:
        for index, entry in enumerate(old):
            places.setdefault(_says(entry), []).append(index)
    extra = []
    for entry in added:
        where = places.get(_says(entry))
        if where:
            old[where.pop(0)] = kept.get(id(entry), entry)
        else:
            extra.append(kept.get(id(entry), entry))
    now[:] = [entry for entry in old if not forgotten(entry)] + extra


def _reconcile_set(now: "set[Any]", before: "set[Any]", forgotten: "Callable[[object], bool]") -> None:
    old = {id(entry) for entry in before}
    added = {_says(entry) for entry in now if id(entry) not in old}
    for entry in before:
        if type(entry) not in _PLAIN and (forgotten(entry) or _says(entry) in added):
            now.discard(entry)


def _reconcile_dict(
    now: "dict[Any, Any]", before: "dict[Any, Any]", kept: "dict[int, Any]", forgotten: "Callable[[object], bool]"
) -> None:
    old = {id(key): value for key, value in before.items()}
    added = {_says(key) for key in now if id(key) not in old and type(key) not in _PLAIN}
    gone = []
    for key, value in now.items():
        if id(key) not in old or old[id(key)] is not value:
            if id(value) in kept:
                now[key] = kept[id(value)]
        elif forgotten(value):
            gone.append(key)
        if id(key) in old and type(key) not in _PLAIN and (forgotten(key) or _says(key) in added):
            gone.append(key)
    for key in gone:
        now.pop(key, None)


def _says(entry: object, depth: int = 0) -> object:
    """What an entry refers to, as a value that only builtin types are part of."""
    kind = type(entry)
    if kind in _PLAIN:
        return (kind, entry)
    if kind is FunctionType:
        return ("function", entry.__module__, entry.__qualname__)  # type: ignore[attr-defined]
    if kind is CodeType:
        return ("code", entry.co_filename, entry.co_qualname)  # type: ignore[attr-defined]
    if kind is MethodType:
        return ("method", _says(entry.__func__), id(entry.__self__))  # type: ignore[attr-defined]
    if is_class(entry):
        return ("class", _module_of(entry), qualname_of(entry))  # type: ignore[arg-type]
    if depth >= _DEPTH:
        return ("object", id(kind))
    if kind in (tuple, list, frozenset, set):
        parts = [_says(each, depth + 1) for each in entry]  # type: ignore[attr-defined]
        return (kind, tuple(parts) if kind in (tuple, list) else frozenset(parts))
    if kind is dict:
        return (dict, tuple((_says(k, depth + 1), _says(v, depth + 1)) for k, v in entry.items()))  # type: ignore[attr-defined]
    attributes = instance_dict(entry)
    if attributes is None or kind is ModuleType:
        return ("object", id(entry))
    return ("instance", id(kind), tuple((name, _says(value, depth + 1)) for name, value in attributes.items()))


def _module_of(cls: object) -> object:
    module = namespace_of_class(cls).get("__module__")  # type: ignore[arg-type]
    return module if type(module) is str else id(cls)


def _containers(namespace: "dict[str, Any]") -> "Iterator[Container]":
    """The containers in a module: its own, those of its classes and instances, and those in containers."""
    seen: set[int] = set()
    name = namespace.get("__name__")
    waiting: list[tuple[object, int]] = [
        (value, 0) for key, value in namespace.items() if not (key.startswith("__") and key.endswith("__"))
    ]
    while waiting:
        value, depth = waiting.pop()
        kind = type(value)
        if kind in _PLAIN or kind is FunctionType or id(value) in seen:
            continue
        seen.add(id(value))
        inner: Iterable[object] = ()
        if _is_container(kind):
            if len(value) > _MOST:  # type: ignore[arg-type]
                continue
            yield value  # type: ignore[misc]
            inner = value.values() if issubclass(kind, dict) else ()  # type: ignore[attr-defined]
        elif is_class(value):
            members = namespace_of_class(value)  # type: ignore[arg-type]
            inner = members.values() if members.get("__module__") == name else ()
        elif not issubclass(kind, ModuleType):
            inner = (instance_dict(value) or {}).values()
        if depth < _DEPTH:
            waiting += [(each, depth + 1) for each in inner if _is_container(type(each))]


def _is_container(kind: type) -> bool:
    """True for the standard library's own: the methods of a user's subclass are not called."""
    return kind in (list, dict, set) or (issubclass(kind, dict) and kind.__module__ == "collections")


def _copy(container: "Container") -> "Container":
    kind = list if type(container) is list else set if type(container) is set else dict
    return kind(container)


def _entries(container: "Container") -> "Iterator[object]":
    yield from container
    if type(container) is dict:
        yield from container.values()


def _unchanged(container: "Container", before: "Container") -> bool:
    if len(before) != len(container) or any(a is not b for a, b in zip(container, before, strict=False)):
        return False
    return type(before) is not dict or all(
        a is b for a, b in zip(container.values(), before.values(), strict=True)  # type: ignore[union-attr]
    )


def _put(container: "Container", contents: "Container") -> None:
    if type(contents) is list:
        container[:] = contents  # type: ignore[index]
    else:
        container.clear()
        container.update(contents)  # type: ignore[union-attr, arg-type]
