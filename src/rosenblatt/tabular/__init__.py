"""Tables to predictions: data frames go in, and the networks are chosen and trained."""

from rosenblatt.tabular.classifier import TableClassifier
from rosenblatt.tabular.encoder import TableEncoder
from rosenblatt.tabular.preset import PRESETS, Preset
from rosenblatt.tabular.regressor import TableRegressor

__all__ = ["PRESETS", "Preset", "TableClassifier", "TableEncoder", "TableRegressor"]
