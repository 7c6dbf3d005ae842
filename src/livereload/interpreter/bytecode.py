"""Code objects: the import statements in them, and the numbers of instructions.

Knows bytecode, of all supported versions.  Must not know modules or files.

The import system does not pass on what a statement asks for: of `from pkg import sub` it shows only
`pkg` to those who listen.  The instruction that is being executed tells the rest.
"""

import sys

from .stdlib import standard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import CodeType

_CO_OPTIMIZED = 0x1  # functions have it, module and class bodies do not (inspect.CO_OPTIMIZED)

# From 3.15 on the argument of IMPORT_NAME carries two bits of PEP 810 (lazy imports) below the index.
_NAME_SHIFT = 2 if sys.version_info >= (3, 15) else 0

# The instructions that look at a lazily imported name, and the bits below the index of that name.
_RESOLVING = {"IMPORT_FROM": 0, "LOAD_NAME": 0, "LOAD_GLOBAL": 1} if sys.version_info >= (3, 15) else {}

# What calls the import system, or looks for an attribute, by a plain call.
_IMPORTING = {"__import__", "import_module"}
_LOOKING = {"getattr", "hasattr"}

_opcodes: dict[str, int] = {}


def from_list(code: "CodeType", offset: int) -> tuple[str, ...]:
    """The names that the import instruction at `offset` asks for in its module; none if it is another instruction."""
    opcodes = numbers()
    raw = code.co_code
    if not 0 <= offset < len(raw):
        return ()
    if raw[offset] != opcodes["IMPORT_NAME"]:
        return _resolved(code, offset)
    extended = opcodes["EXTENDED_ARG"]
    offset -= 2
    while offset >= 0 and raw[offset] == extended:  # prefixes of IMPORT_NAME itself
        offset -= 2
    if offset < 0 or raw[offset] != opcodes["LOAD_CONST"]:
        return ()
    index, shift = raw[offset + 1], 8
    while offset >= 2 and raw[offset - 2] == extended:
        offset -= 2
        index |= raw[offset + 1] << shift
        shift += 8
    names = code.co_consts[index]
    return names if type(names) is tuple else ()


def _resolved(code: "CodeType", offset: int) -> tuple[str, ...]:
    """The name in whose place the instruction at `offset` may put what was imported lazily (PEP 810)."""
    opcodes = numbers()
    raw = code.co_code
    for instruction, shift in _RESOLVING.items():
        if raw[offset] == opcodes[instruction]:
            argument, at = raw[offset + 1], offset - 2
            for bits in (8, 16, 24):
                if at < 0 or raw[at] != opcodes["EXTENDED_ARG"]:
                    break
                argument |= raw[at + 1] << bits
                at -= 2
            return (code.co_names[argument >> shift],)
    return ()


def is_attribute(code: "CodeType", offset: int) -> bool:
    """True if the instruction at `offset` looks for an attribute, rather than importing.

    Of a call it is not known what is called, so the names in the code decide.
    """
    opcodes = numbers()
    raw = code.co_code
    if not 0 <= offset < len(raw) or raw[offset] == opcodes["IMPORT_NAME"]:
        return False
    if raw[offset] in (opcodes["LOAD_ATTR"], opcodes.get("LOAD_METHOD")):
        return True
    if raw[offset] == opcodes["IMPORT_FROM"]:
        return not _RESOLVING  # of a lazy statement this is the only question
    names = code.co_names
    return not _LOOKING.isdisjoint(names) and _IMPORTING.isdisjoint(names)


