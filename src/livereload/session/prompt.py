"""Prompts: a refresh before each statement that was typed, also before one that imports nothing.

Knows the different prompts: the file names that they give to statements, and the namespaces in which they execute
them.  Must not know how a refresh is done.  Cells of IPython are in `ipython`.

An audit event (PEP 578) comes before each statement: `exec` at nearly all prompts, `function.__new__` at that of
`python -m asyncio`, which makes a function of each statement.  An audit hook cannot be removed and is called for every
event of the process.  So it is added only on request, and does nothing once livereload is uninstalled.
"""

import sys
from _thread import interrupt_main

from ..identity.object_model import namespace_of
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
    """A signal whose attribute `sent` makes it pending.

    The interpreter handles signals after a call, but not after reading an attribute.  So the handler runs in the
    Python code that is executed next.
    """

    sent = property(interrupt_main)


def follow_prompt(current: "Callable[[], Installation | None]") -> None:
    """From now on, refresh before each statement at a prompt; `current()` is the livereload installed, if any."""
    global _current
    if _current is None:
        sys.addaudithook(_hook)
    _current = current
    _follow_cells()


def _hook(event: str, args: "tuple[Any, ...]") -> None:
    if event not in _EVENTS or _current is None:
        return
    code, caller = args[0], _caller()
    installation = _current()
    if installation is None or not installation.state.prompt:
        return
    if not _is_typed(code, caller):
        if caller is None and code.co_name == "<module>":  # the script of `python -i script.py`
            bound_names(installation).see(code, "")
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
    """Refresh; False if it was interrupted.  By then the frames of the refresh and their objects are gone.

    Debuggers trace what a refresh executes.  The hook itself is not traced, as it says nothing else.
    """
    try:
        sys.call_tracing(before_statement, (installation, namespace, code))
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
    """True for the code of a statement that was typed at a prompt, except that of a debugger."""
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
    """The namespace that a statement runs in, if the frame of the prompt tells; else that of `__main__`."""
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
    """Have KeyboardInterrupt raised where the statement begins: raised here, its traceback would show our frames."""
    import signal

    if not callable(signal.getsignal(signal.SIGINT)):  # no handler would raise it
        raise KeyboardInterrupt
    _Interrupt(signal.SIGINT).sent  # noqa: B018


def _stop_waiting(caller: "FrameType | None") -> None:
    """Let asyncio's prompt, which waits in another thread for the result of the statement, get an interrupt."""
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
