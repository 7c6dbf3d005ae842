"""Python's object model: one class, one function, many generations.

Knows what a class, an enum member and a function consist of.  Must not know files or imports, nor
where old and new objects come from: `refreshes.generations` brings them together.

1. A class keeps its identity: `adopt` moves the contents of a class that was just made into the one
   of the last generation.  What belongs to the very object stays: the descriptors of `__dict__`,
   `__weakref__` and `__slots__`, and the registry of an ABC.
2. A function keeps its identity: `follow` gives it the code, defaults, closure contents and
   attributes of the new one.  If the number of free variables differs, which Python does not let
   anybody change, its code becomes a call of the new one.
3. Everything goes through `type` and `object` themselves.  A user's `__eq__`, `__hash__`,
   `__getattr__`, `__setattr__` or metaclass is never asked.

Whatever is changed is first handed to `note(undo, *arguments)`.
"""

import gc
import sys
from types import (
    CellType,
    CodeType,
    FunctionType,
    GetSetDescriptorType,
    MappingProxyType,
    MemberDescriptorType,
    ModuleType,
)

from ..interpreter import bytecode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

    Note = Callable[..., None]

_dict_of_type = type.__dict__["__dict__"].__get__
_mro_of_type = type.__dict__["__mro__"].__get__
_qualname = type.__dict__["__qualname__"]
bases = type.__dict__["__bases__"]
_flags = type.__dict__["__flags__"]
class_of = object.__dict__["__class__"]
_dict_of_module = ModuleType.__dict__["__dict__"].__get__  # type: ignore[index]

# By id: `in` would ask the metaclass of a user's class whether it equals `str`.
_PLAIN = frozenset(map(id, (str, int, float, complex, bytes, bool, type(None))))

# Layout: two classes that differ in one of these cannot exchange instances.
_LAYOUT = tuple(
    type.__dict__[name] for name in ("__basicsize__", "__itemsize__", "__dictoffset__", "__weakrefoffset__")
)
_EMPTY = object()
# Py_TPFLAGS_HEAPTYPE and Py_TPFLAGS_IMMUTABLETYPE: what Python code makes has only the first of them.
_HEAP = 1 << 9
_MUTABLE = _HEAP | 1 << 8
# From 3.14 on (PEP 649), setting one of these through the class moves and forgets the others.
_ANNOTATIONS = ("__annotations__", "__annotate__", "__annotate_func__", "__annotations_cache__")
# What `type` answers for, and keeps where the class body's bindings are.
_STORED = ("__module__", "__doc__", "__abstractmethods__")
_SCRATCH = "__livereload_scratch__"


class _AnyMetaclass(type):
    """The metaclass that a discarded class gets, so that its own is not asked any more."""


class _Discarded:
    """The base that a class gets whose contents live on in another, so that its bases forget it."""


def namespace_of(module: object) -> "dict[str, Any] | None":
    """The namespace of a module without asking the module for it; None if it is no module.

    Reading any attribute of a lazy module, `__spec__` and `__dict__` included, may load it.
    """
    if not issubclass(type(module), ModuleType):
        return None
    namespace: dict[str, Any] = _dict_of_module(module)
    return namespace


def is_loaded(module: object) -> bool:
    """False for a lazy module, which importing it once more would load."""
    return issubclass(type(module), ModuleType) and type(module).__getattribute__ is ModuleType.__getattribute__


def namespace_of_class(cls: type) -> "MappingProxyType[str, Any]":
    """The contents of a class, without asking its metaclass."""
    namespace: MappingProxyType[str, Any] = _dict_of_type(cls)
    return namespace


def qualname_of(cls: type) -> str:
    name: str = _qualname.__get__(cls)
    return name


def module_of_class(cls: type) -> str | None:
    name = namespace_of_class(cls).get("__module__")
    return name if type(name) is str else None


def mro_of(cls: type) -> "tuple[type, ...]":
    mro: tuple[type, ...] = _mro_of_type(cls)
    return mro


def is_plain(value: object) -> bool:
    """True for an object of a builtin type that refers to no other object."""
    return id(type(value)) in _PLAIN


def are_plain(values: "Iterable[object]") -> bool:
    """True if `is_plain` is true of each, without executing anything for it."""
    return _PLAIN.issuperset(map(id, map(type, values)))


