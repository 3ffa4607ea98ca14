"""What a model keeps to say how sure its predictions are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, final

from rosenblatt.uncertainty.intervals import IntervalCalibration
from rosenblatt.uncertainty.reliability import Reliability
from rosenblatt.uncertainty.sets import SetCalibration
from rosenblatt.uncertainty.shift import ShiftReference

__all__ = ["Uncertainty"]


@final
@dataclass(frozen=True)
class Uncertainty:
    """Learnt from rows that the networks had not seen.

    Attributes
    ----------
    calibration : IntervalCalibration or SetCalibration, optional
        For numbers or classes; None where no rows are outside, as of a single fold.
    reliability : Reliability, optional
        Of class probabilities.
    shift : ShiftReference, optional
        The columns of the training rows.
    """

    leaves_out_defaults: ClassVar[bool] = True

    calibration: IntervalCalibration | SetCalibration | None = None
    reliability: Reliability | None = None
    shift: ShiftReference | None = None
