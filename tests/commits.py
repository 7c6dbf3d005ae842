"""Edits of single definitions in real packages, one at a time, each against a fresh interpreter.

    python tests/commits.py [PROJECT …] [--count 100] [--seed 1] [--kinds body,method] [--whole] [-v]

Each PROJECT (all of PACKAGES, if none is named) is installed with pip into a virtual environment below the user's
cache folder and copied from there into a project's folder, so that its modules are tracked.  A session imports it and
holds its functions and classes.  Then `count` times: a module is chosen that the session has imported, one definition
of it is edited (`single_edits.py`), and the session repeats its import statement.  A fresh interpreter executes the
statement, too.  What must be the same: the fingerprint of every module (`fingerprint.py`), what is raised, and that no
class lives twice.  What is held must be what its name stands for.  An edit with which a fresh interpreter raises is
taken back by the next.

Prints the differences, and for each kind of edits how many modules were executed and how long the import statement
took, median and most, against a fresh interpreter's (which compiles as well).  `--whole` installs livereload with
whole=True.  Exit status 1 if anything differs.  Needs a network the first time.  The Python that runs it is the one
that is tried.
"""

import argparse
import random
import re
import shutil
import statistics
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

from conftest import Project, serving
from environments import run
from frameworks.harness import Libraries
from single_edits import KINDS

# {project: (what pip is told, the package or module, what is imported)}
PACKAGES = {
    "attrs": (["attrs"], "attr", "import attr; from attr import converters, validators"),
    "click": (["click"], "click", "import click; from click import testing"),
    "flask": (["flask"], "flask", "import flask; from flask import testing, views"),
    "jinja2": (["jinja2"], "jinja2", "import jinja2; from jinja2 import ext, sandbox"),
    "werkzeug": (["flask"], "werkzeug", "import werkzeug; from werkzeug import routing, test, wrappers"),
    "packaging": (["packaging"], "packaging", "from packaging import markers, requirements, tags, version"),
    "marshmallow": (["marshmallow"], "marshmallow", "import marshmallow; from marshmallow import fields, validate"),
    "starlette": (["fastapi"], "starlette", "from starlette import applications, responses, routing, websockets"),
    "fastapi": (["fastapi"], "fastapi", "import fastapi; from fastapi import routing"),
    "pydantic": (["pydantic"], "pydantic", "import pydantic; from pydantic import BaseModel, TypeAdapter, types"),
    "pluggy": (["pluggy"], "pluggy", "import pluggy"),
    "traitlets": (["traitlets"], "traitlets", "import traitlets; from traitlets import config"),
    "sqlparse": (["django"], "sqlparse", "import sqlparse"),
    "peewee": (["peewee"], "peewee", "import peewee"),
    "rich": (["typer"], "rich", "from rich import console, progress, table"),
    "loguru": (["loguru"], "loguru", "from loguru import logger"),
    "strawberry": (["strawberry-graphql"], "strawberry", "import strawberry"),
    "prometheus": (["prometheus_client"], "prometheus_client", "import prometheus_client"),
}
TIMED = "import time; began = time.perf_counter(); {}; took = time.perf_counter() - began"
# What a session holds: each function and class under the name that it was found by.
HOLD = """
import sys
held = [(name, key, value) for name, module in list(sys.modules.items()) if name.partition(".")[0] == {package!r}
    for key, value in list(vars(module).items())
    if (isinstance(value, type) or type(value) is type(lambda: 0)) and value.__module__ == name
    and value.__qualname__ == key and (isinstance(value, type) or value.__code__.co_filename == module.__file__)]
def left_behind():
    found = []
    for name, key, value in held:
        now = vars(sys.modules[name]).get(key) if name in sys.modules else None
        if type(now) is type(value) and now is not value and now.__qualname__ == key and now.__module__ == name:
            if isinstance(value, type) or value.__code__ != now.__code__ or value.__defaults__ != now.__defaults__:
                found.append(name + "." + key)
    return found
"""


# attrs counts the sources that it generates for the classes of one name; pydantic writes addresses into its schemas.
PASSING = re.compile(r"""(?<=<attrs generated methods )[^>]*|(?<=:)\d{12,}|(?<='__cached__'", ")'[^']*'""")


