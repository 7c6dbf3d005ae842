"""`livereload.middleware`: requests on what the files say, and no refresh under a request."""

import asyncio
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import livereload
from livereload import middleware
from livereload.middleware import Requests, asgi, wsgi

EVENTS: list[str] = []  # what the modules of these tests append to

APP = """
from shop_rates import RATE
def app(environ, start_response):
    start_response("200 OK", [])
    return [str(RATE).encode()]
"""

Write = Callable[[str, str], None]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Write]:
    """Write a module; livereload is installed for those written here."""
    monkeypatch.syspath_prepend(str(tmp_path))
    EVENTS.clear()
    livereload.install(exclude={name.partition(".")[0] for name in sys.modules if name.isidentifier()})
    names = set()

    def write(name: str, text: str) -> None:
        names.add(name)
        (tmp_path / "half").write_text(text)
        os.replace(tmp_path / "half", tmp_path / f"{name}.py")  # a thread may be held up between two steps of a save

    yield write
    livereload.uninstall()
    for name in names:
        sys.modules.pop(name, None)


def get(app: Callable[..., Any]) -> str:
    """What a WSGI server would send."""
    body = app({}, lambda status, headers: None)
    try:
        return b"".join(body).decode()
    finally:
        if hasattr(body, "close"):
            body.close()


def until(condition: Callable[[], bool]) -> None:
    """Wait until a condition holds that other threads bring about; a deadline turns a hang into a failure."""
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_a_request_runs_on_what_the_files_say(write: Write) -> None:
    """A handler that imports nothing serves the new version after each save."""
    write("shop_rates", "RATE = 0\n")
    write("shop_app", APP)
    app = wsgi("shop_app:app")
    for rate in range(3):
        write("shop_rates", f"RATE = {rate}\n")
        assert get(app) == str(rate)


def test_new_routes_appear(write: Write) -> None:
    """An app that is named is looked up for each request; one that is handed over is what it is."""
    text = "class App:\n    def __init__(self, name): self.name = name\n"
    text += "    def __call__(self, environ, start_response): return [self.name]\n"
    write("shop_app", f"{text}app = App(b'one')\n")
    named, held = wsgi("shop_app:app"), wsgi(sys.modules["shop_app"].app)
    assert (get(named), get(held)) == ("one", "one")
    write("shop_app", f"{text}app = App(b'two')\n")
    assert (get(named), get(held)) == ("two", "one")


