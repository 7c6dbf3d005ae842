"""What other tools get wrong: one test for each kind of edit that they have been compared by.

Those that are about files (sizes, times, renames, the same bytes) are in `test_edits`."""

import os
import subprocess
import sys

SRC = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "src")


def test_plain_python_just_import_again(tmp_path):
    """A plain interpreter into which statements are piped has the new code at the next import statement."""
    (tmp_path / "m.py").write_text("def f(): return 1\n")
    code = f"""
import sys; sys.path.insert(0, {SRC!r}); sys.path.insert(0, {str(tmp_path)!r})
import livereload; livereload.install()
from m import f
first = f()
_ = open({str(tmp_path / "m.py")!r}, "w").write("def f(): return 2\\n")
from m import f
print(first, f())
"""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    done = subprocess.run(
        [sys.executable, "-I"], input=code, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout == "1 2\n"


def test_from_import_again(project):
    """`from m import f` gives the new `f`."""
    project.write({"m.py": "def f(): return 1\n"})
    project.step("from m import f", ["m"])
    project.write({"m.py": "def f(): return 2\n"})
    project.step("from m import f", ["m"])
    assert project.value("f()") == 2


def test_held_function_bound_method_and_partial(project):
    """A held function, bound method and partial run the new code."""
    source = "def f(): return {0}\nclass C:\n    def n(self): return {0}\n"
    project.write({"m.py": source.format(1)})
    project.step("import m", ["m"])
    project.run("import functools; f, bound, partial = m.f, m.C().n, functools.partial(m.f)")
    project.write({"m.py": source.format(2)})
    project.step("import m", ["m"])
    assert project.value("f(), bound(), partial()") == (2, 2, 2)


def test_old_instance(project):
    """An old instance is one of the new class, has its methods, and can be pickled."""
    project.write({"m.py": "class C:\n    pass\n"})
    project.step("import m", ["m"])
    project.run("import pickle; old = m.C(); old.x = 7")
    project.write({"m.py": "class C:\n    def n(self): return self.x\n"})
    project.step("import m", ["m"])
    assert project.value("isinstance(old, m.C), old.n(), pickle.loads(pickle.dumps(old)).n()") == (True, 7, 7)


def test_dataclass_gains_a_field(project):
    """A new instance has the field, and the old one is an instance still."""
    source = "from dataclasses import dataclass\n@dataclass\nclass P:\n    x: int = 1\n"
    project.write({"m.py": source})
    project.step("import m", ["m"])
    project.run("from m import P; old = P()")
    project.write({"m.py": f"{source}    y: int = 2\n"})
    project.step("from m import P", ["m"])
    assert project.value("repr(P()), isinstance(old, P)") == ("P(x=1, y=2)", True)


def test_enum_gains_a_member(project):
    """The new member is there, and the old ones are the same objects."""
    source = "import enum\nclass Color(enum.Enum):\n    RED = 1\n"
    project.write({"m.py": source})
    project.step("import m", ["m"])
    project.run("old = m.Color.RED")
    project.write({"m.py": f"{source}    GREEN = 2\n"})
    project.step("import m", ["m"])
    assert project.value("m.Color.GREEN.value, m.Color.RED is old, m.Color(1) is old") == (2, True, True)


def test_comment_edit_keeps_state(project):
    """After an edit of a comment, a module that asks for its state has it, and instances live on."""
    source = "cache = globals().get('cache', {{}})\nclass C: pass  # {0}\n"
    project.write({"m.py": source.format("one")})
    project.step("import m", ["m"])
    project.run("m.cache['x'] = 1; old = m.C()")
    project.write({"m.py": source.format("two")})
    project.run("import m")
    assert project.value("m.cache, type(old) is m.C") == ({"x": 1}, True)


def test_syntax_error(project):
    """The error is raised, and the old code stays whole."""
    project.write({"m.py": "X = 1\ndef f(): return X\n"})
    project.step("import m", ["m"])
    project.run("f = m.f")
    project.write({"m.py": "X = 2\ndef f(: return X\n"})
    project.step("import m", [], raises="SyntaxError")
    assert project.value("f(), m.f is f, m.X") == (1, True, 1)


def test_run_time_error_is_rolled_back(project):
    """After an error half-way, everything is as before."""
    source = "X = {0}\nclass C:\n    def n(self): return {0}\ndef f(): return {0}\n{1}"
    project.write({"m.py": source.format(1, "")})
    project.step("import m", ["m"])
    project.run("f, old = m.f, m.C()")
    project.write({"m.py": source.format(2, "1 / 0\n")})
    project.step("import m", ["m"], raises="ZeroDivisionError")
    assert project.value("m.X, f(), m.f is f, old.n(), type(old) is m.C") == (1, 1, True, 1, True)


def test_run_time_error_is_raised_every_time(project):
    """The error is raised at each import, until the source is mended."""
    project.write({"m.py": "X = 1\n"})
    project.step("import m", ["m"])
    project.write({"m.py": "X = 1 / 0\n"})
    for _ in range(3):
        project.step("import m", ["m"], raises="ZeroDivisionError")
    project.write({"m.py": "X = 2\n"})
    project.step("import m", ["m"])


def test_removed_name_is_gone(project):
    """A name that the source does not bind any more is gone."""
    project.write({"m.py": "X = 1\nY = 2\n"})
    project.step("import m", ["m"])
    project.write({"m.py": "X = 1\n"})
    project.step("import m", ["m"])
    assert project.value("hasattr(m, 'Y')") is False


def test_import_of_the_importer(project):
    """`from a import fa` follows an edit of `b`, which `a` imports."""
    project.write({"a.py": "from b import fb\ndef fa(): return fb()\n", "b.py": "def fb(): return 1\n"})
    project.step("from a import fa", ["a", "b"])
    project.write({"b.py": "def fb(): return 2\n"})
    project.step("from a import fa", ["a", "b"])
    assert project.value("fa()") == 2


def test_constants_computed_from_another_module(project):
    """A constant of `a` that was computed from `b` is computed again."""
    project.write({"a.py": "import b\nX = b.X * 10\n", "b.py": "X = 1\n"})
    project.step("from a import X", ["a", "b"])
    project.write({"b.py": "X = 2\n"})
    project.step("from a import X", ["a", "b"])
    assert project.value("X") == 20


def test_re_export(project):
    """`from p import v` follows an edit of `p/s.py`, from which `p` has it."""
    project.write({"p/__init__.py": "from .s import v\n", "p/s.py": "v = 1\n"})
    project.step("from p import v", ["p", "p.s"])
    project.write({"p/s.py": "v = 2\n"})
    project.step("from p import v", ["p", "p.s"])
    assert project.value("v") == 2


def test_deleted_file_is_told(project):
    """A module whose file has been deleted cannot be imported, and the session keeps what it had."""
    project.write({"m.py": "X = 1\n"})
    project.step("import m", ["m"])
    project.delete("m.py")
    project.tick()
    project.step("import m", [], raises="ModuleNotFoundError")
    assert project.value("m.X") == 1


def test_no_thread_no_watcher_standard_library_only(project):
    """After a refresh there is one thread, and no module from outside the standard library but livereload."""
    project.write({"m.py": "X = 1\n"})
    project.run("import sys; before = set(sys.modules)")
    project.step("import m", ["m"])
    project.write({"m.py": "X = 2\n"})
    project.step("import m", ["m"])
    new = "{name.partition('.')[0] for name in sys.modules.keys() - before}"
    assert project.value(f"sorted({new} - sys.stdlib_module_names - {{'livereload'}})") == ["m"]
    assert project.value("__import__('threading').active_count()") == 1
