"""What installed libraries keep of modules that are executed again, imitated in a few lines each."""

import pytest


@pytest.fixture
def library(project):
    """Writes the installed library."""
    project.path.append(str(project.file("site-packages")))
    project.start(whole=False)

    def write(source):
        project.write({"site-packages/lib.py": source})

    return write


# As Django's signals: by number, with weak references to the receiver and to the sender.
SIGNAL = """
import weakref
models, receivers = {}, []
class Model:
    def __init_subclass__(cls):
        models[cls.__name__] = models[cls.__name__.lower()] = cls
        cls.related = [cls]
class Signal:
    def forget(self, _): pass
    def connect(self, f, sender):
        key = id(f), id(sender)
        if not any(each[0] == key for each in receivers):
            receivers.append((key, weakref.ref(f, self.forget), weakref.ref(sender, self.forget)))
        return f
signal = Signal()
def connect(sender): return lambda f: signal.connect(f, sender)
def send(sender): return [f()() for key, f, s in receivers if s() is sender and f() is not None]
"""


@pytest.mark.parametrize("is_used", [False, True])
def test_an_entry_that_two_modules_take_part_in(project, library, is_used):
    """It belongs to the one that imports the other: it stays where only that is executed again."""
    library(SIGNAL)
    models = "import lib\nN = {0}\nclass Author(lib.Model):\n    size = len('x' * N)\n"
    listen = "import lib, models\n{0}\n@lib.connect(models.Author)\ndef made(): return 'made'\n"
    listen = listen.format("SIZE = models.Author.size" if is_used else "")
    project.write({"models.py": models.format(1), "listen.py": listen})
    project.run("import models, listen, lib")
    for n in (2, 3):
        project.write({"models.py": models.format(n)})
        outcome = project.run("import listen, models")
        assert outcome.executed == (["models", "listen"] if is_used else ["models"])
        assert project.value("lib.send(models.Author), len(lib.receivers)") == (["made"], 1)
