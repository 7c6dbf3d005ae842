"""Closures and what a change reaches, against naive models."""

from hypothesis import given
from hypothesis import strategies as st

from livereload.modules.graph import closure, parents, spread

NAMES = ["a", "b", "c", "p", "p.q", "p.q.r", "p.s", "d.e"]
names = st.sampled_from(NAMES)
graphs = st.dictionaries(names, st.lists(names, max_size=4), max_size=len(NAMES))


def naive_closure(starts, edges):
    found = set()
    waiting = list(starts)
    while waiting:
        name = waiting.pop()
        parts = name.split(".")
        for each in [".".join(parts[: i + 1]) for i in range(len(parts))]:
            if each not in found and each in edges:
                found.add(each)
                waiting.extend(edges[each])
    return found


def naive_spread(changed, edges):
    reached = set(changed)
    while True:
        more = {name for name, imported in edges.items() if name not in reached and reached & set(imported)}
        if not more:
            return reached
        reached |= more


def test_parents():
    """The packages around a name, outermost first."""
    assert parents("a") == []
    assert parents("a.b.c") == ["a", "a.b"]


@given(st.lists(names, max_size=3), graphs)
def test_closure_is_all_that_is_reached(starts, edges):
    """The closure is what a naive walk finds: imports of imports, and the packages around each."""
    assert set(closure(starts, edges.get)) == naive_closure(starts, edges)


@given(st.lists(names, max_size=3), graphs)
def test_closure_asks_once(starts, edges):
    """Each name is asked for at most once if it is entered."""
    asked = []
    closure(starts, lambda name: asked.append(name) or edges.get(name))
    entered = [name for name in asked if name in edges]
    assert len(entered) == len(set(entered))


def test_closure_begins_with_the_packages():
    """The packages around what is asked for come first, outermost first."""
    edges = {"p": [], "p.q": [], "p.q.r": ["a"], "a": []}
    assert list(closure(["p.q.r"], edges.get)) == ["p", "p.q", "p.q.r", "a"]


def test_closure_of_a_long_chain():
    """Ten thousand modules in a row are no reason to run out of stack."""
    edges = {str(i): [str(i + 1)] for i in range(10_000)}
    assert len(closure(["0"], edges.get)) == 10_000


@given(st.lists(names, max_size=3), graphs)
def test_spread_is_all_that_is_affected(changed, edges):
    """What a change reaches is who imports it, directly or not."""
    assert set(spread(dict.fromkeys(changed, "changed"), edges)) == naive_spread(changed, edges)


@given(st.lists(names, min_size=1, max_size=3), graphs)
def test_spread_keeps_and_gives_reasons(changed, edges):
    """The reasons given stay; every other names something affected that is imported."""
    reasons = spread(dict.fromkeys(changed, "changed"), edges)
    for name, reason in reasons.items():
        if name in changed:
            assert reason == "changed"
        else:
            imported = reason.removeprefix("imports ")
            assert imported in reasons
            assert imported in edges[name]


def test_spread_of_a_cycle():
    """A cycle is affected as a whole; what it imports is not."""
    edges = {"a": ["b"], "b": ["c"], "c": ["a", "d"], "d": [], "user": ["b"], "other": ["d"]}
    assert spread({"b": "changed"}, edges) == {
        "b": "changed", "a": "imports b", "user": "imports b", "c": "imports a",
    }  # fmt: skip
