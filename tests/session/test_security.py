"""What livereload writes, where, and what it executes: nothing that plain Python would not."""

import os
import stat
import sys

import pytest
from test_switched_on import QUESTION, Environment

# A module of each name in the current folder, which says that it was executed.
TRAP = """
import sys
with open({log!r}, "a") as file:
    file.write(__name__ + chr(10))
if __name__ != "linecache":
    raise ImportError("a trap: " + __name__)
def __getattr__(name):  # 3.13 itself looks for linecache when it runs code from the command line
    return lambda *_: None
"""
# Whatever makes livereload load more of itself or of the standard library.
EVERYTHING = """
import sys
sys.modules["_livereload_imports"].wait_no_more()
installed = sys.modules["livereload.imports.hooks"].installed
installed.state.verbose = True
sys.modules["livereload.files.cached_look"].WATCH_AFTER = 0  # watch the folders at once
def write(n, slots="a"):
    with open("shop.py", "w") as file:
        file.write(source.replace("{n}", str(n)).replace("{slots}", slots))
source = '''
try:
    cache
except NameError:
    cache = []
def deco(f):
    count = 0
    def wrapper():
        nonlocal count
        count += 1
        return f(), {n}
    return wrapper
@deco
def f(): return {n}
class Slotted:
    __slots__ = ("{slots}",)
    @deco
    def m(): pass
'''
write(1)
import shop
held = shop.Slotted(), shop.f, shop.cache
for n in range(2, 5):
    write(n, slots="ab"[n % 2])
    from shop import f
    for _ in range(3):
        import shop
    assert f() == (n, n) and shop.cache is held[2], (f(), shop.cache)
with open("shop.py", "w") as file:
    file.write("1 / 0")
try:
    import shop
except ZeroDivisionError:
    pass
import livereload
repr((livereload.status(), livereload.explain("shop"), livereload.explain("no_such_module"), livereload.last()))
livereload.status()._repr_html_(), livereload.last()._repr_html_()
livereload.when_changed(shop.f)
import warnings
warnings.simplefilter("error")
for n in range(5, 8):
    held += (shop.Slotted(),)
    write(n, slots="ab"[n % 2])
    import shop
sys.modules["livereload.imports.hooks"].uninstall()
"""


@pytest.fixture
def trapped(tmp_path):
    """The names of standard modules that `python OPTIONS` executes from the current folder."""
    environment = Environment(tmp_path)
    log = tmp_path / "trapped.log"
    for name in sys.stdlib_module_names:
        (tmp_path / f"{name}.py").write_text(TRAP.format(log=str(log)))

    def trapped(*options, **variables):
        log.write_text("")
        done = environment.run(*options, **variables)
        assert done.returncode == 0, done.stderr
        return set(log.read_text().split())

    trapped.environment = environment
    return trapped


def test_nothing_from_the_current_folder(trapped):
    """Whatever modules of the standard library livereload needs, it is not the files of their names that lie here."""
    assert trapped("-c", EVERYTHING, LIVERELOAD="all") == trapped("-c", "pass")


def test_nothing_from_the_current_folder_at_a_prompt(trapped, tmp_path):
    """A prompt has the current folder on its path when it runs our start-up file."""
    for name in ("_livereload_imports", "livereload"):
        (tmp_path / f"{name}.py").write_text(TRAP.format(log=str(tmp_path / "trapped.log")) + "# livereload-imports\n")
    startup = trapped.environment.site / "livereload" / "startup.py"
    code = f"exec(compile(open({str(startup)!r}).read(), {str(startup)!r}, 'exec')); {QUESTION}"
    assert trapped("-c", code) == trapped("-c", "pass")


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644, 0o444])
def test_bytecode_has_the_permissions_of_its_source(project, mode):
    """As plain Python writes it: readable for those who can read the source, first and after an edit."""
    project.write({"a.py": "X = 1\n", "b.py": "X = 1\n"})
    for name in ("a.py", "b.py"):
        project.file(name).chmod(mode)
    project.plain("import b")
    project.step("import a", ["a"])
    for text in ("X = 2\n", "X = 3\n"):
        assert modes(project) == {"a": modes(project)["b"], "b": modes(project)["b"]}
        project.write({"a.py": text})
        project.step("import a", ["a"])


