"""What is measured: one function for each row of the table; its docstring is the label.

A scenario prepares the files that it needs in a `Workshop` and returns a `Row`: how a sample is
taken, and the goal.  All preparing is done, and has settled, before the first sample is taken.
"""

import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from results import Goal
from workshop import Workshop

ALL_PEERS = ("ipython", "jurigged", "hmr")

LOOP = 100_000
PROMPT_S, PROMPT_LATER_S = 2e-3, 1e-3

# What a driver needs for one unit of work, and what of the work it did not do.
Sample = dict


@dataclass
class Row:
    """One row to be measured."""

    sample: Callable[[str], Sample]  # takes the name of a driver
    goals: tuple[Goal, ...]
    unit: str = "s"
    against: str = "plain"
    peers: tuple[str, ...] = ()
    samples: int | None = None  # fresh processes for each driver, if not as many as for all rows


Scenario = Callable[[Workshop], Row]


def untracked(workshop: Workshop) -> Row:
    """an untracked module (json) imported in a loop"""
    number = workshop.scaled(LOOP, 1000)
    sample = workshop.child("loop", [], statement="import json", number=number, repeats=10)
    return Row(sample, (Goal("as plain, within noise", lambda row: row.ratio <= 1 + row.noise),), peers=ALL_PEERS)


def closure_of_0(workshop: Workshop) -> Row:
    """a tracked, unchanged module imported in a loop of 100,000"""
    return _closure(workshop, 0)


def closure_of_10(workshop: Workshop) -> Row:
    """… with 10 modules in its closure"""
    return _closure(workshop, 10)


def closure_of_100(workshop: Workshop) -> Row:
    """… with 100"""
    return _closure(workshop, 100)


def closure_of_1000(workshop: Workshop) -> Row:
    """… with 1,000"""
    return _closure(workshop, 1000, ALL_PEERS)


def closure_of_10000(workshop: Workshop) -> Row:
    """… with 10,000"""
    return _closure(workshop, 10_000)


def _closure(workshop: Workshop, size: int, peers: tuple[str, ...] = ()) -> Row:
    number = workshop.scaled(LOOP, 1000)
    tree = workshop.tree(workshop.scaled(size, 100))
    sample = workshop.child("loop", [tree], statement="import first", number=number)
    goals = [Goal("0.6 µs over", lambda row: row.over <= 0.6e-6)]
    if size:
        goals.append(Goal("same for every size", lambda row: row.as_fast_as("closure_of_0")))
    return Row(sample, tuple(goals), peers=peers)


def prompt_cold(workshop: Workshop) -> Row:
    """the same as one statement at the prompt, 1,000 modules: the first one, caches cold"""
    return _prompt(workshop, earlier=0)


def prompt_warm(workshop: Workshop) -> Row:
    """… the fourth one, after a pause"""
    return _prompt(workshop, earlier=2)


def _prompt(workshop: Workshop, earlier: int) -> Row:
    tree = workshop.tree(workshop.scaled(1000, 100))
    sample = workshop.child("prompt", [tree], statement="import first", earlier=earlier)
    seconds = PROMPT_LATER_S if earlier else PROMPT_S
    goal = Goal(f"{1000 * seconds:.0f} ms", lambda row: row.figure <= seconds)
    return Row(sample, (goal,), peers=ALL_PEERS)


def first_import(workshop: Workshop) -> Row:
    """first import of a tree of 1,000 modules, good bytecode"""
    tree = workshop.tree(workshop.scaled(1000, 100))
    sample = workshop.child("first", [tree], statement="import first")
    return Row(sample, (Goal("1.15 of plain", lambda row: row.ratio <= 1.15),), peers=ALL_PEERS)


def start_inert(workshop: Workshop) -> Row:
    """python -c pass, livereload installed and not asked for"""
    return _start(workshop, {})


def start_prompts(workshop: Workshop) -> Row:
    """… switched on for prompts (LIVERELOAD=1)"""
    return _start(workshop, {"LIVERELOAD": "1"})


