"""The report that the project was made for, at the prompts of the interpreter and with statements piped in.

A prompt is driven as a person drives it: type a line, read until the next prompt.  Nothing waits for
a time to pass; a deadline only turns a hang into a failure.
"""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

SOURCES = Path(__file__).parents[2] / "src"
PATIENCE_S = 120.0
PROMPT = ">>> "
ESCAPES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[=>]|\x1b[()].|[\r\x07]")

HELLO = 'def hello() -> str:\n    return "Hello from myprj!"\n'
BYE = 'def hello() -> str:\n    return "Bye from myprj!"\n'
INSTALL = "import livereload; livereload.install()"
IMPORT = "from myprj import hello"

KINDS = [
    "basic",
    pytest.param("pyrepl", marks=pytest.mark.skipif(sys.version_info < (3, 13), reason="PyREPL is new in 3.13")),
]

# What else runs statements that are typed: {name: (arguments, whether the prompt edits lines itself)}
CONSOLES = {
    "basic": ((), False),
    "pyrepl": ((), True),
    "code": (("-m", "code"), False),
    "asyncio": (("-m", "asyncio"), False),
    "asyncio-pyrepl": (("-m", "asyncio"), True),
}
EDITING = {"pyrepl": "PyREPL is new in 3.13", "asyncio-pyrepl": "it uses PyREPL since 3.13"}

Start = Callable[..., "Prompt"]


class Prompt:
    """An interactive Python on a pseudo-terminal of its own."""

    def __init__(self, arguments: tuple[str, ...], environment: dict[str, str], python: str = sys.executable) -> None:
        self._terminal, theirs = pty.openpty()
        try:
            fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 200, 0, 0))
            self._process = subprocess.Popen(
                [python, "-q", *arguments],
                env=environment,
                stdin=theirs,
                stdout=theirs,
                stderr=theirs,
                start_new_session=True,
            )
        finally:
            os.close(theirs)

    def ask(self, line: str) -> str:
        """What is answered to a line, without its echo and the prompt that follows."""
        self.send(line)
        # The editor draws the prompt once more before it shows what is typed.
        return self.read(after="\n").partition("\n")[2].strip("\n")

    def send(self, line: str) -> None:
        os.write(self._terminal, line.encode() + b"\r")

    def interrupt(self) -> None:
        """Press Ctrl-C while a statement runs."""
        os.killpg(self._process.pid, signal.SIGINT)

    def read(self, after: str = "") -> str:
        """All that is shown up to the next prompt that comes `after` something, without escape sequences."""
        shown, text = b"", ""
        deadline = time.monotonic() + PATIENCE_S
        while not text.endswith(PROMPT) or after not in text:
            ready, _, _ = select.select([self._terminal], [], [], max(0.0, deadline - time.monotonic()))
            assert ready, f"no prompt within {PATIENCE_S:.0f} s, only {text!r}"
            try:
                piece = os.read(self._terminal, 65536)
            except OSError:  # how Linux tells the end of a pseudo-terminal
                piece = b""
            assert piece, f"the session ended with {text!r}"
            shown += piece
            text = ESCAPES.sub("", shown.decode(errors="replace"))
        return text.removesuffix(PROMPT)

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._terminal)


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """The one file of the package `myprj`, saying hello."""
    file = tmp_path / "src" / "myprj" / "__init__.py"
    file.parent.mkdir(parents=True)
    file.write_text(HELLO)
    return file


