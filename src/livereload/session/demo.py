"""`demo` of the command line: a package is edited between two imports of one session.

Knows how to drive a Python prompt as a person does: type a line, read until the next prompt.  Must not know
livereload: the session imports it like any other package.
"""

import difflib
import functools
import os
import queue
import re
import subprocess
import sys
import tempfile
import threading
import time

_PATH = "src/myprj/__init__.py"
_BEFORE = 'def hello() -> str:\n    return "Hello from myprj!"\n'
_AFTER = 'def hello() -> str:\n    return "Bye from myprj!"\n'

# (what is typed, what must be answered); before the repeated import the file is edited.
_FIRST = (
    ("import livereload; livereload.install()", ""),
    ("from myprj import hello", ""),
    ("hello()", "'Hello from myprj!'"),
)
_SECOND = (
    ("from myprj import hello", ""),
    ("hello()", "'Bye from myprj!'"),
)

_PROMPT = ">>> "
_PATIENCE_S = 60.0
_ESCAPES = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[=>]|[\r\x07]")


class WrongAnswerError(Exception):
    """The session answered something else than it should have."""


def play() -> int:
    """Play the demo and show it; the exit status is 1 if an answer is not the expected one."""
    version = ".".join(map(str, sys.version_info[:3]))
    print(f"A package, a Python {version} prompt, and an edit in between.\n\n$ python -q", flush=True)
    with tempfile.TemporaryDirectory(prefix="livereload-demo-") as folder:
        path = os.path.join(folder, *_PATH.split("/"))
        os.makedirs(os.path.dirname(path))
        _write(path, _BEFORE)
        try:
            with Session(folder) as session:
                session.read()
                _talk(session, _FIRST)
                _write(path, _AFTER)
                print(f"\n{_difference()}\n", flush=True)
                _talk(session, _SECOND)
        except WrongAnswerError as error:
            print(f"livereload demo: {error}", file=sys.stderr)
            return 1
    print("\nThe import was repeated, the session was not restarted, and the answer is that of the edited file.")
    return 0


def _talk(session: "Session", lines: tuple[tuple[str, str], ...]) -> None:
    for typed, expected in lines:
        print(_PROMPT + typed, flush=True)
        answer = session.ask(typed)
        if answer:
            print(answer, flush=True)
        if answer != expected:
            raise WrongAnswerError(f"the answer to {typed!r} should have been {expected or 'nothing'}")


def _write(path: str, source: str) -> None:
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.write(source)


def _difference() -> str:
    before, after = _BEFORE.splitlines(), _AFTER.splitlines()
    return "\n".join(difflib.unified_diff(before, after, _PATH, _PATH, lineterm=""))


class Session:
    """A Python prompt in a child process: on a pseudo-terminal where there is one, else through pipes."""

    def __init__(self, folder: str) -> None:
        """A session that can import what lies below `folder`/src, and this very livereload."""
        start = functools.partial(
            subprocess.Popen, [sys.executable, "-q", "-i", "-u"], cwd=folder, env=_environment(folder)
        )
        self._terminal = None
        terminal = _open_terminal()
        if terminal is None:
            self._process = start(stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            assert self._process.stdin is not None and self._process.stdout is not None
            self._input, self._output = self._process.stdin.fileno(), self._process.stdout.fileno()
        else:
            self._terminal, theirs = terminal
            self._process = start(stdin=theirs, stdout=theirs, stderr=theirs)
            os.close(theirs)
            self._input = self._output = self._terminal
        self._pieces: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._listener = threading.Thread(target=self._listen, daemon=True)
        self._listener.start()

    def __enter__(self) -> "Session":
        return self

    def __exit__(self, *exception: object) -> None:
        self._process.kill()
        self._listener.join()  # before the file that it reads from is closed
        self._process.communicate()
        if self._terminal is not None:
            os.close(self._terminal)

    def ask(self, line: str) -> str:
        """What is printed between this line and the next prompt; `WrongAnswerError` if no prompt comes."""
        os.write(self._input, line.encode() + b"\n")
        text = self.read()
        if self._terminal is not None:  # it echoes
            text = text.partition("\n")[2]
        return text.strip("\n")

    def read(self) -> str:
        """What is printed before the next prompt; `WrongAnswerError` if none comes."""
        text = ""
        deadline = time.monotonic() + _PATIENCE_S
        while not text.endswith(_PROMPT):
            try:
                piece = self._pieces.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                raise WrongAnswerError(f"no prompt within {_PATIENCE_S:.0f} seconds, only {text!r}") from None
            if not piece:
                raise WrongAnswerError(f"the session ended with {text!r}")
            text = _ESCAPES.sub("", text + piece.decode(errors="replace"))
        return text.removesuffix(_PROMPT)

    def _listen(self) -> None:
        # A thread, since pipes have no select() on Windows.
        piece = b"..."
        while piece:
            try:
                piece = os.read(self._output, 65536)
            except OSError:  # how Linux tells the end of a pseudo-terminal
                piece = b""
            self._pieces.put(piece)


def _open_terminal() -> "tuple[int, int] | None":
    """A new pseudo-terminal, our end and the session's; None where there is none."""
    try:
        import pty

        return pty.openpty()
    except (ImportError, OSError):
        return None


def _environment(folder: str) -> dict[str, str]:
    """The environment of a prompt that edits no lines, colours nothing and runs no start-up file.

    Besides the answers, such a prompt prints exactly the prompt and an echo of the typed lines.
    """
    ours = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    path = [os.path.join(folder, "src"), ours, os.environ.get("PYTHONPATH", "")]
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("LIVERELOAD") and name not in ("PYTHONSTARTUP", "PYTHONINSPECT", "PYTHONPATH")
    }
    environment.update(
        PYTHONPATH=os.pathsep.join(filter(None, path)),
        PYTHON_BASIC_REPL="1",
        PYTHON_COLORS="0",
        TERM="dumb",
        INPUTRC=os.devnull,
    )
    return environment
