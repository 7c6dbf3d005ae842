"""What a module's code does with names while it is executed, read from its code object.

Knows bytecode, of all supported versions.  Must not know modules or files: a name is a string here.

Executing a module's code runs the module level and the bodies of classes.  The functions that it
defines are *dormant*: made and stored, not run, unless something reads the name that they are stored
by, and so may call them.  What is read on the way is used in one of four strengths: an annotation
*mentions* a class, a statement that runs nothing (a table of functions) *passes* what it reads, a class
statement *derives* from a class, and everything else *uses* what it reads.

All doubts are resolved in one direction: more is used, and fewer things are the same.
"""

import itertools
import sys
from _operator import attrgetter
from types import CodeType

from ..interpreter.bytecode import handled, is_function, numbers
from .calls import BUILD_CLASS, ITSELF, annotation_calls, calls_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from .calls import Call

    # ("util", "f") for util.f, ("f", None) for f; how strongly it is used
    Load = tuple[str, str | None]
    Loads = dict[Load, int]

Instruction = tuple[int, int, int]  # offset, opcode, argument

MENTIONED, PASSED, DERIVED, USED = range(4)

# Those that see the text of the source, or where in it something stands.
_TEXT = frozenset(("_getframe", "currentframe", "stack", "extract_stack", "getsource", "getsourcelines"))
# What sees more than names tell.
OPAQUE = _TEXT | frozenset((
    *("eval", "exec", "globals", "locals", "vars", "dir"),
    *("__import__", "import_module", "modules", "find_spec", "reload"),
    *("__subclasses__", "get_objects", "get_referrers", "get_referents", "walk_packages", "iter_modules"),
))  # fmt: skip

# What lists a folder.
LISTING = frozenset(("iter_modules", "walk_packages", "listdir", "scandir", "iterdir", "glob", "iglob", "rglob"))

# Decorators that a property makes of itself; they do not call the functions that it has already.
OF_A_PROPERTY = ("getter", "setter", "deleter")

_ANNOTATED = 4  # MAKE_FUNCTION, SET_FUNCTION_ATTRIBUTE
_ATTRIBUTE_SHIFT = 1 if sys.version_info >= (3, 12) else 0
_LAZY = 3 if sys.version_info >= (3, 15) else 0  # the bits of PEP 810 in the argument of IMPORT_NAME
_NAME_SHIFT = 2 if sys.version_info >= (3, 15) else 0


class Binding:
    """What one statement binds a name to.

    `kind` is "def", "class", "import", "constant" or "other"; `body` is the code of a function or
    class; `loads` is what evaluating the statement reads.  The statement itself is a `chunk` of `code`.
    """

    __slots__ = ("body", "chunk", "code", "kind", "loads")

    def __init__(
        self,
        kind: str,
        loads: "Loads",
        code: "CodeType | None" = None,
        chunk: "list[Instruction] | None" = None,
        body: "CodeType | None" = None,
    ) -> None:
        self.kind = kind
        self.loads = loads
        self.code = code
        self.chunk = chunk
        self.body = body

    def is_same(self, other: "Binding", *, functions: bool) -> bool:
        """True if the other statement does the same, in the bodies of (a class's) `functions`, too."""
        if self.kind != other.kind or self.code is None or other.code is None:
            return False
        if _statement(self.code, self.chunk or []) != _statement(other.code, other.chunk or []):
            return False
        if self.body is None or other.body is None:
            return self.body is other.body
        functions = functions or self.kind == "def"
        return alike(self.body, other.body, functions=functions)


class Import:
    """One import statement at module level.

    `module` with `level` leading dots, {name bound to: name} of a from-list (None: a plain import,
    which binds `bound`), and the offset of its instruction.
    It is `plain` if it is executed as it stands: neither lazy (PEP 810) nor in a `try` or `with`, where an error
    might be caught.
    """

    __slots__ = ("bound", "level", "module", "names", "offset", "plain")

    def __init__(self, module: str, level: int, names: "dict[str, str] | None", offset: int, plain: bool) -> None:
        self.module = module
        self.level = level
        self.names = names
        self.bound: str | None = None
        self.offset = offset
        self.plain = plain


