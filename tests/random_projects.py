# ruff: noqa: E501 (a piece reads best in one line)
"""Random projects: what the modules of one may hold, as hypothesis strategies of source text.

Modules know each other only through the names below, so most imports between them succeed, and a
random edit changes what others see.  A text says of each name only what it can say by itself: no
clock, no counter, nothing of who else has been imported, nothing put into another module's things.
What others have registered with a module is in its list `seen`, which is claimed by itself
(`following.py`).

A source is a sequence of pieces, each of which ends with the line MARK, so that edits can tell them apart.
"""

from hypothesis import strategies as st

# A module may be at either of the two places of its name; a package may lack its __init__.py.
MODULES = ("a", "p", "p.x", "b", "p.q", "p.y", "p.q.z", "c", "d")
PACKAGES = ("p", "p.q")
NAMES = ("X", "f", "g", "C", "D", "E", "h", "it", "table")
FOLDERS = ("p", "p/q", "over/p", "aside", "p/aside")
MARK = "#"

digits = st.integers(0, 9).map(str)
others = st.sampled_from(MODULES)


def file_of(name, *, package=None):
    """The path of a module, relative to an entry of the search path."""
    path = name.replace(".", "/")
    return f"{path}/__init__.py" if (name in PACKAGES if package is None else package) else f"{path}.py"


