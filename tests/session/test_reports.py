"""What livereload tells of a refresh: last(), on_refresh(), verbose, status() and the line at a terminal."""

import io

import pytest

from livereload._progress import Progress
from livereload._report import Executed, Kept, Report, Updated, tell


def test_last(project):
    """last() names what was executed, in order, with the reasons; nothing stale leaves it as it was."""
    project.write({"a.py": "import b\nY = b.X\n", "b.py": "X = 1\n"})
    project.step("import a", ["a", "b"])
    assert project.value("bool(livereload.last())") is False
    project.write({"b.py": "X = 2\n"})
    project.step("import a", ["a", "b"])
    project.step("import a", [])
    rows = "[(each.name, each.reason, each.seconds > 0) for each in livereload.last().executed]"
    assert project.value(rows) == [("b", "project/b.py changed", True), ("a", "uses b.X", True)]
    assert project.value("livereload.last().error") is None


def test_last_after_a_failure(project):
    """A refresh that was rolled back is reported with its error, in status() at the module that raised it."""
    project.write({"a.py": "import b\n", "b.py": "X = 1\n"})
    project.step("import a", ["a", "b"])
    project.write({"b.py": "1 / 0\n"})
    project.step("import a", ["a", "b"], raises="ZeroDivisionError")
    assert project.value("livereload.last().error") == "ZeroDivisionError: division by zero"
    assert project.value("bool(livereload.last())") is False
    errors = "{m.name: m.error for m in livereload.status().modules.values()}"
    assert project.value(errors) == {"a": None, "b": "ZeroDivisionError: division by zero"}
    project.write({"b.py": "X = 1\n"})
    project.step("import a", [])
    project.write({"b.py": "X = 3\n"})
    project.step("import a", ["a", "b"])
    assert project.value(errors) == {"a": None, "b": None}


def test_on_refresh(project):
    """Each callback hears of each refresh once; one that raises is shown and harms nothing."""
    project.write({"a.py": "X = 1\n"})
    project.step("import a", ["a"])
    project.run("""
import sys
heard, shown = [], []
sys.excepthook = lambda kind, error, traceback: shown.append(repr(error))
@livereload.on_refresh
def broken(report):
    raise ValueError("mine")
@livereload.on_refresh
def listen(report):
    heard.append(report.names)
livereload.on_refresh(listen)
""")
    project.write({"a.py": "X = 2\n"})
    project.step("import a", ["a"])
    assert project.value("(heard, shown)") == ([("a",)], ["ValueError('mine')"])
    project.run("livereload.uninstall(); livereload.install()")
    project.write({"a.py": "X = 3\n"})
    project.step("import a", ["a"])
    assert project.value("len(heard)") == 1


def test_verbose(project):
    """With verbose=True a refresh prints one line to standard error, and without it nothing at all."""
    project.write({"a.py": "import b\nY = b.X\n", "b.py": "X = 1\n"})
    project.step("import a", ["a", "b"])
    project.run("import io, sys; sys.stderr = type('Log', (io.StringIO,), {'fileno': lambda self: 2})()")
    project.write({"b.py": "X = 2\n"})
    project.step("import a", ["a", "b"])
    assert project.value("sys.stderr.getvalue()") == ""
    project.run("livereload.install(verbose=True)")
    project.write({"b.py": "X = 3\n"})
    project.step("import a", ["a", "b"])
    lines = project.value("sys.stderr.getvalue().splitlines()")
    assert len(lines) == 1
    assert lines[0].startswith("livereload: executed b, a (project/b.py changed) in ")
    assert lines[0].endswith(" ms")


VERBOSE = {
    "1": True, "true": True, "yes": True, "0": False, "": False, "off": False, "No": False, "logging": "logging",
}  # fmt: skip


@pytest.mark.parametrize(("value", "expected"), VERBOSE.items(), ids=VERBOSE.keys())
def test_variables(project, value, expected):
    """LIVERELOAD_VERBOSE and LIVERELOAD_WHOLE decide where install() does not name the argument."""
    project.start(f"import os; os.environ.update(LIVERELOAD_VERBOSE={value!r}, LIVERELOAD_WHOLE={value!r})")
    project.run("livereload.install(); import livereload.imports.hooks as p; state = p.installed.state")
    assert project.value("(state.verbose, state.whole)") == (expected, bool(expected))
    project.run("livereload.install(verbose=False, whole=True)")
    assert project.value("(state.verbose, state.whole)") == (False, True)


RECORD = """
import logging
lines = []
class Handler(logging.Handler):
    def emit(self, record): lines.append((record.name, record.levelname, record.getMessage().partition(" in ")[0]))
logging.getLogger().addHandler(Handler())
"""


