"""The public functions: install() at any moment, uninstall() without a trace, refresh() and status()."""

import os
import textwrap

import pytest

# What livereload touches of the import system, as plain data and identities.
SNAPSHOT = """
import sys, importlib, types
from importlib import _bootstrap, _bootstrap_external
def snapshot():
    def inner(thing):
        attributes = sorted(vars(thing).items(), key=repr) if hasattr(thing, "__dict__") else repr(thing)
        return type(thing), id(type(thing)), attributes
    modules = {}
    for name, module in sorted(sys.modules.items()):
        if not name.partition(".")[0] in ("livereload", "opcode", "_opcode", "_opcode_metadata"):
            namespace = getattr(module, "__dict__", {})
            spec = namespace.get("__spec__")
            loader = getattr(spec, "loader", None)
            modules[name] = [id(module), type(module), inner(spec), inner(loader)]
            modules[name].append(namespace.get("__loader__") is loader)
    return {
        "meta_path": [id(each) for each in sys.meta_path],
        "path_hooks": [id(each) for each in sys.path_hooks],
        "bootstrap": {key: id(each) for key, each in vars(_bootstrap).items()},
        "external": {key: id(each) for key, each in vars(_bootstrap_external).items() if key != "_relax_case"},
        "importlib": {key: id(each) for key, each in vars(importlib).items() if type(each) is types.FunctionType},
        "builtins": {key: id(each) for key, each in vars(sys.modules["builtins"]).items() if key != "_"},
        "sys.modules": id(sys.modules),
        "modules": modules,
    }
def difference(one, two):
    found = [key for key in one if key != "modules" and one[key] != two[key]]
    return found + [(k, one["modules"].get(k), two["modules"].get(k)) for k in one["modules"]
                    if one["modules"][k] != two["modules"].get(k)]
"""


def test_uninstall_leaves_no_trace(project):
    """After uninstall(), the import system and every spec and loader are as they were before install()."""
    project.write({"a.py": "import b\n", "b.py": "X = 1\n", "space/c.py": ""})
    project.start(SNAPSHOT + "import a, space.c\nbefore = snapshot()\nlivereload.install()\nlivereload.uninstall()")
    assert project.value("difference(before, snapshot())") == []


def test_uninstall_after_refreshes_leaves_no_trace(project):
    """The same after modules have been imported and executed again: they look as if plainly imported."""
    project.write({"a.py": "import b\n", "b.py": "X = 1\n", "space/c.py": "", "pkg/__init__.py": "", "pkg/d.py": ""})
    project.start(SNAPSHOT + "import a, space.c, pkg.d\nbefore = snapshot()\nlivereload.install()")
    project.write({"b.py": "X = 2\n", "space/c.py": "Y = 1", "pkg/__init__.py": "Z = 1", "pkg/d.py": "import pkg"})
    assert len(project.run("import a, space.c, pkg.d").executed) == 5
    project.run("livereload.uninstall()")
    plain = "[(type(m.__spec__).__name__, type(m.__spec__.loader).__module__, m.__loader__ is m.__spec__.loader,"
    plain += " sorted(vars(m.__spec__)), sorted(vars(m.__spec__.loader)))"
    plain += " for m in (a, b, pkg, pkg.d)]"
    seen = project.run("import b", plain).value
    assert project.value("[id(f) for f in sys.meta_path] == before['meta_path']") is True
    assert project.value("difference({**before, 'modules': {}}, snapshot())") == []
    interpreter = project.start("import a, b, space.c, pkg.d")
    assert interpreter.error is None
    assert project.value(plain) == seen


def test_after_uninstall_nothing_is_executed(project):
    """After uninstall(), a repeated import is a plain one."""
    project.write({"a.py": "X = 1\n"})
    project.step("import a", ["a"])
    project.run("livereload.uninstall()")
    project.write({"a.py": "X = 2\n"})
    assert project.run("import a").executed == []
    assert project.run("import importlib; importlib.reload(a)", "a.X").value == 2


