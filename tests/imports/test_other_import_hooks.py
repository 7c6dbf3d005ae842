"""Import hooks of other projects: put in place before livereload or after it, both work, and nothing is executed twice.

pytest is there in any case.  With a network,

    LIVERELOAD_TEST_NETWORK=1 python -m pytest -q tests/imports/test_other_import_hooks.py

fetches the others (newest versions, by pip, in a virtual environment of their own).  Other loaders and finders in
general, lazy modules and zip files: `test_other_finders_and_loaders.py`; editable finders: `test_editable.py`.
"""

import os
import subprocess
import sys
import textwrap

import pytest
from conftest import SRC
from environments import Environment, Hosted, needs_network

REQUIREMENTS = ["beartype", "coverage", "ipython", "lazy-loader", "typeguard", "wrapt"]

both_orders = pytest.mark.parametrize("order", ["before", "after"])


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    environment = Environment(tmp_path_factory.mktemp("hooks") / "environment")
    environment.pip("install", "-q", *REQUIREMENTS)
    return environment


@pytest.fixture
def hosted(environment, tmp_path, monkeypatch):
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    hosted = Hosted(environment, tmp_path)
    yield hosted
    hosted.close()


def start(project, order, code):
    """Start the session with the hook that `code` puts in place, `order`: before livereload, or after it."""
    steps = [textwrap.dedent(code), "livereload.install()"]
    project.start("\n".join(steps if order == "before" else steps[::-1]))


def steps(project, statement, expression, path, sources, executes):
    """Import, and import again after each edit of the file: `sources` are [(source, what the expression is then)]."""
    for i, (source, value) in enumerate(sources):
        project.tick()
        project.write({path: source})
        outcome = project.run(statement, expression)
        assert outcome.value == value
        assert outcome.executed == executes
        outcome = project.run(statement, expression)
        assert (outcome.value, outcome.executed) == (value, []), i


# What a call with a wrong argument raises, by name.
RAISES = """
def raised(function, *arguments):
    try:
        function(*arguments)
    except Exception as error:
        return type(error).__name__
"""
CHECKED = "def f(x: {}): return x\nclass C:\n    def m(self, x: {}): return x\n"


def checked(project, error):
    """Functions and methods of a module that a hook instruments are checked after each edit, those held included."""
    edits = [(CHECKED.format(kind, kind), None) for kind in ("int", "str", "int")]
    project.write({"pkg/__init__.py": ""})
    statement = "import pkg.mod"
    project.run(RAISES + "held = []")
    for i, (source, _) in enumerate(edits):
        project.write({"pkg/mod.py": source})
        outcome = project.run(statement, "raised(pkg.mod.f, 1), raised(pkg.mod.f, '1'), raised(pkg.mod.C().m, '1')")
        wrong = [None, error, error] if i != 1 else [error, None, None]
        assert list(outcome.value) == wrong
        assert outcome.executed == (["pkg", "pkg.mod"] if i == 0 else ["pkg.mod"])
        assert project.run(statement).executed == []
        project.run("held[:] = held or [pkg.mod.f, pkg.mod.C().m]")
        assert project.value("raised(held[0], '1'), raised(held[1], '1')") == tuple(wrong[1:])


@needs_network
@both_orders
def test_beartype(hosted, order):
    """`beartype.claw.beartype_package`: what it decorates is decorated after each edit."""
    start(hosted, order, "from beartype.claw import beartype_package; beartype_package('pkg')")
    checked(hosted, "BeartypeCallHintParamViolation")


@needs_network
@both_orders
def test_typeguard(hosted, order):
    """`typeguard.install_import_hook`: what it instruments is instrumented after each edit."""
    start(hosted, order, "from typeguard import install_import_hook; install_import_hook('pkg')")
    checked(hosted, "TypeCheckError")


@needs_network
@both_orders
def test_coverage(hosted, order):
    """The lines that ran of each version of a module are measured."""
    start(
        hosted,
        order,
        f"""
        import coverage
        measured = coverage.Coverage(data_file=None, config_file=False, source=[{hosted.root!r}])
        measured.start()
        def lines(module):
            measured.stop()
            found = measured.get_data().lines(module.__file__)
            measured.erase()
            measured.start()
            return sorted(found)
    """,
    )
    hosted.write({"a.py": "def f():\n    return 1\n"})
    assert hosted.run("import a; f = a.f; f()", "lines(a)").value == [1, 2]
    hosted.write({"a.py": "X = 1\n\ndef f():\n    if X:\n        return 2\n    return 3\n"})
    outcome = hosted.run("import a; a.f(); f()", "lines(a)")
    assert (outcome.value, outcome.executed) == ([1, 3, 4, 5], ["a"])
    assert hosted.run("import a; f()", "lines(a)").value == [4, 5]


@needs_network
@both_orders
def test_wrapt(hosted, order):
    """A post-import hook is called once, as ever; what its decorators made follows an edit."""
    start(
        hosted,
        order,
        """
        import wrapt
        called = []
        wrapt.register_post_import_hook(lambda module: called.append(module.f()), "a")
    """,
    )
    source = "import wrapt\n@wrapt.decorator\ndef double(wrapped, instance, args, kwargs):\n    return 2 * wrapped()\n"
    source += "@double\ndef f(): return {}\n"
    steps(hosted, "import a", "a.f()", "a.py", [(source.format(1), 2)], ["a"])
    hosted.run("f = a.f")
    steps(hosted, "import a", "a.f(), f()", "a.py", [(source.format(i), (2 * i, 2 * i)) for i in (2, 3)], ["a"])
    assert hosted.value("called") == [2]


