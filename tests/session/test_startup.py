"""PYTHONSTARTUP="$(python -m livereload startup)", at every prompt that heeds it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from test_prompt import Prompt
from test_switched_on import QUESTION, SOURCES, Environment

STARTUP = SOURCES / "livereload" / "startup.py"
NAMES = "[name for name in globals() if not name.startswith('__')], __doc__, '__file__' in globals()"

Start = Callable[..., Prompt]

PROMPTS = [
    pytest.param((), "1", id="basic"),
    pytest.param(
        (), "", id="pyrepl", marks=pytest.mark.skipif(sys.version_info < (3, 13), reason="PyREPL is new in 3.13")
    ),
    pytest.param(
        ("-m", "asyncio"),
        "1",
        id="asyncio",
        marks=pytest.mark.skipif(sys.version_info < (3, 13), reason="asyncio heeds PYTHONSTARTUP from 3.13 on"),
    ),
]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start Python at a pseudo-terminal with this start-up file; livereload is not on the path."""
    prompts = []

    def start(*arguments: str, **variables: str) -> Prompt:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "LIVERELOAD"))}
        environment = {**inherited, "TERM": "xterm", "HOME": str(tmp_path), "PYTHON_COLORS": "0", "INPUTRC": os.devnull}
        environment |= {"PYTHONPATH": str(tmp_path), "PYTHONSTARTUP": str(STARTUP), **variables}
        try:
            prompt = Prompt(arguments, environment)
        except OSError as error:
            pytest.skip(f"there are no pseudo-terminals here: {error}")
        prompts.append(prompt)
        return prompt

    yield start
    for prompt in prompts:
        prompt.close()


def test_the_command_prints_the_path() -> None:
    """`python -m livereload startup` prints a path that Python can run, and nothing else."""
    done = subprocess.run(
        [sys.executable, "-m", "livereload", "startup"],
        env={**os.environ, "PYTHONPATH": str(SOURCES)},
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, f"{STARTUP}\n", "")


@pytest.mark.parametrize(("arguments", "basic"), PROMPTS)
def test_at_a_prompt(start: Start, tmp_path: Path, arguments: tuple[str, ...], basic: str) -> None:
    """The repeated import gives the edited function; no name is left behind, not even a docstring."""
    nothing = tmp_path / "nothing.py"
    nothing.write_text("pass\n")
    plain = start(*arguments, PYTHON_BASIC_REPL=basic, PYTHONSTARTUP=str(nothing))
    session = start(*arguments, PYTHON_BASIC_REPL=basic)
    assert plain.read().replace(str(nothing), "") == session.read().replace(str(STARTUP), "")
    assert session.ask(NAMES) == plain.ask(NAMES)
    assert session.ask("import sys; sys.path") == plain.ask("import sys; sys.path")
    module = tmp_path / "shop.py"
    module.write_text("def total(): return 1\n")
    assert session.ask("from shop import total; total()") == "1"
    module.write_text("def total(): return 2\n")
    assert session.ask("from shop import total; total()") == "2"


@pytest.mark.parametrize(("arguments", "basic"), PROMPTS)
def test_the_start_up_file_that_the_user_had(
    start: Start, tmp_path: Path, arguments: tuple[str, ...], basic: str
) -> None:
    """LIVERELOAD_STARTUP_NEXT runs in the prompt's namespace and sees what it would see as PYTHONSTARTUP."""
    own = tmp_path / "own.py"
    own.write_text("here = sorted(globals()), globals().get('__file__'), __name__\nanswer = 42\n")
    plain = start(*arguments, PYTHON_BASIC_REPL=basic, PYTHONSTARTUP=str(own))
    session = start(*arguments, PYTHON_BASIC_REPL=basic, LIVERELOAD_STARTUP_NEXT="~/own.py")
    plain.read()
    session.read()
    for question in ("answer", "here", "sorted(globals())"):
        assert session.ask(question) == plain.ask(question)
    assert session.ask("'livereload' in __import__('sys').modules") == "True"


@pytest.mark.parametrize("program", ["1 / 0\n", "def f(:\n", "def f():\n    raise OSError(5)\nf()\n"])
def test_a_start_up_file_that_fails(start: Start, tmp_path: Path, program: str) -> None:
    """Its traceback is that of the basic prompt, without a frame of ours, and the prompt comes, PyREPL's too."""
    own = tmp_path / "own.py"
    own.write_text(program)
    plain = start(PYTHON_BASIC_REPL="1", PYTHONSTARTUP=str(own))
    expected = plain.read()
    assert "Error" in expected
    for basic in ("1", ""):
        session = start(PYTHON_BASIC_REPL=basic, LIVERELOAD_STARTUP_NEXT=str(own))
        assert session.read().strip() == expected.strip()
        assert session.ask("1 + 1") == "2"


