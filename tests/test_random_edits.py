"""Restart equivalence under random edits: a state machine edits a random project and imports it in any order.

After each import:

- *sound*: what a fresh interpreter holds after the statement, the session holds; or both raise the same;
- *economical*: only what the rules allow was executed (`economy.py`), and by the same statement again, nothing;
- *atomic*: a statement that fails changes nothing;
- *live*: held functions, classes and instances behave as those that the modules now have;
- *single*: there is one generation of each class, and one object of each module.

What "fresh" means may depend on the order of the statements: a cycle of imports may hold when entered
by one module and fail when entered by another, and a module in a cycle may have seen half of another.
So other fresh interpreters are asked, too, which execute first the statements of the session: those that
were the last to execute something, each of these alone, those that succeeded, or all of them; or that import, one by
one or one alone, what the session has executed before, as the statement that entered a cycle may be one that fails by
now.  The session has to agree with one; where they do not agree with each other, that is not claimed.

Two classes that a fresh interpreter has by one name (`class C(C)`) are not counted.
A statement may fail after the modules that it names were brought up to date (`from a import missing`):
then these are as in a fresh interpreter instead of as before.  What others have registered with a
module is compared as far as a fresh interpreter has executed those others.  A held object has to follow
while its name stands for a thing of its kind: the same qualified name and, for a function, made in the
same scope without a closure.

A failing sequence is printed as a test to paste.  Profiles (`LIVERELOAD_RANDOM_EDITS=thorough`):
`quick` in the ordinary suite, always the same examples; `thorough` and `nightly` draw others each time.
`LIVERELOAD_RANDOM_EDITS=2000x30` is 2000 examples of 30 steps each.
"""

import collections
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

import economy
import pytest
import random_projects as projects
from conftest import Project, serving
from hypothesis import HealthCheck, Phase, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

_PROFILE = os.environ.get("LIVERELOAD_RANDOM_EDITS", "quick")
# Whether a changed module is executed as a whole, or updated where that comes to the same.
SHRINK = os.environ.get("LIVERELOAD_SHRINK", "1") != "0"  # 0: print the first failing sequence as it is
WHOLE = os.environ.get("LIVERELOAD_WHOLE", "0") != "0"
_PROFILES = {"quick": "25x12", "thorough": "600x25", "nightly": "10000x40"}
_EXAMPLES, _STEPS = map(int, _PROFILES.get(_PROFILE, _PROFILE).split("x"))
_FOLLOW = Path(__file__).with_name("following.py").read_text(encoding="utf-8")
# What the sources import of the standard library, so that not each session has to execute it.
_IMPORTED = ("abc", "contextlib", "dataclasses", "enum", "functools", "importlib.util", "operator", "re", "typing")
# What others register with a module is compared by itself, what the session asked for earlier not at all.
_APART = ("seen", "_names")

COUNTS = collections.Counter()


