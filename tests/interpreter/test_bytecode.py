"""The import statements in code objects, of every version of Python."""

import sys
import textwrap
from importlib.machinery import ModuleSpec
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livereload.interpreter import bytecode as _code


def imports(source):
    return list(_code.imports(compile(textwrap.dedent(source), "<code>", "exec")))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import a", [("a", (), 0)]),
        ("import a.b as c", [("a.b", (), 0)]),
        ("import a, b", [("a", (), 0), ("b", (), 0)]),
        ("from a import b, c as d", [("a", ("b", "c"), 0)]),
        ("from a import *", [("a", ("*",), 0)]),
        ("from . import a", [("", ("a",), 1)]),
        ("from ..a.b import c", [("a.b", ("c",), 2)]),
        ("class C:\n    import a\n    class D:\n        import b", [("a", (), 0), ("b", (), 0)]),
        ("if x:\n    import a\nelse:\n    import b", [("a", (), 0), ("b", (), 0)]),
        ("try:\n    import a\nexcept ImportError:\n    import b", [("a", (), 0), ("b", (), 0)]),
        ("with x:\n    import a\nfor y in z:\n    import b\nwhile x:\n    import c",
         [("a", (), 0), ("b", (), 0), ("c", (), 0)]),
        ("def f():\n    import a", []),
        ("f = lambda: __import__('a')", []),
        ("class C:\n    def f(self):\n        import a", []),
        ("async def f():\n    import a", []),
        ("x = 1", []),
    ],
)  # fmt: skip
def test_imports(source, expected):
    """Each import of a module's own code and its class bodies, in order; none of its functions."""
    assert imports(source) == expected


@given(st.integers(0, 700), st.integers(0, 700))
def test_imports_in_large_code(constants, names):
    """Statements are found whatever comes before them, beyond the first 256 constants and names too."""
    source = "\n".join([*(f"x{i} = {i}.25" for i in range(constants)), *(f"y{i} = 1" for i in range(names))])
    assert imports(f"{source}\nfrom .a.b import c, d\nimport e.f") == [("a.b", ("c", "d"), 1), ("e.f", (), 0)]


@pytest.mark.skipif(sys.version_info < (3, 15), reason="PEP 810")
def test_lazy_imports_are_imports():
    """A lazy statement names what it imports, too."""
    assert imports("lazy import a\nlazy from b import c") == [("a", (), 0), ("b", ("c",), 0)]


@pytest.fixture
def asked(monkeypatch):
    """What the code says at each question for a module `asked`: (from-list, whether it is an attribute)."""
    found = []

    class Spec(ModuleSpec):
        @property
        def _initializing(self):
            frame = sys._getframe(1)
            arguments = frame.f_code, frame.f_lasti
            found.append((_code.from_list(*arguments), _code.is_attribute(*arguments)))
            return False

        @_initializing.setter
        def _initializing(self, value):
            pass

    module = ModuleType("asked")
    module.__spec__ = Spec("asked", None)
    module.value = 1
    monkeypatch.setitem(sys.modules, "asked", module)
    return found


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("import asked", ()),
        ("import asked as q", ()),
        ("from asked import value", ("value",)),
        ("from asked import value as v, value", ("value", "value")),
        ("from asked import *", ("*",)),
        ("__import__('asked')", ()),
    ],
)
def test_from_list(asked, statement, expected):
    """The instruction that asks tells the from-list."""
    exec(statement)
    assert asked[0] == (expected, False)


@given(st.integers(0, 600))
def test_from_list_in_large_code(constants):
    """Also when the constant lies beyond the first 256."""
    source = "\n".join(f"x{i} = {i}.25" for i in range(constants))
    code = compile(f"{source}\nfrom os import path, sep", "<code>", "exec")
    import opcode

    offsets = [i for i in range(0, len(code.co_code), 2) if code.co_code[i] == opcode.opmap["IMPORT_NAME"]]
    assert [_code.from_list(code, offset) for offset in offsets] == [("path", "sep")]


def test_attributes_are_no_imports(asked):
    """A question for a missing attribute is told from an import."""
    import asked as module

    asked.clear()
    for look in ("module.nowhere", "getattr(module, 'nowhere')"):
        with pytest.raises(AttributeError):
            exec(look, {"module": module})
    assert all(is_attribute for _, is_attribute in asked)


def test_offsets_outside_the_code():
    """An offset that is none gives nothing."""
    code = compile("import os", "<code>", "exec")
    for offset in (-1, -2, len(code.co_code), 10**6):
        assert _code.from_list(code, offset) == ()
        assert _code.is_attribute(code, offset) is False
