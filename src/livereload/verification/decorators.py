"""What is given a function only to keep it, and what may call it at once.

Knows which callables register, wrap or decorate.  Must not know modules or what has changed.

A function that is given to a decorator or a call (`@app.route("/")`, `atexit.register(f)`) runs the new
body wherever it is kept.  Only what calls it at once has computed something with the old one.

What the standard library does is known from a table, and the user's own code is read.  An installed library
may do either; where it matters, `kept` looks whether somebody has kept the function.
"""

import gc
import sys
from _weakref import getweakrefcount
from types import BuiltinFunctionType, CodeType, FrameType, FunctionType, MethodType, ModuleType

from ..changes.bindings import OF_A_PROPERTY
from ..changes.calls import OF_A_RESULT, SUBSCRIPT
from ..changes.names import PUTTING
from ..identity.namespace_paths import PARTIAL
from ..identity.object_model import (
    instance_dict,
    is_class,
    module_of_class,
    mro_of,
    namespace_of,
    namespace_of_class,
    qualname_of,
)
from ..interpreter.bytecode import is_function
from ..interpreter.function_defaults import all_parameters
from ..interpreter.instructions import ATTRIBUTE_SHIFT, Instruction, instructions, numbers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from typing import Any

    from ..changes.calls import Call

    Namespace = dict[str, Any]

# Installed packages whose decorators compile or inspect the code of what they get.
_COMPILING = frozenset(
    ("numba", "torch", "jax", "tensorflow", "typeguard", "beartype", "taichi", "triton", "cython", "pythran", "cffi")
)

# Of the standard library, what keeps what it is given.  All else may call it: map, sorted, reduce, re.sub …
_KEEPING = {
    "builtins": (
        *("str", "int", "float", "bool", "bytes", "complex", "object", "dict", "set", "frozenset", "type"),
        "property",
        "staticmethod",
        "classmethod",
        "list",
        "tuple",
        "super",
        "isinstance",
        "issubclass",
        "id",
        "__getitem__",
        "__class_getitem__",
        "ReferenceType",
    ),
    "_functools": ("partial", "_lru_cache_wrapper", "partial.__new__"),
    "functools": (
        *("lru_cache", "cache", "cached_property", "wraps", "update_wrapper", "singledispatch", "total_ordering"),
        *("partial", "partialmethod", "singledispatchmethod", "_lru_cache_wrapper", "register"),
    ),
    "contextlib": ("contextmanager", "asynccontextmanager", "ContextDecorator"),
    "abc": ("abstractmethod", "ABC"),
    "_abc": ("_abc_register",),
    "dataclasses": ("dataclass", "field"),
    "typing": (
        *("overload", "final", "override", "runtime_checkable", "no_type_check", "cast", "NewType", "TypeVar"),
        *("dataclass_transform", "assert_type", "Annotated", "__getitem__", "__class_getitem__"),
    ),
    "enum": ("unique", "member", "nonmember", "property", "global_enum"),
    "atexit": ("register",),
    "signal": ("signal",),
    "_signal": ("signal",),
    "threading": ("Thread", "Timer"),
    "weakref": ("ref", "ReferenceType", "finalize", "WeakMethod", "proxy"),
    "codecs": ("register", "register_error"),
    "_codecs": ("register", "register_error"),
    "copyreg": ("pickle", "constructor"),
    "logging": ("addFilter", "addHandler", "setLogRecordFactory", "setLoggerClass"),
    "unittest": ("skip", "skipIf", "expectedFailure"),
    "warnings": ("deprecated",),
    "types": ("MethodType", "SimpleNamespace", "coroutine"),
    "collections": ("OrderedDict", "deque"),  # a defaultdict calls its factory for any key that is missing
    "contextvars": ("ContextVar", "set"),
    "asyncio": ("create_task", "run_coroutine_threadsafe", "call_soon", "call_later"),
}

