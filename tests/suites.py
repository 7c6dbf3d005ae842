"""Other people's test suites, run with livereload off and on: how a start is switched, and what is compared.

Knows neither whose suite it is nor how it is started.  Used by `cpython_suite.py` and `real_suites.py`.

livereload is switched on as a user does it: `python -m livereload enable --everywhere`, once; a run without it
has LIVERELOAD=0, so nothing else is different.  A *witness*, one more line in the site folder, has the process of
the run say at its end what livereload tracked in it: a run in which nothing was tracked would prove nothing.
"""

import fnmatch
import json
import os
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from collections import defaultdict
from pathlib import Path

SOURCES = Path(__file__).parent.parent / "src"

# How often a difference must be seen again.
REPETITIONS = 2

# The outcome of the process as a whole.
EXIT = "(exit status)"

# The starts that suites make themselves are none of the witness's business.
WITNESS = """\
import os; os.environ.get("SUITE_PARENT") == str(os.getppid()) and __import__("atexit").register(exec, {code!a}, {{}})
"""
TELL = """
import json, os, sys
proxy = sys.modules.get("livereload.imports.hooks")
installed = proxy and proxy.installed
names = sorted(n for n, r in installed.state.records.items() if not r.missing) if installed else None
with open(os.environ["SUITE_WITNESS"], "w") as file:
    json.dump(names, file)
"""


class Run:
    """What one run of one suite came to."""

    def __init__(self, outcomes, tracked, seconds):
        self.outcomes = outcomes  # {"package.Class.test": ["passed"]}, more than one where a name is used twice
        self.tracked = tracked  # the names of the modules that livereload tracked; None if it was off
        self.seconds = seconds

    def count(self, *outcomes):
        return sum(each in outcomes for found in self.outcomes.values() for each in found)


def variables(**more):
    """The environment of a run: this one, but for what would change how Python starts."""
    ours = ("PYTHON", "LIVERELOAD", "VIRTUAL_ENV", "COVERAGE", "PYTEST_")
    return {**{name: value for name, value in os.environ.items() if not name.startswith(ours)}, **more}


def enable(python, site_folder, environment, *options):
    """Switch livereload, of these sources, on at every start of `python` that looks into this site folder."""
    folder = Path(site_folder)
    folder.mkdir(parents=True, exist_ok=True)
    folder.joinpath("editable-livereload.pth").write_text(f"{SOURCES}\n")  # before the line that needs it
    folder.joinpath("witness.pth").write_text(WITNESS.format(code=TELL))
    command = [python, "-m", "livereload", "enable", "--everywhere", *options]
    subprocess.run(command, env=environment | {"PYTHONPATH": str(SOURCES)}, check=True, stdout=subprocess.DEVNULL)


def run(command, scratch, environment, patience_s, **options):
    """Run a suite; `{junit}` in its command is the file that it writes its outcomes to."""
    junit, witness, log = (Path(scratch, name) for name in ("junit.xml", "witness.json", "log.txt"))
    for path in (junit, witness):
        path.unlink(missing_ok=True)
    environment = environment | {"SUITE_PARENT": str(os.getpid()), "SUITE_WITNESS": str(witness)}
    command = [part.format(junit=junit) for part in command]
    begun = time.perf_counter()
    with open(log, "w") as output:
        try:
            status = subprocess.run(
                command,
                **options,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                timeout=patience_s,
            ).returncode
        except subprocess.TimeoutExpired:
            status = "none: it took too long"
    outcomes = read_outcomes(junit) if junit.exists() else {}
    outcomes[EXIT] = [str(status)]
    if not witness.exists():
        raise SystemExit(f"the run left no witness: {command}\n{log.read_text()[-2000:]}")
    return Run(outcomes, json.loads(witness.read_text()), time.perf_counter() - begun)


