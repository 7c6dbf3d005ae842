"""Whether executing a module again would give something else than what is there.

Knows the modules as they are now, what their code used while it was executed (`changes.uses`), and
since when each thing is different (`Record.changed`).  Must not know how a module is executed.

All that a module imports is up to date when it is asked about.  So this is a search in a graph, from
the names that the statements of the module load to something that has changed since the module was
last found to be up to date:

- a name of a module that an import statement binds leads to what that module has by this name now;
- a function that may have been called leads to the globals, cells and defaults that its code names;
- an instance or a class leads to those of its methods whose names occur in code that was reached (rapid
  type analysis, as in compilers of object-oriented languages);
- a container leads to its entries, whatever wraps a function to that.

All doubts end in execution.
"""

import sys

from ..changes.names import named_in, names_in
from ..interpreter.bytecode import imported, nested
from ..modules import graph
from ..modules.changed_names import ANYTHING, CONTENTS, EFFECTS, WhatChanged
from .reachability import Reachability, absolute_in, namespace_in, owner_of
from .stale_memos import is_filled_cache, memos
from .used_by_statements import Used

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from ..changes.uses import Uses
    from ..modules.record import Record

    Namespace = dict[str, Any]


class Affected:
    """Answers for modules whose imports are up to date."""

    def __init__(self, records: "dict[str, Record]") -> None:
        self._records = records
        self._changed = WhatChanged(records)
        # {"MODE": 7}: since when variables of the environment are others
        self.variables: dict[str, int] = {}

    def why(self, record: "Record", uses: "Uses", *, contents: str = CONTENTS) -> str | None:
        """Why a module must be executed; None if nothing that it used would come out differently.

        `contents` is the key that tells whether what a module holds has changed: CONTENTS, in doubt, or SHARED.
        """
        namespace = namespace_in(record.name)
        since = record.verified
        if uses.opaque and self._changed.anything_seen(
            (record.name,), since, uses.opaque, named_in(names_in(uses.code))
        ):
            return "it looks at more than its names tell"
        for name in record.edges or ():
            if self._changed.by_key(name, EFFECTS, since) or self._changed.by_key(name, ANYTHING, since):
                return f"imports {name}"
            if uses.nested_imports and self._changed.anything(name, since):
                return f"imports {name}"
        variable = self.other_variable(record)
        if variable is not None:
            return f"uses the variable {variable}"
        for name in self._imported_by_others(record, uses, namespace):
            return f"imports {name} by its name"
        stale = self.rebound(record, uses)
        for name, (_, there, attribute) in stale.items():
            binding = uses.bindings.get(name)
            if attribute not in there or (binding is not None and binding.kind != "import"):
                return f"uses {name}"
        search = Used(self._changed, record, uses, namespace, set(stale), contents)
        return search.why() or self._why_made_anew(record, uses, namespace)

    def other_variable(self, record: "Record") -> str | None:
        """A variable of the environment that a module has read and that is another by now; None if there is none."""
        read = () if record.reads is None or not self.variables else record.reads.variables
        return next((each for each in read if self.variables.get(each, 0) > record.verified), None)

    def _imported_by_others(self, record: "Record", uses: "Uses", namespace: "Namespace") -> "Iterator[str]":
        """What a library has imported for the module by its name, and looked at, and which has changed."""
        changed = [each for each in record.edges or () if self._changed.shape(each, record.verified)]
        package = namespace.get("__package__")
        if not changed or type(package) is not str:
            return
        known = {name for code in nested(uses.code) for name in imported(code, package)}
        left = [each for each in changed if each not in known]
        others = record.edges or () if left else ()  # whose functions the module may have called
        for name, code in [(each, self._records[each].last_code()) for each in others if each in self._records]:
            package = namespace_in(name).get("__package__")
            if code is not None and type(package) is str:
                known.update(found for each in nested(code) for found in imported(each, package))
        for each in left:
            through = any("__getattr__" in namespace_in(package) for package in graph.parents(each))  # PEP 562
            if each not in known and not through:
                yield each

    def rebound(self, record: "Record", uses: "Uses") -> "dict[str, tuple[str, Namespace, str]]":
        """{name: (module, its namespace, name there)} of what the module's import statements would bind to else."""
        since = record.verified
        namespace = namespace_in(record.name)
        found = {}
        for statement in uses.imports:
            target = absolute_in(record.name, namespace, statement.module, statement.level)
            if not self._changed.anything(target, since):
                continue
            there = namespace_in(target)
            names = statement.names or {}
            if "*" in names:
                names = self._public(target, there)
            for bound, attribute in names.items():
                if bound not in namespace and names is statement.names:
                    continue  # the statement was not executed, or the name has been taken away
                if attribute not in there and f"{target}.{attribute}" in sys.modules:
                    continue
                if attribute not in there or self._changed.by_key(target, attribute, since):
                    found[bound] = (target, there, attribute)
        return found

    def _public(self, target: str, there: "Namespace") -> dict[str, str]:
        """The names that `import *` binds, and those that it has bound before, perhaps."""
        public = there.get("__all__") or [each for each in there if not each.startswith("_")]
        names = {each: each for each in public if type(each) is str}
        gone = [key for key in self._records[target].changed or () if key.isidentifier() and key not in there]
        return names | {key: key for key in gone if not key.startswith("_")}

    def keeps_results(self, record: "Record") -> bool:
        """True if functions of the module have kept something of what they computed."""
        return any(True for _ in memos(namespace_in(record.name)))

    def kept_results(self, record: "Record") -> "Iterator[tuple[Any, bool]]":
        """What functions of the module have kept of what they computed from something that is different now.

        Each with whether it is a cache, which can be cleared.
        """
        namespace = namespace_in(record.name)
        for keeper, is_cache in memos(namespace):
            if self._leads(record, namespace, keeper):
                yield keeper, is_cache

    def stale_caches(self, record: "Record") -> "Iterator[Any]":
        """The caches of functions in a module that have kept what may be different now."""
        namespace = namespace_in(record.name)
        for value in list(namespace.values()):
            if is_filled_cache(value) and self._leads(record, namespace, value):
                yield value

    def _leads(self, record: "Record", namespace: "Namespace", value: "Any") -> bool:
        return Reachability(self._changed, record, None, namespace, set()).leads(value)

    def _why_made_anew(self, record: "Record", uses: "Uses", namespace: "Namespace") -> str | None:
        """What the module changes from outside lacks that change if it has been made anew."""
        for path in (*uses.targets, *uses.passed):
            owner = owner_of(namespace, path, functions=path in uses.targets)
            if owner != record.name and self._changed.is_executed(owner, record.verified):
                return f"{'.'.join(path)} and may change it"
        for each in uses.strings:
            if any(self._changed.is_executed(parent, record.verified) for parent in graph.parents(each)):
                return f"uses {each!r}"
        return None
