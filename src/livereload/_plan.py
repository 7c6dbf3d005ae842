"""What is stale, and why.

Pure: takes what the look at the files found, gives the names to execute.  Must not know how files
are looked at or modules executed.
"""

from . import _graph

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ._look import Look
    from ._stamp import Source
    from ._state import Record


class Plan:
    """Which modules to execute, the reason for each, and the sources read on the way (by path).

    `reached` are the records whose files were compared; if all is fresh, `look` is what was compared.
    """

    __slots__ = ("look", "reached", "reasons", "sources")

    def __init__(self, reasons: dict[str, str], sources: "dict[str, Source]") -> None:
        self.reasons = reasons
        self.sources = sources
        self.look: Look | None = None
        self.reached: Mapping[str, Record] = {}

    def hashes(self) -> "tuple[tuple[str, bytes], ...]":
        """What tells this plan from one made after another edit."""
        return tuple((path, source.hash) for path, source in sorted(self.sources.items()))

    def __bool__(self) -> bool:
        return bool(self.reasons)

    def __repr__(self) -> str:
        return f"<Plan {self.reasons}>"


def plan(
    reached: "Mapping[str, Record]",
    changed: "Mapping[str, str]",
    moved: "set[str]",
    versions: "Mapping[str, int]",
    sources: "dict[str, Source]",
) -> Plan:
    """What is to be executed of the modules in `reached`.

    `changed` gives the reasons that the files gave.  Everything below a package in `moved` is stale
    with it.  A module is stale, too, if something that it imported has another version (`versions`)
    than it had then, and if it imports, directly or not, what is stale.
    """
    reasons = dict(changed)
    for name, record in reached.items():
        if name in reasons:
            continue
        above = next((parent for parent in _graph.parents(name) if parent in moved), None)
        if above is not None:
            reasons[name] = f"{above} has moved"
            continue
        for other, seen in (record.edges or {}).items():
            if versions.get(other, seen) != seen:
                reasons[name] = f"imports {other}"
                break
    if reasons:
        edges = {name: record.edges or {} for name, record in reached.items()}
        reasons = _graph.spread(reasons, edges)
    return Plan(reasons, sources)
