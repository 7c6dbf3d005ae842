"""What one module puts into another is seen by a third that imports only the other: its sibling."""

import pytest

HUB = """
import os, weakref
def set_default(name, value): os.environ.setdefault(name, value)
def variable(name): return os.environ[name]
entries, table, level = [], {}, 1
class Registry:
    last = 0
    def __init__(self): self.kept = {}
    def add(self, f): self.kept[f.__name__] = f
    def names(self): return sorted(self.kept)
    def __getitem__(self, n): self.last = n
registry = Registry()
weak = weakref.WeakSet()
class Base: kind = 0
class Told:
    known = {}
    def __init_subclass__(cls): Told.known[cls.__name__] = cls
def register(thing):
    entries.append(thing)
    table[thing.__name__] = thing
    return thing
def configure(n):
    global level
    level = n
def names(): return sorted(table)
"""

EFFECT = "import hub\nhub.level = 9\n@hub.register\ndef of_effect(): pass\n"

# {what one does: (before, after, what two computes of it)}
WAYS = {
    "one registration more": (
        "from hub import register\n@register\ndef f(): pass\n",
        "from hub import register\n@register\ndef f(): pass\n@register\ndef g(): pass\n",
        "from hub import table\nX = sorted(table)\n",
    ),
    "through a function": (
        "from hub import register\n@register\ndef f(): pass\n",
        "from hub import register\n@register\ndef f(): pass\n@register\ndef g(): pass\n",
        "import hub\nX = hub.names()\n",
    ),
    "a body": (
        "from hub import register\n@register\ndef f(): return 1\n",
        "from hub import register\n@register\ndef f(): return 2\n",
        "from hub import entries\nX = [f() for f in entries]\n",
    ),
    "an attribute of a class": (
        "from hub import register\n@register\nclass C:\n    name = 'a'\n",
        "from hub import register\n@register\nclass C:\n    name = 'b'\n",
        "from hub import entries\nX = [each.name for each in entries]\n",
    ),
    "an attribute of a module": (
        "import hub\nhub.level = 5\n", "import hub\nhub.level = 6\n", "import hub\nX = hub.level\n"
    ),
    "a call": ("import hub\nhub.configure(5)\n", "import hub\nhub.configure(6)\n", "import hub\nX = hub.level\n"),
    "an attribute of a class of another": (
        "from hub import Base\nBase.kind = 5\n",
        "from hub import Base\nBase.kind = 6\n",
        "from hub import Base\nX = Base.kind\n",
    ),
    "an entry of data": (
        "import hub\nhub.table['k'] = 1\n", "import hub\nhub.table['k'] = 2\n", "import hub\nX = dict(hub.table)\n"
    ),
    "a variable of the environment": (
        "import os\nos.environ['LR_MODE'] = 'a'\n",
        "import os\nos.environ['LR_MODE'] = 'b'\n",
        "import os\nX = os.environ.get('LR_MODE')\n",
    ),
    "a default in the environment, set and read by functions": (
        "from hub import set_default\nset_default('LR_DEFAULT', 'a')\n",
        "from hub import set_default\nset_default('LR_DEFAULT', 'b')\n",
        "from hub import variable\nX = variable('LR_DEFAULT')\n",
    ),
    "the body of a class": (
        "import hub\nclass C: hub.level = 5\n", "import hub\nclass C: hub.level = 6\n", "import hub\nX = hub.level\n"
    ),
    "a subscript": (
        "from hub import registry\nregistry[5]\n",
        "from hub import registry\nregistry[6]\n",
        "from hub import registry\nX = registry.last\n",
    ),
    "a registry with containers of its own": (
        "from hub import registry\n@registry.add\ndef f(): pass\n",
        "from hub import registry\n@registry.add\ndef g(): pass\n",
        "from hub import registry\nX = registry.names()\n",
    ),
    "a weak set": (
        "import hub\nclass C: n = 1\nhub.weak.add(C)\n",
        "import hub\nclass C: n = 1\nclass D: n = 2\nhub.weak.add(C)\nhub.weak.add(D)\n",
        "import hub\nX = sorted(each.n for each in hub.weak)\n",
    ),
    "an import of what does it": (
        "import hub\n",
        "import hub, effect\n",
        "import hub\nX = sorted(hub.table)\n",
    ),
    "an import on a condition": (
        "FLAG = 1\nif FLAG == 2: import effect\n",
        "FLAG = 2\nif FLAG == 2: import effect\n",
        "import hub\nX = hub.level, sorted(hub.table)\n",
    ),
    "a class that tells its base": (
        "from hub import Told\nclass A(Told): pass\n",
        "from hub import Told\nclass B(Told): pass\n",
        "from hub import Told\nX = sorted(Told.known)\n",
    ),
    "an attribute of a subclass": (
        "from hub import Base\nclass A(Base): kind = 1\n",
        "from hub import Base\nclass A(Base): kind = 2\n",
        "from hub import Base\nX = [each.kind for each in Base.__subclasses__()]\n",
    ),
    "an operator": (
        "import hub\nclass P:\n    def __rshift__(self, o): hub.level = o\nP() >> 5\n",
        "import hub\nclass P:\n    def __rshift__(self, o): hub.level = o\nP() >> 6\n",
        "import hub\nX = hub.level\n",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after", "two"), WAYS.values(), ids=WAYS.keys())
def test_a_sibling_follows(project, before, after, two):
    """It is executed if it comes after the module that has changed, and has used what that did; others are not."""
    files = {
        "hub.py": HUB,
        "two.py": two,
        "effect.py": EFFECT,
        "first.py": "import hub\nY = len(hub.entries)\n",
        "apart.py": "X = 1\n",
    }
    project.write({**files, "one.py": before, "main.py": "import first, one, two, apart\n"})
    project.start(whole=False)
    project.run("import main")
    old = project.value("repr(main.two.X)")
    project.write({"one.py": after})
    executed = project.run("import main").executed
    fresh = project.fresh("import main", expression="repr(main.two.X), repr(main.first.Y)").value
    assert fresh[0] != old  # the edit shows
    assert project.value("repr(main.two.X), repr(main.first.Y)") == fresh
    assert "two" in executed
    assert not {"first", "apart", "hub"} & {*executed}
    assert project.run("import main").executed == []


def test_a_sibling_that_uses_nothing_of_it_is_left_alone(project):
    """A module that imports the same registry, and does not look at what is in it, keeps its state."""
    project.write({
        "hub.py": HUB,
        "one.py": "from hub import register\n@register\ndef f(): pass\n",
        "two.py": "from hub import register\nstate = []\n@register\ndef h(): pass\n",
        "main.py": "import one, two\n",
    })  # fmt: skip
    project.start(whole=False)
    project.run("import main, two; two.state.append(1)")
    project.write({"one.py": "from hub import register\n@register\ndef f(): pass\n@register\ndef g(): pass\n"})
    assert "two" not in project.run("import main").executed
    assert project.value("two.state") == [1]
    assert project.value("[f.__name__ for f in two.register.__globals__['entries']]") == ["f", "g", "h"]


def test_siblings_in_a_package_that_imports_all_of_them(project):
    """What a module imports of its package does not stand for what the package imports after it."""
    files = {
        "app/__init__.py": "from . import hub, plugins, first, cli\n",
        "app/hub.py": "PLUGINS = []\ndef register(cls):\n    PLUGINS.append(cls)\n    return cls\n",
        "app/first.py": "X = 1\n",
        "app/plugins/__init__.py": "from . import csv_, json_\n",
        "app/plugins/csv_.py": "from ..hub import register\n@register\nclass Csv:\n    name = 'csv'\n",
        "app/plugins/json_.py": "from ..hub import register\n@register\nclass Json:\n    name = 'json'\n",
        "app/cli.py": "from .hub import PLUGINS\nCHOICES = tuple(p.name for p in PLUGINS)\n",
    }
    project.write(files)
    project.start(whole=False)
    project.run("from app import cli")
    project.write({"app/plugins/json_.py": files["app/plugins/json_.py"].replace("'json'", "'json5'")})
    assert project.run("from app import cli").executed == ["app.plugins.json_", "app.cli"]
    assert project.value("cli.CHOICES") == ("csv", "json5")


def test_a_list_of_a_class_that_is_new(project):
    """Modules that put something into a list of a class, by a method of it, do so again if the list is new."""
    base = "class Base:\n    known = []\n    @classmethod\n    def on(cls, f): cls.known.append(f)\n"
    project.write({"base.py": base, "one.py": "from base import Base\n@Base.on\ndef f(): pass\n"})
    project.start(whole=False)
    project.run("import one, base")
    project.write({"base.py": f"{base}    more = 1\n"})
    assert "one" in project.run("import one, base").executed
    assert project.value("len(base.Base.known)") == 1


PLUGINS = {
    "an import statement": ("import one, zero\n", "import one\n"),
    "a list in another module": (
        "import importlib, conf\nfor each in conf.NAMES: importlib.import_module(each)\n",
        None,
    ),
}


@pytest.mark.parametrize(("before", "after"), PLUGINS.values(), ids=PLUGINS.keys())
def test_a_plugin_that_is_imported_no_more(project, before, after):
    """What it has registered is gone when those are executed that use the registry, and it may come back."""
    use = "from hub import names\nX = names()\n"
    project.write({
        "hub.py": HUB,
        "conf.py": "NAMES = ['one', 'zero']\n",
        "one.py": "from hub import register\n@register\ndef f(): pass\n",
        "zero.py": "from hub import register\n@register\ndef g(): pass\n",
        "main.py": before + use,
    })  # fmt: skip
    project.start(whole=False)
    project.run("import main")
    for _ in range(2):
        assert project.value("main.X") == ["f", "g"]
        project.write({"main.py": after + use} if after else {"conf.py": "NAMES = ['one']\n"})
        executed = project.run("import main").executed
        assert "main" in executed
        assert "one" not in executed
        assert project.value("main.X") == ["f"]
        assert project.run("import main").executed == []
        project.write({"main.py": before + use} if after else {"conf.py": "NAMES = ['one', 'zero']\n"})
        project.run("import main")


def test_siblings_that_a_later_statement_names(project):
    """They are asked when they are imported next; those executed before, or that look at nothing, stay."""
    project.write({
        "hub.py": HUB,
        "first.py": "from hub import names\nX = names()\n",
        "one.py": "from hub import register\n@register\ndef f(): pass\n",
        "two.py": "from hub import names\nX = names()\n",
        "three.py": "import two\nY = len(two.X)\n",
        "apart.py": "from hub import register\nstate = [register]\n",
    })  # fmt: skip
    project.start(whole=False)
    statements = ["import first", "import one", "import two", "import three", "import apart"]
    for each in statements:
        project.run(each)
    project.write({"one.py": "from hub import register\n@register\ndef f(): pass\n@register\ndef g(): pass\n"})
    assert [project.run(each).executed for each in statements] == [[], ["one"], ["two"], ["three"], []]
    assert project.value("first.X, three.Y, two.X") == ([], 2, ["f", "g"])
    assert [project.run(each).executed for each in statements] == [[]] * 5
