"""What an execution reuses: the module object, and the source and code that a refresh has read and compiled already.

Knows what the loader asks for.  Must not know when a module is executed, nor what comes of it.
"""

import sys

from ..files.source import Source, read, unread
from ..interpreter.bytecode import imported
from ..interpreter.code_effects import calls_nothing, inert_classes, may_store
from ..modules.record import Record
from ..modules.state import State

TYPE_CHECKING = False
if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
    from types import CodeType, ModuleType

    from ..entries.reference_counts import Outside
    from ..modules.import_system_protocol import Interpreter
    from ..refreshes.journal import Transaction


class Reuse:
    """Gives loaders what exists already."""

    def __init__(self, state: State, system: "Interpreter") -> None:
        self.state = state
        self._system = system
        self._nothing: Outside | None = None

    # The module object.

    def module_for(self, spec: "ModuleSpec", *, own_type: bool = False) -> "ModuleType | None":
        """The module object to execute this in; None for a new one.  A loader may have given it its `own_type`."""
        transaction = self.state.transaction
        name = spec.name
        if transaction is None or name not in transaction.taken:
            return None
        taken = transaction.taken[name]
        transaction.generations.begin(taken.namespace)
        asked_for = transaction.asked_for[name] = self._asked_for(transaction, spec)
        is_again = taken.renewed
        if is_again:  # it has been executed in this refresh already
            from ..entries.candidates import Candidate

            contents = dict(taken.namespace)
            transaction.entries.start({name: Candidate(taken.module, taken.namespace, contents, None, lambda: None)})
        module = transaction.renew(name, asked_for, own_type=own_type)
        if is_again or not self._leaves_nothing(transaction, spec):
            transaction.entries.before(name)
        return module

    def _leaves_nothing(self, transaction: "Transaction", spec: "ModuleSpec") -> bool:
        """True if the code to be executed calls nothing, and the last execution has put nothing elsewhere."""
        record = self.state.records[spec.name]
        if record.outside is None or record.outside.counts or record.outside.stored:
            return False
        code = transaction.code_for(record) if spec.origin == record.path else None
        return code is not None and calls_nothing(code)

    def module_for_other_loader(self, spec: "ModuleSpec") -> "ModuleType | None":
        """The same, for a loader of another project."""
        module = self.module_for(spec, own_type=True)
        if module is not None and type(spec.loader).__name__ == "NamespaceLoader":
            module.__file__ = None  # `_bootstrap._init_module_attrs` does this only if it makes the loader itself
        return module

    def _asked_for(self, transaction: "Transaction", spec: "ModuleSpec") -> frozenset[str]:
        """The names whose earlier values a module asks for, by the source that it is going to be executed from."""
        from ..changes.reload_idioms import may_ask, names_asked_for  # what only an edit needs is loaded then

        record = self.state.records[spec.name]
        path = spec.origin
        if path is None or not spec.has_location:
            return frozenset()
        changed = transaction.sources.get(path)
        if path == record.path:  # else it is another file now
            if changed is None and record.asked_for is not None:
                return record.asked_for
            code = transaction.codes.get(record.name) or (record.code if changed is None else None)
            if code is not None and not may_ask(code.co_names):
                return frozenset()
        if changed is None or changed.data is None:
            try:
                changed = transaction.sources[path] = read(path, self.state.clock)
            except OSError:
                return frozenset()  # the loader will say so
        return names_asked_for(changed.data or b"")

    # The code.

    def known_code(self, name: str) -> "CodeType | None":
        """The code to execute of a module that is being executed again, if it is known already."""
        record = self.state.records.get(name)
        if record is None or not record.executing:
            return None
        if record.code is not None:
            self._watch(record, record.code)
        return record.code

    def keep_code(self, name: str, code: "CodeType | None") -> None:
        """Keep the code of a module that is being executed: the next source is compared with it.

        Its bytecode file may be of that source already when livereload looks: another process has imported it.
        """
        record = self.state.records.get(name)
        if record is not None and record.executing and code is not None:
            record.code = code
            self._watch(record, code)

    def _watch(self, record: Record, code: "CodeType") -> None:
        """Observe what this code is going to store in other modules."""
        if self.state.loose:
            self._depend_on_loose(record, code)
        record.inert = inert_classes(code)
        if record.inert == 0 or calls_nothing(code):
            if self._nothing is None:
                from ..entries.reference_counts import NOTHING  # not at start-up

                self._nothing = NOTHING
            record.outside = self._nothing
            return
        if self.state.transaction is not None:
            self.state.transaction.doubt()
        if may_store(code):
            from ..entries.effect_detection import EffectDetection  # not at start-up

            package = record.name if record.portions else record.name.rpartition(".")[0]
            record.detection = EffectDetection(record.name, package, code)

    def _depend_on_loose(self, record: Record, code: "CodeType") -> None:
        """`from package import submodule` asks only the package: its code tells, if that is not tracked."""
        package = record.name if record.portions else record.name.rpartition(".")[0]
        for name in self.state.loose.intersection(imported(code, package)):
            if name in sys.modules and name in self.state.records and record.edges is not None:
                record.edges[name] = self.state.records[name].version

    # The source.

    def source_for(self, name: str, path: str) -> Source | None:
        """The source that `name` is going to be executed from; None if it cannot be read.

        Outside a refresh it is read only if its stamp is not settled, or if there is no good bytecode.
        """
        transaction, clock = self.state.transaction, self.state.clock
        source = transaction.sources.pop(path, None) if transaction is not None else unread(path, clock)
        if source is None or (source.data is None and transaction is not None):
            try:
                source = read(path, clock)
            except OSError:
                return None
        self._enter(name, path, source)
        return source

    def read_source(self, name: str, path: str) -> Source:
        """The same, read; OSError if it cannot be."""
        source = read(path, self.state.clock)
        self._enter(name, path, source)
        return source

    def _enter(self, name: str, path: str, source: Source) -> None:
        record = self.state.records.get(name)
        if record is not None and record.path == path and (record.executing or self._system.is_reloading(name)):
            record.source = source

    def is_executing(self, name: str) -> bool:
        """True while the code of the module `name` runs."""
        record = self.state.records.get(name)
        return record is not None and record.executing

    def run_without_lock(self, name: str) -> None:
        """The module's code runs while this thread may not hold its lock: the loader is sure to tell of the end."""
        record = self.state.records.get(name)
        if record is not None:
            record.has_lock = False

    def forget_source(self, name: str) -> None:
        """It is not known what the module `name` was executed from: it is stale."""
        record = self.state.records.get(name)
        if record is not None:
            record.forget_source()
