"""Where a fresh interpreter raises, so does the session: the same, every time, and it costs nothing that it had."""

import os
import textwrap

import pytest

GOOD = "X = 1\ndef f(): return X\nclass C:\n    def m(self): return X\n"


def write_chain(project):
    """a imports b imports c."""
    project.write({"a.py": "import b\nX = b.X\n", "b.py": "import c\nX = c.X\n", "c.py": GOOD})
    project.step("import a", ["a", "b", "c"])


BROKEN = {
    "unclosed": ("X = (\n", "SyntaxError", []),
    "indentation": ("def f():\nreturn 1\n", "IndentationError", []),
    "tabs": ("if 1:\n        X = 1\n\tY = 1\n", "TabError", []),
    "not UTF-8": (b"X = '\xff'\n", "SyntaxError", []),
    "unknown encoding": (b"# coding: klingon\nX = 1\n", "SyntaxError", []),
    "null bytes": (b"X = 1\0\n", "SyntaxError", []),
    "at the first line": ("1 / 0\n", "ZeroDivisionError", ["c"]),
    "at the last line": (GOOD + "raise LookupError('here')\n", "LookupError", ["c"]),
    "in a function": ("def f():\n    return {}['x']\nX = f()\n", "KeyError", ["c"]),
    "with a cause": ("try:\n    1 / 0\nexcept ArithmeticError as e:\n    raise ValueError('why') from e\n",
                     "ValueError", ["c"]),
    "with notes": ("e = ValueError('x')\ne.add_note('a note')\nraise e\n", "ValueError", ["c"]),
    "a group": ("raise ExceptionGroup('two', [ValueError(1), TypeError(2)])\n", "ExceptionGroup", ["c"]),
    "missing module": ("import nowhere\n", "ModuleNotFoundError", ["c"]),
    "missing name": ("from os import nowhere\n", "ImportError", ["c"]),
    "missing submodule": ("import os.nowhere\n", "ModuleNotFoundError", ["c"]),
    "beyond the top": ("from .. import x\n", "ImportError", ["c"]),
    "undefined name": ("X = nowhere\n", "NameError", ["c"]),
    "exit": ("raise SystemExit(3)\n", "SystemExit", ["c"]),
    "keyboard interrupt": ("raise KeyboardInterrupt\n", "KeyboardInterrupt", ["c"]),
    "interrupt by signal": ("import signal\nsignal.raise_signal(signal.SIGINT)\n", "KeyboardInterrupt", ["c"]),
    "generator exit": ("raise GeneratorExit\n", "GeneratorExit", ["c"]),
    "recursion": ("def f(): f()\ntry:\n    f()\nexcept RecursionError:\n    raise ValueError('deep') from None\n",
                  "ValueError", ["c"]),
    "own exception": ("class Own(Exception): pass\nraise Own('x', 2)\n", "Own", ["c"]),
    "removes itself": ("import sys\ndel sys.modules[__name__]\n", "KeyError", ["c"]),
}  # fmt: skip


@pytest.mark.parametrize(("source", "raised", "executed"), BROKEN.values(), ids=BROKEN.keys())
def test_broken_dependency(project, source, raised, executed):
    """A dependency that breaks raises at each import of its importer; mended, all is well."""
    write_chain(project)
    project.write({"c.py": source})
    for _ in range(2):
        project.step("import a", ["a", "b", *executed], raises=raised)
    project.write({"c.py": GOOD + "Y = 1\n"})
    project.step("import a", ["a", "b", "c"])


@pytest.mark.parametrize(("source", "raised", "executed"), BROKEN.values(), ids=BROKEN.keys())
def test_broken_module_and_taken_back(project, source, raised, executed):
    """A module that breaks raises at each import; the old bytes again, nothing has happened."""
    write_chain(project)
    project.write({"c.py": source})
    for _ in range(2):
        project.step("import c", executed, raises=raised)
    project.write({"c.py": GOOD})
    project.step("import c", [])
    project.step("import a", [])


