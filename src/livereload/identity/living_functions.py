"""The living functions of a module, and how they get other code.

Knows functions, classes and reference counts.  Must not know what has changed, or why.

A function holds its module's namespace.  So the number of references to the namespace tells whether
there are functions that no name of the module leads to (in a registry, a timer, a closure); only then
the heap is searched for them.
"""

import gc
from types import CodeType, FunctionType, ModuleType

from ..changes.difference import bound_constants, docstring
from . import functions, object_model, stdlib_class_caches
from .namespace_paths import is_made_in, walk
from .object_model import (
    is_class,
    module_of_class,
    mro_of,
    namespace_of,
    namespace_of_class,
    qualname_of,
    references_to_namespace,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    Note = Callable[..., None]


def functions_and_classes(module: ModuleType) -> tuple[list[FunctionType], list[type]]:
    """All living functions with the module's namespace, and the classes that its names lead to."""
    found: dict[int, FunctionType] = {}
    classes: list[type] = []
    _walk(module, found, classes)
    if references_to_namespace(module) > len(found):
        found.update((id(each), each) for each in functions_with(namespace_of(module)))
    _find_hidden_classes(namespace_of(module) or {}, [*found.values()], classes)
    return [*found.values()], classes


def functions_with(namespace: "dict[str, Any] | None") -> list[FunctionType]:
    """All living functions with this namespace, by a pass over the heap."""
    referrers = gc.get_referrers(namespace)
    return [each for each in referrers if type(each) is FunctionType and each.__globals__ is namespace]


def _find_hidden_classes(namespace: "dict[str, Any]", found: list[FunctionType], classes: list[type]) -> None:
    """Add the classes whose names the module has given to others.  There is one only if one of its functions lives."""
    names = {function.__code__.co_qualname.rpartition(".")[0] for function in found}
    missing = {each for each in names if each and "<locals>" not in each} - {qualname_of(cls) for cls in classes}
    for each in object_model.descendants(object) if missing else ():
        if qualname_of(each) in missing and is_made_in(namespace, each):
            classes.append(each)


def _walk(module: ModuleType, found: dict[int, FunctionType], classes: list[type]) -> None:
    namespace = namespace_of(module) or {}
    for _, value in walk(namespace.get("__name__", ""), namespace, namespace):
        if is_class(value):
            if module_of_class(value) == namespace.get("__name__"):
                classes.append(value)
        elif value.__globals__ is namespace:
            found[id(value)] = value


def update(module: ModuleType, codes: "Mapping[CodeType, CodeType]", note: "Note") -> None:
    """Give the living functions of a module, and its classes, the new code for each old one.

    A function that holds variables which the new code does not know in this order calls one that does.
    """
    codes = {old: new for old, new in codes.items() if old.co_name != "<module>" and _differ(old, new)}
    if not codes:
        return
    found, classes = functions_and_classes(module)
    for function in found:
        new = codes.get(function.__code__)
        if new is not None:
            _update_function(function, new, classes, note)
    bodies = {(old.co_qualname, old.co_firstlineno): new for old, new in codes.items()}
    for cls in {id(base): base for each in classes for base in mro_of(each)}.values():
        if module_of_class(cls) == (namespace_of(module) or {}).get("__name__"):
            _update_class(cls, bodies, note)


def _differ(old: CodeType, new: CodeType) -> bool:
    return old != new or old.co_linetable != new.co_linetable


_CHECKS = frozenset(("__subclasshook__", "__instancecheck__", "__subclasscheck__"))


def _update_function(function: FunctionType, new: CodeType, classes: list[type], note: "Note") -> None:
    old = function.__code__
    if old.co_name in _CHECKS:
        for cls in classes:
            stdlib_class_caches.forget(cls, False)
    if not functions.follow_code(function, new, note):
        return
    if function.__doc__ == docstring(old) != docstring(new):
        note(setattr, function, "__doc__", function.__doc__)
        function.__doc__ = docstring(new)


def _update_class(cls: type, bodies: "Mapping[tuple[str, int], CodeType]", note: "Note") -> None:
    contents = namespace_of_class(cls)
    line = contents.get("__firstlineno__")
    new = bodies.get((qualname_of(cls), line)) if type(line) is int else None
    for name, value in bound_constants(new).items() if new is not None else ():
        if name in contents and contents[name] != value:
            note(object_model.set_member, cls, name, contents[name])
            object_model.set_member(cls, name, value)