class Story:
    """A project to which things happen; remembers them as the lines of a test."""

    def __init__(self, address):
        self.folder = tempfile.mkdtemp(prefix="random-edits-")
        self.project = Project(address, Path(self.folder))
        self.lines = []
        self.succeeded = []  # statements, in their order, each once
        self.tried = []  # likewise, those that failed, too
        self.executing = []  # [("import a", {"a", "b"})]: which statement was the last to execute which modules
        self.executed = []  # module names, in the order in which they began to be executed last …
        self.kept = []  # … not counting what a statement that failed executed again, which may have been rolled back
        self.twins = set()  # classes of which a fresh interpreter has two
        self.files = {}
        self.economy = economy.Economy()
        self.claimed = None  # what was observed after the last step
        self._begin()

    def _begin(self):
        self.do("project.path.insert(0, str(project.file('over')))")
        self.do("project.file('over').mkdir()")
        self.project.start(whole=WHOLE)
        self.project.run(_FOLLOW)
        self._claim(())

    def do(self, line):
        """Do what a line of a test says."""
        self.lines.append(line)
        exec(line, {"project": self.project, "os": os})

    def write(self, path, text):
        self.files[path] = text
        self.do(f"project.write({{{path!r}: {text!r}}})")

    def delete(self, path):
        del self.files[path]
        self.do(f"project.delete({path!r})")

    def rename(self, old, new):
        """Rename a file or a folder; what is there by the new name is replaced."""
        moved = {path: new + path.removeprefix(old) for path in self.files if (path + "/").startswith(old + "/")}
        if os.path.isdir(self.project.file(old)) and self.project.file(new).exists():
            self.do(f"project.delete({new!r})")
            self.files = {path: text for path, text in self.files.items() if not path.startswith(new + "/")}
        for path, renamed in moved.items():
            self.files[renamed] = self.files.pop(path)
        folder = os.path.dirname(new)
        if folder:
            self.do(f"os.makedirs(project.file({folder!r}), exist_ok=True)")
        self.do(f"project.rename({old!r}, {new!r})")

    def hold(self, name, attribute):
        self.do(f"project.run({f'hold({name!r}, {attribute!r})'!r})")

    # The claims.

    def step(self, statement, expression=""):
        """Execute an import statement in the session and claim all that the head of this file says."""
        before = self.claimed
        live = self.project.attempt(statement, expression)
        fresh = self.project.fresh(statement, expression=expression)
        self.lines.append(self._shown(statement, expression, live))
        self.twins.update(fresh.twice)
        COUNTS["steps"] += 1
        COUNTS["failed" if fresh.error else "succeeded"] += 1
        agreed = same(live, fresh)
        in_order = (statement, expression, fresh.modules.keys() - set(live.executed))
        if not agreed and not any(same(live, each) for each in self._in_order(*in_order, one_alone=True)):
            if not all(same(each, fresh) for each in self._in_order(*in_order)):
                COUNTS["not claimed"] += 1
            else:
                self._differ(live, fresh)
        self._spent(statement, expression, live, before)
        if "reload" in statement:  # which makes another generation of classes, by definition
            self.twins.update(live.twice)
            self.project.run("forget_held()")
        again_last(self.tried, statement)
        for _, modules in self.executing:
            modules.difference_update(live.executed)
        self.executing.append((statement, set(live.executed)))
        for name in live.executed:
            again_last(self.executed, name)
            if live.error is None or name not in self.kept:
                again_last(self.kept, name)
        again = None
        if live.error is None and "reload" not in statement:
            again = self.project.attempt(statement)
        self._claim(fresh.modules if live.error is None and agreed else ())
        self._stayed(before)
        if live.error is None:
            self._succeeded(statement, live, again)
        elif not expression and economy.count_imports(statement) <= 1:  # else a part of it may have succeeded
            self._failed(live, fresh, before, agreed)

    def _claim(self, modules):
        """Observe the session, and what is behind these `modules`."""
        self.claimed = self.project.run("", f"claims({list(modules)!r})")

    def _in_order(self, statement, expression, modules, *, one_alone=False):
        """What fresh interpreters give after other statements of the session; `modules` are those that it kept."""
        COUNTS["asked in order"] += 1
        executing = [each for each, modules in self.executing if modules]
        one_by_one = [[f"import {name}" for name in each if name in modules] for each in (self.executed, self.kept)]
        alone = [[each] for each in (*executing, *map("import {}".format, self.executed))] if one_alone else []
        for before in (executing, executing[-1:], executing[-2:], self.succeeded, self.tried, *one_by_one, *alone):
            replayed = self.project.fresh(*map(guarded, before), statement, expression=expression)
            self.twins.update(replayed.twice)
            yield replayed

    def _spent(self, statement, expression, live, before):
        path, executed = self.project.path, live.executed
        everything = len(set(executed)) < len(executed)  # as executing what was stale failed
        if live.error is None and not everything and "reload" not in statement:
            excess = self.economy.excess(path, f"{statement}\n{expression}", executed, before.modules)
            assert not excess, f"no rule allows to execute {excess}"
        if everything:
            COUNTS["executed everything"] += 1
        self.economy.remember(path, executed, uncertain=live.error is not None or "reload" in statement)

    def _stayed(self, before):
        was, now = before.value["identities"], self.claimed.value["identities"]
        others = [name for name, identity in was.items() if now.get(name, identity) != identity]
        assert not others, f"another module object: {others}"

    def _succeeded(self, statement, live, again):
        again_last(self.succeeded, statement)
        if again is not None:
            assert again.error is None, again.error["traceback"]
            assert again.executed == [], f"executed again: {again.executed}"
        warned = self.claimed.value["warned"]
        twice = [each for each in live.twice if each not in self.twins and not any(each in text for text in warned)]
        assert not twice, f"two generations: {twice}"
        behind = [each for each in self.claimed.value["behind"] if not any(each[0] in text for text in warned)]
        assert not behind, f"did not follow: {behind}"

    def _failed(self, live, fresh, before, agreed):
        lost = [name for name in before.modules if name not in live.modules and self._exists(name)]
        # Another module that was brought up to date may have caught its error before the statement failed.
        lost = [name for name in lost if not (agreed and self._was_caught(name, fresh))]
        assert not lost, f"lost {lost}"
        # A namespace package has no code, and where it leads is looked up each time.
        old = {name: each for name, each in before.modules.items() if each["__spec__"][1] is not None}
        changed = {name for name in old.keys() & live.modules.keys() if self._has_changed(name, before, live, old)}
        reached = {name for name in changed & fresh.modules.keys() if same_module(live, fresh, name)}
        # Only what the statement asks of a module may have failed, or another module that it names: then others
        # see the classes of what was executed, which keep their identity.
        half = changed - reached if not reached else (changed & fresh.modules.keys()) - reached
        assert not half or not agreed, f"left half executed: {sorted(half)}"

    def _has_changed(self, name, before, live, there):
        """True if a module is not what it was; what has been registered with it counts if who did was there before."""
        was, now = (alone(each.modules[name]) for each in (before, live))
        return was != now or registered(before, name, there) != registered(live, name, there)

    def _was_caught(self, name, fresh):
        """True if a module has failed in a fresh interpreter, and not only by the error that the statement raised."""
        if name not in fresh.executed or name in fresh.modules:
            return False
        in_vain = economy.find(self.project.path, name)[0] in fresh.error["traceback"]
        return fresh.executed.count(name) > in_vain

    def _exists(self, name):
        return economy.find(self.project.path, name) is not None

    def _differ(self, live, fresh):
        if fresh.error is None:
            assert live.error is None, live.error["traceback"]
        else:
            assert live.error is not None, f"did not raise {fresh.error['traceback']}"
            now, expected = error(live), error(fresh)
            for key in expected:
                assert now[key] == expected[key], f"raised {now[key]}, not {expected[key]}"
        assert shown(live.value) == shown(fresh.value), f"gave {live.value}, not {fresh.value}"
        for name, expected in fresh.modules.items():
            now = live.modules.get(name)
            assert now is not None, f"{name} is missing"
            now, expected = alone(now), alone(expected)
            assert now == expected, f"{name}: {difference(now, expected)}"
            wrong = wrongly_registered(live, fresh, name)
            assert not wrong, f"{name}: registered or not are {wrong}"
        raise AssertionError("unlike a fresh interpreter")

    def _shown(self, statement, expression, live):
        raises = f", raises={live.error['type']!r}" if live.error else ""
        after = f"  # {expression}" if expression else ""
        return f"project.step({statement!r}, {live.executed!r}{raises}){after}"

    def text(self):
        return "\n".join(["def test_found(project):", *(f"    {line}" for line in self.lines)])

    def close(self):
        self.project.close()
        shutil.rmtree(self.folder)


