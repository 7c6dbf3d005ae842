"""What distinguishes the new code of a module from the old.

Knows code objects.  Must not know modules or files.

Two codes of a module differ in nothing, in layout (positions only), in bodies of functions, or in more.
Where only bodies differ, executing the module again would make the same functions again with other
bodies; so the living functions can be given these instead.

A function belongs to the old code by the position of its code in the module's, not by its name: two
functions called `_` are two.
"""

import itertools
from types import CodeType

from ..interpreter.bytecode import is_function
from ..interpreter.function_defaults import all_parameters
from ..interpreter.instructions import instructions, numbers
from . import top_level_statements
from .code_equality import alike, constants_alike, parts_of, without_first_line
from .top_level_statements import Statement

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# From 3.13 on (CO_HAS_DOCSTRING): the first constant is the docstring.  Whether there is one is no part of a signature.
_HAS_DOCSTRING = 0x4000000
_STATIC_ATTRIBUTES = "__static_attributes__"


class Methods:
    """What has changed in a class that has changed in plain methods only.

    `old` and `new` are the codes of its body, `statements` the definitions to execute, `removed` the methods that are
    gone, and `kept` the codes of the methods that are defined as before.
    """

    __slots__ = ("kept", "new", "old", "removed", "statements")

    def __init__(
        self, old: CodeType, new: CodeType, added: list[Statement], removed: list[str], kept: list[CodeType]
    ) -> None:
        self.old = old
        self.new = new
        self.statements = added
        self.removed = removed
        self.kept = kept

    def names(self) -> list[str]:
        """The methods that are defined anew, or gone."""
        return [*(name for each in self.statements for name in each.names), *self.removed]


class Difference:
    """An edit of bodies of functions, of statements that only bind names, or of layout only.

    `codes` gives the new code for each old one that differs in any way, positions included, bodies of
    classes among them.  `bodies` are the functions that do something else now: pairs of old and new code.
    `statements` are the new ones to execute, in order; `removed` the names that no statement binds any more.
    `classes` are those that have changed in methods only, if they are compared `by_methods`; a class statement differs
    otherwise.
    """

    __slots__ = ("bodies", "by_methods", "classes", "codes", "removed", "statements")

    def __init__(self, *, by_methods: bool = False) -> None:
        self.by_methods = by_methods
        self.codes: dict[CodeType, CodeType] = {}
        self.bodies: list[tuple[CodeType, CodeType]] = []
        self.classes: list[Methods] = []
        self.statements: list[Statement] = []
        self.removed: list[str] = []

    def names(self) -> list[str]:
        """The qualified names of what is new: functions that do something else now, names that are bound or removed."""
        found = dict.fromkeys(new.co_qualname for _, new in self.bodies)
        for methods in self.classes:
            found.update(dict.fromkeys(f"{methods.new.co_qualname}.{name}" for name in methods.names()))
        for statement in self.statements:
            found.update(statement.names)
        return [*found, *self.removed]

    def bound(self) -> set[str]:
        """The names that are bound to something else now, or to nothing any more."""
        return {name for statement in self.statements for name in statement.names} | set(self.removed)


def compare(old: CodeType, new: CodeType, *, by_methods: bool = False) -> Difference | None:
    """The difference of two codes of one module; optionally, of classes method by method.

    None if there is more than layout, bodies of functions and statements that only bind names.
    """
    found = Difference(by_methods=by_methods)
    if _compare_level(old, new, found):
        return found
    return None if old.co_flags != new.co_flags else _compare_statements(old, new, by_methods)


def _compare_statements(old: CodeType, new: CodeType, by_methods: bool) -> Difference | None:
    same = _made_alike(by_methods)
    both = top_level_statements.between(old, new, same)
    if both is None or not all(map(top_level_statements.is_definition, (*both[0], *both[1]))):
        return None
    found = Difference(by_methods=by_methods)
    kept = _in_common(*both, same)
    found.statements = [each for each in both[1] if each not in kept.values()]
    gone = [each for each in both[0] if each not in kept]
    bound = found.bound()
    found.removed = [name for each in gone for name in each.names if name not in bound]
    if any(_times_bound(code, name) > 1 for code in (old, new) for name in (*bound, *found.removed)):
        return None  # other statements bind it, too
    if not all(_compare_constants(one, other, found) for one, other in _pairs(old, new, found.statements, gone)):
        return None
    return found


