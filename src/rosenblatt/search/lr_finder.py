"""The learning-rate range test (Smith 2017): finds a learning rate before training."""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator
from dataclasses import dataclass, field, is_dataclass, replace
from numbers import Integral
from typing import Any, cast, final

import numpy as np
import numpy.typing as npt
from scipy.ndimage import gaussian_filter1d
from sklearn.utils import check_random_state, indexable

from rosenblatt.errors import DivergenceError
from rosenblatt.estimators.access import cloned, learn_targets, takes_numbers
from rosenblatt.estimators.base import BaseMLP
from rosenblatt.fitting import CarriedState, TrainValidation, begin, encoded, validated
from rosenblatt.fitting.batch_size import batch_size_of
from rosenblatt.fitting.train_validation import weighed
from rosenblatt.model import Model
from rosenblatt.options.compatibility import refusal
from rosenblatt.options.features import LEARNING_RATE
from rosenblatt.options.intervals import POSITIVE
from rosenblatt.options.parameters import Parameters
from rosenblatt.support.axes import axes_of
from rosenblatt.support.listing import brief
from rosenblatt.support.plain_values import even_rows
from rosenblatt.support.sparse_matrices import check_sparse

__all__ = ["LearningRateTest", "find_learning_rate"]

MOST_STEPS = 1_000_000

Curve = npt.NDArray[np.float64]

# Fraction of the steps over which the curve is smoothed: with half of it the noise of batches was
# sometimes steeper than the fall. The test ends once a loss exceeds the smallest by so many times
# the first.
SMOOTHING, BLOW_UP = 0.06, 4.0

# Parameters that concern a whole fit and are switched off for single steps.
OF_WHOLE_FITS: dict[str, Any] = {
    "learning_rate": "constant",
    "early_stopping": False,
    "scoring": None,
    "averaging": None,
    "callbacks": None,
    "checkpoint": None,
    "grad_tol": None,
    "max_time": None,
    "verbose": False,
    "warm_start": False,
    "on_divergence": "raise",
}


@final
@dataclass(frozen=True, eq=False)
class LearningRateTest:
    """The result of a learning-rate range test.

    Attributes
    ----------
    suggestion : float
        The rate at which the smoothed loss fell most steeply over the logarithm of the rate, before
        its minimum and so before it blew up.
    rates : array of shape (n_steps,)
        The rate of every step, growing geometrically.
    losses : array of shape (n_steps,)
        The objective on the step's batch, before the step.
    smoothed : array of shape (n_steps,)
        The losses under a Gaussian window over the logarithm of the rate.
    """

    suggestion: float
    rates: Curve = field(repr=False)
    losses: Curve = field(repr=False)
    smoothed: Curve = field(repr=False)

    def plot(self, ax: Any = None) -> Any:
        """Draw the curve and the suggestion on `ax`, or on a new figure; needs matplotlib.

        Returns
        -------
        ax : matplotlib.axes.Axes
        """
        ax = axes_of(ax, "plot()")
        ax.plot(self.rates, self.losses, alpha=0.35, label="loss of a batch")
        ax.plot(self.rates, self.smoothed, label="smoothed")
        ax.axvline(
            self.suggestion,
            linestyle="--",
            color="black",
            label=f"suggestion {self.suggestion:.2g}",
        )
        ax.set(xscale="log", xlabel="learning rate", ylabel="loss")
        ax.legend()
        return ax


def find_learning_rate(
    estimator: Any,
    X: Any,
    y: Any,
    sample_weight: Any = None,
    *,
    lowest: float = 1e-6,
    highest: float = 10.0,
    n_steps: int = 120,
) -> LearningRateTest:
    """Train a copy for a few steps at geometrically growing rates, and find the steepest descent.

    Take the suggestion as `learning_rate_init`, or as the `lr` of an optimiser object; the peak of
    a 'one_cycle' may lie somewhat above it.

    Parameters
    ----------
    estimator : MLPClassifier, MLPRegressor, or a Pipeline that ends in one
        Is left as it is. Its solver must be a first-order one; its schedule is not followed, and
        what else belongs to whole fits, such as early stopping, averaging and callbacks, is left
        out. With a `random_state` the result is always the same.
    X, y, sample_weight : as in `fit`
    lowest, highest : float
        The first and the last rate.
    n_steps : int
        Steps, each on a batch of the estimator's `batch_size`.

    Raises
    ------
    ValueError
        If no rate in the range makes the loss fall, or the solver is a full-batch one.

    Returns
    -------
    LearningRateTest
    """
    in_order = POSITIVE.is_satisfied_by(lowest) and POSITIVE.is_satisfied_by(highest)
    if not (in_order and lowest < highest):
        raise ValueError(
            f"0 < lowest < highest is needed, got lowest={brief(lowest)}, highest={brief(highest)}."
        )
    if not isinstance(n_steps, Integral) or not 10 <= n_steps <= MOST_STEPS:
        raise ValueError(
            f"n_steps must be a whole number from 10 to {MOST_STEPS:,}, got {brief(n_steps)}:"
            " a curve needs points, and keeps all of them."
        )
    check_sparse(X)
    check_sparse(y, "y")
    mlp, X = prepared(estimator, X, y)
    refused = refusal(LEARNING_RATE, mlp.solver, "find_learning_rate")
    if refused is not None:
        raise ValueError(refused)
    mlp.set_params(**OF_WHOLE_FITS).set_callbacks()
    rates = np.geomspace(float(lowest), float(highest), int(n_steps))
    losses = np.array(list(losses_at(mlp, rates, X, y, sample_weight)))
    return evaluated(rates, losses)


