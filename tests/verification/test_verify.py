"""The least work: an importer is not executed again if nothing that executing it used has changed."""

import pytest

UTIL = "def f():\n    return 1\n\ndef g():\n    return f()\n\nclass Base:\n    def method(self):\n        return 1\n"
EDITED = UTIL.replace("return 1", "return 2")


@pytest.mark.parametrize(
    "importer",
    [
        "from util import f\ndef use():\n    return f()\n",
        "import util\ndef use():\n    return util.f()\n",
        "import util as u\nclass C:\n    def use(self):\n        return u.f()\nuse = lambda: C().use()\n",
        "from util import g as _g\nuse = lambda: _g()\n",
        "from util import f\nimport functools\n@functools.lru_cache\ndef use():\n    return f()\n",
        "from util import Base\nclass C(Base):\n    @property\n    def p(self):\n        return self.method()\n"
        "use = lambda: C().p\n",
        "from util import Base\nfrom typing import Optional\ndef use(x: Optional[Base] = None) -> Base:\n"
        "    return Base().method()\n",
        "from util import Base\nfrom dataclasses import dataclass\n@dataclass\nclass D:\n    x: int = 3\n"
        "    def use(self):\n        return Base().method()\nuse = lambda: D().use()\n",
        "import sys\nif sys.version_info > (3,):\n    from util import f\ndef use():\n    return f()\n",
    ],
)
def test_what_uses_nothing_that_changed_is_spared(project, importer):
    """A module that uses what has changed only when its functions run is not executed again, and sees the change."""
    project.write({"util.py": UTIL, "app.py": importer})
    project.step("import app", ["app", "util"])
    project.run("app.mark = object(); mark = app.mark")
    project.write({"util.py": EDITED})
    assert project.attempt("import app").executed == ["util"]
    assert project.value("(app.use(), app.mark is mark)") == (2, True)
    project.run("del app.mark")
    project.step("import app", [])


@pytest.mark.parametrize(
    "importer",
    [
        "from util import f\nX = f()\n",
        "from util import g\nX = g()\n",
        "import util\nX = util.g()\n",
        "import util as u\nX = [u.f() for _ in range(2)]\n",
        "from util import f\nX = {k: f() for k in 'ab'}\n",
        "from util import f\ndef h():\n    return f()\nX = h()\n",
        "from util import f\nclass C:\n    x = f()\n",
        "from util import f\ndef h(x=f()):\n    return x\n",
        "from util import f\ndef deco(function):\n    return function()\n@deco\ndef X():\n    return f()\n",
        "from util import Base\nX = Base().method()\n",
        "from util import Base\nclass C(Base):\n    x = Base.method(None)\n",
        "import util\nX = getattr(util, 'f')()\n",
        "from util import f\nf = f()\n",
        "from util import *\nX = f()\n",
        "def inner():\n    from util import f\n    return f()\nX = inner()\n",
        "import importlib\nX = importlib.import_module('util').f()\n",
        "from util import f\nX = f'{f()}'\n",
        "from util import f\nX = (lambda: f())()\n",
        "from util import f\nX = list(map(lambda _: f(), 'a'))\n",
        "from util import f\nif f() == 1:\n    X = 'one'\nelse:\n    X = 'two'\n",
        "from util import f\nimport functools\nX = functools.partial(f)()\n",
        "from util import f\ntable = {'f': f}\nX = table['f']()\n",
        "from util import f as h\nfor i in range(h()):\n    X = i\n",
        "from util import f\nwhile f() > 3: pass\nX = f() + 1\n",
        "from util import f\nassert f()\nX = f()\ndel f\n",
        "from util import Base\nclass Meta(type):\n    def __new__(m, n, b, d):\n        d['x'] = Base().method()\n"
        "        return super().__new__(m, n, b, d)\nclass C(metaclass=Meta):\n    pass\n",
        "from util import f\nclass Root:\n    def __init_subclass__(cls):\n        cls.x = cls.make()\n"
        "class C(Root):\n    @staticmethod\n    def make():\n        return f()\n",
        "from util import f\nimport enum\nclass E(enum.Enum):\n    A = f()\n",
        "from util import f\nfrom dataclasses import dataclass, field\n@dataclass\nclass D:\n    x: int = f()\n",
        "from util import f\nclass D:\n    def __set_name__(self, owner, name):\n        owner.x = f()\n"
        "class C:\n    d = D()\n",
        "from util import f\nglobal X\nX = f()\n",
        "from util import f\ntry:\n    X = f()\nfinally:\n    pass\n",
        "from util import f\nX = eval('f()')\n",
        "from util import f\nX = globals()['f']()\n",
        "import util, operator\nX = operator.attrgetter('f')(util)()\n",
        "from util import f\nX = (y := f())\n",
        "from util import f\nX = [*map(f.__call__, ())], f.__call__()\n",
        "from util import f\ndef h(): return f()\nX = h()\ndel h\n",
        "from util import f\nclass H:\n    def m(self): return f()\nX = H().m()\ndel H\n",
        "from util import f\nif 1 > 2:\n    def h(): return 0\nelse:\n    def h(): return f()\nX = h()\n",
        "from util import f\ntry:\n    from missing import h\nexcept ImportError:\n    def h(): return f()\nX = h()\n",
        "from util import f\nh = lambda x=1: f()\nk = h\nX = k()\n",
        "from util import f\nimport functools\n@functools.cache\ndef h(): return f()\nX = h()\n",
        "from util import f\nimport contextlib\n@contextlib.contextmanager\ndef h(): yield f()\nwith h() as X: pass\n",
        "from util import f\nimport functools\n@functools.singledispatch\ndef h(x): return f()\nX = h(1)\n",
        "from util import f\nD = 3\ndef h(x=D): return f()\nX = h()\n",
        "from util import f\nclass C:\n    def make(): return f()\n    x = make()\n",
        "from util import f\nclass C:\n    @staticmethod\n    def make(): return f()\n    x = make()\n",
        "from util import f\nclass C:\n    def deco(h):\n        h.x = f()\n        return h\n"
        "    @deco\n    def m(self): pass\n",
        "import util\ndef h(m): return m.f()\ndef k(): return h(util)\nX = k()\n",
        "import util\nclass C(util.Base):\n    x = util.Base().method()\n",
        "from util import f\nclass Root:\n    def __init_subclass__(cls):\n        cls.x = cls.make()\nclass O:\n"
        "    class C(Root):\n        @staticmethod\n        def make():\n            return f()\n",
    ],
)
def test_what_uses_something_that_changed_is_executed(project, importer):
    """A module whose code uses what has changed, in whatever way, while it is executed, is executed again."""
    project.write({"util.py": UTIL, "app.py": importer})
    project.step("import app", ["app", "util"])
    project.write({"util.py": EDITED})
    project.step("import app", ["app", "util"], spares=[])


