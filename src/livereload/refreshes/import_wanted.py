"""Import what a statement asks for, so that importlib executes what a refresh has taken out of `sys.modules`.

Knows the modules that have been taken.  Must not know how that is decided, or undone.
"""

import sys

from ..modules import graph

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..modules.file_changes import Survey
    from ..modules.import_system_protocol import Interpreter
    from ..modules.stale import Plan
    from ..modules.state import State, Wanted
    from .journal import Transaction


def names_of(wanted: "list[Wanted]", survey: "Survey") -> list[str]:
    """The modules that statements ask for, submodules in from-lists included."""
    return [name for each in wanted for name in (each.name, *survey.submodules(each.name, each.from_list))]


class WantedImports:
    """Imports what is wanted, within the refresh under way."""

    def __init__(
        self,
        state: "State",
        interpreter: "Interpreter",
        survey: "Survey",
        bring_up_to_date: "Callable[[Transaction, Plan, list[Wanted]], object]",
    ) -> None:
        self._state = state
        self._interpreter = interpreter
        self._survey = survey
        self._bring_up_to_date = bring_up_to_date
        # raised by a module that no statement in the session's modules has asked for
        self.unasked: Exception | None = None

    def run(self, wanted: "list[Wanted]") -> None:
        """Import all that is `wanted`, then what else of what was taken a fresh interpreter would have imported."""
        for each in wanted:
            self._interpreter.import_module(each.name, ())
            if each.from_list:
                self.take_submodules(each)
                self._interpreter.import_module(each.name, each.from_list)
        transaction = self._state.transaction
        if transaction is not None and any(name not in sys.modules for name in transaction.reasons):
            try:
                self._import_packages(transaction, wanted)
            except Exception as error:
                self.unasked = error
                raise

    def take_submodules(self, wanted: "Wanted") -> None:
        """Take what is stale of the submodules that a statement asks for.

        Only the code of the package that has just been executed tells what `*` stands for.
        """
        found = self._survey.plan(tuple(self._survey.submodules(wanted.name, wanted.from_list)))
        if found and self._state.transaction is not None:
            self._bring_up_to_date(self._state.transaction, found, [wanted])

    def _import_packages(self, transaction: "Transaction", wanted: "list[Wanted]") -> None:
        """Import what is above modules that are `wanted` and fresh themselves: nobody has asked for it.

        And what is taken of what such a module has imported (`Refresher._packages_will_do`).
        """
        records = self._state.records

        def is_tried(name: str) -> bool:  # the same error again has the version that it had
            record = records[name]
            return record.version == transaction.moment or (record.failed and record.checked == transaction.moment)

        def is_gone(name: str) -> bool:
            packages = graph.parents(name)
            waiting = (each for each in (*packages, name) if each in transaction.reasons)
            return any(each not in sys.modules and is_tried(each) for each in waiting) or any(
                map(self._survey.is_flat, packages)
            )

        def enter(name: str) -> "dict[str, int] | None":
            record = records.get(name)
            there = name in sys.modules or name in transaction.reasons
            return record.edges if record is not None and there and not is_gone(name) else None

        for name in graph.closure(names_of(wanted, self._survey), enter):
            taken = (name,) if name in transaction.taken and not records[name].missing else ()
            for each in (*graph.parents(name), *taken):
                if each in transaction.reasons and each not in sys.modules and not is_gone(each):
                    self._interpreter.import_module(each, ())
