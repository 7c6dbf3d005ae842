"""Which class is kept for which class statement of the modules that a refresh executes again.

Knows the classes of these modules, and the positions of their statements in the code.  Must not know how a class is
filled (`classes`), nor how a class statement comes here (`class_statements`).

It is told by the position of the statement in the module's code, by its qualified name only where there is one of
that name.
"""

import _thread
import sys
from _weakref import ref
from types import CodeType

from ..interpreter import bytecode
from . import classes, code_pairing, enums
from .object_model import is_class, mro_of, namespace_of, namespace_of_class, qualname_of
from .referrers import Pair, is_referred_to

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from types import FrameType
    from typing import Any

    Note = Callable[..., None]
    Bases = tuple[type, ...]


class Module:
    """The classes of a module that is executed again."""

    __slots__ = (
        *("bodies", "bound", "claimed", "classes", "journal", "last_code"),
        *("made_for", "name", "namespace", "new_code", "thread"),
    )

    def __init__(
        self,
        name: str,
        namespace: "dict[str, Any]",
        found: "Iterable[type]",
        last_code: "Callable[[], CodeType | None]",
    ) -> None:
        self.name = name
        self.namespace = namespace
        # what it was executed from the last time, if that is known
        self.last_code = last_code
        # what it is being executed from, since its first class statement
        self.new_code: CodeType | None = None
        # {"Cart.Line": [the class, …]}: of all generations, in the order in which they were made
        self.classes: dict[str, list[type]] = {}
        # {("shop.models", "Page[User]"): class}: what its names stood for of others', or of what it had made for these
        self.made_for: dict[tuple[str | None, str], type] = {}
        # the ids of the classes that a name led to
        self.bound: set[int] = set()
        for cls in found:
            self.classes.setdefault(qualname_of(cls), []).append(cls)
        # the ids of those that a statement has filled
        self.claimed: set[int] = set()
        # what undoes that
        self.journal: list[tuple[Callable[..., object], tuple[object, ...]]] = []
        # the thread that executes it
        self.thread = _thread.get_ident()
        # {id of a code: [(offset of the statement, code of the class body)]}
        self.bodies: dict[int, list[tuple[int, CodeType]]] = {}

    def has_made_for(self, name: str, qualname: str) -> bool:
        """True if it has made a class of this name for another module, which does not bind it by this name."""
        cls = self.made_for.get((name, qualname))
        bound = namespace_of(sys.modules.get(name)) or {}
        return cls is not None and id(cls) not in self.claimed and bound.get(qualname) is not cls

    def undo(self, count: int) -> None:
        """Undo all effects on the classes but the first `count`."""
        while len(self.journal) > count:
            undo, arguments = self.journal.pop()
            undo(*arguments)


