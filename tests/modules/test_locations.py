"""What a name stands for: packages, namespace packages, cycles, and files that come, go and move."""

import pytest


def test_package_is_executed_before_its_submodule(project):
    """A package and its submodule, both edited, are executed in the order of a fresh interpreter."""
    project.write({"pkg/__init__.py": "X = 1\n", "pkg/mod.py": "from pkg import X\n"})
    project.step("import pkg.mod", ["pkg", "pkg.mod"])
    project.write({"pkg/__init__.py": "X = 2\n"})
    project.step("import pkg.mod", ["pkg", "pkg.mod"])
    project.write({"pkg/__init__.py": "X = 3\n", "pkg/mod.py": "from pkg import X as Y\n"})
    project.step("from pkg.mod import Y", ["pkg", "pkg.mod"])


def test_edited_package_leaves_submodules_alone(project):
    """A package's new generation does not execute a submodule that does not ask for the package."""
    project.write({"pkg/__init__.py": "X = 1\n", "pkg/mod.py": "Y = 1\n"})
    project.step("import pkg.mod", ["pkg", "pkg.mod"])
    project.write({"pkg/__init__.py": "X = 2\n"})
    project.step("import pkg.mod", ["pkg"])
    assert project.value("pkg.mod.Y") == 1
    project.write({"pkg/mod.py": "Y = 2\n"})
    project.step("import pkg", [])
    project.step("import pkg.mod", ["pkg.mod"])


def test_reexported_names(project):
    """A name that a package re-exports follows the submodule that defines it."""
    project.write({"pkg/__init__.py": "from .a import X\nfrom .b import *\n"})
    project.write({"pkg/a.py": "X = 1\n", "pkg/b.py": "from .a import X as Y\n"})
    project.step("from pkg import X", ["pkg", "pkg.a", "pkg.b"])
    project.write({"pkg/a.py": "X = 2\n"})
    project.step("from pkg import X, Y", ["pkg", "pkg.a", "pkg.b"])


def test_submodule_named_like_a_function_of_the_package(project):
    """A package that binds a function of the name of its submodule keeps doing so."""
    project.write({"pkg/__init__.py": "from .run import run\n", "pkg/run.py": "def run(): return 1\n"})
    project.step("from pkg import run", ["pkg", "pkg.run"])
    project.write({"pkg/run.py": "def run(): return 2\n"})
    project.step("from pkg import run", ["pkg", "pkg.run"])
    assert project.value("run()") == 2
    project.write({"pkg/__init__.py": "from .run import run\nX = 1\n"})
    project.step("from pkg import run", ["pkg"])


def test_nested_packages(project):
    """An edit deep below is seen from the top if the top imports it, else only from where it is asked for."""
    project.write({"a/__init__.py": "from .b import X\n", "a/b/__init__.py": "from .c import X\n"})
    project.write({"a/b/c.py": "X = 1\n", "a/d.py": "Y = 1\n"})
    project.step("import a.d", ["a", "a.b", "a.b.c", "a.d"])
    project.write({"a/b/c.py": "X = 2\n"})
    project.step("import a.d", ["a", "a.b", "a.b.c"])
    project.write({"a/d.py": "Y = 2\n"})
    project.step("import a", [])
    project.step("import a.d", ["a.d"])


def test_namespace_package(project):
    """Modules in a namespace package are tracked; new ones appear at once."""
    project.write({"space/a.py": "X = 1\n"})
    project.step("import space.a", ["space.a"])
    project.write({"space/a.py": "X = 2\n"})
    project.step("from space import a", ["space.a"])
    project.write({"space/b.py": "from space.a import X\n"})
    project.step("from space.b import X", ["space.b"])
    project.write({"space/a.py": "X = 3\n"})
    project.step("from space import b", ["space.b", "space.a"])


def test_namespace_package_of_two_portions(project):
    """Modules in both portions of a namespace package are tracked."""
    project.path = [f"{project.root}/one", f"{project.root}/two"]
    project.write({"one/space/a.py": "X = 1\n", "two/space/b.py": "import space.a\nY = space.a.X\n"})
    project.step("import space.b", ["space.b", "space.a"])
    project.write({"one/space/a.py": "X = 2\n"})
    project.step("import space.b", ["space.b", "space.a"])


