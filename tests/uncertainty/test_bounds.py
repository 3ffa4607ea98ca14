"""Ends of intervals in the target's units: scales, logarithms, limits."""

from __future__ import annotations

import math

import numpy as np
import pytest

from rosenblatt.table import NumberTarget
from rosenblatt.uncertainty import ErrorScale, IntervalCalibration, ScoreDistribution

SCORES = ScoreDistribution.of(np.arange(1.0, 100), None, 99)
X, PREDICTED = np.array([[0.0], [1.0]], np.float32), np.array([0.0, 0.5])
ANYWHERE = NumberTarget("y", 100.0, 10.0, "")


def test_by_hand() -> None:
    calibration = IntervalCalibration(SCORES, None, 0.0)
    np.testing.assert_allclose(
        calibration.bounds(ANYWHERE, X, PREDICTED, 0.5), [[-400, 600], [-395, 605]]
    )


def test_the_scale_of_a_row_multiplies_its_width() -> None:
    scale = ErrorScale(math.log(0.1), (0.0,), (1.0,), (math.log(3),), (), ())
    bounds = IntervalCalibration(SCORES, scale, 0.0).bounds(ANYWHERE, X, PREDICTED, 0.5)
    np.testing.assert_allclose(np.diff(bounds, axis=1)[:, 0], [100, 300])


def test_a_logarithm_keeps_ends_above_zero() -> None:
    target = NumberTarget("y", 2.0, 0.5, "", log=True)
    bounds = IntervalCalibration(SCORES, None, 0.0).bounds(target, X, PREDICTED, 0.02)
    np.testing.assert_allclose(np.log(bounds), [[1.0, 3.0], [1.25, 3.25]])


def test_ends_are_held_to_the_range_as_long_as_rows_make_up_for_those_beyond() -> None:
    target = NumberTarget("y", 100.0, 10.0, "", low=95.0, high=120.0)
    held = IntervalCalibration(SCORES, None, 0.02)
    np.testing.assert_array_equal(held.bounds(target, X, PREDICTED, 0.9), [[95, 120], [95, 120]])
    # 0.99 of the rows cannot be had where 0.02 of them are beyond the range.
    free = held.bounds(target, X, PREDICTED, 0.99)
    np.testing.assert_allclose(free, [[-890, 1090], [-885, 1095]])
    assert np.isinf(held.bounds(target, X, PREDICTED, 0.995)).all()


@pytest.mark.parametrize("coverage", [0.02, 0.99])
def test_a_prediction_is_within_its_own_bounds(coverage: float) -> None:
    """Also where it is held to the range of the training, and its interval is not."""
    target = NumberTarget("y", 3.0, 0.7, "", low=math.exp(2), high=math.exp(4), log=True)
    scores = ScoreDistribution.of(np.geomspace(1e-18, 1e-3, 99), None, 99)
    predicted = np.random.default_rng(0).normal(size=1000) * 3
    bounds = IntervalCalibration(scores, None, 0.02).bounds(
        target, np.zeros((1000, 1), np.float32), predicted, coverage
    )
    one_by_one = np.array([target.restore(predicted[k : k + 1])[0] for k in range(1000)])
    for points in (target.restore(predicted), one_by_one):
        assert (bounds[:, 0] <= points).all()
        assert (points <= bounds[:, 1]).all()


@pytest.mark.parametrize("edge", [-0.1, 1.1])
def test_forged_shares_are_refused(edge: float) -> None:
    with pytest.raises(ValueError, match="share"):
        IntervalCalibration(SCORES, None, edge)
