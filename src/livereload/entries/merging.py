"""New and old entries in one container: each is there once, in the order of a fresh interpreter.

Knows one container, and the entries that were taken out before modules were executed.  Must not know to which module
an entry belongs.

1. New entries stand where the first taken entry stood.  If the new entries are not at the end, the container was
   sorted or inserted into, and its own order is right.
2. A new entry that equals an entry which was left (`entry_comparison`) replaces it: of plain data it is not known which
   module has put it there.  But if a taken entry equals the new one, the new one replaces that.
"""

from ..identity.object_model import is_plain, same
from . import containers
from .effects import GONE, Stored, in_mapping
from .entry_comparison import comparable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any


class Emptied:
    """A container with the entries that were taken out of it."""

    __slots__ = ("before", "container", "rest", "taken")

    def __init__(self, container: "Any", rest: "Any") -> None:
        self.container = container
        # its first contents
        self.before = rest
        # a copy of the entries that are left
        self.rest = rest
        # the taken entries, each with the number of left entries that stood before it
        self.taken: list[tuple[int, Any]] = []

    def take(self, entries: "list[Any]") -> None:
        """Take some entries out of the container."""
        gone = set(map(id, entries))
        self._take(entries, lambda: lambda each: id(each) in gone)

    def take_stored(self, stored: "list[Stored]") -> None:
        """Take out one entry for each of these effects."""

        def once() -> "Callable[[object], bool]":
            wanted = list(stored)

            def goes(each: object) -> bool:
                index = next((index for index, item in enumerate(wanted) if item.is_(each)), None)
                if index is not None:
                    del wanted[index]
                return index is not None

            return goes

        self._take([], once)

    def take_keys(self, keys: "list[Any]") -> None:
        """Take some keys out of the container, a dict."""
        gone = set(map(id, keys))
        self._take([], lambda: lambda each: id(each) in gone, keys=True)

    def _take(
        self, entries: "list[Any]", going: "Callable[[], Callable[[object], bool]]", *, keys: bool = False
    ) -> None:
        before = containers.order(self.rest)
        self.rest = containers.copy(self.rest)
        if type(self.rest) is dict and not all(map(containers.has_plain_hash, before)):
            return  # the dict could not be put in order again
        containers.remove(self.container, going(), keys=keys)
        containers.remove(self.rest, going(), keys=keys)
        if type(self.rest) is set:
            self.taken += [(0, each) for each in entries]
            return
        left = containers.order(self.rest)
        places, new = [0], []  # how many left entries stand before each
        for each in before:
            place = places[-1]
            if place < len(left) and left[place] is each:
                places.append(place + 1)
            else:
                new.append((place, each))
                places.append(place)
        self.taken = sorted([(places[place], each) for place, each in self.taken] + new, key=lambda pair: pair[0])


def merge(emptied: Emptied) -> "list[Stored]":
    """Put the new entries of a container in order, and return them."""
    if type(emptied.rest) is list:
        return [Stored(emptied.container, GONE, each) for each in _merge_sequence(emptied)]
    if type(emptied.rest) is set:
        return [Stored(emptied.container, GONE, each) for each in _merge_set(emptied)]
    stored = [*in_mapping(emptied.container, emptied.rest, containers.copy(emptied.container))]
    _merge_dict(emptied)
    return stored


def _merge_sequence(emptied: Emptied) -> "list[Any]":
    container, rest = emptied.container, emptied.rest
    now = containers.order(container)
    new = _added(now, rest)
    left = [each for index, each in enumerate(now) if index not in new]
    found = [now[index] for index in sorted(new)]
    replaced = _replaced(found, left, emptied)
    stands_for = set(map(id, replaced.values()))
    if same(tuple(now[: len(rest)]), tuple(rest)):
        added = [each for each in now[len(rest) :] if id(each) not in stands_for]
        result = _woven([replaced.get(id(each), each) for each in rest], added, emptied.taken)
    else:
        result = [
            replaced.get(id(each), each) if index not in new else each
            for index, each in enumerate(now)
            if index not in new or id(each) not in stands_for
        ]
    if not same(tuple(now), tuple(result)):
        containers.restore(container, result)
    return found


def _woven(rest: "list[Any]", added: "list[Any]", taken: "list[tuple[int, Any]]") -> "list[Any]":
    """The left entries with the new ones among them, each where an equal one was taken, else behind the one before."""
    if not taken:
        return rest + added
    place = taken[0][0]
    said = [comparable(each) for _, each in taken]
    next_one = 0
    result = rest[:place]
    for each in added:
        try:
            index = said.index(comparable(each), next_one)
        except ValueError:
            pass
        else:
            next_one = index + 1
            result += rest[place : taken[index][0]]
            place = taken[index][0]
        result.append(each)
    return result + rest[place:]


def _replaced(added: "Iterable[Any]", left: "Iterable[Any]", emptied: Emptied) -> "dict[int, Any]":
    """{id of a left entry: the new entry that replaces it}, one for one."""
    taken = _count(each for _, each in emptied.taken)
    waiting: dict[object, list[Any]] = {}
    for each in left:
        waiting.setdefault(comparable(each), []).append(each)
    found: dict[int, Any] = {}
    for each in added:
        said = comparable(each)
        if taken.get(said):
            taken[said] -= 1
        elif waiting.get(said):
            found[id(waiting[said].pop(0))] = each
    return found


def _added(now: "list[Any]", before: "Iterable[Any]") -> set[int]:
    """The indices in `now` of objects that were not in `before`."""

    left: dict[int, int] = {}
    for entry in before:
        left[id(entry)] = left.get(id(entry), 0) + 1
    added = set()
    for index, entry in enumerate(now):
        if left.get(id(entry), 0):
            left[id(entry)] -= 1
        else:
            added.add(index)
    return added


def _merge_set(emptied: Emptied) -> "list[Any]":
    old = set(map(id, emptied.rest))
    now = containers.copy(emptied.container)
    found = [each for each in now if id(each) not in old]
    added = [each for each in found if not is_plain(each)]
    gone = _replaced(added, [each for each in emptied.rest if not is_plain(each)], emptied)
    containers.remove(emptied.container, lambda each: id(each) in gone)
    return found


def _merge_dict(emptied: Emptied) -> None:
    old = set(map(id, emptied.rest))
    now = containers.order(emptied.container)
    added = [key for key in now if id(key) not in old and not is_plain(key)]
    gone = _replaced(added, [key for key in emptied.rest if not is_plain(key)], emptied)
    if gone:
        base = containers.base_of(type(emptied.container))
        for key in [key for key in now if id(key) in gone and containers.has_plain_hash(key)]:
            base.pop(emptied.container, key, None)
    rest = [key for key in emptied.rest if id(key) not in gone]
    now = containers.order(emptied.container)
    if same(tuple(now[: len(rest)]), tuple(rest)):
        containers.arrange(emptied.container, _woven(rest, now[len(rest) :], emptied.taken))


def _count(entries: "Iterable[Any]") -> "dict[object, int]":
    counts: dict[object, int] = {}
    for entry in entries:
        said = comparable(entry)
        counts[said] = counts.get(said, 0) + 1
    return counts
