"""A repeated import gives what a fresh interpreter would give.

    >>> import livereload
    >>> livereload.install()
    >>> from shop.cart import Cart, total
    >>> cart = Cart()
    >>> total()
    6
    >>> edit("shop/money.py", "RATE = 2", "RATE = 3")
    >>> from shop.cart import total
    >>> total(), cart.total(), isinstance(cart, Cart)
    (9, 9, True)

In the examples, `shop` is a package of yours.  `shop/money.py` has `RATE = 2` and a function `euro(cents)`, which
multiplies by it.  `shop/cart.py` imports both and has `DOUBLE = RATE * 2`, `total()` and a class `Cart`.
`edit(file, old, new)` stands for your editor: it replaces a text and saves the file.

While livereload is installed, each import statement looks at the sources of the module that it names and of all modules
that this one imports, and brings them up to date:

- A function with another body gets the new code.  Nothing is executed.
- A statement that only binds a name is executed alone.
- If a module has changed in more than that, it is executed again, from an empty namespace.
- A module that used something that is different now, while it was executed, is executed again.

If that raises, so does the statement, and everything in the session stays as it was.

Switch it on and off: `install()`, `uninstall()`, in a shell `python -m livereload --help`.
Refresh without an import statement: `refresh()`.
Ask: `status()`, `explain()`, `last()`.
Be told: `on_refresh()`, `when_changed()`.

What a module can say:

- `__livereload__ = False`: the module is not tracked.
- `__livereload_dispose__()`: a function that is called before the module is executed again.
- `try: cache` / `except NameError: cache = {}`: when it is executed again, the module keeps the value of `cache`.

Read on: `help("livereload.troubleshooting")` if an edit is not followed, `help("livereload.faq")`,
`help("livereload.limits")`, and `help("livereload.middleware")` for servers.
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

__version__ = "0.2.0"

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
    """Switch livereload on: from now on, repeated imports follow the files.

    Tracked are source modules that are neither in the standard library nor below a `site-packages` or `dist-packages`
    folder, also those that were imported before.

    - `include`, `exclude`: names of modules, each with all modules below it.  `include` tracks installed packages as
      well, `exclude` leaves modules alone.  `exclude` wins.
    - `prompt`: bring all tracked modules up to date before each statement that is typed at a prompt, and let names that
      `from x import y` has bound there follow.  This needs an audit hook (PEP 578), which stays until the process ends.
    - `verbose`: print one line to standard error for each refresh.  `verbose="logging"`: log it at level INFO, by the
      logger `livereload`.  (So it is without `verbose`, if the program uses `logging`.)
    - `whole`: always execute a changed module as a whole, so that its state starts over.

    Where `verbose` or `whole` is not passed, the environment variables LIVERELOAD_VERBOSE and LIVERELOAD_WHOLE
    decide.  A second call changes only the arguments that it passes; `include` and `exclude` then hold for modules
    imported from then on.

    Raises TypeError or ValueError for other arguments, and `UnsupportedInterpreterError` if livereload does not work on
    this interpreter.  After an error everything is as it was before the call.

    >>> livereload.install(exclude=["shop.settings"])
    >>> import shop
    >>> livereload.explain("shop.settings")
    shop.settings is not tracked: it has not been imported, and it is excluded, as 'shop.settings' is in `exclude`
    >>> livereload.install(include="requests")
    Traceback (most recent call last):
        ...
    TypeError: include must be an iterable of module names, not a single str: write ['requests']
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
    """Switch livereload off: the import system is as it was; modules stay as they are.

    Raises nothing, also if livereload is not installed.

    >>> livereload.uninstall()
    >>> livereload.status()
    livereload is not installed: call livereload.install()
    """
    from .imports import hooks

    hooks.uninstall()


def refresh(*modules: "str | ModuleType") -> Report:
    """Bring modules up to date without an import statement; without arguments, all tracked modules.

    Takes names of modules, and modules, as `importlib.reload` does.  Returns a `Report`, which is false if nothing was
    executed or updated.

    Raises what executing a module raises; then nothing has changed.  Raises `NotInstalledError` before `install()`,
    `NotTrackedError` for a module that is not imported or not tracked, and TypeError or ValueError for an argument
    that is no name of a module.

    >>> from shop import cart
    >>> edit("shop/money.py", "RATE = 2", "RATE = 3")
    >>> livereload.refresh("shop.cart")
    livereload:
      updated shop.money: RATE
      executed shop.cart (uses RATE)
    >>> livereload.refresh()
    livereload: nothing was stale
    >>> livereload.refresh("shop.nowhere")
    Traceback (most recent call last):
        ...
    livereload.NotTrackedError: cannot refresh 'shop.nowhere', which is not tracked: it has not been imported
    """
    names = tuple(name_of("names", each) for each in modules)
    installation = _installation()
    for name, module in zip(names, modules, strict=True):
        if not issubclass(type(module), str) and sys.modules.get(name) is not module:  # isinstance() loads lazy modules
            raise NotTrackedError(f"cannot refresh this module: it is not what sys.modules has for {name!r}", name)
    return installation.refresh(names)


