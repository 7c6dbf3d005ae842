"""when_changed(): a function that runs after each refresh in which something that it uses has changed."""

import pytest

SHOP = {
    "shop/__init__.py": "",
    "shop/cart.py": "from .money import RATE\ndef total(): return RATE\nclass Cart:\n    def n(self): return 1\n",
    "shop/money.py": "RATE = 1\n",
    "other.py": "X = 1\ndef f(): return X\n",
}
IMPORT = "import shop.cart, other\nfrom shop.cart import total, Cart\nfrom functools import partial\nseen = []"


@pytest.fixture
def shop(project):
    project.write(SHOP)
    project.start(f"livereload.install()\n{IMPORT}")
    return project


USES = {
    "a function": "def draw(): seen.append(total())",
    "a module": "def draw(): seen.append(shop.cart.total())",
    "a class": "def draw(): seen.append(Cart().n())",
    "an instance": "cart = Cart()\ndef draw(): seen.append(cart.n())",
    "a bound method": "bound = Cart().n\ndef draw(): seen.append(bound())",
    "a partial": "p = partial(total)\ndef draw(): p(); seen.append(1)",
    "a cached function": "from functools import cache\nc = cache(total)\ndef draw(): seen.append(c())",
    "a list": "carts = [Cart()]\ndef draw(): seen.extend(each.n() for each in carts)",
    "a dict of functions": "table = {'t': total}\ndef draw(): seen.append(table['t']())",
    "a function between": "def helper(): return total()\ndef draw(): seen.append(helper())",
    "a class between": "class Mine(Cart): pass\ndef draw(): seen.append(Mine().n())",
    "a method between": "class Mine:\n    def go(self): return total()\ndef draw(): seen.append(Mine().go())",
    "a variable": "def make(f):\n    def draw(): seen.append(f())\n    return draw\ndraw = make(total)",
    "a default": "def draw(f=total): seen.append(f())",
    "an import in it": "def draw():\n    import shop.cart as c\n    seen.append(c.total())",
    "a from-import in it": "def draw():\n    from shop import cart\n    seen.append(cart.total())",
    "a lambda in it": "def draw(): (lambda: seen.append(total()))()",
}


@pytest.mark.parametrize("code", USES.values(), ids=USES.keys())
def test_runs_when_something_used_has_changed(shop, code):
    """It runs once after each refresh that executed a module that it uses, directly or not; else it does not."""
    shop.run(f"{code}\nlivereload.when_changed(draw)")
    shop.write({"other.py": "X = 2\n"})
    shop.run("import other")
    shop.run("import shop.cart")
    assert shop.value("len(seen)") == 0
    for n in (2, 3):
        shop.write({"shop/money.py": f"RATE = {n}\n"})
        shop.run("import shop.cart")
        assert shop.value("len(seen)") == n - 1
    shop.run("import shop.cart")
    assert shop.value("len(seen)") == 2


def test_it_sees_the_new_state(shop):
    """It runs when the refresh is over: everything that it uses is new."""
    shop.run("livereload.when_changed(lambda: seen.append((total(), shop.money.RATE)))")
    shop.write({"shop/money.py": "RATE = 5\n"})
    shop.run("import shop.cart")
    assert shop.value("seen") == [(5, 5)]


def test_a_decorator_in_a_module(project):
    """In a module that is edited itself it is there once, and runs with its new body."""
    project.write({
        "a.py": "import livereload, b\nseen = livereload.__dict__.setdefault('seen', [])\n"
                "@livereload.when_changed\ndef draw(): seen.append(('one', b.X))\n",
        "b.py": "X = 1\n",
    })  # fmt: skip
    project.run("import a")
    project.write({"b.py": "X = 2\n"})
    project.run("import a")
    assert project.value("livereload.seen") == [("one", 2)]
    project.write({"a.py": project.file("a.py").read_text().replace("'one'", "'two'")})
    project.run("import a")
    project.write({"b.py": "X = 3\n"})
    project.run("import a")
    assert project.value("livereload.seen") == [("one", 2), ("two", 2), ("two", 3)]


def test_after_a_failure(shop):
    """A refresh that was rolled back has changed nothing: it does not run."""
    shop.run("livereload.when_changed(lambda: seen.append(total()))")
    shop.write({"shop/money.py": "1 / 0\n"})
    assert shop.attempt("import shop.cart").error["type"] == "ZeroDivisionError"
    assert shop.value("seen") == []


def test_an_error_in_it(shop):
    """What it raises is shown and harms neither the import nor those after it."""
    shop.run("""
import sys
shown = []
sys.excepthook = lambda kind, error, traceback: shown.append(repr(error))
@livereload.when_changed
def broken(): total(); raise ValueError("mine")
@livereload.when_changed
def draw(): seen.append(total())
livereload.when_changed(draw)
""")
    shop.write({"shop/money.py": "RATE = 2\n"})
    shop.run("import shop.cart")
    assert shop.value("(shown, seen)") == (["ValueError('mine')"], [2])


def test_wrong_arguments(project):
    """It takes what can be called, and livereload has to be installed; it returns the function."""
    project.start("")
    assert project.attempt("livereload.when_changed(3)").error["message"] == "function must be callable, not int"
    assert project.attempt("livereload.when_changed(print)").error["type"] == "NotInstalledError"
    project.run("livereload.install()")
    assert project.value("livereload.when_changed(print) is print") is True


def test_uninstalled(shop):
    """uninstall() forgets it."""
    shop.run("livereload.when_changed(lambda: seen.append(total()))")
    shop.run("livereload.uninstall(); livereload.install()")
    shop.write({"shop/money.py": "RATE = 2\n"})
    shop.run("import shop.cart")
    assert shop.value("seen") == []
