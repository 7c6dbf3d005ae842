"""The import statement that asks: which module, and which names of a package.

Knows frames and instructions, and the order in which the import system asks.  Must not know how a module is found to
be stale.

The import system does not pass on what a statement asks for: of `from pkg import sub` it asks `pkg` only.  The
instruction that is being executed tells the names of the from-list, and tells an import from an attribute that is
missing.
"""

import sys

from ..identity.object_model import namespace_of
from ..interpreter import bytecode, tracebacks
from ..modules.lazy_imports import asked_for
from ..modules.state import State, Wanted
from .dependencies import Dependencies
from .executions import Executions
from .repeated_import import RepeatedImports
from .spec import TrackedSpec

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType


class Statements:
    """The import statements of all threads."""

    def __init__(
        self, state: State, repeated: RepeatedImports, dependencies: Dependencies, executions: Executions
    ) -> None:
        self._state = state
        self._repeated = repeated
        self._dependencies = dependencies
        self._executions = executions

    def asked(self, spec: TrackedSpec, initializing: bool, frame: "FrameType | None") -> bool:
        """Answer a spec that is asked by `frame`: True if its module may not be used as it is."""
        state = self._state
        name = spec.name
        record = state.records.get(name)
        if record is None:
            return initializing
        thread = state.thread
        if thread.stack:
            self._executions.forget_broken_off()
        if initializing and not record.executing:
            spec.__dict__["_initializing"] = initializing = False
        if thread.stack and (
            initializing
            or (
                record.checked == thread.moment
                and name not in state.unbound
                and (not record.portions or _is_of_a_whole(frame))
                and not record.given
            )
        ):
            # Found fresh within this very import statement, and no submodules asked for: nothing else can be stale.
            self._dependencies.note(name)
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
        if not self._repeated.is_stale(wanted) or tracebacks.describes_an_error(frame):
            return False
        thread.wanted = wanted
        return True

    def _asked_for_lazily(self, name: str, frame: "FrameType") -> tuple[str, ...] | None:
        """The names asked for in the module `name` if the frame uses a name that was imported lazily; else None."""
        bound_to, is_own = bytecode.looked_up(frame.f_code, frame.f_lasti)
        if not bound_to:
            return None
        if is_own:
            return asked_for(name, bound_to, [frame.f_globals])
        lazy = [each.name for each in list(self._state.records.values()) if each.lazy]
        return asked_for(name, bound_to, [namespace_of(sys.modules.get(each)) or {} for each in lazy])

    def wanted(self, name: str) -> Wanted | None:
        """What the import system waits for when it asks for the lock of `name`; None if it does not wait for us."""
        state = self._state
        if state.thread.stack:
            self._executions.forget_broken_off()
        module = sys.modules.get(name)
        if module is None:
            wanted = self._wanted_first(name)
            return None if wanted is None or tracebacks.describes_an_error(sys._getframe(1)) else wanted
        namespace = namespace_of(module)
        spec = None if namespace is None else namespace.get("__spec__")
        if type(spec) is not TrackedSpec or spec.__dict__.get("_initializing", False):
            return None
        # The name in sys.modules may be an alias; the from-list was seen when the spec was asked.
        wanted = state.thread.wanted
        state.thread.wanted = None
        return wanted if wanted is not None and wanted.name == spec.name else Wanted(spec.name)

    def _wanted_first(self, name: str) -> Wanted | None:
        """The same for a module that is not in `sys.modules`: its package comes first, as in a fresh interpreter."""
        state, repeated = self._state, self._repeated
        records = state.records
        parent = name.rpartition(".")[0]
        if state.transaction is None and not state.thread.stack:
            # A module that could not be imported before: modules that have seen it half imported are stale.
            return Wanted(name) if name in records or parent in records else None
        if repeated.has_failed(name):  # other modules may hold objects of it, or have caught the error
            return Wanted(name)
        above = records.get(parent)
        if above is None or parent not in sys.modules or above.executing:
            return None
        # … unless the package was found fresh within this very import statement.
        is_fresh = above.checked == state.thread.moment != 0 and not repeated.awaits_package(name)
        return None if is_fresh else Wanted(parent)

    def raise_interrupt(self) -> None:
        """Raise the exception that has interrupted the answer of a spec, as the import system swallows it there."""
        thread = self._state.thread
        if thread.interrupt is not None:
            interrupt, thread.interrupt = thread.interrupt, None
            raise interrupt


def _is_of_a_whole(frame: "FrameType | None") -> bool:
    """True if a statement in this frame imports a module, and nothing from it."""
    return frame is not None and bytecode.has_no_from_list(frame.f_code, frame.f_lasti)
