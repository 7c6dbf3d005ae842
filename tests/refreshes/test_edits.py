"""What counts as an edit, and what does not."""

import os

import pytest


def write_chain(project):
    """a imports b imports c."""
    project.write({"a.py": "import b\nX = b.X\n", "b.py": "import c\nX = c.X\n", "c.py": "X = 1\n"})
    project.step("import a", ["a", "b", "c"])


def test_nothing_is_executed_twice(project):
    """A repeated import of what has not changed executes nothing."""
    write_chain(project)
    for _ in range(3):
        project.step("import a", [])


def test_importers_follow(project):
    """Who imported what is executed again is executed again, in the order of a fresh interpreter."""
    write_chain(project)
    project.write({"c.py": "X = 2\n"})
    project.step("import a", ["a", "b", "c"])


def test_dependencies_stay(project):
    """What an edited module imports is not executed again."""
    write_chain(project)
    project.write({"a.py": "import b\nX = b.X + 1\n"})
    project.step("import a", ["a"])


def test_refreshed_through_another_door(project):
    """Who imported a module that another statement refreshed is executed at its own next import, once."""
    write_chain(project)
    project.write({"c.py": "X = 2\n"})
    project.step("import c", ["c"])
    project.step("import a", ["a", "b"])
    project.step("import a", [])
    project.write({"c.py": "X = 3\n"})
    project.step("import b", ["b", "c"])
    project.step("import a", ["a"])


def test_diamond(project):
    """A module that two others import is executed once."""
    project.write({"a.py": "import b, c\nX = b.X + c.X\n", "d.py": "X = 1\n"})
    project.write({"b.py": "from d import X\n", "c.py": "from d import X\n"})
    project.step("import a", ["a", "b", "d", "c"])
    project.write({"d.py": "X = 2\n"})
    project.step("import a", ["a", "b", "d", "c"])
    project.write({"c.py": "from d import X as Y\nX = Y\n"})
    project.step("import a", ["a", "c"])


def test_same_bytes_saved_again(project):
    """A file that is written again with the same bytes is no edit."""
    write_chain(project)
    project.write({"c.py": "X = 1\n"})
    project.step("import a", [])
    project.tick()
    project.write({"c.py": "X = 1\n"})
    project.step("import a", [])


def test_touched(project):
    """A file with another modification time is no edit."""
    write_chain(project)
    project.tick()
    os.utime(project.file("b.py"))
    project.step("import a", [])
    os.utime(project.file("b.py"), (1, 1))
    project.step("import a", [])


def test_same_size_in_the_same_tick(project):
    """An edit that changes neither size nor any time is seen, again and again."""
    project.write({"a.py": "X = 1\n"})
    project.step("import a", ["a"])
    for digit in "23456":
        project.write({"a.py": f"X = {digit}\n"})
        project.step("import a", ["a"])


def test_same_size_and_modification_time_after_a_tick(project):
    """An edit behind a modification time that was set back to what it was is seen by its change time."""
    project.write({"a.py": "X = 1\n"})
    project.step("import a", ["a"])
    before = os.stat(project.file("a.py"))
    project.tick()
    project.step("import a", [])
    project.write({"a.py": "X = 2\n"})
    os.utime(project.file("a.py"), ns=(before.st_atime_ns, before.st_mtime_ns))
    project.step("import a", ["a"])


def test_older_modification_time(project):
    """A file that is older than the one before is as new as a newer one."""
    project.write({"a.py": "X = 1\n"})
    project.step("import a", ["a"])
    project.write({"a.py": "X = 2\n"})
    os.utime(project.file("a.py"), (1_000_000_000, 1_000_000_000))
    project.step("import a", ["a"])


def test_atomic_rename(project):
    """A file that another one was renamed onto is an edit of it."""
    write_chain(project)
    project.write({"c.tmp": "X = 2\n"})
    project.rename("c.tmp", "c.py")
    project.step("import a", ["a", "b", "c"])
    project.write({"c.tmp": "X = 2\n"})
    project.rename("c.tmp", "c.py")
    project.step("import a", [])