def test_install_again(project):
    """Installed again, livereload goes on; an edit in between is seen at the next import."""
    project.write({"a.py": "import b\nX = b.X\n", "b.py": "X = 1\n", "c.py": "import a\n"})
    project.step("import a", ["a", "b"])
    project.run("livereload.uninstall()")
    project.run("import c")
    project.write({"b.py": "X = 22\n"})
    project.run("livereload.install()")
    assert sorted(project.run("import c", "a.X").executed) == ["a", "b", "c"]
    project.step("import c", [])
    project.write({"b.py": "X = 3\n"})
    project.step("import c", ["c", "a", "b"])


def test_many_installs_and_uninstalls(project):
    """install() and uninstall(), in any order and number, leave one livereload or none."""
    project.start(SNAPSHOT + "before = snapshot()")
    project.run("livereload.uninstall()")
    project.run("for _ in range(3): livereload.install()")
    assert project.value("len(sys.meta_path) - len(before['meta_path'])") == 1
    project.run("for _ in range(3): livereload.uninstall()")
    assert project.value("difference(before, snapshot())") == []
    project.run("for _ in range(5): livereload.install(); livereload.uninstall()")
    assert project.value("difference(before, snapshot())") == []


def test_uninstall_with_others_on_the_meta_path(project):
    """uninstall() takes away its own finder only, wherever it stands."""
    project.start("class Other:\n    def __init__(self, name): self.name = name\n    def find_spec(*_): return None")
    project.run("import sys; sys.meta_path.insert(0, Other('first'))\nlivereload.install()")
    project.run("sys.meta_path.append(Other('last')); sys.meta_path.insert(0, Other('front'))")
    project.run("livereload.uninstall()")
    names = "[each.name for each in sys.meta_path if isinstance(each, Other)]"
    assert project.value(names) == ["front", "first", "last"]


def test_uninstall_while_importing(project):
    """A module may uninstall livereload while it is executed again."""
    project.write({"a.py": "import b\n", "b.py": "X = 1\n"})
    project.step("import a", ["a", "b"])
    project.write({"b.py": "import livereload\nlivereload.uninstall()\nX = 2\n"})
    assert project.run("import a", "a.b.X").value == 2
    project.write({"b.py": "X = 3\n"})
    assert project.run("import a").executed == []


def test_install_while_importing(project):
    """A module may install livereload while it is executed; from then on it is tracked like its importers."""
    project.write({"a.py": "import b\nX = b.X\n", "b.py": "import sys\nif 'livereload' in sys.modules:\n"
                   "    sys.modules['livereload'].install()\nX = 1\n"})  # fmt: skip
    project.tick()
    project.start("import a")
    project.step("import a", [])
    project.write({"b.py": "X = 22\n"})
    project.step("import a", ["a", "b"])


def test_adoption(project):
    """Modules that were imported before install() are tracked, with their dependencies."""
    project.write({"a.py": "from pkg import b\nX = b.X\n", "pkg/__init__.py": ""})
    project.write({"pkg/b.py": "from . import c\nX = c.X\n", "pkg/c.py": "X = 1\n"})
    project.tick()
    project.start("import a\nlivereload.install()")
    project.step("import a", [])
    project.write({"pkg/c.py": "X = 2\n"})
    project.step("import a", ["a", "pkg.b", "pkg.c"])
    project.step("import a", [])


@pytest.mark.parametrize(
    "statement",
    ["import b", "import b as q", "from b import X", "from b import *", "import os, b", "class K:\n    import b",
     "if True:\n    import b", "try:\n    import b\nfinally:\n    pass"],
)  # fmt: skip
def test_adopted_dependencies(project, statement):
    """The dependencies of an adopted module are those that its code names."""
    project.write({"a.py": f"{statement}\n", "b.py": "X = 1\n"})
    project.tick()
    project.start("import a\nlivereload.install()")
    project.write({"b.py": "X = 2\n"})
    project.step("import a", ["a", "b"])


