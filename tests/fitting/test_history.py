"""The record of an epoch."""

from __future__ import annotations

import pytest

from rosenblatt.engine.divergence import Cause, Diagnosis, Divergence
from rosenblatt.fitting.history import EpochRecord

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
