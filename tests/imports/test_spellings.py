"""Every spelling of an import, in every place, brings what it names up to date."""

import subprocess
import sys

import pytest
from conftest import SRC

PKG = {"pkg/__init__.py": "NAME = 'pkg'\n", "pkg/mod.py": "value = 1\n"}

# (statement, the module whose file is edited, what is executed first)
SPELLINGS = {
    "import": ("import mod", "mod", ["mod"]),
    "import as": ("import mod as other", "mod", ["mod"]),
    "import dotted": ("import pkg.mod", "pkg.mod", ["pkg", "pkg.mod"]),
    "import dotted as": ("import pkg.mod as other", "pkg.mod", ["pkg", "pkg.mod"]),
    "import two": ("import mod, pkg.mod", "pkg.mod", ["mod", "pkg", "pkg.mod"]),
    "from": ("from mod import value", "mod", ["mod"]),
    "from as": ("from mod import value as other", "mod", ["mod"]),
    "from dotted": ("from pkg.mod import value", "pkg.mod", ["pkg", "pkg.mod"]),
    "from package import submodule": ("from pkg import mod", "pkg.mod", ["pkg", "pkg.mod"]),
    "from package import two": ("from pkg import NAME, mod as other", "pkg.mod", ["pkg", "pkg.mod"]),
    "import_module": ("importlib.import_module('mod')", "mod", ["mod"]),
    "import_module dotted": ("importlib.import_module('pkg.mod')", "pkg.mod", ["pkg", "pkg.mod"]),
    "import_module relative": ("importlib.import_module('.mod', 'pkg')", "pkg.mod", ["pkg", "pkg.mod"]),
    "__import__": ("__import__('mod')", "mod", ["mod"]),
    "__import__ dotted": ("__import__('pkg.mod')", "pkg.mod", ["pkg", "pkg.mod"]),
    "__import__ with from-list": ("__import__('pkg.mod', fromlist=['value'])", "pkg.mod", ["pkg", "pkg.mod"]),
    "importlib.__import__": ("importlib.__import__('pkg.mod')", "pkg.mod", ["pkg", "pkg.mod"]),
}


def write_project(project):
    project.write({"mod.py": "value = 1\n", **PKG})


def edit(project, name):
    project.write({name.replace(".", "/") + ".py": "value = 2\n"})


@pytest.fixture(params=SPELLINGS.values(), ids=SPELLINGS.keys())
def spelling(request):
    return request.param


def test_at_the_prompt(project, spelling):
    """A statement at the prompt executes again what was edited, and once only."""
    statement, edited, first = spelling
    statement = f"import importlib\n{statement}"
    write_project(project)
    project.step(statement, first)
    project.step(statement, [])
    edit(project, edited)
    project.step(statement, [edited])
    project.step(statement, [])


def test_star_at_the_prompt(project):
    """`from mod import *` binds the new names."""
    write_project(project)
    project.step("from mod import *", ["mod"])
    project.write({"mod.py": "value = 2\nmore = 3\n"})
    project.step("from mod import *", ["mod"])
    assert project.value("(value, more)") == (2, 3)


def test_at_module_level(project, spelling):
    """Importing a module brings up to date what its own import statements name, and executes it again."""
    statement, edited, first = spelling
    write_project(project)
    project.write({"user.py": f"import importlib\n{statement}\n"})
    project.step("import user", ["user", *first])
    project.step("import user", [])
    edit(project, edited)
    project.step("import user", ["user", edited])
    project.step("import user", [])


def test_in_a_function(project, spelling):
    """A statement in a function is a statement of its own each time the function runs."""
    statement, edited, first = spelling
    write_project(project)
    project.write({"user.py": f"import importlib\ndef use():\n    {statement}\n"})
    project.step("import user; user.use()", ["user", *first])
    edit(project, edited)
    assert project.run("import user").executed == []
    project.step("user.use()", [edited], after=["import user"])
    project.step("user.use()", [], after=["import user"])


