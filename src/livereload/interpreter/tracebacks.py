"""Frames and tracebacks: which frames are ours, which one imports, which ones the import statement hides.

Knows tracebacks and code objects.  Must not know modules.
"""

import importlib
import os
import sys

from .stdlib_imports import bootstrap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, FrameType, TracebackType
    from typing import Any

_PACKAGE = os.path.dirname(os.path.dirname(__file__))
_SESSION = os.path.join(_PACKAGE, "session", "")

# The file names of our frames, and of those that the import statement removes from tracebacks, begin with these.
_HIDDEN = (_PACKAGE, "<frozen importlib")

BOOTSTRAP_FILE: str = bootstrap._gcd_import.__code__.co_filename


def disguised(function: "Any") -> "Any":
    """Let the import statement remove this function's frames from tracebacks, as it removes importlib's; returns it.

    `remove_importlib_frames` in Python/import.c compares the file name.
    """
    function.__code__ = function.__code__.replace(co_filename=BOOTSTRAP_FILE)
    return function


def beyond_us(traceback: "TracebackType | None") -> "TracebackType | None":
    """The traceback, beginning with the first frame that is neither ours nor importlib's."""
    while traceback is not None and is_hidden(traceback.tb_frame.f_code):
        traceback = traceback.tb_next
    return traceback


def is_hidden(code: "CodeType") -> bool:
    """True for code of livereload or of importlib."""
    return code.co_filename.startswith(_HIDDEN)


def without_us(traceback: "TracebackType | None") -> "TracebackType | None":
    """The traceback, beginning with the first frame that is not ours."""

    while traceback is not None and is_ours(traceback.tb_frame.f_code):
        traceback = traceback.tb_next
    return traceback


def is_ours(code: "CodeType") -> bool:
    """True for code of livereload that is not disguised as importlib's."""
    return is_our_file(code.co_filename)


def is_our_file(path: str) -> bool:
    """True for a file of livereload."""
    return path.startswith(_PACKAGE)


def importing_frame() -> "FrameType | None":
    """The frame of the statement that imports, or calls livereload; None if a prompt or C code does."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename.startswith((*_HIDDEN, importlib.__file__)):
        if frame.f_code.co_filename.startswith(_SESSION):
            return None  # the frames above are those of a prompt
        frame = frame.f_back
    return frame


def describes_an_error(frame: "FrameType | None") -> bool:
    """True if the standard library's `traceback` imports there, to describe an error.

    `traceback._compute_suggestion_error` imports the module that lacks a name (from 3.12 on), and the package that
    lacks a module (from 3.15 on).  An error that the latter raises would end PyREPL.  Only importlib's frames
    (`importlib.resources`) are between it and the import.
    """
    while frame is not None:
        name: object = frame.f_globals.get("__name__")
        if name == "traceback":
            return True
        module = name.partition(".")[0] if type(name) is str else ""
        if module not in ("importlib", "functools") and not is_hidden(frame.f_code):
            return False
        frame = frame.f_back
    return False


def is_typed() -> bool:
    """True if the statement that imports was typed at a prompt, or may have been."""
    frame = importing_frame()
    filename = "<" if frame is None else frame.f_code.co_filename
    return filename.startswith("<") or "ipykernel_" in filename
