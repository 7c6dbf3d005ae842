"""What a module registers elsewhere is there once; what the session put there stays."""

import pytest

HUB = "LIST, DICT, SET, NESTED = [], {}, set(), {'x': []}\nclass Hub:\n"
HUB += "    def __init__(self): self.items = []\nhub = Hub()\n"


def edit(project, before, held, after):
    project.write({"hub.py": HUB, "shop.py": before})
    project.step("import shop", ["shop", "hub"])
    project.run(f"import hub\n{held}")
    project.write({"shop.py": after})
    project.run("import shop")


ENTRIES = {
    "a function": "def f(): return {n}\nentry = f",
    "a lambda": "entry = lambda: {n}",
    "a class": "class C: n = {n}\nentry = C",
    "an instance": "class C:\n    def __init__(self, x): self.x = x\nentry = C('x')",
    "an instance with slots": "class C:\n    __slots__ = ('x',)\n    def __init__(self, x): self.x = x\nentry = C('x')",
    "a tuple": "def f(): return {n}\nentry = ('x', f)",
    "a named tuple": "import collections\nC = collections.namedtuple('C', 'a b')\ndef f(): return {n}\nentry = C(1, f)",
    "a bound method": "class C:\n    def m(self): return {n}\nentry = C().m",
    "a partial": "import functools\ndef f(x): return {n}\nentry = functools.partial(f, 1)",
    "a weak reference": "import weakref\ndef f(): return {n}\nentry = weakref.ref(f)",
    "a weak method": "import weakref\nclass C:\n    def m(self): return {n}\nc = C()\nentry = weakref.WeakMethod(c.m)",
    "a code object": "def f(): return {n}\nentry = f.__code__",
    "a text": "entry = 'x'",
}


@pytest.mark.parametrize("kind", ENTRIES)
@pytest.mark.parametrize(
    ("how", "count"),
    [
        ("hub.LIST.append(entry)", "len(hub.LIST)"),
        ("hub.LIST.insert(0, entry)", "len(hub.LIST)"),
        ("hub.SET.add(entry)", "len(hub.SET)"),
        ("hub.DICT[entry] = 1", "len(hub.DICT)"),
        ("hub.NESTED['x'].append(entry)", "len(hub.NESTED['x'])"),
        ("hub.hub.items.append(entry)", "len(hub.hub.items)"),
        ("hub.Hub.all = getattr(hub.Hub, 'all', []); hub.Hub.all.append(entry)", "len(hub.Hub.all)"),
    ],
    ids=["append", "insert", "set", "key", "nested", "instance", "class"],
)
def test_registered_once(project, kind, how, count):
    """An entry is there once after any number of executions."""
    source = f"import hub\n{ENTRIES[kind]}\n{how}\n"
    project.write({"hub.py": HUB, "shop.py": source.format(n=1)})
    project.run("import shop, hub")
    for n in (2, 3):
        project.write({"shop.py": source.format(n=n)})
        project.run("import shop")
        assert project.value(count) == 1


def test_positions(project):
    """An entry that is registered again takes the place of its forerunner."""
    source = "import hub\ndef f(): return {0}\nhub.LIST.append(f)\ndef g(): pass\nhub.LIST.append(g)\n"
    edit(project, source.format(1), "mine = object(); hub.LIST.insert(1, mine); f = shop.f", source.format(2))
    assert project.value("[hub.LIST[0] is f, hub.LIST[1] is mine, hub.LIST[2] is shop.g, len(hub.LIST)]") == [
        True,
        True,
        True,
        3,
    ]


def test_the_sessions_own_entries_stay(project):
    """Nothing that the session put into a container is lost, even if it says the same as what the module puts there."""
    source = "import hub\nclass K:\n    def __init__(self, x): self.x = x\n"
    source += "hub.LIST.append(K(1)); hub.DICT[K(1)] = 'module'; hub.SET.add(K(1))\n# {0}\n"
    edit(
        project,
        source.format(1),
        "mine = [shop.K(1) for _ in range(3)]; hub.LIST.extend(mine); hub.SET.update(mine)\n"
        "hub.DICT.update((each, 'session') for each in mine); hub.NESTED['x'].append((1, 2))\n"
        "hub.LIST.append('text')\n",
        source.format(2),
    )
    assert project.value("len(hub.LIST), len(hub.SET), len(hub.DICT)") == (5, 4, 4)
    assert project.value("[list(hub.DICT.values()).count(each) for each in ('module', 'session')]") == [1, 3]
    assert project.value("hub.NESTED['x'], hub.LIST[-1]") == ([(1, 2)], "text")


