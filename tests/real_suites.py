"""The test suites of real projects, with livereload off and on, by one command.

    python tests/real_suites.py [--only click,…] [--keep FOLDER] [PYTHON …]

For each PYTHON (this one, if none is named) and each project: its source distribution is fetched, unpacked and
installed editable into a virtual environment of its own, with what its tests need, so that its modules lie outside
of site-packages and are tracked; then its suite runs without livereload, and with livereload switched on at every
start.  The exit status is 1 if a test has another outcome, or if the project's modules were not tracked.

Needs a network.
"""

import argparse
import os
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import suites

PATIENCE_S = 1200

# {project: (what to fetch, the package that must be tracked, what its tests need, what pytest is told)}
PROJECTS = {
    "attrs": ("attrs==25.3.0", "attr", ["cloudpickle", "hypothesis", "pympler"], ["tests"]),
    "click": ("click==8.2.1", "click", [], ["tests"]),
    "jinja2": ("jinja2==3.1.6", "jinja2", ["trio"], ["tests"]),
    "packaging": ("packaging==25.0", "packaging", ["pretend"], ["tests"]),
    "sqlparse": ("sqlparse==0.5.3", "sqlparse", [], ["tests"]),
    "more-itertools": ("more-itertools==10.7.0", "more_itertools", [], ["tests"]),
    "pluggy": ("pluggy==1.6.0", "pluggy", [], ["testing"]),
    "markupsafe": ("markupsafe==3.0.2", "markupsafe", [], ["tests"]),
    "itsdangerous": ("itsdangerous==2.2.0", "itsdangerous", ["freezegun"], ["tests"]),
    "werkzeug": (
        "werkzeug==3.1.3",
        "werkzeug",
        ["cffi", "cryptography", "ephemeral-port-reserve", "watchdog"],
        ["tests"],
    ),
}
MODES = {"off": {"LIVERELOAD": "0"}, "on": {}}


def call(*command, **options):
    """The output of a command that succeeds."""
    done = subprocess.run(command, capture_output=True, text=True, **options)
    if done.returncode:
        raise SystemExit(f"{' '.join(map(str, command))}\n{done.stdout}{done.stderr}")
    return done.stdout


def prepare(python, project, folder, environment):
    """Fetch and install a project; returns its folder and the Python that has it."""
    wanted, _, requirements, _ = PROJECTS[project]
    call(python, "-m", "venv", folder / "venv", env=environment)
    own = str(folder / "venv" / ("Scripts" if os.name == "nt" else "bin") / "python")
    pip = [own, "-m", "pip", "--disable-pip-version-check", "-q"]
    call(*pip, "install", "pytest<9", *requirements, env=environment)
    call(*pip, "download", "--no-deps", "--no-binary", ":all:", "-d", folder, wanted, env=environment)
    (archive,) = folder.glob("*.tar.gz")
    with tarfile.open(archive) as sources:
        sources.extractall(folder / "sources", filter="data")
    (source,) = (folder / "sources").iterdir()
    call(*pip, "install", "-e", source, env=environment)
    site_folder = call(own, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", env=environment).strip()
    suites.enable(own, site_folder, environment)
    return source, own


def run_project(python, version, project, folder):
    """Compare the runs of one project; the number of differences."""
    folder.mkdir(parents=True)
    environment = suites.variables()
    source, own = prepare(python, project, folder, environment)
    _, package, _, arguments = PROJECTS[project]

    def start(mode):
        command = [own, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--junit-xml", "{junit}", *arguments]
        return suites.run(command, folder, environment | MODES[mode], PATIENCE_S, cwd=source)

    runs, found = suites.compare(start, ["on"])
    tracked = [name for name in runs["on"].tracked if name.partition(".")[0] == package]
    assert tracked, f"no module of {project} was tracked: {runs['on'].tracked}"
    assert runs["off"].count("passed"), "nothing passes without livereload"
    return suites.report(f"{version} {project} ({len(tracked)} modules)", version, runs, found, suites.Reasons())


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pythons", nargs="*", default=[sys.executable], metavar="PYTHON")
    parser.add_argument("--only", help="projects, separated by commas")
    parser.add_argument("--keep", help="an empty folder for the environments, which are thrown away otherwise")
    options = parser.parse_args()
    names = options.only.split(",") if options.only else list(PROJECTS)
    unlisted = 0
    with tempfile.TemporaryDirectory() as scratch:
        for python in options.pythons:
            version = suites.version_of(python)
            for name in names:
                unlisted += run_project(python, version, name, Path(options.keep or scratch, version, name))
    suites.exit_with(unlisted)


if __name__ == "__main__":
    main()
