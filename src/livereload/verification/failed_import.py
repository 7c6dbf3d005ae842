"""Where a module that is not executed imports another: the frame that a traceback shows.

Knows code objects and tracebacks.  Must not know what has failed, or why.

A module that imports what fails, fails at its import statement.  That is not executed for it, as
nothing would come of it but the frame; a statement at the same position is, with an `__import__` that raises.
"""

from types import TracebackType

from ..interpreter.tracebacks import beyond_us, is_ours
from ..modules import graph
from .reachability import absolute_in, namespace_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType

    from ..changes.bindings import Import
    from ..changes.uses import Uses
    from ..modules.record import Record


class ImportFrame:
    """A frame of a module at one of its import statements."""

    def __init__(self, frame: "FrameType", instruction: int, line: int) -> None:
        self._frame = frame
        self._instruction = instruction
        self._line = line

    def above(self, traceback: "TracebackType | None") -> TracebackType:
        """A traceback that leads from this frame to the code of the module that was imported."""
        return TracebackType(beyond_us(traceback), self._frame, self._instruction, self._line)


def import_of(record: "Record", uses: "Uses", child: str) -> ImportFrame | None:
    """The frame in which a module imports `child`; None if it does so in a way that may catch errors."""
    for statement in uses.imports:
        if child in targets(record.name, statement):
            return _frame(record, uses, statement) if statement.plain else None
    return None


def targets(name: str, statement: "Import") -> set[str]:
    """All modules that a statement in the module `name` may import."""
    target = absolute_in(name, namespace_in(name), statement.module, statement.level)
    return {*graph.parents(target), target, *(f"{target}.{each}" for each in (statement.names or {}).values())}


def _frame(record: "Record", uses: "Uses", statement: "Import") -> ImportFrame | None:
    import _ast

    code = uses.code
    line, end, column, end_column = [*code.co_positions()][statement.offset // 2]
    place = {
        "lineno": line or 1,
        "col_offset": column or 0,
        "end_lineno": end or line or 1,
        "end_col_offset": end_column or 0,
    }
    tree = _ast.Module([_ast.Import([_ast.alias("failed", None, **place)], **place)], [])
    compiled = compile(tree, record.path or record.name, "exec", dont_inherit=True)

    def fail(*_: object) -> None:
        raise ImportError

    try:
        exec(compiled, {"__name__": record.name, "__builtins__": {"__import__": fail}})
    except ImportError as error:
        traceback = error.__traceback__
        while traceback is not None and traceback.tb_frame.f_code is not compiled:
            traceback = traceback.tb_next
        if traceback is not None:
            return ImportFrame(traceback.tb_frame, traceback.tb_lasti, traceback.tb_lineno)
    return None


def is_raised_in_code(error: BaseException) -> bool:
    """False for an error of the import system itself, whose text depends on the statement that imports."""
    return isinstance(error, SyntaxError) or beyond_us(error.__traceback__) is not None


def is_of_livereload(error: BaseException) -> bool:
    """True for an error that no code has raised but livereload's, and no file or want of memory: a fault of ours."""
    if not isinstance(error, Exception) or isinstance(error, (ImportError, OSError, MemoryError, RecursionError)):
        return False
    traceback = error.__traceback__
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    return traceback is not None and is_ours(traceback.tb_frame.f_code) and not is_raised_in_code(error)
