"""Where the benchmarks work: one temporary folder with modules, environments and wheels.

Knows files, environments and processes.  Must not know what is measured.
"""

import itertools
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
SOURCES = HERE.parent / "src"

# {driver: distribution}
PEERS = {"ipython": "ipython", "jurigged": "jurigged", "hmr": "hmr-daemon"}

# A file that has just been written is read at each look, since it could change again unseen.
SETTLED_AFTER_S = 2.1

# No sample takes longer.
TIMEOUT_S = 1200

BODY = """
def f(a, b=1):
    "A function."
    return a + b

class C:
    def m(self):
        return f(1)
"""


class Unavailable(Exception):
    """Something cannot be measured here; the message says why."""


class Workshop:
    """A folder that is gone afterwards, for benchmarks of one interpreter."""

    def __init__(self, python: str, *, samples: int, quick: bool = False, wheels: str | None = None) -> None:
        self.python = python
        self.samples = samples
        self.quick = quick
        # whether samples tell where the time goes
        self.profiles = False
        # whether they are measured by the processor's time
        self.cpu = False
        # what several scenarios share
        self.shared: dict[str, list] = {}
        # {"ipython": "9.18.1"}: the peers that are installed
        self.peers: dict[str, str] = {}
        self._temporary = tempfile.TemporaryDirectory(prefix="livereload-benchmarks-", ignore_cleanup_errors=True)
        # modules lie in one folder, environments in another: hmr-daemon watches all of the current folder
        self.folder = Path(self._temporary.name).resolve() / "modules"
        self._environments = self.folder.parent / "environments"
        self._wheels = Path(wheels).resolve() if wheels else self._environments / "wheels"
        self._witness = self.folder / "witness"
        self._written = 0.0
        for each in (self.folder, self._witness, self._environments):
            each.mkdir()

    def close(self) -> None:
        self._temporary.cleanup()

    def clock(self) -> float:
        """Seconds on the wall or, if that is what counts, those that the processor has spent on child processes."""
        if not self.cpu:
            return time.perf_counter()
        import resource  # not on Windows

        return sum(resource.getrusage(resource.RUSAGE_CHILDREN)[:2])

    def scaled(self, full: int, quick: int) -> int:
        """`full`, but at most `quick` in a quick run."""
        return min(full, quick) if self.quick else full

    # Processes.

    def environment(self, driver: str = "") -> dict[str, str]:
        """The environment variables of all samples: nothing that concerns Python, and the same hashes in each."""
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "LIVERELOAD"))}
        kept["PYTHONHASHSEED"] = "0"
        kept["IPYTHONDIR"] = str(self._environments / "ipython")
        if driver != "hmr":  # which is switched on by being installed
            kept["NO_HMR_DAEMON"] = "1"
        return kept

    def child(self, measure: str, path: "list[Path]", **arguments: object) -> Callable[[str], dict]:
        """A function that takes one sample of a driver in a fresh process, with these folders on its path."""
        folders = [str(each) for each in (*path, self._witness)]

        def sample(driver: str) -> dict:
            request = json.dumps(
                {
                    "driver": driver,
                    "measure": measure,
                    "path": folders,
                    "profile": self.profiles,
                    "cpu": self.cpu,
                    **arguments,
                }
            )
            command = [self.python_of(driver), "-P", "-s", str(HERE / "measure.py"), request]
            done = self.run(command, cwd=self.folder, env=self.environment(driver))
            return json.loads(done.splitlines()[-1])

        return sample

    def run(self, command: list[str], **options: object) -> str:
        """What a process prints; Unavailable if it fails."""
        try:
            done = subprocess.run(  # type: ignore[call-overload]
                command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=TIMEOUT_S, **options
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise Unavailable(str(error)) from error
        if done.returncode:
            raise Unavailable((done.stderr.strip() or f"exit status {done.returncode}").splitlines()[-1])
        return done.stdout

    # Modules.

    def tree(self, size: int) -> Path:
        """A folder with a module `first` that imports `size` small ones, twenty a package."""
        folder = self.folder / f"tree-{size}"
        if folder.exists():
            return folder
        for i in range(size):
            package = folder / f"p{i // 20}"
            package.mkdir(parents=True, exist_ok=True)
            (package / "__init__.py").touch()
            earlier = f"from p{i // 2 // 20}.m{i // 2} import f as g\n" if i else ""
            (package / f"m{i}.py").write_text(earlier + BODY)
        folder.mkdir(exist_ok=True)
        (folder / "first.py").write_text("".join(f"import p{i // 20}.m{i}\n" for i in range(size)) + BODY)
        self._compile(folder)
        return folder

    def copies(self, files: dict[str, str], number: int) -> Iterator[Path]:
        """So many folders with these files, one for each sample that is going to edit them."""
        above = self.scratch("copies")
        for k in range(number):
            (above / str(k)).mkdir()
            for name, text in files.items():
                (above / str(k) / name).write_text(text)
        self._compile(above)
        return (above / str(k) for k in itertools.count())

    def shared_folder(self, name: str, files: dict[str, str]) -> Path:
        """A folder with these files, which no sample edits."""
        folder = self.folder / f"shared-{name}"
        if not folder.exists():
            folder.mkdir()
            for each, text in files.items():
                (folder / each).write_text(text)
            self._compile(folder)
        return folder

    def scratch(self, name: str) -> Path:
        """A new, empty folder."""
        return Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self.folder))

    def remove(self, folder: Path) -> None:
        shutil.rmtree(folder, ignore_errors=True)

    def _compile(self, folder: Path) -> None:
        self.run([self.python, "-m", "compileall", "-q", str(folder)], env=self.environment())
        self._written = time.monotonic()

    def settle(self) -> None:
        """Wait until nobody can take what was written for something that may change again unseen."""
        time.sleep(max(0.0, self._written + SETTLED_AFTER_S - time.monotonic()))

    # Environments.

    def bare_python(self) -> str:
        """The Python of an environment without anything."""
        return str(self._created("bare"))

    def activated_python(self) -> str:
        """The Python of an environment in which livereload is installed, as its wheel would be."""
        python = self._created("activated")
        target = Path(self.run([str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]).strip())
        if not (target / "livereload").exists():
            shutil.copytree(SOURCES / "livereload", target / "livereload", ignore=shutil.ignore_patterns("__pycache__"))
            for name in ("_livereload_imports.py", "livereload-imports.pth"):
                shutil.copy(SOURCES / name, target)
        return str(python)

    def python_of(self, driver: str) -> str:
        return str(self._created("peers", pip=True)) if driver in PEERS else self.python

    def install_peers(self) -> None:
        """Install the peers from the package index; Unavailable if that fails."""
        python = str(self._created("peers", pip=True))
        self._pip(python, "install", *PEERS.values())
        question = "import importlib.metadata as m, sys; print(*map(m.version, sys.argv[1:]))"
        versions = self.run([python, "-c", question, *PEERS.values()], env=self.environment()).split()
        self.peers = dict(zip(PEERS, versions, strict=True))

    def wheel(self, project: str, version: str) -> Path:
        """A folder with the contents of a release's wheel."""
        place = self._wheels / f"{project}-{version}"
        if not place.is_dir():
            with tempfile.TemporaryDirectory(dir=self._environments) as scratch:
                options = ("--no-deps", "--only-binary=:all:", "-d", scratch, f"{project}=={version}")
                self._pip(str(self._created("pip", pip=True)), "download", *options)
                (name,) = os.listdir(scratch)
                self._wheels.mkdir(parents=True, exist_ok=True)
                partial = place.with_name(place.name + ".part")
                with zipfile.ZipFile(Path(scratch, name)) as wheel:
                    wheel.extractall(partial)
                partial.rename(place)
        return place

    def installed(self, requirements: str) -> Path:
        """A folder in which these distributions are installed (by its name, no user's modules)."""
        place = self._environments / requirements.replace(" ", "-") / "site-packages"
        if not place.is_dir():
            self._pip(str(self._created("pip", pip=True)), "install", "--target", str(place), *requirements.split())
        return place

    def _created(self, name: str, *, pip: bool = False) -> Path:
        """The Python of the virtual environment of this name."""
        folder = self._environments / name
        python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
        if not python.exists():
            self.run([self.python, "-m", "venv", *([] if pip else ["--without-pip"]), str(folder)])
        return python

    def _pip(self, python: str, *arguments: str) -> None:
        environment = {**self.environment(), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
        try:
            self.run([python, "-m", "pip", *arguments, "-q"], env=environment)
        except Unavailable as error:
            raise Unavailable(f"pip {arguments[0]}: {error}") from error