class Replay:
    """One package, one session, and edit after edit."""

    def __init__(self, project, package, statement, seed):
        self.project, self.statement = project, TIMED.format(statement)
        self.package = package
        self.random = random.Random(seed)
        self.broken = None  # (path, the source before): a fresh interpreter raises
        self.counts = defaultdict(lambda: [0, 0, [], []])  # {kind: [edits, executed, seconds, seconds fresh]}

    def start(self, whole):
        self.project.start(frozen=False, whole=whole)
        outcome = self.project.run(self.statement)
        self.project.run(HOLD.format(package=self.package))
        files = [Path(self.project.root, name.replace(".", "/")) for name in outcome.modules]
        files = [path / "__init__.py" if path.is_dir() else path.with_suffix(".py") for path in files]
        self.files = sorted(path for path in files if path.exists())
        assert self.files, "nothing is tracked"

    def edit(self, kinds):
        """Edit a file; (kind, what was edited)."""
        if self.broken:
            path, source = self.broken
            self.broken = None
            path.write_text(source)
            return "mended", f"{path.name} as it was"
        while True:
            path, kind = self.random.choice(self.files), self.random.choice(kinds)
            source = path.read_text()
            edited = KINDS[kind](source, self.random)
            if edited and compiles(edited[0]):
                path.write_text(edited[0])
                self.last = path, source
                return kind, f"{path.relative_to(self.project.root)}: {edited[1]}"

    def step(self, kinds):
        """Edit, import, compare: (what was edited, the differences)."""
        kind, what = self.edit(kinds)
        fresh = self.project.fresh(self.statement, expression="took")
        live = self.project.attempt(self.statement, "took")
        count = self.counts[kind]
        count[0] += 1
        count[1] += len(live.executed)
        if fresh.error or live.error:
            self.broken = self.last
            same = fresh.error and live.error and fresh.error["traceback"] == live.error["traceback"]
            return f"{kind}: {what}", [] if same else [f"raised {told(live)}", f"fresh  {told(fresh)}"]
        count[2].append(live.value)
        count[3].append(fresh.value)
        left = self.project.value("left_behind()")
        return f"{kind}: {what}", [*differences(fresh, live), *(f"left behind: {each}" for each in left)]


def compiles(source):
    try:
        compile(source, "<edited>", "exec", dont_inherit=True)
    except SyntaxError:
        return False
    return True


def told(outcome):
    error = outcome.error
    return error and f"{error['type']}: {error['message']}\n{error['traceback']}"


def differences(fresh, live):
    found = [f"{name} lives twice" for name in sorted(set(live.twice) - set(fresh.twice))]
    for module, names in fresh.modules.items():
        have = live.modules.get(module)
        if have is None:
            found.append(f"{module} is not there")
        elif have != names:
            pairs = {name: (text(have, name), text(names, name)) for name in sorted(have.keys() | names.keys())}
            found += [f"{module}.{name}: {excerpt(*pair)}" for name, pair in pairs.items() if pair[0] != pair[1]]
    return found


def text(names, name):
    """What a name is described by, but for what no two interpreters have in common."""
    return PASSING.sub("", repr(names[name])) if name in names else "nothing"


def excerpt(have, expected):
    """Where two descriptions begin to differ."""
    at = next((i for i, pair in enumerate(zip(have, expected, strict=False)) if pair[0] != pair[1]), 0)
    return f"…{have[max(0, at - 60) : at + 60]}… instead of …{expected[max(0, at - 60) : at + 60]}…"


def replay(name, libraries, arguments):
    """The number of edits of one package after which something differed."""
    needs, package, statement = PACKAGES[name]
    missing = libraries.require(needs)
    if missing:
        print(f"{name}: {missing}")
        return 0
    ask = [libraries.python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    site = Path(run(ask, env=libraries.variables).strip())
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder, "socket"), sys.executable, "-I") as at:
        project = Project(at, Path(folder))
        project.path.append(str(site))
        if (site / package).is_dir():
            shutil.copytree(site / package, project.file(package), ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(site / f"{package}.py", project.root)
        replay = Replay(project, package, statement, f"{arguments.seed} {name}")
        replay.start(arguments.whole)
        failed = sum(told_of(number, *replay.step(arguments.kinds), arguments) for number in range(arguments.count))
        project.close()
    summarize(name, failed, replay.counts)
    return failed


def told_of(number, what, found, arguments):
    if found or arguments.verbose:
        print(f"  {number} {what}", *(f"      {each}" for each in found[: arguments.show]), sep="\n")
    if len(found) > arguments.show:
        print(f"      … {len(found)} differences")
    return bool(found)


def summarize(name, failed, counts):
    edits = sum(count[0] for count in counts.values())
    print(f"{name}: {edits} edits, {failed} come out otherwise")
    for kind, (number, executed, seconds, fresh) in sorted(counts.items()):
        if seconds:
            times = [1e3 * each(values) for values in (seconds, fresh) for each in (statistics.median, max)]
            took = "{:.1f} ms, at most {:.1f} (fresh: {:.0f} ms, at most {:.0f})".format(*times)
            print(f"  {kind:10} {number:4} edits  {executed / number:6.1f} modules executed  {took}")
    sys.stdout.flush()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("projects", nargs="*", metavar="PROJECT", help=", ".join(PACKAGES))
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--kinds", type=lambda text: text.split(","), default=list(KINDS), help=", ".join(KINDS))
    parser.add_argument("--whole", action="store_true")
    parser.add_argument("--show", type=int, default=4, help="how many differences of one edit are shown")
    parser.add_argument("-v", "--verbose", action="store_true")
    arguments = parser.parse_args()
    libraries = Libraries()
    failed = sum(replay(name, libraries, arguments) for name in arguments.projects or PACKAGES)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
