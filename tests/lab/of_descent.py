"""Faults of gradient descent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from rosenblatt.optimizers import SGD

__all__ = ["FAULTS"]


def under_a_root(gradients):
    """The gradient of a batch, divided by the root of its rows and not by their number."""
    return gradients.sum(axis=1) / np.sqrt(gradients.shape[1])


FAULTS: dict[str, Callable[[], dict[str, Any]]] = {
    "G2": lambda: {"rule": lambda lr: SGD(-lr)},
    "G3": lambda: {"step": lambda gg, gHg: 2 * gg / gHg},
    "G4": lambda: {"rule": lambda lr: SGD(lr / 100)},
    "G5": lambda: {"rule": lambda lr: SGD(lr / 10)},
    "G6": lambda: {"of_batch": under_a_root},
    "G11": lambda: {"rule": lambda lr: SGD(lr / 1000)},
    "G12": lambda: {"rule": lambda lr: SGD(-lr)},
}
