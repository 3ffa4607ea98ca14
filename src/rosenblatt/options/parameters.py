"""What each parameter may be, in the words of scikit-learn's validation."""

from __future__ import annotations

import os
from numbers import Integral, Real
from typing import Any

import numpy as np
from sklearn.utils._param_validation import Interval, Options, StrOptions

from rosenblatt.activations import Activation
from rosenblatt.averaging import EMA, SWA
from rosenblatt.checkpoints import Checkpoint
from rosenblatt.initializers import Initializer
from rosenblatt.normalizations import Normalization
from rosenblatt.optimizers import Optimizer
from rosenblatt.options.second_order import METHODS
from rosenblatt.schedules import RateRule

__all__ = ["CONSTRAINTS", "FLOAT_TYPES"]

FLOAT_TYPES = (np.float64, np.float32)

# What names stand for is `names`', `solvers`' and `rates`' business, which offer the nearest.
CONSTRAINTS: dict[str, list[Any]] = {
    "hidden_layer_sizes": ["array-like", Interval(Integral, 1, None, closed="left")],
    "activation": [str, Activation, list, tuple],
    "solver": [str, Optimizer, *METHODS],
    "alpha": [Interval(Real, 0, None, closed="left")],
    "batch_size": [StrOptions({"auto"}), Interval(Integral, 1, None, closed="left")],
    "learning_rate": [str, RateRule],
    "learning_rate_init": [Interval(Real, 0, None, closed="neither")],
    "power_t": [Interval(Real, 0, None, closed="left")],
    "max_iter": [Interval(Integral, 1, None, closed="left")],
    "shuffle": ["boolean"],
    "random_state": ["random_state"],
    "tol": [Interval(Real, 0, None, closed="left")],
    "verbose": ["verbose", StrOptions({"bar"})],
    "warm_start": ["boolean"],
    "momentum": [Interval(Real, 0, 1, closed="both")],
    "nesterovs_momentum": ["boolean"],
    "early_stopping": ["boolean"],
    "validation_fraction": [Interval(Real, 0, 1, closed="left")],
    "beta_1": [Interval(Real, 0, 1, closed="left")],
    "beta_2": [Interval(Real, 0, 1, closed="left")],
    "epsilon": [Interval(Real, 0, None, closed="neither")],
    "n_iter_no_change": [
        Interval(Integral, 1, None, closed="left"),
        Options(Real, {np.inf}),
    ],
    "max_fun": [Interval(Integral, 1, None, closed="left")],
    "dtype": [None, Options(object, {"bfloat16", "float32", "float64", *FLOAT_TYPES}), np.dtype],
    "n_jobs": [
        None,
        Interval(Integral, None, -1, closed="right"),
        Interval(Integral, 1, None, closed="left"),
    ],
    "deterministic": ["boolean"],
    "initializer": [None, str, Initializer],
    "l1": [Interval(Real, 0, None, closed="left")],
    "max_norm": [None, Interval(Real, 0, None, closed="neither")],
    "averaging": [None, str, EMA, SWA],
    "clip_norm": [None, Interval(Real, 0, None, closed="neither")],
    "clip_value": [None, Interval(Real, 0, None, closed="neither")],
    "grad_tol": [None, Interval(Real, 0, None, closed="left")],
    "max_time": [None, Interval(Real, 0, None, closed="neither")],
    "scoring": [None, str, callable],
    "on_divergence": [StrOptions({"raise", "restore"})],
    "callbacks": [None, list, tuple],
    "checkpoint": [None, str, os.PathLike, Checkpoint],
    "dropout": [Interval(Real, 0, 1, closed="left"), "array-like"],
    "input_noise": [Interval(Real, 0, None, closed="left")],
    "residual": ["boolean"],
    "normalization": [None, str, Normalization],
}
