"""livereload's own errors and warnings.  The user's exceptions pass untouched."""


class LiveReloadError(Exception):
    """The base of all errors of livereload."""


class UnsupportedInterpreterError(LiveReloadError, ImportError):
    """This interpreter does not ask livereload when a module is imported again."""


class NotInstalledError(LiveReloadError, RuntimeError):
    """livereload is asked to refresh and is not installed."""


class NotTrackedError(LiveReloadError, LookupError):
    """livereload is asked to refresh a module that is not tracked.

    `name` is the module's name.
    """

    def __init__(self, message: str, name: str) -> None:
        super().__init__(message)
        self.name = name


class LiveReloadWarning(UserWarning):
    """Something could not follow an edit; the message names it and the reason."""
