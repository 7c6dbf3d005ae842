"""What a refresh does about the objects of the modules that it executes, beside executing them.

Knows in which order it is done.  Must not know files, imports, nor what lives on in what (`identity.successors`).

1. `remember` what stands where; `start`: what was found out about their classes is forgotten.
2. `begin`, before a module is executed.
3. `end`, right after it was executed: what is held of it lives on in what it has now.
4. `finish`, when all has been executed: what got hold of another object on the way is given the kept one.
5. `move`, after the commit: where Python does not let a class be kept, instances and references move to the new one.
"""

import sys
from types import ModuleType

from ..identity import class_keyed_memos as memos
from ..identity import looked_up_tables
from ..identity.object_model import namespace_of
from ..identity.referrers import substitute
from ..identity.successors import Successors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from typing import Any

    Note = Callable[..., None]


class Generations:
    """The old and new objects of one refresh."""

    def __init__(self, note: "Note") -> None:
        self._note = note
        self.successors = Successors(note)
        self.remember = self.successors.remember
        self.begin = self.successors.begin
        self.end = self.successors.end
        # containers of the modules that others refer to, and what gives all tracked namespaces
        self._looked: list[looked_up_tables.Looked] = []
        self._others: Callable[[], Iterable[dict[str, Any]]] = tuple
        # the namespaces that may keep something about classes, by id; None if nobody has looked
        self._remembering: dict[int, dict[str, Any]] | None = None

    def start(self, taken: "Iterable[dict[str, Any]]", others: "Callable[[], Iterable[dict[str, Any]]]") -> None:
        """Forget what others have found out about the classes of modules with these namespaces.

        `others()` gives the tracked namespaces that are not going to be executed; it is asked once.
        """
        new = [self.successors.modules[id(namespace)] for namespace in taken]
        self._others = others
        self._looked += self._find_looked_up([each for module in new for each in module.looked])
        classes = [cls for module in new for cls in module.classes.values()]
        if not classes:
            return
        if self._remembering is None:
            self._remembering = {id(each): each for each in others() if memos.may_remember(each)}
        mine = {id(module.namespace): module.namespace for module in new}
        memos.forget(classes, [each for key, each in self._remembering.items() if key not in mine], self._note)
        self._remembering.update((key, each) for key, each in mine.items() if memos.may_remember(each))

    def _find_looked_up(self, looked: "list[looked_up_tables.Looked]") -> "list[looked_up_tables.Looked]":
        """The containers of modules that somebody else than modules and the session refers to."""
        if not looked:
            return []
        main = namespace_of(sys.modules.get("__main__")) or {}
        taken = [module.namespace for module in self.successors.modules.values()]
        return looked_up_tables.by_others(looked, [*self._others(), main, *taken, *taken])  # there is a copy of each

    def meet(self, namespace: "dict[str, Any]") -> None:
        """A module with this namespace is executed for the first time."""
        if self._remembering is not None:
            self._remembering[id(namespace)] = namespace

    def let_go(self) -> None:
        """Refer to no namespace any more: the next refresh counts who does."""
        self._remembering = None

    def finish(self, gone: "Collection[str]" = ()) -> None:
        """Give the kept objects to whatever got hold of others on the way.  `gone` are modules without files."""
        for module in self.successors.modules.values():
            if module.name in gone:
                self.successors.forgotten.update(map(id, module.places.values()))
        self.successors.find()
        self.successors.replace()

    def move(self) -> str | None:
        """After the commit: where classes could not be kept, whatever holds the old one gets the new one.

        Returns what there is to say about it.
        """
        told = self.successors.move()
        if self._looked:
            tracked = {each.get("__name__") for each in self._others()}
            looked_up_tables.follow(self._looked, lambda name: _is_installed(name) and name not in tracked)
        return told

    def replace_modules(self, kept: "list[tuple[ModuleType, ModuleType]]") -> None:
        """Give whoever has got hold of the first one of each pair the second."""
        if kept:
            substitute({id(new): old for new, old in kept}, [new for new, _ in kept])


def _is_installed(name: str) -> bool:
    """True for the name of a module that is neither the standard library's nor ours."""
    top = name.partition(".")[0]
    return top not in sys.stdlib_module_names and top != "livereload"