def test_in_a_thread(project, spelling):
    """A statement in another thread than the main one is served alike."""
    statement, edited, first = spelling
    write_project(project)
    body = f"def use():\n    import importlib\n    {statement}\n"
    run = "import threading\nt = threading.Thread(target=use)\nt.start()\nt.join(20)\nassert not t.is_alive()\n"
    project.step(body + run, first)
    edit(project, edited)
    project.step(body + run, [edited])
    project.step(body + run, [])


def test_in_a_class_body(project):
    """A statement in a class body at module level is a dependency of the module."""
    project.write({"user.py": "class User:\n    from mod import value\n", "mod.py": "value = 1\n"})
    project.step("import user", ["user", "mod"])
    edit(project, "mod")
    project.step("import user", ["user", "mod"])


@pytest.mark.parametrize("statement", ["from . import mod", "from .mod import value", "from .mod import *"])
def test_relative_in_a_package(project, statement):
    """Relative imports in `__init__.py` are followed."""
    project.write({**PKG, "pkg/__init__.py": f"{statement}\n"})
    project.step("import pkg", ["pkg", "pkg.mod"])
    edit(project, "pkg.mod")
    project.step("import pkg", ["pkg", "pkg.mod"])
    project.step("import pkg", [])


@pytest.mark.parametrize("statement", ["from . import mod", "from .mod import value", "from .mod import *"])
def test_relative_in_a_submodule(project, statement):
    """Relative imports between siblings are followed; the package is left alone."""
    project.write({**PKG, "pkg/user.py": f"{statement}\n"})
    project.step("import pkg.user", ["pkg", "pkg.user", "pkg.mod"])
    edit(project, "pkg.mod")
    project.step("import pkg.user", ["pkg.user", "pkg.mod"])
    project.step("from pkg import user", [])


@pytest.mark.parametrize("statement", ["from .. import mod", "from ..mod import value", "from ...pkg import mod"])
def test_relative_from_below(project, statement):
    """Relative imports from the packages above are followed."""
    project.write({"top/__init__.py": "", "top/pkg/__init__.py": "", "top/pkg/sub/__init__.py": ""})
    project.write({"top/pkg/mod.py": "value = 1\n", "top/pkg/sub/user.py": f"{statement}\n"})
    above = ["top", "top.pkg", "top.pkg.sub"]
    project.step("import top.pkg.sub.user", [*above, "top.pkg.sub.user", "top.pkg.mod"])
    edit(project, "top.pkg.mod")
    project.step("import top.pkg.sub.user", ["top.pkg.sub.user", "top.pkg.mod"])


@pytest.mark.parametrize("statement", ["from . import mod", "from .mod import value"])
def test_relative_in_a_function(project, statement):
    """A relative import in a function of a package is a statement of its own."""
    project.write({**PKG, "pkg/user.py": f"def use():\n    {statement}\n"})
    project.step("from pkg.user import use; use()", ["pkg", "pkg.user", "pkg.mod"])
    edit(project, "pkg.mod")
    project.step("use()", ["pkg.mod"], after=["from pkg.user import use"])


def test_from_list_of_submodules(project):
    """Each submodule that a from-list names is brought up to date, and no other."""
    project.write({"pkg/__init__.py": "", **{f"pkg/{name}.py": "value = 1\n" for name in "abc"}})
    project.step("from pkg import a, b, c", ["pkg", "pkg.a", "pkg.b", "pkg.c"])
    for name in "abc":
        edit(project, f"pkg.{name}")
    project.step("from pkg import c, a", ["pkg.c", "pkg.a"])
    project.step("from pkg import a, b, c", ["pkg.b"])


def test_from_list_in_parentheses_and_long(project):
    """A from-list whose constant lies beyond the first 256 is seen, too."""
    names = [f"m{i}" for i in range(4)]
    project.write({"pkg/__init__.py": "", **{f"pkg/{name}.py": "value = 1\n" for name in names}})
    constants = "\n".join(f"x{i} = {i + 1000}.5" for i in range(600))
    statement = f"{constants}\nfrom pkg import ({', '.join(names)})"
    project.step(statement, ["pkg", *(f"pkg.{name}" for name in names)])
    edit(project, "pkg.m2")
    project.step(statement, ["pkg.m2"])


