"""Curvature and noise of an objective, exactly (theory G3, G6, B15).

An `Objective` is J(θ), data loss and penalty over all rows, as a function of the flat parameters;
`objective_of` makes one of a fitted estimator. Its Hessian-vector products are those of
back-propagation differentiated once more, not differences.
"""

from rosenblatt.curvature.examples import example_gradient_blocks, per_example_gradients
from rosenblatt.curvature.fitted import objective_of
from rosenblatt.curvature.flow import GradientFlow, gradient_flow
from rosenblatt.curvature.noise import GradientNoise, gradient_noise
from rosenblatt.curvature.objective import Objective
from rosenblatt.curvature.spectrum import (
    hessian,
    hessian_eigenpairs,
    hessian_eigenvalues,
    largest_eigenvalue,
)

__all__ = [
    "GradientFlow",
    "GradientNoise",
    "Objective",
    "example_gradient_blocks",
    "gradient_flow",
    "gradient_noise",
    "hessian",
    "hessian_eigenpairs",
    "hessian_eigenvalues",
    "largest_eigenvalue",
    "objective_of",
    "per_example_gradients",
]
