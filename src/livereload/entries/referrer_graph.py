"""The referrers of an object, and their referrers, up to the modules: the garbage collector's view.

Knows objects and namespaces.  Must not know to which module an entry belongs.

`climb` goes from level to level, with one pass over the heap a level, until it reaches modules, or objects that are
known to belong to one.
"""

import gc
import sys
from _weakref import ReferenceType
from types import (
    AsyncGeneratorType,
    BuiltinFunctionType,
    CellType,
    CodeType,
    CoroutineType,
    FrameType,
    FunctionType,
    GeneratorType,
    MemberDescriptorType,
    MethodType,
    ModuleType,
    TracebackType,
)

from ..identity.namespace_paths import LRU_CACHE, PARTIAL
from ..identity.object_model import (
    instance_dict,
    is_class,
    module_of_class,
    mro_of,
    namespace_of,
    namespace_of_class,
    same,
)
from . import containers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping
    from typing import Any

_PACKAGE = __name__.partition(".")[0] + "."
_LEVELS = 10
_MANY = 100
# How many objects are asked at once what they refer to: most of them, for nothing that is looked for.
_AT_ONCE = 64
_MOST_NODES = 20_000
_MOST_REFERENCES = 200_000
_WRAPPERS = frozenset(
    map(
        id,
        (
            *(tuple, frozenset, MethodType, BuiltinFunctionType, PARTIAL, CellType, FunctionType, LRU_CACHE),
            *(staticmethod, classmethod, property),
        ),
    )
)
_NO_REFERRERS = (ModuleType, FrameType, CodeType, GeneratorType, CoroutineType, AsyncGeneratorType, TracebackType)
# Objects of these modules hold what waits to be called, what was shown, or what is their own: no entries.
RUNTIME = frozenset((
    *("asyncio", "threading", "_threading_local", "concurrent", "selectors", "queue", "multiprocessing", "contextvars"),
    *("typing", "weakref", "linecache", "inspect", "traceback", "livereload"),
    *("pdb", "bdb", "code", "rlcompleter", "_pyrepl", "idlelib", "IPython", "ipykernel", "bpython", "ptpython"),
    *("debugpy", "pydevd", "_pydevd_bundle"),
))  # fmt: skip


class Node:
    """An object, its referrers, and the modules that have it by a name."""

    __slots__ = ("class_dicts", "referrers", "roots", "value")

    def __init__(self, value: "Any", roots: "Collection[str]" = ()) -> None:
        self.value = value
        self.referrers: dict[int, Node] = {}
        self.roots = set(roots)
        # the contents of classes that have it as a member
        self.class_dicts: list[dict[str, Any]] = []

    def is_wrapper(self) -> bool:
        """True for an object that nothing can be put into once it is made."""
        kind = type(self.value)
        return id(kind) in _WRAPPERS or issubclass(kind, (ReferenceType, tuple))

    def is_container_of_elements(self) -> bool:
        """True for an object that holds others as elements, not as attributes, variables or defaults."""
        kind = type(self.value)
        if kind is dict:
            return self.instance() is None
        if issubclass(kind, tuple):
            return not any(type(each.value) is FunctionType for each in self.referrers.values())
        if kind is CellType or kind is FunctionType:
            return False
        return self.is_wrapper() or containers.base_of(kind) is not None

    def is_element(self) -> bool:
        """True if something holds this as an element."""
        return any(each.is_container_of_elements() for each in self.referrers.values())

    def is_loose(self) -> bool:
        """True for an instance, or its attributes, that only containers refer to."""
        instance = (self.instance() if type(self.value) is dict else self) or self
        return not instance.roots and instance.is_element() and type(instance.value) is not FunctionType

    def instance(self) -> "Node | None":
        """The instance whose attributes this dict is, or the function whose attributes, annotations or defaults."""
        for referrer in self.referrers.values():
            if type(referrer.value) is FunctionType or instance_dict(referrer.value) is self.value:
                return referrer
        return None

    def all_roots(self) -> set[str]:
        """The modules from which the object is reached."""
        found: set[str] = set()
        seen = {id(self)}
        waiting = [self]
        for node in waiting:  # it grows
            found |= node.roots
            for referrer in node.referrers.values():
                if id(referrer) not in seen and _shows(referrer.value, node.value):
                    seen.add(id(referrer))
                    waiting.append(referrer)
        return found


