"""Python's object model: one class, one function, many generations."""

import collections.abc
import functools

import pytest

from livereload.entries.entry_comparison import comparable
from livereload.identity import classes, functions, object_model, stdlib_class_caches
from livereload.identity.namespace_paths import walk
from livereload.identity.referrers import Pair, is_held_by_others, is_referred_to, substitute


class Journal(list):
    """What `note` was told; `undo` plays it backwards."""

    def note(self, undo, *arguments):
        self.append((undo, arguments))

    def undo(self):
        while self:
            undo, arguments = self.pop()
            undo(*arguments)


@pytest.fixture
def journal():
    return Journal()


def adopt(old, new, journal):
    return classes.adopt(old, new, object_model.bases.__get__(new), journal.note)


def members(cls):
    return {key: value for key, value in vars(cls).items() if key not in ("__dict__", "__weakref__", "_abc_impl")}


def test_adopt_and_undo(journal):
    """A class has what the other had, in its order, and after the undoing what it had itself."""

    class A:
        x = 1
        y = 2

        def who(self):
            return __class__

    old, before = A, members(A)

    class A:
        z = 3
        x = 4

        def who(self):
            return __class__

    assert adopt(old, A, journal) == ""
    assert (old.z, old.x, hasattr(old, "y"), old().who() is old) == (3, 4, False, True)
    assert list(members(old)) == list(members(A))
    journal.undo()
    assert members(old) == before
    assert list(members(old)) == list(before)


def test_adopt_members_that_are_named_like_attributes_of_classes(journal):
    """What a class body binds to a name that classes, or its metaclass, answer for is moved like any other member."""

    class Meta(type):
        @property
        def total(cls):
            return "of the class"

        __module__ = __doc__ = total

    def make(value):
        class A(metaclass=Meta):
            __module__ = __doc__ = value
            __class__ = property(lambda self: value)
            __dict__ = property(lambda self: {"value": value})
            __name__ = __mro__ = value
            total = value

        return A

    def seen():
        instance = old()
        special = instance.__class__, instance.__dict__, instance.__name__, instance.__mro__
        return *special, instance.__module__, instance.__doc__, instance.total

    old = make(1)
    first, before = (1, {"value": 1}, 1, 1, 1, 1, 1), members(old)
    assert seen() == first
    assert adopt(old, make(2), journal) == ""
    assert seen() == (2, {"value": 2}, 2, 2, 2, 2, 2)
    assert (old.__name__, old.total, type(old), old.__mro__) == ("A", "of the class", Meta, (old, object))
    assert (old.__module__, old.__doc__) == ("of the class", "of the class")
    journal.undo()
    assert (seen(), members(old)) == (first, before)
    new = Meta("A", (), {"__dict__": vars(old)["__dict__"]})
    assert adopt(old, new, journal) == ""
    assert (old().__class__, old().__dict__, hasattr(old(), "total")) == (old, {"value": 1}, False)
    journal.undo()
    assert (seen(), members(old)) == (first, before)


def test_adopt_refuses_other_slots(journal):
    """A class with other slots is not touched, and the reason is told."""
    old, new = type("A", (), {"__slots__": ("a",)}), type("A", (), {"__slots__": ("a", "b")})
    assert adopt(old, new, journal) == "its __slots__ changed"
    assert old.__slots__ == ("a",)


def test_adopt_refuses_classes_of_extension_modules(journal):
    """A class that came from C in the place of one of the same name (`functools.Placeholder`'s) is not touched."""
    new = type("NoneType", (), {"__slots__": ()})
    assert adopt(type(None), new, journal) == "it is a class of an extension module"
    assert journal == []


def test_adopt_with_bases_that_cannot_be_given(journal):
    """A class that cannot have the other bases keeps all it has."""

    class Meta(type):
        pass

    class Other(type):
        pass

    old, new = Meta("A", (), {"x": 1}), Other("A", (dict,), {"x": 2})
    reason = adopt(old, new, journal)
    assert reason.startswith("its bases changed: ")
    assert (type(old), old.__bases__, old.x) == (Meta, (object,), 1)
    journal.undo()
    assert (type(old), old.__bases__, old.x) == (Meta, (object,), 1)


