"""Prompt mode in consoles that cannot be started here: each is imitated by what it does to a statement.

A console is a program that reads statements from its standard input and executes them as the real one
does: under the same file name, by the same functions, in a namespace of the same kind.
"""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

SOURCES = Path(__file__).parent.parent.parent / "src"

# IDLE compiles in one process and executes in another (idlelib.pyshell.ModifiedInterpreter, idlelib.run.Executive).
IDLE = """
class Executive:
    def __init__(self):
        import __main__
        self.locals = __main__.__dict__
    def runcode(self, code):
        exec(code, self.locals)
executive = Executive()
for number, line in enumerate(__import__("sys").stdin):
    executive.runcode(compile(line, f"<pyshell#{number}>", "single"))
"""

# PyCharm without IPython (pydevconsole.Command): a namespace of its own, and this file name.
PYCHARM = """
import code, sys
interpreter = code.InteractiveConsole({})
for line in sys.stdin:
    interpreter.runsource(line.rstrip(), "<input>", "single")
"""

# VS Code's native prompt (python_server.py): text is executed, in a copy of the last statement's namespace.
VS_CODE = """
import sys
def exec_function(user_input):
    try:
        compile(user_input, "<stdin>", "eval")
    except SyntaxError:
        return exec
    return eval
def exec_user_input(user_input, user_globals):
    user_globals = user_globals.copy()
    value = exec_function(user_input)(user_input, user_globals)
    if value is not None:
        print(value)
    return user_globals
user_globals = {}
for line in sys.stdin:
    user_globals = exec_user_input(line.strip(), user_globals)
"""

# ptpython, embedded in a function (ptpython.repl.PythonRepl): it asks for its namespace at each statement.
PTPYTHON = """
import sys
class PythonRepl:
    def __init__(self, get_globals):
        self.get_globals = get_globals
    def eval(self, line):
        try:
            code = compile(line, "<stdin>", "eval")
        except SyntaxError:
            return eval(compile(line, "<stdin>", "exec"), self.get_globals(), self.get_globals())
        return eval(code, self.get_globals(), self.get_globals())
def embed():
    mine = {"print": print}
    repl = PythonRepl(lambda: mine)
    for line in sys.stdin:
        repl.eval(line.strip())
embed()
"""

# `code.interact()` in a function.
INTERACT = """
import code, sys
def debug():
    sys.ps1 = sys.ps2 = ""
    code.interact(banner="", exitmsg="", local={})
debug()
"""

CONSOLES = {"idle": IDLE, "pycharm": PYCHARM, "vs-code": VS_CODE, "ptpython": PTPYTHON, "interact": INTERACT}

Run = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run statements in a console; those that begin with `save` write the rest to the module `shop`."""
    (tmp_path / "shop.py").write_text("RATE = 1\n")
    (tmp_path / "saver.py").write_text("def save(text):\n    open('shop.py', 'w').write(text)\n")

    def run(console: str, *lines: str) -> "subprocess.CompletedProcess[str]":
        program = tmp_path / "console.py"
        program.write_text(
            f"import sys; sys.path.append({str(SOURCES)!r})\n"
            f"import livereload; livereload.install(prompt=True)\n{console}"
        )
        return subprocess.run(
            [sys.executable, program.name],
            cwd=tmp_path,
            input="from saver import save\n" + "\n".join(lines) + "\n",
            capture_output=True,
            text=True,
            timeout=120,
        )

    return run


@pytest.mark.parametrize("console", CONSOLES)
def test_what_is_typed_follows(run: Run, console: str) -> None:
    """A name that a from-import bound in the console's own namespace is what its module has now."""
    done = run(
        CONSOLES[console],
        "from shop import RATE as rate",
        "save('RATE = 2\\n')",
        "print('seen', rate)",
        "save('RATE = MISSING\\n')",
        "print('seen', rate)",
        "print('seen', rate)",
        "save('OTHER = 3\\n')",
        "print('seen', rate)",
    )
    assert [line for line in done.stdout.splitlines() if "seen" in line] == ["seen 2"] * 4
    assert done.stderr.count("NameError: name 'MISSING' is not defined") == 1
    assert done.stderr.count("livereload: the last good state answers\n") == 1
    assert done.stderr.count("livereload: shop has no RATE any more: rate is what it was\n") == 1
    assert SOURCES.name + "/livereload" not in done.stderr


PDB = """
import pdb, shop
def job():
    return 1
pdb.Pdb(nosigint=True).runcall(job)
import shop
print("afterwards", shop.RATE)
"""


def test_a_debuggers_prompt_is_left_alone(run: Run) -> None:
    """Nothing is refreshed under the frames that a debugger has stopped, until the program imports again."""
    done = run(PDB, "!save('RATE = 2\\n')", "!print('seen', shop.RATE)", "continue")
    assert "seen 1" in done.stdout
    assert done.stdout.endswith("afterwards 2\n")
