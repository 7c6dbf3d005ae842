"""The calls that one statement makes: what is called, and what it is given.

Knows instructions, of all supported versions.  Must not know modules: a name is a string here.

The statement's instructions are followed with a stack like the interpreter's.  Instead of objects it holds
where they come from: paths of names (`app.routes`), and the functions that the statement makes.
"""

import sys
from types import CodeType

from ..interpreter.bytecode import NAME_SHIFTS
from ..interpreter.instructions import numbers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Instruction = tuple[int, int, int]  # offset, opcode, argument
    Path = tuple[str, ...]  # ("app", "routes", "append") for app.routes.append


# What is called: what a path leads to, the result of calling that, or something that is taken from a result.
ITSELF, RESULT, OF_A_RESULT = range(3)
SUBSCRIPT = "[]"
# The path to what a class statement calls with the body of the class.
BUILD_CLASS = ("__build_class__",)


class Call:
    """One call: what is called, and what it is given.

    `app.on(f)` calls what the path ("app", "on") leads to itself, `app.on("x")(f)` its result, `app.get("x").on(f)`
    something of a result of ("app", "get").  The path is None where the callee is computed otherwise; it ends with
    SUBSCRIPT for `Annotated[int, f]`, which may look at what it is given, too.
    `made_by` is the call that has made the callee, if one has; `bound` are the names that the statement binds.
    It `is_lazy` if it is in an annotation that is evaluated when somebody asks (PEP 649).
    """

    __slots__ = ("bound", "callee", "codes", "decorates", "given", "is_lazy", "made_by", "path")

    def __init__(
        self,
        path: "Path | None",
        callee: int,
        given: "list[Path]",
        codes: list[CodeType],
        made_by: "Call | None" = None,
    ) -> None:
        self.path = path
        self.callee = callee
        self.made_by = made_by
        self.bound: list[str] = []
        self.is_lazy = False
        # it is given the function that the statement defines
        self.decorates = False
        # by arguments, and in containers among them
        self.given = given
        # functions that the statement makes
        self.codes = codes


class Calls:
    """All calls of a statement, in order, and the paths that operators (`a + b`) compute with."""

    __slots__ = ("computed", "made")

    def __init__(self) -> None:
        self.made: list[Call] = []
        self.computed: list[Path] = []


class _Value:
    """Something on the stack: what is loaded by a path, or else made of what such paths and codes lead to."""

    __slots__ = ("callee", "codes", "made_by", "origin", "paths")

    def __init__(
        self,
        paths: "Iterable[Path]" = (),
        codes: "Iterable[CodeType]" = (),
        *,
        origin: "Path | None" = None,
        callee: int = ITSELF,
        made_by: "Call | None" = None,
    ) -> None:
        self.paths = list(paths)
        self.codes = list(codes)
        # the path that leads to it, or to the function that has made it
        self.origin = origin
        self.callee = callee
        self.made_by = made_by


class _Unknown(Exception):
    """An instruction that is not followed: the statement jumps, or does more than compute values."""


def calls_of(code: CodeType, statement: "list[Instruction]") -> Calls | None:
    """The calls of a statement; None for one that does more than load, compute, call and store."""
    stack = _Stack(code)
    try:
        for _, opcode, argument in statement:
            stack.follow(_names()[opcode], argument)
    except (_Unknown, IndexError):
        return None
    return stack.calls


def annotation_calls(code: CodeType, instructions: "list[Instruction]") -> Calls | None:
    """The calls that evaluating annotations makes; `code` is that of an `__annotate__` function (PEP 649)."""
    begin = next((i + 1 for i, (_, opcode, _) in enumerate(instructions) if _names()[opcode] == "RAISE_VARARGS"), 0)
    stack = _Stack(code, are_annotations=True)
    try:
        for _, opcode, argument in instructions[begin:]:
            stack.follow(_names()[opcode], argument)
    except (_Unknown, IndexError):
        return None
    for call in stack.calls.made:
        call.is_lazy = True
    return stack.calls


