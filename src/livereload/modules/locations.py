"""What a name resolves to: the folders that decide it, and whether it stands for another file now.

Knows search paths, folders, and importlib's listings of them.  Must not know which modules are stale.

Of each module it is known `where` its name was looked for.  A change in one of these folders makes the module
*suspect*: its name may stand for another file.  The other finders are asked only then.
"""

import os
import sys
from importlib._bootstrap_external import _NamespacePath  # type: ignore[attr-defined]
from importlib.machinery import FileFinder

from ..files.folder import folder_stamp_at, look_into
from ..files.stamp import is_settled
from ..identity.object_model import namespace_of
from .record import Record
from .state import State

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec

    from .import_system_protocol import Interpreter


class Resolver:
    """The folders of all records of a `State`."""

    def __init__(self, state: State, system: "Interpreter") -> None:
        self._state = state
        self._system = system
        # search paths of absolute folders that have all been listed
        self._listed: set[tuple[str, ...]] = set()

    def folders(self, path: "list[str] | None") -> tuple[str, ...]:
        """The folders that decide what a name in `path` (None: `sys.path`) stands for; each has been listed."""
        state = self._state
        entries = _entries(path)
        if entries in self._listed:
            return entries
        found = []
        for entry in entries:
            if entry in state.folders:
                found.append(entry)
                continue
            try:
                folder = entry if os.path.isabs(entry) else os.path.abspath(entry)
            except OSError:
                continue  # the current folder is gone
            if folder not in state.folders:
                state.folders[folder] = look_into(folder, None, state.clock)
            found.append(folder)
        folders = tuple(found)
        self._listed.add(folders)
        return folders

    def are_as_known(self, folders: tuple[str, ...]) -> bool:
        """True if these folders hold the names that they held when last looked at.

        A record that is made while one of them does not is suspect: the folder may hold the earlier names again when
        it is looked at next.
        """
        moment = self._state.thread.moment
        for folder in folders:
            known = self._state.folders.get(folder)
            if known is None or known.checked == moment != 0:
                continue
            if look_into(folder, known, self._state.clock).names != known.names:
                return False
            known.checked = moment
        return True

    def where(self, name: str, spec: "ModuleSpec", folders: tuple[str, ...]) -> tuple[str, ...]:
        """The folders whose contents decide that `name` stands for `spec`."""
        tail = name.rpartition(".")[2]
        locations = spec.submodule_search_locations
        if spec.origin is None or not spec.has_location:
            own = tuple(locations or ())
            consulted = folders
        else:
            home = os.path.dirname(spec.origin)
            own = (home,) if locations is not None else ()
            if locations is not None:
                home = os.path.dirname(home)
            consulted = folders[: folders.index(home) + 1] if home in folders else (*folders, home)
        # A folder of the module's name without __init__.py yields to it, until it gets one.
        candidates = []
        for folder in consulted:
            known = self._state.folders.get(folder)
            if known is not None and tail in known.names:
                candidate = os.path.join(folder, tail)
                if candidate not in own:
                    candidates.append(candidate)
        if own and spec.origin is None:
            candidates.extend(own)
        found = (*consulted, *self.folders(candidates)) if candidates else consulted
        return self._state.wheres.setdefault(found, found)

    def forget_unsettled(self, path: "list[str] | None") -> None:
        """Make importlib's finders list those folders of `path` again whose times may hide a change.

        Also those that did not exist.  The folders are remembered and forgotten once more at the next call: after a
        finder that finds nothing, importlib asks the others itself and makes the listing again.
        """
        unsettled, settled = self._state.unsettled, self._state.settled
        now = self._state.clock.now()
        for entry in _entries(path):
            finder = sys.path_importer_cache.get(entry, entry)
            listed = finder._path_mtime if type(finder) is FileFinder else None  # type: ignore[attr-defined]
            if listed is not None and settled.get(entry) == listed:
                continue  # the finder itself sees whether the folder's time is another one
            stamp = folder_stamp_at(entry)
            if stamp is None:
                continue
            was_unsettled = entry in unsettled
            is_now_settled = is_settled(stamp, now)
            (unsettled.discard if is_now_settled else unsettled.add)(entry)
            if was_unsettled or not is_now_settled or finder is None:
                _forget_listing(entry)
            elif listed is not None and listed == stamp[0] / 10**9:
                settled[entry] = listed

    def look_at_folders(self, folders: set[str], moment: int) -> None:
        state = self._state
        for folder in folders:
            known = state.folders.get(folder)
            if moment and known is not None and known.checked == moment:
                continue
            now = look_into(folder, known, state.clock)
            now.checked = moment
            if now is known:
                continue
            names = now.names if known is None else now.names ^ known.names
            if names:
                self._suspect(folder, {name.partition(".")[0] for name in names})
                if any(name.endswith(".py") or ("." not in name and name != "__pycache__") for name in names):
                    self._find_listed(folder)
                _forget_listing(folder)
            # Only now: a thread that looks at the same time must find either the old listing, or the records
            # suspect already.
            state.folders[folder] = now

    def _suspect(self, folder: str, stems: set[str]) -> None:
        """Make those records suspect that a change of these names in a folder may concern."""
        self._state.forget_looks()
        for name, record in self._state.records.copy().items():
            if folder not in record.where:
                continue
            tail = name.rpartition(".")[2]
            if tail in stems or ("__init__" in stems and os.path.basename(folder) == tail):
                record.suspect = True

    def _find_listed(self, folder: str) -> None:
        """This folder holds other modules now: mark the packages whose code lists it."""
        for record in list(self._state.records.values()):
            if folder in record.portions and not record.executing and _lists(record):
                record.listed = True

    def look_elsewhere(self, record: Record, path: "list[str]") -> None:
        """Take over the search path of a package: if it has changed, each submodule may be another file now."""
        portions = self.folders(path)
        if portions == record.portions:
            return
        left = set(record.portions).difference(portions)
        record.portions = portions
        if record.path is None:  # each of them may get an __init__.py
            record.where = (*record.where, *(folder for folder in portions if folder not in record.where))
        self._state.forget_looks()
        for name, each in self._state.records.copy().items():
            if name.rpartition(".")[0] == record.name:
                each.left = home_of(each) in left
                each.where = (*portions, *(folder for folder in each.where if folder not in portions))
                each.suspect = True
                each.checked = 0

    def why_moved(self, record: Record) -> str | None:
        """Why the name stands for another file than before, or for none; None if it stands for the same."""
        parent = record.name.rpartition(".")[0]
        namespace = namespace_of(sys.modules.get(parent)) or {}
        path = namespace.get("__path__") if parent else None
        spec = self._system.find(record.name, path) if path is not None or not parent else None
        if spec is None:
            if record.left and record.name not in sys.modules:
                return None  # its package did not find it before, either
            # A record of a missing module has no path.  A file that is still there was found on a search path
            # that has been changed back since: the module stays.
            is_there = record.path is not None and not record.left and self.is_listed(record)
            return None if record.missing or is_there else "is gone"
        record.left = False
        if record.missing:
            return "can be imported now"
        origin = spec.origin if spec.has_location else None
        if origin == record.path:
            if origin is None:
                self.look_elsewhere(record, spec.submodule_search_locations or [])
            else:  # a folder of its name may have come
                record.where = self.where(record.name, spec, self.folders(path))
            return None
        return f"is now {short(origin)}" if origin is not None else "is now a namespace package"

    def is_listed(self, record: Record) -> bool:
        """False if the file is there by a name in another case only, by which importlib does not find it."""
        home = home_of(record)
        entry = (record.path or "")[len(home) :].strip(os.sep).split(os.sep)[0]
        known = self._state.folders.get(home)
        return known is None or entry in known.names


