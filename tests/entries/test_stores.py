"""Attributes and keys of others that a module sets, patches, hooks: what was there before stands there when it runs."""

import pytest

HUB = """
X, B, LIMIT, APPS, OPTS, counter, current = 0, 'b', 5, ['a'], {'a': 0}, 0, None
def f(x=0): return [x]
class Client:
    title = 'hub'
    def get(self): return ['get']
    @staticmethod
    def s(): return ['s']
    @classmethod
    def c(cls): return ['c']
class Derived(Client): pass
class App:
    def __init__(self): self.handler, self.title = None, 'app'
app = App()
def get(): return current
def set(hook):
    global current
    current = hook
def configure(**options): OPTS.update(options)
"""
TOOLS = """
import functools
def trace(f):
    @functools.wraps(f)
    def wrapper(*args): return ['traced', *f(*args)]
    return wrapper
"""
SHOP = "import hub, tools, functools, sys, os\nK = len('x' * {k})\n{way}\n"
PATCHED = {
    "a function": "_old = hub.f\ndef f(x=0): return [*_old(x), {n}]\nhub.f = f",
    "in a dict": "_kept = {{'f': hub.f}}\ndef f(x=0): return [*_kept['f'](x), {n}]\nhub.f = f",
    "in a class": "class Kept: f = staticmethod(hub.f)\ndef f(x=0): return [*Kept.f(x), {n}]\nhub.f = f",
    "in a default": "def f(x=0, _old=hub.f): return [*_old(x), {n}]\nhub.f = f",
    "in an attribute": "def f(x=0): return [*f.old(x), {n}]\nf.old = hub.f\nhub.f = f",
    "in a closure": "def wrap(old):\n    def f(x=0): return [*old(x), {n}]\n    return f\nhub.f = wrap(hub.f)",
    "in a partial": "def g(old, x=0): return [*old(x), {n}]\nhub.f = functools.partial(g, hub.f)",
    "by another's decorator": "hub.f = tools.trace(hub.f)\nhub.X = {n}",
    "by setattr": "_old = hub.f\nsetattr(hub, 'f', lambda x=0: [*_old(x), {n}])",
}
WAYS = {
    **{f"a patch: {name}": (text, "hub.f(), hub.X") for name, text in PATCHED.items()},
    "a patch: a class": (
        "class Client(hub.Client):\n    def get(self): return [*super().get(), {n}]\nhub.Client = Client",
        "hub.Client().get()",
    ),
    "a patch: a method": (
        "_old = hub.Client.get\ndef get(self): return [*_old(self), {n}]\nhub.Client.get = get",
        "hub.Client().get(), hub.Derived().get()",
    ),
    "a patch: an inherited method": (
        "_old = hub.Derived.get\ndef get(self): return [*_old(self), {n}]\nhub.Derived.get = get",
        "hub.Client().get(), hub.Derived().get()",
    ),
    "a patch: a static method": (
        "_old = hub.Client.s\nhub.Client.s = staticmethod(lambda: [*_old(), {n}])",
        "hub.Client.s()",
    ),
    "a patch: a class method": (
        "_old = hub.Client.c.__func__\nhub.Client.c = classmethod(lambda cls: [*_old(cls), {n}])",
        "hub.Client.c()",
    ),
    "a hook by calls": (
        "_old = hub.get()\ndef hook(): return [*(_old() if _old else []), {n}]\nhub.set(hook)",
        "hub.get() and hub.get()()",
    ),
    "a hook in an instance": (
        "_old = hub.app.handler\ndef hook(): return [*(_old() if _old else []), {n}]\nhub.app.handler = hook",
        "hub.app.handler and hub.app.handler()",
    ),
    "an attribute": ("hub.X = {n}", "hub.X"),
    "a new attribute": ("hub.NEW = {n}", "getattr(hub, 'NEW', None)"),
    "an attribute in a function": ("def setup(): hub.X = {n}\nsetup()", "hub.X"),
    "an attribute in a loop": ("for name in ('X', 'B'): setattr(hub, name, {n})", "hub.X, hub.B"),
    "a deleted attribute": ("del hub.B\nhub.X = {n}", "hasattr(hub, 'B'), hub.X"),
    "an attribute of a class": ("hub.Client.title = {n}", "hub.Client.title, hub.Derived.title"),
    "a property of a class": ("hub.Client.label = property(lambda self: {n})", "getattr(hub.Client(), 'label', None)"),
    "an attribute of an instance": ("hub.app.title = {n}", "hub.app.title"),
    "another value of a name": ("hub.LIMIT *= {n} + 1", "hub.LIMIT"),
    "a counter": ("hub.counter += {n}", "hub.counter"),
    "a list made anew": ("hub.APPS = hub.APPS + [{n}]", "hub.APPS"),
    "a list in place": ("hub.APPS += [{n}]", "hub.APPS"),
    "a list of a name": ("from hub import APPS\nAPPS.append({n})", "hub.APPS"),
    "a key": ("hub.OPTS['b'] = {n}", "hub.OPTS"),
    "a key that was there": ("hub.OPTS['a'] = {n}", "hub.OPTS"),
    "keys by a function": ("hub.configure(a={n}, b={n})", "hub.OPTS"),
    "the environment": ("os.environ['LIVERELOAD_X'] = '{n}'", "os.environ.get('LIVERELOAD_X')"),
}
IMPORT = "import shop, hub, os"


