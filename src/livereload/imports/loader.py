"""The finder and the loader: importlib's protocol.

Knows how a module is found, read and made.  Must not know when to refresh.

The loader leaves the executing to importlib: whatever runs between the import statement and the
module's code is importlib's own or disguised as such, so tracebacks are those of plain Python.
"""

import _imp
import sys
from importlib._bootstrap_external import spec_from_file_location
from importlib.machinery import ModuleSpec, SourceFileLoader

from ..files.pyc import trusted_bytecode
from ..files.stamp import stamp_at
from ..interpreter.stdlib_imports import find_standard, narrow_search
from ..interpreter.tracebacks import disguised, without_us
from .engine import Engine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType, ModuleType
    from typing import Any

_PACKAGE = __name__.partition(".")[0] + "."


class Loader(SourceFileLoader):
    """A `SourceFileLoader` that executes exactly the bytes whose hash was recorded.

    None is ever made: a `SourceFileLoader` becomes one when its module is to be tracked, and becomes
    itself again when the module has been executed.
    """

    # of all of them, while livereload is installed
    _engine: "Engine | None" = None

    # The REPL's completer (3.14) compares the spec of a module with one that plain importlib found.
    def __eq__(self, other: object) -> bool:
        if type(other) not in (Loader, SourceFileLoader):
            return NotImplemented
        return (self.name, self.path) == (other.name, other.path)  # type: ignore[attr-defined]

    def __hash__(self) -> int:
        return hash(self.name) ^ hash(self.path)

    def __reduce_ex__(self, protocol: "Any") -> "Any":
        """What is copied or pickled is a plain loader."""
        return SourceFileLoader, (self.name, self.path), dict(self.__dict__)

    def create_module(self, spec: ModuleSpec) -> "ModuleType | None":
        """The module that is to be executed again, or None for a new one."""
        if is_lazy(spec.loader):
            self.__class__ = Reloader
        return None if self._engine is None else self._engine.module_for(spec)

    @disguised
    def get_code(self, fullname: str) -> "CodeType | None":
        """The code of the source; not made anew for a module that is executed again as it was."""
        code = self._engine.known_code(fullname) if self._engine is not None else None
        if code is None:
            code = super().get_code(fullname)
            if self._engine is not None:
                self._engine.keep_code(fullname, code)
        return code

    def path_stats(self, path: str) -> "dict[str, Any]":
        """The time and size of the very bytes that `get_data` is going to give.

        Where bytecode must not be checked (`--check-hash-based-pycs never`) none is used: OSError.
        """
        if self._engine is None or path != self.path:
            return super().path_stats(path)  # type: ignore[return-value]
        source = self._engine.source_for(self.name, self.path)
        self._engine.state.thread.read = None if source is None else (self.path, source)
        if source is None:
            return super().path_stats(path)  # type: ignore[return-value]
        if _imp.check_hash_based_pycs == "never":
            raise OSError("bytecode cannot be trusted without checking it")
        return {"mtime": source.stamp[0] // 10**9, "size": source.stamp[2]}

    def get_data(self, path: str) -> bytes:
        """The bytes at `path`; for the source, those of the last look, once."""
        path_read, source = (self._engine is not None and self._engine.state.thread.read) or (None, None)
        if source is None or path_read != self.path:
            return super().get_data(path)
        if path != self.path:
            get_data = super().get_data
            return trusted_bytecode(path, source, get_data) if path.endswith(".pyc") else get_data(path)
        self._engine.state.thread.read = None  # type: ignore[union-attr]
        if source.data is None or (stamp_at(path) != source.stamp and not self._is_executing()):
            return super().get_data(path)
        return source.data

    def _is_executing(self) -> bool:
        record = self._engine.state.records.get(self.name) if self._engine is not None else None
        return record is not None and record.executing


Loader.__qualname__ = SourceFileLoader.__qualname__  # so that its repr is the usual one
Loader.__module__ = SourceFileLoader.__module__


class Reloader(Loader):
    """The loader of one `importlib.reload`, or of a lazy module, which tell no spec when the module's code runs."""

    def exec_module(self, module: "ModuleType") -> None:
        """Execute the module, and say so; if that fails, what the module holds is of no source."""
        self.__class__ = Loader  # type: ignore[assignment]
        spec: Any = module.__spec__
        spec._initializing = True
        if self._engine is not None:
            self._engine.run_without_lock(self.name)
        try:
            Loader.exec_module(self, module)
        except BaseException:
            if self._engine is not None:
                self._engine.forget_source(self.name)
            raise
        finally:
            spec._initializing = False


def is_lazy(loader: object) -> bool:
    """True for a `LazyLoader`, which executes a module by itself when an attribute is asked for."""
    util = sys.modules.get("importlib.util")
    return util is not None and issubclass(type(loader), util.LazyLoader)


class Finder:
    """The meta path finder: asks the finders after it and makes what they find of the user's tracked.

    Duck-typed, since a class derived from `importlib.abc.MetaPathFinder` costs 31 ms of imports at
    start-up.  `find_spec` is a query: nothing is recorded but absence.
    """

    def __init__(self, engine: Engine, attach: "Callable[[ModuleSpec, tuple[str, ...]], bool]") -> None:
        self._engine = engine
        self._attach = attach

    def find_spec(self, fullname: str, path: "Any" = None, target: "ModuleType | None" = None) -> ModuleSpec | None:
        """The spec that the finders after this one give, None if they give none; raises what they raise."""
        try:
            return self.find(self.ask_others, fullname, path, target)
        except BaseException as error:
            error.__traceback__ = without_us(error.__traceback__)
            raise

    def find(
        self, ask: "Callable[..., ModuleSpec | None]", fullname: str, path: "Any", target: "ModuleType | None"
    ) -> ModuleSpec | None:
        """The spec that `ask` gives, which is tracked if it is of the user's."""
        if path is None and (fullname in sys.stdlib_module_names or fullname in sys.builtin_module_names):
            spec = find_standard(fullname) if narrow_search.is_on else ask(fullname, path, target)
            if spec is None or not spec.has_location or not self._engine.state.policy.tracks(spec):
                return spec
        folders = self._engine.survey.folders(path)
        if ask != self.ask_others:
            self._engine.survey.forget_unsettled(path)
        spec = ask(fullname, path, target)
        if spec is None and path is None:
            spec = self._where_it_was(fullname)
        if spec is None:
            self._engine.missing(fullname, path)
        elif type(spec) is ModuleSpec and not _is_for_main() and self._engine.state.policy.tracks(spec):
            self._attach(spec, self._engine.survey.where(fullname, spec, folders))
        return spec

    def invalidate_caches(self) -> None:
        """Nothing is cached here."""

    def ask_others(self, fullname: str, path: "Any", target: "ModuleType | None" = None) -> ModuleSpec | None:
        """What the finders after this one answer, asked as importlib asks them.

        New modules appear at once, nobody has to call `importlib.invalidate_caches()`: a listing that
        a finder has made of a folder within the tick of its last change is not kept.
        """
        if path is not None or fullname not in sys.stdlib_module_names:
            self._engine.survey.forget_unsettled(path)
        finders = list(sys.meta_path)
        for finder in finders[finders.index(self) + 1 :] if self in finders else finders:
            try:
                find_spec = finder.find_spec
            except AttributeError:
                continue
            spec = find_spec(fullname, path, target)
            if spec is not None:
                return spec
        return None

    def _where_it_was(self, fullname: str) -> ModuleSpec | None:
        """The spec of a module that is to be executed again and that no path leads to any more.

        Its path was taken back, or the current folder is another one; plain Python would go on with
        the module that it has.
        """
        record = self._engine.state.records.get(fullname)
        if record is None or record.path is None or not self._engine.taken(fullname):
            return None
        if stamp_at(record.path) is None or not self._engine.survey.is_listed(record):
            return None
        spec: ModuleSpec | None = spec_from_file_location(fullname, record.path)
        return spec


def _is_for_main() -> bool:
    """True if it is runpy (`python -m`) that asks for a spec: what it finds is executed as `__main__`."""
    if "runpy" not in sys.modules:
        return False
    frame = sys._getframe(1)
    while frame is not None and frame.f_globals.get("__name__", "").startswith((_PACKAGE, "importlib.")):
        frame = frame.f_back  # type: ignore[assignment]
    return frame is not None and frame.f_globals.get("__name__") == "runpy"
