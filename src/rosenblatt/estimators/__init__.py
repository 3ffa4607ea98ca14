"""The scikit-learn face."""

from rosenblatt.estimators.classifier import MLPClassifier
from rosenblatt.estimators.perceptron import Perceptron
from rosenblatt.estimators.regressor import MLPRegressor
from rosenblatt.estimators.threshold_neuron import McCullochPittsNeuron, ThresholdNeuron

__all__ = [
    "MLPClassifier",
    "MLPRegressor",
    "McCullochPittsNeuron",
    "Perceptron",
    "ThresholdNeuron",
]
