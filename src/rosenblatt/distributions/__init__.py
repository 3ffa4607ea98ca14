"""Distributions of the number to predict, from what a network learnt of them (theory U6)."""

from rosenblatt.distributions.distribution import Distribution, weighted_mean
from rosenblatt.distributions.families import Counts, Gaussians
from rosenblatt.distributions.of_scores import distribution_of, has_distribution

__all__ = [
    "Counts",
    "Distribution",
    "Gaussians",
    "distribution_of",
    "has_distribution",
    "weighted_mean",
]
