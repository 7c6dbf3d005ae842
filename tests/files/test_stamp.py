"""Stamps, sources and folders, with clocks and files of the tests' own."""

import importlib.util
import itertools
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livereload.files import source as _source
from livereload.files.folder import look_into
from livereload.files.source import Clock, Patience, hash_of, look, read
from livereload.files.stamp import is_settled, stamp_at, stamp_of

SECOND = 10**9


class TestClock(Clock):
    """A clock that stands still; letting time pass runs what the test has planned for it."""

    __test__ = False

    def __init__(self, time, meanwhile=()):
        self.time = time
        self.meanwhile = list(meanwhile)
        self.slept = 0.0

    def now(self):
        return self.time

    def sleep(self, seconds):
        self.slept += seconds
        self.time += int(seconds * SECOND)
        if self.meanwhile:
            self.meanwhile.pop(0)()


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / "a.py")


def write(path, content):
    with open(path, "w") as file:
        file.write(content)


def right_after(path):
    """A clock that shows the very moment of the last write."""
    result = os.stat(path)
    return TestClock(max(result.st_mtime_ns, result.st_ctime_ns))


def long_after(path):
    return TestClock(right_after(path).time + 10 * SECOND)


def test_settled_after_two_seconds():
    """A stamp is settled from two seconds after the later of its times on, and not a nanosecond before."""
    assert not is_settled((100 * SECOND, 50 * SECOND, 1, 1, 1), 102 * SECOND - 1)
    assert is_settled((100 * SECOND, 50 * SECOND, 1, 1, 1), 102 * SECOND)
    assert not is_settled((50 * SECOND, 100 * SECOND, 1, 1, 1), 102 * SECOND - 1)


def test_a_time_in_the_future_is_not_settled():
    """The clock may pass a time in the future once more."""
    assert not is_settled((500 * SECOND, 100 * SECOND, 1, 1, 1), 200 * SECOND)


@given(st.integers(0, 10**19), st.integers(0, 10**19), st.integers(0, 10**19), st.integers(0, 10**10))
def test_settled_stays_settled(mtime, ctime, now, later):
    """What is settled is so for ever; and only if both times have been left behind."""
    stamp = (mtime, ctime, 0, 0, 0)
    if is_settled(stamp, now):
        assert is_settled(stamp, now + later)
        assert mtime < now > ctime


def test_hash_is_that_of_pep_552():
    """The hash is the one that hash-based bytecode holds."""
    assert hash_of(b"X = 1\n") == importlib.util.source_hash(b"X = 1\n")


def test_read(path):
    """A source holds the bytes, their hash and the stamp of the file."""
    write(path, "X = 1\n")
    source = read(path, long_after(path))
    assert (source.data, source.hash, source.stamp) == (b"X = 1\n", hash_of(b"X = 1\n"), stamp_at(path))
    assert source.settled
    assert not read(path, right_after(path)).settled


def test_read_again_while_it_is_written(path, monkeypatch):
    """A file that changes while it is read is read again, so that stamp and bytes belong together."""
    write(path, "X = 1\n")
    stamps = iter([(1, 1, 6, 1, 1), (2, 2, 6, 1, 1), (2, 2, 6, 1, 1), (2, 2, 6, 1, 1)])

    def changing(result):
        stamp = next(stamps)
        if stamp == (2, 2, 6, 1, 1) and os.path.getsize(path) == 6:
            write(path, "X = 22\n")
        return stamp

    monkeypatch.setattr(_source, "stamp_of", changing)
    source = read(path, TestClock(0))
    assert (source.data, source.stamp) == (b"X = 22\n", (2, 2, 6, 1, 1))


def test_read_what_is_written_for_ever(path, monkeypatch):
    """A file that does not come to rest is taken as it is, and its stamp proves nothing."""
    write(path, "X = 1\n")
    times = itertools.count()
    monkeypatch.setattr(_source, "stamp_of", lambda result: (next(times), 0, 6, 1, 1))
    source = read(path, long_after(path))
    assert (source.data, source.settled) == (b"X = 1\n", False)


def test_look_into_what_changes_for_ever(tmp_path, monkeypatch):
    """Nor is the listing of a folder in which somebody makes files all the time."""
    (tmp_path / "a.py").touch()
    times = itertools.count()
    monkeypatch.setattr(_source, "stamp_of", lambda result: (next(times), 0, 6, 1, 1))
    folder = look_into(str(tmp_path), None, TestClock(10**12))
    assert (folder.names, folder.settled) == ({"a.py"}, False)


def test_look_at_what_has_not_changed(path, monkeypatch):
    """An equal, settled stamp spares the reading."""
    write(path, "X = 1\n")
    clock = long_after(path)
    known = read(path, clock)
    monkeypatch.setattr(_source, "read", None)
    assert look(path, known, clock) is known


def test_look_at_an_unsettled_file(path):
    """An equal stamp that is not settled is not believed: the file is read."""
    write(path, "X = 1\n")
    clock = right_after(path)
    known = read(path, clock)
    same = os.stat(path)
    with open(path, "r+b", buffering=0) as file:
        file.write(b"X = 2\n")
    os.utime(path, ns=(same.st_atime_ns, same.st_mtime_ns))
    known.stamp = stamp_at(path)  # what a file system with a coarse clock would show
    assert look(path, known, clock).hash == hash_of(b"X = 2\n")


