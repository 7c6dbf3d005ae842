"""Ways to register, edited in all ways: content and order are those of a fresh interpreter, failure or not."""

import pytest

HUB = """
import collections, inspect, weakref
LIST, DICT, SET, DEQUE, ORDERED = [], {}, set(), collections.deque(), collections.OrderedDict()
GROUPS = collections.defaultdict(list)
class Route:
    def __init__(self, path, handler): self.path, self.handler = path, handler
class Router:
    def __init__(self): self.routes, self.plain = [], []
class App:
    def __init__(self): self.router = Router()
app = App()
def register(name, entry):
    LIST.append(entry)
    DICT[name] = entry
    DEQUE.append(entry)
    ORDERED[name] = (name, entry)
    GROUPS[name[:1]].append(entry)
    app.router.plain.append(entry)
    app.router.routes.append(Route(name, entry))
    try: SET.add(entry)
    except TypeError: pass  # a dict
    return entry
def on(name): return lambda entry: register(name, entry)
def on_nothing(name): return lambda entry: [register(name, entry)].clear()
def said(entry):
    if isinstance(entry, (tuple, list)): return [said(each) for each in entry]
    if isinstance(entry, dict): return [[key, said(each)] for key, each in entry.items()]
    if isinstance(entry, weakref.ref): return 'weak', said(entry())
    if isinstance(entry, type): return 'class', entry.n
    if inspect.iscoroutinefunction(entry):
        try: entry().send(None)
        except StopIteration as stop: return stop.value
    if inspect.isgeneratorfunction(entry): return list(entry())
    if isinstance(entry, Route): return entry.path, said(entry.handler)
    return said(entry()) if callable(entry) else entry
def show():
    return [said(LIST), said(DICT), sorted(map(str, map(said, SET))), said(list(DEQUE)), said(list(ORDERED.items())),
            said(GROUPS), said(app.router.plain), said(app.router.routes)]
"""
WRAPPING = "import functools\ndef wraps(f):\n    @functools.wraps(f)\n"
WRAPPING += "    def wrapper(): return ['w', f()]\n    return wrapper\n"
SHOP = """
import hub, lib, functools, collections, dataclasses, weakref, wrapping
def both(name, *entry):
    if entry: return [each.register(name, *entry) for each in (hub, lib)]
    return lambda f: hub.register(name, lib.register(name, f))
def nothing(name): return lambda f: [both(name, f)].clear()
K = len('x' * {k})
def first(): return 'first', K
both('first', first)
{way}
@both('last')
def last(): return 'last'
"""
OTHER = "import hub, lib\ndef other(): return 'other'\nhub.register('other', other)\nlib.register('other', other)\n"

