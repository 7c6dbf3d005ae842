"""What an execution has stored in containers and attributes of others: plain data, too, of which no reference tells.

Knows what things held before and hold now.  Must not know who is executed.
"""

from types import FunctionType, ModuleType

from ..identity import objects
from ..identity.objects import is_class, is_plain, module_of_class, namespace_of_class
from . import containers
from .comparable import says

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from typing import Any

    Note = Callable[..., None]

GONE = object()


class Stored:
    """One entry that was added to `holder`, a sequence or set; or what a key or attribute of it got, and had before."""

    __slots__ = ("_said", "_value", "before", "holder", "is_attribute", "key")

    def __init__(
        self, holder: "Any", key: "Any", value: "Any", before: "Any" = GONE, *, is_attribute: bool = False
    ) -> None:
        self.holder = holder
        self.key = key
        self.before = before
        self.is_attribute = is_attribute
        # what is there may be replaced by the object that is kept for it
        is_definition = type(value) is FunctionType or is_class(value)
        self._value = GONE if is_definition else value
        self._said = says(value) if is_definition or is_plain(value) else None

    def is_(self, value: "Any") -> bool:
        """True if this is what was stored, as far as it can be told."""
        if self._said is not None:
            return says(value) == self._said
        return value is self._value


def in_mapping(holder: "Any", before: "Mapping[Any, Any]", now: "Mapping[Any, Any]") -> "Iterator[Stored]":
    """How a dict, a namespace or the contents of a class differ from what they were."""
    if objects.same(tuple(before), tuple(now)) and objects.same(tuple(before.values()), tuple(now.values())):
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
    """How attributes differ that a module of this `name` has set, whose code has some `names`.

    Not what belongs to the state of whom it has called.
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
    """What has been added to a container since a copy was made of it."""
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
    """Undo one store, unless it has been undone."""
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
    """What a key or attribute has now."""
    if is_class(holder):
        return namespace_of_class(holder).get(key, GONE)
    return holder.get(key) if hasattr(type(holder), "is_place") else dict.get(holder, key, GONE)


def put(holder: "Any", key: "Any", value: "Any", note: "Note") -> None:
    """Give a key of a dict, or an attribute of a class, a value, or none."""
    if is_class(holder) and not objects.takes_attributes(holder):
        return
    note(_set, holder, key, value_at(holder, key))
    _set(holder, key, value)


def _set(holder: "Any", key: "Any", value: "Any") -> None:
    if is_class(holder):
        if value is not GONE:
            objects.set_member(holder, key, value)
        elif key in namespace_of_class(holder):
            objects.delete_member(holder, key)
    elif hasattr(type(holder), "is_place"):
        holder.put(key, value)
    elif value is GONE:
        containers.base_of(type(holder)).pop(holder, key, None)
    else:
        containers.base_of(type(holder)).__setitem__(holder, key, value)
