"""What is done before a statement that was typed: refresh, and let the names that it may use follow.

Knows what is told of it to the person at the prompt.  Must not know prompts.
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
    """Show an error as the interpreter shows one that nobody has caught."""
    sys.excepthook(type(error), error, error.__traceback__)


def before_statement(
    installation: "Installation",
    namespace: "dict[str, Any]",
    code: "CodeType | None" = None,
    show: "Callable[[BaseException], object]" = show_error,
    names: tuple[str, ...] = (),
) -> None:
    """Refresh whatever is tracked and stale (of `names`, if there are any), and let what is in `namespace` follow.

    A source that fails is shown, once for each save, unless the statement, if its `code` is given, is
    going to raise the same by an import of its own; else it runs on the last good state.
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
