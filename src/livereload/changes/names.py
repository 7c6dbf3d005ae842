"""The names that code reads, binds and stores into.

Knows code objects.  Must not know modules: a name is a string here.
"""

import itertools
from types import CodeType

from ..interpreter.bytecode import is_function
from ..interpreter.instructions import ATTRIBUTE_SHIFT, all_of, contains, instructions, numbers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..interpreter.instructions import Instruction


# Names in code that sees all attributes of an object.
DYNAMIC = frozenset(("getattr", "vars", "dir", "__dict__", "getmembers", "methodcaller", "attrgetter", "__getattr__"))


def named_in(names: "Iterable[str]") -> "frozenset[str] | None":
    """The names by which code may find something, if it has these; None for any."""
    found = frozenset(names)
    return found if DYNAMIC.isdisjoint(found) else None


def names_in(code: "CodeType") -> "Iterator[str]":
    """All names of globals and attributes in a code object and those in it."""
    yield from code.co_names
    for constant in code.co_consts:
        if type(constant) is CodeType:
            yield from names_in(constant)


def names_read(code: "CodeType") -> frozenset[str]:
    """The names of globals and attributes that code, or code in it, loads, but for those that it only puts into.

    What `handlers.append(f)`, `table[key] = f` and `key in table` load, they do not look into.
    """
    known = _read.get(id(code))
    if known is None or known[0] is not code:
        found = {name for name, is_put_into, _ in names_loaded(code) if not is_put_into}
        for constant in code.co_consts:
            if type(constant) is CodeType:
                found |= names_read(constant)
        if len(_read) > _MOST_KNOWN:
            _read.clear()
        known = _read[id(code)] = (code, frozenset(found))
    return known[1]


# {id: (code, names)}; the reference keeps the id valid
_read: dict[int, tuple[CodeType, frozenset[str]]] = {}
_MOST_KNOWN = 10_000


def level_names(code: "CodeType") -> "Iterator[tuple[str, str | None]]":
    """The names that are read in what runs when a module is executed: its level, and the bodies of its classes.

    Each with the name of what it is an attribute of, if it is one of a name.
    """
    for name, is_put_into, of in names_loaded(code):
        if not is_put_into:
            yield name, of or None
    for constant in code.co_consts:
        if type(constant) is CodeType and not is_function(constant):
            yield from level_names(constant)


def names_loaded(code: "CodeType") -> "Iterator[tuple[str, bool, str | None]]":
    """Each name that code loads, without code in it, whether what it stands for is only put into, and of what.

    The last is the name of what an attribute is loaded from, "" if that is no name, and None if this is no attribute.
    """
    op = numbers()
    shifts = {op[name]: shift for name, shift in _LOADING.items() if name in op}
    skipped = (op["PUSH_NULL"], op.get("PRECALL"))
    attributes = (op["LOAD_ATTR"], op.get("LOAD_METHOD"), op.get("LOAD_SUPER_ATTR"))
    names = (op["LOAD_NAME"], op["LOAD_GLOBAL"])
    found = [each for each in instructions(code) if each[1] not in skipped]
    for index, (_, opcode, argument) in enumerate(found):
        if opcode in shifts:
            name = code.co_names[argument >> shifts[opcode]]
            of = None
            if opcode in attributes:
                _, before, owner = found[index - 1]
                of = code.co_names[owner >> shifts[before]] if before in names else ""
            yield name, _is_put_into(code, found, index + 1, shifts), of


_LOADING = {
    "LOAD_NAME": 0,
    "LOAD_GLOBAL": 1,
    "LOAD_ATTR": ATTRIBUTE_SHIFT,
    "LOAD_METHOD": 0,
    "LOAD_FROM_DICT_OR_GLOBALS": 0,
    "LOAD_SUPER_ATTR": 2,
    "IMPORT_FROM": 0,
}


