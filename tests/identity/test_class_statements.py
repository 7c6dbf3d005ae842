"""A class statement that is executed again fills the class that is kept, and nobody ever sees another one."""

import abc
import builtins
import collections
import dataclasses
import enum
import sys
import types

import pytest
from test_object_model import Journal

from livereload.identity import class_pairing, class_statements, classes
from livereload.interpreter import bytecode

BUILD_CLASS = builtins.__build_class__


class Execution:
    """A module that is executed twice in this process."""

    def __init__(self, source, held=""):
        self.module = types.ModuleType("cases")
        self.namespace = self.module.__dict__
        self.code = compile(source, "cases.py", "exec")
        exec(self.code, self.namespace)
        exec(held, self.namespace)
        self.before = {
            name: value
            for name, value in self.namespace.items()
            if isinstance(value, type) and value.__module__ == "cases"
        }
        self.contents = {name: dict(vars(cls)) for name, cls in self.before.items()}
        self.journal = Journal()

    def again(self, source, found=(), *, failed=False):
        found = found or self.before.values()
        module = class_pairing.Module("cases", self.namespace, found, lambda: self.code)
        module.bound = set(map(id, self.before.values()))
        keeper = class_pairing.Keeper(self.journal.note)
        keeper.begin(module)
        original = builtins.__build_class__
        builtins.__build_class__ = class_statements.Door(original)
        class_statements.stand(keeper)
        try:
            exec(compile(source, "cases.py", "exec"), self.namespace)
        finally:
            builtins.__build_class__ = original
            class_statements.leave()
            keeper.end(module, failed=failed)
        return module

    def value(self, expression):
        return eval(expression, self.namespace)

    def kept(self):
        return {name for name, cls in self.before.items() if self.namespace.get(name) is cls}


CASES = {
    "plain": "class C:\n    'doc'\n    def m(self): return super().__repr__() and {n}\n    x: int = {n}",
    "ABC": "import abc\nclass C(abc.ABC):\n    @abc.abstractmethod\n    def f(self): ...\n    x = {n}",
    "Enum": "import enum\nclass C(enum.Enum):\n    A = {n}\n    B = 5\n    def m(self): return {n}",
    "Flag": "import enum\nclass C(enum.Flag):\n    A = 1\n    B = 2\n    x = property(lambda self: {n})",
    "dataclass": "import dataclasses\n@dataclasses.dataclass\nclass C:\n    x: int = {n}\n    def m(self): return {n}",
    "Generic": "import typing\nT = typing.TypeVar('T')\nclass C(typing.Generic[T]):\n    def m(self): return {n}",
    "Protocol": "import typing\nclass C(typing.Protocol):\n    def m(self): return {n}",
    "slots": "class C:\n    __slots__ = ('b', '__a')\n    def m(self): return {n}",
    "slots with a dict": "class C:\n    __slots__ = ('b', '__dict__', '__weakref__')\n    x = {n}",
    "subclass": "class B: pass\nclass C(B):\n    def m(self): return super(), {n}",
    "exception": "class C(ValueError):\n    code = {n}",
    "equality": "class C:\n    def __eq__(self, other): return {n}",
    "metaclass": "class Meta(type):\n    x = {n}\nclass C(metaclass=Meta):\n    y = {n}",
    "implicit methods": "class C:\n    def __new__(cls): return object.__new__(cls)\n"
    "    def __init_subclass__(cls): pass\n    def __class_getitem__(cls, key): return {n}",
    "own name": "class C:\n    __name__ = {n}\n    __module__ = 'cases'\n    __qualname__ = 'C'",
    "nested": "class C:\n    class D:\n        x = {n}\n    y = D",
}


@pytest.mark.parametrize("case", CASES)
def test_kept_class_is_like_a_new_one(case):
    """It has what a new class has, in the same order, and after the undoing what it had before."""
    first, second = (CASES[case].format(n=n) for n in (1, 2))
    execution = Execution(first)
    execution.again(second)
    assert execution.kept() == execution.before.keys()
    fresh = Execution(second)
    for name, cls in execution.before.items():
        assert list(vars(cls)) == list(vars(fresh.before[name])), name
        assert (cls.__name__, cls.__qualname__, cls.__doc__) == (name, name, fresh.before[name].__doc__)
        assert cls.__mro__[1:] == fresh.before[name].__mro__[1:] or name == "C"
        assert cls.__hash__ is None or fresh.before[name].__hash__ is not None
    execution.journal.undo()
    assert {name: dict(vars(cls)) for name, cls in execution.before.items()} == execution.contents


