"""livereload's own errors and warnings.  The user's exceptions pass untouched."""


class LiveReloadError(Exception):
    """The base of all errors of livereload.

    >>> try:
    ...     livereload.refresh("not_imported")
    ... except livereload.LiveReloadError as error:
    ...     print(error)
    cannot refresh 'not_imported', which is not tracked: it has not been imported
    """


class UnsupportedInterpreterError(LiveReloadError, ImportError):
    """`install()` was called on an interpreter that does not ask livereload when a module is imported again.

    It is an ImportError as well.

    >>> issubclass(livereload.UnsupportedInterpreterError, ImportError)
    True
    """


class NotInstalledError(LiveReloadError, RuntimeError):
    """livereload was asked to refresh, or to call a function, and is not installed.

    It is a RuntimeError as well.

    >>> livereload.uninstall()
    >>> livereload.refresh()
    Traceback (most recent call last):
        ...
    livereload.NotInstalledError: livereload is not installed: call livereload.install() first
    """


class NotTrackedError(LiveReloadError, LookupError):
    """livereload was asked to refresh a module that is not tracked; the message says why it is not.

    `name` is the module's name.  It is a LookupError as well.

    >>> try:
    ...     livereload.refresh("json")
    ... except livereload.NotTrackedError as error:
    ...     print(error.name)
    json
    """

    def __init__(self, message: str, name: str) -> None:
        super().__init__(message)
        self.name = name


class LiveReloadWarning(UserWarning):
    """Something could not follow an edit; the message names it and the reason.

    The warning points to the import statement.  It is shown each time, and never raised as an error: what it tells of
    has been done by then.  The filters of `warnings` can silence it.  `last().notes` has the same messages.

    >>> import warnings
    >>> warnings.simplefilter("ignore", livereload.LiveReloadWarning)
    >>> from shop.cart import Cart
    >>> cart = Cart()
    >>> edit("shop/cart.py", "class Cart:", "class Cart:\\n    __slots__ = ()")
    >>> from shop.cart import Cart
    >>> livereload.last().notes
    ('shop.cart.Cart is a new class, as its __slots__ changed: 1 instance stays with the old one',)
    """
