"""A trained network: its description, its parameters and the loss that owns the link."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from rosenblatt import engine
from rosenblatt.losses import Loss
from rosenblatt.network import Network
from rosenblatt.problem import Matrix
from rosenblatt.types import FloatArray

__all__ = ["Model"]


@final
@dataclass(frozen=True)
class Model:
    """Everything that prediction needs.

    Attributes
    ----------
    network : Network
    parameters : array (n_parameters,)
        float32 or float64; the inputs must be of the same type.
    loss : Loss
    """

    network: Network
    parameters: FloatArray
    loss: Loss

    def scores(self, X: Matrix) -> FloatArray:
        """Raw scores, shape (n_samples, n_outputs), of dense or CSR input."""
        return engine.scores(self.network, self.parameters, X)

    def predict(self, X: Matrix) -> FloatArray:
        """Predictions through the loss's inverse link, shape (n_samples, n_outputs)."""
        return self.loss.inverse_link(self.scores(X))
