"""Restart equivalence under random edits: a state machine edits a random project and imports it in any order.

After each import:

- *sound*: what a fresh interpreter holds after the statement, the session holds; or both raise the same;
- *economical*: the same statement again executes nothing;
- *atomic*: a statement that fails changes nothing;
- *live*: held functions, classes and instances behave as those that the modules now have;
- *single*: there is one generation of each class.

What "fresh" means may depend on the order of the statements: a cycle of imports may hold when entered
by one module and fail when entered by another, and a module in a cycle may have seen half of another.
So two fresh interpreters are asked, one that executes the statement alone and one that executes
first all statements that have succeeded in the session, as far as they still do.  Where the two do
not agree, the statement is executed and only the economy of repeating it and the single generation of
each class are claimed.  Two classes that a fresh interpreter has by one name (`class C(C)`) are not counted.
A statement may fail after the modules that it names were brought up to date (`from a import missing`):
then these are as in a fresh interpreter instead of as before.  A held object has to follow while its name
stands for a thing of its kind: the same qualified name and, for a function, made in the same scope without
a closure.

A failing sequence is printed as a test to paste.  Profiles (`LIVERELOAD_RANDOM_EDITS=thorough`):
`quick` in the ordinary suite, always the same examples; `thorough` and `nightly` draw others each time.
"""

import collections
import os
import shutil
import tempfile
from pathlib import Path

import random_projects as projects
from conftest import Project
from hypothesis import HealthCheck, note, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

_PROFILE = os.environ.get("LIVERELOAD_RANDOM_EDITS", "quick")
_EXAMPLES, _STEPS = {"quick": (40, 10), "thorough": (600, 25), "nightly": (10_000, 40)}[_PROFILE]
_FOLLOW = Path(__file__).with_name("following.py").read_text(encoding="utf-8")


COUNTS = collections.Counter()


class Story:
    """A project to which things happen; remembers them as the lines of a test."""

    def __init__(self, address):
        self.folder = tempfile.mkdtemp(prefix="random-edits-")
        self.project = Project(address, Path(self.folder))
        self.lines = []
        self.succeeded = []  # statements, in their order, each once
        self.twins = set()  # classes of which a fresh interpreter has two
        self.files = {}
        self._begin()

    def _begin(self):
        self.do("project.path.insert(0, str(project.file('over')))")
        self.do("project.file('over').mkdir()")
        self.project.start()
        self.project.run(_FOLLOW)

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
        self.files[new] = self.files.pop(old)
        folder = os.path.dirname(new)
        if folder:
            self.do(f"os.makedirs(project.file({folder!r}), exist_ok=True)")
        self.do(f"project.rename({old!r}, {new!r})")

    def hold(self, name, attribute):
        self.do(f"project.run({f'hold({name!r}, {attribute!r})'!r})")

    # The claims.

    def step(self, statement):
        """Execute an import statement in the session and claim all that the head of this file says."""
        before = self.project.run("")
        live = self.project.attempt(statement)
        fresh = self.project.fresh(statement)
        self.lines.append(self._shown(statement, live))
        self.twins.update(fresh.twice)
        COUNTS["failed" if fresh.error else "succeeded"] += 1
        if same(live, fresh):
            agreed = True
        else:
            replayed = self.project.fresh(*map(guarded, self.succeeded), statement)
            agreed = same(replayed, fresh)
            COUNTS["agreed" if agreed else "did not agree"] += 1
            if agreed:
                self._differ(statement, live, fresh)
        if live.error is None:
            self._succeeded(statement, live, fresh, agreed)
        else:
            self._failed(live, fresh, before, agreed)

    def _succeeded(self, statement, live, fresh, agreed):
        if statement in self.succeeded:
            self.succeeded.remove(statement)
        self.succeeded.append(statement)
        again = self.project.attempt(statement)
        assert again.error is None, again.error["traceback"]
        assert again.executed == [], f"executed again: {again.executed}"
        warned = self.project.value("warned()")
        twice = [each for each in live.twice if each not in self.twins and not any(each in text for text in warned)]
        assert not twice, f"two generations: {twice}"
        if agreed:
            behind = self.project.value(f"behind({list(fresh.modules)!r})")
            behind = [each for each in behind if not any(each[0] in text for text in warned)]
            assert not behind, f"did not follow: {behind}"

    def _failed(self, live, fresh, before, agreed):
        lost = [name for name in before.modules if name not in live.modules and self._exists(name)]
        assert not lost, f"lost {lost}"
        changed = {name for name, was in before.modules.items() if live.modules.get(name, was) != was}
        reached = {name for name in changed & fresh.modules.keys() if live.modules[name] == fresh.modules[name]}
        # Only what the statement asks of a module may have failed, or another module that it names: then others
        # see the classes of what was executed, which keep their identity.
        half = changed - reached if not reached else (changed & fresh.modules.keys()) - reached
        assert not half or not agreed, f"left half executed: {sorted(half)}"

    def _exists(self, name):
        paths = [folder + projects.file_of(name, package=each) for folder in ("", "over/") for each in (False, True)]
        return not self.files.keys().isdisjoint(paths)

    def _differ(self, statement, live, fresh):
        if fresh.error is None:
            assert live.error is None, live.error["traceback"]
        else:
            assert live.error is not None, f"did not raise {fresh.error['traceback']}"
            for key in fresh.error:
                assert live.error[key] == fresh.error[key], f"raised {live.error[key]}, not {fresh.error[key]}"
        for name, expected in fresh.modules.items():
            now = live.modules.get(name)
            assert now is not None, f"{name} is missing"
            keys = [key for key in {**now, **expected} if now.get(key) != expected.get(key)]
            shown = [f"{key} is {now.get(key)}, not {expected.get(key)}" for key in keys]
            assert not keys, f"{name}: {'; '.join(shown)}"

    def _shown(self, statement, live):
        raises = f", raises={live.error['type']!r}" if live.error else ""
        return f"project.step({statement!r}, {live.executed!r}{raises})"

    def text(self):
        return "\n".join(["def test_found(project):", *(f"    {line}" for line in self.lines)])

    def close(self):
        self.project.close()
        shutil.rmtree(self.folder)


