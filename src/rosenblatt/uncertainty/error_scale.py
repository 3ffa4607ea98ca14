"""How large errors are for rows of some features: what makes intervals as wide as a row needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from rosenblatt.support.types import Float64Array, FloatArray

__all__ = ["ErrorScale", "pieces_of"]

FARTHEST = 4.0  # spreads, that a feature counts up to
LARGEST = 12.0  # logarithm of a scale, to either side of the usual one


@final
@dataclass(frozen=True)
class ErrorScale:
    """σ(x) = exp(intercept + Σ slopes·x̃ + Σ piece slopes·h(ŷ)), a log-linear scale (theory U2).

    x̃ are features, standardised and held to ±4; h(ŷ) are piecewise-linear pieces of the prediction.

    Attributes
    ----------
    intercept : float
    centers, spreads, slopes : tuple of float
        One for each feature, or none where features say nothing.
    edges : tuple of float
        Of the pieces, in standardised units of the target.
    piece_slopes : tuple of float
        One less.
    """

    intercept: float
    centers: tuple[float, ...]
    spreads: tuple[float, ...]
    slopes: tuple[float, ...]
    edges: tuple[float, ...]
    piece_slopes: tuple[float, ...]

    def __post_init__(self) -> None:
        if not len(self.centers) == len(self.spreads) == len(self.slopes):
            raise ValueError("a scale of errors needs a center, a spread and a slope a feature")
        if len(self.piece_slopes) != max(len(self.edges) - 1, 0):
            raise ValueError("a scale of errors needs a slope for each piece")
        if any(spread <= 0 for spread in self.spreads):
            raise ValueError("a spread must be positive")
        if (np.diff(self.edges) <= 0).any():
            raise ValueError("edges must ascend")

    @property
    def n_features(self) -> int:
        """0 where the prediction alone says it."""
        return len(self.slopes)

    def basis(self, X: FloatArray, predicted: Float64Array) -> Float64Array:
        """What is weighted by the slopes, shape (n, n_features + n_pieces)."""
        features = X[:, : self.n_features].astype(np.float64)
        z = np.clip((features - self.centers) / self.spreads, -FARTHEST, FARTHEST)
        return np.hstack([z, pieces_of(predicted, np.array(self.edges))])

    def at(self, X: FloatArray, predicted: Float64Array) -> Float64Array:
        """σ of each row, shape (n,).

        Parameters
        ----------
        X : array (n, n_features)
            Encoded.
        predicted : array (n,)
            In standardised units of the target.
        """
        slopes = np.array([*self.slopes, *self.piece_slopes])
        exponents = (self.basis(X, predicted) * slopes).sum(axis=1)
        scales: Float64Array = np.exp(self.intercept + np.clip(exponents, -LARGEST, LARGEST))
        return scales


def pieces_of(x: Float64Array, edges: Float64Array) -> Float64Array:
    """Where x lies in each piece, from -½ to ½, shape (n, n_pieces)."""
    if len(edges) < 2:
        return np.empty((len(x), 0))
    held = np.nan_to_num(x)
    return np.clip((held[:, None] - edges[:-1]) / np.diff(edges), 0, 1) - 0.5
