"""What a module has after it was executed again, compared with what it had.

Knows namespaces before and after.  Must not know who uses what they hold.

The result is a set of keys: "RATE" for a name that is bound to something else, "Cart.add()" for a
function that does something else, "Cart" and "Cart.RATE" for what else a class is.  Functions and
classes keep their identity, so they are compared by their contents.
"""

from types import CodeType, FunctionType, MethodType, ModuleType

from ..changes.code_equality import alike
from ..entries.containers import base_of
from ..identity.object_model import (
    bases,
    cell_contents,
    instance_dict,
    is_class,
    is_plain,
    module_of_class,
    namespace_of_class,
    qualname_of,
    same,
)
from ..modules.changed_names import body, outside
from .stale_memos import wrapped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    Namespace = dict[str, Any]

# What the import system, the interpreter and the compiler put there.
_NOT_COMPARED = frozenset((
    *("__builtins__", "__spec__", "__loader__", "__cached__", "__annotations__", "__annotate__", "__file__"),
    *("__firstlineno__", "__static_attributes__", "__dict__", "__weakref__", "__annotate_func__", "__package__"),
    *("__annotations_cache__", "__conditional_annotations__", "__abstractmethods__", "_abc_impl", "__name__"),
    *("__hash__", "__parameters__", "__orig_bases__", "__subclasshook__"),
    # of an enum, whose members are compared one by one
    *("_member_names_", "_member_map_", "_value2member_map_", "_unhashable_values_", "_unhashable_values_map_"),
))  # fmt: skip
_CONTAINERS = frozenset(map(id, (list, tuple, set, frozenset, dict)))
_SETS = frozenset(map(id, (set, frozenset)))
_MOST = 1_000
_DEPTH = 3


class Before:
    """What a module held, with the contents of what can change."""

    def __init__(self, name: str, namespace: "Namespace", contents: "Namespace") -> None:
        self._name = name
        self._namespace = namespace
        self._held = {key: _describe(value, namespace, name) for key, value in list(contents.items())}

    def differences(self) -> "Iterator[str]":
        """The keys of what is different now."""
        now = self._namespace
        for key in {**self._held, **now}:
            if type(key) is not str or key in _NOT_COMPARED:
                continue
            if key not in self._held or key not in now:
                yield key
            else:
                yield from self._held[key].differences(key, _describe(now[key], now, self._name))


class Names:
    """What a module's names and classes have, and what is in that, to see what the execution of another has changed."""

    def __init__(self, name: str, namespace: "Namespace") -> None:
        self._name = name
        self._namespace = namespace
        self.look_again()

    def look_again(self) -> None:
        """Take what there is now for what was there before."""
        self._held = held = self._namespace.copy()
        own = [each for each in held.values() if is_class(each) and module_of_class(each) == self._name]
        self._classes = [(cls, dict(namespace_of_class(cls))) for cls in own]
        self._contents = self._copies()

    def _copies(self) -> "list[tuple[Any, list[Any]]]":
        """What names and classes lead to that may change, each with a copy of its entries."""
        held = (self._held, *(contents for _, contents in self._classes))
        waiting = [value for each in held for key, value in each.items() if key not in _NOT_COMPARED]
        seen = {id(cls) for cls, _ in self._classes}
        found = []
        for _ in range(_DEPTH):
            inner = []
            for value in waiting:
                if is_plain(value) or id(value) in seen:
                    continue
                entries = self._entries_of(value)
                seen.add(id(value))
                found.append((value, entries))
                inner += entries
            waiting = inner
        return found

    def _entries_of(self, value: "Any") -> "list[Any]":
        """What is in a container or an instance, or what a function or class of the module has."""
        kind = type(value)
        if kind is FunctionType:
            return _given(value) if value.__globals__ is self._namespace else []
        if is_class(value) or issubclass(kind, ModuleType):
            is_own = is_class(value) and module_of_class(value) == self._name
            contents = namespace_of_class(value) if is_own else {}
            return [each for key, each in contents.items() if key not in _NOT_COMPARED]
        if kind is staticmethod or kind is classmethod:  # asked for its attributes, it makes a dict for them
            return list(wrapped(value) or ())
        entries = [*_entries(instance_dict(value) or {}), *(wrapped(value) or ())]
        base = kind if id(kind) in _CONTAINERS else base_of(kind)
        if base is not None and base.__len__(value) <= _MOST:
            entries += base.__iter__(value)
            entries += base.values(value) if issubclass(base, dict) else ()
        return entries

    def has_other_contents(self) -> bool:
        """True if the entries of something are others than at the last time."""
        return any(not _are_same_objects(entries, self._entries_of(value)) for value, entries in self._contents)

    def differences(self) -> "Iterator[str]":
        """The keys of what is bound to something else than at the last time."""
        before, classes = self._held, self._classes
        now = self._namespace
        yield from _bound_anew(before, now)
        known = {id(cls): contents for cls, contents in classes}
        for cls in now.values():
            if is_class(cls) and module_of_class(cls) == self._name:
                yield from _bound_anew(known.pop(id(cls), {}), namespace_of_class(cls), cls)
        for cls, contents in classes:
            if id(cls) in known:
                yield from _bound_anew(contents, {}, cls)


