"""What is known of macOS and Windows, by the answers that they would give."""

import errno
import io
import ntpath
import os
import sys
from importlib.machinery import ModuleSpec, SourceFileLoader
from types import SimpleNamespace

import pytest

import _livereload_imports
from livereload.files import folder, source, stamp
from livereload.files.folder import look_into
from livereload.files.inotify import Watch
from livereload.files.source import Clock, Patience, look, read
from livereload.modules import adopt, tracking
from livereload.modules.tracking import Policy

SECOND = 10**9


class TestClock(Clock):
    """A clock that a test sets; `sleep` lets it go on, and runs what happens meanwhile."""

    __test__ = False

    def __init__(self, time, meanwhile=lambda: None):
        self.time = time
        self._meanwhile = meanwhile

    def now(self):
        return self.time

    def sleep(self, seconds):
        self.time += int(seconds * SECOND)
        self._meanwhile()


# Windows: paths.


@pytest.fixture
def windows(monkeypatch):
    """`tracking` on a Windows whose standard library is in C:\\Python313\\Lib."""
    system = SimpleNamespace(path=ntpath, sep="\\", __file__="C:\\Python313\\Lib\\os.py")
    monkeypatch.setattr(tracking, "os", system)
    monkeypatch.setattr(sys, "_stdlib_dir", "C:\\Python313\\Lib", raising=False)
    monkeypatch.setattr(tracking, "stamp_at", lambda path: (0, 0, 0, 0, 0))


@pytest.mark.parametrize(
    ("path", "is_users"),
    [
        ("C:\\Users\\me\\shop\\cart.py", True),
        ("C:/Users/me/shop\\cart.py", True),
        ("C:\\Python313\\Library\\x.py", True),
        ("C:\\Python313\\Lib\\json\\decoder.py", False),
        ("c:\\python313\\lib\\json\\decoder.py", False),
        ("C:/Python313/Lib\\json\\decoder.py", False),
        ("C:\\Users\\me\\.venv\\Lib\\site-packages\\attr\\x.py", False),
        ("C:/Users/me/.venv/Lib/site-packages\\attr\\x.py", False),
        ("C:\\Users\\me\\.venv\\lib\\Site-Packages\\attr\\x.py", False),
        ("\\\\server\\share\\shop.py", True),
    ],
)
def test_paths_on_windows(windows, path, is_users):
    """Case means nothing there, and a search path may hold slashes."""
    spec = ModuleSpec("mod", SourceFileLoader("mod", path), origin=path)
    spec.has_location = True
    assert Policy().tracks(spec) is is_users


@pytest.mark.parametrize(
    ("program", "interactive"),
    [
        ("C:\\venv\\Scripts\\ipython.exe", True),
        ("C:\\venv\\Scripts\\ipython-script.py", True),
        ("C:\\venv\\Scripts\\bpython", True),
        ("C:\\Program Files\\JetBrains\\pydev\\pydevconsole.py", True),
        ("c:\\ext\\ms-python.python\\python_files\\python_server.py", True),
        ("C:\\shop\\python_server.py", False),
        ("C:\\ipython\\main.py", False),
    ],
)
def test_prompts_on_windows(monkeypatch, program, interactive):
    """Programs that lead to a prompt are known by the paths that they have there."""
    monkeypatch.setattr(_livereload_imports, "os", SimpleNamespace(path=ntpath))
    monkeypatch.setattr(_livereload_imports, "_VS_CODE", ntpath.join("python_files", "python_server.py"))
    monkeypatch.setattr(sys, "orig_argv", ["python", program])
    monkeypatch.setattr(sys, "argv", [program])
    assert _livereload_imports.is_interactive() is interactive


# Times.


@pytest.fixture
def file(tmp_path):
    file = tmp_path / "a.py"
    file.write_text("X = 1\n")
    return str(file)


