"""Packages whose `__getattr__` imports what they give, and keeps it (PEP 562)."""

import pytest

PACKAGE = {
    "pkg/__init__.py": """
import importlib
_home = {"total": "_money", "RATE": "_money", "Cart": "_cart"}
def __getattr__(name):
    if name not in _home:
        raise AttributeError(name)
    value = getattr(importlib.import_module("." + _home[name], __name__), name)
    globals()[name] = value
    return value
""",
    "pkg/_money.py": "RATE = 1\ndef total(): return 1\n",
    "pkg/_cart.py": "from . import total\nclass Cart:\n    def pay(self): return 1\n",
}


@pytest.mark.parametrize("statement", ["from pkg import RATE, total, Cart", "import pkg"])
def test_at_a_prompt(project, statement):
    """Importing the package brings up to date what it has given, and it gives what is new."""
    prefix = "pkg." if statement == "import pkg" else ""
    project.write(PACKAGE)
    project.start(whole=False)
    project.run(f"{statement}; cart = {prefix}Cart(); held = {prefix}total; {prefix}RATE")
    project.write({"pkg/_money.py": "RATE = 2\ndef total(): return 2\n"})
    assert project.run(statement).executed == []
    assert project.value(f"{prefix}RATE, {prefix}total(), held()") == (2, 2, 2)
    project.write({"pkg/_cart.py": PACKAGE["pkg/_cart.py"].replace("return 1", "return 2")})
    project.run(statement)
    assert project.value("cart.pay()") == 2
    assert project.run(statement).executed == []


def test_modules_that_use_what_it_has_kept(project):
    """The first that has asked for it, and those that were given what was kept, depend on it alike."""
    project.write({
        **PACKAGE,
        "one.py": "from pkg import RATE\nX = RATE\n",
        "two.py": "import pkg\nX = pkg.RATE\n",
        "three.py": "from pkg import Cart\nX = 1\n",
        "main.py": "import one, two, three\n",
    })  # fmt: skip
    project.start(whole=False)
    project.run("import main")
    for rate in "23":
        project.write({"pkg/_money.py": f"RATE = {rate}\ndef total(): return 1\n"})
        assert sorted(project.run("import main").executed) == ["one", "two"]
        assert project.value("main.one.X, main.two.X") == (int(rate), int(rate))
    assert project.run("import main").executed == []


def test_what_it_has_kept_is_gone(project):
    """The error is that of a fresh interpreter."""
    project.write(PACKAGE)
    project.start(whole=False)
    project.run("from pkg import total")
    project.write({"pkg/_money.py": "RATE = 1\n"})
    error = project.attempt("from pkg import total").error
    assert error["type"] == project.fresh("from pkg import total").error["type"] == "ImportError"
