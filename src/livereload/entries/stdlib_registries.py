"""Entries in registries of the interpreter and the standard library.

Knows `sys`, `gc`, `signal`, `typing`, `atexit` and `logging`.  Must not know what is executed.
"""

import _thread
import gc
import os
import sys
from types import FunctionType, MethodType

from ..identity.namespace_paths import PARTIAL
from ..identity.object_model import instance_dict
from .effects import GONE
from .entry_comparison import comparable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator
    from typing import Any


def interpreters_lists() -> "list[Any]":
    """The interpreter's own lists that programs add to."""
    return [sys.path, sys.meta_path, sys.path_hooks, gc.callbacks]


class Signals:
    """The handlers of signals, with the interface of a dict."""

    is_place = True

    def copy(self) -> "dict[int, Any]":
        signal = sys.modules["_signal"]
        return {number: signal.getsignal(number) for number in signal.valid_signals()}

    def get(self, number: int) -> "Any":
        return sys.modules["_signal"].getsignal(number)

    def put(self, number: int, handler: "Any") -> None:
        """Set a handler, in the main thread only, and only one that Python code has set before (not None)."""
        threading = sys.modules.get("threading")
        if handler is not None and (threading is None or _thread.get_ident() == threading.main_thread().ident):
            sys.modules["_signal"].signal(number, handler)


def environment() -> "dict[Any, Any]":
    """The variables of the environment, as `os.environ` keeps them; without asking it, which would count as reading."""
    data = (instance_dict(os.environ) or {}).get("_data")
    return data if type(data) is dict else {}


SIGNALS = Signals()
# Containers that functions of the module add to.
_TABLES = {"warnings": ("filters",), "gc": ("callbacks",), "mimetypes": ("types_map",), "sys": ("path", "meta_path")}
_LOGGING = {"addHandler", "addFilter", "basicConfig", "setLevel", "dictConfig", "fileConfig", "removeHandler"}
_LOGGING |= {"handlers", "filters", "propagate", "disabled", "captureWarnings"}


def places_behind(name: str, names: "Collection[str]") -> "Iterator[tuple[bool, Any]]":
    """The containers and attributes of a standard module that code with some `names` may change by calling it.

    Each with whether it is a namespace or the attributes of an instance.
    """
    module = sys.modules[name]
    for each in _TABLES.get(name, ()):
        if each in module.__dict__:
            yield False, module.__dict__[each]
    if name == "logging" and not _LOGGING.isdisjoint(names):
        for logger in _loggers():
            attributes = instance_dict(logger) or {}
            yield True, attributes
            for each in ("handlers", "filters"):
                if type(attributes.get(each)) is list:
                    yield False, attributes[each]


def set_up_since(known: "Collection[int]") -> "Iterator[tuple[Any, Any, Any, Any]]":
    """The differences of `logging`, and of loggers, from new ones; not of those whose attributes are `known`, by id.

    Each difference is (holder, key, value, earlier value).
    """
    logging: Any = sys.modules["logging"]
    factory = logging.__dict__.get("_logRecordFactory")
    if id(logging.__dict__) not in known and factory is not logging.LogRecord:
        yield logging.__dict__, "_logRecordFactory", factory, logging.LogRecord
    for logger in _loggers():
        attributes = instance_dict(logger) or {}
        if id(attributes) in known:
            continue
        usual = {"level": 30 if logger is logging.root else 0, "propagate": True, "disabled": False}
        for key, value in usual.items():
            if key in attributes and attributes[key] != value:
                yield attributes, key, attributes[key], value
        for key in ("handlers", "filters"):
            for each in attributes.get(key, ()):
                yield attributes[key], GONE, each, GONE


class Overloads:
    """The registry of `typing.overload`, for modules that are executed again: its keys are lines, and these move."""

    def __init__(self) -> None:
        self._before: dict[str, Any] = {}

    def take(self, name: str) -> None:
        """Remove the overloads of the module of this name; executing it makes them again."""
        if name not in self._before:
            self._before[name] = self._registry().pop(name, GONE)

    def restore(self) -> None:
        """Put the removed overloads back."""
        registry = self._registry()
        for name, before in self._before.items():
            registry.pop(name, None)
            if before is not GONE:
                registry[name] = before

    def _registry(self) -> "dict[str, Any]":
        typing = sys.modules.get("typing")
        registry = None if typing is None else typing.__dict__.get("_overload_registry")
        return registry if issubclass(type(registry), dict) else {}  # type: ignore[return-value]


class ExitCallbacks:
    """The callbacks that were registered with `atexit` at a moment.

    `atexit` has no list of callbacks, but `atexit.unregister` compares each of them with its argument
    (`atexit_unregister` in Modules/atexitmodule.c).  So a probe sees all callbacks, and chooses those to remove.
    """

    def __init__(self) -> None:
        self._before = self._number()

    def restore(self) -> None:
        """Unregister the callbacks that have been registered since."""
        callbacks, first = self._callbacks()
        if callbacks:
            self._remove(lambda index, _: index >= first)

    def reconcile(self, namespaces: set[int]) -> None:
        """Unregister earlier callbacks that functions with these namespaces have registered again."""
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
    """Equal to the callbacks of `atexit` for which `which(index, callback)` is true."""

    __hash__ = None  # type: ignore[assignment]

    def __init__(self, which: "Callable[[int, object], object]") -> None:
        self._which = which
        self._index = 0

    def __eq__(self, callback: object) -> bool:
        self._index += 1
        return bool(self._which(self._index - 1, callback))


def _count(entries: "Iterable[object]") -> dict[object, int]:
    counts: dict[object, int] = {}
    for entry in entries:
        said = comparable(entry)
        counts[said] = counts.get(said, 0) + 1
    return counts


def _take_one(counts: dict[object, int], entry: object) -> bool:
    """True if there is an equal entry, which is then counted off."""
    if not counts:
        return False
    said = comparable(entry)
    if not counts.get(said):
        return False
    counts[said] -= 1
    return True


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
        """Remove one earlier handler for each new one that writes to the same destination, best in the same format."""
        for handlers, before in self._before:
            old = [handler for handler in handlers if any(handler is each for each in before)]
            for handler in [handler for handler in handlers if all(handler is not each for each in before)]:
                same = [each for each in old if _destination(each) == _destination(handler)]
                same.sort(key=lambda each: _format(each) != _format(handler))
                if same:
                    handlers[:] = [each for each in handlers if each is not same[0]]
                    old = [each for each in old if each is not same[0]]


def _loggers() -> "list[Any]":
    logging = sys.modules.get("logging")
    root = None if logging is None else logging.__dict__.get("root")
    return [] if root is None else [root, *root.manager.loggerDict.values()]


def forget_levels() -> None:
    """Empty the caches of loggers, so that they compute their effective level again."""

    logging = sys.modules.get("logging")
    root = None if logging is None else logging.__dict__.get("root")
    if root is not None:
        root.manager._clear_cache()


def _all_handlers() -> "Iterator[list[Any]]":
    """The list of handlers of each logger that there is."""
    for logger in _loggers():
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
    return comparable((instance_dict(formatter) or {}).get("_fmt"))