def _entries(path: "list[str] | None") -> tuple[str, ...]:
    """The entries of a search path that importlib heeds; None is `sys.path`."""
    try:
        return tuple([entry for entry in (sys.path if path is None else path) if isinstance(entry, str)])
    except (KeyError, ImportError):  # a namespace package whose parent is gone; importlib will say so
        return ()


def _lists(record: Record) -> bool:
    """True if the module's code names a function that lists folders."""
    code = record.last_code()
    return code is not None and record.used(code).lists


def home_of(record: Record) -> str:
    """The folder that the module was found in."""
    home, name = os.path.split(record.path or "")
    return os.path.dirname(home) if name == "__init__.py" else home


def _forget_listing(folder: str) -> None:
    """Make the finder for `folder` list it again: it compares the folder's time, which may be the same.

    `importlib.invalidate_caches()` does this for all folders.  Where a folder did not exist, no finder is remembered
    any more (`PathFinder.invalidate_caches`), and namespace packages look for their portions again.
    """
    folder = os.path.abspath(folder)
    for entry, finder in sys.path_importer_cache.copy().items():
        if os.path.abspath(entry) != folder:
            continue
        if finder is None:
            del sys.path_importer_cache[entry]
        elif hasattr(finder, "invalidate_caches"):
            finder.invalidate_caches()
    _NamespacePath._epoch += 1


def short(path: str) -> str:
    return os.path.join(*path.split(os.sep)[-2:])
