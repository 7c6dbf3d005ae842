"""Entries are taken back before a module is executed again, and put in order afterwards: one refresh.

Knows which modules may be executed, and when each is.  Must not know how they are executed.

An entry belongs to the execution that made it.

1. `start`: the modules that may be executed, as they are.
2. `before` a module is executed again, the entries of its last execution are taken back, the latest first.  Of
   executions that were observed, the entries are known (`effects`).  Entries that lead to the module's definitions
   are searched for once, for all modules that may be executed (`ownership`).
3. `after` it has been executed, its new entries stand where the first old entry stood, in their order (`merging`).
4. `finish`, at the commit.

All of it is on the journal.  After a failure, the entries of the new definitions are found by their referrers, and
removed.
"""

import gc
from types import FunctionType

from ..identity.object_model import descendants, is_plain, namespace_of, references_to_namespace
from ..interpreter.bytecode import nested
from . import class_members, containers, monkeypatches, reference_counts
from .candidates import Candidate
from .effects import GONE, put, revert, value_at
from .made_on_demand import is_made_on_demand
from .merging import Emptied, merge
from .moved_entries import moved
from .ownership import Owner, Search
from .reference_counts import Outside
from .snapshots import Snapshot
from .stdlib_registries import ExitCallbacks, LogHandlers, Overloads, forget_levels, interpreters_lists

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from types import CodeType, ModuleType
    from typing import Any, Protocol

    from .effects import Stored
    from .ownership import Table

    Note = Callable[..., None]

    class Journal(Protocol):
        def number_of_notes(self) -> int: ...
        def noted_since(self, place: int) -> "dict[int, int]": ...


_INTERPRETER = "sys"