@pytest.mark.parametrize(
    ("before", "after", "importer"),
    [
        ("X = 1\n", "X = 2\n", "from util import X\nY = X\n"),
        ("X = 1\n", "X = 2\n", "import util\nY = util.X\n"),
        ("X = (1, 2)\n", "X = (1, 3)\n", "from util import X\nY = len(X)\n"),
        ("X = 1\ndef f():\n    return X\n", "X = 2\ndef f():\n    return X\n", "from util import f\nY = f()\n"),
        ("def f(x=1):\n    return x\n", "def f(x=2):\n    return x\n", "from util import f\nY = f()\n"),
        ("class A:\n    x = 1\n", "class A:\n    x = 2\n", "from util import A\nclass B(A):\n    y = A.x\n"),
        ("class A:\n    pass\n", "class A:\n    __slots__ = ()\n", "from util import A\nclass B(A):\n    pass\n"),
        (
            "class A:\n    def __init_subclass__(cls):\n        cls.x = 1\n",
            "class A:\n    def __init_subclass__(cls):\n        cls.x = 2\n",
            "from util import A\nclass B(A):\n    pass\n",
        ),
        (
            "class M(type):\n    def __init__(cls, *a):\n        cls.x = 1\nclass A(metaclass=M):\n    pass\n",
            "class M(type):\n    def __init__(cls, *a):\n        cls.x = 2\nclass A(metaclass=M):\n    pass\n",
            "from util import A\nclass B(A):\n    pass\n",
        ),
        (
            "def deco(f):\n    f.x = 1\n    return f\n",
            "def deco(f):\n    f.x = 2\n    return f\n",
            "from util import deco\n@deco\ndef h(): pass\n",
        ),
        (
            "from dataclasses import dataclass\n@dataclass\nclass A:\n    x: int = 1\n",
            "from dataclasses import dataclass\n@dataclass\nclass A:\n    x: int = 2\n",
            "from util import A\nfrom dataclasses import dataclass\n@dataclass\nclass B(A):\n    y: int = 1\n",
        ),
        (
            "REGISTRY = []\ndef register(f):\n    REGISTRY.append(f.__name__)\n    return f\ndef other(): return 1\n",
            "REGISTRY = []\ndef register(f):\n    REGISTRY.append(f.__name__)\n    return f\ndef other(): return 2\n",
            "from util import register\n@register\ndef h(): pass\n",
        ),
        (
            "class Base:\n    subclasses = []\n    def __init_subclass__(cls):\n"
            "        Base.subclasses.append(cls.__name__)\nX = 1\n",
            "class Base:\n    subclasses = []\n    def __init_subclass__(cls):\n"
            "        Base.subclasses.append(cls.__name__)\nX = 2\n",
            "from util import Base\nclass B(Base):\n    pass\n",
        ),
        (
            "import abc\nclass Base(abc.ABC):\n    pass\nX = 1\n",
            "import abc\nclass Base(abc.ABC):\n    pass\nX = 2\n",
            "from util import Base\nBase.register(int)\nY = isinstance(1, Base)\n",
        ),
        ("COUNT = 0\ndef inc():\n    global COUNT\n    COUNT += 1\n    return COUNT\nX = 1\n",
         "COUNT = 0\ndef inc():\n    global COUNT\n    COUNT += 1\n    return COUNT\nX = 2\n",
         "from util import inc\nY = inc()\n"),
        ("def make():\n    def f(): return 1\n    return f\nf = make()\n",
         "def make():\n    def f(): return 2\n    return f\nf = make()\n", "from util import f\nY = f()\n"),
        ("f = lambda: 1\n", "f = lambda: 2\n", "from util import f\nY = f()\n"),
        ("a = b = 1\n", "a = b = 2\n", "from util import b\nY = b\n"),
        ("if 1 > 0:\n    X = 1\n", "if 1 > 0:\n    X = 3\n", "from util import X\nY = X\n"),
        ("X, Y = 1, 2\n", "X, Y = 1, 3\n", "from util import Y as Z\nW = Z\n"),
        ("def __getattr__(name):\n    return 1\n", "def __getattr__(name):\n    return 2\n", "from util import X\n"),
        ("def __getattr__(name):\n    return 1\n", "def __getattr__(name):\n    return 2\n",
         "import util\ndef h(): return util.X\nY = h()\n"),
        ("X = 1\n", "X = 1\nnew = 1\n", "import util\ndef h(): return hasattr(util, 'new')\nY = h()\n"),
        ("def f(): return max(1, 2)\n", "def f(): return max(1, 2)\ndef max(*all): return 3\n",
         "from util import f\nY = f()\n"),
        ("Alias = int\n", "Alias = str\n", "from util import Alias\nfrom dataclasses import dataclass\n"
         "@dataclass\nclass D:\n    x: Alias = 0\nY = repr(D.__annotations__)\n"),
        ("Alias = int\n", "Alias = str\n", "from __future__ import annotations\nimport typing\n"
         "from util import Alias\ndef h(x: list[Alias]): pass\nY = repr(typing.get_type_hints(h))\n"),
        ("Alias = int\n", "Alias = str\n", "import typing, util\nclass C:\n    x: 'util.Alias'\n"
         "Y = repr(typing.get_type_hints(C))\n"),
        ("def g(): return 1\ndef f(): return g()\n", "def g(): return 2\ndef f(): return g()\n",
         "from util import f\nfrom typing import Annotated\nclass C:\n    x: Annotated[int, f()] = 0\n"),
        ("import enum\nclass B(enum.Enum):\n    def __init__(self, v): self.label = str(v) + 'a'\n",
         "import enum\nclass B(enum.Enum):\n    def __init__(self, v): self.label = str(v) + 'b'\n",
         "from util import B\nclass O:\n    class E(B):\n        A = 1\n"),
        ("def __getattr__(name):\n    return 1\n", "def __getattr__(name):\n    return 2\n", "import util\n"
        "Y = util.X\n"),
        ("import functools\n@functools.singledispatch\ndef f(x): return 1\nX = 1\n",
         "import functools\n@functools.singledispatch\ndef f(x): return 1\nX = 2\n",
         "from util import f\n@f.register\ndef _(x: int): return 3\n"),
    ],
)  # fmt: skip
def test_changes_that_reach_an_importer(project, before, after, importer):
    """Whatever has changed in a module, an importer that was made with it is made anew."""
    project.write({"util.py": before, "app.py": importer})
    project.step("import app", ["app", "util"])
    project.write({"util.py": after})
    project.step("import app", ["app", "util"])


