"""Epochs run one by one in a single call: what each of them took."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from rosenblatt.engine import Epoch, EpochPlan, epoch_plan


def test_every_epoch_has_its_own_time(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    durations = iter([1.0, 2.0, 4.0])
    clock = SimpleNamespace(perf_counter=lambda: now)
    monkeypatch.setattr(epoch_plan, "time", clock)

    def run(plan: EpochPlan) -> Epoch:
        nonlocal now
        now += next(durations)
        return Epoch(0.5, 0.0, (1.0,), plan.steps_per_epoch)

    seconds = []
    for epoch in epoch_plan.one_by_one(run, EpochPlan(None, 4, np.ones(6), n_epochs=3)):
        seconds.append(epoch.seconds)
        now += 16.0  # between two epochs, and in neither
    assert seconds == [1.0, 2.0, 4.0]
