"""Effects: what an execution has stored in containers and attributes of other modules, plain data included.

Knows earlier and present contents.  Must not know which module is executed.

No reference leads from plain data to the module that has stored it, so effects are found by comparing.
"""

from types import FunctionType, ModuleType

from ..identity import object_model
from ..identity.object_model import is_class, is_plain, module_of_class, namespace_of_class
from . import containers
from .entry_comparison import comparable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from typing import Any

    Note = Callable[..., None]

GONE = object()


class Stored:
    """One effect: an entry added to `holder`, or the new value of a key or attribute of it, and the value before."""

    __slots__ = ("_said", "_value", "before", "holder", "is_attribute", "key")

    def __init__(
        self, holder: "Any", key: "Any", value: "Any", before: "Any" = GONE, *, is_attribute: bool = False
    ) -> None:
        self.holder = holder
        self.key = key
        self.before = before
        self.is_attribute = is_attribute
        # a new function or class may be replaced by the one that is kept for it, so its name is compared
        is_definition = type(value) is FunctionType or is_class(value)
        self._value = GONE if is_definition else value
        self._said = comparable(value) if is_definition or is_plain(value) else None

    def value(self) -> "Any":
        """The stored object; GONE for a definition."""
        return self._value

    def is_(self, value: "Any") -> bool:
        """True if this is the stored value, or cannot be distinguished from it."""
        if self._said is not None:
            return comparable(value) == self._said
        return value is self._value


def in_mapping(holder: "Any", before: "Mapping[Any, Any]", now: "Mapping[Any, Any]") -> "Iterator[Stored]":
    """The effects that a dict, a namespace or the contents of a class show, compared with a copy `before`."""
    if object_model.same(before, now) and object_model.same(before.values(), now.values()):
        return
    known = {id(key): value for key, value in before.items()}
    plain = {key: value for key, value in before.items() if is_plain(key)}
    for key, value in list(now.items()):
        old = plain.get(key, GONE) if is_plain(key) else known.get(id(key), GONE)
        if old is not value:
            yield Stored(holder, key, value, old)
    for key, old in plain.items():
        if key not in now:
            yield Stored(holder, key, GONE, old)


def in_attributes(
    name: str, holder: "Any", before: "Mapping[Any, Any]", now: "Mapping[Any, Any]", names: "Collection[str]" = ()
) -> "Iterator[Stored]":
    """The effects of a module of this `name`, whose code has some `names`, on attributes.

    Not those that belong to the state of a module whose functions it has called.
    """
    for key, value, old in [
        (each.key, now.get(each.key, GONE), each.before) for each in in_mapping(holder, before, now)
    ]:
        if type(key) is not str or key.startswith("__"):
            continue
        if issubclass(type(value), ModuleType) or issubclass(type(old), ModuleType):
            continue
        is_own = is_plain(value) or value is GONE or is_class(value) or type(value) is FunctionType or key in names
        if is_own or containers.base_of(type(value)) is not None or module_of_class(type(value)) in (name, None):
            yield Stored(holder, key, value, old, is_attribute=True)


def in_container(holder: "Any", before: "Any") -> "Iterator[Stored]":
    """The entries that have been added to a container since the copy `before`."""
    now = containers.copy(holder)
    if type(before) is dict:
        yield from in_mapping(holder, before, now)
        return
    left: dict[int, int] = {}
    for each in before:
        left[id(each)] = left.get(id(each), 0) + 1
    for each in now:
        if left.get(id(each), 0):
            left[id(each)] -= 1
        else:
            yield Stored(holder, GONE, each)


def revert(stored: Stored) -> None:
    """Undo one effect, unless it has been undone."""
    if stored.key is not GONE:
        if containers.has_plain_hash(stored.key) and stored.is_(value_at(stored.holder, stored.key)):
            _set(stored.holder, stored.key, stored.before)
        return
    found = [each for each in containers.order(stored.holder) if stored.is_(each)]
    if found:
        last = [len(found)]

        def goes(each: object) -> bool:
            last[0] -= stored.is_(each)
            return last[0] == 0 and stored.is_(each)

        containers.remove(stored.holder, goes)


def value_at(holder: "Any", key: "Any") -> "Any":
    """The value of a key or attribute now; GONE if there is none."""
    if is_class(holder):
        return namespace_of_class(holder).get(key, GONE)
    return holder.get(key) if hasattr(type(holder), "is_place") else dict.get(holder, key, GONE)


def put(holder: "Any", key: "Any", value: "Any", note: "Note") -> None:
    """Set or, for GONE, delete a key of a dict or an attribute of a class; the journal gets a note first."""
    if is_class(holder) and not object_model.takes_attributes(holder):
        return
    note(_set, holder, key, value_at(holder, key))
    _set(holder, key, value)


def _set(holder: "Any", key: "Any", value: "Any") -> None:
    if is_class(holder):
        if value is not GONE:
            object_model.set_member(holder, key, value)
        elif key in namespace_of_class(holder):
            object_model.delete_member(holder, key)
    elif hasattr(type(holder), "is_place"):
        holder.put(key, value)
    elif value is GONE:
        containers.base_of(type(holder)).pop(holder, key, None)
    else:
        containers.base_of(type(holder)).__setitem__(holder, key, value)
