"""Adoption: modules that appear in `sys.modules` without our finder, imported before `install()` or put back.

Knows what a spec, a `.pyc` file and a code object tell of the past.  Must not know what is stale.
"""

import os
import sys
import time
from _weakref import ref
from importlib._bootstrap_external import _get_cached  # type: ignore[attr-defined]
from types import ModuleType

from ..files.source import hash_of, read
from ..files.stamp import stamp_at
from ..identity.object_model import namespace_of
from ..interpreter import bytecode
from .lazy_imports import lazy_imports
from .locations import Resolver
from .record import Record
from .state import State

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
    from types import CodeType

    from .import_system_protocol import Interpreter


class Adoption:
    """Compares `sys.modules` with the records of a `State`."""

    def __init__(self, state: State, system: "Interpreter", resolver: Resolver) -> None:
        self._state = state
        self._system = system
        self._resolver = resolver

    def adopt(self) -> None:
        """Track the modules in `sys.modules` that are the user's and not tracked yet."""
        state = self._state
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
        if namespace.get("__livereload__", True) is False or not self._state.policy.tracks(spec):
            if type(spec.origin) is str and not self._state.policy.is_users(spec.origin):
                self._state.refused[name] = id(module)
            return
        parent = name.rpartition(".")[0]
        above = namespace_of(sys.modules.get(parent)) or {}
        where = self._resolver.where(name, spec, self._resolver.folders(above.get("__path__") if parent else None))
        if (type(module).__module__, type(module).__qualname__) == ("importlib.util", "_LazyModule"):
            self._system.attach_lazy(spec, where)
            return
        if not self._system.attach(module):  # type: ignore[arg-type]
            return
        record = Record(name, spec.origin if spec.has_location else None, where)
        record.module = ref(module)
        record.edges = None
        record.lazy = lazy_imports(namespace)
        record.executing = bool(spec.__dict__.get("_initializing"))
        if record.path is not None and "__builtins__" not in namespace and not record.executing:
            record.behind = ModuleType(name)  # no code has run in this module: it has been put in another's place
        if "__path__" in namespace:
            record.portions = self._resolver.folders(namespace["__path__"])
        if record.path is not None and not changed_since_import(spec, record.path, started):
            try:
                record.source = read(record.path, self._state.clock)
                record.source.data = None
            except OSError:
                pass
        self._state.records[name] = record
        self._state.forget_looks()

    def set_aside(self, record: Record) -> None:
        """Keep the record of a module that a program has taken out of `sys.modules`, as another takes its name."""
        if not record.is_of(None):
            self._state.aside.setdefault(record.name, []).append(record)

    def put_back(self) -> None:
        """Where a program has put a module back into `sys.modules`, take the record of that one again.

        Tests do so (`mock.patch.dict(sys.modules)`).  No module depends on what they imported meanwhile.
        """
        state = self._state
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


def edges_in_code(record: Record, records: dict[str, Record]) -> dict[str, int]:
    """The edges of an adopted module, read from its code: the file still holds what was executed, or it is stale."""
    edges: dict[str, int] = {}
    module = sys.modules.get(record.name)
    namespace = namespace_of(module) or {}
    spec = namespace.get("__spec__")
    loader = getattr(spec, "loader", None)
    try:
        code: CodeType | None = loader.get_code(record.name)  # type: ignore[union-attr]
    except Exception:  # a source that does not compile: stale in any case
        code = None
    if code is None:
        return edges
    package = record.name if "__path__" in namespace else record.name.rpartition(".")[0]
    for each in bytecode.imported(code, package):
        other = records.get(each)
        if other is not None:
            edges[each] = 0 if other.edges is None or other.version == 0 else other.version
    return edges


def changed_since_import(spec: "ModuleSpec", path: str, started: int) -> bool:
    """True if the file may have changed between the import of a module and now.

    The file is compared with the bytecode that the import read or wrote; without one, with the start of the process.
    """
    stamp = stamp_at(path)
    if stamp is None:
        return True
    # On 3.15 `ModuleSpec.cached` is computed when it is first read, and the spec has to stay as it is.
    bytecode = spec.__dict__.get("_cached") or _get_cached(path) or ""
    try:
        with open(bytecode, "rb") as file:
            header = file.read(16)
    except (OSError, ValueError):
        return max(stamp[0], stamp[1]) > started
    if len(header) < 16:
        return True
    if header[4] & 1:  # PEP 552: hash-based
        try:
            with open(path, "rb") as file:
                return hash_of(file.read()) != header[8:]
        except OSError:
            return True
    mtime = int.from_bytes(header[8:12], "little")
    size = int.from_bytes(header[12:], "little")
    written = stamp_at(bytecode)
    # Whole seconds and the size do not show every edit.  A file that was edited after that is newer than the bytecode.
    if written is None or min(written[0], written[1]) <= max(stamp[0], stamp[1]):
        return True
    return (mtime, size) != (stamp[0] // 10**9 & 0xFFFFFFFF, stamp[2] & 0xFFFFFFFF)


def process_start(now: int) -> int:
    """When this process started, in nanoseconds since the epoch; 0 where that cannot be known (macOS, Windows)."""
    try:
        with open("/proc/self/stat", "rb") as file:
            ticks = int(file.read().rpartition(b")")[2].split()[19])
        up = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
        return now - up + ticks * 10**9 // os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError, AttributeError):
        return 0  # `time.process_time` is no substitute: a process that sleeps is older than that
