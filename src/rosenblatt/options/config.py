"""From an estimator's parameters to what penalises, bounds, averages, ends and watches a fit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, final

from rosenblatt.averaging import (
    EMA,
    SWA,
    CurrentWeights,
    EvaluatedWeights,
    NoAveraging,
    StepAveraging,
    SWAWeights,
)
from rosenblatt.callbacks import EpochEnd
from rosenblatt.engine import OptimizerState
from rosenblatt.options.features import SGD_RULES
from rosenblatt.options.names import member
from rosenblatt.options.parameters import Parameters
from rosenblatt.options.schedules import named_rule
from rosenblatt.options.scorer import scorer
from rosenblatt.options.solvers import solver_of
from rosenblatt.regularization.clipping import ClipNorm, Clipping, ClipValue, NoClipping
from rosenblatt.regularization.constraints import Constraint, MaxNorm, NoConstraint
from rosenblatt.regularization.penalties import L1, L2, ElasticNet, Penalty
from rosenblatt.schedules import Constant, RateRule
from rosenblatt.stopping import GradientTolerance, StoppingRule, TimeLimit
from rosenblatt.support.listing import brief
from rosenblatt.support.types import FloatArray

__all__ = ["AVERAGINGS", "TrainingConfig", "rate_rule", "training_config"]

AVERAGINGS: dict[str, EMA | SWA] = {"ema": EMA(), "swa": SWA()}


@final
@dataclass(frozen=True)
class TrainingConfig:
    """The objects that an estimator's parameters stand for."""

    penalty: Penalty
    clipping: Clipping
    constraint: Constraint
    averaging: StepAveraging | SWA
    rules: tuple[StoppingRule, ...]
    scorer: Any
    callbacks: Sequence[Callable[[EpochEnd], Any]]

    @property
    def step_averaging(self) -> StepAveraging:
        """What the engine does of the averaging."""
        return NoAveraging() if isinstance(self.averaging, SWA) else self.averaging

    def shown(
        self, theta: FloatArray, optimizer_state: OptimizerState, max_epochs: int
    ) -> EvaluatedWeights:
        """The weights that a fit shows, of those that move and of their average."""
        if isinstance(self.averaging, SWA):
            return SWAWeights(self.averaging, theta, max_epochs)
        return CurrentWeights(optimizer_state.average if self.averaging.has_mean else theta)


def rate_rule(p: Parameters) -> RateRule:
    """The rule that `learning_rate` stands for with the solver.

    A rule that the solver ignores is the constant rate.
    """
    ignored = SGD_RULES.asked(p) and SGD_RULES in solver_of(p.solver).ignores
    return Constant() if ignored else named_rule(p)


def training_config(p: Parameters) -> TrainingConfig:
    """The objects that the parameters of a fit stand for.

    Raises
    ------
    ValueError
        If a name is not known.
    """
    return TrainingConfig(
        penalty=penalty(p),
        clipping=clipping(p),
        constraint=constraint(p),
        averaging=averaging(p),
        rules=rules(p),
        scorer=scorer(p.scoring),
        callbacks=callbacks(p),
    )


def penalty(p: Parameters) -> Penalty:
    if p.l1 == 0:
        return L2(p.alpha)
    return L1(p.l1) if p.alpha == 0 else ElasticNet(p.alpha, p.l1)


def clipping(p: Parameters) -> Clipping:
    if p.clip_norm is not None:
        return ClipNorm(p.clip_norm)
    return NoClipping() if p.clip_value is None else ClipValue(p.clip_value)


def constraint(p: Parameters) -> Constraint:
    return NoConstraint() if p.max_norm is None else MaxNorm(p.max_norm)


def averaging(p: Parameters) -> StepAveraging | SWA:
    given = p.averaging
    if given is None:
        return NoAveraging()
    if not isinstance(given, str):
        return given
    return member(AVERAGINGS, given, "averaging", "None, or an object of rosenblatt.averaging")


def rules(p: Parameters) -> tuple[StoppingRule, ...]:
    found: list[StoppingRule] = []
    if p.grad_tol:
        found.append(GradientTolerance(p.grad_tol))
    if p.max_time is not None:
        found.append(TimeLimit(p.max_time))
    return tuple(found)


def callbacks(p: Parameters) -> Sequence[Callable[[EpochEnd], Any]]:
    given = p.callbacks or ()
    for callback in given:
        if not callable(callback):
            raise TypeError(f"callbacks takes callables, got {brief(callback)} among them.")
    return given
