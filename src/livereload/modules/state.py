"""Every mutable thing, in one object.

Knows what livereload remembers; must not know what is done with it.
"""

import _thread
import itertools

from .._report import Report
from ..files.pyc import code_of
from ..files.stamp import Clock, Folder, Source
from ..files.unchanged import Look, Watcher
from .tracking import Policy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType, ModuleType
    from typing import Any
    from weakref import ReferenceType

    from ..changes.uses import Uses
    from ..entries.effect_detection import Watch
    from ..entries.reference_counts import Outside
    from ..refreshes.journal import Transaction
    from .stale import Plan


# Keys of what has changed in a module (`Record.changed`): anything; others by its execution; and, by the
# execution of others, what in it can change.
ANYTHING, EFFECTS, CONTENTS = "*", "!", "~"


def body(qualname: str) -> str:
    """The key for what a function does, beside the key for what its name is bound to."""
    return f"{qualname}()"


def outside(qualname: str) -> str:
    """The key for what a function's callers and decorators see of it: its signature, defaults and attributes."""
    return f"{qualname}.()"


class Wanted:
    """What a statement asks for: a module and, of a package, the names that may be submodules."""

    __slots__ = ("from_list", "name", "plan", "when")

    def __init__(self, name: str, from_list: tuple[str, ...] = ()) -> None:
        self.name = name
        self.from_list = from_list
        # what was found stale when this statement was asked for, and `State.changes` then
        self.plan: Plan | None = None
        self.when = 0


class Record:
    """What is known of one module name, whether or not a module by that name could be imported."""

    __slots__ = (
        "asked_for",
        "before",
        "behind",
        "broken",
        "changed",
        "checked",
        "code",
        "edges",
        "executed",
        "executing",
        "failed",
        "generation",
        "gone",
        "has_lock",
        "is_root",
        "lazy",
        "left",
        "listed",
        "missing",
        "module",
        "name",
        "outside",
        "path",
        "portions",
        "reason",
        "source",
        "started",
        "suspect",
        "uses",
        "verified",
        "version",
        "watch",
        "where",
        "wreck",
    )

    def __init__(self, name: str, path: str | None, where: tuple[str, ...]) -> None:
        self.name = name
        # "/home/me/shop/cart.py"; None for a namespace package and for what is missing
        self.path = path
        # the folders, in order, whose contents decided what the name stands for
        self.where = where
        # what was executed; None if that is not known (then the module is stale)
        self.source: Source | None = None
        # the code of `source`, once it has been executed again or compared, or if no bytecode file
        # has it: who edits a module executes its importers over and over, from sources that do not change
        self.code: CodeType | None = None
        # what executing that code used, once somebody has looked
        self.uses: Uses | None = None
        # the names whose earlier values `source` asks for; None if nobody has looked
        self.asked_for: frozenset[str] | None = None
        # {"shop.money": 7}: what was imported while executing, and its version at that moment;
        # None while it has not been read from the code (modules that were there before install())
        self.edges: dict[str, int] | None = {}
        # {"Cart": <lazy_import 'shop.Cart'>}: what executing it left to be imported where it is used (PEP 810)
        self.lazy: dict[str, object] | None = None
        # the moment of the last execution; 0 for before install()
        self.version = 0
        # {"RATE": 7, "Cart.add()": 9}: since which moment a name stands for something else, or a function does
        # something else; "*" for anything, "!" for what the module did to others
        self.changed: dict[str, int] | None = None
        # the moment in which all that it had used was found to be as it is there
        self.verified = 0
        # the moment in which its code began to run
        self.executed = 0
        # why it was executed last, or did not have to be
        self.reason: str | None = None
        # the moment in which this was last found to be fresh, see State.moments
        self.checked = 0
        # how often it has been executed since install()
        self.generation = 0
        # no finder knew the name: the record stands for an absence
        self.missing = False
        # one of the folders in `where` has changed in a way that may give the name another meaning
        self.suspect = False
        # a package whose code has listed its folder, which holds other modules now
        self.listed = False
        # its package looks for submodules elsewhere now than where this one was found
        self.left = False
        # the file was not there when last looked at, and that is believed
        self.gone = False
        # something else than a tracked module has imported it, or nobody knows
        self.is_root = True
        # the module's code is running
        self.executing = False
        # … and the thread that runs it holds the module's lock
        self.has_lock = True
        # when its code began to run (time.perf_counter)
        self.started = 0.0
        # the last execution raised, so there is no module
        self.failed = False
        # … or it is missing now, but others have taken from it what it had made by then
        self.wreck: ModuleType | None = None
        # … and nobody caught the error: what was imported meanwhile has seen a module that never was
        self.broken = False
        # while it is executing: the record of the execution before, if that had raised
        self.before: Record | None = None
        # while it is executing, the module that the code runs in; afterwards only if another stands in its place
        self.behind: ModuleType | None = None
        # the module, if one has been executed
        self.module: ReferenceType[Any] | None = None
        # what the last execution left elsewhere; None if nobody has looked
        self.outside: Outside | None = None
        # while it is executing: sees what it stores elsewhere
        self.watch: Watch | None = None
        # where the submodules of this package are looked for (its __path__)
        self.portions: tuple[str, ...] = ()

    @property
    def is_left(self) -> bool:
        """True if others may have something of what is no module any more: of one that failed or is missing."""
        return self.failed or self.wreck is not None

    def is_of(self, module: object) -> bool:
        """True if this is what is known of that very module; of None, if there is no such module any more."""
        return (None if self.module is None else self.module()) is module

    def last_code(self) -> "CodeType | None":
        """The code that the module was executed from last, as far as it is still to be had."""
        if self.code is None and self.source is not None and self.path is not None:
            self.code = code_of(self.path, self.source)
        return self.code

    def used(self, code: "CodeType") -> "Uses":
        """What executing the module from this code uses; kept for the next time."""
        if self.uses is None or self.uses.code is not code:
            from ..changes.uses import Uses

            self.uses = Uses(code)
        return self.uses

    def copy(self) -> "Record":
        other = Record(self.name, self.path, self.where)
        for slot in Record.__slots__:
            setattr(other, slot, getattr(self, slot))
        other.edges = None if self.edges is None else dict(self.edges)
        return other

    def __repr__(self) -> str:
        return f"<Record {self.name} version {self.version}>"


