"""Entries of plain data that their library has moved, or copied, to another list since.

Knows effects and the referrers of what they have stored.  Must not know which module is executed.

Dash copies what `app.callback` has appended into a new list at the first request.  No reference leads from such
a copy to the module, but it has the lists that were in the entry.
"""

import sys

from ..identity.object_model import is_plain
from ..identity.referrers import holders_of
from . import containers
from .effects import GONE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from .effects import Stored

# References to a container by variables, and by the call that counts.
_VARIABLES = 3
_KINDS = frozenset(map(id, (list, dict, set)))


def moved(stored: "list[tuple[Any, Stored]]") -> "Iterator[tuple[Any, Any]]":
    """Each list with an entry that has been moved to it from another one; `stored` are effects with their holders."""
    parts: dict[int, Any] = {}
    for holder, item in stored:
        value = item.value()
        if (
            item.key is GONE
            and id(type(value)) in _KINDS
            and (not _is_in(value, containers.copy(holder)) or _is_abandoned(holder, stored))
        ):
            inner = value.values() if type(value) is dict else value
            parts.update((id(each), each) for each in inner if id(type(each)) in _KINDS)
    entries = [each for each in holders_of([*parts.values()]) if _has(each, parts)] if parts else []
    for holder in holders_of(entries) if entries else ():
        base = containers.base_of(type(holder))
        if base is not None and containers.is_sequence(base) and holder is not entries:
            yield from ((holder, each) for each in entries if _is_in(each, holder))


def _is_abandoned(holder: "Any", stored: "list[tuple[Any, Stored]]") -> bool:
    """True if nothing but these effects refers to a container."""
    return sys.getrefcount(holder) - 2 * sum(each is holder for each, _ in stored) <= _VARIABLES


def _has(entry: "Any", parts: "dict[int, Any]") -> bool:
    return type(entry) is dict and any(id(each) in parts for each in entry.values() if not is_plain(each))


def _is_in(value: "Any", container: "Any") -> bool:
    return any(each is value for each in container)