def test_new_portion_of_a_namespace_package(project):
    """A portion that is added to a namespace package is found."""
    project.path = [f"{project.root}/one", f"{project.root}/two"]
    project.write({"one/space/a.py": "X = 1\n", "two/other.py": ""})
    project.step("import space.a", ["space.a"])
    project.write({"two/space/b.py": "Y = 1\n"})
    project.step("import space.b", ["space.b"])


def test_namespace_package_gets_an_init(project):
    """A namespace package turned regular package is one, and its modules are executed again; and back."""
    project.write({"pkg/a.py": "X = 1\n"})
    project.step("import pkg.a", ["pkg.a"])
    project.write({"pkg/__init__.py": "NAME = 'regular'\n"})
    project.step("import pkg.a", ["pkg", "pkg.a"])
    assert project.value("pkg.NAME") == "regular"
    project.delete("pkg/__init__.py")
    project.step("import pkg.a", ["pkg.a"])


@pytest.mark.parametrize("spelling", ["import p.q.z", "from p.q import z", "from . import q", "from .q import z"])
def test_namespace_package_becomes_a_regular_one_elsewhere(project, spelling):
    """While the code of the regular package runs, its submodules are looked for below it, not where they were."""
    project.path = [f"{project.root}/first", f"{project.root}/second"]
    project.write({"first/other.py": "", "second/p/q/__init__.py": "", "second/p/q/y.py": ""})
    project.step("import p.q.y", ["p.q", "p.q.y"])
    project.write({"first/p/__init__.py": f"{spelling}\n"})
    raised = "ImportError" if spelling == "from . import q" else "ModuleNotFoundError"
    for _ in range(2):
        project.step("import p", ["p"], raises=raised)
    project.step("import p.q.y", ["p"], raises=raised)
    project.write({"first/p/__init__.py": "", "first/p/q/__init__.py": "", "first/p/q/z.py": ""})
    project.step("import p.q.z", ["p", "p.q", "p.q.z"])


def test_package_becomes_a_module_that_asks_for_its_submodule(project):
    """While the code of a module that was a package runs, it has no submodules."""
    project.write({"p/q.py": "X = 1\n"})
    project.step("import p.q", ["p.q"])
    project.write({"p.py": "import a\n", "a.py": "from p.q import X\n"})
    for _ in range(2):
        project.step("import p", ["p", "a"], raises="ModuleNotFoundError")
    project.write({"p.py": ""})
    project.step("import p", ["p"])


def test_package_becomes_a_module_below_an_optional_import(project):
    """Who does without a submodule, as its package has become a module, is executed once; and again when it is back."""
    source = "try:\n    from p.q import X\nexcept ImportError:\n    X = None\n"
    project.write({"p/__init__.py": "", "p/q.py": "X = 1\n", "a.py": source, "b.py": source})
    project.step("import a, b", ["a", "p", "p.q", "b"])
    project.rename("p/__init__.py", "p.py")
    for name in ("a", "b"):
        project.write({"c.py": f"import {name}\n"})
        project.step("import c", ["c", "a", "p"] if name == "a" else ["c", "b"])
        project.step("import c", [])
    project.rename("p.py", "p/__init__.py")
    project.step("import c", ["c", "b", "p", "p.q"])


@pytest.mark.parametrize("entry", ["a", "b"])
def test_cycle(project, entry):
    """A cycle is executed as one, entered where a fresh interpreter enters it."""
    project.write({"a.py": "import b\nX = 1\ndef get(): return b.Y\n"})
    project.write({"b.py": "import a\nY = 1\ndef get(): return a.X\n"})
    both = ["a", "b"] if entry == "a" else ["b", "a"]
    project.step("import a", ["a", "b"])
    for edited, source in {"a.py": "import b\nX = 2\n", "b.py": "import a\nY = 2\n"}.items():
        project.write({edited: source})
        project.step(f"import {entry}", both)
        project.step("import a", [])
        project.step("import b", [])


def test_cycle_and_its_importer(project):
    """Who imports a cycle is executed when any of its members is; members do not execute each other for ever."""
    project.write({"a.py": "import b\n", "b.py": "import c\n", "c.py": "import a\nX = 1\n", "user.py": "import c\n"})
    project.step("import user", ["user", "c", "a", "b"])
    project.write({"b.py": "import c\nY = 1\n"})
    project.step("import user", ["user", "c", "a", "b"])
    for _ in range(3):
        project.step("import user", [])
        project.step("import a", [], after=["import user"])


