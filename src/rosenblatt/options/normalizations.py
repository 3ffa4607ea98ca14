"""From the parameter `normalization` to an object of rosenblatt.normalizations."""

from __future__ import annotations

from rosenblatt.normalizations import Normalization
from rosenblatt.normalizations.registration import REGISTRY
from rosenblatt.options.names import member

__all__ = ["normalization"]


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
    known = {name: record.cls for name, record in REGISTRY.by_name.items()}
    return member(known, given, "normalization", otherwise)()
