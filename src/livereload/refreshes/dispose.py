"""`__livereload_dispose__`: what a module does before it is executed again.

Knows modules and their new sources.  Must not know why they are executed.
"""

import sys

from ..identity.object_model import namespace_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..modules.record import Record
    from ..modules.stale import Plan


def dispose(plan: "Plan", records: "dict[str, Record]") -> None:
    """Let the modules that are going to be executed give back what they hold: sockets, threads.

    Only if all of the new sources compile: else the old generation has to live on.
    """
    found = []
    for name in plan.reasons:
        namespace = namespace_of(sys.modules.get(name)) or {}
        hook = namespace.get("__livereload_dispose__")
        if hook is not None:
            found.append(hook)
    if not found or not all(_compiles(records[name], plan) for name in plan.reasons):
        return
    for hook in found:
        hook()


def _compiles(record: "Record", plan: "Plan") -> bool:
    source = plan.sources.get(record.path or "")
    to_code = getattr(loader_of(record.name), "source_to_code", None)
    if source is None or source.data is None or to_code is None or record.name in plan.codes:
        return True
    try:
        to_code(source.data, record.path)
    except (SyntaxError, ValueError):
        return False
    return True


def loader_of(name: str) -> "Any":
    """The loader of a module; None if it has none."""
    spec = (namespace_of(sys.modules.get(name)) or {}).get("__spec__")
    return getattr(spec, "loader", None)
