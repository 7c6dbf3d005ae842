"""The functions and classes of one module: what stood where before it is executed again, and what stands there now.

Knows one namespace, before and after.  Must not know how one object takes over from another (`classes`,
`functions`), nor other modules.

A place in a namespace tells which object is the new one of which, as long as both come from one definition: their
qualified names agree, and the positions of their code objects where a name is defined more than once.  Objects that
no place leads to (closures made by calls, lambdas in others' tables) are matched by their code alone.
"""

import sys
from types import CodeType, FunctionType

from . import code_pairing, sqlalchemy_states
from .class_pairing import Module
from .classes import wrapped
from .looked_up_tables import looked_up
from .namespace_paths import LRU_CACHE, at, defines, is_made_in, walk
from .object_model import (
    is_class,
    module_of_class,
    mro_of,
    namespace_of_class,
    qualname_of,
    registered,
    takes_attributes,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

    from .namespace_paths import Place

# The last part of the place of a function in a descriptor of a class.
_PARTS = frozenset(("fget", "fset", "fdel", "__func__"))


class Definitions:
    """What one module had before it was executed again, and what it has now."""

    def __init__(
        self,
        name: str,
        namespace: "dict[str, Any]",
        contents: "dict[str, Any]",
        living: "Iterable[type]" = (),
        last_code: "Callable[[], CodeType | None]" = lambda: None,
        references: int = sys.maxsize,
    ) -> None:
        """`living` are the module's classes, wherever they are held; `references` is how many functions it has."""
        self.name = name
        self.namespace = namespace
        self.looked = looked_up(namespace, contents)
        self._last_code = last_code
        # {("Cart", "add"): the function}: everything found
        self.places = dict(walk(name, namespace, contents))
        bound = [value for value in self.places.values() if is_class(value)]
        bound += [base for cls in bound for base in mro_of(cls) if _is_of(base, name, namespace)]
        self.classes = {id(cls): cls for cls in (*living, *bound)}
        self.kept = Module(name, namespace, self.classes.values(), last_code)
        self.kept.bound = set(map(id, bound))
        others = [each for each in contents.values() if is_class(each) and id(each) not in self.kept.bound]
        self.kept.made_for = {_names(each): each for each in others}
        # the functions with this namespace that are known, and whether others live
        self.functions = _known_functions(namespace, self.places, self.classes.values())
        annotating = sum(_annotates(each, namespace) for each in self.functions)
        self.has_others = references > len(self.functions) + annotating
        # [(an ABC, what is registered with it)]
        abstract = [cls for cls in self.classes.values() if "_abc_impl" in namespace_of_class(cls)]
        self.registered = [(cls, registered(cls)) for cls in abstract]
        self.described = sqlalchemy_states.descriptions(self.classes.values())
        self.caches = list(_caches(contents, self.classes.values()))
        # like `places`, after the execution
        self.new: dict[Place, Any] = {}
        # the code that it was executed from now
        self.new_code: CodeType | None = None
        # the ids of the old functions that have followed
        self.done: set[int] = set()
        self._codes: dict[str, dict[str, list[CodeType]]] = {}

    def look_again(self, new_code: "CodeType | None") -> None:
        """The module has been executed from this code: see what its places hold now."""
        self.new_code = self.kept.new_code if new_code is None else new_code
        self._codes.pop("new", None)
        old = set(map(id, self.functions))
        self.new = {
            place: value
            for place, value in walk(self.name, self.namespace, self.namespace)
            # A table elsewhere may hold an old function still: that is none of it.
            if type(value) is not FunctionType or id(value) not in old or self.places.get(place) is value
        }

    def made_anew(self) -> "Iterator[tuple[type, type]]":
        """Each class that is kept and the one that a call has made now in its place."""
        for place in {**self.places, **self.new}:
            now = at(self.namespace, place)
            if not is_class(now) or id(now) in self.kept.claimed or id(now) in self.classes:
                continue
            old = self.places.get(place)
            if not is_class(old):  # or it is one that was gone, and comes back
                old = next(iter(self.kept.classes.get(qualname_of(now), ())), None)
            if old is not None and _names(now) == _names(old) and ".".join(map(str, place)) == qualname_of(now):
                yield old, now

    def pairs(self) -> "Iterator[tuple[Place, FunctionType, Any]]":
        """Each old function, its place, and what its definition gives now."""
        for place, old in self.places.items():
            if type(old) is not FunctionType or id(old) in self.done:
                continue
            now = self.now(place)
            if old is now or not (self.is_of_one_definition(old, now) or defines(place, old, now)):
                continue
            self.done.add(id(old))
            yield place, old, now

    def left(self) -> "list[FunctionType]":
        """The old functions that are known, and that no place pairs with another."""
        new = set(map(id, self.new.values()))
        return [each for each in self.functions if id(each) not in self.done and id(each) not in new]

    def is_of_one_definition(self, old: FunctionType, now: "Any") -> bool:
        """True if two functions come from what is one definition, before and after."""
        if type(now) is not FunctionType or now.__qualname__ != old.__qualname__:
            return False
        name = old.__code__.co_qualname
        new = self.new_codes.get(name, [])
        if len(new) <= 1 and len(self.old_codes.get(name, ())) <= 1:
            return True
        code = self.counterpart(old.__code__)
        # Of two branches, another may have been taken: then nothing has been made of the counterpart.
        return code is None or code is now.__code__ or not _is_used(code)

    def now(self, place: "Place") -> "Any":
        """What stands at a place now; None for another module's function."""
        now = self.new.get(place)
        if now is None:
            now = at(self.namespace, place)
            if type(now) is FunctionType and now.__globals__ is not self.namespace and now.__module__ != self.name:
                return None
        return now

    def can_be_put_back(self, place: "Place") -> bool:
        """True if the old function can stand where the new one does: in a namespace, a class or a function."""
        if len(place) == 1:
            return True
        holder: Any = self.new.get(place[:-2] if place[-1] in _PARTS else place[:-1])
        if is_class(holder):
            return takes_attributes(holder)
        return place[-1] not in _PARTS and type(holder) is FunctionType

    def is_new(self, function: FunctionType) -> bool:
        """True for a function that the new code has made."""
        return any(function.__code__ is each for each in self.new_codes.get(function.__code__.co_qualname, ()))

    def made_of(self, code: CodeType) -> FunctionType | None:
        """What the new code has made of a definition, where it stands in the namespace."""
        now = at(self.namespace, tuple(code.co_qualname.split(".")))
        return now if type(now) is FunctionType and now.__code__ is code else None

    # Codes.

    @property
    def old_codes(self) -> "dict[str, list[CodeType]]":
        """{"make.<locals>.inner": [code, …]} in the order of the source."""
        if "old" not in self._codes:
            code = self._last_code()
            self._codes["old"] = code_pairing.functions(code) or code_pairing.of_functions(self.functions)
        return self._codes["old"]

    @property
    def new_codes(self) -> "dict[str, list[CodeType]]":
        if "new" not in self._codes:
            now = [value for value in self.new.values() if type(value) is FunctionType]
            self._codes["new"] = code_pairing.functions(self.new_code) or code_pairing.of_functions(now)
        return self._codes["new"]

    def counterpart(self, code: CodeType) -> CodeType | None:
        """The new code of the definition that an old code is of; None if there is none, or nobody can tell."""
        new = self.new_codes.get(code.co_qualname, [])
        old = self.old_codes.get(code.co_qualname, [])
        if len(new) == 1 and len(old) <= 1:
            return new[0]
        index = code_pairing.counterpart(code, old, new)
        return None if index is None else new[index]


def _is_of(cls: type, name: str, namespace: "dict[str, Any]") -> bool:
    return module_of_class(cls) == name or is_made_in(namespace, cls)


def _names(cls: type) -> "tuple[str | None, str]":
    return module_of_class(cls), qualname_of(cls)


def _known_functions(
    namespace: "dict[str, Any]", places: "dict[Place, Any]", classes: "Iterable[type]"
) -> "list[FunctionType]":
    found = {id(value): value for value in places.values() if type(value) is FunctionType}
    for cls in classes:
        for value in namespace_of_class(cls).values():
            found.update((id(each), each) for each in wrapped(value))
    return [value for value in found.values() if value.__globals__ is namespace]


def _annotates(function: FunctionType, namespace: "dict[str, Any]") -> bool:
    """True if a function has another one for its annotations (PEP 649)."""
    annotate = getattr(function, "__annotate__", None)
    return type(annotate) is FunctionType and annotate.__globals__ is namespace


def _caches(contents: "dict[str, Any]", classes: "Iterable[type]") -> "Iterator[Any]":
    """The `functools.lru_cache` objects in a module and its classes: (the class or None, name, object)."""
    for cls, table in ((None, contents), *((cls, namespace_of_class(cls)) for cls in classes)):
        for name, value in list(table.items()):
            if type(value) is LRU_CACHE:
                yield cls, name, value


def _is_used(code: CodeType) -> bool:
    """True if something refers to a code object but the code around it, a list, and a variable."""
    return sys.getrefcount(code) > _UNUSED


def _unused() -> int:
    around = compile("def f(): pass", "", "exec")
    codes = [each for each in around.co_consts if type(each) is CodeType]
    code = codes[0]
    return _count(code)


def _count(code: CodeType) -> int:
    return sys.getrefcount(code)


_UNUSED = _unused()