@needs_network
@both_orders
def test_lazy_loader(hosted, order):
    """Modules that are imported when they are asked for are tracked; what a package keeps of them follows them."""
    start(hosted, order, "import lazy_loader")
    attach = "__getattr__, __dir__, __all__ = lazy_loader.attach(__name__, ['sub'], {'mod': ['f']})\n"
    attach = "import lazy_loader\n" + attach
    hosted.write({"pkg/__init__.py": attach, "pkg/mod.py": "def f(): return 1\n", "pkg/sub.py": "X = 1\n"})
    hosted.write({"late.py": "X = 1\n"})
    assert hosted.run("import pkg; late = lazy_loader.load('late')").executed == ["pkg"]
    assert hosted.run("from pkg import f, sub", "f(), sub.X").executed == ["pkg.mod", "pkg.sub"]
    hosted.write({"pkg/mod.py": "def f(): return 2\n", "pkg/sub.py": "X = 2\n"})
    outcome = hosted.run("import pkg.mod; from pkg import f, sub", "f(), sub.X")
    assert (outcome.value, outcome.executed) == ((2, 2), ["pkg.mod", "pkg.sub"])
    assert hosted.run("import pkg.mod; from pkg import f, sub").executed == []
    outcome = hosted.run("", "late.X")
    assert (outcome.value, outcome.executed) == (1, ["late"])
    hosted.write({"late.py": "X = 2\n"})
    outcome = hosted.run("import late as again", "late.X, again is late")
    assert (outcome.value, outcome.executed) == ((2, True), ["late"])
    assert hosted.run("import late as again").executed == []


SHELL = """
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config
configuration = Config()
configuration.HistoryManager.enabled = False
shell = InteractiveShell(config=configuration)
shell.colors = "NoColor"
def cell(text): shell.run_cell(text).raise_error()
cell("%load_ext autoreload")
cell("%autoreload 2")
"""


@needs_network
@both_orders
def test_autoreload(hosted, order):
    """A cell after an edit executes a module once at the most, whoever of the two does it, and what is held is new."""
    start(hosted, order, SHELL)
    count = "import sys\nsys.executed = [*getattr(sys, 'executed', []), __name__]\n"
    hosted.write({"a.py": f"{count}import b\ndef f(): return b.X\n", "b.py": f"{count}X = 1\n"})
    hosted.run("cell('import a; f = a.f')")
    assert hosted.value("sys.executed") == ["a", "b"]
    edits = [
        ({"b.py": f"{count}X = 2\n"}, 2, ["b"]),
        ({"b.py": f"{count}X = 3\n"}, 3, ["b"]),
        ({"a.py": f"{count}import b\ndef f(): return -b.X\n"}, -3, []),
    ]
    for files, value, executed in edits:
        hosted.tick()
        hosted.write(files)
        hosted.run("sys.executed.clear(); cell('import a')")
        seen = "sys.modules['a'].f(), shell.user_ns['f'](), sorted(sys.executed)"
        assert hosted.value(seen) == (value, value, executed)
        hosted.run("sys.executed.clear(); cell('import a')")
        assert hosted.value("sys.executed") == []


@needs_network
@both_orders
def test_deepreload(hosted, order):
    """What it executes is fresh at the next import, and what is edited later follows as ever."""
    start(hosted, order, "from IPython.lib.deepreload import reload as deepreload")
    hosted.write({"a.py": "import b\ndef f(): return b.X\n", "b.py": "X = 1\n"})
    hosted.run("import a; f = a.f")
    hosted.write({"b.py": "X = 2\n"})
    outcome = hosted.run("deepreload(a)", "f()")
    assert (outcome.value, sorted(outcome.executed)) == (2, ["a", "b"])
    assert hosted.run("import a").executed == []
    hosted.write({"b.py": "X = 3\n"})
    outcome = hosted.run("import a", "f()")
    assert (outcome.value, outcome.executed) == (3, ["b"])


REWRITTEN = """
import sys
sys.executed.append(__name__)
def check(x):
    assert x == {}
"""

PYTEST = """
import sys
sys.executed = []
sys.path[:0] = [{src!r}]
import livereload
if {before}:
    livereload.install()
import pytest
class Plugin:
    def pytest_collection(self):
        if not {before}:
            livereload.install()
sys.exit(pytest.main(["-q", "-p", "no:cacheprovider"], plugins=[Plugin()]))
"""

TEST = """
import pathlib, sys
import helper, livereload, pytest

def said(x):
    with pytest.raises(AssertionError) as info:
        helper.check(x)
    return str(info.value)

def test_edit():
    assert said(3) == "assert 3 == 1"
    for digit in "2", "4":
        path = pathlib.Path(helper.__file__)
        path.write_text(path.read_text().replace("assert x == ", "assert x == " + digit))
        before = list(sys.executed)
        import helper as again
        assert again is helper
        assert sys.executed[len(before):] == ["helper"]
        assert said(3).startswith("assert 3 == " + digit)
    assert livereload.last().names == ("helper",)
"""


@pytest.mark.parametrize("before", [True, False], ids=["before", "after"])
def test_assertion_rewriting(tmp_path, before):
    """A module whose assertions pytest rewrites is rewritten after each edit as well."""
    (tmp_path / "helper.py").write_text(REWRITTEN.format(1))
    (tmp_path / "conftest.py").write_text("import pytest\npytest.register_assert_rewrite('helper')\n")
    (tmp_path / "test_it.py").write_text(TEST)
    code = PYTEST.format(src=SRC, before=before)
    variables = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYTEST"))}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=variables, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout
