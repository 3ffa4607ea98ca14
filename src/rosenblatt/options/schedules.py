"""From the parameter `learning_rate` to a rule of rosenblatt.schedules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rosenblatt.options.names import member
from rosenblatt.schedules import (
    Constant,
    CosineAnnealing,
    DivideOnStall,
    ExponentialDecay,
    InverseScaling,
    InverseTimeDecay,
    MultiStepDecay,
    OneCycle,
    PolynomialDecay,
    RateRule,
    ReduceOnPlateau,
    StepDecay,
    WarmRestarts,
    WarmUp,
)

__all__ = ["OF_SGD", "RATE_RULES", "named_rule"]

# From an estimator's parameters. The first three are scikit-learn's.
RATE_RULES: dict[str, Callable[[Any], RateRule]] = {
    "constant": lambda p: Constant(),
    "invscaling": lambda p: InverseScaling(p.power_t),
    "adaptive": lambda p: DivideOnStall(),
    "step": lambda p: StepDecay(),
    "multi_step": lambda p: MultiStepDecay(),
    "exponential": lambda p: ExponentialDecay(),
    "inverse_time": lambda p: InverseTimeDecay(),
    "polynomial": lambda p: PolynomialDecay(),
    "warm_up": lambda p: WarmUp(),
    "cosine": lambda p: CosineAnnealing(),
    "warm_restarts": lambda p: WarmRestarts(),
    "one_cycle": lambda p: OneCycle(),
    "plateau": lambda p: ReduceOnPlateau(),
}

# Rules that scikit-learn has for solver='sgd' alone.
OF_SGD = ("invscaling", "adaptive")


def named_rule(p: Any) -> RateRule:
    """The rule that `learning_rate` stands for, whatever the solver.

    Parameters
    ----------
    p : estimator or its parameters

    Raises
    ------
    ValueError
        If the name is not known.
    """
    if not isinstance(p.learning_rate, str):
        return p.learning_rate
    otherwise = "an object of rosenblatt.schedules"
    return member(RATE_RULES, p.learning_rate, "learning_rate", otherwise)(p)