def test_nobody_sees_another_class():
    """Metaclass, hooks and decorators get the kept class, and `__subclasses__` has each class once."""
    source = """
import abc, sys
seen = []
class Owned:
    def __set_name__(self, owner, name): seen.append(owner)
class Meta(abc.ABCMeta):
    def __new__(meta, name, bases, namespace, **keywords):
        cls = super().__new__(meta, name, bases, namespace)
        seen.append(cls)
        return cls
    def __init__(cls, *arguments, **keywords): seen.append(cls)
def decorate(cls):
    seen.append(cls)
    return cls
class Base(metaclass=Meta):
    def __init_subclass__(cls, **keywords): seen.append(cls)
@decorate
class C(Base, key={n}):
    owned = Owned()
    seen.append
    def me(self): return __class__
"""
    execution = Execution(source.format(n=1), "old = C")
    execution.again(source.format(n=2))
    assert execution.kept() == execution.before.keys()
    assert [each for each in execution.value("seen") if each not in execution.before.values()] == []
    assert execution.value("[each is C for each in seen[-5:]]") == [True] * 5
    assert execution.value("Base.__subclasses__() == [C], C().me() is C") == (True, True)


def test_frames_of_metaclass_and_hooks():
    """A metaclass finds the class statement in its caller's frame, a hook at least its globals."""
    source = """
import sys
class Meta(type):
    def __new__(meta, *arguments):
        frame = sys._getframe(1)
        where.append((frame.f_code.co_name, frame.f_locals is globals(), 'bases' in frame.f_locals))
        return super().__new__(meta, *arguments)
class Base:
    def __init_subclass__(cls): where.append(sys._getframe(1).f_globals['__name__'])
class Owned:
    def __set_name__(self, owner, name): where.append(sys._getframe(1).f_globals['__name__'])
where = []
class A(metaclass=Meta): x = {n}
class B(A): x = {n}
class C(Base): x = Owned(), {n}
class D: x = Owned()
"""
    execution = Execution(source.format(n=1))
    fresh = execution.value("where")
    execution.again(source.format(n=2))
    assert execution.value("where") == fresh


def test_errors_are_those_of_a_new_class():
    """What `type.__new__` refuses raises the same, of a kept class and of a new one."""
    sources = [
        "class C(int, str): pass",
        "class C(bool): pass",
        "class C:\n    __slots__ = ('x',)\n    x = 1",
        "class M1(type): pass\nclass M2(type): pass\nclass A(metaclass=M1): pass\nclass B(metaclass=M2): pass\n"
        "class C(A, B): pass",
        "class C(key=1): pass",
        "class D:\n    def __set_name__(self, owner, name): 1 / 0\nclass C:\n    d = D()",
        "class A: pass\nclass B(A): pass\nclass C(A, B): pass",
        "class C:\n    __qualname__ = 1",
        "class C:\n    __classcell__ = 1",
        "class C(1): pass",
        "import types\nclass C(types): pass",
        "class M(type):\n    def __prepare__(*a): return 1\nclass B: pass\nclass C(B, metaclass=M): pass",
    ]
    for source in sources:
        with pytest.raises(Exception) as fresh:
            exec(source, {"__name__": "cases"})
        with pytest.raises(Exception) as again:
            Execution("class A: pass\nclass B: pass\nclass C: pass").again(source)
        assert (again.type, str(again.value)) == (fresh.type, str(fresh.value)), source
        assert getattr(again.value, "__notes__", None) == getattr(fresh.value, "__notes__", None)


def test_metaclass_that_is_new():
    """A class that gets a metaclass which was not there before is kept from its first instruction, too."""
    source = "class Meta(type): pass\nclass C(metaclass=Meta): pass\n"
    execution = Execution(source)
    new = "seen = []\nclass New(type):\n    def __init__(cls, *arguments): seen.append(cls)\n"
    execution.again(new + source.replace("=Meta", "=New"))
    assert (execution.kept(), execution.value("seen == [C], type(C) is New")) == ({"Meta", "C"}, (True, True))
    assert class_statements.Keeping not in execution.value("New").__mro__


def test_keys_that_are_no_names():
    """A class body may bind what is no name: such a class is made anew."""
    source = "class C:\n    locals()[1] = {n}\n    x = {n}\n"
    execution = Execution(source.format(n=1))
    execution.again(source.format(n=2))
    assert execution.value("C.x, vars(C)[1]") == (2, 2)


def test_metaclasses_are_what_they_were():
    """Whatever ends the execution, no metaclass shows that something stood below it."""
    source = "class Meta(type): pass\nclass C(metaclass=Meta): x = {n}\n"
    execution = Execution(source.format(n=1))
    with pytest.raises(KeyboardInterrupt):
        execution.again(source.format(n=2) + "class New(type): pass\nraise KeyboardInterrupt\n")
    for meta in (abc.ABCMeta, enum.EnumMeta, execution.value("Meta"), execution.value("New")):
        assert meta.__mro__[-2:] == (type, object)
        assert class_statements.Keeping not in meta.__mro__
    assert type.__subclasses__(class_statements.Keeping) == []
    assert execution.kept() == {"Meta", "C"}
    assert builtins.__build_class__ is BUILD_CLASS


