"""What a repeated import costs, livereload off and on in turn.

    python benchmarks/repeated_import.py [--samples N]

A sample is a fresh process that imports once and then times the same statement, in a function, for
at least 0.2 seconds.  Minimum and median are over the samples; the ratio is that of the minima.
"""

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

SOURCES = Path(__file__).parent.parent / "src"

# A file that has just been written is read at each look, since it could change again unseen.
SETTLED_AFTER_S = 2.1

CHILD = """
import sys, timeit
statement, on = sys.argv[1], sys.argv[2] == "on"
if on:
    import livereload
    livereload.install()
exec(statement)
number, seconds = timeit.Timer(statement).autorange()
print(seconds / number * 1e9)
"""

TITLES = ("off: minimum", "median", "on: minimum", "median", "ratio")

# Writes files to a folder; returns the import statement to time.
Scenario = Callable[[Path], str]


def untracked(folder: Path) -> str:
    """an untracked module (json)"""
    return "import json"


def tracked(folder: Path) -> str:
    """a tracked module"""
    (folder / "alone.py").write_text("")
    return "import alone"


def closure_of_100(folder: Path) -> str:
    """… with 100 modules in its closure"""
    return _tree(folder, "hundred", 100)


def closure_of_1000(folder: Path) -> str:
    """… with 1,000 modules in its closure"""
    return _tree(folder, "thousand", 1000)


SCENARIOS: tuple[Scenario, ...] = (untracked, tracked, closure_of_100, closure_of_1000)


def _tree(folder: Path, name: str, size: int) -> str:
    """Modules of which each imports the next ten, the named one first."""
    for i in range(size):
        imports = [f"import {name}{j}\n" for j in range(10 * i + 1, 10 * i + 11) if j < size]
        (folder / f"{name}{i}.py").write_text("".join(imports))
    return f"import {name}0"


def sample(statement: str, folder: Path, *, on: bool) -> float:
    """Nanoseconds of one repeated import, in a fresh process."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "LIVERELOAD"))}
    environment["PYTHONPATH"] = os.pathsep.join([str(folder), str(SOURCES)])
    command = [sys.executable, "-c", CHILD, statement, "on" if on else "off"]
    return float(subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout)


def machine() -> str:
    """The Python and the machine that the figures are of."""
    processor = platform.processor() or platform.machine()
    try:
        with open("/proc/cpuinfo") as file:
            models = [line.partition(":")[2].strip() for line in file if line.startswith("model name")]
        processor = models[0] if models else processor
    except OSError:
        pass  # not Linux
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{python}, {platform.system()} {platform.release()}, {processor}, {os.cpu_count()} CPUs"


def row(label: str, off: list[float], on: list[float]) -> str:
    figures = [min(off), statistics.median(off), min(on), statistics.median(on)]
    return f"{label:38}" + "".join(f"{figure:13,.1f}" for figure in figures) + f"{min(on) / min(off):13,.2f}"


def main() -> None:
    parser = argparse.ArgumentParser(description="What a repeated import costs, livereload off and on in turn.")
    parser.add_argument("--samples", type=int, default=7, help="processes for each figure (default: 7)")
    samples = parser.parse_args().samples
    print(f"{machine()}; {samples} samples\n")
    print(f"{'ns for a repeated import of':38}" + "".join(f"{title:>13}" for title in TITLES))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        statements = [(scenario.__doc__ or scenario.__name__, scenario(folder)) for scenario in SCENARIOS]
        time.sleep(SETTLED_AFTER_S)
        for label, statement in statements:
            off, on = [], []
            for _ in range(samples):
                off.append(sample(statement, folder, on=False))
                on.append(sample(statement, folder, on=True))
            print(row(label, off, on), flush=True)


if __name__ == "__main__":
    main()
