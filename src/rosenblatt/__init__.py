"""rosenblatt: the feed-forward neural network, done completely."""

from rosenblatt.estimators import MLPClassifier, MLPRegressor, Perceptron, ThresholdNeuron

__all__ = ["MLPClassifier", "MLPRegressor", "Perceptron", "ThresholdNeuron"]
