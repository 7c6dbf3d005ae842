"""The loader of tracked modules: importlib's, but for the bytes that it executes.

Knows importlib's protocol of loaders.  Must not know when to refresh.

The loader leaves the executing to importlib.  All that runs between the import statement and the module's code is
importlib's own, or disguised as such, so tracebacks are those of plain Python.
"""

import _imp
import sys
from importlib.machinery import ModuleSpec, SourceFileLoader

from ..files.pyc import trusted_bytecode  # here: a foreign `__import__` would follow an import in a function
from ..files.stamp import stamp_at
from ..interpreter.tracebacks import disguised

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, ModuleType
    from typing import Any

    from .reuse import Reuse


class Loader(SourceFileLoader):
    """A `SourceFileLoader` that executes exactly the bytes whose hash is recorded.

    It is never made: a `SourceFileLoader` becomes one when its module is going to be tracked, and becomes itself
    again when the module has been executed.
    """

    # of all of them; None while livereload is not installed
    reuse: "Reuse | None" = None

    # PyREPL's completer (`_pyrepl._module_completer`, 3.14) compares a module's spec with one by plain importlib.
    def __eq__(self, other: object) -> bool:
        if type(other) not in (Loader, SourceFileLoader):
            return NotImplemented
        return (self.name, self.path) == (other.name, other.path)  # type: ignore[attr-defined]

    def __hash__(self) -> int:
        return hash(self.name) ^ hash(self.path)

    def __reduce_ex__(self, protocol: "Any") -> "Any":
        """Copies and pickles are plain loaders."""
        return SourceFileLoader, (self.name, self.path), dict(self.__dict__)

    def create_module(self, spec: ModuleSpec) -> "ModuleType | None":
        """The module that is to be executed again, or None for a new one."""
        if is_lazy(spec.loader):
            self.__class__ = Reloader
        return None if self.reuse is None else self.reuse.module_for(spec)

    @disguised
    def get_code(self, fullname: str) -> "CodeType | None":
        """The code of the source; not made anew for a module that is executed again as it was."""
        code = self.reuse.known_code(fullname) if self.reuse is not None else None
        if code is None:
            code = super().get_code(fullname)
            if self.reuse is not None:
                self.reuse.keep_code(fullname, code)
        return code

    def path_stats(self, path: str) -> "dict[str, Any]":
        """The time and size of the very bytes that `get_data` is going to give.

        Where bytecode must not be checked (`--check-hash-based-pycs never`) none is used: OSError.
        """
        if self.reuse is None or path != self.path:
            return super().path_stats(path)  # type: ignore[return-value]
        source = self.reuse.source_for(self.name, self.path)
        self.reuse.state.thread.read = None if source is None else (self.path, source)
        if source is None:
            return super().path_stats(path)  # type: ignore[return-value]
        if _imp.check_hash_based_pycs == "never":
            raise OSError("bytecode cannot be trusted without checking it")
        return {"mtime": source.stamp[0] // 10**9, "size": source.stamp[2]}

    def get_data(self, path: str) -> bytes:
        """The bytes at `path`; for the source, those of the last look, once, if it has been read."""
        path_read, source = (self.reuse is not None and self.reuse.state.thread.read) or (None, None)
        if source is None or path_read != self.path:
            return super().get_data(path)
        if path != self.path:
            get_data = super().get_data
            if not path.endswith(".pyc"):
                return get_data(path)
            return trusted_bytecode(path, source, get_data)
        self.reuse.state.thread.read = None  # type: ignore[union-attr]
        if source.data is None and self._is_executing():  # there is no good bytecode
            source = self.reuse.read_source(self.name, path)  # type: ignore[union-attr]
        if source.data is None or (stamp_at(path) != source.stamp and not self._is_executing()):
            return super().get_data(path)
        return source.data

    def _is_executing(self) -> bool:
        return self.reuse is not None and self.reuse.is_executing(self.name)


Loader.__qualname__ = SourceFileLoader.__qualname__  # so that its repr is the usual one
Loader.__module__ = SourceFileLoader.__module__


class Reloader(Loader):
    """The loader of one `importlib.reload`, or of a lazy module, which tell no spec when the module's code runs."""

    def exec_module(self, module: "ModuleType") -> None:
        """Execute the module, and say so; if that fails, what the module holds is of no source."""
        self.__class__ = Loader  # type: ignore[assignment]
        spec: Any = module.__spec__
        spec._initializing = True
        if self.reuse is not None:
            self.reuse.run_without_lock(self.name)
        try:
            Loader.exec_module(self, module)
        except BaseException:
            if self.reuse is not None:
                self.reuse.forget_source(self.name)
            raise
        finally:
            spec._initializing = False


def is_lazy(loader: object) -> bool:
    """True for a `LazyLoader`, which executes a module by itself when an attribute is asked for."""
    util = sys.modules.get("importlib.util")
    return util is not None and issubclass(type(loader), util.LazyLoader)