def test_adoption_of_what_changed_before(project):
    """A module whose file changed between its import and install() is stale."""
    project.write({"a.py": "import b\nX = b.X\n", "b.py": "X = 1\n", "c.py": "X = 1\n"})
    project.tick()
    project.start("import a, c")
    project.write({"b.py": "X = 2\n"})
    project.run("livereload.install()")
    project.step("import a", ["a", "b"])
    project.step("import c", [])


def test_adoption_of_what_was_deleted_before(project):
    """A module whose file was deleted between its import and install() is gone."""
    project.write({"a.py": "X = 1\n"})
    project.start("import a")
    project.delete("a.py")
    project.run("livereload.install()")
    project.step("import a", [], raises="ModuleNotFoundError")


def test_adoption_without_bytecode(project):
    """Without bytecode, what was written since the process started may have changed since its import."""
    project.write({"old.py": "X = 1\n"})
    project.tick()
    project.start("import sys; sys.dont_write_bytecode = True; import old")
    project.write({"new.py": "X = 1\n"})
    project.run("import new")
    project.write({"new.py": "X = 2\n"})
    project.run("livereload.install()")
    project.step("import new", ["new"])
    project.step("import new", [])


def test_modules_that_a_finder_before_ours_finds(project):
    """A finder that is put before ours does not hide modules from it."""
    project.write({"a.py": "X = 1\n"})
    project.start("livereload.install()\nimport sys; sys.meta_path.insert(0, sys.meta_path[-1])\nimport a")
    project.write({"a.py": "X = 2\n"})
    project.step("import a", ["a"])
    project.run("sys.meta_path = [sys.meta_path[-1]]")
    project.write({"a.py": "import b\n", "b.py": "X = 3\n"})
    project.step("import a", ["a", "b"])
    project.write({"b.py": "X = 4\n"})
    project.step("import a", ["a", "b"])


def test_standard_library_and_site_packages_are_left_alone(project):
    """Neither the standard library nor anything below site-packages is tracked: no spec of theirs changes."""
    site = "lib/site-packages"
    project.path = [project.root, f"{project.root}/{site}", f"{project.root}/dist-packages"]
    project.write({f"{site}/installed.py": "X = 1\n", "dist-packages/debian.py": "X = 1\n", "mine.py": "X = 1\n"})
    project.start("import json.decoder, installed\nlivereload.install()\nimport csv, debian, mine")
    assert project.value("sorted(livereload.status().modules)") == ["mine"]
    project.write({f"{site}/installed.py": "X = 2\n", "dist-packages/debian.py": "X = 2\n"})
    outcome = project.run("import installed, debian")
    assert outcome.executed == []
    kinds = "{type(sys.modules[n].__spec__).__mro__.index(object) for n in ('json', 'csv', 'installed', 'debian')}"
    assert project.run("import sys", kinds).value == {1}


def test_untracked_imports_run_no_code_of_ours(project):
    """A repeated import of an untracked module calls no function of livereload."""
    project.start("livereload.install()\nimport json")
    code = """
        import sys
        calls = []
        sys.setprofile(lambda frame, event, argument: calls.append(frame.f_code.co_filename))
        import json
        from json import loads
        import json.decoder
        sys.setprofile(None)
        calls = [name for name in calls if "livereload" in name]
    """
    project.run(textwrap.dedent(code))
    assert project.value("calls") == []


def test_include(project):
    """`include` names installed modules that are to be tracked, with everything below them."""
    site = "lib/site-packages"
    project.path = [f"{project.root}/{site}"]
    for name in ("one", "two"):
        project.write({f"{site}/{name}/__init__.py": "", f"{site}/{name}/mod.py": "X = 1\n"})
    project.start("livereload.install(include=['one'])\nimport one.mod, two.mod")
    assert project.value("sorted(livereload.status().modules)") == ["one", "one.mod"]
    project.write({f"{site}/one/mod.py": "X = 2\n", f"{site}/two/mod.py": "X = 2\n"})
    assert project.run("import one.mod, two.mod").executed == ["one.mod"]


