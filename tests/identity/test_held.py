"""What the session holds of a module follows when the module is executed again."""

import sys
from textwrap import dedent

import pytest

HELD = "import shop; from shop import Cart; old, cart = Cart, Cart()"


def edit(project, before, held, after, *others, compare=True):
    """Import `shop` made of `before`, which imports `others`; execute `held`; import `shop` made of `after`.

    `compare` with a fresh interpreter: not where the session rightly has more.
    """
    project.write({"shop.py": dedent(before)})
    project.step("import shop", ["shop", *others])
    project.run(dedent(held))
    project.write({"shop.py": dedent(after)})
    return project.step("import shop", ["shop"]) if compare else project.run("import shop")


def kept(project, name="Cart"):
    """True if the class is the one that the session held as `old`."""
    return project.value(f"shop.{name} is old")


# Classes keep their identity.

CLASSES = {
    "plain": ("class Cart:", "class Cart:"),
    "with slots": ("class Cart:\n    __slots__ = ('x',)", "class Cart:\n    __slots__ = ('x',)"),
    "ABC": ("from abc import ABC\nclass Cart(ABC):", "from abc import ABC\nclass Cart(ABC):"),
    "Protocol": (
        "from typing import Protocol, runtime_checkable\nclass P(Protocol):\n    def n(self): ...\nclass Cart(P):",
        "from typing import Protocol, runtime_checkable\nclass P(Protocol):\n    def n(self): ...\nclass Cart(P):",
    ),
    "Generic": (
        "from typing import Generic, TypeVar\nT = TypeVar('T')\nclass Cart(Generic[T]):",
        "from typing import Generic, TypeVar\nT = TypeVar('T')\nclass Cart(Generic[T]):",
    ),
    "dataclass": (
        "from dataclasses import dataclass\n@dataclass\nclass Cart:\n    a: int = 1",
        "from dataclasses import dataclass\n@dataclass\nclass Cart:\n    a: int = 1\n    b: int = 2",
    ),
    "frozen dataclass": (
        "from dataclasses import dataclass\n@dataclass(frozen=True)\nclass Cart:\n    a: int = 1",
        "from dataclasses import dataclass\n@dataclass(frozen=True)\nclass Cart:\n    a: int = 1\n    b: int = 2",
    ),
    "dataclass with slots": (
        "from dataclasses import dataclass\n@dataclass(slots=True)\nclass Cart:\n    a: int = 1",
        "from dataclasses import dataclass\n@dataclass(slots=True)\nclass Cart:\n    a: int = 3",
    ),
    "dataclass with keywords only": (
        "from dataclasses import dataclass\n@dataclass(kw_only=True)\nclass Cart:\n    a: int = 1",
        "from dataclasses import dataclass\n@dataclass(kw_only=True)\nclass Cart:\n    b: int = 2\n    a: int = 1",
    ),
    "NamedTuple": (
        "from typing import NamedTuple\nclass Cart(NamedTuple):\n    a: int = 1",
        "from typing import NamedTuple\nclass Cart(NamedTuple):\n    a: int = 1\n    b: int = 2",
    ),
    "exception": ("class Cart(ValueError):", "class Cart(ValueError):"),
    "subclass of a builtin": ("class Cart(dict):", "class Cart(dict):"),
    "metaclass": (
        "class Meta(type): pass\nclass Cart(metaclass=Meta):",
        "class Meta(type): X = 1\nclass Cart(metaclass=Meta):",
    ),
    "__init_subclass__": (
        "class Base:\n    def __init_subclass__(cls): cls.tag = 1\nclass Cart(Base):",
        "class Base:\n    def __init_subclass__(cls): cls.tag = 2\nclass Cart(Base):",
    ),
    "__set_name__": (
        "class D:\n    def __set_name__(self, o, n): o.tag = 1\nclass Cart:\n    d = D()",
        "class D:\n    def __set_name__(self, o, n): o.tag = 2\nclass Cart:\n    d = D()",
    ),
    "class decorator": (
        "def deco(c):\n    c.tag = 1\n    return c\n@deco\nclass Cart:",
        "def deco(c):\n    c.tag = 2\n    return c\n@deco\nclass Cart:",
    ),
    "class decorator that makes a class": (
        "def deco(c):\n    return type(c)(c.__name__, c.__bases__, {k: v for k, v in vars(c).items() if k not in "
        "('__dict__', '__weakref__')})\n@deco\nclass Cart:",
        "def deco(c):\n    return type(c)(c.__name__, c.__bases__, {k: v for k, v in vars(c).items() if k not in "
        "('__dict__', '__weakref__')})\n@deco\nclass Cart:\n    y = 1",
    ),
    "changed base": (
        "class A: pass\nclass B: pass\nclass Cart(A):",
        "class A: pass\nclass B: pass\nclass Cart(B):",
    ),
    "another base": (
        "class A: pass\nclass B: pass\nclass Cart(A):",
        "class A: pass\nclass B: pass\nclass Cart(A, B):",
    ),
    "changed metaclass": (
        "class Meta(type): pass\nclass Other(type): pass\nclass Cart(metaclass=Meta):",
        "class Meta(type): pass\nclass Other(type): pass\nclass Cart(metaclass=Other):",
    ),
    "defined in a branch": ("if True:\n  class Cart:", "if not 0:\n  class Cart:"),
}
BODY = """
    def n(self): return {n}
    m = property(lambda self: {n})
    class Line:
        def n(self): return {n}
    def who(self): return super().__repr__ and __class__
"""


@pytest.mark.parametrize("kind", CLASSES)
def test_classes_keep_their_identity(project, kind):
    """The class is the same object, old instances have the new methods, and new ones are of the old class."""
    before, after = (f"{head}\n{BODY.format(n=n)}" for head, n in zip(CLASSES[kind], (1, 2), strict=True))
    held = f"{HELD}; line = getattr(cart, 'Line', int)(); bound = cart.n; f = Cart.n; import pickle, copy"
    if kind in (
        "NamedTuple",
        "dataclass with slots",
        "class decorator that makes a class",
    ):  # super() fails afresh, too
        before, after = (
            text[: text.index("    def who")] + "    def who(self): return Cart\n" for text in (before, after)
        )
    edit(project, before, held, after)
    assert kept(project)
    assert project.value("cart.n(), cart.m, bound(), f(cart), Cart.n is f") == (2, 2, 2, 2, True)
    assert project.value("isinstance(cart, shop.Cart), type(shop.Cart()) is type(cart)") == (True, True)
    assert project.value("line.n(), type(line) is shop.Cart.Line") == (2, True)
    assert project.value("cart.who() is shop.Cart, shop.Cart().who() is old") == (True, True)
    assert project.value("type(copy.copy(cart)) is Cart")
    if kind not in ("with slots", "NamedTuple"):
        assert project.value("type(pickle.loads(pickle.dumps(cart))) is Cart")


@pytest.mark.skipif(sys.version_info < (3, 12), reason="syntax of 3.12")
def test_generic_by_the_syntax_of_3_12(project):
    """A class with type parameters keeps its identity, and so does a function."""
    edit(
        project,
        "class Cart[T]:\n    def n(self) -> T: return 1\ndef f[T](x: T): return 1\n",
        f"{HELD}; f = shop.f; alias = Cart[int]",
        "class Cart[T, U]:\n    def n(self) -> T: return 2\ndef f[T, U](x: T): return 2\n",
    )
    assert kept(project)
    assert project.value("cart.n(), f(1), alias().n(), len(Cart.__type_params__), len(f.__type_params__)") == (
        2,
        2,
        2,
        2,
        2,
    )
    assert project.value("type(alias()) is shop.Cart")


def test_generic_class_with_other_parameters(project):
    """Who gives it as many arguments as before is told so."""
    source = "from typing import Generic, TypeVar\nT, U = TypeVar('T'), TypeVar('U')\nclass Box(Generic[{0}]): pass\n"
    project.write({"box.py": source.format("T"), "shop.py": "from box import Box\nclass Cart(Box[int]): pass\n"})
    project.step("import shop", ["shop", "box"])
    project.write({"box.py": source.format("T, U")})
    project.step("import shop", ["shop", "box"], raises="TypeError")


def test_typed_dict(project):
    """A TypedDict that gains a key is the same object."""
    edit(
        project,
        "from typing import TypedDict\nclass Cart(TypedDict):\n    a: int\n",
        "old = shop.Cart",
        "from typing import TypedDict\nclass Cart(TypedDict):\n    a: int\n    b: str\n",
    )
    assert kept(project)
    assert project.value("sorted(old.__required_keys__)") == ["a", "b"]


def test_runtime_checkable_protocol(project):
    """isinstance with a protocol held from before goes by its new members."""
    source = "from typing import Protocol, runtime_checkable\n@runtime_checkable\nclass Cart(Protocol):\n"
    edit(
        project,
        f"{source}    def n(self): ...\n",
        """
        class Has:
            def n(self): ...
        old = shop.Cart
        assert isinstance(Has(), old)
        """,
        f"{source}    def n(self): ...\n    def m(self): ...\n",
    )
    assert kept(project)
    assert project.value("isinstance(Has(), old)") is False


def test_dataclass_gains_a_field(project):
    """New instances have the field, old ones are instances still, and compare by what they have."""
    source = "from dataclasses import dataclass\n@dataclass\nclass Cart:\n    a: int = 1\n"
    edit(project, source, HELD, f"{source}    b: int = 2\n")
    assert project.value("Cart(5, 6).b, cart.b, isinstance(cart, shop.Cart), cart == shop.Cart()") == (6, 2, True, True)