# What others most often want of a module.
_FIRST = [
    "X = {n}",
    "def f():\n    return {n}",
    "def g(function):\n    return function",
    "class C:\n    K = {n}\n    def m(self):\n        return ({m}, self.K)",
]
_CONSTANTS = [
    "X = {n}",
    "X = ({n}, {m})",
    "X = []\nX.append({n})",
    "X: int = {n}",
    "if {n} > 4:\n    X = {n}\nelse:\n    X = -{m}",
    "globals()['X'] = {n}",
    "exec('X = {n}')",
    "def _set():\n    global X\n    X = {n}\n_set()",
    "for X in range({n}):\n    pass",
    "Y = [X, *[each for each in ({n}, {m}) if each > 4]]",
    "match {n}:\n    case 0 | 1 | 2:\n        X = {m}\n    case other:\n        X = -other",
    "Y = (Y := {n})",
]
_FUNCTIONS = [
    "def f(v={n}):\n    return v + {m}",
    "def f(v={n}, *, w={m}):\n    return (v, w, X)",
    "def f():\n    from {o} import X\n    return (X, {n})",
    "def f():\n    import {o}\n    return ({o}.f(), {n})",
    "def _make(k):\n    def f():\n        return k + {n}\n    return f\nf = _make({m})",
    "f = lambda: {n}",
    "if {n} > 4:\n    def f(): return {m}\nelse:\n    def f(): return -{m}",
    "def f():\n    return 1 / {n}",
    "def f():\n    global X\n    return (X, {n})",
    "def h():\n    yield {n}",
    "async def h():\n    return {n}",
    "h = f",
    "def f(v=[]):\n    return (list(v), {n})",
    "import functools\n@functools.lru_cache\ndef f():\n    return {n}",
    "import functools\n@functools.singledispatch\ndef h(v):\n    return {n}\n@h.register\ndef _(v: int):\n    return {m}",
    "import functools\nh = functools.partial(f, **{})",
    "def _outer():\n    k = {n}\n    def _set():\n        nonlocal k\n        k = {m}\n    _set()\n    return lambda: k\n"
    "f = _outer()",
]
_DECORATED = [
    "def g(function):\n    def wrapper(*args):\n        return ({n}, function(*args))\n    return wrapper",
    "import functools\ndef g(function):\n    @functools.wraps(function)\n"
    "    def wrapper(*args):\n        return ({n}, function(*args))\n    return wrapper",
    "import {o} as _o\n@_o.g\ndef f():\n    return {n}",
    "from {o} import g\n@g\ndef f(v={m}):\n    return v + {n}",
    "from {o} import g as _g\nf = _g(f)",
    "import {o} as _o\n@_o.g\nclass C:\n    def m(self):\n        return {n}",
]
_CLASSES = [
    "class C:\n    K = {n}\n    def m(self):\n        return ({m}, self.K)",
    "class C:\n    @property\n    def K(self):\n        return {n}\n    def m(self):\n        return self.K\n",
    "class C:\n    def m(self):\n        return {n}\n    @classmethod\n    def k(cls):\n        return {m}\n"
    "    @staticmethod\n    def s():\n        return {n}",
    "class C:\n    class N:\n        K = {n}\n    def m(self):\n        return self.N.K + {m}",
    "class C:\n    __slots__ = ('s',)\n    def __init__(self):\n        self.s = {n}\n    def m(self):\n        return {m}",
    "class C:\n    def __init__(self):\n        self.v = {n}\n    def m(self):\n        return (__class__.__name__, {m})",
    "class M(type):\n    def __new__(mcs, name, bases, namespace):\n"
    "        return super().__new__(mcs, name, bases, namespace | {'tag': {n}})\n"
    "class C(metaclass=M):\n    def m(self):\n        return (self.tag, {m})",
    "class C:\n    def __init_subclass__(cls, **keywords):\n        super().__init_subclass__(**keywords)\n"
    "        cls.tag = {n}\n    def m(self):\n        return {m}",
    "class _Field:\n    def __set_name__(self, owner, name):\n        self.name = name\n"
    "    def __get__(self, instance, owner):\n        return (self.name, {n})\n"
    "class C:\n    k = _Field()\n    def m(self):\n        return self.k",
    "import abc\nclass D(abc.ABC):\n    @abc.abstractmethod\n    def k(self): pass\n    def m(self):\n        return {n}\n"
    "class C(D):\n    def k(self): pass",
    "from typing import Protocol, runtime_checkable\n@runtime_checkable\nclass D(Protocol):\n    K: int\n"
    "    def m(self): ...\nY = isinstance(C(), D)",
    "from typing import Generic, TypeVar\nT = TypeVar('T')\nclass D(Generic[T]):\n    def m(self):\n        return {n}\n"
    "Y = D[int]().m()",
    "from typing import NamedTuple\nclass D(NamedTuple):\n    x: int = {n}\n    y: int = {m}",
    "from dataclasses import dataclass\n@dataclass\nclass D:\n    x: int = {n}\n    y: int = {m}",
    "from dataclasses import dataclass\n@dataclass(frozen=True)\nclass D:\n    x: int = {n}",
    "from dataclasses import dataclass, field\n@dataclass(slots=True)\nclass D:\n    x: int = {n}\n"
    "    y: list = field(default_factory=list)\n    def m(self):\n        return {m}",
    "from enum import Enum\nclass E(Enum):\n    A = {n}\n    B = 1{m}",
    "from enum import Enum\nclass E(Enum):\n    A = {n}\n    C = 2{m}\n    def m(self):\n        return {n}",
    "from enum import IntFlag\nclass E(IntFlag):\n    A = 1\n    B = 1{n}",
    "class D(Exception):\n    code = {n}\ntry:\n    raise D({m})\nexcept D as error:\n    Y = (error.code, error.args)",
    "it = C()\nY = it.m()",
]
_DERIVED = [
    "import {o}\nclass C({o}.C):\n    K = {n}\n    def m(self):\n        return (super().m(), {m})",
    "from {o} import C as B\nclass C(B):\n    def m(self):\n        return (super().m(), {n})",
    "from {o} import C\nclass D(C):\n    def m(self):\n        return (C.m(self), {n})",
    "import {o} as _o\nclass D(_o.C):\n    pass\nY = D().m()",
    "from {o} import C as B\nclass C(B, metaclass=type(B)):\n    pass",
    "from {o} import C as _C\nit = _C()\nY = it.m()",
    "from {o} import C as _C\nY = (isinstance(C(), _C), _C.__mro__[0] is _C, issubclass(C, _C))",
    "from {o} import C as _C\nclass D:\n    part = _C()\n    def m(self):\n        return (self.part.m(), {n})",
    "from dataclasses import dataclass, field\nimport {o} as _o\n@dataclass\nclass D:\n"
    "    x: object = field(default_factory=_o.f)\n    y: object = {n}",
]
_IMPORTS = [
    "import {o}",
    "import {o} as _o",
    "from {o} import X",
    "from {o} import f, C",
    "from {o} import f, g",
    "from {o} import *",
    "try:\n    import {o} as opt\nexcept ImportError:\n    opt = {n}",
    "try:\n    from {o} import X as Y\nexcept ImportError:\n    Y = {n}",
    "try:\n    from {o} import nowhere as Y\nexcept ImportError:\n    Y = {n}",
    "try:\n    import {o} as opt\nexcept Exception as error:\n    opt = type(error).__name__\nelse:\n    Y = opt.f",
    "import contextlib\nwith contextlib.suppress(ImportError):\n    from {o} import X as Y",
    "if {n} > 4:\n    from {o} import X as Y\nelse:\n    from {u} import X as Y",
    "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import {o}",
    "def h():\n    import {o} as late\n    return late.X",
    "class D:\n    from {o} import X as K, f as m",
    "import {o}, {u}",
    "from {o} import f\nfrom {u} import f",
    "from {o} import X as Y\ndel Y",
    "from {o} import X as Y\nY = {n}",
    "from {o} import __name__ as Y",
]
# What an import gives, used while the module's code runs, in every way that we could think of.
_USED = [
    "import {o}\nY = {o}.X",
    "from {o} import X as _X\nY = (_X, {n})",
    "from {o} import f as _f\nY = _f()",
    "import importlib\n_o = importlib.import_module('{o}')\nY = _o.X",
    "_o = __import__('{o}', fromlist=['X'])\nY = _o.f()",
    "import {o} as _o\ndef f():\n    return (_o.f(), {n})",
    "from {o} import f as _f\ndef f():\n    return (_f(), {n})\nY = f()",
    "import {o} as _o\ntable = {'f': _o.f, 'C': _o.C}\nY = table['f']()",
    "import {o} as _o\ntable = {'f': _o.f, 'C': _o.C, 'X': _o.X}",
    "from {o} import f\nh = f",
    "from {o} import f as _f\nh = lambda: _f()\nY = h()",
    "from {o} import X as _X\ndef f(v=_X):\n    return (v, {n})",
    "from {o} import X as _X\nif repr(_X) > '4':\n    def h(): return {n}\nelse:\n    def h(): return -{n}",
    "from {o} import X as _X\nY = f'{_X} {n}'",
    "import {o} as _o\nY = [getattr(_o, name) for name in ('X', '__name__')]",
    "import {o} as _o\nY = (vars(_o)['X'], _o.__dict__['X'], hasattr(_o, 'D'))",
    "import {o} as _o\nY = getattr(_o, 'D', None) is None",
    "import {o} as _o\nY = sorted(name for name in dir(_o) if name in ('X', 'Y', 'D', 'E', 'it'))",
    "import {o}, sys\nY = sys.modules['{o}'].X",
    "import {o} as _o\n_alias = _o\nY = _alias.f()",
    "from {o} import *\nY = X",
    "from {o} import *\nY = f()",
    "from {o} import *\nY = globals()['X']",
    "import {o} as _o\nY = eval('_o.X')",
    "exec('from {o} import X as Y')",
    "import operator\nimport {o} as _o\nY = operator.attrgetter('X')(_o)",
    "def _load():\n    from {o} import X as value\n    return value\nY = _load()",
    "def _load():\n    global Y\n    from {o} import X as Y\n_load()",
    "def _load():\n    import {o} as late\n    return late.f()\nY = [_load() for _ in range(1)]",
    "class D:\n    import {o} as _o\n    K = _o.X\n    def m(self):\n        return self._o.f()",
    "import {o} as _o\nY = _o.__doc__",
    "import {o} as _o\nassert _o.f",
    "import {o} as _o\nY: _o.C = {n}",
    "import {o} as _o\nY = ''.join(str(each) for each in [_o.X])",
    "import {o} as _o\ntry:\n    Y = _o.D\nexcept AttributeError:\n    Y = {n}",
    "import {o} as _o\nmatch _o.X:\n    case 1 | 2 | 3 | 4:\n        Y = {n}\n    case _:\n        Y = {m}",
    "import functools\nimport {o} as _o\nh = functools.partial(_o.f)\nY = h()",
    "import functools\nimport {o} as _o\n@functools.lru_cache\ndef f():\n    return (_o.f(), {n})\nY = f()",
    "import {o} as _o\nY = list(map(lambda each: each(), [_o.f]))",
    "import {o} as _o\ndef _use(module):\n    return module.X\nY = _use(_o)",
    "from {o} import X as _X\nX = (X, _X) if isinstance(_X, int) else _X",
    "from {o} import X as _X\n_k = _X\ndef f():\n    return _k",
    "import {o} as _o\nX = _o.X",
    "import {o} as _o\nf = _o.f",
    "import {o} as _o\nC = _o.C",
    "import {o} as _o\nY = (_o.f.__defaults__, _o.f.__name__, _o.f.__module__)",
    "from {o} import f as _f\nY = _f.__code__.co_firstlineno > {n}",
    "import {o} as _o, {u} as _u\nY = (_o.f(), _u.f())",
    "import {o} as _o\nwhile True:\n    Y = _o.f()\n    break",
    "import {o} as _o\ntry:\n    Y = _o.f()\nexcept Exception as error:\n    Y = repr(error)\nfinally:\n    X = {n}",
]
_REGISTRIES = [
    "seen = []\ndef register(thing):\n    seen.append(thing)\n    return thing",
    "seen = []\n_names = set()\ndef register(thing):\n    key = (thing.__module__, thing.__qualname__)\n"
    "    if key in _names:\n        raise ValueError(f'{key} is there already')\n"
    "    _names.add(key)\n    seen.append(thing)\n    return thing",
    "seen = []\nclass C:\n    def __init_subclass__(cls):\n        seen.append(cls)\n    def m(self):\n        return {n}",
    "import {o} as _o\n@getattr(_o, 'register', lambda thing: thing)\ndef h():\n    return {n}",
    "import {o} as _o\n@getattr(_o, 'register', lambda thing: thing)\nclass D:\n    def m(self):\n        return {n}",
    "from {o} import C as _C\nclass D(_C):\n    K = {n}",
]
# A private name: what is kept is there from the start, so within a cycle `import *` takes an earlier value that a
# fresh interpreter has not bound yet.
_STATE = [
    "try:\n    _cache\nexcept NameError:\n    _cache = {}",
    "if '_cache' not in globals():\n    _cache = []",
    "_cache = globals().get('_cache', {})",
    "__livereload_dispose__ = lambda: None",
]
_RELATIVE = [
    "from . import {t}",
    "from .{t} import X",
    "from .{t} import *",
    "from .{t} import C as B\nclass C(B):\n    K = {n}",
    "try:\n    from . import {t}\nexcept ImportError:\n    {t} = {n}",
    "from . import {t} as _t\nY = _t.X",
    "from .{t} import f as _f\nY = _f()",
    "import importlib\n_o = importlib.import_module('.{t}', __package__)",
]
_FURTHER = [
    "from .. import X as Y",
    "from ..x import X as Y",
    "from .. import x as _t\nY = _t.f()",
]
_SPECIAL = [
    "__all__ = ['X', 'f']",
    "__all__ = ['X']",
    "__all__ = ['X', 'f', 'g', 'C', 'Y']\nY = {n}",
    "def __getattr__(name):\n    if name == 'D':\n        return {n}\n    raise AttributeError(name)",
    "from {o} import X as _X\ndef __getattr__(name):\n    if name == 'D':\n        return _X\n    raise AttributeError(name)",
    "def __dir__():\n    return ['X']",
    "'''A module, {n}'''",
    "# {n}",
    "if False:\n    import missing",
    "del X\nX = {n}",
    "import sys\nY = sys.modules[__name__].__name__",
    "__version__ = '{n}'",
]
_RARE = ["del X", "del f", "X = undefined", "from {o} import nowhere"]
COMMENTS = ["# more\n", "\n\n", "# more, {n}\n", "    # indented\n"]
BROKEN = ["def (", "1 / 0", "import missing", "X = undefined", "raise SystemExit({n})", "raise KeyError('{n}')"]

