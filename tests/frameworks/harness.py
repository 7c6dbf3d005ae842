"""What a scenario is, and how one is played: a live session with livereload beside fresh interpreters.

A scenario is a small project that uses a framework, the statements that a user types, and edits.  It is played so:

1. The live session imports, and holds what it has got (`imports`, `holds`).
2. After each edit the live session repeats the import statement.  Each of the probes is evaluated twice: with what
   has been held from the start, and with what the repeated statements give.
3. A fresh interpreter executes the same statements after the same edit.  Both evaluations must say the same as it.

Some of the promise is seen without probes:

- The edit of a *body* executes no line of the project, and every name of every module of it stands for the object
  that it stood for before.
- When one more function or method is *defined*, so does every name of its module.
- No edit exchanges a class.
- An edit that *fails* raises what a fresh interpreter raises, each time, and leaves every name as it was.
- The live session warns of nothing that a fresh interpreter does not warn of.

Knows of livereload only that `livereload.install()` switches it on.
"""

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path

from environments import Environment

HERE = Path(__file__).parent
SRC = Path(os.environ.get("FRAMEWORKS_SRC", HERE.parent.parent / "src"))
CACHE = Path(os.environ.get("LIVERELOAD_TEST_CACHE", "~/.cache/livereload-frameworks")).expanduser()

BODY, DEFINE, ADD, CHANGE, FAIL, MEND = "body", "define", "add", "change", "fail", "mend"


class Edit:
    """`old` becomes `new` in the file at `path`; `also`: [(path, old, new)] for more, saved with it.

    `news` are classes that Python does not let be kept, as their layout changes; a warning says so: {"shop.Point"}.
    `remakes`: it makes anew what the session holds the old one of; from then on, what is held is not compared.
    """

    def __init__(self, kind, path, old, new, *, also=(), news=(), remakes=False):
        self.remakes = remakes
        self.kind = kind
        self.changes = [(path, old, new), *also]
        self.news = set(news)

    def __str__(self):
        path, old, new = self.changes[0]
        return f"{self.kind} {path}: {_line(old)} -> {_line(new)}"

    def apply(self, files):
        edited = dict(files)
        for path, old, new in self.changes:
            assert edited[path].count(old) == 1, f"{old!r} is {edited[path].count(old)} times in {path}"
            edited[path] = edited[path].replace(old, new)
        return edited


class Scenario:
    """A project with a framework, what is typed, what is looked at, and the edits.

    `needs` are requirements for pip.  `start` is executed once, before the imports; `holds` after each import.
    `probes` are compared both as held from the start and as obtained anew, `obtained` only anew.  `lasting` are looked
    at as held, and stay what they were at the start: {"old.colour", …}.
    """

    def __init__(self, name, needs, files, imports, edits, *, probes=(), holds="", start="", obtained=(), lasting=()):
        self.name = name
        self.needs = needs
        self.files = {path: textwrap.dedent(text).lstrip("\n") for path, text in files.items()}
        self.start, self.imports, self.holds = (textwrap.dedent(each) for each in (start, imports, holds))
        self.probes, self.obtained, self.lasting = list(probes), list(obtained), list(lasting)
        self.edits = edits


class Session:
    """An interpreter in a process of its own; see `inside.py`."""

    def __init__(self, python, root, *arguments):
        self.errors = tempfile.TemporaryFile("w+")  # noqa: SIM115
        command = [python, "-B", "-X", f"pycache_prefix={root}/../no-bytecode", str(HERE / "inside.py"), str(root)]
        variables = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "LIVERELOAD"))}
        variables |= {"PYTHONHASHSEED": "0", "MPLBACKEND": "agg", "QT_QPA_PLATFORM": "offscreen"}
        self.process = subprocess.Popen(
            [*command, *map(str, arguments)],
            cwd=root, env=variables, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors,
        )  # fmt: skip

    def ask(self, code, probes=(), *, space="new", fresh=False):
        message = {"space": space, "fresh": fresh, "code": code, "probes": list(probes)}
        try:
            self.process.stdin.write(json.dumps(message) + "\n")
            self.process.stdin.flush()
            answer = self.process.stdout.readline()
        except BrokenPipeError:
            answer = ""
        assert answer, f"the session ended:\n{self.printed()}"
        return json.loads(answer)

    def printed(self):
        self.errors.seek(0)
        return self.errors.read()

    def close(self):
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()
        self.errors.close()


