"""rosenblatt: the feed-forward neural network, done completely."""

from rosenblatt.estimators import (
    McCullochPittsNeuron,
    MLPClassifier,
    MLPRegressor,
    Perceptron,
    ThresholdNeuron,
    find_learning_rate,
)

__version__ = "0.1.0"

__all__ = [
    "MLPClassifier",
    "MLPRegressor",
    "McCullochPittsNeuron",
    "Perceptron",
    "ThresholdNeuron",
    "find_learning_rate",
]
