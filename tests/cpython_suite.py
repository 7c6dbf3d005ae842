"""CPython's own tests of what livereload touches, with livereload off and on, by one command.

    python tests/cpython_suite.py [--keep FOLDER] [--modes on,tracked] [--only test_pkg,…] [PYTHON …]

For each PYTHON (this one, if none is named) three runs of each module: *off*; *on*, as it is when it is switched on
at every start, where what is tracked are the modules that the tests write to temporary folders; and *tracked*, where
livereload also tracks the tests themselves and the parts of the standard library that they test.  The exit status is
1 if a test has another outcome than without livereload and is not listed in `cpython_suite_differences.txt`.

Each module runs in a process of its own, started in the same way each time, with a user site of its own that
switches livereload on: so the tests run as they do in a build, none is skipped for a virtual environment's sake.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import suites

MODULES = [
    *("test_importlib", "test_import", "test_pkg", "test_pkgutil", "test_runpy", "test_module", "test_zipimport"),
    *("test_threadedtempfile", "test_threaded_import", "test_inspect", "test_pickle", "test_copy", "test_enum"),
    *("test_dataclasses", "test_abc", "test_functools", "test_typing", "test_doctest", "test_unittest", "test_site"),
    *("test_venv",),
]

# What is tracked beside the tests: what they test.  zipimport and importlib._bootstrap are frozen in any case.
TESTED = [
    *("abc", "copy", "dataclasses", "doctest", "enum", "functools", "importlib", "inspect", "pickle", "pkgutil"),
    *("runpy", "site", "tempfile", "test", "threading", "typing", "unittest", "venv"),
]
MODES = {"off": {"LIVERELOAD": "0"}, "on": {}, "tracked": {"LIVERELOAD_INCLUDE": ",".join(TESTED)}}
PATIENCE_S = 900
LISTED = Path(__file__).with_name("cpython_suite_differences.txt")


def existing(python, names, environment):
    """Those of the names that are modules of this Python's package `test`."""
    code = "import importlib.util, sys; print(*[n for n in sys.argv[1:] if importlib.util.find_spec('test.' + n)])"
    done = subprocess.run([python, "-c", code, *names], env=environment, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{python} has no package `test`; Debian has it in libpython3.x-testsuite\n{done.stderr}")
    return done.stdout.split()


def run_python(python, names, modes, folder, reasons):
    """Compare the runs of one Python; the number of differences that are not listed."""
    version = suites.version_of(python)
    home = Path(folder, version)
    home.mkdir(parents=True)
    environment = suites.variables(HOME=str(home))
    ask = [python, "-c", "import site; print(site.getusersitepackages())"]
    site_folder = subprocess.run(ask, env=environment, capture_output=True, text=True, check=True).stdout.strip()
    suites.enable(python, site_folder, environment, "--user")
    unlisted = 0
    there = existing(python, names, environment)
    print(f"Python {version}, without {', '.join(sorted(set(names) - set(there))) or 'any missing'}", flush=True)
    for name in there:

        def start(mode, name=name):
            scratch = Path(home, name, mode)
            scratch.mkdir(parents=True, exist_ok=True)
            command = [python, "-m", "test", "-v", "--fail-env-changed", "--timeout", str(PATIENCE_S // 2)]
            command += ["-u", "all,-gui,-network,-urlfetch,-largefile,-audio", "--junit-xml", "{junit}", name]
            return suites.run(command, scratch, environment | MODES[mode], PATIENCE_S, cwd=scratch)

        runs, found = suites.compare(start, modes)
        if "tracked" in runs:
            assert f"test.{name}" in runs["tracked"].tracked, f"test.{name} was not tracked"
        unlisted += suites.report(f"{version} {name}", version, runs, found, reasons)
    return unlisted


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pythons", nargs="*", default=[sys.executable], metavar="PYTHON")
    parser.add_argument("--modes", default="on,tracked", help="on, tracked, or both (as by default)")
    parser.add_argument("--only", help="modules, separated by commas")
    parser.add_argument("--keep", help="an empty folder for the logs, which are thrown away otherwise")
    options = parser.parse_args()
    names = options.only.split(",") if options.only else MODULES
    reasons = suites.Reasons(LISTED)
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or scratch
        suites.exit_with(
            sum(run_python(python, names, options.modes.split(","), folder, reasons) for python in options.pythons)
        )


if __name__ == "__main__":
    main()
