"""Old and new objects brought together: what is held of the modules that one refresh executes.

Knows namespaces before and after.  Must not know files, imports, or how one object takes over from
another (`_objects`).

1. `start`, before anything is executed: walk the namespaces and remember where each class and
   function stood; find all living functions of these modules, of whatever generation (they share
   the namespace, so one pass over the heap finds them).
2. `made`, at each class statement: what the statement made moves into the class that the last
   generation had by that name, which is what the statement yields.  Whatever later in the module
   refers to the class sees the one identity.
3. `finish`, when all has been executed: classes that no statement yields (made by calls, or made
   anew by a decorator, as for `slots=True`) take over likewise; functions follow; what got hold of
   a discarded class on the way is given the kept one; registrations are there once.
4. `move`, after the commit: where Python does not let a class be kept, instances and references
   move to the new one.

A place is a path in a namespace: ("Cart", "total", "fget").  Objects at the same place belong
together only if their qualified names agree, so `f = foo` edited to `f = bar` leaves `foo` alone.
"""

import gc
import sys
from types import CellType, CodeType, FrameType, FunctionType, MethodType, ModuleType

from . import _objects
from ._objects import instance_dict, is_class, namespace_of_class, qualname_of
from ._registrations import Snapshot

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from typing import Any

    Place = tuple[object, ...]
    Note = Callable[..., None]

_DEPTH = 6
_MOST = 1_000
_PLAIN = (str, int, float, complex, bytes, bool, type(None))


class _Module:
    """One module that is executed again, as it was."""

    __slots__ = ("classes", "codes", "functions", "name", "namespace", "places")

    def __init__(self, name: str, namespace: "dict[str, Any]", contents: "dict[str, Any]") -> None:
        self.name = name
        self.namespace = namespace
        # {("Cart", "add"): the function}: everything found
        self.places = dict(_walk(name, namespace, contents))
        # {"Cart.Line": the class}
        self.classes = {
            qualname_of(value): value for value in self.places.values() if is_class(value)
        }
        # {"make.<locals>.inner": [code, …]} in the order of the source
        self.codes = _codes(value for value in self.places.values() if type(value) is FunctionType)
        # the living functions of all generations
        self.functions: list[FunctionType] = []


class _Pair:
    """A class that was discarded and the one kept for it; with slots, so that `_substitute` passes it by."""

    __slots__ = ("discarded", "kept")

    def __init__(self, discarded: type, kept: type) -> None:
        self.discarded = discarded
        self.kept = kept


