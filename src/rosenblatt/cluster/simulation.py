"""A cluster in one process: events in the order of a virtual clock, repeatably (theory G18).

The workers and servers are those of a real cluster; what is simulated is time, and what a network
does to messages.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any, final

from rosenblatt.cluster.hardware import Link, Pace
from rosenblatt.cluster.messages import Delivery, Join, Push, RefusedPushError, Reply
from rosenblatt.cluster.shard import ServerShard
from rosenblatt.cluster.worker import Worker

__all__ = ["DeadlockError", "Simulation", "Usage"]


class DeadlockError(RuntimeError):
    """Workers wait, and nothing is on its way to any of them."""


@final
@dataclass
class Usage:
    """What a simulated run has taken.

    Attributes
    ----------
    seconds : float
        Of the virtual clock, until the last worker has ended.
    bytes_of : list of int
        From and to each worker, lost and repeated messages included.
    steps : list of int
        Of each worker.
    busy, seconds_of : list of float
        Seconds in which each worker has computed, and until it ended.
    """

    steps: list[int]
    busy: list[float]
    seconds_of: list[float]
    bytes_of: list[int]
    seconds: float = 0.0

    @property
    def bytes_sent(self) -> int:
        return sum(self.bytes_of)

    @property
    def idle(self) -> float:
        """The share of the workers' time in which they wait, for the network or for others."""
        total = sum(self.seconds_of)
        return 1 - sum(self.busy) / total if total else 0.0


@final
@dataclass(slots=True)
class Exchange:
    """What a worker has sent, and the replies that it still waits for."""

    sent: Sequence[Join] | Sequence[Push] = ()
    replies: list[Reply | None] = field(default_factory=list)
    missing: int = 0
    number: int = 0


@final
class Simulation:
    """Runs workers against servers until all have ended.

    Parameters
    ----------
    workers : sequence of Worker
    shards : sequence of ServerShard
    link : Link
    pace : Pace
    seed : int
        Of everything that is drawn: the same seed gives the same run.
    observe : callable, optional
        Called with the seconds after every message that a server has taken.
    """

    def __init__(
        self,
        workers: Sequence[Worker],
        shards: Sequence[ServerShard],
        link: Link | None = None,
        pace: Pace | None = None,
        seed: int = 0,
        observe: Callable[[float], object] | None = None,
    ) -> None:
        self.workers, self.shards = workers, shards
        self.link, self.pace = link or Link(), pace or Pace()
        self._draws_copies = self.link.loss > 0 or self.link.duplication > 0
        self.observe = observe
        self._draws = Random(seed)
        n, servers = len(workers), len(shards)
        self._events: list[tuple[float, int, Callable[..., None], tuple[Any, ...]]] = []
        self._count = 0
        self._out = [0.0] * n  # when each connection is free again
        self._server_in, self._server_out = [0.0] * servers, [0.0] * servers
        self._exchanges = [Exchange() for _ in workers]
        self.usage = Usage([0] * n, [0.0] * n, [0.0] * n, [0] * n)
        self._running = n

    def run(self) -> Usage:
        """Run to the end.

        Raises
        ------
        DeadlockError
        """
        for k, worker in enumerate(self.workers):
            self._send(k, worker.begin(), 0.0)
        events = self._events
        while events and self._running:
            at, _, act, given = heapq.heappop(events)
            act(at, *given)
        if self._running:
            raise DeadlockError(f"{self._running} workers wait, and no message is on its way")
        self.usage.seconds = max(self.usage.seconds_of, default=0.0)
        return self.usage

    def _at(self, at: float, act: Callable[..., None], *given: Any) -> None:
        self._count += 1
        heapq.heappush(self._events, (at, self._count, act, given))

    def _send(self, k: int, messages: Sequence[Join] | Sequence[Push], now: float) -> None:
        """Send a message to each server; the replies to what was sent before are forgotten."""
        exchange = self._exchanges[k]
        exchange.sent, exchange.missing = messages, len(messages)
        exchange.replies = [None] * len(messages)
        exchange.number += 1
        for s in range(len(messages)):
            self._carry_to_server(k, s, now)

    def _carry_to_server(self, k: int, s: int, now: float) -> None:
        exchange, link = self._exchanges[k], self.link
        message = exchange.sent[s]
        n_bytes = message.n_bytes
        self.usage.bytes_of[k] += n_bytes
        seconds = link.seconds(n_bytes)
        start = max(now, self._out[k])
        self._out[k] = start + seconds
        for _ in range(self._copies() if self._draws_copies else 1):
            arrives = max(start + link.latency, self._server_in[s]) + seconds
            self._server_in[s] = arrives
            self._at(arrives, self._arrives, k, s, message)
        if link.unreliable:
            self._at(start + link.timeout, self._ask_again, k, s, exchange.number)

    def _copies(self) -> int:
        """How often a message arrives, where some are lost or repeated."""
        link = self.link
        if link.loss and self._draws.random() < link.loss:
            return 0
        return 2 if link.duplication and self._draws.random() < link.duplication else 1

    def _ask_again(self, now: float, k: int, s: int, number: int) -> None:
        exchange = self._exchanges[k]
        if exchange.number == number and exchange.replies[s] is None:
            self._carry_to_server(k, s, now)

    def _arrives(self, now: float, k: int, s: int, message: Join | Push) -> None:
        shard = self.shards[s]
        try:
            due = shard.push(message) if isinstance(message, Push) else shard.join(message)
        except RefusedPushError:  # a message that was late; nobody waits for its reply
            return
        for delivery in due:
            self._carry_to_worker(delivery, s, now)
        if self.observe is not None:
            self.observe(now)

    def _carry_to_worker(self, delivery: Delivery, s: int, now: float) -> None:
        link, reply = self.link, delivery.reply
        n_bytes = reply.n_bytes
        self.usage.bytes_of[delivery.worker] += n_bytes
        start = max(now, self._server_out[s])
        self._server_out[s] = start + link.seconds(n_bytes)
        for _ in range(self._copies() if self._draws_copies else 1):
            self._at(self._server_out[s] + link.latency, self._returns, delivery.worker, s, reply)

    def _returns(self, now: float, k: int, s: int, reply: Reply) -> None:
        exchange = self._exchanges[k]
        if not exchange.missing or exchange.replies[s] is not None:
            return
        sent = exchange.sent[s]
        if isinstance(sent, Push) and reply.step <= sent.step and not reply.stop:
            return  # of an earlier message that arrived twice
        exchange.replies[s] = reply
        exchange.missing -= 1
        if exchange.missing:
            return
        messages = self.workers[k].next([r for r in exchange.replies if r is not None])
        if messages is None:
            self._running -= 1
            exchange.sent, exchange.number = (), exchange.number + 1
            self.usage.seconds_of[k] = now
            return
        seconds = 0.0
        if isinstance(messages[0], Push):
            seconds = self.pace.of_step(k, self._draws)
            self.usage.busy[k] += seconds
            self.usage.steps[k] += 1
        if seconds:
            exchange.missing = 0
            self._at(now + seconds, self._computed, k, messages)
        else:
            self._send(k, messages, now)

    def _computed(self, now: float, k: int, messages: Sequence[Push]) -> None:
        self._send(k, messages, now)