def test_a_start_up_file_that_is_missing(start: Start) -> None:
    """One line, and the prompt comes."""
    session = start(LIVERELOAD_STARTUP_NEXT="/nowhere/own.py")
    assert session.read().strip() == (
        "livereload: LIVERELOAD_STARTUP_NEXT: [Errno 2] No such file or directory: '/nowhere/own.py'"
    )
    assert session.ask("1 + 1") == "2"


def test_switched_off(start: Start) -> None:
    """LIVERELOAD=0 decides over the start-up file."""
    session = start(LIVERELOAD="0")
    session.read()
    assert session.ask("'livereload' in __import__('sys').modules") == "False"


@pytest.mark.skipif(sys.version_info < (3, 13), reason="PyREPL is new in 3.13")
def test_pyrepl_runs_it_after_a_script(start: Start, tmp_path: Path) -> None:
    """PyREPL runs PYTHONSTARTUP for `-i script.py`, too, in the script's namespace."""
    script = tmp_path / "script.py"
    script.write_text('"""The script."""\nmine = 1\n')
    session = start("-i", str(script), PYTHON_BASIC_REPL="")
    session.read()
    assert session.ask("__doc__, mine, '_livereload_startup' in globals()") == "('The script.', 1, False)"
    assert session.ask("'livereload' in __import__('sys').modules") == "True"


@pytest.mark.parametrize("damage", ["missing", "broken", "theirs"])
def test_silent_whatever_is_wrong(tmp_path: Path, damage: str) -> None:
    """Where livereload is broken, or `livereload` another package, the prompt comes as ever."""
    environment = Environment(tmp_path / "environment")
    startup = environment.site / "livereload" / "startup.py"
    if damage == "missing":
        (environment.site / "_livereload_imports.py").unlink()
    elif damage == "broken":
        (environment.site / "livereload" / "session" / "environment_variables.py").write_text("1 / 0\n")
    else:
        theirs = tmp_path / "theirs" / "livereload"
        theirs.mkdir(parents=True)
        (theirs / "__init__.py").write_text("raise SystemExit('the server starts')\n")
        environment.variables["PYTHONPATH"] = str(theirs.parent)
    answer = environment.answers(
        "-c", f"exec(compile(open({str(startup)!r}).read(), {str(startup)!r}, 'exec'))\n{QUESTION}"
    )
    assert answer == "off"


@pytest.mark.parametrize("shell", ["ipython", "ptpython", "bpython"])
def test_at_prompts_of_others(tmp_path: Path, shell: str) -> None:
    """The others execute it in the namespace of their prompt: with a dict, by `exec`, under the name `__main__`."""
    pytest.importorskip({"ipython": "IPython"}.get(shell, shell))
    if shell != "ipython":
        # Both execute the file as this does, and want a real terminal for the rest.
        namespace: dict[str, object] = {"__name__": "__main__"}
        code = (
            f"n = {namespace!r}; exec(compile(open({str(STARTUP)!r}, 'rb').read(), {str(STARTUP)!r}, 'exec'), n, n)\n"
        )
        code += f"print(sorted(n)); {QUESTION}"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        assert done.stdout == "['__builtins__', '__name__']\non\n"
        return
    environment = {**os.environ, "IPYTHONDIR": str(tmp_path), "PYTHONSTARTUP": str(STARTUP), "PYTHONPATH": str(SOURCES)}
    program = f"{QUESTION}; print([n for n in globals() if 'livereload' in n], 'livereload' in (__doc__ or ''))"
    done = subprocess.run(
        [sys.executable, "-m", "IPython", "--simple-prompt", "--no-banner", "--classic"],
        env=environment,
        input=program + "\n",
        capture_output=True,
        text=True,
    )
    assert ">>> on\n[] False" in done.stdout.replace("\r", "")


def test_environments_without_livereload(tmp_path: Path) -> None:
    """The file finds livereload by its own path: at the prompt of another environment, which it leaves as it was."""
    environment = Environment(tmp_path / "environment")
    for item in ("livereload-imports.pth", "_livereload_imports.py", "livereload"):
        path = environment.site / item
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    path = environment.answers("-c", "import sys; print(sys.path)")
    ask = f"exec(compile(open({str(STARTUP)!r}).read(), {str(STARTUP)!r}, 'exec')); {QUESTION}; print(sys.path)"
    assert environment.answers("-c", ask) == f"on\n{path}"
