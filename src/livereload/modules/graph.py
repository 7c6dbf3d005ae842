"""The graph of imports: closures, the importers that a change reaches, cycles.

Pure data: mappings from a name to the names that it imports.  Must not know files, `sys` or how a module is executed.

- An *edge* a -> b says that a asked for b while it was executed.  b need not exist: a module may depend on the
  absence of another.
- A submodule cannot be imported without its parent packages, so they belong to its closure.  A new execution of a
  parent does not by itself make the submodule stale.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


class Closure:
    """Who imports whom among some modules, found when somebody asks, and kept."""

    __slots__ = ("_cycles", "_importers", "edges")

    def __init__(self, edges: "Mapping[str, Iterable[str]]") -> None:
        self.edges = edges
        self._importers: dict[str, list[str]] | None = None
        self._cycles: dict[str, frozenset[str]] | None = None

    def importers(self) -> dict[str, list[str]]:
        """Who imports each name."""
        if self._importers is None:
            self._importers = importers_in(self.edges)
        return self._importers

    def cycles(self) -> "dict[str, frozenset[str]]":
        """Of each name in a cycle, all the names that it is in a cycle with."""
        if self._cycles is None:
            self._cycles = cycles(self.edges)
        return self._cycles


def parents(name: str) -> list[str]:
    """The packages that contain `name`, outermost first."""
    if "." not in name:
        return []
    parts = name.split(".")
    return [".".join(parts[:i]) for i in range(1, len(parts))]


def closure(names: "Iterable[str]", edges: "Callable[[str], Iterable[str] | None]") -> dict[str, None]:
    """All names reached from `names`, themselves included, parents before children where possible.

    `edges(name)` gives what a name imports, or None for a name that is not to be entered.
    """
    found: dict[str, None] = {}
    entered: set[str] = set()
    waiting = [*names]
    waiting.reverse()
    while waiting:
        name = waiting.pop()
        if name in entered:
            continue
        parent = name.rpartition(".")[0]
        if parent and parent not in entered:
            waiting += (name, parent)
            continue
        entered.add(name)
        reached = edges(name)
        if reached is None:
            continue
        found[name] = None
        for other in reached:
            if other not in entered:
                waiting.append(other)
    return found


def spread(changed: "Mapping[str, str]", edges: "Mapping[str, Iterable[str]]") -> dict[str, str]:
    """`changed` and all modules that import one of them, directly or not, each with the reason.

    Only the keys of `edges` can be reached.  All members of a cycle import each other, so a cycle is reached as a
    whole.
    """
    return spread_to(changed, importers_in(edges))


def importers_in(edges: "Mapping[str, Iterable[str]]") -> dict[str, list[str]]:
    """Who imports each name."""
    importers: dict[str, list[str]] = {}
    for name, imported in edges.items():
        for other in imported:
            importers.setdefault(other, []).append(name)
    return importers


def spread_to(changed: "Mapping[str, str]", importers: "Mapping[str, Iterable[str]]") -> dict[str, str]:
    """`changed` and all who import it, directly or not, each with the reason."""
    reasons = dict(changed)
    waiting = list(changed)
    while waiting:
        name = waiting.pop()
        for importer in importers.get(name, ()):
            if importer not in reasons:
                reasons[importer] = f"imports {name}"
                waiting.append(importer)
    return reasons


def cycles(edges: "Mapping[str, Iterable[str]]") -> "dict[str, frozenset[str]]":  # noqa: C901 (one algorithm)
    """{name: all names in its cycle, itself included}, for each name in a cycle.

    Tarjan's algorithm for strongly connected components (SIAM Journal on Computing 1, 1972), without recursion.
    """
    found: dict[str, frozenset[str]] = {}
    numbers: dict[str, int] = {}
    lowest: dict[str, int] = {}
    open_names: dict[str, None] = {}
    for root in edges:
        if root in numbers:
            continue
        numbers[root] = lowest[root] = len(numbers)
        open_names[root] = None
        path = [(root, iter(edges[root]))]
        while path:
            name, remaining = path[-1]
            for other in remaining:
                if other not in edges:
                    continue
                if other not in numbers:
                    numbers[other] = lowest[other] = len(numbers)
                    open_names[other] = None
                    path.append((other, iter(edges[other])))
                    break
                if other in open_names:
                    lowest[name] = min(lowest[name], numbers[other])
            else:
                path.pop()
                if path:
                    lowest[path[-1][0]] = min(lowest[path[-1][0]], lowest[name])
                if lowest[name] == numbers[name]:
                    members: list[str] = []
                    while not members or members[-1] != name:
                        members.append(open_names.popitem()[0])
                    if len(members) > 1:
                        found.update(dict.fromkeys(members, frozenset(members)))
    return found