WEAK = """
import weakref
LIST, NAMES, SET, INFOS = [], weakref.WeakValueDictionary(), weakref.WeakSet(), weakref.WeakKeyDictionary()
def register(f):
    LIST.append(weakref.WeakMethod(f) if hasattr(f, '__self__') else weakref.ref(f))
    if not hasattr(f, '__self__'):
        NAMES[f.__name__] = f
        SET.add(f)
        INFOS[f] = 'info'
    return f
def call(): return [f()() for f in LIST]
# {0}
"""
LISTENERS = """
from hub import register
@register
def f(): return 'f', {0}
class Listener:
    def __init__(self): register(self.m)
    def m(self): return 'm', {0}
listener = Listener()
"""


@pytest.mark.parametrize("edited", [{"shop.py": LISTENERS}, {"hub.py": f"{WEAK}X = {{0}}\n", "shop.py": LISTENERS}])
def test_weak_references_to_functions(project, edited):
    """What is registered weakly, as with a signal, refers to the function that is kept, or it would be dead."""
    project.write({"hub.py": WEAK.format(1), "shop.py": LISTENERS.format(1)})
    project.step("import shop", ["shop", "hub"])
    project.run("import hub; f = shop.f")
    for n in (2, 3):
        project.write({name: source.format(n) for name, source in edited.items()})
        project.step("import shop", ["shop", "hub"][: len(edited)])
        assert project.value("hub.call(), len(hub.LIST)") == ([("f", n), ("m", n)], 2)
        assert project.value("dict(hub.NAMES) == {'f': f}, list(hub.SET) == [f], dict(hub.INFOS) == {f: 'info'}") == (
            *(True, True, True),
        )


def test_weak_references_by_number(project):
    """Where the kept function is registered with a library that goes by `id`, the new one is not, beside it."""
    project.run("import sys, types; lib = sys.modules['lib'] = types.ModuleType('lib'); lib.LIST, lib.DICT = [], {}")
    source = "import lib, weakref\ndef f(): return {0}\n"
    source += "lib.LIST.append(((id(f), None), weakref.ref(f)))\nlib.DICT[id(f)] = weakref.ref(f)\n"
    for n in (1, 2, 3):
        project.write({"shop.py": source.format(n)})
        project.run("import shop")
        assert project.value("[ref()() for _, ref in lib.LIST if ref()]") == [n]
        assert project.value("[ref()() for ref in lib.DICT.values() if ref()]") == [n]


def test_list_subclasses_and_their_like(project):
    """An entry whose contents cannot be seen from outside goes with the execution that made it, the session's stays."""
    source = "import hub\nclass L(list): pass\nhub.LIST.append(L([{0}]))\n"
    edit(project, source.format(1), "hub.LIST.append(shop.L([7]))", source.format(2))
    assert project.value("sorted(map(list, hub.LIST))") == [[2], [7]]


def test_entry_of_a_definition_that_is_gone(project):
    """An entry that refers to what the new source does not define any more goes."""
    source = "import hub\ndef f(): pass\nhub.LIST.append(f); hub.SET.add(f); hub.DICT['f'] = f; hub.DICT[f] = 1\n"
    edit(project, f"{source}def g(): pass\nhub.LIST.append(g); hub.SET.add(g); hub.DICT['g'] = g\n", "", source)
    assert project.value("len(hub.LIST), len(hub.SET), sorted(map(str, map(type, hub.DICT)))") == (
        *(1, 1, ["<class 'function'>", "<class 'str'>"]),
    )


