"""All that livereload remembers, in one object.

Knows records, looks, locks and settings.  Must not know what is done with them.
"""

import _thread
import itertools
from _contextvars import ContextVar

from .._report import Report
from ..files.cached_look import Look, Watcher
from ..files.source import Clock
from .record import Record
from .tracking import Policy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ..files.folder import Folder
    from ..files.source import Source
    from ..refreshes.journal import Transaction
    from .graph import Closure
    from .record import Record
    from .stale import Plan


# True while a request runs (`livereload.middleware`): it ends on what it began with, so its imports refresh nothing.
in_request = ContextVar("in_request", default=False)


class Wanted:
    """What an import statement asks for: a module and, of a package, the names that may be submodules."""

    __slots__ = ("from_list", "name", "plan", "when")

    def __init__(self, name: str, from_list: tuple[str, ...] = ()) -> None:
        self.name = name
        self.from_list = from_list
        # what was found stale when the import system asked, and `State.changes` then
        self.plan: Plan | None = None
        self.when = 0


class PerThread(_thread._local):
    """What one thread is doing."""

    def __init__(self) -> None:
        # the tracked modules whose code this thread is executing, the innermost last
        self.stack: list[Record] = []
        # those of them that an error which is still on its way has ended
        self.unwound: list[Record] = []
        # what was found stale when a spec was last asked: the import system asks for the lock next
        self.wanted: Wanted | None = None
        # the source that importlib has asked a loader about, and its path: its bytes are asked for next
        self.read: tuple[str, Source] | None = None
        # what interrupted the answer of a spec: it is raised when the import system asks for the lock
        self.interrupt: BaseException | None = None
        # the moment of the outermost import that this thread is in; 0 outside
        self.moment = 0
        # when a package has been executed: the imports of its submodules that waited for it, and their moment
        self.waiting: dict[str, int] = {}
        self.waited = 0


class State:
    """All that livereload remembers; a new one is empty."""

    def __init__(self, policy: Policy, clock: Clock | None = None) -> None:
        self.policy = policy
        self.clock = clock if clock is not None else Clock()
        # {"shop.cart": Record}: tracked modules, and names that a tracked module could not import
        self.records: dict[str, Record] = {}
        # {"shop.cart": [Record]}: modules that a program has taken out of sys.modules and imported again, and holds
        self.aside: dict[str, list[Record]] = {}
        # {"/home/me/shop": Folder}: what the folders of all records held when last looked at
        self.folders: dict[str, Folder] = {}
        # {folders: the same}: each `where` of a record once
        self.wheres: dict[tuple[str, ...], tuple[str, ...]] = {}
        # {"/home/me"}: entries of search paths that importlib listed within the tick of their last change
        self.unsettled: set[str] = set()
        # {"/home/me": time}: entries that importlib listed later than within the tick of this time of the folder
        self.settled: dict[str, float] = {}
        # 1, 2, 3 …: a moment is one outermost import statement or one refresh.  All modules executed
        # in one moment have one version, so the members of a cycle never see each other rise.
        self.moments = itertools.count(1)
        self.thread = PerThread()
        # held by the thread that refreshes
        self.lock = _thread.RLock()
        # {"shop.cart"}: submodules that are in sys.modules while their package is being executed and
        # has not bound them yet; a fresh interpreter binds them when they are first imported
        self.unbound: set[str] = set()
        # the refresh under way, and the thread that runs it
        self.transaction: Transaction | None = None
        self.owner = 0
        # {"corp.errors"}: tracked modules in packages that are not tracked
        self.loose: set[str] = set()
        # the names in sys.modules that have been considered for tracking, by their number
        self.known_modules = 0
        # {"json": id}: those of them that are not the user's
        self.refused: dict[str, int] = {}
        # {"shop.cart": Look, ("shop", ("cart",)): Look}: what was found fresh for all imports of this module or, of
        # a package that does not import all its submodules itself, for one from-list; emptied when a module is
        # executed or a record changes
        self.looks: dict[object, Look] = {}
        # {("shop",): (records, their graph)}: what modules import, directly or not; emptied when an edge changes
        self.closures: dict[tuple[str, ...], tuple[dict[str, Record], Closure]] = {}
        # the moment of the last entry in a `Record.changed` that is not the body of a function
        self.last_change = 0
        # how often a module was executed or a record changed
        self.changes = 0
        self.watcher = Watcher()
        # the records that are being executed, in all threads, and the transaction: while there are
        # any, every question is answered in full, as edges have to be recorded
        self.busy: set[object] = set()
        # a failure (error, names, hashes) that executing everything has confirmed
        self.confirmed: object = None
        # the report of the last refresh, and what is called with each report
        self.last = Report()
        self.listeners: list[Callable[[Report], object]] = []
        # the functions that are called after each refresh in which something that they use has changed
        self.watching: list[Callable[[], object]] = []
        # each refresh prints a line, or "logging": logs one
        self.verbose: bool | str = False
        # a changed module is always executed as a whole
        self.whole = False
        # an error of livereload's own is raised; else executing everything may make up for it
        self.strict = False
        # whether statements at a prompt are preceded by a refresh
        self.prompt = False
        # the sources whose errors a prompt has shown
        self.reported: object = None
        # {"shop.cart": "ZeroDivisionError: division by zero"}: where the last refresh failed
        self.errors: dict[str, str] = {}

    def is_taken(self, name: str) -> bool:
        """True while a refresh keeps the module `name` aside, to be executed again."""
        transaction = self.transaction
        return transaction is not None and name in transaction.taken

    def is_refreshed_by_another(self) -> bool:
        """True while another thread refreshes."""
        return self.transaction is not None and self.owner != _thread.get_ident()

    def exclusively(self, acquire: "Callable[[], bool]", action: "Callable[[], Any]") -> "Any":
        """Call `action` while no other thread refreshes, and return its result; None if `acquire()` gives up.

        Whenever an interrupt comes, this thread has the lock afterwards only if it had it before.
        """
        if self.lock._is_owned():  # type: ignore[attr-defined]
            return action()
        try:
            try:
                return action() if acquire() else None
            finally:
                self.let_go()
        except BaseException:
            self.let_go()
            raise

    def let_go(self) -> None:
        """Let other threads refresh, unless this one is still within a refresh."""
        while self.transaction is None and self.lock._is_owned():  # type: ignore[attr-defined]
            self.lock.release()

    def forget_looks(self, *, edges: bool = True) -> None:
        """A module has been executed, or a record has changed: no earlier look holds any more.

        Nor does a closure, unless no `edges` have changed.
        """
        self.changes += 1
        self.looks.clear()
        if edges:
            self.closures.clear()

    def renew_locks(self) -> None:
        """In a forked child: the other threads of the parent, and a refresh that one of them had begun, are gone."""
        self.lock = _thread.RLock()
        self.forget_looks()
        self.watcher.close()  # the child shares the queue of events with its parent
        if self.owner != _thread.get_ident():
            self.transaction = None
            self.owner = 0
