"""Verify on demand: bring modules up to date, executing only what would come out differently.

Knows records, plans and the order of imports.  Must not know how one object takes over from another.

The procedure is that of an incremental build with early cutoff (*verify* in Salsa, "Build Systems à la
Carte").  A module is verified after what it imported, in the order in which it did; so what it used is
up to date when it is asked about:

1. A module that has to be executed whatever its imports have come to (its source has changed in more
   than bodies of functions, it has moved, it failed before) is executed when it is reached.  importlib
   does it, and asks for others where the code imports them.
2. Of a module that has changed in bodies of functions, these are entered as different.
3. A module that used nothing that is different (`affected`) is kept; functions with changed bodies get
   the new code, and names that it imported are bound to what they stand for now.  Else it is executed.
4. What a module that has changed may have put into others, or changed in them, modules that it does not import
   may have used, in the order of the imports: its siblings.  They are asked as well.
5. What an execution has made of a module is compared with what was there before, and entered as
   different for the modules that imported it.

Modules that import each other in a cycle are verified as one.

When a module fails, so does the import statement of the module that imported it.  An importer that is
not executed shows in the traceback where it imports what failed; one that may catch the error is executed.
"""

import sys

from ..identity.object_model import namespace_of
from ..modules import graph
from ..modules.changed_names import CONTENTS, SHARED
from ..modules.stale import Plan
from . import siblings
from .affected import Affected
from .changed_source import ChangedSources, uses_of
from .executed_anyway import ExecutedAnyway
from .failed_import import ImportFrame, import_of, is_of_livereload, is_raised_in_code
from .import_order import Walk
from .inert_modules import InertModules
from .kept_results import readers_of_data, why_kept
from .outcomes import Outcomes
from .siblings import Siblings
from .update_in_place import Updates

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable
    from types import CodeType

    from ..changes.uses import Uses
    from ..modules.import_system_protocol import Interpreter
    from ..modules.record import Record
    from ..modules.state import State
    from ..refreshes.journal import Transaction


class NewCycle(BaseException):
    """Modules that were executed have imported modules whose own imports were still being verified.

    A fresh interpreter begins with these `names`, so they have to be executed first.
    """

    def __init__(self, names: set[str]) -> None:
        super().__init__(*names)
        self.names = names


