"""One sample, taken in a process of its own.

    python measure.py '{"driver": "livereload", "measure": "loop", "path": [...], ...}'

Knows the tools that are compared (the *drivers*) and what is measured of each.  Prints one JSON object:
`figure` (seconds or bytes) and `failed` (what of the work the tool did not do; empty if it did it all).
With `"profile": true` also `profile`: of what was measured, the share of each place that spends time.
"""

import collections
import cProfile
import gc
import json
import math
import os
import re
import sys
import time
from time import perf_counter

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))

# What a sample is measured by: the time on the wall or, on a machine that is not idle, the processor's.
clock = perf_counter

# A tool that watches files in a thread is given this long to notice an edit.
PATIENCE_S = 1.0


class Driver:
    """A tool at work in this process."""

    def __init__(self, path):
        self.path = path

    def execute(self, run):
        """Execute a statement with all that the tool does before and after each at the prompt."""
        run()

    def measured(self, run):
        """The same for the statement that is measured."""
        self.execute(run)

    def forget(self, names):
        """Be told, if the tool cannot know, that the next import has to execute these modules."""


class Plain(Driver):
    """Python as it is."""

    def forget(self, names):
        for name in names:
            del sys.modules[name]


class Livereload(Driver):
    def __init__(self, path):
        super().__init__(path)
        sys.path.insert(0, os.path.join(ROOT, "src"))
        import livereload

        sys.path.pop(0)
        livereload.install()


class Purge(Plain):
    """Plain Python, told before each statement to forget every module below the first folder of the path."""

    def execute(self, run):
        files = {name: getattr(each, "__file__", None) or "" for name, each in sys.modules.items()}
        self.forget([name for name, file in files.items() if file.startswith(self.path[0])])
        run()


class IPython(Driver):
    """The hooks that `%autoreload 2` has around each cell."""

    def __init__(self, path):
        super().__init__(path)
        from IPython.core.interactiveshell import InteractiveShell

        self.shell = InteractiveShell.instance()
        self.shell.history_manager.enabled = False
        self.shell.run_line_magic("load_ext", "autoreload")
        self.shell.run_line_magic("autoreload", "2")

    def execute(self, run):
        self.shell.events.trigger("pre_run_cell", None)
        run()
        self.shell.events.trigger("post_execute")


class Jurigged(Driver):
    """Its thread watches the folders of the path."""

    def __init__(self, path):
        super().__init__(path)
        import jurigged

        jurigged.watch(pattern=[os.path.join(each, "*") for each in path], logger=lambda event: None)


class Hmr(Driver):
    """hmr-daemon starts with Python and watches the current folder."""

    def __init__(self, path):
        super().__init__(path)
        if not any(type(each).__module__.startswith("reactivity") for each in sys.meta_path):
            sys.exit("hmr-daemon did not start with Python")
        time.sleep(0.3)  # its watching process starts


DRIVERS = {
    "plain": Plain,
    "livereload": Livereload,
    "purge": Purge,
    "ipython": IPython,
    "jurigged": Jurigged,
    "hmr": Hmr,
}


def typed(statement):
    """A function that executes the statement as the prompt does."""
    code = compile(statement, "<stdin>", "single")
    namespace = sys.modules["__main__"].__dict__
    return lambda: exec(code, namespace)


def loop(driver, statement, number, repeats=1):
    """Seconds of one import in a loop of `number`, the fastest of `repeats` loops."""
    namespace = {}
    exec(f"def repeat(times):\n    for _ in times:\n        {statement}", namespace)
    repeat = namespace["repeat"]
    repeat(range(1))
    figures = []
    for _ in range(repeats):
        times = range(number)
        begun = clock()
        repeat(times)
        figures.append((clock() - begun) / number)
    return {"figure": min(figures), "failed": _misses_an_edit(driver, in_cell=True)}


def first(driver, statement):
    """Seconds of the first import."""
    run = typed(statement)
    begun = clock()
    driver.measured(run)
    return {"figure": clock() - begun, "failed": ""}


def prompt(driver, statement, earlier):
    """Seconds of a repeated statement that follows so many `earlier` ones and a pause in which the caches went cold."""
    run = typed(statement)
    driver.execute(run)
    for _ in range(earlier):
        driver.execute(run)
    time.sleep(0.2)
    if not earlier:
        _empty_caches()
    begun = clock()
    driver.measured(run)
    return {"figure": clock() - begun, "failed": _misses_an_edit(driver)}


