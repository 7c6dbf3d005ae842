"""Of which modules a refresh takes back entries, and what their records tell about these.

Knows records and the modules that are there.  Must not know how entries are found or taken back (`entries`).
"""

import sys
from types import ModuleType

from ..files.pyc import code_of
from ..identity.object_model import namespace_of
from ..modules import graph
from ..modules.record import imports_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from types import CodeType
    from typing import Any

    from ..entries.candidates import Candidate
    from ..entries.effects import Stored
    from ..entries.take_back import Entries
    from ..modules.state import State
    from .journal import Transaction
    from .taken_modules import Taken

# How many modules' entries are looked for at once.
_MOST_SEARCHED = 60


class ModuleEntries:
    """The entries of tracked modules."""

    def __init__(self, state: "State") -> None:
        self._state = state
        self._records = state.records

    def of(self, transaction: "Transaction") -> "Entries":
        """The entries that this refresh takes back."""
        from ..entries.take_back import Entries  # what only an execution needs is loaded then

        entries = Entries(transaction.note, self.tracked, self._imports, self._users, self._code, self._stored)
        entries.journal = transaction
        return entries

    def announce(self, transaction: "Transaction", new: "dict[str, Taken]") -> None:
        """Tell whose entries are to be looked for: of what is going to be executed, and what may follow.

        So the heap is searched once for all of them or, if they are many, once for each of some parts: a search takes
        as long as there are objects to look for.
        """
        known = transaction.announced
        candidates = {
            name: self._candidate(name, taken.module, taken.contents)
            for name, taken in new.items()
            if name not in known
        }
        seen = known | new.keys()
        others = [name for name in transaction.candidates if name not in seen] if candidates else []
        for name in others[:_MOST_SEARCHED]:
            module = sys.modules.get(name)
            namespace = namespace_of(module)
            if type(module) is ModuleType and namespace is not None:
                candidates[name] = self._candidate(name, module, dict(namespace))
        known.update(candidates)
        if candidates:
            transaction.entries.start(candidates)

    def forsaken(self, transaction: "Transaction", executed: "list[str]") -> list[str]:
        """The modules that nobody imports any more, since these have been executed."""
        records = self._records

        def imported(name: str) -> "Iterable[str] | None":
            return (records[name].edges or {}) if name in records and name in sys.modules else None

        left = {each for name in executed for each in transaction.edges.get(name, ())}
        left -= {each for name in executed for each in imported(name) or ()}
        if not left:
            return []
        reached = graph.closure([name for name, record in records.copy().items() if record.is_root], imported)
        found = graph.closure(left, imported)
        return [name for name in found if name not in reached and records[name].outside is not None]

    def drop(self, transaction: "Transaction", names: "list[str]") -> set[str]:
        """Modules take with them what they have put elsewhere; the next import executes them.

        Returns the modules in which that shows.
        """
        from ..verification.namespace_comparison import Names  # what only an edit needs is loaded then

        records = self._records
        shows: set[str] = set()
        for name in names:
            module = sys.modules[name]
            others = {each: namespace_of(sys.modules.get(each)) for each in self._imports(name) if each not in names}
            before = {each: Names(each, namespace) for each, namespace in others.items() if namespace is not None}
            transaction.replace(name, records)
            records[name].forget_source()
            transaction.entries.start({name: self._candidate(name, module, namespace_of(module) or {})})
            transaction.entries.drop(name)
            shows.update(each for each, had in before.items() if had.has_other_contents() or any(had.differences()))
        return shows

    def _candidate(self, name: str, module: "ModuleType", contents: "dict[str, Any]") -> "Candidate":
        from ..entries.candidates import Candidate

        record = self._records.get(name)
        namespace = namespace_of(module) or {}
        if record is None:
            return Candidate(module, namespace, contents, None, lambda: None)
        return Candidate(module, namespace, contents, record.outside, lambda: self._code(name))

    def tracked(self) -> "dict[str, dict[str, Any]]":
        """The namespaces of all tracked modules that are there, by name."""
        found = {}
        for name, record in self._records.copy().items():
            namespace = namespace_of(sys.modules.get(name))
            if namespace is not None and not record.missing:
                found[name] = namespace
        return found

    def _stored(self) -> "list[Stored]":
        outsides = [record.outside for record in self._records.copy().values() if record.outside is not None]
        return [stored for outside in outsides for stored in outside.stored]

    def _code(self, name: str) -> "CodeType | None":
        """The code that a module was executed from, as far as it is to be had; not kept for the next execution."""
        record = self._records.get(name)
        if record is None or record.code is not None or record.source is None or record.path is None:
            return None if record is None else record.code
        return code_of(record.path, record.source)

    def _imports(self, name: str) -> "Collection[str]":
        """The names of the modules that a module imports, directly or not."""
        imports = imports_in(self._records)
        return graph.closure(imports(name) or (), imports)

    def _users(self, name: str) -> "Collection[str]":
        """The names of the modules that import a module, directly or not."""
        edges = {each: record.edges or {} for each, record in self._records.copy().items()}
        return graph.spread({name: ""}, edges).keys() - {name}
