"""The proxy in `sys.modules`, and every patch of the interpreter.

Knows the import system's inner ways.  Must not know what a refresh does.

On every repeated import, from C and from Python alike, the import system asks the entry in
`sys.modules` for `entry.__spec__._initializing`: may I be used, or is somebody still executing you?
So the spec of each tracked module is the proxy, a `ModuleSpec` whose `_initializing` is a property:

- *read*, it tells whether something is stale.  It is also read when an attribute of the module is
  missing, so reading changes nothing;
- if it says yes, the import system asks for the module's lock, to wait until the module is ready:
  `importlib.bootstrap._get_module_lock(name)`, looked up at each call, outside any `try`.  That is
  where a refresh happens, and where what it raises reaches the import statement;
- *written*, True before a module's code runs and False after, whatever happened, it tells which
  module is executing in which thread.

Untracked modules have plain specs and cost nothing.  What this does not see: modules that are
instances of lazy types, entries of `sys.modules` that are not modules, specs of other types.

Frames of functions that bear importlib's file name are removed from tracebacks by the import
statement (`remove_importlib_frames` in CPython's import.c) if a frame `_call_with_frames_removed`
ends the run.  The function that raises what a refresh raised is given both names, so a traceback
looks as if the module had just been imported.
"""

import _thread
import builtins
import importlib
import os
import sys
import time
from _warnings import warn_explicit
from importlib.machinery import ModuleSpec, NamespaceLoader, SourceFileLoader
from types import ModuleType

from .._errors import LiveReloadWarning, NotTrackedError, UnsupportedInterpreterError
from .._report import Report
from ..identity.objects import namespace_of
from ..interpreter import bytecode, stdlib_imports, tracebacks
from ..interpreter.stdlib_imports import bootstrap
from ..modules.lazy_imports import asked_for
from ..modules.state import State, Wanted
from .bindings import Bindings
from .engine import Engine
from .loader import Finder, Loader, Reloader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection
    from types import FrameType
    from typing import Any

    from ..identity.statements import Door

_PROBE = "livereload-probe"
_WHERE = "_livereload_where"

# How often, and for how long, a refresh lets other threads finish what they import.
_PASSES = 30
_PASS_S = 0.001

# What is installed; None while nothing is.  The proxies and the patched function ask it.
installed: "Installation | None" = None
_fork_hook_registered = False


class _Proxy(ModuleSpec):
    """A spec that is asked, at each import of its module, whether the module may be used."""

    @property
    def _initializing(self) -> bool:
        try:
            initializing: bool = self.__dict__.get("_initializing", False)
            if installed is None:
                return initializing
            if not initializing:
                # The path of nearly all imports.
                look = installed.looks.get(self.name)
                if look is not None and not installed.busy and look.holds() and not installed.busy:
                    return False
            return installed.asked(self, initializing, _caller())
        except BaseException as error:
            if installed is None or sys.version_info >= (3, 13):
                raise
            # The import system would pass over an interrupt here.  It asks for the lock next.
            installed.engine.state.thread.interrupt = error
            return True

    @_initializing.setter
    def _initializing(self, value: bool) -> None:
        if installed is None:
            self.__dict__["_initializing"] = value
            return
        try:
            if value:
                installed.begin(self)
            self.__dict__["_initializing"] = value
            if not value:
                installed.end(self)
        except BaseException:
            self.__dict__["_initializing"] = False
            installed.break_off(self, had_begun=not value)
            raise

    def __reduce_ex__(self, protocol: "Any") -> "Any":
        """What is copied or pickled is a plain spec."""
        state = {key: value for key, value in self.__dict__.items() if key != _WHERE}
        return ModuleSpec, (self.name, self.loader), state


_ASKED = vars(_Proxy)["_initializing"].fget.__code__
_Proxy.__name__ = _Proxy.__qualname__ = "ModuleSpec"  # so that its repr is the usual one
_Proxy.__module__ = ModuleSpec.__module__


