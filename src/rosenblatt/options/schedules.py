"""From the parameter `learning_rate` to a rule of rosenblatt.schedules."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from rosenblatt.options.names import member
from rosenblatt.support.late import late

if TYPE_CHECKING:
    from rosenblatt import schedules
    from rosenblatt.schedules import RateRule
else:
    schedules = late("rosenblatt.schedules")

__all__ = ["OF_SGD", "RATE_RULES", "named_rule"]

# From an estimator's parameters. The first three are scikit-learn's.
RATE_RULES: dict[str, Callable[[Any], RateRule]] = {
    "constant": lambda p: schedules.Constant(),
    "invscaling": lambda p: schedules.InverseScaling(p.power_t),
    "adaptive": lambda p: schedules.DivideOnStall(),
    "step": lambda p: schedules.StepDecay(),
    "multi_step": lambda p: schedules.MultiStepDecay(),
    "exponential": lambda p: schedules.ExponentialDecay(),
    "inverse_time": lambda p: schedules.InverseTimeDecay(),
    "polynomial": lambda p: schedules.PolynomialDecay(),
    "warm_up": lambda p: schedules.WarmUp(),
    "cosine": lambda p: schedules.CosineAnnealing(),
    "flat_cosine": lambda p: schedules.FlatCosine(),
    "cos_log": lambda p: schedules.CosLog(),
    "warm_restarts": lambda p: schedules.WarmRestarts(),
    "one_cycle": lambda p: schedules.OneCycle(),
    "plateau": lambda p: schedules.ReduceOnPlateau(),
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
