"""A function that lives on: it runs the code that its definition has now.

Knows what a function consists of.  Must not know where old and new ones come from.

`follow` gives a function the code, defaults, contents of the closure and attributes of the new one.  If the number
of free variables differs, which Python does not let anybody change, its code becomes a call of the new one.

Whatever is changed is first handed to `note(undo, *arguments)`.
"""

import sys
from types import CellType, CodeType, FunctionType

from ..interpreter.function_defaults import UNKNOWN, constant_defaults, parameters
from ..interpreter.instructions import instructions, numbers
from . import code_pairing
from .object_model import cell_contents, instance_dict

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    Note = Callable[..., None]

_EMPTY = cell_contents(CellType())


def follow(old: FunctionType, new: "Callable[..., Any]", note: "Note", *, alone: bool = False) -> bool:
    """Make `old` run what `new` runs; True if it now equals `new` in all its parts, and may stand for it.

    If `new` has its variables not `alone`, `old` cannot share them, and calls it instead.
    """
    if type(new) is not FunctionType or not same_variables(old, new) or not (alone or _without_variables(new)):
        call_instead(old, new, note)
        return False
    note(_restore_function, old, _parts(old))
    old.__code__ = new.__code__
    may_stand_for_it = True
    for name, mine, its in zip(new.__code__.co_freevars, old.__closure__ or (), new.__closure__ or (), strict=True):
        contents = cell_contents(its)
        if contents is _EMPTY or cell_contents(mine) is contents:
            continue
        if name == "__class__":  # a class that could not be kept: its instances have no other
            may_stand_for_it = False
        else:
            note(_set_cell, mine, cell_contents(mine))
            _set_cell(mine, contents)
    _restore_function(old, _parts(new))
    _note_number(old, new)
    return may_stand_for_it


def _note_number(old: FunctionType, new: FunctionType) -> None:
    """Let an attribute's object that has noted `id(new)` know `id(old)`, as venusian's `attached_id`."""
    for value in list(old.__dict__.values()):
        attributes = instance_dict(value)
        for name in [name for name, each in (attributes or {}).items() if type(each) is int and each == id(new)]:
            attributes[name] = id(old)  # type: ignore[index]


def _without_variables(function: FunctionType) -> bool:
    return function.__code__.co_freevars in ((), ("__class__",))  # the kept class, for both


def same_variables(old: FunctionType, new: FunctionType) -> bool:
    """True if the code of `new` finds its variables in `old`: free ones, and globals, which cannot be exchanged."""
    return old.__globals__ is new.__globals__ and old.__code__.co_freevars == new.__code__.co_freevars


def follow_code(old: FunctionType, code: CodeType, note: "Note", around: "CodeType | None" = None) -> bool:
    """Make `old`, one of many functions that were made from one definition, run the new code of it.

    `around` is the code that has the definition: parameters have the defaults that it says.  False, and nothing is
    changed, if who could call the old function could not call the new one.
    """
    if old.__code__ is code:
        return True
    defaults = _defaults_for(old, code, {} if around is None else constant_defaults(around, code))
    if defaults is None:
        return False
    if old.__code__.co_freevars == code.co_freevars:
        note(_set_code, old, old.__code__, old.__defaults__, old.__kwdefaults__)
        _set_code(old, code, *defaults)
        return True
    cells = dict(zip(old.__code__.co_freevars, old.__closure__ or (), strict=True))
    if any(name not in cells for name in code.co_freevars):
        return False  # nobody can say what the new free variable would have been
    closure = tuple(cells[name] for name in code.co_freevars)
    new = FunctionType(code, old.__globals__, old.__name__, defaults[0], closure)
    new.__kwdefaults__ = defaults[1]
    call_instead(old, new, note)
    return True


def _defaults_for(
    old: FunctionType, code: CodeType, constants: "dict[str, Any]"
) -> "tuple[tuple[Any, ...] | None, dict[str, Any] | None] | None":
    """The defaults of `old` when it runs `code`: those constants, or its own; None if more arguments were needed."""
    names, keywords = parameters(old.__code__)
    given = dict(old.__kwdefaults__ or {})
    given.update(zip(reversed(names), reversed(old.__defaults__ or ()), strict=False))
    needed = len(names) + len(keywords) - len(given)
    given.update((name, value) for name, value in constants.items() if value is not UNKNOWN)
    names, keywords = parameters(code)
    if sum(name not in given for name in (*names, *keywords)) > needed:
        return None
    first = max((i + 1 for i, name in enumerate(names) if name not in given), default=0)
    positional = tuple(given[name] for name in names[first:])
    return positional or None, {name: given[name] for name in keywords if name in given} or None


def _parts(function: FunctionType) -> "dict[str, Any]":
    parts: dict[str, Any] = {
        "__code__": function.__code__,
        "__defaults__": function.__defaults__,
        "__kwdefaults__": function.__kwdefaults__,
        "__name__": function.__name__,
        "__qualname__": function.__qualname__,
        "__module__": function.__module__,
        "__doc__": function.__doc__,
        "__dict__": dict(function.__dict__),
    }
    if sys.version_info >= (3, 12):
        parts["__type_params__"] = function.__type_params__
    # From 3.14 on annotations are evaluated when they are first asked for; nobody has asked here.
    annotate = getattr(function, "__annotate__", None)
    if annotate is not None:
        parts["__annotate__"] = annotate
    else:
        parts["__annotations__"] = function.__annotations__
    return parts