def start_every(workshop: Workshop) -> Row:
    """… switched on for every start (LIVERELOAD=all)"""
    return _start(workshop, {"LIVERELOAD": "all"})


def _start(workshop: Workshop, variables: dict[str, str]) -> Row:
    pythons = {"plain": workshop.bare_python(), "livereload": workshop.activated_python()}

    def sample(driver: str) -> Sample:
        command = [pythons.get(driver) or workshop.python_of(driver), "-c", "pass"]
        environment = workshop.environment(driver) | (variables if driver == "livereload" else {})
        begun = workshop.clock()
        subprocess.run(command, env=environment, cwd=workshop.folder, check=True)
        return {"figure": workshop.clock() - begun, "failed": ""}

    over = 1.5e-3 if variables else 0.3e-3
    goals = (Goal(f"{1000 * over:.1f} ms over", lambda row: row.over <= over),)
    sample("livereload")  # writes bytecode
    peers = ("hmr",) if variables.get("LIVERELOAD") == "all" else ()
    return Row(sample, goals, samples=workshop.scaled(20 * workshop.samples, 2), peers=peers)


BODY_S, CONSTANT_S, BASE_S, EXECUTED_S, DATA_S = 5e-3, 8e-3, 10e-3, 0.5e-3, 5e-3
FUNCTIONS = "".join(f"def f{i}(a, b=1):\n    return a + b\n" for i in range(10))
LEAF = "RATE = 1\n" + FUNCTIONS + "def f(): return {}\n"
CONSTANT = "RATE = {}\n" + FUNCTIONS
BASE = "class Base:\n    def greet(self):\n        return {}\n    def other(self):\n        return 2\n"


def edited_body(workshop: Workshop) -> Row:
    """a function body edited in a leaf of 1,000 modules, for an importer that calls it later: the first edit"""
    return _edited_body(workshop, 1000, earlier=0)


def edited_body_again(workshop: Workshop) -> Row:
    """… the fourth edit of the session"""
    return _edited_body(workshop, 1000, earlier=3)


def edited_body_of_100(workshop: Workshop) -> Row:
    """… of 100 modules"""
    return _edited_body(workshop, 100, earlier=3)


def edited_body_of_10000(workshop: Workshop) -> Row:
    """… of 10,000 modules"""
    return _edited_body(workshop, 10_000, earlier=3)


def edited_constant(workshop: Workshop) -> Row:
    """a constant edited in a leaf of 1,000 modules, one importer computes with it: the first edit"""
    return _edited_constant(workshop, earlier=0)


def edited_constant_again(workshop: Workshop) -> Row:
    """… the fourth edit of the session"""
    return _edited_constant(workshop, earlier=3)


def edited_base(workshop: Workshop) -> Row:
    """a method edited of a class that 300 modules derive from: the first edit"""
    return _edited_base(workshop, earlier=0)


def edited_base_again(workshop: Workshop) -> Row:
    """… the fourth edit of the session"""
    return _edited_base(workshop, earlier=3)


def _edited_body(workshop: Workshop, size: int, earlier: int) -> Row:
    use, expression = "from leaf import f\ndef double(): return 2 * f()\n", "importer.double()"
    # Plain Python has to be told what to execute, and then to look the changed function up.
    row = _edited_leaf(workshop, size, LEAF, use, expression, ["leaf"], "import leaf; importer.f = leaf.f", earlier)
    return _with_goal(row, "5 ms", BODY_S) if size == 1000 else _with_goal(row, "a look and 3 ms", 3e-3, looks=1)


def _edited_constant(workshop: Workshop, earlier: int) -> Row:
    use = "from leaf import RATE\nDOUBLE = 2 * RATE\n"
    row = _edited_leaf(
        workshop, 1000, CONSTANT, use, "importer.DOUBLE", ["leaf", "importer"], "import importer", earlier
    )
    return _with_goal(row, "8 ms", CONSTANT_S)