class Generations:
    """The old and new objects of one refresh."""

    def __init__(self, note: "Note") -> None:
        self._note = note
        self._modules: dict[int, _Module] = {}  # by the id of the namespace
        self._kept: dict[int, _Pair] = {}  # by the id of the discarded class
        self._claimed: set[int] = set()  # the ids of the kept classes
        self._replaced: list[_Pair] = []  # classes that could not be kept, and what came instead
        self._refused: dict[int, str] = {}  # {id(old class): why it could not be kept}
        self._snapshot: Snapshot | None = None
        self._exit_callbacks = _exit_callbacks()
        self._handlers = _handlers()

    def start(self, taken: "Mapping[str, tuple[dict[str, Any], dict[str, Any]]]", others: "Iterable[dict[str, Any]]") -> None:
        """Remember what the modules in `taken` (name: namespace, its contents) made; `others` are the tracked
        namespaces that are not going to be executed."""
        new = []
        for name, (namespace, contents) in taken.items():
            if id(namespace) not in self._modules:
                new.append(_Module(name, namespace, contents))
                self._modules[id(namespace)] = new[-1]
        if self._snapshot is None:
            self._snapshot = Snapshot(others)
            self._note(self._snapshot.restore)
        if new:
            for function in [each for each in gc.get_objects() if type(each) is FunctionType]:
                module = self._modules.get(id(function.__globals__))
                if module is not None and module in new:
                    module.functions.append(function)

    def made(self, body: FunctionType, cls: object) -> object:
        """What a class statement with this body yields, `cls` being what it made."""
        module = self._modules.get(id(body.__globals__))
        if module is None or not is_class(cls):
            return cls
        old = module.classes.get(body.__qualname__)
        if old is None or old is cls or id(old) in self._claimed or id(old) in self._refused:
            return cls
        has_class_cell = "__class__" in body.__code__.co_cellvars
        return old if self._adopt(old, cls, has_class_cell) else cls  # type: ignore[arg-type]

    def _adopt(self, old: type, new: type, has_class_cell: bool = True) -> bool:
        reason = _objects.adopt(old, new, self._note, has_class_cell=has_class_cell)
        if reason is not None:
            self._refused[id(old)] = reason
            return False
        self._refused.pop(id(old), None)
        self._kept[id(new)] = _Pair(new, old)
        self._claimed.add(id(old))
        return True

    def finish(self, executed: "Iterable[str]") -> None:
        """Let what is held of the modules in `executed` live on in what they have now."""
        names = set(executed)
        modules = [module for module in self._modules.values() if module.name in names]
        same: dict[int, Any] = {}
        forgotten: set[int] = set()
        gone_codes: set[tuple[str, str]] = set()
        new_places: dict[int, dict[Place, Any]] = {}
        for module in modules:
            self._finish_classes(module)
        if self._kept:
            self._replace_discarded()
        for module in modules:
            new_places[id(module)] = dict(_walk(module.name, module.namespace, module.namespace))
        for module in modules:
            self._finish_functions(module, new_places[id(module)], same, forgotten)
            new = new_places[id(module)]
            path = module.namespace.get("__file__")
            defined = {place for place, value in new.items() if is_class(value)}
            for place, value in module.places.items():
                if is_class(value) and place not in defined:
                    forgotten.add(id(value))
            codes = _codes(value for value in new.values() if type(value) is FunctionType)
            gone_codes |= {(path, name) for name in module.codes if name not in codes}
        if self._snapshot is not None:
            self._snapshot.reconcile(
                same,
                lambda entry: id(entry) in forgotten
                or (type(entry) is CodeType and (entry.co_filename, entry.co_qualname) in gone_codes),
                self._note,
            )
        for module in modules:
            self._put_back(module, same)
        self._unregister(modules)

    # Classes.

    def _finish_classes(self, module: _Module) -> None:
        for place, old in module.places.items():
            if not is_class(old):
                continue
            now = _at(module.namespace, place)
            if now is old or now is None or not is_class(now) or id(now) in self._kept:
                continue
            if qualname_of(now) != qualname_of(old) or namespace_of_class(now).get("__module__") != namespace_of_class(
                old
            ).get("__module__"):
                continue
            if not self._adopt(old, now):
                self._replaced.append(_Pair(old, now))

    def move(self) -> str | None:
        """After the commit: where classes could not be kept, whatever holds the old one gets the new one.

        Returns what there is to say about it.  All else that this object remembers is dropped
        first, so that only the session's own references are found.
        """
        self._modules.clear()
        self._kept.clear()
        self._snapshot = None
        if not self._replaced:
            return None
        _substitute(
            {id(pair.discarded): pair.kept for pair in self._replaced}, [pair.discarded for pair in self._replaced]
        )
        reasons: dict[str, list[str]] = {}
        for pair in self._replaced:
            name = f"{namespace_of_class(pair.kept).get('__module__')}.{qualname_of(pair.kept)}"
            stayed = sum(type(each) is pair.discarded for each in gc.get_referrers(pair.discarded))
            if stayed:
                name += f" ({stayed} of its instances stay what they were)"
            reasons.setdefault(self._refused[id(pair.discarded)], []).append(name)
        return "; ".join(
            f"{', '.join(names)}: a new class, as {reason}" for reason, names in reasons.items()
        )

    def _replace_discarded(self) -> None:
        """Give the kept class to whatever got hold of the one that a class statement made."""
        held = [pair for pair in self._kept.values() if _references(pair.discarded) > _NO_REFERENCES]
        if held:
            _substitute({id(pair.discarded): pair.kept for pair in held}, [pair.discarded for pair in held])
        for pair in self._kept.values():
            _objects.discard(pair.discarded)

    # Functions.

    def _finish_functions(
        self, module: _Module, new: "dict[Place, Any]", same: "dict[int, Any]", forgotten: set[int]
    ) -> None:
        done: set[int] = set()
        for place, old in module.places.items():
            if type(old) is not FunctionType:
                if type(old).__name__ == "_lru_cache_wrapper":
                    old.cache_clear()
                continue
            now = new.get(place)
            if old is now or id(old) in done:
                continue
            if type(now) is FunctionType and now.__qualname__ == old.__qualname__:
                _keep_registrations(old, now, module.namespace)
            elif not _defines(place, old, now):
                continue
            done.add(id(old))
            if _objects.follow(old, now, self._note) and id(now) not in same:
                same[id(now)] = old
        codes = _codes(value for value in new.values() if type(value) is FunctionType)
        by_name = {value.__qualname__: value for value in new.values() if type(value) is FunctionType}
        current = {id(value) for value in new.values()}
        for old in module.functions:
            if id(old) in done or id(old) in current:
                continue
            if not self._follow_code(module, old, codes, by_name):
                if "<locals>" not in old.__qualname__ and old.__qualname__ not in by_name:
                    forgotten.add(id(old))

    def _follow_code(
        self,
        module: _Module,
        old: FunctionType,
        codes: "dict[str, list[CodeType]]",
        by_name: "dict[str, FunctionType]",
    ) -> bool:
        """Functions that stand nowhere in the namespace: closures made by calls, and earlier generations."""
        name = old.__code__.co_qualname
        new = codes.get(name, [])
        if not new:
            return False
        before = module.codes.get(name, [])
        if len(new) == 1:
            code = new[0]
        else:
            index = next((i for i, each in enumerate(before) if each is old.__code__), None)
            if index is None or len(before) != len(new):
                return False
            code = new[index]
        whole = by_name.get(old.__qualname__)
        if "<locals>" not in name and whole is not None and whole.__code__ is code:
            _objects.follow(old, whole, self._note)
            return True
        return _objects.follow_code(old, code, self._note)

    def _put_back(self, module: _Module, same: "dict[int, Any]") -> None:
        """Let functions keep their identity in the namespace and in its classes."""
        for name, value in list(module.namespace.items()):
            if id(value) in same and type(value) is FunctionType:
                module.namespace[name] = same[id(value)]
        for cls in {id(cls): cls for cls in _classes(module)}.values():
            for name, value in list(namespace_of_class(cls).items()):
                if type(value) is FunctionType and id(value) in same:
                    type.__setattr__(cls, name, same[id(value)])

    # Registrations with the interpreter.

    def _unregister(self, modules: "list[_Module]") -> None:
        """Take back what the last generation registered with `atexit` and `logging` and the new one did, too."""
        atexit = sys.modules.get("atexit")
        if atexit is not None and _exit_callbacks() > self._exit_callbacks:
            for module in modules:
                for function in module.functions:
                    if "<locals>" not in function.__qualname__:
                        atexit.unregister(function)
        for logger, before in self._handlers:
            added = [handler for handler in logger.handlers if all(handler is not each for each in before)]
            for handler in added:
                for index, each in enumerate(logger.handlers):
                    if any(each is old for old in before) and _same_handler(each, handler):
                        del logger.handlers[index]
                        break