class Installation:
    """One livereload at work: its engine and its place in the interpreter."""

    def __init__(self, state: State) -> None:
        self.engine = Engine(state, self)
        self.bindings = Bindings()
        self.looks = state.looks
        self.busy = state.busy
        self.finder = Finder(self.engine, self.attach_spec)
        # what stands in the place of builtins.__build_class__ while a refresh executes modules
        self._door: "Door | None" = None
        self._get_module_lock = bootstrap._get_module_lock
        self._hook = tracebacks.disguised(self._lock_or_refresh())
        self._find_spec = bootstrap._find_spec
        self._search = tracebacks.disguised(self._find_and_track())

    def _lock_or_refresh(self) -> "Any":
        engine = self.engine
        records = engine.state.records
        get_module_lock = self._get_module_lock

        def _call_with_frames_removed(name: str) -> object:
            if installed is not None:
                wanted = None
                try:
                    installed.raise_interrupt()
                    wanted = installed.wanted(name)
                    if wanted is not None:
                        engine.bring_up_to_date(wanted)
                    elif name in records:
                        engine.wait(name)
                except BaseException as error:
                    raise error.with_traceback(tracebacks.beyond_us(error.__traceback__))  # noqa: B904 (the same error)
            return get_module_lock(name)

        return _call_with_frames_removed

    def _find_and_track(self) -> "Any":
        """The finders may be in any order, and keep it: who puts one at the front may take away the one at the front.

        A module that our finder did not see found might be executed from stale bytecode.
        """
        finder, find_spec = self.finder, self._find_spec

        def _find_spec(name: str, path: "Any", target: "Any" = None) -> ModuleSpec | None:
            finders = sys.meta_path
            if installed is not self or not finders or finders[0] is finder:
                return find_spec(name, path, target)  # type: ignore[no-any-return]
            return finder.find(find_spec, name, path, target)

        return _find_spec

    # From the import system.

    def asked(self, spec: _Proxy, initializing: bool, frame: "Any") -> bool:
        state = self.engine.state
        name = spec.name
        record = state.records.get(name)
        if record is None:
            return initializing
        thread = state.thread
        if thread.stack:
            self._forget_broken_off()
        if initializing and not record.executing:
            spec.__dict__["_initializing"] = initializing = False
        if thread.stack and (
            initializing or (record.checked == thread.moment and not record.portions and name not in state.unbound)
        ):
            # Found fresh within this very import statement, and no package: there is nothing else to see.
            self.engine.note(name)
            return initializing
        if initializing:
            return True
        from_list: tuple[str, ...] = ()
        if frame is not None and frame.f_code.co_filename != tracebacks.BOOTSTRAP_FILE:
            code = frame.f_code
            lazily = self._asked_for_lazily(name, frame)
            if lazily is None and bytecode.is_attribute(code, frame.f_lasti):
                return False  # an attribute is missing: that is no import
            from_list = bytecode.from_list(code, frame.f_lasti) if lazily is None else lazily
        wanted = Wanted(name, from_list)
        if not self.engine.asked(wanted) or tracebacks.describes_an_error(frame):
            return False
        thread.wanted = wanted
        return True

    def _asked_for_lazily(self, name: str, frame: "FrameType") -> tuple[str, ...] | None:
        """What is asked for in the module `name` by using a name that was imported lazily; None if that is not so."""
        bound_to, is_own = bytecode.looked_up(frame.f_code, frame.f_lasti)
        if not bound_to:
            return None
        if is_own:
            return asked_for(name, bound_to, [frame.f_globals])
        lazy = [each.name for each in list(self.engine.state.records.values()) if each.lazy]
        return asked_for(name, bound_to, [namespace_of(sys.modules.get(each)) or {} for each in lazy])

    def _forget_broken_off(self) -> None:
        """Take from the stack what this thread executes no more.

        An interrupt may come before our first line, when importlib tells that a module has been executed.
        """
        stack = self.engine.state.thread.stack
        while stack and stack[-1].has_lock and not _is_locked(stack[-1].name):
            self.engine.abandon(stack[-1])

    def begin(self, spec: _Proxy) -> None:
        self._forget_broken_off()
        loader = spec.loader
        if type(loader) is not Loader:
            _give_back(loader, "create_module")
        module = sys._getframe(2).f_locals.get("module")  # importlib's _load_unlocked
        self.engine.begin(spec, spec.__dict__.pop(_WHERE, ()), module, read_source=type(loader) is not Loader)
        if self.engine.taken(spec.name):
            self._watch_classes()

    def break_off(self, spec: _Proxy, *, had_begun: bool) -> None:
        """An error has come out of `begin` or `end`."""
        if type(spec.loader) is not Loader:
            _give_back(spec.loader, "create_module")
            _give_back(spec.loader, "path_stats")
        self.engine.break_off(spec.name, had_begun=had_begun)

    def _watch_classes(self) -> None:
        """Have the class statements of modules that are executed again fill the kept classes."""
        transaction = self.engine.state.transaction
        if self._door is None and transaction is not None:
            from ..identity import statements  # what only an edit needs is loaded then

            self._door = builtins.__build_class__ = statements.Door(builtins.__build_class__)
            statements.stand(transaction.generations.successors.keeper)

    def stop_watching_classes(self) -> None:
        """Class statements are plain again, whatever threads and errors left behind."""
        door = self._door
        if door is not None:
            from ..identity import statements

            statements.leave()
            if builtins.__build_class__ is door:
                builtins.__build_class__ = door.original
            self._door = None  # last, as an interrupt may come before: then all is done again

    def end(self, spec: _Proxy) -> None:
        loader: Any = spec.loader
        if issubclass(type(loader), Loader):
            loader.__class__ = SourceFileLoader  # others may go by the type of a module's loader
        else:
            _give_back(loader, "path_stats")
        self.engine.end(spec, _from_list_of(sys._getframe(2)))

    def raise_interrupt(self) -> None:
        """Raise what has interrupted the proxy's answer, where it could not be raised."""
        thread = self.engine.state.thread
        if thread.interrupt is not None:
            interrupt, thread.interrupt = thread.interrupt, None
            raise interrupt

    def wanted(self, name: str) -> Wanted | None:
        """What the import system waits for when it asks for the lock of `name`; None if not us."""
        state = self.engine.state
        records = state.records
        module = sys.modules.get(name)
        if state.thread.stack:
            self._forget_broken_off()
        if module is None:
            if tracebacks.describes_an_error(_caller()):
                return None
            # A submodule that is imported for the first time: its package first, as in a fresh start.
            parent = name.rpartition(".")[0]
            if state.transaction is None and not state.thread.stack:
                # Or it could not be imported before: what has seen half of it is stale.
                return Wanted(name) if name in records or parent in records else None
            if self.engine.has_failed(name):  # others may hold what it had made by then, or have caught the error
                return Wanted(name)
            above = records.get(parent)
            if above is None or parent not in sys.modules or above.executing:
                return None
            # … unless it was found fresh within this very import statement.
            is_fresh = above.checked == state.thread.moment != 0 and not self.engine.awaits_package(name)
            return None if is_fresh else Wanted(parent)
        namespace = namespace_of(module)
        spec = None if namespace is None else namespace.get("__spec__")
        if type(spec) is not _Proxy or spec.__dict__.get("_initializing", False):
            return None
        # The name in sys.modules may be an alias; the from-list was seen when the proxy was read.
        wanted = state.thread.wanted
        state.thread.wanted = None
        return wanted if wanted is not None and wanted.name == spec.name else Wanted(spec.name)

    def refresh(self, names: tuple[str, ...]) -> Report:
        state = self.engine.state
        self.engine.survey.adopt()
        for name in names:
            if name not in state.records or name not in sys.modules:
                why = state.policy.why_not_tracked(name)
                raise NotTrackedError(f"cannot refresh {name!r}, which is not tracked: {why}", name)
        return self.engine.refresher.refresh(names)

    # For the engine.

    def import_module(self, name: str, from_list: tuple[str, ...]) -> None:
        from ..modules.graph import parents

        for each in (*parents(name), name):
            module = bootstrap._gcd_import(each)
        if from_list and hasattr(module, "__path__"):
            bootstrap._handle_fromlist(module, from_list, bootstrap._gcd_import)

    def find(self, name: str, path: "list[str] | None") -> ModuleSpec | None:
        try:
            return self.finder.ask_others(name, path)
        except Exception:  # another finder's error is not this statement's
            return None

    def imports(self) -> dict[str, int]:
        found = {}
        frame: FrameType | None = sys._getframe(1)
        while frame is not None and tracebacks.is_hidden(frame.f_code):
            if frame.f_code is bootstrap._find_and_load.__code__:
                found[frame.f_locals.get("name", "")] = id(frame)
            frame = frame.f_back
        return found

    def is_importing(self) -> bool:
        me = _thread.get_ident()
        for reference in list(bootstrap._module_locks.values()):
            lock = reference()
            if lock is not None and getattr(lock, "owner", None) == me:
                return True
        return False

    def let_pass(self) -> None:
        if _thread._count() == 0:
            return
        if not _sees_frames():
            time.sleep(_PASS_S)
            return
        promised = _promised()
        for _ in range(_PASSES):
            if not promised:
                break
            time.sleep(_PASS_S)
            still = _promised()
            promised = {thread: frame for thread, frame in promised.items() if still.get(thread) is frame}

    def executes_code(self, name: str) -> bool:
        namespace = namespace_of(sys.modules.get(name)) or {}
        spec = namespace.get("__spec__")
        if getattr(sys, "get_lazy_imports", str)() == "all":  # PEP 810: then no import statement executes anything
            return False
        return type(spec) is _Proxy and type(spec.loader) in (Loader, SourceFileLoader)

    def is_reloading(self, name: str) -> bool:
        return name in self.reloading()

    def reloading(self) -> "Collection[str]":
        return importlib._RELOADING  # type: ignore[attr-defined,no-any-return]

    def attach_spec(self, spec: ModuleSpec, where: tuple[str, ...]) -> bool:
        if type(spec) is not ModuleSpec:
            return False
        spec.__class__ = _Proxy
        spec.__dict__[_WHERE] = where
        loader = spec.loader
        if type(loader) is SourceFileLoader:
            loader.__class__ = Reloader if self.is_reloading(spec.name) else Loader
        elif self.engine.taken(spec.name):
            if loader is None:  # a namespace package
                loader = spec.loader = NamespaceLoader.__new__(NamespaceLoader)
                loader.__dict__["_path"] = spec.submodule_search_locations
            # Somebody else's loader executes the module itself, in the module that we kept, and not
            # from bytecode, whose age it might misjudge.  Both methods are given back (_give_back).
            _lend(loader, "create_module", lambda spec: self._module_for(spec))
            _lend(loader, "path_stats", _no_path_stats)
        return True

    def _module_for(self, spec: ModuleSpec) -> ModuleType | None:
        module = self.engine.module_for(spec, own_type=True)
        if module is not None and type(spec.loader) is NamespaceLoader:
            module.__file__ = None  # importlib does this only if it makes the loader itself
        return module

    def attach_lazy(self, spec: ModuleSpec, where: tuple[str, ...]) -> None:
        self.attach_spec(spec, where)
        if type(spec.loader) is Loader:
            spec.loader.__class__ = Reloader

    def attach(self, module: ModuleType) -> bool:
        namespace = namespace_of(module)
        spec = None if namespace is None else namespace.get("__spec__")
        if type(spec) is not ModuleSpec:
            return type(spec) is _Proxy
        spec.__class__ = _Proxy
        return True

    def warn(self, message: str) -> None:
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

    def detach(self, module: ModuleType) -> None:
        namespace = namespace_of(module)
        spec = None if namespace is None else namespace.get("__spec__")
        if type(spec) is _Proxy:
            _restore(spec)


