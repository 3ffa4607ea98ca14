"""R² of numbers of any size."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from sklearn.metrics import r2_score

from rosenblatt.errors import InputError
from rosenblatt.support.caller_warning import warn_caller
from rosenblatt.support.held_numbers import refused_in_one_line
from rosenblatt.support.overflow import count_not_finite
from rosenblatt.support.squares import exponent_of, scaled_weights, sum_of_squares
from rosenblatt.support.types import Float64Array

__all__ = ["check_predicted", "r_squared", "told"]

Average = Literal["uniform_average", "variance_weighted"]


def r_squared(
    y: Any, prediction: Any, sample_weight: Any = None, *, multioutput: Average = "uniform_average"
) -> float:
    """R² as scikit-learn's `r2_score` gives it, also where its squares are no floats.

    They are then summed of numbers that powers of two have scaled, which changes no digit. An R²
    below all floats is -inf, with a warning.

    Parameters
    ----------
    y, prediction : array-like of shape (n_samples,) or (n_samples, n_targets)
    sample_weight : array-like of shape (n_samples,), optional
    multioutput : {'uniform_average', 'variance_weighted'}
        The mean over the targets, or the share of the variance of all of them.

    Raises
    ------
    ValueError
        For predictions that are not finite, and what scikit-learn refuses.
    """
    check_predicted(prediction)
    weighted = [] if sample_weight is None else [sample_weight]
    given = [np.asarray(a) for a in (y, prediction, *weighted)]
    if are_for_scikit_learn(given) or are_moderate(*given):
        with (
            np.errstate(over="ignore", invalid="ignore"),  # of its check for NaN and infinity
            refused_in_one_line("r2_score", {"y": y, "sample_weight": sample_weight}),
        ):
            return float(
                r2_score(y, prediction, sample_weight=sample_weight, multioutput=multioutput)
            )
    targets, predicted = (a.astype(np.float64).reshape(len(a), -1) for a in given[:2])
    weights = scaled_weights(given[2] if len(given) > 2 else None, len(targets))
    if multioutput == "variance_weighted":
        value = of_block(targets, predicted, weights)
    else:
        columns = [[j] for j in range(targets.shape[1])]
        value = float(np.mean([of_block(targets[:, j], predicted[:, j], weights) for j in columns]))
    return told(value, "R²")


def told(value: float, name: str) -> float:
    """The value, with a warning where it is -inf."""
    if value == -np.inf:
        warn_caller(
            f"{name} is below all floats, and given as -inf: predictions are far beyond the"
            " targets",
            RuntimeWarning,
        )
    return value


def check_predicted(prediction: Any) -> None:
    """InputError for predictions that are not finite, which no score measures."""
    predicted = np.asarray(prediction)
    if predicted.dtype.kind == "f" and predicted.ndim and (n := count_not_finite(predicted)):
        raise InputError(
            f"the predictions of {n} of {len(predicted)} rows are not finite, and have no score:"
            " scale the features as those of the training rows were"
        )


def are_for_scikit_learn(given: list[npt.NDArray[Any]]) -> bool:
    """Whether it refuses these arrays, or gives NaN with a warning, as for a single row."""
    y, prediction, *weights = given
    return bool(
        any(a.dtype.kind not in "fiub" or a.ndim not in (1, 2) for a in given)
        or len({len(a) for a in given}) > 1
        or y.size != prediction.size
        or len(y) < 2
        or not all(np.isfinite(a).all() for a in given)
        or any(w.ndim > 1 or (w < 0).any() or not w.any() for w in weights)
    )


def are_moderate(
    y: npt.NDArray[Any], prediction: npt.NDArray[Any], weights: npt.NDArray[Any] | None = None
) -> bool:
    """Whether squares of such numbers, their sums and ratios are well within the floats."""
    kinds = [a.dtype for a in (y, prediction) if a.dtype.kind == "f"]
    limit = 2.0 ** (min((np.finfo(kind).maxexp for kind in kinds), default=1024) // 3)
    largest = max(float(np.abs(a.astype(np.float64)).max()) for a in (y, prediction))
    if largest >= limit or 0 < largest <= 1 / limit:
        return False
    if weights is not None and not 1 / limit < float(weights.max()) < limit:
        return False
    spread = np.ptp(y.astype(np.float64), axis=0)
    return bool(((spread == 0) | (spread > max(largest, 1.0) / limit)).all())


def of_block(y: Float64Array, prediction: Float64Array, weights: Float64Array) -> float:
    """1 - Σ_i w_i ‖y_i - ŷ_i‖² / Σ_i w_i ‖y_i - ȳ‖²; of a constant y 1 if all ŷ are it, or 0."""
    # Halved, so that no difference overflows.
    k = 1 + max(exponent_of(y), exponent_of(prediction))
    errors, error_k = sum_of_squares(np.ldexp(y, -k) - np.ldexp(prediction, -k), weights)
    y_k = 1 + exponent_of(y)
    scaled = np.ldexp(y, -y_k)
    spread, spread_k = sum_of_squares(scaled - np.average(scaled, axis=0, weights=weights), weights)
    if not spread or (y == y[0]).all():
        return 0.0 if errors else 1.0
    with np.errstate(over="ignore"):
        return float(1 - np.ldexp(errors / spread, 2 * (error_k + k - spread_k - y_k)))