_PIECES = [
    *_CONSTANTS,
    *_FUNCTIONS,
    *_DECORATED * 2,
    *_CLASSES,
    *_DERIVED * 2,
    *_IMPORTS * 2,
    *_USED,
    *_REGISTRIES * 2,
    *_STATE,
    *_SPECIAL,
]


def pieces(text):
    """The pieces of a source."""
    return [each + f"{MARK}\n" for each in text.split(f"{MARK}\n") if each] or [""]


@st.composite
def piece(draw, name):
    """A few lines of the module `name`."""
    home = package_of(name)
    siblings = [each.rpartition(".")[2] for each in MODULES if each.rpartition(".")[0] == home != ""]
    templates = _PIECES
    if rarely(draw, 100):
        templates = _RARE
    elif siblings and rarely(draw, 5):
        templates = _RELATIVE + _FURTHER if "." in home else _RELATIVE
    before = [each for each in siblings if f"{home}.{each}" in MODULES[: MODULES.index(name)]]
    if before and not rarely(draw, 40):
        siblings = before
    return fill(draw, draw(st.sampled_from(templates)), siblings, _imported_by(draw, name)) + f"\n{MARK}\n"


def rarely(draw, times):
    """True once in so many times.  hypothesis prefers the ends of a range, and shrinks to zero."""
    return draw(st.integers(0, times - 1)) == times // 2