class Play:
    """One scenario being played; `differences` is what came out otherwise than in a fresh interpreter."""

    def __init__(self, scenario, environment, folder):
        self.scenario, self.environment = scenario, environment
        self.root = folder / "project"
        self.files = scenario.files
        self.differences = {}  # {edit: {what came out otherwise: whether of what is held, obtained, or neither}}
        self.printed = ""
        self.holding = True

    def run(self):
        self._write()
        self.live = Session(self.environment.python, self.root, SRC)
        try:
            self._begin()
            for edit in self.scenario.edits:
                self._step(edit)
            self.printed = self.live.printed()
        finally:
            self.live.close()
        return self.differences

    def __str__(self):
        lines = [f"{self.scenario.name}: {sum(map(len, self.differences.values()))} differences"]
        for edit, differences in self.differences.items():
            lines += [edit, *(f"    {' and '.join(which):6} {what}" for what, which in differences.items())]
        return "\n".join(lines)

    def _write(self):
        for path, text in self.files.items():
            file = self.root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            if not file.exists() or file.read_text() != text:
                file.write_text(text)

    def _begin(self):
        scenario = self.scenario
        started = self.live.ask(f"{scenario.start}\n{scenario.imports}", space="held", fresh=True)
        held = self.live.ask(scenario.holds, [*scenario.probes, *scenario.lasting], space="held")
        fresh = self._fresh()
        for answer in (started, held, fresh["imports"], fresh["holds"]):
            assert answer["error"] is None, f"{scenario.name} is no scenario: {answer['error']}"
        self.lasting = {probe: held["probes"][probe] for probe in scenario.lasting}
        self.held = held
        self._compare("at the start", "held", held, fresh["holds"])

    def _step(self, edit):
        self.files = edit.apply(self.files)
        self._write()
        if edit.kind == FAIL:
            self._refuse(edit)
        else:
            self._follow(edit)

    def _follow(self, edit):
        """The live session imports again, and is compared with a fresh interpreter."""
        scenario, fresh = self.scenario, self._fresh()
        assert fresh["imports"]["error"] is None, f"{edit} is no edit: {fresh['imports']['error']}"
        live = self.live.ask(scenario.imports, fresh=True)
        self.held = held = self.live.ask("", [*scenario.probes, *scenario.lasting], space="held")
        if live["error"] is not None:
            self._tell(edit, f"raises {live['error']}")
            return
        self._see_objects(edit, live)
        obtained = self.live.ask(scenario.holds, [*scenario.probes, *scenario.obtained])
        self._see_warnings(edit, (live, held, obtained), fresh)
        self.holding = self.holding and not edit.remakes
        if self.holding:
            self._compare(edit, "held", held, fresh["holds"])
        if obtained["error"] == fresh["holds"]["error"]:
            self._compare(edit, "obtained", obtained, fresh["holds"])
        else:
            self._tell(edit, f"holding raises {obtained['error']}, fresh {fresh['holds']['error']}")

    def _see_objects(self, edit, live):
        """What has been executed and exchanged, and was not to be."""
        others = live["others"]
        if edit.kind == BODY:
            self._must_be_empty(edit, "executes", live["executed"])
            self._must_be_empty(edit, "another object stands for", list(others))
            return
        if edit.kind == DEFINE:
            module = edit.changes[0][0].removesuffix(".py").replace("/", ".")
            beside = [name for name in others if name.rpartition(".")[0] == module]
            self._must_be_empty(edit, "another object stands for", beside)
        changed = {name for name, kind in others.items() if kind == "class"}
        self._must_be_empty(edit, "another class stands for", sorted(changed - edit.news))

    def _see_warnings(self, edit, answers, fresh):
        expected = {*fresh["imports"]["warned"], *fresh["holds"]["warned"]}
        warned = {each for answer in answers for each in answer["warned"]} - expected
        self._must_be_empty(edit, "warns", sorted(w for w in warned if not (edit.news and w.startswith("LiveReload"))))

    def _refuse(self, edit):
        """The live session raises what a fresh interpreter raises, twice, and is as it was."""
        scenario, fresh = self.scenario, self._fresh()
        assert fresh["imports"]["error"] is not None, f"{edit} does not fail"
        for _ in range(2):
            live = self.live.ask(scenario.imports, fresh=True)
            if live["error"] != fresh["imports"]["error"]:
                self._tell(edit, f"raises {live['error']}, fresh {fresh['imports']['error']}")
            self._must_be_empty(edit, "after the failure another object stands for", list(live["others"]))
        self._compare(edit, "held", self.live.ask("", scenario.probes, space="held"), self.held)

    def _compare(self, edit, which, live, fresh):
        for probe, value in live["probes"].items():
            expected = self.lasting[probe] if probe in self.lasting else fresh["probes"].get(probe)
            if value != expected:
                self._tell(edit, f"{probe} is {value} instead of {expected}", which)

    def _must_be_empty(self, edit, what, found):
        if found:
            self._tell(edit, f"{what} {', '.join(found)}")

    def _tell(self, edit, what, which=""):
        self.differences.setdefault(str(edit), {}).setdefault(_line(what), []).append(which)

    def _fresh(self):
        """What a fresh interpreter says of the files as they are; remembered, as it needs no livereload to say it."""
        scenario = self.scenario
        start = f"{scenario.start}\n{scenario.imports}"
        said = [start, scenario.holds, *scenario.probes, *scenario.obtained]
        key = json.dumps([sorted(self.files.items()), said, (HERE / "inside.py").read_text(), scenario.needs])
        known = self.environment.folder / "fresh" / f"{hashlib.sha256(key.encode()).hexdigest()}.json"
        if not known.exists():
            session = Session(self.environment.python, self.root)
            answer = {"imports": session.ask(start, fresh=True)}
            answer["holds"] = session.ask(scenario.holds, [*scenario.probes, *scenario.obtained])
            session.close()
            known.parent.mkdir(exist_ok=True)
            known.write_text(json.dumps(answer))
        return json.loads(known.read_text())


def _line(text):
    """`text` in one line of bearable length."""
    line = " ".join(text.split())
    return line if len(line) < 400 else f"{line[:250]} … {line[-140:]}"


class Libraries(Environment):
    """A virtual environment below the cache folder into which what a scenario needs is installed when it is needed."""

    def __init__(self, python=sys.executable):
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        self.folder = CACHE / version
        super().__init__(self.folder, python)
        self._marks = self.folder / "installed"
        self._marks.mkdir(exist_ok=True)

    def require(self, needs):
        """None once all of it is there; else why pip cannot install it for this Python (it is told once)."""
        for requirement in needs:
            mark = self._marks / f"{requirement}.txt"
            if not mark.exists():
                try:
                    self.pip("install", "-q", "--prefer-binary", requirement)
                    mark.write_text("")
                except AssertionError as error:
                    mark.write_text(f"{requirement}: {str(error)[-300:]}")
            if mark.read_text():
                return mark.read_text()
        return None
