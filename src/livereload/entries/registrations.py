"""Entries that modules make elsewhere: each there once.

Knows containers, what an entry says, and the registries of the interpreter and the standard library that
modules often enter something into.  Must not know modules or what is executed.

A module that is executed again registers again: it appends its handler to a list of another
module, adds its code to a set.  Afterwards an entry that says the same as one that was there before
takes its place, in its position, as in a fresh interpreter: one for one, so nothing that the session
has put there besides is lost.  An entry *says* what it refers to: a function or class by its
definition, a plain value by itself, a tuple or an instance by its parts.

An entry whose statement is not in the new source (another decorator, no call any more) goes before that is executed:
what another statement makes for the same definition says something else (`forget`).
"""

import gc
import sys
from _weakref import ReferenceType
from types import CodeType, FunctionType, MemberDescriptorType, MethodType, ModuleType

from ..identity import objects
from ..identity.objects import (
    are_plain,
    instance_dict,
    is_class,
    is_plain,
    module_of_class,
    mro_of,
    namespace_of_class,
    qualname_of,
)
from ..identity.places import PARTIAL

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

    Container = list[Any] | dict[Any, Any] | set[Any]

# Larger ones hold data, not registrations.
_MOST = 10_000
_MOST_ENTRIES = 1_000
_MOST_PARTS = 30
_DEPTH = 3
_GONE = object()
_flags = type.__dict__["__flags__"].__get__
_MADE_BY_CLASS_STATEMENT = 1 << 9  # Py_TPFLAGS_HEAPTYPE
_SETS = frozenset(map(id, (set, frozenset)))


