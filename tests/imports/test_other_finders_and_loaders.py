"""Other people's finders and loaders, lazy modules, and what else may be found in `sys.modules`."""

import textwrap

import pytest

# A finder that gives modules below the project to a loader of its own, as typeguard and pytest do.
FINDER = """
import sys
from importlib.machinery import PathFinder, SourceFileLoader
class OwnLoader(SourceFileLoader):
    def exec_module(self, module):
        super().exec_module(module)
        module.INSTRUMENTED = True
class OwnFinder:
    def __init__(self, *names): self.names, self.asked = names, []
    def find_spec(self, fullname, path=None, target=None):
        self.asked.append((fullname, path, target))
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and fullname in self.names:
            spec.loader = OwnLoader(spec.loader.name, spec.loader.path)
        return spec if fullname in self.names else None
"""
BEFORE = FINDER + "sys.meta_path.insert(0, OwnFinder('a', 'b')); livereload.install()\n"
AFTER = FINDER + "livereload.install(); sys.meta_path.insert(0, OwnFinder('a', 'b'))\n"
LAST = FINDER + "livereload.install(); sys.meta_path.insert(2, OwnFinder('a', 'b'))\n"
order = pytest.mark.parametrize("code", [BEFORE, AFTER, LAST], ids=["before install", "after install", "behind ours"])


@order
def test_foreign_loader(project, code):
    """A module of another loader is executed again by that loader, and from the source."""
    project.write({"a.py": "import b\nX = b.X\n", "b.py": "X = 1\n"})
    project.start(code)
    assert project.run("import a", "(a.X, a.INSTRUMENTED, a.b.INSTRUMENTED)").value == (1, True, True)
    for digit in (2, 3):
        project.write({"b.py": f"X = {digit}\n"})
        outcome = project.run("import a", "(a.X, a.INSTRUMENTED, a.b.INSTRUMENTED)")
        assert (outcome.value, outcome.executed) == ((digit, True, True), ["a", "b"])
        assert project.run("import a").executed == []


@order
def test_foreign_loader_is_not_changed(project, code):
    """The loader's type and attributes are its own, after each import."""
    project.write({"a.py": "X = 1\n"})
    project.start(code + "import a")
    project.write({"a.py": "X = 2\n"})
    project.run("import a")
    assert project.value("(type(a.__loader__) is OwnLoader, a.__loader__ is a.__spec__.loader)") == (True, True)
    assert project.value("sorted(vars(a.__loader__))") == ["name", "path"]


@order
def test_foreign_loader_that_fails(project, code):
    """An error under another loader rolls back, and gives the loader its methods back."""
    project.write({"a.py": "X = 1\n"})
    project.start(code + "import a")
    for source, raised in (("1 / 0\n", "ZeroDivisionError"), ("X = (\n", "SyntaxError")):
        project.write({"a.py": source})
        for _ in range(2):
            assert project.attempt("import a").error["type"] == raised
        assert project.value("(a.X, a.INSTRUMENTED, sorted(vars(a.__loader__)))") == (1, True, ["name", "path"])
    project.write({"a.py": "X = 2\n"})
    assert project.run("import a", "a.X").value == 2


def test_finders_keep_their_places(project):
    """Who puts a finder at the front, and takes away the one at the front later, takes away its own."""
    project.write({"a.py": "X = 1\n", "b.py": "X = 1\n", "c.py": "X = 1\n"})
    project.start(FINDER + "livereload.install(); mine = OwnFinder('a')\nbefore = list(sys.meta_path)")
    project.run("sys.meta_path.insert(0, mine); import a; import b")
    assert project.value("(sys.meta_path == [mine, *before], a.INSTRUMENTED)") == (True, True)
    project.write({"a.py": "X = 2\n", "b.py": "X = 2\n"})
    assert project.run("import a; import b").executed == ["a", "b"]
    project.run("del sys.meta_path[0]; import c")
    assert project.value("sys.meta_path == before") is True