@pytest.mark.parametrize(
    ("system", "tick"),
    [("FAT", 2 * SECOND), ("HFS+", SECOND), ("exFAT", SECOND // 100), ("NTFS", 100)],
)
def test_coarse_times_lose_no_edit(monkeypatch, file, system, tick):
    """Two saves of one size within a tick are two, with times of any coarseness, a `ctime` that never changes
    (Windows: when the file was made) and no numbers of files (FAT)."""
    times = {"now": 1_000 * SECOND}

    def stamp_of(result):
        return (times["now"] // tick * tick, 5, result.st_size, 0, 0)

    for each in (folder, source, stamp):
        monkeypatch.setattr(each, "stamp_of", stamp_of)
    clock = TestClock(times["now"])
    known = read(file, clock)
    for digit in range(2, 9):
        with open(file, "w") as opened:
            opened.write(f"X = {digit}\n")
        found = look(file, known, clock)
        assert found is not known and found.data == f"X = {digit}\n".encode()
        clock.time += tick // 5  # the next save may come in the same tick
        times["now"] = clock.time
        known = found


@pytest.mark.parametrize("tick", [2 * SECOND, SECOND, 100])
def test_coarse_times_are_believed_in_the_end(monkeypatch, file, tick):
    """Once a file has not been saved for a while it is not read any more."""
    for each in (folder, source, stamp):
        monkeypatch.setattr(each, "stamp_of", lambda result: (1_000 * SECOND // tick * tick, 5, result.st_size, 0, 0))
    clock = TestClock(1_005 * SECOND)
    known = look(file, read(file, clock), clock)
    monkeypatch.setattr(source, "read", None)
    assert look(file, known, clock) is known


def test_a_folder_that_has_no_times(monkeypatch, tmp_path):
    """A listing is believed for as long as the folder's time stands still: importlib does no better on FAT."""
    for each in (folder, source, stamp):
        monkeypatch.setattr(each, "stamp_of", lambda result: (0, 0, 0, 0, 0))
    known = look_into(str(tmp_path), None, TestClock(SECOND))
    (tmp_path / "b.py").write_text("")
    assert look_into(str(tmp_path), known, TestClock(SECOND)).names == {"b.py"}  # within the tick
    settled = look_into(str(tmp_path), known, TestClock(10 * SECOND))
    (tmp_path / "c.py").write_text("")
    assert look_into(str(tmp_path), settled, TestClock(20 * SECOND)) is settled


# Files that others use.


def _refusing(times):
    """`io.open_code` that fails so often as if another process had the file to itself (ERROR_SHARING_VIOLATION)."""

    def open_code(path):
        if times:
            times.pop()
            raise PermissionError(errno.EACCES, "Permission denied", path)
        return open(path, "rb")

    return open_code


def test_a_file_that_is_being_saved_on_windows(monkeypatch, file):
    """Who writes a file may have it to himself for a moment: it is looked at again, a tenth of a second in all."""
    clock = TestClock(2_000 * SECOND)
    known = read(file, clock)
    with open(file, "w") as opened:
        opened.write("X = 2\n")
    monkeypatch.setattr(source, "os", SimpleNamespace(name="nt"))
    monkeypatch.setattr(io, "open_code", _refusing([None] * 3))
    assert look(file, known, clock, Patience()).data == b"X = 2\n"
    monkeypatch.setattr(io, "open_code", _refusing([None] * 1000))
    before = clock.time
    with pytest.raises(PermissionError):
        look(file, known, clock, Patience())
    assert clock.time - before <= 0.2 * SECOND


def test_a_file_that_may_not_be_read_elsewhere(monkeypatch, file):
    """Elsewhere a file that may not be read is not waited for."""
    clock = TestClock(2_000 * SECOND)
    monkeypatch.setattr(io, "open_code", _refusing([None] * 1000))
    with pytest.raises(PermissionError):
        look(file, None, clock, Patience())
    assert clock.time == 2_000 * SECOND


# File systems where case means nothing: macOS and Windows.

ANY_CASE = """
import livereload.files.folder as folder, livereload.files.source as source, livereload.files.stamp as stamp
class AnyCase:
    def __init__(self, system): self.system = system
    def __getattr__(self, name): return getattr(self.system, name)
    def stat(self, path):
        try:
            return self.system.stat(path)
        except FileNotFoundError:
            folder, _, name = path.rpartition("/")
            for entry in self.system.listdir(folder or "/"):
                if entry.lower() == name.lower():
                    return self.system.stat(f"{folder}/{entry}")
            raise
stamp._os = source._os = folder._os = AnyCase(stamp._os)
livereload.install()
"""


@pytest.mark.parametrize(("old", "new"), [("Shop.py", "shop.py"), ("Shop/__init__.py", "shop/__init__.py")])
def test_a_name_in_another_case(project, old, new):
    """A file that is renamed in case only is gone, although the system finds it by its old name."""
    project.write({old: "X = 1\n"})
    project.start(ANY_CASE)
    assert project.run("import Shop", "Shop.X").value == 1
    project.rename(old.partition("/")[0], new.partition("/")[0])
    live, fresh = project.attempt("import Shop"), project.fresh("import Shop")
    assert live.error is not None and fresh.error is not None
    assert live.error["message"] == fresh.error["message"] == "No module named 'Shop'"
    assert project.run("import shop", "shop.X").value == 1
    project.rename(new.partition("/")[0], old.partition("/")[0])
    project.write({old: "X = 2\n"})
    assert project.run("import Shop", "Shop.X").value == 2


# What only Linux tells.


def test_without_inotify(monkeypatch):
    """Elsewhere there is no watch, and files are looked at as before."""
    for system in ("darwin", "win32", "freebsd14"):
        monkeypatch.setattr(sys, "platform", system)
        with pytest.raises(OSError, match="no inotify on this platform"):
            Watch()


def test_without_proc(monkeypatch):
    """Where nobody tells when the process started, whatever was imported without bytecode counts as changed since."""
    real = open

    def fake(path, *arguments, **keywords):
        if path == "/proc/self/stat":
            raise FileNotFoundError(errno.ENOENT, "No such file or directory", path)
        return real(path, *arguments, **keywords)

    monkeypatch.setattr("builtins.open", fake)
    assert adopt.process_start(5_000 * SECOND) == 0
    own = os.path.abspath(__file__)
    spec = SimpleNamespace(_cached="/nowhere/x.pyc")
    assert adopt.changed_since_import(spec, own, 0)
