"""Which modules are stale, and why: a plan.

Pure: it takes what the look at the files has found (`file_changes`) and spreads it to importers.  Must not know how
files are looked at or modules executed.
"""

from . import graph

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from types import CodeType

    from ..files.cached_look import Look
    from ..files.source import Source
    from .record import Record


class Plan:
    """Which modules are stale, the reason for each, and the sources read on the way (by path).

    `roots` are the modules that are stale by themselves, not because of what they import.  `moved` are those of the
    roots whose name stands for another file now, or for none.  `changed` are those for which the files gave a reason.
    `must` are those that are executed whatever has changed in their sources.  `other_data` are those that have read
    data that has changed, for themselves or for others.  `reached` are the records whose files were looked at.  `codes`
    is the code of modules whose new source is compiled already.  If all is fresh, `look` is what was compared.
    """

    __slots__ = (
        *("changed", "closure", "codes", "look", "moved", "must", "other_data"),
        *("reached", "reasons", "roots", "sources"),
    )

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
        self.other_data: Mapping[str, str] = {}
        self.closure: graph.Closure | None = None
        self.codes: dict[str, CodeType] = {}

    def hashes(self) -> "tuple[tuple[str, bytes | None], ...]":
        """The new sources by their hashes: equal for two plans only if no source was edited between them."""
        return tuple((path, source.hash) for path, source in sorted(self.sources.items()))

    def __bool__(self) -> bool:
        return bool(self.reasons)

    def and_also(self, reasons: "Mapping[str, str]") -> "Plan":
        """A plan to execute these modules as well."""
        return Plan({**self.reasons, **reasons}, self.sources, reached=self.reached)

    def __repr__(self) -> str:
        return f"<Plan {self.reasons}>"


def plan(
    reached: "Mapping[str, Record]",
    changed: "Mapping[str, str]",
    moved: "set[str]",
    versions: "Mapping[str, int]",
    sources: "dict[str, Source]",
    closure: "graph.Closure | None" = None,
    other_data: "Mapping[str, str]" = {},  # noqa: B006 (it stays empty)
) -> Plan:
    """The modules in `reached` that are stale; `closure` has their graph, if it is known.

    A module is stale

    1. if its file gave a reason (`changed`), or data that it has read (`other_data`), or reads for others;
    2. if it is below a package in `moved`;
    3. if a module that it imported has another version (`versions`, of those that have) than it had then;
    4. if it imported a submodule of a package that failed afterwards, so that the package is not there;
    5. if it imports a stale module, directly or not.
    """
    other_data = {name: reason for name, reason in other_data.items() if name in reached}
    reasons = {**other_data, **changed}
    must = {name for name in changed if reached[name].path not in sources or reached[name].listed or name in other_data}
    must |= moved & reached.keys()
    broken = {name for name, record in reached.items() if record.broken}
    for name, record in reached.items() if moved or versions or broken else ():
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
        closure = closure or graph.Closure(needed_by(reached))
        reasons = graph.spread_to(roots, closure.importers())
    found = Plan(reasons, sources, roots, moved, reached)
    found.changed, found.must, found.closure = changed, frozenset(must), closure
    found.other_data = other_data
    return found


def needed_by(reached: "Mapping[str, Record]") -> "dict[str, Iterable[str]]":
    """What each module needs of others."""
    return {name: _needed(record) for name, record in reached.items()}


def _needed(record: "Record") -> "Iterable[str]":
    """The modules that a module has imported; of one that failed the packages, too: it may fail in another one now."""
    edges = record.edges or {}
    return {each for name in edges for each in (*graph.parents(name), name)} if record.failed else edges


def _enters(name: str, other: str, packages: set[str]) -> bool:
    """True if `other` is in one of the `packages` and `name` is not."""
    return not packages.isdisjoint(graph.parents(other)) and packages.isdisjoint(graph.parents(name))
