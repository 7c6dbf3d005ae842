"""A module that replaces what it keeps: it finds the original when it is executed again."""

import pytest

HUB = "def f(x): return [x]\nclass C:\n    def m(self): return ['m']\n    @staticmethod\n    def s(): return ['s']\n"
PATCHES = {
    "a function": ("_old = hub.f\ndef f(x): return _old(x) + [{n}]\nhub.f = f\n", "hub.f(0)", [0]),
    "a wrapper": (
        "import functools\ndef more(function):\n    @functools.wraps(function)\n"
        "    def wrapper(*args): return function(*args) + [{n}]\n    return wrapper\nhub.f = more(hub.f)\n",
        "hub.f(0)",
        [0],
    ),
    "a method": ("_old = hub.C.m\ndef m(self): return _old(self) + [{n}]\nhub.C.m = m\n", "hub.C().m()", ["m"]),
    "a static method": (
        "_old = hub.C.s\ndef s(): return _old() + [{n}]\nhub.C.s = staticmethod(s)\n",
        "hub.C().s()",
        ["s"],
    ),
    "a class": ("_Old = hub.C\nclass C(_Old):\n    def m(self): return super().m() + [{n}]\nhub.C = C\n", "hub.C().m()",
                ["m"]),
    "of the standard library": (
        "import string\n_old = string.capwords\ndef capwords(x): return _old(x) + '{n}'\nstring.capwords = capwords\n",
        "[int(each) if each.isdigit() else each for each in __import__('string').capwords('x')]",
        ["X"],
    ),
    "a builtin function": (
        "import time\n_old = time.gmtime\ndef gmtime(x): return (*_old(x), {n})\ntime.gmtime = gmtime\n",
        "[*__import__('time').gmtime(0)][::9]",
        [1970],
    ),
    "by a name of the package": (
        "import pkg\n_old = pkg.f\ndef f(x): return _old(x) + [{n}]\npkg.f = f\n",
        "__import__('pkg').f(0)",
        [0],
    ),
}  # fmt: skip


@pytest.fixture(params=PATCHES)
def patch(request, project):
    """(the source of a module that patches, what shows it, and what that gives without it)."""
    source, expression, plain = PATCHES[request.param]
    project.write({"hub.py": HUB, "pkg/__init__.py": "from .sub import f\n", "pkg/sub.py": HUB})
    project.write({"patch.py": "import hub\n" + source.format(n=1)})
    project.run("import patch, hub")
    assert project.value(expression) == [*plain, 1]
    return "import hub\n" + source, expression, plain


def test_a_patch_is_there_once(project, patch):
    """Executed again, the module patches the original, not its own patch."""
    source, expression, plain = patch
    for n in (2, 3):
        project.write({"patch.py": source.format(n=n)})
        assert project.run("import patch").executed == ["patch"]
        assert project.value(expression) == [*plain, n]


def test_a_patch_that_is_taken_back(project, patch):
    """A source that does not patch any more leaves the original where it was."""
    _, expression, plain = patch
    project.write({"patch.py": "import hub\n"})
    project.run("import patch")
    assert project.value(expression) == plain


def test_a_patch_and_a_failure(project, patch):
    """After an execution that fails, the patch is as it was."""
    source, expression, plain = patch
    project.write({"patch.py": source.format(n=2) + "1 / 0\n"})
    assert project.attempt("import patch").error["type"] == "ZeroDivisionError"
    assert project.value(expression) == [*plain, 1]


USES = ["from deco import more", "from pkg import more", "from pkg import deco\nmore = deco.more"]


@pytest.mark.parametrize("use", USES)
def test_decorators_are_no_patches(project, use):
    """What others have decorated stays decorated when only the module with the decorator is executed again."""
    deco = "import functools\ndef more(function):\n    @functools.wraps(function)\n"
    deco += "    def wrapper(*args): return function(*args) + [{n}]\n    return wrapper\n"
    project.write({"deco.py": deco.format(n=1), "pkg/__init__.py": "from .deco import more\n"})
    project.write({"pkg/deco.py": deco.format(n=1)})
    shop = "\n@more\ndef f(x): return [x]\nclass C:\n    @more\n    def m(self): return ['m']\n"
    project.write({"shop.py": use + shop})
    project.run("import shop, deco, pkg; f = shop.f")
    for n in (2, 3):
        project.write({"deco.py": deco.format(n=n), "pkg/deco.py": deco.format(n=n)})
        project.run("import deco, pkg")
        expression = "(f(0), shop.f(0), shop.C().m(), f is shop.f)"
        assert project.value(expression) == ([0, n], [0, n], ["m", n], True)
        project.step("import shop", ["shop"])
        assert project.value(expression) == ([0, n], [0, n], ["m", n], True)


