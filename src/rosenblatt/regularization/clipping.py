"""Gradients kept from being too large, before an optimiser sees them (theory G14).

The gradient is that of the objective, penalty included; the norms that a history records are those
before clipping.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import final

import numpy as np

from rosenblatt.regularization.norms import scale_to_norm
from rosenblatt.support.products import norm
from rosenblatt.support.types import FloatArray

__all__ = ["ClipNorm", "ClipValue", "Clipping", "NoClipping"]


class Clipping(ABC):
    """A bound on the gradient of a step."""

    @abstractmethod
    def clip(self, g: FloatArray) -> FloatArray:
        """The bounded gradient, of the shape and float type of g, shape (n_parameters,)."""


@final
@dataclass(frozen=True)
class NoClipping(Clipping):
    """The gradient as it is."""

    def clip(self, g: FloatArray) -> FloatArray:
        return g


@final
@dataclass(frozen=True)
class ClipNorm(Clipping):
    """g · min(1, c/‖g‖), the norm taken over all layers (G14; Pascanu 2013).

    PyTorch's `clip_grad_norm_` adds 1e-6 to the norm; here nothing is added.

    Parameters
    ----------
    limit : float, default 1.0
        c, the largest norm.
    """

    limit: float = 1.0

    def clip(self, g: FloatArray) -> FloatArray:
        length = norm(g.astype(np.float64))  # whose square a float32 may not hold
        if length <= self.limit:
            return g
        factor = g.dtype.type(self.limit / length)
        # Written so that NaN passes.
        return scale_to_norm(g, self.limit) if factor < np.finfo(g.dtype).tiny else g * factor


@final
@dataclass(frozen=True)
class ClipValue(Clipping):
    """min(c, max(-c, g)), number by number (G14).

    Parameters
    ----------
    limit : float, default 1.0
        c, the largest size of a number.
    """

    limit: float = 1.0

    def clip(self, g: FloatArray) -> FloatArray:
        return np.clip(g, -self.limit, self.limit)