@pytest.mark.parametrize(("source", "raised", "executed"), BROKEN.values(), ids=BROKEN.keys())
def test_broken_at_the_first_import(project, source, raised, executed):
    """A first import that fails leaves no module, as ever; it is tried again each time, and when mended."""
    project.write({"a.py": "import b, c\n", "b.py": "X = 1\n", "c.py": source})
    project.step("import a", ["a", "b", *executed], raises=raised)
    project.step("import a", ["a", *executed], raises=raised)
    assert sorted(project.run("").modules) == ["b"]
    project.write({"c.py": "X = 1\n"})
    project.step("import a", ["a", "c"])


@pytest.mark.parametrize("spelling", ["from pkg import mod", "import pkg.mod", "from pkg.mod import X"])
def test_broken_submodule(project, spelling):
    """A broken submodule raises under each spelling."""
    project.write({"pkg/__init__.py": "", "pkg/mod.py": "X = 1\n"})
    project.step(spelling, ["pkg", "pkg.mod"])
    project.write({"pkg/mod.py": "X = 1\n1 / 0\n"})
    project.step(spelling, ["pkg.mod"], raises="ZeroDivisionError", confirms=["pkg", "pkg.mod"])
    project.step(spelling, ["pkg.mod"], raises="ZeroDivisionError")
    project.write({"pkg/mod.py": "X = 2\n"})
    project.step(spelling, ["pkg.mod"])


def test_broken_package(project):
    """A broken package raises for its submodules, too, and keeps them."""
    project.write({"pkg/__init__.py": "X = 1\n", "pkg/mod.py": "from pkg import X\n"})
    project.step("import pkg.mod", ["pkg", "pkg.mod"])
    project.write({"pkg/__init__.py": "1 / 0\n"})
    for _ in range(2):
        project.step("import pkg.mod", ["pkg"], raises="ZeroDivisionError")
        project.step("from pkg import mod", ["pkg"], raises="ZeroDivisionError")
    project.write({"pkg/__init__.py": "X = 2\n"})
    project.step("import pkg.mod", ["pkg", "pkg.mod"])


def test_broken_in_a_cycle(project):
    """A cycle of which one member breaks stays whole."""
    project.write({"a.py": "import b\nX = 1\n", "b.py": "import a\nY = 1\n"})
    project.step("import a", ["a", "b"])
    project.write({"b.py": "import a\nY = 1 / 0\n"})
    for _ in range(2):
        project.step("import a", ["a", "b"], raises="ZeroDivisionError")
    project.write({"b.py": "import a\nY = 2\n"})
    project.step("import a", ["a", "b"])


def test_new_circular_import(project):
    """An edit that makes a circular import that cannot work raises what a fresh interpreter raises."""
    project.write({"a.py": "from b import Y\nX = 1\n", "b.py": "Y = 1\n"})
    project.step("import a", ["a", "b"])
    project.write({"b.py": "from a import X\nY = 1\n"})
    for _ in range(2):
        project.step("import a", ["a", "b"], raises="ImportError")
    project.write({"b.py": "Y = 2\n"})
    project.step("import a", ["a", "b"])


def test_traceback_in_a_function(project):
    """An error in a module imported by a function shows the function's frame, then the module's."""
    project.write({"user.py": "def use():\n    import mod\n    return mod\n", "mod.py": "X = 1\n"})
    project.step("from user import use; use()", ["user", "mod"])
    project.write({"mod.py": "X = 1\n\ndef deep():\n    1 / 0\ndeep()\n"})
    for _ in range(2):
        project.step("use()", ["mod"], raises="ZeroDivisionError", after=["from user import use"])


@pytest.mark.parametrize("spelling", ["importlib.import_module('b')", "__import__('b')", "importlib.__import__('b')"])
def test_traceback_of_calls(project, spelling):
    """The functions that import raise what the statement raises."""
    write_chain(project)
    project.write({"c.py": "X = {}['no']\n"})
    for _ in range(2):
        project.step(f"import importlib\n{spelling}", ["b", "c"], raises="KeyError")


