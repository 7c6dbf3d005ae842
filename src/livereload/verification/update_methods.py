"""Define methods of a class anew without executing its class statement.

Knows classes, and the definitions of methods that have changed.  Must not know why.

A metaclass, a hook or a decorator makes of a class what it is: a table, a model, an entry of a registry.  Executing
the class statement again does all of that again.  A method that it only keeps can be put into the class as it is.
"""

import itertools
import sys
from types import CodeType, FunctionType, ModuleType

from ..identity import functions, object_model
from ..identity.object_model import (
    is_class,
    module_of_class,
    mro_of,
    namespace_of,
    namespace_of_class,
    takes_attributes,
)
from ..interpreter.bytecode import is_function, nested
from .decorators import leads_to
from .namespace_comparison import Before
from .update_statements import compiled, first_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Iterator
    from typing import Any

    from ..changes.difference import Difference, Methods
    from ..changes.uses import Uses

    Note = Callable[..., None]

# Special methods that are looked up when they are called, and that nothing generates or asks for in advance.
_LATE = frozenset((
    *("__str__", "__len__", "__iter__", "__contains__", "__getitem__", "__call__", "__bool__", "__enter__", "__exit__"),
    *("__aenter__", "__aexit__", "__add__", "__sub__", "__mul__", "__truediv__", "__html__"),
))  # fmt: skip

# Whose metaclasses collect the names of all methods: protocols, named tuples.
_COLLECTING = frozenset(("typing", "typing_extensions"))


def can_be_defined(
    module: ModuleType, difference: "Difference", uses: "Uses", is_tracked: "Callable[[object], bool]"
) -> bool:
    """True if whatever has made the classes only keeps the methods that have changed."""
    namespace = namespace_of(module) or {}
    for changed in difference.classes:
        cls = class_at(namespace, changed.old.co_qualname)
        if not is_class(cls) or module_of_class(cls) != namespace.get("__name__") or not takes_attributes(cls):
            return False
        if sum(each.co_qualname == changed.old.co_qualname for each in nested(uses.code)) > 1:
            return False  # two classes of one name
        if not all(_is_kept_as_it_is(cls, code) for code in changed.kept) or _lists_methods(cls, changed):
            return False
        if not all(_is_late(cls, name) for name in changed.names()):
            return False
        decorated = [paths for paths, code in uses.decorated if code.co_qualname == changed.old.co_qualname]
        if any(not path or _is_own(namespace, path, is_tracked) for paths in decorated for path in paths):
            return False
        makers = (type(cls), *(each for each in mro_of(cls)[1:] if "__init_subclass__" in namespace_of_class(each)))
        if module_of_class(type(cls)) in _COLLECTING or any(is_tracked(module_of_class(each)) for each in makers):
            return False
    return True


def class_at(namespace: "dict[str, Any]", qualname: str) -> "Any":
    """What the class statement with this qualified name has made; None if it is not there."""
    first, *rest = qualname.split(".")
    found: Any = namespace.get(first)
    for part in rest:
        found = namespace_of_class(found).get(part) if is_class(found) else None
    return found


def _is_own(namespace: "dict[str, Any]", path: tuple[str, ...], is_tracked: "Callable[[object], bool]") -> bool:
    """True if a decorator is one of the user's own, or not known."""
    value: Any = namespace.get(path[0])
    for each in path[1:]:
        value = (namespace_of(value) or {}).get(each)
    if type(value) is FunctionType:
        return is_tracked(value.__globals__.get("__name__"))
    return value is None or is_tracked(module_of_class(value if is_class(value) else type(value)))


def _is_kept_as_it_is(cls: type, code: CodeType) -> bool:
    """True if a method that the class statement defines is in the class as the statement has made it."""
    if code.co_name.startswith("__"):
        return True
    value = namespace_of_class(cls).get(code.co_name)
    function = value.fget if type(value) is property else _function_of(value)
    return type(function) is FunctionType and function.__code__.co_name == code.co_name


def _lists_methods(cls: type, changed: "Methods") -> bool:
    """True if what the class has beside what its body binds leads to methods, or their names: a table of them."""
    names = [sys.intern(code.co_name) for code in changed.kept if not code.co_name.startswith("__")]
    made = [
        value
        for name, value in list(namespace_of_class(cls).items())
        if name not in changed.old.co_names and name[:2] != "__"
    ]
    return any(leads_to(value, name) for value in made for name in names)


