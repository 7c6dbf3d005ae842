"""Editable installs: whatever way a build backend leads Python to a project's folder, its modules follow.

The ordinary suite lays a `.pth` file and setuptools' finder into a site folder by hand.  With a network,

    LIVERELOAD_TEST_NETWORK=1 python -m pytest -q tests/test_editable.py

makes the installs with the real backends (newest versions, by pip, in a virtual environment of their own).
"""

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest
from conftest import Project, serving
from test_prompt import BYE, HELLO, IMPORT, Prompt

REPOSITORY = Path(__file__).parent.parent
REQUIREMENTS = [
    *("editables", "flit_core", "hatchling", "packaging", "pdm-backend", "poetry-core", "setuptools", "uv", "uv_build"),
]
PATIENCE_S = 600.0

needs_network = pytest.mark.skipif(
    os.environ.get("LIVERELOAD_TEST_NETWORK", "0") in ("", "0"), reason="needs a network: LIVERELOAD_TEST_NETWORK=1"
)

# {style: (backend, options of pip, {layout: lines for pyproject.toml})}
STYLES = {
    "uv": (
        "uv_build",
        [],
        {
            "src": "",
            "flat": '[tool.uv.build-backend]\nmodule-root = ""\n',
            "namespace": '[tool.uv.build-backend]\nmodule-name = "ns.pkg"\n',
        },
    ),
    "hatchling": (
        "hatchling.build",
        [],
        {"src": "", "flat": "", "namespace": '[tool.hatch.build.targets.wheel]\npackages = ["src/ns"]\n'},
    ),
    "hatchling-exact": (  # a finder, by the distribution `editables`
        "hatchling.build",
        [],
        {
            "src": "[tool.hatch.build]\ndev-mode-exact = true\n",
            "flat": "[tool.hatch.build]\ndev-mode-exact = true\n",
        },
    ),
    "flit": ("flit_core.buildapi", [], {"src": "", "flat": "", "namespace": '[tool.flit.module]\nname = "ns.pkg"\n'}),
    "pdm": (
        "pdm.backend",
        [],
        {"src": "", "flat": "", "namespace": '[tool.pdm.build]\npackage-dir = "src"\nincludes = ["src/ns"]\n'},
    ),
    "pdm-editables": (
        "pdm.backend",
        [],
        {
            "src": '[tool.pdm.build]\neditable-backend = "editables"\n',
            "flat": '[tool.pdm.build]\neditable-backend = "editables"\n',
        },
    ),
    "poetry": (
        "poetry.core.masonry.api",
        [],
        {"src": "", "flat": "", "namespace": '[tool.poetry]\npackages = [{ include = "ns", from = "src" }]\n'},
    ),
    "setuptools": (
        "setuptools.build_meta",
        [],
        {
            "src": "",
            "flat": "",
            "namespace": "",
            "flat-namespace": '[tool.setuptools]\npackages = ["ns.pkg"]\n',
        },
    ),
    "setuptools-compat": (
        "setuptools.build_meta",
        ["--config-settings=editable_mode=compat"],
        {"src": "", "flat": "", "namespace": ""},
    ),
}
STRICT = ("setuptools.build_meta", ["--config-settings=editable_mode=strict"])


