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

from ..interpreter.bytecode import is_function, numbers
from .uses import alike, constants_alike, instructions, parts_of, without_first_line

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

# From 3.13 on (CO_HAS_DOCSTRING): the first constant is the docstring.  Whether there is one is no part of a signature.
_HAS_DOCSTRING = 0x4000000
_STATIC_ATTRIBUTES = "__static_attributes__"


class Difference:
    """An edit of bodies of functions, or of layout only.

    `codes` gives the new code for each old one that differs in any way, positions included, bodies of
    classes among them.  `bodies` are the functions that do something else now: pairs of old and new code.
    """

    __slots__ = ("bodies", "codes")

    def __init__(self) -> None:
        self.codes: dict[CodeType, CodeType] = {}
        self.bodies: list[tuple[CodeType, CodeType]] = []

    def names(self) -> list[str]:
        """The qualified names of the functions that do something else now, in the order of the source."""
        return list(dict.fromkeys(new.co_qualname for _, new in self.bodies))


def compare(old: CodeType, new: CodeType) -> Difference | None:
    """The difference of two codes of one module; None if there is more than bodies of functions and layout."""
    found = Difference()
    return found if _compare_level(old, new, found) else None


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
        return is_function(one) == is_function(other) and _compare_level(one, other, found)
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
    count = code.co_argcount + code.co_kwonlyargcount + bool(code.co_flags & 4) + bool(code.co_flags & 8)
    return (
        *(code.co_name, code.co_flags & ~_HAS_DOCSTRING, code.co_argcount, code.co_posonlyargcount),
        *(code.co_kwonlyargcount, code.co_varnames[:count], code.co_freevars),
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