def test_foreign_loader_uninstalled(project):
    """uninstall() leaves another loader's modules as their loader made them."""
    project.write({"a.py": "X = 1\n"})
    project.start(BEFORE + "import a")
    project.write({"a.py": "X = 2\n"})
    project.run("import a\nlivereload.uninstall()")
    plain = "(type(a.__spec__).__module__, a.__spec__.loader is a.__loader__, sorted(vars(a.__spec__)))"
    seen = project.value(plain)
    project.start(FINDER + "sys.meta_path.insert(0, OwnFinder('a'))\nimport a")
    assert project.value(plain) == seen


def test_source_to_code_of_another_loader(project):
    """A loader that transforms the source does so at each execution."""
    project.write({"a.py": "X = ONE\n"})
    code = """
        import sys
        from importlib.machinery import PathFinder, SourceFileLoader
        class Macros(SourceFileLoader):
            def source_to_code(self, data, path, *rest, **options):
                return super().source_to_code(data.replace(b"ONE", b"1").replace(b"TWO", b"2"), path, *rest, **options)
        class Finder:
            def find_spec(self, fullname, path=None, target=None):
                spec = PathFinder.find_spec(fullname, path, target)
                if fullname == "a":
                    spec.loader = Macros(spec.loader.name, spec.loader.path)
                    return spec
        sys.meta_path.insert(0, Finder())
        livereload.install()
        import a
    """
    project.start(textwrap.dedent(code))
    project.write({"a.py": "X = TWO\n"})
    assert project.run("import a", "a.X").value == 2


def test_loader_with_its_own_module_type(project):
    """A module of a type of its loader's keeps its type."""
    project.write({"a.py": "X = 1\n"})
    code = FINDER + textwrap.dedent("""
        import types
        class OwnModule(types.ModuleType): pass
        OwnLoader.create_module = lambda self, spec: OwnModule(spec.name)
        sys.meta_path.insert(0, OwnFinder("a"))
        livereload.install()
        import a
        held = a
    """)
    project.start(code)
    project.write({"a.py": "X = 2\n"})
    assert project.run("import a", "(a.X, type(a).__name__, held.X)").value == (2, "OwnModule", 2)


def test_finders_are_asked_as_importlib_asks_them(project):
    """Other finders get the name, the path and the target that importlib gives, and their very spec is used."""
    project.write({"pkg/__init__.py": "", "pkg/a.py": "X = 1\n"})
    project.start(FINDER + "other = OwnFinder(); sys.meta_path.insert(0, other)\nlivereload.install()\nimport pkg.a")
    asked = "[(name, path and list(path), target) for name, path, target in other.asked if 'pkg' in name]"
    assert project.value(asked) == [("pkg", None, None), ("pkg.a", [f"{project.root}/pkg"], None)]
    project.run("other.asked.clear(); import importlib; importlib.reload(pkg.a)")
    assert project.value("[target is pkg.a for name, path, target in other.asked]") == [True]


def test_finder_that_raises(project):
    """What another finder raises reaches the statement of a first import; it does not disturb a repeated one."""
    project.write({"a.py": "X = 1\n", "b.py": "X = 1\n"})
    project.start(
        FINDER
        + textwrap.dedent("""
        class Raising:
            def find_spec(self, fullname, path=None, target=None):
                if fullname == "b":
                    raise RuntimeError("not b")
        livereload.install()
        sys.meta_path.insert(0, Raising())
    """)
    )
    project.step("import a", ["a"])
    error = project.attempt("import b").error
    assert (error["type"], error["message"]) == ("RuntimeError", "not b")
    project.write({"a.py": "X = 2\n"})
    project.step("import a", ["a"])


def test_find_spec_is_a_query(project):
    """`importlib.util.find_spec` executes nothing and changes nothing that a later import would notice."""
    project.write({"a.py": "X = 1\n", "b.py": "X = 1\n"})
    project.step("import a", ["a"])
    project.write({"a.py": "X = 2\n"})
    outcome = project.run("import importlib.util; spec = importlib.util.find_spec('a'); importlib.util.find_spec('b')")
    assert outcome.executed == []
    assert project.value("importlib.util.find_spec('nowhere') is None") is True
    project.step("import a", ["a"])
    project.step("import b", ["b"])


