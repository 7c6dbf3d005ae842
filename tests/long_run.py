"""A long session: thousands of edits of a project of 50 modules of which 1,000 instances are held.

    python tests/long_run.py [EDITS]        # 10,000 if not said; some ten minutes

After each edit the top module is imported again and an instance of the edited module is asked.  Every
fiftieth edit does not compile and every seventieth raises; both are mended by the next.  Prints one
line each thousand, with the lower quartile of times, as others use the machine, too.  Exit status 1 if
the last thousand took longer than the first, or if memory or objects have grown.
"""

import gc
import importlib
import os
import random
import statistics
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "src"))
import livereload

MODULES, LAYER, INSTANCES = 50, 10, 1_000
SOURCE = """
import functools
{imports}
N = {n}
REGISTRY = {{}}
def decorated(f):
    @functools.wraps(f)
    def wrapper(*args):
        return f(*args)
    return wrapper
class Thing({base}):
    def number(self): return {n}
    @property
    def twice(self): return 2 * self.number()
    @decorated
    def decorated(self): return {n}
    {extra}
REGISTRY[Thing] = Thing()
def function(x={n}): return x
closure = (lambda n: lambda: n)({n})
{end}
"""


def source(index, n, end=""):
    """The module `index`: it imports two of the layer below, and its class derives from a class of one of these."""
    below = [] if index < LAYER else [index - LAYER, index - LAYER + (1 if (index + 1) % LAYER else 1 - LAYER)]
    imports = "\n".join(f"import m{each:02}" for each in below)
    base = f"m{below[0]:02}.Thing" if below else "object"
    extra = f"def only_{n % 3}(self): pass"
    return SOURCE.format(imports=imports, n=n, base=base, extra=extra, end=end)


class Session:
    def __init__(self, folder):
        self.folder = folder
        self.random = random.Random(1)
        for index in range(MODULES):
            self.write(index, source(index, 0))
        with open(os.path.join(folder, "top.py"), "w") as file:
            file.write("".join(f"import m{index:02}\n" for index in range(MODULES)))
        sys.path.insert(0, folder)
        livereload.install()
        importlib.import_module("top")
        modules = [sys.modules[f"m{index % MODULES:02}"] for index in range(INSTANCES)]
        self.held = [module.Thing() for module in modules]
        self.functions = [module.function for module in modules[:MODULES]]
        self.broken = None

    def write(self, index, text):
        with open(os.path.join(self.folder, f"m{index:02}.py"), "w") as file:
            file.write(text)

    def edit(self, n):
        """One edit and the import after it; returns the seconds of processor time that the import took."""
        index = self.random.randrange(MODULES) if self.broken is None else self.broken
        fails = self.broken is None and (n % 50 == 0 or n % 70 == 0)
        self.write(index, source(index, n, ("def f(:" if n % 50 == 0 else "1 / 0") if fails else ""))
        self.broken = index if fails else None
        begun = time.process_time()
        try:
            importlib.import_module("top")
        except (SyntaxError, ZeroDivisionError):
            assert fails, f"edit {n} must not fail"
        else:
            assert not fails, f"edit {n} must fail"
        took = time.process_time() - begun
        if not fails:
            thing = self.held[index + MODULES * self.random.randrange(INSTANCES // MODULES)]
            seen = (thing.number(), thing.twice, thing.decorated(), self.functions[index]())
            assert seen == (n, 2 * n, n, n), (n, seen)
            assert type(thing) is sys.modules[f"m{index:02}"].Thing
        return took


def memory():
    """Megabytes that the process has in memory."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def main(edits):
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        session = Session(folder)
        times = []
        for n in range(1, edits + 1):
            times.append(session.edit(n))
            if n % max(1, edits // 10) == 0:
                gc.collect()
                rows.append((statistics.quantiles(times)[0] * 1e3, memory(), len(gc.get_objects())))
                times.clear()
                text = "{:6,} edits: {:.1f} ms an import, {:.1f} MB, {:,} objects"
                print(text.format(n, *rows[-1]), flush=True)
    (first_ms, first_mb, first_objects), (last_ms, last_mb, last_objects) = rows[0], rows[-1]
    flat = last_ms < 1.3 * first_ms and last_mb < first_mb + 5 and last_objects < 1.02 * first_objects
    print("flat" if flat else "not flat", "on Python", sys.version.split()[0])
    return 0 if flat else 1


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000))