@pytest.fixture
def environment(tmp_path: Path, package: Path) -> dict[str, str]:
    """An environment that can import `myprj` and livereload, and nothing of the user's own in it."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "LIVERELOAD"))}
    return {
        **inherited,
        "PYTHONPATH": os.pathsep.join([str(package.parent.parent), str(SOURCES)]),
        "PYTHON_COLORS": "0",
        "HOME": str(tmp_path),
        "INPUTRC": os.devnull,
        "TERM": "xterm",
    }


@pytest.fixture(params=KINDS)
def start(request: pytest.FixtureRequest, environment: dict[str, str]) -> Iterator[Start]:
    """Start `python` with some arguments at a prompt of the kind that the parameter says."""
    prompts = []
    if request.param == "basic":
        environment["PYTHON_BASIC_REPL"] = "1"

    def start(*arguments: str) -> Prompt:
        try:
            prompt = Prompt(arguments, environment)
        except OSError as error:
            pytest.skip(f"there are no pseudo-terminals here: {error}")
        prompts.append(prompt)
        return prompt

    yield start
    for prompt in prompts:
        prompt.close()


def test_the_prompts_are_what_the_tests_say(start: Start, request: pytest.FixtureRequest) -> None:
    """`basic` is the prompt of all versions, `pyrepl` the one with line editing: what is typed is named differently."""
    prompt = start()
    prompt.read()
    is_pyrepl = prompt.ask("import sys; sys._getframe().f_code.co_filename.startswith('<python-input')")
    assert is_pyrepl == str(request.node.callspec.params["start"] == "pyrepl")


def test_a_repeated_import_at_the_prompt(start: Start, package: Path) -> None:
    """The report: the edited function is there once the import statement is repeated."""
    prompt = start()
    assert prompt.read().strip() == ""
    assert prompt.ask(INSTALL) == ""
    assert prompt.ask(IMPORT) == ""
    assert prompt.ask("hello()") == "'Hello from myprj!'"
    package.write_text(BYE)
    assert prompt.ask(IMPORT) == ""
    assert prompt.ask("hello()") == "'Bye from myprj!'"


def test_a_repeated_import_after_a_script(start: Start, package: Path, tmp_path: Path) -> None:
    """The same at the prompt that `python -i script.py` leaves, with what the script installed and imported."""
    script = tmp_path / "script.py"
    script.write_text(f"{INSTALL}\n{IMPORT}\nprint(hello())\n")
    prompt = start("-i", str(script))
    assert prompt.read().strip() == "Hello from myprj!"
    package.write_text(BYE)
    assert prompt.ask(IMPORT) == ""
    assert prompt.ask("hello()") == "'Bye from myprj!'"


def test_an_error_at_the_prompt_is_that_of_a_fresh_session(start: Start, package: Path) -> None:
    """While a source is broken each import shows what a fresh session shows, and the session keeps what it had."""
    session = start()
    session.read()
    assert session.ask(INSTALL) == ""
    assert session.ask(IMPORT) == ""
    for broken in ("def hello( -> str:\n", HELLO + "1 / 0\n", "hallo = 1\n"):
        package.write_text(broken)
        fresh = start()
        fresh.read()
        expected = without_numbers(fresh.ask(IMPORT))
        assert "Error: " in expected
        for _ in range(2):
            assert without_numbers(session.ask(IMPORT)) == expected
            assert session.ask("hello()") == "'Hello from myprj!'"
    package.write_text(BYE)
    assert session.ask(IMPORT) == ""
    assert session.ask("hello()") == "'Bye from myprj!'"


def test_a_submodule_that_is_gone(start: Start, package: Path) -> None:
    """A deleted submodule is an error of the import only: the prompt and all that it holds live on.

    From 3.15 on `traceback` imports the package again to describe the error, and PyREPL ends with what that raises.
    """
    log = package.parent.parent / "executed"
    package.write_text(f"open({str(log)!r}, 'a').write('x')\nfrom .words import hello\n")
    package.with_name("words.py").write_text(HELLO)
    prompt = start()
    prompt.read()
    prompt.ask(INSTALL)
    prompt.ask(IMPORT)
    prompt.ask("held = hello")
    package.with_name("words.py").rename(package.with_name("phrases.py"))
    before = len(log.read_text())
    assert prompt.ask(IMPORT).endswith("ModuleNotFoundError: No module named 'myprj.words'")
    once = len(log.read_text()) - before
    assert prompt.ask("held()") == "'Hello from myprj!'"
    prompt.ask("import sys, traceback")
    prompt.ask("shown = traceback.format_exception(sys.last_value)")
    assert len(log.read_text()) - before == once
    package.with_name("words.py").write_text(BYE)
    assert prompt.ask(IMPORT) == ""
    assert prompt.ask("held(), hello()") == "('Bye from myprj!', 'Bye from myprj!')"


def test_describing_an_error_executes_nothing(start: Start, package: Path) -> None:
    """`traceback` imports a module that lacks a name, to suggest another: nothing is executed for that."""
    log = package.parent.parent / "executed"
    package.write_text(HELLO)
    user = package.parent.parent / "user.py"
    user.write_text("from myprj import hello\n")
    prompt = start()
    prompt.read()
    prompt.ask(INSTALL)
    prompt.ask("import user")
    package.write_text(f"open({str(log)!r}, 'a').write('x')\n{HELLO}")
    user.write_text("from myprj import hallo\n")
    prompt.ask("import traceback")
    prompt.ask(r"exec('try: import user\nexcept ImportError as e: error = e')")
    times = len(log.read_text())
    assert prompt.ask("'hallo' in ''.join(traceback.format_exception(error))") == "True"
    assert len(log.read_text()) == times


def without_numbers(traceback: str) -> str:
    """A traceback without the numbers that a prompt gives to what is typed."""
    return re.sub(r"<(python-input|stdin)-\d+>", r"<\1>", traceback)


def test_statements_piped_in_one_at_a_time(package: Path, environment: dict[str, str]) -> None:
    """The same in `python -i` with its input from a pipe, edited from outside between two statements."""
    with subprocess.Popen(
        [sys.executable, "-q", "-i", "-u"],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        bufsize=1,
    ) as process:
        assert process.stdin is not None and process.stdout is not None
        for line in (INSTALL, IMPORT, "hello()"):
            process.stdin.write(line + "\n")
        assert process.stdout.readline() == "'Hello from myprj!'\n"
        package.write_text(BYE)
        for line in (IMPORT, "hello()"):
            process.stdin.write(line + "\n")
        process.stdin.close()
        assert process.stdout.read() == "'Bye from myprj!'\n"
    assert process.returncode == 0


def test_statements_piped_in_all_at_once(package: Path, environment: dict[str, str]) -> None:
    """The same in `python` with a whole program from a pipe, which does the edit by itself."""
    edit = f"import pathlib; pathlib.Path({str(package)!r}).write_text({BYE!r})"
    program = [INSTALL, IMPORT, "print(hello())", edit, IMPORT, "print(hello())"]
    done = subprocess.run(
        [sys.executable],
        env=environment,
        input="\n".join(program) + "\n",
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )
    assert (done.stdout, done.stderr) == ("Hello from myprj!\nBye from myprj!\n", "")


# Prompt mode: `install(prompt=True)`.


@pytest.fixture(params=CONSOLES)
def prompt(request: pytest.FixtureRequest, environment: dict[str, str]) -> Iterator[Prompt]:
    """A prompt of each kind, with livereload in prompt mode."""
    if sys.version_info < (3, 13) and request.param in EDITING:
        pytest.skip(EDITING[request.param])
    arguments, edits = CONSOLES[request.param]
    if not edits:
        environment["PYTHON_BASIC_REPL"] = "1"
    try:
        prompt = Prompt(arguments, environment)
    except OSError as error:
        pytest.skip(f"there are no pseudo-terminals here: {error}")
    prompt.read(after="import asyncio\n" if "asyncio" in arguments else "")
    assert prompt.ask("import livereload; livereload.install(prompt=True)") == ""
    yield prompt
    prompt.close()


def test_names_follow_without_an_import(prompt: Prompt, package: Path) -> None:
    """With prompt=True, what is stale is refreshed before a statement, and names from a module follow."""
    package.write_text(HELLO + "LIMIT = 1\n")
    prompt.ask("from myprj import hello as greet, LIMIT")
    prompt.ask("kept = LIMIT")
    package.write_text(BYE + "LIMIT = 2\n")
    assert prompt.ask("greet(), LIMIT, kept") == "('Bye from myprj!', 2, 1)"


def test_names_that_a_script_has_imported_follow(start: Start, package: Path, tmp_path: Path) -> None:
    """`python -i script.py`: what the script has imported is like what has been typed."""
    package.write_text(f"LIMIT = 1\n{HELLO}")
    package.parent.with_name("sitecustomize.py").write_text("import livereload; livereload.install(prompt=True)\n")
    script = tmp_path / "script.py"
    script.write_text("from myprj import LIMIT, hello\n")
    prompt = start("-i", str(script))
    prompt.read()
    package.write_text(f"LIMIT = 2\n{BYE}")
    assert prompt.ask("LIMIT, hello()") == "(2, 'Bye from myprj!')"


def test_a_name_that_was_bound_again_stays(prompt: Prompt, package: Path) -> None:
    """With prompt=True, a name that holds something of the user's own is left alone."""
    package.write_text(HELLO + "LIMIT = 1\n")
    prompt.ask("from myprj import *")
    prompt.ask("LIMIT = 10")
    package.write_text(BYE + "LIMIT = 2\n")
    assert prompt.ask("hello(), LIMIT") == "('Bye from myprj!', 10)"