def _entries(container: "Any") -> "list[Any]":
    return [*container.keys(), *container.values()] if type(container) is dict else list(container)


def _bound_anew(before: "Mapping[str, Any]", now: "Mapping[str, Any]", cls: "type | None" = None) -> "Iterator[str]":
    if same(before, now) and same(before.values(), now.values()):
        return
    prefix = "" if cls is None else f"{qualname_of(cls)}."
    for key in {**before, **now}:
        if not _is_same_object(before.get(key, before), now.get(key, before)) and _last(key) not in _NOT_COMPARED:
            yield prefix + key


def _are_same_objects(ones: "list[Any]", others: "list[Any]") -> bool:
    return len(ones) == len(others) and all(map(_is_same_object, ones, others))


def _is_same_object(one: "Any", other: "Any") -> bool:
    return one is other or (is_plain(one) and type(one) is type(other) and one == other)


def _last(key: object) -> object:
    return key.rpartition(".")[2] if type(key) is str else key


def _describe(value: "Any", namespace: "Namespace", name: str, depth: int = 0) -> "_Thing":
    kind = type(value)
    if kind is FunctionType and value.__globals__ is namespace and depth < _DEPTH:
        return _Function(value, namespace, name, depth)
    if is_class(value) and module_of_class(value) == name and depth < _DEPTH:
        return _Class(value, namespace, name, depth)
    if module_of_class(kind) == name and "_member_map_" in namespace_of_class(kind):
        return _Member(value)
    inner = wrapped(value) if depth < _DEPTH else None
    if inner is not None and kind is not MethodType:
        return _Wrapper(kind, [_describe(each, namespace, name, depth + 1) for each in inner])
    if id(kind) in _CONTAINERS and depth < _DEPTH and len(value) <= _MOST:
        return _Container(value, namespace, name, depth)
    return _Thing(value)


class _Thing:
    """An object that is compared by identity, or by value if it is plain."""

    def __init__(self, value: "Any") -> None:
        self.value = value

    def differences(self, key: str, now: "_Thing") -> "Iterator[str]":
        if not self.is_same(now):
            yield key

    def is_same(self, now: "_Thing") -> bool:
        one, other = self.value, now.value
        if one is other:
            return True
        if type(one) is CodeType and type(other) is CodeType:
            return alike(one, other)
        return type(one) is type(other) and is_plain(one) and (one == other or one != one) and repr(one) == repr(other)


class _Member(_Thing):
    """A member of an enum: the same object may have another value."""

    def __init__(self, member: "Any") -> None:
        super().__init__(member)
        self.is_worth = (instance_dict(member) or {}).get("_value_")

    def is_same(self, now: _Thing) -> bool:
        if type(now) is not _Member or self.value is not now.value:
            return False
        return _Thing(self.is_worth).is_same(_Thing(now.is_worth))


class _Function(_Thing):
    def __init__(self, function: FunctionType, namespace: "Namespace", name: str, depth: int) -> None:
        super().__init__(function)
        self.code = function.__code__
        self.qualname = function.__qualname__
        given = _given(function) + _annotations(function)
        self.given = [_describe(each, namespace, name, depth + 1) for each in given]

    def differences(self, key: str, now: _Thing) -> "Iterator[str]":
        if type(now) is not _Function or self.qualname != now.qualname:
            yield key
            return
        if self.value is not now.value:
            yield key
        is_same = alike(self.code, now.code)
        if not is_same or not _are_same(self.given, now.given):
            yield body(self.code.co_qualname)
            if is_same or not _is_body(self.code, now.code):
                yield outside(self.code.co_qualname)

    def is_same(self, now: _Thing) -> bool:
        return not any(True for _ in self.differences("", now))