def is_class(value: object) -> bool:
    """True for a class; `isinstance` might ask the object's own `__class__`."""
    return issubclass(type(value), type)


def instance_dict(value: object) -> "dict[str, Any] | None":
    """The attributes of an instance, without asking it; None if it has none of the usual kind."""
    for cls in mro_of(type(value)):
        descriptor = namespace_of_class(cls).get("__dict__")
        if descriptor is not None:
            if type(descriptor) is not GetSetDescriptorType:
                return None
            found = descriptor.__get__(value)
            return found if type(found) is dict else None
    return None


# Classes.


def adopt(
    old: type, new: type, note: "Note", variables: "tuple[str, ...]", its_bases: "tuple[type, ...] | None" = None
) -> str | None:
    """Move the contents of `new` into `old`; the reason if that cannot be (then nothing is changed).

    `variables` are those that the class body shares with its methods: `__class__` (for zero-argument
    `super()`) and `__classdict__` (for annotations and type parameters) are looked for if they are among them.
    The bases are to be `its_bases`, where others than those of `new` are kept.
    """
    if its_bases is None:
        its_bases = bases.__get__(new)
    reason = _obstacle(old, new, its_bases)
    if reason is not None:
        return reason
    before = _contents(old)
    note(_fill, old, before, list(namespace_of_class(old)))
    note(_set_kind, old, type(old), bases.__get__(old))
    reason = _change_kind(old, type(new), its_bases)
    if reason is not None:
        return reason
    for variable, of_old, of_new in [("__class__", old, new), ("__classdict__", contents_of(old), contents_of(new))]:
        for cell in cells_of(new, variable, of_new) if variable in variables else ():
            cell.cell_contents = of_old
    for cell in _cells_with(new):
        cell.cell_contents = old
    members = before.get("_member_map_")
    _fill(old, _contents(new), list(namespace_of_class(new)))
    if type(members) is dict and "_member_map_" in namespace_of_class(old):
        _keep_members(old, members, before, note)
    if "_abc_impl" in namespace_of_class(old) and "_abc_impl" in namespace_of_class(new):
        _renew_registry(old, new, note)
    return None


def _change_kind(old: type, metaclass: type, its_bases: "tuple[type, ...]") -> str | None:
    """Give `old` another metaclass and other bases; the reason if that cannot be (then it has its own)."""
    before = type(old)
    try:
        _set_kind(old, metaclass, bases.__get__(old))
    except TypeError as error:
        return f"its metaclass changed: {error}"
    try:
        _set_kind(old, metaclass, its_bases)
    except TypeError as error:
        _set_kind(old, before, bases.__get__(old))
        return f"its bases changed: {error}"
    return None


def _set_kind(cls: type, metaclass: type, its_bases: "tuple[type, ...]") -> None:
    if type(cls) is not metaclass:
        class_of.__set__(cls, metaclass)
    if not same(bases.__get__(cls), its_bases):
        bases.__set__(cls, its_bases)


def stand_behind(cls: type, kept: type) -> None:
    """Let the bases of a class whose contents are moved to another forget it (`__subclasses__`), where Python does.

    Who has got hold of it meanwhile finds it derived from the kept class.
    """
    if any("mro" in namespace_of_class(each) for each in mro_of(type(cls)) if each is not type):
        return  # the user's would be asked for the order
    try:
        bases.__set__(cls, (kept,))
    except TypeError:
        pass  # a layout of its own


def discard(cls: type) -> None:
    """Take leave of a class that nothing refers to: empty it, and make its bases forget it (`__subclasses__`)."""
    for key in _contents(cls):
        try:
            delete_member(cls, key)
        except TypeError:
            pass  # always there
    try:
        if any("mro" in namespace_of_class(each) for each in mro_of(type(cls)) if each is not type):
            class_of.__set__(cls, _AnyMetaclass)  # or the user's would be asked for the order
        bases.__set__(cls, (_Discarded,))
    except TypeError:
        pass  # a layout of its own; it goes when it is collected


def takes_attributes(cls: type) -> bool:
    """True if `type.__setattr__` may set attributes of a class: not if a metaclass in C has its own (ctypes)."""
    try:
        type.__delattr__(cls, "livereload: an attribute that is not there")
    except AttributeError:
        return True
    except TypeError:
        return False
    return True


