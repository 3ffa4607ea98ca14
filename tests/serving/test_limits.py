"""Bodies that are too large, too deep, of other kinds, or no tables."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from rosenblatt.serving.rows import most_in_a_line
from tests.support.served import ROW, Server, serving

JSON, CSV = {"Content-Type": "application/json"}, {"Content-Type": "text/csv"}
MOST = 20_000


@pytest.fixture(scope="module")
def server(models: Callable[[str], Path]) -> Iterator[Server]:
    with serving(models("bought"), "--max-body", "20kB") as server:
        yield server
        assert server.end() == (0, "stopped\n", "")


def padded(size: int) -> bytes:
    text = json.dumps(ROW)
    return (text + " " * (size - len(text))).encode()


def in_parts(body: bytes, size: int = 997) -> Iterator[bytes]:
    """A body whose length is not said before."""
    return (body[start : start + size] for start in range(0, len(body), size))


@pytest.mark.parametrize("streamed", [False, True])
@pytest.mark.parametrize(
    ("size", "status"), [(MOST, 200), (MOST + 1, 413), (5 * MOST, 413), (7 * MOST, 413)]
)
def test_the_size_of_a_body(server: Server, size: int, status: int, streamed: bool) -> None:
    body = padded(size)
    content = in_parts(body) if streamed else body
    answer = server.client.post("/predict", content=content, headers=JSON)
    assert answer.status_code == status
    assert ("content-length" in answer.request.headers) is not streamed
    if status == 413:
        assert "more than 20,000 bytes" in answer.json()["error"]
        assert "--max-body" in answer.json()["error"]
        assert answer.headers["connection"] == "close"
    assert server.client.post("/predict", json=ROW).status_code == 200


def test_an_announced_giant_is_refused_before_it_comes(server: Server) -> None:
    host, port = server.client.base_url.host, server.client.base_url.port
    lines = ["POST /predict HTTP/1.1", f"Host: {host}", "Content-Type: application/json"]
    head = "\r\n".join([*lines, "Content-Length: 99999999999", "", ""])
    with socket.create_connection((host, port), timeout=60) as connection:
        connection.sendall(head.encode())
        assert connection.makefile("rb").readline().startswith(b"HTTP/1.1 413 ")


def test_a_stream_without_end_is_ended(server: Server) -> None:
    host, port = server.client.base_url.host, server.client.base_url.port
    lines = ["POST /predict HTTP/1.1", f"Host: {host}", "Content-Type: application/json"]
    head = "\r\n".join([*lines, "Transfer-Encoding: chunked", "", ""])
    chunk = b"1000\r\n" + b" " * 0x1000 + b"\r\n"
    with socket.create_connection((host, port), timeout=60) as connection:
        connection.sendall(head.encode())
        sent = 0
        try:
            for _ in range(1 << 16):  # 256 MiB
                connection.sendall(chunk)
                sent += len(chunk)
        except OSError:
            pass
        else:
            raise AssertionError("the server takes it all")
    assert server.client.get("/health").status_code == 200


@pytest.mark.parametrize(
    ("body", "status", "sentence"),
    [
        (b"", 400, "is no JSON"),
        (b"{", 400, "line 1, column 2 is no JSON"),
        (b"[" * 15_000, 400, "is no JSON"),
        (b'{"a":' * 3_000, 400, "is no JSON"),
        (b"9" * 5_000, 400, "is no JSON"),
        (b'{"size": "\xff"}', 400, "not UTF-8"),
        (b"[]", 400, "is empty"),
        (b"3", 400, "record 1 is no record"),
        (b'[{"size": 1}, 2]', 400, "record 2 is no record"),
        (b"{}", 400, "records without names"),
        (b'{"size": {}}', 400, "nested values alone"),
        (b'{"size": 1, "weight": 2, "size": 3}', 400, "the name 'size' more than once"),
        (b'[{}, {"size": 1, "size": 1}]', 400, "the name 'size' more than once"),
        (b'{"size": [1], "weight": [2], "size": [3]}', 400, "the name 'size' more than once"),
        (b'{"size": [1, 2], "weight": [3]}', 400, "'weight' has 1 cell, and 'size' has 2"),
        (b'{"size": [], "weight": []}', 400, "is empty"),
        (b'[{"size": Infinity, "weight": 1}]', 422, "lacks the columns"),
        (json.dumps({**ROW, "size": 1e999}).encode(), 422, "infinite values (row 1)"),
        (b"[" + b",".join([b"{}"] * 6_000) + b"]", 400, "more than 5,000 cells"),
        (
            json.dumps([{f"{k}": 1 for k in range(100)}, *[{}] * 3_000]).encode(),
            400,
            "more than 5,000 cells",
        ),
    ],
)
def test_json_that_is_no_table(server: Server, body: bytes, status: int, sentence: str) -> None:
    answer = server.client.post("/predict", content=body, headers=JSON)
    assert answer.status_code == status
    assert sentence in answer.json()["error"]
    assert "\n" not in answer.json()["error"]


SENT = "send the table as CSV, written as that of the training was, or as JSON"


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "the body is empty"),
        (b"PAR1 and so on", f"the body is no text but a Parquet file: {SENT}"),
        (b'{"size": 1}', f"the body is no delimited text but JSON lines: {SENT}"),
        (b"size,colour\n\0,red\n", f"(line 2 has a byte that no text has): {SENT}"),
        (
            b'size,colour\n1,"red\n',
            f"the body, line 2: a quotation mark is left open there: {SENT}",
        ),
        (
            b"size,colour\n1\n1,red\n",
            f"the body, line 2 has 1 field where the header has 2: {SENT}",
        ),
        (b"size,colour,size\n1,red,2\n", "more than once"),
    ],
)
def test_csv_that_is_no_table(server: Server, body: bytes, sentence: str) -> None:
    """No word of a file, which the sender has not named, nor of options, which it has not."""
    answer = server.client.post("/predict", content=body, headers=CSV)
    assert answer.status_code == 400
    assert sentence in answer.json()["error"]
    assert ".csv" not in answer.json()["error"]
    assert "--" not in answer.json()["error"]


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "multipart/form-data; boundary=x"},
        {**JSON, "Content-Encoding": "gzip"},
        {"Content-Type": "application/json; charset=latin-1"},
    ],
)
def test_bodies_of_other_kinds(server: Server, headers: dict[str, str]) -> None:
    """None that a page from elsewhere may send without asking first."""
    answer = server.client.post("/predict", content=json.dumps(ROW).encode(), headers=headers)
    assert answer.status_code == 415
    assert answer.json()["error"]


def test_a_question_of_a_page_from_elsewhere_is_answered_no(server: Server) -> None:
    headers = {"Origin": "http://elsewhere.example", "Access-Control-Request-Method": "POST"}
    answer = server.client.options("/predict", headers=headers)
    assert answer.status_code == 405
    assert not [name for name in answer.headers if name.startswith("access-control")]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/predict", 405),
        ("PUT", "/predict", 405),
        ("DELETE", "/health", 405),
        ("PUT", "/", 405),
        ("GET", "/docs", 404),
        ("GET", "/../x", 404),
        # One slash more is another path: nobody is sent elsewhere.
        ("PUT", "/predict/", 404),
        ("POST", "/predict/", 404),
        ("GET", "/health/", 404),
    ],
)
def test_other_paths(bought: httpx.Client, method: str, path: str, status: int) -> None:
    answer = bought.request(method, path)
    assert answer.status_code == status
    assert answer.json()["error"]


@pytest.mark.parametrize("host", ["{host}", "elsewhere.example"])
def test_a_body_in_no_form_of_http_gets_one_answer(server: Server, host: str) -> None:
    """What the application answers meanwhile is no second one, and no traceback."""
    own, port = server.client.base_url.host, server.client.base_url.port
    lines = ["POST /predict HTTP/1.1", f"Host: {host.format(host=own)}"]
    head = "\r\n".join([*lines, "Content-Type: application/json", "Transfer-Encoding: chunked"])
    with socket.create_connection((own, port), timeout=60) as connection:
        connection.sendall(f"{head}\r\n\r\nzz\r\n".encode())
        answer = connection.makefile("rb").read()
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert answer.count(b"HTTP/1.1") == 1 + answer.count(b"this is no request of HTTP/1.1")
    assert server.client.get("/health").status_code == 200


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (",".join(f"c{k}" for k in range(2000)) + "\n" + "," * 1999, CSV),
        ("a;b\n" + ";" * 2000, CSV),
        (json.dumps({f"c{k}": 1 for k in range(1100)}), JSON),
    ],
)
def test_far_more_columns_than_the_model_has(
    server: Server, body: str, kind: dict[str, str]
) -> None:
    answer = server.client.post("/predict", content=body, headers=kind)
    assert answer.status_code == 400
    assert "columns, and the model reads" in answer.json()["error"]


@pytest.mark.parametrize("ending", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("size", [1, 2, 3, 7, 1 << 20])
def test_delimiters_of_the_longest_line_are_counted_across_blocks(
    monkeypatch, size: int, ending: bytes
) -> None:
    monkeypatch.setattr("rosenblatt.serving.rows.BLOCK", size)
    lines = [b"a,b", b",,,,", b"", b"a,b,c"]
    assert most_in_a_line(ending.join(lines), b",") == 4
    assert most_in_a_line(ending.join(lines[2:]), b",") == 2
    assert most_in_a_line(b"", b",") == 0


def posted(server: Server, body: bytes, length: int) -> bytes:
    host = server.client.base_url.host
    lines = ["POST /predict HTTP/1.1", f"Host: {host}", f"Content-Length: {length}"]
    return "\r\n".join([*lines, "Content-Type: application/json", "", ""]).encode() + body


def half_closed(server: Server, sent: bytes) -> bytes:
    """What a client gets that says behind this that it sends no more, to the other's end."""
    url = server.client.base_url
    with socket.create_connection((url.host, url.port or 80), timeout=60) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        return connection.makefile("rb").read()


@pytest.mark.parametrize("n", [1, 3])
def test_a_client_that_sends_no_more_gets_its_answers(server: Server, n: int) -> None:
    row = json.dumps(ROW).encode()
    answer = half_closed(server, posted(server, row, len(row)) * n)
    assert answer.count(b"HTTP/1.1 200 ") == answer.count(b'{"predictions"') == n


def test_a_client_that_ends_within_its_request_gets_nothing(server: Server) -> None:
    assert half_closed(server, posted(server, b"{", 100)) == b""
    row = json.dumps(ROW).encode()
    both = posted(server, row, len(row)) + posted(server, b"{", 100)
    assert half_closed(server, both).count(b"HTTP/1.1 200 ") == 1
