"""Restart equivalence in small: each test is the smallest project, and the fewest edits, that showed a difference."""

import pytest


def test_package_above_a_fresh_module(project):
    """A stale package is executed again for whom has imported a submodule, although that is fresh itself."""
    project.write({"pkg/__init__.py": "X = 1\n", "pkg/mod.py": "X = 1\n", "first.py": "import pkg.mod\n"})
    project.write({"second.py": "from pkg.mod import X\n"})
    project.step("import first", ["first", "pkg", "pkg.mod"])
    project.step("import second", ["second"])
    project.write({"pkg/__init__.py": "X = 2\n"})
    project.step("import second", ["pkg"])
    project.step("import second", [])


def test_half_of_a_cycle_left_by_a_failed_import(project):
    """What saw half of a module whose first import failed is not believed afterwards."""
    project.write({"a.py": "import b\nX = 1\n1 / 0\n", "b.py": "import a\nSEEN = hasattr(a, 'X')\n"})
    project.step("import a", ["a", "b"], raises="ZeroDivisionError")
    for _ in range(2):
        project.step("import b", ["b", "a"], raises="ZeroDivisionError")
    project.write({"a.py": "import b\nX = 1\n"})
    project.step("import b", ["b", "a"])


def test_submodule_left_by_a_failed_package(project):
    """A submodule whose package failed is bound when the package can be imported."""
    project.write({"pkg/__init__.py": "from .mod import X\n1 / 0\n", "pkg/mod.py": "X = 1\n"})
    project.step("import pkg", ["pkg", "pkg.mod"], raises="ZeroDivisionError")
    project.step("import pkg", ["pkg"], raises="ZeroDivisionError")
    project.write({"pkg/__init__.py": "from .mod import X\n"})
    project.step("import pkg", ["pkg"])
    assert project.run("import pkg.mod", "pkg.mod.X").value == 1


def test_the_same_error_again_is_nothing_new(project):
    """Who caught the error of an optional module is not executed again when the error comes again."""
    project.write({"a.py": "try:\n    import b\nexcept ImportError:\n    b = None\n", "b.py": "import missing\n"})
    project.step("import a", ["a", "b"])
    project.step("import b", ["b"], raises="ModuleNotFoundError")
    project.step("import a", [])
    project.write({"b.py": ""})
    project.step("import a", ["a", "b"])


def test_package_turned_namespace_package_is_the_same_module(project):
    """A package whose __init__.py is deleted stays the same object."""
    project.write({"pkg/__init__.py": "X = 1\n", "pkg/mod.py": ""})
    project.step("import pkg.mod", ["pkg", "pkg.mod"])
    project.run("was = pkg")
    project.delete("pkg/__init__.py")
    project.step("import pkg.mod", ["pkg.mod"])
    assert project.value("was is pkg and pkg.mod is __import__('sys').modules['pkg.mod']") is True


def test_package_that_looks_for_its_submodules_elsewhere(project):
    """A submodule is another file when its package changes its `__path__`."""
    source = "import os\n__path__ = [os.path.join(os.path.dirname(__file__), 'one')]\n"
    project.write({"pkg/__init__.py": source, "pkg/one/mod.py": "X = 1\n", "pkg/two/mod.py": "X = 2\n"})
    project.write({"user.py": "from pkg.mod import X\n"})
    project.step("import user", ["user", "pkg", "pkg.one.mod"])
    project.write({"pkg/__init__.py": source.replace("one", "two")})
    project.step("from pkg.mod import X", ["pkg", "pkg.two.mod"])
    project.step("import user", ["user"])


def test_stale_modules_that_are_not_reached_stay_bound(project):
    """What was stale and is no longer imported stays where it was, also in its package."""
    project.write({"a.py": "import pkg.mod, pkg\n", "pkg/__init__.py": "", "pkg/mod.py": ""})
    project.step("import a", ["a", "pkg", "pkg.mod"])
    project.write({"a.py": "", "pkg/__init__.py": "X = 1\n", "pkg/mod.py": "X = 1\n"})
    project.step("import a", ["a"])
    assert project.run("from sys import modules", "modules['pkg'].mod is modules['pkg.mod']").value is True


