"""Bytecode: import statements, class statements, jumps and handlers in code objects.

Knows the instructions of all supported versions (Python/bytecodes.c, Lib/opcode.py).  Must not know modules or files.
"""

import sys

from .instructions import IMPORT_SHIFT, instructions, numbers
from .stdlib_imports import standard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import CodeType

_CO_OPTIMIZED = 0x1  # functions have it, module and class bodies do not (inspect.CO_OPTIMIZED)

# The instructions that resolve a lazily imported name, and the bits below the index of that name: some look into the
# namespaces of the code, others into those of other modules.
_RESOLVING_HERE = {"LOAD_NAME": 0, "LOAD_GLOBAL": 1} if sys.version_info >= (3, 15) else {}
_RESOLVING = {"IMPORT_FROM": 0, "LOAD_ATTR": 1, **_RESOLVING_HERE} if sys.version_info >= (3, 15) else {}

# Functions that import, and functions that look for an attribute.
_IMPORTING = {"__import__", "import_module"}
_LOOKING = {"getattr", "hasattr"}


def from_list(code: "CodeType", offset: int) -> tuple[str, ...]:
    """The names that the import instruction at `offset` asks for in its module; none if it is another instruction."""
    opcodes = numbers()
    raw = code.co_code
    if not 0 <= offset < len(raw):
        return ()
    if raw[offset] != opcodes["IMPORT_NAME"]:
        return (looked_up(code, offset)[0],) if raw[offset] == opcodes["IMPORT_FROM"] and _RESOLVING else ()
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


def has_no_from_list(code: "CodeType", offset: int) -> bool:
    """True if the instruction at `offset` imports a module as a whole: `import shop.cart`."""
    opcodes = numbers()
    raw = code.co_code
    if not 2 <= offset < len(raw) or raw[offset] != opcodes["IMPORT_NAME"]:
        return False
    if raw[offset - 2] == opcodes["LOAD_CONST"]:
        return raw[offset - 1] < len(code.co_consts) and code.co_consts[raw[offset - 1]] is None
    return raw[offset - 2] == opcodes.get("LOAD_COMMON_CONSTANT")  # None, from 3.15 on


def looked_up(code: "CodeType", offset: int) -> tuple[str, bool]:
    """The name at `offset` that may be a lazy import (PEP 810), and whether it is in the code's own namespaces.

    An empty name if the instruction looks up none, and before 3.15.
    """
    opcodes = numbers()
    raw = code.co_code
    for instruction, shift in _RESOLVING.items() if 0 <= offset < len(raw) else ():
        if raw[offset] == opcodes[instruction]:
            argument, at = raw[offset + 1], offset - 2
            for bits in (8, 16, 24):
                if at < 0 or raw[at] != opcodes["EXTENDED_ARG"]:
                    break
                argument |= raw[at + 1] << bits
                at -= 2
            return code.co_names[argument >> shift], instruction in _RESOLVING_HERE
    return "", False


def is_attribute(code: "CodeType", offset: int) -> bool:
    """True if the instruction at `offset` looks for an attribute, rather than importing.

    The instruction does not tell which function a call calls, so the names in the code decide.
    """
    opcodes = numbers()
    raw = code.co_code
    if not 0 <= offset < len(raw) or raw[offset] == opcodes["IMPORT_NAME"]:
        return False
    if raw[offset] in (opcodes["LOAD_ATTR"], opcodes.get("LOAD_METHOD")):
        return True
    if raw[offset] == opcodes["IMPORT_FROM"]:
        return not _RESOLVING  # a lazy import asks no other question
    names = code.co_names
    return not _LOOKING.isdisjoint(names) and _IMPORTING.isdisjoint(names)


def imports(code: "CodeType") -> "Iterator[tuple[str, tuple[str, ...], int]]":
    """Each import statement of a module's own code and its class bodies: (name, from-list, level).

    Statements in functions are left out: they run when the function is called.
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
            name = code.co_names[argument >> IMPORT_SHIFT]
            if type(level) is int:
                yield name, names if type(names) is tuple else (), level
        history.append((op, argument))
        del history[:-2]
        argument = 0
    for constant in code.co_consts:
        if type(constant) is type(code) and not is_function(constant):
            yield from imports(constant)


def imported(code: "CodeType", package: str) -> "Iterator[str]":
    """The full names that a module's own code imports, or may import: modules, their packages, and from-lists."""
    for name, from_list, level in imports(code):
        target = absolute(name, level, package)
        yield target
        yield from (f"{target}.{other}" for other in from_list)
        while not level and "." in target:
            target = target.rpartition(".")[0]
            yield target


def from_imports(code: "CodeType", package: str) -> "Iterator[tuple[str, str, str]]":
    """What the from-imports of a module's code bind: (module, name in it, name bound to).

    For `from x import *` both names are "*".  `package` resolves relative imports.
    """
    for name, names, level in imports(code):
        module = absolute(name, level, package)
        bound = _stored_after(code, names)
        for each in names:
            yield module, each, bound.get(each, each)


def absolute(name: str, level: int, package: str) -> str:
    """The full name of the module that an import statement in this package names (`_bootstrap._resolve_name`)."""
    if not level:
        return name
    parts = package.split(".")
    base = ".".join(parts[: len(parts) - level + 1])
    return ".".join(each for each in (base, name) if each)


def nested(code: "CodeType") -> "list[CodeType]":
    """A code object and all those in it."""
    found = [code]
    for each in found:  # it grows
        found += [constant for constant in each.co_consts if type(constant) is type(code)]
    return found


