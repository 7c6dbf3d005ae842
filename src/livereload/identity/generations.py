"""What lives on of the modules that one refresh executes: which object stands for which, and where.

Knows in which order old and new are brought together.  Must not know files, imports, what has been registered, or how
one object takes over from another (`classes`, `functions`).

1. `remember`, before a module can be executed by anybody: what stands where; `start`: what other modules have found out
   about its classes is forgotten.
2. `begin`, before it is executed: from now on its class statements fill the classes that are kept.
3. `end`, right after it was executed and before anything else runs: classes that calls have made move into those that
   are kept, functions follow, and the kept ones stand in the namespace and in the classes again.  So later modules
   import the kept ones.
4. `finish`, when all has been executed: functions that no place leads to follow, and what got hold of another class or
   function is given the kept one.  One pass over the heap, if reference counts say that there is something to find.
5. `move`, after the commit: where Python does not let a class be kept, instances and references move to the new one.
"""

import gc
from _weakref import getweakrefs, ref
from types import CodeType, FunctionType

from . import classes, code_pairing, functions, object_model, sqlalchemy_states
from .class_keyed_memos import Memos
from .class_pairing import Keeper
from .definitions import Definitions
from .looked_up_tables import LookedUpTables
from .namespace_paths import LRU_CACHE, defines
from .object_model import is_class, module_of_class, namespace_of_class, qualname_of
from .referrers import (
    Pair,
    holders_of,
    is_held_by_others,
    is_referred_to,
    kept_references,
    replace_in,
    substitute,
    table_of,
    weak_references,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    Note = Callable[..., None]


class Generations:
    """The old and new objects of one refresh."""

    def __init__(self, note: "Note") -> None:
        self._note = note
        self.keeper = Keeper(note)
        self.modules: dict[int, Definitions] = {}  # by the id of the namespace
        # {"shop.cart": [class]}: those that lived when the refresh began
        self._living: dict[str, list[type]] | None = None
        # functions that something got hold of while they were new, and those that are kept for them
        self._held: list[Pair] = []
        self._replaced: list[Pair] = []  # classes that could not be kept
        self._is_described = False  # some classes are, by a library
        self._gone: list[type] = []  # classes that the new sources do not define
        self.memos = Memos(note)
        self._looked_up = LookedUpTables()

    def remember(
        self,
        name: str,
        namespace: "dict[str, Any]",
        contents: "dict[str, Any]",
        references: int,
        last_code: "Callable[[], CodeType | None]",
    ) -> None:
        """Remember what a module made that is going to be executed, while all of it is still there.

        `references` is how many functions refer to its namespace; `last_code` gives what it was executed from.
        """
        if self._living is None:
            self._note(self.keeper.forget)
            self._living = _living_classes()
        if id(namespace) not in self.modules:
            living = self._living.pop(name, ())
            self.modules[id(namespace)] = Definitions(name, namespace, contents, living, last_code, references)

    def start(self, taken: "Iterable[dict[str, Any]]", others: "Callable[[], Iterable[dict[str, Any]]]") -> None:
        """Let other modules forget what they have found out about the classes of modules with these namespaces.

        `others()` gives the tracked namespaces that are not going to be executed; it is asked once.
        """
        new = [self.modules[id(namespace)] for namespace in taken]
        looked = [each for module in new for each in module.looked]
        self._looked_up.enter(looked, [module.namespace for module in self.modules.values()], others)
        classes = [cls for module in new for cls in module.classes.values()]
        if classes:
            self.memos.forget(classes, [module.namespace for module in new], others)

    def begin(self, namespace: "dict[str, Any]") -> Definitions | None:
        """A module is about to be executed; None if it is none that is remembered."""
        module = self.modules.get(id(namespace))
        if module is not None:
            self.keeper.begin(module.kept)
        return module

    def end(self, namespace: "dict[str, Any]", code: "CodeType | None", *, failed: bool) -> None:
        """The code of a module has run: let what is held of it live on in what it has now."""
        module = self.modules.get(id(namespace))
        if module is None:
            return
        self.keeper.end(module.kept, failed=failed)
        if failed:
            return
        module.look_again(code)
        self._keep_made(module)
        for cls, subclasses in module.registered:
            _register_again(cls, subclasses, module.name)
        if module.described:
            sqlalchemy_states.follow(module.described, self._note)
            self._is_described = True
        self._note_what_is_gone(module)
        released = self._keep_functions(module)
        for function in module.left():
            self._follow_other(module, function)
        module.new.clear()
        for reference, old in released:
            new = reference()
            if new is not None and is_held_by_others(new):
                self._held.append(Pair(new, old))

    def _keep_made(self, module: Definitions) -> None:
        """Move what calls have made into the classes that are kept.

        A class that derives from one made anew may have to wait for that.
        """
        waiting = list(module.made_anew())
        reasons: dict[int, str] = {}
        known = -1
        while len(waiting) != known:
            known = len(waiting)
            for old, now in waiting:
                reasons[id(old)] = self._adopt(old, now)
            waiting = [(old, now) for old, now in waiting if reasons[id(old)]]
        self._replaced += [Pair(old, now, reasons[id(old)]) for old, now in waiting]
        kept = table_of(self.keeper.instead.values())
        if kept:
            _put_back_classes(module, kept)

    def _adopt(self, old: type, now: type) -> str:
        instead = self.keeper.instead
        bases = object_model.bases.__get__(now)
        its_bases = tuple(instead[id(each)].kept if id(each) in instead else each for each in bases)
        reason = classes.adopt(old, now, its_bases, self._note)
        if not reason:
            instead[id(now)] = Pair(now, old)
            sub: Any
            for sub in type.__subclasses__(now):
                its_bases = tuple(old if each is now else each for each in object_model.bases.__get__(sub))
                try:
                    classes.set_bases(sub, its_bases)
                except TypeError:
                    pass  # of another layout: it is brought together itself
        return reason

    def _note_what_is_gone(self, module: Definitions) -> None:
        for place, value in module.places.items():
            if is_class(value) and not is_class(module.new.get(place)):
                self._gone.append(value)

    def _keep_functions(self, module: Definitions) -> "list[tuple[ref[Any], Any]]":
        """Let held functions follow, and stand where they stood.

        Returns weak references to those that came now, so that it can be told which of them something else holds, and
        the ones that are kept for them.
        """
        pairs: list[tuple[Any, Any]] = []
        followed: dict[int, Any] = {}  # where Python does not let the old one stand again
        for place, old, now in module.pairs():
            if type(now) is FunctionType and now.__qualname__ == old.__qualname__:
                _keep_registrations(old, now, module.namespace)
                if functions.same_variables(old, now) and module.can_be_put_back(place):
                    pairs.append((old, now))
                    continue
            if functions.follow(old, now, self._note):
                followed[id(now)] = old
        apart = functions.closures_apart(pairs, module.new_code)
        same: dict[int, Any] = {}
        for old, now in pairs:
            if functions.follow(old, now, self._note, alone=id(now) in apart):
                same.setdefault(id(now), old)
        for old in list(same.values()):
            functions.refer_to(old, same)
        _put_back(module, same)
        released = self._released(same, pairs)
        for owner, name, cache in module.caches:
            released += self._keep_cache(module.namespace, owner, name, cache, followed)
        return released

    def _released(self, same: "dict[int, Any]", pairs: "list[tuple[Any, Any]]") -> "list[tuple[ref[Any], Any]]":
        """Weak references to the new ones that others stand for; what others refer to weakly is held."""
        new = [(now, same[id(now)]) for _, now in pairs if id(now) in same]
        self._held += [Pair(now, old) for now, old in new if getweakrefs(now)]
        return [(ref(now), old) for now, old in new if not getweakrefs(now)]

    def _keep_cache(
        self, namespace: "dict[str, Any]", owner: type | None, name: str, cache: "Any", followed: "dict[int, Any]"
    ) -> "list[tuple[ref[Any], Any]]":
        """Let a `functools.lru_cache` stand where it stood, if its function has followed; what it kept goes."""
        LRU_CACHE.cache_clear(cache)  # type: ignore[attr-defined]
        now = (namespace if owner is None else namespace_of_class(owner)).get(name)
        if now is cache or type(now) is not LRU_CACHE:
            return []
        mine, its = object_model.instance_dict(cache) or {}, object_model.instance_dict(now) or {}
        function, parameters = mine.get("__wrapped__"), mine.get("cache_parameters")
        if followed.get(id(its.get("__wrapped__"))) is not function or _parameters(mine) != _parameters(its):
            return []
        self._note(object_model.refill, mine, dict(mine))
        object_model.refill(mine, {**its, "__wrapped__": function, "cache_parameters": parameters})
        if owner is None:
            namespace[name] = cache
        else:
            object_model.set_member(owner, name, cache)
        return [(ref(now), cache)]

    def finish(self) -> None:
        """Let functions that no place leads to follow, and give the kept objects to whatever got hold of others."""
        self._living = {}
        for module in self.modules.values():
            module.classes.clear()
            module.kept.classes.clear()
        made = [pair for pair in self.keeper.instead.values() if is_referred_to(pair)]
        others = {id(module.namespace): module for module in self.modules.values() if module.has_others}
        pairs, all_pairs = [*made, *self._held], [*self.keeper.instead.values(), *self._held]
        weak = weak_references(all_pairs)
        targets = [*(pair.other for pair in pairs), *(module.namespace for module in others.values()), *weak]
        holders = [each for each in holders_of(targets) if each is not weak] if targets else []
        for holder in holders:
            if type(holder) is FunctionType and id(holder.__globals__) in others:
                self._follow_other(others[id(holder.__globals__)], holder)
        kept = table_of(pairs)
        if weak:
            kept.update(kept_references(all_pairs, weak, holders))
        if kept:
            replace_in(holders, kept)

    def _follow_other(self, module: Definitions, old: FunctionType) -> None:
        """A function that stands nowhere in the namespace, a closure made by a call, follows."""
        if id(old) in module.done or module.is_new(old):
            return
        module.done.add(id(old))
        called = functions.called_instead(old)
        if called is not None:
            self._call_the_last(module, old, called)
            return
        code = module.counterpart(old.__code__)
        if code is None:
            return
        now = module.made_of(code)
        if now is not None and "<locals>" not in old.__qualname__:
            functions.follow(old, now, self._note)
        else:
            functions.follow_code(old, code, self._note, code_pairing.around(module.new_code, code))

    def _call_the_last(self, module: Definitions, old: FunctionType, called: "Any") -> None:
        """`old` was made to call another, which may itself have been made to, or be of the last generation."""
        place = tuple(old.__qualname__.split("."))
        now = module.now(place)
        if type(now) is FunctionType and now.__qualname__ == old.__qualname__:
            if now is not called:
                functions.follow(old, now, self._note)
            return
        last = now if defines(place, old, now) else called
        while type(last) is FunctionType and (further := functions.called_instead(last)) is not None:
            last = further
        if last is not called:
            functions.call_instead(old, last, self._note)

    def move(self) -> str | None:
        """Where classes could not be kept, whatever holds the old one gets the new one.

        Returns what there is to say about it.  All else that this object remembers is dropped
        first, so that only the session's own references are found.
        """
        if self._is_described:
            sqlalchemy_states.prepare()
        self.modules.clear()
        self._held.clear()
        made = list(self.keeper.instead.values())
        self.keeper.clear()
        replaced = table_of(self._replaced)
        gone = [Pair(cls, object) for cls in self._gone if id(cls) not in replaced]
        self._gone.clear()
        for pair in (*made, *gone):
            if not is_referred_to(pair):
                classes.discard(pair.other)
        made.clear()
        gone.clear()
        told = self._replace(replaced) if replaced else None
        self._looked_up.follow()
        return told

    def _replace(self, replaced: "dict[int, type]") -> str | None:
        # Methods of the old classes go on with them as long as they have instances, for `super()`.
        cells = {id(cell): cell for pair in self._replaced for cell in classes.cells_with(pair.other)}
        substitute(replaced, [each.other for each in self._replaced], cells)
        return self._told() or None

    def _told(self) -> str:
        """What there is to say about classes that could not be kept: of which instances stay."""
        told = []
        kinds = [type(each) for each in gc.get_referrers(*[pair.other for pair in self._replaced])]
        instances = [sum(kind is pair.other for kind in kinds) for pair in self._replaced]
        kinds.clear()  # it refers to the classes
        for pair, stayed in zip(self._replaced, instances, strict=True):
            if not stayed:
                for cell in classes.cells_with(pair.other):
                    cell.cell_contents = pair.kept
                if not is_referred_to(pair):
                    classes.discard(pair.other)
            else:
                name = f"{module_of_class(pair.kept)}.{qualname_of(pair.kept)}"
                stay = "1 instance stays" if stayed == 1 else f"{stayed} instances stay"
                told.append(f"{name} is a new class, as {pair.reason}: {stay} with the old one")
        self._replaced.clear()
        return "; ".join(told)


def _living_classes() -> "dict[str, list[type]]":
    """{"shop.cart": [class]}: all classes that live, in the order in which they were made."""
    found: dict[str, list[type]] = {}
    for cls in object_model.descendants(object):
        name = module_of_class(cls)
        if name is not None:
            found.setdefault(name, []).append(cls)
    return found


def _parameters(attributes: "dict[str, Any]") -> "Any":
    """What a `functools.lru_cache` with these attributes was made with."""
    parameters = attributes.get("cache_parameters")
    return parameters() if type(parameters) is FunctionType else None


def _register_again(cls: type, subclasses: "list[type]", name: str) -> None:
    """What other modules have registered with an ABC stays; the module itself has done so again."""
    if "_abc_impl" in namespace_of_class(cls):
        present = object_model.registered(cls)
        left = [each for each in subclasses if module_of_class(each) != name]
        object_model.register(cls, present + [each for each in left if not any(each is other for other in present)])


def _put_back_classes(module: Definitions, kept: "dict[int, Any]") -> None:
    """Let classes keep their identity in the namespace and in its classes."""
    for name, value in list(module.namespace.items()):
        if id(value) in kept:
            module.namespace[name] = kept[id(value)]
    for place, cls in list(module.new.items()):
        cls = module.new[place] = kept.get(id(cls), cls)
        if is_class(cls) and object_model.takes_attributes(cls):
            for name, value in list(namespace_of_class(cls).items()):
                if id(value) in kept:
                    object_model.set_member(cls, name, kept[id(value)])


def _put_back(module: Definitions, same: "dict[int, Any]") -> None:
    """Let functions keep their identity in the namespace and in its classes."""
    for name, value in list(module.namespace.items()):
        if id(value) in same and type(value) is FunctionType:
            module.namespace[name] = same[id(value)]
    for cls in [value for value in module.new.values() if is_class(value) and object_model.takes_attributes(value)]:
        for name, value in list(namespace_of_class(cls).items()):
            kind = type(value)
            if kind is FunctionType and id(value) in same:
                object_model.set_member(cls, name, same[id(value)])
            elif (kind is staticmethod or kind is classmethod) and id(value.__func__) in same:
                object_model.set_member(cls, name, kind(same[id(value.__func__)]))
            elif kind is property and any(id(part) in same for part in (value.fget, value.fset, value.fdel)):
                fget, fset, fdel = [same.get(id(part), part) for part in (value.fget, value.fset, value.fdel)]
                new = property(fget, fset, fdel, value.__doc__)
                new.__set_name__(cls, name)  # type: ignore[attr-defined]
                object_model.set_member(cls, name, new)


def _keep_registrations(old: FunctionType, new: FunctionType, namespace: "dict[str, Any]") -> None:
    """Implementations that other modules registered with a `functools.singledispatch` function survive."""
    mine, its = object_model.dispatch_registry(old), object_model.dispatch_registry(new)
    if mine is None or its is None:
        return
    present = {id(cls) for cls in its}
    for cls, function in mine.items():
        if id(cls) not in present and (type(function) is not FunctionType or function.__globals__ is not namespace):
            its[cls] = function
    object_model.forget_dispatch(new)