@pytest.mark.parametrize("level", ["INFO", "WARNING"])
def test_logging(project, level):
    """In a program that uses logging a refresh is logged at level INFO under the name livereload, once, not printed."""
    project.write({"a.py": "X = 1\n"})
    project.step("import a", ["a"])
    project.run(f"{RECORD}\nlogging.getLogger().setLevel({level!r})")
    project.run("import io, sys; sys.stderr = type('Log', (io.StringIO,), {'fileno': lambda self: 2})()")
    project.write({"a.py": "X = 2\n"})
    project.step("import a", ["a"])
    project.write({"a.py": "1 / 0\n"})
    project.step("import a", ["a"], raises="ZeroDivisionError")
    assert project.value("lines") == (level == "INFO") * [
        ("livereload", "INFO", "executed a (project/a.py changed)"),
        ("livereload", "INFO", "rolled back"),
    ]
    assert project.value("sys.stderr.getvalue()") == ""


def test_logging_is_not_imported_unasked(project):
    """Without verbose="logging" a program that does not use logging goes without; with it, it is imported."""
    project.write({"a.py": "X = 1\n"})
    project.step("import a", ["a"])
    project.write({"a.py": "X = 2\n"})
    project.step("import a", ["a"])
    assert project.value("'logging' in sys.modules") is False
    project.run("livereload.install(verbose='logging')")
    project.write({"a.py": "X = 3\n"})
    project.run("import a")
    assert project.value("'logging' in sys.modules") is True
    assert "verbose must be" in project.attempt("livereload.install(verbose='loud')").error["message"]


def test_a_module_of_the_users_called_logging(project):
    """It is not taken for the standard library's, and nothing of it is called."""
    project.write({"logging.py": "def getLogger(name): raise SystemExit\n", "a.py": "X = 1\n"})
    project.run("import logging, a")
    project.write({"a.py": "X = 2\n"})
    project.step("import a", ["a"], after=["import logging"])


def test_a_refresh_without_standard_error(monkeypatch):
    """A program without a standard error (pythonw, a closed one) is served as any other."""
    monkeypatch.setattr("sys.stderr", None)
    tell(Report((Executed("a", "changed", 0.0),)), [], verbose=True)
    progress = Progress(1, iter([0.0, 5.0]).__next__)
    progress.show("a", 1)
    progress.end()


def test_repr():
    """A report says for each module what was done to it and why, a line each; of many of a kind, the first twenty."""
    executed = (Executed("shop.money", "RATE changed", 0.0), Executed("shop.slow", "uses RATE", 0.25))
    updated = (Updated("shop.cart", ("total", "Cart.add")), Updated("shop.text", ()))
    kept = (Kept("shop.app", "nothing it uses at import time has changed"),)
    report = Report(executed, ("shop.P: a new class",), kept=kept, updated=updated)
    assert repr(report).splitlines() == [
        "livereload:",
        "  updated shop.cart: total, Cart.add",
        "  updated shop.text: only its comments and layout have changed",
        "  executed shop.money (RATE changed)",
        "  executed shop.slow (uses RATE) in 250 ms",
        "  kept shop.app (nothing it uses at import time has changed)",
        "  could not follow: shop.P: a new class",
    ]
    many = repr(Report(tuple(Executed(f"m{i}", "imports m", 0.0) for i in range(300)))).splitlines()
    assert (len(many), many[-2:]) == (22, ["  executed m19 (imports m)", "  … and 280 others"])


def test_truth():
    """A report is true if something was executed or updated, but for its layout, and not rolled back."""
    updated, executed = (Updated("a", ("f",)),), (Executed("a", "a.py changed", 0.0),)
    assert Report(executed) and Report(updated=updated)
    assert not Report(updated=(Updated("a", ()),))
    assert not (Report() or Report(kept=(Kept("a", ""),)) or Report(updated=updated, error="NameError"))


def test_line_of_many():
    """A line stays a line: of many modules or causes the first is named, and the others are counted."""
    executed = tuple(Executed(f"big.p0.m{i}", f"big/p0/m{i}.py changed", 0.0) for i in range(300))
    updated = tuple(Updated(f"big.q.m{i}", ("f", "g", "h")) for i in range(2))
    line = Report(executed, seconds=1.2, updated=updated).line
    assert line == (
        "livereload: updated big.q.m0, big.q.m1 (f, g, h, f, g, h); "
        "executed big.p0.m0 and 299 others (big/p0/m0.py changed and 299 others) in 1200 ms"
    )
    assert "\n" not in Report(error="ValidationError: 2 errors\n  a\n  b").line


