"""Editable installs: whatever way a build backend leads Python to a project's folder, its modules follow.

The ordinary suite lays a `.pth` file and setuptools' finder into a site folder by hand.  With a network,

    LIVERELOAD_TEST_NETWORK=1 python -m pytest -q tests/session/test_editable.py

makes the installs with the real backends (newest versions, by pip, in a virtual environment of their own).
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from environments import Environment, Hosted, needs_network, run
from test_prompt import BYE, HELLO, IMPORT, Prompt

REPOSITORY = Path(__file__).parents[2]
REQUIREMENTS = [
    *("editables", "flit_core", "hatchling", "packaging", "pdm-backend", "poetry-core", "setuptools", "uv", "uv_build"),
]

# How a backend is told what to install and how: {style: (backend, {layout: lines of pyproject.toml}, options of pip)}.
PLAIN = {"src": "", "flat": ""}
STYLES = {
    "uv": (
        "uv_build",
        {
            "src": "",
            "flat": '[tool.uv.build-backend]\nmodule-root = ""',
            "namespace": '[tool.uv.build-backend]\nmodule-name = "ns.pkg"',
        },
    ),
    "hatchling": (
        "hatchling.build",
        {**PLAIN, "namespace": '[tool.hatch.build.targets.wheel]\npackages = ["src/ns"]'},
    ),
    # a finder, of the distribution `editables`
    "hatchling exact": ("hatchling.build", dict.fromkeys(PLAIN, "[tool.hatch.build]\ndev-mode-exact = true")),
    "flit": ("flit_core.buildapi", {**PLAIN, "namespace": '[tool.flit.module]\nname = "ns.pkg"'}),
    "pdm": (
        "pdm.backend",
        {**PLAIN, "namespace": '[tool.pdm.build]\npackage-dir = "src"\nincludes = ["src/ns"]'},
    ),
    "pdm editables": ("pdm.backend", dict.fromkeys(PLAIN, '[tool.pdm.build]\neditable-backend = "editables"')),
    "poetry": (
        "poetry.core.masonry.api",
        {**PLAIN, "namespace": '[tool.poetry]\npackages = [{ include = "ns", from = "src" }]'},
    ),
    "setuptools": (  # a finder, but for src
        "setuptools.build_meta",
        {
            **PLAIN,
            "namespace": "",
            "flat namespace": '[tool.setuptools.packages.find]\ninclude = ["ns*"]',
            "module": '[tool.setuptools]\npy-modules = ["pkg"]',
        },
    ),
    "setuptools compat": (
        "setuptools.build_meta",
        {**PLAIN, "namespace": "", "flat namespace": '[tool.setuptools.packages.find]\ninclude = ["ns*"]'},
        "--config-settings=editable_mode=compat",
    ),
    "setuptools strict": (  # links to single files
        "setuptools.build_meta",
        {**PLAIN, "namespace": "", "flat namespace": '[tool.setuptools.packages.find]\ninclude = ["ns*"]'},
        "--config-settings=editable_mode=strict",
    ),
}
CASES = [(style, layout) for style, (_, layouts, *_) in STYLES.items() for layout in layouts if layout != "module"]
STRICT = [case for case in CASES if "strict" in case[0]]
LENIENT = [case for case in CASES if case not in STRICT]
SHARING = [case for case in LENIENT if "namespace" in case[1]]


@pytest.fixture(scope="module")
def environment(tmp_path_factory):
    environment = Environment(tmp_path_factory.mktemp("editable") / "environment")
    environment.pip("install", "-q", "--upgrade", *REQUIREMENTS)
    return environment


class Installed(Hosted):
    """A project that is installed."""

    def __init__(self, environment, folder):
        super().__init__(environment, folder)
        self.path, self.homes = [], [self.root, str(self.file("src"))]
        self.names = []

    def install(self, style, layout, files, name="pkg", folder=""):
        """Install the module `name`, which lies below `folder`, by this style from this layout, with `files`."""
        backend, layouts, *options = STYLES[style]
        lines = layouts[layout].replace("pkg", name.rpartition(".")[2])
        self.names.append(name.replace(".", "-"))
        header = PYPROJECT.format(backend=backend, name=self.names[-1])
        self.write({Path(folder, "pyproject.toml"): header + lines})
        self.write({Path(folder, each): text for each, text in files.items()})
        self.environment.install(self.file(folder), *options)

    def close(self):
        super().close()
        self.environment.pip("uninstall", "-q", "-y", *self.names)


PYPROJECT = """
[build-system]
requires = []
build-backend = "{backend}"

