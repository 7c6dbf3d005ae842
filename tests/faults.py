"""Break an import off at one step, for each step that it has, and say what that has left behind.

Runs inside the session that it breaks.  Each case is a forked child, so none sees what another left:
it raises at one step of the import, looks at what is left, and imports again.

The *steps* are

- "lines": the lines of livereload's own code;
- "returns": the moments after each call of a C function by livereload, where Python lets a signal's handler run;
- "effects": what importlib and livereload do to look at files, read, compile, execute, and go through the heap;
- "body": the lines of the project's modules.
"""

import builtins
import gc
import os
import signal
import sys
import traceback
from types import CellType, FunctionType, ModuleType

from consistency import classes_in_two_generations
from fingerprint import fingerprint

from livereload.imports import hooks as _proxy

__livereload__ = False
_PACKAGE = os.path.join(os.path.dirname(os.path.dirname(_proxy.__file__)), "")
_IMPORTLIB = "<frozen importlib"
_EFFECTS = {
    *("stat", "fstat", "lstat", "open_code", "open", "read", "readinto", "seek", "listdir", "scandir", "getcwd"),
    *("compile", "exec", "exec_dynamic", "loads", "source_hash", "replace", "mkdir", "write", "_fix_co_filename"),
    *("get_objects", "get_referrers", "get_referents"),
}
_SKIPPED = {"__weakref__", "__dict__", "_abc_impl", "__annotations_cache__", "__spec__", "__loader__"}
_members_of = type.__dict__["__dict__"].__get__
DEADLINE_S = 10


class Fault:
    """Raises at one step, if that is reached.

    A step is (the code that it is in, its line, what it does, how many times that has been done before).
    """

    def __init__(self, steps, root, step=None, error=None):
        self.steps, self.root, self.error = steps, root, error
        self.code, self.line, self.what, self.left = step or (None, 0, "", -1)
        self.counts = {}  # {(code, line, what): how many times}: all that there were, if no step is given
        self.reached = False
        self._concerned = {}

    def __enter__(self):
        if self.steps in ("lines", "body"):
            sys.settrace(self._trace)
        else:
            sys.setprofile(self._profile)
        return self

    def __exit__(self, *_):
        sys.settrace(None)
        sys.setprofile(None)

    def _trace(self, frame, event, argument):
        if not self._concerns(frame.f_code):
            return None
        if event == "line":
            self._step(frame, "line")
        return self._trace

    def _profile(self, frame, event, function):
        if event not in ("c_call", "c_return") or not self._concerns(frame.f_code):
            return
        name = getattr(function, "__name__", "?")
        if self.steps == "effects":
            if event == "c_call" and name in _EFFECTS:
                self._step(frame, f"call of {name}")
        elif event == "c_return":
            self._step(frame, f"return of {name}")

    def _concerns(self, code):
        known = self._concerned.get(code)
        if known is None:
            if self.code is not None:
                known = _key(code) == self.code
            elif self.steps == "body":
                known = code.co_filename.startswith(self.root)
            else:
                known = _is_ours(code) or (self.steps == "effects" and code.co_filename.startswith(_IMPORTLIB))
            self._concerned[code] = known
        return known

    def _step(self, frame, what):
        if self.code is None:
            key = (_key(frame.f_code), frame.f_lineno, what)
            self.counts[key] = self.counts.get(key, 0) + 1
        elif frame.f_lineno == self.line and what == self.what:
            self.left -= 1
            if self.left < 0:
                self.__exit__()
                self.reached = True
                raise self.error


def _key(code):
    return (code.co_filename, code.co_qualname, code.co_firstlineno)


def _is_ours(code):
    """True for livereload's functions, those that bear importlib's file name included."""
    return code.co_filename.startswith(_PACKAGE) or code in _disguised


def _find_disguised():
    """The code objects of livereload's functions that bear importlib's file name."""
    functions = [each for each in gc.get_objects() if type(each) is FunctionType]
    ours = [each.__code__ for each in functions if str(each.__module__).startswith("livereload.")]
    return {code for code in ours if code.co_filename.startswith(_IMPORTLIB)}


_disguised = _find_disguised()