def test_traceback_has_no_frame_of_ours(project):
    """An interpreter's own traceback, untrimmed, shows the statement and the module, and at most one frame more."""
    project.write({"mod.py": "X = 1\n"})
    project.step("import mod", ["mod"])
    project.write({"mod.py": "1 / 0\n"})
    code = """
        import traceback
        try:
            import mod
        except ZeroDivisionError as error:
            frames = [frame.filename for frame in traceback.extract_tb(error.__traceback__)]
    """
    project.run(textwrap.dedent(code))
    assert project.value("frames") == ["<stdin>", str(project.file("mod.py"))]


def test_traceback_of_a_finder(project):
    """What another finder raises shows its frames and importlib's, and none of ours."""
    code = """
        import sys, traceback
        class Finder:
            def find_spec(name, path=None, target=None):
                if name == "raising":
                    raise RuntimeError("no")
        sys.meta_path.append(Finder)
        try:
            import raising
        except RuntimeError as error:
            names = [frame.name for frame in traceback.extract_tb(error.__traceback__)]
    """
    project.run(textwrap.dedent(code))
    assert project.value("names")[-1] == "find_spec"
    assert not {"find", "ask_others"} & set(project.value("names"))
    assert project.value("names").count("find_spec") == 1


def test_error_inside_try(project):
    """An error that the importing module catches is no error of the statement."""
    project.write({"a.py": "try:\n    import b\n    X = b.X\nexcept ZeroDivisionError:\n    X = None\n"})
    project.write({"b.py": "X = 1\n"})
    project.step("import a", ["a", "b"])
    project.write({"b.py": "1 / 0\n"})
    project.step("import a", ["b", "a", "b"])
    project.write({"b.py": "X = 2\n"})
    project.step("import a", ["a", "b"])


@pytest.mark.parametrize("first", ["import new", "import top"])
def test_error_caught_by_a_first_import(project, first):
    """A module whose error is caught by one that is imported for the first time is gone, as in a fresh interpreter."""
    project.write({"b.py": "X = 1\n", "user.py": "import b\ndef use(): return b.X\n"})
    project.write({"new.py": "try:\n    import b\nexcept ImportError:\n    b = None\n", "top.py": "import new\n"})
    project.step("import user", ["user", "b"])
    project.write({"b.py": "import missing\n"})
    on_top = ["top"] if first == "import top" else []
    assert "b" not in project.step(first, [*on_top, "new", "b"]).modules
    project.step(first, [])
    project.step("import b", ["b"], raises="ModuleNotFoundError")
    assert project.value("user.use()") == 1
    project.write({"b.py": "X = 2\n"})
    project.step(first, [*on_top, "new", "b"])
    project.step("import user", ["user"])
    assert project.value("user.use()") == 2


def test_error_caught_by_a_first_import_that_fails(project):
    """A first import that catches the error of a stale module and fails later leaves that module as it was."""
    project.write({"b.py": "X = 1\n", "new.py": "try:\n    import b\nexcept ImportError:\n    b = None\n1 / 0\n"})
    project.step("import b", ["b"])
    project.write({"b.py": "import missing\n"})
    for _ in range(2):
        project.step("import new", ["new", "b"], raises="ZeroDivisionError")
    assert project.value("b.X") == 1
    project.write({"b.py": "X = 2\n"})
    project.step("import b", ["b"])


def test_error_caught_by_a_reload_that_fails(project):
    """`importlib.reload` of such a module leaves the stale one as it was, too."""
    project.write({"b.py": "X = 1\n", "new.py": ""})
    project.step("import b, new", ["b", "new"])
    project.write({"b.py": "import missing\n", "new.py": "try:\n    import b\nexcept ImportError:\n    pass\n1 / 0\n"})
    outcome = project.attempt("import importlib; importlib.reload(new)")
    assert (outcome.error["type"], outcome.executed) == ("ZeroDivisionError", ["new", "b"])
    assert project.value("b.X") == 1
    assert "b" in outcome.modules


