"""Status, reports and explanations as text, and as tables for notebooks.

Knows terminals and HTML.  Must not know where the values come from (`status`).

A table is as wide as the terminal.  Modules that are stale or raise come first, and of the others only some are shown.
"""

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from .._report import Report
    from .._status import Explanation, ModuleStatus, Status

# How many fresh modules the table of all modules shows; a table of some modules shows all of them.
_FRESH = 20
_GAP = "  "
_LEAST = 12  # the characters that a column keeps in a narrow terminal


# As text.


def text_of_status(status: "Status") -> str:
    """A table, its summary first, as wide as the terminal."""
    shown = _shown(status)
    if not shown:
        return status.summary
    rows = _fitted([(each.name, _state(each), _short(each.path)) for each in shown], _columns())
    lines = [status.summary, ""]
    for each, row in zip(shown, rows, strict=True):
        lines.append(row)
        if each.error:
            lines.append(_cut(f"    {' '.join(each.error.split())}", _columns()))
    return "\n".join(lines + _rest(status, shown))


def text_of_explanation(explanation: "Explanation") -> str:
    """A line that says whether the module is tracked, and a line for each other fact."""
    head = f"{explanation.name} is {'tracked' if explanation.tracked else 'not tracked'}: {explanation.why}"
    state = None if not explanation.tracked else f"stale: {explanation.stale}" if explanation.stale else "fresh"
    rows = {
        "file": explanation.path and _short(explanation.path),
        "state": state,
        "error": explanation.error,
        "last edit": explanation.last,
        "imports": ", ".join(explanation.imports),
        "imported by": ", ".join(explanation.imported_by),
    }
    return "\n".join([head, *(f"  {name:11}  {text}" for name, text in rows.items() if text)])


def _shown(status: "Status") -> "list[ModuleStatus]":
    """The modules that are stale or raise, and some of the others."""
    urgent = [each for each in status if each.stale or each.error]
    fresh = [each for each in status if not (each.stale or each.error)]
    return urgent + (fresh if status.asked or len(fresh) <= _FRESH + 1 else fresh[:_FRESH])


def _rest(status: "Status", shown: "list[ModuleStatus]") -> list[str]:
    left = len(status.modules) - len(shown)
    return [f"… and {left} others, all fresh: livereload.status(NAME) shows a part"] if left else []


def _state(each: "ModuleStatus") -> str:
    return f"stale: {each.stale}" if each.stale else "fresh"


def _short(path: str | None) -> str:
    """The path from the current folder, if it lies below; all of it from the root, where everything does."""
    try:
        here = os.getcwd()
    except OSError:  # it is gone
        here = os.sep
    return "-" if path is None else path if here.endswith(os.sep) else path.removeprefix(here + os.sep)


def _columns() -> int | None:
    """How wide the terminal is; None if there is none."""
    try:
        columns = int(os.environ.get("COLUMNS", "0"))
    except ValueError:
        columns = 0
    if columns > 0:
        return columns
    try:
        return os.get_terminal_size(sys.__stdout__.fileno()).columns  # type: ignore[union-attr]
    except (AttributeError, OSError, ValueError):
        return None


def _fitted(rows: list[tuple[str, str, str]], width: int | None) -> list[str]:
    """The rows in columns; where they are too wide for the terminal, the widest column gives way first."""
    widths = [max(len(row[i]) for row in rows) for i in range(3)]
    while width is not None and sum(widths) + 2 * len(_GAP) > width and max(widths) > _LEAST:
        widths[widths.index(max(widths))] -= 1
    lines = []
    for name, state, path in rows:
        cells = (_cut(name, widths[0]), _cut(state, widths[1]), _cut(path, widths[2], at_start=True))
        lines.append(_GAP.join(cell.ljust(w) for cell, w in zip(cells, widths, strict=True)).rstrip())
    return lines


def _cut(text: str, width: int | None, *, at_start: bool = False) -> str:
    if width is None or len(text) <= width:
        return text
    return "…" + text[len(text) - width + 1 :] if at_start else text[: width - 1] + "…"


# As HTML.


def html_of_status(status: "Status") -> str:
    """A table for notebooks."""
    shown = _shown(status)
    if not shown:
        return _paragraph(status.summary)
    rows = [(each.name, "; ".join(filter(None, (_state(each), each.error))), _short(each.path)) for each in shown]
    return (
        _paragraph(status.summary)
        + _table(("module", "state", "file"), rows)
        + "".join(map(_paragraph, _rest(status, shown)))
    )


def html_of_report(report: "Report") -> str:
    """A table for notebooks."""
    if report.error is not None or not (report.updated or report.executed or report.kept):
        return _paragraph(report.line)
    rows = [("updated", each.name, ", ".join(each.what) or "comments and layout") for each in report.updated]
    rows += [("executed", each.name, each.reason) for each in report.executed]
    rows += [("kept", each.name, each.reason) for each in report.kept]
    rows += [("could not follow", "", note) for note in report.notes]
    return _paragraph(report.line) + _table(("", "module", "what, or why"), rows)


def _paragraph(text: str) -> str:
    return f"<p>{_escaped(text)}</p>"


def _table(head: tuple[str, ...], rows: "Iterable[tuple[str, ...]]") -> str:
    def row(cells: tuple[str, ...], tag: str) -> str:
        return "<tr>" + "".join(f'<{tag} style="text-align: left">{_escaped(cell)}</{tag}>' for cell in cells) + "</tr>"

    body = "".join(row(cells, "td") for cells in rows)
    return f"<table><thead>{row(head, 'th')}</thead><tbody>{body}</tbody></table>"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