def _walk(name: str, namespace: "dict[str, Any]", contents: "Mapping[str, Any]") -> "Iterator[tuple[Place, Any]]":
    """The functions, classes and caches that `contents` of the module `name` lead to, with their places."""
    seen: set[int] = {id(namespace)}
    waiting: list[tuple[Place, Any]] = [((key,), value) for key, value in reversed(list(contents.items()))]
    while waiting:
        place, value = waiting.pop()
        kind = type(value)
        if kind in _PLAIN or kind is ModuleType or kind is CodeType or id(value) in seen or len(place) > _DEPTH:
            continue
        inner: list[tuple[object, Any]] = []
        if kind is FunctionType:
            if value.__globals__ is namespace or value.__module__ == name:
                yield place, value
            elif len(place) > 2:
                continue  # another module's, and what it wraps is hardly ours
            inner += [
                (("cell", variable), _objects._cell_contents(cell))
                for variable, cell in zip(value.__code__.co_freevars, value.__closure__ or (), strict=False)
            ]
            wrapped = value.__dict__.get("__wrapped__")
            if wrapped is not None:
                inner.append(("__wrapped__", wrapped))
        elif is_class(value):
            if not _is_own_class(name, namespace, place, value):
                continue
            yield place, value
            inner += namespace_of_class(value).items()
        elif kind in (staticmethod, classmethod, MethodType):
            inner.append(("__func__", value.__func__))
        elif issubclass(kind, property):
            inner += [(part, getattr(property, part).__get__(value)) for part in ("fget", "fset", "fdel")]
        elif kind is dict:
            if len(value) <= _MOST:
                inner += [((type(key), key), each) for key, each in value.items() if type(key) in _PLAIN]
        elif kind in (list, tuple):
            if len(value) <= _MOST:
                inner += enumerate(value)
        else:
            if kind.__name__ == "_lru_cache_wrapper" and kind.__module__ == "functools":
                yield place, value
            if kind.__name__ == "partial" and kind.__module__ == "functools":
                inner.append(("func", value.func))
            attributes = instance_dict(value) if len(place) <= 3 else None
            if attributes:
                inner += [(key, each) for key, each in attributes.items() if type(key) is str]
        seen.add(id(value))
        waiting += [((*place, key), each) for key, each in reversed(inner)]