def test_a_base_that_calls_its_methods_for_a_subclass(project):
    """What `__init_subclass__` calls is used by whoever derives a class."""
    root = "import util\nclass Root:\n    def __init_subclass__(cls):\n        cls.x = cls.make()\n"
    project.write({
        "util.py": UTIL,
        "root.py": root + "    @classmethod\n    def make(cls): return util.f()\n",
        "app.py": "from root import Root\nclass C(Root): pass\n",
    })  # fmt: skip
    project.step("import app", ["app", "root", "util"])
    project.write({"util.py": EDITED})
    project.step("import app", ["app", "root", "util"], spares=["root"])


def test_a_method_that_is_called_by_a_name_of_its_own(project):
    """A bound method is another one when what it is bound to may have changed."""
    plugin = "from registry import register\n@register\ndef a(): return {}\n"
    project.write({
        "registry.py": "class Registry:\n    def __init__(self): self.all = {}\n"
        "    def register(self, f):\n        self.all[f.__name__] = f()\n        return f\n"
        "    def get(self, name): return self.all[name]\n"
        "registry = Registry()\nregister = registry.register\nget = registry.get\n",
        "plugin.py": plugin.format(1),
        "app.py": "import plugin\nfrom registry import get\nX = get('a')\n",
    })  # fmt: skip
    project.step("import app", ["app", "plugin", "registry"])
    project.write({"plugin.py": plugin.format(2)})
    project.step("import app", ["app", "plugin"], spares=[])


def test_a_star_import_that_binds_names_anew(project):
    """What a star import has bound last time, or binds now, is not what statements before it bound."""
    project.write({
        "local.py": "OTHER = 1\n",
        "settings.py": "DEBUG = False\nfrom local import *\n",
        "app.py": "from settings import DEBUG\nX = DEBUG\n",
    })  # fmt: skip
    project.step("import app", ["app", "settings", "local"])
    project.write({"local.py": "DEBUG = True\n"})
    project.step("import app", ["app", "settings", "local"], spares=[])


def test_a_function_that_a_changed_module_calls_by_another_name(project):
    """A cached function that changes the world is followed, too."""
    util = "import functools, os\n@functools.cache\ndef setup():\n    os.environ['LIVERELOAD_TEST'] = '{}'\nsetup()\n"
    project.write({"util.py": util.format(1), "app.py": "import os, util\nX = os.environ['LIVERELOAD_TEST']\n"})
    project.step("import app", ["app", "util"])
    project.write({"util.py": util.format(2)})
    project.step("import app", ["app", "util"], spares=[])


