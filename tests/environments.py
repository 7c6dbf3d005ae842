"""Virtual environments, for tests and programs that need what the project does not depend on.

Knows venv and pip.  Tests that use it need a network, and run only if LIVERELOAD_TEST_NETWORK says so.
"""

import os
import subprocess
import sys
from contextlib import ExitStack

import pytest
from conftest import Project, serving

PATIENCE_S = 600.0

needs_network = pytest.mark.skipif(
    os.environ.get("LIVERELOAD_TEST_NETWORK", "0") in ("", "0"), reason="needs a network: LIVERELOAD_TEST_NETWORK=1"
)


class Environment:
    """A virtual environment of a Python, made if it is not there, and a pip that installs into it.

    Where that Python has no ensurepip (Debian and Ubuntu have it in python3-venv), this Python's pip does.
    """

    def __init__(self, folder, python=sys.executable):
        ask = "import importlib.util as u, sysconfig; print(u.find_spec('ensurepip') is not None)"
        has_pip = run([python, "-c", ask]).strip() == "True"
        if not (folder / "pyvenv.cfg").exists():
            run([python, "-m", "venv", *([] if has_pip else ["--without-pip"]), str(folder)])
        self.scripts = str(folder / ("Scripts" if os.name == "nt" else "bin"))
        self.python = os.path.join(self.scripts, "python")
        ours = ("PYTHON", "LIVERELOAD", "VIRTUAL_ENV")
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
        path = os.pathsep.join([self.scripts, os.environ["PATH"]])  # uv_build looks for a program of its own
        self.variables = {**inherited, "PATH": path}
        self._pip = [self.python, "-m", "pip"] if has_pip else [sys.executable, "-m", "pip", "--python", self.python]
        self._pip_variables = self.variables if has_pip else {**os.environ, "PATH": path}

    def pip(self, *arguments):
        run([*self._pip, *map(str, arguments)], env=self._pip_variables)

    def output(self, script):
        """What a script prints that this Python runs, without the last end of line."""
        return run([self.python, "-I", "-B", "-c", script], env=self.variables).removesuffix("\n")

    def install(self, folder, *options):
        """Install what is in `folder`, editable, with the backends that are there."""
        self.pip("install", "-q", "--no-build-isolation", "--no-deps", "--no-index", *options, "-e", folder)


def run(command, **options):
    """The output of a command that succeeds."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, **options)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


class Hosted(Project):
    """A project whose sessions are those of an environment, started once everything is installed."""

    def __init__(self, environment, folder):
        super().__init__(str(folder / "socket"), folder)
        self.environment = environment
        self._server = ExitStack()

    def start(self, *arguments, **options):
        server = serving(self.file("../socket"), self.environment.python, "-I", "-B")
        self._server.enter_context(server)
        return super().start(*arguments, **options)

    def close(self):
        super().close()
        self._server.close()
