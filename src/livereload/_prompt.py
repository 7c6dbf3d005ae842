"""Statements typed at a prompt that import nothing: what they use is brought up to date first.

Knows prompts, and which names of `__main__` came from which module.  Must not know how a refresh is
done.

The audit event `exec` comes before each statement, in the basic REPL and in PyREPL.  An audit hook
cannot be removed again and is called for every event of the process, so it exists only where this
was asked for, and does nothing once livereload is uninstalled.
"""

import sys

from . import _code
from ._objects import namespace_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType
    from typing import Any

    from ._proxy import Installation

# <stdin>, <stdin>-0 (3.13.0), <stdin-0>, <python-input-0>, <console>, <bpython-input-0>, <pyshell#0>
_PROMPTS = ("<stdin", "<python-input-", "<console", "<bpython-input-", "<pyshell#")

_current: "Callable[[], Installation | None] | None" = None


class Bindings:
    """Which names in `__main__` are bound to what of which module."""

    __slots__ = ("_origins",)

    def __init__(self) -> None:
        # {"h": ("myprj", "hello")}; from x import *: {("myprj", "*"): ("myprj", "*")}
        self._origins: dict[object, tuple[str, str]] = {}

    def see(self, code: "CodeType", package: str) -> None:
        """Note what the from-imports of a statement are going to bind."""
        for module, name, bound_to in _code.from_imports(code, package):
            self._origins[(module, "*") if name == "*" else bound_to] = (module, name)

    def current(self, namespace: "dict[str, Any]") -> "dict[str, tuple[str, str]]":
        """The names that still hold what their module has, with the module and the name there."""
        found = {}
        for bound_to, (module, name) in self._origins.items():
            there = namespace_of(sys.modules.get(module))
            if there is None:
                continue
            names = [(each, each) for each in there if not each.startswith("_")] if name == "*" else [(bound_to, name)]
            for mine, its in names:
                if mine in namespace and its in there and namespace[mine] is there[its]:
                    found[mine] = (module, its)
        return found

    @staticmethod
    def rebind(namespace: "dict[str, Any]", current: "dict[str, tuple[str, str]]") -> None:
        """Bind the names to what their modules have now; what a module has no longer stays as it is."""
        for bound_to, (module, name) in current.items():
            there = namespace_of(sys.modules.get(module))
            if there is not None and name in there:
                namespace[bound_to] = there[name]


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
        error.__traceback__ = _code.beyond_us(error.__traceback__)
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
