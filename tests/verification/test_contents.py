"""What a module holds counts as different only if an execution has been seen to change it."""

import pytest

TABLES = "class Box:\n    def __init__(self):\n        self.entries = {'all': []}\nbox = Box()\ntable = {'a': [1]}\n"
USER = "import tables\nsizes = (len(tables.table['a']), len(tables.box.entries['all']))\n"
IMPORTER = "import tables\nimport calling\nimport user\n"


def started(project, files):
    project.write(files)
    project.start(whole=False)
    project.step("import app", ["app", "tables", "calling", "user"])


@pytest.mark.parametrize(
    "calling",
    [
        "import tables\nN = 1\nfound = sorted(tables.table)\nclass C:\n    pass\n",
        "import tables\nN = 1\nfound = [*map(len, tables.table.values())]\n",
        "import tables\nN = 1\nassert tables.box.entries['all'] == []\nclass C:\n    n = max(N, 0)\n",
    ],
)
def test_what_only_looks_at_a_table_changes_nothing_in_it(project, calling):
    """Who uses the same table as a module that is executed is kept."""
    started(project, {"tables.py": TABLES, "calling.py": calling, "user.py": USER, "app.py": IMPORTER})
    project.write({"calling.py": calling.replace("N = 1", "N = print and 2")})
    project.step("import app", ["calling"], spares=[])


@pytest.mark.parametrize(
    "put",
    [
        "tables.table['a'] += things",
        "tables.box.entries['all'].extend(things)",
        "def put(box, things):\n    box.entries['all'] += things\nput(tables.box, things)",
        "tables.box.entries = {'all': things}",
    ],
)
def test_what_is_put_into_a_table_is_seen(project, put):
    """Who uses what a module that is executed has changed, however deep, is executed."""
    calling = f"import tables\nN = 1\ndef thing():\n    pass\nthings = [thing][N:]\n{put}\n"
    started(project, {"tables.py": TABLES, "calling.py": calling, "user.py": USER, "app.py": IMPORTER})
    project.write({"calling.py": calling.replace("N = 1", "N = print and 0")})
    project.step("import app", ["calling", "user", "app"])


LOOKING = [
    "import util\nX = eval('util.f()')\n",
    "import util\nX = vars(util)['f']()\n",
    "import util, sys\nX = sys.modules['util'].f()\n",
    "import util\ndef g():\n    return globals()['util'].f()\nX = g()\n",
]


@pytest.mark.parametrize("looking", LOOKING)
def test_what_may_see_anything_is_kept_if_nothing_has_changed(project, looking):
    """A comment in what it imports, or an edit of what it does not import, does not execute a module."""
    project.write(
        {"util.py": "def f():\n    return 1\n", "other.py": "def h():\n    return 1\n", "looking.py": looking}
    )
    project.write({"app.py": "import other\nimport looking\n"})
    project.start(whole=False)
    project.step("import app", ["app", "other", "looking", "util"])
    project.write({"util.py": "# says one\ndef f():\n    return 1\n"})
    project.step("import app", [], spares=[])
    project.write({"other.py": "def h():\n    return 2\n"})
    project.step("import app", [], spares=[])
    project.write({"util.py": "# says two\ndef f():\n    return 2\n"})
    project.step("import app", ["looking"], spares=[])


def test_a_function_that_imports_when_it_is_called(project):
    """What a function imports while its module is executed counts by the names that it takes."""
    project.write({"util.py": "def f():\n    return 1\ndef g():\n    return 1\n"})
    project.write({"app.py": "def load():\n    from util import f\n    return f()\nX = load()\n"})
    project.start(whole=False)
    project.step("import app", ["app", "util"])
    project.write({"util.py": "def f():\n    return 1\ndef g():\n    return 2\n"})
    project.step("import app", [], spares=[])
    project.write({"util.py": "def f():\n    return 2\ndef g():\n    return 2\n"})
    project.step("import app", ["app"], spares=[])
    project.write({"util.py": "def g():\n    return 2\n"})
    project.step("import app", ["app"], raises="ImportError")


