"""Imports go downwards only, and little of the standard library comes with them."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "src" / "livereload"

# From the ground up: a room may import those before it.  "" is the package itself.
ROOMS = ["interpreter", "files", "changes", "identity", "entries", "modules", "verification", "refreshes"]
ROOMS += ["imports", "session"]

# Values and names for everybody: they import next to nothing.
VOCABULARY = {"_errors", "_progress", "_report", "_status"}

FILES = sorted(
    str(path.relative_to(PACKAGE).with_suffix("")) for path in PACKAGE.rglob("*.py") if "_site" not in path.parts
)

# What `install()` imports, and so every start that livereload is switched on at.
AT_START = [name for name in FILES if not name.startswith("session/") and name not in ("startup", "__main__")]


def room_of(module):
    return module.rpartition("/")[0]


def imported(module, in_functions=True):
    """(own modules, other modules) that the source of `module` imports at run time."""
    own, others = set(), set()
    for node in at_run_time(ast.parse((PACKAGE / f"{module}.py").read_text()), in_functions):
        if isinstance(node, ast.Import):
            others.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level:
            folder = PACKAGE / room_of(module) if node.level == 1 else PACKAGE
            target = folder / (node.module or "").replace(".", "/")
            if target.is_dir():
                names = [target / alias.name for alias in node.names]
                found = [each if each.with_suffix(".py").exists() else target / "__init__" for each in names]
            else:
                found = [target]
            own.update(str(each.relative_to(PACKAGE)) for each in found)
        elif isinstance(node, ast.ImportFrom):
            others.add(node.module)
    return own, others


def at_run_time(node, in_functions):
    """All nodes but those for type checkers only."""
    yield node
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and getattr(child.test, "id", "") == "TYPE_CHECKING":
            continue
        if in_functions or not isinstance(child, ast.FunctionDef):
            yield from at_run_time(child, in_functions)


def test_every_room_has_a_floor():
    """Every folder is in the list of rooms."""
    assert {room_of(name) for name in FILES} - {""} == set(ROOMS)


@pytest.mark.parametrize("module", FILES)
def test_imports_go_downwards(module):
    """A module imports from its own room and those below; the public functions may reach for all that they start."""
    own, _ = imported(module)
    rooms = {room_of(each) for each in own if each not in VOCABULARY} - {room_of(module)}
    below = ROOMS if room_of(module) in ("", "session") else ROOMS[: ROOMS.index(room_of(module))]
    assert rooms <= {*below, ""} if room_of(module) == "session" else rooms <= set(below)


@pytest.mark.parametrize("room", ROOMS)
def test_no_circles_in_a_room(room):
    """Within a room, imports make no circle."""
    edges = {name: imported(name)[0] & set(FILES) for name in FILES if room_of(name) == room}
    while edges:
        free = [name for name, own in edges.items() if own.isdisjoint(edges.keys() - {name})]
        assert free, f"a circle among {sorted(edges)}"
        for name in free:
            del edges[name]


# Pure data: what they know comes as arguments.
PURE = ["_errors", "modules/graph", "modules/stale"]


@pytest.mark.parametrize("module", PURE)
def test_pure_modules(module):
    """What is pure data imports nothing of the standard library."""
    assert imported(module)[1] == set()


# Those that know more of the interpreter than its documentation promises.
INSIDERS = ["imports/hooks", "imports/import_system", "imports/build_class", "imports/finder", "imports/loader"]
INSIDERS += [
    "imports/outside_reads",
    "interpreter/stdlib_imports",
    "interpreter/tracebacks",
    "files/pyc",
    "modules/locations",
    "modules/adopt",
]


@pytest.mark.parametrize("module", [name for name in FILES if name not in INSIDERS])
def test_one_file_touches_the_interpreter(module):
    """The import system's inner modules are for those that must know them."""
    inner = {"importlib", "importlib._bootstrap", "importlib._bootstrap_external", "_imp", "builtins"}
    own_os = {"importlib._bootstrap_external"}  # `_os`: the functions that importlib itself calls
    allowed = {"files/stamp": own_os, "files/folder": own_os, "files/source": {*own_os, "_imp"}}
    assert imported(module)[1] & inner <= allowed.get(module, set())


@pytest.mark.parametrize("module", AT_START)
def test_nothing_expensive_is_imported_at_run_time(module):
    """What is imported at every start of Python does without the modules that cost milliseconds."""
    expensive = {
        *("typing", "re", "inspect", "ast", "threading", "contextlib", "dataclasses", "logging", "hashlib", "enum"),
        *("functools", "collections", "collections.abc", "abc", "importlib.abc", "importlib.util", "pathlib"),
    }
    assert imported(module, in_functions=False)[1].isdisjoint(expensive)


# What any start of Python has loaded already, or loads in microseconds.
CHEAP = {
    *("importlib", "importlib._bootstrap", "importlib._bootstrap_external", "importlib.machinery"),
    *("os", "os.path", "posixpath", "genericpath", "stat", "_stat", "errno", "io", "abc", "_abc", "_collections_abc"),
    *(
        "types",
        "_types",
        "_functools",
        "_operator",
        "warnings",
        "_warnings",
        "_py_warnings",
        "_contextvars",
        "gc",
        "itertools",
    ),
}


def test_modules_that_come_with_installing():
    """Importing and installing livereload brings in a small set of modules of the standard library."""
    code = f"""
import sys
sys.path.insert(0, {str(PACKAGE.parent)!r})
before = set(sys.modules)
import livereload
livereload.install()
print(*sorted(name for name in set(sys.modules) - before if not name.startswith("livereload")))
"""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    command = [sys.executable, "-I", "-S", "-c", code]
    found = set(subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.split())
    assert found <= CHEAP


@pytest.mark.parametrize("module", [name for name in FILES if name != "startup"])
def test_head_docstring(module):
    """A module says at its head what it is (but for the one that runs in the user's own namespace)."""
    assert ast.get_docstring(ast.parse((PACKAGE / f"{module}.py").read_text()))


@pytest.mark.parametrize("room", ROOMS)
def test_head_docstring_of_a_room(room):
    """A folder says at its head what it must not know, and which folders it may import."""
    text = ast.get_docstring(ast.parse((PACKAGE / room / "__init__.py").read_text()))
    assert "ust not know" in text and "ay import" in text


@pytest.mark.parametrize("module", FILES)
def test_files_can_be_read_at_once(module):
    """No file has more than 400 lines."""
    assert len((PACKAGE / f"{module}.py").read_text().splitlines()) <= 400