def _obstacle(old: type, new: type, its_bases: "tuple[type, ...]") -> str | None:
    if _flags.__get__(old) & _MUTABLE != _HEAP:
        return "it is a class of an extension module"
    if not takes_attributes(old):
        return f"its metaclass is {qualname_of(type(old))}"
    if _slots(old) != _slots(new):
        return "its __slots__ changed"
    if same(bases.__get__(old), its_bases) and any(
        layout.__get__(old) != layout.__get__(new) for layout in _LAYOUT
    ):
        return "the layout of its instances changed"
    return None


def same(one: "tuple[Any, ...]", other: "tuple[Any, ...]") -> bool:
    return [*map(id, one)] == [*map(id, other)]


def _slots(cls: type) -> list[str]:
    return sorted(key for key, value in namespace_of_class(cls).items() if _is_layout(cls, key, value))


def _is_layout(cls: type, key: str, value: object) -> bool:
    """True for the descriptors that belong to the very class object (from 3.15 on, two are shared by all)."""
    if type(value) is MemberDescriptorType:
        return value.__objclass__ is cls
    return type(value) is GetSetDescriptorType and key in ("__dict__", "__weakref__")


def _contents(cls: type) -> "dict[str, Any]":
    """What can be moved from one class to another."""
    return {
        key: value
        for key, value in namespace_of_class(cls).items()
        if key != "_abc_impl" and not _is_layout(cls, key, value)
    }


def _fill(cls: type, contents: "dict[str, Any]", order: list[str]) -> None:
    """Make `contents` what the class has, with its own descriptors among them in this `order`."""
    present = _contents(cls)
    for key in present.keys() - contents.keys():
        delete_member(cls, key)
    if present.get("__module__") is not contents.get("__module__"):
        # First, as setting it makes CPython 3.13 forget `__firstlineno__`.
        set_member(cls, "__module__", contents["__module__"])
    for key, value in contents.items():
        if namespace_of_class(cls).get(key, _EMPTY) is not value:
            set_member(cls, key, value)
    table = contents_of(cls)
    if list(table) != order and table.keys() == set(order):
        # It matters to those who read the order of definition.  No interrupt comes between the two calls in C.
        list(map(table.__setitem__, order, map(table.pop, order)))


def set_member(cls: type, key: str, value: object) -> None:
    if key in _ANNOTATIONS:
        contents_of(cls)[key] = value
    elif _is_answered_for(cls, key):
        contents_of(cls)[key] = value
        _forget_lookups(cls)
    else:
        type.__setattr__(cls, key, value)


def delete_member(cls: type, key: str) -> None:
    if key in _ANNOTATIONS:
        del contents_of(cls)[key]
    elif _is_answered_for(cls, key):
        del contents_of(cls)[key]
        _forget_lookups(cls)
    else:
        type.__delattr__(cls, key)


def _is_answered_for(cls: type, key: str) -> bool:
    """True if setting this attribute of the class sets something else than what its body binds to the name.

    `__class__`, `__name__`, `__dict__`, or a property of its metaclass: for instances, they may be anything.
    """
    for each in mro_of(type(cls)):
        found = namespace_of_class(each).get(key, _EMPTY)
        if each is type and key in _STORED:
            return False
        if found is not _EMPTY:
            return hasattr(type(found), "__set__") or hasattr(type(found), "__delete__")
    return False


def _forget_lookups(cls: type) -> None:
    """Have the interpreter look up attributes again, after its dict was changed behind its back."""
    type.__setattr__(cls, _SCRATCH, None)
    type.__delattr__(cls, _SCRATCH)


def contents_of(cls: type) -> "dict[str, Any]":
    """The very dict of a class, for what cannot be set through the class, and for the order of what it has."""
    (contents,) = gc.get_referents(namespace_of_class(cls))
    return contents  # type: ignore[no-any-return]


