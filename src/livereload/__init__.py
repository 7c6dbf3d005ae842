"""Repeated imports give what a fresh interpreter would give.

    >>> import livereload; livereload.install()
    >>> from shop import Cart, total
    >>> cart = Cart()
    ...                         # shop.py is edited and saved
    >>> from shop import total  # the new one; shop, and what imported it, was executed again
    >>> cart.discount(10)       # what is held follows: the same object, the new methods

`install()` switches livereload on and `uninstall()` off, at any moment.  While it is on, each import statement looks
at the sources of the module that it names and of all modules that this one imports.  A module that has changed is
executed again, with the modules that imported it and use what has changed, and no other module.  If that raises, so
does the statement, and everything in the session stays as it was.

`refresh()` does the same without an import statement.  `status()` tells which modules are tracked and which of them
are stale, `explain()` all that is known of one module.  `last()`, `on_refresh()` and `when_changed()` tell what a
refresh did.

A module with `__livereload__ = False` is not tracked.  `__livereload_dispose__()` of a module is called before it is
executed again.  A module keeps an earlier value if it asks for it as the documentation of `importlib.reload` says:
`try: cache` / `except NameError: cache = {}`.
"""

# livereload-imports: this word tells _livereload_imports.py that the package `livereload` is ours.

import os
import sys

from ._errors import (
    LiveReloadError,
    LiveReloadWarning,
    NotInstalledError,
    NotTrackedError,
    UnsupportedInterpreterError,
)
from ._report import Executed, Kept, Report, Updated
from ._status import Explanation, ModuleStatus, Status
from .modules.tracking import Policy, name_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import ModuleType
    from typing import Any, Literal

    from .imports.hooks import Installation

__version__ = "0.1.0"

__all__ = [
    "Executed",
    "Explanation",
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
    "explain",
    "install",
    "last",
    "on_refresh",
    "refresh",
    "status",
    "uninstall",
    "when_changed",
]

# The classes are shown as members of this module, where users import them from.
for _cls in [value for value in globals().values() if isinstance(value, type) and value.__name__ in __all__]:
    for _each in (_cls, *(value for value in vars(_cls).values() if callable(value) and hasattr(value, "__code__"))):
        _each.__module__ = __name__


class _AsItIs:
    """The default of an argument that changes something only if it is passed."""

    def __repr__(self) -> str:
        return "<as it is>"


_AS_IT_IS: "Any" = _AsItIs()


def install(
    *,
    include: "Iterable[str]" = _AS_IT_IS,
    exclude: "Iterable[str]" = _AS_IT_IS,
    prompt: bool = _AS_IT_IS,
    verbose: "bool | Literal['logging']" = _AS_IT_IS,
    whole: bool = _AS_IT_IS,
) -> None:
    """Make repeated imports execute what is stale.

    Tracked are source modules that are neither in the standard library nor below a `site-packages` or `dist-packages`
    folder, also those imported before.  `include` and `exclude` are names of modules, each with all its submodules;
    `exclude` wins.

    With `prompt`, all tracked modules are brought up to date before each statement typed at the interpreter's prompt,
    and names that `from x import y` bound there follow.  This needs an audit hook (PEP 578), which stays for the life
    of the process.

    With `verbose`, each refresh prints one line to standard error; with `verbose="logging"` it is logged at level INFO
    by the logger `livereload`.  (It is also logged without `verbose`, if the program uses `logging`.)  With `whole`, a
    module whose source has changed is always executed as a whole.  Without these arguments the environment variables
    LIVERELOAD_VERBOSE and LIVERELOAD_WHOLE decide: 1, or `logging`.

    A second call changes the arguments that are passed and leaves the others as they are; `include` and `exclude`
    then hold for modules imported from then on.  TypeError or ValueError for other arguments;
    `UnsupportedInterpreterError` if livereload does not work on this interpreter.  After an error everything is as it
    was before the call.
    """
    from .imports import hooks
    from .modules.state import State

    is_new = hooks.installed is None
    policy = Policy() if hooks.installed is None else hooks.installed.state.policy
    if include is not _AS_IT_IS or exclude is not _AS_IT_IS:
        policy = Policy(
            policy.include if include is _AS_IT_IS else include, policy.exclude if exclude is _AS_IT_IS else exclude
        )
    if is_new:
        prompt = False if prompt is _AS_IT_IS else prompt
        verbose = _in_environment("LIVERELOAD_VERBOSE") if verbose is _AS_IT_IS else verbose
        whole = bool(_in_environment("LIVERELOAD_WHOLE")) if whole is _AS_IT_IS else whole
    if isinstance(verbose, str) and verbose != "logging":
        raise ValueError(f"verbose must be True, False or 'logging', not {verbose!r}")

    state = (hooks.installed or hooks.install(State(policy))).state
    state.policy = policy
    state.verbose = state.verbose if verbose is _AS_IT_IS else verbose if verbose == "logging" else bool(verbose)
    state.whole = state.whole if whole is _AS_IT_IS else bool(whole)
    state.prompt = state.prompt if prompt is _AS_IT_IS else bool(prompt)
    if state.prompt:
        from .session import prompt as _prompt

        _prompt.follow_prompt(lambda: hooks.installed)