def imports(code: "CodeType") -> "Iterator[tuple[str, tuple[str, ...], int]]":
    """Each import statement of a module's own code and its class bodies: (name, from-list, level).

    Statements in functions are left out: they belong to the function's run.
    """
    opcodes = numbers()
    raw = code.co_code
    argument = 0
    history: list[tuple[int, int]] = []
    for offset in range(0, len(raw), 2):
        op = raw[offset]
        argument = argument << 8 | raw[offset + 1]
        if op == opcodes["EXTENDED_ARG"]:
            continue
        if op == opcodes["IMPORT_NAME"] and len(history) >= 2:
            (level_op, level), (list_op, index) = history[-2:]
            names = code.co_consts[index] if list_op == opcodes["LOAD_CONST"] else None
            if level_op == opcodes["LOAD_CONST"]:
                level = code.co_consts[level]
            name = code.co_names[argument >> _NAME_SHIFT]
            if type(level) is int:
                yield name, names if type(names) is tuple else (), level
        history.append((op, argument))
        del history[:-2]
        argument = 0
    for constant in code.co_consts:
        if type(constant) is type(code) and not is_function(constant):
            yield from imports(constant)


def from_imports(code: "CodeType", package: str) -> "Iterator[tuple[str, str, str]]":
    """What the from-imports of a module's code bind: (module, name in it, name bound to).

    For `from x import *` both names are "*".  `package` resolves relative imports.
    """
    for name, names, level in imports(code):
        base = package.split(".")[: len(package.split(".")) - level + 1] if level else []
        module = ".".join([*base, name] if name else base)
        bound = _stored_after(code, names)
        for each in names:
            yield module, each, bound.get(each, each)


def _stored_after(code: "CodeType", names: tuple[str, ...]) -> dict[str, str]:
    """{"hello": "h"} for `from myprj import hello as h`."""
    opcodes = numbers()
    stores = (opcodes["STORE_NAME"], opcodes["STORE_GLOBAL"])
    found = {}
    argument, imported = 0, None
    raw = code.co_code
    for offset in range(0, len(raw), 2):
        argument = argument << 8 | raw[offset + 1]
        if raw[offset] == opcodes["EXTENDED_ARG"]:
            continue
        if raw[offset] == opcodes["IMPORT_FROM"]:
            imported = code.co_names[argument]
        elif raw[offset] in stores and imported in names:
            found[imported] = code.co_names[argument]
            imported = None
        argument = 0
    return found


def class_statements(code: "CodeType") -> "Iterator[tuple[int, CodeType]]":
    """Each class statement in a code object, without what is nested in it: (offset, code of the class body)."""
    opcodes = numbers()
    raw, operations = code.co_code, code.co_code[::2]
    start = operations.find(opcodes["LOAD_BUILD_CLASS"])
    while start >= 0:
        argument = 0
        for at in range(start + 1, len(operations)):
            argument = argument << 8 | raw[2 * at + 1]
            if operations[at] == opcodes["EXTENDED_ARG"]:
                continue
            if operations[at] == opcodes["LOAD_CONST"] and type(code.co_consts[argument]) is type(code):
                yield 2 * start, code.co_consts[argument]
                break
            argument = 0
        start = operations.find(opcodes["LOAD_BUILD_CLASS"], start + 1)


def jumps_past(code: "CodeType", start: int, end: int) -> bool:
    """True if, whatever happens, what runs at the offset `start` does not go on to `end`: it jumps past, or returns."""
    opcodes = numbers()
    leaving = {opcodes.get(name) for name in ("RETURN_VALUE", "RETURN_CONST", "RERAISE", "RAISE_VARARGS")}
    raw, argument = code.co_code, 0
    for offset in range(start, end, 2):
        argument = argument << 8 | raw[offset + 1]
        if raw[offset] == opcodes["EXTENDED_ARG"]:
            continue
        if raw[offset] in leaving or (raw[offset] == opcodes["JUMP_FORWARD"] and offset + 2 + 2 * argument > end):
            return True
        argument = 0
    return False


def is_function(code: "CodeType") -> bool:
    """True for the code of a function, False for that of a module or the body of a class."""
    return bool(code.co_flags & _CO_OPTIMIZED)


def numbers() -> dict[str, int]:
    """The number of each instruction, by its name."""
    if not _opcodes:
        _opcodes.update(standard("opcode").opmap)  # half a millisecond, not spent before it is needed
    return _opcodes
