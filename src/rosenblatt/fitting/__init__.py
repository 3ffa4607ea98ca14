"""Fits as values: `begin` makes one from parameters, targets and rows, and it returns a model.

Estimators, searches and ensembles fit through this interface. A fit knows no estimator: it writes
a `FitLog` and returns a `rosenblatt.model.Model`.
"""

from rosenblatt.fitting.begin import begin
from rosenblatt.fitting.carried import CarriedState
from rosenblatt.fitting.class_targets import ClassTargets
from rosenblatt.fitting.data import Columns, ValidatedData, validated, validated_like
from rosenblatt.fitting.fits import Fit
from rosenblatt.fitting.log import FitLog
from rosenblatt.fitting.number_targets import NumberTargets
from rosenblatt.fitting.targets import TargetCodec
from rosenblatt.fitting.train_validation import TrainValidation, encoded

__all__ = [
    "CarriedState",
    "ClassTargets",
    "Columns",
    "Fit",
    "FitLog",
    "NumberTargets",
    "TargetCodec",
    "TrainValidation",
    "ValidatedData",
    "begin",
    "encoded",
    "validated",
    "validated_like",
]