def again_last(things, thing):
    if thing in things:
        things.remove(thing)
    things.append(thing)


def guarded(statement):
    lines = statement.replace("\n", "\n    ")
    return f"try:\n    {lines}\nexcept BaseException: pass"


def same(one, other):
    """True if two interpreters raised the same, or else if `one` has all modules that the `other` has."""
    if one.error or other.error:
        return error(one) == error(other)
    return shown(one.value) == shown(other.value) and all(
        name in one.modules and same_module(one, other, name) for name in other.modules
    )


def same_module(one, other, name):
    return alone(one.modules[name]) == alone(other.modules[name]) and not wrongly_registered(one, other, name)


def error(outcome):
    """What is to be the same of an error.

    Where a recursion ends depends on whose stack it is.  SystemExit is believed at once, as it may come from a
    signal handler, although the line that imported the module may be missing; nobody prints its traceback.
    """
    kind = outcome.error and outcome.error["type"]
    if kind == "RecursionError":
        return {"type": kind}
    if kind == "SystemExit":
        return {key: value for key, value in outcome.error.items() if key != "traceback"}
    return outcome.error


def difference(one, other, place=""):
    """Where two descriptions differ first."""
    if type(one) is type(other) is dict:
        keys = [key for key in {**one, **other} if one.get(key) != other.get(key)]
        return difference(one.get(keys[0]), other.get(keys[0]), f"{place}.{keys[0]}")
    if type(one) is type(other) and isinstance(one, (list, tuple)) and len(one) == len(other):
        index = next(index for index in range(len(one)) if one[index] != other[index])
        return difference(one[index], other[index], f"{place}[{index}]")
    return f"{place} is {one!r}, not {other!r}"


def shown(value):
    return re.sub("0x[0-9a-f]+", "0x", str(value))


