"""What the functions of this package are given."""

from __future__ import annotations

from typing import Any

import numpy as np

from rosenblatt.curvature.objective import Objective
from rosenblatt.support.field_types import check_count, check_real
from rosenblatt.support.listing import brief
from rosenblatt.support.types import Float64Array

__all__ = ["check_at_least", "check_objective", "check_seed", "point_of"]


def check_objective(objective: Any) -> None:
    if not isinstance(objective, Objective):
        raise TypeError(
            "objective must be an Objective, such as the first one that objective_of returns, got"
            f" {brief(objective)}."
        )


def point_of(objective: Any, theta: Any) -> Float64Array:
    """The parameters at which an objective is looked at, finite."""
    check_objective(objective)
    point: Float64Array = objective.vector("theta", theta)
    if not np.isfinite(point).all():
        raise ValueError("theta must be finite numbers, and holds NaN or an infinity.")
    return point


def check_at_least(name: str, value: Any, least: float) -> None:
    """A finite number that is not smaller."""
    check_real(name, value)
    if not least <= value < np.inf:
        raise ValueError(f"{name} must be a finite number of {least:g} or more, got {value}.")


def check_seed(seed: Any) -> None:
    check_count("random_state", seed)
    if seed < 0:
        raise ValueError(f"random_state must be 0 or more, got {seed}.")