def test_exclude(project):
    """`exclude` names modules that are not to be tracked, with everything below them; it wins."""
    project.write({"one/__init__.py": "", "one/mod.py": "X = 1\n", "two.py": "X = 1\n", "ones.py": ""})
    project.start("import one\nlivereload.install(include=['one.mod'], exclude=['one'])\nimport one.mod, two, ones")
    assert project.value("sorted(livereload.status().modules)") == ["ones", "two"]
    project.write({"one/mod.py": "X = 2\n", "two.py": "X = 2\n"})
    assert project.run("import one.mod, two").executed == ["two"]


def test_opting_out(project):
    """A module with `__livereload__ = False` is left alone, imported before or after install()."""
    for when in ("import a\nlivereload.install()", "livereload.install()\nimport a"):
        project.write({"a.py": "__livereload__ = False\nX = 1\n"})
        project.start(when)
        project.write({"a.py": "__livereload__ = False\nX = 2\n"})
        assert project.run("import a", "a.X").value == 1
        assert project.value("sorted(livereload.status().modules)") == []


def test_opting_out_by_an_edit(project):
    """A module that opts out by an edit is executed for that edit, and not any more."""
    project.write({"a.py": "X = 1\n"})
    project.step("import a", ["a"])
    project.write({"a.py": "__livereload__ = False\nX = 2\n"})
    assert project.run("import a", "a.X").value == 2
    project.write({"a.py": "X = 3\n"})
    assert project.run("import a", "a.X").value == 2


def test_second_install_replaces_the_arguments(project):
    """The `include` and `exclude` of a second install() hold for modules imported from then on."""
    project.write({"a.py": "", "b.py": ""})
    project.start("livereload.install()\nimport a\nlivereload.install(exclude=['b'])\nimport b")
    assert project.value("sorted(livereload.status().modules)") == ["a"]


BAD = {
    "livereload.install(include='pkg')":
        "TypeError: include must be an iterable of module names, not a single str: write ['pkg']",
    "livereload.install(exclude='pkg')":
        "TypeError: exclude must be an iterable of module names, not a single str: write ['pkg']",
    "livereload.install(include=3)":
        "TypeError: include must be an iterable of module names, not int",
    "livereload.install(exclude=[3])":
        "TypeError: exclude must hold names of modules, not int (3)",
    "livereload.install(include=[b'pkg'])":
        "TypeError: include must hold names of modules, not bytes (b'pkg')",
    "livereload.install(include=[''])":
        "ValueError: include must hold absolute dotted module names such as 'pkg.mod', not ''",
    "livereload.install(include=['.pkg'])":
        "ValueError: include must hold absolute dotted module names such as 'pkg.mod', not '.pkg'",
    "livereload.install(exclude=['pkg..mod'])":
        "ValueError: exclude must hold absolute dotted module names such as 'pkg.mod', not 'pkg..mod'",
    "livereload.install(exclude=['pkg/mod.py'])":
        "ValueError: exclude must hold absolute dotted module names such as 'pkg.mod', not 'pkg/mod.py'",
    "livereload.install(['pkg'])":
        "TypeError: install() takes 0 positional arguments but 1 was given",
    "livereload.refresh('a')":
        "NotInstalledError: livereload is not installed: call livereload.install() first",
    "livereload.refresh()":
        "NotInstalledError: livereload is not installed: call livereload.install() first",
    "livereload.refresh(3)":
        "TypeError: names must hold names of modules, not int (3)",
    "livereload.refresh('..')":
        "ValueError: names must hold absolute dotted module names such as 'pkg.mod', not '..'",
    "livereload.install(); livereload.refresh('nowhere')":
        "NotTrackedError: cannot refresh 'nowhere', which is not tracked: it has not been imported",
    "import sys; livereload.install(); livereload.refresh('sys')":
        "NotTrackedError: cannot refresh 'sys', which is not tracked: it is built-in: part of the interpreter",
}  # fmt: skip