def test_classes_made_by_calls(project):
    """Classes made by calls of namedtuple, make_dataclass, type and Enum keep their identity."""
    source = """
    import collections, dataclasses, enum
    Point = collections.namedtuple("Point", "x y{0}", defaults=(0,) * {1})
    Data = dataclasses.make_dataclass("Data", [("a", int), ("b", int)][:{1}], namespace={{"n": lambda self: {1}}})
    Typed = type("Typed", (), {{"n": lambda self: {1}}})
    Color = enum.Enum("Color", "RED GREEN{0}", module=__name__)
    LIST = [Point, Data, Typed, Color]
    """
    edit(
        project,
        source.format("", 1),
        "old = Point, Data, Typed, Color = shop.Point, shop.Data, shop.Typed, shop.Color\n"
        "point, data, typed, red = Point(1, 2), Data(1), Typed(), Color.RED",
        source.format(" z", 2),
    )
    assert project.value("[a is b for a, b in zip(old, [shop.Point, shop.Data, shop.Typed, shop.Color])]") == [True] * 4
    assert project.value("[a is b for a, b in zip(old, shop.LIST)]") == [True] * 4
    assert project.value("typed.n(), red is shop.Color.RED, len(shop.Color), len(shop.Point._fields)") == (
        2,
        True,
        3,
        3,
    )
    assert project.value("isinstance(point, shop.Point), isinstance(data, shop.Data)") == (True, True)


def test_subclass_elsewhere(project):
    """A subclass that the session or an untouched module made has the new methods."""
    edit(
        project,
        "class Cart:\n    def n(self): return 1\n",
        f"{HELD}\nclass Mine(Cart):\n    def n(self): return super().n() + 10\nmine = Mine()",
        "class Cart:\n    def n(self): return 2\n",
    )
    assert project.value("mine.n(), Mine().n(), issubclass(Mine, shop.Cart), shop.Cart.__subclasses__() == [Mine]") == (
        *(12, 12, True, True),
    )


def test_user_metaclass_that_is_edited(project):
    """A metaclass of the user's own keeps its identity, and classes made by it elsewhere follow."""
    edit(
        project,
        "class Meta(type):\n    def n(cls): return 1\nclass Cart(metaclass=Meta): pass\n",
        "old, Meta = shop.Cart, shop.Meta\nclass Mine(metaclass=Meta): pass",
        "class Meta(type):\n    def n(cls): return 2\nclass Cart(metaclass=Meta): pass\n",
    )
    assert kept(project)
    assert project.value("shop.Meta is Meta, old.n(), Mine.n()") == (True, 2, 2)


def test_removed_attributes_go(project):
    """What the new source does not define is gone from the class, and from what its instances see."""
    edit(
        project,
        "class Cart:\n    a = 1\n    def n(self): return 1\n    def __len__(self): return 3\n",
        HELD,
        "class Cart:\n    pass\n",
    )
    assert project.value("[hasattr(cart, name) for name in ('a', 'n', '__len__')]") == [False] * 3


def test_attributes_set_from_outside_go(project):
    """A class starts as a fresh interpreter would have it: what was set on it at run time is gone."""
    edit(project, "class Cart: pass\n", f"{HELD}; Cart.extra = 1", "class Cart: x = 1\n")
    assert project.value("hasattr(Cart, 'extra')") is False


def test_abstract_methods(project):
    """Whether a held class can be instantiated is decided by its new methods."""
    source = "from abc import ABC, abstractmethod\nclass Cart(ABC):\n"
    edit(project, f"{source}    def n(self): pass\n", HELD, f"{source}    @abstractmethod\n    def n(self): pass\n")
    assert kept(project)
    error = project.attempt("Cart()").error
    assert error["type"] == "TypeError"


def test_registrations_with_an_abc(project):
    """What other modules registered with an ABC stays; what its own module registered is as in the new source."""
    edit(
        project,
        "from abc import ABC\nclass Cart(ABC): pass\nclass One: pass\nCart.register(One)\n",
        "old, One = shop.Cart, shop.One\nclass Mine: pass\n_ = old.register(Mine); assert isinstance(One(), old)",
        "from abc import ABC\nclass Cart(ABC): pass\nclass One: pass\n",
    )
    assert project.value("isinstance(Mine(), old), isinstance(One(), old)") == (True, False)


def test_cached_property(project):
    """What an old instance has computed stays; what it has not, is computed by the new code."""
    source = "from functools import cached_property\nclass Cart:\n    @cached_property\n    def n(self): return {0}\n"
    edit(project, source.format(1), f"{HELD}; other = Cart(); cart.n", source.format(2))
    assert project.value("cart.n, other.n") == (1, 2)


def test_two_definitions_of_one_class(project):
    """Of two class statements of one name, the last is the one that is held; the first stays another class."""
    source = "class Cart:\n    n = {0}\nFirst = Cart\nclass Cart(First):\n    m = {0}\n"
    edit(project, source.format(1), HELD, source.format(2))
    assert kept(project)
    assert project.value("shop.First is shop.Cart, cart.n, cart.m, Cart.__bases__ == (shop.First,)") == (
        False,
        2,
        2,
        True,
    )


@pytest.mark.parametrize("branches", ["if {0}:\n{1}else:\n{2}", "try:\n    1 / {0}\n{1}except ZeroDivisionError:\n{2}"])
@pytest.mark.parametrize("value", ["{0}", "[{0}][0]"])
def test_two_branches(project, branches, value):
    """A class and a function that another branch defines now are the ones that are held."""
    one, two = [f"    class Cart:\n        def n(self): return {n}\n    def f(): return {n}\n" for n in (1, 2)]
    source = branches.format(value, one, two)
    edit(project, source.format(1), f"{HELD}; f = shop.f", source.format(0))
    assert kept(project)
    assert project.value("cart.n(), f(), f is shop.f") == (2, 2, True)


def test_class_deleted_after_its_definition(project):
    """A class of which the module keeps only an instance keeps its identity."""
    source = "class Cart:\n    def n(self): return {0}\ninstance = Cart()\ndel Cart\n"
    edit(project, source.format(1), "old = shop.instance", source.format(2))
    assert project.value("type(old) is type(shop.instance), old.n()") == (True, 2)


def test_class_that_nothing_holds_is_forgotten_by_its_base(project):
    """A class that the new source does not define is not among the subclasses of its base."""
    project.write({"base.py": "class Base: pass\n"})
    source = "from base import Base\nclass One(Base):\n    def n(self): return super().n()\n"
    edit(project, f"{source}class Two(Base):\n    def n(self): return __class__\n", "", source, "base")
    assert project.value("__import__('base').Base.__subclasses__() == [shop.One]")


def test_classes_in_weak_containers(project):
    """A class that is entered into a weak set or dictionary when it is made is in it afterwards, once."""
    source = """
    import weakref
    class Meta(type):
        classes, names, infos = weakref.WeakSet(), weakref.WeakValueDictionary(), weakref.WeakKeyDictionary()
        def __init__(cls, name, *args):
            Meta.classes.add(cls)
            Meta.names[name] = cls
            Meta.infos[cls] = {0}
    class Cart(metaclass=Meta): n = {0}
    """
    edit(project, source.format(1), f"import gc; {HELD}", source.format(2))
    project.run("_ = gc.collect()")
    assert kept(project)
    assert project.value("list(shop.Meta.classes) == [old], dict(shop.Meta.names) == {'Cart': old}") == (True, True)
    assert project.value("dict(shop.Meta.infos) == {old: 2}")


@pytest.mark.parametrize("field", ["", "    b: int = 2\n"])
def test_decorators_that_make_a_class_with_slots(project, field):
    """Where a decorator makes the class anew, as attrs does, it is kept as long as its slots are the same."""
    source = "from dataclasses import dataclass\n@dataclass(slots=True)\nclass Cart:\n    a: int = {0}\n{1}"
    edit(
        project,
        source.format(1, ""),
        f"import warnings; warnings.simplefilter('ignore')\n{HELD}",
        source.format(2, field),
    )
    assert project.value("type(cart) is shop.Cart, Cart is shop.Cart, cart.a") == (not field, True, 1)


@pytest.mark.parametrize("options", ["slots=True", "slots=True, weakref_slot=True"])
def test_classes_made_anew_that_derive_from_each_other(project, options):
    """Where a decorator makes a class and its base anew, what is kept derives from the base that is kept."""
    source = f"""
    from dataclasses import dataclass
    @dataclass({options})
    class Base: a: int = {{0}}
    @dataclass({options})
    class Cart(Base): b: int = {{0}}
    """
    outcome = edit(project, source.format(1), HELD, source.format(2))
    assert outcome.twice == []
    assert kept(project)
    assert project.value("isinstance(cart, shop.Base), shop.Cart.__bases__ == (shop.Base,)") == (True, True)


@pytest.mark.parametrize("options", ["slots=True", "slots=True, weakref_slot=True"])
def test_class_that_derives_from_one_made_anew_elsewhere(project, options):
    """The same for a class of another module, whichever of the two is brought together first."""
    base = f"from dataclasses import dataclass\n@dataclass({options})\nclass Base: a: int = {{0}}\n"
    shop = "from base import Base\nclass Cart(Base): n = {0}, Base().a\n"
    project.write({"base.py": base.format(1), "shop.py": shop.format(1)})
    project.step("import shop", ["shop", "base"])
    project.run("from base import Base; from shop import Cart; base = Base; cart = Cart()")
    for n, edited in enumerate([{"base.py": base}, {"shop.py": shop, "base.py": base}], 2):
        project.write({name: source.format(n) for name, source in edited.items()})
        project.step("import shop", ["shop", "base"])
        assert project.value("shop.Cart is Cart, shop.Base is base, isinstance(cart, base), Cart.n[1]") == (
            *(True, True, True, n),
        )


