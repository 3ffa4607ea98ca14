"""How far predictions are off: conformal intervals and sets, calibration, and unusual rows.

Everything here is plain data of bounded size, learnt from rows that the networks had not seen.
"""

from rosenblatt.uncertainty.error_scale import ErrorScale
from rosenblatt.uncertainty.intervals import IntervalCalibration
from rosenblatt.uncertainty.quantiles import quantiles_of
from rosenblatt.uncertainty.reliability import Reliability, ReliabilityBin
from rosenblatt.uncertainty.score_distribution import ScoreDistribution, effective_number
from rosenblatt.uncertainty.sets import LEAST_SURPRISE, SetCalibration
from rosenblatt.uncertainty.shift import ColumnShift, Shift, ShiftReference
from rosenblatt.uncertainty.uncertainty import Uncertainty

__all__ = [
    "LEAST_SURPRISE",
    "ColumnShift",
    "ErrorScale",
    "IntervalCalibration",
    "Reliability",
    "ReliabilityBin",
    "ScoreDistribution",
    "SetCalibration",
    "Shift",
    "ShiftReference",
    "Uncertainty",
    "effective_number",
    "quantiles_of",
]