def test_module_made_from_a_spec_by_hand(project):
    """`module_from_spec` and `exec_module` by hand make another module, which is none of ours."""
    project.write({"a.py": "X = 1\n"})
    project.step("import a", ["a"])
    code = """
        import importlib.util
        spec = importlib.util.spec_from_file_location("byhand", a.__file__)
        byhand = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(byhand)
        spec = importlib.util.find_spec("a")
        second = importlib.util.module_from_spec(importlib.machinery.PathFinder.find_spec("a"))
        second.__spec__.loader.exec_module(second)
    """
    project.run(textwrap.dedent(code))
    assert project.value("(byhand is a, second is a, byhand.X, second.X)") == (False, False, 1, 1)
    project.write({"a.py": "X = 2\n"})
    project.step("import a", ["a"])
    assert project.value("(byhand.X, second.X)") == (1, 1)


LAZY = """
import importlib.util, sys, types
def lazily(name):
    spec = importlib.util.find_spec(name)
    loader = importlib.util.LazyLoader(spec.loader)
    spec.loader = loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    loader.exec_module(module)
    return module
def is_lazy(module): return type(module) is not types.ModuleType
"""


def test_lazy_modules_are_not_woken(project):
    """Neither install() nor refreshes, status() or uninstall() load a lazy module."""
    project.write({"a.py": "X = 1\n", "lazy.py": "X = 1\n", "later.py": "X = 1\n"})
    project.start(LAZY + "lazy = lazily('lazy')\nlivereload.install()\nimport a\nlater = lazily('later')")
    project.write({"a.py": "X = 2\n"})
    assert project.run("livereload.status(); livereload.refresh()").executed == ["a"]
    project.step("import a", [])
    assert project.run("livereload.uninstall()").executed == []
    assert project.value("(is_lazy(lazy), is_lazy(later))") == (True, True)
    assert project.run("", "(lazy.X, later.X)").value == (1, 1)


@pytest.mark.parametrize("order", ["before", "after"])
def test_lazy_modules_follow_once_they_are_loaded(project, order):
    """A lazy module is executed once, when it is asked for an attribute, and is tracked like any other from then on."""
    project.write({"lazy.py": "X = 1\ndef f(): return X\n"})
    steps = [LAZY + "lazy = lazily('lazy')", "livereload.install()"]
    project.start("\n".join(steps if order == "before" else steps[::-1]))
    outcome = project.run("f = lazy.f", "f()")
    assert (outcome.value, outcome.executed) == (1, ["lazy"])
    assert project.run("import lazy as again").executed == []
    for digit in (2, 3):
        project.write({"lazy.py": f"X = {digit}\ndef f(): return X\n"})
        outcome = project.run("import lazy as again", "(f(), lazy.X, again is lazy)")
        assert (outcome.value, outcome.executed) == ((digit, digit, True), ["lazy"])
        assert project.run("import lazy as again").executed == []


def test_lazy_module_edited_before_it_is_loaded(project):
    """What a lazy module is executed from is the source of the moment when it is loaded."""
    project.write({"lazy.py": "X = 1\n"})
    project.start(LAZY + "livereload.install()\nlazy = lazily('lazy')")
    project.write({"lazy.py": "X = 2\n"})
    outcome = project.run("", "lazy.X")
    assert (outcome.value, outcome.executed) == (2, ["lazy"])
    assert project.run("import lazy").executed == []