class Snapshot:
    """The contents of namespaces, classes, instances and containers at a moment; more `containers` by themselves."""

    def __init__(self, namespaces: "Iterable[dict[str, Any]]", containers: "Iterable[Container]" = ()) -> None:
        # {id: (container, a copy)}; the reference keeps the id valid
        self._before: dict[int, tuple[Container, Container]] = {}
        # the same for namespaces of modules and instances, which are only ever restored
        self._attributes: dict[int, tuple[dict[str, Any], dict[str, Any]]] = {}
        self._classes: dict[int, tuple[type, dict[str, Any]]] = {}
        self._registered: dict[int, tuple[type, list[type]]] = {}
        self._dispatchers: list[FunctionType] = []
        # {id: (container, the entries taken out)}
        self._withdrawn: dict[int, tuple[Container, Container]] = {}
        # {id of a list: the ids of the entries taken out for good}
        self._forgotten: dict[int, set[int]] = {}
        # {id of a namespace: the containers that it leads to}
        self._containers: dict[int, list[Container]] = {}
        for container in containers:
            self._before[id(container)] = (container, _copy(container))
        for namespace in namespaces:
            self._attributes[id(namespace)] = (namespace, dict(namespace))
            for value, depth in _reached(namespace):
                self._enter(value, depth)
                if id(value) in self._before:
                    self._containers.setdefault(id(namespace), []).append(value)

    def _enter(self, value: "Any", depth: int) -> None:
        kind = type(value)
        if _is_container(kind):
            self._before[id(value)] = (value, _copy(value))
        elif kind is FunctionType:
            registry = objects.dispatch_registry(value)
            if registry is not None:
                self._before[id(registry)] = (registry, dict(registry))
                self._dispatchers.append(value)
        elif is_class(value):
            self._classes[id(value)] = (value, dict(namespace_of_class(value)))
            if "_abc_impl" in namespace_of_class(value):
                self._registered[id(value)] = (value, objects.registered(value))
        else:
            attributes = instance_dict(value)
            if attributes is not None:
                self._attributes[id(attributes)] = (attributes, dict(attributes))

    def restore(self) -> None:
        """Give everything what it held."""
        for container, before in self._before.values():
            if not _unchanged(container, before):
                _put(container, before)
        for attributes, contents in self._attributes.values():
            if not _unchanged(attributes, contents):
                _put_attributes(attributes, contents)
        for cls, members in self._classes.values():
            if not _unchanged(namespace_of_class(cls), members):
                _put_members(cls, members)
        for cls, subclasses in self._registered.values():
            if len(objects.registered(cls)) != len(subclasses):
                objects.register(cls, subclasses)
        for function in self._dispatchers:
            objects.forget_dispatch(function)

    def withdraw(self, namespaces: "Iterable[dict[str, Any]]", belongs: "Callable[[object], bool]") -> None:
        """Take the entries of which `belongs` is true out of the containers of some namespaces.

        Who reads a registry while others register again meets each entry once, as in a fresh interpreter.
        """
        for namespace in namespaces:
            for container in self._containers.get(id(namespace), ()):
                if id(container) not in self._withdrawn:
                    self._withdraw(container, belongs)

    def _withdraw(self, container: "Any", belongs: "Callable[[object], bool]") -> None:
        now: Any = _copy(container)  # other threads may change it
        if _is_data(now):
            return
        if type(now) is not list and not all(is_plain(key) or type(key) is FunctionType for key in now):
            return  # putting it back would ask it for its hash
        if type(now) is dict:
            entries: Any = {key: value for key, value in now.items() if belongs(value) or belongs(key)}
        else:
            entries = [entry for entry in now if belongs(entry)]
        if not entries:
            return
        self._withdrawn[id(container)] = (container, entries)
        if type(now) is list:
            container[:] = [entry for entry in now if not belongs(entry)]
        elif type(now) is set:
            container.difference_update(entries)
        else:
            for key in entries:
                container.pop(key, None)

    def forget(
        self, namespaces: "Iterable[dict[str, Any]]", is_forgotten: "Callable[[dict[str, Any], object], bool]"
    ) -> None:
        """Take out of the containers and ABCs of some namespaces, for good, what `is_forgotten(namespace, entry)`."""
        for namespace in namespaces:
            for container in self._containers.get(id(namespace), ()):
                forgotten = _forget(container, PARTIAL(is_forgotten, namespace))
                if forgotten:
                    self._forgotten.setdefault(id(container), set()).update(map(id, forgotten))
            for each in list(namespace.values()) if self._registered else ():
                cls, registered = self._registered.get(id(each), (object, []))
                left = [entry for entry in registered if not is_forgotten(namespace, entry)]
                if len(left) < len(registered):
                    objects.register(cls, left)

    def put_back(self) -> None:
        """Put what was withdrawn back where it was."""
        while self._withdrawn:
            key = next(iter(self._withdrawn))
            before: Any = self._before[key][1]
            container: Any = self._withdrawn[key][0]
            entries: Any = self._withdrawn[key][1]
            if type(container) is list:
                _put_back_into_list(container, entries, before)
            elif type(container) is set:
                container.update(entries)
            else:
                now = dict(container)
                keys = [each for each in before if each in now or each in entries]
                for each in (*keys, *(each for each in now if each not in before)):
                    value = container.pop(each, entries.get(each, _GONE))
                    if value is not _GONE:
                        container[each] = value
            del self._withdrawn[key]

    def reconcile(
        self,
        kept: "dict[int, Any]",
        forgotten: "Callable[[object], bool]",
        only: "Callable[[object], bool]" = lambda container: True,
    ) -> None:
        """Let each entry that was made again take the place of the one that said the same.

        `kept` gives, by id, the object that stands for a new one.  Entries of which `forgotten` is
        true refer to a definition that is no more, and go.  Other containers than `only` these stay.
        """
        for container, before in self._before.values():
            if not only(container):
                continue
            if _unchanged(container, before) and (_is_data(before) or not any(map(forgotten, _entries(before)))):
                continue
            if type(before) is list:
                _give_places(container, before, self._forgotten.get(id(container)))  # type: ignore[arg-type]
                _reconcile_list(container, before, kept, forgotten)  # type: ignore[arg-type]
            elif type(before) is set:
                _reconcile_set(container, before, forgotten)  # type: ignore[arg-type]
            else:
                _reconcile_dict(container, before, kept, forgotten)  # type: ignore[arg-type]
        for function in self._dispatchers:
            objects.forget_dispatch(function)