def test_an_importer_that_is_imported_later(project):
    """Who uses what a spared module passes on is executed at its own next import, however that comes about."""
    project.write({
        "util.py": UTIL,
        "middle.py": "import util\ndef h(): return util.f()\n",
        "app.py": "import middle\n",
        "other.py": "import middle\nX = middle.h()\n",
    })  # fmt: skip
    project.step("import app, other", ["app", "middle", "util", "other"])
    project.write({"util.py": EDITED})
    assert project.attempt("import app").executed == ["util"]
    project.step("import other", ["other"])
    project.step("import app, other", [])


def test_new_values_reach_what_is_spared(project):
    """A spared module holds what the changed module holds now: constants, new objects, other names of them."""
    app = "from util import X, table as t, f\nimport util as u\ndef use():\n    return X, t, f(), u.X\n"
    project.write({"util.py": "X = 1\ntable = {}\ndef f(): return 1\n", "app.py": app})
    project.step("import app", ["app", "util"])
    project.run("use = app.use; f = app.f")
    project.write({"util.py": "X = 2\ntable = {1: 2}\ndef f(): return 2\ndef new(): pass\n"})
    project.step("import app", ["app", "util"], spares=["app"])
    assert project.value("use()") == (2, {1: 2}, 2, 2)
    assert project.value("(app.t is util.table, app.f is util.f is f)".replace("util", "app.u")) == (True, True)


def test_a_chain_of_importers(project):
    """What a spared module passes on is judged at its source: constants and functions, by whatever names."""
    project.write({
        "a.py": "X = 1\ndef f(): return 1\ndef same(): return 0\n",
        "b.py": "from a import X as Y, f as g, same\ndef h():\n    return g()\n",
        "c.py": "from b import Y, h, same\nZ = same()\n",
        "d.py": "import b\nfrom b import same\nW = b.Y\n",
        "e.py": "from b import h\nV = h()\n",
        "app.py": "import c, d, e\n",
    })  # fmt: skip
    project.step("import app", ["app", "c", "b", "a", "d", "e"])
    project.write({"a.py": "X = 2\ndef f(): return 2\ndef same(): return 0\n"})
    project.step("import app", ["app", "c", "b", "a", "d", "e"], spares=["app", "c", "b"])


def test_a_registry_between_two_modules(project):
    """A registry that executing a changed module fills is another one for those who read it while executing."""
    project.write({
        "registry.py": "handlers = {}\n",
        "plugin.py": "from registry import handlers\ndef a(): pass\nhandlers['a'] = a\n",
        "app.py": "import plugin\nfrom registry import handlers\nnames = lambda: sorted(handlers)\n"
        "Y = bool(handlers)\n",
        "reader.py": "import plugin\nimport registry\ndef names():\n    return sorted(registry.handlers)\n",
    })  # fmt: skip
    project.step("import app, reader", ["app", "plugin", "registry", "reader"])
    project.write({"plugin.py": "from registry import handlers\ndef b(): pass\nhandlers['b'] = b\n"})
    project.step("import app", ["app", "plugin"], after=["import reader"], spares=[])
    project.step("import reader", ["reader"])
    assert project.value("reader.names()") == ["b"]


@pytest.mark.parametrize(
    "app",
    ["import settings, plugin\nX = settings.DEBUG\n", "import plugin\nfrom settings import DEBUG\nX = not DEBUG\n"],
)
def test_settings_that_another_module_changes(project, app):
    """A constant that executing a changed module binds anew from outside is another one."""
    plugin = "import settings\nsettings.DEBUG = {}\n"
    project.write({"settings.py": "DEBUG = None\n", "plugin.py": plugin.format(True), "app.py": app})
    project.step(
        "import app", [*(["app", "settings", "plugin"] if "settings, p" in app else ["app", "plugin", "settings"])]
    )
    project.write({"plugin.py": plugin.format(False)})
    project.step("import app", ["app", "plugin"], spares=[])


@pytest.mark.parametrize(
    ("settings", "plugin", "reader"),
    [
        ("class C:\n    D = 0\n", "settings.C.D = f()\n", "settings.C.D"),
        ("D = 0\n", "setattr(settings, 'D', f())\n", "settings.D"),
        ("D = 0\n", "def set(it): it.D = f()\nset(settings)\n", "settings.D"),
        ("D = 0\ndef set(**them): globals().update(them)\n", "settings.set(D=f())\n", "settings.D"),
        (
            "import contextlib\nD = 0\n@contextlib.contextmanager\ndef set(value):\n    global D\n"
            "    D = value\n    yield\n",
            "with settings.set(f()): pass\n",
            "settings.D",
        ),
        ("D = 0\n", "import other\nother.set(f())\n", "settings.D"),
    ],
)
def test_settings_that_are_changed_in_other_ways(project, settings, plugin, reader):
    """A constant is another one for who reads it, whichever way an executed module has to change it."""
    project.write({
        "util.py": UTIL,
        "settings.py": settings,
        "other.py": "import settings\ndef set(value): settings.D = value\n",
        "plugin.py": "import settings\nfrom util import f\n" + plugin,
        "reader.py": f"import settings, util\nX = {reader}\n",
        "app.py": "import plugin, reader\n",
    })  # fmt: skip
    project.attempt("import app")
    project.write({"util.py": EDITED})
    project.step("import app", ["app", "plugin", "util", "reader"], spares=[])