def alone(namespace):
    """What a module says by itself.

    Which submodules `import *` takes from a package depends on who else has imported them.
    """
    file = namespace["__spec__"][1]
    stars = file is not None and os.path.exists(file) and "import *" in Path(file).read_text(encoding="utf-8")
    return {
        key: value
        for key, value in namespace.items()
        if key not in _APART and not (stars and str(value).startswith("module ") and value.endswith(f".{key}"))
    }


def wrongly_registered(live, fresh, name):
    """What is registered with a module in one of both only, as far as a fresh interpreter has executed who did it.

    Who has put an entry somewhere cannot be told: one of what is still defined, as it is now, may stay.
    """
    now, expected = (registered(each, name, fresh.modules) for each in (live, fresh))
    more = [thing for thing in now - expected if not is_defined(thing, fresh.modules) or thing in expected]
    return [repr(thing) for thing in (*more, *(expected - now))]


def registered(outcome, name, modules):
    _, each = outcome.modules[name].get("seen", ("", ()))
    return collections.Counter(thing for thing in map(hashable, each) if home_of(thing) in modules)


def is_defined(thing, modules):
    return thing == hashable(modules[home_of(thing)].get(thing[1].rpartition(".")[2]))


def home_of(thing):
    return thing[1].rpartition(".")[0]


def hashable(description):
    if isinstance(description, dict):
        return tuple((key, hashable(each)) for key, each in description.items())
    return tuple(map(hashable, description)) if isinstance(description, (list, tuple)) else description


