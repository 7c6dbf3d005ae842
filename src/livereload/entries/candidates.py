"""Candidates: modules that may be executed in this refresh, as they were before.

Knows namespaces, code and numbers.  Must not know containers, nor what entries are.
"""

from ..interpreter.bytecode import is_function, nested

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import CodeType, ModuleType
    from typing import Any

    from .reference_counts import Outside


class Candidate:
    """A module that may be executed: its namespace and the contents before, what it has put elsewhere, its code."""

    __slots__ = (
        "_names",
        "code",
        "contents",
        "made_by",
        "module",
        "namespace",
        "notes",
        "numbers",
        "outside",
        "references",
    )

    def __init__(
        self,
        module: "ModuleType",
        namespace: "dict[str, Any]",
        contents: "dict[str, Any]",
        outside: "Outside | None",
        code: "Callable[[], CodeType | None]",
    ) -> None:
        self.module = module
        self.namespace = namespace
        self.contents = contents
        self.outside = outside
        self.code = code
        self._names: set[str] | None = None
        # the code that it has been executed from now
        self.made_by: CodeType | None = None
        # how many references there are, before the module is executed, to the namespace and, by id, to its contents
        self.references = 0
        self.numbers: dict[int, int] = {}
        self.notes = 0

    def names(self) -> set[str]:
        """The names in the code that it was executed from, nested code included."""
        if self._names is None:
            code = self.code()
            self._names = set() if code is None else {name for each in nested(code) for name in each.co_names}
        return self._names

    def class_names(self) -> set[str]:
        """The qualified names of the classes in the code that it was executed from."""
        code = self.code()
        bodies = [] if code is None else [each for each in nested(code)[1:] if not is_function(each)]
        return {each.co_qualname for each in bodies}
