"""Which files, folders and variables of the environment tracked modules read while they are executed.

Knows the functions that read these.  Must not know what is done about what has been read.

Of the events of the interpreter only an audit hook tells of a file that is opened.  It would stay for ever, and makes
`id()` several times as slow.  So `open`, `os.listdir` and the like are replaced while tracked modules are executed, and
only then.  What takes hold of a replacement meanwhile is given the original in the end.

What counts is what the module's code reads, and the functions that it calls; not what an installed module reads while
it is imported.
"""

import builtins
import io
import os
import sys
from importlib.machinery import SourceFileLoader
from types import ModuleType

from ..files.data_reads import DataReads
from ..files.folder import look_into
from ..identity.object_model import namespace_of
from ..interpreter.bytecode import nested
from ..interpreter.tracebacks import disguised, is_hidden
from ..modules.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import FrameType
    from typing import Any

    from ..modules.state import State

# They read what is nobody's data: the lines of a traceback, the folders of the search path.
_READERS = ("livereload.modules", "linecache", "importlib.metadata", "importlib_metadata")
_NO_DATA = ("/proc/", "/sys/", "/dev/")
_SOURCELESS = (".pyc", ".pyo")

_Environ: "Any" = type(os.environ)
FileLoader: "Any" = SourceFileLoader.__mro__[1]


class OutsideReads:
    """Notes what is read, while it is watched."""

    def __init__(self, state: "State") -> None:
        self._state = state
        # [(holder, name, original, replacement)], while they are replaced
        self._replaced: list[tuple[Any, str, Any, Any]] = []
        self._stand_ins: list[tuple[Any, Any]] = []
        # how many references there are to these if nobody has taken hold of one
        self._unheld: list[int] = []

    def watch(self) -> None:
        """A tracked module is about to be executed."""
        if self._replaced:
            return
        if not self._stand_ins:
            self._stand_ins = [
                (builtins.open, _stand_in(builtins.open, self._note_open)),
                (os.listdir, _stand_in(os.listdir, self._note_listing)),
                (os.scandir, _stand_in(os.scandir, self._note_listing)),
                (FileLoader.get_data, _stand_in(FileLoader.get_data, self._note_data).__func__),
                (_Environ.__getitem__, _stand_in(_Environ.__getitem__, self._note_variable).__func__),
                (_Environ.__iter__, _stand_in(_Environ.__iter__, self._note_variables).__func__),
            ]
            self._unheld = self._references()
        for original, stand_in in self._stand_ins:
            for holder, name in _places(original.__name__):
                found = vars(holder).get(name)
                if (found.__func__ if type(found) is staticmethod else found) is original:
                    self._replaced.append((holder, name, found, stand_in))
                    setattr(holder, name, stand_in)

    def rest(self) -> None:
        """This thread executes no tracked module any more."""
        if self._replaced and not any(type(each) is Record for each in self._state.busy.copy()):
            self.stop()

    def stop(self) -> None:
        """Nothing is replaced any more."""
        while self._replaced:
            holder, name, original, stand_in = self._replaced.pop()
            if vars(holder).get(name) is stand_in:
                setattr(holder, name, original)
            del holder, name, original, stand_in
        if self._references() != self._unheld:
            originals = {id(stand_in): original for original, stand_in in self._stand_ins}
            _give_back(originals)
            if self._references() != self._unheld:
                from ..identity.referrers import substitute  # not at start-up

                stand_ins, self._stand_ins = self._stand_ins, []  # there they are replaced as well
                substitute(originals, [stand_in for _, stand_in in stand_ins])

    def _references(self) -> list[int]:
        return [sys.getrefcount(each) for _, each in self._stand_ins]

    def _note_open(self, file: object = None, mode: object = "r", *_: object, **__: object) -> None:
        found = self._data(file)
        if found is None or type(mode) is not str:
            return
        record, path, callers = found
        reads = _reads_of(record)
        for frame in callers:
            name = _module_name(frame)
            if type(name) is str and name != record.name and name in self._state.records:
                reads.readers.add((name, frame.f_code.co_qualname))
        if _WRITING.isdisjoint(mode):
            reads.note_file(path, self._state.clock)
        else:
            reads.note_written(path)

    def _note_data(self, loader: object, path: object = None) -> None:
        """A loader is asked for data, by `pkgutil.get_data`, or for code, by the import system."""
        frame = sys._getframe(2)
        while frame.f_back is not None and is_hidden(frame.f_code) and frame.f_code.co_name != "get_code":
            frame = frame.f_back
        if frame.f_code.co_name != "get_code":
            self._note_open(path)

    def _note_listing(self, path: object = ".", *_: object, **__: object) -> None:
        found = self._data("." if path is None else path)
        if found is not None:
            record, path, callers = found
            of_modules = _module_name(callers[0]) == "pkgutil" or any(map(self._looks_for_modules, callers))
            _reads_of(record).note_folder(path, self._state.clock, of_modules=of_modules)
            self._state.folders.setdefault(path, look_into(path, None, self._state.clock))

    def _looks_for_modules(self, frame: "FrameType") -> bool:
        """True if code of the user's own names the suffix of modules: `glob("*.py")`, `name.endswith(".py")`."""
        if _module_name(frame) not in self._state.records:
            return False
        texts = [text for code in nested(frame.f_code) for text in code.co_consts if type(text) is str]
        return any(text.endswith(".py") for text in texts)

    def _note_variable(self, environ: object, name: object = None) -> None:
        stack = self._state.thread.stack
        if stack and environ is os.environ and type(name) is str and _callers(sys._getframe(2), stack[-1].name):
            _reads_of(stack[-1]).variables.add(name)

    def _note_variables(self, environ: object) -> None:
        if environ is os.environ:
            for each in list(environ._data):  # type: ignore[attr-defined]
                self._note_variable(environ, os.fsdecode(each))

    def _data(self, path: object) -> "tuple[Record, str, list[FrameType]] | None":
        """The module that reads, the absolute path, and who reads for it, the innermost first; None if no matter."""
        stack = self._state.thread.stack
        if not stack or not (type(path) is str or type(path).__module__.startswith("pathlib")):
            return None
        try:
            absolute = os.path.abspath(os.fspath(path))  # type: ignore[call-overload]
        except OSError:  # the current folder is gone
            return None
        record = stack[-1]
        if absolute.startswith(_NO_DATA) or absolute.endswith(_SOURCELESS) or not self._is_users(absolute, record):
            return None
        callers = _callers(sys._getframe(3), record.name)
        return None if callers is None else (record, absolute, callers)

    def _is_users(self, path: str, record: "Record") -> bool:
        """True for a path of the user's own, and in no hidden folder but the module's own (`.cache`, `.venv`)."""
        if not self._state.policy.is_users(path):
            return False
        own = (record.path or "").split(os.sep)
        return not any(part.startswith(".") and part not in own for part in path.split(os.sep)[:-1])


