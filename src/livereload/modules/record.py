"""What is known of a module: its record.

Knows values only.  Must not know how they came about.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType, ModuleType
    from typing import Any
    from weakref import ReferenceType

    from ..changes.uses import Uses
    from ..entries.effect_detection import Watch
    from ..entries.reference_counts import Outside
    from ..files.source import Source


# Keys of what has changed in a module (`Record.changed`): anything; others by its execution; and, by the
# execution of others, what in it can change.
ANYTHING, EFFECTS, CONTENTS = "*", "!", "~"


def body(qualname: str) -> str:
    """The key for what a function does, beside the key for what its name is bound to."""
    return f"{qualname}()"


def outside(qualname: str) -> str:
    """The key for what a function's callers and decorators see of it: its signature, defaults and attributes."""
    return f"{qualname}.()"


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
            from ..files.pyc import code_of

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