def _restore_function(function: FunctionType, parts: "dict[str, Any]") -> None:
    for name, value in parts.items():
        if name == "__code__" and len(value.co_freevars) != len(function.__closure__ or ()):
            continue
        if name == "__dict__":
            value = dict(value)
        setattr(function, name, value)


def _set_code(
    function: FunctionType, code: CodeType, defaults: "tuple[Any, ...] | None", keywords: "dict[str, Any] | None"
) -> None:
    function.__code__ = code
    function.__defaults__ = defaults
    function.__kwdefaults__ = keywords


def _set_cell(cell: CellType, contents: object) -> None:
    if contents is _EMPTY:
        del cell.cell_contents
    else:
        cell.cell_contents = contents


def refer_to(function: FunctionType, kept: "dict[int, Any]") -> None:
    """Have the closure and the attributes of a function refer to the objects `kept`, {id: object}, for new ones."""
    for cell in function.__closure__ or ():
        contents = cell_contents(cell)
        if id(contents) in kept:
            _set_cell(cell, kept[id(contents)])
    for name, value in list(function.__dict__.items()):
        if id(value) in kept:
            function.__dict__[name] = kept[id(value)]


def rebinds(code: CodeType, variable: str) -> bool:
    """True if the function gives a free variable another value (`nonlocal`)."""
    opmap = numbers()
    cells = [name for name in code.co_cellvars if name not in code.co_varnames]
    index = len(code.co_varnames) + len(cells) + code.co_freevars.index(variable)
    rebinding = (opmap["STORE_DEREF"], opmap["DELETE_DEREF"])
    return any(argument == index and opcode in rebinding for _, opcode, argument in instructions(code))


_TARGET = "livereload: the function to call"


def _call(*args: "Any", **kwargs: "Any") -> "Any":
    called_by_livereload = "livereload: the function to call"
    return called_by_livereload(*args, **kwargs)  # type: ignore[operator]


def call_instead(old: FunctionType, new: "Callable[..., Any]", note: "Note") -> None:
    """Make `old` call `new`, which Python does not let it be."""
    note(_restore_function, old, _parts(old))
    code = old.__code__
    constants = tuple(new if constant == _TARGET else constant for constant in _call.__code__.co_consts)
    old.__code__ = _call.__code__.replace(
        co_consts=constants,
        co_freevars=code.co_freevars,
        co_name=code.co_name,
        co_qualname=code.co_qualname,
        co_filename=code.co_filename,
        co_firstlineno=code.co_firstlineno,
    )
    old.__defaults__ = None
    old.__kwdefaults__ = None
    if type(new) is FunctionType:
        old.__doc__ = new.__doc__
        old.__dict__ = dict(new.__dict__)
    old.__dict__["__wrapped__"] = new


def called_instead(function: FunctionType) -> "Callable[..., Any] | None":
    """What `function` was made to call, if it was."""
    code = function.__code__
    if code.co_varnames != _call.__code__.co_varnames:
        return None
    target: Callable[..., Any] = code.co_consts[_call.__code__.co_consts.index(_TARGET)]
    return target


# Variables that closures share.


class _Use:
    """Which functions have a cell."""

    __slots__ = ("cell", "count", "mine", "name", "scope")

    def __init__(self, cell: CellType, name: str, scope: CodeType) -> None:
        self.cell = cell
        self.name = name
        # the code of one of the functions
        self.scope = scope
        # how many of the new functions have it
        self.count = 0
        # the ids of the cells that the old functions have in its place
        self.mine: set[int] = set()

    def others(self) -> int:
        """References to the cell other than from those functions, plus a constant."""
        return sys.getrefcount(self.cell) - self.count


_NO_OTHERS = _Use(CellType(), "", rebinds.__code__).others()


def closures_apart(pairs: "list[tuple[FunctionType, FunctionType]]", whole: "CodeType | None") -> set[int]:
    """The ids of those second functions of `pairs` whose variables can be moved to the first ones.

    A cell that others have, too, can only be left behind if nobody gives it another value; `whole` is the code of the
    module, which tells.
    """
    while True:
        shared = [use for use in _uses(pairs) if use.others() > _NO_OTHERS or len(use.mine) > 1]
        torn = {id(use.cell) for use in shared if _is_rebound(use.name, use.scope, whole)}
        apart = [pair for pair in pairs if not any(id(cell) in torn for cell in pair[1].__closure__ or ())]
        if len(apart) == len(pairs):
            return {id(new) for _, new in apart}
        pairs = apart


def _uses(pairs: "list[tuple[FunctionType, FunctionType]]") -> "list[_Use]":
    found: dict[int, _Use] = {}
    for old, new in pairs:
        names = new.__code__.co_freevars
        for name, mine, its in zip(names, old.__closure__ or (), new.__closure__ or (), strict=True):
            use = found.setdefault(id(its), _Use(its, name, new.__code__))
            use.count += 1
            use.mine.add(id(mine))
    return [*found.values()]


def _is_rebound(name: str, scope: CodeType, whole: "CodeType | None") -> bool:
    """True if a function in the scope that has the variable gives it another value, or nobody can tell."""
    outer: CodeType | None = scope
    while outer is not None and name not in outer.co_cellvars:
        outer = code_pairing.around(whole, outer)
    if outer is None:
        return True
    return any(name in each.co_freevars and rebinds(each, name) for each in code_pairing.inner(outer))
