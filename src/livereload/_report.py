"""What happened and why, as data and as text.

Knows nothing of how it came about.
"""


class Executed:
    """One execution of one module in a refresh."""

    __slots__ = ("name", "reason", "seconds")

    def __init__(self, name: str, reason: str, seconds: float) -> None:
        self.name = name
        self.reason = reason
        self.seconds = seconds

    def __repr__(self) -> str:
        return f"{self.name} ({self.reason}) in {self.seconds * 1e3:.1f} ms"


class Report:
    """What one refresh did.

    `executed` holds an `Executed` (`name`, `reason`, `seconds`) for each execution, in the order in
    which they ended; `names` just the names.  A report is true if anything was executed.
    """

    __slots__ = ("executed",)

    def __init__(self, executed: tuple[Executed, ...] = ()) -> None:
        self.executed = executed

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(each.name for each in self.executed)

    def __bool__(self) -> bool:
        return bool(self.executed)

    def __repr__(self) -> str:
        if not self.executed:
            return "livereload: nothing was stale"
        return "livereload executed\n" + "\n".join(f"  {each!r}" for each in self.executed)


class ModuleStatus:
    """One tracked module: `name`, `path`, `stale` (a reason, or None if fresh), `generation`."""

    __slots__ = ("generation", "name", "path", "stale")

    def __init__(self, name: str, path: str | None, stale: str | None, generation: int) -> None:
        self.name = name
        self.path = path
        self.stale = stale
        self.generation = generation

    def __repr__(self) -> str:
        return f"{self.name}: {self.stale or 'fresh'}"


class Status:
    """What livereload answers for: `installed`, and `modules`, a dict of `ModuleStatus` by name."""

    __slots__ = ("installed", "modules")

    def __init__(self, installed: bool, modules: dict[str, ModuleStatus]) -> None:
        self.installed = installed
        self.modules = modules

    def __repr__(self) -> str:
        if not self.installed:
            return "livereload is not installed: call livereload.install()"
        if not self.modules:
            return "livereload is installed and tracks no module yet"
        rows = [("module", "state", "executed", "file")]
        rows += [
            (each.name, f"stale: {each.stale}" if each.stale else "fresh", str(each.generation), each.path or "-")
            for each in self.modules.values()
        ]
        widths = [max(len(row[i]) for row in rows) for i in range(3)]
        return "\n".join(
            "  ".join([*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[3]]) for row in rows
        )
