"""Whatever breaks off an import, and wherever: the session is as before or new as a whole, and the next import works.

The ordinary suite takes some places of each kind.  More of them, or with a large number all:

    LIVERELOAD_TEST_FAULTS=1000 python -m pytest tests/test_faults.py
"""

import os

import pytest
from conftest import SRC

PLACES = int(os.environ.get("LIVERELOAD_TEST_FAULTS", "6"))
TESTS = os.path.dirname(__file__)

HUB = """
import abc, functools
LIST, DICT, NESTED = [], {}, {"x": []}
class Base:
    registry = []
    def __init_subclass__(cls):
        Base.registry.append(cls)
class Abstract(abc.ABC): pass
@functools.singledispatch
def dispatch(x): return "any"
def register(x):
    LIST.append(x); DICT[x.__name__] = x; NESTED["x"].append(x)
    return x
"""
SHOP = """
import abc, atexit, enum, functools
from . import hub
from .hub import *
try:
    counter
except NameError:
    counter = []
X = {n}
@hub.register
def f(x={n}): return (x, {n})
f.attribute = {n}
class Cart(hub.Base):
    tag = {n}
    def n(self): return super().__init__, {n}
    class Line:
        def n(self): return {n}
class Slotted:
    __slots__ = ("a", "b{n}")
class Color(enum.Enum):
    RED = {n}
    BLUE = "b"
class Kind(abc.ABC):
    @abc.abstractmethod
    def k(self): ...
hub.Abstract.register(Cart)
def make({parameters}):
    def inner(): return ({parameters}, {n})
    return inner
closure = make(1, 2)
@functools.lru_cache
def cached(x): return {n}
hub.dispatch.register(Cart)(lambda x: {n})
def goodbye(): pass
atexit.register(goodbye)
def __livereload_dispose__(): pass
{end}
"""
THIRD = "from . import other\n"
BEFORE = {
    "pkg/__init__.py": "from . import shop, other\nfrom .shop import Cart\n",
    "pkg/hub.py": HUB,
    "pkg/other.py": "from . import shop, third\nY = shop.X\ndef g(): return shop.f()\n",
    "pkg/third.py": THIRD,
    "pkg/shop.py": SHOP.format(n=1, parameters="a, b", end="class Gone: pass\n"),
}
AFTER = {
    "pkg/shop.py": SHOP.format(n=2, parameters="b, a", end="from . import new\n"),
    "pkg/new.py": "class New: pass\n",
}
HELD = """
import pkg.third, pkg.hub
from pkg import shop
held = (
    shop.Cart(), shop.Cart.Line(), shop.f, shop.make(1, 2), shop.Color.RED, shop.Color.BLUE, shop.Slotted, shop.Gone(),
    shop.Gone, shop.cached, shop.closure, pkg.hub.Abstract, pkg.hub.LIST, pkg.other.g,
)
"""
FIRST = {
    "pkg/__init__.py": "from .one import X\nfrom . import two\n",
    "pkg/one.py": "X = 1\nclass C: pass\n",
    "pkg/two.py": "from pkg.one import C\ntry:\n    import missing\nexcept ImportError: pass\n",
}
STATEMENT = "from pkg import third, shop"
# {name: (the files before, what the session holds, the files that are imported, the import, its mended files)}
CASES = {
    "first import": ({}, "held = ()", FIRST, "import pkg.two", None),
    "refresh": (BEFORE, HELD, AFTER, STATEMENT, None),
    "failing refresh": (
        BEFORE, HELD, {**AFTER, "pkg/third.py": THIRD + "1 / 0\n"}, STATEMENT, {"pkg/third.py": THIRD}
    ),
}  # fmt: skip


