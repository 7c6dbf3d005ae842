"""`python -m livereload …` is `python …`: each run is compared with a plain one, and livereload is on."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from test_prompt import Prompt
from test_switched_on import PATIENCE_S, SOURCES, Environment

from livereload.session import run_program as _run

ON = "(lambda p: bool(p and p.installed))(__import__('sys').modules.get('livereload.imports.hooks'))"

# Everything that a program can tell of how it was started.
PROBE = """\
import os, signal, sys
main = sys.modules["__main__"]
print(sys.argv, sys.orig_argv, sys.path, sys.flags, sys.warnoptions, sys._xoptions, sep="\\n")
print(sorted(vars(main)), __name__, __package__, type(__loader__))
print(__spec__ and (type(__spec__), type(__spec__.loader), __spec__.name, __spec__.origin))
print({name: value for name, value in os.environ.items() if name not in ("_", "SHLVL")})
print([(name, str(getattr(main, name, None))) for name in ("__doc__", "__file__", "__cached__", "__annotations__")])
print([str(signal.getsignal(number)) for number in sorted(signal.valid_signals())])
print("sitecustomize" in sys.modules, "_site" in str(sys.path_importer_cache), sys.executable, sys.prefix)
"""


class Pair:
    """A folder with programs, run by plain Python and by `python -m livereload`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.variables: dict[str, str] = {"PYTHONPATH": str(SOURCES)}
        self.options: list[str] = []
        self.python = sys.executable

    def write(self, name: str, text: str) -> str:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return name

    def run(self, *arguments: str, stdin: str = "") -> "subprocess.CompletedProcess[str]":
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "LIVERELOAD"))}
        return subprocess.run(
            [self.python, *self.options, *arguments],
            env={**inherited, "PYTHON_COLORS": "0", **self.variables},
            input=stdin,
            capture_output=True,
            text=True,
            cwd=self.folder,
            timeout=PATIENCE_S,
        )

    def same(self, *arguments: str, stdin: str = "") -> "subprocess.CompletedProcess[str]":
        """The outcome of both, which must be the same."""
        plain, ours = self.run(*arguments, stdin=stdin), self.run("-m", "livereload", *arguments, stdin=stdin)
        assert (ours.returncode, ours.stdout, ours.stderr) == (plain.returncode, plain.stdout, plain.stderr)
        return ours


@pytest.fixture
def pair(tmp_path: Path) -> Pair:
    return Pair(tmp_path)


STARTS = [
    ("script.py", "a", "-b", "--help"),
    ("./script.py",),
    ("-i", "script.py", "a"),
    ("-m", "script", "a", "-m"),
    ("-mpackage",),
    ("-m", "package.module"),
    ("package",),
    ("-c", PROBE, "-c", "a"),
    ("-i", "-c", PROBE),
    ("-", "a"),
    (),
    ("-i",),
    ("-OO", "-X", "dev", "-W", "ignore", "-uB", "script.py"),
    ("-P", "script.py"),
    ("-s", "-q", "-m", "script"),
]


@pytest.mark.parametrize(
    "arguments", STARTS, ids=lambda arguments: " ".join(arguments).replace(PROBE, "PROBE") or "none"
)
def test_a_program_sees_a_plain_start(pair: Pair, arguments: tuple[str, ...]) -> None:
    """Arguments, path, `__main__`, flags, environment and signal handlers are those of plain Python."""
    pair.write("script.py", PROBE)
    for name in ("__init__", "__main__", "module"):
        pair.write(f"package/{name}.py", PROBE if name != "__init__" else "")
    done = pair.same(*arguments, stdin=PROBE)
    assert done.returncode == 0 and "sys.flags(" in done.stdout


@pytest.mark.parametrize("arguments", [("script.py",), ("-m", "script"), ("-c", f"print({ON})"), ("-",), ("-i",), ()])
def test_livereload_is_on(pair: Pair, arguments: tuple[str, ...]) -> None:
    """For every kind of start, and whatever LIVERELOAD says."""
    pair.write("script.py", f"print({ON})")
    for value in ("", "0", "1", "prompt", "all"):
        pair.variables["LIVERELOAD"] = value
        done = pair.run("-m", "livereload", *arguments, stdin=f"print({ON})\n")
        assert done.stdout == "True\n"


@pytest.mark.parametrize(
    ("program", "status"),
    [
        ("import sys; sys.exit(3)", 3),
        ("import sys; sys.exit('no')", 1),
        ("import os; os._exit(4)", 4),
        ("def f():\n    1 / 0\nf()", 1),
        ("def f(:", 1),
        ("import nothing", 1),
        ("import threading; threading.Thread(target=lambda: 1 / 0).start()", None),
        ("import atexit; atexit.register(print, 'at exit'); 1 / 0", 1),
        ("raise KeyboardInterrupt", None),
        ("import os, signal; os.kill(os.getpid(), signal.SIGTERM)", None),
        ("import os, signal; os.kill(os.getpid(), signal.SIGINT); import time; time.sleep(60)", None),
    ],
)
def test_how_a_program_ends(pair: Pair, program: str, status: int | None) -> None:
    """Exit status, death by a signal and tracebacks are those of plain Python, for a script, a module and code."""
    pair.write("script.py", program)
    for arguments in (("script.py",), ("-m", "script"), ("-c", program)):
        done = pair.same(*arguments)
        assert status is None or done.returncode == status


