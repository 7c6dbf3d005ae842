"""LiveReloadWarning: where it points, how often it comes, and what it does not break."""

import pytest

SLOTS = "class Cart:\n    __slots__ = ({0})\n"
CATCH = """
import sys, warnings
log = []
def show(message, category, filename, lineno, *_):
    log.append((category.__name__, filename.rpartition("/")[2], lineno))
warnings.showwarning = show
"""


@pytest.fixture
def shop(project):
    """A session that holds an instance of a class with slots."""
    project.write({"shop.py": SLOTS.format("'a',")})
    project.step("import shop", ["shop"])
    project.run(f"{CATCH}\nheld = [shop.Cart()]")
    return project


STATEMENTS = {
    "import": "import shop",
    "from": "from shop import Cart",
    "import_module": "import importlib; importlib.import_module('shop')",
    "refresh": "livereload.refresh()",
}


@pytest.mark.parametrize("statement", STATEMENTS.values(), ids=STATEMENTS.keys())
def test_points_to_the_statement(shop, statement):
    """The warning is attributed to the statement that imports, or refreshes."""
    shop.write({"shop.py": SLOTS.format("'a', 'b'")})
    shop.run(f"code = compile({'pass' + chr(10) + statement!r}, 'typed.py', 'exec')\nexec(code)")
    assert shop.value("log") == [("LiveReloadWarning", "typed.py", 2)]


def test_points_to_the_statement_in_a_module(project):
    """An import statement in a function of an untracked module is pointed to, not what it is called from."""
    project.write({
        "shop.py": SLOTS.format("'a',"),
        "user.py": "__livereload__ = False\n\ndef go():\n    import shop\n    return shop\n",
    })  # fmt: skip
    project.run(f"import user; {CATCH}\nheld = [user.go().Cart()]")
    project.write({"shop.py": SLOTS.format("'b',")})
    project.run("user.go()")
    assert project.value("log") == [("LiveReloadWarning", "user.py", 4)]


def test_at_a_prompt(shop):
    """Where nothing is imported, but the prompt refreshes before a statement, it points to no line of a file."""
    shop.run("from livereload.session import prompt; import livereload.imports.hooks as p")
    shop.write({"shop.py": SLOTS.format("'b',")})
    shop.run("prompt.before_statement(p.installed, globals())")
    assert shop.value("log") == [("LiveReloadWarning", "<prompt>", 0)]


def test_comes_each_time(shop):
    """With Python's own filters the same warning comes once for each edit that leaves something behind."""
    shop.run("warnings.resetwarnings()")
    for slot in "bcde":
        shop.write({"shop.py": SLOTS.format(f"'{slot}',")})
        shop.run("import shop; held.append(shop.Cart())")
    assert shop.value("len(log)") == 4


def test_filters_are_obeyed(shop):
    """Who ignores it hears nothing, by category or by the importing module."""
    for n, wanted in enumerate(["ignore::livereload.LiveReloadWarning", "ignore:::__main__"]):
        action, _, category, module = [*wanted.split(":"), ""][:4]
        category = "livereload.LiveReloadWarning" if category else "Warning"
        shop.run(f"warnings.resetwarnings(); warnings.filterwarnings({action!r}, '', {category}, {module!r})")
        shop.write({"shop.py": SLOTS.format(f"'x{n}',")})
        shop.run("exec('import shop', {'__name__': '__main__'}); held.append(shop.Cart())")
    assert shop.value("log") == []


def test_as_errors(shop):
    """Under -W error it is shown and not raised: what it tells of has been done, and the statement succeeds."""
    shop.run("warnings.simplefilter('error')")
    shop.write({"shop.py": SLOTS.format("'b',")})
    shop.step("import shop", ["shop"])
    assert [kind for kind, _, _ in shop.value("log")] == ["LiveReloadWarning"]
    shop.step("import shop", [])


def test_recorded(shop):
    """Whoever records warnings has it among them, with errors or without."""
    for action in ("always", "error"):
        shop.write({"shop.py": SLOTS.format(f"'{action}',")})
        shop.run(f"""
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter({action!r})
    import shop
held.append(shop.Cart())
""")
        assert shop.value("[each.category.__name__ for each in caught]") == ["LiveReloadWarning"]
