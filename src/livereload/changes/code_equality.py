"""When two pieces of code do the same, wherever they stand.

Knows bytecode, of all supported versions.  Must not know names of modules, nor what is done about a difference.
"""

import itertools
from _operator import attrgetter
from types import CodeType

from ..interpreter.bytecode import is_function
from ..interpreter.instructions import ATTRIBUTE_SHIFT, Instruction, instructions, numbers

parts_of = attrgetter(
    *("co_name", "co_qualname", "co_filename", "co_flags", "co_argcount", "co_posonlyargcount", "co_kwonlyargcount"),
    *("co_names", "co_varnames", "co_freevars", "co_cellvars", "co_exceptiontable"),
)


def alike(one: "CodeType", other: "CodeType", *, functions: bool = True) -> bool:
    """True for code that does the same, wherever it stands; optionally without what functions in it do."""
    if parts_of(one) != parts_of(other) or len(one.co_consts) != len(other.co_consts):
        return False
    lines = None
    if one.co_code != other.co_code or ("__firstlineno__" in one.co_names and not is_function(one)):
        (raw, line), (others_raw, others_line) = without_first_line(one), without_first_line(other)
        if raw != others_raw or line != others_line:
            return False
        lines = line
    return all(
        index == lines or _alike(*constants, functions=functions)
        for index, constants in enumerate(zip(one.co_consts, other.co_consts, strict=True))
    )


def _alike(one: object, other: object, *, functions: bool) -> bool:
    if type(one) is not CodeType or type(other) is not CodeType:
        return _constant(one) == _constant(other)
    if functions or not is_function(one) or one.co_name.startswith("<"):
        return alike(one, other, functions=functions)
    return (one.co_name, one.co_flags) == (other.co_name, other.co_flags)


def constants_alike(one: object, other: object) -> bool:
    """True for constants that cannot be told apart."""
    return _constant(one) == _constant(other)


def _constant(constant: object) -> object:
    """Equal for constants that cannot be told apart: 1 and True can, 0.0 and -0.0, too."""
    kind = type(constant)
    if kind is str or kind is int or kind is bytes:
        return (kind, constant)
    if kind is tuple:
        return tuple(map(_constant, constant))  # type: ignore[call-overload]
    if kind is frozenset:
        return (frozenset, frozenset(map(_constant, constant)))  # type: ignore[call-overload]
    return (kind, repr(constant))


def without_first_line(code: "CodeType") -> tuple[bytes, int | None]:
    """The instructions of a class body but for the line that it notes (`__firstlineno__`, from 3.13 on).

    And the index of that line among the constants, if it is one.
    """
    raw = code.co_code
    if "__firstlineno__" not in code.co_names or is_function(code):
        return raw, None
    op = numbers()
    found = instructions(code)
    for (offset, opcode, argument), (_, following, name) in itertools.pairwise(found):
        if following == op["STORE_NAME"] and code.co_names[name] == "__firstlineno__":
            if opcode == op.get("LOAD_SMALL_INT"):
                return raw[: offset + 1] + b"\0" + raw[offset + 2 :], None
            uses = sum(each[1:] == (opcode, argument) for each in found)
            if opcode == op["LOAD_CONST"] and uses == 1:
                return raw, argument
    return raw, None


def description(code: "CodeType", chunk: "list[Instruction]") -> object:
    """Equal for the same statement in other code: names and constants instead of their indexes."""
    op = numbers()
    described: list[object] = []
    for _, opcode, argument in chunk:
        if opcode == op["LOAD_CONST"]:
            constant = code.co_consts[argument]
            described.append(constant.co_name if type(constant) is CodeType else _constant(constant))
        elif opcode in (op["LOAD_NAME"], op["LOAD_GLOBAL"]):
            described.append((opcode, code.co_names[argument >> (opcode == op["LOAD_GLOBAL"])]))
        elif opcode == op["LOAD_ATTR"]:
            described.append((opcode, argument & ATTRIBUTE_SHIFT, code.co_names[argument >> ATTRIBUTE_SHIFT]))
        elif opcode == op.get("LOAD_METHOD"):
            described.append((opcode, code.co_names[argument]))
        elif opcode == op.get("KW_NAMES"):
            described.append((opcode, code.co_consts[argument]))
        else:
            described.append((opcode, argument))
    return described
