"""`%load_ext livereload` in IPython and Jupyter."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import livereload
from livereload.imports import hooks as _proxy
from livereload.session import ipython as _ipython

SOURCES = Path(__file__).parent.parent / "src"


class Shell:
    """As much of an IPython shell as extensions are offered, with cells that only fire the event."""

    def __init__(self) -> None:
        self.events = self.magics_manager = self
        self.magics: dict[str, dict[str, Callable[[str], object]]] = {"line": {}}
        self.ast_transformers: list[object] = []
        self.user_ns: dict[str, object] = {}
        self.callbacks: list[Callable[[object], None]] = []
        self.shown: list[str] = []

    def register(self, event: str, callback: Callable[[object], None]) -> None:
        assert event == "pre_run_cell"
        self.callbacks.append(callback)

    def unregister(self, event: str, callback: Callable[[object], None]) -> None:
        assert event == "pre_run_cell"
        self.callbacks.remove(callback)

    def register_magic_function(self, function: Callable[[str], object], magic_kind: str, magic_name: str) -> None:
        self.magics[magic_kind][magic_name] = function

    def showtraceback(self, exc_tuple: tuple[type, BaseException, object], tb_offset: int) -> None:
        self.shown.append(exc_tuple[0].__name__)

    def run_cell(self) -> None:
        for callback in list(self.callbacks):
            callback(None)


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    monkeypatch.syspath_prepend(str(tmp_path))
    shell = Shell()
    yield shell
    _ipython.unload(shell)
    livereload.uninstall()
    sys.modules.pop("ipython_shop", None)


def test_before_each_cell(shell: Shell, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is stale is refreshed and shown; a cell with nothing to do shows nothing."""
    file = tmp_path / "ipython_shop.py"
    file.write_text("def total(): return 1\n")
    livereload.install(exclude={name.partition(".")[0] for name in sys.modules if name.isidentifier()})
    livereload.load_ipython_extension(shell)
    import ipython_shop

    shell.run_cell()
    assert capsys.readouterr() == ("", "")
    file.write_text("def total(): return 2\n")
    shell.run_cell()
    assert ipython_shop.total() == 2
    out, err = capsys.readouterr()
    assert "ipython_shop" in out and err == ""


def test_an_error_is_shown_once_for_each_save(shell: Shell, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A broken source shows its traceback at the first cell after a save, and cells run on the last good state."""
    file = tmp_path / "ipython_shop.py"
    file.write_text("def total(): return 1\n")
    livereload.install(exclude={name.partition(".")[0] for name in sys.modules if name.isidentifier()})
    livereload.load_ipython_extension(shell)
    import ipython_shop

    for broken, shown in [
        ("def total(:\n", "SyntaxError"),
        ("1 / 0\n", "ZeroDivisionError"),
        ("1 / 0  #\n", "ZeroDivisionError"),
    ]:
        file.write_text(broken)
        shell.shown.clear()
        shell.run_cell()
        shell.run_cell()
        assert shell.shown == [shown]
        assert ipython_shop.total() == 1
        assert capsys.readouterr().err == "livereload: the last good state answers\n"
    file.write_text("def total(): return 2\n")
    shell.run_cell()
    assert ipython_shop.total() == 2


def test_loaded_twice_is_loaded_once_and_unloaded_is_gone(shell: Shell) -> None:
    """One callback however often it is loaded; unloading takes it and livereload away."""
    livereload.load_ipython_extension(shell)
    livereload.load_ipython_extension(shell)
    assert len(shell.callbacks) == 1
    livereload.unload_ipython_extension(shell)
    assert shell.callbacks == [] and _proxy.installed is None
    livereload.unload_ipython_extension(shell)


def test_unloading_leaves_what_was_installed_before(shell: Shell) -> None:
    """Where livereload was on already, with its own policy, loading and unloading the extension changes nothing."""
    livereload.install(include=["mine"])
    livereload.load_ipython_extension(shell)
    assert _proxy.installed is not None and _proxy.installed.engine.state.policy.include == ("mine",)
    livereload.unload_ipython_extension(shell)
    assert _proxy.installed is not None


def test_uninstalled_meanwhile(shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    """After `livereload.uninstall()` a cell runs as if the extension were not there."""
    livereload.load_ipython_extension(shell)
    livereload.uninstall()
    shell.run_cell()
    assert shell.shown == [] and capsys.readouterr() == ("", "")


SESSION = """\
%load_ext livereload
import pathlib, sys
from shop import total
total()
n = pathlib.Path("shop.py").write_text("def total(): return 'second'\\n")
total()
n = pathlib.Path("shop.py").write_text("def total(:\\n")
total(), 'still'
total(), 'silent'
n = pathlib.Path("shop.py").write_text("def total(): return 'third'\\n")
%reload_ext livereload
total()
%unload_ext livereload
n = pathlib.Path("shop.py").write_text("def total(): return 'fourth'\\n")
from shop import total
total(), 'unloaded'
"""


def test_in_ipython(tmp_path: Path) -> None:
    """In the real IPython: loaded, edited, broken, mended, reloaded, unloaded."""
    pytest.importorskip("IPython")
    (tmp_path / "shop.py").write_text("def total(): return 'first'\n")
    done = subprocess.run(
        [sys.executable, "-m", "IPython", "--simple-prompt", "--no-banner", "--classic", "--colors=nocolor"],
        env={**os.environ, "IPYTHONDIR": str(tmp_path / "ipython"), "PYTHONPATH": f"{SOURCES}{os.pathsep}{tmp_path}"},
        cwd=tmp_path,
        input=SESSION,
        capture_output=True,
        text=True,
    )
    out = done.stdout.replace("\r", "")
    assert [word for word in ("first", "second", "third", "fourth") if f"'{word}'" in out] == [
        "first",
        "second",
        "third",
    ]
    assert out.count("SyntaxError") == 1
    assert "('second', 'still')" in out and "('second', 'silent')" in out and "('third', 'unloaded')" in out
    assert "  executed " in out or "livereload: executed" in out
