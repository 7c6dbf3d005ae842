"""A module that has changed in bodies of functions, or in statements that only bind names, is not executed."""

import pytest

HUB = """
handlers, table, hooks = [], {}, []
class App:
    def __init__(self): self.routes = []
    def route(self, path):
        def keep(function):
            self.routes.append((path, function))
            return function
        return keep
app = App()
def on(function):
    handlers.append(function)
    return function
"""


def start(project, files, statement):
    """A session that has executed `statement`, after which a count stands in `shop.state`."""
    project.write(files)
    project.start(whole=False)
    project.run(f"{statement}\nimport shop; shop.state.append(1)")


# {how it is held: (the rest of the module, an expression that calls it)}
HOLDERS = {
    "a name": ("", "shop.f()"),
    "another name": ("g = f", "shop.g()"),
    "a table": ("table = {'f': f}", "shop.table['f']()"),
    "a lambda in a list": ("items = [lambda: body()]\ndef body(): return f()", "shop.items[0]()"),
    "another module's list": ("hub.handlers.append(f)", "hub.handlers[0]()"),
    "another module's dict": ("hub.table['f'] = f", "hub.table['f']()"),
    "an own decorator": ("@hub.on\ndef g(): return f()", "hub.handlers[0]()"),
    "an application's routes": ("@hub.app.route('/')\ndef g(): return f()", "hub.app.routes[0][1]()"),
    "a partial": ("import functools\np = functools.partial(f)", "shop.p()"),
    "a cache": ("import functools\nc = functools.lru_cache(f)", "shop.c()"),
    "a wrapper": (
        "import functools\ndef twice(g):\n    @functools.wraps(g)\n    def w(*a): return g(*a)\n    return w\n"
        "w = twice(f)",
        "shop.w()",
    ),
    "a property": ("class C:\n    p = property(lambda self: f())", "shop.C().p"),
    "atexit": ("import atexit\natexit.register(f)", "shop.f()"),
    "a weak reference": ("import weakref\nr = weakref.ref(f)", "shop.r()()"),
    "a default": ("def call(g=f): return g()", "shop.call()"),
    "an attribute of a function": ("def call(): return call.f()\ncall.f = f", "shop.call()"),
    "a thread's target": ("import threading\nt = threading.Thread(target=f)", "shop.t._target()"),
    "a single dispatch": ("import functools\nd = functools.singledispatch(f)", "shop.d.registry[object]()"),
}
SHOP = "import hub\nstate = []\ndef f(*_): return {0}\n"


@pytest.mark.parametrize(("rest", "call"), HOLDERS.values(), ids=HOLDERS.keys())
def test_a_body_is_updated_wherever_it_is_held(project, rest, call):
    """A body that is edited executes nothing; the state stays; what is held runs the new code, once more as well."""
    start(project, {"hub.py": HUB, "shop.py": f"{SHOP.format(1)}{rest}\n"}, "import shop, hub\nheld = shop.f")
    assert project.value(call) == 1
    for number in (2, 3):
        project.write({"shop.py": f"{SHOP.format(number)}{rest}\n"})
        assert project.run("import shop").executed == []
        assert project.value(f"({call}, held(), shop.state, held is shop.f)") == (number, number, [1], True)
        assert project.value("[(each.name, each.what) for each in livereload.last().updated]") == [("shop", ("f",))]
    assert project.run("import shop").executed == []


METHODS = {
    "a method": ("    def m(self): return {0}\n", "c.m()"),
    "a bound method that is held": ("    def m(self): return {0}\n", "bound()"),
    "a class method": ("    @classmethod\n    def m(cls): return {0}\n", "c.m()"),
    "a static method": ("    @staticmethod\n    def m(): return {0}\n", "c.m()"),
    "a property": ("    @property\n    def m(self): return {0}\n", "c.m"),
    "a method that calls super()": ("    def m(self): return super().__init__() or {0}\n", "c.m()"),
    "a nested class": ("    class N:\n        def n(self): return {0}\n    m = N\n", "C().N().n()"),
    "a method that sets another attribute": ("    def m(self):\n        self.x{0} = 1\n        return {0}\n", "c.m()"),
}


@pytest.mark.parametrize(("body", "call"), METHODS.values(), ids=METHODS.keys())
def test_a_method_is_updated(project, body, call):
    """So does a method: instances and bound methods that are held run the new code."""
    source = "state = []\nclass C:\n" + body
    start(project, {"shop.py": source.format(1)}, "from shop import C; c = C(); bound = getattr(c, 'm', None)")
    project.write({"shop.py": source.format(2)})
    assert project.run("from shop import C").executed == []
    assert project.value(f"({call}, type(c) is C, shop.state)") == (2, True, [1])
    fresh = project.fresh("import shop").modules["shop"]
    assert {**project.run("").modules["shop"], "state": None} == {**fresh, "state": None}


