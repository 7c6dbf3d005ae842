"""Bytecode: never stale, neither here nor in a plain interpreter afterwards; and a good one is used."""

import os
import py_compile

import pytest

A_DAY_AGO = 10**9


def age(project, *names, seconds=A_DAY_AGO):
    """Make files as old as one wants; livereload goes by change times, too, so this deceives only others."""
    for name in names:
        os.utime(project.file(name), (seconds, seconds))


def test_stale_bytecode_in_the_same_second(project):
    """An edit of the same size within the same second runs the new code, live and in a plain interpreter."""
    project.write({"a.py": "X = 1\n"})
    project.step("import a", ["a"])
    for digit in "234":
        project.write({"a.py": f"X = {digit}\n"})
        project.step("import a", ["a"])
        assert project.plain("import a").modules["a"]["X"] == digit
        assert project.plain("import a", "import a").modules["a"]["X"] == digit


def test_stale_bytecode_of_another_interpreter(project):
    """Bytecode that a plain interpreter wrote, of an earlier source of the same size and time, is not run."""
    project.write({"a.py": "X = 1\n"})
    assert project.plain("import a").modules["a"]["X"] == "1"
    project.write({"a.py": "X = 2\n"})
    assert project.plain("import a").modules["a"]["X"] == "1"  # CPython's own mistake
    project.step("import a", ["a"])
    project.write({"a.py": "X = 3\n"})
    project.step("import a", ["a"])
    assert project.plain("import a").modules["a"]["X"] == "3"


def test_stale_bytecode_of_an_older_time(project):
    """Nor if the source bears an old time: what counts is when it was changed."""
    project.write({"a.py": "X = 1\n"})
    age(project, "a.py")
    assert project.plain("import a").modules["a"]["X"] == "1"
    project.write({"a.py": "X = 2\n"})
    age(project, "a.py")
    project.step("import a", ["a"])
    project.write({"a.py": "X = 3\n"})
    age(project, "a.py")
    project.step("import a", ["a"])
    assert project.plain("import a").modules["a"]["X"] == "3"


def test_session_after_session(project):
    """Each of several sessions, one after the other, with an edit between them, runs the new code."""
    for digit in "1234":
        project.write({"a.py": f"X = {digit}\n"})
        project.start()
        project.step("import a", ["a"])


def test_good_bytecode_is_used(project):
    """A first import with good bytecode does not compile."""
    project.write({"a.py": "import b\n", "b.py": "X = 1\n"})
    project.tick()
    assert project.plain("import a").compiled == ["a", "b"]
    project.start()
    outcome = project.run("import a")
    assert (outcome.executed, outcome.compiled) == (["a", "b"], [])


def test_own_bytecode_is_used(project):
    """Bytecode that a session wrote is used by the next session and by a plain interpreter."""
    project.write({"a.py": "import b\n", "b.py": "X = 1\n"})
    project.tick()
    project.start()
    assert project.run("import a").compiled == ["a", "b"]
    project.start()
    assert project.run("import a").compiled == []
    assert project.plain("import a").compiled == []


def test_own_bytecode_is_used_in_the_tick_of_the_edit(project):
    """Bytecode that a session wrote is checked by hash: it is used at once, and no edit makes it stale."""
    project.write({"a.py": "X = 1\n"})
    project.start()
    assert project.run("import a").compiled == ["a"]
    project.start()
    assert project.run("import a").compiled == []
    project.write({"a.py": "X = 2\n"})
    assert project.run("import a").compiled == ["a"]
    project.start()
    assert project.run("import a").compiled == []


def test_an_edit_is_compiled_once(project):
    """An edit compiles the edited module only; its importers are executed from bytecode."""
    project.write({"a.py": "import b\n", "b.py": "X = 1\n"})
    project.tick()
    project.step("import a", ["a", "b"])
    project.write({"b.py": "X = 2\n"})
    outcome = project.run("import a")
    assert (outcome.executed, outcome.compiled) == (["b"], ["b"])


def test_unchecked_hash_based(project):
    """Unchecked hash-based bytecode is used if it is that of the source, and only then."""
    project.write({"a.py": "X = 1\n"})
    unchecked = py_compile.PycInvalidationMode.UNCHECKED_HASH
    pyc = py_compile.compile(str(project.file("a.py")), invalidation_mode=unchecked)
    project.start()
    outcome = project.run("import a")
    assert (outcome.compiled, outcome.modules["a"]["X"]) == ([], "1")
    project.write({"a.py": "X = 2\n"})
    project.step("import a", ["a"])
    assert pyc == project.value("a.__spec__.cached")


