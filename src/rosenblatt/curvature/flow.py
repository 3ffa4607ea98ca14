"""The gradient flow of a small network: descent with infinitely many, infinitely small steps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np
import numpy.typing as npt
from scipy.integrate import solve_ivp

from rosenblatt.curvature.arguments import check_at_least, point_of
from rosenblatt.curvature.objective import Objective
from rosenblatt.support.listing import brief
from rosenblatt.support.types import Float64Array, FloatArray

__all__ = ["GradientFlow", "gradient_flow"]

METHODS = ("RK45", "RK23", "DOP853", "Radau", "BDF", "LSODA")
LEAST_RTOL = 2.3e-14  # a smaller one is raised to this by SciPy, which warns


@final
@dataclass(frozen=True, eq=False)
class GradientFlow:
    """A solution of the flow.

    Attributes
    ----------
    times : array (n_times,)
    theta : array (n_times, n_parameters)
        θ at those times.
    n_evaluations : int
        Gradients that the solver took.
    """

    times: Float64Array
    theta: Float64Array
    n_evaluations: int


def gradient_flow(
    objective: Objective,
    theta: FloatArray,
    times: npt.ArrayLike,
    *,
    learning_rate: float = 0.0,
    rtol: float = 1e-10,
    atol: float = 1e-12,
    method: str = "DOP853",
) -> GradientFlow:
    """θ' = -∇J(θ) from θ at time 0, or the flow that gradient descent of a step η follows (B15).

    k steps of gradient descent, θ ← θ - η ∇J, end near the flow at time kη: at a distance O(η) from
    the plain one, and O(η²) from that of J + (η/4) ‖∇J‖² (Barrett & Dherin 2021), which is

        θ' = -∇J - (η/2) H ∇J,

    with an exact Hessian-vector product.

    Parameters
    ----------
    objective : Objective
        With smooth members: at the corners of ReLU the solver takes very small steps.
    theta : array (n_parameters,)
    times : array-like (n_times,)
        Rising, 0 or later.
    learning_rate : float, default 0.0
        η of the modified flow; 0 is the plain one.
    rtol, atol : float, default 1e-10, 1e-12
        Tolerances of `scipy.integrate.solve_ivp`; rtol is 2.3e-14 or more.
    method : str, default 'DOP853'
        Its method; 'Radau' or 'LSODA' where the curvature makes the flow stiff.

    Raises
    ------
    ValueError
        For arguments of another kind, and where a member has no second derivative.
    RuntimeError
        If the solver fails; the message is SciPy's.
    """
    start = point_of(objective, theta)
    try:
        at = np.atleast_1d(np.asarray(times, np.float64))
    except (TypeError, ValueError):
        raise ValueError(f"times must be numbers, got {brief(times)}.") from None
    if at.ndim != 1 or not at.size or not (np.isfinite(at).all() and at[0] >= 0):
        raise ValueError(f"times must be finite numbers, 0 or later, got {brief(times)}.")
    if (np.diff(at) <= 0).any():
        raise ValueError(f"times must rise, got {brief(times)}.")
    check_at_least("learning_rate", learning_rate, 0)
    check_at_least("rtol", rtol, LEAST_RTOL)
    check_at_least("atol", atol, 0)
    if not isinstance(method, str) or method not in METHODS:
        raise ValueError(f"method must be one of {', '.join(METHODS)}, got {brief(method)}.")

    def velocity(_: float, point: Float64Array) -> Float64Array:
        g = objective.gradient(point)
        if learning_rate == 0:
            return -g
        return -g - learning_rate / 2 * objective.hessian_vector_product(point, g)

    if at[-1] == 0:
        return GradientFlow(at, start[None].copy(), 0)
    found = solve_ivp(velocity, (0, at[-1]), start, method, at, rtol=rtol, atol=atol)
    if not found.success:
        raise RuntimeError(f"the flow was not solved up to time {at[-1]:g}: {found.message}")
    return GradientFlow(at, np.ascontiguousarray(found.y.T), int(found.nfev))
