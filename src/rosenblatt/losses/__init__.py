"""Losses over raw scores (theory L1-L3, L6-L14, L18-L21, R1, R2).

A loss owns its link: it takes the raw scores s of shape (n_samples, n_outputs) that leave the last
layer, and `inverse_link` turns them into predictions. `value` and `gradient` speak of single
samples; means, weights and penalties are the business of `backprop` and the engine.
"""

from rosenblatt.losses.base import Loss
from rosenblatt.losses.classification import BinaryCrossEntropy, CategoricalCrossEntropy
from rosenblatt.losses.distributions import Gaussian, NegativeBinomial
from rosenblatt.losses.focal import BinaryFocal, CategoricalFocal
from rosenblatt.losses.links import Link
from rosenblatt.losses.mixture import GaussianMixture
from rosenblatt.losses.policy import GaussianPolicyGradient, PolicyGradient
from rosenblatt.losses.quantile import Quantile
from rosenblatt.losses.registration import Targets, register
from rosenblatt.losses.regression import AbsoluteError, Huber, LogCosh, Poisson, SquaredError

__all__ = [
    "AbsoluteError",
    "BinaryCrossEntropy",
    "BinaryFocal",
    "CategoricalCrossEntropy",
    "CategoricalFocal",
    "Gaussian",
    "GaussianMixture",
    "GaussianPolicyGradient",
    "Huber",
    "Link",
    "LogCosh",
    "Loss",
    "NegativeBinomial",
    "Poisson",
    "PolicyGradient",
    "Quantile",
    "SquaredError",
    "Targets",
    "register",
]
