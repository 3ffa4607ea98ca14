"""Ray as the transport: actors that run an epoch by themselves, watched by the caller (G18)."""

from __future__ import annotations

import secrets
import time
from typing import Any, final

import rosenblatt
from rosenblatt.cluster.actors import ServerActor, Servers, WorkerActor, WorkerReport
from rosenblatt.cluster.choice import decided
from rosenblatt.cluster.direct.handshake import TOKEN_BYTES
from rosenblatt.cluster.outcome import EpochOutcome, ShardState
from rosenblatt.cluster.places import Source, Task
from rosenblatt.cluster.plan import Automatic
from rosenblatt.cluster.report import ClusterReport
from rosenblatt.cluster.sites import Job, part_of
from rosenblatt.engine import OptimizerState
from rosenblatt.errors import InputError
from rosenblatt.support.types import FloatArray

__all__ = ["RayTransport", "ServerLostError"]

START_SECONDS = 120.0  # for an actor to be made
MOST_REPLACEMENTS = 10  # in one epoch, before the fit gives up


class ServerLostError(RuntimeError):
    """A server has died, and with it the parameters since the epoch began."""


@final
class RayTransport:
    """Starts workers and servers as actors, and replaces those that die or stand still.

    A worker that dies, or does not answer for `lost_after` seconds, is replaced: the new one goes
    on at the step that is missing, and what the old one still sends is refused. When a server dies,
    all begin the epoch anew from the parameters that the caller holds.

    Parameters
    ----------
    ray : module
    lost_after : float
        Seconds.
    report : ClusterReport, optional
        Where what the workers do is counted.
    direct : bool, default True
        Whether workers and servers exchange their messages by TCP, where they can reach each other,
        or as calls of Ray's.
    """

    def __init__(
        self,
        ray: Any,
        lost_after: float = 5.0,
        report: ClusterReport | None = None,
        *,
        direct: bool = True,
    ) -> None:
        self.ray, self.lost_after, self.direct = ray, lost_after, direct
        self.report = report or ClusterReport()
        self._token = secrets.token_bytes(TOKEN_BYTES)
        self.workers: list[Any] = []
        self.servers: list[Any] = []
        self._left: list[Any] = []  # that were declared lost, and may wake again

    def begin(self, job: Job, source: Source) -> None:
        ray, self.job = self.ray, job
        self._source, self._job = ray.put(source), ray.put(job)
        cpus = ray.cluster_resources().get("CPU", 1.0)
        share = min(1.0, int(100 * cpus / (job.plan.workers + job.plan.servers)) / 100)
        self._server = ray.remote(num_cpus=0, max_concurrency=4 + 4 * job.plan.workers)(ServerActor)
        self._worker = ray.remote(
            num_cpus=share, concurrency_groups={"health": 1}, scheduling_strategy="SPREAD"
        )(WorkerActor)
        self.servers = [self._new_server(k) for k in range(job.plan.servers)]
        self.workers = [self._new_worker(k) for k in range(job.plan.workers)]
        self._incarnations = [0] * job.plan.workers
        self.report.begin(job.plan.workers)
        self._ready()
        self._choose_compression()

    def _choose_compression(self) -> None:
        if not isinstance(self.job.plan.compression, Automatic):
            return
        measured = self.workers[0].measure.remote(self.reached)
        link, compute, prices = self.ray.get(measured)
        self.job = decided(self.job, link, compute, prices, self.report)
        self._job = self.ray.put(self.job)
        self.ray.get([worker.compress.remote(self.job.plan) for worker in self.workers])

    def _ready(self) -> None:
        """Wait until all actors have been made.

        Raises
        ------
        RuntimeError
            If one cannot be made.
        """
        calls = [server.listen.remote(self._token) for server in self.servers if self.direct]
        calls += [actor.ping.remote() for actor in (*self.servers, *self.workers)]
        try:
            found = self.ray.get(calls, timeout=START_SECONDS)
        except self.ray.exceptions.RayError as error:
            last = [line for line in str(error).splitlines() if line.strip()][-1].strip()
            raise RuntimeError(f"the cluster has not begun to work: {last}") from error
        self.started = set(range(len(self.workers)))
        addresses = found[: len(self.servers)] if self.direct else []
        self.reached = Servers(list(self.servers), addresses, self._token)

    def _new_server(self, k: int) -> Any:
        return self._server.remote(self._job, k, rosenblatt.__version__)

    def _new_worker(self, k: int) -> Any:
        return self._worker.remote(self._job, self._source, k, rosenblatt.__version__)

    def run(self, task: Task, theta: FloatArray, memory: OptimizerState) -> EpochOutcome:
        for _ in range(MOST_REPLACEMENTS):
            try:
                return EpochRun(self, task, theta, memory).outcome()
            except ServerLostError:
                self._replace_servers()
        raise ServerLostError(f"servers have died {MOST_REPLACEMENTS} times in one epoch")

    def _replace_servers(self) -> None:
        """New servers in place of those that do not answer; every worker begins anew."""
        for k, server in enumerate(self.servers):
            try:
                self.ray.get(server.ping.remote(), timeout=self.lost_after)
            except self.ray.exceptions.RayError:
                self.ray.kill(server)
                self.servers[k] = self._new_server(k)
        self._incarnations = [incarnation + 1 for incarnation in self._incarnations]
        self._ready()

    def replace(self, k: int) -> int:
        """A new worker; the incarnation by which servers know it."""
        self._left.append(self.workers[k])
        self.workers[k] = self._new_worker(k)
        self.started.discard(k)
        self._incarnations[k] += 1
        self.report.workers[k].lost += 1
        return self._incarnations[k]

    def process_of(self, k: int) -> int:
        """The id of a worker's process."""
        ping = self.workers[k].ping.options(concurrency_group="health")
        return int(self.ray.get(ping.remote()))

    @property
    def incarnations(self) -> list[int]:
        return list(self._incarnations)

    def end(self) -> None:
        for actor in (*self.workers, *self.servers, *self._left):
            self.ray.kill(actor)
        self.workers, self.servers, self._left = [], [], []