def modes(project):
    files = project.file("__pycache__").iterdir()
    return {each.name.partition(".")[0]: stat.S_IMODE(each.stat().st_mode) for each in files}


def test_bytecode_is_not_written_through_links(project):
    """A link in the place of the bytecode is replaced; what it leads to stays as it was."""
    project.write({"a.py": "X = 1\n", "precious": "mine"})
    for text in ("X = 1\n", "X = 2\n"):
        project.write({"a.py": text})
        place = project.file(f"__pycache__/a.{sys.implementation.cache_tag}.pyc")
        place.parent.mkdir(exist_ok=True)
        place.unlink(missing_ok=True)
        place.symlink_to(project.file("precious"))
        project.step("import a", ["a"])
        assert project.file("precious").read_text() == "mine"
        assert not place.is_symlink()


def test_nothing_else_is_written(project):
    """Bytecode, where the interpreter itself would put it, is all that imports and refreshes leave."""
    project.write({"pkg/__init__.py": "", "pkg/a.py": "import b\n", "b.py": "X = 1\n"})
    for n in range(3):
        project.write({"b.py": f"X = {n}\n"})
        project.run("import pkg.a")
    written = {str(each.relative_to(project.root)) for each in project.file(".").rglob("*") if each.suffix != ".py"}
    tag = sys.implementation.cache_tag
    bytecode = {f"pkg/__pycache__/__init__.{tag}.pyc", f"pkg/__pycache__/a.{tag}.pyc", f"__pycache__/b.{tag}.pyc"}
    assert written == {"pkg", "pkg/__pycache__", "__pycache__", *bytecode}


ENABLE = "sys.argv[1:] = ['enable']; runpy.run_module('livereload.__main__', run_name='__main__', alter_sys=True)"


def test_enable_does_not_write_through_links(tmp_path):
    """Neither the file that `enable` writes nor the one that it writes first is written through a link."""
    environment = Environment(tmp_path / "environment")
    precious = tmp_path / "precious"
    precious.write_text("mine")
    link = "os.symlink(sys.argv[1], os.path.join(sys.argv[2], f'.livereload-enabled.{os.getpid()}')); "
    done = environment.run("-c", f"import os, runpy, sys; {link}{ENABLE}", precious, environment.site)
    assert "enabled" in done.stdout, done.stderr
    assert precious.read_text() == "mine"
    environment.enabled.unlink(missing_ok=True)
    environment.enabled.symlink_to(tmp_path / "nowhere")
    environment.run("-m", "livereload", "enable")
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.skipif(os.name == "nt", reason="no such permissions")
@pytest.mark.parametrize(("folder", "expected"), [(0o755, 0o644), (0o775, 0o664), (0o700, 0o600)])
def test_enable_gives_the_permissions_of_the_folder(tmp_path, folder, expected):
    """Whatever the umask: who can look into the site folder can read what is in it."""
    environment = Environment(tmp_path / "environment")
    environment.site.chmod(folder)
    done = environment.run("-c", f"import os, runpy, sys; os.umask(0o077); {ENABLE}")
    assert "enabled" in done.stdout, done.stderr
    assert stat.S_IMODE(environment.enabled.stat().st_mode) == expected


@pytest.mark.parametrize("option", ["-I", "-E"])
def test_no_file_that_the_environment_names(tmp_path, option):
    """Where Python ignores its environment, no variable of ours makes it execute a file."""
    environment = Environment(tmp_path / "environment")
    own = tmp_path / "own.py"
    own.write_text(f"open({str(tmp_path / 'executed')!r}, 'w')")
    startup = environment.site / "livereload" / "startup.py"
    for variables in (
        {"PYTHONSTARTUP": str(startup)},
        {"PYTHONPATH": str(environment.site / "livereload" / "session" / "_site")},
    ):
        for setting in ("1", "all", "prompt", str(own)):
            environment.run(
                option, "-i", "-c", "pass", LIVERELOAD=setting, LIVERELOAD_STARTUP_NEXT=str(own),
                LIVERELOAD_INCLUDE="own", **variables,
            )  # fmt: skip
    assert not (tmp_path / "executed").exists()
