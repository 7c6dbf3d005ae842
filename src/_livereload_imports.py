"""Switches livereload on when Python starts, if that is wanted.

`livereload-imports.pth`, which is installed beside this file, calls `start()` if LIVERELOAD is set.  The file that
`python -m livereload enable` writes calls it always.  They import this module, not `livereload`, because a web
development server has a package `livereload`, too; the name of this module is only ours.

In a process that does not want livereload, only this module is executed, so it imports nothing that is not loaded
already.  Whatever is wrong with the installation, Python starts as always and prints nothing.
"""

import os
import sys

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

_warned = False  # a .pth line runs twice in a virtual environment (until 3.14)


def start(setting: str = "0", *, at_prompt: bool = False) -> None:
    """Do what LIVERELOAD says, or `setting` if it is not set, for this start of Python.

    `at_prompt` is for callers that know that they are at a prompt.  Nothing is raised.
    """
    try:
        setting = _asked() or setting
        if setting == "all" or (setting != "0" and (at_prompt or is_interactive())):
            switch_on(setting)
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


def switch_on(setting: str) -> None:
    """Install livereload in this process, unless `livereload` is another project's package."""
    if is_ours():
        from livereload.session import environment_variables as _variables

        _variables.switch_on(setting)


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
