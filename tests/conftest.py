"""The `project` fixture: a folder of modules, a live session, and an oracle.

A *step* executes an import statement in the live session and in a fresh interpreter, and asserts
that both now hold the same, or raised the same, and that the live session executed exactly the
modules that the test names.  So each ordinary test is one of equivalence and one of economy.
"""

import os
import signal
import socket
import subprocess
import sys
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

import cores
import pytest
import session

pytest_runtestloop = cores.pytest_runtestloop

SRC = str(Path(__file__).parent.parent / "src")
_LIVE = f"import sys; sys.path.insert(0, {SRC!r}); import livereload; sys.path.remove({SRC!r})"
_SET = """
hooks = __import__('sys').modules.get('livereload.imports.hooks')
if hooks is not None and hooks.installed is not None:
    hooks.installed.state.whole |= {whole}
    hooks.installed.state.strict = {strict}
del hooks
"""

# A shell that runs the tests in the background has them ignore Ctrl-C, and all that they start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


class Outcome:
    """What was seen of one run of some code in a session."""

    def __init__(self, answer):
        self.error = answer["error"]  # None, or {"type", "message", "traceback", "attributes"}
        self.value = answer["value"]
        self.executed = answer["executed"]  # ["pkg", "pkg.mod"]: modules, in the order in which they began
        self.updated = answer["updated"]  # ["pkg"]: modules of which some statements were executed
        self.compiled = answer["compiled"]  # ["pkg.mod"]
        self.opened = answer["opened"]  # ["pkg/mod.py"]
        self.modules = answer["modules"]  # {"pkg.mod": {"X": …}}: the fingerprint of all modules afterwards
        self.twice = answer["twice"]  # ["pkg.mod.Cart"]: classes of which the modules can reach two


class Interpreter:
    """A session in a process of its own."""

    def __init__(self, address, **configuration):
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(session.DEADLINE_S + 5)
        self._socket.connect(address)
        self.pid = self._ask("configure", **configuration)

    def run(self, code, expression, ticks, forbidden, described=True):
        """`described`: whether the outcome says what the modules hold afterwards."""
        arguments = {"code": code, "expression": expression, "ticks": ticks, "forbidden": forbidden}
        return Outcome(self._ask("run", **arguments, described=described))

    def close(self):
        self._socket.close()

    def _ask(self, kind, **arguments):
        session.send(self._socket, {"kind": kind, "arguments": arguments})
        answer = session.receive(self._socket)
        assert answer is not None, f"the session ended while executing {arguments}"
        return answer


