"""Workers and servers as actors: each in a process of its own, with a loop of its own (G18)."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Sequence
from contextlib import closing, suppress
from typing import Any, NamedTuple, final

import numpy as np
import numpy.typing as npt

import rosenblatt
from rosenblatt.cluster.channel import Channel, ServerGoneError
from rosenblatt.cluster.choice import Price, prices_of
from rosenblatt.cluster.direct import DirectChannel, Listener, measured_link
from rosenblatt.cluster.hardware import Link
from rosenblatt.cluster.messages import Delivery, Join, Push, RefusedPushError, Reply
from rosenblatt.cluster.outcome import ShardState
from rosenblatt.cluster.places import Source, Task, site_of
from rosenblatt.cluster.plan import ClusterPlan
from rosenblatt.cluster.ray_channel import RayChannel, with_parameters
from rosenblatt.cluster.sites import Job, server
from rosenblatt.cluster.worker import Worker
from rosenblatt.engine import OptimizerState
from rosenblatt.support.types import FloatArray

__all__ = ["ServerActor", "Servers", "WorkerActor", "WorkerReport"]


# Bytes below which Ray sends a value within its message; others go through shared memory.
INLINE = 100 << 10


def check_version(expected: str) -> None:
    if rosenblatt.__version__ != expected:
        raise RuntimeError(
            f"this node has rosenblatt {rosenblatt.__version__}, and the caller has {expected}:"
            " install the same version on all nodes"
        )


@final
class WorkerReport(NamedTuple):
    """What a worker has used in an epoch, and its memory after local steps.

    Attributes
    ----------
    steps, bytes_sent : int
    busy, seconds : float
    memory : OptimizerState, optional
    refused : str
        Why a server has sent it away; empty for a worker that has come to the end.
    server_lost : bool
        Whether it ended because a server has died.
    """

    steps: int
    bytes_sent: int
    busy: float
    seconds: float
    memory: OptimizerState | None
    refused: str = ""
    server_lost: bool = False


@final
class ServerActor:
    """One server. A call to `exchange` returns when its worker may read."""

    def __init__(self, job: Job, number: int, version: str) -> None:
        check_version(version)
        self.job, self.part = job, job.parts[number]
        self._waiting: dict[int, asyncio.Future[Reply]] = {}
        self._put: tuple[FloatArray, Any] | None = None
        self._address: tuple[str, int] | None = None

    async def listen(self, token: bytes) -> tuple[str, int]:
        """Take messages by TCP too, from those who have the token; host and port.

        At the address by which Ray reaches this node, which is a loopback one if it is a cluster of
        this machine alone.
        """
        import ray

        if self._address is None:
            # No message is larger than a sparse one of all numbers, in float64.
            listener = Listener(token, self._answered, (1 << 16) + 16 * len(self.part))
            self._address = listener.open(ray.util.get_node_ip_address())
        return self._address

    async def begin(
        self,
        theta: FloatArray,
        memory: OptimizerState,
        lr_factors: npt.NDArray[np.float64],
        incarnations: Sequence[int],
    ) -> None:
        """A new epoch; whoever still waits in an earlier one is sent away."""
        for waiting in self._waiting.values():
            refuse(waiting, "the epoch has begun anew")
        self._waiting.clear()
        # What arrives lies in shared memory, and cannot be written to.
        memory = OptimizerState(
            memory.slots.copy(), memory.steps.copy(), memory.average.copy(), memory.seed
        )
        self.shard = server(self.job, self.part, theta, memory)
        self.shard.begin(lr_factors)
        for worker, incarnation in enumerate(incarnations):
            self.shard.fence(worker, incarnation)

    async def exchange(self, message: Join | Push) -> Reply:
        """Take a push, or a request to begin; the reply comes when the worker may read."""
        return self._shared(await self._answered(message))

    async def _answered(self, message: Join | Push) -> Reply:
        shard = self.shard
        due = shard.push(message) if isinstance(message, Push) else shard.join(message)
        if message.worker in self._waiting:
            refuse(self._waiting[message.worker], "it has sent again")
        waiting: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._waiting[message.worker] = waiting
        self._deliver(due)
        return await waiting

    def _shared(self, reply: Reply) -> Reply:
        """Large parameters by reference, so that they are copied once for all workers."""
        if reply.parameters.nbytes < INLINE:
            return reply
        if self._put is None or self._put[0] is not reply.parameters:
            import ray

            self._put = reply.parameters, ray.put(reply.parameters)
        return with_parameters(reply, self._put[1])

    def _deliver(self, due: Sequence[Delivery]) -> None:
        for worker, reply in due:
            waiting = self._waiting.pop(worker, None)
            if waiting is not None and not waiting.done():
                waiting.set_result(reply)

    async def fence(self, worker: int, incarnation: int) -> None:
        """Refuse a worker that has been declared lost."""
        self.shard.fence(worker, incarnation)
        if worker in self._waiting:
            refuse(self._waiting.pop(worker), "it has been declared lost")

    async def state(self, version: int | None = None) -> ShardState:
        """The parameters, of that version if one is given, the memory and the record."""
        shard = self.shard
        theta = shard.theta if version is None else shard.parameters(version)
        return ShardState(theta, shard.update.memory, shard.record)

    async def ping(self) -> int:
        """The process's id, at once."""
        return os.getpid()


