"""Intervals of numbers and sets of classes, as columns beside the predictions."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from rosenblatt.cli.prediction_file import Columns
from rosenblatt.cli.tasks import in_blocks
from rosenblatt.errors import InputError
from rosenblatt.persistence import SavedModel
from rosenblatt.support.types import FloatArray
from rosenblatt.table import ClassTarget
from rosenblatt.uncertainty import IntervalCalibration, SetCalibration, quantiles_of

__all__ = ["covered_columns", "quantile_columns"]

NO_SCORES = (
    "the model has no scores of rows outside its training, which intervals and sets come from:"
    " train it again with `rosenblatt train`, without options that describe one network"
)


def covered_columns(saved: SavedModel, X: FloatArray, coverage: float) -> Columns:
    """`lower` and `upper` of numbers; of classes whether each is in the set of a row.

    Raises
    ------
    InputError
        If the model does not say how sure it is.
    """
    if saved.uncertainty is None or saved.uncertainty.calibration is None:
        raise InputError(NO_SCORES)
    target, calibration = saved.encoding.target, saved.uncertainty.calibration
    if isinstance(target, ClassTarget):
        assert isinstance(calibration, SetCalibration)

        def members(rows: FloatArray) -> FloatArray:
            return calibration.members(saved.model, rows, coverage).astype(np.float32)

        inside = in_blocks(members, X) > 0
        return {f"in_set_{label}": inside[:, k] for k, label in enumerate(target.classes)}
    assert isinstance(calibration, IntervalCalibration)

    def bounds(rows: FloatArray) -> FloatArray:
        prediction = saved.model.predict(rows)
        predicted = saved.model.loss.point(prediction)[:, 0].astype(np.float64)
        return calibration.bounds(target, rows, predicted, coverage)

    lower, upper = in_blocks(bounds, X).T
    return {"lower": lower, "upper": upper}


def quantile_columns(saved: SavedModel, X: FloatArray, levels: Sequence[float]) -> Columns:
    """`quantile_0.1` and so on, of numbers.

    Raises
    ------
    InputError
        If the model predicts no such quantiles.
    """
    target = saved.encoding.target
    if levels and isinstance(target, ClassTarget):
        raise InputError("--quantile is of numbers, and the model predicts classes: leave it out")
    columns = {}
    for level in levels:

        def at(rows: FloatArray, q: float = level) -> FloatArray:
            assert not isinstance(target, ClassTarget)
            return quantiles_of(saved.model, target, rows, q)

        columns[f"quantile_{level:g}"] = in_blocks(at, X)
    return columns
