"""Several networks at once: their mean predicts, and their spread says how sure they are."""

from rosenblatt.ensembles.classifier import MLPEnsembleClassifier
from rosenblatt.ensembles.regressor import MLPEnsembleRegressor
from rosenblatt.ensembles.uncertainty import Uncertainty

__all__ = ["MLPEnsembleClassifier", "MLPEnsembleRegressor", "Uncertainty"]
