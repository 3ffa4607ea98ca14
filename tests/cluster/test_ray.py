"""Fits on real processes: workers and servers that die, stop and come back."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_digits

from rosenblatt import MLPClassifier
from rosenblatt.cluster import ClusterTraining
from rosenblatt.cluster.modes import Bounded, Synchronous
from rosenblatt.cluster.plan import ClusterPlan
from rosenblatt.cluster.ray_transport import RayTransport
from rosenblatt.cluster.trainer import ClusterTrainer
from rosenblatt.estimators.access import fit_by
from rosenblatt.parallel.ray_cluster import connected
from tests.support.clusters import QUIET, fitted

pytest.importorskip("ray")
pytestmark = QUIET

X, Y = load_digits(return_X_y=True)
X = X / 16
OPTIONS: dict[str, Any] = {
    "hidden_layer_sizes": (32,),
    "max_iter": 3,
    "n_iter_no_change": 100,
    "batch_size": 10,
    "random_state": 0,
}
PLAN = ClusterPlan(2, 2, Synchronous())


@pytest.fixture(scope="module")
def ray() -> Iterator[Any]:
    with connected(None, processes=8) as connection:
        yield connection


def pids(transport: RayTransport, actors: list[Any]) -> list[int]:
    health = [
        a.ping.options(concurrency_group="health") if a in transport.workers else a.ping
        for a in actors
    ]
    return list(transport.ray.get([ping.remote() for ping in health]))


class Disturbance:
    """A callback that sends a signal to an actor in the middle of the second epoch."""

    def __init__(self, transport: RayTransport, kind: str, sent: signal.Signals) -> None:
        self.transport, self.kind, self.sent = transport, kind, sent
        self.pid, self.ended = 0, 0.0

    def __call__(self, event: Any) -> None:
        if event.epoch == 1:
            (self.pid, *_) = pids(self.transport, getattr(self.transport, self.kind))
            threading.Timer(0.4 * event.record["seconds"], self.strike).start()
        elif self.sent is signal.SIGSTOP:
            with suppress(ProcessLookupError):  # a server, which has been ended
                os.kill(self.pid, signal.SIGCONT)  # what it sends now is late

    def strike(self) -> None:
        os.kill(self.pid, self.sent)


def disturbed(ray: Any, kind: str, sent: signal.Signals, plan: ClusterPlan = PLAN) -> Any:
    transport = RayTransport(ray, lost_after=2.0)
    disturbance = Disturbance(transport, kind, sent)
    est = MLPClassifier(**OPTIONS, callbacks=[disturbance])
    try:
        fit_by(est, partial(ClusterTrainer, plan=plan, transport=transport), X, Y)
    finally:
        transport.end()
    return est


@pytest.fixture(scope="module")
def expected() -> Any:
    return fitted(MLPClassifier(**OPTIONS), PLAN, X, Y).model_.parameters


def test_messages_go_by_tcp_on_loopback_or_by_ray_with_the_same_bits(
    ray: Any, expected: Any
) -> None:
    for direct in (True, False):
        transport = RayTransport(ray, direct=direct)
        est = MLPClassifier(**OPTIONS)
        try:
            fit_by(est, partial(ClusterTrainer, plan=PLAN, transport=transport), X, Y)
            hosts = [host for host, _ in transport.reached.addresses]
        finally:
            transport.end()
        assert hosts == (["127.0.0.1"] * 2 if direct else [])
        assert np.array_equal(est.model_.parameters, expected)


class Occupant:
    """Holds processors."""

    def ping(self) -> bool:
        return True


def test_a_fit_without_a_place_ends_in_one_sentence(ray: Any) -> None:
    cpus = ray.cluster_resources()["CPU"]
    occupant = ray.remote(num_cpus=cpus)(Occupant).remote()
    assert ray.get(occupant.ping.remote())
    transport = RayTransport(ray, start_seconds=1.5)
    begun = time.monotonic()
    try:
        said = f"no place for all workers and servers for 2 s: its nodes have {cpus:.0f} processors"
        with pytest.raises(RuntimeError, match=said):
            fit_by(
                MLPClassifier(**OPTIONS),
                partial(ClusterTrainer, plan=PLAN, transport=transport),
                X,
                Y,
            )
        assert time.monotonic() - begun > 1.5
    finally:
        transport.end()
        ray.kill(occupant)


@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGSTOP])
def test_a_worker_that_dies_or_stands_still_is_replaced(
    ray: Any, expected: Any, sent: signal.Signals
) -> None:
    est = disturbed(ray, "workers", sent)
    assert sum(entry["workers_lost"] for entry in est.history_) == 1
    assert np.array_equal(est.model_.parameters, expected)


@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGSTOP])
def test_when_a_server_dies_the_epoch_begins_anew(
    ray: Any, expected: Any, sent: signal.Signals
) -> None:
    est = disturbed(ray, "servers", sent)
    assert np.array_equal(est.model_.parameters, expected)


def test_with_bounded_staleness_every_row_counts_once_though_a_worker_dies(ray: Any) -> None:
    est = disturbed(ray, "workers", signal.SIGKILL, ClusterPlan(3, 1, Bounded(2)))
    assert sum(entry["workers_lost"] for entry in est.history_) == 1
    assert [entry["rows"] for entry in est.history_] == [len(X)] * 3
    assert est.score(X, Y) > 0.8


def test_all_options_reach_the_cluster(ray: Any) -> None:
    est = MLPClassifier(**OPTIONS)
    for options in (
        {"mode": "async", "compression": "top_k"},
        {"local_steps": 4, "servers": 2},
        {"compression": "auto"},
    ):
        found = ClusterTraining(est, workers=2, **options).fit(X, Y)
        assert found.score(X, Y) > 0.6
        assert found.history_[-1]["bytes_sent"] > 0
    assert not hasattr(est, "coefs_")


def test_a_cluster_of_ones_own_listens_on_loopback_with_a_token_that_others_cannot_read(
    ray: Any,
) -> None:
    (node,) = ray.nodes()
    assert node["NodeManagerAddress"] == "127.0.0.1"
    # Addresses in /proc/net/tcp are hexadecimal, the lowest byte first; 0A is LISTEN.
    table = [line.split() for line in Path("/proc/net/tcp6").read_text().splitlines()[1:]]
    port = f"{node['NodeManagerPort']:04X}"
    listening = {row[1] for row in table if row[3] == "0A" and row[1].endswith(f":{port}")}
    assert listening == {f"0000000000000000FFFF00000100007F:{port}"}
    assert (Path.home() / ".ray" / "auth_token").stat().st_mode & 0o077 == 0


DEATH = """
    import os, signal, time
    from rosenblatt.parallel.ray_cluster import connected

    class Actor:
        def pid(self):
            return os.getpid()

        def stay(self):
            time.sleep(60)

    with connected(None, 1) as ray:
        actor = ray.remote(Actor).remote()
        pid, call = ray.get(actor.pid.remote()), actor.stay.remote()
        os.kill(pid, signal.SIGKILL)
        try:
            ray.get(call)
        except ray.exceptions.RayActorError:
            time.sleep(3)  # in which Ray prints what it has to say
            print("over")