def _stored_after(code: "CodeType", names: tuple[str, ...]) -> dict[str, str]:
    """{"hello": "h"} for `from myprj import hello as h`."""
    opcodes = numbers()
    stores = (opcodes["STORE_NAME"], opcodes["STORE_GLOBAL"])
    found = {}
    imported = None
    for _, opcode, argument in instructions(code):
        if opcode == opcodes["IMPORT_FROM"]:
            imported = code.co_names[argument]
        elif opcode in stores and imported in names:
            found[imported] = code.co_names[argument]
            imported = None
    return found


def class_statements(code: "CodeType") -> "Iterator[tuple[int, CodeType]]":
    """Each class statement in a code object, without nested ones: (offset, code of the class body)."""
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


def is_function(code: "CodeType") -> bool:
    """True for the code of a function, False for that of a module or the body of a class."""
    return bool(code.co_flags & _CO_OPTIMIZED)


# The instructions of a module's level whose argument is the index of a name, and the bits below it.
NAME_SHIFTS = {
    "LOAD_NAME": 0,
    "STORE_NAME": 0,
    "DELETE_NAME": 0,
    "STORE_GLOBAL": 0,
    "STORE_ATTR": 0,
    "DELETE_ATTR": 0,
    "LOAD_METHOD": 0,
    "IMPORT_FROM": 0,
    "LOAD_GLOBAL": 1,
    "LOAD_ATTR": 1 if sys.version_info >= (3, 12) else 0,
    "IMPORT_NAME": IMPORT_SHIFT,
}


def stack_effect(opcode: int, argument: int) -> int:
    """By how much an instruction that does not jump makes the stack higher (`dis.stack_effect`)."""
    has_argument = opcode >= 90 if sys.version_info < (3, 13) else opcode in _opcode().has_arg_set
    effect: int = _opcode().stack_effect(opcode, argument if has_argument else None, jump=False)
    return effect


class _Opcode:
    """The answers of `_opcode`, a module in C that is asked one instruction at a time."""

    def __init__(self) -> None:
        module = standard("_opcode")
        self.stack_effect = module.stack_effect
        has_arg = getattr(module, "has_arg", None)
        self.has_arg_set = frozenset(each for each in range(256) if has_arg is not None and has_arg(each))
        has_jump = getattr(module, "has_jump", None)
        if has_jump is not None:
            self.jumps = frozenset(each for each in range(256) if has_jump(each))
        else:  # up to 3.12
            table = standard("opcode")
            self.jumps = frozenset((*table.hasjrel, *table.hasjabs))
        self.backward = frozenset(number for name, number in numbers().items() if "BACKWARD" in name)


_c_opcode: list[_Opcode] = []


def _opcode() -> _Opcode:
    if not _c_opcode:
        _c_opcode.append(_Opcode())
    return _c_opcode[0]


def jumps(code: "CodeType") -> "Iterator[tuple[int, int]]":
    """The ranges of offsets that a jump may pass over, and those whose errors are handled.

    Not the jumps from an exception handler back to the statement after the `try`: handlers are at the end
    (`push_cold_blocks_to_end` in Python/flowgraph.c), and the statement after the `try` is executed all the same.
    """
    opcodes = numbers()
    tried = [*_exception_table(code)]
    returns = [number for name, number in opcodes.items() if name.startswith("RETURN_")]
    first = next((offset for offset in range(0, len(code.co_code), 2) if code.co_code[offset] in returns), 0)
    cold = min((target for _, _, target in tried if target > first), default=len(code.co_code))
    for offset, opcode, argument in instructions(code):
        target = jump_target(code, offset, opcode, argument)
        if target is not None and offset < cold:
            yield min(offset, target), max(offset, target)
    yield from handled(code)


def jump_target(code: "CodeType", offset: int, opcode: int, argument: int) -> int | None:
    """Where an instruction may jump to; None if it is no jump."""
    if opcode not in _opcode().jumps:
        return None
    after = offset + 2 + 2 * _caches(code.co_code, offset, numbers()["CACHE"])
    return after - 2 * argument if opcode in _opcode().backward else after + 2 * argument


def _caches(raw: bytes, offset: int, cache: int) -> int:
    count = 0
    while offset + 2 + 2 * count < len(raw) and raw[offset + 2 + 2 * count] == cache:
        count += 1
    return count


def handled(code: "CodeType") -> "Iterator[tuple[int, int]]":
    """The ranges of offsets whose errors are handled: the bodies of `try` and `with`."""
    for start, end, _ in _exception_table(code):
        yield start, end


def is_protected(code: "CodeType", offset: int) -> bool:
    """True if an error of the instruction there is handled: it is in a `try` or a `with`."""
    return bool(code.co_exceptiontable) and any(start <= offset <= end for start, end in handled(code))


def _exception_table(code: "CodeType") -> "Iterator[tuple[int, int, int]]":
    """The first and last offset of each range whose errors are handled, and that of the handler.

    Reads the exception table (InternalDocs/exception_handling.md in CPython): numbers of six bits a byte, where 64
    says that more follow; of each entry start, length, target, depth.
    """
    found = []
    value = 0
    for byte in code.co_exceptiontable:
        value = value << 6 | byte & 63
        if not byte & 64:
            found.append(value)
            value = 0
    for start, length, target in zip(found[::4], found[1::4], found[2::4], strict=False):
        yield 2 * start, 2 * (start + length - 1), 2 * target
