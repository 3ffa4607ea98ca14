"""What one call of `partial_fit`, or of `fit` with `warm_start`, leaves to the next."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, final

from rosenblatt.engine import OptimizerState
from rosenblatt.fitting.log import FitLog
from rosenblatt.fitting.rollback import Rollback
from rosenblatt.losses import Loss
from rosenblatt.optimizers import Optimizer
from rosenblatt.schedules import RateControl, RateRule
from rosenblatt.stopping import NoImprovement

__all__ = ["CarriedState", "DescentState", "MonitorKey"]


@final
@dataclass(frozen=True)
class MonitorKey:
    """The measure of a fit's epochs: the best by one measure is no bound for another.

    Attributes
    ----------
    loss : Loss
    early_stopping : bool
    scoring
        The parameter of that name, under `early_stopping`.
    rows : bytes or float, optional
        Likewise the validation rows: the fingerprint of given ones, or the fraction to split off.
    """

    loss: Loss
    early_stopping: bool = False
    scoring: Any = None
    rows: bytes | float | None = None


@final
@dataclass(frozen=True, eq=False)
class DescentState:
    """The state of a first-order solver after a fit.

    A fit that continues it works on copies, so that an error leaves this state unchanged.

    Attributes
    ----------
    optimizer : Optimizer
        The rule that `optimizer_state` belongs to.
    optimizer_state : OptimizerState
    rule : RateRule
        The learning-rate schedule, of which `rate` is the position.
    rate : RateControl
    stopping : NoImprovement
        The best value so far, of the measure `monitor`, and the epochs since.
    monitor : MonitorKey
    rollback : Rollback
        The factor on the learning rate after divergences.
    """

    optimizer: Optimizer
    optimizer_state: OptimizerState
    rule: RateRule
    rate: RateControl
    stopping: NoImprovement
    monitor: MonitorKey
    rollback: Rollback = field(default_factory=Rollback)


@final
@dataclass(frozen=True, eq=False)
class CarriedState:
    """The log of a fit and, after a first-order solver, the state of its descent."""

    log: FitLog
    descent: DescentState | None = None