@pytest.mark.parametrize(
    "app",
    [
        "util.DEBUG = True\n",
        "util.DEBUG, X = True, 1\n",
        "class C:\n    util.DEBUG = True\n",
        "def p(): return 5\nutil.k = p\n",
        "from util import k\nk.x = 1\n",
        "from util import k\nsetattr(k, 'x', 1)\n",
        "from util import Base\ndef p(self): return 5\nBase.m = p\n",
        "util.Base.x = 5\n",
        "setattr(util.Base, 'x', 3)\n",
        "del util.Base.x\n",
        "import helper\nhelper.patch(util.Base)\n",
        "import helper\nhelper.patch_it()\n",
    ],
)
def test_what_an_importer_changes_in_an_executed_module(project, app):
    """Who changes what executing another module makes anew is executed, to change it again."""
    util = (
        "def f():\n    return {}\ndef k():\n    return 0\nDEBUG = False\n"
        "class Base:\n    x = 0\n    def m(self): return 0\n"
    )
    project.write({
        "util.py": util.format(1),
        "helper.py": "import util\ndef patch(c): c.x = 7\ndef patch_it(): util.DEBUG = True\n",
        "app.py": "import util\n" + app,
    })  # fmt: skip
    project.attempt("import app")
    project.write({"util.py": util.format(2)})
    assert "app" in project.attempt("import app").executed
    project.step("import app", [])


def test_one_thing_by_two_names(project):
    """An import statement that binds two names to the same binds both of them anew."""
    project.write({"util.py": "X = 1\n", "app.py": "from util import X as A, X as B\n"})
    project.step("import app", ["app", "util"])
    project.write({"util.py": "X = 2\n"})
    project.step("import app", ["app", "util"], spares=["app"])


def test_effects_of_an_expression_that_is_a_function_to_the_compiler(project):
    """What a generator expression, a comprehension or a lambda does while a module is executed, it does at once."""
    util = "import os\nos.environ['LIVERELOAD_TEST'] = ':'.join(str({}) for _ in 'a')\n"
    project.write({"util.py": util.format(1), "app.py": "import os, util\nX = os.environ['LIVERELOAD_TEST']\n"})
    project.step("import app", ["app", "util"])
    project.write({"util.py": util.format(2)})
    project.step("import app", ["app", "util"], spares=[])


@pytest.mark.parametrize(
    "keeper",
    [
        "import functools\n@functools.cache\ndef get(): return f()\n",
        "import functools\ndef compute(): return f()\nget = functools.cache(functools.partial(compute))\n",
        "kept = None\ndef get():\n    global kept\n    kept = kept or f()\n    return kept\n",
        "kept = {}\ndef get():\n    if 1 not in kept: kept[1] = f()\n    return kept[1]\n",
        "kept = {}\ndef get():\n    return kept.setdefault(1, f())\n",
        "def get():\n    if not hasattr(get, 'kept'): get.kept = f()\n    return get.kept\n",
        "class S:\n    kept = None\n    @classmethod\n    def get(cls):\n        cls.kept = cls.kept or f()\n"
        "        return cls.kept\nget = S.get\n",
        "class S:\n    kept = {}\n    def get(self):\n        return self.kept.setdefault(1, f())\n"
        "def get(): return S().get()\n",
        "class S:\n    kept = None\n    def __new__(cls):\n        if cls.kept is None:\n"
        "            cls.kept = object.__new__(cls)\n            cls.kept.x = f()\n        return cls.kept\n"
        "def get(): return S().x\n",
    ],
)
def test_what_functions_have_kept(project, keeper):
    """A module that has kept what a function computed from something that changes is executed: to forget it."""
    project.start("import warnings; warnings.simplefilter('error', livereload.LiveReloadWarning); livereload.install()")
    project.write({
        "util.py": UTIL,
        "keeper.py": "from util import f\n" + keeper,
        "app.py": "import keeper\nX = keeper.get()\n",
        "other.py": "import keeper\n",
    })  # fmt: skip
    project.step("import app", ["app", "keeper", "util"])
    project.write({"util.py": EDITED})
    project.step("import app", ["app", "keeper", "util"])
    project.run("import keeper; keeper.get()")
    project.write({"util.py": UTIL})
    project.step("import other", ["other", "keeper", "util"])


@pytest.mark.parametrize(
    "app",
    [
        "import util, pkgutil\nX = pkgutil.resolve_name('util:f')()\n",
        "import util, logging.config\nlogging.config.dictConfig({'version': 1, 'handlers': {'h': {'()': 'util.H'}}, "
        "'root': {'handlers': ['h']}})\nX = logging.getLogger().handlers.pop().kind\n",
    ],
)
def test_names_in_strings(project, app):
    """A dotted name in a string is read as the use of what it names."""
    util = "import logging\nclass H(logging.NullHandler):\n    kind = {0}\ndef f(): return {0}\n"
    project.write({"util.py": util.format(1), "app.py": app})
    project.step("import app", ["app", "util"])
    project.write({"util.py": util.format(2)})
    project.step("import app", ["app", "util"], spares=[])


def test_effects_of_a_changed_module(project):
    """Who imports a module that changes the world around it in another way than before is executed again."""
    project.write({
        "util.py": "import os\nos.environ['LIVERELOAD_TEST'] = '1'\n",
        "app.py": "import os, util\nX = os.environ['LIVERELOAD_TEST']\n",
    })  # fmt: skip
    project.step("import app", ["app", "util"])
    project.write({"util.py": "import os\nos.environ['LIVERELOAD_TEST'] = '2'\n"})
    project.step("import app", ["app", "util"], spares=[])