def _given(function: FunctionType) -> "list[Any]":
    """Defaults, what is in cells, and attributes."""
    given = [*(function.__defaults__ or ()), *_entries(function.__kwdefaults__ or {})]
    given += [cell_contents(cell) for cell in function.__closure__ or ()]
    return given + _entries(function.__dict__)


def _annotations(value: "Any") -> "list[Any]":
    """What a function or class is annotated with; from 3.14 on (PEP 649), the code that would tell."""
    contents = namespace_of_class(value) if is_class(value) else {}
    annotate = contents.get("__annotate_func__") if is_class(value) else getattr(value, "__annotate__", None)
    if type(annotate) is FunctionType:
        return [annotate.__code__]
    found = contents.get("__annotations__", {}) if is_class(value) else value.__annotations__
    return _entries(found) if type(found) is dict else []


def _is_body(old: "Any", new: "Any") -> bool:
    from ..changes.difference import signature

    return signature(old) == signature(new)


class _Class(_Thing):
    def __init__(self, cls: type, namespace: "Namespace", name: str, depth: int) -> None:
        super().__init__(cls)
        self.qualname = qualname_of(cls)
        self.bases = bases.__get__(cls)
        self.metaclass = type(cls)
        self.annotations = [_describe(each, namespace, name, depth + 1) for each in _annotations(cls)]
        self.parameters = [str(each) for each in namespace_of_class(cls).get("__parameters__", ())]
        members = list(namespace_of_class(cls).items())
        self.members = {
            key: _describe(each, namespace, name, depth + 1) for key, each in members if key not in _NOT_COMPARED
        }

    def differences(self, key: str, now: _Thing) -> "Iterator[str]":
        if type(now) is not _Class or self.value is not now.value:
            yield key
            return
        if not same(self.bases, now.bases) or self.metaclass is not now.metaclass or self.parameters != now.parameters:
            yield self.qualname
        if not _are_same(self.annotations, now.annotations):
            yield f"{self.qualname}.__annotations__"
        for name in {**self.members, **now.members}:
            member = f"{self.qualname}.{name}"
            if name not in self.members or name not in now.members:
                yield member
            else:
                yield from self.members[name].differences(member, now.members[name])

    def is_same(self, now: _Thing) -> bool:
        return type(now) is _Class and self.value is now.value


class _Wrapper(_Thing):
    def __init__(self, kind: type, inner: "list[_Thing]") -> None:
        super().__init__(kind)
        self.inner = inner

    def differences(self, key: str, now: _Thing) -> "Iterator[str]":
        if type(now) is not _Wrapper or self.value is not now.value or len(self.inner) != len(now.inner):
            yield key
            return
        for one, other in zip(self.inner, now.inner, strict=True):
            yield from one.differences(key, other)

    def is_same(self, now: _Thing) -> bool:
        return type(now) is _Wrapper and self.value is now.value and _are_same(self.inner, now.inner)


class _Container(_Thing):
    """A container of the same kind with the same entries; one that can change must be the same object."""

    def __init__(self, container: "Any", namespace: "Namespace", name: str, depth: int) -> None:
        super().__init__(container)
        kind = type(container)
        entries = container.items() if kind is dict else sorted(container, key=id) if id(kind) in _SETS else container
        self.entries = [_describe(each, namespace, name, depth + 1) for each in entries]

    def is_same(self, now: _Thing) -> bool:
        if type(now) is not _Container or type(self.value) is not type(now.value):
            return False
        is_fixed = type(self.value) is tuple or type(self.value) is frozenset
        return (is_fixed or self.value is now.value) and _are_same(self.entries, now.entries)


def _are_same(ones: "list[_Thing]", others: "list[_Thing]") -> bool:
    return len(ones) == len(others) and all(one.is_same(other) for one, other in zip(ones, others, strict=True))
