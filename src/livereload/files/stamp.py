"""Stamps: what a file looked like, and whether that can still be believed.

Knows `stat` results.  Must not know what is in a file.

1. Stamps are compared for equality, never with `<`: a file that is older than before is as new as one that is newer.
2. An equal stamp proves an unchanged file only if it is *settled*: had the file been written again after the stamp
   was taken, at least one of its times would differ.  Coarse clocks break this for a moment after each write (git
   calls such files "racily clean").  So a stamp whose times lie within two seconds of the moment it was taken proves
   nothing, and the file is read instead.

The system is asked through `_os`, as importlib does: programs, tests above all, replace functions of `os`.
"""

import os
import stat
from importlib._bootstrap_external import _os  # type: ignore[attr-defined]

# (mtime_ns, ctime_ns, size, inode, device)
Stamp = tuple[int, int, int, int, int]

# The coarsest timestamps in use are FAT's: two seconds.
SETTLED_AFTER_NS = 2_000_000_000


def stamp_of(result: os.stat_result) -> Stamp:
    """The stamp that a result of `os.stat` gives."""
    return (result.st_mtime_ns, result.st_ctime_ns, result.st_size, result.st_ino, result.st_dev)


def is_settled(stamp: Stamp, now: int) -> bool:
    """True if a write after `now` (nanoseconds) cannot leave a file with this stamp.

    A stamp in the future is not settled: the clock may pass it again.
    """
    return max(stamp[0], stamp[1]) + SETTLED_AFTER_NS <= now


def stamp_at(path: str) -> Stamp | None:
    """The stamp of the regular file at `path`, links followed; None if there is none.

    Only a regular file can be imported from.  Opening another one might block (a FIFO).
    """
    try:
        result = _os.stat(path)
    except (OSError, ValueError):
        return None
    return stamp_of(result) if stat.S_ISREG(result.st_mode) else None
