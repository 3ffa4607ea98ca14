"""Interface of a loss."""

from __future__ import annotations

from abc import ABC, abstractmethod

from rosenblatt.support.types import FloatArray

__all__ = ["Loss"]


class Loss(ABC):
    """A per-sample loss L(s, y) of raw scores.

    A target has one score, or several side by side: column t·P + p of the scores is number p of P
    of target t.
    """

    @property
    def outputs_per_target(self) -> int:
        """P, the scores of each target that is a number."""
        return 1

    def point(self, prediction: FloatArray) -> FloatArray:
        """One number for each target, shape (n_samples, n_targets), of what `inverse_link` gives.

        The mean of y given x, or the median. It is linear, so that the mean of several networks'
        predictions gives the mean of their numbers.
        """
        return prediction

    @abstractmethod
    def value(self, scores: FloatArray, y: FloatArray) -> FloatArray:
        """L of every sample, shape (n_samples,)."""

    @abstractmethod
    def gradient(self, scores: FloatArray, y: FloatArray) -> FloatArray:
        """∂L/∂s of every sample, shape (n_samples, n_outputs): the δ of the last layer (B7)."""

    def hessian_product(self, scores: FloatArray, y: FloatArray, u: FloatArray) -> FloatArray:
        """(∂²L/∂s²) u of every sample, shape (n_samples, n_outputs).

        Raises
        ------
        ValueError
            If the loss does not define it.
        """
        raise ValueError(
            f"{type(self).__name__} has no second derivative, which a Hessian takes: define its"
            " `hessian_product`, or take another loss."
        )

    @abstractmethod
    def inverse_link(self, scores: FloatArray) -> FloatArray:
        """Predictions from scores, shape (n_samples, n_outputs)."""
