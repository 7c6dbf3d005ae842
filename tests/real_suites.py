"""The test suites of real projects, with livereload off and on, by one command.

    python tests/real_suites.py [--only click,…] [--keep FOLDER] [PYTHON …]

For each PYTHON (this one, if none is named) and each project: its source distribution is fetched, unpacked and
installed editable into a virtual environment of its own, with what its tests need, so that its modules lie outside
of site-packages and are tracked; then its suite runs without livereload, and with livereload switched on at every
start.  The exit status is 1 if a test has another outcome, or if the project's modules were not tracked.

Needs a network.
"""

import argparse
import sys
import tarfile
import tempfile
from pathlib import Path

import suites
from environments import Environment, run

PATIENCE_S = 1200

# {project: (what to fetch, the package that must be tracked, what its tests need, what pytest is told)}
PROJECTS = {
    "attrs": ("attrs==25.3.0", "attr", ["cloudpickle", "hypothesis", "pympler"], ["tests"]),
    # Whether a pager has read all before it is ended is a race that either may win, off and on.
    "click": ("click==8.2.1", "click", [], ["tests", "-k", "not echo_via_pager"]),
    "jinja2": ("jinja2==3.1.6", "jinja2", ["trio"], ["tests"]),
    "packaging": ("packaging==25.0", "packaging", ["pretend"], ["tests"]),
    "sqlparse": ("sqlparse==0.5.3", "sqlparse", [], ["tests"]),
    "more-itertools": ("more-itertools==10.7.0", "more_itertools", [], ["tests"]),
    "pluggy": ("pluggy==1.6.0", "pluggy", [], ["testing"]),
    "markupsafe": ("markupsafe==3.0.2", "markupsafe", [], ["tests"]),
    "itsdangerous": ("itsdangerous==2.2.0", "itsdangerous", ["freezegun"], ["tests"]),
    # Its servers want a port of their own, and some machines do not let them have it.
    "werkzeug": (
        "werkzeug==3.1.3",
        "werkzeug",
        ["ephemeral-port-reserve", "pytest-timeout"],
        ["tests", "--ignore=tests/test_serving.py"],
    ),
}
MODES = {"off": {"LIVERELOAD": "0"}, "on": {}}


def prepare(python, project, folder):
    """Fetch and install a project; returns its folder and the environment that has it."""
    wanted, _, requirements, _ = PROJECTS[project]
    environment = Environment(folder / "venv", python)
    environment.pip("install", "-q", "pytest<9", *requirements)
    environment.pip("download", "-q", "--no-deps", "--no-binary", ":all:", "-d", folder, wanted)
    (archive,) = folder.glob("*.tar.gz")
    with tarfile.open(archive) as sources:
        sources.extractall(folder / "sources", filter="data")
    (source,) = (folder / "sources").iterdir()
    environment.pip("install", "-q", "-e", source)
    ask = [environment.python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    suites.enable(environment.python, run(ask, env=environment.variables).strip(), environment.variables)
    return source, environment


def run_project(python, version, project, folder):
    """Compare the runs of one project; the number of differences."""
    folder.mkdir(parents=True)
    source, environment = prepare(python, project, folder)
    variables = suites.variables(PATH=environment.variables["PATH"])
    _, package, _, arguments = PROJECTS[project]

    def start(mode):
        command = [environment.python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--junit-xml", "{junit}"]
        command += arguments
        return suites.run(command, folder, variables | MODES[mode], PATIENCE_S, cwd=source)

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