def test_cycle_through_a_function(project):
    """An import in a function that is not run while importing makes no cycle."""
    project.write({"a.py": "import b\nX = 1\n", "b.py": "def get():\n    from a import X\n    return X\n"})
    project.step("import a", ["a", "b"])
    project.write({"a.py": "import b\nX = 2\n"})
    project.step("import a", ["a"])
    assert project.run("", "a.b.get()").value == 2
    project.write({"a.py": "import b\nX = 3\n"})
    outcome = project.run("", "a.b.get()")
    assert (outcome.value, outcome.executed) == (3, ["a"])


def test_cycle_of_a_package_and_its_submodules(project):
    """Submodules that import from the package that is importing them work as in a fresh interpreter."""
    project.write({"pkg/__init__.py": "X = 1\nfrom . import a, b\n", "pkg/a.py": "from . import X\nA = X\n"})
    project.write({"pkg/b.py": "from . import a\nfrom pkg import X\nB = a.A\n"})
    project.step("from pkg import b", ["pkg", "pkg.a", "pkg.b"])
    project.write({"pkg/a.py": "from . import X\nA = X + 1\n"})
    project.step("from pkg import b", ["pkg", "pkg.a", "pkg.b"])
    project.write({"pkg/__init__.py": "X = 5\nfrom . import a, b\n"})
    project.step("import pkg.b", ["pkg", "pkg.a", "pkg.b"])


def test_new_module_appears_at_once(project):
    """A module written in the tick in which its folder was listed is found."""
    project.write({"a.py": ""})
    project.step("import a", ["a"])
    for name in "bcd":
        project.write({f"{name}.py": ""})
        project.step(f"import {name}", [name])


LISTING = {
    "pkgutil": "import pkgutil\nNAMES = sorted(each.name for each in pkgutil.iter_modules(__path__))\n",
    "os": "import os\ndef find(): return sorted(os.listdir(__path__[0]))\n"
    "NAMES = [each[:-3] for each in find() if each[0] != '_' and each.endswith('.py')]\n",
    "pathlib": "from pathlib import Path\nNAMES = sorted(p.stem for p in Path(__file__).parent.glob('[a-z]*.py'))\n",
}


@pytest.mark.parametrize("listing", LISTING.values(), ids=LISTING)
def test_package_that_lists_its_folder(project, listing):
    """A package that imports what it finds in its folder is executed when there are other modules in it."""
    source = f"{listing}import importlib\nfor name in NAMES: importlib.import_module(f'p.{{name}}')\n"
    project.write({"p/__init__.py": source, "p/one.py": "", "user.py": "from p import NAMES\n"})
    project.step("import user", ["user", "p", "p.one"])
    project.write({"p/notes.txt": "", "p/data.json": ""})
    project.step("import user", [])
    project.write({"p/two.py": ""})
    project.step("import user", ["user", "p", "p.two"])
    project.delete("p/two.py")
    project.step("import user", ["user", "p"])
    project.write({"p/__init__.py": "NAMES = []\ndef find():\n    import pkgutil\n    pkgutil.iter_modules()\n"})
    project.step("import user", ["user", "p"])
    project.write({"p/two.py": ""})
    project.step("import user", [])


def test_module_not_found_then_written(project):
    """A name that was not found is found once its file is there."""
    project.write({"a.py": ""})
    project.step("import a", ["a"])
    for _ in range(2):
        project.step("import late", [], raises="ModuleNotFoundError")
    project.write({"late.py": "X = 1\n"})
    project.step("import late", ["late"])


def test_deleted_file(project):
    """A deleted file is gone, for the statement and for who imports it, every time; and may come back."""
    project.write({"a.py": "import b\n", "b.py": "X = 1\n"})
    project.step("import a", ["a", "b"])
    project.delete("b.py")
    for _ in range(2):
        project.step("import b", [], raises="ModuleNotFoundError")
        project.step("import a", ["a"], raises="ModuleNotFoundError")
    project.write({"b.py": "X = 1\n"})
    project.step("import a", [])
    project.delete("b.py")
    project.write({"a.py": "X = 1\n"})
    project.step("import a", ["a"])


def test_deleted_submodule(project):
    """A deleted submodule is gone under every spelling."""
    project.write({"pkg/__init__.py": "", "pkg/mod.py": "X = 1\n"})
    project.step("import pkg.mod", ["pkg", "pkg.mod"])
    project.delete("pkg/mod.py")
    for _ in range(2):
        project.step("import pkg.mod", [], raises="ModuleNotFoundError")
        project.step("from pkg.mod import X", [], raises="ModuleNotFoundError")
        project.step("from pkg import mod", [], raises="ImportError", loses=["pkg.mod"])
    project.write({"pkg/mod.py": "X = 2\n"})
    project.step("from pkg import mod", ["pkg.mod"])


