"""IPython and Jupyter: a refresh before each cell, and the magic command `%livereload`.

Knows what an IPython shell offers to extensions.  Does not import IPython: IPython imports livereload.

A refresh comes before each cell after `%load_ext livereload`, which also shows the report in the cell's output, and in
prompt mode, which does not.
"""

import sys

import livereload

from ..imports import hooks
from ..modules.tracking import check_module_name
from .before_statement import before_statement
from .bound_names import bound_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import CodeType
    from typing import Any

    from .._report import Report
    from .bound_names import BoundNames

_USAGE = "%livereload [status [NAME] | on | off | explain NAME | only [NAME ...]]"

_follower: "_Follower | None" = None


class _Follower:
    """Refreshes before each cell of one shell."""

    def __init__(self, shell: "Any") -> None:
        self.shell = shell
        self.is_loaded = False  # by %load_ext
        self.has_installed = False
        # the modules to bring up to date before each cell; none: everything tracked
        self.names: tuple[str, ...] = ()
        # while `%livereload off` holds: the arguments of install() and the bound names, for `%livereload on`
        self.settings: dict[str, Any] = {}
        self.bound_names: BoundNames | None = None
        self._interruption = _Interruption(shell)
        shell.events.register("pre_run_cell", self.before_cell)
        shell.register_magic_function(self.magic, "line", "livereload")

    def leave(self) -> None:
        self.shell.events.unregister("pre_run_cell", self.before_cell)
        self.shell.magics_manager.magics["line"].pop("livereload", None)

    def before_cell(self, info: "Any" = None) -> None:
        """Refresh all tracked modules.  An error is shown once a save, and the cell runs on the last good state."""
        self._interruption.withdraw()
        installation = hooks.installed
        if installation is None or not (self.is_loaded or installation.state.prompt):
            return
        reports: list[Report] = []
        collect = reports.append
        listeners = installation.state.listeners
        listeners.append(collect)
        records = installation.state.records
        names = tuple(name for name in self.names if name in records and name in sys.modules)
        code = self._code(info)
        try:
            if names or not self.names:
                before_statement(installation, self.shell.user_ns, code, self._show, names)
            elif code is not None:
                bound_names(installation).see(code, "")
        except KeyboardInterrupt:  # IPython would show it, and execute the cell all the same
            self._interruption.announce()
        finally:
            listeners[:] = [each for each in listeners if each is not collect]
        if self.is_loaded and installation.state.verbose is not True:  # else the report has been printed
            for report in filter(None, reports):
                self._display(report)

    def _show(self, error: BaseException) -> None:
        self.shell.showtraceback((type(error), error, error.__traceback__), tb_offset=0)

    def _display(self, report: "Report") -> None:
        """Show a report as IPython shows a value: as a table where there are tables."""
        functions = sys.modules.get("IPython.core.display_functions")
        (print if functions is None else functions.display)(report)

    def _code(self, info: "Any") -> "CodeType | None":
        """The code of a cell that may import; IPython compiles only later."""
        cell = getattr(info, "raw_cell", None)
        if type(cell) is not str or "import" not in cell:
            return None
        import warnings
        from ast import PyCF_ALLOW_TOP_LEVEL_AWAIT

        try:
            with warnings.catch_warnings(action="ignore"):
                source = self.shell.transform_cell(cell)
                code: CodeType = compile(source, "<livereload>", "exec", PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
        except Exception:  # IPython is going to say so
            return None
        return code

    # %livereload

    def magic(self, line: str) -> object:
        """Show or change what livereload does: %livereload [status [NAME] | on | off | explain NAME | only [NAME ...]].

        `off` leaves imports and cells to themselves until `on`.  `only` has only these modules, with all
        that they import, brought up to date before each cell (without names: everything again); import
        statements bring up to date the modules that they name, as always.
        """
        command, *arguments = line.split() or ["status"]
        commands = {"status": (0, 1), "on": (0, 0), "off": (0, 0), "explain": (1, 1), "only": (0, sys.maxsize)}
        least, most = commands.get(command, (1, 0))
        if not least <= len(arguments) <= most:
            raise self._usage_error()
        answer: object = getattr(self, f"_{command}")(*arguments)
        return answer

    def _status(self, *names: str) -> object:
        return livereload.status(*names)

    def _explain(self, name: str) -> object:
        return livereload.explain(name)

    def _on(self) -> None:
        if hooks.installed is not None:
            return
        livereload.install(**self.settings)
        self.is_loaded = self.is_loaded or not self.settings.get("prompt")
        if self.bound_names is not None and hooks.installed is not None:
            hooks.installed.bound_names = self.bound_names

    def _off(self) -> None:
        if hooks.installed is None:
            return
        state = hooks.installed.state
        self.bound_names = hooks.installed.bound_names
        self.settings = {
            "include": state.policy.include,
            "exclude": state.policy.exclude,
            "prompt": state.prompt,
            "verbose": state.verbose,
            "whole": state.whole,
        }
        livereload.uninstall()

    def _only(self, *names: str) -> None:
        for name in names:
            check_module_name("only", name)
        self.names = names

    def _usage_error(self) -> Exception:
        """IPython shows its own kind of error in one line."""
        errors = sys.modules.get("IPython.core.error")
        kind: type[Exception] = ValueError if errors is None else errors.UsageError
        return kind(f"usage: {_USAGE}")


class _Interruption:
    """Interrupts the next cell, as if Ctrl-C had been pressed when it began.

    It is a transformer of syntax trees: IPython calls these after the event `pre_run_cell`.
    """

    def __init__(self, shell: "Any") -> None:
        self._shell = shell

    def announce(self) -> None:
        self._shell.ast_transformers.append(self)

    def withdraw(self) -> None:
        transformers = self._shell.ast_transformers
        transformers[:] = [each for each in transformers if each is not self]

    def visit(self, tree: "Any") -> "Any":
        import ast

        self.withdraw()
        tree.body = ast.parse("raise KeyboardInterrupt").body
        return tree


def follow(shell: "Any") -> None:
    """Refresh before each cell of this shell, as prompt mode wants it."""
    global _follower
    if _follower is None or _follower.shell is not shell:
        if _follower is not None:
            _follower.leave()
        _follower = _Follower(shell)


def load(shell: "Any") -> None:
    """Install livereload, and refresh before each cell of this shell.  Loading twice is loading once."""
    follow(shell)
    assert _follower is not None
    if hooks.installed is None:
        livereload.install()
        _follower.has_installed = True
    _follower.is_loaded = True


def unload(shell: "Any") -> None:
    """Undo `load`; livereload stays installed if it was before."""
    global _follower
    follower = _follower
    if follower is None or follower.shell is not shell:
        return
    _follower = None
    follower.leave()
    if follower.has_installed:
        livereload.uninstall()
