"""The names at a prompt that `from x import y` has bound: they follow what their modules have.

Knows code objects and namespaces.  Must not know prompts, nor how a refresh is done.
"""

import sys

from ..identity.object_model import namespace_of
from ..interpreter import bytecode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType
    from typing import Any

    from ..imports.hooks import Installation

# A prompt within a prompt (`IPython.embed()`) has a namespace of its own.
_NAMESPACES = 4


class BoundNames:
    """The names that from-imports have bound, with their modules and the names there."""

    __slots__ = ("_origins", "_seen")

    def __init__(self) -> None:
        # {"h": ("myprj", "hello")}; from x import *: {("myprj", "*"): ("myprj", "*")}
        self._origins: dict[object, tuple[str, str]] = {}
        # {id of a namespace: {"h": the object that it, and the name in its module, were bound to when last compared}}
        self._seen: dict[int, dict[str, object]] = {}

    def see(self, code: "CodeType", package: str) -> list[str]:
        """Note the names that the from-imports of a statement bind; returns the modules that it imports."""
        for module, name, bound_to in bytecode.from_imports(code, package):
            self._origins[(module, "*") if name == "*" else bound_to] = (module, name)
        found = []
        for name, from_list, level in bytecode.imports(code):
            module = bytecode.absolute(name, level, package)
            found += [module, *(f"{module}.{each}" for each in from_list)]
        return found

    def current(self, namespace: "dict[str, Any]") -> "dict[str, tuple[str, str]]":
        """{name: (module, name there)} of the names that are bound to what their module has, or had before."""
        seen = self._seen.get(id(namespace), {})
        found = {}
        for mine, module, its, there in self._bound(namespace):
            before, now = seen.get(mine, seen), there.get(its, seen)
            if namespace[mine] is before or namespace[mine] is now:
                found[mine] = (module, its)
        return found

    def rebind(
        self, namespace: "dict[str, Any]", current: "dict[str, tuple[str, str]]"
    ) -> "list[tuple[str, str, str]]":
        """Bind the names to what their modules have now.

        A name that its module does not have any more stays as it is; returns each such (name, module, name there).
        """
        gone = []
        for bound_to, (module, name) in current.items():
            there = namespace_of(sys.modules.get(module))
            if there is not None and name in there:
                namespace[bound_to] = there[name]
            else:
                gone.append((bound_to, module, name))
        self._remember(namespace)
        return gone

    def _remember(self, namespace: "dict[str, Any]") -> None:
        """Remember what the names are bound to now: there may be a refresh while the next statement runs."""
        self._seen.pop(id(namespace), None)
        self._seen[id(namespace)] = {
            mine: namespace[mine]
            for mine, _, its, there in self._bound(namespace)
            if its in there and namespace[mine] is there[its]
        }
        while len(self._seen) > _NAMESPACES:
            del self._seen[next(iter(self._seen))]

    def _bound(self, namespace: "dict[str, Any]") -> "list[tuple[str, str, str, dict[str, Any]]]":
        """Each name in `namespace` that was imported: (it, its module, the name there, the module's namespace)."""
        found = []
        for bound_to, (module, name) in self._origins.items():
            there = namespace_of(sys.modules.get(module))
            if there is None:
                continue
            names = [(bound_to, name)]
            if name == "*":
                names = [(each, each) for each in list(there) if type(each) is str and not each.startswith("_")]
            found += [(str(mine), module, its, there) for mine, its in names if mine in namespace]
        return found


def bound_names(installation: "Installation") -> BoundNames:
    """What is known of the names at the prompts of this process while livereload is installed."""
    if installation.bound_names is None:
        installation.bound_names = BoundNames()
    return installation.bound_names
