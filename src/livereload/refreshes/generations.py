"""Old and new objects brought together: what is held of the modules that one refresh executes.

Knows namespaces before and after.  Must not know files, imports, or how one object takes over from
another (`identity.objects`).

1. `start`, before anything is executed: walk the namespaces and remember where each class and
   function stood; find all living functions of these modules, of whatever generation (they share
   the namespace, so one pass over the heap finds them); take their entries out of registries.
2. `begin`, before a module is executed: what it replaced in other modules goes back.
3. `made`, at each class statement: what the statement made moves into the class that the last
   generation had by that name, which is what the statement yields.  Whatever later in the module
   refers to the class sees the one identity.
4. `finish`, when all has been executed: classes that no statement yields (made by calls, or made
   anew by a decorator, as for `slots=True`) take over likewise; functions follow; what got hold of
   a discarded class or function on the way is given the kept one; registrations are there once.
5. `move`, after the commit: where Python does not let a class be kept, instances and references
   move to the new one.

Objects at the same place belong together only if their qualified names agree, so `f = foo` edited
to `f = bar` leaves `foo` alone.
"""

import gc
import sys
from _weakref import ref
from types import CodeType, FunctionType, ModuleType

from ..entries.patches import take_back
from ..entries.registrations import ExitCallbacks, LogHandlers, Overloads, Snapshot, definitions, interpreters_lists
from ..identity import objects
from ..identity.objects import (
    cells_of,
    discard,
    is_class,
    is_plain,
    module_of_class,
    mro_of,
    namespace_of_class,
    qualname_of,
)
from ..identity.places import LRU_CACHE, at, codes_of, defines, hidden_classes, is_last_definition, is_made_in, walk
from ..identity.referrers import Discarded, closures_apart, is_referred_to, substitute, weak_entries, weak_references

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
    from typing import Any

    from ..identity.places import Place

    Note = Callable[..., None]
    Pair = tuple[FunctionType, FunctionType]


_DEPTH = 3
# The last part of the place of a function in a descriptor of a class.
_PARTS = frozenset(("fget", "fset", "fdel", "__func__"))


class _Module:
    """One module that is executed again, as it was, and what stands in its places now."""

    __slots__ = ("caches", "classes", "codes", "functions", "name", "namespace", "new", "places")

    def __init__(
        self, name: str, namespace: "dict[str, Any]", contents: "dict[str, Any]", gone: "Iterable[type]"
    ) -> None:
        self.name = name
        self.namespace = namespace
        # {("Cart", "add"): the function}: everything found, and what is `gone` already
        self.places = dict(walk(name, namespace, contents))
        for cls in gone:
            outer = qualname_of(cls).split(".")
            for place, value in walk(name, namespace, {qualname_of(cls): cls}):
                self.places.setdefault((*outer, *place[1:]), value)
        # {"Cart.Line": the class}
        self.classes = {qualname_of(value): value for value in self.places.values() if is_class(value)}
        for cls in hidden_classes(name, contents):
            self.classes.setdefault(qualname_of(cls), cls)
        # {"make.<locals>.inner": [code, …]} in the order of the source
        self.codes = codes_of(_functions(self.places))
        # the living functions of all generations, and the caches of such
        self.functions: list[FunctionType] = []
        self.caches: list[Any] = []
        # like `places`
        self.new: dict[Place, Any] = {}

    def find_overwritten_classes(self) -> None:
        """Add the classes whose names the module has given to others, so that only other modules hold them.

        There is one only if a function that lives is not of a class that is known.
        """
        names = {function.__code__.co_qualname.rpartition(".")[0] for function in self.functions}
        missing = {name for name in names if name and "<locals>" not in name and name not in self.classes}
        for each in gc.get_objects() if missing else ():
            if is_class(each) and qualname_of(each) in missing and is_made_in(self.namespace, each):
                self.classes[qualname_of(each)] = each


