"""status() and explain(): what is tracked, what of it is stale, and why; as values, as text and as HTML."""

import os

import pytest

from livereload import Executed, Explanation, Kept, ModuleStatus, Report, Status, Updated
from livereload.session import tables

SHOP = {
    "shop/__init__.py": "from .cart import total\n",
    "shop/cart.py": "from .money import RATE\ndef total(): return RATE\n",
    "shop/money.py": "RATE = 1\n",
    "other.py": "X = 1\n",
}


@pytest.fixture
def shop(project):
    """A session in the project's folder that has imported a package and a module beside it."""
    project.write(SHOP)
    project.step("import shop, other", ["shop", "shop.cart", "shop.money", "other"])
    project.run(f"import os; os.chdir({project.root!r}); os.environ.pop('COLUMNS', None)")
    return project


# As values.


def test_summary_and_order(shop):
    """What raised comes first, then what is stale, then the rest; the summary counts them."""
    assert shop.value("livereload.status().summary") == "4 tracked, all fresh"
    shop.write({"shop/money.py": "RATE = 1 / 0\n"})
    assert shop.value("livereload.status().summary") == "4 tracked, 3 stale"
    shop.step("import shop", ["shop", "shop.cart", "shop.money"], raises="ZeroDivisionError")
    assert shop.value("livereload.status().summary") == "4 tracked, 3 stale, 1 error"
    assert shop.value("[*livereload.status().modules]") == ["shop.money", "shop", "shop.cart", "other"]
    assert shop.value("[each.name for each in livereload.status()]") == ["shop.money", "shop", "shop.cart", "other"]
    assert shop.value("[each.name for each in livereload.status().errors]") == ["shop.money"]
    assert shop.value("[each.name for each in livereload.status().stale]") == ["shop.money", "shop", "shop.cart"]


def test_status_executes_nothing(shop):
    """However stale everything is, asking and showing executes nothing, and leaves the edit to the next import."""
    shop.write({"shop/money.py": "RATE = 2\n"})
    assert shop.run("", "repr(livereload.status())").executed == []
    assert shop.run("", "repr(livereload.explain('shop'))").executed == []
    shop.step("import shop", ["shop", "shop.cart", "shop.money"])


def test_a_part(shop):
    """status(name) is about the module and what lies below it, given by name or as a module."""
    assert shop.value("sorted(livereload.status('shop').modules)") == ["shop", "shop.cart", "shop.money"]
    assert shop.value("sorted(livereload.status(shop.cart, 'other').modules)") == ["other", "shop.cart"]
    assert shop.value("livereload.status('sho').modules") == {}
    assert shop.value("repr(livereload.status('sho'))") == (
        "nothing tracked is called sho, or lies below: livereload.explain('sho') says why"
    )


@pytest.mark.parametrize("mend", ["RATE = 1\n", "RATE = 3\n"], ids=["undo", "edit"])
def test_errors_of_mended_modules_go(shop, mend):
    """The error of a module that is fresh again is gone, whether an edit has mended it or an undo."""
    shop.write({"shop/money.py": "RATE = 1 / 0\n"})
    shop.step("import shop", ["shop", "shop.cart", "shop.money"], raises="ZeroDivisionError")
    assert shop.value("livereload.explain('shop.money').error") == "ZeroDivisionError: division by zero"
    shop.write({"shop/money.py": mend})
    shop.run("import shop")
    assert shop.value("livereload.status().errors") == ()
    assert shop.value("livereload.explain('shop.money').error") is None


def test_errors_of_broken_modules_stay(shop):
    """As long as a module has not been mended, its error is told of, however often it is asked about."""
    shop.write({"shop/money.py": "RATE = 1 / 0\n"})
    shop.step("import shop", ["shop", "shop.cart", "shop.money"], raises="ZeroDivisionError")
    for _ in range(2):
        assert shop.value("[each.error for each in livereload.status('other', 'shop.money').errors]") == [
            "ZeroDivisionError: division by zero"
        ]


# What is known of one module.


def test_explain_a_tracked_module(shop):
    """Of a tracked module: the file, why it is stale, what it imports and is imported by, what the last edit did."""
    shop.write({"shop/money.py": "RATE = 2\n"})
    assert shop.value("repr(livereload.explain('shop.cart')).splitlines()") == [
        "shop.cart is tracked: a source file of yours",
        "  file         shop/cart.py",
        "  state        stale: imports shop.money",
        "  imports      shop.money",
        "  imported by  shop",
    ]
    shop.step("import shop", ["shop", "shop.cart", "shop.money"])
    assert shop.value("repr(livereload.explain(shop.money)).splitlines()") == [
        "shop.money is tracked: a source file of yours",
        "  file         shop/money.py",
        "  state        fresh",
        "  last edit    executed (shop/money.py changed)",
        "  imported by  shop.cart",
    ]
    shop.run("it = livereload.explain('shop.money')")
    fields = "(it.name, it.tracked, it.stale, it.error, it.imports, it.imported_by)"
    assert shop.value(fields) == ("shop.money", True, None, None, (), ("shop.cart",))
    assert shop.value("livereload.explain('shop.money').path") == str(shop.file("shop/money.py"))