class Verification:
    """One attempt to bring modules up to date within a transaction."""

    def __init__(
        self,
        state: "State",
        interpreter: "Interpreter",
        transaction: "Transaction",
        take: "Callable[[Plan], object]",
        new_code: "Callable[[Plan, Record], CodeType | None]",
        first: "Collection[str]" = (),
    ) -> None:
        """Modules in `first` are executed before what they import."""
        self._state = state
        self._records = state.records
        self._interpreter = interpreter
        self._transaction = transaction
        self._take = take
        self._affected = Affected(state.records)
        self._changed = ChangedSources(state.records, new_code, whole=state.whole)
        self._inert = InertModules(state)
        self._anyway = ExecutedAnyway(state.records, interpreter, self._changed, self._inert, transaction.taken, first)
        self._outcomes = Outcomes(state, transaction, self._affected)
        self._updates = Updates(state, interpreter, transaction, self._changed, self._affected, self._outcomes)
        # the modules that have been changed in place, and in what; those that were stale and have not been executed
        self.updated, self.kept = self._updates.updated, self._updates.kept
        self._verified: set[str] = set()
        # siblings that have been asked, and are kept
        self._asked: list[Record] = []
        # modules whose imports are being verified; those of them that were imported again meanwhile
        self._open: set[str] = set()
        self._entered_again: set[str] = set()
        known = transaction.candidates, self._open, self._verified
        self._siblings = Siblings(state.records, *known, self._is_waiting, self._affected.other_variable)
        # how many calls of `run` there are, one within another
        self._depth = 0

    def run(self, plan: Plan, names: "Iterable[str]") -> None:
        """Bring up to date what `plan` says may be stale, in the order in which importing `names` reaches it."""
        walk = Walk(plan, self._records, lambda record: self._changed.imports(plan, record), self)
        self._transaction.candidates.update(dict.fromkeys(plan.reasons))
        self._depth += 1
        try:
            self._take_at_once(plan, walk)
            for name in names:
                for each in (*graph.parents(name), name):
                    walk.verify(each)
        finally:
            self._depth -= 1
        if self._depth == 0 and self._entered_again:
            raise NewCycle(self._entered_again)

    def siblings(self, names: "Iterable[str]") -> "dict[str, str]":
        """{module: why it is asked}: those that `names` import which may have used what siblings have changed."""
        return self._siblings.among(names)

    def forsake(self, names: "Iterable[str]", others: "Iterable[str]") -> None:
        """Nobody imports these modules any more; what they had put into others is gone."""
        for name in others:
            self._outcomes.enter(self._records[name], {CONTENTS, SHARED})
        for name in names:
            self._siblings.share(self._records[name])

    def meets(self) -> None:
        """A module is about to be executed for the first time."""
        self._outcomes.remember_all()

    def has_executed(self, record: "Record") -> None:
        """A module's code has run to its end: enter what is different now."""
        self._verified.add(record.name)
        if self._outcomes.compare(record):
            self._siblings.share(record)

    def renew_edges(self) -> None:
        """All that the modules which were kept have imported is up to date."""
        self._outcomes.forget()
        known = self._records
        if self._outcomes.has_touched:
            self._siblings.leave_waiting({*self._verified, *(each.name for each in self._transaction.executed)})
        for record in (*self.kept, *self._asked):
            if record.edges is not None:
                record.edges.update({other: known[other].version for other in record.edges if other in known})

    # Modules that are executed whatever the modules that they import have come to.

    def _take_at_once(self, plan: Plan, walk: Walk) -> None:
        """What has to be executed leaves `sys.modules`, so that it is executed when it is reached."""
        must: dict[str, str] = {}
        lost = {name for name in plan.reasons if self._anyway.is_lost(plan, name)}
        for name, reason in plan.reasons.items():
            if name in self._verified or self._records[name].executing:
                continue
            if self._anyway.is_executed(plan, name, lost):
                must[name] = reason
            elif name not in self._open:
                must.update(
                    {each: plan.reasons.get(each, f"imports {name}") for each in self._anyway.new_cycle(plan, name)}
                )
        must.update(readers_of_data(plan, self._records, self._verified, self._affected, self._outcomes))
        if must:
            for name in [each for changed in must for each in walk.cycle(changed)]:
                must.setdefault(name, plan.reasons.get(name, ""))
            self._leave(plan, must)

    # What the walk along the imports asks and tells.

    def enters(self, plan: Plan, name: str) -> bool:
        """True if a module has to be verified; one that has to be executed in any case is."""
        if name in self._open:
            self._enter_again(name)
            return False
        if name in self._verified:
            return False
        if name not in plan.reasons and self._siblings.is_one(name):
            plan.reasons[name] = siblings.WHY
            self._transaction.candidates.setdefault(name)
        if name not in plan.reasons or self._anyway.is_lost(plan, name):
            self._siblings.pass_by(name)
            return False
        if name in self._transaction.taken:
            if name not in sys.modules:
                self._verified.add(name)
                self._import_module(name)
            return False
        return True

    def _enter_again(self, name: str) -> None:
        """A module is asked for whose own imports are being verified; by what it imports, if not by what is in it."""
        stack = self._state.thread.stack
        if stack and not stack[-1].name.startswith(f"{name}."):
            self._entered_again.add(name)

    def _is_waiting(self, record: "Record") -> bool:
        """True if a module has not been verified, and may be kept."""
        if record.name in self._verified or self._inert.is_untouched(record):
            return False
        return self._anyway.can_be_kept(record)

    def begin(self, names: "list[str]") -> None:
        """The imports of these modules are being verified."""
        self._open.update(names)
        self._siblings.begin(names)

    def end(self, names: "list[str]") -> None:
        """The imports of these modules have been verified, or one of them has failed."""
        self._open.difference_update(names)

    def changes(self) -> int:
        """How often something has been entered as different."""
        return self._outcomes.entered

    def is_decided(self, plan: Plan, name: str) -> bool:
        """True if a module has used something that is different by now."""
        record = self._records[name]
        if record.path not in plan.sources and self._inert.is_untouched(record):
            return False
        uses = self._changed.uses(plan, record)
        return uses is not None and self._affected_by(record, uses) is not None

    def decide(self, plan: Plan, names: "list[str]") -> None:
        """Keep, update or execute modules whose imports are up to date."""
        names = [each for each in names if each not in self._verified and not self._records[each].executing]
        records = [self._records[name] for name in names]
        for record in records:
            self._in_place(record, self._begin_update, plan)
        why: dict[str, str] = {}
        for record in records:
            reason = self._why(plan, record)
            if reason is not None:
                why[record.name] = reason
        if why:
            self._execute(plan, {name: why.get(name, f"imports {next(iter(why))}") for name in names})
            return
        for record in records:
            self._in_place(record, self._keep, plan)

    def fail(self, plan: Plan, names: "list[str]", child: str, error: BaseException) -> BaseException | None:
        """What modules import has failed: show where, or execute them, as they may catch the error."""
        if is_of_livereload(error):
            return error
        frame = self._fails_in(plan, names[0], child, error) if len(names) == 1 else None
        if frame is not None:
            error.__traceback__ = frame.above(error.__traceback__)
        elif isinstance(error, Exception):
            try:
                self._execute(plan, {each: f"imports {child}" for each in names})
            except BaseException as another:
                return another
            return None
        return error

    def _fails_in(self, plan: Plan, name: str, child: str, error: BaseException) -> "ImportFrame | None":
        """Where a module that was not executed imports what has failed; None if it may catch the error."""
        record = self._records[name]
        uses = uses_of(record) if record.path is not None and self._anyway.can_be_kept(record) else None
        if uses is None or name in self._verified or not is_raised_in_code(error):
            return None
        return None if record.path in plan.sources else import_of(record, uses, child)

    # One module whose imports are up to date.

    def _why(self, plan: Plan, record: "Record") -> str | None:
        """Why a module must be executed, if it must."""
        if record.path is None:
            return None
        if record.path in plan.sources or not self._inert.is_untouched(record):
            uses = self._changed.uses(plan, record)
            if uses is None:
                return "its code is not known"
            reason = self._affected_by(record, uses)
            if reason is not None:
                return reason
        return why_kept(record, self._affected)

    def _affected_by(self, record: "Record", uses: "Uses") -> str | None:
        is_asked = record.name in self._siblings.asked or siblings.is_waiting(record)
        return self._affected.why(record, uses, contents=SHARED if is_asked else CONTENTS)

    def _in_place(self, record: "Record", change: "Callable[[Plan, Record], object]", plan: Plan) -> None:
        """Change a module in place; no module that is being executed has done that."""
        before, stack = self._outcomes.entered, self._state.thread.stack
        detection = stack[-1].detection if stack and record.path in plan.sources else None
        if detection is not None:
            detection.rest()
        change(plan, record)
        if detection is not None:
            detection.go_on(record.name)
        if self._outcomes.entered != before:
            self._transaction.entries.updated(record.name, namespace_of(sys.modules[record.name]) or {})

    def _begin_update(self, plan: Plan, record: "Record") -> None:
        passed = self._siblings.begin_again(record.name)
        self._open.add(record.name)  # its statements may import what imports it
        try:
            is_different = self._updates.begin(plan, record)
        finally:
            self._open.discard(record.name)
            self._siblings.end_again(passed)
        if is_different:
            self._siblings.share(record)

    def _keep(self, plan: Plan, record: "Record") -> None:
        self._verified.add(record.name)
        if record.name in self._siblings.asked:
            self._asked.append(record)
        else:
            self._updates.finish(plan, record, is_untouched=self._inert.is_untouched(record))

    # Executing.

    def _execute(self, plan: Plan, reasons: "dict[str, str]") -> None:
        """Execute modules; importlib does it, in the order in which they import each other."""
        self._leave(plan, reasons)
        self._verified.update(reasons)
        for name in reasons:
            if name not in sys.modules:
                self._import_module(name)

    def _leave(self, plan: Plan, reasons: "dict[str, str]") -> None:
        """Have modules leave `sys.modules`, and remember what they held."""
        all_taken, records = self._transaction.taken, self._records
        new = {
            name: reason for name, reason in reasons.items() if name not in all_taken and not records[name].executing
        }
        paths = [records[name].path or "" for name in new]
        sources = {path: plan.sources[path] for path in paths if path in plan.sources}
        part = Plan(new, sources, moved=plan.moved, reached=plan.reached)
        for name in new:
            code = self._changed.compiled(records[name], plan.sources.get(records[name].path or ""))
            if code is not None:
                part.codes[name] = code
        self._siblings.leave(name for name in new if records[name].inert != 0)
        self._take(part)
        self._outcomes.remember(new)

    def _import_module(self, name: str) -> None:
        """Have importlib execute a module that is not in `sys.modules`.

        It binds a submodule in its package, where a name of the package's own may stand.
        """
        parent, _, tail = name.rpartition(".")
        package = sys.modules.get(parent)
        namespace = namespace_of(package) or {}
        bound = namespace.get(tail)
        self._interpreter.import_module(name, ())
        if bound is not None and sys.modules.get(parent) is package and namespace.get(tail) is not bound:
            self._transaction.note(namespace.__setitem__, tail, bound)
            namespace[tail] = bound