class ReferrerGraph:
    """The part of the graph that has been found.

    `reached` gives the modules that have an object, by its id.  The climb ends at the modules for which `ends_at` is
    true.  `spaces` are namespaces of modules that are not in `sys.modules`.  Objects whose ids are `ignored` are
    skipped.
    """

    def __init__(
        self,
        reached: "Mapping[int, set[str]]",
        ends_at: "Callable[[str], bool]",
        spaces: "Mapping[int, str]",
        ignored: "Collection[int]",
    ) -> None:
        self._reached = reached
        self._ends_at = ends_at
        self._ends: dict[str, bool] = {}
        self._ignored = ignored
        self.nodes: dict[int, Node] = {}
        # the ids of classes whose instances count as referrers
        self.single: set[int] = set()
        self._spaces = {
            id(namespace): name
            for name, module in sys.modules.copy().items()
            if (namespace := namespace_of(module)) is not None
        }
        self._spaces.update(spaces)

    def clear(self) -> None:
        """Let go of everything."""
        for node in self.nodes.values():
            node.referrers.clear()
        self.nodes.clear()

    def climb(self, suspects: "list[Node]") -> None:
        """Find the referrers of some objects, direct and indirect."""
        frontier = list(suspects)
        for _ in range(_LEVELS):
            if not frontier or len(self.nodes) > _MOST_NODES:
                return
            frontier = self._climb_once(frontier)

    def _climb_once(self, frontier: "list[Node]") -> "list[Node]":
        """Enter the direct referrers of some nodes; returns the nodes from which to climb on."""
        values = [node.value for node in frontier]
        waiting = {id(value): node for value, node in zip(values, frontier, strict=True)}
        held: list[tuple[Any, list[Node]]] = []
        for referrer in _referrers_of(values):
            kind = type(referrer)
            if referrer is values or id(referrer) in self._ignored or issubclass(kind, _NO_REFERRERS) or _is_ours(kind):
                continue
            referents = gc.get_referents(referrer)
            if len(referents) > _MOST_REFERENCES or (kind is tuple and same(referrer, tuple(values))):
                continue
            children = {id(each): waiting[id(each)] for each in referents if id(each) in waiting}
            del referents
            root = self._root(referrer)
            if root is not None:
                for node in children.values():
                    node.roots.add(root)
                    if id(referrer) not in self._spaces:
                        node.class_dicts.append(referrer)
            elif is_class(referrer):
                for node in children.values():
                    if type(node.value) is dict:
                        node.roots.add(module_of_class(referrer) or "")
            else:  # an instance refers to its class, which is no reason to hold it for an entry
                its = [node for key, node in children.items() if key != id(kind) or key in self.single]
                held += [(referrer, its)] if its else []
        return [*self._enter(held)]

    def _root(self, referrer: "Any") -> str | None:
        """The name of the module, if this is the namespace of a module or of a class of one."""
        if type(referrer) is not dict:
            return None
        name = self._spaces.get(id(referrer))
        if name is None and "__module__" in referrer and "__doc__" in referrer and "__qualname__" not in referrer:
            name = referrer["__module__"]
        return name if type(name) is str else None

    def _enter(self, held: "list[tuple[Any, list[Node]]]") -> "Iterator[Node]":
        for referrer, children in held:
            node = self.nodes.get(id(referrer))
            is_new = node is None
            if node is None:
                node = self.nodes[id(referrer)] = Node(referrer, self._reached.get(id(referrer), ()))
            for child in children:
                child.referrers[id(referrer)] = node
            if is_new and not any(map(self._is_end, node.roots)):
                yield node

    def _is_end(self, root: str) -> bool:
        if root not in self._ends:
            self._ends[root] = self._ends_at(root)
        return self._ends[root]


def _referrers_of(values: "list[Any]") -> "Iterator[Any]":
    """The referrers of some objects.  `gc.get_referrers` compares each reference in the heap with each of them."""
    if len(values) <= _MANY:
        yield from gc.get_referrers(*values)
        return
    wanted = frozenset(map(id, values))
    # `module_traverse` in Modules/_asynciomodule.c of 3.12 visits objects of its free list: touching these corrupts
    # the list.
    objects = [each for each in gc.get_objects() if not issubclass(type(each), ModuleType)]
    for start in range(0, len(objects), _AT_ONCE):
        some = objects[start : start + _AT_ONCE]
        if not wanted.isdisjoint(map(id, gc.get_referents(*some))):
            yield from (each for each in some if not wanted.isdisjoint(map(id, gc.get_referents(each))))


def _is_ours(kind: type) -> bool:
    return (module_of_class(kind) or "").startswith(_PACKAGE)


def _shows(referrer: "Any", value: "Any") -> bool:
    """True if an object refers to another in a way that Python code can see, and is no part of running code."""
    kind = type(referrer)
    if kind is LRU_CACHE:
        return False
    if id(kind) in _WRAPPERS or containers.base_of(kind) is not None:
        return True
    if (module_of_class(kind) or "").partition(".")[0] in RUNTIME:
        return (module_of_class(kind) or "") == "weakref"
    attributes = instance_dict(referrer)
    if attributes is not None and (attributes is value or any(each is value for each in attributes.values())):
        return True
    return any(each is value for each in slots(referrer))


def slots(value: "Any") -> "Iterator[Any]":
    """The values in the slots of an instance."""
    for cls in mro_of(type(value)):
        if "__slots__" in namespace_of_class(cls):
            for slot in list(namespace_of_class(cls).values()):
                if type(slot) is MemberDescriptorType:
                    try:
                        yield slot.__get__(value)
                    except AttributeError:
                        pass  # not set
