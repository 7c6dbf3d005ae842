"""What one refresh touches, and that all of it can be undone."""

import sys
from types import ModuleType

import pytest

from livereload.identity.object_model import is_loaded, namespace_of
from livereload.modules.record import Record
from livereload.modules.stale import Plan
from livereload.refreshes.journal import Transaction


def at_once(new):
    """Nothing is to be remembered."""


@pytest.fixture
def modules(monkeypatch):
    """Puts modules by these names, with a mark in each, into `sys.modules`; gives their state."""
    monkeypatch.setattr(sys, "modules", dict(sys.modules))

    def make(*names):
        for name in names:
            module = sys.modules[name] = ModuleType(name)
            module.mark = name
            parent, _, tail = name.rpartition(".")
            if parent:
                setattr(sys.modules[parent], tail, module)
        return lambda: {name: (id(sys.modules.get(name)), dict(vars(sys.modules[name]))) for name in names}

    return make


def plan(*names):
    return Plan(dict.fromkeys(names, "edited"), {})


def test_take(modules):
    """What is taken is neither in `sys.modules` nor bound in its package; the module object stays whole."""
    modules("pkg", "pkg.mod", "other")
    module = sys.modules["pkg.mod"]
    taken = Transaction(1).take(plan("pkg.mod", "not there"), {}, at_once)
    assert "pkg.mod" not in sys.modules
    assert not hasattr(sys.modules["pkg"], "mod")
    assert list(taken) == ["pkg.mod"]
    assert module.mark == "pkg.mod"
    assert sys.modules["other"].mark == "other"


def test_take_lets_others_pass(modules):
    """When others are let pass, all is still there, and it is known what is going to be taken."""
    modules("pkg", "pkg.mod", "other")
    transaction = Transaction(1)

    def see(new):
        assert sys.modules["pkg"].mod is sys.modules["pkg.mod"]
        assert transaction.around == {"pkg", "pkg.mod"}

    assert list(transaction.take(plan("pkg.mod"), {}, see)) == ["pkg.mod"]


def test_renew(modules):
    """A renewed module is the same object with the same namespace, which is that of a new module."""
    modules("mod")
    module, namespace = sys.modules["mod"], vars(sys.modules["mod"])
    transaction = Transaction(1)
    transaction.take(plan("mod"), {}, at_once)
    assert transaction.renew("mod") is module
    assert vars(module) is namespace
    assert namespace == vars(ModuleType("mod"))
    assert transaction.renew("other") is None


def test_renew_keeps_what_is_asked_for(modules):
    """Of its earlier names, a module has those that it asks for."""
    modules("mod")
    transaction = Transaction(1)
    transaction.take(plan("mod"), {}, at_once)
    assert transaction.renew("mod", ["mark", "nowhere"]).mark == "mod"


def test_renew_gives_back_the_plain_type(modules):
    """A module that had set its own `__class__` is a plain one while it is executed again."""
    modules("mod")
    cls = type("Own", (ModuleType,), {})
    sys.modules["mod"].__class__ = cls
    transaction = Transaction(1)
    transaction.take(plan("mod"), {}, at_once)
    assert type(transaction.renew("mod")) is ModuleType
    transaction.roll_back()
    assert type(sys.modules["mod"]) is cls


@pytest.mark.parametrize("names", [["mod"], ["pkg", "pkg.mod"], ["pkg.mod"], ["pkg"], ["pkg.mod", "pkg", "mod"]])
@pytest.mark.parametrize("renewed", [False, True])
def test_roll_back(modules, names, renewed):
    """Rolling back restores `sys.modules`, namespaces and bindings, whatever was taken and renewed."""
    state = modules("mod", "pkg", "pkg.mod")
    before = state()
    transaction = Transaction(1)
    transaction.take(plan(*names), {}, at_once)
    for name in names if renewed else ():
        module = transaction.renew(name)
        sys.modules[name] = module
        module.new = 1
    transaction.roll_back()
    assert state() == before


