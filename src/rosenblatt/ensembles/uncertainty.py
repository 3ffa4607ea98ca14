"""Uncertainty of an ensemble: its members' spread; of classes, aleatoric and epistemic."""

from __future__ import annotations

from typing import NamedTuple, final

import numpy as np
from scipy.special import entr

from rosenblatt.support.types import FloatArray

__all__ = ["Uncertainty", "deviation", "entropies", "of_classes", "of_labels"]


@final
class Uncertainty(NamedTuple):
    """Entropies in nats, shape (n_samples,), or (n_samples, n_labels) of several labels.

    Attributes
    ----------
    predictive_entropy : array
        H(mean p), the total uncertainty: of the probabilities that the ensemble predicts.
    expected_entropy : array
        mean H(p), the aleatoric part: uncertainty within each member, such as overlapping classes.
    mutual_information : array
        Their difference, 0 or more, the epistemic part: the members' disagreement, large where
        there were no training data (Houlsby et al. 2011; Depeweg et al. 2018).
    """

    predictive_entropy: FloatArray
    expected_entropy: FloatArray
    mutual_information: FloatArray


def deviation(each: FloatArray) -> FloatArray:
    """Standard deviations over the first axis (ddof=1), also where squares overflow."""
    plain: FloatArray = each.std(axis=0, ddof=1)
    if np.isfinite(plain).all():
        return plain
    exponent = np.frexp(np.abs(each).max(axis=0))[1]
    scaled = np.ldexp(np.ldexp(each, -exponent).std(axis=0, ddof=1), exponent)
    return np.where(np.isfinite(plain), plain, scaled)


def of_classes(p: FloatArray) -> FloatArray:
    """-Σ p ln p over the last axis, whose probabilities sum to 1."""
    entropy: FloatArray = entr(p).sum(axis=-1)
    return entropy


def of_labels(p: FloatArray) -> FloatArray:
    """-p ln p - (1 - p) ln(1 - p), of each number by itself."""
    entropy: FloatArray = entr(p) + entr(1 - p)
    return entropy


def entropies(of_one: FloatArray, of_mean: FloatArray) -> Uncertainty:
    """From the members' entropies, along the first axis, and that of their mean."""
    expected = of_one.mean(axis=0)
    # Rounding aside the entropy is concave, so that the difference is not negative.
    return Uncertainty(of_mean, expected, np.maximum(of_mean - expected, 0))
