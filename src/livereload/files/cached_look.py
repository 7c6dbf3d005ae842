"""Looks that found all files fresh, cached: whether the files are unchanged since then.

Knows stamps, and whether the kernel reports changes.  Must not know modules.

Most imports repeat an import after which nothing has happened.  `State.looks` keeps what was compared for such an
import.  Looking again is then one comparison of stamps a file, or one question to the kernel for all files
(`inotify`).  All looks are forgotten when a module is executed or a record changes.  So a look that is still there
holds as long as its files are unchanged.

Where the kernel does not report changes (no inotify, a network mount), a program that imports in a loop would spend
all its time on looking.  There the files of the modules that a statement names are looked at each time, and all
others are trusted for a moment after each look.  The moment is so long that looking takes a twentieth of the time,
but no longer than TRUSTED_S.  Nothing is trusted for a statement that was typed.
"""

from time import perf_counter

from ..interpreter.tracebacks import is_typed
from .folder import Folder, folder_stamp_at
from .source import Source
from .stamp import stamp_at

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from .inotify import Watch

# How many files and folders are compared before inotify is used: some ten milliseconds in all.  A prompt never
# reaches this number.  A loop that imports reaches it soon, and then ctypes is worth loading.
WATCH_AFTER = 5_000

# Where the kernel does not report changes: how long a look may be trusted, in seconds and as a multiple of the time
# that the look has taken.
TRUSTED_S = 0.05
TRUSTED_TIMES = 19


def _nothing() -> int:
    """A number of events that no look has seen."""
    return -2


class Watcher:
    """Asks the kernel to report changes, once enough has been spent on looking."""

    __slots__ = ("_spent", "_watch")

    def __init__(self) -> None:
        self._spent = 0
        self._watch: Watch | None = None

    def spend(self, stats: int) -> None:
        """Count what a look costs."""
        if self._spent < 0 or self._watch is not None:
            return
        self._spent += stats
        if self._spent > WATCH_AFTER:
            try:
                from .inotify import Watch  # not at start-up

                self._watch = Watch()
            except Exception:  # no inotify, no ctypes, no more instances: files are compared as before
                self._spent = -1

    @property
    def is_needed(self) -> bool:
        """True once enough has been spent."""
        return self._spent < 0 or self._spent > WATCH_AFTER

    def events(self) -> int:
        """How many changes the kernel has reported so far; -1 if it is not asked."""
        return -1 if self._watch is None else self._watch.poll()

    def poll_for(self, files: "Iterable[str]", folders: "Iterable[str]") -> "Callable[[], int] | None":
        """A function that returns equal numbers as long as none of these changes.

        None if the kernel does not report every change.
        """
        try:
            return self._watch.poll if self._watch is not None and self._watch.covers(files, folders) else None
        except Exception:  # a program has replaced functions of `os`
            return None

    def close(self) -> None:
        """Stop asking the kernel, and start again when it is worth it."""
        if self._watch is not None:
            self._watch.close()
        self._watch = None
        self._spent = 0


class Look:
    """The files and folders that were compared for one import and found fresh."""

    __slots__ = ("_events", "_files", "_folders", "_known", "_named", "_poll", "_trusted_until", "_watcher")

    def __init__(
        self,
        files: list[tuple[str, Source]],
        folders: "set[str]",
        known: dict[str, Folder],
        watcher: Watcher,
        *,
        named: "Iterable[tuple[str, Source]]" = (),
        events: int = -1,
        begun: float = 0.0,
    ) -> None:
        """Make it after the comparison, which was `begun` at that time (`time.perf_counter`).

        `events` is the number that the `watcher` gave before the comparison.  `named` are those of the `files` that
        are never trusted.  When the folders are compared again, their earlier listings are looked up in `known`.
        """
        self._files = files
        self._named = tuple(named)
        self._folders = folders
        self._known = known
        self._watcher = watcher
        self._poll: Callable[[], int] = _nothing
        self._events = events if self._events_so_far() >= 0 else -1
        self._trusted_until = 0.0
        self._trust(begun)

    def holds(self) -> bool:
        """True if no file or folder has changed; False if the modules have to be looked at one by one."""
        return self._events == self._poll() or self._is_trusted() or self._compare()

    def _trust(self, begun: float) -> None:
        """Trust for a moment the comparison that was made between `begun` and now."""
        if self._poll is _nothing and self._watcher.is_needed:
            now = perf_counter()
            self._trusted_until = now + min(TRUSTED_S, TRUSTED_TIMES * (now - begun))

    def _is_trusted(self) -> bool:
        return (
            perf_counter() < self._trusted_until
            and self._poll is _nothing
            and not is_typed()
            and all(source.settled and stamp_at(path) == source.stamp for path, source in self._named)
        )

    def _events_so_far(self) -> int:
        """How many changes the kernel has reported so far; -1 if it does not report all changes of these files."""
        self._watcher.spend(len(self._files) + len(self._folders))
        poll = self._watcher.poll_for((path for path, _ in self._files), self._folders)
        self._poll = _nothing if poll is None else poll
        return -1 if poll is None else poll()

    def _compare(self) -> bool:
        begun = perf_counter()
        self._trusted_until = 0.0
        events = self._events_so_far()
        for path, source in self._files:
            if not source.settled or stamp_at(path) != source.stamp:
                return False
        for path in self._folders:
            folder = self._known[path]
            if not folder.settled or folder_stamp_at(path) != folder.stamp:
                return False
        self._events = events  # not before: another thread would believe it
        self._trust(begun)
        return True