class Entries:
    """The entries that modules have elsewhere, during one refresh."""

    def __init__(
        self,
        note: "Note",
        tracked: "Callable[[], Mapping[str, dict[str, Any]]]",
        imports: "Callable[[str], Collection[str]]",
        users: "Callable[[str], Collection[str]]",
        code: "Callable[[str], CodeType | None]",
        others: "Callable[[], Iterable[Stored]]",
    ) -> None:
        """`tracked()` gives {name: namespace} of all tracked modules that are there.

        `imports(name)` gives the names of the modules that a module imports, directly or not, `users(name)` of its
        importers, `code(name)` the code that it was executed from, `others()` the effects of all modules.
        """
        self._note = note
        self._tracked = tracked
        self._imports = imports
        self._users = users
        self._code = code
        self._others = others
        self._above: list[tuple[Stored, Any]] = []  # a monkeypatch that was taken back, and one made on top of it
        # the journal that the notes go to: it refers to classes, too
        self.journal: Journal | None = None
        self._candidates: dict[str, Candidate] = {}
        self._found: dict[str, list[tuple[Any, Any]]] = {}  # {"shop": [(container, entry)]}
        self._functions: dict[str, list[FunctionType]] = {}  # {"shop": [functions]}: all that live
        self._searched: set[str] = set()
        self._classes: dict[str, set[int]] = {}  # {"shop": {id}}: those that lived before, as far as it is known
        # {"shop": [(contents of a class of others, a member)]}
        self._members: dict[str, list[tuple[dict[str, Any], Any]]] = {}
        # {id of a container: the dicts that have it as a value}
        self._tables: dict[int, list[Table]] = {}
        self._snapshot: Snapshot | None = None
        self._met: set[str] = set()  # the modules that the snapshot has, or would if they were there
        self._running: list[str] = []
        self._group: list[str] = []  # the modules that are running, and those that have run within the outermost one
        self._again: dict[str, None] = {}  # the modules that have been executed since the snapshot was made
        self._emptied: dict[int, Emptied] = {}  # the containers that this group has entries in
        self._registered = (ExitCallbacks(), LogHandlers())
        self._overloads = Overloads()

    def start(self, candidates: "Mapping[str, Candidate]") -> None:
        """These modules may be executed."""
        self._candidates.update(candidates)
        self._searched.difference_update(candidates)
        if self._snapshot is not None:
            self._take_contents(self._snapshot, candidates)

    def before(self, name: str) -> None:
        """The module of this name is about to be executed again: take its entries back."""
        candidate = self._candidates.get(name)
        if candidate is None:
            return
        snapshot = self._take_snapshot()
        self.meet(name)
        for each in self._again:  # not earlier: new objects are not held until they are brought together with the old
            snapshot.take_again(each, self._candidates[each].namespace)
        self._again.clear()
        self._search(snapshot)
        self._running.append(name)
        self._group.append(name)
        self._overloads.take(name)
        snapshot.unregister(name)
        self._take_back(name, candidate)
        self._take_patches_back(name, candidate)
        for emptied, names in self._by_container(class_members.take(self._members.pop(name, ()), self._note)):
            emptied.take(names)
        snapshot.forget_dispatch()
        candidate.references = references_to_namespace(candidate.module)
        candidate.numbers = reference_counts.numbers(name, candidate.namespace, candidate.contents)
        candidate.notes = 0 if self.journal is None else self.journal.number_of_notes()
        self._note(self._discard, name, candidate)

    def first(self, name: str, module: "ModuleType") -> None:
        """The module of this name is about to be executed for the first time."""
        namespace = namespace_of(module)
        if namespace is not None:
            self._classes[name] = set()
            self._note(self._discard, name, Candidate(module, namespace, {}, None, lambda: None))

    def after(self, name: str, held: int = 0, seen: "Collection[Stored]" = ()) -> "Outside | None":
        """The module of this name has been executed; returns what it has put elsewhere, the effects `seen` included.

        The caller has `held` references to its namespace.
        """
        for item in seen:
            self._note(revert, item)
        if name not in self._running:
            if self._snapshot is not None and name in self._candidates:
                self._again[name] = None
            return None
        self._running.remove(name)
        candidate = self._candidates[name]
        made = references_to_namespace(candidate.module) - candidate.references - held
        numbers = dict(candidate.numbers)
        for key, number in () if self.journal is None else self.journal.noted_since(candidate.notes).items():
            if key in numbers:
                numbers[key] += 2 * number  # the keeper of classes has its own journal, too
        counts = reference_counts.count_in(name, candidate.namespace, made, numbers)
        candidate.made_by = self._code(name)
        stored: list[Stored] = []
        if not self._running:
            stored = self._end_group(name)
        known = {(id(each.holder), id(each.key)) for each in seen if each.key is not GONE or each.holder}
        return Outside(counts, [*seen, *(each for each in stored if (id(each.holder), id(each.key)) not in known)])

    def meet(self, name: str) -> None:
        """A module that is about to be executed, or one that it imports: remember what that has, and what it imports.

        An execution can change nothing that is in tracked modules but what it gets at by importing these.
        """
        if self._snapshot is not None and name not in self._met:
            self._met.update((name, *self._imports(name)))
            tracked = self._tracked()
            for each in self._met & tracked.keys():
                self._snapshot.take(each, tracked[each])

    def updated(self, name: str, namespace: "dict[str, Any]") -> None:
        """The module of this name has been changed in place: no execution has done that."""
        if self._snapshot is not None:
            self._snapshot.take_again(name, namespace)

    def finish(self, executed: "Iterable[str]") -> None:
        """All modules have been executed: remove what is twice in the standard library's registries."""
        namespaces = {id(self._candidates[name].namespace) for name in executed if name in self._candidates}
        for each in self._registered:
            each.reconcile(namespaces)

    def drop(self, name: str) -> None:
        """No module imports the one of this name any more: take its entries back for good."""
        if name in self._candidates:
            self.before(name)
            self.after(name)

    def end(self) -> None:
        """Let go of everything."""
        self._candidates.clear()
        self._found.clear()
        self._functions.clear()
        self._classes.clear()
        self._tables.clear()
        self._members.clear()
        self._emptied.clear()
        self._above.clear()
        self._again.clear()
        self._snapshot = None
        self._met.clear()

    # Before.

    def _take_snapshot(self) -> Snapshot:
        if self._snapshot is None:
            self._note(self.end)
            for each in (*self._registered, self._overloads):
                self._note(each.restore)
            self._snapshot = Snapshot()
            self._take_contents(self._snapshot, self._candidates)
            for each in interpreters_lists():
                self._snapshot.add(_INTERPRETER, each)
            self._note(self._snapshot.restore)
        return self._snapshot

    def _take_contents(self, snapshot: Snapshot, names: "Iterable[str]") -> None:
        """Remember the modules' own contents: a value that a module asks for is in its new namespace as well."""
        for name in names:
            snapshot.take(name, self._candidates[name].contents)

    def _search(self, snapshot: Snapshot) -> None:
        """Search for the entries of the modules that may be executed, if that has not been done."""
        names = [each for each in self._candidates if each not in self._searched]
        if names:
            self._searched.update(names)
            snapshot.forget_dispatch()
            search = Search([self._owner(each, self._candidates[each]) for each in names], snapshot.reached)
            self._found.update(search.entries())
            self._tables.update(search.tables)
            self._members.update(search.members)
            self._functions.update(search.functions)
            self._classes.update(search.classes)

    def _owner(self, name: str, candidate: Candidate, older: "Collection[int]" = ()) -> Owner:
        users = self._tracked().keys() - frozenset(self._imports(name))
        counts = None if candidate.outside is None else candidate.outside.counts
        return Owner(
            name,
            candidate.namespace,
            candidate.contents,
            counts,
            users.__contains__,
            candidate.names,
            candidate.class_names,
            older,
        )

    def _take_back(self, name: str, candidate: Candidate) -> None:
        """Take back the entries that were found, and the effects of the last execution."""
        emptied = []
        for each, entries in self._by_container(self._found.pop(name, [])):
            each.take(entries)
            if not containers.copy(each.container):
                emptied.append(each.container)
        self._take_emptied(name, emptied)
        data: list[tuple[Any, Stored]] = []
        for item in reversed([] if candidate.outside is None else candidate.outside.stored):
            is_entry = item.key is GONE or (not item.is_attribute and item.before is GONE)
            if is_entry and containers.base_of(type(item.holder)) is not None:
                data.append((item.holder, item))
            else:
                self._put_back(item)
        for each, entries in self._by_container(moved(data)):
            each.take(entries)
        for each, items in self._by_container(data):
            if type(each.rest) is dict:
                gone = [item for item in items if item.is_(value_at(each.container, item.key))]
                each.take_keys([key for key in each.rest if any(key is i.key or _same(key, i.key) for i in gone)])
            else:
                each.take_stored(items)
        forget_levels()

    def _put_back(self, item: "Stored") -> None:
        """Give a key or an attribute its earlier value, unless the session has given it another one since."""
        if not containers.has_plain_hash(item.key):
            return
        current = value_at(item.holder, item.key)
        if not item.is_(current):
            if not self._is_patch(item, current):
                return
            self._above.append((item, current))
        put(item.holder, item.key, item.before, self._note)
        if not item.is_attribute and containers.base_of(type(item.holder)) is not None:
            emptied = self._emptied_of(item.holder)
            emptied.rest = {**emptied.rest, item.key: item.before}

    def _is_patch(self, item: "Stored", current: "Any") -> bool:
        """True if another module, or the session, has replaced the stored object by a monkeypatch of its own."""
        if type(current) is FunctionType and current.__globals__.get("__name__") == "__main__":
            return True
        others = (each for each in self._others() if each is not item and each.holder is item.holder)
        return any(_same(each.key, item.key) and each.is_(current) for each in others)

    def _put_on_top(self) -> None:
        """Put monkeypatches that other modules have made on top of this one in their places again."""
        while self._above:
            item, current = self._above.pop()
            if value_at(item.holder, item.key) is item.before:  # the new code does not patch it any more
                for other in self._others():
                    if other.holder is item.holder and _same(other.key, item.key) and item.is_(other.before):
                        self._note(setattr, other, "before", other.before)
                        other.before = item.before
            put(item.holder, item.key, current, self._note)

    def _take_emptied(self, name: str, emptied: "list[Any]") -> None:
        """Remove containers that are empty now from the dicts that hold them, if they were made on demand."""
        tables = [
            (table, each)
            for each in emptied
            for table, roots in self._tables.get(id(each), ())
            if is_made_on_demand(table, each, [self._code(root) for root in roots if root != name])
        ]
        for table, entries in self._by_container(tables):
            table.take(entries)

    def _by_container(self, entries: "Iterable[tuple[Any, Any]]") -> "Iterable[tuple[Emptied, list[Any]]]":
        """Each container with the entries to remove from it; its contents are on the journal."""
        found: dict[int, tuple[Any, list[Any]]] = {}
        for container, entry in entries:
            found.setdefault(id(container), (container, []))[1].append(entry)
        for container, taken in found.values():
            yield self._emptied_of(container), taken

    def _emptied_of(self, container: "Any") -> Emptied:
        self._note(containers.restore, container, containers.copy(container))
        if id(container) not in self._emptied:
            self._emptied[id(container)] = Emptied(container, containers.copy(container))
        return self._emptied[id(container)]

    def _take_patches_back(self, name: str, candidate: Candidate) -> None:
        users: list[frozenset[str]] = []

        def may_patch(other: str) -> bool:
            if not users:  # importers are asked for only if something has been patched
                users.append(frozenset(self._users(name)) - frozenset(self._imports(name)))
            return other not in users[0]

        functions = self._functions.get(name, ())
        monkeypatches.take_back(name, candidate.namespace, candidate.contents, functions, may_patch, self._note)

    # After.

    def _end_group(self, name: str) -> "list[Stored]":
        """Put new entries in order; returns the effects of the module of this name, if it was the only one."""
        snapshot = self._take_snapshot()
        names = {name: None for each in self._group for name in (each, *self._imports(each), _INTERPRETER)}
        for container, before in snapshot.copies(names):
            if id(container) not in self._emptied:
                self._emptied[id(container)] = Emptied(container, before)
        self._put_on_top()
        stored: list[Stored] = []
        for emptied in self._emptied.values():
            if not containers.unchanged(emptied.container, emptied.rest):
                stored += merge(emptied)
        snapshot.renew(each for each in names if each not in self._group)
        self._again.update(dict.fromkeys(self._group))
        alone = len(self._group) == 1
        self._emptied.clear()
        self._group.clear()
        return stored if alone else []

    # After a failure.

    def _discard(self, name: str, candidate: Candidate) -> None:
        """Remove the objects that an execution has made from all containers: it is being rolled back."""
        older = {id(value) for value in candidate.contents.values()}
        older |= self._classes[name] if name in self._classes else set(map(id, descendants(object)))
        codes = set() if candidate.made_by is None else set(map(id, nested(candidate.made_by)))
        known = reference_counts.definitions(name, candidate.namespace, candidate.contents)
        older.update(id(value) for _, value in known if type(value) is FunctionType)
        new = {key: value for key, value in list(candidate.namespace.items()) if id(value) not in older}
        older.update(
            id(each)
            for each in gc.get_referrers(candidate.namespace)
            if type(each) is FunctionType and id(each.__code__) not in codes
        )
        made = Candidate(candidate.module, candidate.namespace, new, None, lambda: candidate.made_by)
        reached = {} if self._snapshot is None else self._snapshot.reached
        for container, entry in Search([self._owner(name, made, older)], reached).entries().get(name, ()):
            containers.remove(container, lambda each, entry=entry: each is entry)  # type: ignore[misc]


def _same(one: "Any", other: "Any") -> bool:
    return is_plain(one) and type(one) is type(other) and bool(one == other)