def _forget(container: "Any", is_forgotten: "Callable[[object], bool]") -> "list[Any]":
    """Take entries out of a container; of a list, return them."""
    now: Any = _copy(container)  # other threads may change it
    if len(now) > _MOST_ENTRIES or _is_data(now):
        return []
    if type(now) is list:
        forgotten = [entry for entry in now if is_forgotten(entry)]
        if forgotten:
            gone = set(map(id, forgotten))
            container[:] = [entry for entry in now if id(entry) not in gone]
        return forgotten
    for key in now:
        if (is_forgotten(key) or (type(now) is dict and is_forgotten(now[key]))) and _has_plain_hash(key):
            container.pop(key, None) if type(now) is dict else container.discard(key)
    return []


def _has_plain_hash(key: "Any") -> bool:
    """True if asking an object for its hash executes nothing of the user's."""
    if type(key) is tuple:
        return all(map(_has_plain_hash, key))
    home = next(cls for cls in mro_of(type(key)) if "__hash__" in namespace_of_class(cls))
    return module_of_class(home) in (None, "enum")


def definitions(entry: "Any", depth: int = 0) -> "Iterator[Any]":
    """The functions and classes that an entry is or consists of; what is in its containers is in those."""
    kind = type(entry)
    if kind is FunctionType or is_class(entry):
        yield entry
    elif kind is MethodType:
        yield entry.__func__
    elif kind is tuple or kind is PARTIAL or issubclass(kind, ReferenceType) or (depth < 2 and not _is_container(kind)):
        for each in (_parts(entry) or ())[:_MOST_PARTS]:
            if not is_plain(each):
                yield from definitions(each, depth + 1)


def _put_back_into_list(now: "list[Any]", entries: "list[Any]", before: "list[Any]") -> None:
    """Put each of `entries` after what it stood after `before`, or else before what it stood before."""
    missing = set(map(id, entries))
    for index, entry in enumerate(before):
        if id(entry) not in missing:
            continue
        places = {id(each): place for place, each in enumerate(now)}
        if index > 0 and id(before[index - 1]) in places:
            now.insert(places[id(before[index - 1])] + 1, entry)
        else:
            now.insert(next((places[id(each)] for each in before[index + 1 :] if id(each) in places), 0), entry)


def _reconcile_list(
    now: "list[Any]", before: "list[Any]", kept: "dict[int, Any]", forgotten: "Callable[[object], bool]"
) -> None:
    added = _added(now, before)
    places: dict[object, list[int]] = {}
    for index, entry in enumerate(now):
        if index not in added and added:
            places.setdefault(says(entry), []).append(index)
    result: list[Any] = list(now)
    gone = {index for index, entry in enumerate(now) if index not in added and forgotten(entry)}
    for index in sorted(added):
        entry = kept.get(id(now[index]), now[index])
        same = places.get(says(entry))
        if same:
            result[same.pop(0)] = entry
            gone.add(index)
        else:
            result[index] = entry
    now[:] = [entry for index, entry in enumerate(result) if index not in gone]


def _give_places(now: "list[Any]", before: "list[Any]", forgotten: "set[int] | None") -> None:
    """Put what has been added for the same definitions as an entry that was forgotten where that one was."""
    if not forgotten:
        return
    old = set(map(id, before)) - forgotten
    added = {tuple(map(says, definitions(entry))): entry for entry in reversed(now) if id(entry) not in old}
    new: dict[int, Any] = {}
    for index, entry in enumerate(before):
        said = tuple(map(says, definitions(entry)))
        if id(entry) in forgotten and said in added:
            new[index] = added.pop(said)
    moved = set(map(id, new.values()))
    now[:] = [entry for entry in now if id(entry) not in moved]
    _put_back_into_list(now, [*new.values()], [new.get(index, entry) for index, entry in enumerate(before)])


