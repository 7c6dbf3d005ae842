"""Repeated imports give what a fresh interpreter would give.

    >>> import livereload; livereload.install()
    >>> from shop import Cart, total
    >>> cart = Cart()
    ...                         # shop.py is edited and saved
    >>> from shop import total  # the new one; shop, and what imported it, was executed again
    >>> cart.discount(10)       # what is held follows: the same object, the new methods

`install()` switches it on and `uninstall()` off, at any moment.  From then on each import statement
looks at the source of the module that it names and of all that this imports; what has changed is
executed again, with whatever imported it, and nothing else.  If that raises, so does the statement,
and everything in the session stays as it was.

`refresh()` does the same without an import statement; `status()` tells what is tracked and what of
it is stale; `last()` and `on_refresh()` tell what a refresh did.

A module says `__livereload__ = False` to be left alone, defines `__livereload_dispose__()` to be told
before it is executed again, and keeps a value from before by asking for it as the documentation of
`importlib.reload` says: `try: cache` / `except NameError: cache = {}`.
"""

# livereload-imports: by this word _livereload_imports.py knows this package from another of its name.

import os

from ._errors import (
    LiveReloadError,
    LiveReloadWarning,
    NotInstalledError,
    NotTrackedError,
    UnsupportedInterpreterError,
)
from ._report import Executed, Kept, ModuleStatus, Report, Status, Updated
from .modules.tracking import Policy, check_module_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

__all__ = [
    "Executed",
    "Kept",
    "LiveReloadError",
    "LiveReloadWarning",
    "ModuleStatus",
    "NotInstalledError",
    "NotTrackedError",
    "Report",
    "Status",
    "UnsupportedInterpreterError",
    "Updated",
    "install",
    "last",
    "on_refresh",
    "refresh",
    "status",
    "uninstall",
]


def install(
    *,
    include: "Iterable[str]" = (),
    exclude: "Iterable[str]" = (),
    prompt: bool = False,
    verbose: bool = False,
) -> None:
    """Make repeated imports execute what is stale.

    Tracked are source modules that lie neither in the standard library nor below a `site-packages`
    or `dist-packages` folder, those imported before included.  `include` and `exclude` are names of
    modules, each standing for the module and everything below it; `exclude` wins.

    With `prompt`, everything that is tracked is brought up to date before each statement typed at
    the interpreter's prompt, and names that `from x import y` bound there follow.  This needs an
    audit hook (PEP 578), which stays for the life of the process.  With `verbose`, or with the
    environment variable LIVERELOAD_VERBOSE set to anything but 0, each refresh prints one line to
    standard error.

    Installing twice is installing once: the second call's arguments replace the first's, `include`
    and `exclude` for modules imported from then on.  TypeError or ValueError for other arguments;
    `UnsupportedInterpreterError` if this interpreter cannot be served.  After an error nothing is
    installed that was not before.
    """
    from .imports import hooks as _proxy
    from .modules.state import State

    policy = Policy(include, exclude)
    installation = _proxy.installed or _proxy.install(State(policy))
    state = installation.engine.state
    state.policy = policy
    state.verbose = bool(verbose) or os.environ.get("LIVERELOAD_VERBOSE", "0") not in ("", "0")
    state.prompt = bool(prompt)
    if prompt:
        from .session import prompt as _prompt

        _prompt.follow_prompt(lambda: _proxy.installed)


def uninstall() -> None:
    """Leave `sys.meta_path`, `importlib` and every module's spec as they were; modules stay as they are."""
    from .imports import hooks as _proxy

    _proxy.uninstall()


def refresh(*names: str) -> Report:
    """Bring modules up to date without an import statement; no names: everything that is tracked.

    Returns a `Report` of what was executed (false if nothing was stale).  Raises what executing
    raises, and then nothing has changed.  `NotInstalledError` before `install()`;
    `NotTrackedError` for a module that is not imported or not tracked; TypeError or ValueError for
    what is no module name.
    """
    from .imports import hooks as _proxy

    for name in names:
        check_module_name("names", name)
    if _proxy.installed is None:
        raise NotInstalledError("livereload is not installed: call livereload.install() first")
    return _proxy.installed.refresh(names)


def status() -> Status:
    """What livereload tracks, and what of it is stale and why.  Looks at the files; executes nothing."""
    from .imports import hooks as _proxy

    if _proxy.installed is None:
        return Status(False, {})
    return Status(True, _proxy.installed.engine.status())


def last() -> Report:
    """The report of the last refresh: what was executed, why, how long it took, what could not follow.

    An empty one (false) before the first, or while livereload is not installed.
    """
    from .imports import hooks as _proxy

    return Report() if _proxy.installed is None else _proxy.installed.engine.state.last


def on_refresh(callback: "Callable[[Report], object]") -> "Callable[[Report], object]":
    """Have `callback(report)` called after each refresh, until `uninstall()`; returns it (a decorator).

    An exception that it raises is shown and harms nothing.  TypeError for what cannot be called;
    `NotInstalledError` before `install()`.
    """
    from .imports import hooks as _proxy

    if not callable(callback):
        raise TypeError(f"callback must be callable, not {type(callback).__name__}")
    if _proxy.installed is None:
        raise NotInstalledError("livereload is not installed: call livereload.install() first")
    listeners = _proxy.installed.engine.state.listeners
    if all(callback is not each for each in listeners):
        listeners.append(callback)
    return callback


def load_ipython_extension(ipython: "Any") -> None:
    """`%load_ext livereload`: before each cell, refresh what is stale and show it in the cell's output."""
    from .session import ipython as _ipython

    _ipython.load(ipython)


def unload_ipython_extension(ipython: "Any") -> None:
    """`%unload_ext livereload`: undo `%load_ext livereload`."""
    from .session import ipython as _ipython

    _ipython.unload(ipython)
