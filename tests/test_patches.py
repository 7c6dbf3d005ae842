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


def test_others_patches_stay(project):
    """What another module, or the session, has put in the same place is not touched."""
    project.write({"hub.py": HUB, "patch.py": "import hub\n_old = hub.f\ndef f(x): return _old(x) + [1]\nhub.f = f\n"})
    project.run("import patch, hub\ndef mine(x): return ['mine']\nhub.f = mine")
    project.write({"patch.py": "import hub\n_old = hub.f\ndef f(x): return _old(x) + [2]\n"})
    project.run("import patch")
    assert project.value("hub.f(0)") == ["mine"]
