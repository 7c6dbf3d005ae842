"""Every patch of the interpreter: livereload installed and uninstalled.

Knows the import system's inner functions.  Must not know what a refresh does.

While livereload is installed, it replaces

1. `importlib._bootstrap._get_module_lock`.  When the spec of a tracked module says that it is being initialized, the
   import system asks for the module's lock and waits (`_lock_unlock_module`, or `_ModuleLockManager` in
   `_find_and_load`).  It looks the function up at each call, outside any `try`.  So a refresh happens there, and what
   the refresh raises reaches the import statement.
2. `importlib._bootstrap._find_spec`, which matters only while another finder is before ours on `sys.meta_path`.
3. The specs of tracked modules, and their loaders while these modules are executed (`spec`).
4. During a refresh, `builtins.__build_class__` (`build_class`).
5. While tracked modules are executed, `open`, `os.listdir` and the like (`outside_reads`).

And it puts a finder first on `sys.meta_path` (`finder`).

The import statement removes the frames of functions that bear importlib's file name from tracebacks
(`remove_importlib_frames` in Python/import.c), if a frame called `_call_with_frames_removed` ends the run.  The
function that raises what a refresh raised bears both names.  So a traceback looks as if the module had just been
imported.
"""

import os
import sys
from importlib.machinery import ModuleSpec
from types import ModuleType

from .._errors import NotTrackedError, UnsupportedInterpreterError
from .._report import Report
from ..interpreter.stdlib_imports import bootstrap
from ..interpreter.tracebacks import beyond_us, disguised
from ..modules.file_changes import Survey
from ..modules.state import State
from . import spec as specs
from .dependencies import Dependencies
from .executions import Executions
from .finder import Finder
from .import_statement import Statements
from .import_system import ImportSystem
from .loader import Loader
from .repeated_import import RepeatedImports
from .reuse import Reuse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..refreshes.refresh import Refresher
    from ..session.bound_names import BoundNames

_PROBE = "livereload-probe"

# What is installed; None while nothing is.
installed: "Installation | None" = None
_fork_hook_registered = False


