"""Convolutional networks with scikit-learn's interface."""

from rosenblatt.pictures.classifier import ConvNetClassifier
from rosenblatt.pictures.regressor import ConvNetRegressor

__all__ = ["ConvNetClassifier", "ConvNetRegressor"]