def refuse(waiting: asyncio.Future[Reply], why: str) -> None:
    if not waiting.done():
        waiting.set_exception(RefusedPushError(f"this worker's call is over: {why}"))


@final
class Servers(NamedTuple):
    """The servers, as workers reach them.

    Attributes
    ----------
    actors : sequence of actor handles
    addresses : sequence of (str, int)
        Where they listen; without any, messages go by Ray.
    token : bytes
    """

    actors: Sequence[Any]
    addresses: Sequence[tuple[str, int]]
    token: bytes


def channel(servers: Servers, worker: Worker) -> Channel:
    """Straight to the servers where they can be reached, or else by Ray."""
    if servers.addresses:
        targets = [worker.theta[part] for part in worker.parts]
        try:
            return DirectChannel(servers.addresses, servers.token, targets)
        except OSError:  # a firewall between two nodes, or a server that has died, as Ray will say
            pass
    return RayChannel(servers.actors)


@final
class WorkerActor:
    """One worker. `run` goes on until its epoch ends; `ping` is answered meanwhile."""

    def __init__(self, job: Job, source: Source, number: int, version: str) -> None:
        check_version(version)
        self.site: Any = site_of(job, source, number)

    def run(
        self,
        task: Task,
        servers: Servers,
        incarnation: int,
        memory: OptimizerState | None,
    ) -> WorkerReport:
        """Read, compute and push, until all steps of the epoch are done.

        Parameters
        ----------
        task : EpochTask or StreamTask
        servers : Servers
        incarnation : int
        memory : OptimizerState, optional
            What local steps begin with.
        """
        refused, server_lost = "", False
        begun = time.perf_counter()
        busy, n_bytes, steps = 0.0, 0, 0
        worker = self.site.worker(task, incarnation, memory)
        messages: Sequence[Join] | Sequence[Push] | None = worker.begin()
        with closing(channel(servers, worker)) as to_servers:
            while messages is not None:
                try:
                    replies = to_servers.exchange(messages)
                except RefusedPushError as error:
                    refused = str(error).splitlines()[-1]
                    break
                except ServerGoneError:
                    server_lost = True
                    break
                n_bytes += sum(m.n_bytes for m in messages) + sum(r.n_bytes for r in replies)
                read = time.perf_counter()
                messages = worker.next(replies)
                busy += time.perf_counter() - read
                steps += messages is not None and isinstance(messages[0], Push)
        seconds = time.perf_counter() - begun
        memory = self.site.engine.memory
        return WorkerReport(steps, n_bytes, busy, seconds, memory, refused, server_lost)

    def measure(self, servers: Servers) -> tuple[Link | None, float, dict[str, Price]]:
        """The connection to the first server, seconds of a push, and what compressing costs."""
        link, n = None, len(self.site.engine.job.parts[0])
        if servers.addresses:
            with suppress(OSError):
                link = measured_link(servers.addresses[0], servers.token, n)
        return link, self.site.seconds_of_push, prices_of(self.site.engine.job, timed=True)

    def compress(self, plan: ClusterPlan) -> None:
        self.site.engine.compress(plan)

    def ping(self) -> int:
        """The process's id, at once."""
        return os.getpid()
