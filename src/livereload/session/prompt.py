"""Statements typed at a prompt that import nothing: what they use is brought up to date first.

Knows prompts, and which names of `__main__` came from which module.  Must not know how a refresh is
done.

The audit event `exec` comes before each statement, in the basic REPL and in PyREPL.  An audit hook
cannot be removed again and is called for every event of the process, so it exists only where this
was asked for, and does nothing once livereload is uninstalled.
"""

import sys

from ..identity.objects import namespace_of
from ..interpreter import tracebacks

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ..imports.hooks import Installation

# <stdin>, <stdin>-0 (3.13.0), <stdin-0>, <python-input-0>, <console>, <bpython-input-0>, <pyshell#0>
_PROMPTS = ("<stdin", "<python-input-", "<console", "<bpython-input-", "<pyshell#")

_current: "Callable[[], Installation | None] | None" = None


def follow_prompt(current: "Callable[[], Installation | None]") -> None:
    """From now on, refresh before each statement at a prompt; `current()` is the livereload installed, if any."""
    global _current
    if _current is None:
        _hook.__cantrace__ = True  # type: ignore[attr-defined]  # debuggers see what a refresh executes
        sys.addaudithook(_hook)
    _current = current


def before_statement(installation: "Installation", namespace: "dict[str, Any]") -> None:
    """Refresh whatever is tracked and stale, and let the names in `namespace` follow.

    A source that fails prints its traceback, once for each save; the statement then runs on the last
    good state.
    """
    bindings = installation.bindings
    held = bindings.current(namespace)
    for error in installation.engine.refresher.refresh_each():
        error.__traceback__ = tracebacks.beyond_us(error.__traceback__)
        sys.excepthook(type(error), error, error.__traceback__)
    bindings.rebind(namespace, held)


def _hook(event: str, args: "tuple[Any, ...]") -> None:
    if event != "exec" or _current is None:
        return
    code = args[0]
    if not getattr(code, "co_filename", "").startswith(_PROMPTS) or code.co_name != "<module>":
        return
    installation = _current()
    namespace = namespace_of(sys.modules.get("__main__"))
    if installation is None or namespace is None or not installation.engine.state.prompt:
        return
    try:
        before_statement(installation, namespace)
        installation.bindings.see(code, namespace.get("__package__") or "")
    except Exception as error:  # ours: the statement must run all the same
        sys.excepthook(type(error), error, error.__traceback__)