def test_class_of_a_module(project):
    """A module that gives itself a class of its own has the new one."""
    source = "import sys, types\nclass Own(types.ModuleType):\n    n = property(lambda self: {0})\n"
    source += "sys.modules[__name__].__class__ = Own\n"
    edit(project, source.format(1), "Own = shop.Own", source.format(2))
    assert project.value("shop.n, type(shop) is shop.Own, shop.Own is Own") == (2, True, True)


# Where identity is impossible.


def test_slots_changed(project):
    """A class with other slots is a new one; one warning names it and says why."""
    outcome = edit(
        project,
        "class Cart:\n    __slots__ = ('a',)\n    def n(self): return 1\n",
        f"import warnings; log = []; warnings.showwarning = lambda m, c, *a: log.append((c.__name__, str(m)))\n{HELD}",
        "class Cart:\n    __slots__ = ('a', 'b')\n    def n(self): return 2\n",
    )
    assert outcome.executed == ["shop"]
    assert project.value("log") == [
        (
            "LiveReloadWarning",
            "shop.Cart is a new class, as its __slots__ changed: 1 instance stays with the old one",
        )
    ]
    assert project.value("shop.Cart is old, shop.Cart().n(), cart.n(), Cart is shop.Cart") == (True, 2, 2, True)


def test_metaclass_gained(project):
    """A class that gains a metaclass is a new one, which has the references and the instances of the old one."""
    outcome = edit(
        project,
        "class Meta(type): pass\nclass Cart:\n    def n(self): return 1\n",
        f"import warnings; log = []; warnings.showwarning = lambda m, c, *a: log.append(str(m))\n{HELD}; f = Cart.n",
        "class Meta(type): pass\nclass Cart(metaclass=Meta):\n    def n(self): return 2\n",
    )
    assert outcome.executed == ["shop"]
    assert project.value("log") == []
    assert project.value("type(cart) is shop.Cart, Cart is shop.Cart, cart.n(), Cart.n is f") == (True, True, 2, True)


def test_base_gained(project):
    """A class that gains a base: held references and instances are of whatever class has the name."""
    edit(
        project,
        "class Base:\n    def m(self): return 5\nclass Cart:\n    def n(self): return 1\n",
        f"import warnings; warnings.simplefilter('ignore')\n{HELD}; cart.x = 7; table = {{Cart: 1}}; pair = [Cart]",
        "class Base:\n    def m(self): return 5\nclass Cart(Base):\n    def n(self): return 2\n",
    )
    assert project.value("type(cart) is shop.Cart, cart.n(), cart.m(), cart.x") == (True, 2, 5, 7)
    assert project.value("Cart is shop.Cart, table[shop.Cart], pair[0] is shop.Cart") == (True, 1, True)


# Enums.


def test_enum_members(project):
    """Members that stay are the same objects; new ones appear, removed ones go."""
    source = "import enum\nclass Color(enum.Enum):\n    RED = 1\n    {0}\n    def n(self): return {1}\n"
    edit(
        project,
        source.format("BLUE = 2", 1),
        "import pickle, copy; old = shop.Color; red, blue = old.RED, old.BLUE; data = pickle.dumps(red)",
        source.format("GREEN = 3", 2),
    )
    assert kept(project, "Color")
    assert project.value("shop.Color.RED is red, old(1) is red, old['RED'] is red, red.n(), [c.name for c in old]") == (
        *(True, True, True, 2, ["RED", "GREEN"]),
    )
    assert project.value(
        "hasattr(old, 'BLUE'), isinstance(blue, old), pickle.loads(data) is red, copy.copy(red) is red"
    ) == (*(False, True, True, True),)


@pytest.mark.parametrize("kind", ["IntEnum", "StrEnum", "Flag", "IntFlag"])
def test_enums_of_data(project, kind):
    """Members with a data type and flags stay the same objects, and their combinations do."""
    values = ("a", "b", "c") if kind == "StrEnum" else (1, 2, 4)
    source = "import enum\nclass Color(enum.{0}):\n    RED = {1!r}\n    BLUE = {2!r}\n"
    both = "old.RED | old.BLUE" if "Flag" in kind else "old.RED"
    edit(
        project,
        source.format(kind, *values),
        f"old = shop.Color; red = old.RED; both = {both}",
        source.format(kind, *values) + f"    GREEN = {values[2]!r}\n",
        compare="Flag" not in kind,  # where combinations are entered when they are first asked for
    )
    assert kept(project, "Color")
    assert project.value(f"shop.Color.RED is red, {both} is both, len(old), isinstance(both, old)") == (
        True,
        True,
        3,
        True,
    )


def test_enum_member_with_another_value(project):
    """A member whose value changed is the same object if its data type allows it."""
    source = "import enum\nclass Color(enum.Enum):\n    RED = {0}\nclass Level(enum.IntEnum):\n    LOW = {0}\n"
    edit(project, source.format(1), "red, low = shop.Color.RED, shop.Level.LOW", source.format(2))
    assert project.value("shop.Color.RED is red, red.value, shop.Color(2) is red") == (True, 2, True)
    assert project.value("shop.Level.LOW is low, shop.Level.LOW + 0, low + 0") == (False, 2, 1)


# Functions.

FUNCTIONS = {
    "plain": ("", "def f(x): return {n}"),
    "decorated": (
        "def deco(g):\n    def wrapper(*a): return g(*a)\n    return wrapper",
        "@deco\ndef f(x): return {n}",
    ),
    "wrapped": (
        "import functools\ndef deco(g):\n    @functools.wraps(g)\n    def w(*a): return g(*a)\n    return w",
        "@deco\n@deco\ndef f(x): return {n}",
    ),
    "decorator with arguments": (
        "def deco(n):\n    def inner(g):\n        def w(*a): return g(*a) + n - n\n        return w\n    return inner",
        "@deco({n})\ndef f(x): return {n}",
    ),
    "decorator of a class": (
        "class deco:\n    def __init__(self, g): self.g = g\n    def __call__(self, *a): return self.g(*a)",
        "@deco\ndef f(x): return {n}",
    ),
    "cached": ("import functools", "@functools.lru_cache\ndef f(x): return {n}"),
    "dispatching": ("import functools", "@functools.singledispatch\ndef f(x): return {n}"),
    "lambda": ("", "f = lambda x: {n}"),
    "partial": ("import functools\ndef g(n, x): return n", "def h(n, x): return {n}\nf = functools.partial(h, {n})"),
    "context manager": (
        "import contextlib",
        "@contextlib.contextmanager\ndef g(): yield {n}\ndef f(x):\n    with g() as n: return n",
    ),
    "closure": ("def make(n):\n    def inner(x): return n\n    return inner", "f = make({n})"),
    "closure with another free variable": (
        "",
        "def make(n, m):\n    def inner(x): return n + (m if {n} == 2 else 0)\n    return inner\nf = make({n}, 0)",
    ),
    "staticmethod": ("", "class C:\n    @staticmethod\n    def f(x): return {n}\nf = C.f"),
    "classmethod": ("", "class C:\n    @classmethod\n    def f(cls, x): return {n}\nf = C.f"),
    "bound method": ("", "class C:\n    def f(self, x): return {n}\nf = C().f"),
    "in a dict": ("TABLE = {{}}\ndef enter(g): TABLE['f'] = g", "@enter\ndef _(x): return {n}\nf = TABLE['f']"),
    "defaults": ("", "def f(x, n={n}, *, m={n}): return n + m - {n}"),
    "callable instance": ("", "class C:\n    def __call__(self, x): return {n}\nf = C()"),
}


@pytest.mark.parametrize("kind", FUNCTIONS)
def test_functions_follow(project, kind):
    """A held function, and a list, a partial and a default that hold it, run the new code, however often it changes."""
    head, body = FUNCTIONS[kind]
    source = f"{head}\n{body}\n"
    held = "import functools; f = shop.f; held = [f, functools.partial(f, 0)]\ndef mine(g=shop.f): return g(0)"
    project.write({"shop.py": source.format(n=1)})
    project.step("import shop", ["shop"])
    project.run(held)
    assert project.value("f(0), held[0](0), held[1](), mine()") == (1, 1, 1, 1)
    for n in (2, 3, 4):
        project.write({"shop.py": source.format(n=n)})
        project.step("import shop", ["shop"])
        assert project.value("shop.f(0)") == n
        assert project.value("f(0), held[0](0), held[1](), mine()") == (n, n, n, n)
        project.run(f"later{n} = shop.f")
        assert project.value(f"later{n}(0)") == n
    assert project.value("later2(0), later3(0)") == (4, 4)


def test_free_variables_come_and_go(project):
    """A held closure follows when its free variables are more, fewer, or others."""
    source = "def make(a, b, c):\n    def inner(): return {0}\n    return inner\nf = make(1, 2, 4)\n"
    project.write({"shop.py": source.format("0")})
    project.step("import shop", ["shop"])
    project.run("f = shop.f")
    for uses, result in [("a", 1), ("a + b", 3), ("c", 4), ("0", 0), ("a + b + c", 7), ("b", 2)]:
        project.write({"shop.py": source.format(uses)})
        project.step("import shop", ["shop"])
        assert project.value("f(), shop.f()") == (result, result)