WAYS = {
    "a function": "def f(): return {n}\nboth('x', f)",
    "a decorated function": "@both('x')\ndef f(): return {n}",
    "a decorator that returns nothing": "@nothing('x')\ndef f(): return {n}",
    "a function whose name is deleted": "@both('x')\ndef f(): return {n}\ndel f",
    "a function whose name is another's": "@both('x')\ndef f(): return {n}\nf = 5",
    "a lambda": "both('x', lambda: {n})",
    "a lambda with a name": "f = lambda: {n}\nboth('x', f)",
    "lambdas in a loop": "for i in range({n}): both(f'x{{i}}', lambda i=i: i)",
    "a partial": "def f(n): return n\nboth('x', functools.partial(f, {n}))",
    "a partial of a lambda": "both('x', functools.partial(lambda n: n, {n}))",
    "a method of an instance": "class C:\n    def __init__(self, n): self.n = n\n    def m(self): return self.n\n"
    "c = C({n})\nboth('x', c.m)",
    "a method of an instance without a name": "class C:\n    def m(self): return {n}\nboth('x', C().m)",
    "a class": "class C:\n    n = {n}\nboth('x', C)",
    "a decorated class": "@both('x')\nclass C:\n    n = {n}",
    "a class made by a call": "def make(n):\n    class C: pass\n    C.n = n\n    return C\nboth('x', make({n}))",
    "a closure": "def make(n):\n    def g(): return n\n    return g\nboth('x', make({n}))",
    "two functions of one name": "@both('x')\ndef _(): return {n}\n@both('y')\ndef _(): return -{n}",
    "a cached function": "@both('x')\n@functools.lru_cache\ndef f(): return {n}",
    "a cached lambda": "both('x', functools.cache(lambda: {n}))",
    "a coroutine function": "@both('x')\nasync def f(): return {n}",
    "a generator function": "@both('x')\ndef f(): yield {n}",
    "an instance": "class C:\n    def __init__(self, n): self.n = n\n    def __call__(self): return self.n\n"
    "c = C({n})\nboth('x', c)",
    "an instance with slots": "class C:\n    __slots__ = ('n',)\n    def __call__(self): return self.n\n"
    "c = C()\nc.n = {n}\nboth('x', c)",
    "a tuple": "def f(): return {n}\nboth('x', ('x', f))",
    "a tuple with a lambda": "both('x', ({n}, lambda: {n}))",
    "a named tuple": "T = collections.namedtuple('T', 'path f')\ndef f(): return {n}\nboth('x', T('x', f))",
    "an instance with a function": "@dataclasses.dataclass(eq=False)\nclass R:\n    f: object\n    n: int\n"
    "    def __call__(self): return self.f(), self.n\ndef f(): return {n}\nboth('x', R(f, {n}))",
    "a dict with a function": "def f(): return {n}\nboth('x', {{'path': {n}, 'f': f}})",
    "a list with a function": "def f(): return {n}\nboth('x', [{n}, f])",
    "a wrapper": "def wraps(f):\n    def w(): return ['w', f()]\n    return w\n@both('x')\n@wraps\ndef f(): return {n}",
    "what a wrapper wraps": "@wrapping.wraps\n@both('x')\ndef f(): return {n}",
    "another's wrapper": "@both('x')\n@wrapping.wraps\ndef f(): return {n}",
    "a static method": "class C:\n    @staticmethod\n    @both('x')\n    def f(): return {n}",
    "a function in a function": "def setup():\n    @both('x')\n    def f(): return {n}\nsetup()",
    "a function under a condition": "def f(): return 1\nif {n} > 1: both('x', f)",
    "a weak reference": "def f(): return {n}\nboth('x', weakref.ref(f))",
}
IMPORT = "import shop, other, hub, lib"


@pytest.fixture
def shop(project):
    """Writes the module that registers; `is_broken` at its end."""
    folder = project.file("site-packages")
    project.path.append(str(folder))
    project.write({"hub.py": HUB, "site-packages/lib.py": HUB, "wrapping.py": WRAPPING, "other.py": OTHER})

    def write(way, k, *, is_broken=False):
        project.write({"shop.py": SHOP.format(way=way, k=k) + "1 / 0\n" * is_broken})

    return write


@pytest.mark.parametrize("way", WAYS)
def test_ways_to_register(project, shop, way):
    """Edited itself, beside it, removed and put there again, an entry is what and where it is in a fresh one."""
    edits = [WAYS[way].format(n=1), WAYS[way].format(n=1), WAYS[way].format(n=2), "", WAYS[way].format(n=2)]
    seen = None
    for k, text in enumerate(edits):
        if seen is not None:
            shop(text, k, is_broken=True)
            assert project.attempt("import shop").error["type"] == "ZeroDivisionError"
            assert project.value("(hub.show(), lib.show())") == seen, (k, "failed")
        shop(text, k)
        project.run(IMPORT)
        seen = project.value("(hub.show(), lib.show())")
        expected = project.fresh(IMPORT, expression="(hub.show(), lib.show())").value
        assert seen[0] == expected[0], (k, "own")
        assert seen[1] == expected[1], (k, "installed")