def test_names_follow_what_was_refreshed_within_a_statement(prompt: Prompt, package: Path) -> None:
    """With prompt=True, names follow as well if it was a statement, or a thread, that has refreshed meanwhile."""
    package.write_text(HELLO + "LIMIT = 1\n")
    saver = f"import livereload\ndef save(text):\n    open({str(package)!r}, 'w').write({HELLO!r} + text)\n"
    (package.parent.parent / "saver.py").write_text(f"{saver}    livereload.refresh()\n")
    prompt.ask("from myprj import hello, LIMIT as most")
    prompt.ask("from saver import save")
    for limit in (2, 3):
        assert prompt.ask(f"save('LIMIT = {limit}')") == ""
        assert prompt.ask("hello(), most") == f"('Hello from myprj!', {limit})"
    assert prompt.ask("save('')") == ""
    assert prompt.ask("most") == "livereload: myprj has no LIMIT any more: most is what it was\n3"
    assert prompt.ask("most") == "3"


def test_a_name_that_is_gone_is_told_once(prompt: Prompt, package: Path) -> None:
    """With prompt=True, a name that its module has no longer stays, and one line says so."""
    package.write_text(HELLO + "LIMIT = 1\n")
    prompt.ask("from myprj import hello, LIMIT as most")
    package.write_text(BYE)
    assert prompt.ask("hello(), most").splitlines() == [
        "livereload: myprj has no LIMIT any more: most is what it was",
        "('Bye from myprj!', 1)",
    ]
    assert prompt.ask("hello(), most") == "('Bye from myprj!', 1)"