def picture(root, held):
    """{id: (object, its parts by id)} of all that the modules below `root` and `held` lead to."""
    modules = [m for m in list(sys.modules.values()) if type(m) is ModuleType and _is_below(m, root)]
    names = {module.__name__ for module in modules}
    waiting = [*modules, *(vars(module) for module in modules), *held]
    seen = {}
    while waiting:
        value = waiting.pop()
        if id(value) in seen:
            continue
        parts = _parts(value, names)
        seen[id(value)] = (value, [id(part) if not isinstance(part, _Text) else part for part in parts])
        waiting += [part for part in parts if not isinstance(part, _Text) and _is_entered(part, names)]
    return seen


def _parts_of_dict(table):
    keys = [key for key in table if key not in _SKIPPED]
    if "__spec__" in table:  # the order in which submodules are bound says nothing
        keys.sort()
    return [part for key in keys for part in (_Text(key) if type(key) is str else key, table[key])]


class _Text(str):
    """A part that is compared by value."""


def _is_below(module, root):
    return str(vars(module).get("__file__")).startswith(root)


def _is_entered(value, names):
    kind = type(value)
    if kind in (dict, list, set, tuple, FunctionType, CellType, property, staticmethod, classmethod):
        return True
    if issubclass(kind, type):
        return _members_of(value).get("__module__") in names
    return _members_of(kind).get("__module__") in names


def _parts(value, names):
    kind = type(value)
    if kind is dict:
        return _parts_of_dict(value)
    if kind in (list, tuple, set):
        return list(value)
    if kind is CellType:
        try:
            return [value.cell_contents]
        except ValueError:
            return []
    if kind is FunctionType:
        texts = [_Text(value.__name__), _Text(value.__qualname__), _Text(value.__module__)]
        parts = [value.__code__, value.__defaults__, value.__kwdefaults__, value.__doc__, *(value.__closure__ or ())]
        return [*texts, *parts, *(part for item in vars(value).items() for part in item)]
    if issubclass(kind, type):
        members = [part for key, each in _members_of(value).items() if key not in _SKIPPED for part in (key, each)]
        return [kind, *value.__bases__, *members, *sorted(type.__subclasses__(value), key=id)]
    if kind is ModuleType:
        return [_Text(value.__name__)]
    if kind in (property, staticmethod, classmethod):
        return gc.get_referents(value)
    attributes = getattr(value, "__dict__", None) or {}
    return [kind, *(part for item in attributes.items() for part in item)]


def differences(before, after):
    """What is not as it was, in words."""
    found = []
    for key, (value, parts) in before.items():
        if key not in after:
            found.append(f"{_short(value)} is not reached any more")
        elif after[key][1] != parts:
            changed = [repr(after.get(each, [each])[0])[:50] for each in {*parts} ^ {*after[key][1]}]
            found.append(f"{_short(value)} differs: {changed or 'in its order'}")
    return found


def _short(value):
    return f"{type(value).__name__} {getattr(value, '__qualname__', '') or repr(value)[:20]}"


def records():
    """What livereload knows of the modules."""
    return {
        name: (record.path, record.version, record.source and record.source.hash, dict(record.edges or {}),
               record.failed, record.broken, record.missing)
        for name, record in _proxy.installed.state.records.items()
    }  # fmt: skip


_build_class = builtins.__build_class__


def unrest(*, at_once):
    """What of livereload is not at rest, though no import is under way; `at_once`: what others would wait for."""
    state = _proxy.installed.state
    here = {
        "the transaction is open": state.transaction is not None,
        "somebody owns the refresh": state.owner != 0,
        "the lock is held": state.lock._recursion_count() != 0,
        "class statements are watched": builtins.__build_class__ is not _build_class,
        "a module lock is held": _proxy.installed.system.is_importing(),
        "the finder is away": _proxy.installed.finder not in sys.meta_path,
    }
    if not at_once:
        executing = [name for name, record in state.records.items() if record.executing]
        here |= {
            "a module is on the stack": bool(state.thread.stack),
            "a moment lasts": state.thread.moment != 0,
            "something is busy": bool(state.busy),
            f"these are executing: {executing}": bool(executing),
            "submodules are unbound": bool(state.unbound),
        }
    return [what for what, is_so in here.items() if is_so]


def in_child(body, deadline=DEADLINE_S):
    """The text that `body()` returns in a forked child."""
    reader, writer = os.pipe()
    pid = os.fork()
    if pid == 0:
        signal.alarm(deadline)  # faulthandler's thread has stayed with the parent
        os.close(reader)
        text = "died"
        try:
            text = body()
        except BaseException as error:
            text = "died: " + "".join(traceback.format_exception(error))
        with open(writer, "w") as pipe:
            pipe.write(text)
        os._exit(0)
    os.close(writer)
    with open(reader, "rb") as pipe:
        text = pipe.read().decode()
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return text if status == 0 else f"{text} exit status {status}"