class Keeper:
    """Knows which classes are kept; one for each refresh."""

    def __init__(self, note: "Note") -> None:
        self._note = note
        self._modules: dict[int, Module] = {}  # by the id of the namespace, those that are being executed
        # {(thread, qualified name): the last such class statement that has begun, and the code of its body}
        self._begun: dict[tuple[int, str], tuple[Module, CodeType]] = {}
        # by its id, each class that a call has made, and the one that is kept for it
        self.instead: dict[int, Pair] = {}
        # the classes that statements have made
        self._made: list[ref[type]] = []

    def begin(self, module: Module) -> None:
        """The module is about to be executed by this thread."""
        module.thread = _thread.get_ident()
        self._modules[id(module.namespace)] = module

    def end(self, module: Module, *, failed: bool) -> None:
        """The module has been executed; if that has failed, its classes are as they were."""
        self._modules.pop(id(module.namespace), None)
        if failed:
            module.undo(0)
            module.claimed.clear()

    def clear(self) -> None:
        self._modules.clear()
        self._begun.clear()
        self.instead.clear()
        self._made.clear()

    def forget(self) -> None:
        """After a roll back: let the bases of the classes that were made forget them."""
        pairs = [Pair(each(), object) for each in self._made if each() is not None]
        self.clear()
        for pair in pairs:
            if not is_referred_to(pair):
                classes.discard(pair.other)

    def begun(self, frame: "FrameType") -> bool:
        """True if the class statement that this frame executes may have a class that is kept."""
        module = self._modules.get(id(frame.f_globals))
        if module is None or module.thread != _thread.get_ident():
            return False
        body = _body_of(frame, module.bodies)
        if body is None:
            return False
        if module.new_code is None:
            module.new_code = _module_code(frame)
        self._begun[module.thread, body.co_qualname] = module, body
        return True

    def fill(self, metaclass: type, name: "Any", its_bases: "Any", namespace: "Any") -> "Hooks | None":
        """The class that is kept for what `type.__new__` is asked to make, filled, and its hooks; None if none is."""
        if not _is_regular(metaclass, name, its_bases, namespace):
            return None
        contents: dict[str, Any] = dict.copy(namespace)
        qualname = contents.get("__qualname__", name)
        module, body = self._begun.pop((_thread.get_ident(), qualname), (None, None))
        module = self._module_of_call(contents, qualname) if module is None else module
        if module is None:
            return None
        kept = tuple(self.instead[id(each)].kept if id(each) in self.instead else each for each in its_bases)
        for cls in _candidates(module, contents.get("__module__"), qualname, body):
            hooks = self._fill(module, cls, metaclass, name, kept, contents)
            if hooks is not None:
                return hooks
        return None

    def _fill(
        self, module: Module, cls: type, metaclass: type, name: str, its_bases: "Bases", contents: "dict[str, Any]"
    ) -> "Hooks | None":
        """Fill one class; None if that cannot be."""
        done = len(module.journal)

        def note(undo: "Callable[..., object]", *arguments: object) -> None:
            self._note(undo, *arguments)
            module.journal.append((undo, arguments))

        before = namespace_of_class(cls).copy() if "_member_map_" in namespace_of_class(cls) else {}
        try:
            obstacle = classes.fill(cls, metaclass, name, its_bases, contents, note)
        except MemoryError:
            raise
        except Exception:  # no code of the user has run, so it is ours: no reason to fail
            module.undo(done)
            return None
        if obstacle:
            return None
        module.claimed.add(id(cls))
        return Hooks(cls, before, note)

    def note_made(self, cls: type) -> None:
        """A statement of one of the modules has made this class."""
        self._made.append(ref(cls))

    def is_concerned(self) -> bool:
        """True if this thread executes one of the modules."""
        me = _thread.get_ident()
        return any(each.thread == me for each in list(self._modules.values()))

    def _module_of_call(self, contents: "dict[str, Any]", qualname: str) -> Module | None:
        """The module that has called a metaclass in Python (`Enum("Color", "RED")`), for itself or for another."""
        me, name = _thread.get_ident(), contents.get("__module__")
        found = [each for each in self._modules.values() if each.thread == me]
        if not found or type(name) is not str:
            return None
        return found[-1] if found[-1].name == name or found[-1].has_made_for(name, qualname) else None


def _is_regular(metaclass: type, name: "Any", its_bases: "Any", namespace: "Any") -> bool:
    """False for what `type.__new__` does not take, or hands to another metaclass."""
    if type(name) is not str or type(its_bases) is not tuple or not issubclass(type(namespace), dict):
        return False
    if type(dict.get(namespace, "__qualname__", "")) is not str or not all(map(is_class, its_bases)):
        return False
    return winner(metaclass, its_bases) is metaclass


def _candidates(module: Module, name: "Any", qualname: str, body: CodeType | None) -> "Iterator[type]":
    """The classes that may be kept for a definition: of a statement in a loop, each for one of its executions."""
    if "<locals>" in qualname:
        return
    if body is None and name != module.name:
        yield module.made_for[name, qualname]
        return
    found = [cls for cls in module.classes.get(qualname, ()) if id(cls) not in module.claimed]
    # A decorator may have derived one class from another and given it the name of that: the statement makes the base.
    found.sort(key=lambda cls: len(mro_of(cls)))
    yield from found if body is None else _of_definition(module, found, body)