def test_explain_what_was_kept(shop):
    """Of a module that did not have to be executed: why, also when another refresh has come since."""
    shop.write({"shop/money.py": "RATE = 2\n"})
    shop.step("import shop", ["shop", "shop.cart", "shop.money"])
    before = shop.value("livereload.explain('shop').last")
    assert before.startswith("kept (")
    shop.write({"other.py": "X = 2\n"})
    shop.step("import other", ["other"])
    assert shop.value("livereload.explain('shop').last") in before


WHY = {
    "json": "it has not been imported, and it belongs to the standard library, and is not in `include`",
    "sys": "it is built-in: part of the interpreter",
    "livereload.imports": "it is livereload itself",
    "__main__": "it is the program itself",
    "nowhere": "no finder knows it",
    "nowhere.at_all": "it has not been imported",
    "unseen": "it has not been imported; it will be tracked",
    "shop.unseen": "it has not been imported; it will be tracked",
    "left": "it says __livereload__ = False",
    "excluded.below": "it is excluded, as 'excluded' is in `exclude`",
    "alias": "it is another name of shop",
    "thing": "sys.modules['thing'] is no module, but of type Thing",
    "bare": "it has no spec",
    "gone": "no finder knows it",
    "installed": "it is installed, and is not in `include`",
    "binary": "it has no Python source: {site}/binary.pyc",
    "zipped": "its source is no file of its own: {root}/z.zip/zipped.py",
}


@pytest.mark.parametrize(("name", "why"), WHY.items(), ids=WHY.keys())
def test_why_not(shop, name, why):
    """explain() says of each module that is not tracked why it is not."""
    site = shop.file("lib/site-packages")
    shop.write({
        "left.py": "__livereload__ = False\n",
        "excluded/__init__.py": "",
        "excluded/below.py": "",
        "unseen.py": "1 / 0\n",
        "shop/unseen.py": "1 / 0\n",
        "asks.py": "try: import gone\nexcept ImportError: pass\n",
        "lib/site-packages/installed.py": "",
        "lib/site-packages/binary.py": "",
    })  # fmt: skip
    setup = f"""
import sys, types, py_compile, os, zipfile
livereload.install(exclude=["excluded"])
sys.path += [{str(site)!r}, {str(shop.file("z.zip"))!r}]
py_compile.compile({str(site / "binary.py")!r}, {str(site / "binary.pyc")!r}); os.remove({str(site / "binary.py")!r})
with zipfile.ZipFile({str(shop.file("z.zip"))!r}, "w") as archive: archive.writestr("zipped.py", "")
class Thing: pass
sys.modules.update(alias=shop, thing=Thing(), bare=types.ModuleType("bare"))
import left, excluded.below, asks, installed, binary, zipped
"""
    shop.run(setup)
    outcome = shop.run("", f"(e := livereload.explain({name!r})) and (e.tracked, e.why)")
    assert outcome.executed == []
    assert outcome.value == (False, why.format(root=shop.root, site=site))


def test_why_it_is_tracked(shop):
    """explain() says why a module is tracked that might not be expected to be."""
    shop.write({"lib/site-packages/installed.py": "", "space/mod.py": ""})
    site = str(shop.file("lib/site-packages"))
    shop.run(f"import sys; sys.path.append({site!r}); livereload.install(include=['installed'])")
    shop.run("import installed, space.mod")
    assert shop.value("livereload.explain('installed').why") == "it is in `include`"
    assert shop.value("livereload.explain('space').why") == "a namespace package of yours"
    loader = """
import importlib.machinery, importlib.util, sys
class Own(importlib.machinery.SourceFileLoader): pass
spec = importlib.util.spec_from_file_location("mine", shop.__file__, loader=Own("mine", shop.__file__))
mine = sys.modules["mine"] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(mine)
"""
    shop.run(loader)
    assert shop.value("livereload.explain('mine').why") == "a source file of yours, executed by its own loader, Own"


def test_explain_without_livereload(project):
    """Before install(), explain() says so."""
    project.start("")
    assert project.value("repr(livereload.explain('json'))") == (
        "json is not tracked: livereload is not installed: call livereload.install()"
    )
    assert project.attempt("livereload.explain(3)").error["message"] == "module must hold names of modules, not int (3)"


