"""Ray as the transport: actors that run an epoch by themselves, watched by the caller (G18)."""

from __future__ import annotations

import secrets
import time
from typing import Any, final

import rosenblatt
from rosenblatt.cluster.actors import ServerActor, Servers, WorkerActor
from rosenblatt.cluster.choice import decided
from rosenblatt.cluster.direct.handshake import TOKEN_BYTES
from rosenblatt.cluster.outcome import EpochOutcome
from rosenblatt.cluster.places import Source, Task
from rosenblatt.cluster.plan import Automatic
from rosenblatt.cluster.ray_epoch import MOST_REPLACEMENTS, EpochRun, ServerLostError
from rosenblatt.cluster.report import ClusterReport
from rosenblatt.cluster.sites import Job
from rosenblatt.engine import OptimizerState
from rosenblatt.support.caller_warning import warn_caller
from rosenblatt.support.types import FloatArray

__all__ = ["RayTransport"]

START_SECONDS = 120.0  # for an actor to be made
WORD_SECONDS = 15.0  # until it is said that one is waited for
SERVER_CPUS = 0.01  # actors that need none are not spread


class NotBegunError(RuntimeError):
    """An actor could not be made."""


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
    start_seconds : float, default 120.0
        After which the fit ends if there is no place for an actor.
    """

    def __init__(
        self,
        ray: Any,
        lost_after: float = 5.0,
        report: ClusterReport | None = None,
        *,
        direct: bool = True,
        start_seconds: float = START_SECONDS,
    ) -> None:
        self.ray, self.lost_after, self.direct = ray, lost_after, direct
        self.start_seconds = start_seconds
        self.report = report or ClusterReport()
        self._token = secrets.token_bytes(TOKEN_BYTES)
        self.workers: list[Any] = []
        self.servers: list[Any] = []
        self._said = False  # that there is no place for some
        self._left: list[Any] = []  # that were declared lost, and may wake again

    def begin(self, job: Job, source: Source) -> None:
        ray, self.job = self.ray, job
        self._source, self._job = ray.put(source), ray.put(job)
        cpus = ray.cluster_resources().get("CPU", 1.0)
        self._share = min(1.0, int(100 * cpus / (job.plan.workers + job.plan.servers)) / 100)
        self._server = ray.remote(
            num_cpus=SERVER_CPUS,
            max_concurrency=4 + 4 * job.plan.workers,
            scheduling_strategy="SPREAD",  # each has the connection of its node
        )(ServerActor)
        self._worker = ray.remote(
            num_cpus=self._share, concurrency_groups={"health": 1}, scheduling_strategy="SPREAD"
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
        NotBegunError
            If one cannot be made.
        RuntimeError
            If there is no place for one.
        """
        calls = [server.listen.remote(self._token) for server in self.servers if self.direct]
        calls += [*map(self.sign_of_server, self.servers), *map(self.sign_of_worker, self.workers)]
        begun, left = time.monotonic(), calls
        while left:
            ready, left = self.ray.wait(left, num_returns=len(left), timeout=1.0)
            for call in ready:
                self._check_made(call)
            self.wait_for_place("all workers and servers", time.monotonic() - begun)
        self.started = set(range(len(self.workers)))
        addresses = self.ray.get(calls[: len(self.servers)]) if self.direct else []
        self.reached = Servers(list(self.servers), addresses, self._token)

    def _check_made(self, sign: Any) -> None:
        try:
            self.ray.get(sign)
        except self.ray.exceptions.RayError as error:
            last = [line for line in str(error).splitlines() if line.strip()][-1].strip()
            raise NotBegunError(f"the cluster has not begun to work: {last}") from error

    def wait_for_place(self, who: str, seconds: float) -> None:
        """Say once that the fit waits for an actor to be made, and end it after too long."""
        if seconds > self.start_seconds:
            cpus = self.ray.cluster_resources().get("CPU", 0)
            raise RuntimeError(
                f"the cluster has had no place for {who} for {self.start_seconds:.0f} s: its nodes"
                f" have {cpus:.0f} processors; add a node, or take fewer workers"
            )
        if seconds > WORD_SECONDS and not self._said:
            free = self.ray.available_resources().get("CPU", 0.0)
            self._said = free < self._share
            if self._said:
                warn_caller(f"the fit waits for a place for {who} in the cluster")

    @staticmethod
    def sign_of_server(server: Any) -> Any:
        """A call that a server answers while it works."""
        return server.ping.remote()

    @staticmethod
    def sign_of_worker(worker: Any) -> Any:
        """A call that a worker answers while it computes."""
        return worker.ping.options(concurrency_group="health").remote()

    def _new_server(self, k: int, **options: Any) -> Any:
        return self._server.options(**options).remote(self._job, k, rosenblatt.__version__)

    def _new_worker(self, k: int) -> Any:
        return self._worker.remote(self._job, self._source, k, rosenblatt.__version__)

    def run(self, task: Task, theta: FloatArray, memory: OptimizerState) -> EpochOutcome:
        lost = 0
        for _ in range(MOST_REPLACEMENTS):
            attempt = EpochRun(self, task)
            try:
                return attempt.outcome(theta, memory).after(lost)
            except ServerLostError:
                lost += attempt.lost + self._replace_silent()
        raise ServerLostError(f"servers have died {MOST_REPLACEMENTS} times in one epoch")

    def _replace_silent(self) -> int:
        """New actors in place of those that do not answer, as all on a node that has gone.

        Every worker begins the epoch anew. How many of them were replaced is returned.
        """
        lost = 0
        for left in reversed(range(MOST_REPLACEMENTS)):
            lost += self._replace_once()
            try:
                self._ready()
                break
            except NotBegunError:  # as on a node that Ray has not given up yet
                if not left:
                    raise
                time.sleep(1.0)
        self._incarnations = [incarnation + 1 for incarnation in self._incarnations]
        return lost

    def _replace_once(self) -> int:
        servers = [self.sign_of_server(server) for server in self.servers]
        workers = [self.sign_of_worker(worker) for worker in self.workers]
        calls = servers + workers
        ready, _ = self.ray.wait(calls, num_returns=len(calls), timeout=self.lost_after)
        answered = set(ready)
        for k, sign in enumerate(servers):
            if sign not in answered or not self.succeeds(sign):
                self.ray.kill(self.servers[k])
                self.servers[k] = self._new_server(k, num_cpus=0)  # for which there is a place
        lost = 0
        for k, sign in enumerate(workers):
            # One that is being made has time, unless that has failed.
            if self.succeeds(sign) if sign in answered else k not in self.started:
                continue
            self.replace(k)
            lost += 1
        return lost

    def succeeds(self, sign: Any) -> bool:
        """Whether a call that has ended has not failed."""
        try:
            self.ray.get(sign)
        except self.ray.exceptions.RayError:
            return False
        return True

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
        return int(self.ray.get(self.sign_of_worker(self.workers[k])))

    @property
    def incarnations(self) -> list[int]:
        return list(self._incarnations)

    def end(self) -> None:
        for actor in (*self.workers, *self.servers, *self._left):
            self.ray.kill(actor)
        self.workers, self.servers, self._left = [], [], []
