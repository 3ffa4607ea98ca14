"""A process killed at any moment goes on from its last checkpoint to the same bits."""

from __future__ import annotations

import random
import time
from pathlib import Path
from typing import Any

import pytest

from tests.support.broken_fits import SERVER, broken_off, damage
from tests.support.checkpointed import (
    WAYS,
    bits,
    estimator,
    fit_and_send,
    fit_to_the_kth_call,
    fitted,
)

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def killed(way: str, path: Path, moment: float, wanted: Any, **changed: Any) -> bool:
    """Whether a process was killed at that moment of its fit; one that was over has these bits."""
    here, there = SERVER.Pipe()
    process = SERVER.Process(target=fit_and_send, args=(there, way, path, changed))
    process.start()
    there.close()
    try:
        assert here.recv() == "begun"
        if here.poll(moment):
            assert here.recv() == wanted
            return False
    finally:
        process.kill()
        process.join()
    return True


def through_kills(way: str, tmp_path: Path, kills: int, **changed: Any) -> None:
    path, wanted = tmp_path / "fit.checkpoint", bits(fitted(estimator(way, **changed)))
    begun = time.perf_counter()
    fitted(estimator(way, tmp_path / "timed", **changed))
    seconds, moments, done = time.perf_counter() - begun, random.Random(kills), 0
    while done < kills:
        if killed(way, path, moments.uniform(0, seconds), wanted, **changed):
            done += 1
            if moments.random() < 0.7:
                continue  # the next goes on from where this one has come to
        assert bits(fitted(estimator(way, path, **changed))) == wanted
        for left in tmp_path.iterdir():
            left.unlink()
    assert bits(fitted(estimator(way, path, **changed))) == wanted


@pytest.mark.parametrize("way", ["dropout, batch normalisation, best weights", "lbfgs"])
def test_a_killed_process_loses_nothing(way: str, tmp_path: Path) -> None:
    through_kills(way, tmp_path, 25, max_iter=40)


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_fifty_kills_lose_nothing(way: str, tmp_path: Path) -> None:
    through_kills(way, tmp_path, 50)


@pytest.mark.parametrize("damaged", [False, True])
def test_one_snapshot_is_intact_after_a_kill_at_any_disk_operation(
    damaged: bool, tmp_path: Path
) -> None:
    """A process that ends by itself at the k-th call to the system, for every k."""
    wanted = bits(fitted(estimator("adam", max_iter=6)))
    for k in range(1, 100):
        folder = tmp_path / str(k)
        folder.mkdir()
        path = folder / "fit.checkpoint"
        broken_off("adam", path, 4, max_iter=6)
        if damaged:
            damage(path)
        process = SERVER.Process(target=fit_to_the_kth_call, args=(path, k, 6))
        process.start()
        process.join()
        resumed = fitted(estimator("adam", path, max_iter=6))
        assert resumed.resumed_from_ >= 2
        assert bits(resumed) == wanted
        left = {p.name for p in folder.iterdir() if p.stat().st_size}
        assert left == {path.name, f"{path.name}.previous"}
        if process.exitcode == 0:
            assert k > 10  # it has had something to die of
            return
    raise AssertionError("it never came to its end")
