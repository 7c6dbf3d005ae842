"""Data files and folders that a module reads while it is executed are dependencies of it."""

import builtins
import io
import os

import pytest

READ = {
    "open": "X = open({0!r}).read()\n",
    "io.open": "import io\nwith io.open({0!r}, 'rb') as file: X = file.read()\n",
    "a path": "from pathlib import Path\nX = (Path(__file__).parent / 'data.txt').read_text()\n",
    "bytes of a path": "from pathlib import Path\nX = Path({0!r}).read_bytes()\n",
    "a resource": "from importlib import resources\nX = resources.files('pkg').joinpath('data.txt').read_text()\n",
    "data of a package": "import pkgutil\nX = pkgutil.get_data('pkg', 'data.txt')\n",
    "a function of another module": "import reader\nX = reader.read({0!r})\n",
    "the standard library": "import configparser\nc = configparser.ConfigParser()\nc.read({0!r})\nX = dict(c['a'])\n",
}  # fmt: skip


@pytest.mark.parametrize("source", READ.values(), ids=READ.keys())
def test_a_file_that_is_read(project, source):
    """It is executed if what the file holds has changed, not if the file was only touched."""
    path = os.path.join(project.root, "pkg", "data.txt")
    project.write({
        "pkg/__init__.py": "",
        "pkg/data.txt": "[a]\nb=1\n",
        "pkg/config.py": source.format(path),
        "reader.py": "def read(path):\n    with open(path) as file: return file.read()\n",
        "app.py": "from pkg.config import X\nY = len(X)\n",
        "apart.py": "Z = 1\n",
    })  # fmt: skip
    project.start(whole=False)
    project.run("import app, apart")
    project.write({"pkg/data.txt": "[a]\nb=1\n"})
    assert project.run("import app, apart").executed == []
    project.write({"pkg/data.txt": "[a]\nb=2\n"})
    executed = project.run("import app, apart").executed
    assert executed[0] == "pkg.config"
    assert not {"reader", "apart"} & {*executed}
    assert project.value("repr(app.X)") == project.fresh("import app", expression="repr(app.X)").value
    assert project.run("import app, apart").executed == []


LISTED = {
    "os.listdir": "import os\nX = sorted(each for each in os.listdir({0!r}) if each.endswith('.sql'))\n",
    "glob": "import glob\nX = len(glob.glob({0!r} + '/*.sql'))\n",
    "a path's glob": "from pathlib import Path\nX = len([*Path({0!r}).glob('*.sql')])\n",
    "a path's entries": "from pathlib import Path\nX = len([*Path({0!r}).iterdir()])\n",
    "os.walk": "import os\nX = [files for _, _, files in os.walk({0!r})]\n",
    "a resource": "from importlib import resources\nX = len([*resources.files('pkg').joinpath('sql').iterdir()])\n",
}


@pytest.mark.parametrize("source", LISTED.values(), ids=LISTED.keys())
def test_a_folder_that_is_listed(project, source):
    """It is executed if there are other names in the folder, not for what editors and caches leave there."""
    project.write({
        "pkg/__init__.py": "",
        "pkg/sql/a.sql": "1",
        "pkg/queries.py": source.format(os.path.join(project.root, "pkg", "sql")),
    })  # fmt: skip
    project.start(whole=False)
    project.run("import pkg.queries")
    project.write({"pkg/sql/.a.sql.swp": "1", "pkg/sql/a.sql~": "1", "pkg/sql/a.sql": "2"})
    assert project.run("import pkg.queries").executed == []
    project.write({"pkg/sql/b.sql": "1"})
    assert project.run("import pkg.queries").executed == ["pkg.queries"]
    fresh = project.fresh("import pkg.queries", expression="repr(pkg.queries.X)").value
    if "iterdir" not in source and "walk" not in source:  # these see the editor's files
        assert project.value("repr(pkg.queries.X)") == fresh
    assert project.run("import pkg.queries").executed == []


def test_a_folder_of_plugins_that_a_helper_lists(project):
    """Only names of modules count for `pkgutil.iter_modules`."""
    project.write({
        "helper.py": "import importlib, pkgutil\n"
        "def load(p):\n"
        "    names = [each.name for each in pkgutil.iter_modules(p.__path__)]\n"
        "    return [importlib.import_module(f'{p.__name__}.{each}') for each in names]\n",
        "plugins/__init__.py": "",
        "plugins/a.py": "N = 1\n",
        "app.py": "import helper, plugins\nN = [each.N for each in helper.load(plugins)]\n",
    })  # fmt: skip
    project.start(whole=False)
    project.run("import app")
    project.write({"plugins/notes.txt": "1"})
    assert project.run("import app").executed == []
    project.write({"plugins/b.py": "N = 2\n"})
    project.run("import app")
    assert project.value("app.N") == [1, 2]


