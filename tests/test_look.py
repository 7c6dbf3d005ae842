"""A look that found all fresh: when it is believed."""

import pytest

from livereload import _look
from livereload._look import Look
from livereload._stamp import Source

BEFORE, AFTER = (1, 1, 1, 1, 1), (2, 2, 1, 1, 1)


class Watched:
    """A kernel that tells of everything; `events` counts what has happened."""

    events = 0

    def spend(self, stats):
        pass

    def poll_for(self, files, folders):
        return lambda: self.events


@pytest.fixture
def look():
    """A look at one file, after which something has happened."""
    watcher = Watched()
    look = Look([("/a.py", Source(None, b"", BEFORE, True))], set(), {}, watcher)
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