REGISTRIES = {
    "functions": "LIST = []\ndef register(name): return lambda f: LIST.append(f) or f\n"
    "def show(): return [f.__name__ for f in LIST]\n",
    "tuples": "LIST = []\ndef register(name): return lambda f: LIST.append((name, f)) or f\n"
    "def show(): return [name for name, f in LIST]\n",
    "instances": "LIST = []\nclass Entry:\n    def __init__(self, name, f): self.name, self.f = name, f\n"
    "def register(name): return lambda f: LIST.append(Entry(name, f)) or f\n"
    "def show(): return [each.name for each in LIST]\n",
    "a method": "class App:\n    def __init__(self): self.entries = []\n"
    "    def __call__(self, name): return lambda f: self.entries.append((name, f)) or f\n"
    "register = App()\ndef show(): return [name for name, f in register.entries]\n",
    "by name": "DICT = {}\ndef register(name): return lambda f: DICT.setdefault(name, f)\n"
    "def show(): return sorted(DICT)\n",
    "by key": "DICT = {}\ndef register(name): return lambda f: [f, DICT.update({f: name})][0]\n"
    "def show(): return sorted(DICT.values())\n",
    "a set": "SET = set()\ndef register(name): return lambda f: [f, SET.add((f, name))][0]\n"
    "def show(): return sorted(name for f, name in SET)\n",
}


@pytest.mark.parametrize("registry", REGISTRIES.values(), ids=REGISTRIES)
@pytest.mark.parametrize("definition", ["def f(): pass", "class f: pass"])
def test_registered_otherwise(project, registry, definition):
    """Where a definition is registered by another statement, what the old one has made goes."""
    source = f"from hub import register\n{{0}}\n{definition}\n@register('g')\ndef g(): pass\n"
    project.write({"hub.py": registry, "shop.py": source.format("@register('f')")})
    project.step("import shop", ["shop", "hub"])
    for decorator in ("@register('h')", ""):
        project.write({"shop.py": source.format(decorator)})
        project.run("import shop, hub")
        assert project.value("hub.show()") == project.fresh("import shop, hub", expression="hub.show()").value


def test_registered_otherwise_by_other_statements(project):
    """So does what a call has made, or the keyword of a class, and what was registered with an ABC."""
    hub = "import abc\nLIST = []\nclass Base(abc.ABC):\n    kinds = {}\n"
    hub += "    def __init_subclass__(cls, kind): Base.kinds[kind] = cls\n"
    source = "import hub\ndef f(): pass\n{0}\nclass C(hub.Base, kind={1}): pass\nclass D: pass\n{2}\n"
    project.write({"hub.py": hub})
    project.write({"shop.py": source.format("hub.LIST.append(('a', f))", "'c'", "hub.Base.register(D)")})
    project.step("import shop", ["shop", "hub"])
    project.run("import hub; from shop import C, D; isinstance(D(), hub.Base)")
    project.write({"shop.py": source.format("hub.LIST.append(('b', f))", "'d'", "")})
    project.step("import shop", ["shop"])
    assert project.value("issubclass(C, hub.Base), issubclass(D, hub.Base)") == (True, False)


def test_registered_by_others(project):
    """An entry stays whose definition has another decorator now, if that has nothing to do with the registry."""
    project.write({"hub.py": "LIST = []\n", "util.py": "def deco(n): return lambda f: f\n"})
    source = "import hub\nfrom util import deco\n@deco({0})\ndef f(): return {0}\ndef setup(): hub.LIST.append(f)\n"
    project.write({"shop.py": source.format(1)})
    project.run("import shop, hub; shop.setup()")
    project.write({"shop.py": source.format(2)})
    project.run("import shop")
    assert project.value("[f() for f in hub.LIST]") == [2]


def test_entry_of_a_module_that_is_gone(project):
    """What a module has registered goes with its file; where that has another name now, its entries are there once."""
    source = "from hub import register\n@register('a')\ndef f(): pass\n"
    project.write({"hub.py": REGISTRIES["instances"], "p/__init__.py": "from . import a\n", "p/a.py": source})
    project.step("import p", ["p", "p.a", "hub"])
    project.run("import hub")
    project.rename("p/a.py", "p/b.py")
    project.write({"p/__init__.py": "from . import b\n"})
    project.step("import p", ["p", "p.b"])
    assert project.value("hub.show()") == ["a"]
    project.delete("p/b.py")
    project.write({"p/__init__.py": ""})
    project.step("import p", ["p"])
    assert project.value("hub.show()") == []