def guarded(statement):
    return f"try:\n    {statement}\nexcept BaseException: pass"


def same(one, other):
    """True if two interpreters raised the same, or else if `one` has all modules that the `other` has."""
    if one.error or other.error:
        return one.error == other.error
    return all(one.modules.get(name) == expected for name, expected in other.modules.items())


class RandomEdits(RuleBasedStateMachine):
    address = ""

    def __init__(self):
        super().__init__()
        self.story = Story(self.address)

    def teardown(self):
        note(self.story.text())
        self.story.close()

    @property
    def files(self):
        return sorted(self.story.files)

    @initialize(data=st.data())
    def begin(self, data):
        for name in sorted(data.draw(st.sets(st.sampled_from(projects.MODULES), min_size=4))):
            self.story.write(projects.file_of(name), data.draw(projects.source(name)))

    @rule(statement=projects.statements())
    def step(self, statement):
        self.story.step(statement)

    @rule(statement=projects.statements())
    def another_step(self, statement):
        self.story.step(statement)

    @rule(data=st.data())
    def write(self, data):
        name = data.draw(st.sampled_from(projects.MODULES))
        self._edit(data, projects.file_of(name), data.draw(projects.source(name)))

    @precondition(lambda self: self.story.files)
    @rule(data=st.data())
    def extend(self, data):
        path = data.draw(st.sampled_from(self.files))
        self._edit(data, path, self.story.files[path] + data.draw(projects.piece(name_of(path))) + "\n")

    @precondition(lambda self: self.story.files)
    @rule(data=st.data(), digit=projects.digits)
    def change_digit(self, data, digit):
        """Same size, and mostly the same tick."""
        path = data.draw(st.sampled_from(self.files))
        text = self.story.files[path]
        places = [place for place, each in enumerate(text) if each.isdigit()]
        if places:
            place = data.draw(st.sampled_from(places))
            self._edit(data, path, text[:place] + digit + text[place + 1 :])

    @precondition(lambda self: self.story.files)
    @rule(data=st.data())
    def comment(self, data):
        path = data.draw(st.sampled_from(self.files))
        self._edit(data, path, self.story.files[path] + "# more\n")

    @precondition(lambda self: self.story.files)
    @rule(data=st.data())
    def break_(self, data):
        path = data.draw(st.sampled_from(self.files))
        broken = projects.fill(data.draw, data.draw(st.sampled_from(projects.BROKEN)))
        self.story.write(path, self.story.files[path] + f"{broken}  # broken\n")

    @precondition(lambda self: any("# broken" in text for text in self.story.files.values()))
    @rule(data=st.data())
    def mend(self, data):
        path = data.draw(st.sampled_from([path for path in self.files if "# broken" in self.story.files[path]]))
        lines = self.story.files[path].splitlines(keepends=True)
        self._edit(data, path, "".join(line for line in lines if "# broken" not in line))

    @precondition(lambda self: self.story.files)
    @rule(data=st.data())
    def delete(self, data):
        self.story.delete(data.draw(st.sampled_from(self.files)))

    @precondition(lambda self: self.story.files)
    @rule(data=st.data())
    def rename(self, data):
        self.story.rename(
            data.draw(st.sampled_from(self.files)), projects.file_of(data.draw(st.sampled_from(projects.MODULES)))
        )

    @rule(data=st.data())
    def turn_into_package_or_module(self, data):
        name = data.draw(st.sampled_from(projects.MODULES))
        paths = [projects.file_of(name, package=False), projects.file_of(name, package=True)]
        found = [path for path in paths if path in self.story.files]
        if found:
            self.story.rename(found[0], paths[found[0] == paths[0]])

    @rule(data=st.data())
    def shadow(self, data):
        name = data.draw(st.sampled_from([each for each in projects.MODULES if "." not in each]))
        path = "over/" + projects.file_of(name, package=data.draw(st.booleans()))
        self.story.write(path, data.draw(projects.source(name)))

    @precondition(lambda self: self.story.files)
    @rule(data=st.data())
    def touch(self, data):
        self.story.do(f"os.utime(project.file({data.draw(st.sampled_from(self.files))!r}))")

    @rule()
    def tick(self):
        self.story.do("project.tick()")

    @rule(name=st.sampled_from(projects.MODULES), attribute=st.sampled_from(projects.NAMES))
    def hold(self, name, attribute):
        self.story.hold(name, attribute)

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
    return path.removeprefix("over/").removesuffix(".py").removesuffix("/__init__").replace("/", ".")


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
        ),
    )
