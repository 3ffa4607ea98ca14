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
from rosenblatt.normalizations import BatchNorm
from rosenblatt.options.lookup import named
from rosenblatt.options.names import normalization
from rosenblatt.options.parameters import Parameters
from rosenblatt.options.scorer import checked_scorer
from rosenblatt.options.solvers import has_epochs, is_first_order
from rosenblatt.regularization.clipping import ClipNorm, Clipping, ClipValue, NoClipping
from rosenblatt.regularization.constraints import Constraint, MaxNorm, NoConstraint
from rosenblatt.regularization.penalties import L1, L2, ElasticNet, Penalty
from rosenblatt.stopping import GradientTolerance, StoppingRule, TimeLimit
from rosenblatt.support.types import FloatArray

__all__ = ["AVERAGINGS", "TrainingConfig", "control"]

AVERAGINGS: dict[str, EMA | SWA] = {"ema": EMA(), "swa": SWA()}

# What acts on the single steps of a first-order solver.
STEPWISE = ("l1", "max_norm", "averaging", "clip_norm", "clip_value")


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

    def shown(self, theta: FloatArray, memory: OptimizerState, max_epochs: int) -> EvaluatedWeights:
        """The weights that a fit shows, of those that move and of their average."""
        if isinstance(self.averaging, SWA):
            return SWAWeights(self.averaging, theta, max_epochs)
        return CurrentWeights(memory.average if self.averaging.has_mean else theta)


def control(est: Parameters, *, incremental: bool, validates: bool) -> TrainingConfig:
    """The control of a fit, or of a call of `partial_fit`; ValueError where a part cannot apply.

    `validates` says whether there are validation rows.
    """
    if not is_first_order(est.solver):
        for name in STEPWISE:
            if getattr(est, name) not in (None, 0):
                raise ValueError(
                    f"{name}={getattr(est, name)!r} needs a first-order solver, such as 'adam', not"
                    f" {est.solver!r}."
                )
    if est.on_divergence != "raise" and not is_first_order(est.solver):
        raise ValueError(
            f"on_divergence={est.on_divergence!r} lowers the learning rate, which"
            f" solver={est.solver!r} does not have: it refuses steps that raise the loss. Leave"
            " on_divergence='raise', or take a first-order solver, such as 'adam'."
        )
    if est.scoring is not None and not has_epochs(est.solver):
        raise ValueError(
            f"scoring={est.scoring!r} needs a first-order solver, such as 'adam', or 'kfac', not"
            f" {est.solver!r}."
        )
    if est.scoring is not None and not validates:
        raise ValueError(
            f"scoring={est.scoring!r} needs validation rows: set early_stopping=True, or give fit"
            " X_val and y_val."
        )
    if est.averaging is not None and isinstance(normalization(est.normalization), BatchNorm):
        raise ValueError(
            "averaging does not go with normalization='batch', whose running statistics belong to"
            " the last weights and not to their average: take normalization='layer'."
        )
    if est.averaging is not None and incremental:
        raise ValueError(
            "partial_fit does not support averaging: every call would begin from the average."
        )
    return TrainingConfig(
        penalty=penalty(est),
        clipping=clipping(est),
        constraint=constraint(est),
        averaging=averaging(est),
        rules=rules(est),
        scorer=checked_scorer(est.scoring),
        callbacks=callbacks(est),
    )


def penalty(est: Parameters) -> Penalty:
    if est.l1 == 0:
        return L2(est.alpha)
    return L1(est.l1) if est.alpha == 0 else ElasticNet(est.alpha, est.l1)


def clipping(est: Parameters) -> Clipping:
    if est.clip_norm is not None and est.clip_value is not None:
        raise ValueError(
            f"clip_norm={est.clip_norm} and clip_value={est.clip_value} are two ways to clip a"
            " gradient: take one of them."
        )
    if est.clip_norm is not None:
        return ClipNorm(est.clip_norm)
    return NoClipping() if est.clip_value is None else ClipValue(est.clip_value)


def constraint(est: Parameters) -> Constraint:
    return NoConstraint() if est.max_norm is None else MaxNorm(est.max_norm)


def averaging(est: Parameters) -> StepAveraging | SWA:
    given = est.averaging
    if given is None:
        return NoAveraging()
    if not isinstance(given, str):
        return given
    return named(AVERAGINGS, given, "averaging", "None, or an object of rosenblatt.averaging")


def rules(est: Parameters) -> tuple[StoppingRule, ...]:
    found: list[StoppingRule] = []
    if est.grad_tol:
        found.append(GradientTolerance(est.grad_tol))
    if est.max_time is not None:
        found.append(TimeLimit(est.max_time))
    return tuple(found)


def callbacks(est: Parameters) -> Sequence[Callable[[EpochEnd], Any]]:
    given = est.callbacks or ()
    for callback in given:
        if not callable(callback):
            raise TypeError(f"callbacks takes callables, got {callback!r} among them.")
    return given