def test_roll_back_of_new_modules(modules):
    """Modules that were imported for the first time are gone, with their bindings; what was bound before is back."""
    state = modules("pkg")
    sys.modules["pkg"].new = "an attribute"
    before = state()
    transaction, records = Transaction(1), {}
    for name in ("new", "pkg.new", "pkg.other"):
        transaction.begin(name, records)
        records[name] = Record(name, None, ())
        sys.modules[name] = ModuleType(name)
    sys.modules["pkg"].new = sys.modules["pkg.new"]
    sys.modules["pkg"].other = sys.modules["pkg.other"]
    transaction.roll_back()
    assert state() == before
    assert records == {}
    assert not {"new", "pkg.new", "pkg.other"} & set(sys.modules)


def test_roll_back_of_records():
    """Records are what they were, also if they were changed in place after they were replaced."""
    transaction = Transaction(1)
    old = Record("mod", "/mod.py", ())
    old.version, old.edges = 3, {"other": 2}
    records = {"mod": old}
    transaction.replace("mod", records)
    old.version, old.edges["other"] = 9, 9
    records["mod"] = Record("mod", "/elsewhere.py", ())
    transaction.roll_back()
    assert (records["mod"].path, records["mod"].version, records["mod"].edges) == ("/mod.py", 3, {"other": 2})


def test_roll_back_goes_backwards():
    """The last effect is undone first; each once."""
    transaction, undone = Transaction(1), []
    for number in range(3):
        transaction.note(undone.append, number)
    transaction.roll_back()
    transaction.roll_back()
    assert undone == [2, 1, 0]


def test_roll_back_that_is_interrupted():
    """An interrupt while rolling back leaves what remains to be undone: nothing is skipped."""
    transaction, undone = Transaction(1), []

    def interrupted():
        if "interrupted" not in undone:
            undone.append("interrupted")
            raise KeyboardInterrupt

    transaction.note(undone.append, "first")
    transaction.note(interrupted)
    with pytest.raises(KeyboardInterrupt):
        transaction.roll_back()
    transaction.roll_back()
    assert undone == ["interrupted", "first"]


def test_commit_keeps(modules):
    """After a commit nothing is rolled back."""
    modules("mod")
    transaction = Transaction(1)
    transaction.take(plan("mod"), {}, at_once)
    sys.modules["mod"] = transaction.renew("mod")
    sys.modules["mod"].new = 1
    transaction.commit({})
    transaction.roll_back()
    assert sys.modules["mod"].new == 1


def test_commit_puts_back_what_was_not_reached(modules):
    """What was taken and never executed goes back as it was, with its binding."""
    state = modules("pkg", "pkg.mod")
    before = state()
    transaction = Transaction(1)
    transaction.take(plan("pkg.mod"), {}, at_once)
    transaction.commit({"pkg.mod": Record("pkg.mod", "/mod.py", ())})
    assert state() == before


@pytest.mark.parametrize("why", ["missing", "failed"])
def test_commit_leaves_away_what_a_fresh_interpreter_does_not_have(modules, why):
    """What is gone, or raised where that was caught, is not in `sys.modules`; held objects keep its namespace."""
    modules("pkg", "pkg.mod")
    module = sys.modules["pkg.mod"]
    record = Record("pkg.mod", "/mod.py", ())
    setattr(record, why, True)
    transaction = Transaction(1)
    transaction.take(plan("pkg.mod"), {}, at_once)
    transaction.renew("pkg.mod")
    transaction.commit({"pkg.mod": record})
    assert "pkg.mod" not in sys.modules
    assert not hasattr(sys.modules["pkg"], "mod")
    assert module.mark == "pkg.mod"


def test_namespace_without_asking():
    """The namespace of a module is had without an attribute lookup; what is no module has none."""

    class Raising(ModuleType):
        def __getattribute__(self, name):
            raise RuntimeError(name)

    module = Raising("mod")
    assert namespace_of(module)["__name__"] == "mod"
    assert namespace_of(object()) is None
    assert namespace_of(None) is None
    assert not is_loaded(module)
    assert is_loaded(ModuleType("mod"))
    assert not is_loaded(None)


def test_an_interrupt_while_rolling_back():
    """A second Ctrl-C in the middle of a roll back is raised when everything is undone."""
    transaction = Transaction(1)
    undone = []
    interrupts = iter([KeyboardInterrupt()])

    def interrupted(name):
        for error in interrupts:
            raise error
        undone.append(name)

    transaction.note(undone.append, "first")
    transaction.note(interrupted, "second")
    transaction.note(undone.append, "third")
    with pytest.raises(KeyboardInterrupt):
        transaction.roll_back()
    assert undone == ["third", "second", "first"]