def status(*modules: "str | ModuleType") -> Status:
    """Return a `Status`: which modules are tracked, and which of them are stale and why.

    Given names of modules, or modules: only these and the modules below them.  Looks at the files; executes nothing.  A
    module that is not tracked is not in the answer; `explain()` says why.

    Raises TypeError or ValueError for an argument that is no name of a module.

    >>> from shop import cart
    >>> edit("shop/money.py", "RATE = 2", "RATE = 3")
    >>> status = livereload.status("shop")
    >>> status.summary
    '3 tracked, 2 stale'
    >>> status.stale
    (shop.cart: stale: imports shop.money, shop.money: stale: shop/money.py changed)
    """
    from .imports import hooks

    names = tuple(name_of("names", each) for each in modules)
    if hooks.installed is None:
        return Status(False, {}, names)
    from .session.status import status

    return status(hooks.installed, names)


def explain(module: "str | ModuleType") -> Explanation:
    """Return an `Explanation` of one module: is it tracked and why, is it stale and why, who imports it.

    Takes a name or a module, tracked or not, imported or not, also before `install()`.  Executes nothing.

    Raises TypeError or ValueError for an argument that is no name of a module.

    >>> from shop import cart
    >>> livereload.explain("shop.cart")
    shop.cart is tracked: a source file of yours
      file         shop/cart.py
      state        fresh
      imports      shop.money
    >>> livereload.explain("json").why
    'it belongs to the standard library, and is not in `include`'
    """
    from .imports import hooks
    from .session.status import explain

    return explain(hooks.installed, name_of("module", module))


def last() -> Report:
    """Return the `Report` of the last refresh: what was done, why, how long it took, what could not follow.

    It is empty, and false, before the first refresh and while livereload is not installed.  The `error` of a refresh
    that was rolled back stays there until the next refresh; `status()` knows whether the source has been mended.
    Raises nothing.

    >>> from shop import cart
    >>> edit("shop/money.py", "return cents * RATE", "return cents * RATE + 1")
    >>> from shop import cart
    >>> livereload.last()
    livereload:
      updated shop.money: euro
      kept shop.cart (nothing it uses at import time has changed)
    """
    from .imports import hooks

    return Report() if hooks.installed is None else hooks.installed.state.last


def on_refresh(callback: "Callable[[Report], object]") -> "Callable[[Report], object]":
    """Have `callback(report)` called after each refresh, until `uninstall()`; return the callback, as a decorator does.

    An exception that the callback raises is shown, and harms nothing.

    Raises TypeError for an argument that cannot be called, and `NotInstalledError` before `install()`.

    >>> from shop import cart
    >>> @livereload.on_refresh
    ... def tell(report):
    ...     print("executed:", report.names)
    >>> edit("shop/money.py", "RATE = 2", "RATE = 3")
    >>> from shop import cart
    executed: ('shop.cart',)
    """
    _check_callable("callback", callback)
    listeners = _installation().state.listeners
    if all(callback is not each for each in listeners):
        listeners.append(callback)
    return callback


def when_changed(function: "Callable[[], object]") -> "Callable[[], object]":
    """Have `function()` called after each refresh that has changed something that it uses; return the function.

    It uses the modules that its global names lead to (modules, functions, classes, instances) and its own module, the
    modules that it imports when it runs, and all that these import.  It is called until `uninstall()`.  An exception
    that it raises is shown, and harms nothing.

    Raises TypeError for an argument that cannot be called, and `NotInstalledError` before `install()`.

    >>> from shop import cart
    >>> @livereload.when_changed
    ... def draw():
    ...     print("total:", cart.total())
    >>> edit("shop/money.py", "RATE = 2", "RATE = 3")
    >>> from shop import cart
    total: 9
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


# A start of Python that is to be switched on waits until somebody needs it.
if "_livereload_imports" in sys.modules:
    sys.modules["_livereload_imports"].wait_no_more()
