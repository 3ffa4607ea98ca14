"""From the raw scores of networks to the distribution that their loss is the likelihood of (U6)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from rosenblatt.distributions.distribution import Distribution
from rosenblatt.distributions.families import Counts, Family, Gaussians
from rosenblatt.errors import InputError
from rosenblatt.losses import Gaussian, GaussianMixture, Loss, NegativeBinomial, Poisson
from rosenblatt.support.overflow import warn_of_overflow
from rosenblatt.support.types import Float64Array, FloatArray

__all__ = ["distribution_of", "has_distribution"]

Components = tuple[Family, Float64Array]


def gaussian(predicted: Float64Array, mean: float, scale: float) -> Components:
    location, sigma = predicted[..., 0].T, predicted[..., 1].T
    return Gaussians(location * scale + mean, sigma * scale), equal(location)


def mixture(predicted: Float64Array, mean: float, scale: float) -> Components:
    n_networks, n = predicted.shape[:2]
    weighted, pi, sigma = (
        part.transpose(1, 0, 2).reshape(n, -1) for part in np.split(predicted, 3, axis=2)
    )
    # A component without weight is of no consequence, wherever it is.
    location = np.divide(weighted, pi, out=np.zeros_like(pi), where=pi > 0)
    return Gaussians(location * scale + mean, sigma * scale), pi / n_networks


def poisson(predicted: Float64Array, mean: float, scale: float) -> Components:
    rate = predicted[..., 0].T
    return Counts(rate, np.zeros_like(rate)), equal(rate)


def negative_binomial(predicted: Float64Array, mean: float, scale: float) -> Components:
    rate, dispersion = predicted[..., 0].T, predicted[..., 1].T
    return Counts(rate, dispersion), equal(rate)


def equal(parameters: Float64Array) -> Float64Array:
    return np.full(parameters.shape, 1 / parameters.shape[1])


MAKERS: Mapping[type[Loss], Callable[[Float64Array, float, float], Components]] = {
    Gaussian: gaussian,
    GaussianMixture: mixture,
    NegativeBinomial: negative_binomial,
    Poisson: poisson,
}


def has_distribution(loss: Loss) -> bool:
    """Whether the loss is the negative log likelihood of a distribution."""
    return type(loss) in MAKERS


def distribution_of(
    loss: Loss,
    scores: Sequence[FloatArray],
    mean: float = 0.0,
    scale: float = 1.0,
    *,
    X: Any = None,
) -> Distribution:
    """The mixture of what the networks predict.

    Warns of finite rows whose distribution is not finite.

    Parameters
    ----------
    loss : Loss
    scores : sequence of arrays (n_rows, n_outputs)
        Raw scores of each network, for one target.
    mean, scale : float
        What was learnt is (y - mean)/scale; a density is one of y. Counts are learnt as they are.
    X : array or sparse matrix (n_rows, n_features), optional
        The rows that were predicted, which the warning looks at.

    Raises
    ------
    InputError
        If the loss says nothing of the distribution.
    """
    maker = MAKERS.get(type(loss))
    if maker is None:
        raise InputError(
            f"the loss {type(loss).__name__} predicts no distribution: fit again with 'gaussian',"
            " 'mixture', or of counts 'negative_binomial' or 'poisson'"
        )
    # What is above all floats is inf, and a warning counts it.
    with np.errstate(over="ignore", invalid="ignore"):
        each = [loss.inverse_link(of_network.astype(np.float64)) for of_network in scores]
        predicted = np.stack(each).astype(np.float64, copy=False)
        family, weights = maker(predicted, mean, scale)
    if X is not None:
        # Where scores of single precision are not finite, double precision is the remedy.
        raw = np.concatenate(scores, axis=1)
        found = np.concatenate([*family.parameters, weights], axis=1)
        warn_of_overflow(found if np.isfinite(raw).all() else raw, X)
    return Distribution(family, weights)
