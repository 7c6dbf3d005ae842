"""inotify: the kernel says in one call that none of thousands of files has changed.

Knows inotify (Linux) and where it can be relied on.  Must not know modules.

A look costs one `stat` a file.  An import in a hot loop with a thousand modules behind it would spend milliseconds on
looks alone.  Once looks have cost enough for that to matter, the folders of the files are watched.  As long as the
kernel reports no event, the result of the last look still holds.  The kernel queues an event before the system call
that causes it returns, so an import that starts after a write has ended sees the event.

The kernel's report is not relied on, and files are compared as before,

- for folders reached through symbolic links, and for files that are links or have several names: they can change by
  a path that is not watched;
- on file systems that may be changed by another machine or program (network, FUSE, 9p, virtiofs …);
- for everything, once the queue has overflowed or a watch was refused.

Folders are watched, not files, since editors save by renaming.  The folders above are watched, too; of their events
only those count that concern the name on the path to the file.
"""

import _thread
import os
import stat
import sys

from ..interpreter.stdlib_imports import standard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_LOCAL = frozenset(
    "ext2 ext3 ext4 xfs btrfs tmpfs ramfs zfs f2fs jfs reiserfs bcachefs overlay".split()  # noqa: SIM905
)

# <linux/inotify.h>
_MODIFY, _ATTRIB, _CLOSE_WRITE = 0x2, 0x4, 0x8
_MOVED, _CREATE, _DELETE, _SELF = 0xC0, 0x100, 0x200, 0xC00
_OVERFLOW, _IGNORED, _UNMOUNT = 0x4000, 0x8000, 0x2000
_ONLYDIR, _MASK_ADD = 0x01000000, 0x20000000
_ALL = _MODIFY | _ATTRIB | _CLOSE_WRITE | _MOVED | _CREATE | _DELETE | _SELF | _ONLYDIR | _MASK_ADD
_NAMES = _MOVED | _CREATE | _DELETE | _SELF | _ONLYDIR | _MASK_ADD
_HEADER = 16


class Watch:
    """Folders watched by the kernel.  `events` counts the changes in them.

    OSError if there is no inotify here.
    """

    def __init__(self) -> None:
        if not sys.platform.startswith("linux"):
            raise OSError("no inotify on this platform")
        ctypes, fcntl, termios = standard("ctypes"), standard("fcntl"), standard("termios")
        libc = ctypes.CDLL(None, use_errno=True)
        self._fd: int = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        if self._fd < 0:
            raise OSError(ctypes.get_errno(), "inotify_init1 failed")
        self._add_watch: Callable[[int, bytes, int], int] = libc.inotify_add_watch
        self._ioctl = fcntl.ioctl
        self._request: int = termios.FIONREAD
        self._size = bytearray(4)
        # {watch descriptor: the names in the folder that matter; None: all of them}
        self._names: dict[int, set[bytes] | None] = {}
        # {"/home/me/shop": whether the kernel reports every change in it}
        self._folders: dict[str, bool] = {}
        self._local_devices = _local_devices()
        self.events = 0
        self._lock = _thread.allocate_lock()
        self._draining = False

    def close(self) -> None:
        """Stop watching."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def poll(self) -> int:
        """How many changes there have been so far; an equal number means that there has been none since."""
        try:
            self._ioctl(self._fd, self._request, self._size)
            if self._size != b"\0\0\0\0" or self._draining:
                with self._lock:  # an event that another thread has read and not counted yet is on no queue
                    self._drain()
        except OSError:
            self.events += 1
        return self.events

    def covers(self, files: "Iterable[str]", folders: "Iterable[str]") -> bool:
        """True if the kernel reports every change of one of these from now on."""
        paths = list(files)
        if not all([self._covers_folder(folder) for folder in {*folders, *map(os.path.dirname, paths)}]):
            return False
        for path in paths:
            try:
                result = os.lstat(path)
            except OSError:
                return False
            if not stat.S_ISREG(result.st_mode) or result.st_nlink != 1:
                return False
        return True

    def _covers_folder(self, folder: str) -> bool:
        known = self._folders.get(folder)
        if known is None:
            known = self._folders[folder] = self._begin(folder)
            self.events += 1  # no event has reported what happened in the folder until now
        return known

    def _begin(self, folder: str) -> bool:
        """Watch a folder, or, if there is none, the place where it would come into being."""
        try:
            if os.path.realpath(folder) != folder:
                return False
        except OSError:
            return False
        while True:
            parent, name = os.path.split(folder)
            there = os.path.isdir(folder)
            if there:
                if os.stat(folder).st_dev not in self._local_devices or not self._add(folder, None):
                    return False
                break
            if parent == folder:
                return False
            if os.path.isdir(parent):
                break
            folder = parent
        while parent != folder:
            if not self._add(parent, os.fsencode(name)):
                return False
            folder, (parent, name) = parent, os.path.split(parent)
        return True

    def _add(self, folder: str, name: bytes | None) -> bool:
        descriptor = self._add_watch(self._fd, os.fsencode(folder), _ALL if name is None else _NAMES)
        if descriptor < 0:
            return False
        if name is None:
            self._names[descriptor] = None
        else:
            names = self._names.setdefault(descriptor, set())
            if names is not None:
                names.add(name)
        return True

    def _drain(self) -> None:
        self._draining = True
        try:
            while True:
                self._count(os.read(self._fd, 65536))
        except BlockingIOError:
            self._draining = False
        except BaseException:  # an interrupt: events that have been read may not have been counted
            self._folders.clear()
            self.events += 1
            raise

    def _count(self, data: bytes) -> None:
        offset = 0
        while offset < len(data):
            descriptor = int.from_bytes(data[offset : offset + 4], sys.byteorder, signed=True)
            mask = int.from_bytes(data[offset + 4 : offset + 8], sys.byteorder)
            length = int.from_bytes(data[offset + 12 : offset + 16], sys.byteorder)
            name = data[offset + _HEADER : offset + _HEADER + length].rstrip(b"\0")
            offset += _HEADER + length
            names = self._names.get(descriptor, set())
            if mask & (_OVERFLOW | _IGNORED | _UNMOUNT | _SELF):
                # Watches may be lost, or belong to other folders now: start again with none.
                self._folders.clear()
                self.events += 1
            elif names is None or name in names:
                if mask & (_MOVED | _CREATE | _DELETE):
                    self._folders.clear()
                self.events += 1


def _local_devices() -> set[int]:
    """The devices of the file systems whose changes all go through this kernel."""
    found = set()
    try:
        with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as file:
            for line in file:
                fields = line.split()
                if fields[fields.index("-") + 1] in _LOCAL:
                    major, _, minor = fields[2].partition(":")
                    found.add(os.makedev(int(major), int(minor)))
    except (OSError, ValueError, IndexError):
        pass
    return found
