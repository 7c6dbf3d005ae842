"""The session at the head of the README, as a picture (SVG): played at a real prompt, then drawn.

    python tests/session_picture.py            write tests/session.svg
    python tests/session_picture.py --check    exit status 1 if that file shows another session

The session is that of `python -m livereload demo`.  The lines appear one after another; where nothing moves (a viewer
without animation, a reader who prefers less of it) all of them are there.  Standard library only.
"""

import os
import subprocess
import sys
from html import escape
from pathlib import Path

FILE = Path(__file__).parent / "session.svg"
SOURCES = Path(__file__).parent.parent / "src"

WIDTH, MARGIN, LINE = 720, 20, 21

# Seconds before a line of each kind appears.
PAUSES = {"typed": 0.9, "answer": 0.4, "edit": 0.25, "empty": 0.0}

STYLE = """
text { font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #1f2328;
       white-space: pre }
.page { fill: #f6f8fa; stroke: #d1d9e0 }
.prompt, .head { fill: #59636e }
.gone { fill: #d1242f }
.new { fill: #1a7f37 }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc }
  .page { fill: #0d1117; stroke: #3d444d }
  .prompt, .head { fill: #9198a1 }
  .gone { fill: #f85149 }
  .new { fill: #3fb950 }
}
@keyframes appear { from { opacity: 0 } to { opacity: 1 } }
text { animation: appear 0.15s backwards }
@media (prefers-reduced-motion: reduce) { text { animation: none } }
"""


def play() -> list[str]:
    """The lines of the session, as the demo shows them."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPATH"] = str(SOURCES)
    command = [sys.executable, "-m", "livereload", "demo"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=300)
    lines = done.stdout.strip().split("\n")
    return lines[lines.index("$ python -q") : -2]  # without the sentences before and after


def draw(lines: list[str]) -> str:
    """The picture of these lines."""
    body, y, seconds = [], MARGIN + 6, 0.0
    for line in lines:
        kind, css = _kind(line)
        seconds += PAUSES[kind]
        if line:
            delay = f"animation-delay: {seconds:.2f}s"
            body.append(f'<text x="{MARGIN}" y="{y}" class="{css}" style="{delay}">{_marked(line)}</text>')
        y += LINE if line else LINE // 2
    height = y - LINE + MARGIN
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'role="img" xml:space="preserve">\n<title>A session with livereload</title>\n<style>{STYLE}</style>\n'
        f'<rect class="page" x="0.5" y="0.5" width="{WIDTH - 1}" height="{height - 1}" rx="6"/>\n'
        + "\n".join([*body, "</svg>\n"])
    )


def _kind(line: str) -> tuple[str, str]:
    """When a line appears, and how it looks."""
    if not line:
        return "empty", ""
    if line.startswith(("$ ", ">>> ")):
        return "typed", "typed"
    if line.startswith(("--- ", "+++ ", "@@ ")):
        return "edit", "head"
    kinds = {"-": ("edit", "gone"), "+": ("edit", "new"), " ": ("edit", "same")}
    return kinds.get(line[0], ("answer", "answer"))


def _marked(line: str) -> str:
    for prompt in ("$ ", ">>> "):
        if line.startswith(prompt):
            return f'<tspan class="prompt">{escape(prompt)}</tspan>{escape(line.removeprefix(prompt))}'
    return escape(line)


def main(arguments: list[str]) -> int:
    picture = draw(play())
    if arguments == ["--check"]:
        return int(FILE.read_text(encoding="utf-8") != picture)
    FILE.write_text(picture, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
