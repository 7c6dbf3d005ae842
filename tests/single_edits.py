"""Edits of single definitions, made in the source of a module: what somebody does between two imports.

Each of KINDS takes a module's source and a `random.Random`; it returns another source and a line that says what has
been edited, or None where the module has nothing of the kind.  Whether the new source compiles, the caller sees.
"""

import ast
from itertools import pairwise


class Text:
    """The source of a module, its tree, and how a part of it is replaced; columns of `ast` count bytes."""

    def __init__(self, source):
        self.source = source
        self.tree = ast.parse(source)
        self.lines = source.encode().splitlines(keepends=True)

    def all(self, *kinds):
        return [node for node in ast.walk(self.tree) if isinstance(node, kinds)]

    def replaced(self, *replacements):
        """The source with each (node, text) replaced."""
        lines = self.lines[:]
        for node, text in sorted(replacements, key=lambda each: (-each[0].lineno, -each[0].col_offset)):
            first, last = node.lineno - 1, node.end_lineno - 1
            head, tail = lines[first][: node.col_offset], lines[last][node.end_col_offset :]
            lines[first : last + 1] = [head + text.encode() + tail]
        return b"".join(lines).decode()

    def inserted(self, after, text):
        """The source with lines inserted after that number of lines."""
        lines = self.lines[:]
        if after and not lines[after - 1].endswith(b"\n"):
            lines[after - 1] += b"\n"
        return b"".join([*lines[:after], text.encode(), *lines[after:]]).decode()


FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def another(constant, random):
    """The text of another constant of the type, or None."""
    value = constant.value
    if isinstance(value, bool):
        return repr(not value)
    if isinstance(value, int):
        return repr(value + random.randint(1, 3))
    if isinstance(value, str) and "\n" not in value and constant.lineno == constant.end_lineno:
        return repr(value + random.choice("xyz"))
    return None


def constants(nodes):
    """The constants below some nodes, but for docstrings and those within f-strings and annotations."""
    found, waiting = [], list(nodes)
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Constant):
            found.append(node)
        if isinstance(node, (ast.JoinedStr, ast.Expr)) and not isinstance(getattr(node, "value", None), ast.Call):
            continue
        children = dict(ast.iter_fields(node))
        for name in ("annotation", "returns"):
            children.pop(name, None)
        for child in children.values():
            waiting += [each for each in (child if isinstance(child, list) else [child]) if isinstance(each, ast.AST)]
    return [each for each in found if not isinstance(each.value, (bytes, float, complex, type(None), type(...)))]


def replace_one(text, candidates, random, what):
    found = [(node, another(node, random)) for node in candidates]
    found = [(node, new) for node, new in found if new is not None]
    if not found:
        return None
    node, new = random.choice(sorted(found, key=lambda each: (each[0].lineno, each[0].col_offset)))
    return text.replaced((node, new)), f"{what}, line {node.lineno}: {node.value!r} -> {new}"


def constant_in_a_body(source, random):
    text = Text(source)
    bodies = [statement for function in text.all(*FUNCTIONS) for statement in function.body]
    return replace_one(text, constants(bodies), random, "a constant in a function")


def default(source, random):
    text = Text(source)
    arguments = [function.args for function in text.all(*FUNCTIONS)]
    defaults = [each for args in arguments for each in (*args.defaults, *args.kw_defaults)]
    return replace_one(text, [each for each in defaults if isinstance(each, ast.Constant)], random, "a default")


def decorator_argument(source, random):
    text = Text(source)
    decorated = text.all(*FUNCTIONS, ast.ClassDef)
    calls = [each for node in decorated for each in node.decorator_list if isinstance(each, ast.Call)]
    return replace_one(text, constants(calls), random, "an argument of a decorator")


def class_attribute(source, random):
    text = Text(source)
    values = [each.value for node in text.all(ast.ClassDef) for each in node.body if isinstance(each, ast.Assign)]
    return replace_one(text, constants(values), random, "an attribute of a class")


def module_constant(source, random):
    text = Text(source)
    values = [each.value for each in text.tree.body if isinstance(each, (ast.Assign, ast.AnnAssign)) and each.value]
    return replace_one(text, constants(values), random, "a constant of the module")


def start(node):
    return min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", []))])


def new_function(source, random):
    text = Text(source)
    n = random.randrange(10**6)
    definitions = [node for node in text.tree.body if isinstance(node, (*FUNCTIONS, ast.ClassDef))]
    after = random.choice([len(text.lines), *(node.end_lineno for node in definitions)])
    return text.inserted(after, f"\n\ndef added_{n}(x={n}):\n    return x\n\n"), f"a function more after line {after}"