def test_others_patches_stay(project):
    """What another module, or the session, has put in the same place is not touched."""
    project.write({"hub.py": HUB, "patch.py": "import hub\n_old = hub.f\ndef f(x): return _old(x) + [1]\nhub.f = f\n"})
    project.run("import patch, hub\ndef mine(x): return ['mine']\nhub.f = mine")
    project.write({"patch.py": "import hub\n_old = hub.f\ndef f(x): return _old(x) + [2]\n"})
    project.run("import patch")
    assert project.value("hub.f(0)") == ["mine"]


def test_patch_of_a_module_that_is_not_reached(project):
    """A module that is stale but not imported this time goes back as it was, and so does what it has patched."""
    patch = "import hub\n_old = hub.f\ndef f(x): return _old(x) + [{0}]\nhub.f = f\n"
    project.write({"hub.py": HUB, "patch.py": patch.format(1), "flag.py": "IS_ON = True\n"})
    project.write({"app.py": "import flag\nif flag.IS_ON: import patch\n"})
    project.run("import app, hub")
    project.write({"patch.py": patch.format(2), "flag.py": "IS_ON = False\n"})
    project.step("import app", ["app", "flag"])
    assert project.value("hub.f(0)") == [0, 1]
    project.run("import patch")
    assert project.value("hub.f(0)") == [0, 2]


def test_module_that_knows_itself(project):
    """What a module keeps of another does not take the place of what it has itself by that name."""
    source = "from . import m as _self\nfrom lib import f as _f\ndef f(): return {0}\n"
    project.write({"app/__init__.py": "", "app/m.py": source.format(1), "lib.py": "def f(): return 0\n"})
    project.run("import app.m; from app.m import f")
    project.write({"app/m.py": source.format(2) + "1 / 0\n"})
    project.attempt("import app.m")
    assert project.value("(f(), app.m.f())") == (1, 1)
    project.write({"app/m.py": source.format(3)})
    project.step("import app.m", ["app.m"])
    assert project.value("(f(), app.m.f())") == (3, 3)


def test_package_that_passes_on_what_hides_an_original(project):
    """A module that keeps a function of another, and its package that passes on the module's own by that name."""
    source = "import app, lib\nfrom lib import f as _f\ndef f(): return _f() + [{0}]\n"
    project.write({"lib/__init__.py": "from .core import f\n", "lib/core.py": "def f(): return [0]\n"})
    project.write({"app/__init__.py": "from .m import f\n", "app/m.py": source.format(1)})
    project.step("import app.m", ["app", "app.m", "lib", "lib.core"])
    for n in (2, 3):
        project.write({"app/m.py": source.format(n)})
        project.step("import app.m", ["app", "app.m"])
        assert project.value("(app.f(), app.m.f(), __import__('lib').f())") == ([0, n], [0, n], [0])


def test_patched_class_with_subclasses(project):
    """A class in the place of the one that it inherits from, both of which have been inherited from elsewhere."""
    source = "import hub\n_C = hub.C\nclass C(_C):\n    def m(self): return super().m() + [{0}]\nhub.C = C\n"
    project.write({"hub.py": HUB + "def make(): return C()\n", "patch.py": source.format(1)})
    project.write({"app.py": "import patch, hub\nclass D(hub.C): pass\nX = D().m(), hub.make().m()\n"})
    project.step("import app", ["app", "patch", "hub"])
    project.run("import hub; d = app.D()")
    project.write({"patch.py": source.format(2)})
    project.step("import app", ["app", "patch"])
    assert project.value("(app.X, d.m(), isinstance(d, hub.C))") == ((["m", 2], ["m", 2]), ["m", 2], True)
