"""A module that a refresh has taken out of `sys.modules`: as it was.

Knows module objects and namespaces.  Must not know records.
"""

from types import ModuleType

from ..identity.object_model import namespace_of, references_to_namespace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Taken:
    """A module kept aside: its namespace as it was, and whether it has been renewed since."""

    __slots__ = ("bound", "cls", "contents", "entry", "module", "namespace", "references", "renewed")

    def __init__(self, module: ModuleType, entry: "Any") -> None:
        self.module = module
        # what stands in `sys.modules`: the module, or what it has put in its place
        self.entry = entry
        # how many refer to the namespace besides the module: its functions
        self.references = references_to_namespace(module)
        self.namespace = namespace_of(module) or {}
        self.contents = dict(self.namespace)
        self.cls = type(module)
        self.renewed = False
        # its parent package bound it
        self.bound = False

    def restore(self) -> None:
        """Give the module back what it had."""
        if type(self.module) is not self.cls:
            self.module.__class__ = self.cls
        if self.renewed:
            self.namespace.clear()
            self.namespace.update(self.contents)


def is_flat(taken: Taken) -> bool:
    """True for what was a package and is a module now."""
    return "__path__" in taken.contents and "__path__" not in taken.namespace
