"""`%load_ext livereload` in IPython and Jupyter."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import livereload
from livereload.imports import hooks as _proxy
from livereload.session import ipython as _ipython

SOURCES = Path(__file__).parents[2] / "src"


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
    assert _proxy.installed is not None and _proxy.installed.state.policy.include == ("mine",)
    livereload.unload_ipython_extension(shell)
    assert _proxy.installed is not None


def test_uninstalled_meanwhile(shell: Shell, capsys: pytest.CaptureFixture[str]) -> None:
    """After `livereload.uninstall()` a cell runs as if the extension were not there."""
    livereload.load_ipython_extension(shell)
    livereload.uninstall()
    shell.run_cell()
    assert shell.shown == [] and capsys.readouterr() == ("", "")


# %livereload


@pytest.fixture
def shop(shell: Shell, tmp_path: Path) -> Path:
    """A module that is loaded, in a shell with the extension."""
    file = tmp_path / "ipython_shop.py"
    file.write_text("def total(): return 1\n")
    livereload.install(exclude={name.partition(".")[0] for name in sys.modules if name.isidentifier()})
    livereload.load_ipython_extension(shell)
    import ipython_shop  # noqa: F401 (in sys.modules)

    return file


def total() -> int:
    value: int = sys.modules["ipython_shop"].total()
    return value


def test_magic_off_and_on(shell: Shell, shop: Path) -> None:
    """`off` leaves cells to themselves; `on` goes on as before, with the same arguments."""
    livereload.install(include=["mine"], verbose=True, whole=True)
    shell.user_ns["total"] = sys.modules["ipython_shop"].total
    magic = shell.magics["line"]["livereload"]
    magic("off")
    assert _proxy.installed is None
    shop.write_text("def total(): return 2\n")
    shell.run_cell()
    assert total() == 1
    magic("on")
    magic("on")
    assert _proxy.installed is not None
    state = _proxy.installed.state
    assert (state.policy.include, state.verbose, state.whole) == (("mine",), True, True)
    shell.run_cell()
    assert total() == 2


def test_magic_only(shell: Shell, shop: Path, tmp_path: Path) -> None:
    """`only NAME …` has cells bring up to date these modules and what they import, until `only` without names."""
    other = tmp_path / "ipython_other.py"
    other.write_text("X = 1\n")
    import ipython_other

    magic = shell.magics["line"]["livereload"]
    try:
        magic("only ipython_other not_imported_yet")
        shop.write_text("def total(): return 2\n")
        other.write_text("X = 2\n")
        shell.run_cell()
        assert (total(), ipython_other.X) == (1, 2)
        magic("only")
        shell.run_cell()
        assert total() == 2
        with pytest.raises(ValueError, match="only must hold absolute dotted module names"):
            magic("only not-a-name")
    finally:
        del sys.modules["ipython_other"]


def test_magic_status_and_usage(shell: Shell, shop: Path) -> None:
    """`status`, or nothing, gives the status; what is no command is told in one line."""
    magic = shell.magics["line"]["livereload"]
    for line in ("", "status", "status ipython_shop"):
        assert "ipython_shop" in repr(magic(line))
    assert repr(magic("explain ipython_shop")) == repr(livereload.explain("ipython_shop"))
    for line in ("stop", "on now", "explain", "_on", "magic"):
        with pytest.raises(Exception, match=r"^usage: %livereload \[status"):
            magic(line)


def test_magic_goes_with_the_extension(shell: Shell, shop: Path) -> None:
    """Unloading takes the magic away."""
    livereload.unload_ipython_extension(shell)
    assert shell.magics == {"line": {}}


# In the real IPython.

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


def ipython(folder: Path, session: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    """Run a session in the real IPython, with `shop.total()` giving 'first'."""
    pytest.importorskip("IPython")
    (folder / "shop.py").write_text("def total(): return 'first'\nNAME = 'one'\n")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("LIVERELOAD")}
    path = {"IPYTHONDIR": str(folder / "ipython"), "PYTHONPATH": f"{SOURCES}{os.pathsep}{folder}"}
    return subprocess.run(
        [sys.executable, "-m", "IPython", "--simple-prompt", "--no-banner", "--classic", "--colors=nocolor"],
        env={**inherited, **path, **variables},
        cwd=folder,
        input=session,
        capture_output=True,
        text=True,
    )


def test_in_ipython(tmp_path: Path) -> None:
    """In the real IPython: loaded, edited, broken, mended, reloaded, unloaded."""
    out = ipython(tmp_path, SESSION).stdout.replace("\r", "")
    assert [word for word in ("first", "second", "third", "fourth") if f"'{word}'" in out] == [
        "first",
        "second",
        "third",
    ]
    assert out.count("SyntaxError") == 1
    assert "('second', 'still')" in out and "('second', 'silent')" in out and "('third', 'unloaded')" in out
    assert "  executed shop" in out or "  updated shop" in out


PROMPT_SESSION = """\
import livereload; livereload.install(prompt=True)
import pathlib, sys
from shop import total, NAME as name
save = pathlib.Path("shop.py").write_text
n = save("def total(): return 'second'\\nNAME = 'two'\\n")
total(), name, 'seen'
n = save("def total(): return 'third'\\n1 / 0\\n")
total(), name, 'seen'
total(), name, 'seen'
n = save("def total(): return 'fourth'\\n")
total(), name, 'seen'
%livereload status
"""


def test_prompt_mode_in_ipython(tmp_path: Path) -> None:
    """`install(prompt=True)`: cells follow in silence, and so do names of the session; an error is told once."""
    done = ipython(tmp_path, PROMPT_SESSION)
    shown = done.stdout.replace("\r", "") + done.stderr
    assert re.findall(r"\('(\w+)', 'two', 'seen'\)", shown) == ["second", "second", "second", "fourth"]
    assert shown.count("ZeroDivisionError: division by zero") == 1
    assert shown.count("livereload: the last good state answers") == 1
    assert shown.count("livereload: shop has no NAME any more: name is what it was") == 1
    assert "executed" not in shown
    assert str(SOURCES / "livereload") not in shown


FAILING = """\
%load_ext livereload
import low, middle, top, pathlib
n = pathlib.Path("low.py").write_text("RATE = RATES\\n")
1, 'seen'
n = pathlib.Path("low.py").write_text("RATE = 2\\n")
top.RATE, 'seen'
"""


def test_errors_in_ipython_show_no_frame_of_livereload(tmp_path: Path) -> None:
    """An error below several modules shows their frames, and none of livereload or importlib; the report comes once."""
    (tmp_path / "low.py").write_text("RATE = 1\n")
    (tmp_path / "middle.py").write_text("from low import RATE\n")
    (tmp_path / "top.py").write_text("from middle import RATE\n")
    done = ipython(tmp_path, FAILING, LIVERELOAD_VERBOSE="1")
    shown = done.stdout.replace("\r", "") + done.stderr
    assert shown.count("NameError") == 2  # the end of the traceback, and the one line of `verbose`
    assert str(SOURCES / "livereload") not in shown and "importlib" not in shown
    assert "(2, 'seen')" in shown
    assert shown.count("executed low") + shown.count("updated low") == 1


INTERRUPTED = """\
import livereload; livereload.install(prompt=True)
import shop, pathlib
n = pathlib.Path("shop.py").write_text(pathlib.Path("slow.py").read_text())
print("ran", shop.total())
shop.total(), 'seen'
"""

SLOW = """\
import _thread, pathlib, time
if not pathlib.Path("interrupted").exists():
    pathlib.Path("interrupted").touch()
    _thread.interrupt_main()
    time.sleep(60)
