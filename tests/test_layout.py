"""Imports go downwards only, and little of the standard library comes with them."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "src" / "livereload"

# From the ground up: each module may import those before it.
ORDER = [
    *("_errors", "_stamp", "_bytecode", "_code", "_uses", "_graph", "_report", "_policy", "_earlier", "_watch"),
    *("_look", "_objects", "_patches", "_places", "_holders", "_registrations", "_generations", "_plan", "_state"),
    *("_transaction", "_kept", "_least", "_prompt", "_interpreter", "_adopted", "_survey", "_refresh", "_engine"),
    *("_importer", "_proxy", "__init__", "_switch", "_ipython", "_activation", "_run", "_demo", "startup", "__main__"),
]

# Pure data: what they know comes as arguments.
PURE = ["_errors", "_graph", "_plan"]


def imported(module, in_functions=True):
    """(own modules, other modules) that the source of `module` imports at run time."""
    own, others = set(), set()
    for node in at_run_time(ast.parse((PACKAGE / f"{module}.py").read_text()), in_functions):
        if isinstance(node, ast.Import):
            others.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level:
            names = [alias.name for alias in node.names]
            here = [name if (PACKAGE / f"{name}.py").exists() else "__init__" for name in names]
            own.update([node.module] if node.module else here)
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


def test_order_is_complete():
    """Every module has a place in the order."""
    assert sorted(ORDER) == sorted(path.stem for path in PACKAGE.glob("*.py"))


@pytest.mark.parametrize("module", ORDER)
def test_imports_go_downwards(module):
    """A module imports only those below it; the public functions may reach for all that they start."""
    own, _ = imported(module)
    assert own <= set(ORDER[: ORDER.index(module)]) | ({"_ipython"} if module == "__init__" else set())


@pytest.mark.parametrize("module", PURE)
def test_pure_modules(module):
    """What is pure data imports nothing of the standard library."""
    assert imported(module)[1] == set()


# Those that know more of the interpreter than its documentation promises.
INSIDERS = ["_proxy", "_code", "_bytecode", "_importer", "_survey", "_adopted"]


@pytest.mark.parametrize("module", [name for name in ORDER if name not in INSIDERS])
def test_one_file_touches_the_interpreter(module):
    """The import system's inner modules are for those that must know them."""
    inner = {"importlib", "importlib._bootstrap", "importlib._bootstrap_external", "_imp", "builtins"}
    allowed = {"_stamp": {"importlib._bootstrap_external", "_imp"}}
    assert imported(module)[1] & inner <= allowed.get(module, set())


@pytest.mark.parametrize("module", ["__init__", *ORDER[: ORDER.index("__init__")]])
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
    *("types", "_types", "_functools", "warnings", "_warnings", "_py_warnings", "_contextvars", "gc", "itertools"),
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


@pytest.mark.parametrize("module", [name for name in ORDER if name != "startup"])
def test_head_docstring(module):
    """A module says at its head what it is (but for the one that runs in the user's own namespace)."""
    assert ast.get_docstring(ast.parse((PACKAGE / f"{module}.py").read_text()))