@pytest.mark.parametrize(("code", "expected"), BAD.items(), ids=BAD.keys())
def test_bad_arguments(project, code, expected):
    """A bad argument gets one clear error that names it, and nothing is installed by it."""
    project.start("")
    error = project.attempt(code).error
    assert f"{error['type']}: {error['message']}" == expected
    if ";" not in code:
        assert project.value("livereload.status().installed") is False


def test_bad_arguments_keep_what_is_installed(project):
    """A second install() with a bad argument changes nothing."""
    project.write({"a.py": "X = 1\n"})
    project.step("import a", ["a"])
    assert project.attempt("livereload.install(exclude='a')").error["type"] == "TypeError"
    project.write({"a.py": "X = 2\n"})
    project.step("import a", ["a"])


def test_errors_have_bases():
    """Each exception is a LiveReloadError, and what a caller would expect beside."""
    import livereload

    assert issubclass(livereload.NotInstalledError, (livereload.LiveReloadError, RuntimeError))
    assert issubclass(livereload.NotTrackedError, livereload.LiveReloadError)
    assert issubclass(livereload.NotTrackedError, LookupError)
    assert issubclass(livereload.UnsupportedInterpreterError, livereload.LiveReloadError)
    assert issubclass(livereload.UnsupportedInterpreterError, ImportError)
    assert issubclass(livereload.LiveReloadWarning, UserWarning)
    assert livereload.NotTrackedError("message", "pkg").name == "pkg"


def test_everything_public_is_there():
    """`__all__` names what is public, and `from livereload import *` gives it."""
    import livereload

    for name in livereload.__all__:
        assert getattr(livereload, name) is not None
        assert getattr(livereload, name).__doc__
    assert sorted(livereload.__all__) == livereload.__all__


def test_refresh_by_name(project):
    """refresh() of a name executes what is stale of it and of what it imports, and says so."""
    project.write({"a.py": "import b\nY = b.X\n", "b.py": "X = 1\n", "c.py": "X = 1\n"})
    project.step("import a, c", ["a", "b", "c"])
    project.write({"b.py": "X = 2\n", "c.py": "X = 2\n"})
    outcome = project.run("report = livereload.refresh('a')", "(report.names, bool(report))")
    assert (outcome.executed, outcome.value) == (["b", "a"], (("b", "a"), True))
    assert project.value("[each.reason for each in report.executed]") == ["project/b.py changed", "uses b.X"]
    assert project.value("all(each.seconds >= 0 for each in report.executed)") is True
    assert project.value("repr(report).splitlines()[0]") == "livereload:"
    assert project.run("", "(repr(livereload.refresh('a')), bool(livereload.refresh('a')))").value == (
        "livereload: nothing was stale", False,
    )  # fmt: skip
    project.step("import c", ["c"])


def test_refresh_of_everything(project):
    """refresh() without names brings everything that is tracked up to date."""
    project.write({"a.py": "X = 1\n", "b.py": "X = 1\n", "pkg/__init__.py": "", "pkg/mod.py": "X = 1\n"})
    project.step("import a, b, pkg.mod", ["a", "b", "pkg", "pkg.mod"])
    project.write({"a.py": "X = 2\n", "pkg/mod.py": "X = 2\n"})
    outcome = project.run("", "sorted(livereload.refresh().names)")
    assert outcome.value == ["a", "pkg.mod"]
    assert project.run("import a, b, pkg.mod", "pkg.mod.X").executed == []


def test_refresh_that_fails(project):
    """refresh() raises what executing raises, every time, and nothing has changed."""
    project.write({"a.py": "X = 1\n", "b.py": "X = 1\n"})
    project.step("import a, b", ["a", "b"])
    project.write({"a.py": "X = 2\n", "b.py": "1 / 0\n"})
    for _ in range(2):
        assert project.attempt("livereload.refresh()").error["type"] == "ZeroDivisionError"
        assert project.value("(a.X, b.X)") == (1, 1)
    project.step("import a", ["a"])