def test_branch_switched_and_back(project):
    """Files that change and change back between two imports are no edit; seen in between, they are two."""
    write_chain(project)
    project.write({"b.py": "X = 7\n", "c.py": "X = 8\n"})
    project.write({"b.py": "import c\nX = c.X\n", "c.py": "X = 1\n"})
    project.step("import a", [])
    project.write({"b.py": "X = 7\n", "c.py": "X = 8\n"})
    project.step("import a", ["a", "b"])
    project.write({"b.py": "import c\nX = c.X\n", "c.py": "X = 1\n"})
    project.step("import a", ["a", "b"])


def test_new_importer_of_a_settled_module(project):
    """A module that is imported for the first time depends on what it imports, however well known that is."""
    project.write({"a.py": "X = 1\n", "c.py": "from a import X\n"})
    project.step("import a", ["a"])
    project.tick()
    project.run("import a; import a")
    project.step("import c", ["c"])
    project.write({"a.py": "X = 2\n"})
    project.step("import c", ["c", "a"])


def test_settled_files_are_not_read(project):
    """Once the clock has ticked, each file is read once more at most; then no file is opened."""
    write_chain(project)
    project.tick()
    project.step("import a", [])
    outcome = project.run("import a")
    assert (outcome.executed, outcome.opened) == ([], [])


def test_unsettled_files_are_read(project):
    """Within the tick of a write, each file in the closure is read once an import, and nothing compiled."""
    write_chain(project)
    outcome = project.run("import a")
    assert (sorted(outcome.opened), outcome.compiled) == (["a.py", "b.py", "c.py"], [])


def test_symbolic_link(project):
    """A module behind a symbolic link follows the file that the link leads to, and the link."""
    project.write({"real/one.py": "X = 1\n", "real/two.py": "X = 2\n"})
    project.file("a.py").symlink_to(project.file("real/one.py"))
    project.step("import a", ["a"])
    project.write({"real/one.py": "X = 3\n"})
    project.step("import a", ["a"])
    project.file("a.py").unlink()
    project.file("a.py").symlink_to(project.file("real/two.py"))
    project.step("import a", ["a"])


def test_new_imports_in_an_edit(project):
    """What an edited module imports for the first time, or no longer, is followed, or not."""
    project.write({"a.py": "X = 1\n", "b.py": "Y = 1\n"})
    project.step("import a", ["a"])
    project.write({"a.py": "import b\nX = b.Y\n"})
    project.step("import a", ["a", "b"])
    project.write({"b.py": "Y = 2\n"})
    project.step("import a", ["a", "b"])
    project.write({"a.py": "X = 1\n"})
    project.step("import a", ["a"])
    project.write({"b.py": "Y = 3\n"})
    project.step("import a", [])


def test_new_imports_of_what_is_stale(project):
    """New code may import a module that the session has, stale, and that was in nobody's closure."""
    project.write({"a.py": "X = 1\n", "b.py": "import c\nY = c.Z\n", "c.py": "Z = 1\n"})
    project.step("import a", ["a"])
    project.step("import b", ["b", "c"])
    project.write({"a.py": "import b\nX = b.Y\n", "c.py": "Z = 2\n"})
    project.step("import a", ["a", "b", "c"])


@pytest.mark.parametrize("statement", ["from pkg import sub", "from pkg import *", "import pkg.sub; sub = pkg.sub"])
def test_new_imports_of_a_stale_submodule(project, statement):
    """New code may import a stale submodule of a package that is executed again itself."""
    project.write({"a.py": "X = 1\n", "pkg/__init__.py": "__all__ = ['sub']\nV = 1\n", "pkg/sub.py": "X = 1\n"})
    project.step("import a", ["a"])
    project.step("from pkg import sub", ["pkg", "pkg.sub"])
    project.write({"a.py": f"{statement}\nX = sub.X\n", "pkg/__init__.py": "__all__ = ['sub']\nV = 2\n"})
    project.write({"pkg/sub.py": "X = 2\n"})
    project.step("import a", ["a", "pkg", "pkg.sub"])


@pytest.mark.parametrize("statement", ["from pkg import sub", "from pkg import *", "import pkg.sub; sub = pkg.sub"])
def test_new_imports_of_a_stale_submodule_of_a_dependency(project, statement):
    """Such a package may be one that the new code's earlier generation imported, too."""
    project.write({"a.py": "import pkg\n", "pkg/__init__.py": "__all__ = ['sub']\nV = 1\n", "pkg/sub.py": "X = 1\n"})
    project.step("import a", ["a", "pkg"])
    project.step("from pkg import sub", ["pkg.sub"])
    project.write({"a.py": f"{statement}\nX = sub.X\n", "pkg/__init__.py": "__all__ = ['sub']\nV = 2\n"})
    project.write({"pkg/sub.py": "X = 2\n"})
    project.step("import a", ["a", "pkg", "pkg.sub"])


