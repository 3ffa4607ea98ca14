"""The values of a least-squares run: its limits, its accepted steps, and its result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

from rosenblatt.stopping import Ending
from rosenblatt.support.types import Float64Array

__all__ = ["Iterate", "Limits", "Minimum"]


@final
@dataclass(frozen=True)
class Limits:
    """Limits of a run.

    Attributes
    ----------
    max_iter : int
        Accepted steps.
    max_trials : int
        Tried steps.
    grad_tol : float
        A gradient whose entries do not exceed it counts as zero.
    """

    max_iter: int
    max_trials: int
    grad_tol: float


@final
@dataclass(frozen=True)
class Iterate:
    """An accepted step.

    Attributes
    ----------
    theta, data_loss, penalty, gradient
        After the step.
    damping : float
        μ of its system.
    length : float
        Fraction of the system's solution that was taken.
    trials : int
        Steps tried since the last accepted one, including this one.
    """

    theta: Float64Array
    data_loss: float
    penalty: float
    gradient: Float64Array
    damping: float
    length: float
    trials: int


@final
@dataclass(frozen=True)
class Minimum:
    """The result of a run.

    Attributes
    ----------
    theta, data_loss, penalty
        At the last accepted point.
    n_iter, n_trials : int
        Accepted and tried steps.
    end : Ending
        Not converged if a limit was reached, or if no step lowers the loss.
    interrupted : bool
        Whether Ctrl-C ended the run.
    """

    theta: Float64Array
    data_loss: float
    penalty: float
    n_iter: int
    n_trials: int
    end: Ending
    interrupted: bool = False