[project]
name = "{name}"
version = "1.0"
description = "edited"

"""


@pytest.fixture
def installed(environment, tmp_path):
    installed = Installed(environment, tmp_path)
    yield installed
    installed.close()


SOURCE = """
from .mod import VALUE
class Greeter:
    def greet(self): return "Hello", VALUE
def hello(): return "Hello", VALUE
"""


def files(place):
    return {f"{place}/__init__.py": SOURCE, f"{place}/mod.py": "VALUE = 1\n"}


def edit(project, package, place, after=()):
    """Edit a package, whose files lie in `place`, under the live session, in one tick of the clock."""
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


@pytest.mark.parametrize("name", ["pkg", "ns.pkg"])
def test_a_path_file(project, name):
    """The style of most backends: a `.pth` file that names the folder."""
    place = f"src/{name.replace('.', '/')}"
    project.write({"site-packages/_pkg.pth": f"{project.root}/src\n", **files(place)})
    add = f"import site; site.addsitedir({str(project.file('site-packages'))!r})"
    project.start(f"{add}\nlivereload.install()")
    edit(project, name, place, after=(add,))


@pytest.mark.parametrize("order", ["before", "after"])
def test_a_finder(project, order):
    """setuptools' style for flat layouts: a finder of its own, made by an import line of a `.pth` file."""
    mapping = {"pkg": str(project.file("lib/pkg"))}
    ask = "from setuptools.command.editable_wheel import _finder_template as make; "
    ask += f"print(make('__editable___pkg_finder', {mapping!r}, {{}}))"
    made = subprocess.run([sys.executable, "-W", "ignore", "-c", ask], capture_output=True, text=True)
    if made.returncode:
        pytest.skip(f"setuptools cannot: {made.stderr[-300:]}")
    line = "import __editable___pkg_finder; __editable___pkg_finder.install()\n"
    project.write({"site-packages/__editable___pkg_finder.py": made.stdout})
    project.write({"site-packages/__editable__.pkg.pth": line, **files("lib/pkg")})
    project.homes = [str(project.file("lib"))]
    add = f"import site; site.addsitedir({str(project.file('site-packages'))!r})"
    project.start("\n".join([add, "livereload.install()"][:: 1 if order == "before" else -1]))
    edit(project, "pkg", "lib/pkg", after=(add,))


# With one.


def module_and_place(layout):
    """What the layouts are called, and where the files lie."""
    name = "ns.pkg" if "namespace" in layout else "pkg"
    return name, ("" if "flat" in layout else "src/") + name.replace(".", "/")


@needs_network
@pytest.mark.parametrize(("style", "layout"), LENIENT, ids=map(", ".join, LENIENT))
def test_an_install(installed, style, layout):
    """Functions, dependencies, new submodules, a module turned package, errors: as in a fresh interpreter."""
    name, place = module_and_place(layout)
    installed.install(style, layout, files(place), name)
    edit(installed, name, place)


@needs_network
@pytest.mark.parametrize(("style", "layout"), STRICT, ids=map(", ".join, STRICT))
def test_a_strict_install(installed, environment, style, layout):
    """The files that are linked follow; a new file is there once the project is installed again."""
    name, place = module_and_place(layout)
    installed.install(style, layout, files(place), name)
    statement, mod, late = f"from {name} import hello, Greeter", f"{name}.mod", f"{name}.late"
    installed.step(statement, [name, mod])
    installed.run("held, greeter = hello, Greeter()")
    held = "held(), greeter.greet(), type(greeter) is Greeter"

    installed.write({f"{place}/__init__.py": SOURCE.replace("Hello", "Howdy")})
    installed.step(statement, [name])
    assert installed.value(held) == (("Howdy", 1), ("Howdy", 1), True)

    # saved by renaming: the link stays
    installed.write({"new.py": "VALUE = 2\n"})
    installed.rename("new.py", f"{place}/mod.py")
    installed.step(statement, [name, mod])
    assert installed.value(held) == (("Howdy", 2), ("Howdy", 2), True)

    installed.write({f"{place}/late.py": "from .mod import VALUE\n"})
    installed.step(f"from {name} import late", [], raises="ImportError")
    installed.step(statement, [])

    # new links, to the same files and one more
    environment.install(installed.root, *STYLES[style][2:])
    installed.step(statement, [])
    installed.step(f"from {name} import late", [late])

    # a module becomes a package; the link leads nowhere until the project is installed again
    installed.delete(f"{place}/mod.py")
    installed.write({f"{place}/mod/__init__.py": "VALUE = 3\n"})
    installed.step(statement, [name], raises="ModuleNotFoundError")
    assert installed.value(held) == (("Howdy", 2), ("Howdy", 2), True)
    environment.install(installed.root, *STYLES[style][2:])
    installed.step(statement, [name, mod])
    assert installed.value(held) == (("Howdy", 3), ("Howdy", 3), True)
    installed.step(f"from {name} import late", [late])


