"""What `learning_rate` stands for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rosenblatt.options.lookup import named
from rosenblatt.options.solvers import is_first_order
from rosenblatt.options.wording import plain
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

__all__ = ["OF_SGD", "RATE_RULES", "rate_rule"]

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

# Rules that scikit-learn has for 'sgd' alone, and the solvers with which it passes over them.
OF_SGD, INDIFFERENT = ("invscaling", "adaptive"), ("adam", "lbfgs")


def rate_rule(est: Any) -> RateRule:
    """The rule that the estimator's parameters ask for.

    Raises
    ------
    ValueError
        For an unknown name, and for a rule that the solver would not follow.
    """
    given, rule, of_sgd = est.learning_rate, est.learning_rate, False
    if isinstance(given, str):
        otherwise = "an object of rosenblatt.schedules"
        rule = named(RATE_RULES, given, "learning_rate", otherwise)(est)
        of_sgd = plain(given) in OF_SGD
    if of_sgd and est.solver in INDIFFERENT:
        return Constant()
    if not is_first_order(est.solver) and rule != Constant():
        raise ValueError(
            f"learning_rate={given!r} needs a solver that takes steps at a learning rate;"
            f" {est.solver!r} finds the length of its steps itself."
        )
    if of_sgd and est.solver != "sgd":
        raise ValueError(
            f"learning_rate={given!r} is scikit-learn's rule for solver='sgd'. For"
            f" solver={est.solver!r} give learning_rate={rule!r}, from rosenblatt.schedules."
        )
    return rule
