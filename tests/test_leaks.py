"""Refreshing for ever costs no more at the end than at the start.

The ordinary suite refreshes a hundred times and counts objects.  The long run, which also looks at
times and memory:

    LIVERELOAD_TEST_REFRESHES=1000 python -m pytest tests/test_leaks.py
"""

import os

import pytest

REFRESHES = int(os.environ.get("LIVERELOAD_TEST_REFRESHES", "100"))

SHOP = """
import abc, enum, functools, hub
from dataclasses import dataclass
def deco(f):
    calls = 0
    @functools.wraps(f)
    def wrapper(*args):
        nonlocal calls
        calls += 1
        return f(*args)
    return wrapper
{classes}
class Color(enum.Enum):
    RED = 1
    BLUE = {n}
@dataclass
class Data:
    a: int = {n}
class Abstract(abc.ABC):
    @abc.abstractmethod
    def n(self): ...
@functools.singledispatch
def dispatch(x): return {n}
@functools.lru_cache
def cached(x): return {n}
def make({parameters}):
    def inner(): return ({parameters})
    return inner
closure = make({n}, {n})
hub.LIST.append(deco)
"""
CLASS = """
class C{i}(hub.Base):
    x = {n}
    @deco
    def f(self): return super().__repr__(), {n}
    @property
    def p(self): return {n}
    @staticmethod
    def s(x={n}): return {n}
    class Inner:
        def g(self): return {n}
"""
LOOP = """
import collections, gc, sys, time, hub, shop
held = [getattr(shop, f"C{i}")() for i in range(30)]
functions = [shop.deco, shop.C1.f, shop.closure, shop.cached, shop.dispatch, held[0].f, shop.C2.s, shop.Color.RED]
times, counts = [], []
def refresh(n):
    global shop
    with open(shop.__file__, "w") as file:
        file.write(sources[n % 3])
    start = time.perf_counter()
    import shop
    times.append(time.perf_counter() - start)
    assert shop.Data().a == n % 3 and held[0].p == n % 3 and functions[3](1) == n % 3
def count():
    gc.collect()
    found = collections.Counter(type(each).__qualname__ for each in gc.get_objects())
    return {name: number for name, number in found.items() if number > 3}
"""


def source(n):
    classes = "".join(CLASS.format(i=i, n=n) for i in range(30))
    return SHOP.format(classes=classes, n=n, parameters=("a, b", "b, a", "a, b, *c")[n])


@pytest.fixture
def refreshed(project):
    """A session that has refreshed a module with 30 classes, of which it holds instances, many times."""
    project.write({"hub.py": "LIST = []\nclass Base: pass\n", "shop.py": source(0)})
    project.run("import shop")
    project.run(f"sources = {[source(n) for n in range(3)]!r}\n{LOOP}")
    project.run("for n in range(1, 13): refresh(n)\nfirst = count()")
    for start in range(13, REFRESHES, 50):
        project.run(f"for n in range({start}, {min(start + 50, REFRESHES)}): refresh(n)")
    project.run("last = count()")
    return project


def test_old_generations_are_collected(refreshed):
    """There are as many objects of each type in the end as after twelve refreshes.

    The collector now and then forgets tuples that hold nothing to collect, and a module of the
    standard library may be imported on the way: hence the margin, far below one object a refresh.
    """
    margin = 80 + REFRESHES // 10
    more = refreshed.value(f"{{k: (first.get(k, 0), n) for k, n in last.items() if n > first.get(k, 0) + {margin}}}")
    assert more == {}
    assert refreshed.value("len(hub.LIST), len(hub.Base.__subclasses__())") == (1, 30)


@pytest.mark.skipif(REFRESHES < 1000, reason="times need many refreshes")
def test_refreshing_takes_no_longer(refreshed):
    """The last hundred refreshes take no longer than the first hundred."""
    refreshed.run("import statistics")
    first, last = refreshed.value("statistics.median(times[:100]), statistics.median(times[-100:])")
    assert last < 1.5 * first