def test_error_that_is_caught_this_time(project):
    """An error that nobody caught at first, and somebody catches later, does not make anything stale for ever."""
    project.write({"a.py": "try:\n    import b\nexcept ImportError:\n    b = None\n", "b.py": "import c, missing\n"})
    project.write({"c.py": "X = 1\n"})
    project.step("import b", ["b", "c"], raises="ModuleNotFoundError")
    project.step("import a", ["a", "b"])
    project.step("import a", [])


def test_namespace_package_turned_package_that_imports_its_submodules(project):
    """A submodule that has imported the namespace package is executed again within the package, and once."""
    project.write({"pkg/a.py": "import pkg.b\n", "pkg/b.py": ""})
    project.step("import pkg.a", ["pkg.a", "pkg.b"])
    project.write({"pkg/__init__.py": "from . import a\n"})
    project.step("import pkg", ["pkg", "pkg.a"])
    project.step("import pkg", [])


def test_deleted_submodule_that_nobody_imports_any_more(project):
    """A submodule that is deleted, and no longer imported, is no attribute of its package."""
    project.write({"pkg/__init__.py": "from . import old\n", "pkg/old.py": ""})
    project.step("import pkg", ["pkg", "pkg.old"])
    project.write({"pkg/__init__.py": "X = 1\n"})
    project.delete("pkg/old.py")
    project.step("import pkg", ["pkg"])
    assert project.value("hasattr(pkg, 'old')") is False


def test_module_that_puts_an_object_in_its_place(project):
    """A module that has replaced itself by an object that is no module is executed again with its importers."""
    source = "import sys\nclass Settings:\n    X = 1\nsys.modules[__name__] = Settings()\n"
    project.write({"settings.py": source, "user.py": "import settings\nX = settings.X\n"})
    project.step("import user", ["user", "settings"])
    project.write({"settings.py": source.replace("X = 1", "X = 2")})
    project.step("import user", ["user", "settings"])
    project.step("import user", [])
    project.write({"settings.py": source + "1 / 0\n"})
    project.step("import user", ["user", "settings"], raises="ZeroDivisionError")
    assert project.run("", "user.settings is __import__('sys').modules['settings'] and user.X").value == 2


def test_submodule_that_is_not_tracked(project):
    """A package that is executed again finds the submodules that are not: extension modules, for instance."""
    source = "import pkg.part\nX = pkg.part.X\n"
    project.write({"pkg/__init__.py": source, "pkg/part.py": "X = 1\n__livereload__ = False\n"})
    project.step("import pkg", ["pkg", "pkg.part"])
    project.write({"pkg/__init__.py": source + "Y = 1\n"})
    project.step("import pkg", ["pkg"])


def test_listing_from_before_the_installation(project):
    """A module written in the tick in which its folder was listed is found, however much later it is imported."""
    project.start()
    project.write({"a.py": "X = 1\n"})
    project.tick()
    project.step("import a", ["a"])


def test_listing_of_the_same_tick_that_finds_another_file(project):
    """A module that shadows another is found at once, though the folder that it is in bears the same time."""
    project.path.insert(0, project.root + "/over")
    project.write({"a.py": "X = 1\n", "over/unrelated.py": ""})
    project.step("import missing", [], raises="ModuleNotFoundError")
    project.write({"over/a.py": "X = 2\n"})
    project.step("import a", ["a"])


def test_listing_of_the_same_tick_that_finds_nothing(project):
    """A module written in the tick in which it was missing is found, however much later it is imported."""
    project.path.insert(0, str(project.file("over")))
    project.file("over").mkdir()
    project.step("import a", [], raises="ModuleNotFoundError")
    project.write({"a.py": "X = 1\n"})
    project.tick()
    project.step("import a", ["a"])


