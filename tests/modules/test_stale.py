"""What is stale, and why: from records to a plan, without files and modules."""

from livereload.modules.record import Record
from livereload.modules.stale import plan


def records(**edges):
    """{name: Record} from name={imported: version seen}; `p__q` is p.q."""
    found = {}
    for name, seen in edges.items():
        name = name.replace("__", ".")
        found[name] = Record(name, f"/{name}.py", ())
        found[name].edges = seen
    return found


def reasons(reached, changed=(), moved=(), versions=()):
    return plan(reached, dict(changed), set(moved), dict(versions), {}).reasons


def test_nothing_stale():
    """If no file has changed and no version has risen, nothing is to be done, and the plan is false."""
    found = plan(records(a={"b": 1}, b={}), {}, set(), {"b": 1}, {})
    assert found.reasons == {}
    assert not found


def test_changed_and_its_importers():
    """What has changed is stale, and so is who imports it, directly or not; what it imports is not."""
    reached = records(a={"b": 1}, b={"c": 1}, c={"d": 1}, d={})
    found = reasons(reached, {"c": "c.py changed"}, versions={"b": 1, "c": 1, "d": 1})
    assert found == {"c": "c.py changed", "b": "imports c", "a": "imports b"}


def test_newer_version_of_a_dependency():
    """A module that saw another version of a dependency is stale; the dependency is not."""
    assert reasons(records(a={"b": 1}, b={}), versions={"b": 2}) == {"a": "imports b"}


def test_version_that_was_rolled_back():
    """Versions are compared for equality: an older one is another one."""
    assert reasons(records(a={"b": 5}, b={}), versions={"b": 2}) == {"a": "imports b"}


def test_dependency_that_nobody_knows():
    """A dependency without a version (not tracked) makes nothing stale."""
    assert reasons(records(a={"os": 0})) == {}


def test_everything_below_a_package_that_has_moved():
    """The submodules of a package that is another one now are stale with it; its neighbours are not."""
    reached = records(p={}, p__q={}, p__q__r={}, pq={})
    found = reasons(reached, {"p": "p is gone"}, moved=["p"])
    assert found == {"p": "p is gone", "p.q": "p has moved", "p.q.r": "p has moved"}


def test_edges_that_have_not_been_read():
    """A module whose dependencies are not known is stale only for itself."""
    reached = records(a=None, b={"a": 0})
    assert reasons(reached, versions={"a": 0}) == {}
    assert reasons(reached, {"a": "a.py changed"}, versions={"a": 0}) == {"a": "a.py changed", "b": "imports a"}