# What functions may do with a parameter without calling it.
_LOOKING = frozenset((
    *("wraps", "update_wrapper", "isinstance", "issubclass", "callable", "getattr", "hasattr", "setattr", "id", "type"),
    *("iscoroutinefunction", "isfunction", "isclass", "partial", "repr", "str", "len", "hash", "signature", "register"),
))  # fmt: skip


# What a callee does with a function that it is given.
CALLS, MAY_CALL, KEEPS = range(3)


def attitude(namespace: "Namespace", call: "Call", is_tracked: "Callable[[str], bool]") -> int:
    """CALLS if what is called may call at once what it is given, KEEPS if it does not, MAY_CALL if it is installed."""
    if call.path is None:
        return CALLS
    found = keeps_at(namespace, call.path, is_tracked)
    return CALLS if call.callee == OF_A_RESULT and found == KEEPS else found


def keeps_at(namespace: "Namespace", path: tuple[str, ...], is_tracked: "Callable[[str], bool]") -> int:
    """`keeps` of what a path of attributes leads to: ("app", "routes", "append")."""
    if path and path[-1] == SUBSCRIPT:
        value = _reached(namespace, path[:-1])
        return _method_keeps(value, "__class_getitem__" if is_class(value) else "__getitem__", is_tracked)
    if len(path) <= 2:
        return keeps(namespace, path[0], path[1] if len(path) > 1 else None, is_tracked) if path else CALLS
    value = _reached(namespace, path[:-1])
    if value is None:
        return KEEPS if path[-1] in PUTTING else CALLS
    return keeps({"": value}, "", path[-1], is_tracked)


def _reached(namespace: "Namespace", path: tuple[str, ...]) -> "Any":
    """What a path of attributes leads to; None if it cannot be told without running something."""
    value: Any = namespace.get(path[0], (namespace_of(sys.modules["builtins"]) or {}).get(path[0]))
    for each in path[1:]:
        value = (namespace_of(value) or instance_dict(value) or {}).get(each)
    return value


def keeps(namespace: "Namespace", name: str, attribute: str | None, is_tracked: "Callable[[str], bool]") -> int:
    """What is done with a function by what is loaded by this name in a module, or by an attribute of it.

    `is_tracked` tells of the name of a module whether its source may be read.
    """
    if attribute in OF_A_PROPERTY and name not in namespace:
        return KEEPS
    builtins = namespace_of(sys.modules["builtins"]) or {}
    value = namespace.get(name, builtins.get(name))
    if value is None:
        return KEEPS if attribute in PUTTING else CALLS
    if attribute is None:
        return _keeps(value, is_tracked)
    if issubclass(type(value), ModuleType):
        member = (namespace_of(value) or {}).get(attribute)
        return CALLS if member is None else _keeps(member, is_tracked)
    if type(value) is FunctionType and attribute in value.__dict__:  # show.register of `functools.singledispatch`
        return _keeps(value.__dict__[attribute], is_tracked)
    return _method_keeps(value, attribute, is_tracked)


def _keeps(value: "Any", is_tracked: "Callable[[str], bool]") -> int:
    while type(value) is MethodType or type(value) is PARTIAL:
        value = value.__func__ if type(value) is MethodType else value.func
    if type(value) is FunctionType:
        home = value.__globals__.get("__name__")
        if type(home) is str and is_tracked(home):
            return CALLS if calls_what_it_gets(value.__code__) else KEEPS
        return _known(value.__module__, value.__name__)
    if type(value) is BuiltinFunctionType:
        return KEEPS if value.__name__ in PUTTING else _known(value.__module__, value.__name__)
    if is_class(value):
        return _class_keeps(value, is_tracked)
    return _method_keeps(value, "__call__", is_tracked)


def _class_keeps(cls: type, is_tracked: "Callable[[str], bool]") -> int:
    module = module_of_class(cls)
    if module is None or not is_tracked(module):
        return _known("builtins" if module is None else module, qualname_of(cls))
    makers = [namespace_of_class(each).get(name) for each in mro_of(cls) for name in ("__init__", "__new__")]
    calls = any(calls_what_it_gets(each.__code__, methods=True) for each in makers if type(each) is FunctionType)
    return CALLS if calls else KEEPS