def test_deleted_package(project):
    """A deleted package is gone, and its submodules with it."""
    project.write({"pkg/__init__.py": "", "pkg/mod.py": "X = 1\n"})
    project.step("import pkg.mod", ["pkg", "pkg.mod"])
    project.delete("pkg")
    for _ in range(2):
        project.step("import pkg", [], raises="ModuleNotFoundError")
        project.step("import pkg.mod", [], raises="ModuleNotFoundError")
    project.write({"pkg/__init__.py": "", "pkg/mod.py": "X = 1\n"})
    project.step("import pkg.mod", [])


def test_renamed_module(project):
    """A module under a new name is that of the new name; the old name is gone."""
    project.write({"a.py": "import b\n", "b.py": "X = 1\n"})
    project.step("import a", ["a", "b"])
    project.rename("b.py", "c.py")
    project.write({"a.py": "import c\n"})
    project.step("import a", ["a", "c"])
    project.step("import b", [], raises="ModuleNotFoundError")


def test_optional_dependency_appears_and_goes(project):
    """A module depends on the absence of what it could not import."""
    project.write({"a.py": "try:\n    import extra\n    X = extra.X\nexcept ImportError:\n    X = None\n"})
    project.step("import a", ["a"])
    project.step("import a", [])
    project.write({"other.py": ""})
    project.step("import a", [])
    project.write({"extra.py": "X = 1\n"})
    project.step("import a", ["a", "extra"])
    project.write({"extra.py": "X = 2\n"})
    project.step("import a", ["a", "extra"])
    project.delete("extra.py")
    project.step("import a", ["a"])
    project.step("import a", [])


def test_optional_submodule_appears(project):
    """A from-list that falls back depends on the absence of the submodule."""
    project.write({"pkg/__init__.py": "try:\n    from . import fast\nexcept ImportError:\n    fast = None\n"})
    project.step("import pkg", ["pkg"])
    project.write({"pkg/fast.py": "X = 1\n"})
    project.step("import pkg", ["pkg", "pkg.fast"])
    project.delete("pkg/fast.py")
    project.step("import pkg", ["pkg"])


def test_optional_dependency_that_fails(project):
    """A module depends on a dependency whose execution failed inside a `try`."""
    project.write({"a.py": "try:\n    from extra import X\nexcept Exception:\n    X = None\n", "extra.py": "1 / 0\n"})
    project.step("import a", ["a", "extra"])
    project.write({"extra.py": "X = 1\n"})
    project.step("import a", ["a", "extra"])
    project.write({"extra.py": "X = (\n"})
    project.step("import a", ["a"])
    project.write({"extra.py": "X = 2\n"})
    project.step("import a", ["a", "extra"])


def test_module_turned_package_and_back(project):
    """A module that becomes a package, and one again, is what it is now; so are its importers."""
    project.write({"user.py": "from mod import X\n", "mod.py": "X = 'module'\n"})
    project.step("import user", ["user", "mod"])
    project.write({"mod/__init__.py": "from .part import X\n", "mod/part.py": "X = 'package'\n"})
    project.delete("mod.py")
    project.step("import user", ["user", "mod", "mod.part"])
    project.step("import mod.part", [])
    project.write({"mod.py": "X = 'module'\n"})
    project.step("import user", [])  # a package goes before a module
    project.delete("mod")
    project.step("import user", ["user", "mod"])
    for _ in range(2):
        project.step("import mod.part", [], raises="ModuleNotFoundError")


def test_package_beside_a_module(project):
    """A package of the name of a module goes before it as soon as it has an `__init__.py`."""
    project.write({"mod.py": "X = 'module'\n", "mod/data.txt": ""})
    project.step("import mod", ["mod"])
    project.write({"mod/__init__.py": "X = 'package'\n"})
    project.step("import mod", ["mod"])
    assert project.value("mod.X") == "package"


def test_shadowing_file_earlier_on_the_path(project):
    """A file earlier on the path takes the name; removed, the later one has it again."""
    project.path = [f"{project.root}/first", f"{project.root}/second"]
    project.write({"first/other.py": "", "second/mod.py": "X = 'second'\n", "second/user.py": "from mod import X\n"})
    project.step("import user", ["user", "mod"])
    project.write({"first/mod.py": "X = 'first'\n"})
    project.step("import user", ["user", "mod"])
    assert project.value("user.X") == "first"
    project.write({"second/mod.py": "X = 'edited, but hidden'\n"})
    project.step("import user", [])
    project.delete("first/mod.py")
    project.step("import user", ["user", "mod"])


