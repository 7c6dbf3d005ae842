"""What an import statement may execute, at most: rules 1 to 3 of restart equivalence, told from the files alone.

A module may be executed if it is not there, if something that it can reach by import statements is
another file or holds another text than when it was executed, or if something that it can reach has
been executed since, or is executed now because it failed before.  What it can reach is overestimated:
every import statement in its source counts, in functions and in strings, too.
"""

import ast
import os
from pathlib import Path


def find(path, name):
    """(the source of the module `name`, where its submodules are looked for), as a fresh interpreter finds it.

    The source of a namespace package is "".  None if there is no such module.
    """
    source = ""
    for part in name.split("."):
        portions = []
        for folder in path:
            stem = os.path.join(folder, part)
            if os.path.isfile(f"{stem}/__init__.py"):
                source, path = f"{stem}/__init__.py", [stem]
                break
            if os.path.isfile(f"{stem}.py"):
                source, path = f"{stem}.py", []
                break
            if os.path.isdir(stem):
                portions.append(stem)
        else:
            if not portions:
                return None
            source, path = "", portions
    return source, path


def imported_names(text, name="", *, package=False):
    """The names that a source may import, those of packages included."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return set()
    home = name if package else name.rpartition(".")[0]
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = _base(home, node.level, node.module or "")
            found |= {base, *(f"{base}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            if "import" in node.value and node.value != text:
                found |= imported_names(node.value, name, package=package)
            elif node.value.replace(".", "").isidentifier():
                found.add(node.value)
    packages = {home, *found}
    found |= {package + each for each in found if each.startswith(".") for package in packages}
    return {part for each in found if each.strip(".") == each for part in _with_packages(each)}


def count_imports(statement):
    """How many imports a statement consists of."""
    found = ast.walk(ast.parse(statement))
    return sum(len(node.names) if isinstance(node, ast.Import) else isinstance(node, ast.ImportFrom) for node in found)


def _base(home, level, module):
    for _ in range(level - 1):
        home = home.rpartition(".")[0]
    return ".".join(filter(None, (home if level else "", module)))


def _with_packages(name):
    parts = name.split(".")
    return [".".join(parts[: i + 1]) for i in range(len(parts))]


class Economy:
    """What has been executed from what."""

    def __init__(self):
        self._steps = 0
        self._seen = {}  # {"p.x": {"p.x": (path, text), "a": None}}: what it could reach when it was executed
        self._when = {}  # {"p.x": 7}: the step in which it was executed

    def excess(self, path, statement, executed, there):
        """Which of the `executed` modules the rules did not allow; `there` are the modules from before."""
        reached = self._reached(path, imported_names(statement))
        again = {name for name in executed if name in self._when and name not in there}  # they failed before
        kept = [name for name in executed if self._is(name, there) and not self._may(path, name, again)]
        return [name for name in executed if name not in reached or name in kept]

    def _is(self, name, there):
        """True if the module is there, and not as a namespace package, which has no code, since it was executed."""
        return name in there and (name not in self._seen or there[name]["__spec__"][1] is not None)

    def _may(self, path, name, again):
        if name not in self._seen:
            return True
        now = self._reached(path, [name])
        executed = self._when[name]
        return now != self._seen[name] or any(self._when.get(other, 0) > executed or other in again for other in now)

    def remember(self, path, executed, *, uncertain):
        """All of `executed` have been; if it is `uncertain` in which order, or what was kept, each may be again."""
        self._steps += 1
        for name in executed:
            self._when[name] = self._steps
            if uncertain:
                self._seen.pop(name, None)
            else:
                self._seen[name] = self._reached(path, [name])

    def _reached(self, path, names):
        reached = {}
        waiting = [part for name in names for part in _with_packages(name)]
        while waiting:
            name = waiting.pop()
            if name in reached:
                continue
            found = find(path, name)
            if found is None or not found[0]:
                reached[name] = found and found[0]
                continue
            source = found[0]
            text = Path(source).read_text(encoding="utf-8")
            reached[name] = (source, text)
            waiting += imported_names(text, name, package=source.endswith("/__init__.py"))
        return reached