def _edited_leaf(
    workshop: Workshop, size: int, leaf: str, use: str, expression: str, needed: list[str], again: str, earlier: int
) -> Row:
    tree = workshop.tree(workshop.scaled(size, 100))
    importer = (tree / "first.py").read_text() + use
    return _edited(
        workshop,
        tree,
        {"leaf.py": leaf, "importer.py": importer},
        "import importer",
        expression,
        needed,
        again,
        earlier,
    )


def _edited_base(workshop: Workshop, earlier: int) -> Row:
    count = workshop.scaled(300, 10)
    derived = {
        f"d{i}.py": f"from base import Base\nclass D{i}(Base):\n    def own(self):\n        return {i}\n"
        for i in range(count)
    }
    app = "".join(f"import d{i}\n" for i in range(count)) + "def double(): return 2 * d0.D0().greet()\n"
    shared = workshop.shared_folder("derived", derived | {"app.py": app})
    row = _edited(workshop, shared, {"base.py": BASE}, "import app", "app.double()", ["base"], "import base", earlier)
    return _with_goal(row, "10 ms", BASE_S)


USER = """import functools, dataclasses
from leaf import RATE
from hub import register, Base
VALUE = RATE + {0}
@register
def f(): return VALUE
@dataclasses.dataclass
class Point:
    x: int = VALUE
    def m(self): return self.x
class Derived(Base):
    def go(self): return VALUE
@functools.lru_cache
def cached(x): return x
"""
HUB = "HOOKS = []\ndef register(f):\n    HOOKS.append(f)\n    return f\nclass Base:\n    def go(self): return 1\n"


def executed(workshop: Workshop) -> Row:
    """one of fifty modules that are executed (a registration, a dataclass, a class, a cache), a constant edited"""
    count = workshop.scaled(50, 5)
    users = {f"u{i}.py": USER.format(i) for i in range(count)}
    app = "import leaf, " + ", ".join(f"u{i}" for i in range(count)) + "\ndef double(): return 2 * u0.VALUE\n"
    shared = workshop.shared_folder("users", users | {"hub.py": HUB, "app.py": app})
    needed = ["leaf", "hub", *(each.removesuffix(".py") for each in users), "app"]
    row = _edited(
        workshop, shared, {"leaf.py": CONSTANT}, "import app", "app.double()", needed, "import app", 3, units=count
    )
    row.goals = (Goal("0.5 ms over", lambda row: row.over <= EXECUTED_S),)
    return row


def edited_beside_data(workshop: Workshop) -> Row:
    """a constant edited, one importer computes, the session holds five million objects (against none)"""
    number = workshop.scaled(5_000_000, 10_000)
    use = "from leaf import RATE\nDOUBLE = 2 * RATE\nclass C(Exception):\n    def m(self): return DOUBLE\n"
    row = _edited(
        workshop,
        workshop.shared_folder("nothing", {}),
        {"leaf.py": CONSTANT, "importer.py": use},
        "import importer",
        "importer.DOUBLE",
        [],
        "import importer",
        3,
        objects=number,
    )
    row.goals = (Goal("5 ms over", lambda row: row.over <= DATA_S),)
    row.against, row.peers = "none", ()
    return row


def _with_goal(row: Row, text: str, seconds: float, looks: int = 0) -> Row:
    """The row whose goal is an edit in so many seconds, beside so many looks."""
    row.goals = (Goal(text, lambda row: row.figure <= seconds + (looks and row.extra("look"))),)
    return row


def _edited(
    workshop: Workshop,
    shared: Path,
    files: dict[str, str],
    statement: str,
    expression: str,
    needed: list[str],
    again: str,
    earlier: int,
    units: int = 1,
    objects: int = 0,
) -> Row:
    """The statement after an edit of the first of the `files`, a template; so many edits come before it.

    Plain Python is told what is `needed`, and imports it `again`: what any tool must execute.
    """
    first, template = next(iter(files.items()))
    number = workshop.samples * (2 + len(ALL_PEERS)) + 1  # one to profile
    folders = workshop.copies(files | {first: template.format(1)}, number)

    def sample(driver: str) -> Sample:
        folder = next(folders)
        tool = "livereload" if driver == "none" else driver
        return workshop.child(
            "edited",
            [shared, folder],
            statement=statement,
            again=again if tool == "plain" else statement,
            file=str(folder / first),
            texts=[template.format(each) for each in (*range(2, 2 + earlier), 21)],
            expression=expression,
            expected=42,
            forget=needed,
            units=units,
            objects=0 if driver == "none" else objects,
        )(tool)

    return Row(sample, (), peers=() if units > 1 else ALL_PEERS)