# {what is edited: (before, after, an expression, what it is then)}
STATEMENTS = {
    "a constant": ("RATE = 1", "RATE = 2", "shop.RATE", 2),
    "a function is added": ("", "def g(): return f()", "shop.g()", 1),
    "a function goes": ("def g(): pass", "", "hasattr(shop, 'g')", False),
    "a default": ("def g(x=1): return x", "def g(x=2): return x", "(shop.g(), held())", (2, 2)),
    "a parameter": ("def g(x=1): return x", "def g(x=1, y=5): return y", "(shop.g(), held())", (5, 5)),
    "a class is added": ("", "class D:\n    x = 3", "shop.D.x", 3),
    "an import": ("", "import json as j\nfrom os import path as p, sep", "(shop.j.__name__, shop.sep)", ("json", "/")),
    "an import of one's own": ("", "from other import X", "shop.X", 7),
    "a table": ("table = {'a': f}", "table = {'a': f, 'b': 2}", "shop.table['b']", 2),
    "two at once": ("A = 1\nB = 1", "A = 2\nB = 2", "(shop.A, shop.B)", (2, 2)),
    "the docstring": ("", "", "shop.__doc__", None),
    "a method more": (
        "class C:\n    def a(self): return 1",
        "class C:\n    def a(self): return 1\n    def b(self): return 2",
        "shop.C().b()",
        2,
    ),
    "a class's attribute": ("class C:\n    x = 1", "class C:\n    x = 2", "shop.C.x", 2),
}


@pytest.mark.parametrize(("before", "after", "expression", "value"), STATEMENTS.values(), ids=STATEMENTS.keys())
def test_statements_that_bind_names_are_executed_alone(project, before, after, expression, value):
    """A statement that only binds names is executed in the module as it is; what it held goes on."""
    source = "state = []\ndef f(): return 1\n{}\ndef last(): return 1\n"
    files = {"shop.py": source.format(before), "other.py": "X = 7\n"}
    start(project, files, "import shop; held = getattr(shop, 'g', None)")
    project.write({"shop.py": source.format(after)})
    assert [each for each in project.run("import shop").executed if each != "other"] == []
    assert project.value(f"({expression}, shop.state)") == (value, [1])
    assert (
        project.value("shop.last.__code__.co_firstlineno")
        == project.fresh("import shop", expression="shop.last.__code__.co_firstlineno").value
    )


def test_a_statement_is_compiled_as_in_its_module(project):
    """The compiler calls an attribute of what the module has imported in another way."""
    source = "import json\nstate = []\ndef f(): return 1\ndef g(x={0}): return json.dumps(x)\n"
    start(project, {"shop.py": source.format(1)}, "import shop")
    project.write({"shop.py": source.format(2)})
    assert project.run("import shop").executed == []
    code = "shop.g.__code__.co_code"
    assert project.value(code) == project.fresh("import shop", expression=code).value


@pytest.mark.parametrize(
    ("a", "b", "new"),
    [
        ("import b\nA = 1\n", "import a\nB = 2\n", "from a import A\nB = 2\n"),
        ("import b\nA = 1\n", "B = 2\n", "import a\nB = 2\n"),
        ("from b import B\nA = 1\nC = B * 2\n", "B = 2\n", "B = 3\nfrom a import A\n"),
    ],
    ids=["another-import", "one-import-more", "taken-half-executed"],
)
def test_an_import_of_an_importer(project, a, b, new):
    """A changed statement imports what imports its module: they are executed in the order of a fresh interpreter."""
    project.write({"a.py": a, "b.py": b})
    project.start(whole=False)
    project.step("import a", ["a", "b"])
    project.write({"b.py": new})
    project.step("import b", ["a", "b"], spares=[])
    project.step("import b", [])


def test_a_new_neighbour_in_a_package(project):
    """The package that imports the changed module gives it only the new submodule: nothing else is executed."""
    project.write({"pkg/__init__.py": "from . import a\n", "pkg/a.py": "A = 1\nstate = []\n"})
    project.start(whole=False)
    project.run("import pkg; pkg.a.state.append(1)")
    project.write({"pkg/new.py": "N = 1\n", "pkg/a.py": "from . import new\nA = 1\nstate = []\n"})
    assert project.run("import pkg").executed == ["pkg.new"]
    assert project.value("pkg.a.state, pkg.a.new.N") == ([1], 1)


def test_an_import_of_a_new_module_that_imports_the_changed_one(project):
    """The new module finds the changed one half executed, as in a fresh interpreter."""
    project.write({"b.py": "B = 2\n", "new.py": "from b import B\n"})
    project.start(whole=False)
    project.step("import b", ["b"])
    project.write({"b.py": "from new import B as C\nB = 3\n"})
    project.step("import b", ["b", "new"], raises="ImportError")
    project.write({"b.py": "B = 4\nfrom new import B as C\n"})
    project.step("import b", ["new", "b", "new"])  # it is met only when it is executed


def test_an_import_that_is_gone_is_not_followed(project):
    """What only a statement that is gone has imported may fail from then on."""
    start(project, {"b.py": "X = 1\n", "shop.py": "import b\nstate = []\ndef f(): return 1\n"}, "import shop")
    project.write({"shop.py": "state = []\ndef f(): return 2\n"})
    assert project.run("import shop").executed == []
    project.write({"b.py": "X = 1 / 0\n"})
    assert project.run("import shop").executed == []
    assert project.value("(shop.f(), shop.state)") == (2, [1])