def _is_own_class(name: str, namespace: "dict[str, Any]", place: "Place", cls: type) -> bool:
    """True if the module defines the class there: packages may have rewritten its `__module__`."""
    if qualname_of(cls) != ".".join(str(part) for part in place):
        return False
    members = namespace_of_class(cls)
    return members.get("__module__") == name or any(
        type(value) is FunctionType and value.__globals__ is namespace for value in members.values()
    )


def _at(namespace: "dict[str, Any]", place: "Place") -> "Any":
    value: Any = namespace.get(place[0])  # type: ignore[arg-type]
    for part in place[1:]:
        if not is_class(value):
            return None
        value = namespace_of_class(value).get(part)  # type: ignore[arg-type]
    return value


def _classes(module: _Module) -> "Iterator[type]":
    for place, value in module.places.items():
        if is_class(value) and _at(module.namespace, place) is value:
            yield value


def _defines(place: "Place", old: FunctionType, now: object) -> bool:
    """True if `now`, callable but of another make, is what the definition of `old` gives today.

    A decorator was added, removed or changed.
    """
    if now is None or ".".join(map(str, place)) != old.__qualname__ or not callable(now) or is_class(now):
        return False
    attributes = now.__dict__ if type(now) is FunctionType else instance_dict(now)
    return attributes is not None and (
        attributes.get("__qualname__", getattr(now, "__qualname__", None) if type(now) is FunctionType else None)
        == old.__qualname__
        or "__wrapped__" in attributes
    )


def _codes(functions: "Iterable[FunctionType]") -> "dict[str, list[CodeType]]":
    """All code objects of some functions by qualified name, nested ones included, in the order of the source."""
    found: dict[str, dict[int, CodeType]] = {}
    waiting = [function.__code__ for function in functions]
    while waiting:
        code = waiting.pop()
        same = found.setdefault(code.co_qualname, {})
        if id(code) not in same:
            same[id(code)] = code
            waiting += [constant for constant in code.co_consts if type(constant) is CodeType]
    return {name: sorted(codes.values(), key=lambda code: code.co_firstlineno) for name, codes in found.items()}


def _keep_registrations(old: FunctionType, new: FunctionType, namespace: "dict[str, Any]") -> None:
    """Implementations that other modules registered with a `functools.singledispatch` function survive."""
    if old.__code__.co_qualname != "singledispatch.<locals>.wrapper":
        return
    mine, its = _registry(old), _registry(new)
    if mine is None or its is None:
        return
    for cls, function in mine.items():
        if cls not in its and getattr(function, "__globals__", namespace) is not namespace:
            its[cls] = function
    clear = new.__dict__.get("_clear_cache")
    if clear is not None:
        clear()


def _registry(dispatcher: FunctionType) -> "dict[type, Any] | None":
    register = dispatcher.__dict__.get("register")
    if type(register) is not FunctionType:
        return None
    cells = dict(zip(register.__code__.co_freevars, register.__closure__ or (), strict=True))
    registry = cells["registry"].cell_contents if "registry" in cells else None
    return registry if type(registry) is dict else None


def _exit_callbacks() -> int:
    atexit = sys.modules.get("atexit")
    return 0 if atexit is None else atexit._ncallbacks()