def test_entry_whose_function_is_gone(project):
    """An entry that has a function bound, or is an instance that has it, goes with the function."""
    source = "import functools, hub\nclass C:\n    def n(self): pass\n{0}for each in list(vars(C).values()):\n"
    source += "    if callable(each): hub.LIST.append(functools.partial(each, 1))\n"
    edit(project, source.format("    def m(self): pass\n"), "", source.format(""))
    assert project.value("[each.func.__name__ for each in hub.LIST]") == ["n"]


def test_registered_otherwise_by_what_fails(project):
    """After a failure, what was registered is there as before."""
    source = "import hub\ndef f(): pass\nhub.LIST.append(({0}, f))\nhub.DICT[{0}] = f\n1 / {1}\n"
    project.write({"hub.py": HUB, "shop.py": source.format(1, 1)})
    project.step("import shop", ["shop", "hub"])
    project.run("import hub; f = shop.f")
    project.write({"shop.py": source.format(2, 0)})
    project.step("import shop", ["shop"], raises="ZeroDivisionError", confirms=["shop", "hub"])
    assert project.value("hub.LIST == [(1, f)], hub.DICT == {1: f}") == (True, True)


def test_tables_keyed_by_functions(project):
    """A table of the module itself that is keyed by its functions is right, and so is one in a default."""
    source = (
        "import functools\ndef f(): return {0}\nCOSTS = {{f: {0}}}\ndef g(x=(f,)): return x[0] is f\nPAIR = (f, [f])\n"
    )
    project.write({"shop.py": source.format(1)})
    project.step("import shop", ["shop"])
    project.run("f = shop.f")
    project.write({"shop.py": source.format(2)})
    project.step("import shop", ["shop"])
    assert project.value(
        "shop.f is f, shop.COSTS[f], shop.COSTS[shop.f], shop.g(), shop.PAIR[0] is f, shop.PAIR[1][0] is f"
    ) == (*(True, 2, 2, True, True, True),)


def test_init_subclass_registry(project):
    """A registry that `__init_subclass__` fills has each class once: the one that is held."""
    project.write({"hub.py": "ALL = []\nclass Base:\n    def __init_subclass__(cls): ALL.append(cls)\n"})
    project.write({"shop.py": "import hub\nclass One(hub.Base): n = 1\nclass Two(hub.Base): n = 1\n"})
    project.step("import shop", ["shop", "hub"])
    project.run("import hub; One = shop.One")
    project.write({"shop.py": "import hub\nclass One(hub.Base): n = 2\n"})
    project.step("import shop", ["shop"])
    assert project.value("hub.ALL == [One], One.n") == (True, 2)


def test_registry_that_refuses_a_second_time(project):
    """A registry that refuses what it has is not asked for the same twice."""
    register = "def register(f):\n    assert f.__name__ not in ALL\n    ALL[f.__name__] = f\n    return f\n"
    project.write({"hub.py": f"ALL = {{}}\n{register}"})
    project.write({"shop.py": "import hub\n@hub.register\ndef f(): return 1\n"})
    project.step("import shop", ["shop", "hub"])
    project.run("f = shop.f")
    project.write({"shop.py": "import hub\n@hub.register\ndef f(): return 2\n"})
    project.step("import shop", ["shop"])
    assert project.value("f()") == 2


def test_singledispatch_of_another_module(project):
    """Implementations that a module registers with another module's function are the new ones."""
    project.write({"hub.py": "import functools\n@functools.singledispatch\ndef f(x): return 'any'\n"})
    source = "import hub\nclass A: pass\nclass B: pass\n@hub.f.register\ndef _(x: A): return {0}\n"
    project.write({"shop.py": f"{source.format(1)}@hub.f.register\ndef _b(x: B): return 'b'\n"})
    project.run("import shop, hub; a, b = shop.A(), shop.B(); hub.f(a), hub.f(b)")
    project.write({"shop.py": source.format(2)})
    project.run("import shop")
    assert project.value("hub.f(a), hub.f(shop.A()), hub.f(b)") == (2, 2, "any")