def _caller() -> "Any":
    """The frame that has called our caller; None if C code imports, and no Python code is running."""
    try:
        return sys._getframe(2)
    except ValueError:
        return None


def _sees_frames() -> bool:
    """True if the frames of other threads can be looked at.

    `sys._current_frames` shows those of all interpreters in the process, which since 3.12 need not share memory
    (PEP 684); looking at another interpreter's ends the process.
    """
    if sys.version_info < (3, 12):
        return True
    if "_interpreters" in sys.modules or "_xxsubinterpreters" in sys.modules:
        return False  # the program may have others
    if sys.version_info >= (3, 13):
        return _thread._is_main_interpreter()  # type: ignore[attr-defined,no-any-return]
    interpreters = stdlib_imports.standard("_xxsubinterpreters")
    del sys.modules["_xxsubinterpreters"]
    return interpreters.get_current() == interpreters.get_main()


def _promised() -> "dict[int, Any]":
    """The threads for which the import system has more to do, for an import that may have its answer, and its frames.

    Others that have their answer are through at once.
    """
    found = {}
    for thread, frame in sys._current_frames().items():
        if thread == _thread.get_ident() or bootstrap._blocking_on.get(thread):  # the lock of a module
            continue
        at: Any = frame
        while sys.version_info < (3, 12) and at is not None and tracebacks.is_ours(at.f_code):
            if at.f_code is _ASKED:
                found[thread] = at  # it is asked once more, because there is no `__path__`
            at = at.f_back
        if frame.f_code.co_filename == tracebacks.BOOTSTRAP_FILE:
            found[thread] = frame
    return found


