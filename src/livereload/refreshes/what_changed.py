"""What has changed in modules, and since when, as `Record.changed` has it.

Knows records.  Must not know who asks, or how something changes.
"""

from ..modules.record import ANYTHING, CONTENTS, EFFECTS, SHARED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..modules.record import Record


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
            and any(moment > since for key, moment in record.changed.items() if key not in (CONTENTS, SHARED))
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
