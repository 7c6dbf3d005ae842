"""Modules that run no function when they are executed need not be searched; some only seem to run none."""

import pytest

# {what runs the body: (the module with it, before and after; one that only imports and defines)}
RUNS = {
    "a module's __getattr__": ("def __getattr__(name):\n    return {0}\n", "from base import anything as X\n"),
    "what a module's __getattr__ calls": (
        "def make(): return {0}\ndef __getattr__(name):\n    if name == 'anything': return make()\n"
        "    raise AttributeError(name)\n",
        "from base import anything as X\n",
    ),
    "__init_subclass__": (
        "class Base:\n    def __init_subclass__(cls):\n        cls.X = {0}\n",
        "from base import Base\nclass C(Base): pass\n",
    ),
    "a metaclass": (
        "class Meta(type):\n    def __new__(cls, *args):\n        made = type.__new__(cls, *args)\n"
        "        made.X = {0}\n        return made\nclass Base(metaclass=Meta): pass\n",
        "from base import Base\nclass C(Base): pass\n",
    ),
    "__set_name__": (
        "class D:\n    def __set_name__(self, owner, name):\n        owner.X = {0}\nd = D()\n",
        "from base import d\nclass C:\n    member = d\n",
    ),
    "__mro_entries__": (
        "class A: X = 1\nclass B: X = 2\nclass Chooses:\n    def __mro_entries__(self, bases):\n"
        "        return ((A, B)[{0} - 1],)\nbase = Chooses()\n",
        "from base import base\nclass C(base): pass\n",
    ),
}


@pytest.mark.parametrize("runs", RUNS)
def test_what_an_import_or_a_class_statement_runs(project, runs):
    """A body that runs when a module imports a name or makes a class is edited: the module is executed."""
    base, user = RUNS[runs]
    project.start(whole=False)
    project.write({"base.py": base.format(1), "user.py": user})
    project.step("import user", ["base", "user"])
    project.tick()
    project.write({"base.py": base.format(2)})
    project.step("import user", ["base", "user"])


def test_a_class_that_is_derived_from(project):
    """A method edited of a class that others derive from executes none of them."""
    project.start(whole=False)
    base = "class Base:\n    def greet(self): return {0}\n"
    project.write({"base.py": base.format(1), "user.py": "from base import Base\nclass C(Base): pass\n"})
    project.step("import user", ["base", "user"])
    project.run("held = user.C()")
    project.tick()
    project.write({"base.py": base.format(2)})
    project.step("import user", [])
    assert project.value("held.greet()") == 2
