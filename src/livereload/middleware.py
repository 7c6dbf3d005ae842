"""Servers: each request runs with up-to-date modules, and no module is executed while a request runs.

Write a module that wraps your application, and serve what it holds:

    >>> from livereload.middleware import wsgi    # or asgi
    >>> app = wsgi("shop.web:app")

Start the server with livereload on: `python -m livereload serve.py`, or `python -m livereload -m uvicorn serve:app`.

1. A request begins with a look.  If something is stale, the request waits until the running requests have ended, a
   second at the most.  It holds up new ones, refreshes, and lets all go on.  So no request that takes less than a
   second finds a module that is being executed, and none sees two versions of one.  Imports within a request refresh
   nothing.
2. An app that is given by its name is looked up for each request: an app that has been made again, with new routes,
   serves the next request.  An app that is given as an object stays that object; its functions follow.
3. The error of a source that fails is printed once for each save, and requests run on the last good state.
4. A request that is held up waits two seconds at the most: some requests never end.

Where livereload is not installed, requests are passed on.

Knows requests.  Must not know how a refresh is done.
"""

import sys
import time
from _thread import allocate_lock

from .modules.state import in_request

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Iterator
    from typing import Any

__all__ = ["Requests", "asgi", "wsgi"]

PATIENCE_S = 1.0
_NAP_S = 0.002


class Requests:
    """The requests of one server; `with requests:` is one of them, for servers that are neither WSGI nor ASGI.

    Entering it never raises: a source that fails is printed.

    >>> requests = Requests()
    >>> with requests:
    ...     from shop.cart import total
    ...     print(total())
    6
    """

    def __init__(self) -> None:
        self._lock = allocate_lock()  # of the two below
        self._running = 0
        # while a request refreshes, or waits for that: the time until which others wait for it
        self._closed_until = 0.0

    def __enter__(self) -> None:
        for _ in self._beginning():
            time.sleep(_NAP_S)
        in_request.set(True)

    def __exit__(self, *_: object) -> None:
        in_request.set(False)
        self._leave()

    async def _begin(self) -> None:
        """`__enter__` for a coroutine; the event loop does not wait."""
        import asyncio

        for _ in self._beginning():
            await asyncio.sleep(_NAP_S)
        in_request.set(True)

    def _beginning(self) -> "Iterator[None]":
        """The steps before a request runs; the caller waits a moment at each of them."""
        if _is_due() and self._close():
            try:
                deadline = time.monotonic() + PATIENCE_S
                while self._running and time.monotonic() < deadline:
                    yield
                _refresh()
            finally:
                self._closed_until = 0.0
        while not self._enter():
            yield

    def _close(self) -> bool:
        """Let no request begin until this one has refreshed; False if another one is about to."""
        with self._lock:
            now = time.monotonic()
            if now < self._closed_until:
                return False
            self._closed_until = now + 2 * PATIENCE_S
            return True

    def _enter(self) -> bool:
        with self._lock:
            if time.monotonic() < self._closed_until:
                return False
            self._running += 1
            return True

    def _leave(self) -> None:
        with self._lock:
            self._running -= 1


def wsgi(app: "str | Callable[..., Any]") -> "Callable[..., Iterable[bytes]]":
    """Return a WSGI application that serves `app`, an application or its name ("package.module:name"), up to date.

    Raises TypeError if `app` is neither, ValueError if the name has another form, and what importing the module raises.

    >>> app = wsgi("shop.web:app")
    >>> app({}, lambda status, headers: None)
    [b'6']
    >>> edit("shop/money.py", "RATE = 2", "RATE = 3")
    >>> app({}, lambda status, headers: None)
    [b'9']
    """
    requests, current = Requests(), _lookup(app)

    def serve(environ: "dict[str, Any]", start_response: "Callable[..., Any]") -> "Iterable[bytes]":
        requests.__enter__()
        try:
            body: Iterable[bytes] = current()(environ, start_response)
        except BaseException:
            requests.__exit__()
            raise
        if type(body) in (list, tuple):
            requests.__exit__()
            return body
        return _Body(body, requests)

    return serve


class _Body:
    """The parts of an answer; the request ends when they do."""

    def __init__(self, parts: "Iterable[bytes]", requests: Requests) -> None:
        self._parts = parts
        self._iterator = iter(parts)
        self._requests: Requests | None = requests

    def __iter__(self) -> "_Body":
        return self

    def __next__(self) -> bytes:
        return next(self._iterator)

    def close(self) -> None:
        """End the request; servers call this however an answer has ended (PEP 3333)."""
        try:
            close = getattr(self._parts, "close", None)
            if close is not None:
                close()
        finally:
            requests, self._requests = self._requests, None
            if requests is not None:
                requests.__exit__()


def asgi(app: "str | Callable[..., Any]") -> "Callable[..., Awaitable[None]]":
    """Return an ASGI application that serves `app`, an application or its name ("package.module:name"), up to date.

    Connections that stay, such as web sockets, are passed on without a look.  Raises what `wsgi()` raises.

    >>> asgi("shop.web")
    Traceback (most recent call last):
        ...
    ValueError: app must be named as in 'package.module:name', not 'shop.web'
    """
    requests, current = Requests(), _lookup(app)

    async def serve(scope: "dict[str, Any]", receive: "Callable[..., Any]", send: "Callable[..., Any]") -> None:
        if scope["type"] != "http":  # the lifespan of the server, or a connection that stays
            await current()(scope, receive, send)
            return
        await requests._begin()
        try:
            await current()(scope, receive, send)
        finally:
            requests.__exit__()

    return serve


def _lookup(app: "str | Callable[..., Any]") -> "Callable[[], Callable[..., Any]]":
    """A function that returns the app; TypeError or ValueError if `app` is neither an application nor a name."""
    if not isinstance(app, str):
        if not callable(app):
            raise TypeError(f"app must be an application or its name, not {type(app).__name__}")
        return lambda: app
    module, _, path = app.partition(":")
    if not (module and path):
        raise ValueError(f"app must be named as in 'package.module:name', not {app!r}")
    __import__(module)

    def look_up() -> "Callable[..., Any]":
        found: Any = sys.modules[module]
        for name in path.split("."):
            found = getattr(found, name)
        return found  # type: ignore[no-any-return]

    return look_up


def _is_due() -> bool:
    """True if a module is stale, and not only modules whose last refresh has failed."""
    from .imports import hooks

    return hooks.installed is not None and hooks.installed.refresher.is_due()


def _refresh() -> None:
    from .imports import hooks
    from .session.before_statement import before_statement

    if hooks.installed is not None:
        before_statement(hooks.installed, {})