def test_modules_that_come_while_livereload_looks(project):
    """Finalizers may add modules at any moment (up to 3.11, whenever a tuple is made): that disturbs no import."""
    project.write({f"{name}.py": "X = 1\n" for name in "abc"} | {"pkg/__init__.py": "", "pkg/d.py": "import a, b, c\n"})
    project.run("import pkg.d")
    project.write({"c.py": "X = 2\n", "pkg/e.py": ""})
    code = """
        import gc, sys, types
        made = []
        class Cycle:
            def __init__(self): self.me = self
            def __del__(self):
                if not made or made[-1] is not None:
                    made.append(f"made{len(made)}")
                    sys.modules[made[-1]] = types.ModuleType(made[-1])
                    Cycle()
        threshold = gc.get_threshold()
        gc.collect()
        Cycle()
        sys.modules["another"] = types.ModuleType("another")
        gc.set_threshold(1)
        try:
            import pkg.d, pkg.e
            livereload.status(), livereload.refresh()
        finally:
            made.append(None)
            gc.set_threshold(*threshold)
    """
    assert project.run(textwrap.dedent(code), "len(made) > 10").value is True


def test_functions_of_os_replaced(project):
    """A test that replaces functions of `os` disturbs no import, as in plain Python: importlib does not ask these."""
    project.write({"a.py": "X = 1\n", "pkg/__init__.py": "", "pkg/b.py": "X = 1\n"})
    project.step("import a, pkg.b", ["a", "pkg", "pkg.b"])
    project.write({"a.py": "from pkg import b, c\nX = 2\n", "pkg/c.py": ""})
    code = """
        import os
        replaced = {name: getattr(os, name) for name in ("stat", "lstat", "fstat", "listdir", "scandir", "getpid")}
        def fail(*arguments, **options): raise KeyError(*arguments)
        for name in replaced: setattr(os, name, fail)
        try:
            import a
        finally:
            for name in replaced: setattr(os, name, replaced[name])
    """
    assert project.run(textwrap.dedent(code), "a.X").executed == ["a", "pkg.c"]


def test_odd_things_in_sys_modules(project):
    """What is no module, or raises at each look, disturbs nothing."""
    project.write({"a.py": "X = 1\n"})
    code = """
        import sys, types
        class Raising:
            def __getattribute__(self, name): raise RuntimeError(name)
        class RaisingModule(types.ModuleType):
            def __getattribute__(self, name): raise RuntimeError(name)
            def __eq__(self, other): raise RuntimeError("eq")
            __hash__ = None
        odd = {"raising": Raising(), "module": RaisingModule("module"), "none": None, "number": 3, "text": "x",
               "slots": type("Slots", (), {"__slots__": ()})(), "bare": types.ModuleType("bare")}
        odd["bare"].__dict__.clear()
        sys.modules.update(odd)
        livereload.install()
        import a
    """
    project.start(textwrap.dedent(code))
    project.write({"a.py": "X = 2\n"})
    project.step("import a", ["a"])
    project.run("livereload.status(); livereload.refresh(); livereload.uninstall()")
    assert project.value("all(sys.modules[name] is thing for name, thing in odd.items())") is True


def test_module_with_surprising_attributes(project):
    """A module-level `__getattr__` is not called by livereload."""
    source = "asked = []\ndef __getattr__(name):\n    asked.append(name)\n    raise AttributeError(name)\n"
    project.write({"a.py": source})
    project.step("import a", ["a"])
    project.run("before = list(a.asked)\nimport a\nlivereload.status()\nlivereload.refresh()")
    assert project.value("a.asked == before") is True


# A package that resolves its names when they are asked for, as several large libraries do.
ON_DEMAND = """
import importlib, sys, types
X = {}
class OnDemand(types.ModuleType):
    def __getattr__(self, name):
        if name != "One":
            raise AttributeError(name)
        self.One = importlib.import_module(self.__name__ + ".one").One
        return self.One
def current(): return X
module = OnDemand(__name__)
module.__dict__.update(__path__=__path__, __file__=__file__, X=X, current=current{})
sys.modules[__name__] = module
"""
with_and_without_spec = pytest.mark.parametrize("spec", [", __spec__=__spec__", ""], ids=["with a spec", "without"])