@pytest.mark.parametrize("later", ["mod.py", "mod/__init__.py"])
def test_folder_of_the_name_earlier_on_the_path_that_gets_an_init_file(project, later):
    """A folder of a module's name that comes into being yields to the module, until it gets an `__init__.py`."""
    project.path = [f"{project.root}/first", f"{project.root}/second"]
    project.write({"first/other.py": "", f"second/{later}": "X = 'second'\n", "second/user.py": "from mod import X\n"})
    project.step("import user", ["user", "mod"])
    project.write({"first/mod/part.py": ""})
    project.step("import user", [])
    project.write({"first/mod/__init__.py": "X = 'first'\n"})
    project.step("import user", ["user", "mod"])


def test_folder_earlier_on_the_path_that_did_not_exist(project):
    """An entry of the path that comes into being is looked into."""
    project.path = [f"{project.root}/first", f"{project.root}/second"]
    project.write({"second/mod.py": "X = 'second'\n"})
    project.step("import mod", ["mod"])
    project.write({"first/mod.py": "X = 'first'\n"})
    project.step("import mod", ["mod"])


def test_path_that_changes(project):
    """An entry put before the others on `sys.path` counts for new names, and the old ones stay usable."""
    project.write({"mod.py": "X = 1\n", "first/new.py": "Y = 1\n"})
    project.run("import mod, sys")
    project.run(f"sys.path.insert(0, {project.root + '/first'!r})")
    assert project.run("import new, mod").executed == ["new"]
    project.run("del sys.path[0]")
    project.write({"mod.py": "X = 2\n", "first/new.py": "Y = 2\n"})
    assert project.run("import new, mod", "(new.Y, mod.X)").value == (2, 2)


def test_submodule_path_extended_by_the_package(project):
    """A package that extends its own `__path__` finds, and follows, submodules there."""
    project.write({"pkg/__init__.py": "__path__.append(__path__[0] + '/../plugins')\n", "plugins/one.py": "X = 1\n"})
    assert project.run("import pkg.one", "pkg.one.X").value == 1
    project.write({"plugins/one.py": "X = 2\n"})
    assert project.run("import pkg.one", "pkg.one.X").value == 2
    project.write({"plugins/two.py": "X = 3\n"})
    assert project.run("import pkg.two", "pkg.two.X").value == 3


def test_module_that_replaces_itself(project):
    """A module that puts another object into `sys.modules` in its place works as in a fresh interpreter."""
    source = "import sys, types\nmod = types.SimpleNamespace(X={})\nsys.modules[__name__] = mod\n"
    project.write({"odd.py": source.format(1), "user.py": "import odd\nX = odd.X\n"})
    project.step("import user", ["user", "odd"])
    project.step("import user", [])
    project.write({"user.py": "import odd\nX = odd.X + 1\n"})
    project.step("import user", ["user"])


def test_sys_modules_entry_removed_by_hand(project):
    """A module that the user removes from `sys.modules` is imported anew, as ever, and tracked."""
    project.write({"a.py": "X = 1\n"})
    project.step("import a", ["a"])
    project.run("import sys; del sys.modules['a']")
    project.step("import a", ["a"])
    project.write({"a.py": "X = 2\n"})
    project.step("import a", ["a"])


@pytest.mark.parametrize("whole", [False, True])
def test_removed_by_hand_and_edited(project, whole):
    """A module that the user removes from `sys.modules` and edits is imported anew by the module that imports it."""
    project.write({"a.py": "X = 1\n", "b.py": "from a import X\nY = X * 10\n"})
    project.start(whole=whole)
    project.step("import b", ["b", "a"])
    project.run("import sys; del sys.modules['a']")
    project.write({"a.py": "X = 2\n"})
    project.step("import b", ["b", "a"])
    project.step("import b", [])


def test_removed_by_hand_and_its_file_deleted(project):
    """Nothing is waited for where a module that the user has removed is written elsewhere: it is in nobody's editor."""
    project.path = [f"{project.root}/one", f"{project.root}/two"]
    project.write({"one/a.py": "X = 1\n"})
    project.step("import a", ["a"])
    project.run("from livereload.files.source import Clock; slept = []; Clock.sleep = staticmethod(slept.append)")
    project.run("import sys; del sys.modules['a']")
    project.delete("one/a.py")
    project.write({"two/a.py": "X = 2\n"})
    project.step("import a", ["a"])
    assert project.value("slept") == []