def edited(driver, statement, again, file, texts, expression, expected, forget, units, objects):
    """Seconds of the statement `again` after the last of some edits, a unit, and of one look before it.

    The session holds so many `objects`, which are none of its modules'.
    """
    main = sys.modules["__main__"].__dict__
    held = [[i] for i in range(objects)]
    run = typed(statement)
    driver.execute(run)
    once_more = typed(again)
    for text in texts[:-1]:
        _write(file, text)
        driver.forget(forget)
        driver.execute(once_more)
        driver.execute(run)
    driver.execute(run)
    begun = clock()
    driver.execute(run)
    look = clock() - begun
    _write(file, texts[-1])
    driver.forget(forget)
    begun = clock()
    driver.measured(once_more)
    seconds = clock() - begun
    begun, is_late = perf_counter(), False
    while eval(expression, main) != expected and perf_counter() - begun < PATIENCE_S:
        is_late = True
        time.sleep(0.005)
        driver.execute(once_more)
    value = eval(expression, main)
    if value != expected:
        failed = f"{expression} stays {value!r} where a fresh interpreter has {expected!r}"
    else:
        failed = _late(perf_counter() - begun) if is_late else ""
    del held
    return {"figure": seconds / units, "look": look, "failed": failed}


def memory(driver, statement, modules):
    """Bytes that each of so many modules takes, what the tool keeps of it included (tracemalloc)."""
    import tracemalloc

    run = typed(statement)
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for _ in range(2):
        driver.execute(run)
    gc.collect()
    return {"figure": (tracemalloc.get_traced_memory()[0] - before) / modules, "failed": ""}


def refreshes(driver, folder, number, window):
    """Seconds of a refresh and the process's memory, in the first and the last `window` of so many refreshes.

    Of fifty modules, six are executed at each; a hundred instances are held.
    """
    rest = "".join(f"import m{i}\n" for i in range(5, 49))
    for i in range(50):
        text = f"from m{4 if i == 49 else i - 1} import VALUE, f, C\n" if i < 5 or i == 49 else ""
        _write(os.path.join(folder, f"m{i}.py"), text + f"def f{i}(): return {i}\n" + (rest if i == 49 else ""))
    leaf = os.path.join(folder, "m0.py")
    source = "VALUE = {0}\ndef f(): return {0}\nclass C:\n    def m(self): return f()\n"
    _write(leaf, source.format(-1))
    run = typed("from m49 import VALUE, f, C")
    driver.execute(run)
    main = sys.modules["__main__"].__dict__
    main["held"] = [main["C"]() for _ in range(100)]
    times, resident, wrong = [], 0, 0
    for i in range(number):
        _write(leaf, source.format(i))
        begun = clock()
        driver.execute(run)
        times.append(clock() - begun)
        wrong += main["VALUE"] != i
        if i + 1 == window:
            resident = _resident_memory()
    return {
        "time": [_median(times[:window]), _median(times[-window:])],
        "memory": [resident, _resident_memory()],
        "failed": f"{wrong} of {number} refreshes gave an old value" if wrong else "",
    }


def releases(driver, package, statements, folders, target):
    """Seconds of a step, and what is there after each: successive releases of a package under one session."""
    run = typed(statements)
    held, seconds, found = {}, [], []
    for k, folder in enumerate(folders):
        held = lay(os.path.join(folder, package), held, os.path.join(target, package), k)
        error = ""
        begun = clock()
        try:
            (driver.measured if k else driver.execute)(run)
        except Exception as caught:
            error = type(caught).__name__
        seconds.append(clock() - begun)
        found.append({"error": error, "modules": _digests(target)})
    return {"figure": sum(seconds[1:]), "found": found, "failed": ""}


def lay(source, held, target, k):
    """Make `target` hold the files of `source`; `held` are those that it has.  Only what differs is written.

    Each time `k`, some seconds later than before: plain Python, which goes by whole seconds and sizes, would
    execute bytecode of the release before.
    """
    wanted = {}
    for base, folders, names in os.walk(source):
        folders[:] = [each for each in folders if each != "__pycache__"]
        for name in names:
            with open(os.path.join(base, name), "rb") as file:
                wanted[os.path.relpath(os.path.join(base, name), source)] = file.read()
    for name in held.keys() - wanted.keys():
        os.unlink(os.path.join(target, name))
    for name, data in wanted.items():
        if held.get(name) != data:
            os.makedirs(os.path.dirname(os.path.join(target, name)), exist_ok=True)
            _write(os.path.join(target, name), data)
            os.utime(os.path.join(target, name), (10**9 + 10 * k, 10**9 + 10 * k))
    return wanted


