"""What installed libraries keep of modules that are executed again, imitated in a few lines each."""

import pytest


@pytest.fixture
def library(project):
    """Writes the installed library."""
    project.path.append(str(project.file("site-packages")))
    project.start(whole=False)

    def write(source):
        project.write({"site-packages/lib.py": source})

    return write


# As Django's signals: by number, with weak references to the receiver and to the sender.
SIGNAL = """
import weakref
models, receivers = {}, []
class Model:
    def __init_subclass__(cls):
        models[cls.__name__] = models[cls.__name__.lower()] = cls
class Signal:
    def forget(self, _): pass
    def connect(self, f, sender):
        key = id(f), id(sender)
        if not any(each[0] == key for each in receivers):
            receivers.append((key, weakref.ref(f, self.forget), weakref.ref(sender, self.forget)))
        return f
signal = Signal()
def connect(sender): return lambda f: signal.connect(f, sender)
def send(sender): return [f()() for key, f, s in receivers if s() is sender and f() is not None]
"""


@pytest.mark.parametrize("is_used", [False, True])
def test_an_entry_that_two_modules_take_part_in(project, library, is_used):
    """It belongs to the one that imports the other: it stays where only that is executed again."""
    library(SIGNAL)
    models = "import lib\nN = {0}\nclass Author(lib.Model): pass\nSIZE = len('x' * N)\n"
    listen = "import lib, models\n{0}\n@lib.connect(models.Author)\ndef made(): return 'made'\n"
    listen = listen.format("SIZE = models.SIZE" if is_used else "")
    project.write({"models.py": models.format(1), "listen.py": listen})
    project.run("import models, listen, lib")
    for n in (2, 3):
        project.write({"models.py": models.format(n)})
        outcome = project.run("import listen, models")
        assert outcome.executed == (["models", "listen"] if is_used else ["models"])
        assert project.value("lib.send(models.Author), len(lib.receivers)") == (["made"], 1)
        assert project.value("lib.receivers[0][0] == (id(listen.made), id(models.Author))")
    project.write({"models.py": models.format(4) + "1 / 0\n"})
    project.attempt("import listen, models")
    assert project.value("list(lib.models), lib.send(models.Author)") == (["Author", "author"], ["made"])


# As Celery's tasks: made when the first one is used, each an instance of a class of its own; the first of a name wins.
TASKS = """
class Task:
    def s(self): return Signature({'task': self})
    def __call__(self): return self.run()
class Signature(dict): pass
class Promise:
    def __init__(self, app, f): self.app, self.f = app, f
    def __call__(self): return self.app.finalize()[self.f.__name__]()
    def s(self): return self.app.finalize()[self.f.__name__].s()
class App:
    def __init__(self): self.pending, self.is_final, self.tasks, self.kept = [], False, {}, []
    def task(self, **options):
        def keep(f):
            if self.is_final: return self.make(f, options)
            self.pending.append((f, options))
            return Promise(self, f)
        return keep
    def finalize(self):
        self.is_final = True
        while self.pending: self.make(*self.pending.pop(0))
        return self.tasks
    def make(self, f, options):
        members = {'run': staticmethod(f), '__module__': f.__module__, **options}
        if f.__name__ not in self.tasks: self.tasks[f.__name__] = type(f.__name__, (Task,), members)()
        return self.tasks[f.__name__]
"""


def test_what_a_library_has_made_later_for_a_function(project, library):
    """It is made anew with its options; who has got it from the library since has it still."""
    library(TASKS)
    source = "from app import app\nK = len('x' * {0})\n@app.task(limit=K)\ndef add(): return 'add'\n"
    source += "@app.task()\ndef other(): return 'other'\n"
    project.write({"app.py": "import lib\napp = lib.App()\n", "tasks.py": source.format(1)})
    project.write({"use.py": "from app import app\nfrom tasks import add\nflow = add.s()\napp.kept.append(flow)\n"})
    expression = "[(name, each(), getattr(each, 'limit', None)) for name, each in tasks.app.tasks.items()]"
    project.run("import tasks, use; held = tasks.add")
    for n in (2, 3):
        project.write({"tasks.py": source.format(n)})
        project.run("import tasks, use")
        assert project.value(expression) == project.fresh("import tasks, use", expression=expression).value
        assert project.value("held(), use.flow['task'].limit, len(tasks.app.kept)") == ("add", n, 1)
    project.write({"tasks.py": source.format(4) + "1 / 0\n"})
    project.attempt("import tasks, use")
    assert project.value(expression) == [("add", "add", 3), ("other", "other", None)]


# As Django's URL resolver: what it needs of a module it looks up at its first use, and caches.
RESOLVER = """
import functools, importlib
class Resolver:
    def __init__(self, name): self.module = importlib.import_module(name)
    @functools.cached_property
    def patterns(self): return self.module.patterns
    @functools.cached_property
    def names(self): return [name for name, _ in self.patterns]
@functools.lru_cache
def resolver(name): return Resolver(name)
class Server:
    def __init__(self): self.patterns = None
    def start(self, name): self.patterns = importlib.import_module(name).patterns
server = Server()
def resolve(name, path): return resolver(name).names, [f() for p, f in resolver(name).patterns if p == path]
"""


