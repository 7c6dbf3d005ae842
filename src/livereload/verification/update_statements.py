"""Execute statements of a changed module by themselves, in the module as it is.

Knows the new source, the statements of it to execute, and the module's namespace.  Must not know why they
are executed, nor which modules use what they bind.

The statements are compiled where they stand in the source: tracebacks, `inspect.getsource` and debuggers
show their lines.  A function that is defined again goes on as the object that it is.
"""

from types import CodeType, FunctionType, ModuleType

from ..changes.top_level_statements import class_body
from ..identity import functions
from ..identity.object_model import is_class, module_of_class, mro_of, namespace_of, namespace_of_class
from .namespace_comparison import Before

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from collections.abc import Callable, Iterator

    from ..changes.difference import Difference

    Note = Callable[..., None]

_FUTURE = 0x1FF0000  # the flags of `from __future__ import …` in the code of a module (Lib/__future__.py)
_ONLY_AST = 0x400  # ast.PyCF_ONLY_AST


def can_be_executed(module: ModuleType, difference: "Difference") -> bool:
    """True if the statements do nothing but bind names: a class that they make again, or remove, tells nobody of it."""
    namespace = namespace_of(module) or {}
    made = [
        name for statement in difference.statements if class_body(statement) is not None for name in statement.names
    ]
    removed = [name for name in difference.removed if is_class(namespace.get(name))]
    return all(_is_plainly_made(namespace[name]) for name in (*made, *removed) if name in namespace)


def _is_plainly_made(cls: object) -> bool:
    """True for a class that `type` makes, or `ABCMeta`, without a hook of its bases or metaclass."""
    if not is_class(cls) or (module_of_class(type(cls)) or "builtins") not in ("builtins", "abc"):
        return False
    return all(
        (module_of_class(each) or "builtins") in ("builtins", "abc", "typing")
        for each in mro_of(cls)[1:]  # type: ignore[arg-type]
        if "__init_subclass__" in namespace_of_class(each)
    )


def makes_classes_again(module: ModuleType, difference: "Difference") -> bool:
    """True if one of the statements makes a class that is there already: it is to be filled."""
    namespace = namespace_of(module) or {}
    return any(
        class_body(statement) is not None and any(is_class(namespace.get(name)) for name in statement.names)
        for statement in difference.statements
    )


def execute(
    module: ModuleType, source: bytes, path: str, code: CodeType, difference: "Difference", note: "Note"
) -> set[str]:
    """Execute the statements, and remove the names that are gone; the keys of what is different now.

    Raises what they raise; the journal has what to undo.
    """
    namespace = namespace_of(module) or {}
    names = difference.bound()
    held = {name: namespace[name] for name in names if name in namespace}
    before = Before(namespace.get("__name__", ""), namespace, held)
    for name in names:
        note(*((namespace.__setitem__, name, held[name]) if name in held else (namespace.pop, name, None)))
    if difference.statements:
        lines = {statement.line for statement in difference.statements}
        exec(compiled(source, path, code, lambda tree: _at_lines(tree, lines)), namespace)
    for name, old in held.items():
        new = namespace.get(name)
        if type(old) is not FunctionType or type(new) is not FunctionType or old is new:
            continue
        if old.__globals__ is namespace and functions.same_variables(old, new) and functions.follow(old, new, note):
            namespace[name] = old
    for name in difference.removed:
        namespace.pop(name, None)
    return {key for key in before.differences() if key.partition(".")[0].removesuffix("()") in names}


# where nodes of ours stand
_PLACE = {"lineno": 1, "col_offset": 0, "end_lineno": 1, "end_col_offset": 0}


def compiled(source: bytes, path: str, code: CodeType, choose: "Callable[[ast.Module], list[ast.stmt]]") -> CodeType:
    """The code of some statements of a source, compiled where they stand; `code` is that of the whole."""
    import _ast

    flags = code.co_flags & _FUTURE
    tree = compile(source, path, "exec", _ONLY_AST | flags, dont_inherit=True)
    imports = [*_imports(tree.body)]
    body = [*choose(tree), *_never(imports)]
    found: CodeType = compile(_ast.Module(body, []), path, "exec", flags, dont_inherit=True)
    return found.replace(co_qualname="<statements>")  # whoever looks for modules being executed passes it by


def _at_lines(tree: "ast.Module", lines: set[int]) -> "list[ast.stmt]":
    """The statements on these lines."""
    body = [each for each in tree.body if not lines.isdisjoint(range(first_line(each), (each.end_lineno or 0) + 1))]
    return _without_docstring(body, tree)


def first_line(statement: "ast.stmt") -> int:
    decorators: list[ast.expr] = getattr(statement, "decorator_list", [])
    return min([statement.lineno, *(each.lineno for each in decorators)])


def _without_docstring(body: "list[ast.stmt]", tree: "ast.Module") -> "list[ast.stmt]":
    """The docstring of the module stays one: the first statement, an expression, or else no statement is one."""
    import _ast

    if body and body[0] is tree.body[0]:
        return body
    return [_ast.Pass(**_PLACE), *body]


def _imports(statements: "list[ast.stmt]") -> "Iterator[ast.stmt]":
    """The import statements of a module's own level, but for those of `__future__`."""
    import _ast

    for each in statements:
        if isinstance(each, _ast.Import) or (isinstance(each, _ast.ImportFrom) and each.module != "__future__"):
            yield each
        elif not isinstance(each, (_ast.FunctionDef, _ast.AsyncFunctionDef, _ast.ClassDef)):
            for part in ("body", "orelse", "finalbody", "handlers", "cases"):
                yield from _imports(getattr(each, part, []))


def _never(statements: "list[ast.stmt]") -> "list[ast.stmt]":
    """Statements that are compiled, but not executed.

    The compiler calls an attribute of what is imported otherwise (`is_import_originated` in CPython's codegen.c,
    3.12 and later): so functions get the code that the whole module would give them.
    """
    import _ast

    return [_ast.If(_ast.Constant(False, None, **_PLACE), statements, [], **_PLACE)] if statements else []