def total(): return 'second'
"""


def test_an_interrupt_in_ipython(tmp_path: Path) -> None:
    """Ctrl-C in a refresh ends the cell, as if it had come when that began."""
    (tmp_path / "slow.py").write_text(SLOW)
    done = ipython(tmp_path, INTERRUPTED)
    shown = done.stdout.replace("\r", "") + done.stderr
    assert shown.count("KeyboardInterrupt") == 1 and "ran first" not in shown and "ran second" not in shown
    assert str(SOURCES / "livereload") not in shown
    assert "('second', 'seen')" in shown


def test_prompt_mode_in_a_kernel(tmp_path: Path) -> None:
    """In a Jupyter kernel, `install(prompt=True)` follows as in IPython, and errors are messages of the kernel's."""
    pytest.importorskip("ipykernel")
    client = pytest.importorskip("jupyter_client")
    (tmp_path / "shop.py").write_text("RATE = 1\n")
    manager = client.KernelManager(kernel_name="python3")
    manager.kernel_spec.argv[0] = sys.executable
    environment = {**os.environ, "PYTHONPATH": str(SOURCES), "IPYTHONDIR": str(tmp_path / "ipython")}
    manager.start_kernel(cwd=str(tmp_path), env=environment)
    kernel = manager.client()
    try:
        kernel.start_channels()
        kernel.wait_for_ready(timeout=120)
        seen: list[str] = []

        def run(code: str) -> str:
            seen.clear()
            kernel.execute_interactive(code, timeout=120, output_hook=lambda message: seen.append(_text(message)))
            return "".join(seen)

        run("import livereload; livereload.install(prompt=True)")
        run("import sys; sys.path.insert(0, '')\nfrom shop import RATE")
        (tmp_path / "shop.py").write_text("RATE = 2\n")
        assert run("RATE") == "2"
        (tmp_path / "shop.py").write_text("RATE = RATES\n")
        broken = run("RATE")
        assert broken.count("NameError: name 'RATES' is not defined") == 1
        assert broken.endswith("livereload: the last good state answers\n2")
        assert str(SOURCES / "livereload") not in broken
        assert run("RATE") == "2"
        (tmp_path / "shop.py").write_text("RATE = 3\n")
        assert run("RATE") == "3"
        assert "shop" in run("%livereload status")
    finally:
        kernel.stop_channels()
        manager.shutdown_kernel(now=True)


def _text(message: "dict[str, Any]") -> str:
    """What a message of a kernel shows, without colours."""
    content = message["content"]
    found = content.get("text") or "\n".join(content.get("traceback", [])) or content.get("data", {}).get("text/plain")
    return re.sub(r"\x1b\[[0-9;]*m", "", found or "")
