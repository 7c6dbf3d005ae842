"""What others have found out about a class: `isinstance`, `singledispatch`, `typing`.

Knows the caches of the standard library that are keyed by classes.  Must not know why they are to be forgotten.

Such a cache takes it that a class never changes; one whose contents are replaced does.
"""

import gc
import sys
from _weakref import getweakrefs
from types import BuiltinFunctionType, FunctionType

from .object_model import descendants, mro_of, namespace_of_class

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def forget(cls: type, has_other_bases: bool) -> None:
    """Let everybody find out anew what a class is, after its contents have changed."""
    family = descendants(cls)
    abc = sys.modules.get("_abc")
    if abc is not None:
        for each in {id(each): each for each in (*family, *mro_of(cls))}.values():
            if "_abc_impl" in namespace_of_class(each):
                abc._reset_caches(each)
        if any(map(_is_in_an_abc, family)):
            _forget_all(abc)
    for each in family if has_other_bases else ():
        _forget_dispatch(each)


def _is_in_an_abc(cls: type) -> bool:
    """True if an ABC has a verdict about the class, or it is registered with one: `_abc` refers to it weakly."""
    return any(
        type(each.__callback__) is BuiltinFunctionType and each.__callback__.__name__ == "_destroy"
        for each in getweakrefs(cls)
    )


def _forget_all(abc: "Any") -> None:
    """Let every ABC forget what `isinstance` and `issubclass` have found out so far."""
    for each in descendants(object):
        if "_abc_impl" in namespace_of_class(each):
            abc._reset_caches(each)
    # Whoever goes by `abc.get_cache_token` (`singledispatch`) has to see another: that of a registration.
    scratch, other = type("scratch", (), {}), type("other", (), {})
    abc._abc_init(scratch)
    abc._abc_register(scratch, other)


def forget_aliases() -> None:
    """Let `typing` make `Box[int]` anew, and see whether that fits what the class takes, as it keeps what it made."""
    typing = sys.modules.get("typing")
    for clear in typing.__dict__.get("_cleanups", ()) if typing is not None else ():
        clear()


def _forget_dispatch(cls: type) -> None:
    """Let the functions of `functools.singledispatch` look again for the implementation of a class.

    Each keeps what it found in a `WeakKeyDictionary` that its closure alone refers to.
    """
    for reference in getweakrefs(cls):
        callback = reference.__callback__
        if type(callback) is not FunctionType or callback.__qualname__ != "WeakKeyDictionary.__init__.<locals>.remove":
            continue
        table = callback.__defaults__[0]()  # type: ignore[index]
        if table is not None and _is_dispatch_cache(table):
            table.data.pop(reference, None)


def _is_dispatch_cache(table: "Any") -> bool:
    cells = [each for each in gc.get_referrers(table) if type(each).__name__ == "cell"]
    functions = (f for closure in gc.get_referrers(*cells) for f in gc.get_referrers(closure)) if cells else ()
    return any(
        type(each) is FunctionType and each.__code__.co_qualname.startswith("singledispatch.<locals>.")
        for each in functions
    )