def test_star_with_submodules_in_all(project):
    """`from pkg import *` brings up to date the submodules that `__all__` names, and no other."""
    project.write({"pkg/__init__.py": "__all__ = ['a', 'b', 'NAME']\nNAME = 1\n"})
    project.write({"pkg/a.py": "value = 1\n", "pkg/b.py": "value = 1\n", "pkg/c.py": "value = 1\n"})
    project.step("from pkg import *", ["pkg", "pkg.a", "pkg.b"])
    project.step("import pkg.c", ["pkg.c"])
    edit(project, "pkg.b")
    edit(project, "pkg.c")
    project.step("from pkg import *", ["pkg.b"])
    project.write({"pkg/__init__.py": "__all__ = ['a', 'c']\n"})
    project.step("from pkg import *", ["pkg", "pkg.c"])
    assert project.value("c.value") == 2


def test_from_c_with_no_python_code_running(tmp_path):
    """An import by C code, from whose caller no frame leads to Python code, is served like any other."""
    (tmp_path / "a.py").write_text("X = 1\n")
    code = f"""
import sys; sys.path[:0] = [{SRC!r}, {str(tmp_path)!r}]
import livereload; livereload.install()
import a, atexit
atexit.register(lambda: print(a.X))
atexit.register(__import__, "a")
open(a.__file__, "w").write("X = 2")
"""
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("2\n", "")


def test_reload_executes_once(project):
    """`importlib.reload` executes the module as ever, and what is stale below it, each once."""
    project.write({"a.py": "import b\nX = b.X\n", "b.py": "X = 1\n"})
    project.step("import a", ["a", "b"])
    project.run("import importlib")
    assert project.run("importlib.reload(a)").executed == ["a"]
    project.write({"b.py": "X = 2\n"})
    outcome = project.run("importlib.reload(a)", "a.X")
    assert sorted(outcome.executed) == ["a", "b"]
    assert outcome.value == 2
    project.step("import a", [])
    project.write({"a.py": "import b\nX = b.X + 1\n"})
    assert project.run("importlib.reload(a)", "a.X").value == 3
    project.step("import a", [])


def test_reload_follows_new_imports(project):
    """What a module imports for the first time in `importlib.reload` is followed."""
    project.write({"a.py": "X = 1\n", "b.py": "X = 1\n"})
    project.step("import a", ["a"])
    project.write({"a.py": "import b\nX = b.X\n"})
    assert project.run("import importlib; importlib.reload(a)").executed == ["a", "b"]
    project.step("import a", [])
    project.write({"b.py": "X = 2\n"})
    project.step("import a", ["a", "b"])


def test_reload_that_fails(project):
    """`importlib.reload` of a broken source raises as ever; then an import executes the module again, or raises."""
    project.write({"a.py": "X = 1\n"})
    project.step("import a", ["a"])
    project.write({"a.py": "X = 2\n1 / 0\n"})
    for _ in range(2):
        assert project.attempt("import importlib; importlib.reload(a)").error["type"] == "ZeroDivisionError"
        project.step("import a", ["a"], raises="ZeroDivisionError")
    project.write({"a.py": "X = 3\n"})
    project.step("import a", ["a"])


def test_reload_keeps_names(project):
    """`importlib.reload` keeps the names that the new source no longer binds; the next edit drops them."""
    project.write({"a.py": "X = 1\nY = 1\n"})
    project.step("import a", ["a"])
    project.write({"a.py": "X = 2\n"})
    assert project.run("import importlib; importlib.reload(a)", "(a.X, a.Y)").value == (2, 1)
    project.write({"a.py": "X = 3\n"})
    project.step("import a", ["a"])


