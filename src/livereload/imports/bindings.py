"""Which names of `__main__` came from which module.

Knows code objects and namespaces.  Must not know prompts, nor how a refresh is done.
"""

import sys

from ..identity.objects import namespace_of
from ..interpreter import bytecode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType
    from typing import Any


class Bindings:
    """Which names in `__main__` are bound to what of which module."""

    __slots__ = ("_origins",)

    def __init__(self) -> None:
        # {"h": ("myprj", "hello")}; from x import *: {("myprj", "*"): ("myprj", "*")}
        self._origins: dict[object, tuple[str, str]] = {}

    def see(self, code: "CodeType", package: str) -> list[str]:
        """Note what the from-imports of a statement are going to bind; returns the modules that it imports."""
        for module, name, bound_to in bytecode.from_imports(code, package):
            self._origins[(module, "*") if name == "*" else bound_to] = (module, name)
        found = []
        for name, from_list, level in bytecode.imports(code):
            module = ".".join(each for each in (bytecode.base(package, level), name) if each)
            found += [module, *(f"{module}.{each}" for each in from_list)]
        return found

    def current(self, namespace: "dict[str, Any]") -> "dict[str, tuple[str, str]]":
        """The names that still hold what their module has, with the module and the name there."""
        found = {}
        for bound_to, (module, name) in self._origins.items():
            there = namespace_of(sys.modules.get(module))
            if there is None:
                continue
            names = [(each, each) for each in there if not each.startswith("_")] if name == "*" else [(bound_to, name)]
            for mine, its in names:
                if mine in namespace and its in there and namespace[mine] is there[its]:
                    found[mine] = (module, its)
        return found

    @staticmethod
    def rebind(
        namespace: "dict[str, Any]", current: "dict[str, tuple[str, str]]"
    ) -> "list[tuple[str, str, str]]":
        """Bind the names to what their modules have now.

        What a module has no longer stays as it is; returns each such (bound to, module, name there).
        """
        gone = []
        for bound_to, (module, name) in current.items():
            there = namespace_of(sys.modules.get(module))
            if there is not None and name in there:
                namespace[bound_to] = there[name]
            else:
                gone.append((bound_to, module, name))
        return gone
