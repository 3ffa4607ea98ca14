"""Epochs run one by one in a single call: what each of them took."""

from __future__ import annotations

import time

import numpy as np

from rosenblatt.engine import Epoch, EpochPlan
from rosenblatt.engine.epoch_plan import one_by_one

PAUSE = 0.02


def test_every_epoch_has_its_own_time() -> None:
    def run(plan: EpochPlan) -> Epoch:
        time.sleep(PAUSE)
        return Epoch(0.5, 0.0, (1.0,), plan.steps_per_epoch)

    epochs = one_by_one(run, EpochPlan(None, 4, np.ones(6), n_epochs=3))
    begun, seconds = time.perf_counter(), []
    for epoch in epochs:
        seconds.append(epoch.seconds)
        time.sleep(PAUSE)  # between two epochs, and in neither
    assert len(seconds) == 3
    assert all(each >= PAUSE for each in seconds)
    assert sum(seconds) <= time.perf_counter() - begun - 3 * PAUSE
