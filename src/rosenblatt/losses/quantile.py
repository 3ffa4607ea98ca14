"""The pinball loss, of one quantile or of several at once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from rosenblatt.errors import InputError
from rosenblatt.losses.base import Loss
from rosenblatt.losses.links import Link
from rosenblatt.losses.registration import Targets, register
from rosenblatt.support.listing import brief
from rosenblatt.support.types import FloatArray

__all__ = ["Quantile"]


@final
@dataclass(frozen=True)
class Quantile(Loss):
    """L = Σ τ u where u > 0, (τ - 1) u otherwise, u = y - s (L18; Koenker & Bassett 1978).

    Its minimiser is the τ-quantile of y given x; ∂L/∂s is -τ below the target and 1 - τ above, 0
    on it. Every target has one score for each level: column t·n_levels + l of the scores, shape
    (n_samples, n_targets·n_levels), is level l of target t. Levels are trained independently, and
    their quantiles may cross.

    Parameters
    ----------
    levels : tuple of floats in (0, 1), default (0.5,)
        The τ, of which the median is 0.5.
    """

    levels: tuple[float, ...] = (0.5,)

    def __post_init__(self) -> None:
        if isinstance(self.levels, str) or not isinstance(self.levels, Iterable):
            raise TypeError(
                f"levels of Quantile are a tuple such as (0.1, 0.9), got {brief(self.levels)}"
            )
        levels = tuple(map(level_of, self.levels))
        if not levels:
            raise ValueError("Quantile needs at least one level, for example (0.5,)")
        for level in levels:
            if not 0 < level < 1:
                raise ValueError(
                    f"a quantile's level lies between 0 and 1, both excluded, got {level:g}:"
                    " the median is 0.5, the largest tenth begins at 0.9."
                )
        object.__setattr__(self, "levels", levels)

    @property
    def outputs_per_target(self) -> int:
        return len(self.levels)

    def point(self, prediction: FloatArray) -> FloatArray:
        """The median, or the only level; InputError where there is neither."""
        n = len(self.levels)
        if n == 1:
            return prediction
        if 0.5 not in self.levels:
            raise InputError(
                "the model predicts several quantiles without the median, and a prediction is one"
                " number: use rosenblatt.persistence.load_model in Python, and the model's"
                " `predict`"
            )
        return prediction[:, self.levels.index(0.5) :: n]

    def value(self, scores: FloatArray, y: FloatArray) -> FloatArray:
        tau, u = self._levels_and_errors(scores, y)
        total: FloatArray = np.maximum(tau * u, (tau - 1) * u).sum(axis=(1, 2))
        return total

    def gradient(self, scores: FloatArray, y: FloatArray) -> FloatArray:
        tau, u = self._levels_and_errors(scores, y)
        slope: FloatArray = np.where(u > 0, -tau, np.where(u < 0, 1 - tau, u))
        return slope.reshape(scores.shape)

    def hessian_product(self, scores: FloatArray, y: FloatArray, u: FloatArray) -> FloatArray:
        return np.zeros_like(u)

    def inverse_link(self, scores: FloatArray) -> FloatArray:
        return scores.copy()

    def _levels_and_errors(
        self, scores: FloatArray, y: FloatArray
    ) -> tuple[FloatArray, FloatArray]:
        """τ, shape (n_levels,), and y - s, shape (n_samples, n_targets, n_levels)."""
        tau = np.array(self.levels, scores.dtype)
        return tau, y[:, :, None] - scores.reshape(len(scores), -1, len(self.levels))


def level_of(given: Any) -> float:
    """A number, or what is written as one."""
    try:
        return float(given)
    except (TypeError, ValueError):
        raise TypeError(
            f"levels of Quantile are a tuple such as (0.1, 0.9), got {brief(given)} in it"
        ) from None


register(Quantile, "quantile", targets=Targets.NUMBERS, link=Link.IDENTITY)
