"""A look that found all fresh: when it is believed."""

import pytest

from livereload.files import cached_look as _look
from livereload.files.cached_look import Look
from livereload.files.source import Source

BEFORE, AFTER = (1, 1, 1, 1, 1), (2, 2, 1, 1, 1)


class Watched:
    """A kernel that tells of everything; `events` counts what has happened."""

    is_needed = True
    events = 0

    def spend(self, stats):
        pass

    def poll_for(self, files, folders):
        return lambda: self.events


class Unwatched(Watched):
    """A kernel that tells of nothing, while imports are frequent."""

    def poll_for(self, files, folders):
        return None


@pytest.fixture
def look():
    """A look at one file, after which something has happened."""
    watcher = Watched()
    look = Look([("/a.py", Source(None, b"", BEFORE, True))], set(), {}, watcher, events=watcher.events)
    assert look.holds()
    watcher.events = 1
    return look


def test_it_compares_once_after_an_event(look, monkeypatch):
    """After an event the files are compared; after that, the kernel's word is enough."""
    monkeypatch.setattr(_look, "stamp_at", lambda path: BEFORE)
    assert look.holds()
    monkeypatch.setattr(_look, "stamp_at", None)
    assert look.holds()


def test_it_is_not_believed_before_it_has_compared(look, monkeypatch):
    """Another thread that asks while the files are being compared compares them, too."""
    answers = []

    def stamp_at(path):
        if not answers:
            answers.append(None)
            answers[0] = look.holds()  # another thread, which runs while this one waits for the file system
        return AFTER

    monkeypatch.setattr(_look, "stamp_at", stamp_at)
    assert look.holds() is False
    assert answers == [False]


def test_it_is_not_believed_after_it_found_a_change(look, monkeypatch):
    """What has changed is still changed when it is asked again."""
    monkeypatch.setattr(_look, "stamp_at", lambda path: AFTER)
    assert [look.holds(), look.holds()] == [False, False]


# Where the kernel does not tell.

NAMED, OTHER = (("/named.py", Source(None, b"", BEFORE, True)), ("/other.py", Source(None, b"", BEFORE, True)))
IMPORTING = compile("holds()", "/loop.py", "eval")
TYPED = compile("holds()", "<stdin>", "eval")


class Files:
    """Two files that were looked at once, in a look that took `seconds`, and a clock."""

    def __init__(self, monkeypatch, seconds, watcher):
        self.now = 100.0
        self.stamps = {"/named.py": BEFORE, "/other.py": BEFORE}
        self.looked_at = []
        monkeypatch.setattr(_look, "stamp_at", self.stamp_at)
        monkeypatch.setattr(_look, "perf_counter", lambda: self.now)
        self.look = Look([NAMED, OTHER], set(), {}, watcher, named=(NAMED,), begun=self.now - seconds)

    def stamp_at(self, path):
        self.looked_at.append(path)
        return self.stamps[path]

    def holds(self, code=IMPORTING):
        self.looked_at.clear()
        return eval(code, {"holds": self.look.holds})


@pytest.mark.parametrize(("seconds", "trusted"), [(0.001, 0.019), (0.01, 0.05), (1.0, 0.05)])
def test_the_rest_is_trusted_for_a_moment(monkeypatch, seconds, trusted):
    """What is named is looked at; the rest is not for 19 times as long as a look has taken, at most for 50 ms."""
    files = Files(monkeypatch, seconds, Unwatched())
    files.stamps["/other.py"] = AFTER
    files.now += 0.99 * trusted
    assert files.holds()
    assert files.looked_at == ["/named.py"]
    files.now += 0.02 * trusted
    assert not files.holds()


def test_what_is_named_is_never_trusted(monkeypatch):
    """An edit of the very module that a statement names is seen at once."""
    files = Files(monkeypatch, 0.01, Unwatched())
    files.stamps["/named.py"] = AFTER
    assert not files.holds()


def test_nothing_is_trusted_for_what_is_typed(monkeypatch):
    """A statement at a prompt looks at everything."""
    files = Files(monkeypatch, 0.01, Unwatched())
    files.stamps["/other.py"] = AFTER
    assert not files.holds(TYPED)


def test_nothing_is_trusted_after_a_change(monkeypatch):
    """What was found changed is not trusted afterwards."""
    files = Files(monkeypatch, 0.01, Unwatched())
    files.stamps["/named.py"] = AFTER
    assert not files.holds()
    files.stamps.update({"/named.py": BEFORE, "/other.py": AFTER})
    assert not files.holds()


def test_nothing_is_trusted_where_the_kernel_tells(monkeypatch):
    """The kernel has told of something: then everything is looked at."""
    watcher = Watched()
    files = Files(monkeypatch, 0.01, watcher)
    assert files.holds()
    watcher.events += 1
    files.stamps["/other.py"] = AFTER
    assert not files.holds()


def test_nothing_is_trusted_as_long_as_imports_are_rare(monkeypatch):
    """Before looks have cost enough to matter, each looks at everything."""
    watcher = Unwatched()
    watcher.is_needed = False
    files = Files(monkeypatch, 0.01, watcher)
    files.stamps["/other.py"] = AFTER
    assert not files.holds()
