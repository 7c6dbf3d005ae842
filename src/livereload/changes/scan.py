"""One pass over the code of a module, or the body of a class, statement by statement.

Knows instructions, of all supported versions.  Must not know what follows from what it finds: that goes to `Uses`.
"""

import sys
from types import CodeType

from ..interpreter.bytecode import is_function, is_protected
from ..interpreter.instructions import ATTRIBUTE_SHIFT, IMPORT_SHIFT, PASSIVE, all_of, instructions, numbers
from .bindings import DERIVED, MENTIONED, OF_A_PROPERTY, PASSED, USED, Binding, Import, add, load_of
from .calls import BUILD_CLASS, ITSELF, annotation_calls, calls_of
from .names import dotted, loads_in, names_in_annotation, paths_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ..interpreter.instructions import Instruction
    from .bindings import Loads
    from .uses import Uses

_ANNOTATED = 4  # MAKE_FUNCTION, SET_FUNCTION_ATTRIBUTE
_LAZY = 3 if sys.version_info >= (3, 15) else 0  # the bits of PEP 810 in the argument of IMPORT_NAME


class Scan:
    """One pass over the code of a module or the body of a class."""

    def __init__(self, uses: "Uses", code: "CodeType", loads: "Loads", *, top: bool) -> None:
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
        # functions that it makes, and calls if it calls anything; functions and classes that it decorates
        self.unsure: list[CodeType] = []
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
            attribute = self.names[following >> ATTRIBUTE_SHIFT]
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
            self.uses.strings.update(dotted((constant,)))

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
            Scan(self.uses, code, self.inner, top=False).run()
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
            for load in self.decorators.keys() - {*map(load_of, found.computed)}:
                self.decorators[load] = PASSED

    def _annotate(self, code: "CodeType") -> None:
        """Annotations mention what they name; what they call, uses it or keeps it."""
        found = annotation_calls(code, instructions(code))
        if found is None:
            add(self.inner, dict.fromkeys(loads_in(code), USED))
        else:
            add(self.inner, dict.fromkeys(loads_in(code), PASSED if found.made else MENTIONED))
            add(self.inner, dict.fromkeys(map(load_of, found.computed), USED))
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
                add(self.inner, dict.fromkeys(names_in_annotation(each), MENTIONED))

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
        plain = not argument & _LAZY and not is_protected(code, offset)
        self.imported = Import(self.names[argument >> IMPORT_SHIFT], level, bound, offset, plain)
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
                        attribute = self.names[rest[i + 1][2] >> ATTRIBUTE_SHIFT]
                    loads[self.names[argument], attribute] = DERIVED
        add(loads, self.decorators)
        add(loads, self.inner)
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
                deep = {
                    path[:2] for path in paths_in(self.code, self.instructions[self.begun : index + 1]) if len(path) > 2
                }
                for load, strength in self.chunk.items():
                    if strength == USED and load not in deep:  # of deeper attributes it is not known whose they are
                        self.chunk[load] = PASSED
                        if load[1] is not None:
                            self.uses.read.add(load)
            add(self.loads, self.chunk)
            self.chunk = {}
        if self.inner:
            add(self.loads, self.inner)
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
            call.decorates = not {*call.codes}.isdisjoint(self.made)
            call.codes = [code for code in call.codes if code not in self.made]
            if call.path is not None and len(call.path) == 1 and call.callee == ITSELF:
                for code in filter(is_function, self.dormant.get(call.path[0], ())):
                    self._use(code)
        self.uses.given += found.made
        self.unsure = []
        for load in self.chunk.keys() - {*map(load_of, found.computed)}:
            self.chunk[load] = PASSED


_CONSTANTS = ("LOAD_CONST", "LOAD_SMALL_INT", "LOAD_COMMON_CONSTANT")

# All that may stand between LOAD_BUILD_CLASS and the end of a class statement without keywords whose
# bases are names, attributes of names, or subscripts of such.
_BASES = (
    "LOAD_BUILD_CLASS", "PUSH_NULL", "LOAD_CONST", "MAKE_FUNCTION", "LOAD_NAME", "LOAD_ATTR", "PRECALL",
    "CALL", "BINARY_SUBSCR", "BUILD_TUPLE", "SET_FUNCTION_ATTRIBUTE", "NOP",
)  # fmt: skip
