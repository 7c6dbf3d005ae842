"""A refresh that fails leaves everything as it was.

The ordinary suite interrupts it at some places.  More of them:

    LIVERELOAD_TEST_INTERRUPTS=48 python -m pytest tests/test_rollback.py
"""

import os

import pytest

INTERRUPTS = int(os.environ.get("LIVERELOAD_TEST_INTERRUPTS", "16"))

HUB = """
import abc, enum, functools
LIST, DICT, SET, NESTED = [], {}, set(), {"x": []}
class Base:
    registry = []
    last = None
    def __init_subclass__(cls):
        Base.registry.append(cls)
        Base.last = cls
class Config:
    def __init__(self): self.level = 1; self.items = []
config = Config()
FLAG = 1
class Abstract(abc.ABC): pass
@functools.singledispatch
def dispatch(x): return "any"
def register(x):
    LIST.append(x); DICT[x.__name__] = x; SET.add(x); NESTED["x"].append(x)
    return x
"""
SHOP = """
import enum, hub
from dataclasses import dataclass
X = {n}
@hub.register
def f(x={n}): return (x, {n})
f.attribute = {n}
class Cart(hub.Base):
    tag = {n}
    def n(self): return {n}
    class Line:
        def n(self): return {n}
@dataclass
class Data:
    a: int = {n}
class Color(enum.Enum):
    RED = {n}
def make(n):
    def inner(): return (n, {n})
    return inner
closure = make({n})
hub.dispatch.register(Cart)(lambda x: {n})
hub.config.level = {n}
hub.config.items.append({n})
hub.FLAG = {n}
hub.Config.new = {n}
def extra(): pass
{end}
"""
HELD = """
import hub, sys, shop
cart, f, inner, red, line, data = shop.Cart(), shop.f, shop.make(1), shop.Color.RED, shop.Cart.Line(), shop.Data()
names = ("Cart", "f", "make", "closure", "Color", "Data", "extra")
identity = [getattr(shop, name) for name in names]
def state():
    members = lambda c: {k: v for k, v in vars(c).items() if k not in ("__dict__", "__weakref__", "_abc_impl")}
    parts = lambda g: (g.__code__, g.__defaults__, g.__kwdefaults__, dict(vars(g)), g.__qualname__)
    return [
        list(vars(shop).items()), [members(c) for c in (shop.Cart, shop.Cart.Line, shop.Data, shop.Color)],
        [c.__bases__ for c in (shop.Cart, shop.Data)], [type(x) for x in (cart, line, data, red)],
        [parts(g) for g in (shop.f, shop.make, shop.closure, inner, shop.Cart.n, shop.extra)],
        [dict(vars(x)) for x in (cart, data, red, hub.config)], shop.closure.__closure__[0].cell_contents,
        list(hub.LIST), list(hub.DICT.items()), set(hub.SET), list(hub.NESTED["x"]), list(hub.config.items),
        list(hub.Base.registry), hub.Base.last, members(hub.Base), members(hub.Config), hub.FLAG,
        dict(hub.dispatch.registry), hub.dispatch(cart), isinstance(cart, hub.Abstract),
        (cart.n(), f(), inner(), line.n(), shop.closure()), list(shop.Color), hub.Base.__subclasses__(),
    ]
before = state()
"""


def start(project):
    project.write({"hub.py": HUB, "shop.py": SHOP.format(n=1, end="")})
    project.step("import shop", ["shop", "hub"])
    project.run(HELD)


def assert_as_before(project):
    assert project.value("[i for i, (a, b) in enumerate(zip(before, state(), strict=True)) if a != b]") == []
    assert project.value("[a is getattr(shop, name) for a, name in zip(identity, names)]") == [True] * 7


@pytest.mark.parametrize("end", ["1 / 0", "hub.Abstract.register(Cart); 1 / 0", "class New(hub.Base): pass\n1 / 0"])
def test_error_at_the_end(project, end):
    """Classes, functions, members, closures, and what was registered or set elsewhere, are as before."""
    start(project)
    project.write({"shop.py": SHOP.format(n=2, end=end)})
    assert project.attempt("import shop").error["type"] == "ZeroDivisionError"
    assert_as_before(project)
    project.write({"shop.py": SHOP.format(n=3, end="")})
    project.run("import shop")
    assert project.value("cart.n(), f(), line.n(), shop.Cart is type(cart)") == (3, (3, 3), 3, True)