def new_method(source, random):
    text = Text(source)
    classes = [node for node in text.all(ast.ClassDef) if node.body[0].lineno > node.lineno]
    if not classes:
        return None
    node = random.choice(classes)
    n = random.randrange(10**6)
    indent = " " * node.body[0].col_offset
    method = f"\n{indent}def added_{n}(self):\n{indent}    return {n}\n"
    return text.inserted(node.body[-1].end_lineno, method), f"a method more in {node.name}"


def new_import(source, random):
    text = Text(source)
    name = random.choice(["json", "math", "os.path", "string", "collections"])
    after = max([node.end_lineno for node in text.tree.body[:1]], default=0)
    for node in text.tree.body:
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            after = node.end_lineno
    return text.inserted(after, f"import {name} as added_{random.randrange(10**6)}\n"), "an import more"


# What binds names in other ways than by a Name, or asks for them by their text.
_OTHERWISE = (
    *(*FUNCTIONS, ast.ClassDef, ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp),
    *(ast.Global, ast.Nonlocal, ast.JoinedStr, ast.alias, ast.ExceptHandler),
    *(ast.MatchAs, ast.MatchStar, ast.MatchMapping),
)


def locals_of(function):
    """[the nodes of one local variable, …] of a function in which a Name is all that names them."""
    below = [node for statement in function.body for node in ast.walk(statement)]
    names = [node for node in below if isinstance(node, ast.Name)]
    if any(isinstance(node, _OTHERWISE) for node in below) or {"locals", "vars", "eval"} & {node.id for node in names}:
        return []
    stored = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    stored -= {each.arg for each in ast.walk(function.args) if isinstance(each, ast.arg)}
    return [[node for node in names if node.id == name] for name in sorted(stored)]


def renamed_local(source, random):
    text = Text(source)
    found = [nodes for function in text.all(*FUNCTIONS) for nodes in locals_of(function)]
    if not found:
        return None
    nodes = random.choice(found)
    new = f"{nodes[0].id}_{random.randrange(100)}"
    return text.replaced(*((node, new) for node in nodes)), f"a local {nodes[0].id} is {new}, line {nodes[0].lineno}"


def removed_definition(source, random):
    """One that an edit has added, so that nobody asks for it."""
    text = Text(source)
    added = [node for node in text.all(*FUNCTIONS) if node.name.startswith("added_")]
    if not added:
        return None
    node = random.choice(added)
    lines = text.lines[: node.lineno - 1] + text.lines[node.end_lineno :]
    return b"".join(lines).decode(), f"{node.name} is gone"


def comment(source, random):
    text = Text(source)
    after = start(random.choice(text.tree.body)) - 1 if text.tree.body else 0
    return text.inserted(after, f"# a comment {random.randrange(100)}\n"), f"a comment after line {after}"


def statement_in_a_body(source, random):
    text = Text(source)
    functions = [node for node in text.all(*FUNCTIONS) if node.body[-1].lineno > node.lineno]
    if not functions:
        return None
    node = random.choice(functions)
    last = node.body[-1]
    line = f"{' ' * last.col_offset}added = {random.randrange(10**6)}\n"
    return text.inserted(start(last) - 1, line), f"a statement more in {node.name}"


def swapped(source, random):
    """Two neighbours of a class or module that are functions change places."""
    text = Text(source)
    bodies = [text.tree.body, *(node.body for node in text.all(ast.ClassDef))]
    pairs = [pair for body in bodies for pair in pairwise(body) if all(is_plain(node) for node in pair)]
    pairs = [(a, b) for a, b in pairs if a.name != b.name and a.end_lineno < b.lineno]
    if not pairs:
        return None
    a, b = random.choice(pairs)
    lines, first, second = text.lines, slice(a.lineno - 1, a.end_lineno), slice(b.lineno - 1, b.end_lineno)
    between, rest = lines[a.end_lineno : b.lineno - 1], lines[b.end_lineno :]
    parts = [lines[: a.lineno - 1], lines[second], [b"\n"], between, lines[first], rest]
    return b"".join(line for part in parts for line in part).decode(), f"{a.name} and {b.name} change places"


def is_plain(node):
    return isinstance(node, FUNCTIONS) and not node.decorator_list


KINDS = {
    "body": constant_in_a_body,
    "statement": statement_in_a_body,
    "local": renamed_local,
    "default": default,
    "decorator": decorator_argument,
    "attribute": class_attribute,
    "constant": module_constant,
    "function": new_function,
    "method": new_method,
    "import": new_import,
    "removal": removed_definition,
    "order": swapped,
    "comment": comment,
}
