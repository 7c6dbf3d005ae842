"""What a module's code does with names while it is executed, read from its code object.

Knows bytecode, of all supported versions.  Must not know modules or files: a name is a string here.

Executing a module's code runs the module level and the bodies of classes.  The functions that it
defines are *dormant*: made and stored, not run, unless something reads the name that they are stored
by, and so may call them.  What is read on the way is used in one of four strengths: an annotation
*mentions* a class, a statement that runs nothing (a table of functions) *passes* what it reads, a class
statement *derives* from a class, and everything else *uses* what it reads.

All doubts are resolved in one direction: more is used, and fewer things are the same.
"""

from types import CodeType

from ..interpreter.bytecode import is_function, nested
from ..interpreter.instructions import instructions
from .bindings import MENTIONED, USED, Binding, Import
from .code_equality import description
from .names import attribute_targets, dotted, level_names, loads_in, names_in, names_loaded
from .scan import Scan

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from .bindings import Load, Loads
    from .calls import Call

# Attributes that tell where in the source something stands, and what else sees its text.
_LINES = frozenset(("f_lineno", "f_lasti", "tb_lineno", "co_firstlineno", "co_lines", "co_positions"))
_TEXT = _LINES | frozenset((
    *("stack", "extract_stack", "walk_stack", "getsource", "getsourcelines", "getframeinfo", "getouterframes"),
))  # fmt: skip
# Those that give modules or namespaces, of which code reads names: of bodies, those of functions that it names.
_NAMING = frozenset(("_getframe", "currentframe", "modules"))
# Those that see what nobody has imported.
_ANYWHERE = frozenset((
    "__subclasses__", "get_objects", "get_referrers", "get_referents", "modules", "walk_packages", "iter_modules",
))  # fmt: skip
# Namespaces, of which code may call what no name tells.
_NAMESPACES = frozenset(("f_globals", "f_locals"))
# What sees more than names tell.
OPAQUE = _TEXT | _NAMING | _NAMESPACES | _ANYWHERE | frozenset((
    *("eval", "exec", "globals", "locals", "vars", "dir"),
    *("__import__", "import_module", "find_spec", "reload"),
))  # fmt: skip
# Those of them that are common names of attributes: `template.globals`, `parser.stack`.
_COMMON = frozenset(("eval", "exec", "globals", "locals", "vars", "dir", "modules", "reload", "stack"))

# What lists a folder.
LISTING = frozenset(("iter_modules", "walk_packages", "listdir", "scandir", "iterdir", "glob", "iglob", "rglob"))


def opaque_names(code: "CodeType", is_no_module: "Callable[[str], bool]") -> set[str]:
    """Names in code, or in code in it, that stand for what sees more than names tell.

    What has a common name is no function of the standard library if it is an attribute of what `is_no_module`.
    """
    found: set[str] = set()
    for each in nested(code):
        there = OPAQUE.intersection(each.co_names)
        if "__name__" in each.co_consts and _ALL_VALUES.isdisjoint(each.co_names):
            there -= _NAMESPACES  # `frame.f_globals["__name__"]`
        found |= there - _COMMON
        if not there.isdisjoint(_COMMON):
            loaded = ((name, of) for name, _, of in names_loaded(each) if name in there)
            found |= {name for name, of in loaded if of is None or not (of == "" or is_no_module(of))}
    return found


_ALL_VALUES = frozenset(("items", "values"))


def sees_text(opaque: set[str]) -> bool:
    """True if some of these names stand for what sees the text of the source, or lines."""
    return not _TEXT.isdisjoint(opaque)


def sees_bodies(opaque: set[str]) -> bool:
    """True if some of these names stand for what may call functions that no name tells."""
    return not _NAMING.issuperset(opaque)


def sees_anywhere(opaque: set[str]) -> bool:
    """True if some of these names stand for what sees modules that nobody has imported."""
    return not _ANYWHERE.isdisjoint(opaque)


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
        *("nested_imports", "opaque", "passed", "strings", "targets"),
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
        # names that it uses which stand for what sees more than names tell
        self.opaque: set[str] = set()
        self.lists = not LISTING.isdisjoint(code.co_names)
        # what looks like the dotted name of something: others import by it
        self.strings: set[str] = set()
        Scan(self, code, self.loads, top=True).run()
        self._wake()
        loads = [load for load, strength in self.loads.items() if strength != MENTIONED]  # `dir: int` is a parameter
        names = {name for name, _ in loads if not self._is_no_module(name)}
        names |= {each for name, each in loads if each and not (each in _COMMON and self._is_no_module(name))}
        read = {name for each in nested(code) if not is_function(each) for name in each.co_names}
        self._see(names & OPAQUE | read & (_LINES | _NAMESPACES), names)

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
        self._see(opaque_names(code, self._is_no_module), names_in(code))
        self.strings.update(dotted(code.co_consts))
        self.targets.update(attribute_targets(code))
        return loads_in(code)

    def statements(self) -> "dict[str, list[tuple[object, set[str]]]]":
        """Of each name, the statements that may register what it stands for, and the names in them.

        A statement equals that in other code which does the same.
        """
        whole = instructions(self.code)
        found: dict[str, list[tuple[object, set[str]]]] = {}
        for names, begun, end in self.doing:
            statement = (description(self.code, whole[begun:end]), names)
            for name in names:
                found.setdefault(name, []).append(statement)
        return found

    def _is_no_module(self, name: str) -> bool:
        binding = self.bindings.get(name)
        return binding is not None and binding.kind != "import"

    def _see(self, opaque: set[str], names: "Iterable[str]") -> None:
        self.opaque |= opaque
        self.lists = self.lists or not LISTING.isdisjoint(names)
