"""Monkeypatches: a module replaces a function or class of another one, and keeps the original.

Knows `__module__` and `__qualname__` of functions and classes.  Must not know what is executed.

    _dumps = json.dumps
    def dumps(thing): return _dumps(thing) + "\\n"
    json.dumps = dumps

Executed again, such a module would take its own function for the original, which would then call itself without end.
A wrapper would be wrapped once more.  So the original is put back first, if the module, or a closure of it, keeps an
object whose `__module__` and `__qualname__` lead to a definition of the module's.
"""

import sys
from types import BuiltinFunctionType, FunctionType, ModuleType

from ..identity import object_model
from ..identity.object_model import (
    cell_contents,
    is_class,
    module_of_class,
    namespace_of,
    namespace_of_class,
    qualname_of,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from typing import Any

    Note = Callable[..., None]


def take_back(
    name: str,
    namespace: "dict[str, Any]",
    contents: "Mapping[str, Any]",
    functions: "Iterable[FunctionType]",
    may_patch: "Callable[[str], bool]",
    note: "Note",
) -> None:
    """Put the originals back that the module `name` has replaced in modules that it `may_patch`.

    `functions` are the functions of its `namespace`.  Before each change, `note(undo, *arguments)` is called.
    """
    for original, module, path in _originals(name, namespace, contents, functions):
        for other, place in _places(module, path[:-1], contents):
            members = namespace_of_class(place) if is_class(place) else place
            current = members.get(path[-1])
            if current is not original and _is_of(current, name, namespace) and may_patch(other):
                _put(place, path[-1], current, original, note)


def _originals(
    name: str, namespace: "dict[str, Any]", contents: "Mapping[str, Any]", functions: "Iterable[FunctionType]"
) -> "Iterator[tuple[Any, str, list[str]]]":
    """The objects that the module keeps and that are another module's: the object, that module, the path in it."""
    closures = [cell_contents(cell) for function in functions for cell in function.__closure__ or ()]
    seen = set()
    for value in [*contents.values(), *closures]:
        if id(value) in seen or _is_of(value, name, namespace):
            continue
        seen.add(id(value))
        module: str | None = None
        if type(value) is FunctionType or type(value) is BuiltinFunctionType:
            module, path = value.__module__, value.__qualname__
        elif is_class(value):
            module, path = module_of_class(value), qualname_of(value)
        if type(module) is str and "<" not in path:
            yield value, module, path.split(".")


def _places(module: str, path: list[str], contents: "Mapping[str, Any]") -> "Iterator[tuple[str, Any]]":
    """The namespaces that may hold an object: of its module, its packages, and imported modules; or its class.

    Each with the name of the module that it is in.
    """
    parts = module.split(".")
    modules = [sys.modules.get(".".join(parts[: i + 1])) for i in range(len(parts))]
    modules += [each for each in contents.values() if type(each) is ModuleType and not path]
    for each in {id(each): each for each in modules}.values():
        place: Any = namespace_of(each) or {}
        name = place.get("__name__")
        for part in path:
            place = (namespace_of_class(place) if is_class(place) else place).get(part)
            if not is_class(place):
                break
        else:
            yield name, place


def _is_of(value: "Any", name: str, namespace: "dict[str, Any]") -> bool:
    if type(value) is staticmethod or type(value) is classmethod:
        value = value.__func__
    if type(value) is FunctionType:
        return value.__globals__ is namespace
    return is_class(value) and module_of_class(value) == name


def _put(place: "Any", name: str, current: object, original: "Any", note: "Note") -> None:
    if not is_class(place):
        note(place.__setitem__, name, current)
        place[name] = original
    elif object_model.takes_attributes(place):
        note(object_model.set_member, place, name, current)
        object_model.set_member(place, name, staticmethod(original) if type(current) is staticmethod else original)
