"""rosenblatt: the feed-forward neural network, done completely."""

from rosenblatt.checkpoints import Checkpoint
from rosenblatt.ensembles import MLPEnsembleClassifier, MLPEnsembleRegressor
from rosenblatt.estimators import (
    McCullochPittsNeuron,
    MLPClassifier,
    MLPRegressor,
    Perceptron,
    ThresholdNeuron,
    find_learning_rate,
)
from rosenblatt.search import StructureSearchCV, StructureSearchDisplay

__version__ = "0.1.0"

__all__ = [
    "Checkpoint",
    "MLPClassifier",
    "MLPEnsembleClassifier",
    "MLPEnsembleRegressor",
    "MLPRegressor",
    "McCullochPittsNeuron",
    "Perceptron",
    "StructureSearchCV",
    "StructureSearchDisplay",
    "ThresholdNeuron",
    "find_learning_rate",
]