def test_status(project):
    """status() tells what is tracked, what is stale and why, and how often each was executed; it executes nothing."""
    project.write({"a.py": "import b\nY = b.X\n", "b.py": "X = 1\n"})
    project.start("")
    assert project.value("repr(livereload.status())") == "livereload is not installed: call livereload.install()"
    project.run("livereload.install()")
    assert project.value("repr(livereload.status())") == "livereload is installed and tracks no module yet"
    project.step("import a", ["a", "b"])
    project.write({"b.py": "X = int('2')\n"})
    rows = "[(m.name, m.path, m.stale, m.executions) for m in livereload.status().modules.values()]"
    outcome = project.run("", rows)
    a, b = str(project.file("a.py")), str(project.file("b.py"))
    assert outcome.executed == []
    assert outcome.value == [("a", a, "imports b", 1), ("b", b, "project/b.py changed", 1)]
    project.step("import a", ["a", "b"])
    assert project.value(rows) == [("a", a, None, 2), ("b", b, None, 2)]
    assert project.value("repr(livereload.status()).splitlines()") == [
        "2 tracked, all fresh",
        "",
        f"a  fresh  {a}",
        f"b  fresh  {b}",
    ]


def test_unsupported_interpreter(project):
    """On an interpreter that does not ask, install() says so and leaves nothing behind."""
    code = """
        from importlib import _bootstrap
        import livereload.imports.hooks as proxy
        import builtins
        real = builtins.__import__
        def other(name, *rest):
            return None if name == proxy._PROBE else real(name, *rest)
        proxy.__builtins__ = {**vars(builtins), "__import__": other}
        def check(installation):
            raise livereload.UnsupportedInterpreterError("not this one")
        proxy._check = check
        before = list(sys.meta_path), _bootstrap._get_module_lock
    """
    project.start(textwrap.dedent(code))
    assert project.attempt("livereload.install()").error["message"] == "not this one"
    assert project.value("before == (list(sys.meta_path), _bootstrap._get_module_lock)") is True
    assert project.value("livereload.status().installed") is False


def test_relative_entries_of_the_path(project):
    """An entry '' on `sys.path` is the current folder, whichever that is when a module is imported."""
    project.write({"one/a.py": "X = 1\n", "two/b.py": "X = 1\n"})
    project.start(f"livereload.install()\nimport os, sys; os.chdir({project.root + '/one'!r}); sys.path[:1] = ['']")
    project.run("import a")
    project.run(f"os.chdir({project.root + '/two'!r})")
    project.run("import b")
    project.write({"one/a.py": "X = 2\n", "two/b.py": "X = 2\n"})
    assert project.run("import b", "b.X").value == 2
    assert project.run("import a", "a.X").value == 2


@pytest.mark.skipif(os.name == "nt", reason="a deleted current folder")
def test_current_folder_that_is_gone(project):
    """Imports go on working when the current folder has been deleted."""
    project.write({"a.py": "X = 1\n", "gone/x": ""})
    project.start(f"livereload.install()\nimport os, sys; os.chdir({project.root + '/gone'!r}); sys.path.insert(0, '')")
    project.delete("gone")
    assert project.run("import a", "a.X").value == 1
    project.write({"a.py": "X = 2\n"})
    assert project.run("import a", "a.X").value == 2


# What the package shows of itself.


def test_second_install_keeps_what_it_does_not_name(project):
    """A second install() changes only what it names, and one after uninstall() starts anew."""
    project.start("livereload.install(include=['a'], exclude=['b'], verbose=True, whole=True)")
    project.run("import livereload.imports.hooks as p; state = p.installed.state")
    shown = "(state.policy.include, state.policy.exclude, state.verbose, state.whole, state.prompt)"
    assert project.value(shown) == (("a",), ("b",), True, True, False)
    project.run("livereload.install()")
    assert project.value(shown) == (("a",), ("b",), True, True, False)
    project.run("livereload.install(exclude=[], verbose=False)")
    assert project.value(shown) == (("a",), (), False, True, False)
    project.run("livereload.install(include=['c'], whole=False)")
    assert project.value(shown) == (("c",), (), False, False, False)
    project.run("livereload.install(prompt=True)")
    assert project.value(shown) == (("c",), (), False, False, True)
    project.run("livereload.install(verbose=True)")
    assert project.value(shown) == (("c",), (), True, False, True)
    project.run("livereload.uninstall(); livereload.install(); state = p.installed.state")
    assert project.value(shown) == ((), (), False, False, False)


