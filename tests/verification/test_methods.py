"""A method that is defined anew, or gone, is put into its class; what a library has made of the class stays."""

import textwrap

import pytest

LIB = """
made = []
class Meta(type):
    def __new__(meta, name, bases, namespace):
        cls = super().__new__(meta, name, bases, namespace)
        if name != 'Model' and any(each is not cls and each.__name__ == name for each in made):
            raise TypeError(name + ' is registered already')
        made.append(cls)
        return cls
class Model(metaclass=Meta):
    def save(self): return 'saved ' + self.label()
    def label(self): return 'a model'
class Hooked:
    def __init_subclass__(cls, **kwargs): made.append(cls)
def table(cls):
    made.append(cls)
    return cls
"""

# {which class: the statement, with what follows it}
CLASSES = {
    "a metaclass": "class C(lib.Model):\n    x: int = 1\n    def a(self): return 1\n{0}",
    "a hook": "class C(lib.Hooked):\n    x: int = 1\n    def a(self): return 1\n{0}",
    "a decorator": "@lib.table\nclass C:\n    x: int = 1\n    def a(self): return 1\n{0}",
    "a dataclass": "import dataclasses as d\n@d.dataclass\nclass C:\n    x: int = 1\n    def a(self): return 1\n{0}",
    "an enum": "import enum\nBASE = object\nclass C(enum.Enum):\n    X = 1\n    def a(self): return 1\n{0}",
    "a nested class": "class O(lib.Model):\n    class C(lib.Model):\n        def a(self): return 1\n{1}C = O.C\n",
}
# {the edit: (the method before, after, an expression with `c`, an instance)}
EDITS = {
    "more": ("", "    def b(self): return self.a() + 1\n", "c.b()"),
    "more, with super()": ("", "    def __str__(self): return 'I ' + super().__repr__()[:1]\n", "str(c)"),
    "gone": ("    def b(self): return 1\n", "", "hasattr(c, 'b')"),
    "renamed": ("    def b(self): return 1\n", "    def d(self): return 1\n", "(hasattr(c, 'b'), c.d())"),
    "another signature": ("    def b(self, x=1): return x\n", "    def b(self, x=2, *, y=3): return x + y\n", "c.b()"),
    "a property more": ("", "    @property\n    def b(self): return self.a() + 2\n", "c.b"),
    "a static method more": ("", "    @staticmethod\n    def b(): return 5\n", "c.b()"),
    "a class method more": ("", "    @classmethod\n    def b(cls) -> 'C': return cls.__name__\n", "c.b()"),
    "with annotations": ("", "    def b(self, x: int = 3) -> int: return x\n", "(c.b(), c.b.__annotations__)"),
    "private": ("", "    def __b(self): return 7\n    def b(self): return self.__b()\n", "c.b()"),
    "an overridden method": ("", "    def label(self): return 'mine'\n", "c.label()"),
    "with a new attribute": ("", "    def b(self):\n        self.y = 1\n        return self.y\n", "c.b()"),
    "and a body": (
        "    def b(self): return 1\n",
        "    def b(self): return 2\n    def d(self): return 3\n",
        "(c.b(), c.d())",
    ),
}


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("kind", CLASSES)
def test_a_method(project, kind, edit):
    """The class, its instances and the state of the module stay, and they do what new ones would."""
    before, after, probe = EDITS[edit]
    project.path.append(str(project.file("site-packages")))
    get = "list(s.C)[0]" if kind == "an enum" else "s.C()"

    def source(methods):
        statement = CLASSES[kind].format(methods, textwrap.indent(methods, "    "))
        return f"import lib\nstate = []\n{statement}"

    probe = f"(lambda c: {probe})"
    other = "import s\nclass D(getattr(s, 'BASE', s.C)): pass\n"
    project.write({"site-packages/lib.py": LIB, "s.py": source(before), "other.py": other})
    project.start(whole=False)
    project.run(f"import s, other; s.state.append(1); held = {get}, s.C")
    project.write({"s.py": source(after)})
    assert project.run("import s").executed == []
    assert project.value("(held[1] is s.C, s.state)") == (True, [1])
    fresh = project.fresh("import s", expression=f"{probe}({get})").value
    assert (project.value(f"{probe}({get})"), project.value(f"{probe}(held[0])")) == (fresh, fresh)
    assert edit in ("gone", "renamed") or project.run("import other").executed == []


LISTING = """
class Lists(type):
    def __new__(meta, name, bases, namespace):
        cls = super().__new__(meta, name, bases, namespace)
        cls.table = sorted(key for key, value in namespace.items() if callable(value))
        return cls
class Model(metaclass=Lists): pass
"""
TWO = "import lib\nclass C(lib.Model):\n    def a(s): return 1\n{0}D = C\nclass C(lib.Model):\n    def a(s): return 2\n"


@pytest.mark.parametrize(("source", "probe"), [
    ("import lib\nclass C(lib.Model):\n    def a(self): return 1\n{0}", "s.C.table"),
    (TWO, "(hasattr(s.D, 'b'), hasattr(s.C, 'b'))"),
], ids=["a metaclass that lists methods", "two classes of one name"])  # fmt: skip
def test_a_class_that_cannot_take_a_method_is_made_again(project, source, probe):
    """It has what it has in a fresh interpreter."""
    project.path.append(str(project.file("site-packages")))
    project.write({"site-packages/lib.py": LISTING, "s.py": source.format("")})
    project.start(whole=False)
    project.run("import s")
    project.write({"s.py": source.format("    def b(self): return 5\n")})
    project.run("import s")
    assert project.value(probe) == project.fresh("import s", expression=probe).value