def test_submodule_of_a_package_turned_module(project):
    """A package that is a module now has no submodules, though their files are still there."""
    project.write({"pkg/__init__.py": "", "pkg/mod.py": ""})
    project.step("import pkg.mod", ["pkg", "pkg.mod"])
    project.delete("pkg/__init__.py")
    project.write({"pkg.py": ""})
    project.step("from pkg import mod", ["pkg"], raises="ImportError", loses=["pkg", "pkg.mod"])


def test_submodule_of_a_namespace_package_turned_module(project):
    """So does a namespace package that a module shadows."""
    project.path.insert(0, str(project.file("over")))
    project.write({"pkg/mod.py": "", "over/pkg.py": ""})
    project.delete("over/pkg.py")
    project.step("import pkg.mod", ["pkg.mod"])
    project.write({"over/pkg.py": ""})
    live, fresh = project.attempt("from pkg import mod"), project.fresh("from pkg import mod")
    assert live.error == fresh.error


def test_package_that_failed_above_what_stayed(project):
    """A package whose first import failed is executed again for whom has imported a submodule of it."""
    project.write({"a.py": "from p.q import X\n", "p/__init__.py": "import a\n1 / 0\n", "p/q.py": "X = 1\n"})
    project.step("import p", ["p", "a", "p.q"], raises="ZeroDivisionError")
    for confirms in (["a", "p"], []):
        project.step("import a", ["a", "p"], raises="ZeroDivisionError", confirms=confirms)
    project.write({"p/__init__.py": "import a\n"})
    project.step("import a", ["a", "p"])
    project.step("import a", [])


def test_one_generation_after_a_first_import_that_failed(project):
    """What others took from a module whose first import failed goes on when the module is mended."""
    project.write({"user.py": "from mod import C, f\n"})
    project.write({"mod.py": "class C:\n    def n(self): return 1\ndef f(): return 1\nimport user\n1 / 0\n"})
    project.step("import mod", ["mod", "user"], raises="ZeroDivisionError")
    project.run("import sys; held = sys.modules['user'].C, sys.modules['user'].C().n, sys.modules['user'].f")
    project.write({"mod.py": "class C:\n    def n(self): return 2\ndef f(): return 2\n"})
    project.step("import mod", ["mod"])
    assert project.value("(held[0] is mod.C, held[1](), held[2]())") == (True, 2, 2)
    project.step("import user", ["user"])


def test_one_generation_after_an_error_that_was_caught(project):
    """A module that failed where the error was caught goes on with its classes when it is mended."""
    project.write({"mod.py": "class C:\n    def n(self): return 1\n"})
    project.write({"user.py": "try:\n    import mod\nexcept ZeroDivisionError:\n    mod = None\n"})
    project.step("import user", ["user", "mod"])
    project.run("from mod import C; c = C()")
    project.write({"mod.py": "class C:\n    def n(self): return 2\n1 / 0\n"})
    project.step("import user", ["mod", "user", "mod"])
    project.write({"mod.py": "class C:\n    def n(self): return 3\n"})
    project.step("import user", ["user", "mod"])
    assert project.value("(user.mod.C is C, c.n())") == (True, 3)


def test_the_same_error_again_in_a_cycle_is_nothing_new(project):
    """Nor for whom the failed module imports in turn, itself included."""
    project.write({"p/__init__.py": "try:\n    from . import y\nexcept ImportError:\n    y = None\n"})
    project.write({"p/y.py": "from .x import C\n", "p/x.py": "from .x import C\n"})
    project.step("import p.x", ["p", "p.y", "p.x", "p.x"], raises="ImportError")
    for _ in range(2):
        project.step("import p", [])


