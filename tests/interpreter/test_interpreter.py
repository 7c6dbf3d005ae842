"""What the design rests on: behaviours of the interpreter, one test each, without livereload.

If one of these fails on a new version of Python, livereload needs another way there.
"""

import importlib
import sys
import textwrap
from importlib import _bootstrap, _bootstrap_external
from importlib.machinery import ModuleSpec, SourceFileLoader
from types import ModuleType

import pytest


class Probe(ModuleSpec):
    """A spec that notes each time it is asked for `_initializing`."""

    def __init__(self, name, answers=()):
        super().__init__(name, None)
        self.__dict__.update(asked=[], written=[], answers=list(answers))

    @property
    def _initializing(self):
        frame = sys._getframe(1)
        self.asked.append((frame.f_code, frame.f_lasti))
        return self.answers.pop(0) if self.answers else False

    @_initializing.setter
    def _initializing(self, value):
        self.__dict__.setdefault("written", []).append(value)


@pytest.fixture
def probe(monkeypatch):
    """A module `probed` with a submodule `sub` bound, whose spec is a probe."""
    module = ModuleType("probed")
    module.__path__ = []
    module.__spec__ = Probe("probed")
    module.value = 1
    module.sub = ModuleType("probed.sub")
    module.sub.__spec__ = Probe("probed.sub")
    monkeypatch.setitem(sys.modules, "probed", module)
    monkeypatch.setitem(sys.modules, "probed.sub", module.sub)
    return module


@pytest.fixture
def locks(probe, monkeypatch):
    """The names for which the import system asks for a lock; from then on the probe says no."""
    names = []
    original = _bootstrap._get_module_lock

    def get_module_lock(name):
        names.append(name)
        probe.__spec__.answers.clear()
        return original(name)

    monkeypatch.setattr(_bootstrap, "_get_module_lock", get_module_lock)
    return names


SPELLINGS = [
    "import probed",
    "import probed as other",
    "from probed import value",
    "from probed import *",
    "importlib.import_module('probed')",
    "__import__('probed')",
    "importlib.__import__('probed')",
]


@pytest.mark.parametrize("statement", SPELLINGS)
def test_a_repeated_import_asks_the_spec(probe, statement):
    """Each spelling of a repeated import reads `__spec__._initializing` of the entry in `sys.modules`."""
    exec(statement, {"importlib": importlib})
    assert probe.__spec__.asked


@pytest.mark.parametrize("statement", SPELLINGS)
def test_no_lock_if_the_spec_says_no(probe, locks, statement):
    """If the answer is False, no lock is asked for: an import of what is fresh costs only the question."""
    exec(statement, {"importlib": importlib})
    assert locks == []


@pytest.mark.parametrize("statement", SPELLINGS)
def test_the_lock_is_asked_for_if_the_spec_says_yes(probe, locks, statement):
    """If the answer is True until then, `_bootstrap._get_module_lock` is looked up and called.

    Once by C; up to 3.14 twice by importlib in Python, which takes the lock before it waits for it.
    """
    probe.__spec__.answers[:] = [True] * 9
    exec(statement, {"importlib": importlib})
    in_python = statement.startswith("importlib") and sys.version_info < (3, 15)
    assert locks == ["probed"] * (2 if in_python else 1)


@pytest.mark.parametrize("statement", SPELLINGS)
def test_what_is_raised_for_the_lock_reaches_the_statement(probe, monkeypatch, statement):
    """An exception of `_get_module_lock` is that of the import."""

    def raising(name):
        raise LookupError("from the lock")

    probe.__spec__.answers[:] = [True] * 3
    monkeypatch.setattr(_bootstrap, "_get_module_lock", raising)
    with pytest.raises(LookupError, match="from the lock"):
        exec(statement, {"importlib": importlib})


def test_the_asking_frame_is_the_statement(probe):
    """For a statement the asking frame is that of the statement, at its IMPORT_NAME instruction."""
    import opcode

    code = compile("from probed import value", "<statement>", "exec")
    exec(code)
    asking, offset = probe.__spec__.asked[0]
    assert asking is code
    assert code.co_code[offset] == opcode.opmap["IMPORT_NAME"]


def test_a_submodule_in_a_from_list_is_not_asked(probe):
    """`from pkg import sub` asks the package only, once the attribute exists."""
    exec("from probed import sub")
    assert probe.__spec__.asked
    assert not probe.sub.__spec__.asked