def test_look_keeps_the_settled_stamp(path, monkeypatch):
    """Once equal and settled, the stamp is kept, and the next look reads nothing."""
    write(path, "X = 1\n")
    known = read(path, right_after(path))
    assert not known.settled
    assert look(path, known, long_after(path)) is known
    assert known.settled
    monkeypatch.setattr(_source, "read", None)
    assert look(path, known, long_after(path)) is known


def test_look_at_a_touched_file(path):
    """Another stamp on the same bytes is no change, and is remembered."""
    write(path, "X = 1\n")
    known = read(path, long_after(path))
    os.utime(path, (1, 1))
    assert look(path, known, long_after(path)) is known
    assert known.stamp == stamp_at(path)


def test_look_at_a_changed_file(path):
    """Other bytes are another source."""
    write(path, "X = 1\n")
    known = read(path, long_after(path))
    write(path, "X = 2\n")
    found = look(path, known, right_after(path))
    assert found is not known
    assert found.data == b"X = 2\n"


def test_look_for_the_first_time(path):
    """Without a known source, the file is read; without a file, there is none."""
    assert look(path, None, TestClock(0)) is None
    write(path, "")
    assert look(path, None, TestClock(0)).data == b""


@pytest.mark.parametrize("state", ["missing", "empty"])
def test_look_waits_while_a_file_is_saved(path, state):
    """A file that is missing, or empty after not having been, is looked at again before that is believed."""
    write(path, "X = 1\n")
    known = read(path, long_after(path))
    os.unlink(path) if state == "missing" else write(path, "")
    clock = TestClock(0, [lambda: None, lambda: write(path, "X = 2\n")])
    assert look(path, known, clock, Patience()).data == b"X = 2\n"
    assert clock.slept < _source.PATIENCE_S


@pytest.mark.parametrize(("state", "expected"), [("missing", None), ("empty", b"")])
def test_look_does_not_wait_for_ever(path, state, expected):
    """After a tenth of a second it is believed, as are then all others that are looked at for the same statement.

    Who has no patience believes it at once.
    """
    write(path, "X = 1\n")
    known = read(path, long_after(path))
    os.unlink(path) if state == "missing" else write(path, "")
    patience = Patience()
    for waiting, least in ((patience, _source.PATIENCE_S), (patience, 0.0), (None, 0.0)):
        clock = TestClock(0)
        found = look(path, known, clock, waiting)
        assert (found and found.data) == expected
        assert least <= clock.slept < least + 0.01


def test_look_at_a_file_that_was_empty_before(path):
    """An empty file that was empty before is no reason to wait."""
    write(path, "")
    known = read(path, right_after(path))
    clock = right_after(path)
    assert look(path, known, clock) is known
    assert clock.slept == 0


def test_look_at_what_cannot_be_read(path, monkeypatch):
    """A file that is there and cannot be read is an error, unless it has just vanished."""
    write(path, "X = 1\n")

    def raising(error):
        def read(path, clock):
            raise error

        return read

    monkeypatch.setattr(_source, "read", raising(PermissionError()))
    with pytest.raises(PermissionError):
        look(path, None, TestClock(0))
    monkeypatch.setattr(_source, "read", raising(FileNotFoundError()))
    assert look(path, None, TestClock(0)) is None


def test_only_regular_files_have_stamps(tmp_path, path):
    """Folders, FIFOs and names that no file can have are no files; links are followed."""
    os.mkfifo(tmp_path / "fifo")
    write(path, "")
    (tmp_path / "link").symlink_to(path)
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    assert stamp_at(str(tmp_path)) is None
    assert stamp_at(str(tmp_path / "fifo")) is None
    assert stamp_at(str(tmp_path / "dangling")) is None
    assert stamp_at("a\0b") is None
    assert stamp_at(str(tmp_path / "link")) == stamp_at(path) == stamp_of(os.stat(path))


def test_look_into_a_folder(tmp_path):
    """The names in a folder; the very same object while it cannot have changed."""
    (tmp_path / "a").write_text("")
    clock = long_after(tmp_path)
    folder = look_into(str(tmp_path), None, clock)
    assert folder.names == {"a"}
    assert look_into(str(tmp_path), folder, clock) is folder
    (tmp_path / "b").write_text("")
    assert look_into(str(tmp_path), folder, clock).names == {"a", "b"}


def test_look_into_an_unsettled_folder(tmp_path):
    """A folder that changed a moment ago is listed again each time."""
    clock = right_after(tmp_path)
    folder = look_into(str(tmp_path), None, clock)
    assert not folder.settled
    again = look_into(str(tmp_path), folder, clock)
    assert again is not folder
    assert again.names == folder.names


def test_look_into_what_is_no_folder(tmp_path):
    """A folder that is not there, or is a file, holds nothing; when it appears, that is seen."""
    path = tmp_path / "later"
    missing = look_into(str(path), None, TestClock(0))
    assert (missing.names, missing.stamp, missing.settled) == (frozenset(), None, True)
    assert look_into(str(path), missing, TestClock(0)) is missing
    path.mkdir()
    (path / "a").write_text("")
    assert look_into(str(path), missing, TestClock(0)).names == {"a"}