def test_sys_modules_entry_put_back_by_hand(project):
    """What was imported anew in the place of a module that is put back does not make its importers stale."""
    project.write({"a.py": "X = 1\n", "user.py": "from a import X\n"})
    project.step("import user", ["user", "a"])
    for _ in range(2):
        outcome = project.run("import sys; before = sys.modules.pop('a'); import a; sys.modules['a'] = before")
        assert outcome.executed == ["a"]
        project.step("import user", [])
        project.step("import a", [])
        assert project.value("(a is before, a.X)") == (True, 1)
    project.write({"a.py": "X = 2\n"})
    project.step("import user", ["user", "a"])
    assert project.value("(a is before, before.X)") == (True, 2)


def test_sys_modules_entry_put_back_by_the_importer(project):
    """A module that imports another anew and puts the one of before back is not stale for that (as for its tests)."""
    source = "import a, sys\nbefore = sys.modules.pop('a')\nimport a as anew\nsys.modules['a'] = before\n"
    project.write({"a.py": "X = 1\n", "user.py": source})
    project.run("import a")
    assert project.run("import user").executed == ["user", "a"]
    for _ in range(2):
        project.step("import user", [])
        project.step("import a", [])
    project.write({"a.py": "X = 2\n"})
    assert project.run("import user", "(a.X, user.anew.X)").value == (2, 2)
    project.step("import user", [])


def test_sys_modules_entry_removed_by_hand_that_opts_out(project):
    """A module that is imported anew, and wants to be left alone now, is; whether the one of before is held or not."""
    project.write({"a.py": "X = 1\n", "b.py": "X = 1\n"})
    project.run("import a, b")
    project.write({"a.py": "__livereload__ = False\n"})
    assert project.run("import sys; before = sys.modules.pop('a'); import a").executed == ["a"]
    project.write({"b.py": "X = 2\n"})
    assert project.run("import a, b", "sorted(livereload.status().modules)").value == ["b"]
    assert project.run("sys.modules['a'] = before; import a, b").executed == []


def test_sys_modules_entry_blocked_by_hand(project):
    """None in `sys.modules` blocks an import, as ever."""
    project.write({"a.py": "X = 1\n"})
    project.step("import a", ["a"])
    project.run("import sys; sys.modules['a'] = None")
    assert project.attempt("import a").error["message"] == "import of a halted; None in sys.modules"


def test_module_under_two_names(project):
    """An alias in `sys.modules` is asked for like the name that it stands for."""
    project.write({"a.py": "X = 1\n"})
    project.step("import a", ["a"])
    project.run("import sys; sys.modules['alias'] = a")
    project.write({"a.py": "X = 2\n"})
    assert project.run("import alias", "alias.X").value == 2


def test_main_is_not_tracked(project):
    """What runs as `__main__` is left alone."""
    project.start()
    assert project.run("", "sorted(livereload.status().modules)").value == []


def test_file_that_was_away_when_another_was_imported(project):
    """A file that is back is seen, although its folder holds the same names as when it was last looked at."""
    project.path.insert(0, str(project.file("over")))
    project.write({"a.py": "X = 1\n", "over/a.py": "X = 2\n", "b.py": ""})
    project.step("import b", ["b"])
    project.delete("over/a.py")
    project.step("import a", ["a"])
    project.write({"over/a.py": "X = 2\n"})
    project.step("import a", ["a"])


def test_file_that_was_away_when_it_was_imported(project):
    """So is one that was missing in between."""
    project.write({"a.py": "X = 1\n", "b.py": "", "user.py": "try:\n    import a\nexcept ImportError:\n    a = None\n"})
    project.step("import b", ["b"])
    project.delete("a.py")
    project.step("import user", ["user"])
    project.write({"a.py": "X = 1\n"})
    project.step("import user", ["user", "a"])


def test_init_that_was_away_when_the_package_was_imported(project):
    """So is that of a package that was a namespace package in between."""
    project.write({"pkg/__init__.py": "import missing\n"})
    project.step("import pkg", ["pkg"], raises="ModuleNotFoundError")
    project.delete("pkg/__init__.py")
    project.step("import pkg", [])
    project.write({"pkg/__init__.py": "X = 1\n"})
    project.step("import pkg", ["pkg"])
