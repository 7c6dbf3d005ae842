"""The values that `status()` and `explain()` return.

Knows names, paths and reasons.  Must not know how they are found out (`session.status`), nor how they are shown
(`session.tables`).
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


class ModuleStatus:
    """One tracked module.

    `name`; `path` (None for a namespace package); `stale`, a reason, or None if it is fresh; `executions`, how often
    it has been executed since `install()`; `error`, the exception of its last execution if that was rolled back and
    the source has not been mended since, else None; `reason`, why the last refresh that reached it executed it, or
    did not have to (None if no refresh has reached it).

    >>> ModuleStatus("shop.money", "/home/me/shop/money.py", "shop/money.py changed", 2)
    shop.money: stale: shop/money.py changed
    """

    __slots__ = ("error", "executions", "name", "path", "reason", "stale")

    def __init__(
        self,
        name: str,
        path: str | None,
        stale: str | None,
        executions: int,
        error: str | None = None,
        reason: str | None = None,
    ) -> None:
        self.name = name
        self.path = path
        self.stale = stale
        self.executions = executions
        self.error = error
        self.reason = reason

    def __repr__(self) -> str:
        state = f"stale: {self.stale}" if self.stale else "fresh"
        return f"{self.name}: {state}" + (f"; {self.error}" if self.error else "")


class Status:
    """The tracked modules.

    `installed`, a bool; `modules`, a dict of `ModuleStatus` by name, modules with errors first, then stale ones, then
    the others; `asked`, the names that `status()` was asked about, empty for all modules.  Iterating gives the
    `ModuleStatus` values; `stale` and `errors` are those that are stale, or raised.

    >>> money = ModuleStatus("shop.money", "/home/me/shop/money.py", "shop/money.py changed", 2)
    >>> Status(True, {"shop.money": money}).summary
    '1 tracked, 1 stale'
    """

    __slots__ = ("asked", "installed", "modules")

    def __init__(self, installed: bool, modules: dict[str, ModuleStatus], asked: tuple[str, ...] = ()) -> None:
        self.installed = installed
        self.modules = dict(sorted(modules.items(), key=_urgency))
        self.asked = asked

    def __iter__(self) -> "Iterator[ModuleStatus]":
        return iter(self.modules.values())

    @property
    def stale(self) -> tuple[ModuleStatus, ...]:
        """The modules that are stale."""
        return tuple(each for each in self if each.stale)

    @property
    def errors(self) -> tuple[ModuleStatus, ...]:
        """The modules whose last execution raised, and that have not been mended since."""
        return tuple(each for each in self if each.error)

    @property
    def summary(self) -> str:
        """How many modules are tracked, and how many of them are stale or raise, in one line."""
        if not self.installed:
            return "livereload is not installed: call livereload.install()"
        if not self.modules:
            if not self.asked:
                return "livereload is installed and tracks no module yet"
            explain = f"livereload.explain({self.asked[0]!r})"
            return f"nothing tracked is called {' or '.join(self.asked)}, or lies below: {explain} says why"
        stale, errors = len(self.stale), len(self.errors)
        parts = [f"{len(self.modules)} tracked", f"{stale} stale" if stale else "all fresh"]
        parts += [f"{errors} error{'s' if errors > 1 else ''}"] if errors else []
        return ", ".join(parts)

    def __repr__(self) -> str:
        from .session.tables import text_of_status

        return text_of_status(self)

    def _repr_html_(self) -> str:
        """The status as a table, for notebooks."""
        from .session.tables import html_of_status

        return html_of_status(self)


class Explanation:
    """What livereload knows of one module.

    - `name`;
    - `tracked`, a bool, and `why`;
    - `path`: the source file, or None;
    - `stale`: a reason, or None if the module is fresh;
    - `error`: the exception of its last execution if it has not been mended since, or None;
    - `imports`: the tracked modules that it imported while it was executed, a tuple of names;
    - `imported_by`: the tracked modules that imported it;
    - `last`: what the last edit did to it, or None.

    >>> from shop import cart
    >>> explanation = livereload.explain("shop.money")
    >>> explanation.tracked, explanation.stale, explanation.imported_by
    (True, None, ('shop.cart',))
    """

    __slots__ = ("error", "imported_by", "imports", "last", "name", "path", "stale", "tracked", "why")

    def __init__(self, name: str, tracked: bool, why: str, path: str | None = None) -> None:
        self.name = name
        self.tracked = tracked
        self.why = why
        self.path = path
        self.stale: str | None = None
        self.error: str | None = None
        self.imports: tuple[str, ...] = ()
        self.imported_by: tuple[str, ...] = ()
        self.last: str | None = None

    def __repr__(self) -> str:
        from .session.tables import text_of_explanation

        return text_of_explanation(self)


def _urgency(item: tuple[str, ModuleStatus]) -> tuple[bool, bool, str]:
    name, status = item
    return (status.error is None, status.stale is None, name)
