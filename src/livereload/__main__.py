"""The command line: `python -m livereload COMMAND`.

Knows the commands and their exit statuses: 2 for a command line that means nothing.  Must not know
how a command does its work.
"""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


def main(arguments: list[str]) -> int:
    """Run the command that `arguments` name; returns the exit status."""
    if arguments[:1] in (["-h"], ["--help"]):
        print(_usage())
        return 0
    if not arguments:
        return _refuse("which command?")
    name, *rest = arguments
    if name not in _COMMANDS:
        return _refuse(f"there is no command {name!r}")
    run, _ = _COMMANDS[name]
    return run(rest)


def _demo(arguments: list[str]) -> int:
    if arguments:
        return _refuse(f"demo takes no arguments, not {arguments[0]!r}")
    from . import _demo

    return _demo.play()


# {name: (what runs it, what it does)}
_COMMANDS: "dict[str, tuple[Callable[[list[str]], int], str]]" = {
    "demo": (_demo, "play an edit between two imports of one session; exit status 1 if it goes wrong"),
}


def _usage() -> str:
    width = max(map(len, _COMMANDS))
    rows = [f"  {name:{width}}  {text}" for name, (_, text) in _COMMANDS.items()]
    return "\n".join(["usage: python -m livereload COMMAND", "", *rows])


def _refuse(reason: str) -> int:
    print(f"livereload: {reason} (commands: {', '.join(_COMMANDS)})", file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
