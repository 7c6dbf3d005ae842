"""To which module an entry belongs: the containers elsewhere that lead to the definitions of a module.

Knows the referrers of objects.  Must not know what is executed, and changes nothing.

1. *Suspects*: the definitions of a module that had references from outside when its last execution ended
   (`reference_counts`): functions, also those that no name leads to; classes; instances that the module made.
2. *Climb* from the suspects to their referrers, level by level, until modules are reached (`referrer_graph`).
   Objects that only wrap a suspect belong to the module, too: tuples, partials, bound methods, closures, weak
   references, and instances that only a container refers to.
3. A container is *elsewhere* if it is reached from a module that the suspects' module has imported, or from one that
   is not tracked.  Then what it holds is an entry of the suspects' module.  A container that is reached only from the
   module itself, its importers or the session is not elsewhere: what it holds was put there by them.
"""

import gc
import sys
from _weakref import ReferenceType, getweakrefs
from types import FunctionType, MethodType

from ..identity.namespace_paths import PARTIAL
from ..identity.object_model import (
    descendants,
    is_class,
    is_heap_type,
    is_plain,
    module_of_class,
    namespace_of_class,
    qualname_of,
)
from . import containers
from .reference_counts import HIDDEN, definitions
from .referrer_graph import RUNTIME, Node, ReferrerGraph

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
    from typing import Any

    from .reference_counts import Counts

    Entry = tuple[Any, Any]  # a container, and an object of the module's in it
    Table = tuple[dict[Any, Any], set[str]]  # a dict, and the modules that lead to it

_PLENTY = 1 << 30
_DEPTH = 3
_MADE_BY_CALLS = "<locals>"
# References to the code of a function: the function's, the constants that it was made of, and this call's.
_USUAL = 3


class Owner:
    """A module whose entries are looked for."""

    __slots__ = ("class_names", "contents", "counts", "is_user", "name", "names", "namespace", "older")

    def __init__(
        self,
        name: str,
        namespace: "dict[str, Any]",
        contents: "dict[str, Any]",
        counts: "Counts | None",
        is_user: "Callable[[str], bool]",
        names: "Callable[[], Collection[str]]",
        class_names: "Callable[[], Collection[str]]",
        older: "Collection[int]" = (),
    ) -> None:
        self.name = name
        self.namespace = namespace
        # the contents of the namespace when its last execution ended
        self.contents = contents
        # the references from outside then; None if they were not counted
        self.counts = counts
        # true for the name of a tracked module that this one does not import, directly or not
        self.is_user = is_user
        # the names in its code
        self.names = names
        # the qualified names of the classes in its code
        self.class_names = class_names
        # the ids of functions that do not belong to it any more
        self.older = older


