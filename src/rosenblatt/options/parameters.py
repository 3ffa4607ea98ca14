"""The parameters of a fit: their defaults, and the values that each of them accepts."""

from __future__ import annotations

import os
from dataclasses import dataclass, fields
from numbers import Integral, Real
from typing import Any, final

import numpy as np
from sklearn.utils._param_validation import Interval, Options, StrOptions

from rosenblatt.activations import Activation
from rosenblatt.averaging import EMA, SWA
from rosenblatt.checkpoints import Checkpoint
from rosenblatt.initializers import Initializer
from rosenblatt.normalizations import Normalization
from rosenblatt.options.intervals import NOT_NEGATIVE, POSITIVE, AnyOf
from rosenblatt.options.solvers import FAMILIES
from rosenblatt.schedules import RateRule

__all__ = ["CONSTRAINTS", "FLOAT_TYPES", "Parameters"]

MOST_EPOCHS = 2**53  # a million years of them, and a count that every format holds

FLOAT_TYPES = (np.float64, np.float32)

# Any string passes here: the modules that resolve names suggest the nearest one.
CONSTRAINTS: dict[str, list[Any]] = {
    "hidden_layer_sizes": ["array-like", Interval(Integral, 1, None, closed="left")],
    "activation": [str, Activation, list, tuple],
    "solver": [str, *(kind for family in FAMILIES for kind in family.objects())],
    "alpha": [NOT_NEGATIVE],
    "batch_size": [StrOptions({"auto"}), Interval(Integral, 1, None, closed="left")],
    "learning_rate": [str, RateRule],
    "learning_rate_init": [POSITIVE],
    "power_t": [NOT_NEGATIVE],
    "max_iter": [Interval(Integral, 1, MOST_EPOCHS, closed="both")],
    "shuffle": ["boolean"],
    "random_state": ["random_state"],
    "tol": [NOT_NEGATIVE],
    "verbose": ["verbose", StrOptions({"bar"})],
    "warm_start": ["boolean"],
    "momentum": [Interval(Real, 0, 1, closed="both")],
    "nesterovs_momentum": ["boolean"],
    "early_stopping": ["boolean"],
    "validation_fraction": [Interval(Real, 0, 1, closed="left")],
    "beta_1": [Interval(Real, 0, 1, closed="left")],
    "beta_2": [Interval(Real, 0, 1, closed="left")],
    "epsilon": [POSITIVE],
    "n_iter_no_change": [
        Interval(Integral, 1, None, closed="left"),
        Options(Real, {np.inf}),
    ],
    "max_fun": [Interval(Integral, 1, None, closed="left")],
    "dtype": [None, AnyOf({"bfloat16", "float32", "float64", *FLOAT_TYPES}), np.dtype],
    "n_jobs": [
        None,
        Interval(Integral, None, -1, closed="right"),
        Interval(Integral, 1, None, closed="left"),
    ],
    "deterministic": ["boolean"],
    "initializer": [None, str, Initializer],
    "l1": [NOT_NEGATIVE],
    "max_norm": [None, POSITIVE],
    "averaging": [None, str, EMA, SWA],
    "clip_norm": [None, POSITIVE],
    "clip_value": [None, POSITIVE],
    "grad_tol": [None, NOT_NEGATIVE],
    "max_time": [None, POSITIVE],
    "scoring": [None, str, callable],
    "on_divergence": [StrOptions({"raise", "restore"})],
    "callbacks": [None, list, tuple],
    "checkpoint": [None, str, os.PathLike, Checkpoint],
    "dropout": [Interval(Real, 0, 1, closed="left"), "array-like"],
    "input_noise": [NOT_NEGATIVE],
    "residual": ["boolean"],
    "normalization": [None, str, Normalization],
}


@final
@dataclass(frozen=True, eq=False)
class Parameters:
    """The parameters that classifiers and regressors have in common, as one value.

    `MLPClassifier` documents each of them. The parameters that only one kind of target has, `loss`
    and `class_weight`, belong to `rosenblatt.fitting.TargetCodec`.
    """

    hidden_layer_sizes: Any = (100,)
    activation: Any = "relu"
    solver: Any = "adam"
    alpha: float = 0.0001
    batch_size: int | str = "auto"
    learning_rate: str | RateRule = "constant"
    learning_rate_init: float = 0.001
    power_t: float = 0.5
    max_iter: int = 200
    shuffle: bool = True
    random_state: Any = None
    tol: float = 1e-4
    verbose: bool | int | str = False
    warm_start: bool = False
    momentum: float = 0.9
    nesterovs_momentum: bool = True
    early_stopping: bool = False
    validation_fraction: float = 0.1
    beta_1: float = 0.9
    beta_2: float = 0.999
    epsilon: float = 1e-8
    n_iter_no_change: float = 10
    max_fun: int = 15000
    l1: float = 0.0
    max_norm: float | None = None
    averaging: Any = None
    clip_norm: float | None = None
    clip_value: float | None = None
    grad_tol: float | None = None
    max_time: float | None = None
    scoring: Any = None
    n_jobs: int | None = None
    deterministic: bool = False
    dtype: Any = None
    dropout: Any = 0.0
    residual: bool = False
    normalization: Any = None
    input_noise: float = 0.0
    initializer: Any = None
    callbacks: Any = None
    checkpoint: Any = None
    on_divergence: str = "raise"

    @classmethod
    def of(cls, estimator: Any) -> Parameters:
        """The current parameters of an estimator; later changes to it have no effect on them."""
        made = object.__new__(cls)
        # One call in place of an `object.__setattr__` for each: every `partial_fit` comes here.
        made.__dict__.update({name: getattr(estimator, name) for name in NAMES})
        made.__dict__.update({name: bool(getattr(estimator, name)) for name in SWITCHES})
        return made

    @property
    def prints_lines(self) -> bool:
        """Whether every epoch or iteration prints a line."""
        return bool(self.verbose) and self.verbose != "bar"

    @property
    def bfloat16(self) -> bool:
        """Whether large matrix products round their operands to bfloat16."""
        return isinstance(self.dtype, str) and self.dtype == "bfloat16"

    def input_dtypes(self, trained: Any = None) -> Any:
        """The float types that X may keep; X of another type is converted to the first.

        Parameters
        ----------
        trained : dtype, optional
            That of the weights to continue from, which `dtype=None` keeps.
        """
        if self.bfloat16:
            return np.dtype(np.float32)
        if self.dtype is not None:
            return np.dtype(self.dtype)
        return FLOAT_TYPES if trained is None else trained


NAMES = tuple(field.name for field in fields(Parameters))
# NumPy's booleans pass the validation too; the compiled engine takes Python's alone.
SWITCHES = tuple(name for name in NAMES if CONSTRAINTS[name] == ["boolean"])
