"""The statements of a module's own level, told from its code.

Knows instructions.  Must not know modules or files: the old source of a module is not there any more.

Two codes of one module have a beginning and an end in common.  What is between them is taken apart into
statements where the stack of the interpreter is empty.  That can be told where no jump leads to, into or
out of; an edit elsewhere is more than an edit of definitions.
"""

from types import CodeType

from ..interpreter.bytecode import is_function, jump_target, jumps, stack_effect
from ..interpreter.instructions import PASSIVE, Instruction, all_of, instructions, numbers
from .bindings import OF_A_PROPERTY
from .code_equality import constants_alike

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


class Statement:
    """One statement of the level of a module that only binds names."""

    __slots__ = ("code", "line", "names", "parts")

    def __init__(self, code: CodeType, parts: "list[Instruction]", line: int) -> None:
        self.code = code
        self.parts = parts
        # the line of its first instruction
        self.line = line
        # {"total": None}: the names that it binds, in order
        stores = _storing()
        self.names = dict.fromkeys(code.co_names[argument] for _, opcode, argument in parts if opcode in stores)


def between(
    old: CodeType, new: CodeType, same: "Callable[[CodeType, CodeType], bool]"
) -> "tuple[list[Statement], list[Statement]] | None":
    """The statements of both codes from the first that differs to the last; None if they do not only bind names.

    `same` tells of two functions or classes whether the statements that make them are the same.
    """
    ours, its = instructions(old), instructions(new)
    first = _common(old, ours, new, its, same)
    last = _common(old, ours[first:][::-1], new, its[first:][::-1], same)
    for begin in range(first, max(first - 200, -1), -1):
        if begin and ours[begin - 1][1] not in _ending() | all_of("RESUME", "RERAISE"):
            continue
        found = _taken_apart(old, ours, begin, last), _taken_apart(new, its, begin, last)
        if found[0] is not None and found[1] is not None:
            return found[0], found[1]
    return None


def _common(
    old: CodeType,
    ours: "list[Instruction]",
    new: CodeType,
    its: "list[Instruction]",
    same: "Callable[[CodeType, CodeType], bool]",
) -> int:
    """How many instructions the two have in common at the beginning."""
    count = 0
    for one, other in zip(ours, its, strict=False):
        if not same_instruction(old, one, new, other, same):
            break
        count += 1
    return count


def same_instruction(
    old: CodeType,
    one: "Instruction",
    new: CodeType,
    other: "Instruction",
    same: "Callable[[CodeType, CodeType], bool]",
) -> bool:
    """True if two instructions do the same, whatever the indexes of their names and constants are."""
    if one[1] != other[1]:
        return False
    targets = jump_target(old, *one), jump_target(new, *other)
    if targets[0] is not None and targets[1] is not None:  # into what is before the edit, or after it
        return targets[0] == targets[1] or len(old.co_code) - targets[0] == len(new.co_code) - targets[1]
    mine, its = _argument(old, one), _argument(new, other)
    if type(mine) is CodeType and type(its) is CodeType:
        return same(mine, its)
    return constants_alike(mine, its)


def _argument(code: CodeType, instruction: "Instruction") -> object:
    _, opcode, argument = instruction
    op = numbers()
    if opcode in (op["LOAD_CONST"], op.get("KW_NAMES"), op.get("RETURN_CONST")):
        return code.co_consts[argument]
    if opcode in _named():
        shift = _named()[opcode]
        return (code.co_names[argument >> shift], argument & ((1 << shift) - 1))
    if opcode in _of_cells():
        cells = [each for each in code.co_cellvars if each not in code.co_varnames]
        return (*code.co_varnames, *cells, *code.co_freevars)[argument]
    return argument


def _of_cells() -> frozenset[int]:
    """The instructions whose argument is the index of a variable; in the body of a class, of a cell."""
    return all_of("LOAD_DEREF", "STORE_DEREF", "LOAD_CLOSURE", "MAKE_CELL", "LOAD_FAST_BORROW") | {
        numbers()["LOAD_FAST"]
    }


def _named() -> dict[int, int]:
    """The instructions whose argument is the index of a name, and how many bits there are below it."""
    if not _names:
        from ..interpreter.bytecode import NAME_SHIFTS

        op = numbers()
        _names.update({op[name]: shift for name, shift in NAME_SHIFTS.items() if name in op})
    return _names


_names: dict[int, int] = {}


def _taken_apart(code: CodeType, found: "list[Instruction]", begin: int, last: int) -> "list[Statement] | None":
    """The statements from the instruction `begin` on, but for the `last` ones that belong to none of these.

    None if they do more than bind names.
    """
    statements: list[Statement] = []
    lines = _lines(code)
    depth, start = 0, begin
    for index in range(begin, len(found)):
        if start == index >= len(found) - last:
            break
        _, opcode, argument = found[index]
        if opcode not in all_of(*PASSIVE) and opcode not in _harmless() | _making_classes():
            return None
        if opcode in all_of("RETURN_"):  # whose effect differs between versions
            depth -= opcode == numbers()["RETURN_VALUE"]
        else:
            depth += stack_effect(opcode, argument)
        if depth < 0:
            return None  # it begins in the middle of a statement
        if depth == 0 and opcode in _ending():
            statements.append(Statement(code, found[start : index + 1], lines[found[start][0]]))
            start = index + 1
    else:
        if start < len(found):
            return None  # the end of the code is in the middle of a statement
    return statements if _is_straight(code, found[begin:start]) else None


def _is_straight(code: CodeType, part: "list[Instruction]") -> bool:
    """True if no jump, nor the range of an exception handler, begins, ends or goes on in a part of the code."""
    if not part:
        return True
    begin, end = part[0][0], part[-1][0]
    return all(stop <= begin or start > end for start, stop in jumps(code))


