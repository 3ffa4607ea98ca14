"""Memory that both ends of a connection on one machine share."""

from __future__ import annotations

import os
import socket
import threading
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rosenblatt.cluster.direct import segment
from rosenblatt.cluster.direct.client import connected
from rosenblatt.cluster.direct.frames import LEAST_SHARED, ProtocolError, buffers, lengths
from rosenblatt.cluster.direct.segment import mapped, new_segment
from rosenblatt.cluster.direct.sockets import filled_until, received_header, send
from rosenblatt.cluster.messages import Join
from tests.cluster.direct.listening import TOKEN, N, channel, doubled, listening, push

pytestmark = pytest.mark.skipif(
    not segment.FOLDER.is_dir(), reason="a system without a folder for shared memory"
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """In place of the system's, so that what lies there can be counted."""
    monkeypatch.setattr(segment, "FOLDER", tmp_path)
    return tmp_path


def test_both_ends_see_what_the_other_writes_and_no_name_is_left(folder: Path) -> None:
    with new_segment(64) as (ours, name):
        path = folder / name
        assert path.stat().st_mode & 0o777 == 0o600
        theirs = mapped(name, 64)
    assert not list(folder.iterdir())
    ours.of_worker[:5] = b"there"
    theirs.of_server[-4:] = b"back"
    assert bytes(theirs.of_worker[:5]) == b"there"
    assert bytes(ours.of_server[-4:]) == b"back"
    assert len(ours.of_worker) == len(theirs.of_server) == 64


def test_other_files_are_not_mapped(folder: Path) -> None:
    def refused(name: str) -> bool:
        try:
            mapped(name, 64)
        except OSError:
            return True
        return False

    name = "rosenblatt-" + "0" * 32
    (folder / "other").write_bytes(bytes(128))
    assert all(map(refused, ("other", "../other", name)))
    (folder / name).symlink_to(folder / "other")
    assert refused(name)
    (folder / name).unlink()
    (folder / name).write_bytes(bytes(127))  # shorter than what would be read of it
    assert refused(name)
    (folder / name).write_bytes(bytes(128))
    assert not refused(name)
    if os.getuid() == 0:
        os.chown(folder / name, 12345, 12345)
        assert refused(name)


def test_large_arrays_are_not_sent_where_memory_is_shared() -> None:
    a, shared = np.arange(LEAST_SHARED // 8, dtype=float), memoryview(bytearray(LEAST_SHARED))
    (prefix,) = buffers({}, [a], shared)
    assert lengths(bytes(prefix[:16]), a.nbytes).shared
    np.testing.assert_array_equal(np.frombuffer(shared), a)
    # Small ones, and those that do not fit, are.
    for other in (a[:-2], np.arange(len(a) + 1.0)):
        prefix, *rest = buffers({}, [other], shared)
        assert not lengths(bytes(prefix[:16]), 1 << 16).shared
        assert sum(map(len, rest)) >= other.nbytes


@pytest.mark.parametrize("there_is_a_folder", [True, False])
def test_what_arrives_is_the_same_with_and_without_shared_memory(
    folder: Path, monkeypatch: pytest.MonkeyPatch, there_is_a_folder: bool
) -> None:
    made: list[Any] = []

    def counted(name: str, n_bytes: int) -> Any:
        made.append(name)
        return mapped(name, n_bytes)

    monkeypatch.setattr("rosenblatt.cluster.direct.conversation.mapped", counted)
    if not there_is_a_folder:
        monkeypatch.setattr(segment, "FOLDER", folder / "none")
    values, target = np.random.default_rng(0).standard_normal(N), np.empty(N)
    with listening(doubled) as threads, closing(channel(threads, [target])) as to:
        assert not list(folder.iterdir())
        for step in range(3):
            (reply,) = to.exchange([push(values + step, step)])
            assert reply.step == step + 1
            np.testing.assert_array_equal(target, 2 * (values + step))
        # A message that has no place there goes as before.
        (reply,) = to.exchange([Join(5, 0)])
        assert reply.step == 5
    assert len(made) == there_is_a_folder


def test_arrays_in_memory_that_is_not_shared_end_the_connection() -> None:
    with listening(doubled) as (thread,), connected(thread.address, TOKEN) as connection:
        send(connection, buffers({"echo": True}, [np.zeros(N)], memoryview(bytearray(8 * N))))
        assert connection.recv(1) == b""


def test_a_server_that_cannot_map_it_says_so(folder: Path) -> None:
    asked = [["rosenblatt-" + "0" * 32, 64], ["../x", 64], ["x", -1], ["x"], "x", None]
    with listening(doubled) as (thread,), connected(thread.address, TOKEN) as connection:
        for given in asked:
            send(connection, buffers({"share": given}, ()))
            _, found = received_header(connection, 0)
            assert found.header == {"shared": False}


def test_a_reply_in_memory_that_is_not_shared_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def elsewhere(header: dict[str, Any], arrays: Any, place: Any) -> Any:
        return buffers(header, arrays, memoryview(bytearray(1 << 22)))

    monkeypatch.setattr(segment, "FOLDER", folder / "none")
    monkeypatch.setattr("rosenblatt.cluster.direct.conversation.buffers", elsewhere)
    with (
        listening(doubled) as threads,
        closing(channel(threads)) as to,
        pytest.raises(ProtocolError, match="not shared"),
    ):
        to.exchange([Join(0, 0)])


def test_a_handshake_has_an_end_however_its_bytes_are_spread() -> None:
    ours, theirs = socket.socketpair()
    over = threading.Event()

    def drip() -> None:
        while not over.wait(0.05):
            theirs.send(b"x")

    thread = threading.Thread(target=drip)
    with ours, theirs:
        thread.start()
        with pytest.raises(TimeoutError):
            filled_until(ours, bytearray(1000), time.monotonic() + 0.3)
        over.set()
        thread.join()
