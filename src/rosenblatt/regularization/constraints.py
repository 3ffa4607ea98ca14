"""Weights kept within bounds, after every step of an optimiser."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import final

import numpy as np

from rosenblatt.regularization.norms import scale_to_norm
from rosenblatt.support.types import FloatArray

__all__ = ["Constraint", "MaxNorm", "NoConstraint"]


class Constraint(ABC):
    """A set that the weights of a hidden layer are brought back to after every step.

    The output layer is free, and so are biases: what is bounded is how strongly a hidden unit can
    be driven, as in Hinton et al. 2012, and not the range of the scores.
    """

    @abstractmethod
    def project(self, W: FloatArray) -> None:
        """Bring one layer's weights, shape (n_in, n_out), back in place."""


@final
@dataclass(frozen=True)
class NoConstraint(Constraint):
    """The weights as they are."""

    def project(self, W: FloatArray) -> None:
        pass


@final
@dataclass(frozen=True)
class MaxNorm(Constraint):
    """w · min(1, c/‖w‖) for the incoming weights w of every unit.

    Srivastava et al. 2014; the projection onto the ball ‖w‖ ≤ c, as Keras' constraint of this
    name, which adds an ε to the norm.

    Parameters
    ----------
    limit : float, default 1.0
        c, the largest norm.
    """

    limit: float = 1.0

    def project(self, W: FloatArray) -> None:
        with np.errstate(over="ignore"):
            norms = np.linalg.norm(W, axis=0)
        overflows = np.isinf(norms)
        for unit in np.flatnonzero(overflows):
            W[:, unit] = scale_to_norm(W[:, unit], self.limit)
        longer = ~(norms <= self.limit) & ~overflows  # written so that NaN passes
        W[:, longer] *= (self.limit / norms[longer]).astype(W.dtype)
