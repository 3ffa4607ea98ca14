"""The activation that a layer is given."""

from __future__ import annotations

from typing import Any

from rosenblatt.activations import Activation
from rosenblatt.support.listing import brief

__all__ = ["check_activation"]


def check_activation(value: Any) -> None:
    """An object, of which a network has no names."""
    if not isinstance(value, Activation):
        raise ValueError(f"activation must be an object such as ReLU(), got {brief(value)}")
