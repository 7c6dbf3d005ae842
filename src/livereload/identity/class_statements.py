"""One class from its first instruction: how a class statement that is executed again reaches the class that is kept.

Knows class statements, from `builtins.__build_class__` to `type.__new__`.  Must not know which class is kept for which
(`class_pairing`), nor how it is filled (`classes`).

1. `Door` stands in the place of `builtins.__build_class__`.  What is called is what its property `__call__` gives:
   Python code that has returned by then, so that the call comes from C, and a metaclass or hook that looks at its
   caller's frame finds the frame of the class statement.  For statements of other modules and of other threads it
   gives what stood there before.
2. For the others, the metaclass is a `Statement`: it is asked for `__prepare__` with the bases, so it knows the
   metaclass in time, and goes through the same kind of door.  Metaclasses in C are called by themselves.
3. `Keeping` stands between `type` and the topmost metaclasses in Python for the duration, and receives the
   `super().__new__` in which each of them ends.  So does the `type.__new__` of a plain class.
"""

import sys
from _functools import partial  # type: ignore[import-not-found]
from types import FunctionType

from ..interpreter.tracebacks import disguised
from . import classes
from .class_pairing import Keeper, name_of, winner
from .object_model import bases, is_made_in_c, is_mutable, mro_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .classes import Bases


_keeper: Keeper | None = None


class Door:
    """What stands in the place of `builtins.__build_class__` while a refresh executes modules."""

    __slots__ = ("original",)

    def __init__(self, original: "Any") -> None:
        self.original = original

    @property
    def __call__(self) -> "Any":
        if _keeper is None or not _keeper.begun(sys._getframe(1)):
            return self.original
        return partial(self.original, metaclass=Statement())


# As `builtins.__build_class__` says it.
_CONFLICT = (
    "metaclass conflict: the metaclass of a derived class must be a (non-strict) subclass of the metaclasses "
    "of all its bases"
)


class Statement:
    """The metaclass of a class statement that names none: which one it is, the bases tell."""

    __slots__ = ("_metaclass",)

    def __init__(self) -> None:
        self._metaclass: type | None = type

    def _call_with_frames_removed(self, name: str, bases: "Bases", /, **keywords: "Any") -> "Any":
        self._metaclass = winner(type(bases[0]) if bases else type, bases)
        if self._metaclass is None:
            raise TypeError(_CONFLICT)
        prepare = getattr(self._metaclass, "__prepare__", None)
        namespace = {} if prepare is None else prepare(name, bases, **keywords)
        if not hasattr(type(namespace), "__getitem__"):
            names = f"{name_of(self._metaclass)}.__prepare__() must return a mapping, not {name_of(type(namespace))}"
            raise TypeError(names)
        return namespace

    __prepare__ = disguised(_call_with_frames_removed)

    @property
    def __call__(self) -> "Any":
        return partial(_new, type) if self._metaclass is type else self._metaclass


def _call_with_frames_removed(function: "Any", /, *arguments: "Any", **keywords: "Any") -> "Any":
    return function(*arguments, **keywords)


_CALL = disguised(_call_with_frames_removed).__code__


def _call_with_frames_removed(  # type: ignore[no-redef] # the name that the import statement goes by
    metaclass: type, name: "Any", bases: "Any", namespace: "Any", /, **keywords: "Any"
) -> type:
    """What `type.__new__` does, in the class that is kept, if one is."""
    # Hooks look at their caller's frame to learn which module they are in.
    by = FunctionType(_CALL, sys._getframe(1).f_globals)
    keeper = _keeper
    hooks = None if keeper is None else keeper.fill(metaclass, name, _standing(bases), namespace)
    if hooks is None:
        made: type = by(type.__new__, metaclass, name, bases, namespace, **keywords)
        if keeper is not None and keeper.is_concerned():
            keeper.note_made(made)
            if any(each is type for each in mro_of(made)):
                _replace_base(made, type, Keeping)
        return made
    cls: "Any" = hooks.cls
    for key, value, hook in hooks:
        hooks.begin(key)
        try:
            by(hook, cls, key)
        except Exception as error:
            explained = hooks.explained(error, key, value)
            if explained is not error:
                raise explained from error
            raise
        finally:
            hooks.end(key)
    hooks.finish()
    by(super(cls, cls).__init_subclass__, **keywords)
    return cls  # type: ignore[no-any-return]


_new = disguised(_call_with_frames_removed)


class Keeping(type):
    """Stands between `type` and the topmost metaclasses in Python for the duration of a refresh."""

    __new__ = _new


def stand(keeper: Keeper) -> None:
    """Let class statements reach `keeper`."""
    global _keeper
    _keeper = keeper
    for cls in type.__subclasses__(type):
        if is_mutable(cls) and not is_made_in_c(cls) and not classes.has_own_mro(type(cls)):
            _replace_base(cls, type, Keeping)


def leave() -> None:
    """Let class statements be as ever.  Metaclasses that have been executed meanwhile have their bases, too."""
    global _keeper
    _keeper = None
    for cls in type.__subclasses__(Keeping):
        _replace_base(cls, Keeping, type)


def _replace_base(cls: type, base: type, other: type) -> None:
    before = bases.__get__(cls)
    try:
        bases.__set__(cls, tuple(other if each is base else each for each in before))
    except TypeError:  # of another layout: its classes are brought together when the module has been executed
        pass


def _standing(its_bases: "Any") -> "Any":
    """The bases of a class, while `Keeping` stands in the place of `type`."""
    return tuple(Keeping if each is type else each for each in its_bases) if type(its_bases) is tuple else its_bases
