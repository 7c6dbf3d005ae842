"""What is stale, and why.

Pure: takes what the look at the files found, gives the names to execute.  Must not know how files
are looked at or modules executed.
"""

from . import graph

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from types import CodeType

    from ..files.source import Source
    from ..files.unchanged import Look
    from .record import Record


class Plan:
    """Which modules to execute, the reason for each, and the sources read on the way (by path).

    `roots` are those that are stale by themselves, not for what they import; `moved` those of them
    that stand for another file, or none.  `reached` are the records whose files were looked at.  If
    all is fresh, `look` is what was compared.

    `changed` are those for which the files gave a reason; those that `must` be executed, whatever has
    changed in their sources.  `codes` is what to execute where that is known already.
    """

    __slots__ = ("changed", "codes", "look", "moved", "must", "reached", "reasons", "roots", "sources")

    def __init__(
        self,
        reasons: dict[str, str],
        sources: "dict[str, Source]",
        roots: "Mapping[str, str] | None" = None,
        moved: "set[str] | frozenset[str]" = frozenset(),
        reached: "Mapping[str, Record] | None" = None,
    ) -> None:
        self.reasons = reasons
        self.sources = sources
        self.roots = reasons if roots is None else roots
        self.moved = moved
        self.reached: Mapping[str, Record] = {} if reached is None else reached
        self.look: Look | None = None
        self.changed: Mapping[str, str] = {}
        self.must: frozenset[str] = frozenset()
        self.codes: dict[str, CodeType] = {}

    def hashes(self) -> "tuple[tuple[str, bytes], ...]":
        """What tells this plan from one made after another edit."""
        return tuple((path, source.hash) for path, source in sorted(self.sources.items()))

    def __bool__(self) -> bool:
        return bool(self.reasons)

    def and_also(self, reasons: "Mapping[str, str]") -> "Plan":
        """A plan to execute all of this and more."""
        return Plan({**self.reasons, **reasons}, self.sources, reached=self.reached)

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
    than it had then, if it imported something from inside a package that is not there as it failed,
    and if it imports, directly or not, what is stale.
    """
    reasons = dict(changed)
    must = {name for name in changed if reached[name].path not in sources or reached[name].listed}
    must |= moved & reached.keys()
    broken = {name for name, record in reached.items() if record.broken}
    for name, record in reached.items():
        if name in reasons:
            continue
        above = next((parent for parent in graph.parents(name) if parent in moved), None) if moved else None
        if above is not None:
            reasons[name] = f"{above} has moved"
            must.add(name)
            continue
        for other, seen in (record.edges or {}).items():
            if versions.get(other, seen) != seen or (broken and _enters(name, other, broken)):
                reasons[name] = f"imports {other}"
                if broken and _enters(name, other, broken):
                    must.add(name)
                break
    roots = reasons
    if reasons:
        edges = {name: _needed(record) for name, record in reached.items()}
        reasons = graph.spread(roots, edges)
    found = Plan(reasons, sources, roots, moved, reached)
    found.changed, found.must = changed, frozenset(must)
    return found


def _needed(record: "Record") -> "Iterable[str]":
    """What a module has imported; of one that failed the packages, too: now it may fail in another one of them."""
    edges = record.edges or {}
    return {each for name in edges for each in (*graph.parents(name), name)} if record.failed else edges


def _enters(name: str, other: str, packages: set[str]) -> bool:
    """True if `other` is in one of the `packages` and `name` is not."""
    return not packages.isdisjoint(graph.parents(other)) and packages.isdisjoint(graph.parents(name))