def cells_of(cls: type, variable: str, contents: object) -> list[CellType]:
    """The cells with `contents`, from which the methods of `cls` take the class body's `variable`.

    The methods of one class body share one, so the first method that shows it will do; if none does,
    it may be in what decorators have wrapped.
    """
    values = namespace_of_class(cls).values()
    for value in values:
        for function in _wrapped(value):
            if variable in function.__code__.co_freevars:
                cell = function.__closure__[function.__code__.co_freevars.index(variable)]  # type: ignore[index]
                if cell_contents(cell) is contents:
                    return [cell]
    found = []
    seen: set[int] = set()
    waiting: list[tuple[object, int]] = [(value, 0) for value in values]
    while waiting:
        value, depth = waiting.pop()
        if id(value) in seen:
            continue
        seen.add(id(value))
        if type(value) is CellType and cell_contents(value) is contents:
            found.append(value)
        elif depth < 8 and not (depth and (is_class(value) or issubclass(type(value), ModuleType))):
            skip = value.__globals__ if type(value) is FunctionType else None
            waiting += [
                (each, depth + 1)
                for each in gc.get_referents(value)
                if each is not skip and not is_plain(each) and type(each) is not CodeType
            ]
    return found


def _cells_with(cls: type) -> "Iterator[CellType]":
    """The cells from which what hooks have given to the class takes the class itself (`Protocol.__subclasshook__`)."""
    for value in namespace_of_class(cls).values():
        for function in _wrapped(value):
            for cell in function.__closure__ or ():
                if cell_contents(cell) is cls:
                    yield cell


def _wrapped(value: "Any") -> "Iterator[FunctionType]":
    """The functions in a class member of one of the usual kinds."""
    waiting = [value]
    for _ in range(8):
        if not waiting:
            return
        value = waiting.pop()
        kind = type(value)
        if kind is FunctionType:
            yield value
            waiting += [value.__dict__["__wrapped__"]] if "__wrapped__" in value.__dict__ else []
            waiting += [cell_contents(cell) for cell in value.__closure__ or ()]
        elif kind is staticmethod or kind is classmethod:
            waiting.append(value.__func__)
        elif kind is property:
            waiting += [value.fget, value.fset, value.fdel]


def cell_contents(cell: CellType) -> object:
    try:
        return cell.cell_contents
    except ValueError:
        return _EMPTY


# What isinstance and issubclass go by.


def _renew_registry(old: type, new: type, note: "Note") -> None:
    """Let an ABC forget what its own module registered with it, as that is going to do so again."""
    before, again = registered(old), registered(new)
    if not before and not again:
        return
    module = module_of_class(old)
    note(register, old, before)
    register(old, [cls for cls in before if module_of_class(cls) != module] + again)


def registered(cls: type) -> list[type]:
    references = sys.modules["_abc"]._get_dump(cls)[0]
    return [each for each in [reference() for reference in references] if each is not None]


def register(cls: type, subclasses: list[type]) -> None:
    abc = sys.modules["_abc"]
    abc._reset_registry(cls)
    for each in subclasses:
        abc._abc_register(cls, each)


def forget_checks() -> None:
    """Let every ABC forget what `isinstance` and `issubclass` have found out so far."""
    abc = sys.modules.get("_abc")
    if abc is None:
        return
    seen: set[int] = set()
    waiting: list[type] = [object]
    while waiting:
        cls = waiting.pop()
        if id(cls) not in seen:
            seen.add(id(cls))
            waiting += type.__subclasses__(cls)
            if "_abc_impl" in namespace_of_class(cls):
                abc._reset_caches(cls)


def forget_aliases() -> None:
    """Let `typing` make `Box[int]` anew, and see whether that fits what the class takes, as it keeps what it made."""
    typing = sys.modules.get("typing")
    for clear in typing.__dict__.get("_cleanups", ()) if typing is not None else ():
        clear()


# Enum members.


def _keep_members(cls: type, old: "dict[str, Any]", before: "dict[str, Any]", note: "Note") -> None:
    """Let the members that stay be the same objects."""
    namespace = namespace_of_class(cls)
    new = namespace["_member_map_"]
    values = namespace.get("_value2member_map_", {})
    data_type = namespace.get("_member_type_", object)
    kept: dict[int, Any] = {}
    for member in list(new.values()):
        if id(member) not in kept:
            kept[id(member)] = _keep_member(cls, old, member, data_type, note)
    for table in (new, values):
        for key, member in list(table.items()):
            table[key] = kept.get(id(member), member)
    for key, value in list(namespace.items()):
        if id(value) in kept and kept[id(value)] is not value:
            set_member(cls, key, kept[id(value)])
        else:  # enum.property: the member hides behind a descriptor
            attributes = instance_dict(value) if module_of_class(type(value)) == "enum" else None
            if attributes and id(attributes.get("member")) in kept:
                attributes["member"] = kept[id(attributes["member"])]
    _keep_combinations(cls, old, before.get("_value2member_map_"), values)