def test_execution_that_failed():
    """Where somebody catches the error, the classes are as they were, and no new one is below their bases."""
    source = "import enum\nclass A: x = {n}\nclass B(A): x = {n}\nclass E(enum.Enum): X = {n}\n"
    execution = Execution(source.format(n=1), "member = E.X")
    execution.again(source.format(n=2), failed=True)
    assert {name: dict(vars(cls)) for name, cls in execution.before.items()} == execution.contents
    assert execution.value("member.value, member is E.X") == (1, True)


def test_fault_of_ours(monkeypatch):
    """Where filling a class fails by a fault of ours, a new one is made, and the kept one is as it was."""
    execution = Execution("class C: x = 1\n")
    with monkeypatch.context() as patch:
        patch.setattr(classes.stdlib_class_caches, "forget", lambda cls, has_other_bases: 1 / (vars(cls).get("x") != 2))
        execution.again("class C: x = 2\n")
    assert (execution.kept(), execution.value("C.x")) == (set(), 2)
    assert dict(vars(execution.before["C"])) == execution.contents["C"]


def test_metaclasses_in_c_are_left_alone():
    """A class statement with a metaclass in C, or one that conflicts with none of ours, makes what it always makes."""
    source = "import ctypes\nclass C(ctypes.Structure):\n    _fields_ = [('x', ctypes.c_int)]\nclass D: x = {n}\n"
    execution = Execution(source.format(n=1))
    execution.again(source.format(n=2))
    assert (execution.kept(), execution.value("C(5).x, D.x")) == ({"D"}, (5, 2))


def test_what_is_no_metaclass():
    """A base that is no class has its own way to make what derives from it, as zope's interfaces have."""
    source = "class Interface:\n    def __init__(self, name, bases, namespace): self.x = namespace['x']\n"
    source += "    def __mro_entries__(self, bases): return bases\nI = object.__new__(Interface)\nclass J(I): x = {n}\n"
    execution = Execution(source.format(n=1))
    execution.again(source.format(n=2))
    assert execution.value("type(J) is Interface, J.x") == (True, 2)


def test_class_statements_of_others_are_plain():
    """Other modules' class statements, and those in functions, do not see that a module is executed again."""
    other = {"__name__": "cases"}
    exec("def make():\n    class C: pass\n    return C\n", other)
    source = "def local():\n    class C: pass\n    return C\nclass C: x = {n}\nD, E = make(), local()\n"
    execution = Execution("make = lambda: None\n" + source.format(n=1))
    execution.namespace["make"] = other["make"]
    execution.again(source.format(n=2))
    assert execution.kept() == {"C"}
    assert execution.value("D is not C and E is not C")


def test_definitions_of_one_name():
    """Each is paired with the one at its position in the source."""
    source = "class A:\n    n = {n}\n    def m(self): return 1\nFirst = A\nclass A:\n    def m(self): return 2\n"
    execution = Execution(source.format(n=1))
    first, last = execution.value("First, A")
    execution.again(source.format(n=2))
    assert execution.value("First, A") == (first, last)
    assert (first().m(), last().m(), first.n) == (1, 2, 2)


def test_definitions_of_one_name_that_become_more():
    """If another comes before it, the last one is the one that has the name."""
    source = "class A:\n    def m(self): return 2\n"
    execution = Execution(source)
    last = execution.value("A")
    execution.again("class A:\n    def m(self): return 1\nFirst = A\n" + source)
    assert execution.value("A is First") is False
    assert execution.value("A") is last


def test_definition_in_a_loop():
    """Each execution of a statement fills one of the classes that it made, as long as they live."""
    source = "L = []\nfor i in range(3):\n    class A:\n        x = i, {n}\n    L.append(A)\n"
    execution = Execution(source.format(n=1))
    first, second, third = execution.value("L")
    execution.again(source.format(n=2), [first, second, third])
    assert execution.value("L") == [first, second, third]
    assert [cls.x for cls in (first, second, third)] == [(0, 2), (1, 2), (2, 2)]


def test_class_with_other_slots_is_a_new_one():
    """What Python cannot make of the kept class is made anew, and the kept one is as it was."""
    for before, after in [("('a',)", "('a', 'b')"), ("()", "('__dict__',)"), ("('__a',)", "('__b',)")]:
        execution = Execution(f"class C:\n    __slots__ = {before}\n")
        execution.again(f"class C:\n    __slots__ = {after}\n")
        assert execution.kept() == set()
        assert dict(vars(execution.before["C"])) == execution.contents["C"]