def test_decorator_added_and_removed(project):
    """A held function is what its definition gives now, with a decorator or without."""
    deco = (
        "import functools\ndef deco(g):\n    @functools.wraps(g)\n    def wrapper(): return -g()\n    return wrapper\n"
    )
    edit(project, f"{deco}def f(): return 1\n", "f = shop.f", f"{deco}@deco\ndef f(): return 2\n")
    assert project.value("f(), shop.f()") == (-2, -2)
    project.run("g = shop.f")
    project.write({"shop.py": f"{deco}def f(): return 3\n"})
    project.step("import shop", ["shop"])
    assert project.value("f(), g(), shop.f()") == (3, 3, 3)


def test_matched_by_definition(project):
    """`f = foo` edited to `f = bar`: the held foo is still foo."""
    source = "def foo(): return 'foo' + {1!r}\ndef bar(): return 'bar' + {1!r}\nf = {0}\n"
    edit(project, source.format("foo", "1"), "foo, f = shop.foo, shop.f", source.format("bar", "2"))
    assert project.value("foo(), f(), shop.f(), shop.foo is foo") == ("foo2", "foo2", "bar2", True)


def test_state_of_a_wrapper(project):
    """A wrapper that counts on itself, or in a variable that it shares, counts where the module looks."""
    source = """
    def count(g):
        total = 0
        def wrapper():
            nonlocal total
            total += 1
            wrapper.calls += 1
            return g()
        def seen(): return total
        wrapper.calls = 0
        wrapper.seen = seen
        wrapper.also = [lambda: total]
        return wrapper
    @count
    def f(): return {0}
    """
    edit(project, source.format(1), "f = shop.f; f(), f()", source.format(2))
    assert project.value("f(), shop.f(), f(), shop.f.calls, shop.f.seen(), shop.f.also[0]()") == (2, 2, 2, 3, 3, 3)
    assert project.value("f.seen(), f.also[0]()") == (3, 3)


def test_functions_in_objects_of_extension_modules(project):
    """A function that an object of C code hides (`cmp_to_key`, wrapt's decorators) follows where the object is held."""
    source = "import functools\n@functools.cmp_to_key\ndef key(a, b): return {}(a - b)\n"
    project.write({"m.py": source.format("")})
    project.run("import m; key = m.key")
    assert project.value("sorted([2, 3, 1], key=key)") == [1, 2, 3]
    for sign, expected in (("-", [3, 2, 1]), ("", [1, 2, 3])):
        project.write({"m.py": source.format(sign)})
        outcome = project.run("import m", "sorted([2, 3, 1], key=key), sorted([2, 3, 1], key=m.key)")
        assert outcome.value == (expected, expected)


def test_functions_that_share_a_variable(project):
    """Functions of one closure, of which the session holds one and the edit adds another, share their variable."""
    source = "def make():\n    n = 0\n    def get(): return n\n    def put(x):\n        nonlocal n\n"
    source += "        n = x\n    return get, put\n"
    edit(
        project,
        f"{source}get, _ = make()\n",
        "get = shop.get",
        f"{source}get, put = make()\n",
    )
    project.run("shop.put(5)")
    assert project.value("shop.get(), get()") == (5, 5)


def test_lru_cache_is_cleared(project):
    """A held cached function forgets what the old code computed."""
    source = "import functools\n@functools.lru_cache\ndef f(x): return (x, {0})\n"
    edit(project, source.format(1), "f = shop.f; f(0)", source.format(2))
    assert project.value("f(0), shop.f(0)") == ((0, 2), (0, 2))


def test_singledispatch(project):
    """Implementations that the session registered survive, held or not; the module's own are the new ones."""
    source = """
    import functools
    class Cart: pass
    @functools.singledispatch
    def f(x): return "any{0}"
    @f.register
    def _(x: int): return "int{0}"
    {1}
    """
    edit(
        project,
        source.format(1, "@f.register\n    def _(x: list): return 'list'"),
        "f, cart = shop.f, shop.Cart()\nclass Mine: pass\n@f.register\ndef _(x: Mine): return 'mine'\n"
        "@f.register\ndef _(x: shop.Cart): return 'cart'\nf(1), f([]), f(cart)",
        source.format(2, ""),
        compare=False,
    )
    for name in ("f", "shop.f"):
        values = project.value(f"[{name}(each) for each in (1, 's', Mine(), [], cart, shop.Cart())]")
        assert values == ["int2", "any2", "mine", "any2", "cart", "cart"]


def test_singledispatchmethod(project):
    """A method that dispatches on its argument follows in old instances."""
    source = """
    import functools
    class Cart:
        @functools.singledispatchmethod
        def f(self, x): return "any{0}"
        @f.register
        def _(self, x: int): return "int{0}"
    """
    edit(project, source.format(1), f"{HELD}; bound = cart.f; bound(1)", source.format(2))
    assert project.value("cart.f(1), cart.f('s'), shop.Cart().f(1)") == ("int2", "any2", "int2")


def test_partialmethod(project):
    """A partialmethod follows in old instances."""
    source = (
        "import functools\nclass Cart:\n    def g(self, n): return n + {0}\n    f = functools.partialmethod(g, {0})\n"
    )
    edit(project, source.format(1), HELD, source.format(2))
    assert project.value("cart.f(), Cart().f()") == (4, 4)


def test_properties_and_descriptors(project):
    """A held property object, and a descriptor that knows its name, run the new code."""
    source = """
    class Field:
        def __set_name__(self, owner, name): self.name = name
        def __get__(self, instance, owner): return (self.name, {0})
    class Cart:
        field = Field()
        @property
        def n(self): return {0}
        @n.setter
        def n(self, value): self.set = (value, {0})
    """
    edit(project, source.format(1), f"{HELD}; n = vars(Cart)['n']", source.format(2))
    project.run("n.fset(cart, 7)")
    assert project.value("n.fget(cart), cart.n, cart.set, cart.field") == (2, 2, (7, 2), ("field", 2))


def test_running_generators_and_coroutines(project):
    """Those that already run finish the old code; the next ones run the new."""
    source = "def gen():\n    yield {0}\n    yield {0}\nasync def co():\n    await Once()\n    return {0}\n"
    source += "class Once:\n    def __await__(self): yield\n"
    edit(
        project,
        source.format(1),
        "gen, co = shop.gen, shop.co; running = gen(); first = next(running); waiting = co(); waiting.send(None)",
        source.format(2),
    )
    project.run(
        "try: waiting.send(None)\nexcept StopIteration as stop: result = stop.value\ncalled = co(); called.send(None)"
    )
    project.run("try: called.send(None)\nexcept StopIteration as stop: after = stop.value")
    assert project.value("list(running), list(gen()), result, after") == ([1], [2, 2], 1, 2)


def test_async_functions(project):
    """Held async functions and generators are recognised as such, with other free variables, too."""
    source = "def make(n, m):\n    async def co(): return {0}\n    def gen(): yield {0}\n    return co, gen\n"
    source += "co, gen = make(1, 2)\n"
    edit(project, source.format("n"), "import inspect; co, gen = shop.co, shop.gen", source.format("n + m"))
    project.run("called = co()\ntry: called.send(None)\nexcept StopIteration as stop: value = stop.value")
    assert project.value("value, list(gen()), inspect.iscoroutinefunction(shop.co)") == (3, [3], True)


def test_signature_annotations_and_attributes(project):
    """Defaults, keyword defaults, annotations, documentation and attributes of a held function are the new ones."""
    edit(
        project,
        "def f(a, b=1, *, c=2): 'one'\nf.x = 1; f.y = 1\n",
        "import inspect, typing; f = shop.f",
        "def f(a: int, b=10, d=20, *, c=30) -> str: 'two'\nf.x = 2\n",
    )
    assert project.value("str(inspect.signature(f)), f.__doc__, vars(f)") == (
        *("(a: int, b=10, d=20, *, c=30) -> str", "two", {"x": 2}),
    )
    assert project.value("typing.get_type_hints(f) == {'a': int, 'return': str}")
    project.write({"shop.py": "def f(a): pass\n"})
    project.step("import shop", ["shop"])
    assert project.value("f.__annotations__, f.__defaults__, f.__kwdefaults__") == ({}, None, None)


@pytest.mark.skipif(sys.version_info < (3, 14), reason="annotations are evaluated lazily from 3.14 on")
def test_annotations_are_not_evaluated(project):
    """livereload evaluates no annotation; whoever asks later gets the new one."""
    source = "seen = []\ndef note(x): seen.append(x); return x\n{0}def f(a: note({1})): pass\nclass Cart:\n"
    source += "    a: note({1})\n"
    edit(project, source.format("", 1), f"f = shop.f; {HELD}", source.format("\n", 2))
    assert project.value("shop.seen") == []
    assert project.value("f.__annotations__, Cart.__annotations__, shop.seen") == ({"a": 2}, {"a": 2}, [2, 2])


def test_type_hints_name_the_kept_class(project):
    """typing.get_type_hints of old and new functions gives the one class."""
    source = "from __future__ import annotations\nclass Cart:\n    other: Cart | None = {0}\n"
    source += "def f(c: Cart) -> list[Cart]: {0}\n"
    edit(project, source.format(1), "import typing; f, old = shop.f, shop.Cart", source.format(2))
    assert project.value("typing.get_type_hints(f) == {'c': old, 'return': list[shop.Cart]}")
    assert project.value("typing.get_type_hints(shop.Cart) == {'other': old | None}")