def _added(now: "list[Any]", before: "list[Any]") -> set[int]:
    """Where in `now` there is what was not in `before`."""
    left: dict[int, int] = {}
    for entry in before:
        left[id(entry)] = left.get(id(entry), 0) + 1
    added = set()
    for index, entry in enumerate(now):
        if left.get(id(entry), 0):
            left[id(entry)] -= 1
        else:
            added.add(index)
    return added


def _reconcile_set(now: "set[Any]", before: "set[Any]", forgotten: "Callable[[object], bool]") -> None:
    old = {id(entry) for entry in before}
    added = _count(entry for entry in list(now) if id(entry) not in old)
    for entry in before:
        if not is_plain(entry) and (forgotten(entry) or _take_one(added, entry)):
            now.discard(entry)


def _reconcile_dict(
    now: "dict[Any, Any]", before: "dict[Any, Any]", kept: "dict[int, Any]", forgotten: "Callable[[object], bool]"
) -> None:
    old = {id(key): value for key, value in before.items()}
    added = _count(key for key in list(now) if id(key) not in old and not is_plain(key))
    gone = []
    for key, value in list(now.items()):
        is_old = id(key) in old
        if not is_old or old[id(key)] is not value:
            if id(value) in kept:
                now[key] = kept[id(value)]
        elif forgotten(value):
            gone.append(key)
            continue
        if is_old and not is_plain(key) and (forgotten(key) or _take_one(added, key)):
            gone.append(key)
    for key in gone:
        del now[key]


def _count(entries: "Iterable[object]") -> dict[object, int]:
    counts: dict[object, int] = {}
    for entry in entries:
        said = says(entry)
        counts[said] = counts.get(said, 0) + 1
    return counts


def _take_one(counts: dict[object, int], entry: object) -> bool:
    """True if there is one that says the same, which is then taken."""
    if not counts:
        return False
    said = says(entry)
    if not counts.get(said):
        return False
    counts[said] -= 1
    return True


def says(entry: object, depth: int = 0) -> object:
    """What an entry refers to, as a value that only builtin types are part of."""
    kind = type(entry)
    if is_plain(entry):
        return (kind.__name__, entry)
    if kind is FunctionType:
        return ("function", says(entry.__module__), entry.__qualname__)  # type: ignore[attr-defined]
    if kind is CodeType:
        return ("code", entry.co_filename, entry.co_qualname)  # type: ignore[attr-defined]
    if kind is MethodType:
        return ("method", says(entry.__func__), says(entry.__self__, depth + 1))  # type: ignore[attr-defined]
    if is_class(entry):
        return ("class", module_of_class(entry) or id(entry), qualname_of(entry))  # type: ignore[arg-type]
    if depth >= _DEPTH:
        return ("object", id(kind))
    if id(kind) in _SETS:
        return (id(kind), frozenset(says(each, depth + 1) for each in entry))  # type: ignore[attr-defined]
    parts = _parts(entry)
    return ("object", id(entry)) if parts is None else (id(kind), *(says(each, depth + 1) for each in parts))


def _parts(entry: "Any") -> "list[Any] | None":
    """All that an object consists of; None if part of it cannot be seen from outside."""
    kind = type(entry)
    if kind is tuple or kind is list:
        return list(entry)
    if kind is dict:
        return list(entry.items())
    if kind is PARTIAL:
        return [entry.func, entry.args, entry.keywords]
    return None if issubclass(kind, ModuleType) else _parts_of_instance(entry)


def _parts_of_instance(entry: "Any") -> "list[Any] | None":
    if type(entry) is object:
        return None  # it has nothing but its identity
    parts: list[Any] = []
    for cls in mro_of(type(entry))[:-1]:
        if cls is tuple:
            parts += tuple.__iter__(entry)
        elif cls is ReferenceType:
            parts.append(ReferenceType.__call__(entry))
        elif not _flags(cls) & _MADE_BY_CLASS_STATEMENT:
            return None
        for name, slot in list(namespace_of_class(cls).items()):
            if type(slot) is MemberDescriptorType:
                try:
                    parts.append((name, slot.__get__(entry)))
                except AttributeError:
                    pass  # not set
    parts += (instance_dict(entry) or {}).items()
    return parts