class Generations:
    """The old and new objects of one refresh."""

    def __init__(self, note: "Note", gone: "dict[str, list[ref[type]]]") -> None:
        self._note = note
        self._gone_before = gone
        self._modules: dict[int, _Module] = {}  # by the id of the namespace
        self._kept: dict[int, Discarded] = {}  # by the id of the discarded class
        self._claimed: set[int] = set()  # the ids of the kept classes
        self._replaced: list[Discarded] = []  # classes that could not be kept, and what came instead
        self._gone: dict[str, list[Discarded]] = {}  # by the module's name, classes that its new source does not define
        self._refused: dict[int, str] = {}  # {id(old class): why it could not be kept}
        self._checks_changed = False
        self._made: dict[int, Discarded] = {}  # by its id, each class that a class statement made
        self._new: list[Discarded] = []  # those of them that are kept as another since the last `settle`
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
        """Remember what the modules in `taken` (name: namespace, its contents) made.

        `others` are the tracked namespaces that are not going to be executed; of these the `registries`
        are those that the modules may have registered with while they were executed.  `dropped(name)` gives, of what
        a module defines, the names in statements that may have registered it and that its new source does not have.
        """
        new: dict[int, _Module] = {}
        for name, (namespace, contents) in taken.items():
            if id(namespace) not in self._modules:
                gone = [cls for each in self._gone_before.get(name, ()) if (cls := each()) is not None]
                new[id(namespace)] = self._modules[id(namespace)] = _Module(name, namespace, contents, gone)
        if self._snapshot is None:
            self._note(self._forget_made)
            self._note(self._forget_checks)
            for each in (*self._registered, self._overloads):
                self._note(each.restore)
            self._snapshot = Snapshot(others, interpreters_lists())
            self._note(self._snapshot.restore)
        for name in taken:
            self._overloads.take(name)
        self._snapshot.forget(registries, _is_dropped(taken, [*new.values()], dropped))
        if len(new) > 1:  # else nobody reads what is registered before all is as it was
            self._snapshot.withdraw(registries, lambda entry: self._is_of(entry, taken))
        self._own.append(Snapshot(contents for _, contents in taken.values()))
        self._note(self._own[-1].restore)
        if new:
            _find_functions(new)
        for module in new.values():
            module.find_overwritten_classes()

    def begin(
        self, namespace: "dict[str, Any]", contents: "dict[str, Any]", may_patch: "Callable[[str], bool]"
    ) -> None:
        """Before a module is executed that `start` was told of: what it has put into those that it `may_patch` goes."""
        module = self._modules.get(id(namespace))
        if module is not None:
            take_back(module.name, namespace, contents, module.functions, may_patch, self._note)

    def _is_of(self, entry: "Any", taken: "Mapping[str, object]", depth: int = 0) -> bool:
        """True if an entry is a function or class that one of the modules in `taken` has defined, or a tuple of such.

        Not an instance: those are the session's data.
        """
        kind = type(entry)
        if kind is FunctionType:
            return id(entry.__globals__) in self._modules
        if is_class(entry):
            return (module_of_class(entry) or "") in taken
        return kind is tuple and depth < _DEPTH and any(self._is_of(each, taken, depth + 1) for each in entry)

    def _forget_checks(self) -> None:
        if self._checks_changed:
            objects.forget_checks()

    def _forget_made(self) -> None:
        """After a roll back: let the bases of the classes that were made forget them."""
        self._modules.clear()
        self._kept.clear()
        self._new.clear()
        for each in self._made.values():
            if not is_referred_to(each, len(cells_of(each.cls, "__class__", each.cls))):
                discard(each.cls)

    def made(self, body: FunctionType, cls: object) -> object:
        """What a class statement with this body yields, `cls` being what it made."""
        self.settle()
        module = self._modules.get(id(body.__globals__))
        if module is None or not is_class(cls):
            return cls
        self._made[id(cls)] = Discarded(cls, object)  # type: ignore[arg-type]
        old = module.classes.get(body.__qualname__)
        if old is not None:
            old = _as_deep(old, cls)  # type: ignore[arg-type]
        if old is None or old is cls or id(old) in self._claimed or id(old) in self._refused:
            return cls
        if not _is_last_definition(body.__code__):
            return cls  # `finish` will see which one has the name
        return old if self._adopt(old, cls, body.__code__.co_cellvars) else cls  # type: ignore[arg-type]

    def _adopt(self, old: type, new: type, variables: tuple[str, ...] = ("__class__", "__classdict__")) -> bool:
        names = namespace_of_class(old).keys()
        checked = "_abc_impl" in names or names != namespace_of_class(new).keys()
        bases = tuple(
            self._kept[id(each)].kept if id(each) in self._kept else each for each in objects.bases.__get__(new)
        )
        if checked or not objects.same(objects.bases.__get__(old), bases):
            self._checks_changed = True
        is_generic = "__parameters__" in names or "__parameters__" in namespace_of_class(new)
        reason = objects.adopt(old, new, self._note, variables, bases)
        if reason is not None:
            self._refused[id(old)] = reason
            return False
        if is_generic:
            objects.forget_aliases()
        self._refused.pop(id(old), None)
        pair = self._kept[id(new)] = self._made.setdefault(id(new), Discarded(new, old))
        pair.kept = old
        self._claimed.add(id(old))
        objects.stand_behind(new, old)
        self._new.append(pair)
        return True

    def settle(self) -> None:
        """Between class statements: take leave of the classes made that nobody has got hold of.

        Who walks the subclasses of a class meets each once.
        """
        while self._new:
            pair = self._new.pop()
            if not is_referred_to(pair) and not weak_entries(pair):
                self._kept.pop(id(pair.cls), None)
                self._made.pop(id(pair.cls), None)
                discard(pair.cls)

    def finish(
        self, executed: "Iterable[str]", others: "Iterable[dict[str, Any]]" = (), gone: "Collection[str]" = ()
    ) -> None:
        """Let what is held of the modules in `executed` live on in what they have now.

        `others` are namespaces that have taken names over from these, `gone` modules whose files are no more.
        """
        names = set(executed)
        modules = [module for module in self._modules.values() if module.name in names]
        self._finish_classes(modules)
        self._replace_discarded()
        self._forget_checks()
        for module in modules:
            module.new = dict(_made_anew(module))
        same, forgotten = self._finish_functions(modules)
        for module in self._modules.values():
            if module.name in gone:
                forgotten.update(map(id, module.places.values()))
        if self._snapshot is not None:
            self._snapshot.put_back()
        self._reconcile(modules, same, forgotten)
        for module in modules:
            _put_back(module, same)
        for namespace in others:
            _put_back_names(namespace, same)
        for each in self._registered:
            each.reconcile({id(module.namespace) for module in modules})
        self._replace_functions(modules, same)

    def renew_positions(self, moved: "Iterable[tuple[dict[str, Any], CodeType, CodeType]]") -> None:
        """Let functions and classes stand where `new` code says that differs from the `old` in nothing else.

        For each module its namespace, the old code, and the new.
        """
        modules = {}
        codes: dict[int, dict[CodeType, CodeType]] = {}
        for namespace, old, new in moved:
            modules[id(namespace)] = _Module(namespace.get("__name__", ""), namespace, namespace, ())
            codes[id(namespace)] = dict(_corresponding(old, new))
        _find_functions(modules)
        for key, module in modules.items():
            module.find_overwritten_classes()
            lines = {(old.co_qualname, old.co_firstlineno): new.co_firstlineno for old, new in codes[key].items()}
            classes = {id(base): base for cls in module.classes.values() for base in mro_of(cls)}
            for cls in classes.values():
                line = namespace_of_class(cls).get("__firstlineno__")
                if type(line) is int and (qualname_of(cls), line) in lines and module_of_class(cls) == module.name:
                    self._note(objects.set_member, cls, "__firstlineno__", line)
                    objects.set_member(cls, "__firstlineno__", lines[qualname_of(cls), line])
            for function in module.functions:
                code = codes[key].get(function.__code__)
                if code is not None:
                    objects.follow_code(function, code, self._note)

    def replace_modules(self, kept: "list[tuple[ModuleType, ModuleType]]") -> None:
        """Give whoever has got hold of the first one of each pair the second."""
        if kept:
            substitute({id(new): old for new, old in kept}, [new for new, _ in kept])

    def _reconcile(self, modules: "list[_Module]", same: "dict[int, Any]", forgotten: set[int]) -> None:
        """What was registered with other modules, and in what a module has kept, is there once."""
        gone_codes = set()
        for module in modules:
            gone = self._gone[module.name] = []
            path = module.namespace.get("__file__")
            codes = codes_of(_functions(module.new))
            gone_codes |= {(path, name) for name in module.codes if name not in codes}
            for place, value in module.places.items():
                if is_class(value) and not is_class(module.new.get(place)):
                    forgotten.add(id(value))
                    gone.append(Discarded(value, object))

        def is_forgotten(entry: object) -> bool:
            if type(entry) is CodeType:
                return (entry.co_filename, entry.co_qualname) in gone_codes
            if type(entry) is tuple:
                return any(map(is_forgotten, entry))
            return bool(forgotten) and any(id(each) in forgotten for each in definitions(entry))

        if self._snapshot is not None:
            self._snapshot.reconcile(same, is_forgotten)
        kept = {id(value) for module in modules for value in module.namespace.values()}
        for own in self._own:
            own.reconcile(same, is_forgotten, lambda container: id(container) in kept)

    # Classes.

    def _finish_classes(self, modules: "list[_Module]") -> None:
        """A class that derives from one made anew may have to wait for that."""
        waiting = [pair for module in modules for pair in self._unfinished(module)]
        known = -1
        while len(waiting) != known:
            known = len(waiting)
            waiting = [(old, now) for old, now in waiting if not self._adopt(old, now)]
        self._replaced += [Discarded(old, now) for old, now in waiting]

    def _unfinished(self, module: _Module) -> "Iterator[tuple[type, type]]":
        for place, old in module.places.items():
            if not is_class(old):
                continue
            now = at(module.namespace, place)
            if now is old or now is None or not is_class(now) or id(now) in self._kept:
                continue
            if qualname_of(now) == qualname_of(old) and module_of_class(now) == module_of_class(old):
                yield old, now

    def move(self) -> str | None:
        """After the commit: where classes could not be kept, whatever holds the old one gets the new one.

        Returns what there is to say about it.  All else that this object remembers is dropped
        first, so that only the session's own references are found.
        """
        self._modules.clear()
        self._kept.clear()
        self._new.clear()
        self._made.clear()
        self._own.clear()
        self._snapshot = None
        replaced = {id(pair.cls): pair.kept for pair in self._replaced}
        for name, gone in self._gone.items():
            held = []
            for each in gone:
                if id(each.cls) in replaced:
                    continue
                if is_referred_to(each, len(cells_of(each.cls, "__class__", each.cls))):
                    held.append(ref(each.cls))
                else:
                    discard(each.cls)
            self._gone_before[name] = held
        if not replaced:
            return None
        substitute(replaced, [pair.cls for pair in self._replaced])
        reasons: dict[str, list[str]] = {}
        for pair in self._replaced:
            name = f"{module_of_class(pair.kept)}.{qualname_of(pair.kept)}"
            stayed = sum(type(each) is pair.cls for each in gc.get_referrers(pair.cls))
            if stayed:
                name += f" ({stayed} of its instances stay what they were)"
            reasons.setdefault(self._refused[id(pair.cls)], []).append(name)
        return "; ".join(f"{', '.join(names)}: a new class, as {reason}" for reason, names in reasons.items())

    def _replace_discarded(self) -> None:
        """Give the kept class to whatever got hold of the one that a class statement made."""
        held = [pair for pair in self._kept.values() if is_referred_to(pair)]
        if held:
            substitute({id(pair.cls): pair.kept for pair in held}, [pair.cls for pair in held])
        weak = {key: entry for pair in self._kept.values() for key, entry in weak_entries(pair).items()}
        if weak:
            substitute({key: new for key, (_, new) in weak.items()}, [old for old, _ in weak.values()])
        for pair in self._kept.values():
            if not is_referred_to(pair):
                discard(pair.cls)

    # Functions.

    def _finish_functions(self, modules: "list[_Module]") -> "tuple[dict[int, Any], set[int]]":
        """Let held functions follow.

        Returns, by the ids of new functions, the old ones that stand for them; and the ids of
        functions whose definition is no more.
        """
        pairs: list[Pair] = []
        done: set[int] = set()
        for module in modules:
            for cache in module.caches:
                LRU_CACHE.cache_clear(cache)  # type: ignore[attr-defined]
            for place, old, now in _pairs(module, done):
                if type(now) is FunctionType and now.__qualname__ == old.__qualname__:
                    _keep_registrations(old, now, module.namespace)
                    if objects.same_variables(old, now) and _can_be_put_back(module, place):
                        pairs.append((old, now))
                        continue
                objects.follow(old, now, self._note)
        apart = closures_apart(pairs)
        same: dict[int, Any] = {}
        for old, now in pairs:
            if objects.follow(old, now, self._note, alone=id(now) in apart):
                same.setdefault(id(now), old)
        for old in list(same.values()):
            objects.refer_to(old, same)
        forgotten: set[int] = set()
        for module in modules:
            self._follow_others(module, done, forgotten)
        return same, forgotten

    def _follow_others(self, module: _Module, done: set[int], forgotten: set[int]) -> None:
        """Functions that stand nowhere in the namespace: closures made by calls, and earlier generations."""
        codes = codes_of(_functions(module.new))
        by_name = {value.__qualname__: value for value in _functions(module.new)}
        current = {id(value) for value in module.new.values()}
        for old in module.functions:
            if id(old) in done or id(old) in current:
                continue
            called = objects.called_instead(old)
            if called is not None:
                self._call_the_last(module, old, called)
            elif self._follow_code(module, old, codes, by_name):
                continue
            elif "<locals>" not in old.__qualname__ and old.__qualname__ not in by_name:
                forgotten.add(id(old))

    def _call_the_last(self, module: _Module, old: FunctionType, called: "Any") -> None:
        """`old` was made to call another, which may itself have been made to, or be of the last generation."""
        place = tuple(old.__qualname__.split("."))
        now = _now(module, place)
        if type(now) is FunctionType and now.__qualname__ == old.__qualname__:
            if now is not called:
                objects.follow(old, now, self._note)
            return
        last = now if defines(place, old, now) else called
        while type(last) is FunctionType and (further := objects.called_instead(last)) is not None:
            last = further
        if last is not called:
            objects.call_instead(old, last, self._note)

    def _follow_code(
        self,
        module: _Module,
        old: FunctionType,
        codes: "dict[str, list[CodeType]]",
        by_name: "dict[str, FunctionType]",
    ) -> bool:
        name = old.__code__.co_qualname
        new = codes.get(name, [])
        if not new:
            return False
        before = module.codes.get(name, [])
        if len(new) == 1:
            code = new[0]
        else:
            index = next((i for i, each in enumerate(before) if each is old.__code__), None)
            if index is None or len(before) != len(new):
                return False
            code = new[index]
        whole = by_name.get(old.__qualname__)
        if "<locals>" not in name and whole is not None and whole.__code__ is code:
            objects.follow(old, whole, self._note)
            return True
        return objects.follow_code(old, code, self._note)

    def _replace_functions(self, modules: "list[_Module]", same: "dict[int, Any]") -> None:
        """Give the kept function to whatever else got hold of the new one: tables, defaults, instances."""
        made = [value for module in modules for value in _functions(module.new) if id(value) in same]
        pairs = [(value, same[id(value)]) for value in made]
        weak = weak_references(pairs)
        if weak:
            substitute({key: new for key, (_, new) in weak.items()}, [old for old, _ in weak.values()])
        new = [(ref(value), old) for value, old in pairs]
        del made, pairs, weak
        for module in modules:
            module.new = {}
        held = {id(function): (function, old) for reference, old in new if (function := reference()) is not None}
        if held:
            substitute({key: old for key, (_, old) in held.items()}, [function for function, _ in held.values()])