def test_name_of_a_definition_that_is_gone(project):
    """A held function whose definition is gone goes on running its code."""
    edit(project, "def f(): return g()\ndef g(): return 1\n", "f = shop.f", "def g(): return 2\n")
    assert project.value("f(), hasattr(shop, 'f')") == (2, False)


def test_definition_that_moved_to_another_module(project):
    """A function that the module now imports from another is the other's; the held one runs in its own namespace."""
    project.write({"other.py": "Y = 5\ndef f(): return Y\n"})
    edit(
        project,
        "import other\nX = 1\ndef f(): return X\n",
        "f = shop.f",
        "import other\nfrom other import f\nX = 2\n",
        "other",
    )
    assert project.value("f(), shop.f()") == (2, 5)


# Old and new objects together.


def test_except_and_match(project):
    """Exceptions from before are caught as the new class, patterns match old instances, and the other way round."""
    source = "class Cart(Exception):\n    __match_args__ = ('n',)\n    n = {0}\ndef fail(): raise Cart({0})\n"
    edit(project, source.format(1), f"{HELD}; fail, match = shop.fail, 0", source.format(2))
    project.run(
        """
caught = []
for function, kind in [(fail, shop.Cart), (shop.fail, old), (fail, old)]:
    try: function()
    except kind as error: caught.append(error.args[0])
try: raise cart
except shop.Cart: caught.append("cart")
for each in (cart, shop.Cart(), old()):
    match each:
        case shop.Cart(n): caught.append(n)
"""
    )
    assert project.value("caught") == [2, 2, 2, "cart", 2, 2, 2]


def test_pickles_from_before(project):
    """What was pickled before is loaded as the class of now, functions included."""
    source = "class Cart:\n    def n(self): return {0}\ndef f(): return {0}\ndef deco(g):\n    import functools\n"
    source += "    @functools.wraps(g)\n    def w(): return g()\n    return w\n@deco\ndef h(): return {0}\n"
    edit(
        project,
        source.format(1),
        f"import pickle; {HELD}; f, h = shop.f, shop.h; data = pickle.dumps([cart, f, h, Cart])",
        source.format(2),
    )
    project.run("loaded = pickle.loads(data); again = pickle.loads(pickle.dumps([cart, f, h, old]))")
    assert project.value("loaded[0].n(), loaded[1] is f, loaded[2] is h, loaded[3] is old") == (2, True, True, True)
    assert project.value("again[0].n(), again[1] is f, again[2] is h, again[3] is old") == (2, True, True, True)


def test_dictionaries_keyed_by_class(project):
    """What is keyed by a class or by a function is found by what the module has now."""
    source = "class Cart: n = {0}\ndef f(): return {0}\n"
    edit(project, source.format(1), f"{HELD}; table = {{Cart: 1, shop.f: 2}}; union = Cart | None", source.format(2))
    assert project.value("table[shop.Cart], table[shop.f], union == (shop.Cart | None)") == (1, 2, True)


# A user's own ways are not asked.


def test_nothing_of_the_user_is_asked(project):
    """No __eq__, __hash__, attribute access or metaclass method runs that a fresh import does not run."""
    source = """
    log = []
    def noted(name):
        def method(self, *args):
            if armed: raise RuntimeError(name)
            return getattr(super(type(self), self), name)(*args)
        return method
    armed = False
    class Meta(type):
        def __eq__(cls, other): return fail("Meta.__eq__") or cls is other
        def __hash__(cls): return fail("Meta.__hash__") or 1
        def __getattribute__(cls, name): return fail("Meta.__getattribute__", name) or type.__getattribute__(cls, name)
        def __setattr__(cls, name, value): fail("Meta.__setattr__"); type.__setattr__(cls, name, value)
        def __delattr__(cls, name): fail("Meta.__delattr__"); type.__delattr__(cls, name)
        def __instancecheck__(cls, x): return fail("Meta.__instancecheck__")
        def __subclasscheck__(cls, x): return fail("Meta.__subclasscheck__")
        def __call__(cls, *args): fail("Meta.__call__"); return type.__call__(cls, *args)
    def fail(*what):
        import sys
        frame = sys._getframe(2)
        while frame is not None:
            if "livereload" in frame.f_code.co_filename and "importer" not in frame.f_code.co_filename:
                log.append((*what, frame.f_code.co_name))
                return
            if frame.f_code.co_name == "<module>":
                return
            frame = frame.f_back
    class Base(metaclass=Meta):
        def __eq__(self, other): return fail("__eq__") or self is other
        def __hash__(self): return fail("__hash__") or 2
        def __getattribute__(self, name): fail("__getattribute__", name); return object.__getattribute__(self, name)
        def __getattr__(self, name): fail("__getattr__", name); raise AttributeError(name)
        def __setattr__(self, name, value): fail("__setattr__"); object.__setattr__(self, name, value)
        def __bool__(self): return fail("__bool__") or True
        def __len__(self): return fail("__len__") or 0
        def __iter__(self): fail("__iter__"); return iter(())
        def __call__(self): fail("__call__")
        def __repr__(self): fail("__repr__"); return "?"
        @property
        def __class__(self): fail("__class__"); return int
        @property
        def __wrapped__(self): fail("__wrapped__")
    """
    project.write({"odd.py": dedent(source)})
    project.write(
        {"hub.py": "import odd\nLIST, DICT, SET = [], {}, set()\nKEY = odd.Base()\nDICT[KEY] = 1\nSET.add(KEY)\n"}
    )
    shop = """
    import odd, hub
    class Cart(odd.Base):
        def n(self): return {0}
    class Other(odd.Base): x = {0}
    instance = Cart()
    odd.log.clear()
    def f(): return {0}
    f.instance = instance
    wrapped = odd.Base()
    hub.LIST.append(instance); hub.LIST.append(Cart); hub.LIST.append((instance, Cart))
    hub.DICT["cart"] = instance; hub.DICT[Cart] = instance
    hub.SET.add(Cart)
    table = {{instance: Cart, Cart: instance, "f": f}}
    items = [instance, Cart, f]
    default = lambda x=instance, *, y=Cart: (x, y)
    """
    held = "import odd; old, cart = shop.Cart, shop.instance; f = shop.f; odd.log.clear()"
    edit(project, shop.format(1), held, shop.format(2), "odd", "hub")
    assert project.value("odd.log") == []
    assert project.value("cart.n(), f(), shop.Cart is old") == (2, 2, True)


def test_frame_that_calls_a_metaclass(project):
    """A metaclass that looks into the frame of the class statement finds the module there that is executed."""
    meta = "import sys\nclass Meta(type):\n    def __init__(cls, *arguments):\n"
    meta += "        cls.seen = sys._getframe(1).f_globals['__name__']\n"
    use = "from meta import Meta\nclass A(metaclass=Meta): pass\nX = A.seen\n"
    project.write({"meta.py": meta, "b.py": use, "a.py": "import b\n" + use})
    project.step("import a", ["a", "b", "meta"])
    project.write({"new.py": use, "b.py": "import new\n" + use, "a.py": "import b\n" + use + "Y = 1\n"})
    project.step("import a", ["a", "b", "new"])
    assert project.value("(a.X, a.b.X, a.b.new.X)") == ("a", "b", "new")


def test_metaclass_mro_is_not_asked(project):
    """A metaclass's `mro` runs as often as in a fresh import when the bases stay."""
    source = "COUNT = []\nclass Meta(type):\n    def mro(cls):\n        COUNT.append(cls.__name__)\n"
    source += "        return type.mro(cls)\n"
    project.write({"meta.py": source})
    shop = "import meta\nclass Cart(metaclass=meta.Meta):\n    n = {0}\n"
    edit(project, shop.format(1), "import meta; meta.COUNT.clear()", shop.format(2), "meta")
    assert project.value("meta.COUNT") == ["Cart"]


# State.


@pytest.mark.parametrize(
    "idiom",
    [
        "try:\n    cache\nexcept NameError:\n    cache = {}\n",
        "if 'cache' not in globals():\n    cache = {}\n",
        "cache = globals().get('cache', {})\n",
        "try:\n    cache\nexcept (NameError, KeyError):\n    cache = {}\n",
        "if 'cache' in globals():\n    pass\nelse:\n    cache = {}\n",
        "globals().setdefault('cache', {})\n",
    ],
)
def test_earlier_values(project, idiom):
    """A module that asks for its earlier value, in the forms that importlib.reload documents, gets it back."""
    project.write({"shop.py": f"{idiom}other = {{}}\n"})
    project.step("import shop", ["shop"])
    project.run("cache = shop.cache; other = shop.other")
    project.write({"shop.py": f"{idiom}other = {{}}\nX = 1\n"})
    project.step("import shop", ["shop"])
    project.run("cache['tea'] = 3; other['tea'] = 3")
    project.write({"shop.py": f"{idiom}other = {{}}\nX = 2\n"})
    outcome = project.run("import shop", "shop.cache is cache, shop.cache, shop.other")
    assert (outcome.executed, outcome.value) == (["shop"], (True, {"tea": 3}, {}))


