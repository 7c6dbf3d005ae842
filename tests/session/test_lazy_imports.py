"""Lazy imports in modules (PEP 810): followed once used, and imported no earlier than in a fresh interpreter."""

import subprocess
import sys
from pathlib import Path

import pytest

SOURCES = Path(__file__).parent.parent.parent / "src"

pytestmark = pytest.mark.skipif(sys.version_info < (3, 15), reason="lazy imports are new in 3.15")

# What a module that imports lazily gives, or the error that using it raises.
USED = "(lambda: __import__('user').use())()"
USER = "lazy from shop import RATE, euro as price\nlazy import shop\ndef use(): return RATE, price(), shop.RATE\n"


def shop(rate, more=""):
    return f"{more}RATE = {rate}\ndef euro(): return RATE\n"


@pytest.fixture(params=[True, False], ids=["executed-whole", "updated"])
def project(project, request):
    """Projects whose changed modules are executed as a whole, or only what differs."""
    start = project.start
    project.start = lambda code="livereload.install()", **options: start(code, **{"whole": request.param, **options})
    return project


@pytest.fixture
def used(project):
    """A module that has used all that it imports lazily, one that imports it, and what that gives for some rate."""
    project.write({"shop.py": shop(1), "user.py": USER, "top.py": "import user\n"})
    outcome = project.run("import top, user", "user.use()")
    assert (outcome.value, outcome.executed) == ((1, 1, 1), ["top", "user", "shop"])
    return project


@pytest.mark.parametrize("statement", ["import user", "import top", "import shop", "import shop, user"])
def test_what_has_been_used_follows(used, statement):
    """After any import that reaches the module, what it uses is what the sources say, as often as they change."""
    for rate in (2, 3):
        used.write({"shop.py": shop(rate)})
        assert used.run(statement, "user.use()").value == (rate, rate, rate)
        assert used.fresh(f"import user; {statement}", expression="user.use()").value == (rate, rate, rate)


@pytest.mark.parametrize("statement", ["import user", "import shop"])
def test_a_constant_alone(project, statement):
    """Where only a constant has changed, which is then executed by itself, its name follows as well."""
    project.write({"shop.py": "import sys\nRATE = 1\nOTHER = sys.path\n"})
    project.write({"user.py": "lazy from shop import RATE\ndef use(): return RATE\n"})
    assert project.run("import user", "user.use()").value == 1
    for rate in (2, 3):
        project.write({"shop.py": f"import sys\nRATE = {rate}\nOTHER = sys.path\n"})
        assert project.run(statement, "user.use()").value == rate
    project.write({"user.py": "lazy from shop import RATE as rate\ndef use(): return rate\n"})
    assert project.run("import user", "user.use()").value == 3
    project.write({"shop.py": "import sys\nRATE = 4\nOTHER = sys.path\n"})
    assert project.run("import user", "user.use()").value == 4


def test_status_says_so(used):
    """A module is stale when something that it has imported lazily, and used, is."""
    stale = "[each.name for each in livereload.status().modules.values() if each.stale]"
    assert used.value(stale) == []
    used.write({"shop.py": shop(2)})
    assert used.value(stale) == ["shop", "top", "user"]


def test_a_refresh_reaches_it(used):
    """`livereload.refresh()` and `refresh("user")` bring what was imported lazily up to date."""
    for rate, names in ((2, ""), (3, "'user'"), (4, "'shop'")):
        used.write({"shop.py": shop(rate)})
        assert used.run(f"livereload.refresh({names})", "user.use()").value == (rate, rate, rate)


def test_what_has_not_been_used_is_not_imported(project):
    """A broken module that is only imported lazily breaks no import, and what has not been used is not executed."""
    project.write({"shop.py": shop(1), "user.py": USER})
    assert project.run("import user").executed == ["user"]
    project.write({"shop.py": "1 / 0\n"})
    assert project.run("import user").executed == []
    project.write({"shop.py": shop(2)})
    assert project.run("import user", "user.use()").value == (2, 2, 2)


def test_used_after_an_import_that_found_all_fresh(project):
    """That an import found all fresh does not hide what is used since, although nothing was executed for that."""
    project.write({"shop.py": shop(1), "user.py": USER})
    project.run("import shop\nimport user\nimport user")
    assert project.value("user.use()") == (1, 1, 1)
    project.write({"shop.py": shop(2)})
    assert project.run("import user", "user.use()").value == (2, 2, 2)


def test_a_name_that_is_gone_is_missed_where_it_is_used(used):
    """The use raises what it raises in a fresh interpreter; the module is whole again once the name is there again."""
    used.write({"shop.py": "def euro(): return 0\n"})
    used.run("import user")
    live, fresh = used.attempt("import user\nuser.use()"), used.fresh("import user\nuser.use()")
    assert live.error is not None and fresh.error is not None
    assert (live.error["type"], live.error["message"]) == (fresh.error["type"], fresh.error["message"])
    used.write({"shop.py": shop(5)})
    assert used.run("import user", "user.use()").value == (5, 5, 5)


def test_a_name_that_the_session_has_bound_stays(used):
    """What stands in the place of a lazy import because somebody has put it there is left alone."""
    used.run("user.RATE = 'mine'")
    used.write({"shop.py": shop(2)})
    assert used.run("import shop", "user.use()").value == ("mine", 2, 2)