class _Stack:
    def __init__(self, code: CodeType, *, are_annotations: bool = False) -> None:
        self._code = code
        self._are_annotations = are_annotations
        self._values: list[_Value] = []
        self.calls = Calls()

    def follow(self, name: str, argument: int) -> None:
        handler = _HANDLERS.get(name) or (_OF_ANNOTATIONS.get(name) if self._are_annotations else None)
        if handler is not None:
            handler(self, argument)
        elif name.startswith("BUILD_"):
            count = argument * 2 if name == "BUILD_MAP" else argument
            self._merge(count + (name == "BUILD_CONST_KEY_MAP"))
        elif name == "BINARY_SUBSCR" or (name == "BINARY_OP" and argument == _SUBSCRIPTS):
            self._subscript()
        elif name.startswith(_OPERATORS):
            for each in self._pop(1 if name.startswith(("UNARY_", "CONVERT_", "TO_")) else 2):
                self._compute(each)
            self._values.append(_Value())
        elif name not in _SILENT:
            raise _Unknown

    def _pop(self, count: int) -> list[_Value]:
        if count > len(self._values):
            raise _Unknown
        taken = self._values[len(self._values) - count :]
        del self._values[len(self._values) - count :]
        return taken

    def _compute(self, value: _Value) -> None:
        if value.codes:
            raise _Unknown
        self.calls.computed += value.paths

    def _merge(self, count: int) -> None:
        """A container is made of values, or one of them gets the others."""
        taken = self._pop(count)
        paths = [path for each in taken for path in each.paths]
        self._values.append(_Value(paths, [each for value in taken for each in value.codes]))

    def _subscript(self) -> None:
        container, index = self._pop(2)
        if container.origin is None or container.callee != ITSELF:
            self._compute(container)
            self._compute(index)
            self._values.append(_Value())
        else:
            self.calls.made.append(Call((*container.origin, SUBSCRIPT), ITSELF, index.paths, index.codes))
            self._values.append(_Value([*container.paths, *index.paths], index.codes))

    def _load_name(self, argument: int) -> None:
        self._values.append(_path((self._code.co_names[argument],)))

    def _load_global(self, argument: int) -> None:
        value = _path((self._code.co_names[argument >> 1],))
        null = [_Value()] if argument & 1 else []
        self._values += [*null, value] if _IS_NULL_FIRST else [value, *null]

    def _load_constant(self, argument: int) -> None:
        constant = self._code.co_consts[argument]
        self._values.append(_Value([], [constant] if type(constant) is CodeType else []))

    def _load_build_class(self, argument: int) -> None:
        self._values.append(_Value(origin=BUILD_CLASS))

    def _load_attribute(self, argument: int) -> None:
        shift = NAME_SHIFTS["LOAD_ATTR"]
        self._attribute(self._code.co_names[argument >> shift], is_method=bool(shift and argument & 1))

    def _load_method(self, argument: int) -> None:
        self._attribute(self._code.co_names[argument], is_method=True)

    def _attribute(self, name: str, *, is_method: bool) -> None:
        (value,) = self._pop(1)
        if value.origin is not None and value.callee == ITSELF:
            found = _path((*value.origin, name))
        else:
            found = _Value(value.paths, value.codes, origin=value.origin, callee=OF_A_RESULT, made_by=value.made_by)
            if value.made_by is None:
                self._compute(value)
        self._values += [found, _Value()] if is_method else [found]

    def _push(self, argument: int) -> None:
        self._values.append(_Value())

    def _drop(self, argument: int) -> None:
        self._pop(1)

    def _bind(self, argument: int) -> None:
        self._pop(1)
        for call in self.calls.made:
            call.bound.append(self._code.co_names[argument])

    def _copy(self, argument: int) -> None:
        self._values.append(self._values[-argument])

    def _swap(self, argument: int) -> None:
        values = self._values
        values[-argument], values[-1] = values[-1], values[-argument]

    def _put_into(self, argument: int) -> None:
        self._merge(2)

    def _make_function(self, argument: int) -> None:
        # Up to 3.12, flags tell what lies below the code: defaults, annotations, the closure.
        self._merge(1 + (argument.bit_count() if sys.version_info < (3, 13) else 0))

    def _call(self, argument: int) -> None:
        self._called(argument)

    def _call_with_names(self, argument: int) -> None:
        self._pop(1)
        self._called(argument)

    def _call_unpacked(self, argument: int) -> None:
        if argument & 1 or _ALWAYS_HAS_NAMES:
            self._merge(2)
        self._called(1)

    def _called(self, count: int) -> None:
        given = self._pop(count)
        callees = self._pop(2)
        callee = next((each for each in callees if each.origin is not None), None)
        # A decorator gets the function where a method has `self`.  What an expression gives, such as
        # `(lambda: f())()` or `table[key](f)`, is not told from that.
        given = [each for each in callees if each is not callee] + given
        paths = [path for each in given for path in each.paths]
        codes = [code for each in given for code in each.codes]
        call = Call(None, ITSELF, paths, codes)
        kind = RESULT
        if callee is not None:
            call = Call(callee.origin, callee.callee, paths, codes, callee.made_by)
            kind = RESULT if callee.callee == ITSELF else OF_A_RESULT
        self.calls.made.append(call)
        self._values.append(_Value(paths, codes, origin=call.path, callee=kind, made_by=call))

    def _load_from_mapping(self, argument: int) -> None:
        self._pop(1)
        self._load_name(argument)

    def _store_annotation(self, argument: int) -> None:
        self._pop(3)

    def _intrinsic(self, argument: int) -> None:
        if argument != _LIST_TO_TUPLE:
            raise _Unknown


