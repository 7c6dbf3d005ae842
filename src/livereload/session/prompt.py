"""Statements typed at a prompt that import nothing: what they use is brought up to date first.

Knows prompts: what they call a statement that was typed, and the namespace that they run it in.  Must
not know how a refresh is done.  IPython's cells are `ipython`'s.

An audit event comes before each statement: `exec` at nearly all prompts; `function.__new__` at that of
`python -m asyncio`, which makes a function of each.  An audit hook cannot be removed again and is
called for every event of the process, so it exists only where this was asked for, and does nothing
once livereload is uninstalled.
"""

import sys
from _thread import interrupt_main

from ..identity.objects import namespace_of
from .before_statement import before_statement, show_error
from .bound_names import bound_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType, FrameType
    from typing import Any

    from ..imports.hooks import Installation

_EVENTS = ("exec", "function.__new__")

# <stdin>, <stdin>-0 (3.13.0), <stdin-0>, <python-input-0>, <console>, <bpython-input-0>; <pyshell#0> is IDLE's,
# <input> PyCharm's
_PROMPTS = ("<stdin", "<python-input-", "<console", "<bpython-input-", "<pyshell#", "<input")
_VS_CODE = "exec_user_input"  # the function of its native prompt (python_server.py) that executes what was typed

_current: "Callable[[], Installation | None] | None" = None


class _Interrupt(int):
    """A signal whose `sent` makes it pending.

    A call looks for signals before its caller goes on, a look-up of an attribute does not: so whatever
    Python code is executed next meets the signal.
    """

    sent = property(interrupt_main)


def follow_prompt(current: "Callable[[], Installation | None]") -> None:
    """From now on, refresh before each statement at a prompt; `current()` is the livereload installed, if any."""
    global _current
    if _current is None:
        _hook.__cantrace__ = True  # type: ignore[attr-defined]  # debuggers see what a refresh executes
        sys.addaudithook(_hook)
    _current = current
    _follow_cells()


def _hook(event: str, args: "tuple[Any, ...]") -> None:
    if event not in _EVENTS or _current is None:
        return
    code, caller = args[0], _caller()
    installation = _current()
    if installation is None or not installation.state.prompt or not _is_typed(code, caller):
        return
    if _is_cell(code):
        _follow_cells()
        bound_names(installation).see(code, "")
        return
    if not _refresh(installation, code, _namespace(caller)):
        if event != "exec":
            _stop_waiting(caller)
            raise KeyboardInterrupt
        _interrupt_statement()


def _refresh(installation: "Installation", code: "CodeType", namespace: "dict[str, Any]") -> bool:
    """False if it was interrupted; by then the frames of the refresh are gone, with whatever ends with them."""
    try:
        before_statement(installation, namespace, code)
    except Exception as error:  # ours: the statement must run all the same
        show_error(error)
    except KeyboardInterrupt:
        return False
    return True


def _caller() -> "FrameType | None":
    """The frame that runs the statement; None if the interpreter does so itself."""
    try:
        return sys._getframe(2)
    except ValueError:
        return None


def _is_typed(code: object, caller: "FrameType | None") -> bool:
    """True for the code of a statement that was typed at a prompt, of a debugger's prompt excepted."""
    if getattr(code, "co_name", "") != "<module>":
        return False
    by = "" if caller is None else caller.f_code.co_name
    if code.co_filename.startswith(_PROMPTS):  # type: ignore[attr-defined]
        return caller is None or caller.f_globals.get("__name__") != "pdb"
    return _is_cell(code) or (by == _VS_CODE and code.co_filename == "<string>")  # type: ignore[attr-defined]


def _is_cell(code: object) -> bool:
    filename: str = getattr(code, "co_filename", "")
    return filename.startswith("<ipython-input-") or "ipykernel_" in filename


def _namespace(caller: "FrameType | None") -> "dict[str, Any]":
    """The namespace that a statement runs in, as far as its prompt's frame tells: else that of `__main__`."""
    found: object = None
    if caller is not None:
        seen = caller.f_locals
        console = _attributes(seen.get("self"))
        found = console.get("locals", seen.get("user_globals"))  # of `code`, asyncio, bpython, IDLE; VS Code
        if "get_globals" in console:  # ptpython
            found = console["get_globals"]()
    return found if type(found) is dict else namespace_of(sys.modules.get("__main__")) or {}


def _attributes(console: object) -> "dict[str, Any]":
    try:
        found: object = object.__getattribute__(console, "__dict__")
    except AttributeError:
        return {}
    return found if type(found) is dict else {}


def _interrupt_statement() -> None:
    """Have KeyboardInterrupt raised where the statement begins: here, it would be below frames of ours."""
    import signal

    if not callable(signal.getsignal(signal.SIGINT)):  # nobody would raise it
        raise KeyboardInterrupt
    _Interrupt(signal.SIGINT).sent  # noqa: B018


def _stop_waiting(caller: "FrameType | None") -> None:
    """The prompt of asyncio waits in another thread for what the statement comes to: it comes to an interrupt."""
    if caller is not None and "future" in caller.f_locals:
        caller.f_globals["keyboard_interrupted"] = True
        caller.f_locals["future"].set_exception(KeyboardInterrupt())


def _follow_cells() -> None:
    """Follow the cells of IPython's shell, if there is one."""
    getipython = sys.modules.get("IPython.core.getipython")
    shell = None if getipython is None else getipython.get_ipython()
    if shell is not None:
        from . import ipython

        ipython.follow(shell)