def _is_dropped(
    taken: "Mapping[str, tuple[dict[str, Any], dict[str, Any]]]",
    modules: "list[_Module]",
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


def _corresponding(old: CodeType, new: CodeType) -> "Iterator[tuple[CodeType, CodeType]]":
    """Each code object in `old`, itself included, and its counterpart in `new`, which does the same."""
    yield old, new
    for one, other in zip(old.co_consts, new.co_consts, strict=True):
        if type(one) is CodeType:
            yield from _corresponding(one, other)


def _made_anew(module: _Module) -> "Iterator[tuple[Place, Any]]":
    """What the places of a module hold now.  A table elsewhere may hold an old function still: that is none of it."""
    old = set(map(id, module.functions))
    for place, value in walk(module.name, module.namespace, module.namespace):
        if type(value) is not FunctionType or id(value) not in old or module.places.get(place) is value:
            yield place, value


def _functions(places: "dict[Place, Any]") -> "Iterator[FunctionType]":
    for value in places.values():
        if type(value) is FunctionType:
            yield value


def _pairs(module: _Module, done: set[int]) -> "Iterator[tuple[Place, FunctionType, Any]]":
    """Each old function, its place, and what its definition gives now."""
    for place, old in module.places.items():
        now = _now(module, place)
        if type(old) is not FunctionType or id(old) in done or old is now:
            continue
        if (type(now) is FunctionType and now.__qualname__ == old.__qualname__) or defines(place, old, now):
            done.add(id(old))
            yield place, old, now


def _can_be_put_back(module: _Module, place: "Place") -> bool:
    """True if the old function can stand where the new one does: in a namespace, a class or a function."""
    if len(place) == 1:
        return True
    holder: Any = module.new.get(place[:-2] if place[-1] in _PARTS else place[:-1])
    if is_class(holder):
        return objects.takes_attributes(holder)
    return place[-1] not in _PARTS and type(holder) is FunctionType


def _now(module: _Module, place: "Place") -> "Any":
    """What stands at a place now; None for another module's function."""
    now = module.new.get(place)
    if now is None:
        now = at(module.namespace, place)
        return None if type(now) is FunctionType else now
    return now


def _put_back(module: _Module, same: "dict[int, Any]") -> None:
    """Let functions keep their identity in the namespace and in its classes."""
    _put_back_names(module.namespace, same)
    for cls in [value for value in module.new.values() if is_class(value) and objects.takes_attributes(value)]:
        for name, value in list(namespace_of_class(cls).items()):
            kind = type(value)
            if kind is FunctionType and id(value) in same:
                objects.set_member(cls, name, same[id(value)])
            elif (kind is staticmethod or kind is classmethod) and id(value.__func__) in same:
                objects.set_member(cls, name, kind(same[id(value.__func__)]))
            elif kind is property and any(id(part) in same for part in (value.fget, value.fset, value.fdel)):
                fget, fset, fdel = [same.get(id(part), part) for part in (value.fget, value.fset, value.fdel)]
                new = property(fget, fset, fdel, value.__doc__)
                new.__set_name__(cls, name)  # type: ignore[attr-defined]
                objects.set_member(cls, name, new)


def _put_back_names(namespace: "dict[str, Any]", same: "dict[int, Any]") -> None:
    for name, value in list(namespace.items()):
        if id(value) in same and type(value) is FunctionType:
            namespace[name] = same[id(value)]


def _as_deep(old: type, new: type) -> type:
    """Of `old` and those of its bases that bear its name, the one that has as many such bases as `new` has.

    A decorator may have derived one class from another and given it the name of that.
    """

    def names(cls: type) -> tuple[str | None, str]:
        return module_of_class(cls), qualname_of(cls)

    found, others = [[each for each in mro_of(cls) if names(each) == names(cls)] for cls in (old, new)]
    return found[-min(len(found), len(others))]


def _is_last_definition(code: CodeType) -> bool:
    """True if no later class statement in the body that is running defines the class anew."""
    frame = sys._getframe(2)
    while frame is not None:
        if any(constant is code for constant in frame.f_code.co_consts):
            return is_last_definition(code, frame.f_code)
        frame = frame.f_back  # type: ignore[assignment]
    return True


def _find_functions(modules: "Mapping[int, _Module]") -> None:
    """Find the living functions of all generations, by the ids of their namespaces, and the caches of such."""
    for each in gc.get_objects():
        kind = type(each)
        if kind is FunctionType:
            if id(each.__globals__) in modules:
                modules[id(each.__globals__)].functions.append(each)
        elif kind is LRU_CACHE:
            function = _innermost(each)
            if type(function) is FunctionType and id(function.__globals__) in modules:
                modules[id(function.__globals__)].caches.append(each)


def _innermost(cache: "Any") -> object:
    """The function below a cache and what else wraps it."""
    function: Any = (objects.instance_dict(cache) or {}).get("__wrapped__")
    for _ in range(10):
        if type(function) is not FunctionType or "__wrapped__" not in function.__dict__:
            break
        function = function.__dict__["__wrapped__"]
    return function


def _keep_registrations(old: FunctionType, new: FunctionType, namespace: "dict[str, Any]") -> None:
    """Implementations that other modules registered with a `functools.singledispatch` function survive."""
    mine, its = objects.dispatch_registry(old), objects.dispatch_registry(new)
    if mine is None or its is None:
        return
    present = {id(cls) for cls in its}
    for cls, function in mine.items():
        if id(cls) not in present and (type(function) is not FunctionType or function.__globals__ is not namespace):
            its[cls] = function
    objects.forget_dispatch(new)
