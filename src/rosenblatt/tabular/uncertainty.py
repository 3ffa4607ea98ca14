"""What the rows outside say of how sure the networks are: intervals, sets and calibration."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from rosenblatt.support.types import BoolArray, Float64Array, FloatArray, IntArray
from rosenblatt.table import NumberTarget
from rosenblatt.tabular.encoded_table import EncodedTable
from rosenblatt.tabular.learned import Learned
from rosenblatt.tabular.temperature import log_losses, of_mean
from rosenblatt.uncertainty import (
    LEAST_SURPRISE,
    IntervalCalibration,
    Reliability,
    ScoreDistribution,
    SetCalibration,
    Uncertainty,
    effective_number,
)
from rosenblatt.uncertainty.scale_fit import fitted_scale
from rosenblatt.uncertainty.shift_fit import shift_reference

__all__ = ["uncertainty_of"]

# The variance of one network's errors beyond those of the mean of very many, as a share of the
# latter (measured: decision 061).
NOISE = 0.3


def uncertainty_of(
    table: EncodedTable, learned: Learned | None, weights: Float64Array | None
) -> Uncertainty:
    """What intervals, sets, calibration and warnings of a shift come from.

    Parameters
    ----------
    table : EncodedTable
    learned : Learned, optional
    weights : array (n_rows,), optional
        How often rows like each occur.
    """
    n = len(table.distinct.chosen)
    of_trained = None if weights is None else weights[:n]
    shift = shift_reference(table.rows.X[:n], table.encoding, table.units[:n], of_trained)
    if learned is None:
        return Uncertainty(shift=shift)
    known = np.flatnonzero(np.isfinite(learned.outside[:, 0]))
    if not len(known):
        return Uncertainty(shift=shift)
    y = table.rows.y[known]
    w = None if weights is None else weights[known]
    units, scores = table.units[known], learned.outside[known]
    if isinstance(learned.target, NumberTarget):
        X = table.rows.X[known]
        return Uncertainty(of_numbers(learned, X, scores[:, 0], y, w, units), None, shift)
    n_members = len(learned.members)
    surprise = np.maximum(log_losses(scores, y), LEAST_SURPRISE)
    distribution = ScoreDistribution.of(surprise, w, effective_number(units, w))
    return Uncertainty(
        SetCalibration(distribution, 1 / of_mean(1.0, learned.n_outside, n_members)),
        reliability_of(scores, y, w),
        shift,
    )


def of_numbers(
    learned: Learned,
    X: FloatArray,
    predicted: FloatArray,
    y: Float64Array,
    weights: Float64Array | None,
    units: IntArray,
) -> IntervalCalibration:
    """Errors of rows outside, as large as those of the mean of all networks."""
    target = learned.target
    assert isinstance(target, NumberTarget)
    with np.errstate(divide="ignore", invalid="ignore"):  # the logarithm of a given y_val
        errors = np.abs(target.standardise(y) - predicted)
    errors[np.isnan(errors)] = np.inf
    fitted = fitted_scale(X, predicted.astype(np.float64), errors, weights, units)
    scores = errors / fitted.at_rows * error_factor(learned.n_outside, len(learned.members))
    beyond = is_at_edge(y, target)
    return IntervalCalibration(
        ScoreDistribution.of(scores, weights, effective_number(units, weights)),
        fitted.scale,
        float(np.average(beyond, weights=weights)),
    )


def error_factor(n_outside: float, n_members: int) -> float:
    """The size of the errors of the mean of so many networks, by that of the mean of fewer."""
    return math.sqrt((1 + NOISE / n_members) / (1 + NOISE / n_outside))


def is_at_edge(y: Float64Array, target: NumberTarget) -> BoolArray:
    """Which rows the range of the others does not hold, to which predictions are held."""
    low, high = target.low, target.high
    if low is None or high is None:  # predictions go on linearly
        return np.zeros(len(y), bool)
    outside: BoolArray = (y < low) | (y > high)
    for end in (low, high):
        at_end = y == end
        if at_end.sum() == 1:
            outside |= at_end
    return outside


def reliability_of(
    scores: FloatArray, codes: npt.NDArray[np.integer], weights: Float64Array | None
) -> Reliability:
    decided = scores.argmax(axis=1) if scores.shape[1] > 1 else (scores[:, 0] > 0).astype(int)
    return Reliability.of(np.exp(-log_losses(scores, decided)), decided == codes, weights)
