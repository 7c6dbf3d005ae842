"""The documents: every example is run, and what they lead to is there."""

import inspect
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import livereload
from livereload import faq, limits, middleware, troubleshooting

ROOT = Path(__file__).parent.parent.parent
PACKAGE = ROOT / "src" / "livereload"
PAGES = [ROOT / "README.md", PACKAGE / "README.md", PACKAGE / "CHANGELOG.md", ROOT / "tests" / "README.md"]

# The package that the examples speak of.
SHOP = {
    "__init__.py": "",
    "settings.py": "",
    "money.py": "RATE = 2\n\n\ndef euro(cents):\n    return cents * RATE\n",
    "cart.py": "from shop.money import RATE, euro\n\nDOUBLE = RATE * 2\n\n\ndef total():\n    return euro(3)\n\n\n"
    "class Cart:\n    def total(self):\n        return total()\n",
    "web.py": "from shop.cart import total\n\n\ndef app(environ, start_response):\n"
    '    start_response("200 OK", [])\n    return [str(total()).encode()]\n',
}

# Runs the examples of one docstring where that package is, with `edit()` for an editor.
PROGRAM = """
import doctest, importlib, json, os, pathlib, re, sys, warnings
import livereload
livereload.install()

def edit(path, old, new):
    text = pathlib.Path(path).read_text()
    assert text.count(old) == 1, (path, old)
    pathlib.Path(path).write_text(text.replace(old, new))

class Checker(doctest.OutputChecker):
    def check_output(self, want, got, options):
        without_times = re.sub(r" in \\d+ ms", "", got)
        return any(super(Checker, self).check_output(want, each, options) for each in (got, without_times))

name, _, path = sys.argv[1].partition(":")
found = module = importlib.import_module(name)
for each in filter(None, path.split(".")):
    found = getattr(found, each)
globs = {**vars(module), "livereload": livereload, "edit": edit}
test = doctest.DocTestParser().get_doctest(found.__doc__, globs, sys.argv[1], None, None)
runner = doctest.DocTestRunner(Checker())
runner.run(test)
sys.exit(runner.failures > 0 or runner.tries == 0)
"""

NAMES = [f"livereload:{name}" for name in livereload.__all__]
NAMES += [f"livereload.middleware:{name}" for name in middleware.__all__]
NAMES += ["livereload", "livereload.middleware", "livereload.troubleshooting"]


@pytest.mark.parametrize("name", NAMES)
def test_examples(name, tmp_path):
    """Every public name has an example, and it is right."""
    (tmp_path / "shop").mkdir()
    for file, text in SHOP.items():
        (tmp_path / "shop" / file).write_text(text)
    variables = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "LIVERELOAD"))}
    variables["PYTHONPATH"] = os.pathsep.join([str(PACKAGE.parent), str(tmp_path)])
    command = [sys.executable, "-c", PROGRAM, name]
    done = subprocess.run(command, cwd=tmp_path, env=variables, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr


def test_docstrings_of_public_names():
    """Every public function says of which arguments it raises what; every public class names its attributes."""
    for name in livereload.__all__:
        value = getattr(livereload, name)
        assert inspect.getdoc(value), name
        for attribute in getattr(value, "__slots__", ()):
            assert f"`{attribute}`" in value.__doc__, f"{name}.{attribute}"


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT)) for page in PAGES])
def test_links(page):
    """What a page leads to is there: files, folders, texts for help()."""
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        assert (page.parent / target).exists(), target
    for name in re.findall(r'help\("([\w.]+)"\)', text):
        assert name in {"livereload.middleware", *(each.__name__ for each in (faq, limits, troubleshooting))}
    for name in re.findall(r"`([\w/]+\.py)`", text):
        if not name.startswith(("shop/", "serve")):  # the user's own
            assert any((folder / name).exists() for folder in (ROOT, PACKAGE, PACKAGE.parent)), name


def test_length_of_the_readme():
    """The README is one that a person reads to the end."""
    assert 1_200 <= len((ROOT / "README.md").read_text(encoding="utf-8").split()) <= 1_500


def test_every_room_is_in_the_guide():
    """The guide of the house has each folder of the package in its table."""
    text = (PACKAGE / "README.md").read_text(encoding="utf-8")
    rooms = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert set(re.findall(r"^\| `(\w+)/` \|", text, re.MULTILINE)) == rooms


def test_the_picture_of_the_session():
    """The picture at the head of the README shows the session that the demo plays."""
    assert subprocess.run([sys.executable, str(ROOT / "tests" / "session_picture.py"), "--check"]).returncode == 0


def test_versions():
    """The changelog begins with this version."""
    first = re.search(r"^## (\S+)", (PACKAGE / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert first is not None and first[1] == livereload.__version__