class RandomEdits(RuleBasedStateMachine):
    address = ""

    def __init__(self):
        super().__init__()
        self.story = Story(self.address)
        self.deleted = {}  # {path: text}

    def teardown(self):
        COUNTS["examples"] += 1
        note(self.story.text())
        self.story.close()

    @property
    def files(self):
        return sorted(self.story.files)

    @property
    def present(self):
        return [name for name in projects.MODULES if economy.find(self.story.project.path, name)]

    @property
    def broken(self):
        return [path for path in self.files if "# broken" in self.story.files[path]]

    @initialize(data=st.data())
    def begin(self, data):
        for name in projects.MODULES:
            if not projects.rarely(data.draw, 20):
                self.story.write(projects.file_of(name), data.draw(projects.source(name)))

    @rule(data=st.data())
    def step(self, data):
        if projects.rarely(data.draw, 30):
            self.story.step(projects.fill(data.draw, projects.RELOAD))
        else:
            self.story.step(data.draw(projects.statements(self.present)))

    @rule(data=st.data())
    def another_step(self, data):
        self.story.step(data.draw(projects.statements(self.present)))

    @precondition(lambda self: self.story.succeeded)
    @rule(data=st.data())
    def repeat(self, data):
        self.story.step(data.draw(st.sampled_from(self.story.succeeded)))

    @rule(data=st.data())
    def call(self, data):
        self.story.step(*data.draw(projects.calls(self.present)))

    @rule(data=st.data())
    def hold(self, data):
        for _ in range(data.draw(st.integers(1, 4))):
            self.story.hold(data.draw(st.sampled_from(projects.MODULES)), data.draw(st.sampled_from(projects.NAMES)))

    @rule()
    def tick(self):
        self.story.do("project.tick()")

    @precondition(lambda self: self.files)
    @rule(data=st.data())
    def edit(self, data):
        if self.broken and data.draw(st.booleans()):
            self._mend(data, data.draw(st.sampled_from(self.broken)))
            return
        path = data.draw(st.sampled_from(self.files))
        edits = [self._write, self._extend, self._extend, self._shorten, self._reorder, self._change_digit]
        edits += [self._change_digit, self._comment, self._touch] + ([] if self.broken else [self._break])
        data.draw(st.sampled_from(edits))(data, path)

    @precondition(lambda self: self.files)
    @rule(data=st.data())
    def another_edit(self, data):
        self.edit(data)

    @precondition(lambda self: self.files)
    @rule(data=st.data())
    def edit_tree(self, data):
        if self.deleted and data.draw(st.booleans()):
            path = data.draw(st.sampled_from(sorted(self.deleted)))
            self.story.write(path, self.deleted.pop(path))
        elif any(path.startswith("over/") for path in self.files) and data.draw(st.booleans()):
            self.story.delete(data.draw(st.sampled_from([path for path in self.files if path.startswith("over/")])))
        else:
            edits = [self._delete, self._rename, self._rename_folder, self._convert, self._shadow]
            data.draw(st.sampled_from(edits))(data)

    # Edits of one file.

    def _write(self, data, path):
        self._edit(data, path, data.draw(projects.source(name_of(path))))

    def _extend(self, data, path):
        pieces = projects.pieces(self.story.files[path])
        pieces.insert(data.draw(st.integers(0, len(pieces))), data.draw(projects.piece(name_of(path))))
        self._edit(data, path, "".join(pieces))

    def _shorten(self, data, path):
        pieces = projects.pieces(self.story.files[path])
        if len(pieces) > 1:
            del pieces[data.draw(st.integers(0, len(pieces) - 1))]
            self._edit(data, path, "".join(pieces))

    def _reorder(self, data, path):
        pieces = projects.pieces(self.story.files[path])
        first, second = (data.draw(st.integers(0, len(pieces) - 1)) for _ in range(2))
        pieces[first], pieces[second] = pieces[second], pieces[first]
        self._edit(data, path, "".join(pieces))

    def _change_digit(self, data, path):
        """Same size, and mostly the same tick."""
        text = self.story.files[path]
        places = [place for place, each in enumerate(text) if each.isdigit()]
        if places:
            place = data.draw(st.sampled_from(places))
            self._edit(data, path, text[:place] + data.draw(projects.digits) + text[place + 1 :])

    def _comment(self, data, path):
        pieces = projects.pieces(self.story.files[path])
        comment = projects.fill(data.draw, data.draw(st.sampled_from(projects.COMMENTS)))
        pieces.insert(data.draw(st.integers(0, len(pieces))), comment)
        self._edit(data, path, "".join(pieces))

    def _break(self, data, path):
        broken = projects.fill(data.draw, data.draw(st.sampled_from(projects.BROKEN)))
        pieces = projects.pieces(self.story.files[path])
        pieces.insert(data.draw(st.integers(0, len(pieces))), f"{broken}  # broken\n")
        self._edit(data, path, "".join(pieces))

    def _mend(self, data, path):
        lines = self.story.files[path].splitlines(keepends=True)
        self._edit(data, path, "".join(line for line in lines if "# broken" not in line))

    def _touch(self, data, path):
        self.story.do(f"os.utime(project.file({path!r}))")

    # Edits of the tree.

    def _delete(self, data):
        path = data.draw(st.sampled_from(self.files))
        self.deleted[path] = self.story.files[path]
        self.story.delete(path)

    def _rename(self, data):
        old, new = data.draw(st.sampled_from(self.files)), projects.file_of(data.draw(projects.others))
        if old != new:
            self.deleted.update((path, self.story.files[path]) for path in (old, new) if path in self.story.files)
            self.story.rename(old, new)

    def _rename_folder(self, data):
        found = [each for each in projects.FOLDERS if any(path.startswith(each + "/") for path in self.files)]
        if found:
            old = data.draw(st.sampled_from(found))
            free = [each for each in projects.FOLDERS if not (each + "/").startswith(old + "/") and each not in found]
            if free:
                self.story.rename(old, data.draw(st.sampled_from(free)))

    def _convert(self, data):
        """A module becomes a package, or a package a module."""
        name = data.draw(projects.others)
        paths = [projects.file_of(name, package=False), projects.file_of(name, package=True)]
        found = [path for path in paths if path in self.story.files]
        if found:
            self.story.rename(found[0], paths[found[0] == paths[0]])

    def _shadow(self, data):
        name = data.draw(st.sampled_from([each for each in projects.MODULES if "." not in each]))
        path = "over/" + projects.file_of(name, package=data.draw(st.booleans()))
        self.story.write(path, data.draw(projects.source(name)))

    def _edit(self, data, path, text):
        how = data.draw(st.sampled_from(["in place", "by rename", "older"]))
        if how == "by rename":
            self.story.write("scratch", text)
            self.story.rename("scratch", path)
        else:
            self.story.write(path, text)
        if how == "older":
            self.story.do(f"os.utime(project.file({path!r}), ns=(10**18, 10**18))")


def name_of(path):
    name = path.removeprefix("over/").removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    return name if name in projects.MODULES else "d"


@pytest.fixture(scope="module")
def _address(tmp_path_factory):
    address = tmp_path_factory.mktemp("sessions") / "socket"
    with serving(address, sys.executable, "-I", "-S", "-B", imported=_IMPORTED) as address:
        yield address


def test_random_edits(_address):
    """Whatever is edited and imported, the session is as a fresh interpreter is."""
    machine = type("RandomEdits", (RandomEdits,), {"address": _address})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=_EXAMPLES,
            stateful_step_count=_STEPS,
            deadline=None,
            derandomize=_PROFILE == "quick",
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=[each for each in Phase if SHRINK or each is not Phase.shrink],
        ),
    )
    print(dict(COUNTS))
