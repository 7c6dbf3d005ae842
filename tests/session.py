"""Interpreters for the tests: a bare one, which forks a child for every session that is asked for.

    python -I -S -B session.py SOCKET [MODULE …]

Each connection to the socket is a session in a process of its own, with these modules imported.
Messages are marshalled dicts behind four bytes of length.
The first one configures the session; each later one is executed in its `__main__` and answered by what
an observer saw.  livereload is not asked what it did: an audit hook sees the code of modules being
executed, sources being compiled and files being opened.

All sessions live in a *world of one tick*: whatever is written after the start of a test bears the
same time, and the clock stands still, until the test lets it tick.  So each edit falls into the same
tick as the import before it, by construction and without waiting.
"""

import errno
import faulthandler
import linecache
import marshal
import os
import posix
import select
import socket
import sys
import threading
import time
import traceback
from types import ModuleType

sys.path.insert(0, os.path.dirname(__file__))
from consistency import classes_in_two_generations
from fingerprint import fingerprint

del sys.path[0], sys.modules["consistency"], sys.modules["fingerprint"]

# To explain a missing name, the module is imported once more; what that finds, and what names are suggested
# (which submodules somebody else has imported), is not of the statement.
traceback._find_incompatible_extension_module = lambda name: None
traceback._compute_suggestion_error = lambda error, *rest: None

DEADLINE_S = 30
_LIVERELOAD = os.path.join("src", "livereload", "")
_STDLIB = os.path.join(os.path.dirname(os.__file__), "")
_IMPORTLIB = ("<frozen importlib", os.path.join(os.path.dirname(os.__file__), "importlib"))


def send(connection, message):
    data = marshal.dumps(message)
    connection.sendall(len(data).to_bytes(4, "big") + data)


def receive(connection):
    """The next message; None if the other side has gone."""
    data = _exactly(connection, 4)
    return None if data is None else marshal.loads(_exactly(connection, int.from_bytes(data, "big")))


def _exactly(connection, count):
    data = b""
    while len(data) < count:
        part = connection.recv(count - len(data))
        if not part:
            return None
        data += part
    return data


