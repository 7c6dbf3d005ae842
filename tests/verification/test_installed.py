"""What installed libraries do with functions: a body that one has kept is updated, one that it has called executed."""

import pytest

LIB = """
class Depends:
    def __init__(self, function): self.function = function
class Field:
    def __init__(self, default=None, *, check=None): self.default, self.check = default, check
class Weak:
    def __init__(self): self.held = []
    def connect(self, function):
        import weakref
        self.held.append(weakref.WeakMethod(function) if hasattr(function, '__self__') else weakref.ref(function))
        return function
class App:
    def __init__(self): self.routes, self.observer = {}, Observer()
    def route(self, path, *filters):
        def keep(function):
            self.routes[path] = function, filters
            return function
        return keep
    def add(self, path, function): self.routes[path] = function, ()
    def signal(self, name): return Weak()
class Observer:
    def __init__(self): self.held = []
    def __call__(self, *filters): return lambda function: self.held.append((function, filters)) or function
class View:
    @classmethod
    def as_view(cls, name):
        def view(): return cls().get()
        return view
class Adapter:
    def __init__(self, cls): self.cls = cls
class Model:
    def __init_subclass__(cls): cls.fields = sorted(cls.__dict__.get('__annotations__', ()))
    def save(self): return 'saved'
registered = []
def register(*classes): registered.extend(classes)
def apply(function, *given): return [function(*given)]
def describe(cls): return cls().save()
def once(function): return function()
def chain(function):
    registered.append(function)
    return function
def both(function): return chain(function)()
class Frame:
    def __init__(self, rows): self.rows = rows
    def map(self, function): return Frame([function(row) for row in self.rows])
"""

# {what is done with f: (statements, what it gives)}
KEPT = {
    "in a wrapper": ("d = lib.Depends(f)", "d.function(1)"),
    "in a default": ("def call(d=lib.Depends(f)): return d.function(1)", "call()"),
    "in Annotated": ("from typing import Annotated as A\nT = A[int, lib.Depends(f)]", "T.__metadata__[0].function(1)"),
    "in an annotation": (
        "from typing import Annotated as A\ndef call(x: A[int, lib.Depends(f)] = 1): return f(x)", "call()"
    ),
    "in a field of a class": ("class C:\n    x: int = lib.Field(1, check=f)", "C.x.check(1)"),
    "a lambda in a field": ("class C:\n    x = lib.Field(check=lambda x: f(x))", "C.x.check(1)"),
    "a route": ("@app.route('/')\ndef g(): return f(1)", "g()"),
    "a route that is added": ("def g(): return f(1)\napp.add('/', g)", "app.routes['/'][0]()"),
    "a filter of a route": ("@app.route('/', f)\ndef g(): pass", "app.routes['/'][1][0](1)"),
    "an observer": ("@app.observer(f)\nasync def g(): pass", "app.observer.held[0][1][0](1)"),
    "a lambda of a call": ("app.add('/', lambda: f(1))", "app.routes['/'][0]()"),
    "a weak reference": ("s = app.signal('x')\ns.connect(f)", "s.held[0]()(1)"),
    "a method, weakly": (
        "class L:\n    def on(self): return f(1)\nl = L()\ns = app.signal('x')\ns.connect(l.on)", "s.held[0]()()"
    ),
    "a view": (
        "class V(lib.View):\n    def get(self): return f(1)\napp.add('/', V.as_view('v'))", "app.routes['/'][0]()"
    ),
    "an adapter of a class": (
        "class M(lib.Model):\n    def save(self): return f(1)\na = lib.Adapter(M)", "a.cls().save()"
    ),
    "a partial decorator": (
        "import functools\nroute = functools.partial(app.route)\n@route('/')\ndef g(): return f(1)", "g()"
    ),
}  # fmt: skip

CALLED = {
    "applied": ("x = lib.apply(f, 1)", "x"),
    "applied to a frame": ("x = lib.Frame([1, 2]).map(f)", "x.rows"),
    "a frame of one's own": ("frame = lib.Frame([1, 2])\nx = frame.map(f)", "x.rows"),
    "a lambda that is applied": ("x = lib.apply(lambda: f(1))", "x"),
    "a decorator that calls": ("@lib.once\ndef x(): return f(1)", "x"),
    "a class that is described": ("class M(lib.Model):\n    def save(self): return f(1)\nx = lib.describe(M)", "x"),
    "called in Annotated": ("from typing import Annotated as A\nT = A[int, f(1)]", "T.__metadata__"),
    "called and kept by a decorator": ("@lib.both\ndef x(): return f(1)", "x"),
    "the result of what keeps it": ("x = lib.chain(f)(1)", "x"),
    "through what wraps it": ("import functools\nx = functools.partial(f, 1)()", "x"),
}
SHOP = "import lib\nstate = []\napp = lib.App()\ndef f(x): return x + {0}\n"


