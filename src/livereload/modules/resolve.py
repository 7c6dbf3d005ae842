"""What the files say: which of the tracked modules are stale, and which modules are tracked at all.

Knows records, files and folders, and asks other finders what a name stands for.  Must not know how a
module is executed.

One look at every file and every folder in the closure of what is asked for.  A file tells whether
its module's source has changed; a folder, whether a name may stand for another file than before.
"""

import os
import sys
from _weakref import ref
from importlib._bootstrap_external import _NamespacePath  # type: ignore[attr-defined]
from time import perf_counter
from types import ModuleType

from ..files.stamp import Patience, Source, folder_stamp_at, is_settled, look, look_into, read
from ..files.unchanged import Look
from ..identity.objects import namespace_of
from . import graph
from .adopt import changed_since_import, edges_in_code, process_start
from .lazy_imports import lazy_imports, note_used, unused
from .stale import Plan, plan
from .state import Record, State

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from importlib.machinery import ModuleSpec

    from .import_system import Interpreter

_FAILED = "its last import failed"


class Survey:
    """The tracked modules and the state of their files."""

    def __init__(self, state: State, interpreter: "Interpreter") -> None:
        self.state = state
        self.interpreter = interpreter

    def folders(self, path: "list[str] | None") -> tuple[str, ...]:
        """The folders that decide what a name in `path` (None: `sys.path`) stands for, listed at least once."""
        state = self.state
        found = []
        try:
            entries = list(sys.path if path is None else path)
        except (KeyError, ImportError):  # a namespace package whose parent is gone; importlib will say so
            entries = []
        for entry in entries:
            if not isinstance(entry, str):
                continue
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
        return tuple(found)

    def are_as_known(self, folders: tuple[str, ...]) -> bool:
        """True if these hold the names that they held when last looked at.

        A record made while one does not is suspect: by the next look it may hold the same names again.
        """
        moment = self.state.thread.moment
        for folder in folders:
            known = self.state.folders.get(folder)
            if known is None or known.checked == moment != 0:
                continue
            if look_into(folder, known, self.state.clock).names != known.names:
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
            known = self.state.folders.get(folder)
            if known is not None and tail in known.names:
                candidate = os.path.join(folder, tail)
                if candidate not in own:
                    candidates.append(candidate)
        if own and spec.origin is None:
            candidates.extend(own)
        found = (*consulted, *self.folders(candidates)) if candidates else consulted
        return self.state.wheres.setdefault(found, found)

    def forget_unsettled(self, path: "list[str] | None") -> None:
        """Make importlib list again, at its next look, those folders of `path` whose times may hide a change.

        And look again for one that was not there.  Remembers them: after a finder that finds nothing,
        importlib asks the others itself, so the listing is made once more.
        """
        unsettled = self.state.unsettled
        now = self.state.clock.now()
        try:
            entries = list(sys.path if path is None else path)
        except (KeyError, ImportError):  # a namespace package whose parent is gone; importlib will say so
            entries = []
        for entry in entries:
            stamp = folder_stamp_at(entry) if isinstance(entry, str) else None
            if stamp is None:
                continue
            was_unsettled = entry in unsettled
            (unsettled.discard if is_settled(stamp, now) else unsettled.add)(entry)
            if was_unsettled or entry in unsettled or sys.path_importer_cache.get(entry, entry) is None:
                _forget_listing(entry)

    def submodules(self, name: str, from_list: tuple[str, ...]) -> list[str]:
        """The names in `from_list` that are submodules of `name` and tracked."""
        records = self.state.records
        namespace = namespace_of(sys.modules.get(name))
        if namespace is not None and "__path__" not in namespace:
            return []  # no package, or none any more
        if "*" in from_list:
            namespace = namespace or {}
            exported = namespace.get("__all__")
            from_list = tuple(exported) if type(exported) in (list, tuple) else ()  # type: ignore[arg-type]
        found = []
        for tail in from_list:
            if type(tail) is str:
                child = f"{name}.{tail}"
                if child in records and not records[child].missing:
                    found.append(child)
        return found

    def plan(self, names: "tuple[str, ...]", *, again: str = "") -> Plan:
        """What must be executed before `names` are as a fresh interpreter would have them.

        The one that is going to be imported `again`, as it failed before, is new to those who have caught the error.
        """
        state = self.state
        if state.aside:
            self._put_back()
        moment = state.thread.moment
        reached = self._reached(names, moment)
        if not reached:
            return Plan({}, {})
        around = {**reached, **self._reached_by_use(reached)}
        folders = {folder for where in {record.where for record in around.values()} for folder in where}
        begun = perf_counter()
        events = -1 if moment else state.watcher.events()
        self._look_at_folders(folders, moment)
        changed, moved, sources = self._observe_all(reached.values(), again)
        found = plan(reached, changed, moved, self._versions(reached), sources)
        if moment:
            for name, record in reached.items():
                if name not in found.reasons and not _awaits_package(record, found):
                    record.checked = moment
        elif not found:
            files = {name: (each.path, each.source) for name, each in around.items() if each.path and each.source}
            named = [files[name] for name in names if name in files]
            found.look = Look(
                [*files.values()], folders, state.folders, state.watcher, named=named, events=events, begun=begun
            )
        return found

    def _observe_all(
        self, records: "Iterable[Record]", again: str
    ) -> tuple[dict[str, str], set[str], dict[str, Source]]:
        """What the files say: which modules are stale, and why, which have moved, and the sources read on the way."""
        changed: dict[str, str] = {}
        moved: set[str] = set()
        sources: dict[str, Source] = {}
        flat: dict[str, bool] = {}
        patience = Patience()
        for record in records:
            reason, has_moved = self._observe(record, sources, flat, patience)
            if reason is None and record.name == again:
                reason = _FAILED
            if reason is not None:
                changed[record.name] = reason
            if has_moved:
                moved.add(record.name)
        return changed, moved, sources

    def _versions(self, reached: dict[str, Record]) -> dict[str, int]:
        """The versions of all that is imported by what was `reached`."""
        records = self.state.records
        versions: dict[str, int] = {}
        for record in reached.values():
            for other in record.edges or ():
                if other in records and records[other].before is None:
                    versions[other] = records[other].version
        for name in self.interpreter.reloading():  # nobody who imported it has to be executed before it has been
            versions.pop(name, None)
        return versions

    def set_aside(self, record: Record) -> None:
        """Keep what is known of a module that is out of `sys.modules` while another is imported by its name."""
        if not record.is_of(None):
            self.state.aside.setdefault(record.name, []).append(record)

    def _put_back(self) -> None:
        """Where somebody has put a module back into `sys.modules`, go by what is known of that one.

        Tests do so (`mock.patch.dict(sys.modules)`): what they imported meanwhile is nobody's dependency.
        """
        state = self.state
        for name, others in state.aside.copy().items():
            module, current = sys.modules.get(name), state.records.get(name)
            others[:] = [each for each in others if current is not None and not each.is_of(None)]
            found = next((each for each in others if each.is_of(module)), None)
            if current is not None and found is not None and not current.is_of(module) and not current.executing:
                others.remove(found)
                self.set_aside(current)
                state.records[name] = found
                for record in list(state.records.values()):
                    if record.edges and record.edges.get(name) == current.version:
                        record.edges[name] = found.version
                state.forget_looks()
            if not others:
                del state.aside[name]

    def _reached(self, names: "tuple[str, ...]", moment: int) -> dict[str, Record]:
        """The records of all that `names` import, without those found fresh in this `moment` or being executed."""
        records = self.state.records
        reached: dict[str, Record] = {}

        def enter(name: str) -> "dict[str, int] | None":
            record = records.get(name)
            if record is None or record.executing or (moment and record.checked == moment):
                return None
            reached[name] = record
            if record.edges is None:
                record.edges = edges_in_code(record, records)
            if record.lazy:
                note_used(record, records)
            return record.edges

        graph.closure(names, enter)
        return reached

    def _reached_by_use(self, reached: dict[str, Record]) -> dict[str, Record]:
        """The records of what is imported by those `reached` as soon as it is used: nobody will tell when it is."""
        names = [name for record in reached.values() if record.lazy for name in unused(record)]
        return self._reached(tuple(names), 0) if names else {}

    def _look_at_folders(self, folders: set[str], moment: int) -> None:
        state = self.state
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
            # Only now: another thread that looks meanwhile must find either the old listing or
            # the records already suspect.
            state.folders[folder] = now

    def _suspect(self, folder: str, stems: set[str]) -> None:
        """Mark the records that a change of these names in a folder may concern."""
        self.state.forget_looks()
        for name, record in self.state.records.copy().items():
            if folder not in record.where:
                continue
            tail = name.rpartition(".")[2]
            if tail in stems or ("__init__" in stems and os.path.basename(folder) == tail):
                record.suspect = True

    def _find_listed(self, folder: str) -> None:
        """Mark the packages of this folder, which holds other modules now, that have listed it."""
        for record in list(self.state.records.values()):
            if folder in record.portions and not record.executing and _lists(record):
                record.listed = True

    def look_elsewhere(self, record: Record, path: "list[str]") -> None:
        """If submodules of a package are looked for in other folders than before, each may be another file now."""
        portions = self.folders(path)
        if portions == record.portions:
            return
        left = set(record.portions).difference(portions)
        record.portions = portions
        if record.path is None:  # each of them may get an __init__.py
            record.where = (*record.where, *(folder for folder in portions if folder not in record.where))
        self.state.forget_looks()
        for name, each in self.state.records.copy().items():
            if name.rpartition(".")[0] == record.name:
                each.left = _home(each) in left
                each.where = (*portions, *(folder for folder in each.where if folder not in portions))
                each.suspect = True
                each.checked = 0

    def _observe(
        self, record: Record, sources: dict[str, Source], flat: dict[str, bool], patience: Patience
    ) -> tuple[str | None, bool]:
        """What the files say of one module: why it is stale (None: it is not), and whether it has moved.

        `flat` keeps of each name whether it is a module now and no package.
        """
        reason = "there are other modules in its folder" if record.listed else None
        reason = _FAILED if record.broken else reason
        parent = record.name.rpartition(".")[0]
        if parent:
            if parent not in flat:
                flat[parent] = self.is_flat(parent)
            home = _home(record) if flat[parent] and record.path is not None else ""
            if os.path.basename(home) == parent.rpartition(".")[2]:
                return "the package above it is a module now", True
        if record.path is not None:
            try:
                waiting = patience if self._may_be_back(record) else None
                source = look(record.path, record.source, self.state.clock, waiting)
            except OSError as error:
                return f"{_short(record.path)} cannot be read: {error.strerror}", False
            record.gone = source is None
            if source is None:
                return f"{_short(record.path)} is gone", True
            if source is not record.source:
                sources[record.path] = source
                reason = f"{_short(record.path)} changed"
        if record.suspect and (not parent or parent in sys.modules):  # else it cannot be looked for yet
            moved = self._moved(record)
            if moved is not None:
                return moved, True
            record.suspect = False
        return reason, False

    def is_flat(self, name: str) -> bool:
        """True for what is a module now that can have no submodules."""
        record = self.state.records.get(name)
        if record is None or record.executing:
            return False
        namespace = namespace_of(sys.modules.get(name))
        return namespace is not None and "__path__" not in namespace

    def _may_be_back(self, record: Record) -> bool:
        """True if a file that is not there may be in the middle of being saved, and is not known to be gone.

        Where somebody has taken the module out of `sys.modules`, it need not be in any editor's hands: programs
        that write modules, import them and delete them do so.
        """
        return not record.gone and (record.name in sys.modules or record.failed or self.state.transaction is not None)

    def _moved(self, record: Record) -> str | None:
        """Why the name no longer stands for what it stood for; None if it does."""
        parent = record.name.rpartition(".")[0]
        namespace = namespace_of(sys.modules.get(parent)) or {}
        path = namespace.get("__path__") if parent else None
        spec = self.interpreter.find(record.name, path) if path is not None or not parent else None
        if spec is None:
            if record.left and record.name not in sys.modules:
                return None  # no longer
            # A path is None for what is missing still.  One that is still there was found in another
            # way before (a search path that has been taken back): keep to it.
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
        return f"is now {_short(origin)}" if origin is not None else "is now a namespace package"

    def is_listed(self, record: Record) -> bool:
        """False if the file is there by a name in another case only, by which importlib does not find it."""
        home = _home(record)
        entry = (record.path or "")[len(home) :].strip(os.sep).split(os.sep)[0]
        known = self.state.folders.get(home)
        return known is None or entry in known.names

    def adopt(self) -> None:
        """Track the modules in `sys.modules` that are the user's and not tracked yet."""
        state = self.state
        if len(sys.modules) == state.known_modules:
            return
        modules = sys.modules.copy()  # at once: a list of pairs would let finalizers run that import
        state.known_modules = len(modules)
        started = process_start(state.clock.now())
        for name, module in modules.items():
            if name not in state.records and state.refused.get(name) != id(module):
                self._adopt(name, module, started)

    def _adopt(self, name: str, module: object, started: int) -> None:
        namespace = namespace_of(module)
        spec = None if namespace is None else namespace.get("__spec__")
        if spec is None or getattr(spec, "name", None) != name or namespace is None:
            return
        if namespace.get("__livereload__", True) is False or not self.state.policy.tracks(spec):
            if type(spec.origin) is str and not self.state.policy.is_users(spec.origin):
                self.state.refused[name] = id(module)
            return
        parent = name.rpartition(".")[0]
        above = namespace_of(sys.modules.get(parent)) or {}
        where = self.where(name, spec, self.folders(above.get("__path__") if parent else None))
        if (type(module).__module__, type(module).__qualname__) == ("importlib.util", "_LazyModule"):
            self.interpreter.attach_lazy(spec, where)
            return
        if not self.interpreter.attach(module):  # type: ignore[arg-type]
            return
        record = Record(name, spec.origin if spec.has_location else None, where)
        record.module = ref(module)
        record.edges = None
        record.lazy = lazy_imports(namespace)
        record.executing = bool(spec.__dict__.get("_initializing"))
        if record.path is not None and "__builtins__" not in namespace and not record.executing:
            record.behind = ModuleType(name)  # no code has run in this one: it has been put in the place of another
        if "__path__" in namespace:
            record.portions = self.folders(namespace["__path__"])
        if record.path is not None and not changed_since_import(spec, record.path, started):
            try:
                record.source = read(record.path, self.state.clock)
                record.source.data = None
            except OSError:
                pass
        self.state.records[name] = record
        self.state.forget_looks()


def _lists(record: Record) -> bool:
    """True if executing the module lists folders, as far as its code tells."""
    code = record.last_code()
    return code is not None and record.used(code).lists


def _awaits_package(record: Record, found: Plan) -> bool:
    """True for a submodule of which more can be told once its package is there again."""
    return record.suspect or (bool(found) and not found.reasons.keys().isdisjoint(graph.parents(record.name)))


def _home(record: Record) -> str:
    """The folder that the module was found in."""
    home, name = os.path.split(record.path or "")
    return os.path.dirname(home) if name == "__init__.py" else home


def _forget_listing(folder: str) -> None:
    """Make the finder for `folder` list it again: it goes by the folder's time, which may not have moved.

    What `importlib.invalidate_caches()` does for all folders: for one that was not there, no finder
    is remembered; and namespace packages look for their portions again.
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


def _short(path: str) -> str:
    return os.path.join(*path.split(os.sep)[-2:])