def _imported_by(draw, name):
    """What `name` imports: mostly what comes before it, so that only some projects have cycles."""
    before = [each for each in MODULES[: MODULES.index(name)] if not name.startswith(each + ".")]
    return others if not before or rarely(draw, 40) else st.sampled_from(before)


def package_of(name):
    return name if name in PACKAGES else name.rpartition(".")[0]


def fill(draw, template, siblings=("x",), imported=others):
    """`template` with its digits (n, m), modules (o, u) and siblings (t) drawn."""
    drawn = {"n": digits, "m": digits, "o": imported, "u": imported, "t": st.sampled_from(siblings)}
    for key, strategy in drawn.items():
        if "{" + key + "}" in template:
            template = template.replace("{" + key + "}", draw(strategy))
    return template


@st.composite
def source(draw, name):
    """The text of the module `name`: what others most often want of it, and some more."""
    first = [fill(draw, each) + f"\n{MARK}\n" for each in _FIRST] if not rarely(draw, 30) else []
    if rarely(draw, 15):
        first = [f"from __future__ import annotations\n{MARK}\n", *first]
    return "".join([*first, *draw(st.lists(piece(name), min_size=1, max_size=4))])


_SPELLINGS = [
    "import {o}",
    "import {o} as q",
    "from {o} import X",
    "from {o} import f",
    "from {o} import C, f",
    "from {o} import f as k, g",
    "from {o} import *",
    "import {o}, {u}",
    "import importlib; importlib.import_module('{o}')",
    "__import__('{o}')",
    "__import__('{o}', fromlist=['X'])",
    "def _use():\n    from {o} import f\n    return f\n_use()",
    "class _Use:\n    import {o} as q",
    "exec('import {o}')",
    "import importlib, {o}; importlib.import_module('{o}').X",
]
_IN_PACKAGES = [
    "from p import x",
    "from p import y, x",
    "from p.q import z",
    "from p import *",
    "from p import q; q.X",
    "import importlib; importlib.import_module('.x', 'p')",
    "import p.x as k, p.q.z",
]
RELOAD = "import importlib, {o} as q; importlib.reload(q)"
CALLS = [
    ("from {o} import f", "f()"),
    ("import {o} as q", "q.f()"),
    ("from {o} import C", "C().m()"),
    ("from {o} import C, f", "(f(), C().m())"),
    ("import {o} as q", "q.h() if hasattr(q, 'h') else q.X"),
    ("import {o} as q", "q.D().m() if hasattr(q, 'D') else q.X"),
    ("import {o} as q", "[list(q.E), q.E.A] if hasattr(q, 'E') else q.X"),
]


@st.composite
def statements(draw, present):
    """An import statement, about one of the modules that are `present` if it can be."""
    if present and not rarely(draw, 20):
        imported = st.sampled_from(present)
        packaged = _IN_PACKAGES if "p.x" in present and "p.y" in present else []
        return fill(draw, draw(st.sampled_from(_SPELLINGS * 2 + packaged)), imported=imported)
    return fill(draw, draw(st.sampled_from(_SPELLINGS + _IN_PACKAGES)))


@st.composite
def calls(draw, present):
    """An import statement and an expression that uses what it binds."""
    statement, expression = draw(st.sampled_from(CALLS))
    return fill(draw, statement, imported=st.sampled_from(present or MODULES)), expression
