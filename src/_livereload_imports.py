"""Switches livereload on when Python starts, if that is wanted.

`livereload-imports.pth`, which is installed beside this file, calls `start()` if LIVERELOAD is set.  The file that
`python -m livereload enable` writes calls it always.  They import this module, not `livereload`, because a web
development server has a package `livereload`, too; the name of this module is only ours.

In a process that does not want livereload, only this module is executed, so it imports nothing that is not loaded
already.  Where it is switched on for every start, it is loaded when the first module is imported that may be the
user's: most processes import none.  Whatever is wrong with the installation, Python starts as always and prints
nothing.
"""

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# {value of LIVERELOAD: the starts for which livereload is switched on}
SETTINGS = {
    "0": "no start",
    "1": "interactive starts",
    "prompt": "interactive starts, with a refresh before each statement",
    "all": "every start",
}

# {another word: the value of LIVERELOAD that it stands for}; in whatever case
_WORDS = {"true": "1", "yes": "1", "on": "1", "false": "0", "no": "0", "off": "0"}

_PROMPT_MODULES = {
    *("IPython", "_pyrepl", "asyncio", "bpython", "code", "ipykernel", "ipykernel_launcher", "ptpython"),
    "spyder_kernels.console",
}
_PROMPT_PROGRAMS = {"bpython", "ipython", "ptipython", "ptpython", "pydevconsole"}  # the last is PyCharm's
_IDLE = "__import__('idlelib.run')"  # how the command begins by which IDLE starts what runs the statements
_VS_CODE = os.path.join("python_files", "python_server.py")

# What the __init__.py of the package `livereload` contains if the package is ours.
_MARK = b"livereload-imports"

# Modules of these folders, or of these names, are not the user's.
_INSTALLED = (os.sep + "site-packages" + os.sep, os.sep + "dist-packages" + os.sep)
_NOT_YET = {"sitecustomize", "usercustomize", "_livereload_imports"}

_warned = False  # a .pth line runs twice in a virtual environment (until 3.14)


def start(setting: str = "0", *, at_prompt: bool = False) -> None:
    """Do what LIVERELOAD says, or `setting` if it is not set, for this start of Python.

    `at_prompt` is for callers that know that they are at a prompt.  Nothing is raised.
    """
    try:
        setting = _asked() or setting
        if setting != "0" and (at_prompt or is_interactive()):
            switch_on(setting)
        elif setting == "all":
            switch_on_later(setting)
    except Exception:  # a damaged installation; `python -m livereload status` finds out
        pass


def start_interactive() -> None:
    """`start("1")`, for a `.start` file (PEP 829)."""
    start("1")


def start_prompt() -> None:
    """`start("prompt")`, for a `.start` file."""
    start("prompt")


def start_every() -> None:
    """`start("all")`, for a `.start` file."""
    start("all")


class WaitingFinder:
    """A meta path finder that installs livereload at the first import of a module that may be the user's."""

    def __init__(self, setting: str) -> None:
        self._setting = setting
        self._path = sys.path[:]

    def find_spec(self, name: str, path: "Any" = None, target: "Any" = None) -> "Any":
        """What livereload's finder gives for a module that may be the user's, what the other finders give for others.

        None for the standard library: the import system asks the other finders itself.
        """
        top = name.partition(".")[0]
        if top in sys.stdlib_module_names or top in _NOT_YET or top == "livereload" or self not in sys.meta_path:
            return None
        for finder in sys.meta_path[sys.meta_path.index(self) + 1 :]:
            find_spec = getattr(finder, "find_spec", None)
            spec = None if find_spec is None else find_spec(name, path, target)
            if spec is not None:
                break
        else:
            return None
        if any(folder in (spec.origin or "") for folder in _INSTALLED):
            return spec
        self.begin()
        hooks = sys.modules.get("livereload.imports.hooks")
        installed = getattr(hooks, "installed", None)
        return spec if installed is None else installed.finder.find_spec(name, path, target)

    def invalidate_caches(self) -> None:
        """Nothing is cached here."""

    def begin(self) -> None:
        """Install livereload, from where it was when Python started, and wait no more."""
        sys.meta_path.remove(self)
        path = sys.path[:]
        sys.path[:] = self._path  # the script's folder is on the path by now
        try:
            switch_on(self._setting)
        except Exception:  # a damaged installation
            pass
        finally:
            sys.path[:] = path


def switch_on(setting: str) -> None:
    """Install livereload in this process, unless `livereload` is another project's package."""
    if is_ours():
        from livereload.session import environment_variables as _variables

        _variables.switch_on(setting)


def switch_on_later(setting: str) -> None:
    """The same, when it is needed; at once if installed packages are tracked."""
    if os.environ.get("LIVERELOAD_INCLUDE") or "livereload" in sys.modules:
        switch_on(setting)
    elif not any(type(finder) is WaitingFinder for finder in sys.meta_path):
        sys.meta_path.insert(0, WaitingFinder(setting))


def wait_no_more() -> None:
    """Install livereload now, if it waits for the first import of a module of the user's."""
    for finder in list(sys.meta_path):
        if type(finder) is WaitingFinder:
            finder.begin()


def is_interactive() -> bool:
    """True if this start of Python leads to a prompt."""
    if sys.flags.interactive or sys.flags.inspect:
        return True
    program = sys.argv[0]
    if program in ("", "-"):
        return sys.stdin is not None and sys.stdin.isatty()
    if program == "-m":
        # The module is only in the last of the interpreter's own arguments: `-m asyncio`, `-Im asyncio`, `-masyncio`.
        module = sys.orig_argv[-len(sys.argv)]
        return (module.partition("m")[2] if module.startswith("-") else module) in _PROMPT_MODULES
    if program == "-c":
        return sys.orig_argv[-len(sys.argv)].startswith(_IDLE)
    if program.endswith(_VS_CODE):
        return True
    name = os.path.basename(program).partition(".")[0]  # ipython, ipython3, ipython3.13, ipython.exe
    return name.removesuffix("-script").rstrip("0123456789") in _PROMPT_PROGRAMS


def is_ours() -> bool:
    """True if `import livereload` gives livereload-imports.  Executes nothing of the package."""
    module = sys.modules.get("livereload")
    if module is not None:
        path = getattr(module, "__file__", None)
    else:
        # importlib.util.find_spec would import contextlib (3.4 ms on 3.11)
        specs = (finder.find_spec("livereload", None) for finder in sys.meta_path)
        path = next((spec.origin for spec in specs if spec is not None), None)
    if path is None:
        return False
    with open(path, "rb") as file:
        return _MARK in file.read()


def setting_of(value: str) -> str:
    """The setting that a value of LIVERELOAD stands for; the value itself if it has no meaning."""
    word = value.lower()
    word = _WORDS.get(word, word)
    return word if word in SETTINGS else value


def _asked() -> str:
    """The setting that LIVERELOAD stands for; empty if it is not set, or has no meaning."""

    global _warned
    value = setting_of(os.environ.get("LIVERELOAD", ""))
    if not value or value in SETTINGS:
        return value
    if not _warned:
        _warned = True
        print(f"livereload: LIVERELOAD={value} means nothing: say {', '.join(SETTINGS)}", file=sys.stderr)
    return ""
