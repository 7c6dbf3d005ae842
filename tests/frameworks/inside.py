"""One session of a scenario: answers what it is asked on standard input, one line of JSON a message.

    python inside.py ROOT [SRC]

With SRC, the folder that `livereload` lies in, livereload is installed; without it the session is a fresh
interpreter.  All that it knows of livereload is `livereload.install()`: an audit hook sees what is executed.
"""

import faulthandler
import json
import os
import re
import sys
import warnings
from types import ModuleType

PATIENCE_S = 100
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{6,}")


class Watch:
    """What the session executes of the files below a folder, and what is warned of meanwhile."""

    def __init__(self, root):
        self.root = root
        self.executed = []  # ["shop/models.py: <module>"]
        self.warned = []  # ["UserWarning: registered twice"]
        sys.addaudithook(self._audit)
        warnings.simplefilter("always")
        warnings.simplefilter("ignore", ResourceWarning)  # what scenarios let go of without closing it
        warnings.showwarning = self._warn

    def _audit(self, event, arguments):
        if event == "exec" and str(getattr(arguments[0], "co_filename", "")).startswith(self.root):
            self.executed.append(f"{os.path.relpath(arguments[0].co_filename, self.root)}: {arguments[0].co_name}")

    def _warn(self, message, category, *_):
        self.warned.append(f"{category.__name__}: {_ADDRESS.sub('0x…', str(message))}")

    def told(self):
        """What was seen since the last call."""
        told = {"executed": self.executed[:], "warned": self.warned[:]}
        self.executed.clear()
        self.warned.clear()
        return told


class Session:
    def __init__(self, root):
        self.root = root
        self.watch = Watch(root)
        self.spaces = {}  # {"held": what was obtained at the start, "new": what was obtained last}
        self.kept = {}  # {module: its namespace before the last import}

    def answer(self, space, fresh, code, probes):
        """Execute `code` in a namespace (an empty one if `fresh`); then look at each of the `probes` there."""
        if fresh:
            self.spaces[space] = {"__name__": "__main__", "__builtins__": __builtins__}
        namespace = self.spaces[space]
        self.kept = self.namespaces()
        try:
            exec(compile(code, "<session>", "exec"), namespace)
            error = None
        except BaseException as caught:
            error = _text(caught)
            if os.environ.get("FRAMEWORKS_TRACEBACKS"):
                sys.excepthook(type(caught), caught, caught.__traceback__)
        if os.environ.get("FRAMEWORKS_TRACEBACKS") and "livereload" in sys.modules:
            print(sys.modules["livereload"].last(), file=sys.stderr)
        found = {"error": error, "others": self.others(), **self.watch.told()}
        return {**found, "probes": {each: _look(each, namespace) for each in probes}}

    def namespaces(self):
        """{module: {name: value}} of the modules below the root."""
        modules = [each for each in list(sys.modules.values()) if type(each) is ModuleType]
        return {each.__name__: _names(each) for each in modules if self._is_ours(each)}

    def _is_ours(self, module):
        return str(vars(module).get("__file__")).startswith(self.root)

    def others(self):
        """What stands for a name now, and was another object before: {"shop.Cart": "class" or "value"}."""
        now = self.namespaces()
        return {
            f"{module}.{name}": "class" if isinstance(value, type) else "value"
            for module, names in self.kept.items()
            for name, value in names.items()
            if now.get(module, {}).get(name) is not value
            and not (isinstance(value, type) and name not in now.get(module, {}))
        }


def _names(module):
    return {name: value for name, value in vars(module).items() if not name.startswith("__")}


def _look(expression, namespace):
    try:
        return _ADDRESS.sub("0x…", repr(eval(expression, namespace)))
    except BaseException as error:
        return f"raises {_text(error)}"


def _text(error):
    return _ADDRESS.sub("0x…", f"{type(error).__name__}: {error}")


def main(root, src=None):
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what libraries print is no answer
    if src:
        sys.path.insert(0, src)
        import livereload

        sys.path.remove(src)
        livereload.install()
    sys.path.insert(0, root)
    session = Session(root)
    for line in sys.stdin:
        faulthandler.dump_traceback_later(PATIENCE_S, exit=True)
        answers.write(json.dumps(session.answer(**json.loads(line))) + "\n")
        answers.flush()
        faulthandler.cancel_dump_traceback_later()
    answers.flush()
    os._exit(0)  # threads of frameworks do not hold the session up


if __name__ == "__main__":
    main(*sys.argv[1:])