def test_package_above_a_fresh_package_of_a_new_module(project):
    """A stale package is executed before a submodule that is new, although the package between them is fresh."""
    project.write({"a.py": "import p.q\n", "p/__init__.py": "", "p/q/__init__.py": "", "p/q/z.py": ""})
    project.step("import a", ["a", "p", "p.q"])
    project.write({"a.py": "import p.q.z\n", "p/__init__.py": "X = 1\n"})
    project.step("import a", ["a", "p", "p.q.z"])


@pytest.mark.parametrize("first", ["y", "z"])
def test_module_that_failed_when_its_cycle_was_entered_by_another(project, first):
    """Who has caught the failure of a module is executed again with it, and once, if it imports that in turn."""
    project.write({"x.py": "import c\nX = 1\n", "c.py": "try:\n    import y\nexcept ImportError:\n    y = None\n"})
    project.write({"y.py": "from x import X\n", "z.py": "import y\n"})
    project.step("import x", ["x", "c", "y"])
    on_top = ["z"] if first == "z" else []
    project.step(f"import {first}", [*on_top, "y", "x", "c"])
    project.step(f"import {first}", [])


def test_one_generation_after_a_first_import_by_another(project):
    """What others took from a module whose first import failed goes on, too, when another imports it next."""
    project.write({"a.py": "class C: X = 1\nimport b\n1 / 0\n", "b.py": "import a\n", "new.py": "import a\n"})
    project.step("import a", ["a", "b"], raises="ZeroDivisionError")
    project.write({"a.py": "class C: X = 2\n"})
    project.step("import new", ["new", "a"])
    assert project.run("import sys", "sys.modules['b'].a.C is new.a.C").value is True
    project.step("import b", ["b"])


def test_error_caught_after_executing_everything(project):
    """What is executed again before a failure is believed is nothing new to who has asked for it and failed."""
    project.write({"p/__init__.py": "import b\n", "b.py": "import p.y\n1 / 0\n", "p/y.py": "", "c.py": "import p.y\n"})
    project.write({"d.py": "try:\n    import c\nexcept ZeroDivisionError:\n    pass\n"})
    project.step("import p", ["p", "b", "p.y"], raises="ZeroDivisionError")
    project.step("import d", ["d", "c", "p", "b", "p", "b", "p.y"])
    project.step("import d", [])


def test_submodule_of_a_package_that_fails_now(project):
    """A stale submodule is gone with its package for whom has caught the error, and comes back as the same."""
    project.write({"p/__init__.py": "", "p/y.py": "class C: X = 1\n", "user.py": "from p.y import C\n"})
    project.write({"d.py": "try:\n    import p.y\nexcept ZeroDivisionError:\n    pass\n"})
    project.step("import user", ["user", "p", "p.y"])
    project.write({"p/__init__.py": "1 / 0\n", "p/y.py": "class C: X = 2\n"})
    project.step("import d", ["d", "p"])
    project.step("import d", [])
    project.write({"p/__init__.py": ""})
    project.step("import d", ["d", "p", "p.y"])
    assert project.value("user.C is d.p.y.C") is True
    project.step("import user", ["user"])


def test_submodule_left_by_a_failed_package_that_is_gone(project):
    """So is a submodule that was left by a package that failed, and that is deleted."""
    project.write({"p/__init__.py": "import p.y\n1 / 0\n", "p/y.py": ""})
    project.write({"d.py": "try:\n    import p.y\nexcept ImportError:\n    pass\n"})
    project.step("import p", ["p", "p.y"], raises="ZeroDivisionError")
    project.rename("p", "aside")
    project.step("import d", ["d"])
    project.step("import d", [])


def test_one_generation_after_a_package_was_shadowed(project):
    """A submodule that was missing for a while, as its package was another, is the same module afterwards."""
    project.path.insert(0, str(project.file("over")))
    project.write({"p/__init__.py": "", "p/x.py": "class C: pass\n", "user.py": "from p.x import C\n", "over/a.py": ""})
    project.step("import user", ["user", "p", "p.x"])
    project.write({"over/p/__init__.py": ""})
    project.attempt("from p import x")  # the package is as it is in a fresh interpreter, and the submodule is gone
    project.delete("over/p")
    project.step("from p import x", ["p", "p.x"])
    assert project.value("x.C is user.C") is True
    project.step("import user", ["user"])


