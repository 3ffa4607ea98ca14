"""Convolutional networks with scikit-learn's interface, and what they have learnt in pictures."""

from rosenblatt.pictures.classifier import ConvNetClassifier
from rosenblatt.pictures.displays.feature_maps import FeatureMapDisplay
from rosenblatt.pictures.displays.filters import FilterDisplay
from rosenblatt.pictures.displays.most_confused import MostConfusedDisplay
from rosenblatt.pictures.displays.saliency import SaliencyDisplay
from rosenblatt.pictures.regressor import ConvNetRegressor

__all__ = [
    "ConvNetClassifier",
    "ConvNetRegressor",
    "FeatureMapDisplay",
    "FilterDisplay",
    "MostConfusedDisplay",
    "SaliencyDisplay",
]
