"""What one statement binds a name to, and the import statements of a module's own level.

Knows code objects.  Must not know modules: a name is a string here.
"""

from .code_equality import alike, description

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType

    from ..interpreter.instructions import Instruction

    # ("util", "f") for util.f, ("f", None) for f; how strongly it is used
    Load = tuple[str, str | None]
    Loads = dict[Load, int]

MENTIONED, PASSED, DERIVED, USED = range(4)

# Decorators that a property makes of itself; they do not call the functions that it has already.
OF_A_PROPERTY = ("getter", "setter", "deleter")


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
        if description(self.code, self.chunk or []) != description(other.code, other.chunk or []):
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


def load_of(path: tuple[str, ...]) -> "Load":
    return path[0], path[1] if len(path) > 1 else None


def add(loads: "Loads", more: "Loads") -> None:
    for key, strength in more.items():
        if loads.get(key, -1) < strength:
            loads[key] = strength
