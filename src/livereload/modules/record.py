"""The record of a module: what is known of one of its executions.

Knows values only.  Must not know how they come about.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import CodeType, ModuleType
    from typing import Any
    from weakref import ReferenceType

    from ..changes.uses import Uses
    from ..entries.effect_detection import EffectDetection
    from ..entries.reference_counts import Outside
    from ..files.data_reads import DataReads
    from ..files.source import Source


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
        "detection",
        "edges",
        "executed",
        "executing",
        "failed",
        "generation",
        "given",
        "gone",
        "has_lock",
        "inert",
        "is_root",
        "lazy",
        "left",
        "listed",
        "missing",
        "module",
        "name",
        "names",
        "outside",
        "path",
        "portions",
        "reads",
        "reason",
        "source",
        "started",
        "suspect",
        "uses",
        "verified",
        "version",
        "where",
        "wreck",
    )

    def __init__(self, name: str, path: str | None, where: tuple[str, ...]) -> None:
        self.name = name
        # "/home/me/shop/cart.py"; None for a namespace package and for a missing module
        self.path = path
        # the folders, in order, whose contents decided what the name stands for
        self.where = where
        # the source that was executed; None if that is not known (then the module is stale)
        self.source: Source | None = None
        # the code of `source`, if livereload has seen it executed or compared
        self.code: CodeType | None = None
        # what that code uses while it is executed, once it has been looked at
        self.uses: Uses | None = None
        # how many classes that code makes, if it runs no function (`bytecode.inert_classes`); else -1
        self.inert = -1
        # the names whose earlier values `source` asks for; None while it has not been looked at
        self.asked_for: frozenset[str] | None = None
        # {"shop.money": 7}: the modules that it imported while it was executed, and their versions then;
        # None while it has not been read from the code (modules that were there before install())
        self.edges: dict[str, int] | None = {}
        # {"Cart": <lazy_import 'shop.Cart'>}: its lazy imports (PEP 810)
        self.lazy: dict[str, object] | None = None
        # the modules that its `__getattr__` has imported (PEP 562): importing it gives what these have, too
        self.given: frozenset[str] = frozenset()
        # the names that a module with a `__getattr__` had when it had been executed: more, that has kept
        self.names: frozenset[str] | None = None
        # the data that it has read while it was executed: files, folders, the environment
        self.reads: DataReads | None = None
        # the moment of the last execution; 0 for before install()
        self.version = 0
        # {"RATE": 7, "Cart.add()": 9}: the moment since which a name is bound to something else, or a function has
        # another body; also by the keys above
        self.changed: dict[str, int] | None = None
        # the moment in which all that it uses was found to be as it was when the module was executed
        self.verified = 0
        # the moment in which its code began to run
        self.executed = 0
        # why it was executed last, or did not have to be
        self.reason: str | None = None
        # the moment in which this was last found to be fresh, see State.moments
        self.checked = 0
        # how often it has been executed since install()
        self.generation = 0
        # no finder knew the name: there is no module, and some module depends on that
        self.missing = False
        # one of the folders in `where` has changed in a way that may give the name another meaning
        self.suspect = False
        # a package whose code lists its folder, and the folder holds other modules now
        self.listed = False
        # its package looks for submodules in other folders now than the one where this one was found
        self.left = False
        # the file was not there when last looked at, and that is believed
        self.gone = False
        # a tracked module is not the only importer: the session or an installed module has imported it, or may have
        self.is_root = True
        # the module's code is running
        self.executing = False
        # … and the thread that runs it holds the module's lock
        self.has_lock = True
        # when its code began to run (time.perf_counter)
        self.started = 0.0
        # the last execution raised, so there is no module
        self.failed = False
        # the module object of an execution that raised, or of a module that is missing now, if other modules have
        # taken something from it
        self.wreck: ModuleType | None = None
        # the last execution raised and the error was not caught: modules that were imported during it have seen a
        # module that does not exist
        self.broken = False
        # while it is executing: the record of the execution before, if that had raised
        self.before: Record | None = None
        # while it is executing, the module that the code runs in; afterwards only if `sys.modules` has another object
        self.behind: ModuleType | None = None
        # the module, if one has been executed
        self.module: ReferenceType[Any] | None = None
        # what the last execution has put elsewhere; None while it has not been looked at
        self.outside: Outside | None = None
        # while it is executing: detects what it stores elsewhere
        self.detection: EffectDetection | None = None
        # where the submodules of this package are looked for (its __path__)
        self.portions: tuple[str, ...] = ()

    @property
    def is_left(self) -> bool:
        """True if there is no module any more, and other modules may have something of it."""
        return self.failed or self.wreck is not None

    def is_of(self, module: object) -> bool:
        """True if this is the record of that very module object; of None, if the object does not exist any more."""
        return (None if self.module is None else self.module()) is module

    def forget_source(self) -> None:
        """It is not known what the module was executed from: it is stale, and no code can be compared."""
        self.source = self.code = None

    def last_code(self) -> "CodeType | None":
        """The code that the module was executed from last; None if that is not known.

        A module that was imported before livereload was installed has it in its bytecode file, if anywhere.
        """
        if self.code is None and self.source is not None and self.path is not None:
            from ..files.pyc import code_of

            self.code = code_of(self.path, self.source)
        return self.code

    def used(self, code: "CodeType") -> "Uses":
        """What this code uses while the module is executed from it; kept for the next time."""
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


def imports_in(records: "dict[str, Record]") -> "Callable[[str], Iterable[str] | None]":
    """A function that gives what a module has imported, by its name; None for a name that has no record."""

    def imports(name: str) -> "Iterable[str] | None":
        record = records.get(name)
        return None if record is None else record.edges or ()

    return imports