def _keep_member(cls: type, old: "dict[str, Any]", member: "Any", data_type: type, note: "Note") -> "Any":
    """The old member of the same name, with the attributes of the new one; the new one if there is none."""
    attributes = instance_dict(member)
    name = None if attributes is None else attributes.get("_name_")
    same = old.get(name)  # type: ignore[arg-type]
    mine = None if same is None else instance_dict(same)
    is_alias = mine is not None and mine.get("_name_") != name  # which may be a member by itself now
    if same is None or is_alias or type(same) is not cls or not _same_data(same, member, data_type):
        class_of.__set__(member, cls)
        if attributes is not None:
            attributes["__objclass__"] = cls
        return member
    if mine is not None and attributes is not None:
        note(_refill, mine, dict(mine))
        _refill(mine, attributes)
        mine["__objclass__"] = cls
    return same


def _refill(table: "dict[str, Any]", contents: "dict[str, Any]") -> None:
    table.clear()
    table.update(contents)


def _same_data(old: object, new: object, data_type: type) -> bool:
    """True if the object itself, apart from its attributes, may stand for the new member."""
    if data_type is object:
        return True
    if "__module__" in namespace_of_class(data_type):  # not one of the interpreter's own
        return instance_dict(old) is not None
    return data_type.__eq__(old, new) is True  # type: ignore[call-arg]


def _keep_combinations(cls: type, old: "dict[str, Any]", combined: object, values: "dict[Any, Any]") -> None:
    """Combinations of flags are made when they are first asked for, and are compared by identity."""
    mask = namespace_of_class(cls).get("_flag_mask_")
    if type(combined) is not dict or type(mask) is not int:
        return
    members = {id(member) for member in old.values()}
    for value, member in combined.items():
        if type(value) is int and value not in values and id(member) not in members and not value & ~mask:
            values[value] = member


# Functions.


def follow(old: FunctionType, new: "Callable[..., Any]", note: "Note", *, alone: bool = False) -> bool:
    """Make `old` run what `new` runs; True if it now equals `new` in all its parts, and may stand for it.

    If `new` has its variables not `alone`, `old` cannot share them, and calls it instead.
    """
    if type(new) is not FunctionType or not same_variables(old, new) or not (alone or _without_variables(new)):
        call_instead(old, new, note)
        return False
    note(_restore_function, old, _parts(old))
    old.__code__ = new.__code__
    for mine, its in zip(old.__closure__ or (), new.__closure__ or (), strict=True):
        contents = cell_contents(its)
        if contents is not _EMPTY and cell_contents(mine) is not contents:
            note(_set_cell, mine, cell_contents(mine))
            _set_cell(mine, contents)
    _restore_function(old, _parts(new))
    return True


def _without_variables(function: FunctionType) -> bool:
    return function.__code__.co_freevars in ((), ("__class__",))  # the kept class, for both


def same_variables(old: FunctionType, new: FunctionType) -> bool:
    """True if the code of `new` finds its variables in `old`: free ones, and globals, which cannot be exchanged."""
    return old.__globals__ is new.__globals__ and old.__code__.co_freevars == new.__code__.co_freevars


def follow_code(old: FunctionType, code: CodeType, note: "Note") -> bool:
    """Make `old`, one of many functions that were made from one definition, run the new code of it."""
    if old.__code__ is code:
        return True
    if old.__code__.co_freevars == code.co_freevars:
        note(_set_code, old, old.__code__)
        old.__code__ = code
        return True
    cells = dict(zip(old.__code__.co_freevars, old.__closure__ or (), strict=True))
    if any(name not in cells for name in code.co_freevars):
        return False  # nobody can say what the new free variable would have been
    closure = tuple(cells[name] for name in code.co_freevars)
    new = FunctionType(code, old.__globals__, old.__name__, old.__defaults__, closure)
    new.__kwdefaults__ = old.__kwdefaults__
    call_instead(old, new, note)
    return True


