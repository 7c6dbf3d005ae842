"""`python -m livereload ARGUMENTS`: become `python ARGUMENTS`, with livereload on.

Knows how to start an interpreter.  Must not know what the arguments mean to it.

The process executes the same interpreter again, with a folder in front of PYTHONPATH.  The `sitecustomize` in this
folder switches livereload on and then removes its traces (`_site`).  So nothing of a program's start is imitated:
`sys.argv`, `sys.path`, `__main__`, tracebacks, signals and the exit status are real.
"""

import os
import sys

_SITE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "_site")


class CannotRunError(Exception):
    """The arguments ask for a Python that livereload cannot reach; the message is for the user."""


def run(arguments: list[str]) -> int:
    """Become `python ARGUMENTS`.

    It does not return, except on Windows: there it returns the exit status of the interpreter that was started.
    CannotRunError if the arguments keep Python from executing our `sitecustomize`.
    """
    if not sys.executable:
        raise CannotRunError("this process does not know its interpreter (sys.executable is empty)")
    program, *options = own_options(sys.orig_argv, sys.argv)
    options += arguments
    for letter in letters(options):
        if letter == "S":
            raise CannotRunError("python -S switches nothing on: it leaves out the module 'site'")
        if letter in "EI":
            raise CannotRunError(f"python -{letter} ignores PYTHONPATH: set LIVERELOAD=all for it instead")
    path = os.environ.get("PYTHONPATH")
    environment = {**os.environ, "PYTHONPATH": _SITE + os.pathsep + path if path else _SITE}
    if os.name != "nt":
        os.execve(sys.executable, [program, *options], environment)
    # On Windows, execve() does not wait for the process that it starts.
    return call([sys.executable, *options], environment)


def call(command: list[str], environment: dict[str, str]) -> int:
    """Run a command to its end, even if Ctrl-C is pressed, and return its exit status."""
    import signal
    import subprocess

    signal.signal(signal.SIGINT, lambda *_: None)  # the command gets the signal, too, and decides
    return subprocess.call(command, env=environment)


def own_options(command: list[str], argv: list[str]) -> list[str]:
    """The program and the options for Python itself, from the command line that started this process.

    The command line ends in `-m livereload ARGUMENTS`, `-Xdev -um livereload ARGUMENTS` or `-mlivereload ARGUMENTS`.
    If it does not, another program such as pdb or runpy has started livereload, and there are no options.
    """
    own = command[: len(command) - len(argv) + 1]
    if own[-1] == "livereload":
        own.pop()
    last = own.pop().removesuffix("livereload")
    if not (own and last.startswith("-") and last.endswith("m")):
        return command[:1]
    return own if last == "-m" else [*own, last[:-1]]


def letters(arguments: list[str]) -> str:
    """The one-letter options for Python itself: those before the script, -c or -m."""
    found = ""
    values = iter(arguments)
    for argument in values:
        if argument == "--check-hash-based-pycs":
            next(values, None)
        elif argument in ("-", "--") or not argument.startswith("-"):
            break
        elif not argument.startswith("--"):
            for position, letter in enumerate(argument[1:], 2):
                if letter in "cm":
                    return found
                if letter in "WX":
                    if position == len(argument):
                        next(values, None)
                    break
                found += letter
    return found