# project: (import package, statements, what it needs, releases)
PACKAGES = {
    "click": ("click", "import click; from click import testing", "",
              "8.0.0 8.0.1 8.0.2 8.0.3 8.0.4 8.1.0 8.1.1 8.1.2 8.1.3 8.1.4 8.1.5 8.1.6 8.1.7 8.1.8 8.2.0 8.2.1"),
    "sqlparse": ("sqlparse", "import sqlparse", "", "0.4.0 0.4.1 0.4.2 0.4.3 0.4.4 0.5.0 0.5.1 0.5.2 0.5.3"),
    "jinja2": ("jinja2", "import jinja2; from jinja2 import sandbox, ext", "markupsafe",
               "3.0.0 3.0.1 3.0.2 3.0.3 3.1.0 3.1.1 3.1.2 3.1.3 3.1.4 3.1.5 3.1.6"),
    "werkzeug": ("werkzeug", "import werkzeug; from werkzeug import routing, test, wrappers", "markupsafe",
                 "2.2.0 2.2.1 2.2.2 2.2.3 2.3.0 2.3.3 2.3.6 2.3.8 3.0.0 3.0.1 3.0.3 3.0.6 3.1.0 3.1.3"),
    "attrs": ("attr", "import attr; from attr import validators, converters", "",
              "21.4.0 22.1.0 22.2.0 23.1.0 23.2.0 24.1.0 24.2.0 24.3.0 25.1.0 25.3.0"),
    "packaging": ("packaging", "from packaging import version, requirements, tags, specifiers, markers", "pyparsing",
                  "21.0 21.2 21.3 22.0 23.0 23.1 23.2 24.0 24.1 24.2 25.0"),
    "tomlkit": ("tomlkit", "import tomlkit", "", "0.11.0 0.11.4 0.11.6 0.11.8 0.12.0 0.12.3 0.12.5 0.13.0 0.13.2"),
    "marshmallow": ("marshmallow", "import marshmallow; from marshmallow import fields, validate", "packaging",
                    "3.18.0 3.19.0 3.20.0 3.20.2 3.21.0 3.21.3 3.22.0 3.23.0 3.23.2 3.24.0 3.25.0 3.26.0 3.26.1"),
    "starlette": ("starlette", "from starlette import applications, responses, routing, requests, websockets",
                  "anyio typing_extensions",
                  "0.37.0 0.37.2 0.38.0 0.38.6 0.39.0 0.40.0 0.41.0 0.41.3 0.45.0 0.46.0 0.46.2"),
    "prompt_toolkit": ("prompt_toolkit",
                       "import prompt_toolkit; from prompt_toolkit import application, layout, widgets", "wcwidth",
                       "3.0.30 3.0.33 3.0.36 3.0.38 3.0.40 3.0.43 3.0.47 3.0.48 3.0.50 3.0.51"),
}  # fmt: skip