KEEPING = {
    "a cache": "import functools\n@functools.cache\ndef load(path): return open(path).read()\n",
    "a dict": (
        "kept = {}\ndef load(path):\n    if path not in kept: kept[path] = open(path).read()\n    return kept[path]\n"
    ),
}


@pytest.mark.parametrize("conf", KEEPING.values(), ids=KEEPING.keys())
def test_what_a_function_of_another_module_has_read_and_kept(project, conf):
    """All who use what it has kept are executed; who uses such a function that keeps nothing, is not."""
    path, other = (os.path.join(project.root, name) for name in ("a.txt", "b.txt"))
    project.write({
        "conf.py": conf,
        "util.py": "def load(path): return open(path).read()\n",
        "a.txt": "1",
        "b.txt": "1",
        "one.py": f"import conf, util\nX = conf.load({path!r}) + util.load({path!r})\n",
        "two.py": f"from conf import load\nX = load({path!r})\n",
        "three.py": f"import util\nX = util.load({other!r})\n",
        "main.py": "import one, two, three\n",
    })  # fmt: skip
    project.start(whole=False)
    project.run("import main")
    project.write({"a.txt": "2"})
    executed = project.run("import main").executed
    assert project.value("main.one.X, main.two.X, main.three.X") == ("22", "2", "1")
    assert not {"util", "three"} & {*executed}
    project.run("import main")
    project.write({"b.txt": "2"})
    assert project.run("import main").executed == ["three"]


def test_a_file_that_was_not_there(project):
    """A module that has looked for a file in vain is executed when the file is there, and when it is gone again."""
    project.write({"config.py": "try: X = open('local.txt').read()\nexcept FileNotFoundError: X = ''\n"})
    project.start(whole=False)
    project.run(f"import os; os.chdir({project.root!r}); import config")
    project.write({"local.txt": "1"})
    assert project.run("import config").executed == ["config"]
    assert project.value("config.X") == "1"
    project.delete("local.txt")
    assert project.run("import config").executed == ["config"]
    assert project.value("config.X") == ""


def test_a_file_that_a_module_writes(project):
    """What a module writes is its product; it is not executed again for that."""
    path = os.path.join(project.root, "count.txt")
    project.write({
        "count.txt": "0",
        "count.py": f"n = int(open({path!r}).read()) + 1\nwith open({path!r}, 'w') as f: f.write(str(n))\n",
    })  # fmt: skip
    project.start(whole=False)
    project.run("import count")
    assert project.run("import count").executed == []
    assert project.value("count.n") == 1


def test_a_broken_data_file(project):
    """The error is that of a fresh interpreter, and the module is executed when the file is mended."""
    project.write({"config.py": f"X = int(open({os.path.join(project.root, 'n.txt')!r}).read())\n", "n.txt": "1"})
    project.start(whole=False)
    project.run("import config")
    project.write({"n.txt": "x"})
    assert project.attempt("import config").error == project.fresh("import config").error
    project.write({"n.txt": "3"})
    assert project.run("import config").executed == ["config"]
    assert project.value("config.X") == 3


def test_the_traceback_of_a_file_that_is_not_there(project):
    """It has no frame of ours."""
    project.write({"config.py": "X = open('/nowhere/at all').read()\n"})
    project.start(whole=False)
    assert project.attempt("import config").error == project.fresh("import config").error


def test_what_takes_hold_of_the_functions_has_the_originals(project):
    """They are replaced only while modules are executed, and no module keeps a replacement."""
    source = (
        "import io, os\nfrom os import listdir, scandir\nfrom builtins import open as o\n"
        "class C:\n    read = open\n    kept = [io.open]\nlisted = os.listdir\n"
        "def f(*, read=open): return read\n"
    )
    project.write({"m.py": source})
    project.start(whole=False)
    project.run("import m, os, io, builtins, posix")
    found = "m.listdir, m.scandir, m.listed", "os.listdir, os.scandir, os.listdir"
    assert project.value(f"all(a is b for a, b in zip(({found[0]}), ({found[1]})))")
    assert project.value("os.listdir is posix.listdir and os.scandir is posix.scandir")
    assert project.value("m.o is m.C.read is m.C.kept[0] is m.f() is io.open is builtins.open")
    assert project.value("type(builtins.open).__name__") == type(builtins.open).__name__
    assert builtins.open is io.open
    assert os.listdir.__module__ == "posix"


def test_reads_are_noticed_after_something_took_hold_of_the_functions(project):
    """What has taken hold of `open` in a container is given the original, and later reads are dependencies, too."""
    path = os.path.join(project.root, "data.txt")
    project.write({
        "holder.py": "class Holder: functions = [('open', open)]\n",
        "config.py": f"X = open({path!r}).read()\n",
        "data.txt": "1",
    })  # fmt: skip
    project.run("import holder")
    assert project.value("holder.Holder.functions[0][1] is open") is True
    project.run("import config")
    project.write({"data.txt": "2"})
    assert project.run("import config", "config.X").value == "2"
