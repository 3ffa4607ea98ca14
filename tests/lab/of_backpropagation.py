"""Faults of back-propagation and of where descents end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, final

from rosenblatt.activations import ReLU, Sigmoid
from rosenblatt.activations.base import Elementwise
from rosenblatt.estimators import MLPClassifier
from rosenblatt.optimizers import SGD

__all__ = ["FAULTS"]


@final
@dataclass(frozen=True)
class WithWrongSlope(Elementwise):
    """A sigmoid whose derivative lacks a factor: 1 - a in place of a (1 - a)."""

    def value(self, z):
        return Sigmoid().value(z)

    def derivative(self, z, a):
        return 1 - a


def deaf(**parameters: Any) -> Any:
    """A classifier that does not look at the gradient."""
    return MLPClassifier(**{**parameters, "grad_tol": 0.0})


FAULTS: dict[str, Callable[[], dict[str, Any]]] = {
    "B12": lambda: {"estimator": deaf},
    "B13": lambda: {"activation": WithWrongSlope()},
    "B14": lambda: {"sigmoid": ReLU()},
    "B15": lambda: {"rule": lambda lr: SGD(2 * lr)},
    "B16": lambda: {"rule": lambda lr, momentum: SGD(lr / 10, momentum)},
}
