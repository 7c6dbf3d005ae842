"""Which of its own earlier values a module asks for.

Knows source text.  Must not know modules.

The documentation of `importlib.reload` names the forms by which a module that is executed again
keeps a value from before:

    try:                          if "cache" not in globals():      cache = globals().get("cache", {})
        cache                         cache = {}
    except NameError:
        cache = {}

Whatever else looks at the names of its module (another name bound in the `except` branch, an expression) would find
what no fresh interpreter has, and asks for nothing.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from collections.abc import Iterable, Iterator

_NAMESPACES = ("globals", "vars", "locals", "dir")
_ASKING = frozenset(("NameError", *_NAMESPACES))
_CALLS = tuple(f"{name}()".encode() for name in _NAMESPACES)
_WORDS = (b"NameError", *_CALLS)


def may_ask(names: "Iterable[str]") -> bool:
    """False if a module whose own level uses only these names asks for nothing."""
    return not _ASKING.isdisjoint(names)


def names_asked_for(source: bytes) -> frozenset[str]:
    """The names whose earlier values this source asks for, at module level; none if it does not compile."""
    if not any(word in source for word in _WORDS) or not any(_may_ask(line) for line in source.splitlines()):
        return frozenset()  # nearly all: without the cost of parsing
    import _ast as ast  # without what `ast` imports, and whatever else has that name

    try:
        tree = compile(source, "<unknown>", "exec", ast.PyCF_ONLY_AST, dont_inherit=True)
    except (SyntaxError, ValueError):
        return frozenset()
    return frozenset(name for node in _module_level(tree) for name in _asked_by(node))


def _may_ask(line: bytes) -> bool:
    if b"NameError" in line:
        return line.lstrip().startswith(b"except")
    return b"()" in line and any(table in line for table in _CALLS) and (b" in " in line or b"et" in line)


def _module_level(tree: "ast.AST") -> "Iterator[ast.AST]":
    import _ast as ast

    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            for field in node._fields:
                value = getattr(node, field, None)
                waiting += [each for each in (value if type(value) is list else [value]) if isinstance(each, ast.AST)]


def _asked_by(node: "ast.AST") -> "Iterator[str]":
    import _ast as ast

    match node:
        case ast.Try(handlers=[handler], body=[ast.Expr(value=ast.Name(id=name))]):
            if _catches_name_error(handler) and _binds_only(handler.body, name):
                yield name
        case ast.If(
            test=ast.Compare(
                left=ast.Constant(value=str(name)), ops=[(ast.In() | ast.NotIn()) as operator], comparators=[table]
            )
        ):
            absent, present = (node.body, node.orelse) if isinstance(operator, ast.NotIn) else (node.orelse, node.body)
            if _is_namespace(table) and _binds_only(absent, name) and not any(map(_binds, present)):
                yield name
        case ast.Assign(targets=[ast.Name(id=name)], value=call) | ast.AnnAssign(target=ast.Name(id=name), value=call):
            if _asks(call, name, "get"):
                yield name
        case ast.Expr(value=ast.Call(args=[ast.Constant(value=str(name)), *_]) as call):
            if _asks(call, name, "setdefault"):
                yield name


def _binds_only(statements: "list[ast.stmt]", name: str) -> bool:
    """True for an assignment to this name: whoever does more needs to do all of it again."""
    import _ast as ast

    match statements:
        case [ast.Assign(targets=[ast.Name(id=bound)]) | ast.AnnAssign(target=ast.Name(id=bound))]:
            return bound == name
    return False


def _binds(statement: "ast.stmt") -> bool:
    import _ast as ast

    return not isinstance(statement, (ast.Expr, ast.Pass))


def _asks(call: "ast.expr | None", name: str, method: str) -> bool:
    """True for `globals().get("name", …)`, with this name and method."""
    import _ast as ast

    match call:
        case ast.Call(func=ast.Attribute(value=table, attr=attribute), args=[ast.Constant(value=asked), *_]):
            return attribute == method and asked == name and _is_namespace(table)
    return False


def _catches_name_error(handler: "ast.ExceptHandler") -> bool:
    import _ast as ast

    caught = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(isinstance(each, ast.Name) and each.id == "NameError" for each in caught)


def _is_namespace(node: "ast.AST") -> bool:
    import _ast as ast

    return (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _NAMESPACES and not node.args
    )