def test_unchecked_hash_based_that_is_stale(project):
    """A first import with unchecked hash-based bytecode of another source runs the source, as a fresh one would."""
    project.write({"a.py": "X = 1\n"})
    py_compile.compile(str(project.file("a.py")), invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
    project.write({"a.py": "X = 2\n"})
    project.step("import a", ["a"])
    project.step("import a", [])


def test_checked_hash_based(project):
    """Checked hash-based bytecode is used if it is that of the source, in whatever tick it was written."""
    project.write({"a.py": "X = 1\n"})
    py_compile.compile(str(project.file("a.py")), invalidation_mode=py_compile.PycInvalidationMode.CHECKED_HASH)
    project.start()
    assert project.run("import a").compiled == []
    project.write({"a.py": "X = 2\n"})
    project.step("import a", ["a"])
    assert project.plain("import a").modules["a"]["X"] == "2"


@pytest.mark.parametrize("garbage", [b"", b"garbage", b"\0" * 16, b"\xff" * 400])
def test_broken_bytecode(project, garbage):
    """A broken bytecode file is written again."""
    project.write({"a.py": "X = 1\n"})
    pyc = py_compile.compile(str(project.file("a.py")))
    with open(pyc, "wb") as file:
        file.write(garbage)
    project.step("import a", ["a"])
    project.write({"a.py": "X = 2\n"})
    project.step("import a", ["a"])


def test_truncated_bytecode(project):
    """Good bytecode of which the end is missing raises as in a plain interpreter, or is compiled; never half-runs."""
    project.write({"a.py": "X = 1\n"})
    project.tick()
    pyc = py_compile.compile(str(project.file("a.py")))
    with open(pyc, "r+b") as file:
        file.truncate(40)
    plain = project.plain("import a").error
    project.start()
    error = project.attempt("import a").error
    assert error is None or error["type"] == plain["type"]


def test_bytecode_folder_that_cannot_be_written(project):
    """Where no bytecode can be written, all works without."""
    project.write({"a.py": "X = 1\n", "__pycache__": "a file"})
    project.step("import a", ["a"])
    project.write({"a.py": "X = 2\n"})
    project.step("import a", ["a"])


def test_bytecode_of_an_adopted_module(project):
    """A module that was imported before install() and edited in the same second is executed again."""
    project.write({"a.py": "X = 1\n"})
    project.start("import a")
    project.write({"a.py": "X = 2\n"})
    project.run("livereload.install()")
    project.step("import a", ["a"])
    assert project.plain("import a").modules["a"]["X"] == "2"


def test_with_the_clock_of_this_machine(project):
    """The same without a clock that stands still: rapid edits of one size, live and plain."""
    project.start(frozen=False)
    project.write({"a.py": "X = 10\n"})
    project.step("import a", ["a"])
    for number in range(11, 31):
        project.write({"a.py": f"X = {number}\n"})
        age(project, "a.py")
        project.step("import a", ["a"])
        assert project.plain("import a", frozen=False).modules["a"]["X"] == str(number)


def test_no_bytecode_is_written_if_none_is_wanted(project):
    """`sys.dont_write_bytecode` is obeyed."""
    project.start("import sys; sys.dont_write_bytecode = True; livereload.install()")
    project.write({"a.py": "X = 1\n"})
    project.step("import a", ["a"])
    project.write({"a.py": "X = 2\n"})
    project.step("import a", ["a"])
    assert not project.file("__pycache__").exists()


def unread(project, text):
    """Import a module from good bytecode."""
    project.write({"a.py": text})
    for _ in range(10):
        project.tick()  # bytecode that is hardly newer than its source is not good
    project.plain("import a")
    project.start(whole=False)
    outcome = project.run("import a; held = a.f")
    assert outcome.error is None
    assert [name for name in outcome.opened if name.endswith(".py")] == []


STATE = "STATE = []\ndef f(): return {}\n"


def test_a_source_with_good_bytecode_is_not_read(project):
    """Its stamp identifies its bytes; touched, it is read, and is the same."""
    unread(project, STATE.format(1))
    project.run("a.STATE.append(1)")
    os.utime(project.file("a.py"))
    assert project.run("import a", "(a.STATE, bool(__import__('livereload').last()))").value == ([1], False)


def test_an_edit_of_a_source_that_was_not_read(project):
    """A body gets its code, nothing is executed."""
    unread(project, STATE.format(1))
    project.run("a.STATE.append(1)")
    project.write({"a.py": STATE.format(2)})
    assert project.run("import a", "(a.STATE, held())").value == ([1], 2)


def test_bytecode_that_another_process_has_renewed(project):
    """The code that the session runs is known, whatever has become of the bytecode file since."""
    unread(project, STATE.format(1))
    project.run("a.STATE.append(1)")
    project.write({"a.py": STATE.format(2)})
    project.plain("import a")  # the tests, in another terminal
    assert project.run("import a", "(a.STATE, held())").value == ([1], 2)
