"""Errors of livereload's own: a session goes on with what executing everything gives; the tests are shown them."""

import pytest

BREAK = "import livereload.verification.affected as affected; affected.Used = None"


@pytest.mark.parametrize("strict", [False, True])
def test_an_error_of_livereload(project, strict):
    """Users get what a fresh interpreter has; a strict session, as that of the tests, gets the error."""
    project.write({"util.py": "def f():\n    return 1\n", "app.py": "import util\nX = util.f()\n"})
    project.start(whole=False, strict=strict)
    project.step("import app", ["app", "util"])
    project.run(BREAK)
    project.write({"util.py": "def f():\n    return 2\n"})
    if strict:
        assert project.attempt("import app").error["message"] == "'NoneType' object is not callable"
    else:
        project.step("import app", ["app", "util"])


def test_errors_of_modules_are_no_errors_of_livereload(project):
    """What modules raise is the same in a strict session."""
    project.write({"util.py": "def f():\n    return 1\n", "app.py": "import util\nX = util.f()\n"})
    project.start(whole=False, strict=True)
    project.step("import app", ["app", "util"])
    for broken, raised in [("1 / 0", "ZeroDivisionError"), ("def f(:", "SyntaxError"), ("g = f", "NameError")]:
        project.write({"util.py": broken + "\n"})
        project.step("import app", ["app", "util"], raises=raised)
    project.delete("util.py")
    project.step("import app", ["app"], raises="ModuleNotFoundError", loses=["util"])