def _reached(namespace: "dict[str, Any]") -> "Iterator[tuple[Any, int]]":
    """What a module holds of its own: containers, classes and instances, and the containers in these."""
    seen: set[int] = set()
    name = namespace.get("__name__")
    waiting = [
        (value, 0)
        for key, value in list(namespace.items())
        if type(key) is str and not is_plain(value) and not key.startswith("__")
    ]
    while waiting:
        value, depth = waiting.pop()
        kind = type(value)
        if kind is ModuleType or id(value) in seen or issubclass(kind, ModuleType):
            continue
        seen.add(id(value))
        inner: Iterable[Any] = ()
        if kind is FunctionType:
            if not value.__dict__:
                continue  # nearly all
            inner = list(value.__dict__.values())
        elif _is_container(kind):
            if len(value) > _MOST:
                continue
            inner = list(value.values()) if issubclass(kind, dict) else ()
        elif issubclass(kind, type):
            if module_of_class(value) != name:
                continue
            inner = list(namespace_of_class(value).values())
        else:
            inner = list((instance_dict(value) or {}).values())
        yield value, depth
        if depth < _DEPTH:
            waiting += [(each, depth + 1) for each in inner if _is_container(type(each))]


def _is_container(kind: type) -> bool:
    """True for the standard library's own: the methods of a user's subclass are not called."""
    if kind is list or kind is dict or kind is set:
        return True
    return kind is not FunctionType and issubclass(kind, dict) and module_of_class(kind) in (None, "collections")


def _copy(container: "Container") -> "Container":
    kind = list if type(container) is list else set if type(container) is set else dict
    return kind(container)


def _entries(container: "Container") -> "Iterator[object]":
    yield from container
    if type(container) is dict:
        yield from container.values()


def _is_data(container: "Container") -> bool:
    """True if a container holds nothing that could refer to a definition."""
    return are_plain(container) and (type(container) is not dict or are_plain(container.values()))


def _unchanged(container: "Any", before: "Container") -> bool:
    if not objects.same(tuple(container), tuple(before)):
        return False
    return type(before) is not dict or objects.same(tuple(container.values()), tuple(before.values()))


def _put(container: "Container", contents: "Container") -> None:
    if type(contents) is list:
        container[:] = contents  # type: ignore[index]
    else:
        container.clear()
        container.update(contents)  # type: ignore[union-attr]


def _put_attributes(attributes: "dict[str, Any]", contents: "dict[str, Any]") -> None:
    """Never empty on the way, as another thread may look."""
    for name in [name for name in list(attributes) if name not in contents]:
        attributes.pop(name, None)
    attributes.update(contents)


def _put_members(cls: type, members: "dict[str, Any]") -> None:
    present = namespace_of_class(cls)
    for name in [name for name in present if name not in members]:
        objects.delete_member(cls, name)
    for name, value in members.items():
        if name not in present or present[name] is not value:
            objects.set_member(cls, name, value)


# Registrations with the interpreter.


def interpreters_lists() -> "list[Container]":
    """The interpreter's own lists that programs add to."""
    return [sys.path, sys.meta_path, sys.path_hooks, gc.callbacks]


class Overloads:
    """What `typing.overload` keeps of the modules that are executed again: it goes by lines, and these move."""

    def __init__(self) -> None:
        self._before: dict[str, Any] = {}

    def take(self, name: str) -> None:
        """Forget the overloads of the module of this name, until it makes them again."""
        if name not in self._before:
            self._before[name] = self._registry().pop(name, _GONE)

    def restore(self) -> None:
        """Keep what was kept before."""
        registry = self._registry()
        for name, before in self._before.items():
            registry.pop(name, None)
            if before is not _GONE:
                registry[name] = before

    def _registry(self) -> "dict[str, Any]":
        typing = sys.modules.get("typing")
        registry = None if typing is None else typing.__dict__.get("_overload_registry")
        return registry if _is_container(type(registry)) else {}  # type: ignore[return-value]


