"""Modules that were imported without our finder: what they were executed from, and what they imported.

Knows what a spec, a `.pyc` file and a code object tell of the past.
"""

import os
import sys
import time
from importlib._bootstrap_external import _get_cached  # type: ignore[attr-defined]

from ..files.stamp import hash_of, stamp_at
from ..identity.objects import namespace_of
from ..interpreter import bytecode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
    from types import CodeType

    from .state import Record


def edges_in_code(record: "Record", records: "dict[str, Record]") -> dict[str, int]:
    """The edges of an adopted module, from its code (its file is still what was executed, or it is stale)."""
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

    The bytecode that the import read or wrote tells; without one, the start of the process does.
    """
    stamp = stamp_at(path)
    if stamp is None:
        return True
    # On 3.15 a spec knows it only once it was asked, and shall stay as it is.
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
    # Whole seconds and the size do not show every edit; one that came after the bytecode is newer.
    if written is None or min(written[0], written[1]) <= max(stamp[0], stamp[1]):
        return True
    return (mtime, size) != (stamp[0] // 10**9 & 0xFFFFFFFF, stamp[2] & 0xFFFFFFFF)


def process_start(now: int) -> int:
    """When this process started, in nanoseconds since the epoch; 0 if that cannot be known (macOS, Windows)."""
    try:
        with open("/proc/self/stat", "rb") as file:
            ticks = int(file.read().rpartition(b")")[2].split()[19])
        up = time.clock_gettime_ns(time.CLOCK_BOOTTIME)
        return now - up + ticks * 10**9 // os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError, AttributeError):
        return 0  # any time that it has used the processor for is less than it has been there