@pytest.mark.parametrize("arguments", [("missing.py",), ("-m", "missing"), ("-c",), ("-Z",), ("--version",), ("-V",)])
def test_what_python_itself_answers(pair: Pair, arguments: tuple[str, ...]) -> None:
    """Arguments that plain Python refuses, or answers by itself, are its own business."""
    pair.same(*arguments)


@pytest.mark.parametrize(
    "ours", [["-m", "livereload"], ["-mlivereload"], ["-um", "livereload"], ["-W", "error", "-mlivereload"]]
)
def test_options_before_our_name(pair: Pair, ours: list[str]) -> None:
    """`python OPTIONS -m livereload script.py` is `python OPTIONS script.py`."""
    pair.write("script.py", f"import sys; print({ON}, sys.flags, sys.warnoptions, sys.argv)")
    options = [option.removesuffix("livereload").removesuffix("m") for option in ours]
    plain = pair.run(*(option for option in options if option not in ("", "-")), "script.py", "a")
    done = pair.run(*ours, "script.py", "a")
    assert (done.stdout, done.stderr) == (plain.stdout.replace("False", "True", 1), plain.stderr)


def test_the_variable_pythonpath(pair: Pair, tmp_path: Path) -> None:
    """A child process finds PYTHONPATH, here with several folders, as it was, and livereload off."""
    pair.variables["PYTHONPATH"] = os.pathsep.join([str(SOURCES), "relative", str(tmp_path)])
    child = f"import os, sys; print(os.environ['PYTHONPATH'], sys.path, {ON})"
    done = pair.same("-c", f"import subprocess, sys; subprocess.run([sys.executable, '-c', {child!r}])")
    assert done.stdout.startswith(pair.variables["PYTHONPATH"]) and done.stdout.endswith("False\n")


def test_found_in_the_current_folder(pair: Pair) -> None:
    """`python -m livereload` where only the current folder leads to livereload."""
    del pair.variables["PYTHONPATH"]
    script = str(pair.folder / pair.write("script.py", f"import sys; print({ON}, sys.path)"))
    pair.folder = SOURCES
    plain, ours = pair.run(script), pair.run("-m", "livereload", script)
    assert (ours.stdout, ours.stderr) == (plain.stdout.replace("False", "True", 1), "")


@pytest.mark.parametrize("own", ["print('mine', __name__, __file__)", "import nothing_of_that_name", "1 / 0", None])
def test_a_sitecustomize_of_the_environment(tmp_path: Path, own: str | None) -> None:
    """It runs as ever, under its name; errors in it are reported as ever, by the first and by the second process."""
    environment = Environment(tmp_path / "environment")
    pair = Pair(tmp_path)
    pair.python = str(environment.python)
    pair.variables = {"PYTHONPATH": str(tmp_path)}  # before the standard library, where Debian has one
    if own is not None:
        pair.write("sitecustomize.py", own)
    code = "import sys; print(getattr(sys.modules.get('sitecustomize'), '__file__', None), sys.path)"
    plain, ours = pair.run("-c", code), pair.run("-m", "livereload", "-c", code)
    assert (ours.returncode, ours.stdout, ours.stderr) == (0, plain.stdout, 2 * plain.stderr)
    assert ("mine" in ours.stdout) is (own is not None and own.startswith("print"))


def test_a_broken_livereload_is_one_line(tmp_path: Path) -> None:
    """If livereload cannot be switched on, one line says so and the program runs."""
    environment = Environment(tmp_path / "environment")
    (environment.site / "livereload" / "session" / "environment_variables.py").write_text("1 / 0\n")
    done = environment.run("-m", "livereload", "-c", "print('ran')")
    assert (done.returncode, done.stdout) == (0, "ran\n")
    assert done.stderr == "livereload: not switched on: ZeroDivisionError('division by zero')\n"


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (("-I", "script.py"), "python -I ignores PYTHONPATH: set LIVERELOAD=all for it instead"),
        (("-uE", "-m", "script"), "python -E ignores PYTHONPATH: set LIVERELOAD=all for it instead"),
        (("-W", "error", "-S", "-c", "1"), "python -S switches nothing on: it leaves out the module 'site'"),
    ],
)
def test_what_cannot_be_served(pair: Pair, arguments: tuple[str, ...], line: str) -> None:
    """A Python that would not execute what switches livereload on is refused in one line, with exit status 2."""
    done = pair.run("-m", "livereload", *arguments)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", f"livereload: {line}\n")


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ("script.py -I", ""),
        ("-c -I", ""),
        ("-qmI -I", "q"),
        ("-W I -X I -uI x", "uI"),
        ("-Werror -Xdev -S", "S"),
        ("-qWI -S", "qS"),
        ("- -I", ""),
        ("-- -I", ""),
        ("--check-hash-based-pycs always -I", "I"),
        ("--help-all -I", "I"),
        ("", ""),
    ],
)
def test_letters(arguments: str, found: str) -> None:
    """Only what Python itself takes as options: nothing after the script, -c or -m, and no values."""
    assert _run.letters(arguments.split()) == found


