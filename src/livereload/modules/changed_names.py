"""What of a module has changed, and since when: the keys and moments of `Record.changed`.

Knows records.  Must not know how something changes, or who asks.
"""

from . import graph
from .record import imports_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from .record import Record


# Keys of `Record.changed` that are no names: anything may have changed; the execution of the module has changed other
# modules; the execution of other modules may have changed the contents of this one, or was seen to have changed them;
# the text of the source is another one.
ANYTHING, EFFECTS, CONTENTS, SHARED, TEXT = "*", "!", "~", "&", "#"

_UNSURE = (CONTENTS, SHARED, TEXT)


def body(qualname: str) -> str:
    """The key for the body of a function, as the name itself is the key for what it is bound to."""
    return f"{qualname}()"


def is_body(key: str) -> bool:
    """True for a key that `body` gives."""
    return key.endswith("()") and not key.endswith(".()")


def outside(qualname: str) -> str:
    """The key for what callers and decorators see of a function: its signature, defaults and attributes."""
    return f"{qualname}.()"


class WhatChanged:
    """Answers for all modules that have a record."""

    def __init__(self, records: "dict[str, Record]") -> None:
        self.records = records

    def anything(self, name: str, since: int) -> bool:
        """True if something that importers see has changed in a module after this moment."""
        record = self.records.get(name)
        return (
            record is not None
            and record.changed is not None
            and any(moment > since for key, moment in record.changed.items() if key not in (CONTENTS, SHARED, TEXT))
        )

    def anything_seen(
        self, modules: "Iterable[str]", since: int, opaque: set[str], names: "Collection[str] | None" = None
    ) -> bool:
        """True if modules may see something that has changed by these names, which stand for what sees nearly all.

        Of what they import, directly or not, or of all modules.  `names` are those of the functions that they may find
        there and call; None for any.
        """
        from ..changes.uses import sees_anywhere, sees_bodies, sees_text

        records, text = self.records.copy(), sees_text(opaque)
        called = None if sees_bodies(opaque) else names
        for each in records if sees_anywhere(opaque) else graph.closure(modules, imports_in(records)):
            changed = records[each].changed or {}
            for key, moment in changed.items():
                if moment <= since or (key == TEXT and not text):
                    continue
                if called is None or not is_body(key) or key[:-2].rpartition(".")[2] in called:
                    return True
        return False

    def shape(self, name: str, since: int) -> bool:
        """True if more than what functions do has changed in a module after this moment."""
        record = self.records.get(name)
        return (
            record is not None
            and record.changed is not None
            and any(moment > since for key, moment in record.changed.items() if key not in _UNSURE and not is_body(key))
        )

    def by_key(self, name: str, key: str, since: int) -> bool:
        """True if what this key of `Record.changed` stands for has changed after this moment."""
        record = self.records.get(name)
        if record is None or record.changed is None:
            return False
        if record.changed.get(key, 0) > since:
            return True
        return key not in (EFFECTS, CONTENTS, SHARED) and record.changed.get(ANYTHING, 0) > since

    def is_executed(self, name: object, since: int) -> bool:
        """True if a module has been executed after this moment, so that what it has is made anew."""
        record = self.records.get(name) if type(name) is str else None
        return record is not None and record.executed > since
