"""The record of an epoch, and the time of each."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, ClassVar, final

import numpy as np
import pytest

from rosenblatt.engine.divergence import Cause, Diagnosis, Divergence
from rosenblatt.fitting import NumberTargets, TrainValidation, begin
from rosenblatt.fitting.history import EpochRecord
from rosenblatt.optimizers import Optimizer
from rosenblatt.options.parameters import Parameters
from rosenblatt.problem import Arrays

RECORD = EpochRecord(
    epoch=3,
    loss=0.5,
    validation=None,
    learning_rate=0.01,
    gradient_norms=(3.0, 0.0, 4.0),
    seconds=0.1,
)


def test_the_gradient_norm_is_over_all_layers() -> None:
    assert RECORD.gradient_norm == 5.0
    assert RECORD._replace(gradient_norms=(2.0,)).gradient_norm == 2.0


def test_large_norms_do_not_overflow() -> None:
    assert RECORD._replace(gradient_norms=(3e200, 4e200)).gradient_norm == pytest.approx(5e200)


def test_an_epoch_that_diverged_is_not_finite() -> None:
    assert RECORD.finite
    divergence = Divergence(2, Diagnosis(1, "the outputs", Cause.STEPS, "too large steps"))
    assert not RECORD._replace(divergence=divergence).finite


@final
@dataclass(frozen=True)
class WithoutKernel(Optimizer):
    lr: float = 0.01
    n_slots: ClassVar[int] = 0

    def update(self, g: Any, slots: Any, t: int, factor: float) -> Any:
        return -self.lr * factor * g


@pytest.mark.parametrize("solver", ["adam", "kfac", WithoutKernel()])
@pytest.mark.filterwarnings("ignore:WithoutKernel is not known to the native engine")
def test_every_epoch_has_its_time(solver: object) -> None:
    """Also those of one call for several epochs, compiled or not."""
    X = np.linspace(-1, 1, 20)[:, None]
    parameters = Parameters(
        hidden_layer_sizes=(2,), solver=solver, random_state=0, max_iter=40, tol=0.0
    )
    fit = begin(parameters, NumberTargets(), TrainValidation(Arrays(X, X)))
    begun = time.perf_counter()
    fit.run()
    assert fit.log.history is not None
    seconds = [entry["seconds"] for entry in fit.log.history]
    assert all(each > 0 for each in seconds)
    assert sum(seconds) <= time.perf_counter() - begun