def _path(path: "Path") -> _Value:
    return _Value([path], origin=path)


# Up to 3.12 LOAD_GLOBAL puts the NULL of a call below what it loads.
_IS_NULL_FIRST = sys.version_info < (3, 13)
# From 3.14 on CALL_FUNCTION_EX always has something for the keywords, perhaps NULL.
_ALWAYS_HAS_NAMES = sys.version_info >= (3, 14)

_LIST_TO_TUPLE = 6  # INTRINSIC_LIST_TO_TUPLE, 3.12 and later

_SUBSCRIPTS = 26  # NB_SUBSCR, 3.14 and later

_OPERATORS = ("BINARY_OP", "COMPARE_OP", "CONTAINS_OP", "IS_OP", "UNARY_", "CONVERT_VALUE")
_SILENT = frozenset((
    *("RESUME", "NOP", "NOT_TAKEN", "CACHE", "PRECALL", "KW_NAMES", "EXTENDED_ARG"),
    *("SETUP_ANNOTATIONS", "LIST_TO_TUPLE", "MAKE_CELL", "COPY_FREE_VARS"),
))  # fmt: skip

_HANDLERS: "dict[str, Callable[[_Stack, int], None]]" = {
    "LOAD_NAME": _Stack._load_name,
    "LOAD_GLOBAL": _Stack._load_global,
    "LOAD_CONST": _Stack._load_constant,
    "LOAD_BUILD_CLASS": _Stack._load_build_class,
    "LOAD_SMALL_INT": _Stack._push,
    "LOAD_COMMON_CONSTANT": _Stack._push,
    "LOAD_ATTR": _Stack._load_attribute,
    "LOAD_METHOD": _Stack._load_method,
    "PUSH_NULL": _Stack._push,
    "LOAD_LOCALS": _Stack._push,
    "LOAD_FAST": _Stack._push,
    "LOAD_FAST_BORROW": _Stack._push,
    "LOAD_DEREF": _Stack._push,
    "LOAD_CLOSURE": _Stack._push,
    "COPY": _Stack._copy,
    "SWAP": _Stack._swap,
    "LIST_EXTEND": _Stack._put_into,
    "LIST_APPEND": _Stack._put_into,
    "SET_UPDATE": _Stack._put_into,
    "SET_ADD": _Stack._put_into,
    "DICT_UPDATE": _Stack._put_into,
    "DICT_MERGE": _Stack._put_into,
    "MAKE_FUNCTION": _Stack._make_function,
    "SET_FUNCTION_ATTRIBUTE": _Stack._put_into,
    "CALL_INTRINSIC_1": _Stack._intrinsic,
    "CALL": _Stack._call,
    "CALL_KW": _Stack._call_with_names,
    "CALL_FUNCTION_EX": _Stack._call_unpacked,
    "STORE_NAME": _Stack._bind,
    "STORE_GLOBAL": _Stack._bind,
    "STORE_DEREF": _Stack._drop,
    "POP_TOP": _Stack._drop,
}

_OF_ANNOTATIONS: "dict[str, Callable[[_Stack, int], None]]" = {
    "LOAD_FROM_DICT_OR_GLOBALS": _Stack._load_from_mapping,
    "STORE_SUBSCR": _Stack._store_annotation,
    "POP_JUMP_IF_FALSE": _Stack._drop,
    "RETURN_VALUE": _Stack._drop,
}

_by_number: dict[int, str] = {}


def _names() -> dict[int, str]:
    if not _by_number:
        _by_number.update({number: name for name, number in numbers().items()})
    return _by_number