@with_and_without_spec
def test_module_that_replaces_itself_by_a_module(project, spec):
    """A module that puts a module in its place is executed again when edited, and what is held of both follows."""
    project.write({"pkg/__init__.py": ON_DEMAND.format(1, spec), "pkg/one.py": "class One: pass\n"})
    project.run("import pkg; from pkg import One, current; held, before = pkg, current")
    for digit in (2, 3):
        project.write({"pkg/__init__.py": ON_DEMAND.format(digit, spec)})
        outcome = project.run("import pkg", "(pkg.X, pkg.current(), before(), pkg is held)")
        assert (outcome.value, outcome.executed) == ((digit, digit, digit, True), ["pkg"])
        assert project.run("from pkg import One as Again, X", "(Again is One, X)").value == (True, digit)
        assert project.run("import pkg").executed == []


def test_module_that_replaced_itself_before_install(project):
    """A module that had put another in its place by then is not executed in that one."""
    project.write({"pkg/__init__.py": ON_DEMAND.format(1, ", __spec__=__spec__"), "pkg/one.py": "class One: pass\n"})
    project.tick()
    project.start("import pkg; from pkg import One; held = pkg; livereload.install()")
    for digit in (2, 3):
        project.write({"pkg/__init__.py": ON_DEMAND.format(digit, ", __spec__=__spec__")})
        outcome = project.run("import pkg", "(pkg.X, pkg.current(), pkg is held, pkg.One is One)")
        assert (outcome.value, outcome.executed) == ((digit, digit, True, True), ["pkg"])


def test_importer_of_a_module_that_replaces_itself(project):
    """Whoever imports it within the refresh holds the module that stands in its place afterwards."""
    files = {"a.py": "import pkg\nX = pkg.X\n", "pkg/one.py": "class One: pass\n"}
    project.write({**files, "pkg/__init__.py": ON_DEMAND.format(1, ", __spec__=__spec__")})
    project.run("import a; held = a.pkg")
    project.write({"pkg/__init__.py": ON_DEMAND.format(2, ", __spec__=__spec__")})
    assert project.run("import a", "(a.X, a.pkg is held, a.pkg.One.__name__)").value == (2, True, "One")
    assert project.value("held is __import__('sys').modules['pkg'] is held.current.__globals__['module']") is True


def test_error_in_a_module_that_replaces_itself(project):
    """If executing it raises, what stood in its place stands there still, with all that it had."""
    project.write({"pkg/__init__.py": ON_DEMAND.format(1, ""), "pkg/one.py": "class One: pass\n"})
    project.run("import pkg; pkg.One; held = pkg")
    for source in ("1 / 0\n", ON_DEMAND.format(2, "") + "1 / 0\n"):
        project.write({"pkg/__init__.py": source})
        assert project.attempt("import pkg").error["type"] == "ZeroDivisionError"
        assert project.value("(held is __import__('sys').modules['pkg'], held.X, held.current())") == (True, 1, 1)
        assert project.value("(type(held).__name__, 'One' in vars(held))") == ("OnDemand", True)
    project.write({"pkg/__init__.py": ON_DEMAND.format(3, "")})
    assert project.run("import pkg", "(pkg.X, pkg is held, pkg.One.__name__)").value == (3, True, "One")


def test_module_that_replaces_itself_no_longer(project):
    """What stood in the place of a module has all that the module has that stands there itself now."""
    project.write({"a.py": "import sys, types\nm = types.ModuleType('a')\nm.X = 1\nsys.modules['a'] = m\n"})
    assert project.run("import a", "a.X").value == 1
    project.write({"a.py": "X = 2\n"})
    assert project.run("import a", "a.X").value == 2
    project.write({"a.py": "X = 3\n"})
    assert project.run("import a", "a.X").value == 3


def test_class_assigned_to_a_module(project):
    """A module that sets its own `__class__` is a plain one again before it is executed again."""
    source = "import sys, types\nclass M(types.ModuleType):\n    Y = {}\nsys.modules[__name__].__class__ = M\n"
    project.write({"a.py": source.format(1)})
    assert project.run("import a; held = a", "a.Y").value == 1
    project.write({"a.py": source.format(2)})
    assert project.run("import a", "(a.Y, a is held)").value == (2, True)
    project.write({"a.py": "X = 1\n"})
    project.step("import a", ["a"])
    assert project.value("type(a).__name__") == "module"


