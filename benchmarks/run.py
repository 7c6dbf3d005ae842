"""What livereload costs, in one table: against plain Python, against its goals and, if asked for, its peers.

    python benchmarks/run.py                       everything (some minutes; needs the package index for one row)
    python benchmarks/run.py --peers               … and the other tools, installed into a throwaway environment
    python benchmarks/run.py --only first_import   one row
    python benchmarks/run.py --profile             … and where livereload spends the time of each row
    python benchmarks/run.py --json now.json --compare before.json

A sample is taken in a fresh process, plain Python and livereload (and the peers) in turn.  Goals and
ratios are of the minima.  `over` is what livereload adds.  Standard library only.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

import picture
from results import Figures, Result, differences, heading, lines
from scenarios import SCENARIOS, Row
from workshop import HERE, SOURCES, Unavailable, Workshop

IDLE_BELOW = 0.3

# The least share of the time that a profile tells.
SHOWN_FROM = 0.03


def arguments() -> argparse.Namespace:
    names = [each.__name__ for each in SCENARIOS]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", action="append", metavar="NAME", help=f"one row (repeatable): {', '.join(names)}")
    parser.add_argument("--peers", action="store_true", help="also IPython's autoreload, jurigged and hmr-daemon")
    parser.add_argument("--python", default=sys.executable, metavar="EXE", help="the interpreter (default: this one)")
    parser.add_argument("--samples", type=int, metavar="N", help="processes for each figure (default: 7; quick: 2)")
    parser.add_argument("--quick", action="store_true", help="small sizes: whether it works, not how fast")
    parser.add_argument(
        "--json", nargs="?", const="-", metavar="FILE", help="all figures (no FILE: instead of the table)"
    )
    parser.add_argument("--compare", metavar="OLD.json", help="say what is slower or faster than then, beyond noise")
    parser.add_argument("--profile", action="store_true", help="say where livereload spends the time")
    parser.add_argument("--cpu", action="store_true", help="the processor's time, for a machine that is not idle")
    parser.add_argument("--svg", metavar="FILE", help="the table as a picture")
    parser.add_argument("--wheels", metavar="FOLDER", help="keep the wheels that are downloaded for the next run")
    given = parser.parse_args()
    for each in given.only or ():
        if each not in names:
            parser.error(f"there is no row {each!r}; there are {', '.join(names)}")
    given.samples = given.samples or (2 if given.quick else 7)
    return given


def machine(python: str) -> dict[str, str]:
    """What the figures depend on."""
    question = "import platform as p; print(p.python_implementation(), p.python_version())"
    load = f"{os.getloadavg()[0]:.2f}" if hasattr(os, "getloadavg") else "unknown"
    return {
        "python": subprocess.run([python, "-c", question], capture_output=True, text=True, check=True).stdout.strip(),
        "commit": _commit(),
        "processor": f"{_processor()}, {os.cpu_count()} cores",
        "system": f"{platform.system()} {platform.release()}",
        "files": f"{_file_system(tempfile.gettempdir())} in {tempfile.gettempdir()}",
        "load": load,
    }


def _processor() -> str:
    try:
        with open("/proc/cpuinfo") as file:
            return next(line.partition(":")[2].strip() for line in file if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def _file_system(folder: str) -> str:
    try:
        with open("/proc/mounts") as file:
            mounts = [line.split()[1:3] for line in file]
    except OSError:
        return "unknown file system"
    above = [(point, kind) for point, kind in mounts if Path(folder).resolve().is_relative_to(point)]
    # A chroot may have no mount above its folders.
    return max(above, key=lambda each: len(each[0]), default=("", "unknown file system"))[1]


def _commit() -> str:
    """The commit, with a plus if the sources differ from it."""
    git = ["git", "-C", str(HERE.parent)]
    try:
        done = subprocess.run([*git, "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True)
        changed = subprocess.run([*git, "diff", "--quiet", "HEAD", "--", "src"], capture_output=True).returncode
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return done.stdout.strip() + ("+" if changed else "")


def measure(result: Result, row: Row, drivers: list[str], samples: int) -> None:
    """Take the samples of one row, of all tools in turn."""
    result.tools = {each: Figures() for each in drivers}
    for _ in range(samples):
        for driver, figures in result.tools.items():
            if figures.failed and not figures.samples:
                continue
            try:
                figures.add(row.sample(driver))
            except Unavailable as error:
                if driver in (row.against, "livereload"):
                    raise
                figures.failed = str(error)
    result.judge(row.goals)


def profile(row: Row, workshop: Workshop) -> str:
    """Where livereload spends the time of one more sample."""
    workshop.profiles = True
    try:
        shares = row.sample("livereload").get("profile", {})
    finally:
        workshop.profiles = False
    shown = [f"{place} {share:.0%}" for place, share in shares.items() if share >= SHOWN_FROM]
    return ", ".join(shown) or "none, it is not one statement that takes the time"


def main() -> None:
    given = arguments()
    about = machine(given.python)
    table = sys.stderr if given.json == "-" else sys.stdout

    def say(line: str) -> None:
        print(line, file=table, flush=True)

    say("\n".join(f"{key + ':':11}{value}" for key, value in about.items()))
    if given.cpu:
        say("clock:     the processor's time")
    elif about["load"] == "unknown" or float(about["load"]) > IDLE_BELOW:
        say("warning:   the machine is not idle; minima may be believed, medians may not")
    # As pip leaves an installed package: with bytecode.
    subprocess.run([given.python, "-m", "compileall", "-q", str(SOURCES)], check=True)
    workshop = Workshop(given.python, samples=given.samples, quick=given.quick, wheels=given.wheels)
    workshop.cpu = given.cpu
    try:
        results = run(workshop, given, say)
    finally:
        workshop.close()
    data = {"machine": about, "peers": workshop.peers, "rows": {name: each.as_data() for name, each in results.items()}}
    if given.json:
        text = json.dumps(data, indent=1, ensure_ascii=False)
        print(text) if given.json == "-" else Path(given.json).write_text(text + "\n", encoding="utf-8")
    if given.svg:
        Path(given.svg).write_text(picture.svg(results, about, workshop.peers), encoding="utf-8")
    if given.compare:
        compare(given.compare, results, say)


def run(workshop: Workshop, given: argparse.Namespace, say) -> dict[str, Result]:
    """Prepare the rows that are asked for, then measure them; a line for each as soon as it is known."""
    if given.peers:
        try:
            workshop.install_peers()
        except Unavailable as error:
            say(f"peers:     none, {error}")
    results, rows = prepare(workshop, given)
    workshop.settle()
    say("\n" + heading())
    for name, result in results.items():
        if name in rows:
            row = rows[name]
            drivers = [row.against, "livereload", *(each for each in row.peers if each in workshop.peers)]
            try:
                measure(result, row, drivers, row.samples or given.samples)
            except Unavailable as error:
                result.unavailable = str(error)
        for line in lines(result, workshop.peers):
            say(line)
        if given.profile and result.unit == "s" and not result.unavailable:
            say(f"    profile: {profile(rows[name], workshop)}")
    return results


def prepare(workshop: Workshop, given: argparse.Namespace) -> tuple[dict[str, Result], dict[str, Row]]:
    """The results, still without figures, of the rows that are asked for, and the rows that can be measured."""
    results: dict[str, Result] = {}
    rows: dict[str, Row] = {}
    for scenario in SCENARIOS:
        name = scenario.__name__
        if given.only and name not in given.only:
            continue
        size = "quick" if given.quick else "full"
        results[name] = Result(name, scenario.__doc__ or name, "s", "plain", size, rows=results)
        try:
            rows[name] = row = scenario(workshop)
            results[name].unit, results[name].against = row.unit, row.against
        except Unavailable as error:
            results[name].unavailable = str(error)
    return results, rows


def compare(file: str, results: dict[str, Result], say) -> None:
    data = json.loads(Path(file).read_text(encoding="utf-8"))
    old = {name: Result.from_data(name, each) for name, each in data["rows"].items()}
    then = f"{data['machine']['commit']}, {data['machine']['python']}"
    found = list(differences(old, results))
    say(f"\ncompared with {file} ({then}):")
    say("\n".join(found or ["nothing has changed beyond noise"]))


if __name__ == "__main__":
    main()
