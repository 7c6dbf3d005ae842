"""What an importer computes at its module level with a function or a class, in many ways, follows its body.

Each edit is one of a body, or of a statement, of `m`; what `n` has computed with it must be what a fresh interpreter
computes.
"""

import pytest

# {how: (m, m edited, n)}
COMPUTED = {
    "match args": (
        "class P:\n    __match_args__ = ('x',)\n    def __init__(s): s.x=1; s.y=2\n",
        "class P:\n    __match_args__ = ('y',)\n    def __init__(s): s.x=1; s.y=2\n",
        "import m\ndef f(p):\n    match p:\n        case m.P(v): return v\nR = f(m.P())\nX = R\n",
    ),
    "operator overloaded at module level in importer": (
        "class V:\n    def __init__(s,x): s.x=x\n    def __add__(s,o): return V(s.x+o.x)\nA=V(1)\n",
        "class V:\n    def __init__(s,x): s.x=x\n    def __add__(s,o): return V(s.x*10+o.x)\nA=V(1)\n",
        "from m import A\nB = (A + A).x\nX = B\n",
    ),
    "f-string format of constant's class": (
        "class V:\n    def __format__(s,f): return 'a'+f\nA=V()\n",
        "class V:\n    def __format__(s,f): return 'b'+f\nA=V()\n",
        "from m import A\nB = f'{A:x}'\nX = B\n",
    ),
    "sorted by key function of other module": (
        "def key(x): return x\n",
        "def key(x): return -x\n",
        "import m\nB = sorted([3,1,2], key=m.key)\nX = B\n",
    ),
    "generator consumed by importer": (
        "def gen():\n    yield 1\n",
        "def gen():\n    yield 2\n",
        "import m\nB = list(m.gen())\nX = B\n",
    ),
    "with statement": (
        "class C:\n    def __enter__(s): return 1\n    def __exit__(s,*a): pass\n",
        "class C:\n    def __enter__(s): return 2\n    def __exit__(s,*a): pass\n",
        "import m\nwith m.C() as B: pass\nX = B\n",
    ),
    "unpack iter": (
        "class C:\n    def __iter__(s): return iter((1,2))\nc=C()\n",
        "class C:\n    def __iter__(s): return iter((3,4))\nc=C()\n",
        "from m import c\na,b=c\nX = a\n",
    ),
    "descriptor set_name": (
        "class D:\n    def __set_name__(s,o,n): o.tag='a'+n\n",
        "class D:\n    def __set_name__(s,o,n): o.tag='b'+n\n",
        "import m\nclass K:\n    d=m.D()\nX = K.tag\n",
    ),
    "class_getitem": (
        "class B:\n    def __class_getitem__(cls,i): return (1,i)\n",
        "class B:\n    def __class_getitem__(cls,i): return (2,i)\n",
        "import m\nX=m.B[3]\n",
    ),
    "property read at module level": (
        "class B:\n    @property\n    def p(self): return 1\nb=B()\n",
        "class B:\n    @property\n    def p(self): return 2\nb=B()\n",
        "import m\nX=m.b.p\n",
    ),
    "getattr of module": (
        "def __getattr__(n):\n    if n=='Z': return 1\n    raise AttributeError(n)\n",
        "def __getattr__(n):\n    if n=='Z': return 2\n    raise AttributeError(n)\n",
        "import m\nX=m.Z\n",
    ),
    "dunder eq in `in`": (
        "class E:\n    def __eq__(s,o): return True\n    __hash__=None\ne=E()\n",
        "class E:\n    def __eq__(s,o): return False\n    __hash__=None\ne=E()\n",
        "import m\nX = 5 in [m.e]\n",
    ),
    "reduce of functools": (
        "def op(a,b): return a+b\n",
        "def op(a,b): return a*b\n",
        "import m\nfrom functools import reduce\nX = reduce(m.op,[1,2,4])\n",
    ),
    "str.join map": (
        "def op(a): return a*2\n",
        "def op(a): return a*3\n",
        "import m\nX = ''.join(map(m.op,'ab'))\n",
    ),
    "re.sub callback": (
        "def op(a): return 'x'\n",
        "def op(a): return 'y'\n",
        "import m,re\nX = re.sub('a',m.op,'banana')\n",
    ),
    "dataclass default_factory": (
        "def mk(): return [1]\n",
        "def mk(): return [2]\n",
        "import m\nfrom dataclasses import dataclass,field\n@dataclass\nclass D:\n"
        "    x: list = field(default_factory=m.mk)\nX=D().x\n",
    ),
    "enum auto generate": (
        "import enum\nclass B(enum.Enum):\n    @staticmethod\n    def _generate_next_value_(n,s,c,l): return n+'1'\n",
        "import enum\nclass B(enum.Enum):\n    @staticmethod\n    def _generate_next_value_(n,s,c,l): return n+'2'\n",
        "import m,enum\nclass E(m.B):\n    A=enum.auto()\nX=E.A.value\n",
    ),
    "del at module level": (
        "A=1\nB=2\n",
        "A=1\nB=2\ndel B\n",
        "from m import *\nX=sorted(k for k in globals() if len(k)==1)\n",
    ),
    "json default hook": (
        "def d(o): return 1\n",
        "def d(o): return 2\n",
        "import m,json\nX=json.dumps({'a':object()},default=m.d)\n",
    ),
    "nested function called via closure": (
        "def outer():\n    def inner(): return 1\n    return inner\nf=outer()\n",
        "def outer():\n    def inner(): return 2\n    return inner\nf=outer()\n",
        "import m\nX=m.f()\n",
    ),
    "lambda default chain": (
        "g=lambda: 1\ndef f(h=g): return h()\n",
        "g=lambda: 2\ndef f(h=g): return h()\n",
        "import m\nX=m.f()\n",
    ),
    "setattr on instance by function": (
        "class C: pass\nc=C()\ndef setup(): c.v=1\nsetup()\n",
        "class C: pass\nc=C()\ndef setup(): c.v=2\nsetup()\n",
        "import m\nX=m.c.v\n",
    ),
    "contextlib.contextmanager": (
        "from contextlib import contextmanager\n@contextmanager\ndef c():\n    yield 1\n",
        "from contextlib import contextmanager\n@contextmanager\ndef c():\n    yield 2\n",
        "import m\nwith m.c() as X: pass\n",
    ),
    "asyncio.run": (
        "async def c(): return 1\n",
        "async def c(): return 2\n",
        "import m,asyncio\nX=asyncio.run(m.c())\n",
    ),
    "partial called": (
        "from functools import partial\ndef g(a,b): return a+b\nf=partial(g,1)\n",
        "from functools import partial\ndef g(a,b): return a*10+b\nf=partial(g,1)\n",
        "import m\nX=m.f(2)\n",
    ),
    "methodcaller/attrgetter": (
        "class A:\n    def f(self): return 1\na=A()\n",
        "class A:\n    def f(self): return 2\na=A()\n",
        "import m,operator\nX=operator.methodcaller('f')(m.a)\n",
    ),
    "getattr by name": (
        "class A:\n    def f(self): return 1\na=A()\n",
        "class A:\n    def f(self): return 2\na=A()\n",
        "import m\nname='f'\nX=getattr(m.a,name)()\n",
    ),
    "globals dispatch": (
        "def do_x(): return 1\ndef run(n): return globals()['do_'+n]()\n",
        "def do_x(): return 2\ndef run(n): return globals()['do_'+n]()\n",
        "import m\nX=m.run('x')\n",
    ),
    "executor submit": (
        "def t(): return 1\n",
        "def t(): return 2\n",
        "import m\nfrom concurrent.futures import ThreadPoolExecutor\n"
        "with ThreadPoolExecutor(1) as e: X=e.submit(m.t).result()\n",
    ),
    "typing NamedTuple method": (
        "from typing import NamedTuple\nclass N(NamedTuple):\n    a:int=1\n    def f(self): return self.a\n",
        "from typing import NamedTuple\nclass N(NamedTuple):\n    a:int=1\n    def f(self): return self.a+1\n",
        "import m\nX=m.N().f()\n",
    ),
    "itertools": (
        "def p(x): return x>1\n",
        "def p(x): return x>2\n",
        "import m,itertools\nX=list(itertools.takewhile(m.p,[3,2,1]))\n",
    ),
    "str subclass op in dict key": (
        "class S(str):\n    def __hash__(s): return 1\n    def __eq__(s,o): return True\n",
        "class S(str):\n    def __hash__(s): return 1\n    def __eq__(s,o): return False\n",
        "import m\nX={m.S('a'):1}.get(m.S('b'))\n",
    ),
    "min key": (
        "class S:\n    def __init__(s,v): s.v=v\n    def __lt__(s,o): return s.v<o.v\n",
        "class S:\n    def __init__(s,v): s.v=v\n    def __lt__(s,o): return s.v>o.v\n",
        "import m\nX=min(m.S(1),m.S(2)).v\n",
    ),
    "pow/len/bool": (
        "class S:\n    def __bool__(s): return True\ns=S()\n",
        "class S:\n    def __bool__(s): return False\ns=S()\n",
        "import m\nif m.s: X=1\nelse: X=2\n",
    ),
    "del hook": (
        "R=[]\nclass S:\n    def __del__(s): R.append(1)\n",
        "R=[]\nclass S:\n    def __del__(s): R.append(2)\n",
        "import m\nm.S()\nX=list(m.R)\n",
    ),
    "sum radd": (
        "class S:\n    def __radd__(s,o): return o+1\n",
        "class S:\n    def __radd__(s,o): return o+2\n",
        "import m\nX=sum([m.S(),m.S()])\n",
    ),
    "print to stream": (
        "class W:\n    def __init__(s): s.o=''\n    def write(s,t): s.o+=t.upper()\nw=W()\n",
        "class W:\n    def __init__(s): s.o=''\n    def write(s,t): s.o+=t.lower()\nw=W()\n",
        "import m\nprint('a',file=m.w)\nX=m.w.o\n",
    ),
    "exec string": (
        "def f(): return 1\n",
        "def f(): return 2\n",
        "import m\nX=eval('m.f()')\n",
    ),
    "annotation evaluated": (
        "def f(): return int\n",
        "def f(): return str\n",
        "import m\nfrom typing import get_type_hints\nclass K:\n    a: m.f()\nX=get_type_hints(K)['a'].__name__\n",
    ),
    "str": (
        "class S:\n    def __str__(s): return 'a'\ns=S()\n",
        "class S:\n    def __str__(s): return 'b'\ns=S()\n",
        "import m\nX=str(m.s)\n",
    ),
    "int": (
        "class S:\n    def __int__(s): return 1\ns=S()\n",
        "class S:\n    def __int__(s): return 2\ns=S()\n",
        "import m\nX=int(m.s)\n",
    ),
    "float": (
        "class S:\n    def __float__(s): return 1.0\ns=S()\n",
        "class S:\n    def __float__(s): return 2.0\ns=S()\n",
        "import m\nX=float(m.s)\n",
    ),
    "bool": (
        "class S:\n    def __bool__(s): return True\ns=S()\n",
        "class S:\n    def __bool__(s): return False\ns=S()\n",
        "import m\nX=bool(m.s)\n",
    ),
    "bytes": (
        "class S:\n    def __bytes__(s): return b'a'\ns=S()\n",
        "class S:\n    def __bytes__(s): return b'b'\ns=S()\n",
        "import m\nX=bytes(m.s)\n",
    ),
    "list": (
        "class S:\n    def __iter__(s): return iter([1])\ns=S()\n",
        "class S:\n    def __iter__(s): return iter([2])\ns=S()\n",
        "import m\nX=list(m.s)\n",
    ),
    "tuple": (
        "class S:\n    def __iter__(s): return iter([1])\ns=S()\n",
        "class S:\n    def __iter__(s): return iter([2])\ns=S()\n",
        "import m\nX=tuple(m.s)\n",
    ),
    "set": (
        "class S:\n    def __iter__(s): return iter([1])\ns=S()\n",
        "class S:\n    def __iter__(s): return iter([2])\ns=S()\n",
        "import m\nX=set(m.s)\n",
    ),
    "dict": (
        "class S:\n    def keys(s): return 'a'\n    def __getitem__(s,k): return 1\ns=S()\n",
        "class S:\n    def keys(s): return 'a'\n    def __getitem__(s,k): return 2\ns=S()\n",
        "import m\nX=dict(m.s)\n",
    ),
    "isinstance": (
        "class S:\n    def __instancecheck__(s,o): return True\ns=S()\n",
        "class S:\n    def __instancecheck__(s,o): return False\ns=S()\n",
        "import m\nX=isinstance(1,m.s)\n",
    ),
    "len": (
        "class S:\n    def __len__(s): return 1\ns=S()\n",
        "class S:\n    def __len__(s): return 2\ns=S()\n",
        "import m\nX=len(m.s)\n",
    ),
    "repr": (
        "class S:\n    def __repr__(s): return 'a'\ns=S()\n",
        "class S:\n    def __repr__(s): return 'b'\ns=S()\n",
        "import m\nX=repr(m.s)\n",
    ),
    "hash": (
        "class S:\n    def __hash__(s): return 1\ns=S()\n",
        "class S:\n    def __hash__(s): return 2\ns=S()\n",
        "import m\nX=hash(m.s)\n",
    ),
    "set add": (
        "class S:\n    def __hash__(s): return 1\ns=S()\n",
        "class S:\n    def __hash__(s): return 2\ns=S()\n",
        "import m\nY=set()\nY.add(m.s)\nX=hash(next(iter(Y)))\n",
    ),
    "extend": (
        "class S:\n    def __iter__(s): return iter([1])\ns=S()\n",
        "class S:\n    def __iter__(s): return iter([2])\ns=S()\n",
        "import m\nX=[]\nX.extend(m.s)\n",
    ),
    "update": (
        "class S:\n    def __iter__(s): return iter([1])\ns=S()\n",
        "class S:\n    def __iter__(s): return iter([2])\ns=S()\n",
        "import m\nX=set()\nX.update(m.s)\n",
    ),
    "dict update": (
        "class S:\n    def keys(s): return 'a'\n    def __getitem__(s,k): return 1\ns=S()\n",
        "class S:\n    def keys(s): return 'a'\n    def __getitem__(s,k): return 2\ns=S()\n",
        "import m\nX={}\nX.update(m.s)\n",
    ),
    "deque": (
        "class S:\n    def __iter__(s): return iter([1])\ns=S()\n",
        "class S:\n    def __iter__(s): return iter([2])\ns=S()\n",
        "import m\nfrom collections import deque\nX=deque(m.s)\n",
    ),
    "OrderedDict": (
        "class S:\n    def keys(s): return 'a'\n    def __getitem__(s,k): return 1\ns=S()\n",
        "class S:\n    def keys(s): return 'a'\n    def __getitem__(s,k): return 2\ns=S()\n",
        "import m\nfrom collections import OrderedDict\nX=OrderedDict(m.s)\n",
    ),
    "defaultdict call": (
        "def f(): return 1\n",
        "def f(): return 2\n",
        "import m\nfrom collections import defaultdict\nd=defaultdict(m.f)\nX=d['a']\n",
    ),
    "defaultdict mutate": (
        "def f(): return [1]\n",
        "def f(): return [2]\n",
        "import m\nfrom collections import defaultdict\nd=defaultdict(m.f)\nd['a'].append(5)\nX=d['a']\n",
    ),
    "singledispatch called": (
        "def f(x): return 1\n",
        "def f(x): return 2\n",
        "import m\nfrom functools import singledispatch\ng=singledispatch(m.f)\nX=g(3)\n",
    ),
    "lru called": (
        "def f(x): return 1\n",
        "def f(x): return 2\n",
        "import m\nfrom functools import lru_cache\ng=lru_cache(m.f)\nX=g(3)\n",
    ),
    "contextvar default": (
        "def f(x): return 1\n",
        "def f(x): return 2\n",
        "import m\nimport contextvars\nv=contextvars.ContextVar('v',default=m.f)\nX=v.get()(1)\n",
    ),
    "list of callables": (
        "def f(): return 1\n",
        "def f(): return 2\n",
        "import m\nL=[]\nL.append(m.f)\nX=[g() for g in L]\n",
    ),
    "table loop": (
        "T={}\ndef reg(f):\n    T[f.__name__]=f\n    return f\n@reg\ndef a(): return 1\n",
        "T={}\ndef reg(f):\n    T[f.__name__]=f\n    return f\n@reg\ndef a(): return 2\n",
        "import m\nX={k:f() for k,f in m.T.items()}\n",
    ),
    "SimpleNamespace": (
        "def f(): return 1\n",
        "def f(): return 2\n",
        "import m\nfrom types import SimpleNamespace\nd=SimpleNamespace(f=m.f)\nX=d.f()\n",
    ),
    "MethodType": (
        "def f(s): return 1\n",
        "def f(s): return 2\n",
        "import m\nfrom types import MethodType\nd=MethodType(m.f,3)\nX=d()\n",
    ),
    "type()": (
        "def f(s): return 1\n",
        "def f(s): return 2\n",
        "import m\nK=type('K',(),{'f':m.f})\nX=K().f()\n",
    ),
    "property()": (
        "def f(s): return 1\n",
        "def f(s): return 2\n",
        "import m\nclass K:\n    p=property(m.f)\nX=K().p\n",
    ),
    "total_ordering": (
        "def lt(s,o): return True\n",
        "def lt(s,o): return False\n",
        "import m\nfrom functools import total_ordering\n@total_ordering\nclass K:\n"
        "    __lt__=m.lt\n    def __eq__(s,o): return False\nX=K()<=K()\n",
    ),
    "weakref proxy": (
        "class S:\n    def f(s): return 1\ns=S()\n",
        "class S:\n    def f(s): return 2\ns=S()\n",
        "import m,weakref\np=weakref.proxy(m.s)\nX=p.f()\n",
    ),
}


@pytest.mark.parametrize(("before", "after", "importer"), COMPUTED.values(), ids=COMPUTED.keys())
def test_what_was_computed_with_a_body(project, before, after, importer):
    """The importer has what a fresh interpreter has, and the second statement executes nothing more."""
    project.write({"m.py": before, "n.py": importer})
    project.start(whole=False)
    project.run("import n")
    old = project.value("repr(n.X)")
    project.write({"m.py": after})
    project.run("import n")
    fresh = project.fresh("import n", expression="repr(n.X)").value
    assert fresh != old  # the edit shows
    assert project.value("repr(n.X)") == fresh
    assert project.run("import n").executed == []