class Uses:
    """What executing one module's code does with names."""

    __slots__ = (
        *(
            "_level_names",
            "_level_set",
            "bindings",
            "called_codes",
            "classes",
            "code",
            "decorated",
            "doing",
            "dormant",
            "effects",
            "given",
            "handed",
            "read",
            "imports",
            "lists",
            "loads",
        ),
        *("nested_imports", "opaque", "passed", "sees_text", "strings", "targets"),
    )

    def __init__(self, code: "CodeType") -> None:
        self.code = code
        # {"total": Binding}; a name that is bound twice is bound to something "other"
        self.bindings: dict[str, Binding] = {}
        self.loads: Loads = {}
        # {"total": [code]}: the functions and bodies of classes that a name of the module level stands for
        self.dormant: dict[str, list[CodeType]] = {}
        # the functions, and bodies of classes with all their functions, that may be called
        self.called_codes: list[CodeType] = []
        # each class statement, also in the body of a class: its body, and what evaluating the statement reads
        self.classes: list[tuple[CodeType, Loads]] = []
        # what is decorated: the paths that the decorators (and defaults) load, and the code of the function or class
        self.decorated: list[tuple[list[tuple[str, ...]], CodeType]] = []
        # the calls of statements that do nothing but call, in order
        self.given: list[Call] = []
        self.imports: list[Import] = []
        # it imports in the body of a class
        self.nested_imports = False
        # names that statements load whose calls are not known
        self.handed: set[str] = set()
        # attributes that statements read that run nothing else
        self.read: set[Load] = set()
        self._level_names: tuple[tuple[str, str | None], ...] | None = None
        self._level_set: frozenset[str] | None = None
        # it does something for its effect: calls and drops the result, stores into something
        self.effects = False
        # what it stores attributes into; what calls are given that are made for their effect
        self.targets = set(attribute_targets(code, functions=False))
        self.passed: set[tuple[str, ...]] = set()
        # statements of the module level that make or change something: the names in them, where they begin and end
        self.doing: list[tuple[set[str], int, int]] = []
        self.opaque = False
        self.sees_text = False
        self.lists = not LISTING.isdisjoint(code.co_names)
        # what looks like the dotted name of something: others import by it
        self.strings: set[str] = set()
        _Scan(self, code, self.loads, top=True).run()
        self._wake()
        self._see({each for load in self.loads for each in load if each is not None})

    def level_names(self) -> "tuple[tuple[str, str | None], ...]":
        """The names that are read in what runs when the module is executed, each with what it is an attribute of."""
        if self._level_names is None:
            self._level_names = tuple(dict.fromkeys(level_names(self.code)))
        return self._level_names

    def reads(self, names: "Collection[str]") -> bool:
        """True if what runs when the module is executed reads one of these names."""
        if self._level_set is None:
            self._level_set = frozenset(name for name, _ in self.level_names())
        return not self._level_set.isdisjoint(names)

    def _wake(self) -> None:
        """Functions that may be called use what they read, and so on."""
        waiting = [name for (name, _), strength in self.loads.items() if strength == USED]
        while waiting:
            for code in filter(is_function, self.dormant.get(waiting.pop(), ())):
                for load in self.called(code):
                    if self.loads.get(load) != USED:
                        self.loads[load] = USED
                        waiting.append(load[0])

    def called(self, code: "CodeType") -> "Iterator[tuple[str, str | None]]":
        """What a function uses if it is called while the module is executed."""
        self.called_codes.append(code)
        self._see(set(names_in(code)))
        self.opaque = self.opaque or imports_inside(code)
        self.strings.update(_dotted(code.co_consts))
        self.targets.update(attribute_targets(code))
        return loads_in(code)

    def statements(self) -> "dict[str, list[tuple[object, set[str]]]]":
        """Of each name, the statements that may register what it stands for, and the names in them.

        A statement equals that in other code which does the same.
        """
        whole = instructions(self.code)
        found: dict[str, list[tuple[object, set[str]]]] = {}
        for names, begun, end in self.doing:
            statement = (_statement(self.code, whole[begun:end]), names)
            for name in names:
                found.setdefault(name, []).append(statement)
        return found

    def _see(self, names: set[str]) -> None:
        self.opaque = self.opaque or not OPAQUE.isdisjoint(names)
        self.sees_text = self.sees_text or not _TEXT.isdisjoint(names)
        self.lists = self.lists or not LISTING.isdisjoint(names)


