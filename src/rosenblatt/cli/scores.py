"""Scores of the command line; None where the rows do not define one."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from rosenblatt.support.squares import exponent_of, root_mean_square, scaled_weights
from rosenblatt.support.types import FloatArray, IntArray

MetricScores = dict[str, float | None]
Weights = npt.NDArray[np.float64] | None

# The smallest probability that enters a logarithm, as in scikit-learn's log loss.
P_MIN = float(np.finfo(np.float64).eps)


def classification_scores(
    codes: IntArray, probabilities: FloatArray, weights: Weights, decided: IntArray | None = None
) -> MetricScores:
    """Scores of class probabilities, shape (n, n_classes), against class codes, shape (n,).

    Codes from n_classes on stand for labels that the model does not have: no prediction hits them.
    `roc_auc` is the area for the second class of two, and for more classes the mean of each class
    against the rest; it needs rows of every class. `balanced_accuracy` is the mean recall over the
    classes that occur. Both are of the classes decided, which are the most probable ones if not
    given.
    """
    if not _any_weight(codes, weights):
        return dict.fromkeys(("accuracy", "balanced_accuracy", "log_loss", "roc_auc"))
    hit = (probabilities.argmax(axis=1) if decided is None else decided) == codes
    known = codes < probabilities.shape[1]
    p_true = np.zeros(len(codes))
    p_true[known] = probabilities[np.flatnonzero(known), codes[known]]
    return {
        "accuracy": float(np.average(hit, weights=weights)),
        "balanced_accuracy": _mean_recall(codes, hit, weights),
        "log_loss": float(np.average(-np.log(np.clip(p_true, P_MIN, 1)), weights=weights)),
        "roc_auc": _roc_auc(codes, probabilities, weights),
    }


def regression_scores(y: FloatArray, predicted: FloatArray, weights: Weights) -> MetricScores:
    """R², root mean squared error and mean absolute error, the latter two in the target's units."""
    if not _any_weight(y, weights):
        return dict.fromkeys(("r2", "rmse", "mae"))
    unit = scaled_weights(weights, len(y))
    numbers, predictions = y.astype(np.float64), predicted.astype(np.float64)
    y_k = 1 + exponent_of(numbers)
    k = max(y_k, 1 + exponent_of(predictions))
    error = np.ldexp(numbers, -k) - np.ldexp(predictions, -k)
    scaled = np.ldexp(numbers, -y_k)
    spread = root_mean_square(scaled - np.average(scaled, weights=unit), unit)
    rmse = root_mean_square(error, unit)
    with np.errstate(over="ignore"):
        return {
            "r2": float(1 - np.ldexp(np.square(rmse / spread), 2 * (k - y_k))) if spread else None,
            "rmse": float(np.ldexp(rmse, k)),
            "mae": float(np.ldexp(np.average(np.abs(error), weights=unit), k)),
        }


def _any_weight(y: npt.NDArray[np.generic], weights: Weights) -> bool:
    """Whether a mean over these rows exists."""
    return bool(len(y) if weights is None else weights.sum() > 0)


def _mean_recall(codes: IntArray, hit: npt.NDArray[np.bool_], weights: Weights) -> float:
    total = np.bincount(codes, weights)
    found = np.bincount(codes, hit if weights is None else hit * weights)
    present = total > 0
    return float((found[present] / total[present]).mean())


def _roc_auc(codes: IntArray, probabilities: FloatArray, weights: Weights) -> float | None:
    n_classes = probabilities.shape[1]
    if (np.bincount(codes, weights, minlength=n_classes) == 0).any():
        return None
    positive = [1] if n_classes == 2 else range(n_classes)
    return float(np.mean([_area(codes == k, probabilities[:, k], weights) for k in positive]))


def _area(positive: npt.NDArray[np.bool_], p: FloatArray, weights: Weights) -> float:
    """The weight of the pairs of a positive and a negative row that p puts in their order.

    It is the share of all such pairs; a pair with the same p counts half.
    """
    w = np.ones(len(p)) if weights is None else weights
    _, ranks = np.unique(p, return_inverse=True)
    of_positive = np.bincount(ranks, w * positive)
    of_negative = np.bincount(ranks, w * ~positive)
    below = np.cumsum(of_negative) - of_negative / 2
    return float(of_positive @ below / (of_positive.sum() * of_negative.sum()))