def _is_late(cls: type, name: str) -> bool:
    """True if nothing asks for a method of this name when a class is made."""
    if "init" in name or (name[:2] == "__" == name[-2:] and name not in _LATE):
        return False
    return not any(name in namespace_of_class(each).get("__abstractmethods__", ()) for each in mro_of(cls))


def define(
    module: ModuleType, source: bytes, path: str, code: CodeType, difference: "Difference", note: "Note"
) -> set[str]:
    """Put the methods that have changed into their classes; the keys of what is different now.

    Raises what evaluating their defaults and annotations raises; the journal has what to undo.
    """
    namespace = namespace_of(module) or {}
    names = {changed.new.co_qualname.partition(".")[0] for changed in difference.classes}
    before = Before(namespace.get("__name__", ""), namespace, {name: namespace[name] for name in names})
    for changed in difference.classes:
        cls = class_at(namespace, changed.old.co_qualname)
        made = _made(module, source, path, code, changed, cls)
        for name in changed.names():
            _put(cls, name, made.get(name), note)
    wanted = {f"{changed.new.co_qualname}.{name}" for changed in difference.classes for name in changed.names()}
    return {key for key in before.differences() if key.removesuffix("()") in wanted} | wanted


def _put(cls: type, name: str, new: "Any", note: "Note") -> None:
    contents = namespace_of_class(cls)
    if name in contents:
        old = contents[name]
        note(object_model.set_member, cls, name, old)
        if type(old) is type(new) and _follows(_function_of(old), _function_of(new), note):
            return
        if new is None:
            object_model.delete_member(cls, name)
            return
    else:
        note(object_model.delete_member, cls, name)
    object_model.set_member(cls, name, new)


def _follows(old: FunctionType | None, new: FunctionType | None, note: "Note") -> bool:
    """True if a function goes on as the object that it is, as what has been defined now."""
    if old is None or new is None or not functions.same_variables(old, new):
        return False
    return functions.follow(old, new, note)


def _function_of(value: "Any") -> FunctionType | None:
    function = value.__func__ if type(value) in (staticmethod, classmethod) else value
    return function if type(function) is FunctionType else None


def _made(
    module: ModuleType, source: bytes, path: str, code: CodeType, changed: "Methods", cls: type
) -> "dict[str, Any]":
    """{name: what its definition makes}, as the class statement would."""
    if not changed.statements:
        return {}
    lines = {statement.line for statement in changed.statements}
    body = _body(compiled(source, path, code, lambda tree: _reduced(tree, changed.new, lines)), changed.new.co_qualname)
    made: dict[str, Any] = dict(namespace_of_class(cls))
    exec(body, namespace_of(module) or {}, made)
    cell = made.get("__classcell__")
    if cell is not None:
        cell.cell_contents = cls
    scope = made.get("__classdictcell__")
    if scope is not None:
        scope.cell_contents = namespace_of_class(cls)
    return {name: made[name] for statement in changed.statements for name in statement.names if name in made}


def _reduced(tree: "ast.Module", body: CodeType, lines: set[int]) -> "list[ast.stmt]":
    """The class statement, and those around it, with the wanted definitions alone."""
    import _ast

    found: list[ast.stmt] = tree.body
    outer: list[ast.ClassDef] = []
    for name in body.co_qualname.split("."):
        outer += [
            each for each in found if isinstance(each, _ast.ClassDef) and each.name == name and _is_on(each, lines)
        ]
        found = outer[-1].body
    outer[-1].body = [each for each in found if _is_on(each, lines)]
    for each, inner in itertools.pairwise(outer):
        each.body = [inner]
    for each in outer:
        each.bases, each.keywords, each.decorator_list = [], [], []
    return [outer[0]]


def _is_on(statement: "ast.stmt", lines: set[int]) -> bool:
    return not lines.isdisjoint(range(first_line(statement), (statement.end_lineno or 0) + 1))


def _body(code: CodeType, qualname: str) -> CodeType:
    """The code of the body of the class with this qualified name."""
    return next(each for each in _classes(code) if each.co_qualname == qualname)


def _classes(code: CodeType) -> "Iterator[CodeType]":
    for each in code.co_consts:
        if type(each) is CodeType and not is_function(each):
            yield each
            yield from _classes(each)
