"""The noise of mini-batch gradients (theory G6)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from rosenblatt.curvature.arguments import point_of
from rosenblatt.curvature.examples import example_gradient_blocks
from rosenblatt.curvature.objective import Objective
from rosenblatt.support.field_types import check_boolean, check_count
from rosenblatt.support.types import Float64Array, FloatArray

__all__ = ["GradientNoise", "gradient_noise"]


@final
@dataclass(frozen=True, eq=False)
class GradientNoise:
    """Mean and variance of the gradients of single examples.

    Attributes
    ----------
    gradient : array (n_parameters,)
        ∇J, their mean.
    variance : array (n_parameters,)
        σ² of each parameter's gradient over the N examples, divided by N.
    n_samples : int
        N.
    """

    gradient: Float64Array
    variance: Float64Array
    n_samples: int

    @property
    def trace(self) -> float:
        """tr Σ = Σ_j σ_j², the variance of one example's gradient as a vector."""
        return float(self.variance.sum())

    @property
    def noise_scale(self) -> float:
        """tr Σ / ‖∇J‖²: the batch whose noise is as long as the gradient (McCandlish et al. 2018).

        Infinite where the gradient is 0.
        """
        squared = float(self.gradient @ self.gradient)
        return self.trace / squared if squared else np.inf

    def of_batch(self, size: int, *, replacement: bool = False) -> Float64Array:
        """The variance of a batch's gradient in each parameter, shape (n_parameters,) (G6).

        σ²/b for b examples drawn with replacement, (σ²/b) (N - b)/(N - 1) without.

        Parameters
        ----------
        size : int
            b, 1 or more; without replacement N at most.
        replacement : bool, default False
            Whether an example may be drawn more than once.

        Raises
        ------
        ValueError
            For another size.
        """
        check_count("size", size)
        check_boolean("replacement", replacement)
        n = self.n_samples
        if size < 1 or (size > n and not replacement):
            raise ValueError(
                f"a batch of {size} examples cannot be drawn from {n}: take 1 to {n}, or"
                " replacement=True for more."
            )
        if replacement:
            return self.variance / size
        return self.variance / size * ((n - size) / max(1, n - 1))

    def trace_of_batch(self, size: int, *, replacement: bool = False) -> float:
        """The sum of `of_batch`: E‖g_B - ∇J‖²."""
        return float(self.of_batch(size, replacement=replacement).sum())


def gradient_noise(objective: Objective, theta: FloatArray) -> GradientNoise:
    """Mean and variance of the examples' gradients at θ, in memory for a block of them.

    The blocks' moments are joined as in Chan, Golub & LeVeque (1983). The penalty, the same for all
    examples, is part of the mean and adds no noise.
    """
    theta = point_of(objective, theta)
    n, mean = 0, np.zeros(objective.n_parameters)
    squares = np.zeros(objective.n_parameters)
    for rows, g in example_gradient_blocks(objective, theta):
        of_block = g.mean(axis=0)
        moved, joint = of_block - mean, n + len(rows)
        squares += ((g - of_block) ** 2).sum(axis=0) + moved**2 * (n * len(rows) / joint)
        mean += moved * (len(rows) / joint)
        n = joint
    return GradientNoise(mean, squares / n, n)