def test_submodules_imported_by_others_stay_bound(project):
    """A module may use a submodule that only somebody else imports: a new generation of the package has it."""
    project.write({"pkg/__init__.py": "V = 1\n", "pkg/sub.py": "X = 1\n", "a.py": "import pkg\nY = pkg.sub.X\n"})
    project.step("import pkg.sub; import a", ["pkg", "pkg.sub", "a"])
    project.write({"pkg/__init__.py": "V = 2\n"})
    project.step("import a", ["a", "pkg"], after=["import pkg.sub"])


def test_names_removed_and_added(project):
    """A re-executed module starts from the namespace of a fresh one."""
    project.write({"a.py": "X = 1\nY = 1\n__getattr__ = lambda name: name\n"})
    project.step("import a", ["a"])
    project.write({"a.py": "'''A docstring.'''\nY = 1\nZ: int = 1\n"})
    project.step("import a", ["a"])
    assert project.value("hasattr(a, 'X')") is False


def test_identity_of_module_and_namespace(project):
    """A module and its namespace are the same objects before and after."""
    project.write({"a.py": "X = 1\n"})
    project.run("import a, sys; module, namespace = a, vars(a)")
    project.write({"a.py": "X = 2\n"})
    project.step("import a", ["a"])
    assert project.value("(a is module, vars(a) is namespace, sys.modules['a'] is module, module.X)") == (
        True, True, True, 2,
    )  # fmt: skip


def test_many_generations(project):
    """Many edits of a chain give each time what a fresh interpreter gives."""
    write_chain(project)
    for i in range(30):
        project.write({"c.py": f"X = {i + 2}\n"})
        assert project.run("from a import X", "X").value == i + 2
    project.step("import a", [])


def test_edit_by_the_importing_module(project):
    """A module that writes another one and imports it gets what it wrote."""
    project.write({"a.py": "import os\nwith open(os.path.dirname(__file__) + '/made.py', 'w') as f: f.write('X = 1')\n"
                           "from made import X\n"})  # fmt: skip
    project.step("import a", ["a", "made"])
    project.write({"a.py": project.file("a.py").read_text().replace("X = 1", "X = 2")})
    project.step("import a", ["a", "made"])


def test_unchanged_after_a_generated_file_is_written_again(project):
    """A module that writes the same file each time it is executed does not make its importers execute again."""
    project.write({"a.py": "import os\nwith open(os.path.dirname(__file__) + '/made.py', 'w') as f: f.write('X = 1')\n"
                           "from made import X\nimport b\n", "b.py": ""})  # fmt: skip
    project.step("import a", ["a", "made", "b"])
    project.step("import a", [])
    project.write({"b.py": "Y = 1\n"})
    project.step("import a", ["a", "b"])


def test_a_star_import_decides_which_module_is_imported(project):
    """What a constant from a star import selects is what is executed and re-exported."""
    choice = "from cfg import *\nif DEBUG:\n    from .dev import run\nelse:\n    from .prod import run\n"
    project.write({"cfg.py": "DEBUG = True\n__all__ = ['DEBUG', 'A']\nA = 1\n", "pkg/__init__.py": choice})
    project.write({"pkg/dev.py": "def run(): return 'dev'\n", "pkg/prod.py": "def run(): return 'prod'\n"})
    project.step("from pkg import run", ["pkg", "cfg", "pkg.dev"])
    project.write({"cfg.py": "DEBUG = False\n__all__ = ['DEBUG']\nA = 1\n"})
    project.step("from pkg import run", ["pkg", "cfg", "pkg.prod"])
    project.write({"cfg.py": "DEBUG = True\n__all__ = ['DEBUG', 'A']\nA = 1\n"})
    project.write({"pkg/dev.py": "def run(): return 'dev2'\n"})
    project.step("from pkg import run", ["pkg", "cfg", "pkg.dev"])
    assert project.value("run()") == "dev2"