class Search:
    """One search, for the entries of some modules.  `reached` gives, by id, the modules that have an object."""

    def __init__(self, owners: "Iterable[Owner]", reached: "Mapping[int, set[str]]") -> None:
        self._owners = list(owners)
        self._reached = reached
        self._graph = ReferrerGraph(
            reached,
            lambda root: all(self._is_other(root, each) for each in self._owners),
            {id(each.namespace): each.name for each in self._owners},
            {id(each.contents) for each in self._owners},
        )
        self._leads: dict[int, tuple[Owner, str]] = {}  # {id of a suspect: the module and the name in it}
        # how many entries can belong to the execution of the module: as many as there were references
        self._budget: dict[tuple[Owner, str], int] = {}
        self._spent: set[int] = set()  # the ids of the nodes that have used one of these references
        # {id of a container: the dicts that have it as a value}
        self.tables: dict[int, list[Table]] = {}
        # {"shop": [(contents of a class, a member)]}: what installed code has made of definitions, and put there
        self.members: dict[str, list[tuple[dict[str, Any], Any]]] = {}
        # {"shop": {id}}: all classes that live
        self.classes: dict[str, set[int]] = {}
        # {"shop": [functions]}: all that live
        self.functions: dict[str, list[FunctionType]] = {}

    def entries(self) -> "dict[str, list[Entry]]":
        """{name: entries elsewhere} of each module."""
        suspects = [*self._suspects()]
        self._graph.climb(suspects)
        found: dict[str, list[_Entry]] = {}
        for node in suspects:
            self._lead(node, found)
        result = {}
        for name, entries in found.items():
            # The execution came before the session.  What holds a definition itself is more surely an entry than
            # what holds something of a library's that refers to it (the fields of a Django model).
            entries.sort(key=lambda each: (each.is_wrapped, each.place))
            result[name] = [(each.container, each.value) for each in entries if self._affords(each)]
            for container, _ in result[name]:
                if id(container) not in self.tables:
                    self._find_tables(container)
        self._graph.clear()
        self._owners.clear()  # the graph refers to this search
        self._leads.clear()
        self._budget.clear()
        return result

    def _find_tables(self, container: "Any") -> None:
        """Remember the dicts that a container is a value of, unless something else refers to it, too."""
        node = self._graph.nodes[id(container)]
        referrers = [] if node.roots else [each for each in node.referrers.values() if each.all_roots()]
        if all(issubclass(type(each.value), dict) and each.instance() is None for each in referrers):
            found = [(each.value, each.all_roots()) for each in referrers]
            self.tables.setdefault(id(container), []).extend(found)

    # Suspects.

    def _suspects(self) -> "Iterator[Node]":
        known: dict[int, set[int]] = {}
        for owner in self._owners:
            mine = known[id(owner.namespace)] = set()
            for key, value in definitions(owner.name, owner.namespace, owner.contents):
                mine.add(id(value))
                number = _PLENTY if owner.counts is None else owner.counts.get(key, 0)
                if number and (type(value) is FunctionType or is_class(value) or self._is_made_by(owner, value)):
                    yield from self._suspect(owner, key, value, number)
                    for name, made in self._made_with(owner, value):
                        yield from self._suspect(owner, f"{key}.{name}", made, _PLENTY)
        yield from self._hidden(known)
        yield from self._hidden_classes(known)

    def _made_with(self, owner: Owner, cls: "Any") -> "Iterator[tuple[str, Any]]":
        """What a metaclass has made with a class and put into it, such as the table of an SQLAlchemy model."""
        for name, value in list(namespace_of_class(cls).items()) if is_class(cls) else ():
            if is_heap_type(type(value)) and name not in owner.names():
                yield name, value

    def _suspect(self, owner: Owner, key: str, value: "Any", number: int) -> "Iterator[Node]":
        self._budget[owner, key] = self._budget.get((owner, key), 0) + number
        weak = [each for each in getweakrefs(value) if not is_class(value) or each.__callback__ is not None]
        code: list[Any] = []
        if type(value) is FunctionType and sys.getrefcount(value.__code__) > _USUAL:
            code.append(value.__code__)
        for each in (value, *weak, *code):
            if id(each) not in self._leads:
                self._leads[id(each)] = (owner, key)
                node = self._graph.nodes[id(each)] = Node(each)
                yield node

    def _hidden(self, known: "dict[int, set[int]]") -> "Iterator[Node]":
        """The functions that no name leads to.  A function made by a call may be younger: the oldest entries count."""
        owners = {
            id(each.namespace): each for each in self._owners if each.counts is None or each.counts.get(HIDDEN, 0) > 0
        }
        spaces = [each.namespace for each in owners.values()]
        for function in gc.get_referrers(*spaces) if spaces else ():
            if type(function) is not FunctionType or id(function.__globals__) not in owners:
                continue
            owner = owners[id(function.__globals__)]
            self.functions.setdefault(owner.name, []).append(function)
            hidden = _PLENTY if owner.counts is None else owner.counts.get(HIDDEN, 0)
            if not hidden or id(function) in known[id(owner.namespace)] or id(function) in owner.older:
                continue
            if "<locals>" in function.__qualname__:
                yield from self._suspect(owner, _MADE_BY_CALLS, function, 0)
                self._budget[owner, _MADE_BY_CALLS] = hidden
            else:
                yield from self._suspect(owner, function.__qualname__, function, _PLENTY)

    def _hidden_classes(self, known: "dict[int, set[int]]") -> "Iterator[Node]":
        """The classes that no name leads to: made in functions, two of one name, or by others.

        As Django does for many-to-many relations, and Celery for the tasks of a module.
        """
        if all(each.counts is not None and not each.counts for each in self._owners):
            return
        owners = {each.name: each for each in self._owners}
        self.classes.update((each, set()) for each in owners)
        for cls in descendants(object):
            owner = owners.get(module_of_class(cls) or "")
            if owner is None:
                continue
            self.classes[owner.name].add(id(cls))
            if owner.counts != {} and id(cls) not in known[id(owner.namespace)] and id(cls) not in owner.older:
                if "<locals>" not in qualname_of(cls) and qualname_of(cls) not in owner.class_names():
                    self._graph.single.add(id(cls))
                yield from self._suspect(owner, qualname_of(cls), cls, _PLENTY)

    def _is_made_by(self, owner: Owner, value: "Any") -> bool:
        """True for an instance that the module has made, as far as that can be told."""
        if module_of_class(type(value)) == owner.name:
            return True
        users = {name for name in self._reached.get(id(value), ()) if name != owner.name and not owner.is_user(name)}
        if users or (module_of_class(type(value)) == "logging" and "Logger" in qualname_of(type(value))):
            return False
        if containers.base_of(type(value)) is not None or qualname_of(type(value)) in owner.names():
            return True
        held = gc.get_referents(value)
        held += gc.get_referents(*[each for each in held if type(each) is dict])
        return any(type(each) is FunctionType and each.__globals__ is owner.namespace for each in held)

    # What leads to the suspects.

    def _lead(self, suspect: Node, found: "dict[str, list[_Entry]]") -> None:
        owner, key = self._leads[id(suspect.value)]
        if key == _MADE_BY_CALLS and suspect.roots - {owner.name}:
            return  # another module has called a decorator of this one
        is_instance = not is_class(suspect.value) and not suspect.is_wrapper()
        if is_instance and any(self._is_other(root, owner) for root in suspect.roots):
            return  # another module has made it
        entries = found.setdefault(owner.name, [])
        known = {(id(each.container), id(each.value)) for each in entries}
        is_plenty = self._budget[owner, key] >= _PLENTY
        waiting = [(suspect, 0)]
        seen = {id(suspect)}
        for node, via in waiting:  # it grows
            for referrer in node.referrers.values():
                self._note_members(referrer, owner)
                kind = "" if id(referrer) in seen else self._kind(referrer, node, owner)
                if type(node.value) is suspect.value and not (kind == "entry" and referrer.is_container_of_elements()):
                    continue  # an instance that a library has registered; others may have got hold of it since
                if kind == "entry" and node.is_wrapper() and self._has_of_users(node.value, owner):
                    kind = ""  # who imports both has put it there
                reference = via or (id(suspect) if key == _MADE_BY_CALLS else id(referrer))
                if kind == "wrapper":
                    seen.add(id(referrer))
                    waiting.append((referrer, reference))
                elif kind == "entry" and (is_plenty or (id(referrer.value), id(node.value)) not in known):
                    known.add((id(referrer.value), id(node.value)))
                    is_wrapped = node is not suspect and not suspect.is_wrapper()
                    entries.append(_Entry(referrer.value, node.value, (owner, key), reference, is_wrapped))

    def _note_members(self, referrer: Node, owner: Owner) -> None:
        """Remember an instance of others' that is a member of a class of others'."""
        instance = (referrer.instance() if type(referrer.value) is dict else referrer) or referrer
        home = module_of_class(type(instance.value)) or "builtins"
        is_container = home.partition(".")[0] in sys.stdlib_module_names  # its entries are looked at
        if instance.class_dicts and not is_container and self._is_other(home, owner):
            dicts = [each for each in instance.class_dicts if self._is_other(each["__module__"], owner)]
            self.members.setdefault(owner.name, []).extend((each, instance.value) for each in dicts)

    def _kind(self, referrer: Node, node: Node, owner: Owner) -> str:
        """What a referrer is to an object of the module's: a "wrapper", a container of an "entry", or neither ("")."""
        value = referrer.value
        base = containers.base_of(type(value))
        others = referrer.roots - {owner.name}
        if module_of_class(type(value)) in ("typing", "types"):
            return ""  # `list[Cart]` says something, and calls nothing
        if base is None:
            if type(value) is node.value:  # a class that a library has made for the one instance that it registers
                number = sum(type(each.value) is node.value for each in node.referrers.values())
                is_named = any(self._is_other(root, owner) for root in referrer.roots)
                return "wrapper" if number == 1 and not is_named else ""
            # An instance that has a name, or is an attribute of another object, is no wrapper.
            is_wrapper = not others and (referrer.is_wrapper() or referrer.is_element())
            return "wrapper" if is_wrapper else ""
        if base is dict:
            if any(_annotates(each.value, value) for each in referrer.referrers.values()):
                return ""
            instance = referrer.instance()
            if instance is not None:
                is_function = type(instance.value) is FunctionType
                return "" if is_function else self._kind(instance, node, owner)
        if not self._is_elsewhere(referrer, owner):
            return ""
        return "wrapper" if _is_record(referrer) else "entry"

    def _has_of_users(self, value: "Any", owner: Owner, depth: int = 0) -> bool:
        """True if an object leads to a function or class of a tracked module that the owner does not import."""
        if type(value) is FunctionType:
            home = value.__globals__.get("__name__")
        elif is_class(value):
            home = module_of_class(value)
        elif type(value) is tuple or type(value) is MethodType or type(value) is PARTIAL:
            return depth < _DEPTH and any(self._has_of_users(e, owner, depth + 1) for e in gc.get_referents(value))
        elif issubclass(type(value), ReferenceType):
            return self._has_of_users(ReferenceType.__call__(value), owner, depth + 1)
        else:
            return False
        return type(home) is str and home != owner.name and owner.is_user(home)

    def _is_elsewhere(self, container: Node, owner: Owner) -> bool:
        """True if a container is reached from a module that is neither the owner nor a user of it, nor the session."""
        return any(self._is_other(root, owner) for root in container.all_roots())

    def _is_other(self, root: str, owner: Owner) -> bool:
        return (
            root not in (owner.name, "__main__", "")
            and root.partition(".")[0] not in RUNTIME
            and not owner.is_user(root)
        )

    def _affords(self, entry: "_Entry") -> bool:
        """True as long as no more entries have been found than there were references."""
        if entry.reference not in self._spent:
            if self._budget[entry.lead] <= 0:
                return False
            self._budget[entry.lead] -= 1
            self._spent.add(entry.reference)
        return True


