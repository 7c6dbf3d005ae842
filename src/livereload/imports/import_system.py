"""What a refresh wants of the import system (`modules.import_system_protocol.Interpreter`).

Knows importlib's functions, its locks and its frames.  Must not know when they are used.
"""

import importlib
import sys
from _warnings import warn_explicit
from importlib.machinery import ModuleSpec, SourceFileLoader

from .._errors import LiveReloadWarning
from ..identity.object_model import namespace_of
from ..interpreter import stdlib_imports, tracebacks
from ..interpreter.stdlib_imports import bootstrap
from ..modules.graph import parents
from ..modules.state import State
from . import spec as specs
from .loader import Loader
from .outside_reads import OutsideReads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection
    from types import FrameType

    from .build_class import ClassStatements
    from .finder import Finder


class ImportSystem:
    """importlib, and the interpreter behind it, as far as a refresh asks for it."""

    # set once there is one
    finder: "Finder"

    def __init__(self, state: State) -> None:
        self._state = state
        # once a module has been executed again
        self._class_statements: ClassStatements | None = None
        self.outside_reads = OutsideReads(state)
        self.stop_watching_reads = self.outside_reads.rest

    attach = staticmethod(specs.attach)
    attach_lazy = staticmethod(specs.attach_lazy)
    detach = staticmethod(specs.detach)

    def import_module(self, name: str, from_list: tuple[str, ...]) -> None:
        """Import `name` and its parents as a statement does."""
        for each in (*parents(name), name):
            module = bootstrap._gcd_import(each)
        if from_list and hasattr(module, "__path__"):
            bootstrap._handle_fromlist(module, from_list, bootstrap._gcd_import)

    def find(self, name: str, path: "list[str] | None") -> ModuleSpec | None:
        """The spec of `name` by the other finders; nothing is executed."""
        try:
            return self.finder.ask_others(name, path)
        except Exception:  # another finder's error is not this statement's
            return None

    def imports(self) -> dict[str, int]:
        """{name: number} of the imports that this thread is in, up to the code that has asked for one."""
        found = {}
        frame: FrameType | None = sys._getframe(1)
        while frame is not None and tracebacks.is_hidden(frame.f_code):
            if frame.f_code is bootstrap._find_and_load.__code__:
                found[frame.f_locals.get("name", "")] = id(frame)
            frame = frame.f_back
        return found

    def moment_of(self, name: str) -> int:
        """The moment that the import of `name` in this thread belongs to; 0 if it is another one.

        Of a submodule it is that of the package above, if that was executed for this very import.
        """
        thread = self._state.thread
        if thread.moment == 0 and name in thread.waiting:
            return thread.waited if self.imports().get(name) == thread.waiting[name] else 0
        return thread.moment

    def is_importing(self) -> bool:
        """True if this thread holds a module's lock: it must not wait for another thread."""
        from .threads import is_importing  # not at start-up

        return is_importing()

    def let_pass(self) -> None:
        """Let other threads get what the import system has promised them, a moment at the most."""
        from .threads import let_pass  # not at start-up

        let_pass()

    def executes_code(self, name: str) -> bool:
        """True if the module `name` is executed from what its loader's `get_code` returns, to us as well."""
        namespace = namespace_of(sys.modules.get(name)) or {}
        spec = namespace.get("__spec__")
        if getattr(sys, "get_lazy_imports", str)() == "all":  # PEP 810: then no import statement executes anything
            return False
        return type(spec) is specs.TrackedSpec and type(spec.loader) in (Loader, SourceFileLoader)

    def is_reloading(self, name: str) -> bool:
        """True while `importlib.reload` is executing `name`."""
        return name in self.reloading()

    def reloading(self) -> "Collection[str]":
        """The names of all modules that `importlib.reload` is executing."""
        return importlib._RELOADING  # type: ignore[attr-defined,no-any-return]

    def warn(self, message: str) -> None:
        """Issue a `LiveReloadWarning` that is attributed to the import statement."""
        frame = tracebacks.importing_frame()
        where = ("<prompt>", 0) if frame is None else (frame.f_code.co_filename, frame.f_lineno)
        module = "__main__" if frame is None else dict.get(frame.f_globals, "__name__")
        warning = LiveReloadWarning(message)
        with stdlib_imports.narrow_search:  # to show it, Python imports
            try:
                # No registry: the next edit with the same outcome is told of as well.
                warn_explicit(warning, None, *where, module if type(module) is str else None)
            except LiveReloadWarning:  # -W error; what the warning is about has been done and cannot fail any more
                stdlib_imports.standard("warnings").showwarning(warning, LiveReloadWarning, *where)

    def watch_classes(self) -> None:
        """Have the class statements of modules that are executed again fill the classes that are kept."""
        if self._class_statements is None:
            from .build_class import ClassStatements  # what only an edit needs is loaded then

            self._class_statements = ClassStatements()
        self._class_statements.watch(self._state)

    def stop_watching_classes(self) -> None:
        """Make class statements plain again."""
        if self._class_statements is not None:
            self._class_statements.stop_watching()