@final
class EpochRun:
    """One attempt at an epoch."""

    def __init__(
        self, transport: RayTransport, task: Task, theta: FloatArray, memory: OptimizerState
    ) -> None:
        self.transport, self.ray = transport, transport.ray
        self.job = transport.job
        self._errors = self.ray.exceptions
        self._task = self.ray.put(task)
        local = self.job.plan.local_steps > 1
        self._memory = self.ray.put(memory) if local else None
        self._calls: dict[Any, int] = {}
        # Whose they are, None for a server's, and when they were sent.
        self._pings: dict[Any, tuple[int | None, float]] = {}
        self._reports: dict[int, WorkerReport] = {}
        self._lost = 0
        self._of_servers(
            [
                server.begin.remote(
                    theta[part.run], part_of(memory, part), task.lr_factors, transport.incarnations
                )
                for server, part in zip(transport.servers, self.job.parts, strict=True)
            ]
        )
        for k in range(self.job.plan.workers):
            self._start(k)

    def outcome(self) -> EpochOutcome:
        """Wait for the workers, replace those that are lost, and take the servers' states.

        Raises
        ------
        ServerLostError
        """
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
            self._lost,
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
            if self._lost >= MOST_REPLACEMENTS:
                raise RuntimeError(
                    f"worker {k} has died, and {self._lost} workers before it in this epoch:"
                    f" {str(error).splitlines()[0]}"
                ) from error
            self._replace(k)
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

    def _replace(self, k: int) -> None:
        self._lost += 1
        self._pings = {ping: of for ping, of in self._pings.items() if of[0] != k}
        incarnation = self.transport.replace(k)
        self._of_servers([server.fence.remote(k, incarnation) for server in self.transport.servers])
        self._start(k)

    def _succeeds(self, ping: Any) -> bool:
        try:
            self.ray.get(ping)
        except self._errors.RayError:  # its call of `run` says why
            return False
        return True

    def _watch(self) -> None:
        """Ask for signs of life, and replace the workers that have given none for too long."""
        now = time.monotonic()
        if self._pings:
            answered, _ = self.ray.wait(list(self._pings), num_returns=len(self._pings), timeout=0)
            for ping in answered:
                k, _ = self._pings.pop(ping)
                if k is None:
                    self._of_servers([ping])
                elif self._succeeds(ping):
                    self.transport.started.add(k)
        asked = {k for k, _ in self._pings.values()}
        running = {k: call for call, k in self._calls.items()}
        for k in running.keys() - asked:
            ping = self.transport.workers[k].ping.options(concurrency_group="health").remote()
            self._pings[ping] = k, now
        if None not in asked:
            for server in self.transport.servers:
                self._pings[server.ping.remote()] = None, now
        for ping, (k, sent) in list(self._pings.items()):
            started = k is None or k in self.transport.started
            if now - sent > (self.transport.lost_after if started else START_SECONDS):
                del self._pings[ping]
                if k is None:
                    raise ServerLostError("a server gives no sign of life")
                if k in running:
                    del self._calls[running[k]]
                    self._replace(k)
