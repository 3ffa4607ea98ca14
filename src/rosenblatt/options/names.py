"""What the names that scikit-learn's users write stand for: below this room are only objects."""

from __future__ import annotations

from collections.abc import Sequence

from rosenblatt.activations import Activation, Sigmoid
from rosenblatt.initializers import Initializer, RandomBiasUniform
from rosenblatt.normalizations import BatchNorm, LayerNorm, Normalization
from rosenblatt.options.lookup import named

__all__ = ["NORMALIZATIONS", "initializer", "normalization"]

NORMALIZATIONS: dict[str, Normalization] = {"batch": BatchNorm(), "layer": LayerNorm()}


def normalization(given: str | Normalization | None) -> Normalization | None:
    """What the estimators' `normalization` stands for."""
    if not isinstance(given, str):
        return given
    otherwise = "None, or an object of rosenblatt.normalizations"
    return named(NORMALIZATIONS, given, "normalization", otherwise)


def initializer(activations: Sequence[Activation]) -> Initializer:
    """scikit-learn's initial weights, for what was chosen for the hidden layers."""
    return RandomBiasUniform(2.0 if all(isinstance(g, Sigmoid) for g in activations) else 6.0)
