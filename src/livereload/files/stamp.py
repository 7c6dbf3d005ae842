"""Files and folders: what they looked like, what they held, and whether that can still be believed.

Knows `stat` results, bytes, hashes and folder listings.  Must not know modules.

1. A *stamp* is what a file looked like.  Stamps are compared for equality, never with `<`: a file
   that is older than before is as new as one that is newer.
2. An equal stamp proves an unchanged file only if it is *settled*: had the file been written again
   after the stamp was taken, at least one of its times would differ.  Coarse clocks break this for
   a moment after each write (git calls such files "racily clean"), so a stamp whose times lie
   within two seconds of the moment it was taken proves nothing, and the file is read instead.
3. A *source* is the bytes of a file, their hash and the stamp, all of one read.  Whether a file has
   changed is decided by the hash; the stamp only spares the reading.

The system is asked through `_os`, as importlib does: programs, tests above all, replace functions of `os`.
"""

import _imp
import io
import os
import stat
import time
from importlib._bootstrap_external import MAGIC_NUMBER, _os  # type: ignore[attr-defined]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

Stamp = tuple[int, int, int, int, int]

# The coarsest timestamps in use are FAT's: two seconds.
SETTLED_AFTER_NS = 2_000_000_000

# An editor that truncates and then writes, or deletes and then renames, is through within this time.
PATIENCE_S = 0.1
_GLANCE_S = 0.005

# How often what changes while it is read is read again.
_ATTEMPTS = 10

_HASH_KEY = int.from_bytes(MAGIC_NUMBER, "little")


class Clock:
    """The time of day in nanoseconds and a way to let it pass; tests bring their own."""

    now: "Callable[[], int]" = staticmethod(time.time_ns)
    sleep: "Callable[[float], None]" = staticmethod(time.sleep)


class Patience:
    """How long may still be waited, for all files of one statement, until what looks half saved is believed."""

    __slots__ = ("glances",)

    def __init__(self) -> None:
        self.glances = round(PATIENCE_S / _GLANCE_S)


class Source:
    """The bytes of a file (dropped once they are executed), their hash and the stamp, all of one read."""

    __slots__ = ("data", "hash", "settled", "stamp")

    def __init__(self, data: bytes | None, hash: bytes, stamp: Stamp, settled: bool) -> None:
        self.data = data
        self.hash = hash
        self.stamp = stamp
        self.settled = settled

    def __repr__(self) -> str:
        return f"<Source {self.hash.hex()} settled={self.settled}>"


class Folder:
    """The names in a folder when it was last listed (none if there was no such folder)."""

    __slots__ = ("checked", "names", "settled", "stamp")

    def __init__(self, names: frozenset[str], stamp: Stamp | None, settled: bool) -> None:
        # the moment in which this was last looked at, see State.moments
        self.checked = 0
        self.names = names
        self.stamp = stamp
        self.settled = settled


def stamp_of(result: os.stat_result) -> Stamp:
    return (result.st_mtime_ns, result.st_ctime_ns, result.st_size, result.st_ino, result.st_dev)


def is_settled(stamp: Stamp, now: int) -> bool:
    """True if a write after `now` (nanoseconds) cannot leave a file with this stamp.

    A time in the future is not settled: the clock may pass it again.
    """
    return max(stamp[0], stamp[1]) + SETTLED_AFTER_NS <= now


def hash_of(data: bytes) -> bytes:
    """The hash that PEP 552 stores in checked hash-based `.pyc` files (`importlib.util.source_hash`)."""
    digest: bytes = _imp.source_hash(_HASH_KEY, data)
    return digest


def stamp_at(path: str) -> Stamp | None:
    """The stamp of the regular file at `path`, links followed; None if there is none.

    Whatever is not a regular file is nothing that can be imported from, and opening it might block
    (a FIFO), so it is not opened.
    """
    try:
        result = _os.stat(path)
    except (OSError, ValueError):
        return None
    return stamp_of(result) if stat.S_ISREG(result.st_mode) else None


def read(path: str, clock: Clock) -> Source:
    """The source at `path`; OSError if it cannot be read.

    The stamp describes exactly the bytes returned: a file that is written while it is read is read
    again.  One that does not come to rest is taken as it is, and not believed.
    """
    with io.open_code(path) as file:
        for _ in range(_ATTEMPTS):
            now = clock.now()
            before = stamp_of(_os.fstat(file.fileno()))
            data = file.read()
            after = stamp_of(_os.fstat(file.fileno()))
            if before == after:
                return Source(data, hash_of(data), after, is_settled(after, now))
            file.seek(0)
    return Source(data, hash_of(data), after, False)


def look(path: str, known: Source | None, clock: Clock, patience: Patience | None = None) -> Source | None:
    """What the file at `path` holds now; None if there is no file to import from.

    `known` itself (its stamp brought up to date) is returned if the file still holds the same
    bytes, so `look(path, s, clock) is s` means unchanged.  A file that has vanished, or become
    empty, may be in the middle of being saved and is looked at again for a moment before that is
    believed, if the caller has any `patience` left.  OSError if the file is there and cannot be read.
    """
    stamp = stamp_at(path)
    if known is not None and stamp == known.stamp and known.settled:
        return known
    emptied = known is not None and known.stamp[2] > 0
    while (stamp is None or (stamp[2] == 0 and emptied)) and patience is not None and patience.glances > 0:
        clock.sleep(_GLANCE_S)
        patience.glances -= 1
        stamp = stamp_at(path)
    if stamp is None:
        return None
    try:
        source = _read_patiently(path, clock, patience)
    except FileNotFoundError:
        return None
    if known is not None and known.hash == source.hash:
        known.stamp, known.settled = source.stamp, source.settled
        return known
    return source


def _read_patiently(path: str, clock: Clock, patience: Patience | None) -> Source:
    """`read`; on Windows who writes a file, or a scanner of viruses, may have it to himself for a moment."""
    while os.name == "nt" and patience is not None and patience.glances > 0:
        try:
            return read(path, clock)
        except PermissionError:
            clock.sleep(_GLANCE_S)
            patience.glances -= 1
    return read(path, clock)


def look_into(path: str, known: Folder | None, clock: Clock) -> Folder:
    """The names in the folder at `path` now; `known` itself if it cannot have changed.

    Names come before or after any concurrent change as a whole only if the folder's stamp was the
    same before and after the listing.  A folder that does not come to rest is not believed.
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
    try:
        result = _os.stat(path)
    except (OSError, ValueError):
        return None
    return stamp_of(result) if stat.S_ISDIR(result.st_mode) else None
