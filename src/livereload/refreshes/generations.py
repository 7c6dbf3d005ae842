"""What a refresh does about the objects of the modules that it executes, beside executing them.

Knows in which order it is done.  Must not know files, imports, nor what lives on in what (`identity.successors`).

1. `remember` what stands where, and `start`: what was registered, or found out about classes, goes.
2. `begin`, before a module is executed: what it replaced in other modules goes back.
3. `end`, right after it was executed: what is held of it lives on in what it has now.
4. `finish`, when all has been executed: what got hold of another object on the way is given the kept one.
5. `move`, after the commit: where Python does not let a class be kept, instances and references move to the new one.
"""

import gc
from types import CodeType, FunctionType, ModuleType

from ..entries.patches import take_back
from ..entries.registrations import ExitCallbacks, LogHandlers, Overloads, Snapshot, definitions, interpreters_lists
from ..identity import memos, objects
from ..identity.definitions import Definitions
from ..identity.objects import is_class, is_plain, module_of_class, mro_of
from ..identity.referrers import substitute
from ..identity.successors import Successors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from typing import Any

    Note = Callable[..., None]


_DEPTH = 3


class Generations:
    """The old and new objects of one refresh, and what has been registered of them."""

    def __init__(self, note: "Note") -> None:
        self._note = note
        self.successors = Successors(note)
        self.remember = self.successors.remember
        self.end = self.successors.end
        self._snapshot: Snapshot | None = None  # of the modules that are not executed
        self._own: list[Snapshot] = []  # of those that are: a value that one asks for lives on
        self._registered = (ExitCallbacks(), LogHandlers())
        self._overloads = Overloads()

    def start(
        self,
        taken: "Mapping[str, tuple[dict[str, Any], dict[str, Any]]]",
        others: "Iterable[dict[str, Any]]",
        registries: "Collection[dict[str, Any]]" = (),
        dropped: "Callable[[str], Mapping[str, set[str]]]" = lambda name: {},
    ) -> None:
        """Have others forget what the modules in `taken` (name: namespace, its contents) have put into them.

        `others` are the tracked namespaces that are not going to be executed; of these the `registries`
        are those that the modules may have registered with while they were executed.  `dropped(name)` gives, of what
        a module defines, the names in statements that may have registered it and that its new source does not have.
        """
        others = list(others)
        new = [self.successors.modules[id(namespace)] for namespace, _ in taken.values()]
        memos.forget([cls for module in new for cls in module.classes.values()], others, self._note)
        if self._snapshot is None:
            for each in (*self._registered, self._overloads):
                self._note(each.restore)
            self._snapshot = Snapshot(others, interpreters_lists())
            self._note(self._snapshot.restore)
        for name in taken:
            self._overloads.take(name)
        self._snapshot.forget(registries, _is_dropped(taken, new, dropped))
        namespaces = {id(module.namespace) for module in new}
        self._snapshot.withdraw(registries, lambda entry: _is_of(entry, taken, namespaces))
        self._own.append(Snapshot(contents for _, contents in taken.values()))
        self._note(self._own[-1].restore)

    def begin(
        self, namespace: "dict[str, Any]", contents: "dict[str, Any]", may_patch: "Callable[[str], bool]"
    ) -> None:
        """Before a module is executed that `start` was told of: what it has put into those that it `may_patch` goes."""
        module = self.successors.begin(namespace)
        if module is not None:
            made = gc.get_referrers(namespace) if module.has_others else module.functions
            made = [each for each in made if type(each) is FunctionType]
            take_back(module.name, namespace, contents, made, may_patch, self._note)

    def finish(self, gone: "Collection[str]" = ()) -> None:
        """Give the kept objects to whatever got hold of others on the way.  `gone` are modules without files."""
        for module in self.successors.modules.values():
            if module.name in gone:
                self.successors.forgotten.update(map(id, module.places.values()))
        self._reconcile(self.successors.find())
        self.successors.replace()

    def _reconcile(self, same: "dict[int, Any]") -> None:
        """What was registered with other modules, and in what a module has kept, is there once."""
        modules = self.successors.modules.values()
        forgotten, gone_codes = self.successors.forgotten, self.successors.gone_codes

        def is_forgotten(entry: object) -> bool:
            if type(entry) is CodeType:
                return (entry.co_filename, entry.co_qualname) in gone_codes
            if type(entry) is tuple:
                return any(map(is_forgotten, entry))
            return bool(forgotten) and any(id(each) in forgotten for each in definitions(entry))

        if self._snapshot is not None:
            self._snapshot.put_back()
            self._snapshot.reconcile(same, is_forgotten)
        kept = {id(value) for module in modules for value in module.namespace.values()}
        for own in self._own:
            own.reconcile(same, is_forgotten, lambda container: id(container) in kept)
        for each in self._registered:
            each.reconcile({id(module.namespace) for module in modules if module.new_code is not None})

    def move(self) -> str | None:
        """After the commit: where classes could not be kept, whatever holds the old one gets the new one.

        Returns what there is to say about it.
        """
        self._own.clear()
        self._snapshot = None
        return self.successors.move()

    def replace_modules(self, kept: "list[tuple[ModuleType, ModuleType]]") -> None:
        """Give whoever has got hold of the first one of each pair the second."""
        if kept:
            substitute({id(new): old for new, old in kept}, [new for new, _ in kept])


def _is_of(entry: "Any", taken: "Collection[str]", namespaces: set[int], depth: int = 0) -> bool:
    """True if an entry is a function or class that one of the modules in `taken` has defined, or a tuple of such.

    Not an instance: those are the session's data.
    """
    kind = type(entry)
    if kind is FunctionType:
        return id(entry.__globals__) in namespaces
    if is_class(entry):
        return (module_of_class(entry) or "") in taken
    return kind is tuple and depth < _DEPTH and any(_is_of(each, taken, namespaces, depth + 1) for each in entry)


def _is_dropped(
    taken: "Mapping[str, tuple[dict[str, Any], dict[str, Any]]]",
    modules: "list[Definitions]",
    dropped: "Callable[[str], Mapping[str, set[str]]]",
) -> "Callable[[dict[str, Any], object], bool]":
    """Tells whether an entry in a namespace was made by a statement that is there no more: one that names both."""
    known = {id(value): (module.name, place[0]) for module in modules for place, value in module.places.items()}
    names: dict[str, Mapping[Any, set[str]]] = {}

    def is_dropped(namespace: "dict[str, Any]", entry: object) -> bool:
        for module, name in [known[id(each)] for each in definitions(entry) if id(each) in known]:
            if module not in names:
                names[module] = dropped(module)
            contents = taken[module][1]
            if any(_leads_to(namespace, contents.get(each)) for each in names[module].get(name, ())):
                return True
        return False

    return is_dropped


def _leads_to(namespace: "dict[str, Any]", value: "Any") -> bool:
    """True for the module with this namespace, what it holds, and for classes derived from what it defines."""
    if value is None or is_plain(value):
        return False
    if type(value) is ModuleType:
        return objects.namespace_of(value) is namespace
    if type(value) is FunctionType:
        return value.__globals__ is namespace
    if is_class(value):
        return any(module_of_class(each) == namespace.get("__name__") for each in mro_of(value))
    return any(value is each for each in list(namespace.values()))  # other threads may add to them
