"""The estimators with scikit-learn's interface."""

from typing import Any

from rosenblatt.estimators.classifier import MLPClassifier
from rosenblatt.estimators.regressor import MLPRegressor
from rosenblatt.support.moved import moved_attribute

__all__ = ["MLPClassifier", "MLPRegressor"]

MOVED = {
    "LearningRateTest": "rosenblatt.search",
    "McCullochPittsNeuron": "rosenblatt.perceptron",
    "Perceptron": "rosenblatt.perceptron",
    "ThresholdNeuron": "rosenblatt.perceptron",
    "find_learning_rate": "rosenblatt.search",
}


def __getattr__(name: str) -> Any:
    return moved_attribute(__name__, name, MOVED)