def _method_keeps(value: "Any", name: str, is_tracked: "Callable[[str], bool]") -> int:
    """What a method of an instance, or of a class, does with a function that it is given."""
    for cls in mro_of(value) if is_class(value) else mro_of(type(value)):
        if name not in namespace_of_class(cls):
            continue
        module = module_of_class(cls)
        if module is None or not is_tracked(module):
            return KEEPS if name in PUTTING else _known("builtins" if module is None else module, name)
        member = namespace_of_class(cls)[name]
        member = member.__func__ if type(member) is staticmethod or type(member) is classmethod else member
        reads = type(member) is FunctionType and not calls_what_it_gets(member.__code__, methods=True)
        return KEEPS if reads else CALLS
    if name != "__call__" and name in (instance_dict(value) or {}):
        return _keeps((instance_dict(value) or {})[name], is_tracked)
    home = module_of_class(value if is_class(value) else type(value)) or "builtins"
    return CALLS if is_tracked(home) else _known(home, "")


def _known(module: object, name: str) -> int:
    """What a callable does that is not the user's own."""
    if type(module) is not str:
        return CALLS
    top = module.partition(".")[0]
    if top in sys.stdlib_module_names:
        return KEEPS if name in _KEEPING.get(module, ()) or name in _KEEPING.get(top, ()) else CALLS
    return CALLS if top in _COMPILING else MAY_CALL


# Evidence.


def kept(function: FunctionType, beside: "Collection[int]" = ()) -> bool:
    """True if somebody has kept a function: not only modules and classes refer to it, by its names in them.

    Whoever calls a function at once lets go of it; whoever keeps it calls it later.  `beside` are the ids of
    containers that do not count.
    """
    if getweakrefcount(function):
        return True
    for each in gc.get_referrers(function):
        if id(each) in beside or type(each) is FrameType:
            continue
        if type(each) is not dict or not ("__name__" in each or "__module__" in each):
            return True
    return False


def leads_to(value: object, target: object) -> bool:
    """True if a value refers to a target, directly or through what it has; code and modules are not followed."""
    waiting, seen = [value], {id(value)}
    for each in waiting:  # it grows
        if each is target:
            return True
        if len(waiting) > _MOST:
            return False
        kind = type(each)
        if kind is FunctionType or issubclass(kind, ModuleType) or (is_class(each) and each is not value):
            continue
        for referent in gc.get_referents(each):
            if id(referent) not in seen and not (type(referent) is dict and "__builtins__" in referent):
                seen.add(id(referent))
                waiting.append(referent)
    return False


_MOST = 2_000


def calls_what_it_gets(code: CodeType, *, methods: bool = False) -> bool:
    """True if a function may call what it is given, or a function that it returns (a decorator with arguments) may.

    `methods` says that the first parameter is the instance.
    """
    if _uses_a_parameter(code, _parameters(code, methods), _is_harmless):
        return True
    inner = [each for each in code.co_consts if type(each) is CodeType and is_function(each)]
    outer = _parameters(code, methods)
    return any(
        _uses_a_parameter(each, _parameters(each, False), _is_harmless)
        for each in inner
        if not _uses_a_parameter(each, outer.intersection(each.co_freevars), _is_no_callee)  # a wrapper: runs later
    )


def _parameters(code: CodeType, methods: bool) -> set[str]:
    return set(all_parameters(code)[int(methods) :])


def _uses_a_parameter(
    code: CodeType, names: set[str], is_harmless: "Callable[[CodeType, list[Instruction], int], bool]"
) -> bool:
    """True if one of the variables is loaded for something that is not harmless."""
    if code.co_flags & 0x2A0 or not names:  # generators and coroutines: nothing of them has run when they are made
        return False
    found = [each for each in instructions(code) if each[1] not in _silent()]
    return any(
        not is_harmless(code, found, index + 1)
        for index, instruction in enumerate(found)
        for name in _loaded(code, instruction)
        if name in names
    )