def uninstall() -> None:
    """Leave `sys.meta_path`, `importlib` and every module's spec as they were; modules stay as they are."""
    from .imports import hooks

    hooks.uninstall()


def refresh(*modules: "str | ModuleType") -> Report:
    """Bring modules up to date without an import statement; without arguments, all tracked modules.

    Takes names of modules, and modules as `importlib.reload` does.  Returns a `Report` (false if nothing was stale).
    Raises the exception that a module raises, and then nothing has changed.  `NotInstalledError` before `install()`;
    `NotTrackedError`, which says why, for a module that is not imported or not tracked; TypeError or ValueError for
    an argument that is no module name.
    """
    names = tuple(name_of("names", each) for each in modules)
    installation = _installation()
    for name, module in zip(names, modules, strict=True):
        if not issubclass(type(module), str) and sys.modules.get(name) is not module:  # isinstance() loads lazy modules
            raise NotTrackedError(f"cannot refresh this module: it is not what sys.modules has for {name!r}", name)
    return installation.refresh(names)


def status(*modules: "str | ModuleType") -> Status:
    """The tracked modules, which of them are stale, and why.  Looks at the files; executes nothing.

    With names of modules, or modules, as arguments: these and their submodules.  A module that is not tracked is not
    in the answer; `explain()` says why.  TypeError or ValueError for an argument that is no module name.
    """
    from .imports import hooks

    names = tuple(name_of("names", each) for each in modules)
    if hooks.installed is None:
        return Status(False, {}, names)
    from .session.status import status

    return status(hooks.installed, names)


def explain(module: "str | ModuleType") -> Explanation:
    """All that is known of one module: whether it is tracked and why, why it is stale, which modules import it.

    Takes a name or a module, tracked or not, imported or not; before `install()`, too.  Executes nothing.
    TypeError or ValueError for an argument that is no module name.
    """
    from .imports import hooks
    from .session.status import explain

    return explain(hooks.installed, name_of("module", module))


def last() -> Report:
    """The report of the last refresh: what was done, why, how long it took, which objects could not follow.

    An empty report (false) before the first refresh, or while livereload is not installed.  The `error` of a refresh
    that was rolled back stays in it until the next refresh; `status()` tells whether it has been mended.
    """
    from .imports import hooks

    return Report() if hooks.installed is None else hooks.installed.state.last


def on_refresh(callback: "Callable[[Report], object]") -> "Callable[[Report], object]":
    """Have `callback(report)` called after each refresh, until `uninstall()`; returns `callback` (a decorator).

    An exception that it raises is shown and has no other effect.  TypeError if it cannot be called;
    `NotInstalledError` before `install()`.
    """
    _check_callable("callback", callback)
    listeners = _installation().state.listeners
    if all(callback is not each for each in listeners):
        listeners.append(callback)
    return callback


def when_changed(function: "Callable[[], object]") -> "Callable[[], object]":
    """Have `function()` called after each refresh that has changed a module which it uses; returns `function`.

    A function uses its own module, the modules that its global names lead to (modules, functions, classes,
    instances), the modules that it imports when it runs, and all modules that these import.  So `when_changed(draw)`
    at a prompt draws again after a refresh of the plot's modules.  Until `uninstall()`.  An exception that it raises
    is shown and has no other effect.  TypeError if it cannot be called; `NotInstalledError` before `install()`.
    """
    _check_callable("function", function)
    from .session.when_changed import call_when_changed

    call_when_changed(_installation(), function)
    return function


def load_ipython_extension(ipython: "Any") -> None:
    """`%load_ext livereload`: before each cell, refresh, and show the report in the cell's output."""
    from .session import ipython as _ipython

    _ipython.load(ipython)


def unload_ipython_extension(ipython: "Any") -> None:
    """`%unload_ext livereload`: undo `%load_ext livereload`."""
    from .session import ipython as _ipython

    _ipython.unload(ipython)


def __dir__() -> list[str]:
    return [*__all__, "__doc__", "__file__", "__name__", "__path__", "__version__"]


def _installation() -> "Installation":
    from .imports import hooks

    if hooks.installed is None:
        raise NotInstalledError("livereload is not installed: call livereload.install() first")
    return hooks.installed


def _check_callable(argument: str, value: object) -> None:
    if not callable(value):
        raise TypeError(f"{argument} must be callable, not {type(value).__name__}")


def _in_environment(variable: str) -> "bool | Literal['logging']":
    value = os.environ.get(variable, "").lower()
    return "logging" if value == "logging" else value not in ("", "0", "false", "no", "off")