def test_a_broken_source_is_shown_once_a_save(prompt: Prompt, package: Path) -> None:
    """With prompt=True, an error is shown once for each save, and the statement runs on the last good state."""
    prompt.ask(IMPORT)
    package.write_text("1 / 0\n")
    first = prompt.ask("hello()").splitlines()
    assert first[:2] == ["Traceback (most recent call last):", f'  File "{package}", line 1, in <module>']
    assert first[-3:] == [
        "ZeroDivisionError: division by zero",
        "livereload: the last good state answers",
        "'Hello from myprj!'",
    ]
    assert prompt.ask("hello()") == "'Hello from myprj!'"
    package.write_text("1 / 0  # saved again\n")
    assert "ZeroDivisionError" in prompt.ask("hello()")
    package.write_text(BYE)
    assert prompt.ask("hello()") == "'Bye from myprj!'"


def test_an_error_that_the_statement_raises_is_shown_once(prompt: Prompt, package: Path) -> None:
    """With prompt=True, an import of what fails raises, as ever, and nothing is told beside; others are refreshed."""
    (package.parent.parent / "other.py").write_text("X = 1\n")
    prompt.ask("import myprj, other")
    prompt.ask(IMPORT)
    for statement in (IMPORT, "import myprj", "from myprj import *"):
        package.write_text(f"1 / 0  # {statement}\n")
        (package.parent.parent / "other.py").write_text(f"X = {statement!r}\n")
        shown = prompt.ask(statement)
        assert shown.count("ZeroDivisionError: division by zero") == 1
        assert "livereload" not in shown
        assert prompt.ask("hello(), other.X") == f"('Hello from myprj!', {statement!r})"
    package.write_text(BYE)
    assert prompt.ask("hello()") == "'Bye from myprj!'"


def test_each_error_is_shown_once_and_the_rest_is_up_to_date(prompt: Prompt, package: Path) -> None:
    """With prompt=True, a source that fails is executed for all that import it at once; others are refreshed."""
    folder = package.parent.parent
    log = folder / "executed"
    (folder / "low.py").write_text("RATE = 1\n")
    for name in ("one", "two"):
        (folder / f"{name}.py").write_text(f"from low import RATE\n{name.upper()} = RATE\n")
    prompt.ask("from one import ONE; from two import TWO; from myprj import hello")
    (folder / "low.py").write_text(f"open({str(log)!r}, 'a').write('x')\nRATE = MISSING\n")
    package.write_text(BYE)
    shown = prompt.ask("hello(), ONE, TWO")
    assert shown.count("NameError: name 'MISSING' is not defined") == 1
    assert shown.endswith("('Bye from myprj!', 1, 1)")
    assert 1 <= len(log.read_text()) <= 2  # the second attempt executes all of its importers
    (folder / "low.py").write_text("RATE = 2\n")
    assert prompt.ask("hello(), ONE, TWO") == "('Bye from myprj!', 2, 2)"


def test_an_interrupt_shows_no_frame_of_livereload(
    prompt: Prompt, package: Path, request: pytest.FixtureRequest
) -> None:
    """With prompt=True, Ctrl-C in a refresh ends the statement, as if it had come when that began."""
    prompt.ask(IMPORT)
    started = package.with_name("started")
    package.write_text(f"import time\nopen({str(started)!r}, 'w').close()\ntime.sleep({PATIENCE_S})\n")
    prompt.send("print('ran', hello())")
    deadline = time.monotonic() + PATIENCE_S
    while not started.exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    prompt.interrupt()
    shown = prompt.read(after="KeyboardInterrupt")
    assert "livereload" not in shown and "importlib" not in shown
    assert "\nran" not in shown
    if request.node.callspec.params["prompt"] == "asyncio-pyrepl":
        return  # this one shows an interrupt once more, at some time, as it does without livereload
    package.write_text(BYE)
    assert prompt.ask("hello()") == "'Bye from myprj!'"


def test_prompt_mode_ends_with_uninstall(prompt: Prompt, package: Path) -> None:
    """After uninstall() a statement runs on what there is."""
    prompt.ask(IMPORT)
    prompt.ask("livereload.uninstall()")
    package.write_text(BYE)
    assert prompt.ask("hello()") == "'Hello from myprj!'"
