"""Before a statement that was typed is executed: refresh, and let the names at the prompt follow.

Knows what is printed at the prompt.  Must not know how the different prompts work.
"""

import sys

from ..interpreter import tracebacks
from .bound_names import bound_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType
    from typing import Any

    from ..imports.hooks import Installation


def show_error(error: BaseException) -> None:
    """Show an error as the interpreter shows an uncaught one."""
    sys.excepthook(type(error), error, error.__traceback__)


def before_statement(
    installation: "Installation",
    namespace: "dict[str, Any]",
    code: "CodeType | None" = None,
    show: "Callable[[BaseException], object]" = show_error,
    names: tuple[str, ...] = (),
) -> None:
    """Refresh all tracked modules (only `names`, if there are any), and let the names in `namespace` follow.

    The error of a source that fails is shown, once for each save, and the statement runs on the last good state.
    The error is not shown if the statement is going to raise it by an import of its own, as its `code` tells.
    """
    bound, refresher = bound_names(installation), installation.refresher
    held = bound.current(namespace)
    errors = refresher.refresh_each(names)
    package = namespace.get("__package__")
    imported = [] if code is None else bound.see(code, package if type(package) is str else "")
    told = {name: error for name, error in errors.items() if not refresher.reaches(imported, {name})}
    for error in told.values():
        error.__traceback__ = tracebacks.beyond_us(error.__traceback__)
        show(error)
    if told:
        _say("the last good state answers")
    for bound_to, module, name in bound.rebind(namespace, held):
        _say(f"{module} has no {name} any more: {bound_to} is what it was")


def _say(text: str) -> None:
    print(f"livereload: {text}", file=sys.stderr)