def test_what_a_library_has_looked_up(project, library):
    """It follows, and what the library has cached of it is forgotten; what the session holds stays."""
    library(RESOLVER)
    urls = "import views, lib\ndef path(name, f): return name, f\nK = {0}\npatterns = [{1}]\n"
    project.write({"views.py": "def a(): return 'a'\ndef b(): return 'b'\n"})
    project.write({"urls.py": urls.format(1, "path('/a', views.a)")})
    project.run("import urls, lib; lib.server.start('urls'); lib.resolve('urls', '/a'); held = urls.patterns")
    both = "path('/a', views.a), path('/b', views.b)"
    for n, paths in enumerate([both, "path('/b', views.a)", f"{both}, 1 / 0", both]):
        project.write({"urls.py": urls.format(n, paths)})
        project.attempt("import urls")
        seen = project.value(
            "[lib.resolve('urls', each) for each in ('/a', '/b')], lib.server.patterns is urls.patterns"
        )
        if "/ 0" not in paths:
            names = [name for name in ("/a", "/b") if name in paths]
            found = [[paths[paths.index(f"'{name}'") + 12]] if name in names else [] for name in ("/a", "/b")]
            expected = ([(names, each) for each in found], True)
        assert seen == expected
    assert project.value("[name for name, _ in held]") == ["/a"]


# As pydantic's generic models: a class for each parameter, in the name of the module of the generic one.
GENERIC = """
import weakref
cache, models = weakref.WeakValueDictionary(), []
class Meta(type):
    def __new__(metaclass, name, bases, namespace, **keywords):
        cls = super().__new__(metaclass, name, bases, namespace)
        models.append(cls)
        return cls
class Model(metaclass=Meta):
    def __class_getitem__(cls, item):
        if (cls, item) not in cache:
            members = {'__module__': cls.__module__, 'item': item, 'size': item.size}
            cache[cls, item] = Meta(f'{cls.__name__}[{item.__name__}]', (cls,), members)
        return cache[cls, item]
"""


@pytest.mark.parametrize("statement", ["import models, service", "import service"])
def test_a_class_that_is_made_for_another_module(project, library, statement):
    """It is the same class, filled again, for whoever holds it."""
    library(GENERIC)
    models = "import lib\nK = {0}\nclass User(lib.Model):\n    size = len('x' * K)\nclass Page(lib.Model): pass\n"
    project.write({"service.py": "from models import Page, User\nUserPage = Page[User]\n"})
    project.write({"models.py": models.format(1)})
    project.run("import models, service; held = service.UserPage; page = held()")
    for n in (2, 3):
        project.write({"models.py": models.format(n)})
        project.run(statement)
        assert project.value("held is service.UserPage, held.item is service.User, page.size") == (True, True, n)
    project.write({"models.py": models.format(4) + "1 / 0\n"})
    project.attempt(statement)
    assert project.value("held is service.UserPage, page.size, service.User.size") == (True, 3, 3)


# As huey's signals: the lists of some keys are there from the beginning.
LISTS = """
class Signals:
    __slots__ = ('receivers',)
    def __init__(self): self.receivers = {'any': []}
    def connect(self, name): return lambda f: self.receivers.setdefault(name, []).append(f) or f
    def send(self, name): return [f() for f in (*self.receivers['any'], *self.receivers.get(name, ()))]
"""


def test_a_list_that_is_there_from_the_beginning_stays_when_it_is_empty(project, library):
    """One that was made for the first entry goes with the last."""
    library(LISTS)
    project.write({"hub.py": "import lib\nsignals = lib.Signals()\n"})
    shop = "from hub import signals\n{0}\ndef f(): return 1\n{1}\ndef g(): return 2\n"
    project.write({"shop.py": shop.format("@signals.connect('any')", "@signals.connect('sold')")})
    project.run("import shop")
    project.write({"shop.py": shop.format("", "")})
    project.run("import shop")
    assert project.value("shop.signals.receivers, shop.signals.send('sold')") == ({"any": []}, [])


# As the accessors of pandas and polars: an object on the library's class, whose name is listed beside.
ACCESSORS = """
import warnings
class Accessor:
    def __init__(self, name, cls): self.name, self.cls = name, cls
    def __get__(self, frame, owner): return self if frame is None else self.cls(frame)
class Frame:
    names, made = {'own'}, {}
def register(name):
    def keep(cls):
        if name in Frame.names: warnings.warn(f'again {name}')
        setattr(Frame, name, Accessor(name, cls))
        Frame.names.add(name)
        Frame.made[name] = cls
        return cls
    return keep
"""