class ExitCallbacks:
    """What was registered with `atexit` at a moment.

    `atexit` tells nobody what is registered, but compares each entry with what is to be
    unregistered: so a probe sees them all, and says which one goes.
    """

    def __init__(self) -> None:
        self._before = self._number()

    def restore(self) -> None:
        """Unregister what has been registered since."""
        callbacks, first = self._callbacks()
        if callbacks:
            self._remove(lambda index, _: index >= first)

    def reconcile(self, namespaces: set[int]) -> None:
        """Unregister what functions with these namespaces had registered before and have registered again."""
        callbacks, first = self._callbacks()
        again = _count(callbacks[first:])
        old = [
            index
            for index, callback in enumerate(callbacks[:first])
            if id(_globals_of(callback)) in namespaces and _take_one(again, callback)
        ]
        if old:
            self._remove(lambda index, _: index in old)

    def _callbacks(self) -> tuple[list[object], int]:
        """All callbacks, if some were registered since, and the index of the first of these."""
        callbacks: list[object] = []
        added = self._number() - self._before  # before 3.14, the number counts what was unregistered
        if added > 0:
            self._remove(lambda _, callback: callbacks.append(callback))
        return callbacks, max(len(callbacks) - added, 0)

    def _remove(self, which: "Callable[[int, object], object]") -> None:
        sys.modules["atexit"].unregister(_Probe(which))

    def _number(self) -> int:
        atexit = sys.modules.get("atexit")
        return 0 if atexit is None else atexit._ncallbacks()


class _Probe:
    """Equal to the entries of `atexit` that `which(index, callback)` is true of."""

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, which: "Callable[[int, object], object]") -> None:
        self._which = which
        self._index = 0

    def __eq__(self, callback: object) -> bool:
        self._index += 1
        return bool(self._which(self._index - 1, callback))


def _globals_of(callback: "Any") -> object:
    function = callback
    while type(function) is PARTIAL:
        function = function.func
    if type(function) is MethodType:
        function = function.__func__
    return function.__globals__ if type(function) is FunctionType else None


class LogHandlers:
    """The handlers of all loggers at a moment."""

    def __init__(self) -> None:
        self._before = [(handlers, list(handlers)) for handlers in _all_handlers()]

    def restore(self) -> None:
        """Give each logger the handlers that it had."""
        for handlers, before in self._before:
            handlers[:] = before

    def reconcile(self, namespaces: set[int]) -> None:
        """Let each new handler take the place of one that writes to the same place, best in the same format."""
        for handlers, before in self._before:
            old = [handler for handler in handlers if any(handler is each for each in before)]
            for handler in [handler for handler in handlers if all(handler is not each for each in before)]:
                same = [each for each in old if _destination(each) == _destination(handler)]
                same.sort(key=lambda each: _format(each) != _format(handler))
                if same:
                    handlers[:] = [each for each in handlers if each is not same[0]]
                    old = [each for each in old if each is not same[0]]


def _all_handlers() -> "Iterator[list[Any]]":
    """The list of handlers of each logger that there is."""
    logging = sys.modules.get("logging")
    root = None if logging is None else logging.__dict__.get("root")
    if root is None:
        return
    for logger in [root, *root.manager.loggerDict.values()]:
        handlers = (instance_dict(logger) or {}).get("handlers")
        if type(handlers) is list:
            yield handlers


def _destination(handler: object) -> object:
    attributes = instance_dict(handler) or {}
    if type(attributes.get("baseFilename")) is str:
        return (id(type(handler)), attributes["baseFilename"])
    return (id(type(handler)), id(attributes.get("stream")))


def _format(handler: object) -> object:
    formatter = (instance_dict(handler) or {}).get("formatter")
    return says((instance_dict(formatter) or {}).get("_fmt"))