def test_only_the_source_that_is_executed_asks_for_earlier_values(project):
    """What the file asked for that a package had before is not kept in what it is now."""
    project.write({"p/__init__.py": "cache = globals().get('cache', [])\n", "p/x.py": ""})
    project.step("import p.x", ["p", "p.x"])
    project.delete("p/__init__.py")
    project.step("import p.x", ["p.x"])


def test_module_that_failed_before_is_not_left_by_a_refresh_that_fails(project):
    """What is there again for the first time since it failed is gone again when the refresh is rolled back."""
    project.write({"a.py": "import user\n1 / 0\n", "user.py": "import a\n"})
    project.step("import a", ["a", "user"], raises="ZeroDivisionError")
    project.write({"a.py": "", "user.py": "import a, z\n", "z.py": "1 / 0\n"})
    for _ in range(2):
        assert "a" not in project.step("import user", ["user", "a", "z"], raises="ZeroDivisionError").modules
    project.write({"z.py": ""})
    project.step("import user", ["user", "a", "z"])


def test_class_whose_name_its_module_gave_to_another(project):
    """A class that only another module holds, as its own has overwritten it, is the class that has the name again."""
    cls = "class C:\n    def n(self): return {}\n"
    project.write({"a.py": cls.format(1) + "import b\nfrom c import C\n", "c.py": "C = 1\n"})
    project.write({"b.py": "from a import C\n"})
    project.step("import a, b", ["a", "b", "c"])
    project.write({"a.py": cls.format(2)})
    project.step("import a", ["a"])
    assert project.value("(b.C is a.C, b.C().n())") == (True, 2)


def test_one_generation_after_an_error_that_was_caught_twice(project):
    """A module that fails, and fails again in the same statement after that was believed, is the same when mended."""
    project.write({"b.py": "class C:\n    def n(self): return 1\n", "user.py": "import b\n"})
    project.write({"a.py": "try:\n    import b\nexcept ZeroDivisionError:\n    b = None\n", "c.py": "import a, b\n"})
    project.step("import user, a", ["user", "b", "a"])
    project.write({"b.py": "class C:\n    def n(self): return 2\n1 / 0\n"})
    project.attempt("import c")  # `a` is as it is in a fresh interpreter
    project.write({"b.py": "class C:\n    def n(self): return 3\n"})
    project.step("import b", ["b"])
    assert project.value("user.b.C is b.C") is True


def test_namespace_package_left_by_a_package_that_fails(project):
    """Where a namespace package leads cannot be told as long as the package above it is not there."""
    project.write({"p/__init__.py": "from .q import C\n", "p/q/__init__.py": "import missing\n", "p/q/y.py": ""})
    project.write({"d.py": "try:\n    import p.q\nexcept ImportError:\n    pass\n"})
    project.step("import d", ["d", "p", "p.q"])
    project.delete("p/q/__init__.py")
    project.step("import d", ["d", "p"])
    project.step("import d", [])


def test_position_of_a_class_whose_name_its_module_gave_to_another(project):
    """Such a class says where it stands now, too, when only comments and layout have changed."""
    source = "class C:\n    def n(self): pass\nimport b\nfrom c import C\n"
    project.write({"a.py": source, "b.py": "from a import C as B\n", "c.py": "C = 1\n"})
    project.step("import a, b", ["a", "b", "c"])
    project.write({"a.py": "# a comment\n" + source})
    project.step("import a, b", [])


def test_position_of_a_class_and_of_its_base_by_the_same_name(project):
    """Each of two classes by one name says where it stands now."""
    source = "class C:\n    def n(self): pass\nB = C\nclass C(B): pass\n"
    project.write({"a.py": source})
    project.step("import a", ["a"])
    project.write({"a.py": "# a comment\n" + source})
    project.step("import a", [])


