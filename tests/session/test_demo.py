"""`python -m livereload demo`, as a user runs it, and the rest of the command line."""

import os
import subprocess
import sys
from pathlib import Path

SOURCES = Path(__file__).parents[2] / "src"


def run(*arguments: str, path: tuple[Path, ...] = ()) -> "subprocess.CompletedProcess[str]":
    """`python -m livereload` with these arguments and these folders ahead on the path."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPATH"] = os.pathsep.join(map(str, (*path, SOURCES)))
    return subprocess.run(
        [sys.executable, "-m", "livereload", *arguments], env=environment, capture_output=True, text=True, timeout=300
    )


def test_demo_shows_the_session_the_edit_and_the_answers() -> None:
    """The demo shows what is typed, the edit as a diff and both answers, and its exit status is 0."""
    done = run("demo")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split("$ python -q\n")[1].startswith(
        ">>> import livereload; livereload.install()\n"
        ">>> from myprj import hello\n"
        ">>> hello()\n"
        "'Hello from myprj!'\n"
        "\n"
        "--- src/myprj/__init__.py\n"
        "+++ src/myprj/__init__.py\n"
        "@@ -1,2 +1,2 @@\n"
        " def hello() -> str:\n"
        '-    return "Hello from myprj!"\n'
        '+    return "Bye from myprj!"\n'
        "\n"
        ">>> from myprj import hello\n"
        ">>> hello()\n"
        "'Bye from myprj!'\n"
    )


def test_demo_fails_where_livereload_does_nothing(tmp_path: Path) -> None:
    """In an environment that makes `install()` do nothing, the demo shows the wrong answer and exits 1."""
    (tmp_path / "sitecustomize.py").write_text("import livereload\nlivereload.install = lambda: None\n")
    done = run("demo", path=(tmp_path,))
    assert done.returncode == 1
    assert done.stdout.endswith(">>> hello()\n'Hello from myprj!'\n")
    assert done.stderr == "livereload demo: the answer to 'hello()' should have been 'Bye from myprj!'\n"


def test_demo_fails_where_livereload_cannot_be_installed(tmp_path: Path) -> None:
    """If `install()` raises, the demo shows its traceback and exits 1."""
    (tmp_path / "sitecustomize.py").write_text("import livereload\nlivereload.install = lambda: 1 / 0\n")
    done = run("demo", path=(tmp_path,))
    assert done.returncode == 1
    assert "ZeroDivisionError: division by zero\n" in done.stdout
    assert done.stderr == (
        "livereload demo: the answer to 'import livereload; livereload.install()' should have been nothing\n"
    )


def test_demo_fails_where_the_session_ends(tmp_path: Path) -> None:
    """If the session dies, the demo says so with the last that it heard, and exits 1."""
    (tmp_path / "sitecustomize.py").write_text(
        "import livereload, os\nlivereload.install = lambda: (print('oh'), os._exit(3))\n"
    )
    done = run("demo", path=(tmp_path,))
    assert done.returncode == 1
    assert done.stderr.startswith("livereload demo: the session ended with ")
    assert "oh" in done.stderr


def test_a_command_line_that_means_nothing_is_one_line_and_exit_status_2() -> None:
    """What a command does not take gives one clear line that says what it takes."""
    for arguments, line in [
        (("demo", "x"), "livereload: demo takes no arguments, not 'x'\n"),
        (("enable", "-x"), "livereload: enable takes --user, --everywhere, --prompt, not '-x'\n"),
        (("enable", "--prompt", "--everywhere"), "livereload: enable takes either --everywhere or --prompt\n"),
        (("disable", "--everywhere"), "livereload: disable takes --user, not '--everywhere'\n"),
        (("status", "--user"), "livereload: status takes no arguments, not '--user'\n"),
        (("startup", "x"), "livereload: startup takes no arguments, not 'x'\n"),
    ]:
        done = run(*arguments)
        assert (done.returncode, done.stdout, done.stderr) == (2, "", line)


def test_help_lists_the_commands() -> None:
    """`--help` prints every command with what it does."""
    done = run("--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("usage: python -m livereload [what `python` takes: -i, -c CODE, -m MODULE, SCRIPT")
    for command in ("demo", "enable", "disable", "status", "startup"):
        assert f"\n  {command:7}  " in done.stdout
