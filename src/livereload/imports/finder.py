"""The finder: what the other finders find of the user's modules becomes tracked.

Knows importlib's protocol of finders.  Must not know when to refresh.
"""

import sys
from importlib._bootstrap_external import spec_from_file_location
from importlib.machinery import ModuleSpec

from ..files.stamp import stamp_at
from ..interpreter.stdlib_imports import find_standard, narrow_search
from ..interpreter.tracebacks import without_us
from ..modules.file_changes import Survey
from ..modules.state import State
from .dependencies import Dependencies

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType
    from typing import Any

_PACKAGE = __name__.partition(".")[0] + "."


class Finder:
    """The meta path finder: it asks the finders after it, and makes the specs that they give tracked.

    Duck-typed, since a class derived from `importlib.abc.MetaPathFinder` costs 31 ms of imports at
    start-up.  `find_spec` is a query: nothing is recorded but absence.
    """

    def __init__(
        self,
        state: State,
        survey: Survey,
        dependencies: Dependencies,
        attach: "Callable[[ModuleSpec, tuple[str, ...]], None]",
    ) -> None:
        """`attach(spec, where)` makes a spec tracked."""
        self._state = state
        self._survey = survey
        self._dependencies = dependencies
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
        """The spec that `ask` gives; it is tracked if the module is the user's."""
        if path is None and (fullname in sys.stdlib_module_names or fullname in sys.builtin_module_names):
            spec = find_standard(fullname) if narrow_search.is_on else ask(fullname, path, target)
            if spec is None or not spec.has_location or not self._state.policy.tracks(spec):
                self._watch(spec)
                return spec
        folders = self._survey.resolver.folders(path)
        if ask != self.ask_others:
            self._survey.resolver.forget_unsettled(path)
        spec = ask(fullname, path, target)
        if spec is None and path is None:
            spec = self._where_it_was(fullname)
        if spec is None:
            self._dependencies.note_absence(fullname, path)
        elif type(spec) is ModuleSpec and not _is_for_main() and self._state.policy.tracks(spec):
            self._attach(spec, self._survey.resolver.where(fullname, spec, folders))
        elif not fullname.startswith(_PACKAGE):
            self._watch(spec)
        return spec

    def _watch(self, spec: ModuleSpec | None) -> None:
        """What importing an installed module changes is no effect of the module that imports it."""
        stack = self._state.thread.stack
        if spec is not None and stack and stack[-1].detection is not None:
            from .installed_imports import watch  # not at start-up

            watch(spec, stack[-1].detection)

    def invalidate_caches(self) -> None:
        """Nothing is cached here."""

    def ask_others(self, fullname: str, path: "Any", target: "ModuleType | None" = None) -> ModuleSpec | None:
        """The spec that the finders after this one give, asked as `_bootstrap._find_spec` asks them.

        New modules appear at once, without `importlib.invalidate_caches()`: a listing that a finder has made of a
        folder within the tick of its last change is not kept.
        """
        if path is not None or fullname not in sys.stdlib_module_names:
            self._survey.resolver.forget_unsettled(path)
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
        """The spec of a module that is going to be executed again and that no path leads to any more.

        The path was removed from `sys.path`, or the current folder is another one.  Plain Python would go on with
        the module that it has.
        """
        record = self._state.records.get(fullname)
        if record is None or record.path is None or not self._state.is_taken(fullname):
            return None
        if stamp_at(record.path) is None or not self._survey.resolver.is_listed(record):
            return None
        spec: ModuleSpec | None = spec_from_file_location(fullname, record.path)
        return spec


def _is_for_main() -> bool:
    """True if `runpy` (`python -m`) asks for a spec: it executes as `__main__` the module that it finds."""
    if "runpy" not in sys.modules:
        return False
    frame = sys._getframe(1)
    while frame is not None and frame.f_globals.get("__name__", "").startswith((_PACKAGE, "importlib.")):
        frame = frame.f_back  # type: ignore[assignment]
    return frame is not None and frame.f_globals.get("__name__") == "runpy"
