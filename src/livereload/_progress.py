"""The progress of a refresh that takes long: one line at a terminal.

Knows terminals.  Must not know what is executed.
"""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

# How long a refresh runs before the line is shown.
_PATIENCE_S = 1.0

# Control sequences of terminals.  Before the line: remember where the cursor is, and do not wrap.  After it: wrap
# again.  To erase it: go back to where the cursor was, and erase from there to the end of the screen.
_BEFORE, _AFTER = "\x1b7\x1b[?7l", "\x1b[?7h"
_ERASE = "\x1b8\x1b[J"


class Progress:
    """One line at a terminal for a refresh that takes longer than a second; it is erased at the end.

    It is also erased before anything else is written there, so that the output of modules stays: as long as the line
    is shown, the `write` of both standard streams erases it first.
    """

    __slots__ = ("_begun", "_lent", "_now", "_terminal", "_total")

    def __init__(self, total: int, now: "Callable[[], float]") -> None:
        """`now` gives the time in seconds."""
        self._total = total
        self._now = now
        self._begun = now()
        # while the line is shown: the stream that it is on, and the streams with the `write` that was put into them
        self._terminal: Any = None
        self._lent: list[tuple[Any, Any]] = []

    def show(self, name: str, count: int) -> None:
        """Show that `name`, the `count`th, is being executed."""
        if self._now() - self._begun < _PATIENCE_S or not _is_terminal(sys.stderr):
            return
        self.end()
        streams = [stream for stream in (sys.stdout, sys.stderr) if _is_terminal(stream)]
        for stream in streams:
            _write(stream, "")  # flush earlier output: it comes before the line
        self._terminal = sys.stderr
        _write(self._terminal, f"{_BEFORE}livereload: executing {name} ({count} of {max(count, self._total)}){_AFTER}")
        for stream in streams:
            namespace = getattr(stream, "__dict__", None)
            if type(namespace) is dict and "write" not in namespace:
                namespace["write"] = ours = self._taking_away(stream.write)
                self._lent.append((stream, ours))

    def end(self) -> None:
        """Erase the line."""
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