def test_a_package_and_its_submodules(project):
    """`lazy import pkg.sub` and `lazy from pkg import sub, NAME` follow the submodule and the package."""
    project.write({"pkg/__init__.py": "NAME = 1\n", "pkg/sub.py": "X = 1\n"})
    imports = "lazy import pkg.sub\nlazy from pkg import sub as s, NAME\n"
    project.write({"user.py": f"{imports}def use(): return pkg.sub.X, s.X, NAME\n"})
    assert project.run("import user", "user.use()").value == (1, 1, 1)
    project.write({"pkg/sub.py": "X = 2\n"})
    assert project.run("import user", "user.use()").value == (2, 2, 1)
    project.write({"pkg/__init__.py": "NAME = 2\n"})
    assert project.run("import user", "user.use()").value == (2, 2, 2)
    project.write({"pkg/sub.py": "X = 3\n", "pkg/__init__.py": "NAME = 3\n"})
    assert project.run("import user", "user.use()").value == (3, 3, 3)


def test_a_failed_refresh_takes_nothing_back(used):
    """When the import raises, what has been used stays as it was."""
    used.write({"shop.py": shop(2), "top.py": "import user\n1 / 0\n"})
    assert used.attempt("import top").error["type"] == "ZeroDivisionError"
    assert used.value("type(vars(user)['RATE']).__name__") == "int"


def test_what_was_there_already_is_taken_at_once(project):
    """Of a module that has been imported before, the statement binds what is there: that follows as well."""
    project.write({"shop.py": shop(1), "user.py": "lazy from shop import RATE\ndef use(): return RATE\n"})
    project.run("import shop\nimport user")
    assert project.value("user.use()") == 1
    for rate in (2, 3):
        project.write({"shop.py": shop(rate)})
        assert project.value("livereload.status().modules['user'].stale") is not None
        assert project.run("import user", "user.use()").value == rate


def test_relative_imports(project):
    """`lazy from . import sub` and `lazy from .sub import X` follow, whether or not the modules were there."""
    imports = "lazy from . import sub\nlazy from .sub import X\nlazy from .. import NAME\n"
    code = f"{imports}def use(): return sub.X, X, NAME\n"
    project.write({"pkg/__init__.py": "NAME = 1\n", "pkg/low/__init__.py": "", "pkg/low/sub.py": "X = 1\n"})
    project.write({"pkg/low/one.py": code, "pkg/low/two.py": code})
    assert project.run("import pkg.low.one as one", "one.use()").value == (1, 1, 1)
    assert project.run("import pkg.low.two as two", "two.use()").value == (1, 1, 1)
    project.write({"pkg/low/sub.py": "X = 2\n", "pkg/__init__.py": "NAME = 2\n"})
    assert project.run("import pkg.low.two", "two.use()").value == (2, 2, 2)
    assert project.run("import pkg.low.one", "one.use()").value == (2, 2, 2)


@pytest.mark.parametrize(
    ("statement", "expression"),
    [("", "user.rate"), ("from user import rate", "rate"), ("", "user.stall.RATE"), ("", "user.price()")],
)
def test_used_from_outside(project, statement, expression):
    """What was imported lazily is up to date for who takes it from the module, by attribute or by import."""
    user = "lazy from shop import RATE as rate, euro as price\nlazy import shop as stall\n"
    project.write({"shop.py": shop(1), "user.py": user})
    project.run("import user\nimport shop")
    project.write({"shop.py": shop(2)})
    assert project.run(statement, expression).value == 2


def test_a_missing_attribute_is_no_use(project):
    """That a tracked module with something stale lacks an attribute executes nothing, whoever looks for it."""
    project.write({"shop.py": shop(1), "user.py": USER, "other.py": "lazy import nothing as missing\n"})
    project.run("import user, other, shop")
    project.write({"shop.py": shop(2)})
    outcome = project.run("", "(hasattr(shop, 'missing'), getattr(shop, 'missing', 0))")
    assert (outcome.value, outcome.executed) == ((False, 0), [])
    assert project.attempt("shop.missing").executed == []


@pytest.mark.parametrize("used_before", [True, False])
def test_imported_before_install(project, used_before):
    """What was imported lazily before `install()`, and used before or after it, follows."""
    project.write({"shop.py": shop(1), "user.py": USER})
    steps = ["import user", "user.use()" if used_before else "", "livereload.install()", "import user", "user.use()"]
    project.start("\n".join(steps))
    for rate in (2, 3):
        project.write({"shop.py": shop(rate)})
        assert project.run("import user", "user.use()").value == (rate, rate, rate)


@pytest.mark.parametrize("options", [["-X", "lazy_imports=all"], ["-X", "lazy_imports=normal"]])
def test_where_all_imports_are_lazy(tmp_path, options):
    """With `-X lazy_imports=all`, and without it, modules with plain statements and with lazy ones follow."""
    for name, word in (("plain", ""), ("lazily", "lazy ")):
        imports = f"{word}from shop import RATE\n{word}import shop\n"
        (tmp_path / f"{name}.py").write_text(f"{imports}def use(): return RATE, shop.RATE\n")
    (tmp_path / "shop.py").write_text("RATE = 0\n")
    program = (
        f"import sys; sys.path[:0] = [{str(SOURCES)!r}, {str(tmp_path)!r}]\n"
        "import livereload; livereload.install()\n"
        "import plain, lazily; found = [(*plain.use(), *lazily.use())]\n"
        "for rate in (1, 2):\n"
        f"    open({str(tmp_path / 'shop.py')!r}, 'w').write(f'RATE = {{rate}}\\n')\n"
        "    import plain, lazily; found.append((*plain.use(), *lazily.use()))\n"
        "print(found)"
    )
    done = subprocess.run([sys.executable, "-I", *options, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "[(0, 0, 0, 0), (1, 1, 1, 1), (2, 2, 2, 2)]\n"