def test_error_after_others_were_executed(project):
    """What was executed before the one that fails is rolled back, and executed at the next attempt."""
    project.write({"a.py": "import b, c\n", "b.py": "X = 1\n", "c.py": "X = 1\n"})
    project.step("import a", ["a", "b", "c"])
    project.write({"b.py": "X = 2\n", "c.py": "1 / 0\n", "new.py": "", "a.py": "import new, b, c\n"})
    for _ in range(2):
        project.step("import a", ["a", "new", "b", "c"], raises="ZeroDivisionError")
    assert project.value("a.b.X") == 1
    assert "new" not in project.run("").modules
    project.write({"c.py": "X = 2\n"})
    project.step("import a", ["a", "new", "b", "c"])


def test_two_errors_one_after_the_other(project):
    """Of two broken modules, each statement raises that of what it asks for."""
    project.write({"a.py": "import b, c\n", "b.py": "X = 1\n", "c.py": "X = 1\n"})
    project.step("import a", ["a", "b", "c"])
    project.write({"b.py": "1 / 0\n", "c.py": "{}['c']\n"})
    project.step("import a", ["a", "b"], raises="ZeroDivisionError")
    project.step("import c", ["c"], raises="KeyError")
    project.write({"b.py": "X = 1\n"})
    project.step("import a", ["a", "c"], raises="KeyError", confirms=["a", "b", "c"])
    project.write({"c.py": "X = 2\n"})
    project.step("import a", ["a", "c"])


def test_declared_encoding(project):
    """A source in a declared encoding is read in it."""
    project.write({"a.py": "# -*- coding: latin-1 -*-\nX = 'é'\n".encode("latin-1")})
    project.step("import a", ["a"])
    project.write({"a.py": "# -*- coding: cp1252 -*-\nX = '€'\n".encode("cp1252")})
    project.step("import a", ["a"])
    project.write({"a.py": b"\xef\xbb\xbfX = '\xc3\xa9'\r\n"})
    project.step("import a", ["a"])


def test_empty_file(project):
    """A file that is empty, and stays so, is an empty module."""
    project.write({"a.py": "X = 1\n"})
    project.step("import a", ["a"])
    project.write({"a.py": ""})
    project.step("import a", ["a"])
    project.step("import a", [])
    project.write({"a.py": "X = 1\n"})
    project.step("import a", ["a"])


@pytest.mark.parametrize("state", ["empty", "missing"])
def test_saved_in_two_moves(project, state):
    """A file that is empty, or missing, for a moment while it is saved is not taken for what it holds."""
    project.write({"a.py": "X = 1\n"})
    project.step("import a", ["a"])
    if state == "empty":
        project.write({"a.py": ""})
    else:
        project.delete("a.py")
    # The editor goes on while livereload lets a moment pass.
    editor = f"""
        from livereload.files.source import Clock
        def save(seconds):
            with open({str(project.file("a.py"))!r}, "w") as file:
                file.write("X = 2")
        Clock.sleep = staticmethod(save)
    """
    project.run(textwrap.dedent(editor))
    project.step("from a import X", ["a"])
    assert project.value("X") == 2


def test_replaced_by_a_directory(project):
    """A directory of the name of the file is no module."""
    project.write({"a.py": "X = 1\n"})
    project.step("import a", ["a"])
    project.delete("a.py")
    project.file("a.py").mkdir()
    for _ in range(2):
        project.step("import a", [], raises="ModuleNotFoundError")
    project.file("a.py").rmdir()
    project.write({"a.py": "X = 2\n"})
    project.step("import a", ["a"])


def test_replaced_by_a_fifo(project):
    """A FIFO of the name of the file is not opened, since that would wait for a writer."""
    project.write({"a.py": "X = 1\n"})
    project.step("import a", ["a"])
    project.delete("a.py")
    os.mkfifo(project.file("a.py"))
    for _ in range(2):
        project.step("import a", [], raises="ModuleNotFoundError")


def test_unreadable(project):
    """A file that may not be read raises, every time, until it may; and then nothing has happened."""
    write_chain(project)
    project.write({"b.py": "import c\nX = c.X + 1\n"})
    project.forbidden = [str(project.file("c.py"))]
    for _ in range(2):
        project.step("import a", ["a", "b"], raises="PermissionError")
        project.step("import c", [], raises="PermissionError")
    project.forbidden = []
    project.step("import a", ["a", "b"])


