"""The defaults of a function's parameters, read from the code that defines it.

Knows the instructions of a definition, of all supported versions.  Must not execute any.
"""

from .instructions import instructions, numbers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import CodeType
    from typing import Any

# Stands for a value that is no constant.
UNKNOWN = object()

# Instructions that push values whose kind does not matter, and how many.
_PUSHING = {
    **dict.fromkeys(("LOAD_NAME", "LOAD_GLOBAL", "LOAD_DEREF", "LOAD_CLOSURE", "LOAD_FAST", "LOAD_FAST_BORROW"), 1),
    **dict.fromkeys(("LOAD_FAST_LOAD_FAST", "LOAD_FAST_BORROW_LOAD_FAST_BORROW"), 2),
}
# The flags of MAKE_FUNCTION and SET_FUNCTION_ATTRIBUTE, the uppermost on the stack first.
_DEFAULTS, _KEYWORDS = 1, 2
_FLAGS = (8, 4, _KEYWORDS, _DEFAULTS)
# The flags of code objects.
_VARARGS, _VARKEYWORDS = 4, 8


def all_parameters(function: "CodeType") -> "tuple[str, ...]":
    """The names of all parameters, in the order of the function's variables: `*args` and `**kwargs` come last."""
    flags = function.co_flags
    count = function.co_argcount + function.co_kwonlyargcount + bool(flags & _VARARGS) + bool(flags & _VARKEYWORDS)
    return function.co_varnames[:count]


def parameters(function: "CodeType") -> "tuple[tuple[str, ...], tuple[str, ...]]":
    """The names of the positional and of the keyword-only parameters."""
    count, keywords = function.co_argcount, function.co_kwonlyargcount
    return function.co_varnames[:count], function.co_varnames[count : count + keywords]


def constant_defaults(code: "CodeType", function: "CodeType") -> "dict[str, Any]":
    """{parameter: default} by the definition of `function` in `code`; UNKNOWN for a default that is no constant."""
    stack: list[Any] = []
    given: dict[int, Any] = {}
    is_made = False
    for name, argument in _instructions(code):
        if name == "MAKE_FUNCTION":
            is_made = _pop(stack, 1)[0] is function
            values = {flag: _pop(stack, 1)[0] for flag in _FLAGS if argument & flag}  # up to 3.12
            given.update(values if is_made else {})
            stack.append(UNKNOWN)
        elif name == "SET_FUNCTION_ATTRIBUTE":
            value, made = _pop(stack, 2)
            given.update({argument: value} if is_made else {})
            stack.append(made)
        elif is_made:
            break
        else:
            _execute(name, argument, code, stack)
    return _by_name(function, given.get(_DEFAULTS), given.get(_KEYWORDS))


def _execute(name: str, argument: int, code: "CodeType", stack: "list[Any]") -> None:
    """Do to the stack what an instruction does; an instruction of another kind empties it."""
    if name == "LOAD_CONST":
        stack.append(code.co_consts[argument])
    elif name == "LOAD_SMALL_INT":
        stack.append(argument)
    elif name in _PUSHING:
        stack += [UNKNOWN] * _PUSHING[name]
    elif name == "BUILD_TUPLE":
        stack.append(tuple(_pop(stack, argument)))
    elif name == "BUILD_CONST_KEY_MAP":
        (keys,) = _pop(stack, 1)
        values = _pop(stack, argument)
        stack.append(dict(zip(keys, values, strict=True)) if type(keys) is tuple else UNKNOWN)
    elif name == "BUILD_MAP":
        values = _pop(stack, 2 * argument)
        is_plain = all(type(key) is str for key in values[::2])
        stack.append(dict(zip(values[::2], values[1::2], strict=True)) if is_plain else UNKNOWN)
    else:
        stack.clear()


def _by_name(function: "CodeType", defaults: object, keywords: object) -> "dict[str, Any]":
    found: dict[str, Any] = {}
    if type(defaults) is tuple and defaults:
        found.update(zip(parameters(function)[0][-len(defaults) :], defaults, strict=False))
    if type(keywords) is dict:
        found.update(keywords)
    return found


def _pop(stack: "list[Any]", count: int) -> "list[Any]":
    """Pop the uppermost objects of a stack; UNKNOWN for those below its known part."""
    left = max(len(stack) - count, 0)
    taken = stack[left:]
    del stack[left:]
    return [UNKNOWN] * (count - len(taken)) + taken


def _instructions(code: "CodeType") -> "Iterator[tuple[str, int]]":
    names = {number: name for name, number in numbers().items()}
    return ((names.get(opcode, ""), argument) for _, opcode, argument in instructions(code))