@pytest.mark.parametrize(
    ("edited", "raises"),
    [
        ("def other(): pass\n", "ImportError"),
        ("def f(:\n", "SyntaxError"),
        ("def f(): pass\n1 / 0\n", "ZeroDivisionError"),
        ("import missing\ndef f(): pass\n", "ModuleNotFoundError"),
    ],
)
def test_errors_while_importing_for_a_spared_module(project, edited, raises):
    """An error that an import statement of a spared module meets is the one of a fresh interpreter, frame by frame."""
    project.write({"util.py": "def f(): pass\n", "app.py": "import os\n\nfrom util import (\n    f,\n)\n"})
    project.step("import app", ["app", "util"])
    project.write({"util.py": edited})
    outcome = project.attempt("import app")
    fresh = project.fresh("import app")
    assert outcome.error == fresh.error and fresh.error["type"] == raises
    project.write({"util.py": "def f(): return 3\n"})
    project.step("import app", ["app", "util"])


@pytest.mark.parametrize(
    "app",
    [
        "try:\n    from util import f\nexcept ImportError:\n    f = None\n",
        "try:\n    import util\nexcept ImportError:\n    pass\n",
        "import contextlib\nwith contextlib.suppress(ImportError):\n    import util\n",
    ],
)
def test_an_import_whose_error_is_caught(project, app):
    """Where an importer catches the error of an import, it is executed, so that it can."""
    project.write({"util.py": "def f(): pass\n", "app.py": app})
    project.step("import app", ["app", "util"])
    project.write({"util.py": "raise ImportError\n"})
    project.step("import app", ["util", "app", "util"], loses=["util"], spares=[])
    project.write({"util.py": "def f(): return 1\n"})
    project.step("import app", ["app", "util"])


def test_a_cycle_is_executed_as_one(project):
    """Modules that import each other see each other half executed, so they are executed together."""
    project.write({"a.py": "import b\ndef f(): return 1\n", "b.py": "import a\ndef g(): return a.f()\n"})
    project.step("import a", ["a", "b"])
    project.write({"a.py": "import b\ndef f(): return 2\n"})
    project.step("import a", ["a", "b"], spares=[])


def test_an_edit_that_closes_a_cycle(project):
    """A changed module that now imports its importer meets it half executed, as in a fresh interpreter."""
    project.write({"a.py": "from b import g\ndef f(): return 1\n", "b.py": "def g(): return 1\n"})
    project.step("import a", ["a", "b"])
    project.write({"b.py": "from a import f\ndef g(): return 2\n"})
    project.step("import a", ["a", "b"], raises="ImportError")


def test_a_package_that_is_spared(project):
    """A package whose submodule has changed is spared with what it holds of its other submodules."""
    project.write({
        "p/__init__.py": "from .core import run\nfrom . import extra\n__all__ = ['run']\n",
        "p/core.py": "from .util import f\ndef run(): return f()\n",
        "p/util.py": "def f(): return 1\n",
        "p/extra.py": "X = 1\n",
    })  # fmt: skip
    project.step("from p import *", ["p", "p.core", "p.util", "p.extra"])
    project.run("before = run")
    project.write({"p/util.py": "def f(): return 2\n"})
    project.step("from p import run", ["p", "p.core", "p.util"], spares=["p", "p.core"])
    assert project.value("(run is before, run())") == (True, 2)
    project.step("import p.util", [])


def test_an_executed_module_calls_through_a_spared_one(project):
    """A module that is executed finds, behind a spared one, the changed module as it is now."""
    project.write({
        "util.py": "def f(): return 1\n",
        "middle.py": "from util import f\ndef g(): return f()\n",
        "app.py": "from middle import g\nX = g()\n",
    })  # fmt: skip
    project.step("import app", ["app", "middle", "util"])
    project.write({"util.py": "def f(): return 2\n"})
    project.step("import app", ["app", "middle", "util"], spares=["middle"])
    assert project.value("app.X") == 2


def test_functions_that_call_each_other(project):
    """Of functions that call each other in a circle, each differs if one calls what has changed."""
    names = "abcdefg"
    pairs = zip(names, names[1:] + "a", strict=True)
    circle = "".join(f"def {x}(n=8): return n and {y}(n - 1) + h2()\n" for x, y in pairs)
    circle = f"from util import h\ndef h2(): return h()\n{circle}"
    project.write({"util.py": "def h(): return 1\n", "circle.py": circle})
    for name in names:
        project.write({f"use_{name}.py": f"from circle import {name}\nX = {name}()\n"})
    users = [f"use_{name}" for name in names]
    project.write({"app.py": "".join(f"import {user}\n" for user in users)})
    project.step("import app", ["app", users[0], "circle", "util", *users[1:]])
    project.write({"util.py": "def h(): return 2\n"})
    project.step("import app", ["app", users[0], "circle", "util", *users[1:]], spares=["app", "circle"])