def _handlers() -> "list[tuple[Any, list[Any]]]":
    """Each logger that has handlers or may get some, and its handlers."""
    logging = sys.modules.get("logging")
    root = getattr(logging, "root", None)
    if root is None:
        return []
    loggers = [root, *list(root.manager.loggerDict.values())]
    return [(logger, list(logger.handlers)) for logger in loggers if hasattr(logger, "handlers")]


def _same_handler(one: object, other: object) -> bool:
    """True if two logging handlers write to the same place."""
    if type(one) is not type(other):
        return False
    a, b = instance_dict(one) or {}, instance_dict(other) or {}
    if "baseFilename" in a:
        return a["baseFilename"] == b.get("baseFilename")
    return a.get("stream") is b.get("stream")


# What refers to a discarded class.


def _references(cls: type) -> int:
    """References to a class other than those that it has to itself."""
    own = sum(each is cls for each in cls.__mro__)
    for value in namespace_of_class(cls).values():
        if type(value) not in (FunctionType, *_PLAIN):
            own += sum(each is cls for each in gc.get_referents(value))
    return sys.getrefcount(cls) - own


_probe = _Pair(type("probe", (), {}), type)
_NO_REFERENCES = _references(_probe.discarded)
del _probe


def _substitute(kept: "dict[int, Any]", discarded: "list[Any]") -> None:
    """Replace the `discarded` objects by those kept for them, wherever they are held."""
    for _ in range(3):
        again: dict[int, tuple[Any, Any]] = {}
        holders = gc.get_referrers(*discarded)
        for holder in holders:
            if holder is discarded or type(holder) is FrameType:
                continue
            replacement = _replace_in(holder, kept)
            if replacement is not None:
                again[id(holder)] = (holder, replacement)
        if not again:
            return
        kept = {key: new for key, (_, new) in again.items()}
        discarded = [old for old, _ in again.values()]


def _replace_in(holder: "Any", kept: "dict[int, Any]") -> "Any":
    """Replace in one holder; what must stand for the holder itself if it cannot be changed, else None."""
    kind = type(holder)
    if kind is dict:
        _replace_in_dict(holder, kept)
    elif kind is list:
        present = {id(each) for each in holder}
        holder[:] = [
            kept.get(id(each), each)
            for each in holder
            if id(each) not in kept or id(kept[id(each)]) not in present
        ]
    elif kind is set:
        for each in [each for each in holder if id(each) in kept]:
            holder.discard(each)
            holder.add(kept[id(each)])
    elif kind is CellType:
        holder.cell_contents = kept[id(holder.cell_contents)]
    elif kind is tuple:
        return _replaced_tuple(holder, kept)
    elif kind is frozenset:
        return frozenset(kept.get(id(each), each) for each in holder)
    elif kind is MethodType:
        return MethodType(holder.__func__, kept.get(id(holder.__self__), holder.__self__))
    elif id(kind) in kept:
        try:
            _objects.class_of.__set__(holder, kept[id(kind)])
        except TypeError:
            pass
    else:
        attributes = instance_dict(holder) if not is_class(holder) else None
        if attributes:
            _replace_in_dict(attributes, kept)
    return None


def _replace_in_dict(table: "dict[Any, Any]", kept: "dict[int, Any]") -> None:
    if any(id(key) in kept for key in table):
        contents = [(kept.get(id(key), key), kept.get(id(value), value)) for key, value in table.items()]
        table.clear()
        table.update(contents)
        return
    for key, value in list(table.items()):
        if id(value) in kept:
            table[key] = kept[id(value)]
            if type(key) is str and "__module__" in table and "__doc__" in table:
                for cls in gc.get_referrers(table):  # the dict of a class: its caches must know
                    if is_class(cls):
                        type.__setattr__(cls, key, kept[id(value)])


def _replaced_tuple(holder: "tuple[Any, ...]", kept: "dict[int, Any]") -> "tuple[Any, ...] | None":
    new = tuple(kept.get(id(each), each) for each in holder)
    for cls in holder:
        if is_class(cls) and cls.__mro__ is holder:
            return None
    for cls in [sub for each in holder if id(each) in kept and is_class(each) for sub in type.__subclasses__(each)]:
        if len(cls.__bases__) == len(holder) and all(a is b for a, b in zip(cls.__bases__, holder, strict=True)):
            try:
                _objects._bases.__set__(cls, new)
            except TypeError:
                pass
            return None
    return new