def _compare_methods(old: CodeType, new: CodeType, found: Difference) -> bool:
    """Compare two bodies of a class that may differ in definitions of methods."""
    same = _made_alike(True)
    both = top_level_statements.between(old, new, same)
    if both is None:
        return False
    kept = _in_common(*both, same)
    added = [each for each in both[1] if each not in kept.values() and not top_level_statements.is_of_compiler(each)]
    gone = [each for each in both[0] if each not in kept and not top_level_statements.is_of_compiler(each)]
    if not all(map(top_level_statements.is_method, (*added, *gone))):
        return False
    bound = {name for each in added for name in each.names}
    removed = [name for each in gone for name in each.names if name not in bound]
    if any(_times_bound(code, name) > 1 for code in (old, new) for name in (*bound, *removed)):
        return False
    pairs = [*zip(_codes_loaded(old, gone), _codes_loaded(new, added), strict=False)]
    if not all(_compare_constants(one, other, found) for one, other in pairs):
        return False
    found.codes[old] = new
    if added or removed:
        methods = [one for one, _ in pairs if is_function(one) and _is_definition(one)]
        found.classes.append(Methods(old, new, added, removed, methods))
    return True


def _made_alike(by_methods: bool) -> "Callable[[CodeType, CodeType], bool]":
    """What tells if the statements that make two functions or classes are the same, whatever functions do."""
    return lambda one, other: _compare_constants(one, other, Difference(by_methods=by_methods))


def _in_common(
    ours: "list[Statement]", its: "list[Statement]", is_made_alike: "Callable[[CodeType, CodeType], bool]"
) -> "dict[Statement, Statement]":
    """The statements that are there still, in their order: old and new (longest common subsequence)."""
    lengths = [[0] * (len(its) + 1) for _ in range(len(ours) + 1)]
    same = [[top_level_statements.same_statement(one, other, is_made_alike) for other in its] for one in ours]
    for i in range(len(ours) - 1, -1, -1):
        for j in range(len(its) - 1, -1, -1):
            lengths[i][j] = lengths[i + 1][j + 1] + 1 if same[i][j] else max(lengths[i + 1][j], lengths[i][j + 1])
    found = {}
    i = j = 0
    while i < len(ours) and j < len(its):
        if same[i][j]:
            found[ours[i]] = its[j]
            i, j = i + 1, j + 1
        elif lengths[i + 1][j] >= lengths[i][j + 1]:
            i += 1
        else:
            j += 1
    return found


def _times_bound(code: CodeType, name: str) -> int:
    op = numbers()
    return sum(
        code.co_names[argument] == name
        for _, opcode, argument in instructions(code)
        if opcode == op["STORE_NAME"] or opcode == op["STORE_GLOBAL"] or opcode == op["DELETE_NAME"]
    )


def _pairs(
    old: CodeType, new: CodeType, added: "list[Statement]", gone: "list[Statement]"
) -> "Iterator[tuple[CodeType, CodeType]]":
    """The codes in the statements that are there still, old and new."""
    ours = _codes_loaded(old, gone)
    its = _codes_loaded(new, added)
    yield from zip(ours, its, strict=True)


def _codes_loaded(code: CodeType, without: "list[Statement]") -> list[CodeType]:
    """The codes that the level of a module loads, in their order."""
    skipped = {offset for statement in without for offset, _, _ in statement.parts}
    found = []
    for offset, opcode, argument in instructions(code):
        if opcode == numbers()["LOAD_CONST"] and offset not in skipped:
            constant = code.co_consts[argument]
            if type(constant) is CodeType:
                found.append(constant)
    return found


def _compare_level(old: CodeType, new: CodeType, found: Difference) -> bool:
    """Compare the code of a module or the body of a class, and what is in it."""
    found.codes[old] = new
    if parts_of(old) != parts_of(new) or len(old.co_consts) != len(new.co_consts):
        return False
    raw, line = without_first_line(old)
    others_raw, others_line = without_first_line(new)
    if raw != others_raw or line != others_line:
        return False
    skipped = {line, *_static_attributes(old)} if old.co_consts != new.co_consts else {line}
    return all(
        index in skipped or _compare_constants(one, other, found)
        for index, (one, other) in enumerate(zip(old.co_consts, new.co_consts, strict=True))
    )


