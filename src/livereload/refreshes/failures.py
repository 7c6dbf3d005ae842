"""What an error that ended a refresh tells: whose it is, whether it is the same as another, whether it can be helped.

Knows exceptions, tracebacks and files.  Must not know what is done about a failure.
"""

from ..interpreter import tracebacks

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..modules.record import Record
    from ..modules.stale import Plan


def culprit(error: BaseException, name: str, records: "dict[str, Record]") -> str:
    """The module in whose code an error was raised; `name` if that cannot be told."""
    paths = {record.path: record.name for record in list(records.values())}
    if isinstance(error, SyntaxError):
        return paths.get(error.filename, name)
    traceback = error.__traceback__
    while traceback is not None:
        name = paths.get(traceback.tb_frame.f_code.co_filename, name)
        traceback = traceback.tb_next
    return name


def text(error: BaseException) -> str:
    """The last line of the traceback of an error."""
    try:
        return f"{type(error).__name__}: {error}"
    except Exception:  # its own __str__ raises
        return type(error).__name__


def signature(error: BaseException, plan: "Plan") -> tuple[object, ...]:
    """Equal for two failures of the same plan, if users see the same traceback."""
    return (type(error), text(error), _lines(error), tuple(plan.reasons), plan.hashes())


def _lines(error: BaseException) -> tuple[tuple[str, int | None], ...]:
    """The lines that a traceback shows, without ours and importlib's."""
    found = []
    traceback = tracebacks.beyond_us(error.__traceback__)
    while traceback is not None:
        found.append((traceback.tb_frame.f_code.co_filename, traceback.tb_lineno))
        traceback = tracebacks.beyond_us(traceback.tb_next)
    return tuple(found)


def is_inherent(error: Exception, plan: "Plan") -> bool:
    """True for an error that a changed source makes by itself, or the lack of one, whatever else is executed."""
    if isinstance(error, SyntaxError):
        return error.filename in plan.sources
    if not isinstance(error, (NameError, ModuleNotFoundError)):
        return False
    innermost = ""
    traceback = error.__traceback__
    while traceback is not None:
        filename = traceback.tb_frame.f_code.co_filename
        if not filename.startswith("<frozen importlib"):
            innermost = filename
        traceback = traceback.tb_next
    # Ours is the innermost if what is asked for cannot even be found.
    return innermost in plan.sources or tracebacks.is_our_file(innermost)
