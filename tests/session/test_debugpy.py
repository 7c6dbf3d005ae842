"""debugpy (VS Code): breakpoints are hit in the new source, on its lines, with its variables."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

SOURCES = Path(__file__).parent.parent.parent / "src"

OLD = "def total(price):\n    doubled = price * 2\n    return doubled\n"
NEW = "# one more line\n\ndef total(price):\n    tripled = price * 3\n    return tripled\n"

PROGRAM = f"""
import pathlib, sys
import livereload; livereload.install()
import debugpy
import shop
shop.total(1)
pathlib.Path("shop.py").write_text({NEW!r})
import shop
debugpy.listen(("127.0.0.1", int(sys.argv[1])))
print("listening", flush=True)
debugpy.wait_for_client()
print("total", shop.total(1), flush=True)
pathlib.Path("shop.py").write_text({"# and one" + chr(10) + NEW!r})
import shop
print("total", shop.total(2), flush=True)
"""


class Client:
    """As much of the Debug Adapter Protocol as it takes to stop at a line."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._file = self._socket.makefile("rb")
        self._sent = 0
        self._unread: list[dict[str, Any]] = []

    def send(self, command: str, **arguments: Any) -> int:
        self._sent += 1
        body = json.dumps({"seq": self._sent, "type": "request", "command": command, "arguments": arguments}).encode()
        self._socket.sendall(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        return self._sent

    def ask(self, command: str, **arguments: Any) -> dict[str, Any]:
        """The body of the answer to a request."""
        number = self.send(command, **arguments)
        answer = self._wait(lambda message: message.get("request_seq") == number)
        assert answer["success"], answer
        body: dict[str, Any] = answer.get("body", {})
        return body

    def event(self, name: str) -> dict[str, Any]:
        body: dict[str, Any] = self._wait(lambda message: message.get("event") == name).get("body", {})
        return body

    def _wait(self, is_it: Any) -> dict[str, Any]:
        for message in self._unread:
            if is_it(message):
                self._unread.remove(message)
                return message
        while True:
            message = self._read()
            if is_it(message):
                return message
            self._unread.append(message)

    def _read(self) -> dict[str, Any]:
        length = 0
        while (line := self._file.readline().strip()) or not length:
            name, _, value = line.partition(b":")
            if name == b"Content-Length":
                length = int(value)
        message: dict[str, Any] = json.loads(self._file.read(length))
        return message

    def close(self) -> None:
        self._file.close()
        self._socket.close()


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        number: int = free.getsockname()[1]
        return number


@pytest.fixture
def program(tmp_path: Path, port: int) -> "Iterator[subprocess.Popen[str]]":
    """The program, waiting for a debugger."""
    pytest.importorskip("debugpy")
    (tmp_path / "shop.py").write_text(OLD)
    (tmp_path / "program.py").write_text(PROGRAM)
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "LIVERELOAD"))}
    with subprocess.Popen(
        [sys.executable, "-X", "frozen_modules=off", "program.py", str(port)],
        cwd=tmp_path,
        env={**inherited, "PYTHONPATH": str(SOURCES), "PYDEVD_DISABLE_FILE_VALIDATION": "1"},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None and process.stdout.readline() == "listening\n"
        yield process
        process.kill()


def test_breakpoints(program: "subprocess.Popen[str]", port: int, tmp_path: Path) -> None:
    """A breakpoint stops on the line of the new source, before and after a further edit while the debugger is there."""
    client = Client(port)
    try:
        client.ask("initialize", adapterID="test", pathFormat="path", linesStartAt1=True)
        attached = client.send("attach", justMyCode=False)
        client.event("initialized")
        source = {"path": str(tmp_path / "shop.py")}
        client.ask("setBreakpoints", source=source, breakpoints=[{"line": 5}])
        client.ask("configurationDone")
        client._wait(lambda message: message.get("request_seq") == attached)
        for line, variables in ((5, {"price": "1", "tripled": "3"}), (5, {"price": "2"})):
            thread = client.event("stopped")["threadId"]
            frame = client.ask("stackTrace", threadId=thread)["stackFrames"][0]
            assert (frame["name"], frame["line"]) == ("total", line)
            scope = client.ask("scopes", frameId=frame["id"])["scopes"][0]["variablesReference"]
            shown = client.ask("variables", variablesReference=scope)["variables"]
            assert {each["name"]: each["value"] for each in shown} == variables
            client.ask("continue", threadId=thread)
        assert program.stdout is not None
        assert [program.stdout.readline(), program.stdout.readline()] == ["total 3\n", "total 6\n"]
    finally:
        client.close()