class _Scan:
    """One pass over the code of a module or the body of a class."""

    def __init__(self, uses: Uses, code: "CodeType", loads: "Loads", *, top: bool) -> None:
        self.uses = uses
        self.code = code
        self.names = code.co_names
        self.top = top
        self.loads = loads
        self.instructions = instructions(code)
        self._begin(0)
        # of the statement that is being read: what it loads; beside, in the bodies of classes and in functions
        # that may be called
        self.chunk: Loads = {}
        self.inner: Loads = {}
        # functions that may be called by the names of this level
        self.dormant: dict[str, list[CodeType]] = uses.dormant if top else {}

    def _begin(self, index: int) -> None:
        """A statement begins: where, the code in it, the import that it is, and what it does."""
        self.begun = index
        self.body: CodeType | None = None
        # what its decorators load, if it is a class statement; the functions that it makes, not to call them
        self.decorators: Loads = {}
        self.made: list[CodeType] = []
        # functions that it makes, and calls if it calls anything
        self.unsure: list[CodeType] = []
        # functions and classes that it decorates
        self.decorations: list[CodeType] = []
        self.imported: Import | None = None
        self.calls = False
        # how often it executes something else than loading, making and storing
        self.runs = 0
        self.makes_class = False

    def run(self) -> None:
        handlers = self._handlers()
        passive = all_of(*PASSIVE)
        for index, (_, opcode, argument) in enumerate(self.instructions):
            self.runs += opcode not in passive
            handler = handlers.get(opcode)
            if handler is not None:
                handler(index, argument)
        self._end(len(self.instructions) - 1)

    def _handlers(self) -> "dict[int, Callable[[int, int], None]]":
        by_name: dict[str, Callable[[int, int], None]] = {
            "LOAD_NAME": self._load,
            "LOAD_FROM_DICT_OR_GLOBALS": self._load,
            "LOAD_GLOBAL": lambda index, argument: self._load(index, argument >> 1),
            "LOAD_CONST": self._load_constant,
            "LOAD_BUILD_CLASS": self._make_class,
            "STORE_NAME": self._bind,
            "STORE_GLOBAL": self._bind,
            "IMPORT_NAME": self._import,
            "IMPORT_FROM": self._import_from,
            "STORE_ATTR": self._store,
            "STORE_SUBSCR": self._store,
            "STORE_SLICE": self._store,
            "DELETE_SUBSCR": self._store,
            "DELETE_ATTR": self._store,
            "DELETE_NAME": self._delete,
            "POP_TOP": self._drop,
        }
        op = numbers()
        handlers = {op[name]: handler for name, handler in by_name.items() if name in op}
        return handlers | dict.fromkeys(all_of("CALL") - all_of("CALL_INTRINSIC"), self._call)

    def _load(self, index: int, argument: int) -> None:
        op = numbers()
        _, opcode, following = self.instructions[index + 1]
        attribute = None
        if opcode == op["LOAD_ATTR"]:
            attribute = self.names[following >> _ATTRIBUTE_SHIFT]
        elif opcode in (op.get("LOAD_METHOD"), op["STORE_ATTR"]):
            attribute = self.names[following]
        name = self.names[argument]
        self.chunk[name, attribute] = PASSED if opcode == op["STORE_ATTR"] else USED
        if name in self.dormant:
            if opcode in (op["STORE_NAME"], op["STORE_GLOBAL"]):  # another name for it
                self.made += self.dormant[name]
            elif not self.top and attribute not in OF_A_PROPERTY:
                for code in filter(is_function, self.dormant[name]):
                    self._use(code)

    def _use(self, code: "CodeType") -> None:
        self.inner.update(dict.fromkeys(self.uses.called(code), USED))

    def _load_constant(self, index: int, argument: int) -> None:
        constant = self.code.co_consts[argument]
        if type(constant) is type(self.code):
            self._make(index, constant)
        else:
            self.uses.strings.update(_dotted((constant,)))

    def _make_class(self, index: int, argument: int) -> None:
        self.makes_class = True

    def _call(self, index: int, argument: int) -> None:
        self.calls = True

    def _store(self, index: int, argument: int) -> None:
        """The end of a statement that stores into something, or deletes from it."""
        if ("__annotations__", None) in self.chunk:  # name: type (before 3.14)
            if not self.calls:
                self.chunk = dict.fromkeys(self.chunk, MENTIONED)
            self._mention(self._constants(index))
        else:
            self.uses.effects = True
            self._does(index)
            self._keep_dormant([name for name, _ in self.chunk])
        self._end(index)

    def _does(self, index: int, *names: str) -> None:
        """Remember a statement that may register what it loads, or what it binds to these `names`."""
        if self.top and self.chunk:
            self.uses.doing.append(({*names, *(name for name, _ in self.chunk)}, self.begun, index))

    def _delete(self, index: int, argument: int) -> None:
        self._bind_to(self.names[argument], Binding("other", {}))
        self.uses.effects = True
        self._end(index)

    def _make(self, index: int, code: "CodeType") -> None:
        """A function, the body of a class, or whatever else the compiler makes code of."""
        op = numbers()
        if code.co_name == "__annotate__":  # evaluated when somebody asks (PEP 649), as a dataclass does
            self._annotate(code)
            return
        if not is_function(code):
            self.body = code
            self.made.append(code)
            if self.chunk:
                self.decorations.append(code)
                self._decorate(index)
            _Scan(self.uses, code, self.inner, top=False).run()
            return
        self._mention(self._constants(index))
        index += 2
        while self.instructions[index][1] == op.get("SET_FUNCTION_ATTRIBUTE"):
            index += 1
        if self.instructions[index][1] in (op["STORE_NAME"], op["STORE_GLOBAL"]):
            self.body = code
            self.made.append(code)
        elif self.chunk and not code.co_name.startswith("<") and self._is_decoration(index):
            self.decorations.append(code)
            self.made.append(code)
        else:
            self.unsure.append(code)

    def _decorate(self, index: int) -> None:
        """The decorators of a class, which are loaded before the class is made, keep what they are given, perhaps."""
        part = self.instructions[self.begun : index]
        builds = [i for i, (_, opcode, _) in enumerate(part) if opcode == numbers()["LOAD_BUILD_CLASS"]]
        found = calls_of(self.code, part[: builds[-1] if builds else None])
        self.decorators = dict(self.chunk)
        if found is not None:
            self.uses.given += found.made
            for load in self.decorators.keys() - {*map(_load_of, found.computed)}:
                self.decorators[load] = PASSED

    def _annotate(self, code: "CodeType") -> None:
        """Annotations mention what they name; what they call, uses it or keeps it."""
        found = annotation_calls(code, instructions(code))
        if found is None:
            _add(self.inner, dict.fromkeys(loads_in(code), USED))
        else:
            _add(self.inner, dict.fromkeys(loads_in(code), PASSED if found.made else MENTIONED))
            _add(self.inner, dict.fromkeys(map(_load_of, found.computed), USED))
            self.uses.given += found.made
        self._mention(code.co_consts)

    def _constants(self, index: int) -> "Iterator[object]":
        """Those that the statement has loaded, and what is in tuples of them."""
        for _, opcode, argument in self.instructions[self.begun : index]:
            if opcode == numbers()["LOAD_CONST"]:
                constant = self.code.co_consts[argument]
                yield from constant if type(constant) is tuple else (constant,)

    def _mention(self, constants: "Iterable[object]") -> None:
        """Annotations may be strings, all of them or some: names in them are mentioned."""
        for each in constants:
            if type(each) is str:
                _add(self.inner, dict.fromkeys(_names_in_annotation(each), MENTIONED))

    def _is_decoration(self, index: int) -> bool:
        """True if what follows calls decorators, and stores what they return."""
        op = numbers()
        called = False
        while True:
            _, opcode, argument = self.instructions[index]
            if opcode == op["CALL"] and argument == 0:
                called = True
            elif opcode != op.get("PRECALL"):
                return called and opcode in (op["STORE_NAME"], op["STORE_GLOBAL"])
            index += 1

    def _import(self, index: int, argument: int) -> None:
        code = self.code
        (_, of_level, level), (_, of_names, constant) = self.instructions[index - 2 : index]
        level = code.co_consts[level] if of_level == numbers()["LOAD_CONST"] else level
        names = code.co_consts[constant] if of_names == numbers()["LOAD_CONST"] else None  # else None it is
        offset = self.instructions[index][0]
        bound: dict[str, str] | None = None if names is None else {}
        plain = not argument & _LAZY and not _is_protected(code, offset)
        self.imported = Import(self.names[argument >> _NAME_SHIFT], level, bound, offset, plain)
        if names == ("*",):
            self.imported.names = {"*": "*"}
            if self.top:  # it may bind any name anew
                self.uses.bindings = dict.fromkeys(self.uses.bindings, Binding("other", {}))
        if self.top:
            self.uses.imports.append(self.imported)
        else:
            self.uses.nested_imports = True

    def _import_from(self, index: int, argument: int) -> None:
        op = numbers()
        _, opcode, following = self.instructions[index + 1]
        imported = self.imported
        if imported is None or imported.names is None:
            return
        if opcode in (op["STORE_NAME"], op["STORE_GLOBAL"]):
            imported.names[self.names[following]] = self.names[argument]

    def _bind(self, index: int, argument: int) -> None:
        """The end of a statement, or of a part of a from-import, that binds a name."""
        name = self.names[argument]
        imported = self.imported
        if imported is None:
            if self.calls:
                self._does(index, name)
            binding = self._binding(index, name)
            if binding.kind in ("def", "class"):
                self.chunk = dict(binding.loads)
            if binding.kind == "class" and binding.body is not None:
                self.uses.classes.append((binding.body, binding.loads))
            self._keep_dormant([name])
        else:
            binding = Binding("import", {})
            if imported.names is None:
                imported.bound = name
        if self.top:
            self._bind_to(name, binding)
        self._end(index)
        if imported is not None and imported.names is not None:
            self.imported = imported  # there may be more names

    def _keep_dormant(self, names: "Iterable[str]") -> None:
        """Whoever uses these names may call the functions that the statement makes, or stores, and does not call."""
        codes = [*self.made]
        if not self.runs:
            codes += self.unsure
            codes += [
                code for name, attribute in self.chunk if attribute is None for code in self.dormant.get(name, ())
            ]
            self.unsure = []
        for name in names if codes else ():
            known = self.dormant.setdefault(name, [])
            known += [code for code in codes if code not in known]

    def _bind_to(self, name: str, binding: Binding) -> None:
        if name in self.uses.bindings:
            binding = Binding("other", {})
        self.uses.bindings[name] = binding

    def _binding(self, index: int, name: str) -> Binding:
        op = numbers()
        body = self.body
        if body is not None and body.co_name == name:
            chunk = self.instructions[self.begun : index]
            if not is_function(body):
                if self.makes_class:
                    return Binding("class", self._derived(chunk), self.code, chunk, body)
            elif not self.chunk or self._has_annotations_only(chunk):
                return Binding("def", dict.fromkeys(self.chunk, MENTIONED) | self.inner, self.code, chunk, body)
        elif index == self.begun + 1:
            chunk = self.instructions[self.begun : index]
            if chunk[0][1] in [op.get(each) for each in _CONSTANTS]:
                return Binding("constant", {}, self.code, chunk)
        return Binding("other", self.chunk | self.inner)

    def _has_annotations_only(self, chunk: "list[Instruction]") -> bool:
        """True if all that making a function loads are its annotations: then it is not called or changed by it."""
        op = numbers()
        flags = 0
        for _, opcode, argument in chunk:
            if opcode == op.get("SET_FUNCTION_ATTRIBUTE", op["MAKE_FUNCTION"]):
                flags |= argument
        built = sum(opcode in all_of("BUILD_") for _, opcode, _ in chunk)
        return bool(flags & _ANNOTATED) and built == 1 and not self.calls

    def _derived(self, chunk: "list[Instruction]") -> "Loads":
        """The loads of a class statement: those that are nothing but bases are derived from."""
        loads = dict(self.chunk)
        op = numbers()
        plain = {op[name] for name in _BASES if name in op}
        start = next(i for i, each in enumerate(chunk) if each[1] == op["LOAD_BUILD_CLASS"])
        rest = chunk[start:]
        if not any(opcode not in plain for _, opcode, _ in rest):
            loads.update(self.decorators)
            for i, (_, opcode, argument) in enumerate(rest):
                if opcode == op["LOAD_NAME"]:
                    attribute = None
                    if rest[i + 1][1] == op["LOAD_ATTR"]:
                        attribute = self.names[rest[i + 1][2] >> _ATTRIBUTE_SHIFT]
                    loads[self.names[argument], attribute] = DERIVED
        _add(loads, self.decorators)
        _add(loads, self.inner)
        return loads

    def _drop(self, index: int, argument: int) -> None:
        """The end of a statement whose value is dropped, or of a from-import."""
        if self.imported is not None and self.imported.names is None and self.imported.bound is None:
            return  # in the middle of `import a.b.c as d`
        if self.calls:
            self.uses.effects = True
            self._does(index)
            self.uses.passed.update((name,) if each is None else (name, each) for name, each in self.chunk)
        self._end(index)

    def _end(self, index: int) -> None:
        self._give(index + 1)
        for code in self.unsure:
            self._use(code)
        if self.chunk:
            if not self.runs:  # attributes may be properties, which run
                deep = {path[:2] for path in self._paths(index + 1) if len(path) > 2}
                for load, strength in self.chunk.items():
                    if strength == USED and load not in deep:  # of deeper attributes it is not known whose they are
                        self.chunk[load] = PASSED
                        if load[1] is not None:
                            self.uses.read.add(load)
            _add(self.loads, self.chunk)
            self.chunk = {}
        if self.inner:
            _add(self.loads, self.inner)
            self.inner = {}
        self._begin(index + 1)

    def _give(self, end: int) -> None:
        """Note what a statement calls, and what that is given: perhaps only to be kept."""
        if not self.calls:
            return
        found = calls_of(self.code, self.instructions[self.begun : end])
        for code in self.decorations:
            calls = [] if found is None else [each for each in found.made if code in each.codes]
            self.uses.decorated.append(([each.path or () for each in calls if each.path != BUILD_CLASS], code))
        if self.makes_class:
            return
        if found is None:
            self.uses.handed.update(name for name, _ in self.chunk)
            return
        for call in found.made:
            call.codes = [code for code in call.codes if code not in self.made]
            if call.path is not None and len(call.path) == 1 and call.callee == ITSELF:
                for code in filter(is_function, self.dormant.get(call.path[0], ())):
                    self._use(code)
        self.uses.given += found.made
        self.unsure = []
        for load in self.chunk.keys() - {*map(_load_of, found.computed)}:
            self.chunk[load] = PASSED

    def _paths(self, end: int) -> "Iterator[tuple[str, ...]]":
        """Each name that the statement loads up to there, with the attributes of it: ("app", "routes", "append")."""
        op = numbers()
        path: tuple[str, ...] = ()
        for _, opcode, argument in self.instructions[self.begun : end]:
            if opcode == op["LOAD_ATTR"] and path:
                path = (*path, self.names[argument >> _ATTRIBUTE_SHIFT])
            elif opcode == op.get("LOAD_METHOD") and path:
                path = (*path, self.names[argument])
            else:
                if path:
                    yield path
                path = ()
                if opcode in (op["LOAD_NAME"], op["LOAD_GLOBAL"]):
                    path = (self.names[argument >> (opcode == op["LOAD_GLOBAL"])],)
        if path:
            yield path