@pytest.mark.parametrize("is_own", [True, False], ids=["own", "installed"])
@pytest.mark.parametrize("way", WAYS)
def test_stores(project, way, is_own):
    """Edited itself, beside it, removed and put there again, a store gives what it gives in a fresh interpreter."""
    text, expression = WAYS[way]
    project.path.append(str(project.file("site-packages")))
    project.write({"hub.py" if is_own else "site-packages/hub.py": HUB, "tools.py": TOOLS})
    if not is_own:
        project.run("import hub")  # as one mostly has a library by then
    edits = [text.format(n=1), text.format(n=1), text.format(n=2), "", text.format(n=2)]
    seen = None
    for k, edit in enumerate(edits):
        if seen is not None:
            project.write({"shop.py": SHOP.format(way=edit, k=k) + "1 / 0\n"})
            assert project.attempt("import shop").error["type"] == "ZeroDivisionError"
            assert project.value(expression) == seen, (k, "failed")
        project.write({"shop.py": SHOP.format(way=edit, k=k)})
        project.run(IMPORT)
        seen = project.value(expression)
        assert seen == project.fresh(IMPORT, expression=expression).value, k


@pytest.mark.parametrize("edited", ["one", "two"])
def test_patches_on_top_of_one_another(project, edited):
    """One of two modules that patch the same function is edited, and patches no more, whichever is on top."""
    patch = "import hub\nK = {k}\n_old = hub.f\ndef f(x=0): return [*_old(x), '{name}', K]\nhub.f = f\n"
    project.write({"hub.py": HUB, "app.py": "import one, two, hub\n"})
    project.write({f"{name}.py": patch.format(name=name, k=1) for name in ("one", "two")})
    project.run("import app, hub")
    for k in (2, 3):
        project.write({f"{edited}.py": patch.format(name=edited, k=k)})
        project.run("import app")
        assert project.value("hub.f()") == project.fresh("import app, hub", expression="hub.f()").value
    project.write({f"{edited}.py": "import hub\n"})
    project.run("import app")
    if edited == "two":
        assert project.value("hub.f()") == [0, "one", 1]


def test_the_session_may_have_set_something_else(project):
    """What the session has set since stays."""
    project.write({"hub.py": HUB, "tools.py": TOOLS, "shop.py": SHOP.format(way="hub.X = 1\nhub.OPTS['b'] = 1", k=1)})
    project.run("import shop, hub\nhub.X = 'mine'\nhub.OPTS['b'] = 'mine'")
    project.write({"shop.py": SHOP.format(way="", k=2)})
    project.run("import shop")
    assert project.value("hub.X, hub.OPTS['b']") == ("mine", "mine")
