"""Containers in a table that were made for their first entry, and go with the last.

Knows a table and the code of those who have it.  Must not know entries.
"""

from types import FunctionType

from ..identity.object_model import mro_of, namespace_of_class, qualname_of
from ..identity.referrers import holders_of
from ..interpreter.bytecode import nested

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import CodeType
    from typing import Any


def is_made_on_demand(table: "dict[Any, Any]", value: "Any", codes: "Iterable[CodeType | None]") -> bool:
    """True if a value of a dict was made at the first access: no code of those who have the dict has its key.

    `codes` are the codes of the modules that lead to the dict.  Beside them, it may be an attribute of an instance.
    """
    if any(qualname_of(each) == "defaultdict" for each in mro_of(type(table))):
        return True
    known = [_constants(each) for each in codes if each is not None]
    keys = [key for key, each in dict.items(table) if each is value]
    if not known or not all(type(key) is str and not any(key in each for each in known) for key in keys):
        return False
    return not any(key in _constants(code) for code in _methods(table) for key in keys)


def _constants(code: "CodeType") -> set[str]:
    """The strings in some code, nested code included."""
    found: set[str] = set()
    for each in nested(code):
        for constant in each.co_consts:
            texts = constant if type(constant) is tuple else (constant,)
            found.update(text for text in texts if type(text) is str)
    return found


def _methods(table: "dict[Any, Any]") -> "Iterator[CodeType]":
    """The code of the methods of instances that have a dict as an attribute."""
    direct = holders_of([table])
    for holder in direct + holders_of([each for each in direct if type(each) is dict]):
        for cls in mro_of(type(holder)):
            members = list(namespace_of_class(cls).values())
            yield from (each.__code__ for each in members if type(each) is FunctionType)