def test_what_a_library_sets_on_a_class_of_its_own(project, library):
    """It goes with what it was made of; under another name, it is there once; nothing warns of it."""
    library(ACCESSORS)
    source = (
        "import lib\n@lib.register('{1}')\nclass Geo:\n    def __init__(self, frame): pass\n    n = len('x' * {0})\n"
    )
    names = "sorted(lib.Frame.names - {'own'})"
    seen = f"sorted(lib.Frame.names), [*lib.Frame.made], [getattr(lib.Frame(), each).n for each in {names}]"
    project.write({"shop.py": source.format(1, "geo")})
    project.run("import shop, lib, warnings; warnings.simplefilter('error')")
    for n, name in ((2, "geo"), (3, "geo2")):
        project.write({"shop.py": source.format(n, name)})
        project.run("import shop")
        assert project.value(seen) == ([name, "own"], [name], [n])
        assert project.value("hasattr(lib.Frame, 'geo')") == (name == "geo")
    project.write({"shop.py": source.format(4, "geo") + "1 / 0\n"})
    project.attempt("import shop")
    assert project.value(seen) == (["geo2", "own"], ["geo2"], [3])


# As matplotlib's colormaps and settings: copies, which lead to nothing of the module's.
COPIES = """
class Registry:
    def __init__(self): self.items = {'plain': []}
    def register(self, name, value):
        if name in self.items: raise ValueError(f'{name} is there already')
        self.items[name] = list(value)
colors, settings = Registry(), {'width': 1, 'height': 1}
"""


@pytest.mark.parametrize("imported", ["", "import lib"])
def test_data_in_a_library_that_the_module_imports_first(project, library, imported):
    """What it stores there is there once; what another library has stored while it was imported stays."""
    library(COPIES)
    project.write(
        {"site-packages/more.py": "import lib\nlib.colors.register('more', 'm')\nlib.settings['height'] = 5\n"}
    )
    shop = "import lib, more\nK = len('x' * {0})\n{1}"
    both = "lib.colors.register('{0}', [{1}])\nlib.settings['width'] = {1}\n"
    project.write({"shop.py": shop.format(1, both.format("mine", 1))})
    project.run(f"{imported}\nimport shop, lib")
    seen = "list(lib.colors.items.items()), lib.settings"
    for n, text in enumerate([both.format("mine", 2), "1 / 0\n", both.format("other", 3), "", both.format("mine", 4)]):
        before = project.value(seen)
        project.write({"shop.py": shop.format(n, text)})
        project.attempt("import shop, lib")
        fresh = before if "1 / 0" in text else project.fresh("import shop, lib", expression=seen).value
        assert project.value(seen) == fresh


# As venusian, which Pyramid uses: a mark on a function, with its number, found when a module is looked through by name.
MARKS = """
import importlib
class Mark:
    def __init__(self, f): self.number = id(f)
def mark(f):
    f.mark = Mark(f)
    return f
def scan(name):
    found = [each for each in vars(importlib.import_module(name)).values() if hasattr(each, '__code__')]
    return [each.__name__ for each in found if hasattr(each, 'mark') and each.mark.number == id(each)]
"""


def test_a_mark_with_a_number(project, library):
    """A module that a library looks through is looked through again when it has changed, and its marks are its own."""
    library(MARKS)
    views = "import lib\nK = len('x' * {0})\n@lib.mark\ndef a(): return 1\n{1}"
    project.write(
        {"main.py": "import lib\nviews = 'views'\nfound = lib.scan(views)\n", "views.py": views.format(1, "")}
    )
    project.run("import main")
    for n, more in enumerate(["", "@lib.mark\ndef b(): return 2\n", "def c(): return 3\n"]):
        project.write({"views.py": views.format(n, more)})
        project.run("import main")
        assert project.value("main.found") == (["a", "b"] if "def b" in more else ["a"])


# As Dash's callbacks: described by plain data, copied into another list at the first request.
SPECS = """
class App:
    def __init__(self): self.specs, self.table = [], {}
    def callback(self, name, *inputs):
        spec = {'name': name, 'inputs': list(inputs), 'hidden': None}
        self.specs.append(spec)
        self.table[name] = {'inputs': spec['inputs']}
        return lambda f: f
    def serve(self):
        self.specs = [{**each, 'hidden': False} for each in self.specs]
        return [(each['name'], each['inputs']) for each in self.specs]
"""


@pytest.mark.parametrize("times", [0, 1, 2])
def test_plain_data_that_a_library_has_copied(project, library, times):
    """It is there once, wherever the library has it by now."""
    library(SPECS)
    project.write({"app.py": "import lib\napp = lib.App()\napp.callback('first', 'x')(len)\n"})
    shop = "from app import app\nK = len('x' * {0})\napp.layout = K\n{1}@app.callback('b', K, 'y')\ndef b(): pass\n"
    more = "@app.callback('a', 'z')\ndef a(): pass\n"
    project.write({"shop.py": shop.format(1, "")})
    project.run("import shop")
    for n, text in enumerate([more, more + "1 / 0\n", ""]):
        before = project.value(f"{times} and [shop.app.serve() for _ in range({times})][-1]")
        project.write({"shop.py": shop.format(n + 2, text)})
        project.attempt("import shop")
        fresh = project.fresh("import shop", expression="shop.app.serve()").value if "1 / 0" not in text else before
        assert ("1 / 0" in text and not times) or project.value("shop.app.serve()") == fresh
