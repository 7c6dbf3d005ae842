"""Modules whose execution runs no function: changed bodies of functions are nothing to them.

Knows modules and records.  Must not know what has changed.
"""

import sys
from types import FunctionType, GetSetDescriptorType, MemberDescriptorType, ModuleType

from ..identity.object_model import module_of_class, mro_of, namespace_of, namespace_of_class

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..modules.record import Record
    from ..modules.state import State

# By id: what has no `__set_name__`.
_PLAIN_MEMBERS = frozenset(
    map(
        id,
        (
            *(FunctionType, str, int, float, bool, bytes, tuple, type(None)),
            *(GetSetDescriptorType, MemberDescriptorType),
        ),
    )
)


class InertModules:
    """Tells of modules whether they can be left alone; of each it is found out once a refresh."""

    def __init__(self, state: "State") -> None:
        self._state = state
        self._known: set[str] = set()

    def is_untouched(self, record: "Record") -> bool:
        """True if nothing has changed but bodies of functions since the module was up to date, and it runs none.

        Its classes are made by `type` alone, then.
        """
        if record.inert < 0 or record.verified < self._state.last_change or record.lazy:
            return False
        if record.name not in self._known:
            if not all(map(_has_plain_attributes, record.edges or ())) or not _makes_plain_classes(record):
                return False
            self._known.add(record.name)
        return True


def _has_plain_attributes(name: str) -> bool:
    """True for a module of which a name can be imported without running anything (PEP 562)."""
    module = sys.modules.get(name)
    return type(module) is ModuleType and "__getattr__" not in (namespace_of(module) or {})


def _makes_plain_classes(record: "Record") -> bool:
    """True if all classes that the code of an inert module makes are there, and made by `type` alone."""
    if not record.inert:
        return True
    namespace = namespace_of(sys.modules.get(record.name)) or {}
    classes = [each for each in namespace.values() if type(each) is type and module_of_class(each) == record.name]
    return len(classes) == record.inert and all(map(_is_made_by_type, classes))


def _is_made_by_type(cls: type) -> bool:
    """True if nothing of what a class has, and none of its bases, takes part in making it."""
    contents = namespace_of_class(cls)
    if "__orig_bases__" in contents or not _PLAIN_MEMBERS.issuperset(map(id, map(type, contents.values()))):
        return False
    return not any("__init_subclass__" in namespace_of_class(each) for each in mro_of(cls)[1:-1])