def _of_definition(module: Module, found: "list[type]", body: CodeType) -> "list[type]":
    """Of classes of one name, those that the definition with this body made when it was executed the last time."""
    new = code_pairing.bodies(module.new_code, body.co_qualname)
    if len(new) <= 1 and len(found) <= 1:
        return found
    old = code_pairing.bodies(module.last_code(), body.co_qualname)
    if len(new) <= 1 and len(old) <= 1:
        return found
    index = code_pairing.counterpart(body, new, old)
    made_by = [(_index_of(cls, old, module), cls) for cls in found]
    return [cls for its, cls in made_by if index is not None and its in (index, None)]


def _index_of(cls: type, old: "list[CodeType]", module: Module) -> int | None:
    """Which of the definitions of its name made the class; None if nobody can tell."""
    line = namespace_of_class(cls).get("__firstlineno__")
    lines = {line} if type(line) is int else set()
    methods = {
        (each.__code__.co_qualname, each.__code__.co_firstlineno)
        for value in namespace_of_class(cls).values()
        for each in classes.wrapped(value)
    }
    for index, body in enumerate(old):
        inner = {(each.co_qualname, each.co_firstlineno) for each in body.co_consts if type(each) is CodeType}
        if body.co_firstlineno in lines or not methods.isdisjoint(inner):
            return index
    return len(old) - 1 if id(cls) in module.bound else None


class Hooks:
    """A class that has its contents, and what `type.__new__` calls then: `__set_name__`, which makes enum members."""

    def __init__(self, cls: type, before: "Any", note: "Note") -> None:
        self.cls = cls
        self._members = enums.Members(cls, before, note) if enums.members_of(before) else None

    def __iter__(self) -> "Iterator[tuple[str, Any, Callable[[type, str], object]]]":
        found: dict[int, Any] = {}
        for key, value in list(namespace_of_class(self.cls).items()):
            kind = type(value)
            if id(kind) not in found:
                found[id(kind)] = next((m for each in mro_of(kind) if (m := _setname_of(each)) is not None), None)
            method = found[id(kind)]
            if method is not None:
                bind = getattr(type(method), "__get__", None)
                yield key, value, method if bind is None else bind(method, value, kind)

    def begin(self, key: str) -> None:
        if self._members is not None:
            self._members.begin(key)

    def end(self, key: str) -> None:
        if self._members is not None:
            self._members.end(key)

    def finish(self) -> None:
        if self._members is not None:
            self._members.keep_combinations()

    def explained(self, error: Exception, key: str, value: object) -> Exception:
        """The error that `type.__new__` raises for one of a `__set_name__` (`type_new_set_names`)."""
        names = f"{name_of(type(value))!r} instance {key!r} in {name_of(self.cls)!r}"
        text = f"Error calling __set_name__ on {names}"
        if sys.version_info < (3, 12):
            return RuntimeError(text)
        error.add_note(text)
        return error


def name_of(cls: type) -> str:
    name: str = namespace_of_class(type)["__name__"].__get__(cls)
    return name


def _setname_of(cls: type) -> "Any":
    return namespace_of_class(cls).get("__set_name__")


def winner(metaclass: type, its_bases: "Bases") -> type | None:
    """The metaclass of a class with these bases (`_PyType_CalculateMetaclass`); None if they do not go together."""
    for base in its_bases:
        other = type(base)
        if any(each is other for each in mro_of(metaclass)):
            continue
        if not any(each is metaclass for each in mro_of(other)):
            return None
        metaclass = other
    return metaclass


# Which statement a frame executes.


def _body_of(frame: "FrameType", known: "dict[int, list[tuple[int, CodeType]]]") -> CodeType | None:
    """The code of the class body whose statement this frame executes."""
    code = frame.f_code
    if id(code) not in known:
        known[id(code)] = list(bytecode.class_statements(code))
    body = None
    for offset, each in known[id(code)]:
        if offset > frame.f_lasti:
            break
        body = each
    return body


def _module_code(frame: "FrameType | None") -> CodeType | None:
    """The code of the module that this frame, or one that has called it, executes."""
    namespace = None if frame is None else frame.f_globals
    while frame is not None:
        if frame.f_globals is namespace and frame.f_code.co_name == "<module>":
            return frame.f_code
        frame = frame.f_back
    return None