class Project:
    """A folder of modules and the interpreters that import them."""

    def __init__(self, address, folder):
        self.root = str(folder / "project")
        os.mkdir(self.root)
        self.path = [self.root]
        self.homes = []  # folders that a finder may lead to, whatever the path
        self.forbidden = []  # paths of files that no interpreter may open (root may open any other)
        self._address = address
        self._marker = folder / "tick"
        self._ticks = []
        self._live = None
        self._open = []
        self.tick()

    # The files.

    def write(self, files):
        """Write each {relative path: text or bytes}; a file that is there is written in place."""
        for name, content in files.items():
            path = self.file(name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)

    def delete(self, *names):
        """Remove files, and folders with all that is in them."""
        for name in names:
            path = self.file(name)
            if path.is_dir():
                self.delete(*(str(each.relative_to(self.root)) for each in path.iterdir()))
                path.rmdir()
            else:
                path.unlink()

    def rename(self, old, new):
        os.replace(self.file(old), self.file(new))

    def file(self, name):
        return Path(self.root, name)

    def tick(self):
        """Let the clock go on: what was written before has settled."""
        shown = self._ticks[-1][1] + 4 * 10**9 if self._ticks else None
        before = now = self._mark()
        while now == before:  # the kernel's clock for files has ticks, too
            now = self._mark()
        if shown is None:
            shown = now // (2 * 10**9) * 2 * 10**9
        self._ticks.append((now, shown))

    def _mark(self):
        self._marker.write_bytes(b"")
        return self._marker.stat().st_ctime_ns

    # The live session.

    def start(self, code="livereload.install()", *, frozen=True, whole=True, strict=True):
        """Start the live session (the first step does it otherwise) by executing `code` in it.

        A module whose source has changed is executed as a `whole`, unless a test is about updates.  An error of
        livereload's own is raised, unless a test causes it: else executing everything might hide it.
        """
        self._live = self._interpreter(bytecode=True, frozen=frozen)
        outcome = self.run(f"{_LIVE}\n{code}")
        self.run(_SET.format(whole=whole, strict=strict))
        return outcome

    def run(self, code, expression="", *, described=True):
        """Execute `code` in the live session; an error of it is an error of the test."""
        outcome = self.attempt(code, expression, described=described)
        assert outcome.error is None, outcome.error["traceback"]
        return outcome

    def attempt(self, code, expression="", *, described=True):
        """Execute `code` in the live session, whether or not it raises."""
        if self._live is None:
            self.start()
        return self._live.run(code, expression, self._ticks, self.forbidden, described)

    def value(self, expression):
        """What `expression` is in the live session (its repr, if it is not plain data)."""
        return self.run("", expression, described=False).value

    # Other interpreters.

    def fresh(self, *statements, expression=""):
        """The outcome of the last of `statements` in a fresh interpreter that uses no bytecode."""
        return self._afterwards(statements, expression, bytecode=False, frozen=False)

    def plain(self, *statements, frozen=True):
        """The outcome of the last of `statements` in a new interpreter that uses bytecode, without livereload."""
        return self._afterwards(statements, "", bytecode=True, frozen=frozen)

    def _afterwards(self, statements, expression, **configuration):
        interpreter = self._interpreter(**configuration)
        for statement in statements[:-1]:
            interpreter.run(statement, "", self._ticks, self.forbidden)
        return interpreter.run(statements[-1], expression, self._ticks, self.forbidden)

    def _interpreter(self, **configuration):
        interpreter = Interpreter(self._address, root=self.root, path=self.path, homes=self.homes, **configuration)
        self._open.append(interpreter)
        return interpreter

    # The oracle.

    def step(self, statement, executes, *, after=(), raises=None, loses=(), confirms=(), spares=None):
        """Execute an import statement; compare with a fresh interpreter; see that only `executes` was executed.

        `executes` lists the modules that are executed, at most; without those that it `spares`, if that is
        given, exactly.  (What a module imports is brought up to date before it is known whether the module has
        to be executed, so the order in which modules begin is not that of a fresh interpreter.)  `after` are
        statements that the fresh interpreter needs to execute before.  `raises`, the name of an
        exception's type, says that both raise it; then the live session must have kept all it had,
        but for the modules that it `loses`.  `confirms` lists what was executed by the second attempt,
        which executes everything that the statement needs, before the failure of the first was believed.
        """
        before = self.run("") if raises else None
        live = self.attempt(statement)
        fresh = self.fresh(*after, statement)
        if raises is None:
            assert fresh.error is None, fresh.error["traceback"]
            assert live.error is None, live.error["traceback"]
            for name, expected in fresh.modules.items():
                assert live.modules.get(name) == expected, name
        else:
            assert fresh.error is not None, f"a fresh interpreter does not raise {raises}"
            assert live.error is not None, f"did not raise {raises}"
            assert fresh.error["type"] == raises, fresh.error["traceback"]
            assert live.error["traceback"] == fresh.error["traceback"]
            assert live.error == fresh.error
            kept = before.modules.keys() - set(loses)
            assert {name: live.modules.get(name) for name in kept} == {name: before.modules[name] for name in kept}
        assert set(live.twice) <= set((before if raises else fresh).twice), "classes live in two generations"
        expected = [*(each for each in executes if each not in (spares or ())), *confirms]
        if spares is not None:
            assert sorted(live.executed) == sorted(expected)
        elif raises is not None:  # once more where the module that imports what failed may catch the error
            assert set(live.executed) <= set(expected), (live.executed, expected)
        else:
            assert Counter(live.executed) <= Counter(expected), (live.executed, expected)
        return live

    def close(self):
        for interpreter in self._open:
            interpreter.close()


@contextmanager
def serving(address, python, *options, imported=()):
    """The socket of an interpreter, bare but for what it has `imported`, that forks sessions as long as it serves."""
    command = [python, *options, session.__file__, str(address), *imported]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, env=environment) as server:
        assert server.stdout.readline() == b"ready\n"
        yield str(address)
        server.stdin.close()


@pytest.fixture(scope="session")
def _address(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("sessions") / "socket", sys.executable, "-I", "-S", "-B") as address:
        yield address


@pytest.fixture
def project(_address, tmp_path):
    """An empty project; its live session starts, with livereload installed, at the first step."""
    project = Project(_address, tmp_path)
    yield project
    project.close()
