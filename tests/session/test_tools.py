"""Tools beside livereload see the new code: debuggers, tracers, profilers, test runners, pickles, processes.

Each test is a program of its own, in a folder with the module `shop`, which it edits and imports again.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

SOURCES = Path(__file__).parent.parent.parent / "src"

HEAD = """
import livereload, pathlib
livereload.install()
def save(text):
    pathlib.Path("shop.py").write_text(text)
"""

OLD = '''def total(price):
    """
    >>> total(1)
    2
    """
    doubled = price * 2
    return doubled
class Cart:
    def show(self):
        return "old"
'''

NEW = '''# a line more
LIMIT = 5

def total(price):
    """
    >>> total(1)
    3
    >>> total(2)
    6
    """
    tripled = price * 3
    return tripled
class Cart:
    def show(self):
        return "new"
'''

EDIT = f"import shop\nshop.total(1)\ncart = shop.Cart()\nsave({NEW!r})\nimport shop\n"

Run = Callable[..., str]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run a program after `HEAD`; gives what it prints.  It must end well and print nothing to standard error."""
    (tmp_path / "shop.py").write_text(OLD)

    def run(program: str, *options: str, stdin: str = "", errors: bool = False, **variables: str) -> str:
        (tmp_path / "program.py").write_text(f"{HEAD}{program}")
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("PYTHON", "LIVERELOAD", "COV", "PYTEST"))
        }
        done = subprocess.run(
            [sys.executable, *(options or ("program.py",))],
            cwd=tmp_path,
            env={**inherited, "PYTHONPATH": str(SOURCES), **variables},
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert errors or done.stderr == ""
        return done.stderr if errors else done.stdout

    return run


# Debuggers, tracers and profilers.


def test_pdb(run: Run) -> None:
    """pdb lists and steps through the new source, and breaks where its lines are now."""
    commands = "list\nbreak shop:12\nprint('tripled' in locals(), price)\ncontinue\nprint(tripled)\ncontinue\n"
    out = run(f"{EDIT}import pdb\nprint('=', pdb.Pdb(nosigint=True).runcall(shop.total, 7))\n", stdin=commands)
    assert "shop.py(11)total()" in out and "11  ->\t    tripled = price * 3" in out
    assert "False 7" in out and "shop.py(12)total()" in out and "(Pdb) 21\n" in out and out.endswith("= 21\n")


def test_pdb_in_prompt_mode(run: Run) -> None:
    """A step leads from a statement into the function that it calls, and not into livereload."""
    statement = "pdb.Pdb(nosigint=True).run('shop.total(7)', globals())"
    out = run(f"livereload.install(prompt=True)\nimport pdb, shop\n{statement}\n", stdin="step\nstep\nstep\ncontinue\n")
    assert "shop.py(6)total()" in out and "livereload" not in out


def test_a_refresh_in_prompt_mode_is_traced(run: Run) -> None:
    """A breakpoint in a module that is executed before a statement is reached."""
    commands = "print('doubled by', DOUBLED)\ncontinue\n"
    new = f"DOUBLED = 2\nimport pdb; pdb.Pdb(nosigint=True).set_trace()\n{OLD}"
    typed = "exec(compile('print(shop.total(7))', '<stdin>', 'single'))\n"
    out = run(f"livereload.install(prompt=True)\nimport shop\nsave({new!r})\n{typed}", stdin=commands)
    assert "doubled by 2" in out and out.endswith("14\n")


@pytest.mark.parametrize("profiler", ["cProfile", "profile"])
def test_profilers(run: Run, profiler: str) -> None:
    """A profile shows the function at its new line."""
    stats = "print(sorted(key[1:] for key in pstats.Stats(profile).stats if key[0].endswith('shop.py')))"
    calls = f"profile = {profiler}.Profile()\nprofile.runcall(shop.total, 1)\n"
    out = run(f"{EDIT}import {profiler}, pstats\n{calls}{stats}", PYTHONWARNINGS="ignore")  # `profile` is deprecated
    assert out == "[(4, 'total')]\n"


@pytest.mark.parametrize("before", [False, True], ids=["traced-after", "traced-before"])
def test_trace_functions(run: Run, before: bool) -> None:
    """`sys.settrace` sees the new lines, and nothing of livereload, whether it was set before the edit or after."""
    trace = """
import sys
seen = set()
def trace(frame, event, argument):
    name = frame.f_globals.get("__name__", "")
    if name == "shop" and frame.f_code.co_name == "total": seen.add(frame.f_lineno)
    return trace
"""
    set_trace = "sys.settrace(trace)\n"
    steps = f"{set_trace}{EDIT}seen.clear()\n" if before else f"{EDIT}{set_trace}"
    assert run(f"{trace}{steps}shop.total(1)\nsys.settrace(None)\nprint(sorted(seen))") == "[4, 11, 12]\n"


@pytest.mark.parametrize("core", ["ctrace", "pytrace", pytest.param("sysmon", marks=pytest.mark.skipif(
    sys.version_info < (3, 12), reason="sys.monitoring is new in 3.12"))])  # fmt: skip
def test_coverage(run: Run, core: str) -> None:
    """coverage counts the lines of the new source, with each of its cores."""
    pytest.importorskip("coverage")
    start = "import coverage\nmeasured = coverage.Coverage(data_file=None, include='*/shop.py')\nmeasured.start()\n"
    end = "shop.total(1)\nmeasured.stop()\n_, statements, _, missing, _ = measured.analysis2('shop.py')\n"
    out = run(f"{start}{EDIT}{end}print(sorted(set(statements) - set(missing)))", COVERAGE_CORE=core)
    lines = eval(out)
    assert {11, 12} <= set(lines) and 15 not in lines


def test_import_times(run: Run) -> None:
    """`-X importtime` tells of imports, one a line, edits included; the program runs as ever."""
    lines = run(f"{EDIT}assert shop.total(1) == 3\n", "-X", "importtime", "program.py", errors=True).splitlines()
    assert all(line.startswith("import time:") for line in lines)
    assert sum(line.split("|")[-1].strip() == "shop" for line in lines) >= 1


def test_warnings_as_errors(run: Run) -> None:
    """Nothing that livereload does warns, with `-W error` and in development mode."""
    options = ("-X", "dev", "-W", "error", "program.py")
    out = run(f"{EDIT}print(shop.total(1), cart.show(), livereload.refresh())", *options)
    assert out == "3 new livereload: nothing was stale\n"


def test_tracemalloc_and_allocations(run: Run) -> None:
    """`tracemalloc` names the new line for what the new code allocates."""
    code = "import tracemalloc\ntracemalloc.start()\n"
    code += "save('\\n\\ndef total(price):\\n    return [0] * 1000\\n')\nimport shop\nkept = shop.total(1)\n"
    assert run(f"import shop\n{code}print(tracemalloc.get_object_traceback(kept)[0].lineno)") == "4\n"


# Test runners.


def test_doctest(run: Run) -> None:
    """doctest finds the new examples and the new answers."""
    assert run(f"import doctest, shop\nprint(doctest.testmod(shop))\n{EDIT}print(doctest.testmod(shop))") == (
        "TestResults(failed=0, attempted=1)\nTestResults(failed=0, attempted=2)\n"
    )


@pytest.mark.parametrize("mode", ["prepend", "append", "importlib"])
def test_pytest(run: Run, tmp_path: Path, mode: str) -> None:
    """In pytest, by each import mode: modules follow, and asserts in them and in tests are explained."""
    (tmp_path / "conftest.py").write_text("import livereload\nlivereload.install()\n")
    (tmp_path / "test_it.py").write_text(
        f"import pathlib, sys\nsys.path.append({str(tmp_path)!r})\nimport shop, pytest\n"
        f"def test_follows():\n    assert shop.total(1) == 2\n    pathlib.Path('shop.py').write_text({NEW!r})\n"
        "    import shop as again\n    assert again is shop and shop.total(1) == 3\n"
        "def test_is_explained():\n    with pytest.raises(AssertionError, match='assert 3 == 4'):\n"
        "        assert shop.total(1) == 4\n"
    )
    out = run("", "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--import-mode={mode}", "test_it.py")
    assert "2 passed" in out


def test_unittest(run: Run, tmp_path: Path) -> None:
    """A suite that is loaded again by `unittest` runs the tests as they are now."""
    test = "import unittest\nclass T(unittest.TestCase):\n    def test_it(self): print('version', {0})\n"
    (tmp_path / "cases.py").write_text(test.format(1))
    suite = "unittest.TextTestRunner(stream=io.StringIO()).run(unittest.defaultTestLoader.loadTestsFromName('cases'))\n"
    edit = f"pathlib.Path('cases.py').write_text({test.format(2)!r})\n"
    assert run(f"import unittest, io\n{suite}{edit}{suite}") == "version 1\nversion 2\n"


# Pickles and processes.


def test_pickles(run: Run) -> None:
    """What is held is of the very class that the module has, so it can be pickled; pickles of before can be read."""
    steps = "import pickle, copy\nimport shop\nbefore = pickle.dumps((shop.Cart(), shop.total))\n"
    out = run(
        f"{steps}{EDIT}old, function = pickle.loads(before)\n"
        "print(old.show(), function(1), pickle.loads(pickle.dumps(cart)).show(), copy.deepcopy(cart).show())"
    )
    assert out == "new 3 new new\n"


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_processes(run: Run, method: str) -> None:
    """Processes started by any method run the new code, and hand over what is held."""
    import multiprocessing

    if method not in multiprocessing.get_all_start_methods():
        pytest.skip(f"this system has no {method}")
    body = "".join(f"    {line}\n" for line in EDIT.replace(repr(NEW), "NEW").splitlines())
    out = run(
        f"import multiprocessing\nNEW = {NEW!r}\nif __name__ == '__main__':\n{body}"
        f"    with multiprocessing.get_context({method!r}).Pool(1) as pool:\n"
        "        print(pool.apply(shop.total, (1,)), pool.apply(shop.Cart.show, (cart,)))\n"
    )
    assert out == "3 new\n"


def test_edits_while_a_pool_lives(run: Run) -> None:
    """A process that is there already follows when it is told what to call: reading a pickle imports."""
    if not hasattr(os, "fork"):
        pytest.skip("this system has no fork")
    call = "pool.apply(shop.total, (1,))"
    out = run(
        f"import multiprocessing, shop\nNEW = {NEW!r}\nif __name__ == '__main__':\n"
        f"    with multiprocessing.get_context('fork').Pool(1) as pool:\n        print({call})\n"
        f"        save(NEW)\n        print({call})\n"
    )
    assert out == "2\n3\n"


def test_joblib(run: Run) -> None:
    """joblib's own processes run the new code."""
    pytest.importorskip("joblib")
    body = "".join(f"    {line}\n" for line in EDIT.replace(repr(NEW), "NEW").splitlines())
    out = run(
        f"NEW = {NEW!r}\nif __name__ == '__main__':\n    import joblib\n{body}"
        "    print(joblib.Parallel(n_jobs=2)(joblib.delayed(shop.total)(n) for n in (1, 2)))\n",
        PYTHONWARNINGS="ignore",
        JOBLIB_MULTIPROCESSING="1",
    )
    assert out == "[3, 6]\n"


def test_cloudpickle(run: Run) -> None:
    """What cloudpickle takes along by value is the new code."""
    pytest.importorskip("cloudpickle")
    out = run(
        f"import cloudpickle\n{EDIT}cloudpickle.register_pickle_by_value(shop)\n"
        "data = cloudpickle.dumps((shop.total, cart))\n"
        "import subprocess, sys\n"
        "code = 'import sys, cloudpickle; t, c = cloudpickle.load(sys.stdin.buffer); print(t(1), c.show())'\n"
        "command = [sys.executable, '-I', '-c', code]\n"
        "done = subprocess.run(command, input=data, capture_output=True, check=True, cwd='/')\n"
        "print(done.stdout.decode(), end='')"
    )
    assert out == "3 new\n"