def _compare_constants(one: object, other: object, found: Difference) -> bool:
    if type(one) is not CodeType or type(other) is not CodeType:
        return constants_alike(one, other)
    if not is_function(one) or not is_function(other):
        if is_function(one) != is_function(other):
            return False
        if not found.by_methods:
            return _compare_level(one, other, found)
        if _compare_level(one, other, Difference()):
            return _compare_level(one, other, found)
        return one.co_name == other.co_name and _compare_methods(one, other, found)
    if alike(one, other):
        found.codes.update(corresponding(one, other))
        return True
    if not _is_definition(one) or signature(one) != signature(other):
        return False
    found.bodies.append((one, other))
    found.codes.update(corresponding(one, other))
    return True


def _is_definition(code: CodeType) -> bool:
    """True for a function that a `def` or `lambda` makes: comprehensions run where they stand.

    `__annotate__` (PEP 649) tells what a definition says, so it belongs to that.
    """
    return code.co_name == "<lambda>" or not (code.co_name.startswith("<") or code.co_name == "__annotate__")


def signature(code: CodeType) -> tuple[object, ...]:
    """What a function's callers and decorators see of it, defaults and annotations apart."""
    return (
        *(code.co_name, code.co_flags & ~_HAS_DOCSTRING, code.co_argcount, code.co_posonlyargcount),
        *(code.co_kwonlyargcount, all_parameters(code), code.co_freevars),
    )


def corresponding(old: CodeType, new: CodeType) -> "Iterator[tuple[CodeType, CodeType]]":
    """Each code object in `old`, itself included, and its counterpart: the n-th of its qualified name in `new`."""
    yield old, new
    ours, its = _inner(old), _inner(new)
    for name, codes in ours.items():
        others = its.get(name, [])
        if len(codes) == len(others):
            for one, other in zip(codes, others, strict=True):
                yield from corresponding(one, other)


def _inner(code: CodeType) -> dict[str, list[CodeType]]:
    found: dict[str, list[CodeType]] = {}
    for constant in code.co_consts:
        if type(constant) is CodeType:
            found.setdefault(constant.co_qualname, []).append(constant)
    return found


def _static_attributes(code: CodeType) -> "Iterator[int]":
    """The index of the constant that the body of a class binds to `__static_attributes__` (from 3.13 on)."""
    for opcode, argument, name in _stored(code):
        if name == _STATIC_ATTRIBUTES and opcode == numbers()["LOAD_CONST"]:
            yield argument


def bound_constants(code: CodeType) -> dict[str, object]:
    """What the body of a class notes of itself by constants: {"__firstlineno__": 7, "__static_attributes__": ()}."""
    found: dict[str, object] = {}
    for opcode, argument, name in _stored(code):
        if name == "__firstlineno__":
            found[name] = code.co_firstlineno
        elif name == _STATIC_ATTRIBUTES and opcode == numbers()["LOAD_CONST"]:
            found[name] = code.co_consts[argument]
    return found


def _stored(code: CodeType) -> "Iterator[tuple[int, int, str]]":
    """Of what the body of a class stores by name: the instruction before, its argument, and the name."""
    if is_function(code) or _STATIC_ATTRIBUTES not in code.co_names:
        return
    for (_, opcode, argument), (_, following, name) in itertools.pairwise(instructions(code)):
        if following == numbers()["STORE_NAME"]:
            yield opcode, argument, code.co_names[name]


def docstring(code: CodeType) -> str | None:
    """The docstring of a function with this code."""
    first = code.co_consts[0] if code.co_consts else None
    if code.co_flags & _HAS_DOCSTRING or _OLD_DOCSTRINGS:
        return first if type(first) is str else None
    return None


# Up to 3.12 the first constant is the docstring, or None.
_OLD_DOCSTRINGS = not compile("def f(): 'x'", "", "exec").co_consts[0].co_flags & _HAS_DOCSTRING
