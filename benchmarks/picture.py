"""The table as a picture (SVG), readable on light and on dark pages.

Knows lines, colours and places.  Must not know how anything is measured.  Fonts are the reader's own.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from html import escape

from results import TITLES, Result, shown

STYLE = """
text { font: 13px system-ui, -apple-system, "Segoe UI", "Noto Sans", "DejaVu Sans", sans-serif; fill: #1f2328 }
.page { fill: #ffffff; stroke: #d1d9e0 }
.head { font-weight: 600 }
.soft, .soft tspan { fill: #59636e }
.rule { stroke: #d1d9e0 }
.met { fill: #1a7f37; font-weight: 600 }
.missed { fill: #d1242f; font-weight: 600 }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc }
  .page { fill: #0d1117; stroke: #3d444d }
  .soft, .soft tspan { fill: #9198a1 }
  .rule { stroke: #3d444d }
  .met { fill: #3fb950 }
  .missed { fill: #f85149 }
}
"""

_MARGIN, _LINE, _GAP = 20, 19, 12
_LABEL, _FIGURE, _GOAL = 410, 104, 250
_LABEL_CHARACTERS, _GOAL_CHARACTERS = 58, 34


def svg(results: dict[str, Result], about: dict[str, str], peers: dict[str, str]) -> str:
    """The picture of what was measured; `about` is the machine, `peers` are their versions."""
    columns = ["plain", "livereload", *(each for each in TITLES if each in peers), "ratio"]
    width = 2 * _MARGIN + _LABEL + _FIGURE * len(columns) + _GOAL
    body: list[str] = []
    y = _MARGIN + _LINE
    for i, name in enumerate(columns):
        title = TITLES.get(name, name).split()
        body.append(_text(_right(i), y, title[0], "head", "end"))
        under = " ".join([*title[1:], peers.get(name, "")]).strip()
        if under:
            body.append(_text(_right(i), y + _LINE - 3, under, "soft", "end"))
    body.append(_text(_right(len(columns)) - _FIGURE + 24, y, "goal", "head"))
    y += 2 * _LINE if peers else _LINE
    marks: dict[str, str] = {}
    for result in results.values():
        body.append(f'<path class="rule" d="M{_MARGIN} {y - _GAP - 3}H{width - _MARGIN}"/>')
        row = list(_row(result, columns, y, marks))
        body.extend(row)
        y += _LINE * _height(result) + _GAP
    body.append(f'<path class="rule" d="M{_MARGIN} {y - _GAP - 3}H{width - _MARGIN}"/>')
    for line in _foot(about, marks, width):
        body.append(_text(_MARGIN, y + 2, line, "soft"))
        y += _LINE - 2
    y += _MARGIN - _LINE + 6
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {y}" width="{width}" height="{y}" role="img">\n'
        f"<title>What livereload costs</title>\n<style>{STYLE}</style>\n"
        f'<rect class="page" x="0.5" y="0.5" width="{width - 1}" height="{y - 1}" rx="6"/>\n'
        + "\n".join([*body, "</svg>\n"])
    )


def _row(result: Result, columns: list[str], y: int, marks: dict[str, str]) -> Iterator[str]:
    for i, line in enumerate(_label(result)):
        yield _text(_MARGIN, y + i * _LINE, line)
    if result.unavailable:
        yield _text(_right(0), y, "not measured", "soft", "end")
        return
    for i, name in enumerate(columns):
        if name == "ratio":
            yield _text(_right(i), y, f"{result.ratio:.2f}", anchor="end")
            continue
        figures = result.tools.get(result.against if name == "plain" else name)
        if figures is None:
            continue
        text = shown(figures.least, result.unit) if figures.samples else "–"
        failed = "" if name == "plain" else figures.failed
        mark = marks.setdefault(failed, chr(ord("a") + len(marks))) if failed else ""
        yield _text(_right(i), y, text, "soft" if mark else "head" if name == "livereload" else "", "end", mark)
    x = _right(len(columns)) - _FIGURE + 24
    for i, line in enumerate(_goals(result)):
        yield _text(x, y + i * _LINE, line, "soft")
    if result.met is not None:
        yield _text(x - 18, y, "✓" if result.met else "✗", "met" if result.met else "missed")


def _height(result: Result) -> int:
    return max(len(_label(result)), len(_goals(result)))


def _label(result: Result) -> list[str]:
    return textwrap.wrap(result.label, _LABEL_CHARACTERS)


def _goals(result: Result) -> list[str]:
    return textwrap.wrap(", ".join(text for text, _ in result.goals), _GOAL_CHARACTERS)


def _foot(about: dict[str, str], marks: dict[str, str], width: int) -> Iterator[str]:
    characters = (width - 2 * _MARGIN) // 7
    keys = ("commit", "python", "processor", "system", "files")
    yield from textwrap.wrap(f"Minima. Commit {'; '.join(about[key] for key in keys)}.", characters)
    if marks:
        yield "Does not do the work:"
        for reason, mark in marks.items():
            yield from textwrap.wrap(f"{mark}  {reason}", characters)


def _right(column: int) -> int:
    """Where the figures of a column end."""
    return _MARGIN + _LABEL + (column + 1) * _FIGURE


def _text(x: int, y: int, text: str, kind: str = "", anchor: str = "", mark: str = "") -> str:
    kind = f' class="{kind}"' if kind else ""
    anchor = f' text-anchor="{anchor}"' if anchor else ""
    mark = f'<tspan dy="-4" font-size="9">{mark}</tspan>' if mark else ""
    return f'<text x="{x}" y="{y}"{kind}{anchor}>{escape(text)}{mark}</text>'
