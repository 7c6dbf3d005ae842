"""Definitions by their position: the n-th of a qualified name in a module's code.

Knows code objects.  Must not know what they were made for.

Two functions called `_`, or two classes of one name, are two: the n-th in the old code is the n-th in the new.
"""

from types import CodeType, FunctionType

from ..changes.code_equality import alike
from ..interpreter.bytecode import is_function

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def inner(code: CodeType) -> "Iterator[CodeType]":
    """All code objects in another one, in the order of the source."""
    for constant in code.co_consts:
        if type(constant) is CodeType:
            yield constant
            yield from inner(constant)


def around(code: "CodeType | None", one: CodeType) -> "CodeType | None":
    """The code object in `code`, itself included, that has `one` among its constants."""
    for each in (code, *inner(code)) if code is not None else ():
        if any(constant is one for constant in each.co_consts):
            return each
    return None


def bodies(code: "CodeType | None", qualname: str) -> list[CodeType]:
    """The class bodies of a qualified name in a module's code, in the order of the source."""
    if code is None:
        return []
    return [each for each in inner(code) if each.co_qualname == qualname and not is_function(each)]


def counterpart(one: CodeType, its: "list[CodeType]", others: "list[CodeType]") -> int | None:
    """Which of the `others` stands for `one` of `its`, all of one qualified name; None if none does.

    If their numbers differ, it is the one that does the same, else the last stands for the last.
    """
    index = index_of(one, its)
    if index is None or not others:
        return None
    if len(its) == len(others):
        return index
    same = [i for i, each in enumerate(others) if alike(each, one)]
    if same:
        return same[0]
    return len(others) - 1 if index == len(its) - 1 else None


def functions(code: "CodeType | None") -> "dict[str, list[CodeType]]":
    """The functions in a module's code by qualified name, each list in the order of the source."""
    found: dict[str, list[CodeType]] = {}
    for each in inner(code) if code is not None else ():
        if is_function(each):
            found.setdefault(each.co_qualname, []).append(each)
    return found


def index_of(code: CodeType, codes: "list[CodeType]") -> int | None:
    """Where a code object is in a list: itself, else one that is equal, as it was read anew."""
    for i, each in enumerate(codes):
        if each is code:
            return i
    return next((i for i, each in enumerate(codes) if each == code), None)


def of_functions(made: "Iterable[FunctionType]") -> "dict[str, list[CodeType]]":
    """Like `functions`, as far as some functions show."""
    found: dict[str, dict[int, CodeType]] = {}
    for function in made:
        for code in (function.__code__, *inner(function.__code__)):
            found.setdefault(code.co_qualname, {})[id(code)] = code
    return {name: sorted(codes.values(), key=lambda code: code.co_firstlineno) for name, codes in found.items()}