@pytest.mark.parametrize(
    "source",
    [
        "try:\n    xrange\nexcept NameError:\n    xrange = range\n    text, number = str, {0}\n",
        "try:\n    text\nexcept NameError:\n    text = str\n    def upper(x): return x.upper() * {0}\n",
        "try:\n    text\nexcept NameError:\n    from c import X as text\nnumber = {0}\n",
        "if 'cache' not in globals():\n    cache = {{}}\n    number = {0}\n",
        "if 'cache' in globals():\n    number = {0}\nelse:\n    cache = {{}}\n",
        "there = 'cache' in globals()\ncache = {0}\n",
        "other = globals().get('cache')\ncache = {0}\n",
        "other = [globals().get(name) for name in ('cache', 'X')] + [globals().get('cache')]\ncache = {0}\n",
    ],
)
def test_what_does_not_ask_for_an_earlier_value(project, source):
    """Whatever else looks at its own names finds them as in a fresh interpreter."""
    project.write({"c.py": "X = 1\n", "shop.py": source.format(1) + "import c\n"})
    project.run("import shop")
    project.write({"shop.py": source.format(2) + "import c\n"})
    project.step("import shop", ["shop"])


def test_dispose(project):
    """`__livereload_dispose__` of the old generation runs once, before the new one is executed."""
    log = "def note(text):\n    with open(__file__ + '.txt', 'a') as file: file.write(text)\n"
    source = "import log\nlog.note('made {0} ')\ndef __livereload_dispose__(): log.note('gone {0} ')\n"
    project.write({"log.py": log, "shop.py": source.format(1)})
    project.run("import shop")
    project.write({"shop.py": source.format(2)})
    project.run("import shop")
    assert project.file("log.py.txt").read_text() == "made 1 gone 1 made 2 "


def test_dispose_is_not_called_for_a_syntax_error(project):
    """If a new source does not compile, the old generation lives on, and nothing is disposed of."""
    source = "import log\ndef __livereload_dispose__(): log.seen.append('gone')\n"
    project.write({"log.py": "seen = []\n", "shop.py": source})
    project.run("import shop, log")
    project.write({"shop.py": f"{source}def\n"})
    assert project.attempt("import shop").error["type"] == "SyntaxError"
    assert project.value("log.seen") == []


def test_order_of_definition(project):
    """A kept class lists what it has in the order of its new definition, as a fresh one does."""
    order = "ORDER = list(vars(Cart))\n"
    project.write({"shop.py": "class Cart:\n    def add(self): pass\n    size = 1\n" + order})
    project.step("import shop", ["shop"])
    project.write({"shop.py": "class Cart:\n    size = 1\n    def new(self): pass\n    def add(self): pass\n" + order})
    project.step("import shop", ["shop"])
    project.write({"shop.py": 'class Cart:\n    """A cart."""\n    size: int = 1\n' + order})
    project.step("import shop", ["shop"])


def test_what_metaclasses_and_descriptors_hold(project):
    """A registry kept by a metaclass has each class once, and a descriptor's owner is the kept class."""
    orm = """
class Field:
    def __set_name__(self, owner, name): self.owner = owner
class Meta(type):
    registry = []
    def __new__(meta, name, bases, namespace):
        cls = super().__new__(meta, name, bases, namespace)
        Meta.registry.append(cls)
        return cls
class Model(metaclass=Meta): pass
"""
    models = "from orm import Model, Field\nclass User(Model):\n    a = Field()\nclass Post(Model):\n    of = User\n"
    project.write({"orm.py": orm, "models.py": models})
    project.step("import models", ["models", "orm"])
    project.run("import orm; held = models.User")
    project.write({"models.py": models.replace("a = Field()", "b = Field()\n    a = Field()")})
    project.step("import models", ["models"])
    assert project.value("(held is models.User, held.b.owner is held, models.Post.of is held)") == (True, True, True)
    assert project.value("[cls.__name__ for cls in orm.Meta.registry]") == ["Model", "User", "Post"]


@pytest.mark.parametrize("body", ["pass", "__slots__ = ()"])
def test_what_a_metaclass_gives_to_the_class(project, body):
    """An instance that a metaclass makes, and containers with the class in them, are of the kept class."""
    meta = "class Meta(type):\n    def __init__(cls, *arguments):\n        cls.only = object.__new__(cls)\n"
    meta += "        cls.line, cls.pair, cls.table = [cls], (cls, 1), {1: cls}\n"
    source = f"from meta import Meta\nclass Cart(metaclass=Meta):\n    {body}\n    n = {{}}\nonly = Cart.only\n"
    project.write({"meta.py": meta, "shop.py": source.format(1)})
    project.step("import shop", ["shop", "meta"])
    project.run("held, only = shop.Cart, shop.only")
    for digit in (2, 3):
        project.write({"shop.py": source.format(digit)})
        project.step("import shop", ["shop"])
        kept = "(only.n, shop.only is held.only, held is shop.Cart)"
        assert project.value(kept) == (digit, True, True)
        made = "(only, held.only, held.line[0](), held.pair[0](), held.table[1]())"
        assert project.value(f"[type(each) is held for each in {made}]") == [True] * 5


@pytest.mark.parametrize("bases", ["cls", "Mixin, cls"])
def test_decorator_that_derives_a_class_of_the_same_name(project, bases):
    """Both the class that the statement makes and the one that its decorator derives from it are kept."""
    seal = f"class Mixin: pass\ndef seal(cls):\n    class sealed({bases}):\n"
    seal += "        def __setattr__(self, *arguments): raise AttributeError\n"
    seal += "    for each in '__module__', '__qualname__': setattr(sealed, each, getattr(cls, each))\n"
    seal += "    return sealed\n"
    source = "from seal import seal\nclass Base: pass\n@seal\nclass Cart(Base):\n    def n(self): return {0}\n"
    source += "class Two:\n    def n(self): return {0}\nclass Two(Two):\n    def n(self): return super().n() * 10\n"
    project.write({"seal.py": seal, "shop.py": source.format(1)})
    project.step("import shop", ["shop", "seal"])
    project.run("Cart, base, cart, Two = shop.Cart, shop.Cart.__bases__[-1], shop.Cart(), shop.Two; two = Two()")
    for digit in (2, 3):
        project.write({"shop.py": source.format(digit)})
        project.step("import shop", ["shop"])
        kept = "(Cart is shop.Cart, base is Cart.__bases__[-1], type(cart) is Cart, Two is shop.Two, type(two) is Two)"
        assert project.value(kept) == (True,) * 5
        assert project.value("(cart.n(), two.n())") == (digit, digit * 10)


def test_made_by_calls(project):
    """Functions made by exec() and classes made by type() and on a namedtuple() follow as others do."""
    source = """
for name in ("x", "y"):
    exec(f"def get_{name}(): return {name!r} * 1")
T = type("T", (), {"v": 1})
from collections import namedtuple
class P(namedtuple("Base", "a b")):
    def first(self): return self[0]
"""
    project.write({"gen.py": source})
    project.step("import gen", ["gen"])
    project.run("get, t, p, T = gen.get_x, gen.T(), gen.P(1, 2), gen.T")
    project.write({"gen.py": source.replace("* 1", "* 2").replace('"v": 1', '"v": 2').replace("self[0]", "self[1]")})
    project.step("import gen", ["gen"])
    assert project.value("(get(), t.v, T is gen.T, p.first(), isinstance(p, gen.P))") == ("xx", 2, True, 2, True)


def test_class_whose_metaclass_is_written_in_c(project):
    """A class that takes no attributes but through its metaclass (ctypes) is a new one, and the import goes on."""
    point = "class Point(ctypes.Structure):\n    _fields_ = [('x', ctypes.c_int)]\n    def f(self): return {}\n"
    source = f"import ctypes\n{point}"
    project.write({"a.py": source.format(1), "b.py": "from a import Point\np = Point()\n"})
    project.step("import b", ["b", "a"])
    project.run("import warnings; warnings.simplefilter('ignore')")
    project.write({"a.py": source.format(2)})
    project.step("import b", ["b", "a"])
    assert project.value("b.p.f()") == 2
    project.write({"a.py": "import ctypes\nPoint = int\n"})
    project.step("import b", ["b", "a"])


def test_subclasses_are_told_once(project):
    """Whoever walks the subclasses of a class while another module is executed again meets each once."""
    hub = "class Base:\n    made = []\n    def __init_subclass__(cls):\n        Base.made.append(cls)\n"
    source = "import hub\nclass A(hub.Base):\n    def __init_subclass__(cls):\n        super().__init_subclass__()\n"
    source += "NAMES = [cls.__name__ for cls in hub.Base.__subclasses__()]\n"
    source += "MORE = [type('More' + cls.__name__, (cls,), {{}}) for cls in hub.Base.__subclasses__()]\nN = {0}\n"
    project.write({"hub.py": hub, "shop.py": source.format(1)})
    project.step("import shop", ["shop", "hub"])
    for n in (2, 3):
        project.write({"shop.py": source.format(n)})
        assert project.attempt("import shop").executed == ["shop"]
        assert project.value("(shop.NAMES, [cls.__name__ for cls in shop.MORE], shop.N)") == (["A"], ["MoreA"], n)


def test_names_that_classes_answer_for(project):
    """A class may define anything by the names of what `type` has for each class."""
    source = "def more(function): return lambda self: function(self) + 1\nclass A:\n"
    for name in ("__name__", "__qualname__", "__bases__", "__mro__", "__dict__", "__text_signature__"):
        source += f"    @property\n    def {name}(self): return {{0}}\n" if name != "__qualname__" else ""
    source += "    @classmethod\n    def __base__(cls): return {0}\n    def __basicsize__(self): return {0}\n"
    project.write({"shop.py": source.format(1)})
    project.step("import shop", ["shop"])
    project.run("a = shop.A()")
    for n in (2, 3):
        project.write({"shop.py": source.format(n)})
        project.step("import shop", ["shop"])
        names = "(a.__name__, a.__bases__, a.__mro__, a.__text_signature__, a.__base__(), a.__basicsize__())"
        assert project.value(names) == (n,) * 6