def release_step(workshop: Workshop) -> Row:
    """a release laid over the one before, its imports repeated; mean of 104 steps of ten packages (against purge)"""
    releases: dict[str, list[str]] = {}
    for project, (_, _, needs, versions) in list(PACKAGES.items())[: 2 if workshop.quick else None]:
        wanted = versions.split()[: 3 if workshop.quick else None]
        releases[project] = [str(workshop.wheel(project, each)) for each in wanted]
        if needs:
            workshop.installed(needs)
    fresh: dict[str, list[Sample]] = {}

    def replay(driver: str, project: str, folders: list[str]) -> Sample:
        package, statements, needs, _ = PACKAGES[project]
        target = workshop.folder / "releases"  # the same for all, as what a session holds names its files
        target.mkdir()
        try:
            path = [target, *([workshop.installed(needs)] if needs else [])]
            arguments = {"package": package, "statements": statements, "folders": folders, "target": str(target)}
            return workshop.child("releases", path, **arguments)(driver)
        finally:
            workshop.remove(target)

    def sample(driver: str) -> Sample:
        seconds, steps, equal = 0.0, 0, 0
        profile: dict[str, float] = {}
        for project, folders in releases.items():
            if project not in fresh:
                fresh[project] = [replay("plain", project, [each])["found"][0] for each in folders]
            found = replay(driver, project, folders)
            seconds += found["figure"]
            steps += len(folders) - 1
            equal += sum(_is_equal(*each) for each in zip(found["found"][1:], fresh[project][1:], strict=True))
            for place, share in found.get("profile", {}).items():
                profile[place] = profile.get(place, 0.0) + share * found["figure"]
        failed = f"equal to a fresh interpreter after {equal} of {steps} steps" if equal < steps else ""
        shares = {place: profile[place] / seconds for place in sorted(profile, key=profile.__getitem__, reverse=True)}
        return {"figure": seconds / steps, "failed": failed, "profile": shares}

    goals = (
        Goal("1.3 of purge", lambda row: row.ratio <= 1.3),
        Goal("below IPython's", lambda row: row.is_below("ipython")),
    )
    samples = max(1, workshop.samples // 3)
    return Row(sample, goals, against="purge", peers=("ipython",), samples=samples)


def _is_equal(found: Sample, fresh: Sample) -> bool:
    """True if a session holds what a fresh interpreter holds (it may hold more modules), or both raised the same."""
    if fresh["error"]:
        return found["error"] == fresh["error"]
    return not found["error"] and fresh["modules"].items() <= found["modules"].items()


def memory(workshop: Workshop) -> Row:
    """memory for each of 1,000 modules (tracemalloc)"""
    size = workshop.scaled(1000, 100)
    tree = workshop.tree(size)
    modules = size + size // 20 + 1  # the packages and the one that imports all
    sample = workshop.child("memory", [tree], statement="import first", modules=modules)
    return Row(sample, (Goal("1.2 KB over", lambda row: row.over <= 1200),), unit="B", peers=ALL_PEERS)


def refreshes_time(workshop: Workshop) -> Row:
    """the last 100 of 10,000 refreshes (against the first 100)"""
    return _refreshes(workshop, "time", Goal("as fast, within noise", lambda row: row.ratio <= 1 + row.noise))


def refreshes_memory(workshop: Workshop) -> Row:
    """the process's memory after 10,000 refreshes (against that after 100)"""
    return _refreshes(workshop, "memory", Goal("0.3 MB over", lambda row: row.over <= 300_000))


def _refreshes(workshop: Workshop, what: str, goal: Goal) -> Row:
    number, window = workshop.scaled(10_000, 200), workshop.scaled(100, 20)
    runs: list[Sample] = workshop.shared.setdefault("refreshes", [])
    taken = {"first": 0, "livereload": 0}

    def sample(driver: str) -> Sample:
        k = taken[driver]
        taken[driver] += 1
        if k == len(runs):
            folder = workshop.scratch("refreshes")
            runs.append(
                workshop.child("refreshes", [folder], folder=str(folder), number=number, window=window)("livereload")
            )
        return {"figure": runs[k][what][driver == "livereload"], "failed": runs[k]["failed"]}

    samples = max(1, workshop.samples // 3)
    return Row(sample, (goal,), unit="s" if what == "time" else "B", against="first", samples=samples)


SCENARIOS: tuple[Scenario, ...] = (
    *(untracked, closure_of_0, closure_of_10, closure_of_100, closure_of_1000, closure_of_10000),
    *(prompt_cold, prompt_warm, first_import, start_inert, start_prompts, start_every),
    *(edited_body, edited_body_again, edited_body_of_100, edited_body_of_10000),
    *(edited_constant, edited_constant_again, edited_base, edited_base_again, executed, edited_beside_data),
    *(release_step, memory, refreshes_time, refreshes_memory),
)
