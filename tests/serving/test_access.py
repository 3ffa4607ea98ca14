"""Who is let in: names of hosts, tokens, addresses and ports."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import httpx
import pytest

from rosenblatt.cli.app import run
from tests.support.served import ROW, Server, serving

TOKEN = "s3cret-and-long"


@pytest.mark.parametrize(
    "host", ["localhost", "LocalHost:8000", "127.0.0.1", "127.0.0.1:1", "[::1]", "[::1]:8000"]
)
def test_names_of_this_machine(bought: httpx.Client, host: str) -> None:
    assert bought.get("/schema", headers={"Host": host}).status_code == 200


FOREIGN = (
    *("", "evil.example", "evil.example:8000", "localhost.evil.example", "0.0.0.0", "[::2]"),
    *("127.0.0.1.evil.example", "127.0.0.2", "localhost@evil.example", "evil.example#localhost"),
)


@pytest.mark.parametrize("host", FOREIGN)
@pytest.mark.parametrize("path", ["/", "/health", "/schema", "/predict"])
def test_names_of_other_machines(bought: httpx.Client, host: str, path: str) -> None:
    """As a browser sends them whose page's name has been pointed at this machine."""
    answer = bought.post(path, json=ROW, headers={"Host": host})
    assert answer.status_code == 403
    assert "localhost" in answer.json()["error"]


@pytest.fixture(scope="module")
def guarded(models) -> Iterator[Server]:
    with serving(models("bought"), "--host", "0.0.0.0", ROSENBLATT_TOKEN=TOKEN) as server:
        yield server
        assert server.end() == (0, "stopped\n", "")


NO_TOKEN = (
    *(None, "", "Bearer", "Bearer wrong", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}"),
    *(f"Basic {TOKEN}", TOKEN, f"Bearer {TOKEN} {TOKEN}", "Bearer s3cret-and-löng"),
)


@pytest.mark.parametrize("given", NO_TOKEN)
@pytest.mark.parametrize("path", ["/schema", "/predict", "/openapi.json", "/nothing", "/health/"])
def test_without_the_token_nothing_is_told(guarded: Server, path: str, given: str | None) -> None:
    headers = [] if given is None else [(b"Authorization", given.encode())]
    for ask in (guarded.client.get, guarded.client.post):
        answer = ask(path, headers=headers)
        assert answer.status_code == 401
        assert answer.headers["www-authenticate"] == "Bearer"
        assert TOKEN not in answer.text
        assert "bought" not in answer.text


@pytest.mark.parametrize("given", [f"Bearer {TOKEN}", f"bearer {TOKEN}", f"Bearer   {TOKEN}"])
def test_with_the_token_all_is_as_without_one(guarded: Server, given: str) -> None:
    headers = {"Authorization": given, "Host": "models.example"}
    assert guarded.client.get("/schema", headers=headers).json()["target"]["name"] == "bought"
    assert guarded.client.post("/predict", json=ROW, headers=headers).status_code == 200


def test_health_and_the_page_are_open(guarded: Server) -> None:
    assert guarded.client.get("/health").json() == {"status": "ok"}
    page = guarded.client.get("/")
    assert page.status_code == 200
    assert "bought" not in page.text


def test_a_token_on_this_machine_alone(models) -> None:
    with serving(models("bought"), "--token", TOKEN) as server:
        assert server.client.get("/schema").status_code == 401
        headers = {"Authorization": f"Bearer {TOKEN}"}
        assert server.client.get("/schema", headers=headers).status_code == 200
        assert server.client.get("/", headers={"Host": "evil.example"}).status_code == 403


def test_an_address_of_the_second_kind(models) -> None:
    try:
        with socket.socket(socket.AF_INET6) as tried:
            tried.bind(("::1", 0))
    except OSError:
        pytest.skip("needs IPv6")
    with serving(models("bought"), "--host", "::1") as server:
        assert "http://[::1]:" in server.said
        assert server.client.get("/health").status_code == 200


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--host", "0.0.0.0"], "--token"),
        (["--host", "10.1.2.3"], "--token"),
        (["--host", "::"], "--token"),
        (["--host", "models.example", "--token", "x"], "is no address"),
        (["--host", ""], "is no address"),
        (["--host", "0.0.0.0", "--token", ""], "the token"),
        (["--token", "two words"], "the token"),
        (["--token", "schlüssel"], "the token"),
        (["--port", "-1"], "--port is -1"),
        (["--port", "65536"], "--port is 65536"),
        (["--port", "http"], "--port"),
        (["--max-body", "10"], "--max-body 10MB"),
        (["--max-body", "0MB"], "--max-body 10MB"),
        (["--max-body", "-1MB"], "--max-body 10MB"),
        (["--max-body", "1TB"], "--max-body 10MB"),
    ],
)
def test_what_is_refused_before_anything_is_opened(
    monkeypatch, capsys, arguments: list[str], sentence: str
) -> None:
    monkeypatch.delenv("ROSENBLATT_TOKEN", raising=False)
    assert run(["serve", "absent.safetensors", *arguments]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("error: ")
    assert captured.err.count("\n") == 1
    assert sentence in captured.err


def test_a_port_that_is_in_use(models, capsys) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert run(["serve", str(models("bought")), "--port", str(port)]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == (
        f"error: port {port} of 127.0.0.1 is in use: choose another one by --port, or --port 0 for"
        " any that is free\n"
    )


def test_an_address_of_another_machine(models, capsys) -> None:
    arguments = ["--host", "192.0.2.1", "--token", TOKEN, "--port", "0"]
    assert run(["serve", str(models("bought")), *arguments]) == 2
    assert "cannot listen at 192.0.2.1" in capsys.readouterr().err


def test_a_model_file_that_is_none(tmp_path, capsys) -> None:
    (tmp_path / "m.safetensors").write_bytes(b"no model")
    assert run(["serve", str(tmp_path / "m.safetensors"), "--port", "0"]) == 2
    assert "cannot load the model" in capsys.readouterr().err