def _forget_frames(error):
    """Frames in a traceback hold what they were doing."""
    while error is not None:
        error.__traceback__ = None
        error = error.__cause__ or error.__context__


def write(root, files):
    for name, content in (files or {}).items():
        with open(os.path.join(root, name), "w") as file:
            file.write(content)


class Case:
    """One import that is broken off, in a session that is ready for it."""

    def __init__(self, root, statement, expected, namespace, broken=None, mended=None):
        """`expected` is the fingerprint of a fresh interpreter; `namespace["held"]` is what the session holds.

        If the import fails in any case, it is because of the files in `broken`, which work when they are `mended`.
        """
        self.root, self.expected, self.namespace = root, expected, namespace
        self.statement = compile(statement, "<stdin>", "exec")
        self.broken, self.mended = broken, mended
        self.executed = []
        sys.addaudithook(self._audit)

    def _audit(self, event, arguments):
        code = arguments[0] if event == "exec" else None
        if getattr(code, "co_name", None) == "<module>" and code.co_filename.startswith(self.root):
            self.executed.append(code.co_filename)

    def look(self):
        gc.collect()
        return picture(self.root, self.namespace["held"])

    def all_steps(self, steps):
        """The steps of the import; of what it does often, the first two and the last."""
        fault = Fault(steps, self.root)

        def body():
            try:
                with fault:
                    exec(self.statement, self.namespace)
            except ZeroDivisionError:
                assert self.broken
            times = {key: sorted({0, min(1, count - 1), count - 1}) for key, count in fault.counts.items()}
            return repr([(*key, time) for key in times for time in times[key]])

        text = in_child(body, 60)
        assert text.startswith("["), text
        return eval(text)

    def all_broken_at(self, steps, chosen, error):
        return [text for step in chosen if (text := self.broken_at(steps, step, error))]

    def broken_at(self, steps, step, error):
        """ "": all is well; else what is not, and where the import was broken off."""
        fault = Fault(steps, self.root, step, error)

        def body():
            before, known = self.look(), records()
            raised = None
            try:
                with fault:
                    exec(self.statement, self.namespace)
            except BaseException as caught:
                raised = type(caught)
                _forget_frames(caught)
                del caught
            if not fault.reached:
                return ""  # the last time of something that is not done equally often each time
            problems = self.problems(before, known, raised)
            return f"raised {raised and raised.__name__}: {'; '.join(problems)}" if problems else ""

        text = in_child(body)
        write(self.root, self.broken)
        (_, name, _), line, what, time = step
        return f"{error.__name__} at {name}:{line}, {what}, time {time}: {text}" if text else ""

    def problems(self, before, known, raised):
        found = unrest(at_once=True)
        is_whole = self.is_new()
        if raised is None and not is_whole:
            found.append(f"nothing was raised, and the new is not there: {self.missing()}")
        if not is_whole:
            found += differences(before, self.look())
            after = records()
            found += [
                f"record of {name}: {known.get(name)} -> {after.get(name)}"
                for name in known if known[name] != after.get(name)
            ]  # fmt: skip
        write(self.root, self.mended)
        try:
            exec(self.statement, self.namespace)
        except BaseException as error:
            return [*found, f"the next import raises {error!r} {traceback.format_exception(error)}"]
        if not self.is_new():
            found.append(f"the next import does not bring the new: {self.missing()}")
        found += [f"{name} lives twice" for name in classes_in_two_generations(list(self.expected))]
        found += [f"afterwards {each}" for each in unrest(at_once=False)]
        self.executed.clear()
        exec(self.statement, self.namespace)
        if self.executed:
            found.append(f"the import after the next executes {self.executed}")
        return found

    def missing(self):
        now = fingerprint(self.root)
        return {
            name: {key: (now.get(name, {}).get(key), value) for key, value in parts.items()
                   if now.get(name, {}).get(key) != value}
            for name, parts in self.expected.items() if now.get(name) != parts
        }  # fmt: skip

    def is_new(self):
        now = fingerprint(self.root)
        return all(now.get(name) == parts for name, parts in self.expected.items())
