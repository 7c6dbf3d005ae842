"""`when_changed()`: functions that are called again when a module that they use has changed, like `entr` of Revise.jl.

Knows code objects, and which module imports which.  Must not know how a refresh is done.

A function uses the module that it was defined in, the modules that the global names and the variables in its code
lead to, the modules that it imports when it runs, and all that these modules import.  Functions that it uses of modules
that are not tracked, such as those typed at a prompt, are followed in turn.
"""

import sys
from itertools import islice
from types import CodeType, FunctionType, MethodType

from ..identity.object_model import instance_dict, is_class, module_of_class, mro_of, namespace_of, namespace_of_class
from ..interpreter import bytecode
from ..interpreter.stdlib_imports import standard
from ..modules import graph

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

    from .._report import Report
    from ..imports.hooks import Installation
    from ..modules.state import State

_PARTIAL = standard("functools").partial
_CONTAINERS = (list, tuple, set, frozenset, dict)
_ENTRIES = 100  # how many entries of a container are looked at: it may hold the session's data


def call_when_changed(installation: "Installation", function: "Callable[[], object]") -> None:
    """From now on, call the function after each refresh that changed something it uses."""
    state = installation.state
    if not state.watching:
        state.listeners.append(lambda report: _call_those_changed(state, report))
    if all(function is not each for each in state.watching):
        state.watching.append(function)


def _call_those_changed(state: "State", report: "Report") -> None:
    changed = {*report.names, *(each.name for each in report.updated)}
    if report.error is not None or not changed:
        return
    for function in list(state.watching):
        if changed.isdisjoint(uses(state, function)):
            continue
        try:
            function()
        except Exception:
            kind, error, traceback = sys.exc_info()
            sys.excepthook(kind, error, traceback)  # type: ignore[arg-type]


def uses(state: "State", function: object) -> set[str]:
    """The names of the tracked modules that the function uses, directly or not."""
    records = state.records.copy()
    home = _module_of(function)
    found: set[str] = set()
    waiting, seen = [function], set()
    while waiting:
        value = waiting.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        name = _module_of(value)
        found.add(name)
        if value is function or type(value) in _CONTAINERS or (name == home and name not in records):
            waiting += _parts(value)
            if type(value) is FunctionType:
                found.update(_imported(value), _submodules(value))

    def enter(name: str) -> "Iterable[str] | None":
        return records[name].edges or () if name in records else None

    return set(graph.closure(found & records.keys(), enter))


def _module_of(value: "Any") -> str:
    """The name of the module that an object is, or was defined in, or its type."""
    namespace = namespace_of(value)
    if namespace is None and type(value) is FunctionType:
        namespace = value.__globals__
    if namespace is not None:
        return str(dict.get(namespace, "__name__", ""))
    if type(value) is MethodType:
        return _module_of(value.__func__)
    if type(value) is _PARTIAL:
        return _module_of(value.func)
    if is_class(value):
        return module_of_class(value) or ""
    own = (instance_dict(value) or {}).get("__module__")  # of what functools.wraps has made
    return own if type(own) is str else module_of_class(type(value)) or ""


def _parts(value: "Any") -> "Iterator[object]":
    """The objects that a call of this object may call or read."""
    if type(value) is FunctionType:
        names = _names(value.__code__)
        yield from (each for name, each in value.__globals__.copy().items() if name in names)
        yield from _cell_contents(value)
        yield from (*(value.__defaults__ or ()), *(value.__kwdefaults__ or {}).values())
    elif type(value) is MethodType:
        yield from (value.__func__, value.__self__)
    elif type(value) is _PARTIAL:
        yield from (value.func, *value.args, *value.keywords.values())
    elif is_class(value):
        yield from mro_of(value)[1:]
        yield from (getattr(each, "__func__", each) for each in namespace_of_class(value).values() if _is_method(each))
    elif type(value) in _CONTAINERS:
        yield from islice(value.values() if type(value) is dict else value, _ENTRIES)
    elif namespace_of(value) is None:
        yield type(value)


def _is_method(value: object) -> bool:
    return type(value) in (FunctionType, staticmethod, classmethod)


def _cell_contents(function: FunctionType) -> "Iterator[object]":
    """The objects in the closure of a function."""
    for cell in function.__closure__ or ():
        try:
            yield cell.cell_contents
        except ValueError:  # it is not bound yet
            pass


def _names(code: CodeType) -> set[str]:
    return {name for each in bytecode.nested(code) for name in each.co_names}


def _imported(function: FunctionType) -> "Iterator[str]":
    """The modules that the function imports when it runs."""
    package = function.__globals__.get("__package__") or ""
    for code in bytecode.nested(function.__code__):
        for name, from_list, level in bytecode.imports(code):
            module = bytecode.absolute(name, level, package)
            yield from (module, *(f"{module}.{each}" for each in from_list))


def _submodules(function: FunctionType) -> "Iterator[str]":
    """The modules that the function reaches by their dotted names, as in `shop.money.RATE`."""
    names = _names(function.__code__)
    found = [_module_of(each) for each in _parts(function) if namespace_of(each) is not None]
    for module in found:
        below = [each for name in names if (each := f"{module}.{name}") in sys.modules and each not in found]
        found += below
        yield from below
