"""From the parameter `normalization` to an object of rosenblatt.normalizations."""

from __future__ import annotations

from rosenblatt.normalizations import BatchNorm, LayerNorm, Normalization
from rosenblatt.options.names import member

__all__ = ["NORMALIZATIONS", "normalization"]

NORMALIZATIONS: dict[str, Normalization] = {"batch": BatchNorm(), "layer": LayerNorm()}


def normalization(given: str | Normalization | None) -> Normalization | None:
    """The normalisation of the hidden layers, or None.

    Raises
    ------
    ValueError
        If the name is not known.
    """
    if not isinstance(given, str):
        return given
    otherwise = "None, or an object of rosenblatt.normalizations"
    return member(NORMALIZATIONS, given, "normalization", otherwise)
