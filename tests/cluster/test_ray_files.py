"""Fits to files on real processes: one that is killed, a file that goes, a limit of memory."""

from __future__ import annotations

import os
import resource
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from rosenblatt import MLPClassifier
from rosenblatt.cluster import ClusterTraining
from rosenblatt.cluster.inproc import InProcess
from rosenblatt.cluster.modes import Bounded
from rosenblatt.cluster.outcome import Transport
from rosenblatt.cluster.plan import ClusterPlan
from rosenblatt.cluster.ray_transport import RayTransport
from rosenblatt.cluster.shards.fit import FilePlan, fit_files
from rosenblatt.cluster.shards.manifest import manifest_of
from rosenblatt.cluster.shards.over import Here, OnRay, Over
from rosenblatt.cluster.shards.split import RowShares
from rosenblatt.errors import InputError
from rosenblatt.parallel.ray_cluster import connected
from rosenblatt.table import Task
from tests.support.clusters import QUIET
from tests.support.parquet_files import numbers, spread

pytest.importorskip("ray")
pytestmark = QUIET

N = 6_000
TABLE = numbers(N, 4)
OPTIONS: dict[str, Any] = {
    "hidden_layer_sizes": (16,),
    "max_iter": 3,
    "n_iter_no_change": 100,
    "batch_size": 10,
    "random_state": 0,
}


@pytest.fixture(scope="module")
def ray() -> Iterator[Any]:
    with connected(None, processes=6) as connection:
        yield connection


def fitted(
    folder: Path, plan: ClusterPlan, transport: Transport, over: Over, callbacks: Any = None
) -> Any:
    est = MLPClassifier(**OPTIONS, callbacks=callbacks)
    files = FilePlan("y", Task.CLASSIFICATION, RowShares(0, 0.05), window=1_000)
    return fit_files(est, plan, transport, over, manifest_of(folder), files).network


@pytest.mark.parametrize("plan", [ClusterPlan(2), ClusterPlan(2, mode=Bounded(2))])
def test_rows_count_once_and_bits_stay_though_a_worker_is_killed(
    ray: Any, tmp_path: Path, plan: ClusterPlan
) -> None:
    """Bits of a synchronous fit; of another one that each row counts once."""
    folder = spread(TABLE, tmp_path / "data", group=500)
    expected = fitted(folder, plan, InProcess(), Here())
    transport = RayTransport(ray, lost_after=2.0)

    def strike(event: Any) -> None:
        if event.epoch == 1:
            pid = transport.process_of(1)
            seconds = 0.4 * event.record["seconds"]
            threading.Timer(seconds, os.kill, (pid, signal.SIGKILL)).start()

    try:
        found = fitted(folder, plan, transport, OnRay(ray, 2), [strike])
    finally:
        transport.end()
    assert sum(entry["workers_lost"] for entry in found.history_) == 1
    rows = expected.history_[0]["rows"]
    assert 0.93 * N < rows < 0.97 * N
    assert [entry["rows"] for entry in found.history_] == [rows] * 3
    same = np.array_equal(found.model_.parameters, expected.model_.parameters)
    assert same or not plan.mode.summed


def test_a_file_that_goes_is_named_in_one_sentence(ray: Any, tmp_path: Path) -> None:
    folder = spread(TABLE, tmp_path / "data", group=500)

    def remove(event: Any) -> None:
        (folder / "part-2.parquet").unlink(missing_ok=True)

    est = MLPClassifier(**OPTIONS, callbacks=[remove])
    with pytest.raises(InputError, match=r"part-2\.parquet was there when") as raised:
        ClusterTraining(est, workers=2, window=1_000).fit(folder, target="y")
    assert "\n" not in str(raised.value)


def test_what_a_pass_refuses_is_one_sentence(ray: Any, tmp_path: Path) -> None:
    y = [None if k == N - 5 else text for k, text in enumerate(TABLE.column("y").to_pylist())]
    folder = spread(TABLE.set_column(4, "y", [y]), tmp_path / "data", group=500)
    with pytest.raises(InputError, match=r"part-2\.parquet: the target 'y' is missing") as raised:
        ClusterTraining(MLPClassifier(**OPTIONS), workers=2).fit(folder, target="y")
    assert "\n" not in str(raised.value)


def test_a_worker_without_memory_says_so_in_one_sentence(ray: Any, tmp_path: Path) -> None:
    """It holds the order of one window, and asks for as much again for the next epoch's."""
    n = 4_400_000  # 35 MB of places, which no allocator has ready
    table = pa.table({"x": np.arange(n) % 1_000 / 1_000, "y": np.arange(n) % 2 == 0})
    folder = spread(table, tmp_path / "data", group=200_000)
    transport = RayTransport(ray, lost_after=30.0)

    def limit(event: Any) -> None:
        pid = transport.process_of(0)
        status = Path(f"/proc/{pid}/status").read_text()
        (held,) = [line for line in status.splitlines() if line.startswith("VmSize")]
        most = 1024 * int(held.split()[1])
        resource.prlimit(pid, resource.RLIMIT_AS, (most, most))

    est = MLPClassifier(**OPTIONS | {"batch_size": 50_000}, callbacks=[limit])
    plan = FilePlan("y", Task.CLASSIFICATION, RowShares(), window=n)
    manifest = manifest_of(folder)
    try:
        with pytest.raises(MemoryError, match="worker 0 has no memory left: take fewer") as raised:
            fit_files(est, ClusterPlan(2), transport, OnRay(ray, 2), manifest, plan)
    finally:
        transport.end()
    assert "\n" not in str(raised.value)