def test_atexit(project):
    """A module's own callback is registered once; the session's are all there still."""
    source = "import atexit, functools, hub\ndef done(): hub.LIST.append({0})\ndef other(): hub.LIST.append('other')\n"
    source += "atexit.register(done)\natexit.register(functools.partial(done))\n"
    edit(
        project,
        source.format(1),
        "import atexit\natexit.register(shop.other); atexit.register(print, end=''); atexit.register(shop.other)",
        source.format(2),
    )
    project.run("atexit._run_exitfuncs()")
    assert project.value("sorted(map(str, hub.LIST))") == ["2", "2", "other", "other"]


def test_log_handlers(project):
    """A handler that a module adds is there once, in its newest form; the session's are there still."""
    source = "import logging, sys\nlogger = logging.getLogger('shop')\nhandler = logging.StreamHandler()\n"
    source += "handler.setFormatter(logging.Formatter('{0} %(message)s'))\nlogger.addHandler(handler)\n"
    project.write({"shop.py": source.format("one")})
    project.run("import shop, logging; mine = logging.FileHandler('/dev/null'); shop.logger.addHandler(mine)")
    for form in ("two", "three"):
        project.write({"shop.py": source.format(form)})
        project.run("import shop")
        assert project.value("[h is mine or h.formatter._fmt.split()[0] for h in shop.logger.handlers]") == [form, True]
        assert project.value("shop.handler in shop.logger.handlers")


def test_an_entry_whose_function_is_gone(project):
    """A handler that the new source does not define is gone from another module's table, which it has imported."""
    plugin = "from registry import handlers\ndef {0}(): pass\nhandlers['{0}'] = {0}\n"
    project.write({"registry.py": "handlers = {}\n", "plugin.py": plugin.format("a")})
    project.step("import plugin", ["plugin", "registry"])
    project.write({"plugin.py": plugin.format("b")})
    project.step("import plugin", ["plugin"])


REGISTRY = "entries = {}\ndef register(function):\n    {}\n    return function\n"
PLUGIN = "from registry import register\n@register\ndef handler():\n    return {}\n"


@pytest.mark.parametrize(
    ("empty", "enter", "read"),
    [
        ("[]", "entries.append(function)", "list(entries)"),
        ("[]", "entries.append((function.__name__, function))", "[name for name, _ in entries]"),
        ("[]", "entries.insert(0, (1, function))", "len(entries)"),
        ("set()", "entries.add(function)", "len(entries)"),
        ("{}", "entries[function.__name__] = function", "list(entries)"),
        ("{}", "assert function.__name__ not in entries; entries[function.__name__] = function", "list(entries)"),
        ("{}", "entries[function] = len(entries)", "list(entries.values())"),
    ],
)
def test_a_registry_that_is_read_while_modules_register_again(project, empty, enter, read):
    """A module that reads a registry while it is executed meets each entry once, in the order of a fresh start."""
    project.write({
        "registry.py": REGISTRY.format(empty, enter),
        "plugin.py": PLUGIN.format(1),
        "app.py": f"import other, plugin\nfrom registry import entries\nread = {read}\n",
        "other.py": "from registry import register\n@register\ndef first(): pass\n",
    })  # fmt: skip
    project.step("import app", ["app", "other", "registry", "plugin"])
    for value in (2, 3):
        project.write({"plugin.py": PLUGIN.format(value)})
        project.step("import app", ["app", "plugin"])
    project.write({"plugin.py": PLUGIN.format("1 / 0") + "1 / 0\n"})
    everything = ["app", "other", "registry", "plugin"]
    project.step("import app", ["app", "plugin"], raises="ZeroDivisionError", confirms=everything)
    project.write({"plugin.py": PLUGIN.format(4).replace("handler", "renamed")})
    project.step("import app", ["app", "plugin"])


