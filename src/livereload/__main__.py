"""The command line: `python -m livereload`, which is `python` with livereload on, and a few commands.

Knows the commands and their exit statuses: 1 if a command fails, 2 for a command line without a meaning.  Must not
know how a command does its work.
"""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


def main(arguments: list[str]) -> int:
    """Run the command in `arguments`, or else Python with these arguments; returns the exit status."""
    if arguments[:1] in (["-h"], ["--help"]):
        print(_usage())
        return 0
    if arguments and arguments[0] in _COMMANDS:
        name, *options = arguments
        run, allowed, _ = _COMMANDS[name]
        if not {"-h", "--help"}.isdisjoint(options):
            print(_usage_of(name))
            return 0
        for option in options:
            if option not in allowed:
                takes = ", ".join(allowed) or "no arguments"
                return _refuse(f"{name} takes {takes}, not {option!r}", 2)
        return run(options)

    from .session import run_program as _run

    try:
        return _run.run(arguments)
    except _run.CannotRunError as error:
        return _refuse(str(error), 2)


def _demo(options: list[str]) -> int:
    from .session import demo as _demo

    return _demo.play()


def _enable(options: list[str]) -> int:
    from _livereload_imports import SETTINGS

    from .session import enable_at_startup as _enabling

    if {"--everywhere", "--prompt"} <= set(options):
        return _refuse("enable takes either --everywhere or --prompt", 2)
    setting = "all" if "--everywhere" in options else "prompt" if "--prompt" in options else "1"
    try:
        path, is_new = _enabling.enable(setting, user="--user" in options)
    except _enabling.RefusedError as error:
        return _refuse(f"not enabled: {error}")
    print(f"livereload: {'enabled' if is_new else 'enabled already'} for {SETTINGS[setting]}, by {path}")
    return 0


def _disable(options: list[str]) -> int:
    from .session import enable_at_startup as _enabling

    try:
        path, was_there = _enabling.disable(user="--user" in options)
        others = [other for other, _ in _enabling.enabled()]
    except _enabling.RefusedError as error:
        return _refuse(f"not disabled: {error}")
    done = f"disabled, {path} is removed" if was_there else f"there is nothing to disable, no {path}"
    print(f"livereload: {done}{''.join(f'; still enabled by {other}' for other in others)}")
    return 0


def _status(options: list[str]) -> int:
    from .session import enable_at_startup as _enabling

    print(_enabling.describe())
    return 0


def _startup(options: list[str]) -> int:
    import os

    print(os.path.join(os.path.dirname(os.path.abspath(__file__)), "startup.py"))
    return 0


# {name: (the function that runs it, the options that it takes, its help text)}
_COMMANDS: "dict[str, tuple[Callable[[list[str]], int], tuple[str, ...], str]]" = {
    "demo": (_demo, (), "play an edit between two imports of one session; exit status 1 if it goes wrong"),
    "enable": (
        _enable,
        ("--user", "--everywhere", "--prompt"),
        "switch livereload on for good, at the prompts of this environment (--user: of this user);\n"
        "--everywhere: for scripts, too; --prompt: and refresh before each statement",
    ),
    "disable": (_disable, ("--user",), "undo `enable` (--user: undo `enable --user`)"),
    "status": (_status, (), "say for which kinds of start livereload is on here, and why"),
    "startup": (_startup, (), 'print the path of a start-up file: PYTHONSTARTUP="$(python -m livereload startup)"'),
}


def _usage() -> str:
    width = max(map(len, _COMMANDS))
    lines = [
        "usage: python -m livereload [what `python` takes: -i, -c CODE, -m MODULE, SCRIPT, ARGUMENTS, ...]",
        "       python -m livereload COMMAND",
        "",
        "Without a command, Python with livereload on; without any arguments, its prompt.",
        "To run a script that is named like a command, write its folder, too: ./demo",
        "",
    ]
    for name, (_, _, text) in _COMMANDS.items():
        first, *more = text.split("\n")
        lines += [f"  {name:{width}}  {first}", *(f"  {'':{width}}  {line}" for line in more)]
    return "\n".join(lines)


def _usage_of(name: str) -> str:
    _, options, text = _COMMANDS[name]
    return f"usage: python -m livereload {' '.join([name, *(f'[{option}]' for option in options)])}\n\n{text}"


def _refuse(reason: str, status: int = 1) -> int:
    print(f"livereload: {reason}", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
