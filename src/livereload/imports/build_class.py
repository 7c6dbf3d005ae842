"""Class statements of modules that are executed again: `builtins.__build_class__` replaced for the duration.

Knows the builtin.  Must not know what a class statement is made to do: that is `identity.class_statements`.
"""

import builtins
import sys

from ..identity import class_statements

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..modules.state import State


class ClassStatements:
    """What stands in the place of `builtins.__build_class__` while a refresh executes modules."""

    def __init__(self) -> None:
        self._door: class_statements.Door | None = None
        # how many references there are to it if nobody has taken hold of it
        self._unheld = 0

    def watch(self, state: "State") -> None:
        """Have the class statements of modules that are executed again fill the classes that are kept."""
        transaction = state.transaction
        if self._door is None and transaction is not None:
            self._door = class_statements.Door(builtins.__build_class__)
            self._unheld = sys.getrefcount(self._door)
            builtins.__build_class__ = self._door
            class_statements.stand(transaction.generations.keeper)

    def stop_watching(self) -> None:
        """Make class statements plain again, whatever threads and errors left behind.

        A module that lists the builtins has taken hold of what stood there; it is given the original.
        """
        if self._door is not None:
            class_statements.leave()
            original = self._door.original
            if builtins.__build_class__ is self._door:
                builtins.__build_class__ = original
            if sys.getrefcount(self._door) != self._unheld:
                from ..identity.referrers import substitute  # not at start-up

                substitute({id(self._door): original}, [self._door])
            self._door = None  # last, as an interrupt may come before: then all is done again