def test_package_that_fails_above_a_fresh_module(project):
    """The error of a package shows the line that imported a submodule, also after it has been shown without."""
    project.write({"p/__init__.py": "import a\n", "p/x.py": "X = 1\n", "b.py": "from p.x import X\n", "a.py": ""})
    project.step("import p.x, b", ["p", "a", "p.x", "b"])
    project.delete("a.py")
    project.step("import p", ["p"], raises="ModuleNotFoundError")
    # … nor does executing the package as a whole show it.
    project.step("import b", ["p"], raises="ModuleNotFoundError", confirms=["p", "b", "p"])


def test_namespace_package_below_a_package_that_is_executed_with_everything(project):
    """A package is executed before a namespace package below it is asked for anything."""
    project.write({"p/__init__.py": "", "p/q/z.py": "", "d.py": "import p.q.z\n"})
    project.step("import d", ["d", "p", "p.q.z"])
    project.write({"d.py": "from p.q import X\n"})
    project.step("import p.q.z, d", ["d"], raises="ImportError", confirms=["d", "p"])


def test_absence_below_a_package_that_moved(project):
    """What is missing below a package that has moved is asked for by whom has asked for it, not by livereload."""
    project.write({"p/x.py": "try:\n    import a\nexcept ImportError:\n    a = None\n", "a.py": "import p.q.z\n"})
    project.write({"p/q/__init__.py": ""})
    project.step("import p.x", ["p.x", "a", "p.q"])
    project.rename("p/q/__init__.py", "p/q/y.py")
    project.step("from p import x", ["p.x", "a"])


def test_missing_below_a_namespace_package_of_a_package_that_is_executed_with_everything(project):
    """Nor does what is missing in a namespace package make a package be overlooked that is not there yet."""
    project.write({"p/__init__.py": "", "p/q/y.py": "", "a.py": "import p.q.z\n"})
    project.write({"b.py": "import p.q.y\ntry:\n    import a\nexcept ImportError:\n    a = None\n"})
    project.step("import b", ["b", "p", "p.q.y", "a"])
    project.step("import a", ["a"], raises="ModuleNotFoundError", confirms=["a", "p"])


def test_absence_of_what_others_have_had(project):
    """Who catches the error of a submodule that is gone is imported again, though others have what it was."""
    project.path.insert(0, str(project.file("over")))
    source = "try:\n    import p.x\nexcept ImportError:\n    pass\n"
    project.write({"p/__init__.py": "", "p/x.py": "", "user.py": "from p import x\n", "b.py": source, "over/c.py": ""})
    project.step("import user", ["user", "p", "p.x"])
    project.write({"over/p/__init__.py": ""})
    project.step("import b", ["b", "p"])
    project.write({"b.py": source + "X = 1\n"})
    project.step("import b", ["b"])


def test_submodule_of_a_package_that_is_gone(project):
    """A package that is gone was tried, and so was what is below it: whoever asked for that has caught the error."""
    project.write({"p/x.py": "", "a.py": "import c\nX = c.X\n", "c.py": ""})
    project.step("import p.x", ["p.x"])
    project.rename("p", "aside")
    project.step("import a", ["a", "c"], raises="AttributeError")
    project.write({"c.py": "X = 2\ntry:\n    import p.x\nexcept ImportError:\n    pass\n"})
    project.step("import a", ["a", "c"])


def test_module_two_levels_below_what_is_no_package_any_more(project):
    """It is gone with the package, however deep below."""
    project.write({"p/__init__.py": "from .y import f\n", "p/y.py": "from .q import *\n"})
    project.write({"p/q/__init__.py": "from . import z\n", "p/q/z.py": "X = 1\n"})
    project.write({"a.py": "try:\n    from p import x\nexcept ImportError:\n    pass\n"})
    project.write({"c.py": "from p.q.z import X\n"})
    project.step("import p", ["p", "p.y", "p.q", "p.q.z"], raises="ImportError")
    project.rename("p/__init__.py", "p.py")
    project.step("import a", ["a", "p"])
    project.step("import c", ["c", "p"], raises="ImportError")