class PerThread(_thread._local):
    """What one thread is doing."""

    def __init__(self) -> None:
        # the tracked modules whose code this thread is executing, the innermost last
        self.stack: list[Record] = []
        # those of them that the error on its way out has ended
        self.unwound: list[Record] = []
        # what the proxy was last asked for and found stale: the lock is asked for next
        self.wanted: Wanted | None = None
        # the source that importlib has asked a loader about, and its path: its bytes are asked for next
        self.read: tuple[str, Source] | None = None
        # what interrupted the proxy's answer; to be raised when the lock is asked for
        self.interrupt: BaseException | None = None
        # the moment of the outermost import that this thread is in; 0 outside
        self.moment = 0
        # when a package has been executed: the imports of what is below that waited for it, and their moment
        self.waiting: dict[str, int] = {}
        self.waited = 0


class State:
    """All that livereload remembers; a new one is a livereload that has seen nothing."""

    def __init__(self, policy: Policy, clock: Clock | None = None) -> None:
        self.policy = policy
        self.clock = clock if clock is not None else Clock()
        # {"shop.cart": Record}: tracked modules, and names that a tracked module could not import
        self.records: dict[str, Record] = {}
        # {"shop.cart": [Record]}: modules that somebody holds, but has taken out of sys.modules and imported anew
        self.aside: dict[str, list[Record]] = {}
        # {"/home/me/shop": Folder}: what the folders of all records held when last looked at
        self.folders: dict[str, Folder] = {}
        # {folders: the same}: each `where` of a record once
        self.wheres: dict[tuple[str, ...], tuple[str, ...]] = {}
        # {"/home/me"}: entries of search paths that importlib listed within the tick of their last change
        self.unsettled: set[str] = set()
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
        # the names in sys.modules that have been considered for tracking, by their number
        self.known_modules = 0
        # {"json": id}: those of them that are not the user's
        self.refused: dict[str, int] = {}
        # {"shop.cart": Look, ("shop", ("cart",)): Look}: what was fresh for any import of this module,
        # or, of a package that does not import all its submodules itself, for one from-list; as long
        # as nothing is executed and no record changes
        self.looks: dict[object, Look] = {}
        # how often something was executed or a record changed
        self.changes = 0
        self.watcher = Watcher()
        # the records that are being executed, in all threads, and the transaction: while there are
        # any, every question is answered in full, as edges have to be recorded
        self.busy: set[object] = set()
        # a failure (error, names, hashes) that executing everything has confirmed
        self.confirmed: object = None
        # the last refresh, and who wants to hear of each
        self.last = Report()
        self.listeners: list[Callable[[Report], object]] = []
        # what is called after each refresh in which something that it uses has changed
        self.watching: list[Callable[[], object]] = []
        # each refresh prints a line, or "logging": logs one
        self.verbose: bool | str = False
        # a changed module is always executed as a whole
        self.whole = False
        # whether statements at a prompt are preceded by a refresh
        self.prompt = False
        # the sources whose errors a prompt has shown
        self.reported: object = None
        # {"shop.cart": "ZeroDivisionError: division by zero"}: where the last refresh failed
        self.errors: dict[str, str] = {}

    def exclusively(self, acquire: "Callable[[], bool]", action: "Callable[[], Any]") -> "Any":
        """What `action()` returns while no other thread refreshes; None if `acquire()`, of `lock`, gives up.

        Whenever an interrupt comes: the lock is this thread's afterwards only if it was before.
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
        """Let other threads refresh, unless this one has not ended its own."""
        while self.transaction is None and self.lock._is_owned():  # type: ignore[attr-defined]
            self.lock.release()

    def forget_looks(self) -> None:
        """Something has been executed, or a record has changed: nothing that was found before holds any more."""
        self.changes += 1
        self.looks.clear()

    def renew_locks(self) -> None:
        """For a forked child: its other threads are gone, and with them whatever they had begun."""
        self.lock = _thread.RLock()
        self.forget_looks()
        self.watcher.close()  # the queue of events is shared with the parent
        if self.owner != _thread.get_ident():
            self.transaction = None
            self.owner = 0
