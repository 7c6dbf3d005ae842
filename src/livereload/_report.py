"""What happened and why, as data and as text.

Knows nothing of how it came about.
"""

import sys

from .interpreter.stdlib_imports import is_loaded, standard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Any

_PATIENCE_S = 1.0
_WORTH_SAYING_S = 0.001
# How many characters of one line a list of names may take; how many modules of a kind a report shows.
_ROOM = 40
_ROWS = 20
# To a terminal: remember where the cursor is, clip what does not fit into the line; … and go on; go back, and
# erase from there to the end of the screen.
_BEFORE, _AFTER = "\x1b7\x1b[?7l", "\x1b[?7h"
_ERASE = "\x1b8\x1b[J"


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

    `name`, and `what` of it is new: a tuple of names, empty if only comments and layout have changed.

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
    """A module left as it was, although it, or what it imports, has changed: its `name` and the `reason`.

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

    `executed` holds an `Executed` (`name`, `reason`, `seconds`) for each execution, in the order in
    which they ended, `names` just their names; `updated` an `Updated` (`name`, `what`) for each module of
    which only some definitions were executed; `kept` a `Kept` (`name`, `reason`) for each that was left as
    it was although it, or what it imports, has changed.  `notes` says what could not follow; `error`, a str,
    what was raised if all of it was rolled back, else None; `seconds` is how long it took.  A report is true
    if something was executed or updated, comments and layout apart, and not rolled back.

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
    """The reasons that are no consequences of others, in brackets."""
    reasons = dict.fromkeys(each.reason for each in done if not each.reason.startswith(("imports ", "uses ")))
    return f" ({_few([*reasons])})" if reasons else ""


def _few(names: "Sequence[str]") -> str:
    """All the names if that is short, else the first, and how many others there are."""
    text = ", ".join(names)
    if len(names) < 2 or len(text) <= _ROOM:
        return text
    others = len(names) - 1
    return f"{names[0]} and {others} other{'s' if others > 1 else ''}"


class Progress:
    """One line at a terminal for a refresh that takes longer than a second; it is taken away at the end.

    And before anything else is written there, so that what modules print stays, wherever the cursor was: for
    as long as the line is there, the `write` of both standard streams takes it away first.
    """

    __slots__ = ("_begun", "_lent", "_now", "_terminal", "_total")

    def __init__(self, total: int, now: "Callable[[], float]") -> None:
        """`now` gives the time in seconds."""
        self._total = total
        self._now = now
        self._begun = now()
        # while the line is there, where it is, and the streams with the `write` that we have lent them
        self._terminal: Any = None
        self._lent: list[tuple[Any, Any]] = []

    def show(self, name: str, count: int) -> None:
        """Show that `name`, the `count`th, is being executed."""
        if self._now() - self._begun < _PATIENCE_S or not _is_terminal(sys.stderr):
            return
        self.end()
        streams = [stream for stream in (sys.stdout, sys.stderr) if _is_terminal(stream)]
        for stream in streams:
            _write(stream, "")  # what has been written before comes before the line
        self._terminal = sys.stderr
        _write(self._terminal, f"{_BEFORE}livereload: executing {name} ({count} of {max(count, self._total)}){_AFTER}")
        for stream in streams:
            namespace = getattr(stream, "__dict__", None)
            if type(namespace) is dict and "write" not in namespace:
                namespace["write"] = ours = self._taking_away(stream.write)
                self._lent.append((stream, ours))

    def end(self) -> None:
        """Take the line away."""
        terminal, self._terminal = self._terminal, None
        while self._lent:
            stream, ours = self._lent.pop()
            if stream.__dict__.get("write") is ours:  # else a module has put its own there
                del stream.__dict__["write"]
        if terminal is not None:
            _write(terminal, _ERASE)

    def _taking_away(self, write: "Callable[[str], int]") -> "Callable[[str], int]":
        def write_after_the_line(text: str) -> int:
            self.end()
            return write(text)

        return write_after_the_line

    @property
    def seconds(self) -> float:
        """How long it has taken so far."""
        return self._now() - self._begun


def tell(report: Report, listeners: "Iterable[Callable[[Report], object]]", verbose: bool | str) -> None:
    """Hand a report to those who asked for it, one way or another; what they raise is shown and goes no further."""
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
    """Log the report's line as any library does: at level INFO, under its name."""
    logger = standard("logging").getLogger("livereload")
    if logger.isEnabledFor(20):
        logger.info(report.line.removeprefix("livereload: "))


def _write(stream: "Any", text: str) -> None:
    try:
        stream.write(text)
        stream.flush()
    except (OSError, ValueError):  # the terminal has gone: no reason to fail
        pass


def _is_terminal(stream: "Any") -> bool:
    try:
        return bool(stream.isatty())
    except (AttributeError, ValueError):  # no such stream, or a closed one
        return False