_CONSTANTS = ("LOAD_CONST", "LOAD_SMALL_INT", "LOAD_COMMON_CONSTANT")

# All that may stand between LOAD_BUILD_CLASS and the end of a class statement without keywords whose
# bases are names, attributes of names, or subscripts of such.
_BASES = (
    "LOAD_BUILD_CLASS", "PUSH_NULL", "LOAD_CONST", "MAKE_FUNCTION", "LOAD_NAME", "LOAD_ATTR", "PRECALL",
    "CALL", "BINARY_SUBSCR", "BUILD_TUPLE", "SET_FUNCTION_ATTRIBUTE", "NOP",
)  # fmt: skip


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
            yield name, of
    for constant in code.co_consts:
        if type(constant) is CodeType and not is_function(constant):
            yield from level_names(constant)


def names_loaded(code: "CodeType") -> "Iterator[tuple[str, bool, str | None]]":
    """Each name that code loads, without code in it, whether what it stands for is only put into, and of what.

    The last is the name of what an attribute is loaded from, if that is a name.
    """
    op = numbers()
    shifts = {op[name]: shift for name, shift in _LOADING.items() if name in op}
    skipped = (op["PUSH_NULL"], op.get("PRECALL"))
    attributes, names = (op["LOAD_ATTR"], op.get("LOAD_METHOD")), (op["LOAD_NAME"], op["LOAD_GLOBAL"])
    found = [each for each in instructions(code) if each[1] not in skipped]
    for index, (_, opcode, argument) in enumerate(found):
        if opcode in shifts:
            name = code.co_names[argument >> shifts[opcode]]
            _, before, owner = found[index - 1]
            is_of_a_name = opcode in attributes and index and before in names
            of = code.co_names[owner >> shifts[before]] if is_of_a_name else None
            yield name, _is_put_into(code, found, index + 1, shifts), of