class Installation:
    """One livereload at work: its parts, and its functions that replace the import system's."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.system = ImportSystem(state)
        self.survey = Survey(state, self.system)
        dependencies = Dependencies(state, self.survey)
        executions = Executions(state, self.system, self.survey, dependencies, lambda: self.refresher)
        self._repeated = RepeatedImports(state, self.system, self.survey, dependencies, lambda: self.refresher)
        self.reuse = Reuse(state, self.system)
        self.finder = self.system.finder = Finder(state, self.survey, dependencies, self._attach)
        self._statements = Statements(state, self._repeated, dependencies, executions)
        # made when it is first asked for
        self._refresher: Refresher | None = None
        # which names at a prompt came from which modules, once a prompt is followed
        self.bound_names: BoundNames | None = None
        # what the specs ask for (`spec.Listener`)
        self.looks = state.looks
        self.busy = state.busy
        self.thread = state.thread
        self.asked = self._statements.asked
        self.begin = executions.begin_spec
        self.end = executions.end_spec
        self.break_off = executions.break_off_spec
        # the functions of the import system, and those that replace them
        self._get_module_lock = bootstrap._get_module_lock
        self._hook = disguised(self._lock_or_refresh())
        self._find_spec = bootstrap._find_spec
        self._search = disguised(self._find_and_track())

    @property
    def refresher(self) -> "Refresher":
        """Executes and updates stale modules; loaded when it is first asked for."""
        if self._refresher is None:
            from ..refreshes.refresh import Refresher  # what only an edit needs is loaded then

            self._refresher = self._refresher or Refresher(self.state, self.system, self.survey)
        return self._refresher

    def refresh(self, names: tuple[str, ...]) -> Report:
        """Bring the modules `names` up to date (none: everything tracked); NotTrackedError if one is not tracked."""
        state = self.state
        self.survey.adopt()
        for name in names:
            if name not in state.records or name not in sys.modules:
                why = state.policy.why_not_tracked(name)
                raise NotTrackedError(f"cannot refresh {name!r}, which is not tracked: {why}", name)
        return self.refresher.refresh(names)

    def _lock_or_refresh(self) -> "Any":
        """The function that replaces `_get_module_lock`."""
        state, statements, repeated = self.state, self._statements, self._repeated
        records = state.records
        get_module_lock = self._get_module_lock

        def _call_with_frames_removed(name: str) -> object:
            if installed is not None:
                wanted = None
                try:
                    statements.raise_interrupt()
                    wanted = statements.wanted(name)
                    if wanted is not None:
                        repeated.bring_up_to_date(wanted)
                    elif name in records and state.transaction is not None:
                        repeated.wait(name)
                except BaseException as error:
                    raise error.with_traceback(beyond_us(error.__traceback__))  # noqa: B904 (the same error)
            return get_module_lock(name)

        return _call_with_frames_removed

    def _find_and_track(self) -> "Any":
        """The function that replaces `_find_spec`, so that the finders may be in any order.

        Another project's code that puts a finder at the front may remove the one at the front later.  A module that
        our finder did not see found might be executed from stale bytecode.
        """
        finder, find_spec = self.finder, self._find_spec

        def _find_spec(name: str, path: "Any", target: "Any" = None) -> ModuleSpec | None:
            finders = sys.meta_path
            if installed is not self or not finders or finders[0] is finder:
                return find_spec(name, path, target)  # type: ignore[no-any-return]
            return finder.find(find_spec, name, path, target)

        return _find_spec

    def _attach(self, spec: ModuleSpec, where: tuple[str, ...]) -> None:
        name = spec.name
        module_for = self.reuse.module_for_other_loader if self.state.is_taken(name) else None
        specs.attach_spec(spec, where, reloading=self.system.is_reloading(name), module_for=module_for)

    def patch(self) -> None:
        """Replace the functions, and let the specs ask."""
        bootstrap._get_module_lock = self._hook
        bootstrap._find_spec = self._search
        specs.listener = self
        Loader.reuse = self.reuse

    def unpatch(self) -> None:
        """Undo it, unless another project has replaced a function since."""
        specs.listener = None
        Loader.reuse = None
        if bootstrap._get_module_lock is self._hook:
            bootstrap._get_module_lock = self._get_module_lock
        for module in (bootstrap, sys.modules.get("importlib.util")):  # it may have imported the function
            if getattr(module, "_find_spec", None) is self._search:
                module._find_spec = self._find_spec  # type: ignore[union-attr]
        sys.meta_path[:] = [finder for finder in sys.meta_path if finder is not self.finder]
        for each in list(sys.modules.values()):
            if issubclass(type(each), ModuleType):
                specs.detach(each)


def install(state: State) -> Installation:
    """Put livereload into the import system.  UnsupportedInterpreterError if it would not be asked."""
    global installed, _fork_hook_registered
    installation = Installation(state)
    if sys.version_info >= (3, 15):
        from ..modules.lazy_imports import resolve_own

        resolve_own()
    installed = installation
    installation.patch()
    try:
        _check(installation)
    except BaseException:
        uninstall()
        raise
    sys.meta_path.insert(0, installation.finder)
    if not _fork_hook_registered and hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_after_fork)
        _fork_hook_registered = True
    installation.survey.adopt()
    installation.survey.resolver.forget_unsettled(None)
    return installation


def uninstall() -> None:
    """Take livereload out of the import system; every spec is what it was."""
    global installed
    installation = installed
    if installation is None:
        return
    with installation.state.lock:
        installed = None
        installation.system.outside_reads.stop()
        installation.unpatch()


def _after_fork() -> None:
    """In a forked child: undo a refresh that another thread of the parent had begun."""
    if installed is None:
        return
    state = installed.state
    if state.is_refreshed_by_another():
        transaction = state.transaction
        abandoned = tuple(transaction.taken)  # type: ignore[union-attr]
        transaction.roll_back()  # type: ignore[union-attr]
        installed.system.stop_watching_classes()
        for name in abandoned:
            bootstrap._module_locks.pop(name, None)  # a thread that is not in this process holds it
    state.renew_locks()


def _check(installation: Installation) -> None:
    """See that this interpreter asks and waits where a tracked spec needs it to."""
    seen: list[str] = []

    class Probe(ModuleSpec):
        @property
        def _initializing(self) -> bool:
            seen.append("asked")
            return len(seen) < 2

        @_initializing.setter
        def _initializing(self, value: bool) -> None:
            pass

    def lock(name: str) -> object:
        seen.append(name)
        return installation._get_module_lock(name)

    module = ModuleType(_PROBE)
    module.__spec__ = Probe(_PROBE, None)
    sys.modules[_PROBE] = module
    before = bootstrap._get_module_lock
    bootstrap._get_module_lock = lock
    try:
        __import__(_PROBE)
    finally:
        bootstrap._get_module_lock = before
        del sys.modules[_PROBE]
    if seen[:2] != ["asked", _PROBE]:
        raise UnsupportedInterpreterError(
            f"this interpreter ({sys.implementation.name} {sys.version.split()[0]}) does not ask modules whether "
            "they may be used when they are imported again; livereload needs CPython 3.11 to 3.15"
        )
