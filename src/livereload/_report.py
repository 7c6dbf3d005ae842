"""What happened and why, as data and as text.

Knows nothing of how it came about.
"""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

_PATIENCE_S = 1.0
_WORTH_SAYING_S = 0.001
# How many characters of one line a list of names may take; how many modules of a kind a report shows.
_ROOM = 40
_ROWS = 20
_ERASE = "\r\x1b[K"


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
    if something was executed or updated, and not rolled back.

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
        if parts:
            return f"livereload: {'; '.join(parts)} {took}"
        return f"livereload: nothing had to be executed {took}" if self.kept else "livereload: nothing was stale"

    def __bool__(self) -> bool:
        return bool(self.executed or self.updated) and self.error is None

    def __repr__(self) -> str:
        if self.error is not None or not (self.executed or self.updated or self.kept):
            return self.line
        lines = ["livereload:"]
        for done in (self.updated, self.executed, self.kept):
            lines += [f"  {each!r}" for each in done[:_ROWS]]
            if len(done) > _ROWS:
                lines.append(f"  … and {len(done) - _ROWS} others")
        return "\n".join(lines + [f"  could not follow: {note}" for note in self.notes])


def _because(executed: "Iterable[Executed]") -> str:
    """The reasons that are no consequences of others, in brackets."""
    reasons = dict.fromkeys(each.reason for each in executed if not each.reason.startswith(("imports ", "uses ")))
    return f" ({_few([*reasons])})" if reasons else ""


def _few(names: "Sequence[str]") -> str:
    """All the names if that is short, else the first, and how many others there are."""
    text = ", ".join(names)
    if len(names) < 2 or len(text) <= _ROOM:
        return text
    others = len(names) - 1
    return f"{names[0]} and {others} other{'s' if others > 1 else ''}"


class ModuleStatus:
    """One tracked module.

    `name`; `path` (None for a namespace package); `stale`, a reason, or None if it is fresh;
    `generations`, how often it has been executed since `install()`; `error`, what its last execution
    raised if it was rolled back, else None; `reason`, why the last refresh that reached it executed it,
    or did not have to (None if no refresh has).
    """

    __slots__ = ("error", "generations", "name", "path", "reason", "stale")

    def __init__(
        self,
        name: str,
        path: str | None,
        stale: str | None,
        generations: int,
        error: str | None = None,
        reason: str | None = None,
    ) -> None:
        self.name = name
        self.path = path
        self.stale = stale
        self.generations = generations
        self.error = error
        self.reason = reason

    def __repr__(self) -> str:
        state = f"stale: {self.stale}" if self.stale else "fresh"
        return f"{self.name}: {state}" + (f"; {self.error}" if self.error else "")


class Status:
    """What livereload answers for: `installed`, and `modules`, a dict of `ModuleStatus` by name."""

    __slots__ = ("installed", "modules")

    def __init__(self, installed: bool, modules: dict[str, ModuleStatus]) -> None:
        self.installed = installed
        self.modules = modules

    def __repr__(self) -> str:
        if not self.installed:
            return "livereload is not installed: call livereload.install()"
        if not self.modules:
            return "livereload is installed and tracks no module yet"
        rows = [("module", "state", "generations", "file")]
        for each in self.modules.values():
            state = f"stale: {each.stale}" if each.stale else "fresh"
            if each.error:
                state += f"; last error: {each.error}"
            rows.append((each.name, state, str(each.generations), each.path or "-"))
        widths = [max(len(row[i]) for row in rows) for i in range(3)]
        return "\n".join(
            "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3]]) for row in rows
        )


class Progress:
    """One line at a terminal for a refresh that takes longer than a second; it is taken away at the end."""

    __slots__ = ("_begun", "_now", "_shown", "_total")

    def __init__(self, total: int, now: "Callable[[], float]") -> None:
        """`now` gives the time in seconds."""
        self._total = total
        self._now = now
        self._begun = now()
        self._shown = False

    def show(self, name: str, count: int) -> None:
        """Show that `name`, the `count`th, is being executed."""
        if self._now() - self._begun < _PATIENCE_S or not _is_terminal():
            return
        sys.stderr.write(f"{_ERASE}livereload: executing {name} ({count} of {max(count, self._total)})")
        sys.stderr.flush()
        self._shown = True

    def end(self) -> None:
        """Take the line away."""
        if self._shown:
            sys.stderr.write(_ERASE)
            sys.stderr.flush()

    @property
    def seconds(self) -> float:
        """How long it has taken so far."""
        return self._now() - self._begun


def tell(report: Report, listeners: "Iterable[Callable[[Report], object]]", verbose: bool) -> None:
    """Hand a report to those who asked for it; what they raise is reported and goes no further."""
    if verbose and sys.stderr is not None:
        print(report.line, file=sys.stderr)
    for listener in listeners:
        try:
            listener(report)
        except Exception:
            kind, error, traceback = sys.exc_info()
            sys.excepthook(kind, error, traceback)  # type: ignore[arg-type]


def _is_terminal() -> bool:
    try:
        return sys.stderr.isatty()
    except (AttributeError, ValueError):  # no standard error, or a closed one
        return False