def _is_locked(name: str) -> bool:
    """True if this thread holds the lock of the module `name`, as it does while it executes it."""
    reference = bootstrap._module_locks.get(name)
    lock = None if reference is None else reference()
    return getattr(lock, "owner", None) == _thread.get_ident()


def _restore(spec: "Any") -> None:
    spec.__dict__.pop(_WHERE, None)
    spec.__class__ = ModuleSpec
    loader = spec.loader
    if issubclass(type(loader), Loader):
        loader.__class__ = SourceFileLoader


def install(state: State) -> Installation:
    """Put livereload into the import system.  UnsupportedInterpreterError if it would not be asked."""
    global installed, _fork_hook_registered
    installation = Installation(state)
    bootstrap._get_module_lock = installation._hook
    bootstrap._find_spec = installation._search
    installed = installation
    Loader._engine = installation.engine
    try:
        _check(installation)
    except BaseException:
        uninstall()
        raise
    sys.meta_path.insert(0, installation.finder)
    if not _fork_hook_registered and hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_after_fork)
        _fork_hook_registered = True
    installation.engine.survey.adopt()
    installation.engine.survey.forget_unsettled(None)
    return installation


def uninstall() -> None:
    """Take livereload out of the import system; every spec is what it was."""
    global installed
    installation = installed
    if installation is None:
        return
    with installation.engine.state.lock:
        installed = None
        Loader._engine = None
        if bootstrap._get_module_lock is installation._hook:
            bootstrap._get_module_lock = installation._get_module_lock
        for module in (bootstrap, sys.modules.get("importlib.util")):  # which may have got it from there
            if getattr(module, "_find_spec", None) is installation._search:
                module._find_spec = installation._find_spec  # type: ignore[union-attr]
        sys.meta_path[:] = [finder for finder in sys.meta_path if finder is not installation.finder]
        for module in list(sys.modules.values()):
            if issubclass(type(module), ModuleType):
                installation.detach(module)


def _after_fork() -> None:
    if installed is not None:
        for name in installed.engine.after_fork():
            bootstrap._module_locks.pop(name, None)  # a thread that is not in this process holds it


def _check(installation: Installation) -> None:
    """See that this interpreter asks and waits where the proxy needs it to."""
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


def _from_list_of(frame: "Any") -> tuple[str, ...]:
    """The from-list of the statement that importlib's `frame` works for."""
    while frame is not None and frame.f_code.co_filename == tracebacks.BOOTSTRAP_FILE:
        frame = frame.f_back
    return () if frame is None else bytecode.from_list(frame.f_code, frame.f_lasti)


def _lend(loader: object, name: str, method: "Any") -> None:
    namespace = getattr(loader, "__dict__", None)
    if type(namespace) is dict and name not in namespace and hasattr(type(loader), name):
        namespace[name] = method


def _give_back(loader: object, name: str) -> None:
    namespace = getattr(loader, "__dict__", None)
    if type(namespace) is dict:
        namespace.pop(name, None)


def _no_path_stats(path: str) -> "Any":
    raise OSError("bytecode is not used for a module that is executed again")
