"""What a module has read while it was executed: data files, listings of folders, variables of the environment.

Knows files, folders and names.  Must not know who reads, nor how that is noticed.

A file has been read with a hash, as a source has; of a large one only the stamp counts.  One that was not there counts,
too.  Of a folder the names count, but for those of caches and of files that editors leave.  What a module has written
itself is its product, and no reason to execute it again.
"""

import os

from .folder import look_into
from .source import Source, look, read
from .stamp import is_settled, stamp_at

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from .folder import Folder
    from .source import Clock, Patience

# More bytes than this are not hashed.
LARGE = 1 << 24


class DataReads:
    """What one execution of a module has read, and the files that it has written."""

    __slots__ = ("files", "folders", "readers", "variables", "written")

    def __init__(self) -> None:
        # {"/home/me/settings.json": what it held}
        self.files: dict[str, Source] = {}
        # {"/home/me/plugins": (the names in it, whether only those of modules count)}
        self.folders: dict[str, tuple[frozenset[str], bool]] = {}
        self.written: set[str] = set()
        # {("shop.config", "load")}: functions of other modules that have read for it, and may have kept what they read
        self.readers: set[tuple[str, str]] = set()
        # the names of variables of the environment
        self.variables: set[str] = set()

    @property
    def is_of_files(self) -> bool:
        """True if files or folders have been read."""
        return bool(self.files or self.folders)

    def note_file(self, path: str, clock: "Clock") -> None:
        """The file at this path is about to be read."""
        if path not in self.files and path not in self.written:
            self.files[path] = _file_at(path, clock)

    def note_written(self, path: str) -> None:
        """The file at this path is about to be written."""
        self.written.add(path)
        self.files.pop(path, None)
        folder, name = os.path.split(path)
        if folder in self.folders:
            names, of_modules = self.folders[folder]
            self.folders[folder] = (names | _counted((name,), of_modules), of_modules)

    def note_folder(self, path: str, clock: "Clock", *, of_modules: bool) -> None:
        """The folder at this path is about to be listed; perhaps only the names `of_modules` matter."""
        known = self.folders.get(path)
        of_modules = of_modules and (known is None or known[1])
        self.folders[path] = (_counted(look_into(path, None, clock).names, of_modules), of_modules)

    def changed(self, folders: "Mapping[str, Folder]", clock: "Clock", patience: "Patience") -> str | None:
        """The path of something that has changed since; None if nothing has.  `folders` were looked at just now."""
        for path, known in self.files.items():
            if _has_changed(path, known, clock, patience):
                return path
        for path, (names, of_modules) in self.folders.items():
            if path in folders and _counted(folders[path].names, of_modules) != names:
                return path
        return None


def _file_at(path: str, clock: "Clock") -> Source:
    now = clock.now()
    stamp = stamp_at(path)
    if stamp is None or stamp[2] > LARGE:
        missing = stamp is None
        return Source(None, None, stamp, missing or is_settled(stamp, now))  # type: ignore[arg-type]
    try:
        found = read(path, clock)
    except OSError:  # whoever reads it will be told
        return Source(None, None, stamp, is_settled(stamp, now))
    found.data = None
    return found


def _has_changed(path: str, known: Source, clock: "Clock", patience: "Patience") -> bool:
    if known.hash is None:  # it was not there, or is large
        return stamp_at(path) != known.stamp
    try:
        return look(path, known, clock, patience) is not known
    except OSError:
        return True


def _counted(names: "Iterable[str]", of_modules: bool) -> frozenset[str]:
    """The names in a folder that count."""
    found = (each for each in names if not each.startswith(".") and not each.endswith(_PASSING))
    return frozenset(each for each in found if not of_modules or "." not in each or each.endswith(".py"))


_PASSING = ("~", ".swp", ".tmp", ".pyc", "__pycache__")