def test_protocol_that_is_used_while_its_module_is_executed(project):
    """What a base has made for a class knows the kept class at once."""
    source = "from typing import Protocol, runtime_checkable\n@runtime_checkable\nclass P(Protocol):\n"
    source += "    def m(self): ...\nclass C:\n    def m(self): return {0}\nIS = isinstance(C(), P), isinstance(3, P)\n"
    project.write({"shop.py": source.format(1)})
    project.step("import shop", ["shop"])
    for n in (2, 3):
        project.write({"shop.py": source.format(n)})
        project.step("import shop", ["shop"])
        assert project.value("(shop.IS, shop.C().m())") == ((True, False), n)


def test_a_decorator_of_another_module(project):
    """A wrapper that another module makes now has that one's globals: what is held of the old one calls it."""
    deco = "import functools\n{0} = 1\ndef deco(function):\n    @functools.wraps(function)\n"
    deco += "    def wrapper(): return {0}, function()\n    return wrapper\n"
    project.write({"one.py": deco.format("ONE"), "two.py": deco.format("TWO")})
    project.write({"shop.py": "import one, two\n@one.deco\ndef f(): return 1\n"})
    project.step("import shop", ["shop", "one", "two"])
    project.run("f = shop.f")
    project.write({"shop.py": "import one, two\n@two.deco\ndef f(): return 2\n"})
    project.step("import shop", ["shop"])
    assert project.value("(f(), shop.f(), shop.f.__globals__ is shop.two.__dict__)") == ((1, 2), (1, 2), True)


def test_alias_of_an_enum_that_becomes_a_member(project):
    """Two names of one member become two members, and back."""
    source = "import enum\nclass E(enum.Enum):\n    A = 1\n    B = {n}\n"
    project.write({"a.py": source.format(n=1)})
    project.run("import a; from a import E; held = E.A")
    for n in (2, 1):
        project.write({"a.py": source.format(n=n)})
        project.step("import a", ["a"])
        assert project.value("(a.E is E, E.A is held, len(E), E.B.value, E(1) is held)") == (True, True, n, n, True)


COMING_BACK = {
    "an exception": "class C(Exception):\n    code = {n}\n",
    "an enum": "import enum\nclass C(enum.Enum):\n    A = 1\n    code = {n}\n",
    "made by a call": "from collections import namedtuple\nC = namedtuple('C', 'code', defaults=[{n}])\n",
    "with methods": "class C:\n    def code(self): return {n}\n",
}


@pytest.mark.parametrize("meanwhile", ["", "from lib import C\n", "C = None\n"])
@pytest.mark.parametrize("source", COMING_BACK.values(), ids=COMING_BACK)
def test_class_that_is_gone_and_comes_back(project, source, meanwhile):
    """A definition that is taken out and put back (a stash, a comment) makes the class that is held."""
    project.write({"a.py": source.format(n=1), "lib.py": "class C: pass\n"})
    project.run("import a; from a import C")
    for n in (2, 3):
        project.write({"a.py": meanwhile})
        project.run("import a")
        project.write({"a.py": source.format(n=n)})
        project.step("import a", ["a"])
        assert project.value("a.C is C")


def test_class_that_is_gone_from_a_package_that_lost_its_file(project):
    """Nor is it forgotten while its package has no source at all."""
    project.write({"p/q/__init__.py": "import enum\nclass E(enum.Enum):\n    A = 1\n", "p/q/y.py": ""})
    project.run("import p.q.y; from p.q import E; import p.q as q")
    project.delete("p/q/__init__.py")
    project.step("import p.q", [])
    project.write({"p/q/__init__.py": "import enum\nclass E(enum.Enum):\n    A = 1\n    B = 2\n"})
    project.step("import p.q", ["p.q"])
    assert project.value("(sys.modules['p.q'] is q, q.E is E, [each.name for each in E])") == (True, True, ["A", "B"])


def test_class_that_inherits_no_more_from_another_of_its_name(project):
    """The class of another module, which was its base, is left alone."""
    project.write({"x.py": "class C:\n    K = 1\n", "z.py": "from x import C as B\nclass C(B): pass\n"})
    project.run("import x, z; held = x.C")
    project.write({"z.py": "class C:\n    K = 2\nfrom x import C as _C\n"})
    project.step("import z", ["z"])
    assert project.value("(held is x.C, held is z._C, held.K, z.C.K)") == (True, True, 1, 2)


def test_nested_class_that_is_gone_and_comes_back(project):
    """Nor is a class in another one forgotten, which stays."""
    source = "import enum\nclass A:\n    class E(enum.Enum):\n        X = 1\n        def n(self): return {0}\n"
    project.write({"a.py": source.format(1)})
    project.run("import a; from a import A; E = A.E; e = E.X")
    for n in (2, 3):
        project.write({"a.py": "class A: pass\n"})
        project.step("import a", ["a"])
        project.write({"a.py": source.format(n)})
        project.step("import a", ["a"])
        assert project.value("(a.A is A, A.E is E, E.X is e, e.n())") == (True, True, True, n)


SLOTS = "class Cart:\n    __slots__ = ({0},)\n    def n(self): return super().__repr__() and {1}\n"


def test_instances_of_a_class_that_could_not_be_kept(project):
    """They run the new code, `super()` included, and so do those of the new class."""
    edit(project, SLOTS.format("'a'", 1), f"import warnings; warnings.simplefilter('ignore')\n{HELD}; f = Cart.n",
         SLOTS.format("'a', 'b'", 2))  # fmt: skip
    assert project.value("cart.n(), shop.Cart().n(), f(cart)") == (2, 2, 2)
    project.write({"shop.py": SLOTS.format("'a', 'b'", 3)})
    project.step("import shop", ["shop"])
    assert project.value("cart.n(), shop.Cart().n(), f(cart)") == (3, 3, 3)


def test_warning_of_a_class_that_could_not_be_kept(project):
    """It is attributed to the import statement, and comes each time."""
    project.write({"shop.py": SLOTS.format("'a'", 1), "use.py": "def again():\n    # a comment\n    import shop\n"})
    project.run(
        "import use, warnings; log = []; import shop; carts = [shop.Cart()]\n"
        "warnings.showwarning = lambda m, c, f, n, *a: log.append((f.rpartition('/')[2], n))"
    )
    for slots in ("'a', 'b'", "'b'"):
        project.write({"shop.py": SLOTS.format(slots, 1)})
        project.run("use.again(); carts.append(shop.Cart())")
    assert project.value("log") == [("use.py", 3), ("use.py", 3)]


def test_warning_that_is_to_be_an_error(project):
    """What is done cannot be undone: it is shown, and the statement goes on."""
    project.write({"shop.py": SLOTS.format("'a'", 1)})
    project.run(
        "import warnings, shop; cart = shop.Cart(); log = []\n"
        "warnings.simplefilter('error'); warnings.showwarning = lambda m, c, *a: log.append(c.__name__)"
    )
    project.write({"shop.py": SLOTS.format("'a', 'b'", 2)})
    project.step("import shop", ["shop"])
    assert project.value("log, shop.Cart().n()") == (["LiveReloadWarning"], 2)


def test_call_that_gains_a_parameter(project):
    """A closure, and a method of a class made in a function, can still be called as before."""
    source = """
    def make(n):
        def f(x{0}): return n, x{1}
        class C:
            def m(self{0}): return n{1}
        return f, C()
    """
    edit(project, source.format("", ""), "f, c = shop.make(5)", source.format(", y=3, *, z=4", ", y, z"))
    assert project.value("f(1), f(1, 2, z=9), c.m()") == ((5, 1, 3, 4), (5, 1, 2, 9), (5, 3, 4))
    project.write({"shop.py": dedent(source.format(", y", ", y"))})
    project.step("import shop", ["shop"])
    assert project.value("f(1), c.m(), shop.make(1)[0](2, 3)") == ((5, 1, 3), (5, 3), (1, 2, 3))


TWO = """
import hub
K = {0}
@hub.on('a')
def _(): return 'a', K, {0}
@hub.on('b')
def _(): return 'b', K, {0}
class C:
    @hub.on('c')
    def _(self): return 'c', {0}
    @hub.on('d')
    def _(self): return 'd', {0}
for name in 'ef':
    hub.on(name)(lambda: (K, {0}))
hub.on('g')(lambda: ('g', {0})); hub.on('h')(lambda: ('h', {0}))
"""


def test_functions_of_one_name(project):
    """Each is paired with the one at its position in the source, wherever it is held."""
    hub = "H = {}\ndef on(name):\n    def enter(f):\n        H[name] = f\n        return f\n    return enter\n"
    project.write({"hub.py": hub, "shop.py": TWO.format(1), "table.py": "from hub import H\nT = dict(H)\n"})
    project.run("import shop, table; held = dict(table.H)")
    for n in (2, 3):
        project.write({"shop.py": "# one line more\n" * n + TWO.format(n)})
        project.run("import shop, table")
        for table in ("held", "table.T", "table.H"):
            assert project.value(f"[{table}[name]() for name in 'abefgh']") == [
                *(("a", n, n), ("b", n, n), (n, n), (n, n), ("g", n), ("h", n)),
            ]
            assert project.value(f"{table}['c'](0), {table}['d'](0)") == (("c", n), ("d", n))


