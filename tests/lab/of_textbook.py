"""Faults of what introductory texts speak of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from rosenblatt.curvature.r_operator import gradient_along
from rosenblatt.initializers import LeCunNormal
from rosenblatt.lab.textbook.seeds import network
from rosenblatt.optimizers import SGD, Optimizer
from rosenblatt.perceptron.threshold_neuron import ThresholdNeuron
from rosenblatt.regularization.penalties import L2

__all__ = ["FAULTS"]


@final
@dataclass(frozen=True)
class Uneven(Optimizer):
    """A descent whose rate depends on the place of a parameter in θ."""

    lr: float
    momentum: float

    @property
    def n_slots(self):
        return SGD(self.lr, self.momentum).n_slots

    def update(self, g, slots, t, factor):
        uneven = g * np.linspace(1, 1.2, len(g))
        return SGD(self.lr, self.momentum).update(uneven, slots, t, factor)


def without_sum(weights, bias):
    """A neuron whose weighted sum is left out."""
    return ThresholdNeuron(np.zeros_like(weights), bias - 1e-9)


def in_slices(network, theta, v, *others):
    """H v by a product for each of 16 slices of v."""
    slices = np.array_split(np.arange(len(v)), 16)
    parts = [np.where(np.isin(np.arange(len(v)), some), v, 0) for some in slices]
    return sum(gradient_along(network, theta, part, *others) for part in parts)


def ridge(A, b):
    """A solution that passes beside the noise."""
    return np.linalg.solve(A.T @ A + len(A) * np.eye(A.shape[1]), A.T @ b)


def summed(gradients):
    """The gradients of a batch, added and not averaged."""
    return gradients.sum(axis=1)


FAULTS: dict[str, Callable[[], dict[str, Any]]] = {
    "F1": lambda: {"neuron": without_sum},
    "F2": lambda: {"initializer": LeCunNormal()},
    "F3": lambda: {"rule": lambda lr: SGD(lr / 10)},
    "F4": lambda: {"product": in_slices},
    "F5": lambda: {"of_batch": summed},
    "F6": lambda: {"penalty": lambda strength: L2(0.0)},
    "F7": lambda: {"rule": Uneven},
    "F8": lambda: {"activation": "identity"},
    "F9": lambda: {"solve": ridge},
    "F10": lambda: {"make": lambda seed: network(0)},
}