def _silent() -> "list[int | None]":
    return [numbers().get(each) for each in ("PUSH_NULL", "RESUME", "NOP", "PRECALL", "COPY_FREE_VARS", "MAKE_CELL")]


def _loaded(code: CodeType, instruction: "Instruction") -> "Iterator[str]":
    """The variables of a function that an instruction loads."""
    _, opcode, argument = instruction
    name = _name_of(opcode)
    variables = (*code.co_varnames, *(each for each in code.co_cellvars if each not in code.co_varnames))
    variables += code.co_freevars
    if name in ("LOAD_FAST", "LOAD_FAST_CHECK", "LOAD_FAST_BORROW", "LOAD_DEREF") and argument < len(variables):
        yield variables[argument]
    elif name in ("LOAD_FAST_LOAD_FAST", "LOAD_FAST_BORROW_LOAD_FAST_BORROW"):
        yield variables[argument >> 4]
        yield variables[argument & 15]
    elif name == "STORE_FAST_LOAD_FAST":
        yield variables[argument & 15]


_names: dict[int, str] = {}


def _name_of(opcode: int) -> str:
    if not _names:
        _names.update({number: name for name, number in numbers().items()})
    return _names.get(opcode, "")


def _is_harmless(code: CodeType, found: "list[Instruction]", index: int) -> bool:
    """True if what has been loaded just before `index` is returned, looked at or put into a container."""
    loads = 0
    for _, opcode, argument in found[index:]:
        name = _name_of(opcode)
        if name.startswith(("RETURN", "STORE_ATTR", "STORE_SUBSCR", "POP_JUMP", "TO_BOOL", "IS_OP", "COMPARE_OP")):
            return True
        if name == "MAKE_FUNCTION":  # it is in the closure of what is made
            return True
        if name in ("LOAD_ATTR", "LOAD_METHOD"):
            if loads == 0:  # f.__name__ is harmless
                return code.co_names[argument >> (ATTRIBUTE_SHIFT if name == "LOAD_ATTR" else 0)] != "__code__"
        elif name.startswith("BUILD_"):
            loads = max(0, loads + 1 - argument)  # it is in the container now
        elif name.startswith("CALL"):
            return loads < argument and _is_called_by_a_keeper(code, found, index)
        elif name.startswith("LOAD"):
            loads += 2 if name.count("LOAD_FAST") == 2 else 1
        elif name not in ("COPY", "KW_NAMES"):
            return False
    return False


def _is_no_callee(code: CodeType, found: "list[Instruction]", index: int) -> bool:
    """False if what has been loaded just before `index` is called with what is loaded after it."""
    loads = 0
    for _, opcode, argument in found[index:]:
        name = _name_of(opcode)
        if name.startswith("CALL"):
            return not (name == "CALL_FUNCTION_EX" or loads >= argument)
        if name in ("LOAD_ATTR", "LOAD_METHOD") and loads == 0:
            return True
        if name.startswith("LOAD"):
            loads += 2 if name.count("LOAD_FAST") == 2 else 1
        elif not name.startswith(("BUILD_", "DICT_MERGE", "KW_NAMES", "COPY", "LIST_EXTEND")):
            return True
    return True


def _is_called_by_a_keeper(code: CodeType, found: "list[Instruction]", index: int) -> bool:
    """True if the nearest thing loaded before that is called has the name of something that keeps what it gets."""
    for at in range(index - 2, max(index - 10, -1), -1):
        _, opcode, argument = found[at]
        name = _name_of(opcode)
        if not name.startswith("LOAD"):
            return False
        if name == "LOAD_GLOBAL" and code.co_names[argument >> 1] in _LOOKING:
            return True
        if name == "LOAD_METHOD" and code.co_names[argument] in PUTTING | _LOOKING:
            return True
        if name == "LOAD_ATTR" and code.co_names[argument >> ATTRIBUTE_SHIFT] in PUTTING | _LOOKING:
            return True
    return False
