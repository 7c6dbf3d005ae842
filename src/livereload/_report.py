"""Reports: what a refresh did and why, as values that print themselves.

Knows names, reasons and times.  Must not know how a refresh is done.
"""

import sys

from .interpreter.stdlib_imports import is_loaded, standard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

_WORTH_SAYING_S = 0.001
# How many characters of one line a list of names may take; how many modules of a kind a report shows.
_ROOM = 40
_ROWS = 20


class Executed:
    """A module that was executed: its `name`, the `reason`, and how many `seconds` it took.

    >>> Executed("shop.money", "shop/money.py changed", 0.25)
    executed shop.money (shop/money.py changed) in 250 ms
    """

    __slots__ = ("name", "reason", "seconds")

    def __init__(self, name: str, reason: str, seconds: float) -> None:
        self.name = name
        self.reason = reason
        self.seconds = seconds

    def __repr__(self) -> str:
        took = f" in {self.seconds * 1e3:.0f} ms" if self.seconds >= _WORTH_SAYING_S else ""
        return f"executed {self.name} ({self.reason}){took}"


class Updated:
    """A module that was brought up to date without executing the whole of it.

    `name`, and `what` is new in it: a tuple of names, empty if only comments and layout have changed.

    >>> Updated("shop.cart", ("total", "Cart.add"))
    updated shop.cart: total, Cart.add
    >>> Updated("shop.cart", ())
    updated shop.cart: only its comments and layout have changed
    """

    __slots__ = ("name", "what")

    def __init__(self, name: str, what: tuple[str, ...]) -> None:
        self.name = name
        self.what = what

    def __repr__(self) -> str:
        return f"updated {self.name}: {', '.join(self.what) or 'only its comments and layout have changed'}"


class Kept:
    """A module left as it was, although it, or a module that it imports, has changed: its `name` and the `reason`.

    >>> Kept("shop.app", "nothing it uses at import time has changed")
    kept shop.app (nothing it uses at import time has changed)
    """

    __slots__ = ("name", "reason")

    def __init__(self, name: str, reason: str) -> None:
        self.name = name
        self.reason = reason

    def __repr__(self) -> str:
        return f"kept {self.name} ({self.reason})"


class Report:
    """What one refresh did.

    `executed` holds an `Executed` (`name`, `reason`, `seconds`) for each execution, in the order in which they ended;
    `names` holds just their names.  `updated` holds an `Updated` (`name`, `what`) for each module of which only some
    definitions were executed.  `kept` holds a `Kept` (`name`, `reason`) for each module that was left as it was
    although it, or a module that it imports, has changed.  `notes` says which objects could not follow.  `error` is
    the exception as a str if the refresh was rolled back, else None.  `seconds` is how long the refresh took.  A
    report is true if a module was executed or updated, comments and layout apart, and not rolled back.

    >>> report = Report((Executed("shop.money", "RATE changed", 0.0),), updated=(Updated("shop.cart", ("total",)),))
    >>> report
    livereload:
      updated shop.cart: total
      executed shop.money (RATE changed)
    >>> report.line
    'livereload: updated shop.cart (total); executed shop.money (RATE changed) in 0 ms'
    """

    __slots__ = ("error", "executed", "kept", "notes", "seconds", "updated")

    def __init__(
        self,
        executed: tuple[Executed, ...] = (),
        notes: tuple[str, ...] = (),
        error: str | None = None,
        seconds: float = 0.0,
        kept: tuple[Kept, ...] = (),
        updated: tuple[Updated, ...] = (),
    ) -> None:
        self.executed = executed
        self.notes = notes
        self.error = error
        self.seconds = seconds
        self.kept = kept
        self.updated = updated

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the modules that were executed."""
        return tuple(each.name for each in self.executed)

    @property
    def line(self) -> str:
        """The report in one line, however much was done; it names causes, not consequences."""
        took = f"in {self.seconds * 1e3:.0f} ms"
        if self.error is not None:
            return f"livereload: rolled back {took}, nothing has changed: {' '.join(self.error.split())}"
        parts = []
        if self.updated:
            what = [name for each in self.updated for name in each.what] or ["layout"]
            parts.append(f"updated {_few([each.name for each in self.updated])} ({_few(what)})")
        if self.executed:
            parts.append(f"executed {_few(self.names)}{_because(self.executed)}")
        if self.kept and not parts:
            parts.append(f"kept {_few([each.name for each in self.kept])}{_because(self.kept)}")
        return f"livereload: {'; '.join(parts)} {took}" if parts else "livereload: nothing was stale"

    def _repr_html_(self) -> str:
        """The report as a table, for notebooks."""
        from .session.tables import html_of_report

        return html_of_report(self)

    def __bool__(self) -> bool:
        return self.error is None and (bool(self.executed) or any(each.what for each in self.updated))

    def __repr__(self) -> str:
        if self.error is not None or not (self.executed or self.updated or self.kept):
            return self.line
        lines = ["livereload:"]
        for done in (self.updated, self.executed, self.kept):
            lines += [f"  {each!r}" for each in done[:_ROWS]]
            if len(done) > _ROWS:
                lines.append(f"  … and {len(done) - _ROWS} others")
        return "\n".join(lines + [f"  could not follow: {note}" for note in self.notes])


def _because(done: "Iterable[Executed | Kept]") -> str:
    """The reasons that are not consequences of other modules' changes, in brackets."""
    reasons = dict.fromkeys(each.reason for each in done if not each.reason.startswith(("imports ", "uses ")))
    return f" ({_few([*reasons])})" if reasons else ""


def _few(names: "Sequence[str]") -> str:
    """All the names if the text is short, else the first, and how many others there are."""
    text = ", ".join(names)
    if len(names) < 2 or len(text) <= _ROOM:
        return text
    others = len(names) - 1
    return f"{names[0]} and {others} other{'s' if others > 1 else ''}"


def tell(report: Report, listeners: "Iterable[Callable[[Report], object]]", verbose: bool | str) -> None:
    """Print, log and pass on a report, as was asked for; an exception of a listener is shown and goes no further."""
    if verbose is True and sys.stderr is not None:
        print(report.line, file=sys.stderr)
    loggers = [_log] if verbose == "logging" or (not verbose and is_loaded("logging")) else []
    for listener in (*loggers, *listeners):
        try:
            listener(report)
        except Exception:
            kind, error, traceback = sys.exc_info()
            sys.excepthook(kind, error, traceback)  # type: ignore[arg-type]


def _log(report: Report) -> None:
    """Log the report's line at level INFO, by the logger `livereload`."""
    logger = standard("logging").getLogger("livereload")
    if logger.isEnabledFor(20):
        logger.info(report.line.removeprefix("livereload: "))