def test_line():
    """A report in one line names causes, not consequences."""
    executed = (Executed("cart", "shop/cart.py changed", 0.001), Executed("shop", "imports cart", 0.001))
    assert Report(executed, seconds=0.003).line == "livereload: executed cart, shop (shop/cart.py changed) in 3 ms"
    assert Report().line == "livereload: nothing was stale"
    failed = Report(executed, error="NameError: name 'x'", seconds=0.001)
    assert failed.line == "livereload: rolled back in 1 ms, nothing has changed: NameError: name 'x'"
    assert not failed


class Terminal(io.StringIO):
    def isatty(self):
        return True


SHOWN = "\x1b7\x1b[?7llivereload: executing {0}\x1b[?7h"  # the cursor's place is kept, what is too wide is clipped
TAKEN_AWAY = "\x1b8\x1b[J"


def at_a_terminal(monkeypatch):
    """Both standard streams at one terminal, which is returned."""
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    monkeypatch.setattr("sys.stdout", terminal)
    return terminal


def test_progress_after_a_second(monkeypatch):
    """A refresh that takes longer than a second shows one line at a terminal and takes it away again."""
    terminal = at_a_terminal(monkeypatch)
    progress = Progress(3, iter([0.0, 0.9, 1.5, 1.6]).__next__)
    progress.show("a", 1)
    assert terminal.getvalue() == ""
    progress.show("b", 2)
    assert terminal.getvalue() == SHOWN.format("b (2 of 3)")
    progress.show("c", 3)
    progress.end()
    progress.end()
    lines = SHOWN.format("b (2 of 3)") + TAKEN_AWAY + SHOWN.format("c (3 of 3)") + TAKEN_AWAY
    assert terminal.getvalue() == lines
    assert "write" not in vars(terminal)


def test_progress_and_a_module_that_prints(monkeypatch):
    """What a module prints comes where it would have come: the line is taken away before, and not once more after."""
    terminal = at_a_terminal(monkeypatch)
    progress = Progress(3, iter([0.0, 1.5]).__next__)
    print("loading", end="")
    progress.show("b", 2)
    print(" 1", end="")
    print(" 2")
    progress.end()
    assert terminal.getvalue() == "loading" + SHOWN.format("b (2 of 3)") + TAKEN_AWAY + " 1 2\n"
    assert "write" not in vars(terminal)


def test_progress_and_a_module_that_keeps_or_replaces_write(monkeypatch):
    """A `write` that a module has taken hold of goes on working, and one that it has put there stays."""
    terminal = at_a_terminal(monkeypatch)
    progress = Progress(3, iter([0.0, 1.5]).__next__)
    progress.show("b", 2)
    kept = terminal.write
    terminal.write = mine = lambda text: kept(text.upper())
    progress.end()
    assert terminal.write is mine
    print("late")
    assert terminal.getvalue() == SHOWN.format("b (2 of 3)") + TAKEN_AWAY + "LATE\n"


def test_progress_at_a_terminal_that_goes(monkeypatch):
    """A terminal that is gone in the middle of a refresh is no reason for it to fail."""

    class Gone(Terminal):
        def flush(self):
            raise OSError(5, "Input/output error")

    monkeypatch.setattr("sys.stderr", Gone())
    progress = Progress(3, iter([0.0, 1.5]).__next__)
    progress.show("b", 2)
    progress.end()


def test_no_progress_into_a_file(monkeypatch):
    """Where standard error is no terminal, a long refresh shows nothing."""
    file = io.StringIO()
    monkeypatch.setattr("sys.stderr", file)
    progress = Progress(3, iter([0.0, 5.0]).__next__)
    progress.show("a", 1)
    progress.end()
    assert file.getvalue() == ""


def test_tell_prints_nothing_unasked(capsys):
    """Nobody asked: nothing is printed."""
    tell(Report((Executed("a", "changed", 0.0),)), [], verbose=False)
    assert capsys.readouterr() == ("", "")


def test_a_refresh_that_executes_nothing_is_not_told(project):
    """What is stale and no longer imported waits for its own import, and nobody hears of it."""
    project.write({"a.py": "import b\n", "b.py": "X = 1\n"})
    project.step("import a", ["a", "b"])
    project.run("heard = []; livereload.on_refresh(lambda report: heard.append(report.names))")
    project.write({"a.py": "", "b.py": "X = 2\n"})
    project.step("import a", ["a"])
    project.step("import a", [])
    assert project.value("heard") == [("a",)]


def test_a_refresh_that_executes_nothing(project):
    """A refresh that only moves positions is told of like any other."""
    project.write({"a.py": "def f(): pass\n"})
    project.step("import a", ["a"])
    project.run("heard = []; livereload.on_refresh(heard.append)")
    project.write({"a.py": "# moved\ndef f(): pass\n"})
    project.step("import a", [])
    project.step("import a", [])
    assert project.value("[(bool(each), each.line.rpartition(' in ')[0]) for each in heard]") == [
        (False, "livereload: updated a (layout)")
    ]
