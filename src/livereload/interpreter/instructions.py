"""Instructions of code objects, decoded: offset, opcode, argument.

Knows bytecode, of all supported versions.  Must not know what the instructions are looked at for.  A change of an
instruction in a new CPython belongs here.
"""

import sys
from types import CodeType

from .stdlib_imports import standard

Instruction = tuple[int, int, int]  # offset, opcode, argument

# How many bits of the argument are below the index of the name: of LOAD_ATTR; of IMPORT_NAME, those of PEP 810.
ATTRIBUTE_SHIFT = 1 if sys.version_info >= (3, 12) else 0
IMPORT_SHIFT = 2 if sys.version_info >= (3, 15) else 0


_opcodes: dict[str, int] = {}


def numbers() -> dict[str, int]:
    """The number of each instruction, by its name."""
    if not _opcodes:
        _opcodes.update(standard("opcode").opmap)  # half a millisecond, not spent before it is needed
    return _opcodes


def contains(code: "CodeType", instruction: str) -> bool:
    return numbers()[instruction] in code.co_code[::2]


def instructions(code: "CodeType") -> "list[Instruction]":
    """(offset, opcode, argument) of each instruction, without what the interpreter keeps between them."""
    op = numbers()
    cache, extended = op["CACHE"], op["EXTENDED_ARG"]
    raw = code.co_code
    opcodes = raw[::2]
    found = [
        (offset, opcode, argument)
        for offset, opcode, argument in zip(range(0, len(raw), 2), opcodes, raw[1::2], strict=True)
        if opcode != cache
    ]
    return _with_whole_arguments(found, extended) if extended in opcodes else found


def _with_whole_arguments(found: "list[Instruction]", extended: int) -> "list[Instruction]":
    """Arguments beyond a byte put together."""
    whole = []
    argument = 0
    for offset, opcode, byte in found:
        argument = argument << 8 | byte
        if opcode != extended:
            whole.append((offset, opcode, argument))
            argument = 0
    return whole


# Instructions that execute nothing of the user's.
PASSIVE = (
    "LOAD_NAME", "LOAD_GLOBAL", "LOAD_CONST", "LOAD_SMALL_INT", "LOAD_COMMON_CONSTANT", "LOAD_FAST", "LOAD_LOCALS",
    "LOAD_ATTR", "LOAD_METHOD", "STORE_", "BUILD_", "LIST_EXTEND", "SET_UPDATE", "DICT_UPDATE", "MAKE_FUNCTION",
    "SET_FUNCTION_ATTRIBUTE", "PUSH_NULL", "COPY", "SWAP", "NOP", "RESUME", "POP_TOP", "RETURN_", "IMPORT_",
    "SETUP_ANNOTATIONS", "CACHE", "PRECALL", "KW_NAMES", "EXTENDED_ARG", "NOT_TAKEN",
    "COPY_FREE_VARS", "MAKE_CELL", "LOAD_CLOSURE",
)  # fmt: skip

_families: dict[tuple[str, ...], frozenset[int]] = {}


def all_of(*prefixes: str) -> frozenset[int]:
    """The instructions whose names begin so."""
    if prefixes not in _families:
        _families[prefixes] = frozenset(number for name, number in numbers().items() if name.startswith(prefixes))
    return _families[prefixes]