def test_a_name_that_is_gone_is_seen(project):
    """A function that asks a module for a name that is there no more would give something else."""
    project.write(
        {"util.py": "D = 1\nE = 1\n", "app.py": "import util\ndef h():\n    return hasattr(util, 'D')\nX = h()\n"}
    )
    project.start(whole=False)
    project.step("import app", ["app", "util"])
    project.write({"util.py": "E = 1\n"})
    project.step("import app", ["app"], spares=[])


@pytest.mark.parametrize("attribute", ["stack", "globals", "modules", "vars"])
def test_attributes_by_the_names_of_builtins(project, attribute):
    """An attribute of an object that has the name of something that sees more is an attribute."""
    looking = (
        f"import util\nclass T:\n    {attribute} = ()\nt = T()\ndef g():\n    return len(t.{attribute})\nX = g()\n"
    )
    project.write({"util.py": "def f():\n    return 1\n", "app.py": looking})
    project.start(whole=False)
    project.step("import app", ["app", "util"])
    project.write({"util.py": "def f():\n    return 2\n"})
    project.step("import app", [], spares=[])


def test_the_text_of_what_is_imported(project):
    """A module that looks at the text of another sees a comment in it."""
    project.write({"util.py": "def f():\n    return 1\n"})
    project.write({"app.py": "import inspect, util\nX = inspect.getsource(util.f)\n"})
    project.start("import inspect, livereload; livereload.install()", whole=False)
    project.step("import app", ["app", "util"])
    project.write({"util.py": "def f():\n    # one\n    return 1\n"})
    project.step("import app", ["app"], spares=[])


SPARED = {
    "who calls": "import util, sys\ndef home(): return sys._getframe(1).f_globals['__name__']\nX = (home(), util.N)\n",
    "a parameter that is called `dir`": "import util\ndef turn(dir: int = 1): return dir\nX = (turn(), util.N)\n",
    "a function that puts into what it has made": (
        "import util, enum\nclass E(enum.Enum):\n    A = 1\ndef pack(n):\n    rows = {}\n    for each in range(n):\n"
        "        rows[each] = (E.A, E.A, util.f)\n    return rows\nX = (len(pack(2)), util.N)\n"
    ),
}


@pytest.mark.parametrize("text", ["# a comment\n", "\n"], ids=["a comment", "a line"])
@pytest.mark.parametrize("source", SPARED.values(), ids=SPARED.keys())
def test_layout_of_what_it_uses_executes_no_module(project, source, text):
    """Who looks at frames or modules sees names, and no text; a memo holds something that can be put into."""
    project.write({"util.py": "N = 1\ndef f():\n    return 1\n", "looking.py": source, "app.py": "import looking\n"})
    project.start(whole=False)
    project.step("import app", ["app", "looking", "util"])
    project.write({"util.py": f"N = 1\n{text}def f():\n    return 1\n"})
    project.step("import app", [])


CALLING = [
    "import util, sys\ndef call():\n    return sys._getframe(1).f_globals['util'].f()\nX = call()\n",
    "from util import f\nimport sys\n"
    "def call():\n    return [v() for k, v in sys._getframe(1).f_globals.items() if k == 'f']\nX = call()\n",
    "import util, sys\ndef call(name):\n    return (sys.modules['__main__'] if not name else sys.modules[name]).f()\n"
    "X = call('util')\n",
]


@pytest.mark.parametrize("source, executed", [(SPARED["who calls"], []), *((each, ["looking"]) for each in CALLING)])
def test_a_body_that_no_name_tells_executes_no_module(project, source, executed):
    """A function with another body is not called by who looks at frames or modules, unless its name is there."""
    project.write({"util.py": "N = 1\ndef f():\n    return 1\n", "looking.py": source, "app.py": "import looking\n"})
    project.start(whole=False)
    project.step("import app", ["app", "looking", "util"])
    project.write({"util.py": "N = 1\ndef f():\n    return 2\n"})
    project.step("import app", executed)