def test_a_submodule_that_is_not_bound_is_asked(probe):
    """`from pkg import sub` asks the submodule if the package does not have the attribute."""
    sub = probe.sub
    del probe.sub
    exec("from probed import sub")
    assert sub.__spec__.asked


def test_a_dotted_import_asks_the_submodule(probe):
    """`import pkg.sub` asks the submodule."""
    exec("import probed.sub")
    assert probe.sub.__spec__.asked


def test_a_missing_attribute_asks_too(probe):
    """A failing attribute lookup reads the same attribute, so reading it must be free of effects."""
    with pytest.raises(AttributeError):
        probe.nowhere  # noqa: B018
    assert probe.__spec__.asked


def test_the_import_system_writes_it(tmp_path, monkeypatch):
    """`_initializing` is set to True before a module's code runs and to False after, also after an error."""
    specs = []

    class Finder:
        def find_spec(self, fullname, path=None, target=None):
            if fullname not in ("written", "failing"):
                return None
            spec = Probe(fullname)
            spec.loader = SourceFileLoader(fullname, str(tmp_path / f"{fullname}.py"))
            spec.origin = spec.loader.path
            specs.append(spec)
            return spec

    (tmp_path / "written.py").write_text("")
    (tmp_path / "failing.py").write_text("1 / 0")
    monkeypatch.setattr(sys, "meta_path", [Finder(), *sys.meta_path])
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    importlib.import_module("written")
    with pytest.raises(ZeroDivisionError):
        importlib.import_module("failing")
    del sys.modules["written"]
    assert [spec.written[-2:] for spec in specs] == [[True, False], [True, False]]


def test_a_spec_may_change_its_class():
    """`spec.__class__ = Subclass` works, there and back, and adds nothing to its attributes."""
    spec = ModuleSpec("x", None)
    before = dict(vars(spec))
    spec.__class__ = type("Sub", (ModuleSpec,), {})
    spec.__class__ = ModuleSpec
    assert vars(spec) == before


def test_a_loader_compares_by_class_and_attributes():
    """`FileLoader.__eq__` compares class and `__dict__`, so a subclass needs its own."""

    class Sub(SourceFileLoader):
        pass

    one, two = SourceFileLoader("a", "/a.py"), SourceFileLoader("a", "/a.py")
    assert one == two
    assert Sub("a", "/a.py") != one
    two.extra = 1
    assert one != two


def test_replacing_sys_modules_is_not_seen(project):
    """The import statement goes by the interpreter's own dict: another mapping as `sys.modules` is not asked."""
    project.write({"a.py": "X = 1\n"})
    code = """
        import sys, a
        class Mapping(dict):
            asked = []
            def __getitem__(self, name): self.asked.append(name); return super().__getitem__(name)
            def get(self, name, default=None): self.asked.append(name); return super().get(name, default)
        original, sys.modules = sys.modules, Mapping(sys.modules)
        import a
        asked = list(Mapping.asked)
        sys.modules = original
    """
    project.start(textwrap.dedent(code))
    assert project.value("asked") == []


def test_a_repeated_import_raises_no_audit_event(project):
    """Audit hooks do not run on a repeated import; nor do finders."""
    project.write({"a.py": "X = 1\n"})
    code = """
        import sys, a
        events, asked = [], []
        class Finder:
            def find_spec(self, *arguments): asked.append(arguments)
        sys.meta_path.insert(0, Finder())
        on = True
        sys.addaudithook(lambda event, arguments: on and event == "import" and events.append(event))
        import a
        on = False
    """
    project.start(textwrap.dedent(code))
    assert project.value("(events, asked)") == ([], [])


def test_create_module_may_return_an_old_module(project):
    """A loader's `create_module` may give a module that has been there: the import system executes in it."""
    project.write({"a.py": "X = 2\n"})
    code = """
        import sys, types
        from importlib.machinery import PathFinder, SourceFileLoader
        old = types.ModuleType("a")
        namespace = vars(old)
        class Loader(SourceFileLoader):
            def create_module(self, spec): return old
        class Finder:
            def find_spec(self, fullname, path=None, target=None):
                if fullname == "a":
                    spec = PathFinder.find_spec(fullname, path, target)
                    spec.loader = Loader("a", spec.origin)
                    return spec
        sys.meta_path.insert(0, Finder())
        import a
    """
    project.start(textwrap.dedent(code))
    assert project.value("(a is old, vars(a) is namespace, a.X)") == (True, True, 2)


