"""What the names that scikit-learn's users write stand for: below this room are only objects."""

from __future__ import annotations

from collections.abc import Sequence

from rosenblatt.activations import Activation, Sigmoid
from rosenblatt.initializers import Initializer, RandomBiasUniform
from rosenblatt.normalizations import Normalization
from rosenblatt.normalizations.registration import REGISTRY
from rosenblatt.options.lookup import named

__all__ = ["initializer", "normalization"]


def normalization(given: str | Normalization | None) -> Normalization | None:
    """What the estimators' `normalization` stands for."""
    if not isinstance(given, str):
        return given
    otherwise = "None, or an object of rosenblatt.normalizations"
    made = {name: record.cls for name, record in REGISTRY.by_name.items()}
    return named(made, given, "normalization", otherwise)()


def initializer(activations: Sequence[Activation]) -> Initializer:
    """scikit-learn's initial weights, for what was chosen for the hidden layers."""
    return RandomBiasUniform(2.0 if all(isinstance(g, Sigmoid) for g in activations) else 6.0)