def test_reload_of_a_package(project):
    """After `importlib.reload` of a package its submodules are still tracked and bound."""
    write_project(project)
    project.step("import pkg.mod", ["pkg", "pkg.mod"])
    assert project.run("import importlib; importlib.reload(pkg)").executed == ["pkg"]
    edit(project, "pkg.mod")
    project.step("import pkg.mod", ["pkg.mod"])
    project.write({"pkg/__init__.py": "NAME = 'new'\n"})
    project.step("from pkg import NAME", ["pkg"])
    assert project.value("pkg.mod.value") == 2


def test_reload_in_a_cycle(project):
    """`importlib.reload` of a module in a cycle executes that module alone, as ever; who imports it is stale then."""
    project.write({"a.py": "import b\nX = b.Y\n", "b.py": "import a\nY = 1\n"})
    project.step("import a", ["a", "b"])
    project.step("import importlib, b; importlib.reload(b)", ["b"], after=["import a"])
    project.step("import a", ["a", "b"])


def test_removed_name(project):
    """A name that the new source no longer binds is gone; asking for it raises as ever, every time."""
    project.write({"mod.py": "value = 1\nother = 1\n"})
    project.step("from mod import value", ["mod"])
    project.write({"mod.py": "other = 1\n"})
    project.step("from mod import other", ["mod"])
    for _ in range(2):
        project.step("from mod import value", [], raises="ImportError")
    project.write({"mod.py": "value = 3\n"})
    project.step("from mod import value", ["mod"])


def test_only_what_is_asked_for(project):
    """A module elsewhere in the session waits for its own next import."""
    project.write({"a.py": "X = 1\n", "b.py": "X = 1\n"})
    project.step("import a, b", ["a", "b"])
    project.write({"a.py": "X = 2\n", "b.py": "X = 2\n"})
    project.step("import a", ["a"])
    assert project.value("b.X") == 1
    project.step("import b", ["b"])


def test_names_and_attributes_are_no_imports(project):
    """Using a module, `hasattr` of what it lacks included, executes nothing."""
    project.write({"mod.py": "value = 1\n"})
    project.step("import mod", ["mod"])
    project.write({"mod.py": "value = 2\nmissing = 1\n"})
    outcome = project.run("", "(mod.value, hasattr(mod, 'missing'), getattr(mod, 'missing', None))")
    assert (outcome.value, outcome.executed) == ((1, False, None), [])
    outcome = project.attempt("mod.missing")
    assert outcome.error["message"] == "module 'mod' has no attribute 'missing'"


@pytest.mark.skipif(sys.version_info < (3, 15), reason="PEP 810")
def test_lazy_imports(project):
    """On 3.15, `lazy import` brings the module up to date when it is resolved."""
    project.write({"mod.py": "value = 1\n"})
    assert project.run("lazy import mod").executed == []
    assert project.run("", "mod.value").executed == ["mod"]
    edit(project, "mod")
    project.run("lazy import mod")
    outcome = project.run("", "mod.value")
    assert (outcome.executed, outcome.value) == (["mod"], 2)


@pytest.mark.skipif(sys.version_info < (3, 15), reason="PEP 810")
def test_lazy_from_imports(project):
    """On 3.15, `lazy from … import` gives the new value when it is resolved."""
    project.write({"mod.py": "value = 1\n"})
    assert project.run("lazy from mod import value", "value").executed == ["mod"]
    edit(project, "mod")
    project.run("lazy from mod import value")
    assert project.value("value") == 2


@pytest.mark.skipif(sys.version_info < (3, 15), reason="PEP 810")
@pytest.mark.parametrize("use", ["mod.value", "(lambda: mod.value)()"])
def test_lazy_from_imports_of_submodules(project, use):
    """On 3.15, `lazy from … import` of a submodule brings the submodule up to date when it is resolved."""
    project.write(PKG)
    project.run("lazy from pkg import mod")
    assert project.value(use) == 1
    edit(project, "pkg.mod")
    project.run("lazy from pkg import mod")
    outcome = project.run("", use)
    assert (outcome.executed, outcome.value) == (["pkg.mod"], 2)