def _is_put_into(code: "CodeType", found: "list[Instruction]", index: int, shifts: dict[int, int]) -> bool:
    """True if what has been loaded just before is put into, or asked whether it has something."""
    op = numbers()
    while index + 1 < len(found) and found[index][1] in all_of("LOAD_FAST", "LOAD_DEREF", "LOAD_CONST", "LOAD_NAME"):
        if found[index + 1][1] not in (op.get("BINARY_SUBSCR"), op["BINARY_OP"]):
            break
        index += 2  # hooks[name].append(f)
    if index < len(found) and found[index][1] in (op["LOAD_ATTR"], op.get("LOAD_METHOD")):
        return code.co_names[found[index][2] >> shifts[found[index][1]]] in PUTTING
    for _, opcode, _ in found[index : index + 6]:
        if opcode == op["STORE_SUBSCR"] or opcode == op["CONTAINS_OP"]:
            return True
        if opcode not in all_of("LOAD_"):
            return False
    return False


def loads_in(code: "CodeType") -> "Iterator[tuple[str, str | None]]":
    """What a code object and those in it load of the module's names: ("util", "f") for util.f, ("f", None) for f."""
    op = numbers()
    loading = [op.get(name) for name in ("LOAD_NAME", "LOAD_GLOBAL", "LOAD_FROM_DICT_OR_GLOBALS")]
    for (_, opcode, argument), (_, following, attribute) in itertools.pairwise(instructions(code)):
        if opcode in loading:
            name = code.co_names[argument >> (opcode == op["LOAD_GLOBAL"])]
            if following == op["LOAD_ATTR"]:
                yield name, code.co_names[attribute >> ATTRIBUTE_SHIFT]
            elif following == op.get("LOAD_METHOD"):
                yield name, code.co_names[attribute]
            else:
                yield name, None
    for constant in code.co_consts:
        if type(constant) is CodeType:
            yield from loads_in(constant)


def global_stores(code: "CodeType") -> "Iterator[str]":
    """The module's names that a function binds anew."""
    if contains(code, "STORE_GLOBAL"):
        for _, opcode, argument in instructions(code):
            if opcode == numbers()["STORE_GLOBAL"]:
                yield code.co_names[argument]
    for constant in code.co_consts:
        if type(constant) is CodeType:
            yield from global_stores(constant)


def attribute_stores(code: "CodeType") -> "Iterator[str]":
    """The attributes that code, or a function in it, binds of anything but an instance's own; "*" for any."""
    op = numbers()
    if contains(code, "STORE_ATTR") or "setattr" in code.co_names:
        found = [each for each in instructions(code) if each[1] != op["PUSH_NULL"]]
        for (_, before, target), (_, opcode, argument) in itertools.pairwise(found):
            if opcode == op["STORE_ATTR"]:
                if _parameter(code, before, target) != "self":
                    yield code.co_names[argument]
            elif before in (op["LOAD_GLOBAL"], op["LOAD_NAME"]):
                name = code.co_names[target >> (before == op["LOAD_GLOBAL"])]
                if name == "setattr" and _parameter(code, opcode, argument, first=True) != "self":
                    yield "*"
    for constant in code.co_consts:
        if type(constant) is CodeType:
            yield from attribute_stores(constant)


def attribute_targets(code: "CodeType", *, functions: bool = True) -> "Iterator[tuple[str, ...]]":
    """What code binds attributes of, by global names: ("util", "Base") for `util.Base.x = 1` or `del` of it.

    With what classes in it do, and (optionally) functions.
    """
    op = numbers()
    if contains(code, "STORE_ATTR") or contains(code, "DELETE_ATTR") or not _SETTING.isdisjoint(code.co_names):
        found = [each for each in instructions(code) if each[1] != op["PUSH_NULL"]]
        for i, (_, opcode, _) in enumerate(found):
            if opcode in (op["STORE_ATTR"], op["DELETE_ATTR"]):
                first = i - 1
                while first > 0 and found[first][1] == op["LOAD_ATTR"]:
                    first -= 1
                yield from _path(code, found, first)
            elif any(path[0] in _SETTING for path in _path(code, found, i)):
                yield from _path(code, found, i + 1)
    for constant in code.co_consts:
        if type(constant) is CodeType and (functions or not is_function(constant)):
            yield from attribute_targets(constant, functions=functions)


_SETTING = frozenset(("setattr", "delattr"))