@pytest.mark.parametrize(
    ("command", "arguments", "own"),
    [
        ("python -m livereload a b", 2, "python"),
        ("python -mlivereload", 0, "python"),
        ("python -X dev -uIm livereload x", 1, "python -X dev -uI"),
        ("python -uBmlivereload -c x", 2, "python -uB"),
        ("python -m pdb -m livereload x", 1, "python -m pdb"),
        ("python -m runpy livereload x", 1, "python"),
        ("python other.py", 0, "python"),
    ],
)
def test_own_options(command: str, arguments: int, own: str) -> None:
    """What stood before `-m livereload` on the command line; nothing if something else has started us."""
    assert " ".join(_run.own_options(command.split(), [""] * (1 + arguments))) == own


def test_call_waits_and_returns_the_exit_status() -> None:
    """Where a process cannot become another (Windows), it waits, through any Ctrl-C, and hands on the exit status."""
    interrupt = "import os, signal, sys; os.kill(os.getppid(), signal.SIGINT); sys.stdin.read(); sys.exit(7)"
    program = (
        "import os, sys; from livereload.session import run_program as _run; "
        f"sys.exit(_run.call([sys.executable, '-c', {interrupt!r}], dict(os.environ)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": str(SOURCES)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )
    assert (done.returncode, done.stderr) == (7, "")


def test_a_script_with_the_name_of_a_command(pair: Pair) -> None:
    """`status` is the command though there is such a file; `./status` is the file."""
    pair.write("status", "print('the script')")
    assert pair.run("-m", "livereload", "status").stdout.startswith("livereload is ")
    assert pair.run("-m", "livereload", "./status").stdout == "the script\n"


def test_an_interpreter_that_is_not_known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without `sys.executable` there is nothing to execute."""
    monkeypatch.setattr(sys, "executable", "")
    with pytest.raises(_run.CannotRunError, match="does not know its interpreter"):
        _run.run([])


@pytest.fixture
def prompt(tmp_path: Path) -> Iterator[Callable[..., Prompt]]:
    prompts = []

    def start(*arguments: str, **variables: str) -> Prompt:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "LIVERELOAD"))}
        environment = {**inherited, "TERM": "xterm", "HOME": str(tmp_path), "PYTHON_COLORS": "0", "INPUTRC": os.devnull}
        path = os.pathsep.join([str(SOURCES), str(tmp_path)])
        try:
            prompt = Prompt(arguments, {**environment, "PYTHONPATH": path, **variables})
        except OSError as error:
            pytest.skip(f"there are no pseudo-terminals here: {error}")
        prompts.append(prompt)
        return prompt

    yield start
    for each in prompts:
        each.close()


@pytest.mark.parametrize("basic", ["1", ""])
def test_the_report_at_its_prompt(prompt: Callable[..., Prompt], tmp_path: Path, basic: str) -> None:
    """Without arguments, the prompt of this version, where a repeated import gives the edited function."""
    module = tmp_path / "shop.py"
    module.write_text("def total(): return 1\n")
    plain, session = prompt(PYTHON_BASIC_REPL=basic), prompt("-m", "livereload", PYTHON_BASIC_REPL=basic)
    assert session.read() == plain.read()
    for question in ("sorted(globals())", "import sys; sys._getframe().f_code.co_filename", "sys.argv, sys.path"):
        assert session.ask(question) == plain.ask(question)
    assert session.ask("from shop import total; total()") == "1"
    module.write_text("def total(): return 2\n")
    assert session.ask("from shop import total; total()") == "2"


@pytest.mark.parametrize("basic", ["1", ""])
def test_a_prompt_after_a_script(prompt: Callable[..., Prompt], tmp_path: Path, basic: str) -> None:
    """`-i script.py` leaves the prompt with what the script imported, which follows its file."""
    module, script = tmp_path / "shop.py", tmp_path / "script.py"
    module.write_text("def total(): return 1\n")
    script.write_text("from shop import total\nprint('ran')\n")
    session = prompt("-m", "livereload", "-i", str(script), PYTHON_BASIC_REPL=basic)
    assert session.read().strip() == "ran"
    assert session.ask("total()") == "1"
    module.write_text("def total(): return 2\n")
    assert session.ask("from shop import total; total()") == "2"


def test_ctrl_c_at_its_prompt(prompt: Callable[..., Prompt]) -> None:
    """Ctrl-C reaches the program as in plain Python."""
    session = prompt("-m", "livereload", PYTHON_BASIC_REPL="1")
    session.read()
    assert session.ask(f"import os; os.kill(os.getpid(), {int(signal.SIGINT)})").endswith("KeyboardInterrupt")
    assert session.ask("1 + 1") == "2"