def read_outcomes(junit):
    """{test: [outcome, …]} of a file in JUnit's format, by unittest (regrtest) or by pytest."""
    outcomes = defaultdict(list)
    for case in ElementTree.parse(junit).iter("testcase"):
        name = ".".join(filter(None, (case.get("classname"), case.get("name"))))
        marks = {child.tag for child in case} & {"failure", "error", "skipped"}
        marks |= {case.get("result")} & {"skipped"}
        outcomes[name].append(" ".join(sorted(marks)) or "passed")
    return {name: sorted(found) for name, found in outcomes.items()}


def differences(off, on):
    """{test: (its outcomes off, its outcomes on)} of the tests whose outcomes differ.

    The exit status counts only if nothing else differs, or if there is nothing else.
    """
    names = off.outcomes.keys() | on.outcomes.keys()
    if {EXIT} in (off.outcomes.keys(), on.outcomes.keys()):
        names = {EXIT}
    pairs = {name: tuple(tuple(run.outcomes.get(name, ["missing"])) for run in (off, on)) for name in sorted(names)}
    found = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
    if len(found) > 1:
        found.pop(EXIT, None)
    return found


def compare(start, modes):
    """The runs {"off": …, mode: …} by `start(mode)`, and {(mode, test): (off, on)} where their outcomes differ.

    What differs is run again, both ways: a test that has now one outcome and now another is nobody's doing.
    """
    runs = {mode: start(mode) for mode in ("off", *modes)}
    found = {}
    assert runs["off"].tracked is None, "livereload was on where it should have been off"
    for mode in modes:
        assert runs[mode].tracked is not None, "livereload was off where it should have been on"
        seen = differences(runs["off"], runs[mode])
        for _ in range(REPETITIONS):
            again = differences(start("off"), start(mode)) if seen else {}
            for test in [test for test in seen if seen[test] != again.get(test)]:
                print(f"  unsteady: {test}: {seen.pop(test)}, then {again.get(test, 'no difference')}", flush=True)
        found |= {(mode, test): pair for test, pair in seen.items()}
    return runs, found


class Reasons:
    """The differences that are known, each with its reason: lines `versions | mode | pattern of tests | reason`.

    `versions` are separated by blanks; `any` stands for all, of them and of modes.
    """

    def __init__(self, path=os.devnull):
        lines = [line for line in Path(path).read_text().splitlines() if line and not line.startswith("#")]
        self._entries = [[part.strip() for part in line.split("|", 3)] for line in lines]

    def reason(self, version, mode, test):
        """The reason for a difference; None if it is not listed."""
        for versions, modes, pattern, reason in self._entries:
            known = {"any", version} & set(versions.split()) and {"any", mode} & set(modes.split())
            if known and fnmatch.fnmatchcase(test, pattern):
                return reason
        return None


def report(title, version, runs, found, reasons):
    """Print what was run and what differs; the number of differences that are not listed."""
    off = runs["off"]
    total = sum(map(len, off.outcomes.values())) - 1
    line = f"{title}: {total} tests, {off.count('failure', 'error')} fail without, {off.count('skipped')} skipped"
    for mode, each in runs.items():
        if mode != "off":
            line += f"; {mode}: {len(each.tracked)} modules tracked"
    print(line, f"({', '.join(f'{mode} {each.seconds:.1f} s' for mode, each in runs.items())})", flush=True)
    unlisted = 0
    for (mode, test), (before, after) in found.items():
        reason = reasons.reason(version, mode, test)
        unlisted += reason is None
        shown = f"{version} | {mode} | {test}: {' '.join(before)} -> {' '.join(after)}"
        print(f"  {'listed' if reason else 'DIFFERENT'}: {shown} {reason or ''}", flush=True)
    return unlisted


def version_of(python):
    command = [python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
    return subprocess.run(command, env=variables(), capture_output=True, text=True, check=True).stdout.strip()


def exit_with(unlisted):
    print(f"{unlisted} differences that are not listed")
    sys.exit(unlisted > 0)