def test_order_of_bases_that_changes_in_a_class_and_what_derives_from_it():
    """Subclasses whose own statements are still to come do not stand in the way."""
    source = "class X: pass\nclass Y: pass\nclass A({0}): pass\nclass S(A, {0}): pass\nclass T(S, {0}): pass\n"
    execution = Execution(source.format("X, Y"))
    execution.again(source.format("Y, X"))
    assert execution.kept() == execution.before.keys()
    names = execution.value("[each.__name__ for each in T.__mro__]")
    assert names == ["T", "S", "A", "Y", "X", "object"]
    execution.journal.undo()
    assert execution.value("[each.__name__ for each in T.__mro__]") == ["T", "S", "A", "X", "Y", "object"]


def test_enum_members_from_their_first_instruction():
    """Whoever sees a member while it is made sees the one that stays; of other data, or an alias, it is another."""
    source = """
import enum
seen = []
class Planet(enum.Enum):
    EARTH = {0}, 2
    MARS = 3, 4
    def __init__(self, mass, radius):
        self.mass = mass
        seen.append(self)
class Level(int, enum.Enum):
    LOW = {0}
    HIGH = 5
class Alias(enum.Enum):
    A = 1
    B = {0}
class Perm(enum.Flag):
    R = 1
    W = 2
both = Perm.R | Perm.W
"""
    execution = Execution(source.format(7), "earth, mars, low, high, b, rw = *Planet, *Level, Alias.B, both")
    execution.again(source.format(1))
    assert execution.value("seen[0] is earth is Planet.EARTH, earth.mass, mars is Planet.MARS") == (True, 1, True)
    assert execution.value("low is Level.LOW, low + 0, high is Level.HIGH") == (False, 7, True)
    assert execution.value("Alias.B is Alias.A, b is Alias.B, b.value, b.name") == (True, False, 7, "B")
    assert execution.value("both is rw, list(Perm), Perm(3) is rw") == (True, execution.value("[*Perm]"), True)
    execution.journal.undo()
    assert execution.value("earth.mass, Planet.EARTH is earth, Level.LOW is low, Alias.B is b") == (7, True, True, True)


def test_functional_enum():
    """An enum that a call makes is kept from its first instruction, too."""
    execution = Execution("import enum\nC = enum.Enum('C', 'A B', module=__name__)", "a = C.A")
    execution.again("import enum\nC = enum.Enum('C', 'A B D', module=__name__)")
    assert (execution.kept(), execution.value("C.A is a, len(C)")) == ({"C"}, (True, 3))


def test_offsets_of_class_statements():
    """Each class statement of a code object is found, however many constants and decorators there are."""
    constants = "\n".join(f"x{n} = {n}.5" for n in range(400))
    source = f"{constants}\n@f(lambda: 1)\nclass A(g(lambda: 2)):\n    class B: pass\nclass C: pass\n"
    found = [body.co_name for _, body in bytecode.class_statements(compile(source, "", "exec"))]
    assert found == ["A", "C"]


def test_layout_of_discarded_classes():
    """The bases of a class that is no more forget it, whatever its layout."""

    class Slots:
        __slots__ = ("x",)

    class Meta(type):
        pass

    bases = [Slots, abc.ABC, dict, Meta, ValueError, collections.namedtuple("P", "x")]
    for base in (*bases, type("Own", (ValueError,), {})):
        cls = types.new_class("Gone", (base,))
        for owner in cls.__bases__:
            before = type.__subclasses__(owner)
            assert cls in before
        classes.discard(cls)
        assert all(cls not in type.__subclasses__(owner) for owner in (base, *base.__mro__[:-1])), base


def test_version_of_python_is_told_from_nothing_else():
    """The door is the same on all versions: what stood there is called from C."""
    calls = []

    def original(*arguments, **keywords):
        calls.append(sys._getframe(1).f_code.co_name)
        return dataclasses

    door = class_statements.Door(original)
    assert door(1, 2) is dataclasses
    assert calls == ["test_version_of_python_is_told_from_nothing_else"]


LISTING = "import builtins\nX = {}\nclass C: pass\nALL = {{**vars(builtins)}}\nPAIRS = [*vars(builtins).items()]\n"


def test_who_lists_the_builtins(project):
    """What stands in the place of `__build_class__` during a refresh stays nowhere."""
    project.write({"a.py": LISTING.format(1)})
    project.run("import a, builtins")
    project.write({"a.py": LISTING.format(2)})
    held = "[each is builtins.__build_class__ for each in (a.ALL['__build_class__'], dict(a.PAIRS)['__build_class__'])]"
    assert project.run("import a", f"(a.X, type(builtins.__build_class__).__name__, {held})").value == (
        2,
        "builtin_function_or_method",
        [True, True],
    )