def test_error_in_an_importer(project):
    """What a refresh did to a module that went well is undone if one that imports it fails."""
    start(project)
    project.write({"top.py": "import shop\n"})
    project.run("import top")
    project.write({"shop.py": SHOP.format(n=2, end=""), "top.py": "import shop\n1 / 0\n"})
    assert project.attempt("import top").error["type"] == "ZeroDivisionError"
    assert_as_before(project)


def test_changed_bases_and_metaclass(project):
    """Bases, metaclass and slots that the failing source changed are those of before."""
    source = "class A: pass\nclass B: pass\nclass M(type): pass\nclass N(type): pass\n"
    source += "class Cart({0}, metaclass={1}): pass\n{2}"
    project.write({"shop.py": source.format("A", "M", "")})
    project.step("import shop", ["shop"])
    project.run("cart = shop.Cart(); old = shop.Cart")
    project.write({"shop.py": source.format("A, B", "N", "1 / 0\n")})
    project.step("import shop", ["shop"], raises="ZeroDivisionError")
    assert project.value("shop.Cart is old, old.__bases__ == (shop.A,), type(old) is shop.M") == (True, True, True)


def test_earlier_value_that_the_failing_source_changed(project):
    """A value that the module asked for, and changed before it failed, is what it was."""
    source = "cache = globals().get('cache', {{}})\ncache['x'] = {0}\n{1}"
    project.write({"shop.py": source.format(1, "")})
    project.step("import shop", ["shop"])
    project.write({"shop.py": source.format(2, "1 / 0\n")})
    project.step("import shop", ["shop"], raises="ZeroDivisionError")
    assert project.value("shop.cache") == {"x": 1}


def test_exit_callbacks_and_log_handlers(project):
    """What the failing source registered with `atexit` and `logging` is gone."""
    source = "import atexit, logging\ndef f(): pass\natexit.register(f)\n"
    source += "logging.getLogger('shop').addHandler(logging.StreamHandler())\n"
    project.write({"shop.py": source})
    project.run("import shop, atexit, logging")
    project.write({"shop.py": f"{source}1 / 0\n"})
    before = callbacks(project)
    assert project.attempt("import shop").error["type"] == "ZeroDivisionError"
    assert callbacks(project) == before
    assert project.value("len(logging.getLogger('shop').handlers)") == 1


def callbacks(project):
    project.run(
        "class Probe:\n    def __init__(self): self.seen = []\n"
        "    def __eq__(self, other): self.seen.append(getattr(other, '__name__', '?')); return False\n"
        "probe = Probe(); atexit.unregister(probe)"
    )
    return project.value("probe.seen")


@pytest.mark.parametrize("part", range(4))
def test_interrupted_anywhere(project, part):
    """A KeyboardInterrupt anywhere in what a refresh does to held objects leaves everything as before."""
    start(project)
    project.write({"shop.py": SHOP.format(n=2, end="")})
    project.run(
        """
count, rooms = 0, ("/identity/", "/entries/")
limit = None
counts = {}  # {code: whether its lines count}
def trace(frame, event, arg):
    global count
    if event == "line":
        count += 1
        if count == limit:
            sys.settrace(None)
            raise KeyboardInterrupt
        return trace
    code = frame.f_code
    if code not in counts:
        counts[code] = any(room in code.co_filename for room in rooms)
    if not counts[code]:
        return None
    while frame is not None and frame.f_code.co_name != "finish":
        frame = frame.f_back
    return trace if frame is not None and event == "call" else None
"""
    )
    # Once to its end, in a copy of the session, to know how long it is; then broken off at several places.
    total = int(
        project.value(
            "(lambda os: (lambda r, w: (lambda pid: (os.waitpid(pid, 0), os.read(r, 20))[1] if pid else "
            "(sys.settrace(trace), __import__('shop'), sys.settrace(None), os.write(w, str(count).encode()), "
            "os._exit(0)))"
            "(os.fork()))(*os.pipe()))(__import__('os'))"
        )
    )
    assert total > 1000
    total -= 50  # it differs by some lines with what else is on the heap
    for limit in range(1 + part * total // 4, 1 + (part + 1) * total // 4, max(1, total // INTERRUPTS)):
        outcome = project.attempt(
            f"count = 0; limit = {limit}\nsys.settrace(trace)\ntry: import shop\nfinally: sys.settrace(None)"
        )
        assert outcome.error is not None and outcome.error["type"] == "KeyboardInterrupt", (limit, total)
        project.run("import gc; _ = gc.collect()")  # frames of the traceback had hold of some classes
        assert_as_before(project)