def test_instances_in_a_table_stay_there(project):
    """What the session has put into a table is there at every moment: instances are no registrations."""
    project.write({"hub.py": "sessions = {}\nrecent = []\n", "models.py": "import hub\nclass Session:\n    n = 1\n"})
    project.write({"app.py": "import hub, models\nN = models.Session.n\nseen = len(hub.sessions), len(hub.recent)\n"})
    project.run("import app; app.hub.recent.append(app.hub.sessions.setdefault('a', app.models.Session()))")
    project.write({"models.py": "import hub\nclass Session:\n    n = 2\n"})
    assert project.run("import app", "(app.N, app.seen)").value == (2, (1, 1))


ADDITIONS = {
    "sys.path.insert(0, '/nowhere')": "sys.path.count('/nowhere')",
    "sys.path.append('/nowhere')": "sys.path.count('/nowhere')",
    "sys.meta_path.append(Mine())": "[type(each).__name__ for each in sys.meta_path].count('Mine')",
    "sys.meta_path.insert(0, Mine)": "sys.meta_path.count(shop.Mine)",
    "sys.path_hooks.append(hook)": "sys.path_hooks.count(shop.hook)",
    "gc.callbacks.append(hook)": "gc.callbacks.count(shop.hook)",
}


@pytest.mark.parametrize("addition", ADDITIONS)
def test_lists_of_the_interpreter(project, addition):
    """What a module adds to them is there once, and not at all if it raises or adds it no more."""
    source = "import gc, sys\nclass Mine:\n    @classmethod\n    def find_spec(cls, *_): return None\n"
    source += "def hook(*_): raise ImportError\n"
    project.write({"shop.py": source + addition + "\n"})
    project.run("import gc, sys, shop")
    for n in range(3):
        project.write({"shop.py": source + addition + f"\nN = {n}\n"})
        project.run("import shop")
        assert project.value(ADDITIONS[addition]) == 1
    before = project.value("[*map(id, (*sys.path, *sys.meta_path, *sys.path_hooks, *gc.callbacks))]")
    project.write({"shop.py": source + addition + "\n1 / 0\n"})
    assert project.attempt("import shop").error["type"] == "ZeroDivisionError"
    assert project.value("[*map(id, (*sys.path, *sys.meta_path, *sys.path_hooks, *gc.callbacks))]") == before


def test_overloads(project):
    """What `typing.overload` keeps is what the source says now, wherever it stands."""
    source = "from typing import overload\n@overload\ndef f(x: int) -> int: ...\n@overload\ndef f(x: str) -> str: ...\n"
    source += "def f(x): return x\n"
    project.write({"shop.py": source})
    project.run("import shop, typing")
    for n in range(3):
        project.write({"shop.py": f"N = {n}\n" + "\n" * n + source})
        project.run("import shop")
        assert project.value("len(typing.get_overloads(shop.f))") == 2
    project.write({"shop.py": source + "1 / 0\n"})
    assert project.attempt("import shop").error["type"] == "ZeroDivisionError"
    assert project.value("[each.__code__.co_firstlineno for each in typing.get_overloads(shop.f)]") == [5, 7]


def test_registry_in_the_package(project):
    """Where executing the package of what is stale is enough, what it imports from elsewhere is left alone."""
    registry = "def make():\n    names = set()\n    def register(name):\n        assert name not in names\n"
    registry += "        names.add(name)\n    return register\nregister = make()\n"
    once = "import sys\nif hasattr(sys, 'once'): raise RuntimeError('a second time')\nsys.once = True\n"
    shop = "import once\nfrom . import registry\nregistry.register('cart')\nN = {0}\n"
    project.write({"shop/__init__.py": "", "shop/registry.py": registry, "once.py": once})
    project.write({"shop/cart.py": shop.format(1)})
    project.run("import shop.cart")
    project.write({"shop/cart.py": shop.format(2)})
    executed = project.run("import shop.cart").executed
    assert executed == ["shop.cart", "shop", "shop.cart", "shop.registry"]
    assert project.value("shop.cart.N") == 2