def _lines(code: CodeType) -> dict[int, int]:
    found: dict[int, int] = {}
    line = code.co_firstlineno
    for begin, end, each in code.co_lines():
        line = each if each is not None else line
        found.update(dict.fromkeys(range(begin, end, 2), line))
    return found


def _storing() -> frozenset[int]:
    return all_of("STORE_NAME", "STORE_GLOBAL")


def _ending() -> frozenset[int]:
    """What ends a statement that only binds names: a store, or the end of a from-import; and the end of the code."""
    return all_of("STORE_NAME", "STORE_GLOBAL", "POP_TOP", "STORE_SUBSCR", "STORE_DEREF", "RETURN_")


def _harmless() -> frozenset[int]:
    """What annotations do up to 3.13, besides: `list[int]`, `int | None`."""
    return all_of("BINARY_SUBSCR", "BINARY_OP")


def _making_classes() -> frozenset[int]:
    return all_of("LOAD_BUILD_CLASS", "CALL") - all_of("CALL_INTRINSIC", "CALL_FUNCTION_EX")


def is_definition(statement: Statement) -> bool:
    """True for a statement that only binds names: a definition, an import, a constant, a table of such."""
    op = numbers()
    forbidden = {op[name] for name in ("STORE_ATTR", "STORE_SUBSCR", "DELETE_NAME") if name in op}
    opcodes = [opcode for _, opcode, _ in statement.parts]
    if not forbidden.isdisjoint(opcodes) or not statement.names:
        return False
    calls = sum(opcode in all_of("CALL") for opcode in opcodes)
    if op["LOAD_BUILD_CLASS"] in opcodes:
        body = class_body(statement)
        return calls == 1 and body is not None and _only_defines(body)
    makes = any(type(code) is CodeType and is_function(code) for code in constants(statement))
    return calls == 0 and (makes or _harmless().isdisjoint(opcodes))


def is_import(statement: Statement) -> bool:
    """True for an import statement."""
    return any(opcode == numbers()["IMPORT_NAME"] for _, opcode, _ in statement.parts)


def is_method(statement: Statement) -> bool:
    """True for a statement of the body of a class that defines a method: plain, static, of the class, a property."""
    codes = [each for each in constants(statement) if type(each) is CodeType]
    if len(statement.names) != 1 or not codes or not all(map(is_function, codes)):
        return False
    op = numbers()
    if not {op["STORE_SUBSCR"], op["STORE_ATTR"]}.isdisjoint(opcode for _, opcode, _ in statement.parts):
        return False
    (name,) = statement.names
    return name.endswith(codes[-1].co_name) and _calls_of_methods_only(statement.code, statement.parts)


# What the compiler adds to the body of a class: they are put right with the lines of functions.
_OF_COMPILER = frozenset((
    *("__module__", "__qualname__", "__firstlineno__", "__static_attributes__", "__classcell__", "__classdictcell__"),
))  # fmt: skip


def is_of_compiler(statement: Statement) -> bool:
    """True for a statement that the compiler adds to the body of a class."""
    if statement.names:
        return _OF_COMPILER.issuperset(statement.names)
    added = all_of("LOAD_LOCALS", "STORE_DEREF", "RESUME", "LOAD_CONST", "LOAD_COMMON_CONSTANT", "RETURN_")
    return all(opcode in added for _, opcode, _ in statement.parts)


def class_body(statement: Statement) -> CodeType | None:
    """The code of the class body, if the statement makes a class."""
    return next((code for code in constants(statement) if type(code) is CodeType and not is_function(code)), None)


def _only_defines(body: CodeType) -> bool:
    """True if the body of a class only binds names, and calls no more than the usual decorators of methods."""
    found, op = instructions(body), numbers()
    for index, (_, opcode, _) in enumerate(found):
        if opcode == op["STORE_ATTR"]:
            return False
        if opcode == op["STORE_SUBSCR"]:  # name: type (before 3.14)
            _, loads, name = found[index - 2]
            if loads != op["LOAD_NAME"] or body.co_names[name] != "__annotations__":
                return False
    return _calls_of_methods_only(body, found)


def _calls_of_methods_only(body: CodeType, found: "list[Instruction]") -> bool:
    for index, (_, opcode, argument) in enumerate(found):
        if opcode in all_of("CALL") and opcode not in all_of("CALL_INTRINSIC"):
            if argument != 0 or not any(_is_of_methods(body, each) for each in found[max(index - 12, 0) : index]):
                return False
        elif opcode not in all_of(*PASSIVE) and opcode not in _harmless() | all_of("LOAD_FAST", "LOAD_DEREF"):
            return False
    return True


def _is_of_methods(body: CodeType, instruction: "Instruction") -> bool:
    """True if what is loaded is a decorator of methods that calls nothing."""
    _, opcode, argument = instruction
    if opcode == numbers()["LOAD_NAME"]:
        return body.co_names[argument] in ("property", "staticmethod", "classmethod")
    return opcode == numbers()["LOAD_ATTR"] and body.co_names[argument >> _named()[opcode]] in OF_A_PROPERTY


def constants(statement: Statement) -> list[object]:
    """The constants that a statement loads."""
    return [_argument(statement.code, each) for each in statement.parts]


def same_statement(one: Statement, other: Statement, same: "Callable[[CodeType, CodeType], bool]") -> bool:
    """True if two statements do the same; `same` tells of two functions or classes whether they are made alike."""
    return len(one.parts) == len(other.parts) and all(
        same_instruction(one.code, mine, other.code, its, same)
        for mine, its in zip(one.parts, other.parts, strict=True)
    )
