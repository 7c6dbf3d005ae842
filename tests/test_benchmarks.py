"""The benchmarks run, and their figures can be kept, compared, explained and drawn; none is judged here."""

import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

RUN = Path(__file__).parent.parent / "benchmarks" / "run.py"
SOURCES = Path(__file__).parent.parent / "src" / "livereload"


def run(*arguments):
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "LIVERELOAD"))}
    return subprocess.run([sys.executable, RUN, *arguments], env=environment, capture_output=True, text=True)


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """What a quick run of two rows printed and wrote."""
    folder = tmp_path_factory.mktemp("benchmarks")
    done = run(
        *("--quick", "--samples", "1", "--only", "untracked", "--only", "closure_of_10"),
        *("--json", folder / "new.json", "--svg", folder / "new.svg"),
    )
    assert done.returncode == 0, done.stderr
    return done.stdout, folder


def test_table(measured):
    """One line a row, with the figures of both, and the machine above them."""
    printed, _ = measured
    lines = printed.splitlines()
    assert {"python:", "commit:", "processor:", "system:", "files:", "load:"} <= {line.split(" ")[0] for line in lines}
    assert sum("untracked module" in line and line.count(" ns ") >= 4 for line in lines) == 1
    assert sum("10 modules in its closure" in line for line in lines) == 1
    assert "cannot" not in printed and "not measured" not in printed


def test_figures(measured):
    """The file has every sample of every tool, and no tool that was not asked for."""
    _, folder = measured
    rows = json.loads((folder / "new.json").read_text())["rows"]
    assert list(rows) == ["untracked", "closure_of_10"]
    for row in rows.values():
        assert list(row["tools"]) == ["plain", "livereload"]
        assert all(len(each["samples"]) == 1 and each["samples"][0] > 0 for each in row["tools"].values())
        assert row["tools"]["livereload"]["failed"] == ""


def test_comparison(measured, tmp_path):
    """A row that took a tenth of the time then is told as slower; the figures can go to standard output."""
    _, folder = measured
    old = json.loads((folder / "new.json").read_text())
    del old["rows"]["closure_of_10"]
    old["rows"]["untracked"]["tools"]["livereload"]["samples"] = [1e-9]
    (tmp_path / "old.json").write_text(json.dumps(old))
    done = run("--quick", "--samples", "1", "--only", "untracked", "--json", "--compare", tmp_path / "old.json")
    assert done.returncode == 0, done.stderr
    assert list(json.loads(done.stdout)["rows"]) == ["untracked"]
    assert [line.split(",")[0] for line in done.stderr.splitlines() if "then" in line] == ["untracked: slower"]


def test_picture(measured):
    """The picture is well-formed, has a cell for each figure, and colours for light and dark."""
    _, folder = measured
    text = (folder / "new.svg").read_text()
    root = ElementTree.fromstring(text)
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    cells = [each.text or "" for each in root.iter("{http://www.w3.org/2000/svg}text")]
    assert sum(each.endswith((" ns", " µs")) for each in cells) == 4
    assert "prefers-color-scheme: dark" in text


def test_profile():
    """Below a row stands where the time goes."""
    done = run("--quick", "--samples", "1", "--only", "first_import", "--profile")
    assert done.returncode == 0, done.stderr
    profile = next(line for line in done.stdout.splitlines() if "profile:" in line)
    shares = dict(each.rsplit(" ", 1) for each in profile.partition(": ")[2].split(", "))
    ours = {path.stem for path in SOURCES.rglob("*.py")}
    assert "importlib" in shares and not ours.isdisjoint(shares)
    assert 50 <= sum(int(each.removesuffix("%")) for each in shares.values()) <= 102


def test_unknown_row():
    """A row that is not there is refused, with the names of those that are."""
    done = run("--only", "unheard_of")
    assert done.returncode == 2
    assert "there is no row 'unheard_of'; there are untracked, closure_of_0" in done.stderr