class Environment:
    """A virtual environment that has pip and the backends."""

    def __init__(self, folder):
        venv.create(folder, with_pip=True, symlinks=os.name != "nt")
        scheme = {"base": str(folder), "platbase": str(folder)}
        self.scripts = sysconfig.get_path("scripts", "venv", scheme)
        self.python = os.path.join(self.scripts, "python")
        inherited = {
            name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "LIVERELOAD", "VIRTUAL"))
        }
        # uv_build looks for a program of its own
        self.variables = {**inherited, "PATH": os.pathsep.join([self.scripts, os.environ["PATH"]])}

    def run(self, *command, **options):
        done = subprocess.run(
            command, env=self.variables, capture_output=True, text=True, timeout=PATIENCE_S, **options
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def pip(self, *arguments):
        return self.run(self.python, "-m", "pip", *arguments)

    def install(self, folder, *options):
        """`pip install -e`, with the backends that are there."""
        self.pip("install", "-q", "--no-build-isolation", "--no-deps", "--no-index", *options, "-e", folder)


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    environment = Environment(tmp_path_factory.mktemp("editable") / "environment")
    environment.pip("install", "-q", *REQUIREMENTS)
    return environment


@pytest.fixture
def editable(environment, tmp_path):
    """Make a project, install it editable, and return it with sessions of the environment's Python to come."""
    opened, installed = [], []

    def editable(backend, options, lines, files, name="pkg", folder=""):
        """`files` and `lines`, of pyproject.toml, of the distribution `name` below `folder` of the project."""
        project = opened[0] if opened else Project(str(tmp_path / "socket"), tmp_path)
        project.path, project.homes = [], [project.root, str(project.file("src"))]
        opened[:] = [project]
        place = Path(folder)
        project.write({place / each: text for each, text in files.items()})
        project.write({place / "pyproject.toml": _pyproject(backend, name, lines)})
        environment.install(project.file(place), *options)
        installed.append(name)
        return project

    yield editable
    for project in opened:
        project.close()
    environment.pip("uninstall", "-q", "-y", *installed)


@pytest.fixture
def start(environment, tmp_path):
    """Let Python start with what is installed now."""
    servers = []

    def start():
        server = serving(tmp_path / "socket", environment.python, "-I", "-B")
        server.__enter__()
        servers.append(server)

    yield start
    for server in servers:
        server.__exit__(None, None, None)


def _pyproject(backend, name, lines):
    return f"""
[build-system]
requires = []
build-backend = "{backend}"

[project]
name = "{name}"
version = "1.0"
description = "edited"
{lines}"""


SOURCE = """
from .mod import VALUE
class Greeter:
    def greet(self): return "Hello", VALUE
def hello(): return "Hello", VALUE
"""


def files(place):
    return {f"{place}/__init__.py": SOURCE, f"{place}/mod.py": "VALUE = 1\n"}


def edit(project, package, place, after=()):
    """Edit `package`, whose files lie in `place`, under the live session, in one tick of the clock."""
    statement = f"from {package} import hello, Greeter"
    mod, deep = f"{package}.mod", f"{package}.mod.deep"

    def step(*executes, **options):
        project.step(statement, list(executes), after=after, **options)

    def held():
        return project.value("held(), hello(), greeter.greet(), type(greeter) is Greeter, held is hello")

    step(package, mod)
    project.run("held, greeter = hello, Greeter()")
    assert held() == (("Hello", 1), ("Hello", 1), ("Hello", 1), True, True)
    step()

    # a function and a class
    project.write({f"{place}/__init__.py": SOURCE.replace("Hello", "Howdy")})
    step(package)
    assert held()[:4] == (("Howdy", 1), ("Howdy", 1), ("Howdy", 1), True)

    # what it imports
    project.write({f"{place}/mod.py": "VALUE = 2\n"})
    step(package, mod)
    assert held()[:4] == (("Howdy", 2), ("Howdy", 2), ("Howdy", 2), True)

    # a submodule is added
    project.write({f"{place}/late.py": "from .mod import VALUE\n"})
    project.step(f"from {package} import late", [f"{package}.late"], after=after)

    # a module becomes a package
    project.delete(f"{place}/mod.py")
    project.write({f"{place}/mod/__init__.py": "from .deep import VALUE\n", f"{place}/mod/deep.py": "VALUE = 3\n"})
    step(package, mod, deep)
    assert held()[:4] == (("Howdy", 3), ("Howdy", 3), ("Howdy", 3), True)

    # a source is broken, and mended
    project.write({f"{place}/mod/deep.py": "VALUE = 4\n1 / 0\n"})
    for _ in range(2):
        step(package, mod, deep, raises="ZeroDivisionError")
        assert held()[:4] == (("Howdy", 3), ("Howdy", 3), ("Howdy", 3), True)
    project.write({f"{place}/mod/deep.py": "VALUE = 4\n"})
    step(package, mod, deep)
    assert held()[:4] == (("Howdy", 4), ("Howdy", 4), ("Howdy", 4), True)
    project.step(f"from {package} import late", [f"{package}.late"], after=after)
    step()


# Without a network.


@pytest.mark.parametrize(("package", "place"), [("pkg", "src/pkg"), ("ns.pkg", "src/ns/pkg")], ids=["package", "namespace"])
def test_a_path_file(project, package, place):
    """The style of most backends: a `.pth` file that names the folder."""
    project.write({"site/_pkg.pth": f"{project.root}/src\n", **files(place)})
    add = f"import site; site.addsitedir({str(project.file('site'))!r})"
    project.start(f"{add}\nlivereload.install()")
    edit(project, package, place, after=(add,))


def test_a_finder(project):
    """setuptools' style for flat layouts: a finder of its own, made by an import line of a `.pth` file."""
    mapping = {"pkg": str(project.file("lib/pkg"))}
    ask = "from setuptools.command.editable_wheel import _finder_template as make; "
    ask += f"print(make('__editable___pkg_finder', {mapping!r}, {{}}))"
    made = subprocess.run([sys.executable, "-W", "ignore", "-c", ask], capture_output=True, text=True)
    if made.returncode:
        pytest.skip(f"setuptools cannot: {made.stderr[-300:]}")
    line = "import __editable___pkg_finder; __editable___pkg_finder.install()\n"
    project.write({"site/__editable___pkg_finder.py": made.stdout, "site/__editable__.pkg.pth": line})
    project.write(files("lib/pkg"))
    project.homes = [str(project.file("lib"))]
    add = f"import site; site.addsitedir({str(project.file('site'))!r})"
    project.start(f"{add}\nlivereload.install(exclude=['__editable___pkg_finder'])")
    edit(project, "pkg", "lib/pkg", after=(add,))


# With one.

CASES = [(style, layout) for style, (_, _, layouts) in STYLES.items() for layout in layouts]


@needs_network
@pytest.mark.parametrize(("style", "layout"), CASES, ids=["-".join(case) for case in CASES])
def test_an_install(editable, start, style, layout):
    """Functions, dependencies, new submodules, a module turned package, errors: as in a fresh interpreter."""
    backend, options, layouts = STYLES[style]
    package = "ns.pkg" if "namespace" in layout else "pkg"
    place = ("" if layout.startswith("flat") else "src/") + package.replace(".", "/")
    project = editable(backend, options, layouts[layout], files(place), package.replace(".", "-"))
    start()
    edit(project, package, place)


@needs_network
@pytest.mark.parametrize("style", ["uv", "hatchling", "setuptools"])
def test_two_installs_in_one_namespace(editable, start, style):
    """Two distributions that share a namespace package are edited as one program."""
    backend, options, layouts = STYLES[style]
    lines = layouts["namespace"]
    editable(backend, options, lines, {"src/ns/pkg/__init__.py": "X = 1\n"}, "ns-pkg", folder="one")
    importer = {"src/ns/other/__init__.py": "from ns.pkg import X\n"}
    project = editable(backend, options, lines.replace("pkg", "other"), importer, "ns-other", folder="two")
    start()
    project.step("from ns.other import X", ["ns.other", "ns.pkg"])
    project.write({"one/src/ns/pkg/__init__.py": "X = 2\n"})
    project.step("from ns.other import X", ["ns.other", "ns.pkg"])
    project.write({"two/src/ns/late.py": "import ns.pkg\n"})
    project.step("from ns import late", ["ns.late"])
    project.write({"one/src/ns/pkg/__init__.py": "X = 3\n"})
    project.step("from ns import late", ["ns.late", "ns.pkg"])
    assert project.value("X") == 2


@needs_network
@pytest.mark.parametrize("layout", ["src", "flat"])
def test_a_strict_install(editable, start, environment, layout):
    """setuptools' strict style links single files: those follow; a new file is there once it is installed again."""
    place = "src/pkg" if layout == "src" else "pkg"
    project = editable(*STRICT, "", files(place))
    start()
    statement = "from pkg import hello, Greeter"
    project.step(statement, ["pkg", "pkg.mod"])
    assert project.run("import pkg", "pkg.__file__").value != str(project.file(f"{place}/__init__.py"))
    project.run("held, greeter = hello, Greeter()")
    held = "held(), greeter.greet(), type(greeter) is Greeter"

    project.write({f"{place}/__init__.py": SOURCE.replace("Hello", "Howdy")})
    project.step(statement, ["pkg"])
    assert project.value(held) == (("Howdy", 1), ("Howdy", 1), True)

    project.write({"new.py": "VALUE = 2\n"})  # saved by renaming: the link stays
    project.rename("new.py", f"{place}/mod.py")
    project.step(statement, ["pkg", "pkg.mod"])
    assert project.value(held) == (("Howdy", 2), ("Howdy", 2), True)

    project.write({f"{place}/late.py": "from .mod import VALUE\n"})
    project.step("from pkg import late", [], raises="ImportError")
    project.step(statement, [])

    environment.install(project.root, *STRICT[1])
    project.step(statement, [])
    project.step("from pkg import late", ["pkg.late"])

    project.write({f"{place}/mod.py": "VALUE = 3\n"})
    project.step(statement, ["pkg", "pkg.mod"])
    assert project.value(held) == (("Howdy", 3), ("Howdy", 3), True)


@needs_network
def test_uv_init(environment, tmp_path):
    """The report: `uv init --lib`, livereload enabled in the project's environment, `uv run python`, edit, repeat."""
    for item in ("src", "pyproject.toml", "README.md", "LICENSE"):
        path, copy = REPOSITORY / item, tmp_path / "livereload" / item
        copy.parent.mkdir(exist_ok=True)
        shutil.copytree(path, copy) if path.is_dir() else shutil.copy(path, copy)
    uv = os.path.join(environment.scripts, "uv")
    variables = {**environment.variables, "HOME": str(tmp_path), "PYTHON_BASIC_REPL": "1", "PYTHON_COLORS": "0"}
    variables |= {"TERM": "xterm", "UV_PYTHON": sys.executable, "UV_PYTHON_DOWNLOADS": "never"}

    def run(*arguments, folder=tmp_path / "myprj"):
        done = subprocess.run(
            [uv, *arguments], cwd=folder, env=variables, capture_output=True, text=True, timeout=PATIENCE_S
        )
        assert done.returncode == 0, done.stdout + done.stderr

    run("init", "--lib", "myprj", folder=tmp_path)
    run("add", "--dev", str(tmp_path / "livereload"))
    run("run", "python", "-m", "livereload", "enable")
    file = tmp_path / "myprj" / "src" / "myprj" / "__init__.py"
    assert file.read_text() == HELLO
    prompt = Prompt(("run", "--directory", str(tmp_path / "myprj"), "python", "-q"), variables, uv)
    try:
        assert prompt.read().strip() == ""
        assert prompt.ask(IMPORT) == ""
        prompt.ask("held = hello")
        assert prompt.ask("hello()") == "'Hello from myprj!'"
        file.write_text(BYE)
        assert prompt.ask(IMPORT) == ""
        assert prompt.ask("hello(), held()") == "('Bye from myprj!', 'Bye from myprj!')"
    finally:
        prompt.close()