# {what makes executing the module right: (before, after)}
MORE = {
    "a call at the module's level": ("X = f()", "X = f() + 1"),
    "a function that it calls itself": ("def g(): return 1\nX = g()", "def g(): return 2\nX = g()"),
    "a name that a statement uses": ("R = 1\nX = R + 1", "R = 2\nX = R + 1"),
    "a statement in a branch": ("if f():\n    R = 1", "if f():\n    R = 2"),
    "a comprehension": ("X = [i for i in (1, 2)]", "X = [i for i in (1, 3)]"),
    "an own decorator that calls": (
        "def now(g): g()\ndef h(): state.append(1)\nnow(h)",
        "def now(g): g()\ndef h(): state.append(2)\nnow(h)",
    ),
    "a name that is bound twice": ("R = 1\nR = f()", "R = 2\nR = f()"),
    "a store into something": ("f.x = 1", "f.x = 2"),
}


@pytest.mark.parametrize(("before", "after"), MORE.values(), ids=MORE.keys())
def test_more_than_definitions_is_executed(project, before, after):
    """A module of which something else would come out differently is executed, and as a fresh interpreter has it."""
    source = "state = []\ndef f(): return 1\n{}\n"
    start(project, {"shop.py": source.format(before)}, "import shop")
    project.write({"shop.py": source.format(after)})
    assert project.run("import shop").executed == ["shop"]
    assert project.run("").modules["shop"] == project.fresh("import shop").modules["shop"]


def test_an_update_makes_no_pass_over_the_heap(project):
    """Where names lead to all functions of a module, nothing on the heap is looked at for an edit of bodies."""
    source = (
        "state = []\ndef f(): return {0}\nclass C:\n    def m(self): return {0}\n    p = property(lambda self: {0})\n"
    )
    start(project, {"shop.py": source.format(1)}, "import shop; held = shop.f, shop.C().m")
    project.run(
        "import sys\npasses = []\ndef note(event, _):\n"
        "    if event in ('gc.get_referrers', 'gc.get_objects'): passes.append(event)\nsys.addaudithook(note)"
    )
    for number in (2, 3):
        project.write({"shop.py": source.format(number)})
        assert project.run("import shop").executed == []
        assert project.value("([each() for each in held], shop.C().p, passes)") == ([number, number], number, [])


def test_whole(project):
    """With `whole`, a changed module is executed, whatever has changed in it."""
    start(project, {"shop.py": "state = []\ndef f(): return 1\n"}, "import shop")
    project.run("livereload.install(whole=True)")
    project.write({"shop.py": "state = []\ndef f(): return 2\n"})
    assert project.run("import shop").executed == ["shop"]
    assert project.value("shop.state") == []


def test_importers_are_bound_anew(project):
    """A constant that is edited reaches the modules that imported it; one that computes with it is executed."""
    project.write({"rates.py": "RATE = 1\n", "view.py": "from rates import RATE\ndef show(): return RATE\n"})
    start(project, {"shop.py": "from rates import RATE\nstate = []\nDOUBLE = RATE * 2\n"}, "import view, shop")
    project.write({"rates.py": "RATE = 5\n"})
    assert project.run("import view, shop").executed == ["shop"]
    assert project.value("(view.show(), view.RATE, shop.DOUBLE)") == (5, 5, 10)


def test_a_failing_statement_changes_nothing(project):
    """An added import that fails is raised, frame by frame, and all is as before: bodies, names, state."""
    source = "state = []\nRATE = {0}\ndef f(): return {0}\n"
    start(project, {"shop.py": source.format(1), "user.py": "import shop\n"}, "import user, shop; held = shop.f")
    project.write({"shop.py": "import missing_module\n" + source.format(2)})
    for _ in range(2):
        live = project.attempt("import user")
        assert live.error["traceback"] == project.fresh("import user").error["traceback"]
        assert project.value("(shop.RATE, held(), shop.state)") == (1, 1, [1])
    project.write({"shop.py": source.format(3)})
    assert project.run("import user").executed == []
    assert project.value("(shop.RATE, held(), shop.state)") == (3, 3, [1])


def test_saved_again_while_a_refresh_runs(project):
    """What is saved while a refresh executes another module is seen by the next statement at the latest."""
    project.write({"slow.py": "import hooks\nhooks.run()\nX = 1\n", "c.py": "C = 0\n", "hooks.py": "def run(): pass\n"})
    start(project, {"shop.py": "from slow import X\nimport c\nstate = []\nW = X, c.C\n"}, "import shop")
    path = project.file("c.py")
    project.run(f"import hooks; hooks.run = lambda: open({str(path)!r}, 'w').write('C = 2')")
    project.write({"slow.py": "import hooks\nhooks.run()\nX = int('2')\n", "c.py": "C = 1\n"})
    project.run("import shop")
    project.run("import shop")
    assert project.value("shop.W") == (2, 2)
