"""Random projects: what the modules of one may hold, as hypothesis strategies of source text.

Modules know each other only through the names below, so most imports between them succeed, and a
random edit changes what others see.  A text says of each name only what it can say by itself: no
clock, no counter, nothing of who else has been imported.
"""

from hypothesis import strategies as st

# A module may be at either of the two places of its name; a package may lack its __init__.py.
MODULES = ("a", "p", "p.x", "b", "p.q", "p.y", "p.q.z", "c")
PACKAGES = ("p", "p.q")
NAMES = ("X", "f", "g", "C", "D", "E")

digits = st.integers(0, 9).map(str)
others = st.sampled_from(MODULES)


def file_of(name, *, package=None):
    """The path of a module, relative to an entry of the search path."""
    path = name.replace(".", "/")
    return f"{path}/__init__.py" if (name in PACKAGES if package is None else package) else f"{path}.py"


_CONSTANTS = ["X = {n}", "X = ({n}, {m})", "X = []\nX.append({n})", "if {n} > 4:\n    X = {n}\nelse:\n    X = -{m}"]
_FUNCTIONS = [
    "def f(v={n}):\n    return v + {m}",
    "def f(v={n}, *, w={m}):\n    return (v, w, X)",
    "def f():\n    from {o} import X\n    return (X, {n})",
    "def _make(k):\n    def f():\n        return k + {n}\n    return f\nf = _make({m})",
    "f = lambda: {n}",
    "if {n} > 4:\n    def f(): return {m}\nelse:\n    def f(): return -{m}",
]
_DECORATED = [
    "def g(function):\n    def wrapper(*args):\n        return ({n}, function(*args))\n    return wrapper",
    "import functools\ndef g(function):\n    @functools.wraps(function)\n"
    "    def wrapper(*args):\n        return ({n}, function(*args))\n    return wrapper",
    "import {o} as _o\n@_o.g\ndef f():\n    return {n}",
    "from {o} import g\n@g\ndef f(v={m}):\n    return v + {n}",
]
_CLASSES = [
    "class C:\n    K = {n}\n    def m(self):\n        return ({m}, self.K)",
    "class C:\n    @property\n    def K(self):\n        return {n}\n    def m(self):\n        return self.K\n",
    "class C:\n    def m(self):\n        return {n}\n    @classmethod\n    def k(cls):\n        return {m}",
    "import {o}\nclass C({o}.C):\n    K = {n}\n    def m(self):\n        return (super().m(), {m})",
    "from {o} import C as B\nclass C(B):\n    def m(self):\n        return (super().m(), {n})",
    "class C:\n    class N:\n        K = {n}\n    def m(self):\n        return self.N.K + {m}",
    "from dataclasses import dataclass\n@dataclass\nclass D:\n    x: int = {n}\n    y: int = {m}",
    "from dataclasses import dataclass\n@dataclass(frozen=True)\nclass D:\n    x: int = {n}",
    "from enum import Enum\nclass E(Enum):\n    A = {n}\n    B = 1{m}",
    "from enum import Enum\nclass E(Enum):\n    A = {n}\n    C = 2{m}\n    def m(self):\n        return {n}",
]
_IMPORTS = [
    "import {o}",
    "import {o} as _o",
    "from {o} import X",
    "from {o} import f, C",
    "from {o} import *",
    "import {o}\nY = {o}.X",
    "from {o} import X as _X\nY = (_X, {n})",
    "from {o} import f as _f\nZ = _f()",
    "try:\n    import {o} as opt\nexcept ImportError:\n    opt = {n}",
    "try:\n    from {o} import X as Y\nexcept ImportError:\n    Y = {n}",
    "import importlib\n_o = importlib.import_module('{o}')\nY = _o.X",
]
_RELATIVE = [
    "from . import {t}",
    "from .{t} import X",
    "from .{t} import *",
    "from .{t} import C as B\nclass C(B):\n    K = {n}",
    "try:\n    from . import {t}\nexcept ImportError:\n    {t} = {n}",
]
_SPECIAL = [
    "__all__ = ['X', 'f']",
    "__all__ = ['X']",
    "def __getattr__(name):\n    if name == 'C':\n        return {n}\n    raise AttributeError(name)",
    "'''A module, {n}'''",
    "# {n}",
    "if False:\n    import missing",
    "del X",
]
BROKEN = ["def (", "1 / 0", "import missing", "X = undefined", "raise SystemExit({n})", "raise KeyError('{n}')"]

_pieces = st.sampled_from(
    [*_CONSTANTS * 2, *_FUNCTIONS * 2, *_DECORATED, *_CLASSES, *_IMPORTS * 2, *_SPECIAL],
)


@st.composite
def piece(draw, name):
    """A few lines of the module `name`."""
    siblings = [each.rpartition(".")[2] for each in MODULES if each.rpartition(".")[0] == package_of(name) != ""]
    template = draw(st.sampled_from(_RELATIVE) if siblings and draw(st.integers(0, 4)) == 0 else _pieces)
    return fill(draw, template, siblings, _imported_by(draw, name))


def _imported_by(draw, name):
    """What `name` imports: mostly what comes before it, so that only some projects have cycles."""
    before = [each for each in MODULES[: MODULES.index(name)] if not name.startswith(each + ".")]
    return others if not before or draw(st.integers(0, 9)) == 0 else st.sampled_from(before)


def package_of(name):
    return name if name in PACKAGES else name.rpartition(".")[0]


def fill(draw, template, siblings=("x",), imported=others):
    """`template` with its digits (n, m), modules (o) and siblings (t) drawn."""
    for key, strategy in (("n", digits), ("m", digits), ("o", imported), ("t", st.sampled_from(siblings))):
        if "{" + key + "}" in template:
            template = template.replace("{" + key + "}", draw(strategy))
    return template


@st.composite
def source(draw, name):
    """The text of the module `name`: what others most often want of it, and some more."""
    first = ["X = {n}", "def f():\n    return {n}", "def g(function):\n    return function", _CLASSES[0]]
    first = [fill(draw, each) for each in first] if draw(st.integers(0, 9)) else []
    pieces = [*first, *draw(st.lists(piece(name), min_size=1, max_size=4))]
    return "\n".join(pieces) + "\n"


_SPELLINGS = [
    "import {o}",
    "import {o} as q",
    "from {o} import X",
    "from {o} import f",
    "from {o} import C, f",
    "from {o} import *",
    "import importlib; importlib.import_module('{o}')",
    "__import__('{o}')",
    "from p import x",
    "from p import y, x",
    "from p.q import z",
]


@st.composite
def statements(draw):
    """An import statement, and the module that it is about."""
    statement = draw(st.sampled_from(_SPELLINGS))
    return fill(draw, statement)
