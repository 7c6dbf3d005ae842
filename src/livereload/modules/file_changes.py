"""What the files say of the tracked modules: changed, gone, moved, fresh.

Knows records, and looks at files and folders.  Must not know how a module is executed.

One look at every file and every folder in the closure of the modules that are asked for.  A file tells whether its
module's source has changed; a folder, whether a name may stand for another file than before (`locations`).
"""

import os
import sys
from time import perf_counter

from ..files.cached_look import Look
from ..files.data_reads import DataReads
from ..files.source import Patience, Source, look
from ..files.stamp import stamp_at
from ..identity.object_model import namespace_of
from . import graph
from .adopt import Adoption, edges_in_code
from .lazy_imports import note_used, unused
from .locations import Resolver, home_of, short
from .record import Record
from .stale import Plan, needed_by, plan
from .state import State

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from .import_system_protocol import Interpreter

_FAILED = "its last import failed"


class Survey:
    """The tracked modules and the state of their files."""

    def __init__(self, state: State, system: "Interpreter") -> None:
        self._state = state
        self._system = system
        self.resolver = Resolver(state, system)
        adoption = Adoption(state, system, self.resolver)
        self.adopt = adoption.adopt
        self.set_aside = adoption.set_aside
        self._put_back = adoption.put_back

    def submodules(self, name: str, from_list: tuple[str, ...]) -> list[str]:
        """The names in `from_list` that are submodules of `name` and tracked.

        And the modules that its `__getattr__` has imported (PEP 562).
        """
        records = self._state.records
        namespace = namespace_of(sys.modules.get(name))
        given = [each for each in records[name].given if each in records] if name in records else []
        if not from_list or (namespace is not None and "__path__" not in namespace):
            return given  # no package, or none any more
        if "*" in from_list:
            namespace = namespace or {}
            exported = namespace.get("__all__")
            from_list = tuple(exported) if type(exported) in (list, tuple) else ()  # type: ignore[arg-type]
        found = given
        for tail in from_list:
            if type(tail) is str:
                child = f"{name}.{tail}"
                if child in records and child not in given and not records[child].missing:
                    found.append(child)
        return found

    def plan(self, names: "tuple[str, ...]", *, again: str = "") -> Plan:
        """What is stale of the modules `names` and of all that they import.

        A module that failed and is going to be imported `again` is stale for the modules that have caught the error.
        """
        state = self._state
        if state.aside:
            self._put_back()
        moment = state.thread.moment
        reached, closure = self._closure(names, moment)
        if not reached:
            return Plan({}, {})
        around = {**reached, **self._reached_by_use(reached)}
        folders = {folder for where in {record.where for record in around.values()} for folder in where}
        reading = [record.reads for record in around.values() if record.reads is not None]
        folders.update(path for each in reading for path in each.folders)
        begun = perf_counter()
        events = -1 if moment else state.watcher.events()
        self.resolver.look_at_folders(folders, moment)
        changed, moved, sources, other_data = self._observe_all(reached.values(), again)
        found = plan(reached, changed, moved, self._versions(reached), sources, closure, other_data)
        if moment:
            self.note_fresh(found, moment)
        elif not found:
            files = {name: (each.path, each.source) for name, each in around.items() if each.path and each.source}
            named = [files[name] for name in names if name in files]
            data = [(path, known) for each in reading for path, known in each.files.items()]
            found.look = Look(
                [*files.values(), *data], folders, state.folders, state.watcher, named=named, events=events, begun=begun
            )
        return found

    def note_fresh(self, found: Plan, moment: int) -> list[Record]:
        """The modules that a plan has found fresh need not be looked at again in this moment; returns their records."""
        stale = found.reasons
        tops = {name.partition(".")[0] for name in stale}
        fresh = [
            record
            for name, record in found.reached.items()
            if name not in stale
            and not record.suspect
            and (name.partition(".")[0] not in tops or not _awaits_package(record, found))
        ]
        for record in fresh:
            record.checked = moment
        return fresh

    def _observe_all(
        self, records: "Iterable[Record]", again: str
    ) -> tuple[dict[str, str], set[str], dict[str, Source], dict[str, str]]:
        """{module: reason} by the files, the modules that have moved, and {path: source} of the sources read.

        Last, {module: reason} by the data that modules have read, and that others have read by functions of them.
        """
        changed: dict[str, str] = {}
        other_data: dict[str, str] = {}
        moved: set[str] = set()
        sources: dict[str, Source] = {}
        flat: dict[str, bool] = {}
        patience = Patience()
        for record in records:
            if record.name != again and self._is_unchanged(record, flat):
                continue
            reason, has_moved = self._observe(record, sources, flat, patience)
            if reason is None and record.name == again:
                reason = _FAILED
            data = None if record.reads is None else self._changed_data(record.reads, patience)
            if data is not None and record.reads is not None:
                reason = f"{short(data)} changed"
                other_data[record.name] = reason
                other_data.update(dict.fromkeys((name for name, _ in record.reads.readers), reason))
            if reason is not None:
                changed[record.name] = reason
            if has_moved:
                moved.add(record.name)
        return changed, moved, sources, other_data

    def _changed_data(self, reads: DataReads, patience: Patience) -> str | None:
        return reads.changed(self._state.folders, self._state.clock, patience)

    def _is_unchanged(self, record: Record, flat: dict[str, bool]) -> bool:
        """True if one stat shows that `_observe` has nothing to say: nearly always."""
        source, path = record.source, record.path
        if source is None or path is None or not source.settled or stamp_at(path) != source.stamp:
            return False
        if record.suspect or record.listed or record.broken or record.gone:
            return False
        if record.reads is not None and record.reads.is_of_files:
            return False
        parent = record.name.rpartition(".")[0]
        if parent and parent not in flat:
            flat[parent] = self.is_flat(parent)
        return not parent or not flat[parent]

    def _versions(self, reached: dict[str, Record]) -> dict[str, int]:
        """{name: version} of the modules that the `reached` ones import and that have another version than then."""
        records = self._state.records
        versions: dict[str, int] = {}
        for record in reached.values():
            for other, seen in (record.edges or {}).items():
                known = records.get(other)
                if known is not None and known.version != seen and known.before is None:
                    versions[other] = known.version
        for name in self._system.reloading():  # importers are executed when it has been reloaded, not before
            versions.pop(name, None)
        return versions

    def _closure(self, names: "tuple[str, ...]", moment: int) -> "tuple[dict[str, Record], graph.Closure | None]":
        """`_reached`, and the graph of it if that is worth keeping: between statements."""
        state = self._state
        known = state.closures.get(names) if not moment and not state.busy else None
        if known is None:
            changes = state.changes
            reached = self._reached(names, moment)
            if moment or state.busy or not reached or any(record.lazy for record in reached.values()):
                return reached, None
            known = (reached, graph.Closure(needed_by(reached)))
            if changes == state.changes:
                state.closures[names] = known
        return known

    def _reached(self, names: "tuple[str, ...]", moment: int) -> dict[str, Record]:
        """{name: record} of the closure of `names`, without modules found fresh in this `moment` or being executed."""
        records = self._state.records
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
        """The same for the unused lazy imports of the `reached` modules: no question is asked when they are used."""
        names = [name for record in reached.values() if record.lazy for name in unused(record)]
        return self._reached(tuple(names), 0) if names else {}

    def _observe(
        self, record: Record, sources: dict[str, Source], flat: dict[str, bool], patience: Patience
    ) -> tuple[str | None, bool]:
        """Why one module is stale by the files (None: it is not), and whether it has moved.

        `flat` is a cache: {name: whether it is a module now and no package}.
        """
        reason = "there are other modules in its folder" if record.listed else None
        reason = _FAILED if record.broken else reason
        parent = record.name.rpartition(".")[0]
        if parent:
            if parent not in flat:
                flat[parent] = self.is_flat(parent)
            home = home_of(record) if flat[parent] and record.path is not None else ""
            if os.path.basename(home) == parent.rpartition(".")[2]:
                return "the package above it is a module now", True
        if record.path is not None:
            try:
                waiting = patience if self._may_be_back(record) else None
                source = look(record.path, record.source, self._state.clock, waiting)
            except OSError as error:
                record.code = None  # it is not executed from the code that is known
                return f"{short(record.path)} cannot be read: {error.strerror}", False
            record.gone = source is None
            if source is None:
                return f"{short(record.path)} is gone", True
            if source is not record.source:
                sources[record.path] = source
                reason = f"{short(record.path)} changed"
        if record.suspect and (not parent or parent in sys.modules):  # else it cannot be looked for yet
            moved = self.resolver.why_moved(record)
            if moved is not None:
                return moved, True
            record.suspect = False
        return reason, False

    def is_flat(self, name: str) -> bool:
        """True if the module `name` is no package, so that it can have no submodules."""
        record = self._state.records.get(name)
        if record is None or record.executing:
            return False
        namespace = namespace_of(sys.modules.get(name))
        return namespace is not None and "__path__" not in namespace

    def _may_be_back(self, record: Record) -> bool:
        """True if a file that is not there may be in the middle of being saved, and is not known to be gone.

        A module that is not in `sys.modules` any more is not waited for: programs that write a module, import it and
        delete it take it out of there.
        """
        return not record.gone and (record.name in sys.modules or record.failed or self._state.transaction is not None)


def _awaits_package(record: Record, found: Plan) -> bool:
    """True for a submodule that has to be looked at again once its package has been executed."""
    return record.suspect or (bool(found) and not found.reasons.keys().isdisjoint(graph.parents(record.name)))
