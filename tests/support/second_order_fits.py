"""Data and settings for the second-order solvers."""

from __future__ import annotations

from typing import Any

from rosenblatt import MLPRegressor

SMALL = {"hidden_layer_sizes": 4, "activation": "tanh", "alpha": 1.0, "random_state": 0}


def regressor(solver: Any, **parameters: Any) -> MLPRegressor:
    return MLPRegressor(**SMALL | {"solver": solver} | parameters)
