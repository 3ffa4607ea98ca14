"""Workers and servers over TCP on loopback, in threads: who is let in, and what arrives."""

from __future__ import annotations

import asyncio
import socket
import threading
from contextlib import closing, suppress
from typing import Any

import numpy as np
import pytest

from rosenblatt.cluster.channel import ServerGoneError
from rosenblatt.cluster.direct import DirectChannel, measured_link
from rosenblatt.cluster.direct.handshake import AuthenticationError, new_nonce, proof
from rosenblatt.cluster.messages import Join, RefusedPushError, Reply
from tests.cluster.direct.listening import TOKEN, N, channel, doubled, listening, push


def test_large_messages_to_several_servers_and_back() -> None:
    rng = np.random.default_rng(0)
    targets = [np.empty(N) for _ in range(2)]
    with listening(doubled, doubled) as threads, closing(channel(threads, targets)) as to:
        replies = to.exchange([Join(3, 0), Join(3, 0)])
        assert [reply.step for reply in replies] == [3, 3]
        for step in range(5):
            sent = [rng.standard_normal(N) for _ in threads]
            replies = to.exchange([push(x, step) for x in sent])
            for x, reply, target in zip(sent, replies, targets, strict=True):
                assert reply.parameters is target
                assert (reply.version, reply.step, reply.stop) == (step + 1, step + 1, False)
                assert np.array_equal(target, 2 * x)


def test_the_connection_is_measured() -> None:
    with listening(doubled) as (thread,):
        link = measured_link(thread.address, TOKEN, 1000)
    assert link.latency > 0
    assert 0 < link.bandwidth < np.inf


def test_one_without_the_token_is_sent_away_and_learns_nothing() -> None:
    asked: list[Any] = []

    async def answer(message: Any) -> Reply:
        asked.append(message)
        return await doubled(message)

    with listening(answer) as (thread,):
        with pytest.raises(AuthenticationError, match="refused the token"):
            DirectChannel([thread.address], b"u" * 32, [np.empty(N)])
        with socket.create_connection(thread.address, 5) as stranger:
            assert len(stranger.recv(64)) == 32
            stranger.sendall(b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n" + bytes(64))
            with suppress(ConnectionResetError):
                assert stranger.recv(64) == b""
        with closing(channel([thread])) as to:  # who has it is still let in
            to.exchange([Join(0, 0)])
    assert asked == [Join(0, 0, None)]


def test_an_answer_is_of_no_use_a_second_time() -> None:
    with listening(doubled) as (thread,):
        answers = []
        for _ in range(2):
            with socket.create_connection(thread.address, 5) as worker:
                nonce = worker.recv(32)
                own = new_nonce()
                answers = answers or [own + proof(TOKEN, b"worker", nonce, own)]
                worker.sendall(answers[0])
                with suppress(ConnectionResetError):
                    answers.append(worker.recv(64))
    assert [len(answer) for answer in answers[1:]] in ([32, 0], [32])


def test_a_server_without_the_token_is_not_trusted() -> None:
    """It cannot prove that it has the token, though it lets everybody in."""
    with socket.create_server(("127.0.0.1", 0)) as impostor:

        def let_in() -> None:
            connection, _ = impostor.accept()
            with connection:
                connection.sendall(bytes(32))
                connection.recv(64)
                connection.sendall(bytes(32))

        thread = threading.Thread(target=let_in)
        thread.start()
        with pytest.raises(AuthenticationError, match="does not have the token"):
            DirectChannel([impostor.getsockname()[:2]], TOKEN, [np.empty(N)])
        thread.join()


def test_a_refusal_reaches_the_worker_and_the_connection_lives_on() -> None:
    async def answer(message: Any) -> Reply:
        if message.worker == 7:
            raise RefusedPushError("worker 7 is none of 2")
        if message.worker == 8:
            raise RuntimeError("a fault of the server's")
        return await doubled(message)

    with listening(answer) as threads, closing(channel(threads)) as to:
        with pytest.raises(RefusedPushError, match="worker 7 is none of 2"):
            to.exchange([Join(7, 0)])
        with pytest.raises(RefusedPushError, match="a fault of the server's"):
            to.exchange([Join(8, 0)])
        assert to.exchange([Join(1, 0)])[0].step == 1


def test_a_server_that_ends_is_noticed_though_another_keeps_its_worker_waiting() -> None:
    async def never(message: Any) -> Reply:
        await asyncio.sleep(60)
        raise AssertionError

    with listening(never, never) as threads, closing(channel(threads)) as to:
        threading.Timer(0.1, threads[1].end).start()
        with pytest.raises(ServerGoneError):
            to.exchange([Join(0, 0), Join(0, 0)])


def test_a_message_that_is_too_long_ends_the_connection() -> None:
    with listening(doubled, most_bytes=8 * N - 1) as threads, closing(channel(threads)) as to:
        to.exchange([Join(0, 0)])
        with pytest.raises(ServerGoneError):
            to.exchange([push(np.zeros(N))])


def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        address = free.getsockname()[:2]
    with pytest.raises(OSError, match="refused"):
        DirectChannel([address], TOKEN, [np.empty(N)])