def test_discarded_class_is_forgotten():
    """A discarded class is empty, and no subclass of its bases, whatever its metaclass says of `mro`."""

    class Base:
        pass

    class Meta(type):
        def mro(cls):
            assert not armed
            return type.mro(cls)

    armed = False
    cls = Meta("A", (Base,), {"x": 1})
    armed = True
    classes.discard(cls)
    assert (Base.__subclasses__(), "x" in vars(cls)) == ([], False)


def outer(n, m=0):
    def inner():
        return n

    def other():
        return n + m

    return inner, other


def test_follow_and_undo(journal):
    """A function runs what the other runs, and after the undoing what it ran itself."""

    def f(a=1, *, b=2):
        "one"
        return a

    def g(c: int = 3) -> int:
        "two"
        return c

    f.x = 1
    assert functions.follow(f, g, journal.note)
    assert (f(), f.__doc__, f.__kwdefaults__, f.__name__, vars(f)) == (3, "two", None, "g", {})
    assert f.__annotations__ == {"c": int, "return": int}
    journal.undo()
    assert (f(), f.__doc__, f.__kwdefaults__, f.__name__, vars(f)) == (1, "one", {"b": 2}, "f", {"x": 1})
    assert f.__annotations__ == {}


def test_follow_with_another_number_of_variables(journal):
    """A function that cannot have the other's variables calls the other."""
    old, new = outer(1)[0], outer(2, 5)[1]
    assert not functions.follow(old, new, journal.note)
    assert old() == 7
    assert functions.called_instead(old) is new
    assert functions.called_instead(new) is None
    journal.undo()
    assert (old(), functions.called_instead(old)) == (1, None)


def test_closures_apart():
    """Variables that others share and that somebody rebinds cannot be left behind; others can."""

    def make():
        shared = constant = alone = 0

        def get():
            return shared

        def put(x):
            nonlocal shared
            shared = x

        def read():
            return constant

        def also():
            return constant

        def count():
            nonlocal alone
            alone += 1

        return get, put, read, also, count

    old, new = make(), make()
    all_ids = [id(function) for function in new]
    code = test_closures_apart.__code__
    assert functions.closures_apart(list(zip(old, new, strict=True)), code) == set(all_ids)
    without_put = [pair for index, pair in enumerate(zip(old, new, strict=True)) if index not in (1, 3)]
    assert functions.closures_apart(without_put, code) == {all_ids[2], all_ids[4]}
    assert functions.closures_apart(without_put, None) == {all_ids[4]}


@pytest.mark.parametrize("count", [1, 300])
def test_rebinds(count):
    """Only a function that gives the variable a value rebinds it, however many variables there are."""
    names = [f"v{i:03}" for i in range(count)]
    source = f"def make():\n    {' = '.join(names)} = 0\n    def get(): return ({', '.join(names)},)\n"
    source += f"    def put():\n        nonlocal {names[-1]}\n        {names[-1]} = ({', '.join(names)},)\n"
    source += "    return get, put\n"
    namespace = {}
    exec(source, namespace)
    get, put = namespace["make"]()
    assert [functions.rebinds(get.__code__, name) for name in names] == [False] * count
    assert [functions.rebinds(put.__code__, name) for name in names] == [False] * (count - 1) + [True]


def test_reference_counts():
    """A class or function to which nothing refers is told from one that is in a list."""

    class A:
        __slots__ = ("x",)

        def f(self):
            return __class__

    pairs = [Pair(type("B", (), {}), object), Pair(A, object)]
    del A
    for pair in pairs:
        assert not is_referred_to(pair)
        held = [pair.other]
        assert is_referred_to(pair)
        held.clear()

    def make():
        def f():
            return f

        def g():
            return f

        return f, g

    f, g = make()
    assert is_held_by_others(f)
    del g
    assert not is_held_by_others(f)
    held = [f]
    assert is_held_by_others(f)
    held.clear()