@pytest.mark.parametrize(
    ("imports", "spared"),
    [
        ("import p.q\n", ["app"]),
        ("import p.q as p\n", ["app"]),
        ("import p.q as o\n", ["app"]),
        ("import p as p, p.q as o\n", ["app"]),
        ("import p.q as o\nimport p as o\n", []),
        ("import p.q as p\nimport p\n", []),
        ("import p\nimport p.q as p\n", ["app"]),
    ],
)
def test_a_name_for_a_package_or_its_module(project, imports, spared):
    """A spared module has the module by each name that executing it would give it."""
    project.write({"p/__init__.py": "", "p/q.py": "def f(): return 1\n", "app.py": imports + "def use(): pass\n"})
    project.step("import app", ["app", "p", "p.q"])
    project.write({"p/q.py": "def f(): return 2\n"})
    project.step("import app", ["app", "p.q"])


def test_a_package_above_what_a_spared_module_imports(project):
    """A package that is executed after a module that imports something below it was spared does not make it stale."""
    project.write({"c.py": "from p.q.z import X\n", "p/__init__.py": "", "p/q/__init__.py": "", "p/q/z.py": "X = 1\n"})
    project.step("import c", ["c", "p", "p.q", "p.q.z"])
    project.write({"p/q/__init__.py": "Y = 1\n"})
    project.step("import c", ["c", "p.q"], spares=["c"])
    project.step("import c", [])


def test_what_an_importer_has_configured(project):
    """An importer that sets something in a module is executed again when that module starts anew."""
    util = "_state = []\n_level = 0\ndef configure(n):\n    global _level\n    _level = n\n    _state.append(n)\n"
    util += "def level(): return _level, len(_state)\ndef other(): return {}\n"
    project.write({"util.py": util.format(1), "app.py": "import util\nutil.configure(3)\n"})
    project.write({"main.py": "import app\nfrom util import level\nL = level()\n"})
    project.step("import main", ["main", "app", "util"])
    project.write({"util.py": util.format(2)})
    project.step("import main", ["main", "app", "util"], spares=[])
    assert project.value("main.L") == (3, 1)


def test_operators_of_instances_that_a_third_module_makes(project):
    """Adding and formatting instances uses what their class does."""
    util = "class V:\n    def __init__(self, n): self.n = n\n"
    util += "    def __add__(self, other): return self.n + other.n + {}\n"
    project.write({"util.py": util.format(0), "app.py": "import consts as c\nTOTAL = c.A + c.B\n"})
    project.write({"consts.py": "from util import V\ndef make(n): return V(n)\nA = make(1)\nB = make(2)\n"})
    project.write({"top.py": "from app import TOTAL as T\nT2 = -T\n"})
    project.step("import top", ["top", "app", "consts", "util"])
    project.write({"util.py": util.format(10)})
    project.step("import top", ["top", "app", "consts", "util"], spares=[])


def test_a_context_that_registers(project):
    """A `with` statement at module level uses the generator behind it, and what that leaves in a list."""
    util = "import contextlib\nlog = []\n@contextlib.contextmanager\ndef section(name):\n    log.append(name)\n"
    util += "    yield {}\n    log.append('end')\n"
    app = "from util import section\nwith section('a') as X:\n    Y = X\n"
    project.write({"util.py": util.format(1), "app.py": app})
    project.write({"view.py": "import app, util\nLOG = tuple(util.log)\n"})
    project.step("import view", ["view", "app", "util"])
    project.write({"util.py": util.format(2)})
    project.step("import view", ["view", "app", "util"], spares=[])


def test_an_import_that_only_type_checkers_see(project):
    """A statement that has not been executed closes no cycle as long as the module level stays the same."""
    util = "TYPE_CHECKING = False\nif TYPE_CHECKING:\n    from app import App\ndef f(): return {}\n"
    app = "from util import f\nclass App:\n    def g(self): return f()\n"
    project.write({"util.py": util.format(1), "app.py": app})
    project.step("import app", ["app", "util"])
    project.write({"util.py": util.format(2)})
    project.step("import app", ["app", "util"], spares=["app"])
    project.write({"util.py": util.format(3).replace("False", "True")})
    project.step("import app", ["app", "util"], raises="ImportError")


# Comments and layout.

LAID_OUT = (
    "class A:\n    x = 5\n    def m(self):\n        return [1 for _ in 'ab']\ndef f():\n    return 1 / 0\ncache = []\n"
)


def test_comments_and_layout(project):
    """An edit of comments and layout executes nothing: the module keeps its state, and only positions move."""
    project.write({"a.py": LAID_OUT, "b.py": "from a import f, cache\ncache.append(1)\n"})
    project.step("import b", ["b", "a"])
    project.run("from a import f, A; m = A.m")
    project.write({"a.py": "# a comment\n\n" + LAID_OUT.replace("x = 5", "x  =  5   # five")})
    project.step("import b", [])
    assert project.value("(f.__code__.co_firstlineno, m.__code__.co_firstlineno, A.m is m)") == (7, 5, True)
    live, fresh = project.attempt("f()"), project.fresh("from a import f", "f()")
    assert live.error == fresh.error
    assert project.run("import inspect", "inspect.getsource(f)").value == "def f():\n    return 1 / 0\n"
    assert project.value("livereload.status().modules['a'].reason") == "only its comments and layout have changed"


