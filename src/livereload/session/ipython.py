"""livereload in IPython and Jupyter: `%load_ext livereload`.

Knows what an IPython shell offers to extensions.  IPython is not imported: it is what imports us.
"""

import os
import sys

from .. import install, refresh, status, uninstall
from ..imports import hooks

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_extension: "_Extension | None" = None


class _Extension:
    """Refreshes before each cell of one shell."""

    def __init__(self, shell: "Any") -> None:
        self.shell = shell
        self.installed_by_us = hooks.installed is None
        self._shown: object = None  # the last error that was shown, and the saves that it came of

    def before_cell(self, info: object = None) -> None:
        """Refresh everything tracked; after an error, shown once a save, the cell runs on the last good state."""
        if hooks.installed is None:  # uninstall() was called
            return
        try:
            report = refresh()
        except Exception as error:
            seen = (type(error), str(error), _saves())
            if seen != self._shown:
                self._shown = seen
                self.shell.showtraceback((type(error), error, error.__traceback__), tb_offset=0)
                print("livereload: the cell runs on the last good state", file=sys.stderr)
            return
        self._shown = None
        if report:
            print(report)


def load(shell: "Any") -> None:
    """Install livereload, and refresh before each cell of this shell.  Loading twice is loading once."""
    global _extension
    if _extension is not None:
        unload(_extension.shell)
    extension = _Extension(shell)
    if extension.installed_by_us:
        install()
    shell.events.register("pre_run_cell", extension.before_cell)
    _extension = extension


def unload(shell: "Any") -> None:
    """Undo `load`; livereload stays installed if it was before."""
    global _extension
    extension = _extension
    if extension is None or extension.shell is not shell:
        return
    _extension = None
    shell.events.unregister("pre_run_cell", extension.before_cell)
    if extension.installed_by_us:
        uninstall()


def _saves() -> list[tuple[str, int]]:
    """When each stale file was saved."""
    return [
        (each.path, os.stat(each.path).st_mtime_ns)
        for each in status().modules.values()
        if each.stale and each.path and os.path.exists(each.path)
    ]
