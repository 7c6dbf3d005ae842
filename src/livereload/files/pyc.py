"""Bytecode files (`.pyc`): which of them can be believed.

Knows PEP 552 and the times of files.  Must not know modules.

importlib validates a `.pyc` by whole seconds and size (`_bootstrap_external._validate_timestamp_pyc`).  So it misses
an edit of the same size within the second in which the bytecode was written (gh-121376 and others).  Such bytecode is
trusted only if it was written clearly after the last change of the source.  Of the source counts the later of its
times of modification and change, of the bytecode the earlier: a program can set back only one of the two.
"""

import _imp
import marshal
import sys
from importlib._bootstrap_external import (  # type: ignore[attr-defined]
    MAGIC_NUMBER,
    _code_to_hash_pyc,
    _get_cached,
    _os,
)

from .stamp import SETTLED_AFTER_NS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType
    from typing import Any

    from .source import Source

# PEP 552: magic number, flags (hash-based, to be checked), hash.  No source has this hash, so a
# loader that is shown this header compiles, and writes bytecode that no edit can make stale.
NO_BYTECODE = MAGIC_NUMBER + (3).to_bytes(4, "little") + bytes(8)


def trusted_bytecode(path: str, source: "Source", get_data: "Callable[[str], bytes]") -> bytes:
    """The bytecode at `path` if it is certainly that of `source`; else bytecode that importlib refuses."""
    try:
        data = get_data(path)
        if len(data) < 16 or data[:4] != MAGIC_NUMBER:
            return NO_BYTECODE
        flags = int.from_bytes(data[4:8], "little")
        if flags & 1:
            return NO_BYTECODE[:8] + data[8:]  # importlib compares the hash, also where it is told not to
        result = _os.stat(path)
    except OSError:
        return NO_BYTECODE
    written = min(result.st_mtime_ns, result.st_ctime_ns)
    changed = max(source.stamp[0], source.stamp[1])
    return data if written - changed > _compile_time(source) else NO_BYTECODE


def _compile_time(source: "Source") -> int:
    """Nanoseconds within which a source of this size is read and compiled, and its bytecode written.

    A source that changed in between would be newer than the code in its bytecode.  Where the file system counts in
    seconds, nothing can be said below two of them.
    """
    if source.stamp[1] % 10**9 == 0:
        return SETTLED_AFTER_NS
    return 10_000_000 + source.stamp[2] * 10_000


def code_of(path: str, source: "Source") -> "CodeType | None":
    """The code of `source`, which the file at `path` held, if its bytecode file is still there; else None."""

    def get_data(bytecode: str) -> bytes:
        with open(bytecode, "rb") as file:
            return file.read()

    data = trusted_bytecode(_get_cached(path) or "", source, get_data)
    flags = int.from_bytes(data[4:8], "little")
    seconds, size = source.stamp[0] // 10**9 & 0xFFFFFFFF, source.stamp[2] & 0xFFFFFFFF
    expected = source.hash if flags & 1 else seconds.to_bytes(4, "little") + size.to_bytes(4, "little")
    if data[8:16] != expected:
        return None
    try:
        code: CodeType = marshal.loads(data[16:])
    except (EOFError, ValueError, TypeError):
        return None
    _imp._fix_co_filename(code, path)  # type: ignore[attr-defined]
    return code


def write_code(path: str, source: "Source", code: "CodeType", loader: "Any") -> None:
    """Write the bytecode of the file at `path` as its loader does, to be checked against the source's hash."""
    bytecode = None if sys.dont_write_bytecode else _get_cached(path)
    if bytecode is not None:
        loader._cache_bytecode(path, bytecode, _code_to_hash_pyc(code, source.hash, True))
