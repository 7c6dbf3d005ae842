"""Frames: which are ours, which the import statement hides.

Knows tracebacks and code objects.  Must not know modules.
"""

import importlib
import os
import sys

from .stdlib import bootstrap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, FrameType, TracebackType
    from typing import Any

_PACKAGE = os.path.dirname(os.path.dirname(__file__))

# How the file names of frames begin that the import statement removes, or would if they were not ours.
_HIDDEN = (_PACKAGE, "<frozen importlib")

BOOTSTRAP_FILE: str = bootstrap._gcd_import.__code__.co_filename


def disguised(function: "Any") -> "Any":
    """Let the import statement remove this function's frames from tracebacks, as it removes importlib's.

    `remove_importlib_frames` in CPython's import.c goes by the file name; returns the function.
    """
    function.__code__ = function.__code__.replace(co_filename=BOOTSTRAP_FILE)
    return function


def beyond_us(traceback: "TracebackType | None") -> "TracebackType | None":
    """The traceback from the first frame on that is neither ours nor importlib's."""
    while traceback is not None and is_hidden(traceback.tb_frame.f_code):
        traceback = traceback.tb_next
    return traceback


def is_hidden(code: "CodeType") -> bool:
    """True for code of livereload or of importlib."""
    return code.co_filename.startswith(_HIDDEN)


def without_us(traceback: "TracebackType | None") -> "TracebackType | None":
    """The traceback from the first frame on that is not ours."""
    while traceback is not None and is_ours(traceback.tb_frame.f_code):
        traceback = traceback.tb_next
    return traceback


def is_ours(code: "CodeType") -> bool:
    """True for code of livereload that does not pass for importlib's."""
    return is_our_file(code.co_filename)


def is_our_file(path: str) -> bool:
    """True for a file of livereload."""
    return path.startswith(_PACKAGE)


def statement_frame() -> "FrameType | None":
    """The frame of the statement that imports; None if C code does, and no Python code is running."""
    frame = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename.startswith((*_HIDDEN, importlib.__file__)):
        frame = frame.f_back  # type: ignore[assignment]
    return frame


def is_typed() -> bool:
    """True if the statement that imports was typed, or nobody knows where it is from."""
    frame = statement_frame()
    filename = "<" if frame is None else frame.f_code.co_filename
    return filename.startswith("<") or "ipykernel_" in filename
