"""Faults of methods that use curvature."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = ["FAULTS"]


def without_the_step(H, s, y):
    """The update of BFGS without its last term, ρ s sᵀ."""
    left = np.eye(len(s)) - np.outer(s, y) / (s @ y)
    return left @ H @ left.T + 1e-3 * np.eye(len(s))


def of_parameters(theta, X):
    """A matrix that does not transform as Fisher's: that of the parameters' own scale."""
    return np.diag(1 + theta**2)


def half(J, r, mu):
    """Half of the step."""
    return np.linalg.lstsq(J.T @ J + mu * np.eye(J.shape[1]), -J.T @ r, rcond=None)[0] / 2


FAULTS: dict[str, Callable[[], dict[str, Any]]] = {
    "G15": lambda: {"update": without_the_step},
    "G16": lambda: {"matrix": of_parameters},
    "G17": lambda: {"step": half},
}
