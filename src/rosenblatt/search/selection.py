"""The choice among candidates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = [
    "eligible",
    "favourites",
    "favourites_in",
    "highest",
    "smallest_within_one_standard_error",
    "standard_error",
]

Numbers = npt.NDArray[np.float64]
Integers = npt.NDArray[np.integer]


def standard_error(scores: Numbers) -> float:
    """Of the mean of one candidate's scores on the folds: s / √K, s² with K - 1 in its divisor."""
    n = len(scores)
    return float(np.std(scores, ddof=1) / np.sqrt(n)) if n > 1 else 0.0


def highest(means: Numbers) -> int:
    """The first of the highest mean score; NaN is below every number."""
    return int(np.argmax(np.where(np.isnan(means), -np.inf, means)))


def smallest_within_one_standard_error(scores: Numbers, sizes: Integers) -> int:
    """The one-standard-error rule (Breiman et al. 1984, 3.4.3).

    Of the candidates whose mean score lies within one standard error of the highest, the one of
    the fewest parameters; among those of as few, the highest score.

    Parameters
    ----------
    scores : array (n_candidates, n_folds)
    sizes : array (n_candidates,)
        Numbers of parameters.
    """
    means = scores.mean(axis=1)
    best = highest(means)
    near = np.flatnonzero(means >= means[best] - standard_error(scores[best]))
    if not len(near):  # nothing but NaN
        return best
    return int(min(near, key=lambda i: (sizes[i], -means[i], i)))


def eligible(rungs: Integers, status: npt.NDArray[np.str_]) -> Integers:
    """The indices of the candidates to choose from.

    Those are the finished ones, and those that the end of the search cut short, with their scores
    so far. If there are none, the eliminated ones of the highest rung.
    """
    remaining = np.isin(status, ["finished", "cut", "paused"])
    if remaining.any():
        return np.flatnonzero(remaining)
    eliminated = status == "eliminated"
    return np.flatnonzero(eliminated & (rungs == rungs[eliminated].max()))


def favourites(scores: Numbers, sizes: Integers, among: Integers) -> tuple[int, int]:
    """The indices of the highest mean score and of the one-standard-error rule's candidate."""
    scores, sizes = scores[among], sizes[among]
    best = highest(scores.mean(axis=1))
    return int(among[best]), int(among[smallest_within_one_standard_error(scores, sizes)])


def favourites_in(results: Mapping[str, Any], metric: str, n_folds: int) -> tuple[int, int]:
    """The same of `cv_results_`, by one metric."""
    scores = [results[f"split{fold}_test_{metric}"] for fold in range(n_folds)]
    among = eligible(results["rung"], results["status"])
    return favourites(np.column_stack(scores), results["n_parameters"], among)
