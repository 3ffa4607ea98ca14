"""rosenblatt: the feed-forward neural network, done completely."""

from rosenblatt.estimators import (
    McCullochPittsNeuron,
    MLPClassifier,
    MLPRegressor,
    Perceptron,
    ThresholdNeuron,
)

__all__ = [
    "MLPClassifier",
    "MLPRegressor",
    "McCullochPittsNeuron",
    "Perceptron",
    "ThresholdNeuron",
]
