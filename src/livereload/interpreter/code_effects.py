"""Code objects: whether executing them may call something, or store something elsewhere.

Knows the instructions of all supported versions.  Must not know modules.
"""

from .bytecode import is_function
from .instructions import numbers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Container
    from types import CodeType

# The numbers of the instructions that store elsewhere, or call but by a plain call, once they have been asked for.
_doing: list[bytes] = []

_CALLING = ("CALL", "CALL_KW", "CALL_FUNCTION_EX")
_CALLING_ELSE = ("CALL_KW", "CALL_FUNCTION_EX", "STORE_SLICE")
# What calls special methods, of which one may register something: `first >> second`.
_COMPUTING = (
    "COMPARE_OP",
    "CONTAINS_OP",
    "FORMAT_VALUE",
    "FORMAT_SIMPLE",
    "FORMAT_WITH_SPEC",
    "CONVERT_VALUE",
    "GET_ITER",
)
# The arguments of BINARY_OP for what annotations do, too: `int | None`, `list[int]` (NB_OR, NB_SUBSCR).
_IN_ANNOTATIONS = (7, 26)
_STORING = ("STORE_ATTR", "DELETE_ATTR", "STORE_SUBSCR", "DELETE_SUBSCR")


def calls_nothing(code: "CodeType") -> bool:
    """True if executing code calls nothing and stores into nothing: it imports, and makes functions and classes.

    Classes without bases and decorators, that is: what these do is a call.
    """
    opcodes = numbers()
    if not _doing:
        doing = (*_STORING, *_CALLING_ELSE, *_COMPUTING)
        _doing.append(bytes(opcodes[name] for name in doing if name in opcodes))
    raw = code.co_code
    operations = raw[::2]
    if len(operations.translate(None, _doing[0])) < len(operations):
        return False
    if _computes(raw, opcodes["BINARY_OP"], _IN_ANNOTATIONS) or _computes(raw, opcodes.get("BINARY_SUBSCR"), None):
        return False
    call, classes = opcodes["CALL"], operations.count(opcodes["LOAD_BUILD_CLASS"])
    if operations.count(call) != classes:
        return False
    place = -1
    for _ in range(classes):
        place = operations.index(call, place + 1)
        if raw[2 * place + 1] != 2:  # the body and the name
            return False
    return not classes or all(
        calls_nothing(each) for each in code.co_consts if type(each) is type(code) and not is_function(each)
    )


def _computes(raw: bytes, operator: int | None, harmless: "Container[int] | None") -> bool:
    """True if an operator may call something: one that is not harmless, or whose result is dropped."""
    place = -1 if operator is None else raw.find(operator)
    while place >= 0:
        if place % 2 == 0:
            following = place + 2
            while raw[following] == 0:  # the inline caches
                following += 2
            if (harmless is not None and raw[place + 1] not in harmless) or raw[following] == numbers()["POP_TOP"]:
                return True
        place = raw.find(operator, place + 1)  # type: ignore[arg-type]
    return False


# What runs nothing of the user's, wherever it stands.
_INERT = (
    "CACHE", "RESUME", "NOP", "NOT_TAKEN", "EXTENDED_ARG", "PUSH_NULL", "PRECALL", "CALL", "POP_TOP", "COPY", "SWAP",
    "LOAD_NAME", "LOAD_CONST", "LOAD_SMALL_INT", "LOAD_COMMON_CONSTANT", "LOAD_FAST", "LOAD_LOCALS", "LOAD_CLOSURE",
    "LOAD_BUILD_CLASS", "MAKE_FUNCTION", "SET_FUNCTION_ATTRIBUTE", "MAKE_CELL", "COPY_FREE_VARS", "BUILD_TUPLE",
    "BUILD_LIST", "STORE_NAME", "STORE_DEREF", "IMPORT_NAME", "IMPORT_FROM", "RETURN_VALUE", "RETURN_CONST",
)  # fmt: skip
_inert: list[bytes] = []


def inert_classes(code: "CodeType") -> int:
    """The number of class statements in the code of a module that only imports, and makes functions and classes.

    -1 for any other: it may run functions.  A class statement may, if a base or metaclass takes part in it.
    """
    opcodes = numbers()
    if not _inert:
        _inert.append(bytes(opcodes[name] for name in _INERT if opcodes.get(name, 256) < 256))
    operations = code.co_code[::2]
    classes = operations.count(opcodes["LOAD_BUILD_CLASS"])
    if operations.translate(None, _inert[0]) or operations.count(opcodes["CALL"]) != classes:
        return -1
    for each in code.co_consts if classes else ():
        if type(each) is type(code) and not is_function(each):
            body = each.co_code[::2]
            if body.translate(None, _inert[0]) or opcodes["CALL"] in body or opcodes["IMPORT_NAME"] in body:
                return -1
    return classes


def may_store(code: "CodeType") -> bool:
    """True if code may store something elsewhere: it sets attributes or items, or ignores the result of a call."""
    opcodes = numbers()
    instructions = code.co_code[::2]
    if any(opcodes[name] in instructions for name in _STORING):
        return True
    calls = {opcodes[name] for name in _CALLING if name in opcodes}
    place = instructions.find(opcodes["POP_TOP"])
    while place >= 0:
        before = place - 1
        while before > 0 and instructions[before] == 0:  # the inline caches of a call
            before -= 1
        if instructions[before] in calls:
            return True
        place = instructions.find(opcodes["POP_TOP"], place + 1)
    return False