class _Entry:
    """An object in a container, the suspect that it leads to, and by which reference to the suspect."""

    __slots__ = ("container", "is_wrapped", "lead", "place", "reference", "value")

    def __init__(
        self, container: "Any", value: "Any", lead: "tuple[Owner, str]", reference: int, is_wrapped: bool
    ) -> None:
        self.is_wrapped = is_wrapped
        self.container = container
        self.value = value
        self.lead = lead
        self.reference = reference
        self.place = _place(container, value)


def _annotates(holder: "Any", value: "Any") -> bool:
    """True if a dict is the annotations of a class with this namespace, or of this function."""
    if type(holder) is dict or is_class(holder):
        contents = namespace_of_class(holder) if is_class(holder) else holder
        return any(contents.get(key) is value for key in ("__annotations__", "__annotations_cache__"))
    return type(holder) is FunctionType and id(value) in map(id, gc.get_referents(holder))


def _is_record(referrer: Node) -> bool:
    """True for a list or dict that is itself an entry: ["/a", f], {"path": "/a", "fn": f}."""
    if referrer.roots or not referrer.referrers:
        return False
    if not all(each.is_container_of_elements() or each.is_loose() for each in referrer.referrers.values()):
        return False
    contents = containers.copy(referrer.value)
    if type(contents) is dict:
        in_list = any(type(each.value) in (list, tuple) for each in referrer.referrers.values())
        return in_list or any(is_plain(each) and each is not None for each in contents.values())
    return type(contents) is list and any(map(is_plain, contents))


def _place(container: "Any", value: "Any") -> int:
    for index, each in enumerate(containers.entries(containers.copy(container))):
        if each is value:
            return index
    return 0