def _digests(folder):
    """{module: digest} of what a session would see of the modules below a folder."""
    sys.path.append(os.path.join(ROOT, "tests"))
    from hashlib import sha256

    from fingerprint import fingerprint

    sys.path.pop()
    texts = {name: json.dumps(each, sort_keys=True, default=repr) for name, each in fingerprint(folder).items()}
    # Code that is made at run time has names that are counted up for as long as the process lives.
    texts = {name: re.sub(r"-\d+>", ">", text) for name, text in texts.items()}
    return {name: sha256(text.encode()).hexdigest()[:16] for name, text in texts.items()}


def _misses_an_edit(driver, in_cell=False):
    """What goes wrong when a module is edited and imported again; `in_cell`: without a new statement at the prompt.

    Nothing is expected of plain Python.
    """
    if isinstance(driver, Plain):
        return ""
    name = f"witness{os.getpid()}"
    file = os.path.join(driver.path[-1], f"{name}.py")
    run = typed(f"import {name}")
    _write(file, "def f(): return 'old'\n")
    driver.execute(run)
    time.sleep(0.05)
    _write(file, "def f(): return 'edited'\n")
    begun = perf_counter()
    imports = 0
    while perf_counter() - begun < PATIENCE_S:
        run() if in_cell else driver.execute(run)
        imports += 1
        if sys.modules[name].f() == "edited":
            return "" if imports == 1 else _late(perf_counter() - begun)
        time.sleep(0.002)
    return "an import in a loop does not see an edit" if in_cell else "an import does not see an edit"


def _late(seconds):
    return f"an import sees an edit up to {math.ceil(seconds * 10) / 10} s late"


def _write(file, text):
    """Write a file in place (jurigged does not see one that is renamed)."""
    with open(file, "wb") as there:
        there.write(text if isinstance(text, bytes) else text.encode())


def _empty_caches():
    """Have the processor's caches hold something else."""
    sum(bytes(64 << 20)[::64])


def _resident_memory():
    """Bytes of this process in memory now (at their peak, where the system does not tell)."""
    try:
        with open("/proc/self/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        import resource

        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _median(figures):
    return sorted(figures)[len(figures) // 2]


class Profiler:
    """Profiles the statements that are measured of a driver."""

    def __init__(self, driver):
        self._execute = driver.execute
        driver.measured = self.measured
        self.profile = cProfile.Profile()

    def measured(self, run):
        self.profile.enable()
        try:
            self._execute(run)
        finally:
            self.profile.disable()

    def shares(self):
        """{place: its share of the time}, the largest first: modules, and builtin functions that work for long."""
        seconds = collections.Counter()
        self.profile.create_stats()
        for (file, _, name), (_, _, own, _, callers) in self.profile.stats.items():
            builtin = re.search(r"(\w+)(?:'|>| of )", name) if file == "~" else None
            if builtin is None:
                seconds[_place(file)] += own
            elif builtin[1] in LONG:
                seconds[builtin[1]] += own
            else:
                for (caller, _, _), (_, _, its, _) in callers.items():
                    seconds[_place(caller)] += its
        total = sum(seconds.values()) or 1.0
        return {place: each / total for place, each in seconds.most_common(10)}


# Builtin functions whose time is told by itself.
LONG = {"stat", "lstat", "fstat", "listdir", "open_code", "read", "replace", "sleep"}
LONG |= {"compile", "loads", "get_objects", "get_referrers"}


def _place(file):
    if os.path.join("src", "livereload") in file:
        return os.path.basename(file).removesuffix(".py")
    return "importlib" if "importlib" in file else "other code"


def main():
    global clock
    arguments = json.loads(sys.argv[1])
    if arguments.pop("cpu", False):
        clock = time.process_time
    path = arguments.pop("path")
    sys.path[:0] = path
    driver = DRIVERS[arguments.pop("driver")](path)
    profiler = Profiler(driver) if arguments.pop("profile", False) else None
    measure = {each.__name__: each for each in (loop, first, prompt, edited, memory, refreshes, releases)}
    sample = measure[arguments.pop("measure")](driver, **arguments)
    if profiler is not None:
        sample["profile"] = profiler.shares()
    print(json.dumps(sample))


if __name__ == "__main__":
    main()