def test_a_failed_import_leaves_sys_modules(project):
    """A module whose code raises is removed from `sys.modules`; what it imported stays."""
    project.write({"a.py": "import b\n1 / 0\n", "b.py": ""})
    project.start("import sys")
    assert project.attempt("import a").error["type"] == "ZeroDivisionError"
    assert project.value("('a' in sys.modules, 'b' in sys.modules)") == (False, True)


def test_frames_with_importlibs_file_name_are_removed(project):
    """The import statement removes frames of importlib's file name that end in `_call_with_frames_removed`."""
    project.write({"a.py": "1 / 0\n"})
    code = """
        import traceback
        try:
            import a
        except ZeroDivisionError as error:
            names = [frame.name for frame in traceback.extract_tb(error.__traceback__)]
    """
    project.start(textwrap.dedent(code))
    assert project.value("names") == ["<module>", "<module>"]


def test_stale_bytecode_is_run_by_plain_python(project):
    """CPython validates bytecode by whole seconds and size: an edit within both runs the old code."""
    project.write({"a.py": "X = 1\n"})
    assert project.plain("import a").modules["a"]["X"] == "1"
    project.write({"a.py": "X = 2\n"})
    assert project.plain("import a").modules["a"]["X"] == "1"


def test_checked_hash_based_bytecode_is_not(project):
    """Bytecode with PEP 552's checked hash is validated by the source's bytes."""
    import py_compile

    project.write({"a.py": "X = 1\n"})
    py_compile.compile(str(project.file("a.py")), invalidation_mode=py_compile.PycInvalidationMode.CHECKED_HASH)
    assert project.plain("import a").compiled == []
    project.write({"a.py": "X = 2\n"})
    assert project.plain("import a").modules["a"]["X"] == "2"


def test_a_new_module_may_be_missed_by_plain_python(project):
    """A finder goes by its folder's time: a file written in the same tick is not found without `invalidate_caches`."""
    project.write({"a.py": ""})
    project.start("import a")
    project.write({"b.py": ""})
    assert project.attempt("import b").error["type"] == "ModuleNotFoundError"
    assert project.run("import importlib; importlib.invalidate_caches(); import b").executed == ["b"]


def test_what_livereload_uses_of_importlib_is_there():
    """The names that are looked up in importlib's inner modules exist."""
    for name in ("_get_module_lock", "_module_locks", "_gcd_import", "_handle_fromlist"):
        assert hasattr(_bootstrap, name), name
    for name in ("_NamespacePath", "_get_cached", "MAGIC_NUMBER", "spec_from_file_location"):
        assert hasattr(_bootstrap_external, name), name
    assert isinstance(_bootstrap_external._NamespacePath._epoch, int)
    assert isinstance(importlib._RELOADING, dict)


def test_a_namespace_package_looks_again_after_a_new_epoch(project):
    """`_NamespacePath._epoch` tells namespace packages to look for their portions again."""
    project.path = [f"{project.root}/one", f"{project.root}/two"]
    project.write({"one/space/a.py": "", "two/x": ""})
    project.start("import space.a, importlib")
    project.write({"two/space/b.py": ""})
    assert project.value("len(space.__path__)") == 1
    assert project.run("importlib.invalidate_caches()", "len(space.__path__)").value == 2


def test_a_lazy_module_is_loaded_by_a_look(project):
    """Reading `__spec__` of a `LazyLoader`'s module loads it; its type, and the dict by `ModuleType`, do not."""
    project.write({"lazy.py": "X = 1\n"})
    code = """
        import importlib.util, sys, types
        spec = importlib.util.find_spec("lazy")
        spec.loader = importlib.util.LazyLoader(spec.loader)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    """
    project.start(textwrap.dedent(code))
    assert project.run("type(module), types.ModuleType.__dict__['__dict__'].__get__(module)['__name__']").executed == []
    assert project.run("module.__spec__").executed == ["lazy"]


def test_the_world_of_one_tick(project):
    """What these tests rest on: in a session all that is written bears one time, until the clock ticks."""
    project.write({"a.py": "", "b.py": ""})
    project.start("import os, time")
    times = "[getattr(os.stat(path), name) for path in paths for name in ('st_mtime_ns', 'st_ctime_ns')]"
    project.run(f"paths = [{str(project.file('a.py'))!r}, {str(project.file('b.py'))!r}]")
    first = project.value(times)
    assert len(set(first)) == 1
    project.write({"a.py": "changed"})
    assert project.value(times) == first
    assert project.value("time.time_ns()") == first[0]
    project.tick()
    assert project.value(times) == first
    project.write({"a.py": "changed again"})
    assert project.value(times)[0] == project.value("time.time_ns()") > first[0]