def test_substitute():
    """Whatever kind of object holds a class gets the other, and instances become instances of it."""

    class Old:
        pass

    class New:
        pass

    class Slots:
        __slots__ = ("x", "y")

    def default(x=(Old,), *, y=Old):
        return x, y

    def closure():
        return Old

    slots, instance = Slots(), Old()
    slots.x = Old
    held = [[Old], {"k": Old}, {Old: 1}, {Old}, (Old, 1), frozenset([Old]), [(Old,)], [Old, New]]
    old = Old
    substitute({id(old): New}, [old])
    assert held[:4] == [[New], {"k": New}, {New: 1}, {New}]
    assert held[4:] == [(New, 1), frozenset([New]), [(New,)], [New]]
    assert (slots.x, default(), closure(), type(instance)) == (New, ((New,), New), New, New)


def test_substitute_asks_no_key():
    """A key whose hash is another by now, or that compares in its own way, is left alone; the others are not."""

    class Key:
        n = 0

        def __hash__(self):
            self.n += 1
            return self.n

        def __eq__(self, other):
            raise AssertionError

    class Old:
        pass

    class New:
        pass

    key, old = Key(), Old
    table = {key: Old, "x": Old, Old: 1}
    asked = key.n
    substitute({id(old): New}, [old])
    assert (key.n, list(table)) == (asked, [key, "x", New])
    assert list(table.values()) == [old, New, 1]


def test_instance_dict_asks_nothing():
    """The attributes of an instance, without its own ways; None for one that has none."""

    class Odd:
        def __getattribute__(self, name):
            raise AssertionError(name)

    odd = Odd()
    object.__setattr__(odd, "x", 1)
    assert object_model.instance_dict(odd) == {"x": 1}
    assert object_model.instance_dict(()) is None


def test_walk():
    """Each function and class, at the shortest place that leads to it."""
    namespace = {"__name__": "m"}
    source = "def d(g):\n    def w(): return g()\n    w.__wrapped__ = g\n    return w\nclass C:\n    @d\n"
    source += "    def f(self): pass\n"
    source += "    p = property(lambda self: 1)\n    class D:\n        @staticmethod\n        def s(): pass\n"
    source += "T = {'k': [C.D.s]}\nalias = d\n"
    exec(source, namespace)
    assert [place for place, _ in walk("m", namespace, namespace)] == [
        *(("d",), ("C",), ("C", "f"), ("C", "D"), ("C", "f", ("cell", "g"))),
        *(("C", "p", "fget"), ("T", (str, "k"), 0)),
    ]


def test_says():
    """Entries say the same if they consist of the same; what cannot be seen is itself."""

    class Point:
        def __init__(self, x):
            self.x = x

    class Hidden(list):
        pass

    def make():
        def f():
            pass

        return f

    for make_entry in (
        make,
        lambda: Point(1),
        lambda: ("x", [Point(1)], {"k": {1}}),
        lambda: functools.partial(Point, 1),
    ):
        assert comparable(make_entry()) == comparable(make_entry())
    for one, other in [(Point(1), Point(2)), (1, True), (1, 1.0), (Hidden(), Hidden()), (object(), object()), ([], ())]:
        assert comparable(one) != comparable(other)


def test_verdicts_of_abcs(journal):
    """What ABCs have found out about a class and those that derive from it is found out anew."""

    class Box:
        pass

    class Small(Box):
        pass

    assert not issubclass(Small, collections.abc.Sized)
    new = type("Box", (), {"__len__": lambda self: 1, "__module__": __name__})
    assert adopt(Box, new, journal) == ""
    assert (issubclass(Small, collections.abc.Sized), isinstance(Box(), collections.abc.Sized)) == (True, True)
    journal.undo()
    assert (issubclass(Small, collections.abc.Sized), isinstance(Box(), collections.abc.Sized)) == (False, False)


def test_verdicts_of_dispatchers():
    """A function that dispatches on the class of its argument does so by the bases that the class has now."""

    class A:
        pass

    class B:
        pass

    class C(A):
        pass

    function = functools.singledispatch(lambda x: "any")
    function.register(A)(lambda x: "a")
    function.register(B)(lambda x: "b")
    assert (function(C()), function(B())) == ("a", "b")
    C.__bases__ = (B,)
    assert function(C()) == "a"
    stdlib_class_caches.forget(C, True)
    assert function(C()) == "b"
