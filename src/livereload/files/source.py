"""Sources: the bytes of a file, their hash and the stamp, all of one read.

Knows how files are read while a program may be writing them.  Must not know what the bytes mean.

Whether a file has changed is decided by the hash; the stamp only spares the reading.  A source that is executed from
good bytecode is not read: its settled stamp identifies its bytes.
"""

import _imp
import io
import os
import time
from importlib._bootstrap_external import MAGIC_NUMBER, _os  # type: ignore[attr-defined]

from .stamp import Stamp, is_settled, stamp_at, stamp_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

# An editor that truncates and then writes, or deletes and then renames, is through within this time.
PATIENCE_S = 0.1
_GLANCE_S = 0.005

# How often a file that changes while it is read is read again.
_ATTEMPTS = 10

_HASH_KEY = int.from_bytes(MAGIC_NUMBER, "little")


class Clock:
    """The time of day in nanoseconds and a way to let it pass; tests bring their own."""

    now: "Callable[[], int]" = staticmethod(time.time_ns)
    sleep: "Callable[[float], None]" = staticmethod(time.sleep)


class Patience:
    """How long one statement may still wait, for all its files, until a file that looks half saved is believed."""

    __slots__ = ("glances",)

    def __init__(self) -> None:
        self.glances = round(PATIENCE_S / _GLANCE_S)


class Source:
    """The bytes of a file (dropped once they are executed), their hash and the stamp, all of one read.

    Without a hash it has not been read.
    """

    __slots__ = ("data", "hash", "settled", "stamp")

    def __init__(self, data: bytes | None, hash: bytes | None, stamp: Stamp, settled: bool) -> None:
        self.data = data
        self.hash = hash
        self.stamp = stamp
        self.settled = settled

    def __repr__(self) -> str:
        return f"<Source {self.hash.hex() if self.hash else 'not read'} settled={self.settled}>"

    def is_same(self, other: "Source | None") -> bool:
        """True if the other source has surely the same bytes."""
        if other is None or self.hash is None or other.hash is None:
            return other is not None and self.settled and other.settled and self.stamp == other.stamp
        return self.hash == other.hash


def hash_of(data: bytes) -> bytes:
    """The hash that PEP 552 stores in checked hash-based `.pyc` files (`importlib.util.source_hash`)."""
    digest: bytes = _imp.source_hash(_HASH_KEY, data)
    return digest


def read(path: str, clock: Clock) -> Source:
    """The source at `path`; OSError if it cannot be read.

    The stamp describes exactly the bytes returned: a file that is written while it is read is read again.  After
    some attempts the source is taken as it is, and is not settled.
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


def unread(path: str, clock: Clock) -> Source | None:
    """The source at `path`, not read; None if its stamp does not identify its bytes, or if there is no file."""
    now = clock.now()
    stamp = stamp_at(path)
    return None if stamp is None or not is_settled(stamp, now) else Source(None, None, stamp, True)


def look(path: str, known: Source | None, clock: Clock, patience: Patience | None = None) -> Source | None:
    """The source at `path` now; None if there is no file to import from.

    `known` itself (its stamp brought up to date) is returned if the file still holds the same bytes, so
    `look(path, s, clock) is s` means unchanged.  A file that has vanished, or become empty, may be in the middle of
    being saved.  It is looked at again for a moment, if the caller has any `patience` left.  OSError if the file is
    there and cannot be read.
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
    if known is not None and known.is_same(source):
        known.stamp, known.settled = source.stamp, source.settled
        return known
    return source


def _read_patiently(path: str, clock: Clock, patience: Patience | None) -> Source:
    """`read`; on Windows an editor or a virus scanner may lock a file for a moment."""
    while os.name == "nt" and patience is not None and patience.glances > 0:
        try:
            return read(path, clock)
        except PermissionError:
            clock.sleep(_GLANCE_S)
            patience.glances -= 1
    return read(path, clock)