class World:
    """What the files' times and the clock are made to say.

    `ticks` is [(real, shown), …]: a time from `real` on, up to the next tick, is shown as `shown`.
    """

    def __init__(self):
        self.ticks = []
        self._stat, self._fstat = posix.stat, posix.fstat

    def enter(self):
        posix.stat = os.stat = self.stat
        posix.fstat = os.fstat = self.fstat
        time.time_ns = self.now

    def stat(self, path, *, dir_fd=None, follow_symlinks=True):
        return self._shown(self._stat(path, dir_fd=dir_fd, follow_symlinks=follow_symlinks))

    def fstat(self, fd):
        return self._shown(self._fstat(fd))

    def now(self):
        return self.ticks[-1][1]

    def _time(self, real):
        return next((shown for start, shown in reversed(self.ticks) if start <= real), real)

    def _shown(self, result):
        times = {name: self._time(getattr(result, name + "_ns")) for name in ("st_atime", "st_mtime", "st_ctime")}
        named = {name: each / 10**9 for name, each in times.items()}
        named |= {name + "_ns": each for name, each in times.items()}
        return os.stat_result([*result[:7], *(each // 10**9 for each in times.values())], named)


class Session:
    def __init__(self, connection):
        self.connection = connection
        self.world = World()
        self.root = ""
        self.homes = []
        self.main = ModuleType("__main__")
        self.executed, self.updated, self.compiled, self.opened = [], [], [], []
        self.forbidden = []

    def serve(self):
        while (message := receive(self.connection)) is not None:
            faulthandler.dump_traceback_later(DEADLINE_S, exit=True)
            if message["kind"] == "configure":
                answer = self.configure(**message["arguments"])
            else:
                answer = self.run(**message["arguments"])
            faulthandler.cancel_dump_traceback_later()
            send(self.connection, answer)

    def configure(self, root, path, homes, bytecode, frozen):
        """`bytecode`: read and write it beside the sources, as a user's interpreter does."""
        self.root, self.homes = root, homes
        sys.path[:0] = path
        sys.modules["__main__"] = self.main
        if bytecode:
            sys.dont_write_bytecode = False
        else:
            _compile_all_but_the_standard_library()
        if frozen:
            self.world.enter()
        sys.addaudithook(self.audit)
        return os.getpid()

    def run(self, code, expression, ticks, forbidden, described):
        """Execute `code`, then evaluate `expression`; tell what was seen.  No `forbidden` file can be opened.

        What the modules hold is told if it is to be `described`.
        """
        self.world.ticks, self.forbidden = ticks, forbidden
        for seen in (self.executed, self.updated, self.compiled, self.opened):
            seen.clear()
        error: BaseException | None = None
        value = None
        try:
            exec(compile(code, "<stdin>", "exec"), self.main.__dict__)
            if expression:
                value = eval(expression, self.main.__dict__)
        except BaseException as caught:
            error = caught
        seen = {name: getattr(self, name)[:] for name in ("executed", "updated", "compiled", "opened")}
        try:
            marshal.dumps(value)
        except ValueError:
            value = repr(value)
        modules = fingerprint(self.root) if described else {}
        return {
            **seen,
            "error": error and self.describe_error(error),  # may import the module again, for a suggestion
            "value": value,
            "modules": modules,
            "twice": classes_in_two_generations(modules.keys()),
        }

    def audit(self, event, arguments):
        if event == "exec":
            code = arguments[0]
            if getattr(code, "co_name", None) == "<module>" and code.co_filename.startswith(self.root):
                name = self.module_name(code.co_filename)
                (self.updated if code.co_qualname == "<statements>" else self.executed).append(name)
        elif event == "compile":
            file = arguments[1]
            if isinstance(file, str) and file.startswith(self.root):
                self.compiled.append(self.module_name(file))
        elif event == "open":
            file = arguments[0]
            if isinstance(file, str) and file.startswith(self.root):
                self.opened.append(os.path.relpath(file, self.root))
                if file in self.forbidden:
                    raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), file)

    def module_name(self, file):
        """The name under which a file is imported: by the longest entry of the path, or home, that it is in."""
        entries = [entry + os.sep for entry in (*sys.path, *self.homes) if file.startswith(entry + os.sep)]
        stem = os.path.splitext(file[len(max(entries, key=len, default="")) :])[0]
        return stem.removesuffix("/__init__").replace(os.sep, ".")

    def describe_error(self, error):
        linecache.clearcache()  # it goes by times, which say nothing here
        attributes = {name: repr(getattr(error, name, None)) for name in ("name", "path", "msg", "lineno", "filename")}
        shown = traceback.TracebackException.from_exception(error)
        _only_users_frames(shown)
        return {
            "type": type(error).__qualname__,
            "message": str(error),
            "traceback": "".join(shown.format()),
            "attributes": attributes,
        }


def _only_users_frames(shown):
    """Leave out of a traceback the frames of this file and of importlib, and the one that livereload may add."""
    if shown is None:
        return
    frames = [frame for frame in shown.stack if not frame.filename.startswith((__file__, *_IMPORTLIB))]
    ours = [frame for frame in frames if _LIVERELOAD in frame.filename]
    if len(ours) == 1:
        frames.remove(ours[0])
    shown.stack = traceback.StackSummary.from_list(frames)
    _only_users_frames(shown.__cause__)
    _only_users_frames(shown.__context__)


def _compile_all_but_the_standard_library():
    """Read no bytecode of other modules; importlib goes on without where there is no place for it."""
    external = sys.modules["_frozen_importlib_external"]
    cache_from_source = external.cache_from_source

    def only_of_the_standard_library(path, *arguments, **options):
        if not path.startswith(_STDLIB):
            raise NotImplementedError
        return cache_from_source(path, *arguments, **options)

    external.cache_from_source = only_of_the_standard_library


def serve(path):
    """Fork a session for each connection, until standard input is closed."""
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(path)
        server.listen()
        os.write(1, b"ready\n")
        while True:
            ready, _, _ = select.select([0, server], [], [], 1.0)
            while True:  # no zombies
                try:
                    if os.waitpid(-1, os.WNOHANG)[0] == 0:
                        break
                except ChildProcessError:
                    break
            if 0 in ready:
                return
            if server in ready:
                connection, _ = server.accept()
                if os.fork() == 0:
                    server.close()
                    assert threading.active_count() == 1
                    Session(connection).serve()
                    os._exit(0)
                connection.close()


if __name__ == "__main__":
    for name in sys.argv[2:]:
        __import__(name)
    serve(sys.argv[1])
