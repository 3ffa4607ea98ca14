"""Servers that listen in threads of a test, and what workers send them."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from rosenblatt.cluster.compression.messages import Dense
from rosenblatt.cluster.direct import DirectChannel, Listener
from rosenblatt.cluster.messages import Join, Push, Reply

TOKEN = b"t" * 32
N = 300_000  # parameters: more than a socket's buffers take at once

Answer = Callable[[Any], Awaitable[Reply]]


async def doubled(message: Join | Push) -> Reply:
    """Twice what was pushed."""
    if isinstance(message, Join):
        return Reply(np.zeros(N), 0, message.worker)
    return Reply(2 * message.message.decoded(), message.version + 1, message.step + 1)


class ListeningThread:
    """A server in a thread of its own."""

    def __init__(self, answer: Answer, most_bytes: int = 1 << 24) -> None:
        self.listener = Listener(TOKEN, answer, most_bytes)
        self._begun, self._over = threading.Event(), threading.Event()
        self.thread = threading.Thread(target=lambda: asyncio.run(self._run()), daemon=True)
        self.thread.start()
        assert self._begun.wait(10)

    async def _run(self) -> None:
        self.address = self.listener.open("127.0.0.1")
        self._begun.set()
        while not self._over.is_set():
            await asyncio.sleep(0.01)
        self.listener.close()
        await asyncio.sleep(0)

    def end(self) -> None:
        self._over.set()
        self.thread.join(10)


@contextmanager
def listening(*answers: Answer, **options: Any) -> Iterator[list[ListeningThread]]:
    threads = [ListeningThread(answer, **options) for answer in answers]
    try:
        yield threads
    finally:
        for thread in threads:
            thread.end()


def channel(threads: list[ListeningThread], targets: list[Any] | None = None) -> DirectChannel:
    targets = [np.empty(N) for _ in threads] if targets is None else targets
    return DirectChannel([thread.address for thread in threads], TOKEN, targets)


def push(values: Any, step: int = 0) -> Push:
    return Push(1, 0, step, step, Dense(values), 1.0, 5, 0.0, False)