@pytest.mark.parametrize("lines", [1, 5, 254, 300, 100_000])
def test_lines_that_classes_note(project, lines):
    """The line that a class notes of itself (3.13) moves, too, however far."""
    project.write({"a.py": LAID_OUT})
    project.step("import a", ["a"])
    project.write({"a.py": "\n" * lines + LAID_OUT})
    project.attempt("import a")
    live, fresh = project.run("import a"), project.fresh("import a")
    assert live.modules == fresh.modules


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("X = 1\n", "X = True\n"),
        ("X = 0.0\n", "X = -0.0\n"),
        ("X = (1, 2)\n", "X = (1, 2.0)\n"),
        ("def f():\n    'doc'\n", "def f():\n    'other'\n"),
        ("def f(): return {1, 2} == 1 or 3 in {1, 2}\n", "def f(): return {1, 2} == 1 or 3 in {1, True + 2}\n"),
        ("X = b'a'\n", "X = 'a'\n"),
        ("class A:\n    x = 2\n", "class A:\n    x = 3\n"),
        ("def f(): a = 1\n", "def f(): b = 1\n"),
        ("def f(a, /): pass\n", "def f(a): pass\n"),
        ("def f(): return 0.0\n", "def f(): return -0.0\n"),
    ],
)
def test_what_is_more_than_layout(project, before, after):
    """An edit that changes what the code does, however little, executes the module."""
    project.write({"a.py": before})
    project.step("import a", ["a"])
    project.write({"a.py": after})
    project.step("import a", ["a"])


def test_layout_and_contents(project):
    """One module with another layout and one with other contents: what follows from the second is executed."""
    project.write({"a.py": "def f(): return 1\n", "b.py": "def g(): return 1\n", "c.py": "import a, b\nX = b.g()\n"})
    project.step("import c", ["c", "a", "b"])
    project.write({"a.py": "\ndef f(): return 1\n", "b.py": "def g(): return 2\n"})
    project.step("import c", ["c", "b"], spares=[])


def test_layout_of_a_module_that_is_spared(project):
    """A module may be laid out anew and import what has changed: its functions and import statements move."""
    app = "from util import f\ndef h():\n    return f()\n"
    project.write({"util.py": UTIL, "app.py": app})
    project.step("import app", ["app", "util"])
    project.run("h = app.h")
    project.write({"util.py": EDITED, "app.py": "# a comment\n\n" + app})
    project.step("import app", ["app", "util"], spares=["app"])
    assert project.value("(h(), h is app.h, h.__code__.co_firstlineno)") == (2, True, 4)
    project.write({"util.py": "1 / 0\n", "app.py": "# a comment\n" + app})
    assert project.attempt("import app").error == project.fresh("import app").error
    assert project.value("h.__code__.co_firstlineno") == 4
    project.write({"util.py": "1 / 0\n"})
    assert project.attempt("import app").error == project.fresh("import app").error


def test_layout_of_a_module_that_is_executed(project):
    """A module may be laid out anew and use what has changed: it is executed from its new source."""
    app = "from util import f\ndef h():\n    return f()\nX = h()\n"
    project.write({"util.py": UTIL, "app.py": app})
    project.step("import app", ["app", "util"])
    project.write({"util.py": EDITED, "app.py": "# a comment\n\n" + app})
    project.step("import app", ["app", "util"], spares=[])
    project.step("import app", [])


@pytest.mark.parametrize(
    "source",
    ["import inspect\ndef f(): return 1\nX = inspect.getsource(f)\n", "import sys\nX = sys._getframe().f_lineno\n"],
)
def test_layout_that_a_module_looks_at(project, source):
    """A module that reads its own source, or where it stands, is executed after an edit of its layout, too."""
    project.write({"a.py": source})
    project.step("import a", ["a"])
    project.write({"a.py": source.replace("1\n", "1  # one\n").replace("X", "\nX")})
    project.step("import a", ["a"])


def test_layout_is_rolled_back(project):
    """If a refresh fails, positions are where they were, and the next one moves them."""
    project.write({"a.py": "def f(): return 1\n", "b.py": "X = 1\n", "c.py": "import a, b\n"})
    project.step("import c", ["c", "a", "b"])
    project.run("from a import f")
    project.write({"a.py": "\ndef f(): return 1\n", "b.py": "X = 1 / 0\n"})
    project.attempt("import c")
    assert project.value("f.__code__.co_firstlineno") == 1
    project.write({"b.py": "X = 2\n"})
    project.step("import c", ["c", "b"])
    assert project.value("f.__code__.co_firstlineno") == 2


def test_reasons(project):
    """The report and the status say why a module was executed, or why it did not have to be."""
    project.write({
        "util.py": "def f(): return 1\n",
        "spared.py": "from util import f\n",
        "user.py": "from util import f\nX = f()\n",
        "app.py": "import spared, user\n",
    })  # fmt: skip
    project.step("import app", ["app", "spared", "util", "user"])
    assert project.value("{n: m.reason for n, m in livereload.status().modules.items()}") == dict.fromkeys(
        ["app", "spared", "user", "util"]
    )
    project.write({"util.py": "def f(): return 2\n"})
    project.step("import app", ["app", "spared", "util", "user"], spares=["app", "spared"])
    reasons = {
        "app": "nothing it uses at import time has changed",
        "spared": "nothing it uses at import time has changed",
        "user": "uses util.f",
        "util": "project/util.py changed",
    }
    assert project.value("{n: m.reason for n, m in livereload.status().modules.items()}") == reasons
    assert project.value("{each.name: each.reason for each in livereload.last().executed}") == {
        name: reasons[name] for name in ("user", "util")
    }
    assert project.value("{each.name: each.reason for each in livereload.last().kept}") == {
        name: reasons[name] for name in ("app", "spared")
    }
