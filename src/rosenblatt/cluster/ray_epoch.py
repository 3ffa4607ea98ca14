"""One attempt at an epoch on Ray: workers are watched, and replaced when they are lost."""

from __future__ import annotations

import time
from typing import Any, Protocol, final

from rosenblatt.cluster.actors import Servers, WorkerReport
from rosenblatt.cluster.outcome import EpochOutcome, ShardState
from rosenblatt.cluster.places import Task
from rosenblatt.cluster.report import ClusterReport
from rosenblatt.cluster.sites import Job, part_of
from rosenblatt.engine import OptimizerState
from rosenblatt.errors import InputError
from rosenblatt.support.types import FloatArray

__all__ = ["MOST_REPLACEMENTS", "EpochRun", "ServerLostError"]

MOST_REPLACEMENTS = 10  # in one epoch, before the fit gives up


class ServerLostError(RuntimeError):
    """A server has died, and with it the parameters since the epoch began."""


class Actors(Protocol):
    """Workers and servers, which outlive an epoch; see `RayTransport`."""

    ray: Any
    job: Job
    workers: list[Any]
    servers: list[Any]
    started: set[int]
    reached: Servers
    lost_after: float
    report: ClusterReport

    @property
    def incarnations(self) -> list[int]: ...

    def replace(self, k: int) -> int: ...

    def succeeds(self, sign: Any) -> bool: ...

    def sign_of_worker(self, worker: Any) -> Any: ...

    def sign_of_server(self, server: Any) -> Any: ...

    def wait_for_place(self, who: str, seconds: float) -> None: ...


@final
class EpochRun:
    """One attempt at an epoch."""

    def __init__(self, transport: Actors, task: Task) -> None:
        self.transport, self.task, self.ray = transport, task, transport.ray
        self.job = transport.job
        self.lost = 0  # workers that were replaced
        self._errors = self.ray.exceptions
        self._task, self._memory = self.ray.put(task), None
        self._calls: dict[Any, int] = {}
        # Whose they are, None for a server's, and when they were sent.
        self._pings: dict[Any, tuple[int | None, float]] = {}
        self._reports: dict[int, WorkerReport] = {}

    def _begin(self, theta: FloatArray, memory: OptimizerState) -> None:
        transport = self.transport
        if self.job.plan.local_steps > 1:
            self._memory = self.ray.put(memory)
        given = self.task.lr_factors, transport.incarnations
        parts = self.job.parts
        memories = [part_of(memory, part, self.job.plan) for part in parts]
        self._of_servers(
            [
                server.begin.remote(theta[part.run], own, *given)
                for server, part, own in zip(transport.servers, parts, memories, strict=True)
            ]
        )
        for k in range(self.job.plan.workers):
            self._start(k)

    def outcome(self, theta: FloatArray, memory: OptimizerState) -> EpochOutcome:
        """Begin, wait for the workers, replace those that are lost, and take the servers' states.

        Raises
        ------
        ServerLostError
        RuntimeError
            If a worker cannot be replaced.
        """
        self._begin(theta, memory)
        while self._calls:
            calls = list(self._calls)
            ready, _ = self.ray.wait(calls, timeout=min(0.5, self.transport.lost_after / 4))
            for call in ready:
                self._ended(call)
            self._watch()
        states: list[ShardState] = self._of_servers(
            [server.state.remote() for server in self.transport.servers]
        )
        version = min(state.record.steps for state in states)
        if any(state.record.steps != version for state in states):
            states = self._of_servers(
                [server.state.remote(version) for server in self.transport.servers]
            )
        reports = self._reports.values()
        total = sum(report.seconds for report in reports)
        return EpochOutcome(
            states,
            sum(report.bytes_sent for report in reports),
            1 - sum(report.busy for report in reports) / total,
            [report.memory for report in reports if report.memory is not None],
            self.lost,
        )

    def _start(self, k: int) -> None:
        transport = self.transport
        call = transport.workers[k].run.remote(
            self._task, transport.reached, transport.incarnations[k], self._memory
        )
        self._calls[call] = k

    def _of_servers(self, calls: list[Any]) -> list[Any]:
        """What the servers return; ServerLostError if one has died."""
        try:
            return list(self.ray.get(calls, timeout=60 + self.transport.lost_after))
        except (self._errors.RayActorError, self._errors.GetTimeoutError) as error:
            raise ServerLostError(str(error)) from error

    def _ended(self, call: Any) -> None:
        """A worker's call has ended: with its report, or because it or a server has died."""
        k, errors = self._calls.pop(call), self._errors
        try:
            report: WorkerReport = self.ray.get(call)
        except errors.RayTaskError as error:
            if isinstance(error.cause, InputError):  # of a file, in one sentence
                raise error.cause from None
            if isinstance(error.cause, MemoryError):
                raise MemoryError(
                    f"worker {k} has no memory left: take fewer workers on a machine, smaller"
                    " batches, or for files a smaller window"
                ) from None
            raise error.as_instanceof_cause() from None
        except errors.RayError as error:  # it has died, alone or with its node, or of hunger
            if self.lost >= MOST_REPLACEMENTS:
                raise RuntimeError(
                    f"worker {k} has died, and {self.lost} workers before it in this epoch:"
                    f" {str(error).splitlines()[0]}"
                ) from error
            self._replace_worker(k)
            return
        if report.server_lost:
            raise ServerLostError("a worker has found a server dead")
        if report.refused:
            raise RuntimeError(f"a server has refused worker {k}: {report.refused}")
        self._reports[k] = report
        totals = self.transport.report.workers[k]
        totals.steps += report.steps
        totals.bytes_sent += report.bytes_sent
        totals.busy += report.busy
        totals.seconds += report.seconds

    def _replace_worker(self, k: int) -> None:
        self.lost += 1
        self._pings = {ping: of for ping, of in self._pings.items() if of[0] != k}
        incarnation = self.transport.replace(k)
        self._of_servers([server.fence.remote(k, incarnation) for server in self.transport.servers])
        self._start(k)

    def _watch(self) -> None:
        """Ask for signs of life, and replace the workers that have given none for too long."""
        now, transport = time.monotonic(), self.transport
        if self._pings:
            answered, _ = self.ray.wait(list(self._pings), num_returns=len(self._pings), timeout=0)
            for ping in answered:
                k, _ = self._pings.pop(ping)
                if k is None:
                    self._of_servers([ping])
                elif transport.succeeds(ping):  # or else its call of `run` says why not
                    transport.started.add(k)
        asked = {k for k, _ in self._pings.values()}
        running = {k: call for call, k in self._calls.items()}
        for k in running.keys() - asked:
            self._pings[transport.sign_of_worker(transport.workers[k])] = k, now
        if None not in asked:
            for server in transport.servers:
                self._pings[transport.sign_of_server(server)] = None, now
        for ping, (k, sent) in list(self._pings.items()):
            self._judge(ping, k, now - sent, running)

    def _judge(self, ping: Any, k: int | None, seconds: float, running: dict[int, Any]) -> None:
        """What follows from a call that has not been answered for so many seconds."""
        if k is not None and k not in self.transport.started:
            self.transport.wait_for_place(f"worker {k}", seconds)
            return
        if seconds <= self.transport.lost_after:
            return
        del self._pings[ping]
        if k is None:
            raise ServerLostError("a server gives no sign of life")
        if k in running:
            del self._calls[running[k]]
            self._replace_worker(k)
