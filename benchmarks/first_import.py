"""What the first import of a tree of 1,000 small modules costs, livereload off and on in turn.

    python benchmarks/first_import.py [--samples N]

All of them have good bytecode.  A sample is a fresh process.  Minimum and median are over the
samples; the ratio is that of the minima.
"""

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SOURCES = Path(__file__).parent.parent / "src"
SIZE = 1000

# Bytecode is trusted by its times only if it is clearly younger than its source.
SETTLED_AFTER_S = 2.1

CHILD = """
import sys, time
if sys.argv[1] == "on":
    import livereload
    livereload.install()
begun = time.perf_counter()
import first
print((time.perf_counter() - begun) * 1e3)
"""

BODY = """
def f(a, b=1):
    "A function."
    return a + b

class C:
    def m(self):
        return f(1)
"""


def write_tree(folder: Path) -> None:
    """Packages of twenty modules, each of which imports an earlier one, and a module that imports all."""
    for i in range(SIZE):
        package = folder / f"p{i // 20}"
        package.mkdir(exist_ok=True)
        (package / "__init__.py").touch()
        earlier = f"from p{i // 2 // 20}.m{i // 2} import f as g\n" if i else ""
        (package / f"m{i}.py").write_text(earlier + BODY)
    (folder / "first.py").write_text("".join(f"import p{i // 20}.m{i}\n" for i in range(SIZE)))


def sample(folder: Path, switch: str) -> float:
    """Milliseconds of the import in a fresh process, livereload "on" or "off"."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "LIVERELOAD"))}
    environment["PYTHONPATH"] = os.pathsep.join([str(folder), str(SOURCES)])
    command = [sys.executable, "-c", CHILD, switch]
    return float(subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True).stdout)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--samples", type=int, default=7, metavar="N", help="fresh processes each (default: 7)")
    samples = parser.parse_args().samples
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        write_tree(folder)
        time.sleep(SETTLED_AFTER_S)
        sample(folder, "off")  # writes the bytecode
        off, on = [], []
        for _ in range(samples):
            off.append(sample(folder, "off"))
            on.append(sample(folder, "on"))
    print(f"CPython {platform.python_version()}, {platform.platform(terse=True)}; {samples} samples")
    for title, each in (("off", off), ("on", on)):
        print(f"{title:>3}: minimum {min(each):.0f} ms, median {statistics.median(each):.0f} ms")
    print(f"ratio of the minima {min(on) / min(off):.2f}")


if __name__ == "__main__":
    main()