def prepared(estimator: Any, X: Any, y: Any) -> tuple[Any, Any]:
    """A copy of the network, and X transformed by the steps before it."""
    from sklearn.pipeline import Pipeline  # keeps start-up fast

    last = estimator[-1] if isinstance(estimator, Pipeline) else estimator
    if not isinstance(last, BaseMLP):
        raise TypeError(
            "find_learning_rate takes an MLPClassifier, an MLPRegressor or a Pipeline that ends in"
            f" one, got {type(estimator).__name__}: give the network inside, with its data."
        )
    copied = cloned(estimator)
    if isinstance(copied, Pipeline):
        if len(copied) > 1:
            X = copied[:-1].fit_transform(X, y)
        copied = copied[-1]
    return copied, X


def losses_at(mlp: BaseMLP, rates: Curve, X: Any, y: Any, weights: Any) -> Iterator[float]:
    """The loss of one batch after another, each before a step at its rate, until it blows up."""
    with even_rows(X=X, y=y):
        X, y = indexable(X, y)
    p, rng = Parameters.of(mlp), check_random_state(mlp.random_state)
    numeric = takes_numbers(mlp)
    table = validated(mlp, X, y, weights, numeric=numeric, dtype=p.input_dtypes())
    targets = learn_targets(mlp, table.y)
    data = weighed(encoded(targets, table).train, targets.row_weights)
    if not numeric:  # the weights of classes, which no batch knows, are in the rows' by now
        targets = targets.with_options(class_weight=None)
    rows = np.arange(len(data.y))
    if data.weights is not None:
        rows = rows[data.weights > 0]
    size = batch_size_of(p.batch_size, len(rows))
    first, least = math.nan, math.inf
    model: Model | None = None
    carried: CarriedState | None = None
    for rate, batch in zip(rates, batches(rows, size, rng), strict=False):
        step = replace(at_rate(p, float(rate)), batch_size=size)
        part = TrainValidation(data.part(batch))
        fit = begin(step, targets, part, initial=model, carried=carried, incremental=True)
        try:
            fit.run()
            model, carried = fit.result(), fit.carried
        except DivergenceError:
            return
        if fit.interrupted:  # which ends a fit, and here one step of many
            raise KeyboardInterrupt
        loss = fit.log.loss
        first, least = loss if math.isnan(first) else first, min(least, loss)
        if not loss - least <= BLOW_UP * abs(first):
            return
        yield loss


def batches(
    rows: npt.NDArray[np.int64], size: int, rng: np.random.RandomState
) -> Iterator[npt.NDArray[np.int64]]:
    """An endless sequence of full batches, in a new order after every pass over the rows."""
    while True:
        order = rng.permutation(rows)
        for start in range(0, len(rows) - size + 1, size):
            yield order[start : start + size]


def at_rate(p: Parameters, rate: float) -> Parameters:
    """The same parameters with another learning rate, of a copy where the solver is an object."""
    if isinstance(p.solver, str):
        return replace(p, learning_rate_init=rate)
    if is_dataclass(p.solver):
        return replace(p, solver=replace(cast(Any, p.solver), lr=rate))
    solver: Any = copy.copy(p.solver)
    solver.lr = rate
    return replace(p, solver=solver)


def evaluated(rates: Curve, losses: Curve) -> LearningRateTest:
    """Suggest the rate at the steepest fall of the smoothed curve, before its minimum."""
    if len(losses) < 3:
        raise ValueError(
            f"The loss blew up at once, at a learning rate of {rates[len(losses)]:g}: begin with a"
            " smaller `lowest`, or scale inputs and targets to unit variance."
        )
    rates = rates[: len(losses)]
    smoothed = gaussian_filter1d(losses, max(1.0, SMOOTHING * len(losses)))
    slopes = np.gradient(smoothed, np.log(rates))
    before = slopes[: int(np.argmin(smoothed)) + 1]
    steepest = int(np.argmin(before))
    if not before[steepest] < 0:
        raise ValueError(
            f"No learning rate from {rates[0]:g} to {rates[-1]:g} made the loss fall: take another"
            " range, more steps, or inputs and targets of unit variance."
        )
    return LearningRateTest(float(rates[steepest]), rates, losses, smoothed)