@pytest.fixture
def edited(project):
    """A session in which a body of a module has been edited that an installed library may have called."""

    def play(statements, gives):
        project.path.append(str(project.file("site-packages")))
        project.write({"site-packages/lib.py": LIB, "shop.py": f"{SHOP.format(1)}{statements}\n"})
        project.start(whole=False)
        project.run("import shop; shop.state.append(1)")
        before = project.value(f"eval({gives!r}, vars(shop))")
        project.write({"shop.py": f"{SHOP.format(10)}{statements}\n"})
        project.run("import shop")
        fresh = project.fresh("import shop", expression=f"eval({gives!r}, vars(shop))").value
        assert fresh != before  # the edit shows
        assert project.value(f"eval({gives!r}, vars(shop))") == fresh
        return project.value("shop.state")

    return play


@pytest.mark.parametrize(("statements", "gives"), KEPT.values(), ids=KEPT.keys())
def test_what_is_kept_is_updated(edited, statements, gives):
    """A function that somebody has kept is going to be called later: its module keeps its state."""
    assert edited(statements, gives) == [1]


@pytest.mark.parametrize(("statements", "gives"), CALLED.values(), ids=CALLED.keys())
def test_what_was_called_is_executed(edited, statements, gives):
    """A function that nobody has kept has been called: what came of it is computed anew."""
    assert edited(statements, gives) == []


FORM = "class Form:\n    def __init_subclass__(cls): cls.size = cls.Meta.model.size\n"


@pytest.mark.parametrize(
    ("imports", "model"), [("from models import Author", "Author"), ("import models as m", "m.Author")]
)
def test_what_a_body_names_is_used_where_a_library_makes_the_class(project, imports, model):
    """A class in an inner class of its body counts for what it has, not for what its methods do."""
    project.path.append(str(project.file("site-packages")))
    project.write({"site-packages/lib.py": FORM})
    models = "K = {0}\nclass Author:\n    size = len('x' * K)\n    def hello(self): return {1}\n"
    forms = f"import lib\n{imports}\nclass AuthorForm(lib.Form):\n    class Meta:\n        model = {model}\n"
    project.write({"models.py": models.format(1, 1), "forms.py": forms})
    project.start(whole=False)
    project.run("import forms")
    project.write({"models.py": models.format(1, 2)})
    assert project.run("import forms").executed == []
    project.write({"models.py": models.format(2, 2)})
    assert project.run("import forms", "forms.AuthorForm.size").value == 2


# As Flask's configuration: what an object has in capitals.
CONFIG = """
import importlib
class Config(dict):
    def from_object(self, given):
        module, _, rest = given.partition('.') if isinstance(given, str) else (None, None, None)
        value = importlib.import_module(module) if module else given
        value = getattr(value, rest) if rest else value
        self.update((key, getattr(value, key)) for key in dir(value) if key.isupper())
config = Config()
"""
GIVEN = {
    "a module by its name": "lib.config.from_object('settings')\nlib.config.from_object('settings.Base')",
    "a module": "import settings\nlib.config.from_object(settings)\nlib.config.from_object(settings.Base)",
    "names": "from settings import NAME, Base\nlib.config.update(NAME=NAME)\nlib.config.from_object(Base)",
}


@pytest.mark.parametrize("given", GIVEN.values(), ids=GIVEN.keys())
def test_what_a_library_looks_at(project, given):
    """A library that gets a module, or imports it by its name, looks at what it has; not at what its functions do."""
    project.path.append(str(project.file("site-packages")))
    settings = "NAME = '{0}'\nclass Base:\n    SIZE = {1}\ndef f(): return {2}\n"
    project.write({"site-packages/lib.py": CONFIG, "app.py": f"import lib\n{given}\n"})
    project.write({"settings.py": settings.format("a", 1, 1)})
    project.start(whole=False)
    project.run("import app, lib")
    for values in (("b", 1, 1), ("b", 2, 1), ("b", 2, 2)):
        project.write({"settings.py": settings.format(*values)})
        executed = project.run("import app").executed
        assert project.value("dict(lib.config)") == {"NAME": values[0], "SIZE": values[1]}
        assert executed == ([] if values[2] == 2 else ["app"])
