"""`status()` and `explain()`: which modules are tracked, which are stale, and why.

Knows the records.  Executes nothing, and changes nothing but one thing: it forgets the errors of modules that are
fresh again.  Must not know how the answer is shown (`tables`).
"""

import sys

from .._status import Explanation, ModuleStatus, Status
from ..identity.object_model import namespace_of
from ..modules import graph
from ..modules.tracking import covers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from .._report import Executed, Kept, Report, Updated
    from ..imports.hooks import Installation
    from ..modules.record import Record


def status(installation: "Installation", asked: tuple[str, ...] = ()) -> Status:
    """The state of the tracked modules: of those `asked` for and their submodules, or of all."""
    state = installation.state
    installation.survey.adopt()
    there = {name: record for name, record in state.records.copy().items() if _is_there(name, record)}
    names = tuple(name for name in there if not asked or covers(asked, name))
    reasons = installation.survey.plan(names).reasons
    _forget_mended(installation, names, reasons)
    errors = state.errors
    return Status(
        True,
        {name: _module_status(there[name], reasons.get(name), errors.get(name)) for name in names},
        asked,
    )


def explain(installation: "Installation | None", name: str) -> Explanation:
    """What is known of the module `name`."""
    if installation is None:
        return Explanation(name, False, "livereload is not installed: call livereload.install()", _path_of(name))
    state = installation.state
    installation.survey.adopt()
    record = state.records.get(name)
    if record is not None and _is_there(name, record):
        explanation = Explanation(name, True, _why_tracked(installation, record), record.path)
        now = status(installation, (name,)).modules[name]
        explanation.stale, explanation.error = now.stale, now.error
        explanation.last = _last_of(record, state.last)
    elif record is not None and record.missing:
        explanation = Explanation(name, False, "no finder knows it")
    elif name not in sys.modules:
        explanation = Explanation(name, False, _of_what_is_not_imported(installation, name))
    else:
        explanation = Explanation(name, False, state.policy.why_not_tracked(name), _path_of(name))
    there = {each: other for each, other in state.records.copy().items() if _is_there(each, other)}
    if name in there:
        explanation.imports = tuple(sorted(there.keys() & _imports(there[name])))
    explanation.imported_by = tuple(sorted(each for each, other in there.items() if name in _imports(other)))
    return explanation


def _of_what_is_not_imported(installation: "Installation", name: str) -> str:
    """Why a module is not tracked that has not been imported, as far as finders tell without executing anything."""
    state, parent = installation.state, name.rpartition(".")[0]
    path = (namespace_of(sys.modules.get(parent)) or {}).get("__path__")
    if parent and path is None:
        return "it has not been imported"
    spec = installation.system.find(name, path)
    if spec is None:
        return "no finder knows it"
    why = state.policy.why_not(spec)
    return "it has not been imported; it will be tracked" if why is None else f"it has not been imported, and {why}"


def _is_there(name: str, record: "Record") -> bool:
    return not record.missing and name in sys.modules


def _imports(record: "Record") -> set[str]:
    """The modules that a module imports, without its own packages: CPython versions ask for these differently."""
    return set(record.edges or ()).difference(graph.parents(record.name))


def _module_status(record: "Record", stale: str | None, error: str | None) -> ModuleStatus:
    return ModuleStatus(record.name, record.path, stale, record.generation, error, record.reason)


def _forget_mended(installation: "Installation", names: "Iterable[str]", reasons: "dict[str, str]") -> None:
    """Forget the errors of fresh modules: an edit may have been undone, and then nothing is executed."""
    for name in names:
        if name not in reasons:
            installation.state.errors.pop(name, None)


def _path_of(name: str) -> str | None:
    """Where the module `name` comes from, as far as its spec tells."""
    spec = (namespace_of(sys.modules.get(name)) or {}).get("__spec__")
    origin = getattr(spec, "origin", None)
    return origin if type(origin) is str and getattr(spec, "has_location", False) else None


def _why_tracked(installation: "Installation", record: "Record") -> str:
    why = "a namespace package of yours" if record.path is None else "a source file of yours"
    if covers(installation.state.policy.include, record.name):
        why = "it is in `include`"
    loader = type(getattr((namespace_of(sys.modules.get(record.name)) or {}).get("__spec__"), "loader", None))
    is_plain = loader.__module__.startswith(("_frozen_importlib", "importlib.", "livereload."))
    return why if is_plain or record.path is None else f"{why}, executed by its own loader, {loader.__qualname__}"


def _last_of(record: "Record", report: "Report") -> str | None:
    """What the last refresh did to a module."""
    done: list[Updated | Executed | Kept] = [*report.updated, *report.executed, *report.kept]
    for each in done:
        if each.name == record.name:
            return repr(each).replace(f" {record.name}", "", 1)
    return record.reason
