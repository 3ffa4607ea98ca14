"""Rates whose state goes into a checkpoint, and those that keep what cannot."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rosenblatt.schedules import RateControl, RateRule, Run
from tests.support.broken_fits import broken_off
from tests.support.checkpointed import (
    bits,
    estimator,
    fitted,
)

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


class Lazy(RateControl):
    def lr_factors(self, steps: int) -> Any:
        return np.full(steps, getattr(self, "factor", 1.0))

    def epoch_ended(self, steps: int, samples_seen: int, value: float) -> None:
        self.factor = 0.9 * getattr(self, "factor", 1.0)

    def stalled(self) -> bool:
        return False


class LazyRule(RateRule):
    def control(self, run: Run) -> RateControl:
        return Lazy()


def test_a_rate_that_begins_to_count_late_goes_on(tmp_path: Path) -> None:
    path, rule = tmp_path / "fit.checkpoint", {"learning_rate": LazyRule()}
    broken_off("adam", path, 4, **rule)
    resumed = fitted(estimator("adam", path, **rule))
    assert bits(resumed) == bits(fitted(estimator("adam", **rule)))


class FromAList(RateRule):
    def control(self, run: Run) -> RateControl:
        return Counting()


class Counting(RateControl):
    def __init__(self) -> None:
        self.told = [object()]

    def lr_factors(self, steps: int) -> Any:
        return np.ones(steps)

    def epoch_ended(self, steps: int, samples_seen: int, value: float) -> None:
        pass

    def stalled(self) -> bool:
        return False


def test_a_rate_of_the_users_own_that_keeps_objects_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TypeError, match=r"Counting\.told .* keeps numbers alone"):
        fitted(estimator("adam", tmp_path / "fit", learning_rate=FromAList()))