def test_a_source_that_fails_is_shown_once(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    """Requests run on the last good state until the source is mended."""
    write("shop_rates", "RATE = 1\n")
    write("shop_app", APP)
    app = wsgi("shop_app:app")
    write("shop_rates", "RATE = MISSING\n")
    assert [get(app), get(app)] == ["1", "1"]
    error = capsys.readouterr().err
    assert error.count("NameError: name 'MISSING' is not defined") == 1
    assert error.count("livereload: the last good state answers\n") == 1
    write("shop_rates", "RATE = 2\n")
    assert get(app) == "2"


HANDLER = "def page():\n    import shop_rates\n    return shop_rates.RATE\n"


def test_imports_within_a_request_refresh_nothing(write: Write) -> None:
    """A file is saved after a request has begun: that request, and one that runs beside it, end on what they had."""
    write("shop_rates", "RATE = 1\n")
    write("shop_app", HANDLER)
    from shop_app import page

    requests = Requests()
    with requests:
        before = page()
        write("shop_rates", "RATE = 2\n")
        assert (before, page()) == (1, 1)
    with requests:
        assert page() == 2
    write("shop_rates", "RATE = 3\n")
    assert page() == 3


def test_imports_within_a_request_to_an_asgi_app(write: Write) -> None:
    """The same in the threads that an endpoint runs in; the rest of the program refreshes as ever."""
    write("shop_rates", "RATE = 1\n")
    write("shop_app", HANDLER)
    from shop_app import page

    async def endpoint(scope: "dict[str, Any]", receive: object, send: Callable[[object], Any]) -> None:
        before = await asyncio.to_thread(page)
        write("shop_rates", "RATE = 2\n")
        await send((before, await asyncio.to_thread(page), page()))

    async def session() -> "list[object]":
        sent: list[object] = []

        async def send(message: object) -> None:
            sent.append(message)

        await asgi(endpoint)({"type": "http"}, None, send)
        return [*sent, page()]

    assert asyncio.run(session()) == [(1, 1, 1), 2]


def test_a_refresh_waits_for_the_requests_that_run(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is stale is executed when no request runs; those that come meanwhile wait for it."""
    monkeypatch.setattr(middleware, "PATIENCE_S", 60.0)
    write("shop_rates", "")
    import shop_rates  # type: ignore[import-not-found] # noqa: F401

    requests = Requests()
    runs, goes_on = threading.Event(), threading.Event()

    def first() -> None:
        with requests:
            runs.set()
            goes_on.wait()
            EVENTS.append("first")

    def second() -> None:
        with requests:
            EVENTS.append("second")

    threads = [threading.Thread(target=first)]
    threads[0].start()
    runs.wait()
    write("shop_rates", f"import sys; sys.modules[{__name__!r}].EVENTS.append('executed')\n")
    try:
        for _ in range(3):
            threads.append(threading.Thread(target=second))
            threads[-1].start()
            until(lambda: requests._closed_until > 0)
    finally:
        goes_on.set()
        for thread in threads:
            thread.join()
    assert EVENTS == ["first", "executed", "second", "second", "second"]


def test_nobody_waits_for_ever(write: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """A request that never ends holds up the others for `PATIENCE_S` at each save, and no longer."""
    monkeypatch.setattr(middleware, "PATIENCE_S", 0.02)
    write("shop_rates", "RATE = 1\n")
    write("shop_app", APP)
    app, requests = wsgi("shop_app:app"), Requests()
    with requests:
        write("shop_rates", "RATE = 2\n")
        with requests:
            assert sys.modules["shop_rates"].RATE == 2
    assert get(app) == "2"


def test_an_answer_in_parts_is_a_request_to_its_end(write: Write) -> None:
    """A request whose answer is made part by part runs until the server closes it, as it must, however it ended."""
    write("shop_app", "def app(environ, start_response):\n    yield b'a'\n    yield b'b'\n")
    app = wsgi("shop_app:app")
    requests: Requests = next(
        cell.cell_contents for cell in app.__closure__ or () if isinstance(cell.cell_contents, Requests)
    )
    body = app({}, lambda status, headers: None)
    assert (next(iter(body)), requests._running) == (b"a", 1)
    body.close()  # type: ignore[attr-defined]
    body.close()  # type: ignore[attr-defined]
    assert requests._running == 0
    assert get(app) == "ab" and requests._running == 0


def test_errors_of_the_app_are_its_own(write: Write) -> None:
    """What the app raises reaches the server, and the request has ended."""
    write("shop_app", "def app(environ, start_response):\n    raise KeyError('x')\n")
    app = wsgi("shop_app:app")
    for _ in range(2):
        with pytest.raises(KeyError, match="x"):
            get(app)
    write("shop_app", "def app(environ, start_response):\n    return [b'fine']\n")
    assert get(app) == "fine"


def test_asgi(write: Write) -> None:
    """An ASGI app serves the new version after each save, while another request waits for something."""
    text = "import asyncio\nEND = asyncio.Event()\nasync def app(scope, receive, send):\n"
    text += "    if scope['path'] == '/slow': await scope['end'].wait()\n    await send({})\n"
    write("shop_app", text.format(0))
    app = asgi("shop_app:app")

    async def session() -> "list[object]":
        sent: list[object] = []

        async def send(message: object) -> None:
            sent.append(message)

        end = asyncio.Event()
        slow = asyncio.create_task(app({"type": "http", "path": "/slow", "end": end}, None, send))
        await asyncio.sleep(0)
        write("shop_app", text.format("'new'"))
        quick = asyncio.create_task(app({"type": "http", "path": "/"}, None, send))
        await asyncio.sleep(0.01)
        end.set()
        await asyncio.gather(slow, quick)
        await app({"type": "lifespan", "path": "/"}, None, send)
        return sent

    assert asyncio.run(session()) == [0, "new", "new"]


def test_without_livereload(write: Write) -> None:
    """Where livereload is not installed, requests go straight through."""
    write("shop_rates", "RATE = 1\n")
    write("shop_app", APP)
    app = wsgi("shop_app:app")
    livereload.uninstall()
    write("shop_rates", "RATE = 2\n")
    assert get(app) == "1"


def test_arguments() -> None:
    """TypeError and ValueError for what names no app."""
    with pytest.raises(TypeError, match="app must be an application or its name, not int"):
        wsgi(3)  # type: ignore[arg-type]
    for name in ("shop", "shop:", ":app"):
        with pytest.raises(ValueError, match=r"app must be named as in 'package\.module:name'"):
            asgi(name)


LOADED = """
import time
from shop_rates import RATE, Rate
DOUBLE = RATE * 2
def app(environ, start_response):
    before = RATE, DOUBLE
    time.sleep(0.001)
    after = RATE, DOUBLE, Rate().value
    return [repr((before, after)).encode()]
"""


def test_under_load(write: Write) -> None:
    """Four clients, a save at any moment: no request fails, none sees two versions, and the last save is served."""

    def save(version: int) -> None:
        write("shop_rates", f"RATE = {version}\nclass Rate:\n    value = RATE\n")

    save(0)
    write("shop_app", LOADED)
    app = wsgi("shop_app:app")
    wrong: list[str] = []
    served = [0] * 4
    stop = threading.Event()

    def client(number: int) -> None:
        while not stop.is_set():
            try:
                answer = get(app)
                (one, two), (three, four, five) = eval(answer)
                if not (one * 2 == two and three * 2 == four and three == five and one == three):
                    wrong.append(answer)
            except Exception as error:
                wrong.append(repr(error))
            served[number] += 1

    threads = [threading.Thread(target=client, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    try:
        for version in range(1, 41):
            goal = [count + 3 for count in served]
            save(version)
            until(lambda goal=goal: all(count >= least for count, least in zip(served, goal, strict=True)))
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert wrong == []
    assert get(app).startswith("((40,")


def test_saves_in_a_row_leave_one_version(write: Write) -> None:
    """What is saved while a request brings things up to date is seen as a whole, or by the next request."""
    versions = iter(range(1, 1000))

    def save() -> None:
        write("shop_rates", f"RATE = {next(versions)}\nclass Rate:\n    value = RATE\n")

    save()
    write("shop_app", LOADED)
    app = wsgi("shop_app:app")
    stop = threading.Event()

    def saver() -> None:
        for _ in range(900):
            if stop.wait(0.002):
                break
            save()

    thread = threading.Thread(target=saver)
    thread.start()
    try:
        for _ in range(150):
            (one, two), (three, four, five) = eval(get(app))
            assert (one * 2, three * 2, five) == (two, four, three)
    finally:
        stop.set()
        thread.join()