def prepare(project, name):
    """A session that is about to execute one of the cases."""
    before, held, files, statement, mended = CASES[name]
    project.write(before)
    project.start(
        f"import sys, warnings; sys.path[:0] = {[TESTS, SRC]!r}; import faults; del sys.path[:2]\n"
        "warnings.simplefilter('ignore'); livereload.install()",
        strict=False,
    )
    project.run(held)
    project.write({**files, **(mended or {})})
    fresh = project.fresh(statement)
    assert fresh.error is None
    broken = None if mended is None else {each: files[each] for each in mended}
    project.write(broken or {})
    case = f"faults.Case({project.root!r}, {statement!r}, {fresh.modules!r}, globals(), {broken!r}, {mended!r})"
    project.run(f"case = {case}")


def break_off(project, steps, *errors):
    """Raise each of the errors at each step that is chosen, one at a time; what that has left behind."""
    chosen = project.value(f"case.all_steps({steps!r})")
    assert chosen
    chosen = chosen[len(chosen) * len(errors) // PLACES // 2 :: max(1, len(chosen) * len(errors) // PLACES)]
    found = []
    for error in errors:
        for start in range(0, len(chosen), 10):
            found += project.value(f"case.all_broken_at({steps!r}, {chosen[start : start + 10]}, {error})")
    return found


@pytest.mark.parametrize("name", CASES)
def test_at_a_line_of_ours(project, name):
    """An interrupt at any line of livereload's own code, or want of memory."""
    prepare(project, name)
    assert break_off(project, "lines", "KeyboardInterrupt", "MemoryError") == []


@pytest.mark.parametrize("name", CASES)
def test_at_a_call_of_ours(project, name):
    """An interrupt right after any call of a C function by livereload, where Python handles signals."""
    prepare(project, name)
    assert break_off(project, "returns", "KeyboardInterrupt") == []


@pytest.mark.parametrize("name", CASES)
def test_at_an_effect(project, name):
    """Whatever looks at files, reads, compiles, executes, or goes through the heap may fail."""
    prepare(project, name)
    assert break_off(project, "effects", "OSError", "MemoryError", "KeyboardInterrupt", "SystemExit") == []


@pytest.mark.parametrize("name", CASES)
def test_at_a_line_of_a_module(project, name):
    """The modules themselves may raise anything at any line."""
    prepare(project, name)
    assert break_off(project, "body", "OSError", "MemoryError", "KeyboardInterrupt", "SystemExit") == []


SIGNALS = """
import os, random, signal, sys
folders = (os.path.dirname(livereload.__file__), os.path.dirname(a.__file__))
def interrupted(seed):
    "(whether a signal came at some moment of the import, whether it was raised)"
    left, came = int(10 ** random.Random(seed).uniform(0, 4.5)) if seed < 16 else sys.maxsize, False
    def trace(frame, event, argument):
        nonlocal left, came
        if not frame.f_code.co_filename.startswith(folders):
            return None  # a callback of importlib's, for example, where Python passes over it
        left -= 1
        if left < 0:
            sys.settrace(None)
            came = True
            signal.raise_signal(signal.SIGINT)
        return trace
    sys.settrace(trace)
    try:
        import a
        raised = False
    except KeyboardInterrupt:
        raised = True
    finally:
        sys.settrace(None)
    return came, raised
"""


def test_signals(project):
    """A real SIGINT, whenever it comes, is raised by the import and leaves old or new whole modules."""
    project.write({"a.py": "import b\nX = b.X\n", "b.py": "X = 0\nclass C:\n    def x(self): return 0\n"})
    project.run("import a" + SIGNALS + "old = a.b.C(); signal.signal(signal.SIGINT, signal.default_int_handler)")
    for n in range(1, 17):
        project.write({"b.py": f"X = {n}\nclass C:\n    def x(self): return {n}\n"})
        came, raised = project.value(f"interrupted({n})")
        assert came == raised
        assert project.value("(a.X, a.b.X, old.x(), a.b.C is type(old))") in [(m, m, m, True) for m in (n - 1, n)]
        project.step("import a", ["a", "b"] if project.value("a.X") < n else [])
        assert project.value("(a.X, a.b.X, old.x(), a.b.C is type(old))") == (n, n, n, True)
