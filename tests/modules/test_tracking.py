"""What is tracked, decided by specs."""

import os
from importlib.machinery import ExtensionFileLoader, ModuleSpec, SourceFileLoader, SourcelessFileLoader

import pytest

from livereload.modules.tracking import Policy, check_module_name


@pytest.fixture
def spec(tmp_path):
    """Makes the spec of a module with a file below the test's folder."""

    def make(name="mod", path="mod.py", loader=SourceFileLoader):
        file = tmp_path / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("")
        made = ModuleSpec(name, loader(name, str(file)), origin=str(file))
        made.has_location = True
        return made

    return make


def test_the_users_own(spec):
    """A source file that is neither the standard library's nor installed is tracked."""
    assert Policy().tracks(spec())


@pytest.mark.parametrize("folder", ["site-packages", "lib/python3/site-packages", "dist-packages", "site-packages/x/y"])
def test_installed(spec, folder):
    """What lies below an installation's folder is not tracked unless it is included."""
    made = spec("pkg.mod", f"{folder}/pkg/mod.py")
    assert not Policy().tracks(made)
    assert Policy(include=["pkg"]).tracks(made)
    assert Policy(include=["pkg.mod"]).tracks(made)
    assert not Policy(include=["pkg.mod.deeper", "pk"]).tracks(made)


def test_folder_that_only_sounds_like_an_installation(spec):
    """Folders go by their whole name."""
    assert Policy().tracks(spec(path="my-site-packages/mod.py"))
    assert Policy().tracks(spec(path="site-packages-of-mine/mod.py"))
    assert Policy().tracks(spec(path="site-packages.py/mod.py"))


@pytest.mark.parametrize("module", ["os", "json", "json.decoder", "sys", "_thread", "importlib._bootstrap"])
def test_standard_library(module):
    """Neither the standard library nor what is built in or frozen is tracked."""
    import importlib

    assert not Policy().tracks(importlib.import_module(module).__spec__)


@pytest.mark.parametrize(
    "name",
    ["__main__", "__mp_main__", "livereload", "livereload.imports.executions", "sitecustomize", "_livereload_imports"],
)
def test_never(spec, name):
    """What runs as the program, and livereload itself, are not tracked even if included."""
    assert not Policy(include=[name]).tracks(spec(name))


@pytest.mark.parametrize(("path", "loader"), [("mod.so", ExtensionFileLoader), ("mod.pyc", SourcelessFileLoader)])
def test_other_files(spec, path, loader):
    """Extension modules and bytecode without source are not tracked."""
    assert not Policy(include=["mod"]).tracks(spec(path=path, loader=loader))


def test_origin_that_does_not_exist(spec, tmp_path):
    """An origin that ends in .py and is no file (a zip, a frozen application) is not tracked."""
    made = ModuleSpec("mod", object(), origin=str(tmp_path / "lib.zip" / "mod.py"))
    made.has_location = True
    assert not Policy().tracks(made)


def test_link(spec, tmp_path):
    """A strict editable install consists of links: they are followed."""
    spec(path="real.py")
    (tmp_path / "link.py").symlink_to(tmp_path / "real.py")
    made = ModuleSpec("link", object(), origin=str(tmp_path / "link.py"))
    made.has_location = True
    assert Policy().tracks(made)


def test_namespace_packages(tmp_path):
    """A namespace package is tracked if any of its portions is the user's."""
    made = ModuleSpec("space", None, is_package=True)
    made.submodule_search_locations = [str(tmp_path / "site-packages" / "space")]
    assert not Policy().tracks(made)
    assert Policy(include=["space"]).tracks(made)
    made.submodule_search_locations.append(str(tmp_path / "space"))
    assert Policy().tracks(made)
    assert not Policy(exclude=["space"]).tracks(made)
    assert not Policy().tracks(ModuleSpec("builtin", None))


def test_what_livereload_stands_on(spec):
    """importlib is in use while a module is executed again, so it cannot be executed again itself."""
    assert not Policy(include=["importlib"]).tracks(spec("importlib"))
    assert Policy(include=["enum"]).tracks(spec("enum"))


def test_exclude_wins(spec):
    """`exclude` goes before `include`, for a module and all below it; names go by whole parts."""
    made = spec("pkg.mod")
    assert not Policy(include=["pkg.mod"], exclude=["pkg"]).tracks(made)
    assert not Policy(exclude=["pkg.mod"]).tracks(made)
    assert Policy(exclude=["pkg.mo", "pkg.mod.x", "mod"]).tracks(made)


@pytest.mark.parametrize("name", ["a", "a.b.c", "_x", "é", "class"])
def test_module_names(name):
    """Whatever could stand in `sys.modules` for a module of a file is a name."""
    check_module_name("names", name)


@pytest.mark.parametrize("name", ["", ".", ".a", "a.", "a..b", "a b", "a-b", "1a", "a/b"])
def test_no_module_names(name):
    """What is no absolute dotted name is refused with the argument's name in the message."""
    with pytest.raises(ValueError) as error:
        check_module_name("include", name)
    assert str(error.value) == f"include must hold absolute dotted module names such as 'pkg.mod', not {name!r}"


def test_arguments_may_be_any_iterable():
    """A generator of names is taken as well as a list; it is read once."""
    policy = Policy(include=(name for name in ("a", "b")), exclude={"c": 1})
    assert (policy.include, policy.exclude) == (("a", "b"), ("c",))


def test_paths(tmp_path):
    """Paths that are no files on disk are nobody's."""
    policy = Policy()
    assert not policy.is_users("<frozen os>")
    assert not policy.is_users(os.__file__)
    assert policy.is_users(str(tmp_path / "mod.py"))


def test_a_submodule_of_an_installed_package(project):
    """A module that takes it from the package, which is asked alone, depends on it."""
    extend = "__path__ = __import__('pkgutil').extend_path(__path__, __name__)\n"
    project.write({
        "lib/site-packages/corp/__init__.py": extend,
        "checkout/corp/__init__.py": extend,
        "checkout/corp/errors.py": "CODE = 1\n",
        "app.py": "from corp import errors as e\nX = e.CODE + 0\n",
    })  # fmt: skip
    project.start(whole=False)
    project.run("import sys; sys.path += [sys.path[0] + '/lib/site-packages', sys.path[0] + '/checkout']")
    project.run("import corp.errors; import app")
    project.write({"checkout/corp/errors.py": "CODE = 2\n"})
    assert project.run("import app").executed == ["app"]
    assert project.value("app.X") == 2
