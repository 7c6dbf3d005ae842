"""What a look costs, in calls of the system: counts, which do not depend on the machine."""

import sys

import pytest

# How often an import statement asks a module; before 3.12, some ask twice.
ASKS = (1,) if sys.version_info >= (3, 12) else (1, 2)
NOTHING = dict.fromkeys(("stat", "lstat", "open_code", "open", "compile", "listdir", "ioctl"), 0)

COUNTING = """
import collections, sys
def counted(statement, times=1, file="<stdin>"):
    code = compile(statement, file, "exec")
    calls = collections.Counter()
    def see(frame, event, argument):
        if event == "c_call":
            calls[argument.__name__] += 1
    sys.setprofile(see)
    try:
        for _ in range(times):
            exec(code, {})
    finally:
        sys.setprofile(None)
    return {name: calls[name] for name in ("stat", "lstat", "open_code", "open", "compile", "listdir", "ioctl")}
"""


def modules(count):
    files = {f"m{i}.py": f"X = {i}\n" for i in range(count)}
    return files | {"app.py": "".join(f"import m{i}\n" for i in range(count))}


@pytest.mark.parametrize("count", [1, 10, 50])
def test_a_look_is_one_stat_a_file(project, count):
    """A repeated import of k modules that have settled costs k stats and one a folder; nothing is read or compiled."""
    project.write(modules(count))
    project.tick()
    project.run(f"{COUNTING}import app")
    project.tick()  # bytecode was written
    project.run("import app")
    for statement, files in [("import app", count + 1), ("from app import m0", count + 1), ("import m0", 1)]:
        calls = project.value(f"counted({statement!r})")
        assert calls in [NOTHING | {"stat": times * (files + 1)} for times in ASKS]


def test_one_question_to_the_kernel(project):
    """Where imports are frequent, a repeated import of any number of modules costs one call of the system."""
    if not project.value("__import__('sys').platform == 'linux'"):
        pytest.skip("inotify is Linux's")
    project.write(modules(50))
    project.tick()
    project.run(f"{COUNTING}import app\nfor _ in range(200): import app")
    looks = "__import__('livereload.imports.hooks').imports.hooks.installed.state.looks"
    if project.value(f"{looks}['app']._events") < 0:
        pytest.skip("the kernel cannot tell of all that happens here")
    calls = project.value("counted('import app', 10)")
    assert calls in [NOTHING | {"ioctl": times * 10} for times in ASKS]


UNWATCHED = """
import livereload.files.inotify as inotify, livereload.files.cached_look as looks
class looks_Watch:
    def __init__(self):
        raise OSError("no inotify")
inotify.Watch, looks.TRUSTED_S, looks.TRUSTED_TIMES = looks_Watch, 1e9, 1e9
"""


def test_one_stat_for_a_moment_where_the_kernel_does_not_tell(project):
    """Where imports are frequent, one of any number of modules costs one stat, as long as the rest is trusted."""
    project.write(modules(50))
    project.tick()
    project.run(f"{COUNTING}{UNWATCHED}import app")
    project.tick()  # bytecode was written
    project.run("for _ in range(200): import app")
    calls = project.value("counted('import app', 10, '/loop.py')")
    assert calls in [NOTHING | {"stat": times * 10} for times in ASKS]
    calls = project.value("counted('import app')")
    assert calls in [NOTHING | {"stat": times * 52} for times in ASKS]


def test_an_edit_is_read_and_compiled_once(project):
    """A refresh compiles what has changed, once, and reads nothing else."""
    project.write(modules(10) | {"app.py": "import m0, m1\nY = m0.X\n"})
    project.tick()
    project.run("import app")
    project.write({"m0.py": "X = 100\n"})
    outcome = project.run("import app", "app.Y")
    assert (outcome.value, outcome.compiled) == (100, ["m0"])
    assert {name for name in outcome.opened if name.endswith(".py")} == {"m0.py"}


EDITING = """
import collections, gc, sys
def edited(statement):
    code = compile(statement, "<stdin>", "exec")
    calls = collections.Counter()
    def see(frame, event, argument):
        if event == "c_call":
            calls[argument.__name__] += 1
        elif event == "call":
            calls[frame.f_code.co_qualname] += 1
    sys.setprofile(see)
    try:
        exec(code, {})
    finally:
        sys.setprofile(None)
    return {
        "stats": calls["stat"],
        "read": calls["open_code"],
        "compiled": calls["compile"],
        "verified": calls["Verification.decide"],  # modules that import what has changed, directly or not
        "searched": calls["Used.why"],
        "remembered": calls["Snapshot._take"],  # modules whose contents are kept for the case of a failure
        "passes": calls["get_objects"] + calls["get_referrers"],  # over the heap
    }
"""
LEAF = "RATE = {0}\ndef f(): return {0}\nclass C:\n    def m(self): return {0}\n"
IMPORTER = "from leaf import RATE, f, C\nDOUBLE = 2 * RATE\nclass D(C):\n    pass\ndef g(): return f()\n"


# {what is edited: the source, and how often something is compiled, searched for, remembered}
EDITS = {
    "the body of a function": (LEAF.format(1).replace("f(): return 1", "f(): return 2"), 1, 2, 0),
    "the body of a method": (LEAF.format(1).replace("m(self): return 1", "m(self): return 2"), 1, 2, 0),
    "a constant": (LEAF.format(1).replace("RATE = 1", "RATE = 2"), 3, 4, 3),
}


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("count", [100, 1000])
def test_an_edit_costs_what_the_edit_costs(project, count, edit):
    """An edited leaf is read and compiled once, only its importers are searched, whatever else there is."""
    project.start(whole=False)
    app = "".join(f"import m{i}\n" for i in range(count)) + "import leaf, user\n"
    project.write(modules(count) | {"app.py": app, "leaf.py": LEAF.format(1), "user.py": IMPORTER})
    project.tick()
    project.run(f"{EDITING}import app")
    project.write({"leaf.py": LEAF.format(7)})
    project.run("import app")  # loads what an edit needs
    project.write({"leaf.py": LEAF.format(1)})
    project.run("import app")
    text, compiled, searched, remembered = EDITS[edit]
    project.tick()
    project.write({"leaf.py": text})
    counts = project.value("edited('import app')")
    assert counts["stats"] <= count + 30
    del counts["stats"]
    expected = {"read": 1, "compiled": compiled, "verified": 3, "searched": searched, "remembered": remembered}
    assert counts == {**expected, "passes": 0}