@needs_network
@pytest.mark.parametrize(("style", "layout"), SHARING, ids=map(", ".join, SHARING))
def test_two_installs_in_one_namespace(installed, style, layout):
    """Two distributions that share a namespace package are edited as one program."""
    base = "" if layout == "flat namespace" else "src/"
    installed.homes = [str(installed.file(f"{each}/{base}".rstrip("/"))) for each in ("one", "two")]
    installed.install(style, layout, {f"{base}ns/pkg/__init__.py": "X = 1\n"}, "ns.pkg", "one")
    installed.install(style, layout, {f"{base}ns/other/__init__.py": "from ns.pkg import X\n"}, "ns.other", "two")
    installed.step("from ns.other import X", ["ns.other", "ns.pkg"])
    installed.write({f"one/{base}ns/pkg/__init__.py": "X = 2\n"})
    installed.step("from ns.other import X", ["ns.other", "ns.pkg"])
    installed.write({f"two/{base}ns/other/late.py": "import ns.pkg\n"})
    installed.step("from ns.other import late", ["ns.other.late"])
    installed.write({f"one/{base}ns/pkg/__init__.py": "X = 3\n"})
    installed.step("from ns.other import late, X", ["ns.other", "ns.pkg", "ns.other.late"])
    assert installed.value("X") == 3


@needs_network
def test_a_single_module(installed):
    """A module of its own, which a finder knows by its name, becomes a package and a module again."""
    installed.install("setuptools", "module", {"pkg.py": "X = 1\n"})
    installed.step("from pkg import X", ["pkg"])
    installed.delete("pkg.py")
    installed.write({"pkg/__init__.py": "from .deep import X\n", "pkg/deep.py": "X = 2\n"})
    installed.step("from pkg import X", ["pkg", "pkg.deep"])
    installed.delete("pkg")
    installed.write({"pkg.py": "X = 3\n"})
    installed.step("from pkg import X", ["pkg"])
    assert installed.value("X") == 3


HOW = {"enabled": {}, "by the variable": {"LIVERELOAD": "1"}}


@needs_network
@pytest.mark.parametrize("how", HOW)
def test_the_report(environment, tmp_path, how):
    """`uv init --lib`, livereload switched on for the project, `uv run python`, edit, repeat the import."""
    ours, project = tmp_path / "livereload", tmp_path / "myprj"
    shutil.copytree(REPOSITORY / "src", ours / "src", ignore=shutil.ignore_patterns("__pycache__"))
    for item in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(REPOSITORY / item, ours)
    uv = shutil.which("uv", path=environment.scripts)
    variables = {**environment.variables, "UV_PYTHON": sys.executable, "UV_PYTHON_DOWNLOADS": "never"}
    run([uv, "init", "--lib", str(project)], env=variables)
    source = project / "src" / "myprj" / "__init__.py"
    assert source.read_text() == HELLO
    uv_run = ["run", "--directory", str(project)]
    if how == "enabled":
        run([uv, "add", "--dev", "--directory", str(project), str(ours)], env=variables)
        run([uv, *uv_run, "python", "-m", "livereload", "enable"], env=variables)
    else:
        uv_run += ["--with", str(ours)]
    variables |= {**HOW[how], "HOME": str(tmp_path), "INPUTRC": os.devnull, "TERM": "xterm", "PYTHON_COLORS": "0"}
    for basic in ("1", ""):  # PyREPL, from 3.13 on
        source.write_text(HELLO)
        prompt = Prompt((*uv_run, "python", "-q"), {**variables, "PYTHON_BASIC_REPL": basic}, uv)
        try:
            assert prompt.read().strip() == ""
            assert prompt.ask(IMPORT) == ""
            assert prompt.ask("held = hello") == ""
            assert prompt.ask("hello()") == "'Hello from myprj!'"
            source.write_text(BYE)
            assert prompt.ask(IMPORT) == ""
            assert prompt.ask("hello(), held()") == "('Bye from myprj!', 'Bye from myprj!')"
        finally:
            prompt.close()
