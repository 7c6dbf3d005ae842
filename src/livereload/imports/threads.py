"""Which thread may refresh, and how long another one waits for it.

Knows the locks of modules and the frames of other threads.  Must not know what is refreshed.

One refresh at a time.  A thread that is in the middle of importing never waits for another's refresh, as that may be
waiting for the very module that this thread imports.  It takes what is there and is asked again at its next import.
So does a thread that has waited for long: modules start threads and wait for them.
"""

import _thread
import sys
import time

from ..interpreter import stdlib_imports, tracebacks
from ..interpreter.stdlib_imports import bootstrap
from ..modules.state import State
from .spec import ASKED

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# How long a thread waits for another's refresh, which may be waiting for this thread.
PATIENCE_S = 1.0

# How often, and for how long, a refresh lets other threads finish what they import.
_PASSES = 30
_PASS_S = 0.001


def may_refresh(state: State) -> bool:
    """True if this thread has the lock of `state` now; it may have waited for it."""
    lock = state.lock
    return lock.acquire(blocking=False) or (not is_importing() and lock.acquire(timeout=PATIENCE_S))


def wait_for_refresh(state: State) -> None:
    """Wait for another thread's refresh, but for no longer than `PATIENCE_S`."""
    if not is_importing() and state.lock.acquire(timeout=PATIENCE_S):
        state.lock.release()


def is_importing() -> bool:
    """True if this thread holds a module's lock: it must not wait for another thread."""
    me = _thread.get_ident()
    for reference in list(bootstrap._module_locks.values()):
        lock = reference()
        if lock is not None and getattr(lock, "owner", None) == me:
            return True
    return False


def let_pass() -> None:
    """Let other threads get what the import system has promised them, a moment at the most."""
    if _thread._count() == 0:
        return
    if not _sees_frames():
        time.sleep(_PASS_S)
        return
    promised = _promised()
    for _ in range(_PASSES):
        if not promised:
            break
        time.sleep(_PASS_S)
        still = _promised()
        promised = {thread: frame for thread, frame in promised.items() if still.get(thread) is frame}


def _promised() -> "dict[int, Any]":
    """The threads that have an answer of the import system and have not left it yet, with their frames.

    All other threads that have their answer are through at once.
    """
    found = {}
    for thread, frame in sys._current_frames().items():
        if thread == _thread.get_ident() or bootstrap._blocking_on.get(thread):  # the lock of a module
            continue
        at: Any = frame
        while sys.version_info < (3, 12) and at is not None and tracebacks.is_ours(at.f_code):
            if at.f_code is ASKED:
                found[thread] = at  # the spec is asked once more, because there is no `__path__`
            at = at.f_back
        if frame.f_code.co_filename == tracebacks.BOOTSTRAP_FILE:
            found[thread] = frame
    return found


def _sees_frames() -> bool:
    """True if the frames of other threads can be looked at.

    `sys._current_frames` shows those of all interpreters in the process, which since 3.12 need not share memory
    (PEP 684).  Looking at another interpreter's frame ends the process.
    """
    if sys.version_info < (3, 12):
        return True
    if "_interpreters" in sys.modules or "_xxsubinterpreters" in sys.modules:
        return False  # the program may have others
    if sys.version_info >= (3, 13):
        return _thread._is_main_interpreter()  # type: ignore[attr-defined,no-any-return]
    interpreters = stdlib_imports.standard("_xxsubinterpreters")
    del sys.modules["_xxsubinterpreters"]
    return interpreters.get_current() == interpreters.get_main()