def test_namespace_package_that_is_gone_below_a_package_that_failed(project):
    """Where a namespace package leads is looked up as soon as the package above it is there again."""
    project.write({"p/__init__.py": "try:\n    from . import y\nexcept ImportError:\n    y = 9\n", "p/q/z.py": ""})
    project.write({"p/y.py": "import p.q\np.q.X\n", "c.py": "import p.x\n", "d.py": "from p.q import *\n"})
    project.step("import d", ["d", "p", "p.y"], raises="AttributeError")
    project.delete("p/q")
    project.step("import c", ["c", "p", "p.y"], raises="ModuleNotFoundError", loses=["p.q"])


def test_what_a_module_that_is_gone_had_imported(project):
    """Who catches that a module is gone is not concerned with what that had imported."""
    project.write({"p/q.py": "import a\n", "a.py": "", "d.py": ""})
    project.step("import p.q, d", ["p.q", "a", "d"])
    project.write({"a.py": "1 / 0\n", "d.py": "try:\n    import p.q\nexcept ImportError:\n    pass\n"})
    project.delete("p")
    project.step("import d", ["d"])


def test_new_portion_of_a_namespace_package_that_gets_an_init_file(project):
    """A folder that has joined a namespace package may make a regular one of it, like those that were there before."""
    project.path.insert(0, str(project.file("over")))
    project.write({"over/p/x.py": ""})
    project.step("import p.x", ["p.x"])
    project.write({"p/y.py": ""})
    project.step("import p.y", ["p.y"])
    project.write({"p/__init__.py": "X = 1\n"})
    project.step("import p", ["p"])


def test_module_two_levels_below_a_package_that_is_gone(project):
    """Who catches that it is gone depends on the package that is gone, and is not executed again."""
    project.write({"p/q/__init__.py": "", "p/q/z.py": ""})
    project.write({"d.py": "try:\n    import p.q.z\nexcept ImportError:\n    pass\n"})
    project.run("import p.q.z")
    project.rename("p", "aside")
    project.step("import d", ["d"])
    project.step("import d", [])
    project.rename("aside", "p")
    project.step("import d", ["d", "p.q", "p.q.z"])


def test_namespace_package_that_is_gone_when_everything_is_executed(project):
    """What the first attempt has executed in vain is executed by the second, too."""
    project.write({"p/__init__.py": "", "c.py": "import p.q\n"})
    project.file("p/q").mkdir()
    project.step("import c", ["c", "p"])
    project.rename("p/q", "aside")
    project.step("import c", ["c"], raises="ModuleNotFoundError", confirms=["c", "p"])
    project.step("import c", ["c"], raises="ModuleNotFoundError")


def test_classes_of_a_module_that_its_package_has_passed_on(project):
    """A module that comes back with its package has the classes that others have by way of the package."""
    project.path.insert(0, str(project.file("over")))
    project.write({"p/__init__.py": "import p.q\n", "p/q/__init__.py": "from . import z\n"})
    project.write({"p/q/z.py": "class E: pass\n", "p/y.py": "from .q import *\n"})
    project.write({"c.py": "try:\n    import p\nexcept ImportError:\n    p = None\n"})
    project.run("import p.y")
    project.rename("p", "aside")
    project.step("import c", ["c"])
    project.write({"over/d.py": ""})
    project.rename("aside", "over/p")
    project.step("import p", ["p", "p.q", "p.q.z"])


