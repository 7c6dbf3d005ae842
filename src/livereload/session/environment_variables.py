"""`livereload.install()` with the arguments that environment variables give.

Knows LIVERELOAD_INCLUDE and LIVERELOAD_EXCLUDE.  Must not know how the process was started: the caller
(`_livereload_imports`) has decided that livereload is wanted.
"""

import os
import sys

from .. import install
from .._errors import UnsupportedInterpreterError
from ..imports import hooks
from ..modules.tracking import check_module_name


def switch_on(setting: str) -> None:
    """Install livereload as the environment says, unless it is installed already.

    `setting` is a value of LIVERELOAD other than 0.  Prints one line for a variable without a meaning, and ignores
    it.
    """
    if hooks.installed is not None and not (setting == "prompt" and not hooks.installed.state.prompt):
        return
    try:
        install(
            include=_names("LIVERELOAD_INCLUDE"),
            exclude=_names("LIVERELOAD_EXCLUDE"),
            prompt=setting == "prompt",
        )
    except UnsupportedInterpreterError as error:
        print(f"livereload: {error}", file=sys.stderr)


def _names(variable: str) -> list[str]:
    """The module names, separated by commas or blanks, that an environment variable holds."""
    names = os.environ.get(variable, "").replace(",", " ").split()
    try:
        for name in names:
            check_module_name(variable, name)
    except ValueError as error:
        print(f"livereload: {error}", file=sys.stderr)
        return []
    return names