def test_unreadable_by_a_loop_of_links(project):
    """A link to itself is no module; mended, it is."""
    project.write({"a.py": "X = 1\n"})
    project.step("import a", ["a"])
    project.delete("a.py")
    project.file("a.py").symlink_to("a.py")
    for _ in range(2):
        project.step("import a", [], raises="ModuleNotFoundError")
    project.file("a.py").unlink()
    project.write({"a.py": "X = 2\n"})
    project.step("import a", ["a"])


def test_held_things_survive_a_failure(project):
    """What the session holds of a module works as before after an edit that fails."""
    write_chain(project)
    project.run("from c import f, C; c = C(); held = f")
    project.write({"c.py": "X = 2\ndef f(): return 'new'\nclass C:\n    def m(self): return 'new'\n1 / 0\n"})
    project.step("import c", ["c"], raises="ZeroDivisionError")
    assert project.value("(f(), c.m(), type(c) is C, f is held)") == (1, 1, True, True)


def test_exception_caught_by_its_class(project):
    """An `except` clause with a class of the failing module works as in a fresh interpreter."""
    project.write({"base.py": "class Own(Exception): pass\n", "a.py": "import base\n"})
    project.step("import base, a", ["base", "a"])
    project.write({"a.py": "import base\nraise base.Own('x')\n"})
    statement = "import base\ntry:\n    import a\nexcept base.Own as e:\n    raise KeyError(str(e)) from None"
    project.step(statement, ["a"], raises="KeyError", confirms=["a", "base"])
    project.step(statement, ["a"], raises="KeyError")


def test_interrupt_between_two_modules(project):
    """An interrupt after a module has been executed rolls that module back, too."""
    write_chain(project)
    project.write({"c.py": GOOD.replace("1", "2"), "b.py": "import c, signal\nsignal.raise_signal(signal.SIGINT)\n"})
    for _ in range(2):
        project.step("import a", ["a", "b", "c"], raises="KeyboardInterrupt")
    assert project.value("a.b.c.X") == 1
    project.write({"b.py": "import c\nX = c.X\n"})
    project.step("import a", ["a", "b", "c"])


def test_warning_as_error(project):
    """A warning turned error while compiling raises each time."""
    project.write({"a.py": "X = 1\n"})
    project.step("import a", ["a"])
    project.write({"a.py": "X = '\\d'\n"})
    for _ in range(2):
        project.step("import warnings; warnings.simplefilter('error')\nimport a", [], raises="SyntaxError")
    project.write({"a.py": "X = 2\n"})
    project.step("import a", ["a"])


def test_a_file_that_no_memory_can_hold(project):
    """A sparse file of a terabyte raises MemoryError, as in a fresh interpreter, and the session goes on."""
    write_chain(project)
    statement = "import resource; resource.setrlimit(resource.RLIMIT_AS, (2**32, 2**32)); import a"
    with open(project.file("b.py"), "r+b") as file:
        try:
            file.truncate(2**40)
        except OSError as error:
            pytest.skip(f"no such file can be made here: {error}")
    before = project.run("").modules
    for _ in range(2):
        outcome = project.attempt(statement)
        assert (outcome.error["type"], outcome.modules) == ("MemoryError", before)
    assert project.fresh(statement).error["type"] == "MemoryError"
    project.write({"b.py": "import c\nX = c.X + 5\n"})
    project.step("import a", ["a", "b"])


def test_package_that_became_a_module_above_what_is_imported(project):
    """That a package is none any more shows at the statement that imports something below it, every time."""
    project.write({"a.py": "import c\n", "c.py": "from p.q import X\n", "p/__init__.py": "", "p/q.py": "X = 1\n"})
    project.step("import a", ["a", "c", "p", "p.q"])
    project.rename("p/__init__.py", "p.py")
    project.step("import p", ["p"])
    for _ in range(2):
        outcome, fresh = project.attempt("import a"), project.fresh("import a")
        assert outcome.error == fresh.error and fresh.error["type"] == "ModuleNotFoundError"