def test_submodule_of_what_is_a_module_now(project):
    """Who catches that a submodule cannot be there is not asked for it by livereload."""
    project.path.insert(0, str(project.file("over")))
    project.write({"a.py": "def f():\n    import p.y\n", "p/x.py": "import a\na.f()\n", "p/y.py": ""})
    project.step("import p.x", ["p.x", "a", "p.y"])
    project.write({"over/p.py": "import a\ntry:\n    a.f()\nexcept ImportError:\n    X = 1\n"})
    project.step("import p", ["p"])


def test_package_between_two_that_a_cycle_enters_again(project):
    """A package that has been taken is executed before a module below it is imported a second time in one refresh."""
    project.write({"p/__init__.py": "import a\n", "p/q/__init__.py": "import a\na.f\n", "p/q/z.py": ""})
    project.write({"a.py": "def f(): pass\n", "c.py": "try:\n    import p.q.z\nexcept ImportError:\n    pass\n"})
    project.step("import c", ["c", "p", "a", "p.q", "p.q.z"])
    project.write({"a.py": "import p.q.z\ndef f(): pass\n"})
    again = ["c", "p", "a", "p.q"]
    project.step("import c", again, raises="AttributeError", confirms=again)


def test_another_error_in_a_package_above_what_failed(project):
    """Who has caught an error meets another one, which a package on the way raises now."""
    project.write({"p/__init__.py": "", "p/x.py": "import missing\n", "a.py": "import p.x\n"})
    project.write({"c.py": "try:\n    import a\nexcept ImportError:\n    pass\n"})
    project.step("import c", ["c", "a", "p", "p.x"])
    project.write({"p/__init__.py": "1 / 0\n"})
    project.step("import c", ["c", "a", "p"], raises="ZeroDivisionError")


def test_classes_of_a_module_that_failed_twice(project):
    """What others hold of it is what the last execution has made, if nobody held anything before."""
    project.write({"a.py": "class C: X = 1\nimport p.x\n", "p/__init__.py": "import a as b\n", "b.py": "import a\n"})
    project.step("import p", ["p", "a"], raises="ModuleNotFoundError")
    project.step("import b", ["b", "a", "p"], raises="ModuleNotFoundError")
    project.write({"a.py": "class C: X = 2\n"})
    project.step("import b", ["b", "a"])
    assert project.value("sys.modules['p'].b is b.a")


def test_optional_submodule_that_fails_twice_in_one_statement(project):
    """A package that has caught the error of a submodule is not executed again when another submodule tries it."""
    optional = "try:\n    from p._fast import f\nexcept ImportError:\n    f = None\n"
    project.write({"p/__init__.py": optional, "p/_fast.py": "import missing\n", "p/q/__init__.py": optional})
    project.write({"p/q/z.py": optional})
    project.step("import p.q.z", ["p", "p._fast", "p.q", "p._fast", "p.q.z", "p._fast"])
    project.step("import p.q.z", [])
    project.write({"p/_fast.py": "def f(): pass\n"})
    project.step("import p.q.z", ["p", "p._fast", "p.q", "p.q.z"])


def test_statement_that_waited_in_vain(project):
    """What a package was executed for may not be there; its import is another one when it is."""
    project.write({"p/__init__.py": "import a\n", "a.py": "X = 1\n"})
    project.step("import p.q", ["p", "a"], raises="ModuleNotFoundError")
    project.write({"a.py": "X = 2\n", "p/q.py": "from a import X\n"})
    project.step("from p.q import X", ["p", "a", "p.q"])


def test_submodules_of_a_package_that_becomes_a_module(project):
    """They are gone with it, and come back with it as the same."""
    project.write({"p/__init__.py": "X = 1\n", "p/x.py": "class C: pass\n", "a.py": "import p.x\n"})
    project.run("import a; from p.x import C")
    project.rename("p/__init__.py", "p.py")
    project.step("import p", ["p"])
    project.step("from p import x", [], raises="ImportError")
    project.rename("p.py", "p/__init__.py")
    project.step("import a", ["a", "p", "p.x"])
    assert project.value("a.p.x.C is C")