def test_zip_files_are_left_alone(project):
    """Modules in a zip file are not tracked."""
    import zipfile

    with zipfile.ZipFile(project.file("lib.zip"), "w") as archive:
        archive.writestr("zipped.py", "X = 1\n")
    archive = str(project.file("lib.zip"))
    project.start(f"import sys; sys.path.insert(0, {archive!r})\nlivereload.install(); import zipped")
    assert project.value("sorted(livereload.status().modules)") == []


@pytest.mark.parametrize("order", ["before", "after"])
def test_importer_of_a_module_in_a_zip_file(project, order):
    """A module that imports one in a zip file follows; the one in the zip file is not executed again."""
    import zipfile

    archive = str(project.file("lib.zip"))
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("zipped.py", "executed = []\nX = 1\n")
    project.write({"a.py": "import zipped\nzipped.executed.append(1)\nX = zipped.X + 1\n"})
    steps = [f"import sys; sys.path.insert(0, {archive!r}); import zipped", "livereload.install()"]
    project.start("\n".join(steps if order == "before" else steps[::-1]))
    project.run("import a, zipped; held = zipped.executed")
    project.write({"a.py": "import zipped\nzipped.executed.append(2)\nX = zipped.X + 2\n"})
    outcome = project.run("import a", "a.X, zipped.executed, zipped.executed is held")
    assert (outcome.value, outcome.executed) == ((3, [2], True), ["a"])


def test_spec_as_others_see_it(project):
    """A tracked module's spec and loader look and compare like plain ones."""
    project.write({"a.py": "X = 1\n", "pkg/__init__.py": ""})
    project.step("import a, pkg", ["a", "pkg"])
    code = """
        import importlib.util, importlib.machinery, inspect, pickle
        fresh = importlib.machinery.PathFinder.find_spec("a")
    """
    project.run(textwrap.dedent(code))
    assert project.value("a.__spec__ == fresh and fresh == a.__spec__") is True
    assert project.value("a.__loader__ == fresh.loader and hash(a.__loader__) == hash(fresh.loader)") is True
    assert project.value("isinstance(a.__loader__, importlib.machinery.SourceFileLoader)") is True
    assert project.value("repr(a.__spec__).startswith(\"ModuleSpec(name='a', loader=<\")") is True
    assert project.value("type(a.__loader__) is importlib.machinery.SourceFileLoader") is True
    assert project.value("a.__loader__.get_source('a')") == "X = 1\n"
    assert project.value("inspect.getsource(a)") == "X = 1\n"
    assert project.value("a.__loader__.get_filename('a') == a.__file__") is True
    assert project.value("pkg.__loader__.is_package('pkg')") is True
    assert project.value("repr(a.__loader__).partition(' at ')[0] == repr(fresh.loader).partition(' at ')[0]") is True


@pytest.mark.parametrize("passed_on", ["pickle.loads(pickle.dumps(a.{0}))", "copy.copy(a.{0})", "copy.deepcopy(a.{0})"])
def test_spec_and_loader_passed_on(project, passed_on):
    """A spec and a loader can be copied and pickled; the copies are plain ones, which livereload has no part in."""
    project.write({"a.py": "X = 1\n"})
    project.step("import a", ["a"])
    project.run("import copy, pickle; from importlib.machinery import ModuleSpec, SourceFileLoader")
    loader, spec = passed_on.format("__loader__"), passed_on.format("__spec__")
    project.run(f"loader, spec = {loader}, {spec}")
    assert project.value("type(loader) is SourceFileLoader, vars(loader)") == (
        True,
        {"name": "a", "path": str(project.file("a.py"))},
    )
    assert project.value("type(spec) is ModuleSpec, spec == a.__spec__, spec._initializing") == (True, True, False)
    project.write({"a.py": "X = 2\n"})
    project.step("import a", ["a"])