def _path(code: "CodeType", found: "list[Instruction]", index: int) -> "Iterator[tuple[str, ...]]":
    """The global name, and the attributes of it, that the instructions from there on load."""
    op = numbers()
    _, opcode, argument = found[index]
    if opcode in (op["LOAD_GLOBAL"], op["LOAD_NAME"]):
        path = [code.co_names[argument >> (opcode == op["LOAD_GLOBAL"])]]
        while found[index + 1][1] == op["LOAD_ATTR"]:
            index += 1
            path.append(code.co_names[found[index][2] >> ATTRIBUTE_SHIFT])
        yield tuple(path)


def attribute_owners(code: "CodeType") -> "Iterator[str]":
    """What a function binds attributes of: "cls" for its class, or the global names of others."""
    op = numbers()
    found = instructions(code) if contains(code, "STORE_ATTR") else []
    for (_, before, target), (_, opcode, _) in itertools.pairwise(found):
        if opcode == op["STORE_ATTR"]:
            if before == op["LOAD_GLOBAL"]:
                yield code.co_names[target >> 1]
            elif _parameter(code, before, target) == "cls":
                yield "cls"


def _parameter(code: "CodeType", opcode: int, argument: int, *, first: bool = False) -> str:
    """The name of the first parameter, if an instruction loads that (as the `first` or the last of two)."""
    if opcode not in all_of("LOAD_FAST"):
        return ""
    if opcode in _pairs():
        argument = argument >> 4 if first else argument & 15
    return code.co_varnames[0] if argument == 0 and code.co_argcount else ""


def _pairs() -> "list[int | None]":
    return [numbers().get(name) for name in ("LOAD_FAST_LOAD_FAST", "LOAD_FAST_BORROW_LOAD_FAST_BORROW")]


# Methods that put something into a container.
PUTTING = frozenset(("add", "append", "appendleft", "extend", "insert", "put", "setdefault", "update"))


def containers_stored_into(code: "CodeType", *, inner: bool = False) -> "Iterator[str]":
    """The names of globals (or of attributes, `inner`) that a function may put something into."""
    names = set(names_in(code))
    subscripts = _stores_subscripts(code)
    if not subscripts and PUTTING.isdisjoint(names):
        return
    if inner:
        yield from names
        return
    for name, attribute in loads_in(code):
        if attribute in PUTTING or (attribute is None and subscripts):
            yield name


def _stores_subscripts(code: "CodeType") -> bool:
    inner = (constant for constant in code.co_consts if type(constant) is CodeType)
    return contains(code, "STORE_SUBSCR") or any(map(_stores_subscripts, inner))


def dotted(constants: "tuple[object, ...]") -> "Iterator[str]":
    """What among constants looks like the dotted name of something in a module: "util.f" or "util:f"."""
    for each in constants:
        if type(each) is tuple:
            yield from dotted(each)
        elif type(each) is str and ("." in each or ":" in each):
            name = each.replace(":", ".")
            if all(part.isidentifier() for part in name.split(".")):
                yield name


def names_in_annotation(annotation: str) -> "Iterator[tuple[str, str | None]]":
    """("util", "Cart") and ("list", None) for "list[util.Cart]"."""
    for path in "".join(char if char.isalnum() or char in "._" else " " for char in annotation).split():
        first, _, rest = path.partition(".")
        if first.isidentifier():
            yield first, rest.partition(".")[0] or None


def paths_in(code: "CodeType", statement: "list[Instruction]") -> "Iterator[tuple[str, ...]]":
    """Each name that a statement loads, with the attributes of it: ("app", "routes", "append")."""
    op = numbers()
    path: tuple[str, ...] = ()
    for _, opcode, argument in statement:
        if opcode == op["LOAD_ATTR"] and path:
            path = (*path, code.co_names[argument >> ATTRIBUTE_SHIFT])
        elif opcode == op.get("LOAD_METHOD") and path:
            path = (*path, code.co_names[argument])
        else:
            if path:
                yield path
            path = ()
            if opcode in (op["LOAD_NAME"], op["LOAD_GLOBAL"]):
                path = (code.co_names[argument >> (opcode == op["LOAD_GLOBAL"])],)
    if path:
        yield path
