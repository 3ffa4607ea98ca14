"""The scikit-learn face."""

from rosenblatt.estimators.classifier import MLPClassifier
from rosenblatt.estimators.perceptron import Perceptron
from rosenblatt.estimators.rate_finder import LearningRateTest, find_learning_rate
from rosenblatt.estimators.regressor import MLPRegressor
from rosenblatt.estimators.threshold_neuron import McCullochPittsNeuron, ThresholdNeuron

__all__ = [
    "LearningRateTest",
    "MLPClassifier",
    "MLPRegressor",
    "McCullochPittsNeuron",
    "Perceptron",
    "ThresholdNeuron",
    "find_learning_rate",
]
