"""The spec of a tracked module, which the import system asks at each import.

Knows what the import system reads and writes of a spec, and how a plain spec becomes a tracked one.  Must not know
how the questions are answered: `listener` does that.

On every repeated import, from C (`import_ensure_initialized` in Python/import.c) and from Python
(`_bootstrap._find_and_load`) alike, the import system reads `sys.modules[name].__spec__._initializing`.  A tracked
module has a spec whose `_initializing` is a property:

- *Read*, it says whether something is stale.  It is also read when an attribute of the module is missing
  (`_PyModuleSpec_IsInitializing`), so reading it changes nothing.
- If it says True, the import system asks for the module's lock (see `hooks`).
- *Written* by `_bootstrap._load_unlocked`, True before the module's code runs and False after it, it tells which
  module is executing in which thread.

Modules that are not tracked have plain specs and cost nothing.  Modules of lazy types, entries of `sys.modules`
that are not modules, and specs of other types are not seen.
"""

import sys
from importlib.machinery import ModuleSpec, NamespaceLoader, SourceFileLoader

from ..identity.object_model import namespace_of
from .loader import Loader, Reloader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType, ModuleType
    from typing import Any, Protocol

    from ..files.cached_look import Look
    from ..modules.state import PerThread

    class Listener(Protocol):
        """Answers the questions of all tracked specs, and hears what is written to them."""

        looks: dict[object, Look]
        busy: set[object]
        thread: PerThread

        def asked(self, spec: "TrackedSpec", initializing: bool, frame: FrameType | None) -> bool: ...
        def begin(self, spec: "TrackedSpec") -> None: ...
        def end(self, spec: "TrackedSpec") -> None: ...
        def break_off(self, spec: "TrackedSpec", *, had_begun: bool) -> None: ...


# What answers while livereload is installed.
listener: "Listener | None" = None

# The attribute of a spec with the folders that decided what its name stands for, until its module is executed.
_WHERE = "_livereload_where"


class TrackedSpec(ModuleSpec):
    """A spec that is asked, at each import of its module, whether the module may be used."""

    @property
    def _initializing(self) -> bool:
        try:
            initializing: bool = self.__dict__.get("_initializing", False)
            if listener is None:
                return initializing
            if not initializing:
                # The path of nearly all imports.
                look = listener.looks.get(self.name)
                if look is not None and not listener.busy and look.holds() and not listener.busy:
                    return False
            return listener.asked(self, initializing, _caller())
        except BaseException as error:
            if listener is None or sys.version_info >= (3, 13):
                raise
            # Before 3.13 the import system swallows an interrupt here.  It asks for the lock next.
            listener.thread.interrupt = error
            return True

    @_initializing.setter
    def _initializing(self, value: bool) -> None:
        if listener is None:
            self.__dict__["_initializing"] = value
            return
        try:
            if value:
                listener.begin(self)
            self.__dict__["_initializing"] = value
            if not value:
                listener.end(self)
        except BaseException:
            self.__dict__["_initializing"] = False
            listener.break_off(self, had_begun=not value)
            raise

    def __reduce_ex__(self, protocol: "Any") -> "Any":
        """Copies and pickles are plain specs."""
        state = {key: value for key, value in self.__dict__.items() if key != _WHERE}
        return ModuleSpec, (self.name, self.loader), state


# The code that runs while a spec is asked.
ASKED = vars(TrackedSpec)["_initializing"].fget.__code__
TrackedSpec.__name__ = TrackedSpec.__qualname__ = "ModuleSpec"  # so that its repr is the usual one
TrackedSpec.__module__ = ModuleSpec.__module__


def _caller() -> "FrameType | None":
    """The frame that has called our caller; None if C code imports and no Python code is running."""
    try:
        return sys._getframe(2)
    except ValueError:
        return None


def take_where(spec: TrackedSpec) -> tuple[str, ...]:
    """The folders that decided what the name stands for; the spec forgets them."""
    where: tuple[str, ...] = spec.__dict__.pop(_WHERE, ())
    return where


def attach_spec(
    spec: ModuleSpec,
    where: tuple[str, ...],
    *,
    reloading: bool = False,
    module_for: "Callable[[ModuleSpec], ModuleType | None] | None" = None,
) -> bool:
    """Make a spec that a finder has given a tracked one; False if it is of another type than importlib's.

    `reloading` says that `importlib.reload` asked for it.  `module_for` gives the module object to a loader of
    another project, if the module is going to be executed again.
    """
    if type(spec) is not ModuleSpec:
        return False
    spec.__class__ = TrackedSpec
    spec.__dict__[_WHERE] = where
    loader = spec.loader
    if type(loader) is SourceFileLoader:
        loader.__class__ = Reloader if reloading else Loader
    elif module_for is not None:
        if loader is None:  # a namespace package
            loader = spec.loader = NamespaceLoader.__new__(NamespaceLoader)
            loader.__dict__["_path"] = spec.submodule_search_locations
        # Another project's loader executes the module by its own `exec_module`, in the module object that is kept,
        # and not from bytecode, whose age it might misjudge.  `take_methods_back` removes both methods.
        lend(loader, "create_module", module_for)
        lend(loader, "path_stats", _no_path_stats)
    return True


def attach_lazy(spec: ModuleSpec, where: tuple[str, ...]) -> None:
    """Make the spec of a lazy module tracked: its loader tells when the module's code runs."""
    attach_spec(spec, where)
    if type(spec.loader) is Loader:
        spec.loader.__class__ = Reloader


def attach(module: "ModuleType") -> bool:
    """Make the spec of a module that has been executed a tracked one; False if that cannot be done."""
    namespace = namespace_of(module)
    spec = None if namespace is None else namespace.get("__spec__")
    if type(spec) is not ModuleSpec:
        return type(spec) is TrackedSpec
    spec.__class__ = TrackedSpec
    return True


def detach(module: "ModuleType") -> None:
    """Make the spec of a module, and its loader, plain again."""
    namespace = namespace_of(module)
    spec = None if namespace is None else namespace.get("__spec__")
    if type(spec) is TrackedSpec:
        spec.__dict__.pop(_WHERE, None)
        spec.__class__ = ModuleSpec  # type: ignore[assignment]
        detach_loader(spec)


def detach_loader(spec: ModuleSpec) -> bool:
    """Make the loader of a spec plain again, as others may go by its type; False if it is none of ours."""
    loader: Any = spec.loader
    if not issubclass(type(loader), Loader):
        return False
    loader.__class__ = SourceFileLoader
    return True


def take_methods_back(loader: object, *names: str) -> None:
    """Remove the methods that `attach_spec` has lent to another project's loader."""
    namespace = getattr(loader, "__dict__", None)
    for name in names if type(namespace) is dict else ():
        namespace.pop(name, None)  # type: ignore[union-attr]


def lend(loader: object, name: str, method: "Any") -> None:
    """Let another project's loader have a method of ours, until `take_methods_back`."""
    namespace = getattr(loader, "__dict__", None)
    if type(namespace) is dict and name not in namespace and hasattr(type(loader), name):
        namespace[name] = method


def _no_path_stats(path: str) -> "Any":
    raise OSError("bytecode is not used for a module that is executed again")