def test_dispatched_functions_of_one_name(project):
    """What a function dispatches to is the definition for that class."""
    source = "import functools\nK = {0}\n@functools.singledispatch\ndef show(x): return 'any', {0}\n"
    source += "@show.register\ndef _(x: int): return 'int', {0}\n@show.register\ndef _(x: str): return 'str', {0}\n"
    edit(project, source.format(1), "show = shop.show; f, g = show.dispatch(int), show.dispatch(str)", source.format(2))
    assert project.value("f(1), g(''), show(1), show('')") == (("int", 2), ("str", 2), ("int", 2), ("str", 2))


def test_class_overwritten_by_another_of_its_name(project):
    """Instances of the first are instances of the first."""
    source = "class A:\n    def v(self): return 'first', {0}\nFirst = A\nclass A(First):\n"
    source += "    def v(self): return 'second', super().v()\nONE = First()\n"
    edit(project, source.format(1), "First, A, one, a, x = shop.First, shop.A, shop.First(), shop.A(), shop.ONE",
         source.format(2))  # fmt: skip
    assert project.value("shop.First is First, shop.A is A") == (True, True)
    assert project.value("one.v(), a.v(), x.v()") == (("first", 2), ("second", ("first", 2)), ("first", 2))


def test_classes_of_one_name_of_which_instances_are_kept(project):
    """Each instance runs the code of its own class."""
    source = "class H:\n    def v(self): return 'one', {0}\nX = H()\n"
    source += "class H:\n    def v(self): return 'two', {0}\nY = H()\n"
    project.write({"two.py": source.format(1)})
    project.run("import two; x, y = two.X, two.Y")
    project.write({"two.py": source.format(2)})
    project.step("import two", ["two"])
    assert project.value("x.v(), y.v(), type(x) is type(two.X)") == (("one", 2), ("two", 2), True)


DERIVED = """
def extend(cls):
    class Extended(cls):
        extra = {0}
    Extended.__name__, Extended.__qualname__ = cls.__name__, cls.__qualname__
    return Extended
"""


def test_decorator_of_another_module_that_derives_a_class(project):
    """The class that it gives is kept where the module has it."""
    shop = "from deco import extend\n@extend\nclass Cart:\n    def n(self): return {0}\n"
    project.write({"deco.py": DERIVED.format(1), "shop.py": shop.format(1)})
    project.step("import shop", ["shop", "deco"])
    project.run(f"{HELD}; base = Cart.__base__")
    project.write({"deco.py": DERIVED.format(2)})
    project.step("import shop", ["shop", "deco"])
    assert project.value("shop.Cart is old, Cart.__base__ is base, cart.extra, cart.n()") == (True, True, 2, 1)
    project.write({"shop.py": shop.format(2)})
    project.step("import shop", ["shop"])
    assert project.value("shop.Cart is old, Cart.__base__ is base, cart.extra, cart.n()") == (True, True, 2, 2)


def test_function_that_becomes_a_class(project):
    """Whoever holds the function makes an instance, as long as it is one."""
    edit(project, "def Thing(x): return x\n", "held = shop.Thing",
         "class Thing:\n    def __init__(self, x): self.x = x\n")  # fmt: skip
    assert project.value("type(held(5)) is shop.Thing, held(5).x") == (True, 5)
    project.write({"shop.py": "def Thing(x): return x + 1\n"})
    project.step("import shop", ["shop"])
    assert project.value("held(5), shop.Thing(5)") == (6, 6)


COUNTED = """
import sys
passes = []
def note(event, arguments):
    if event in ("gc.get_referrers", "gc.get_objects"):
        if "entries" not in sys._getframe(1).f_code.co_filename:  # these are looked for by themselves
            passes.append(event)
sys.addaudithook(note)
"""
NOTHING_HELD = """
import abc, enum, functools, dataclasses
def deco(f):
    @functools.wraps(f)
    def wrapper(*args): return f(*args)
    return wrapper
@deco
def f(): return {0}
@functools.lru_cache
def cached(): return {0}
class Base(abc.ABC):
    def g(self): return {0}
    @property
    def p(self): return {0}
    @classmethod
    def c(cls): return {0}
class Cart(Base):
    @deco
    def n(self): return super().g()
    class Line:
        def m(self, x: int = {0}) -> int: return {0}
class Color(enum.Enum):
    RED = {0}
@dataclasses.dataclass
class Data:
    x: int = {0}
def recursive(n: int): return n and recursive(n - 1)
table = {{"x": lambda: {0}}}
"""


def test_passes_over_the_heap(project):
    """Where nothing else has got hold of what an execution made, at most one pass a refresh is made."""
    project.write({"shop.py": NOTHING_HELD.format(1)})
    project.run(f"import shop\n{HELD}; f, cached, red = shop.f, shop.cached, shop.Color.RED\n{COUNTED}")
    for n in (2, 3, 4):
        project.write({"shop.py": NOTHING_HELD.format(n)})
        project.run("import shop")
        assert project.value("cart.n(), f(), cached(), red.value, shop.Cart is Cart") == (n, n, n, n, True)
    assert project.value("len(passes)") <= 3


def test_one_pass_over_the_heap(project):
    """What is held elsewhere of several modules, weakly as well, is found by one pass for all of them."""
    hub = "import weakref\nLIST, DICT, SET = [], {}, weakref.WeakSet()\n"
    hub += "def on(f): LIST.append(f); DICT[f.__name__] = f; SET.add(f); return f\n"
    shop = "import hub, lib\n@hub.on\ndef f(): return {0}\ndef make(): return lambda: {0}\nL = hub.on(make())\n"
    lib = "import hub\nfrom collections import namedtuple\n@hub.on\ndef g(): return {0}\n"
    lib += "T = namedtuple('T', 'x')\nhub.LIST.append(T)\n"
    project.write({"hub.py": hub, "shop.py": shop.format(1), "lib.py": lib.format(1)})
    project.run(f"import shop, lib, hub; held = shop.L, shop.f, lib.g, lib.T\n{COUNTED}")
    project.write({"shop.py": shop.format(2), "lib.py": lib.format(2)})
    project.run("import shop")
    assert project.value("[each() for each in held[:3]], lib.T is held[3], len(passes)") == ([2, 2, 2], True, 1)
    assert project.value("set(hub.SET) == {*held[:3]}")


def test_verdicts_while_modules_are_executed(project):
    """What is found out about a class by its methods and bases is right at the statement, for modules executed next."""
    shop = "class Cart:\n    def __len__(self): return 1\n{0}\nclass Small(Cart): pass\n"
    lib = "import collections.abc, functools, typing\n@typing.runtime_checkable\nclass P(typing.Protocol):\n"
    lib += "    def __iter__(self): ...\n@functools.singledispatch\ndef show(x): return 'any'\n"
    lib += "@show.register\ndef _(x: collections.abc.Iterable): return 'many'\n"
    app = "import collections.abc, lib, shop\nOK = [(isinstance(each(), collections.abc.Iterable), "
    app += "isinstance(each(), lib.P), lib.show(each())) for each in (shop.Cart, shop.Small)] + [][{0}:]\n"
    project.write({"lib.py": lib, "shop.py": shop.format(""), "app.py": app.format(0)})
    project.run("import app")
    for n, more in enumerate(["    def __iter__(self): return iter(())", "", "    __iter__ = None"], 1):
        project.write({"shop.py": shop.format(more), "app.py": app.format(n)})
        project.run("import app")
        has = more.startswith("    def")
        assert project.value("app.OK") == [(has, has, "many" if has else "any")] * 2


MEMOS = """
import functools, weakref
@functools.cache
def fields(cls): return sorted(key for key in vars(cls) if key[0] != "_")
_plans = {}
def plan(cls):
    if cls not in _plans:
        _plans[cls] = fields(cls)
    return _plans[cls]
class Serializer:
    def __init__(self): self.plans = {}
    @functools.lru_cache(maxsize=8)
    def cached(self, cls): return fields(cls)
    def plan(self, cls, deep=True):
        try: return self.plans[cls, deep]
        except KeyError: plan = self.plans[cls, deep] = fields(cls)
        return plan
serializer = Serializer()
handlers, names = {}, {}
def register(cls, handler): handlers[cls] = handler
tags = {}
def tag(cls, name): tags.setdefault(cls, []).append(name)
def name(cls, name):
    if cls in names: raise ValueError(name)
    names[cls] = handler_of(name)
def handler_of(name): return lambda: name
"""


def test_memos_keyed_by_a_class(project):
    """What a module has kept about a class that it does not import is found out anew; what others registered stays."""
    shop = "class Cart:\n    a = 1\n"
    project.write({"memos.py": MEMOS, "shop.py": shop, "plugin.py": "def handle(): return 'plugin'\n"})
    project.run("import memos, shop, plugin; from memos import *; from shop import Cart")
    found = "fields(Cart), plan(Cart), serializer.cached(Cart), serializer.plan(Cart)"
    assert project.value(found) == (["a"],) * 4
    project.run("tag(Cart, 'food'); register(Cart, plugin.handle); register('Cart', 'plain'); handlers[int] = 'int'")
    project.write({"shop.py": shop + "    b = 2\n"})
    project.step("import shop", ["shop"])
    assert project.value(found) == (["a", "b"],) * 4
    assert project.value("handlers[Cart](), handlers['Cart'], handlers[int]") == ("plugin", "plain", "int")
    assert project.value("tags == {Cart: ['food']}")
    project.write({"shop.py": shop + "    b = 2\n1 / 0\n"})
    assert project.attempt("import shop").error["type"] == "ZeroDivisionError"
    assert project.value("memos._plans == {Cart: ['a', 'b']}")
