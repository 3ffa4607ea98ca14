"""The types of what a layer is made of: each check raises a ValueError that names the field."""

from __future__ import annotations

from numbers import Integral, Real
from typing import Any

import numpy as np

from rosenblatt.activations import Activation

__all__ = ["check_activation", "check_boolean", "check_count", "check_real"]


def check_count(name: str, value: Any) -> None:
    """A whole number; its range is the layer's affair."""
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise ValueError(f"{name} must be a whole number, got {value!r}")


def check_real(name: str, value: Any) -> None:
    """A number; its range is the layer's affair."""
    if isinstance(value, bool) or not isinstance(value, Real):
        raise ValueError(f"{name} must be a number, got {value!r}")


def check_boolean(name: str, value: Any) -> None:
    """True or False."""
    if not isinstance(value, (bool, np.bool_)):
        raise ValueError(f"{name} must be True or False, got {value!r}")


def check_activation(value: Any) -> None:
    """An object, of which a network has no names."""
    if not isinstance(value, Activation):
        raise ValueError(f"activation must be an object such as ReLU(), got {value!r}")