def test_not_tracked_error_says_why(shop):
    """refresh() of what is not tracked raises an error that says why."""
    error = shop.attempt("import sys; livereload.refresh(sys)").error
    assert error["message"] == "cannot refresh 'sys', which is not tracked: it is built-in: part of the interpreter"


# As text.


def some(count, **kinds):
    """The status of so many modules; `kinds` are those that are not fresh: {name: (stale, error)}."""
    modules = {f"m{i:03}": ModuleStatus(f"m{i:03}", f"/elsewhere/m{i:03}.py", None, 1) for i in range(count)}
    for name, (stale, error) in kinds.items():
        modules[name] = ModuleStatus(name, f"/elsewhere/{name}.py", stale, 1, error)
    return Status(True, modules)


def test_text(monkeypatch):
    """The summary, then a line for each module; errors have lines of their own and push no column."""
    monkeypatch.setattr(tables, "_columns", lambda: None)
    error = "ValidationError: 2 errors\n  for Cart"
    assert repr(some(2, zz=("zz.py changed", error))).splitlines() == [
        "3 tracked, 1 stale, 1 error",
        "",
        "zz    stale: zz.py changed  /elsewhere/zz.py",
        "    ValidationError: 2 errors for Cart",
        "m000  fresh                 /elsewhere/m000.py",
        "m001  fresh                 /elsewhere/m001.py",
    ]


def test_many_modules(monkeypatch):
    """Of many modules all that are stale are shown, and some of the fresh ones; of a part that was asked for, all."""
    monkeypatch.setattr(tables, "_columns", lambda: None)
    lines = repr(some(300, **{f"s{i}": ("changed", None) for i in range(50)})).splitlines()
    assert lines[0] == "350 tracked, 50 stale"
    assert sum("stale: changed" in line for line in lines) == 50
    assert lines[-1] == "… and 280 others, all fresh: livereload.status(NAME) shows a part"
    assert len(lines) == 2 + 50 + 20 + 1
    part = some(300)
    part.asked = ("m",)
    assert len(repr(part).splitlines()) == 302


@pytest.mark.parametrize("columns", [40, 60, 80, 110])
def test_as_wide_as_the_terminal(monkeypatch, columns):
    """No line is wider than the terminal; what is too wide is cut, a path at its start."""
    monkeypatch.setenv("COLUMNS", str(columns))
    stale = ("imports a.very.long.name.of.a.module.somewhere", "ImportError: " + 20 * "cannot import ")
    lines = repr(some(3, **{"shop.cart.models.base": stale})).splitlines()
    assert max(map(len, lines)) <= columns
    assert lines[2].startswith("shop.cart") and lines[2].endswith("base.py") and "…" in lines[2]


def test_from_the_root_folder(monkeypatch):
    """Paths are shown whole where each of them lies below the current folder."""
    monkeypatch.setattr(tables, "_columns", lambda: None)
    monkeypatch.setattr("os.getcwd", lambda: os.sep)
    assert repr(some(1)).splitlines()[-1] == "m000  fresh  /elsewhere/m000.py"


# As HTML.


def test_html():
    """A notebook shows status() and last() as tables; what a module is called and raised is escaped."""
    html = some(1, zz=("zz.py changed", "TypeError: <lambda>() & more"))._repr_html_()
    assert html.startswith("<p>2 tracked, 1 stale, 1 error</p><table>") and html.count("<tr>") == 3
    assert "stale: zz.py changed; TypeError: &lt;lambda&gt;() &amp; more" in html
    report = Report(
        (Executed("a", "a.py changed", 0.0),), ("b.P: a new class",), None, 0.002, (Kept("c", "why"),),
        (Updated("d", ("f", "g")),),
    )  # fmt: skip
    html = report._repr_html_()
    assert html.startswith("<p>livereload: updated d (f, g); executed a (a.py changed) in 2 ms</p><table>")
    for cells in (("updated", "d", "f, g"), ("executed", "a", "a.py changed"), ("kept", "c", "why")):
        assert "<tr>" + "".join(f'<td style="text-align: left">{cell}</td>' for cell in cells) + "</tr>" in html
    assert "b.P: a new class" in html
    assert Report()._repr_html_() == "<p>livereload: nothing was stale</p>"
    assert Status(False, {})._repr_html_() == "<p>livereload is not installed: call livereload.install()</p>"


def test_an_explanation_of_nothing():
    """An explanation shows what it has, and no empty rows."""
    assert repr(Explanation("x", False, "it has not been imported")) == "x is not tracked: it has not been imported"
