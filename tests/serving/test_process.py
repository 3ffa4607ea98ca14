"""The process: signals, sockets, and answers while it works."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import numpy as np
import pytest

from rosenblatt.serving import InputColumn, Settings, TargetColumn, connection
from rosenblatt.serving.app import application
from rosenblatt.serving.server import listening, server_of
from tests.support.network_audit import SPEAKS
from tests.support.served import PATIENCE, ROW, serving


def test_ctrl_c_ends_it_cleanly_and_frees_the_port(models) -> None:
    with serving(models("bought")) as server:
        port = server.client.base_url.port
        assert server.client.post("/predict", json=ROW).status_code == 200  # the connection stays
        assert server.end() == (0, "stopped\n", "")
        with socket.socket() as again:
            again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            again.bind(("127.0.0.1", port))


PREDICT = b"POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
UNFINISHED = {
    "head": b"POST /predict HT",
    "body": PREDICT + b"Content-Length: 1000\r\n\r\n{",
    "no body": PREDICT + b"Content-Length: 1000\r\n\r\n",
    "chunks": PREDICT + b"Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n",
}


@pytest.mark.parametrize("sent", UNFINISHED.values(), ids=UNFINISHED)
def test_ctrl_c_waits_for_no_rest_of_a_request(models, sent: bytes) -> None:
    with serving(models("bought")) as server:
        url = server.client.base_url
        with socket.create_connection((url.host, url.port), timeout=PATIENCE) as client:
            client.sendall(sent)
            assert server.client.get("/health").status_code == 200  # what came before is read
            assert server.end() == (0, "stopped\n", "")
            assert client.recv(4096) == b""


def test_a_request_to_end_from_the_system(models) -> None:
    with serving(models("bought")) as server:
        code, _, err = server.end(signal.SIGTERM)
        assert (code, err) == (-signal.SIGTERM, "")


def test_it_listens_at_one_address_and_asks_nobody(models) -> None:
    script = SPEAKS + (
        "import atexit\n"
        "atexit.register(lambda: print(json.dumps(seen), flush=True))\n"
        "from rosenblatt.cli.start import main\n"
        f"sys.argv[1:] = ['serve', {str(models('bought'))!r}, '--port', '0']\n"
        "main()\n"
    )
    command = [sys.executable, "-c", script]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            url = next(word for word in process.stdout.readline().split() if "://" in word)
            with httpx.Client(base_url=url.rstrip(","), trust_env=False) as client:
                assert client.get("/").status_code == 200
                assert client.post("/predict", json=ROW).status_code == 200
                assert client.get("/openapi.json").status_code == 200
            process.send_signal(signal.SIGINT)
            out, _ = process.communicate(timeout=PATIENCE)
        finally:
            process.kill()
    seen = json.loads(out.splitlines()[-1])
    events = [event for event, _ in seen]
    assert events.count("socket.bind") == 1
    assert "('127.0.0.1', 0)" in dict(seen)["socket.bind"]
    assert not {"socket.connect", "socket.getaddrinfo", "socket.sendto"} & set(events)


COLUMNS = (InputColumn("size", "number", "numbers", True),)
PRICE = TargetColumn("price", "numbers", ())


@dataclass
class Slow:
    """A model that waits until it is told to go on."""

    columns: tuple[InputColumn, ...] = COLUMNS
    target: TargetColumn = PRICE
    begun: threading.Event = field(default_factory=threading.Event)
    may_end: threading.Event = field(default_factory=threading.Event)
    fails_with: Exception | None = None

    def read(self, path: Any) -> Any:
        raise NotImplementedError

    def predict(self, table: Any, coverage: float | None = None) -> Any:
        self.begun.set()
        assert self.may_end.wait(PATIENCE)
        if self.fails_with is not None:
            raise self.fails_with
        return Answered(np.full(len(table), 1.5))


@dataclass
class Answered:
    values: Any
    notes: tuple[str, ...] = ()

    @property
    def columns(self) -> dict[str, Any]:
        return {"prediction": self.values}


def client_of(model: Slow) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(application(model, Settings()), raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://localhost")


def test_health_is_answered_while_rows_are_predicted() -> None:
    async def both() -> None:
        model = Slow()
        async with client_of(model) as client:
            waiting = asyncio.create_task(client.post("/predict", json={"size": 1}))
            while not model.begun.is_set():
                await asyncio.sleep(0.001)
            assert (await client.get("/health")).json() == {"status": "ok"}
            assert not waiting.done()
            model.may_end.set()
            answer = (await waiting).json()
        assert answer == {"predictions": [{"prediction": 1.5}], "notes": []}

    asyncio.run(both())


@pytest.mark.parametrize(
    ("error", "status", "sentence"),
    [
        (MemoryError(), 503, "fewer rows"),
        (OSError(28, "No space left on device", "details"), 503, "No space left on device"),
        (ZeroDivisionError("details"), 500, "is a bug"),
    ],
)
def test_errors_that_no_row_is_to_blame_for(error, status: int, sentence: str) -> None:
    async def ask() -> httpx.Response:
        model = Slow(fails_with=error)
        model.may_end.set()
        async with client_of(model) as client:
            return await client.post("/predict", json={"size": 1})

    answer = asyncio.run(ask())
    assert answer.status_code == status
    assert sentence in answer.json()["error"]
    assert "details" not in answer.text


@contextlib.contextmanager
def served(model: Slow) -> Iterator[tuple[Any, tuple[str, int]]]:
    """A server in this process, and its address."""
    settings = Settings(port=0)
    with listening(settings) as opened:
        server = server_of(model, settings)
        thread = threading.Thread(target=server.run, args=([opened],))
        thread.start()
        try:
            yield server, opened.getsockname()
        finally:
            server.should_exit = True
            thread.join(PATIENCE)


@pytest.fixture
def address(monkeypatch) -> Iterator[tuple[str, int]]:
    """Of a server which has no patience."""
    monkeypatch.setattr(connection, "IDLE_SECONDS", 0.1)
    model = Slow()
    model.may_end.set()
    with served(model) as (_, found):
        yield found


def test_an_end_while_rows_are_predicted(monkeypatch, capfd) -> None:
    """Which takes longer than the end may: the client is told, and nothing is printed."""
    monkeypatch.setattr("rosenblatt.serving.server.LAST_SECONDS", 0)
    model = Slow()
    with served(model) as (server, found), socket.create_connection(found, PATIENCE) as client:
        client.sendall(PREDICT + b'Content-Length: 10\r\n\r\n{"size":1}')
        assert model.begun.wait(PATIENCE)
        server.should_exit = True
        answer = b"".join(iter(lambda: client.recv(4096), b""))
        model.may_end.set()
    assert answer.startswith(b"HTTP/1.1 503 ")
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["error"].startswith(
        "the server has been told"
    )
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("second", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("first", [signal.SIGINT, signal.SIGTERM])
def test_a_second_signal_waits_for_nothing(monkeypatch, first: int, second: int) -> None:
    for name in ("LAST_SECONDS", "AFTER_CTRL_C"):
        monkeypatch.setattr(f"rosenblatt.serving.server.{name}", 10 * PATIENCE)
    model = Slow()
    with served(model) as (server, found), socket.create_connection(found, PATIENCE) as client:
        client.sendall(PREDICT + b'Content-Length: 10\r\n\r\n{"size":1}')
        assert model.begun.wait(PATIENCE)
        server.handle_exit(first, None)
        assert not server.force_exit
        server.handle_exit(second, None)
        answer = b"".join(iter(lambda: client.recv(4096), b""))
        model.may_end.set()
    assert answer.startswith(b"HTTP/1.1 503 ")


@pytest.mark.parametrize(("number", "seconds"), [(signal.SIGINT, 1), (signal.SIGTERM, 5)])
def test_ctrl_c_waits_for_less_than_the_system_does(number: int, seconds: int) -> None:
    server = server_of(Slow(), Settings(port=0))
    server.handle_exit(number, None)
    assert server.config.timeout_graceful_shutdown == seconds


NO_HTTP = {
    "no request": b"hello\r\n\r\n",
    "no host": b"GET /health HTTP/1.1\r\n\r\n",
    "two hosts": b"GET /health HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n",
    "no length": PREDICT + b"Content-Length: ten\r\n\r\n",
    "no chunk": PREDICT + b"Transfer-Encoding: chunked\r\n\r\nten\r\n",
    "a long head": b"GET /" + b"a" * 100_000,
}


@pytest.mark.parametrize("sent", NO_HTTP.values(), ids=NO_HTTP)
def test_no_http_is_refused_in_json(address: tuple[str, int], sent: bytes, capfd) -> None:
    with socket.create_connection(address, timeout=PATIENCE) as client:
        client.sendall(sent)
        answer = b"".join(iter(lambda: client.recv(1 << 16), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert b"content-type: application/json" in head.lower()
    assert json.loads(body)["error"].startswith("this is no request of HTTP/1.1")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("expected", [b"foo", b"100-continue, foo", b"", b"200-ok"])
@pytest.mark.parametrize("body", [b"", json.dumps(ROW).encode()])
def test_what_is_expected_in_vain_is_told(
    address: tuple[str, int], expected: bytes, body: bytes
) -> None:
    """Also to a client that keeps its body back until it is asked for it."""
    length = len(json.dumps(ROW))
    head = PREDICT + b"Content-Length: %d\r\nExpect: %s\r\n\r\n" % (length, expected)
    with socket.create_connection(address, timeout=PATIENCE) as client:
        client.sendall(head + body)
        answer = b"".join(iter(lambda: client.recv(1 << 16), b""))
    head, _, told = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 417 ")
    assert b"content-type: application/json" in head.lower()
    assert json.loads(told)["error"].startswith("the header Expect asks for")


def test_a_client_that_waits_to_be_asked_for_its_body_is(address: tuple[str, int]) -> None:
    body = json.dumps(ROW).encode()
    head = PREDICT + b"Content-Length: %d\r\nExpect: 100-Continue\r\n\r\n" % len(body)
    with socket.create_connection(address, timeout=PATIENCE) as client:
        client.sendall(head)
        assert client.recv(4096).startswith(b"HTTP/1.1 100 ")
        client.sendall(body)
        assert b"HTTP/1.1 " in client.recv(4096)


def test_a_crowd_is_refused_in_json(capfd) -> None:
    model = Slow()
    model.may_end.set()
    with served(model) as (_, found), contextlib.ExitStack() as stack:
        clients = [
            stack.enter_context(socket.create_connection(found, PATIENCE)) for _ in range(65)
        ]
        clients[-1].sendall(HEALTH)
        answer = b"".join(iter(lambda: clients[-1].recv(4096), b""))
        assert answer.startswith(b"HTTP/1.1 503 ")
        assert "more than 64" in json.loads(answer.partition(b"\r\n\r\n")[2])["error"]
        clients[0].close()
        clients[1].sendall(HEALTH)
        assert clients[1].recv(4096).startswith(b"HTTP/1.1 200 ")
    assert capfd.readouterr() == ("", "")


def test_a_bug_is_printed_and_told(capfd) -> None:
    model = Slow(fails_with=ZeroDivisionError("details"))
    model.may_end.set()
    with served(model) as (_, found), socket.create_connection(found, PATIENCE) as client:
        client.sendall(PREDICT + b'Content-Length: 10\r\n\r\n{"size":1}')
        assert client.recv(4096).startswith(b"HTTP/1.1 500 ")
    assert capfd.readouterr().err.endswith("ZeroDivisionError: details\n")


HEALTH = b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n"


@pytest.mark.parametrize("sent", [b"", b"GET /hea", HEALTH, HEALTH + b"GET /hea"])
def test_a_silent_connection_is_closed(address: tuple[str, int], sent: bytes) -> None:
    with socket.create_connection(address, timeout=PATIENCE) as client:
        client.sendall(sent)
        answer = b""
        with contextlib.suppress(ConnectionResetError):
            while part := client.recv(4096):
                answer += part
    assert answer.count(b"200 OK") == sent.count(HEALTH)


def test_a_client_that_reads_no_answer_is_left(address: tuple[str, int]) -> None:
    """The answers to what it goes on asking fill the buffers; then nothing moves any more."""
    page = HEALTH.replace(b"/health", b"/")
    with socket.create_connection(address, timeout=PATIENCE) as client:
        closed = (ConnectionResetError, BrokenPipeError)
        with pytest.raises(closed):  # noqa: PT012
            for _ in range(1 << 20):
                client.sendall(page)


def test_what_is_missing_is_named(models, tmp_path) -> None:
    (tmp_path / "fastapi.py").write_text("raise ModuleNotFoundError('none', name='fastapi')")
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-m", "rosenblatt", "serve", str(models("bought")), "--port", "0"],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr.startswith("error: the command line needs fastapi: pip install")
    assert "[serve]" in done.stderr
