"""Folders: the names that they hold, and whether that can still be believed.

Knows listings.  Must not know what the names are for.

A folder has a stamp as a file has (`stamp`).  A change that the clock of the file system does not show is found by
listing the folder again while its stamp is not settled.
"""

import stat
from importlib._bootstrap_external import _os  # type: ignore[attr-defined]

from .stamp import Stamp, is_settled, stamp_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .source import Clock

# How often a folder that changes while it is listed is listed again.
_ATTEMPTS = 10


class Folder:
    """The names in a folder when it was last listed (none if there was no such folder)."""

    __slots__ = ("checked", "names", "settled", "stamp")

    def __init__(self, names: frozenset[str], stamp: Stamp | None, settled: bool) -> None:
        # the moment in which this was last looked at, see State.moments
        self.checked = 0
        self.names = names
        self.stamp = stamp
        self.settled = settled


def look_into(path: str, known: Folder | None, clock: "Clock") -> Folder:
    """The names in the folder at `path` now; `known` itself if they cannot have changed.

    A listing is of one moment only if the folder's stamp was the same before and after it.  If that does not come
    about, the folder is not settled.
    """
    for _ in range(_ATTEMPTS):
        now = clock.now()
        stamp = folder_stamp_at(path)
        if known is not None and stamp == known.stamp and known.settled:
            return known
        if stamp is None:
            return Folder(frozenset(), None, True)
        try:
            names = frozenset(_os.listdir(path))
        except OSError:
            names = frozenset()
        if folder_stamp_at(path) == stamp:
            return Folder(names, stamp, is_settled(stamp, now))
    return Folder(names, stamp, False)


def folder_stamp_at(path: str) -> Stamp | None:
    """The stamp of the folder at `path`, links followed; None if there is none."""
    try:
        result = _os.stat(path)
    except (OSError, ValueError):
        return None
    return stamp_of(result) if stat.S_ISDIR(result.st_mode) else None