_LOADING = {
    "LOAD_NAME": 0,
    "LOAD_GLOBAL": 1,
    "LOAD_ATTR": _ATTRIBUTE_SHIFT,
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
                yield name, code.co_names[attribute >> _ATTRIBUTE_SHIFT]
            elif following == op.get("LOAD_METHOD"):
                yield name, code.co_names[attribute]
            else:
                yield name, None
    for constant in code.co_consts:
        if type(constant) is CodeType:
            yield from loads_in(constant)


def imports_inside(code: "CodeType") -> bool:
    """True if a function, or one in it, imports something when it runs."""
    inner = (constant for constant in code.co_consts if type(constant) is CodeType)
    return _contains(code, "IMPORT_NAME") or any(map(imports_inside, inner))


def global_stores(code: "CodeType") -> "Iterator[str]":
    """The module's names that a function binds anew."""
    if _contains(code, "STORE_GLOBAL"):
        for _, opcode, argument in instructions(code):
            if opcode == numbers()["STORE_GLOBAL"]:
                yield code.co_names[argument]
    for constant in code.co_consts:
        if type(constant) is CodeType:
            yield from global_stores(constant)


def attribute_stores(code: "CodeType") -> "Iterator[str]":
    """The attributes that code, or a function in it, binds of anything but an instance's own; "*" for any."""
    op = numbers()
    if _contains(code, "STORE_ATTR") or "setattr" in code.co_names:
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
    if _contains(code, "STORE_ATTR") or _contains(code, "DELETE_ATTR") or not _SETTING.isdisjoint(code.co_names):
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
            path.append(code.co_names[found[index][2] >> _ATTRIBUTE_SHIFT])
        yield tuple(path)


def attribute_owners(code: "CodeType") -> "Iterator[str]":
    """What a function binds attributes of: "cls" for its class, or the global names of others."""
    op = numbers()
    found = instructions(code) if _contains(code, "STORE_ATTR") else []
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
    return _contains(code, "STORE_SUBSCR") or any(map(_stores_subscripts, inner))


def _contains(code: "CodeType", instruction: str) -> bool:
    return numbers()[instruction] in code.co_code[::2]


def instructions(code: "CodeType") -> "list[Instruction]":
    """(offset, opcode, argument) of each instruction, without what the interpreter keeps between them."""
    op = numbers()
    cache, extended = op["CACHE"], op["EXTENDED_ARG"]
    raw = code.co_code
    opcodes = raw[::2]
    found = [
        (offset, opcode, argument)
        for offset, opcode, argument in zip(range(0, len(raw), 2), opcodes, raw[1::2], strict=True)
        if opcode != cache
    ]
    return _with_whole_arguments(found, extended) if extended in opcodes else found


def _with_whole_arguments(found: "list[Instruction]", extended: int) -> "list[Instruction]":
    """Arguments beyond a byte put together."""
    whole = []
    argument = 0
    for offset, opcode, byte in found:
        argument = argument << 8 | byte
        if opcode != extended:
            whole.append((offset, opcode, argument))
            argument = 0
    return whole


def _is_protected(code: "CodeType", offset: int) -> bool:
    """True if an error of the instruction there is handled: it is in a `try` or a `with`."""
    return bool(code.co_exceptiontable) and any(start <= offset <= end for start, end in handled(code))


parts_of = attrgetter(
    *("co_name", "co_qualname", "co_filename", "co_flags", "co_argcount", "co_posonlyargcount", "co_kwonlyargcount"),
    *("co_names", "co_varnames", "co_freevars", "co_cellvars", "co_exceptiontable"),
)


def alike(one: "CodeType", other: "CodeType", *, functions: bool = True) -> bool:
    """True for code that does the same, wherever it stands; optionally without what functions in it do."""
    if parts_of(one) != parts_of(other) or len(one.co_consts) != len(other.co_consts):
        return False
    lines = None
    if one.co_code != other.co_code or ("__firstlineno__" in one.co_names and not is_function(one)):
        (raw, line), (others_raw, others_line) = without_first_line(one), without_first_line(other)
        if raw != others_raw or line != others_line:
            return False
        lines = line
    return all(
        index == lines or _alike(*constants, functions=functions)
        for index, constants in enumerate(zip(one.co_consts, other.co_consts, strict=True))
    )


def _alike(one: object, other: object, *, functions: bool) -> bool:
    if type(one) is not CodeType or type(other) is not CodeType:
        return _constant(one) == _constant(other)
    if functions or not is_function(one) or one.co_name.startswith("<"):
        return alike(one, other, functions=functions)
    return (one.co_name, one.co_flags) == (other.co_name, other.co_flags)


def constants_alike(one: object, other: object) -> bool:
    """True for constants that cannot be told apart."""
    return _constant(one) == _constant(other)


def _constant(constant: object) -> object:
    """Equal for constants that cannot be told apart: 1 and True can, 0.0 and -0.0, too."""
    kind = type(constant)
    if kind is str or kind is int or kind is bytes:
        return (kind, constant)
    if kind is tuple:
        return tuple(map(_constant, constant))  # type: ignore[call-overload]
    if kind is frozenset:
        return (frozenset, frozenset(map(_constant, constant)))  # type: ignore[call-overload]
    return (kind, repr(constant))


def without_first_line(code: "CodeType") -> tuple[bytes, int | None]:
    """The instructions of a class body but for the line that it notes (`__firstlineno__`, from 3.13 on).

    And the index of that line among the constants, if it is one.
    """
    raw = code.co_code
    if "__firstlineno__" not in code.co_names or is_function(code):
        return raw, None
    op = numbers()
    found = instructions(code)
    for (offset, opcode, argument), (_, following, name) in itertools.pairwise(found):
        if following == op["STORE_NAME"] and code.co_names[name] == "__firstlineno__":
            if opcode == op.get("LOAD_SMALL_INT"):
                return raw[: offset + 1] + b"\0" + raw[offset + 2 :], None
            uses = sum(each[1:] == (opcode, argument) for each in found)
            if opcode == op["LOAD_CONST"] and uses == 1:
                return raw, argument
    return raw, None


def _statement(code: "CodeType", chunk: "list[Instruction]") -> object:
    """Equal for the same statement in other code: names and constants instead of their indexes."""
    op = numbers()
    described: list[object] = []
    for _, opcode, argument in chunk:
        if opcode == op["LOAD_CONST"]:
            constant = code.co_consts[argument]
            described.append(constant.co_name if type(constant) is CodeType else _constant(constant))
        elif opcode in (op["LOAD_NAME"], op["LOAD_GLOBAL"]):
            described.append((opcode, code.co_names[argument >> (opcode == op["LOAD_GLOBAL"])]))
        elif opcode == op["LOAD_ATTR"]:
            described.append((opcode, argument & _ATTRIBUTE_SHIFT, code.co_names[argument >> _ATTRIBUTE_SHIFT]))
        elif opcode == op.get("LOAD_METHOD"):
            described.append((opcode, code.co_names[argument]))
        elif opcode == op.get("KW_NAMES"):
            described.append((opcode, code.co_consts[argument]))
        else:
            described.append((opcode, argument))
    return described


def _load_of(path: tuple[str, ...]) -> "Load":
    return path[0], path[1] if len(path) > 1 else None


def _add(loads: "Loads", more: "Loads") -> None:
    for key, strength in more.items():
        if loads.get(key, -1) < strength:
            loads[key] = strength


def _dotted(constants: "tuple[object, ...]") -> "Iterator[str]":
    """What among constants looks like the dotted name of something in a module: "util.f" or "util:f"."""
    for each in constants:
        if type(each) is tuple:
            yield from _dotted(each)
        elif type(each) is str and ("." in each or ":" in each):
            name = each.replace(":", ".")
            if all(part.isidentifier() for part in name.split(".")):
                yield name


def _names_in_annotation(annotation: str) -> "Iterator[tuple[str, str | None]]":
    """("util", "Cart") and ("list", None) for "list[util.Cart]"."""
    for path in "".join(char if char.isalnum() or char in "._" else " " for char in annotation).split():
        first, _, rest = path.partition(".")
        if first.isidentifier():
            yield first, rest.partition(".")[0] or None


# Instructions that execute nothing of the user's.
PASSIVE = (
    "LOAD_NAME", "LOAD_GLOBAL", "LOAD_CONST", "LOAD_SMALL_INT", "LOAD_COMMON_CONSTANT", "LOAD_FAST", "LOAD_LOCALS",
    "LOAD_ATTR", "LOAD_METHOD", "STORE_", "BUILD_", "LIST_EXTEND", "SET_UPDATE", "DICT_UPDATE", "MAKE_FUNCTION",
    "SET_FUNCTION_ATTRIBUTE", "PUSH_NULL", "COPY", "SWAP", "NOP", "RESUME", "POP_TOP", "RETURN_", "IMPORT_",
    "SETUP_ANNOTATIONS", "CACHE", "PRECALL", "KW_NAMES", "EXTENDED_ARG", "NOT_TAKEN",
    "COPY_FREE_VARS", "MAKE_CELL", "LOAD_CLOSURE",
)  # fmt: skip

_families: dict[tuple[str, ...], frozenset[int]] = {}


def all_of(*prefixes: str) -> frozenset[int]:
    """The instructions whose names begin so."""
    if prefixes not in _families:
        _families[prefixes] = frozenset(number for name, number in numbers().items() if name.startswith(prefixes))
    return _families[prefixes]