"""


def test_the_death_of_a_worker_is_not_printed_among_what_a_command_writes() -> None:
    command = [sys.executable, "-c", textwrap.dedent(DEATH)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=True)
    assert done.stdout == "over\n"


@pytest.mark.slow
def test_the_demonstration_ends_with_the_bits_of_an_undisturbed_training() -> None:
    command = [sys.executable, "-m", "rosenblatt.cluster.demo"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
    assert "1 worker replaced" in done.stdout
    assert "to the bit" in done.stdout


SCRIPT = """
    import sys
    from sklearn.datasets import load_digits
    from rosenblatt import MLPClassifier
    from rosenblatt.cluster import ClusterTraining

    X, y = load_digits(return_X_y=True)
    est = MLPClassifier((32,), max_iter=3, n_iter_no_change=100, batch_size=10, random_state=0)
    est.set_params(checkpoint=sys.argv[1])
    est.set_params(callbacks=[lambda event: print(event.epoch, flush=True)])
    ClusterTraining(est, workers=2, servers=2, address=sys.argv[2]).fit(X / 16, y)
"""


def test_a_fit_whose_caller_is_killed_resumes(ray: Any, expected: Any, tmp_path: Path) -> None:
    path = tmp_path / "fit.ckpt"
    address = ray.get_runtime_context().gcs_address
    command = [sys.executable, "-c", textwrap.dedent(SCRIPT), str(path), address]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as caller:
        assert caller.stdout is not None
        assert [caller.stdout.readline() for _ in range(2)] == ["1\n", "2\n"]
        deadline = time.monotonic() + 30
        while not path.exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        caller.kill()
    est = MLPClassifier(**OPTIONS, checkpoint=str(path))
    resumed = ClusterTraining(est, workers=2, servers=2).fit(X, Y)
    assert resumed.resumed_from_ in (1, 2)
    assert np.array_equal(resumed.model_.parameters, expected)
