"""Intervals of numbers and sets of classes, as columns beside the predictions."""

from __future__ import annotations

import numpy as np

from rosenblatt.cli.prediction_file import Columns
from rosenblatt.cli.tasks import in_blocks
from rosenblatt.errors import InputError
from rosenblatt.persistence import SavedModel
from rosenblatt.support.types import FloatArray
from rosenblatt.table import ClassTarget
from rosenblatt.uncertainty import IntervalCalibration, SetCalibration

__all__ = ["covered_columns"]

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
        predicted = saved.model.predict(rows)[:, 0].astype(np.float64)
        return calibration.bounds(target, rows, predicted, coverage)

    lower, upper = in_blocks(bounds, X).T
    return {"lower": lower, "upper": upper}