_WRITING = frozenset("wax+")


def _stand_in(original: "Any", note: "Callable[..., None]") -> "Any":
    def _call_with_frames_removed(*arguments: "Any", **keywords: "Any") -> "Any":
        note(*arguments, **keywords)
        return original(*arguments, **keywords)

    function = disguised(_call_with_frames_removed)
    function.__name__, function.__qualname__ = original.__name__, original.__qualname__
    function.__module__, function.__doc__ = original.__module__, original.__doc__
    return staticmethod(function)  # in a class, it binds nothing, as a function in C does


def _places(name: str) -> "Iterator[tuple[Any, str]]":
    """Where the standard library finds a function when it is called."""
    if name == "open":
        yield from ((builtins, name), (io, name))
    elif name == "get_data":
        yield FileLoader, name
    elif name.startswith("__"):
        yield _Environ, name
    else:
        yield os, name
        globber = (namespace_of(sys.modules.get("glob")) or {}).get("_StringGlobber")
        if type(globber) is type:  # of `Path.glob`; in 3.13 it has the function itself
            yield globber, name


def _reads_of(record: Record) -> DataReads:
    if record.reads is None:
        record.reads = DataReads()
    return record.reads


def _callers(frame: "FrameType | None", name: str) -> "list[FrameType] | None":
    """The frames up to that of the code of the module `name`; None if it does not call, or it calls what reads no data.

    What an import within its execution reads, is not read by it.
    """
    found: list[FrameType] = []
    while frame is not None:
        home = _module_name(frame)
        found.append(frame)
        if type(home) is str and home.startswith(_READERS):
            return None
        if frame.f_code.co_name == "<module>":
            return found if home == name else None
        frame = frame.f_back
    return None


def _module_name(frame: "FrameType") -> object:
    return dict.get(frame.f_globals, "__name__")


def _give_back(originals: "dict[int, Any]") -> None:
    """Give modules that have taken hold of a stand-in, which its id tells, the original."""
    for module in list(sys.modules.values()):
        namespace = (namespace_of(module) or {}) if issubclass(type(module), ModuleType) else {}
        for key, value in list(namespace.items()):
            if id(value) in originals:
                namespace[key] = originals[id(value)]