def test_a_failed_install_changes_nothing(project):
    """After an error no argument of the call counts."""
    project.start("livereload.install(exclude=['b'], verbose=True)", whole=False)
    project.run("import livereload.imports.hooks as p; state = p.installed.state")
    for wrong in ("include='a', exclude=['c']", "exclude=['c'], verbose='loud', whole=True"):
        assert project.attempt(f"livereload.install({wrong})").error is not None
        assert project.value("(state.policy.exclude, state.verbose, state.whole)") == (("b",), True, False)


def test_signature_of_install():
    """The signature says that what is not named stays as it is."""
    import inspect

    import livereload

    defaults = {str(each.default) for each in inspect.signature(livereload.install).parameters.values()}
    assert defaults == {"<as it is>"}


def test_refresh_of_modules(project):
    """refresh() takes modules as importlib.reload does, by whatever name the session has them."""
    project.write({"a.py": "X = 1\n", "pkg/__init__.py": "", "pkg/mod.py": "X = 1\n"})
    project.step("import a, pkg.mod", ["a", "pkg", "pkg.mod"])
    project.write({"a.py": "X = 2\n", "pkg/mod.py": "X = 2\n"})
    outcome = project.run("short = a; report = livereload.refresh(short, pkg.mod)", "report.names")
    assert outcome.value == ("a", "pkg.mod")
    project.run("import sys; del sys.modules['a']; import a; old, short = short, None")
    error = project.attempt("livereload.refresh(old)").error
    assert error["type"] == "NotTrackedError"
    assert error["message"].endswith("it is not what sys.modules has for 'a'")
    assert project.attempt("livereload.refresh(type)").error["type"] == "TypeError"


def test_refresh_of_a_lazy_module(project):
    """A lazy module that is given to refresh() or explain() is not loaded by that."""
    project.write({"a.py": "1 / 0\n"})
    project.run("""
import importlib.util, sys
spec = importlib.util.find_spec("a")
spec.loader = importlib.util.LazyLoader(spec.loader)
a = sys.modules["a"] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(a)
""")
    outcome = project.attempt("livereload.refresh(a)")
    assert (outcome.error["type"], outcome.executed) == ("NotTrackedError", [])
    assert project.run("", "livereload.explain(a).name").value == "a"


def test_version():
    """`livereload.__version__` is that of the distribution."""
    import tomllib
    from pathlib import Path

    import livereload

    project = tomllib.loads(Path(__file__).parents[2].joinpath("pyproject.toml").read_text())
    assert project["project"]["dynamic"] == ["version"]
    assert project["tool"]["hatch"]["version"]["path"] == "src/livereload/__init__.py"
    assert livereload.__version__.count(".") == 2


def test_what_the_package_shows():
    """dir(), help() and `import *` show what is public and no more; classes show as the package's own."""
    import pydoc

    import livereload

    assert {name for name in dir(livereload) if not name.startswith("__")} == set(livereload.__all__)
    shown = pydoc.plain(pydoc.render_doc(livereload))
    for private in ("Policy", "check_module_name", "TYPE_CHECKING", "load_ipython_extension", "_AsItIs", "MODULE DATA"):
        assert private not in shown
    assert "livereload._" not in shown
    for name in livereload.__all__:
        each = getattr(livereload, name)
        assert each.__module__ == "livereload"
        assert not isinstance(each, type) or repr(each) == f"<class 'livereload.{name}'>"


def test_errors_can_be_pickled():
    """What is shown as the package's own is found there: a process pool hands errors on."""
    import pickle

    import livereload

    error = pickle.loads(pickle.dumps(livereload.NotInstalledError("x")))
    assert type(error) is livereload.NotInstalledError
    assert pickle.loads(pickle.dumps(livereload.Kept("a", "why"))).name == "a"