def _parts(function: FunctionType) -> "dict[str, Any]":
    parts: dict[str, Any] = {
        "__code__": function.__code__,
        "__defaults__": function.__defaults__,
        "__kwdefaults__": function.__kwdefaults__,
        "__name__": function.__name__,
        "__qualname__": function.__qualname__,
        "__module__": function.__module__,
        "__doc__": function.__doc__,
        "__dict__": dict(function.__dict__),
    }
    if sys.version_info >= (3, 12):
        parts["__type_params__"] = function.__type_params__
    # From 3.14 on annotations are evaluated when they are first asked for; nobody has asked here.
    annotate = getattr(function, "__annotate__", None)
    if annotate is not None:
        parts["__annotate__"] = annotate
    else:
        parts["__annotations__"] = function.__annotations__
    return parts


def _restore_function(function: FunctionType, parts: "dict[str, Any]") -> None:
    for name, value in parts.items():
        if name == "__code__" and len(value.co_freevars) != len(function.__closure__ or ()):
            continue
        if name == "__dict__":
            value = dict(value)
        setattr(function, name, value)


def _set_code(function: FunctionType, code: CodeType) -> None:
    function.__code__ = code


def _set_cell(cell: CellType, contents: object) -> None:
    if contents is _EMPTY:
        del cell.cell_contents
    else:
        cell.cell_contents = contents


def refer_to(function: FunctionType, kept: "dict[int, Any]") -> None:
    """Have the closure and the attributes of a function refer to the objects `kept`, {id: object}, for new ones."""
    for cell in function.__closure__ or ():
        contents = cell_contents(cell)
        if id(contents) in kept:
            _set_cell(cell, kept[id(contents)])
    for name, value in list(function.__dict__.items()):
        if id(value) in kept:
            function.__dict__[name] = kept[id(value)]


def rebinds(code: CodeType, variable: str) -> bool:
    """True if the function gives a free variable another value (`nonlocal`)."""
    opmap = bytecode.numbers()
    cells = [name for name in code.co_cellvars if name not in code.co_varnames]
    index = len(code.co_varnames) + len(cells) + code.co_freevars.index(variable)
    argument = 0
    for operation, low in zip(code.co_code[::2], code.co_code[1::2], strict=True):
        argument = argument << 8 | low
        if operation == opmap["EXTENDED_ARG"]:
            continue
        if argument == index and operation in (opmap["STORE_DEREF"], opmap["DELETE_DEREF"]):
            return True
        argument = 0
    return False


_TARGET = "livereload: the function to call"


def _call(*args: "Any", **kwargs: "Any") -> "Any":
    called_by_livereload = "livereload: the function to call"
    return called_by_livereload(*args, **kwargs)  # type: ignore[operator]


def call_instead(old: FunctionType, new: "Callable[..., Any]", note: "Note") -> None:
    """Make `old` call `new`, which Python does not let it be."""
    note(_restore_function, old, _parts(old))
    code = old.__code__
    constants = tuple(new if constant == _TARGET else constant for constant in _call.__code__.co_consts)
    old.__code__ = _call.__code__.replace(
        co_consts=constants,
        co_freevars=code.co_freevars,
        co_name=code.co_name,
        co_qualname=code.co_qualname,
        co_filename=code.co_filename,
        co_firstlineno=code.co_firstlineno,
    )
    old.__defaults__ = None
    old.__kwdefaults__ = None
    if type(new) is FunctionType:
        old.__doc__ = new.__doc__
        old.__dict__ = dict(new.__dict__)
    old.__dict__["__wrapped__"] = new


def called_instead(function: FunctionType) -> "Callable[..., Any] | None":
    """What `function` was made to call, if it was."""
    code = function.__code__
    if code.co_varnames != _call.__code__.co_varnames:
        return None
    target: Callable[..., Any] = code.co_consts[_call.__code__.co_consts.index(_TARGET)]
    return target


# functools.singledispatch.


def dispatch_registry(function: FunctionType) -> "dict[type, Any] | None":
    """{class: implementation} of a `functools.singledispatch` function; None if it is none."""
    if function.__code__.co_qualname != "singledispatch.<locals>.wrapper":
        return None
    register = function.__dict__.get("register")
    if type(register) is not FunctionType:
        return None
    cells = dict(zip(register.__code__.co_freevars, register.__closure__ or (), strict=True))
    registry = cell_contents(cells["registry"]) if "registry" in cells else None
    return registry if type(registry) is dict else None


def forget_dispatch(function: FunctionType) -> None:
    """Let a `functools.singledispatch` function look again for the implementation of each class."""
    clear = function.__dict__.get("_clear_cache")
    if clear is not None:
        clear()
