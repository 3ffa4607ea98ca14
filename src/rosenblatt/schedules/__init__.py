"""How the learning rate changes over a run (theory G13).

A schedule is a pure function of the step, counted from 0; what is left open in it, such as the
length of a cosine, follows from the length of the run. A controller is fed by the training curve
instead. Both are frozen values that yield a factor on the optimiser's base rate, and both make a
`RateControl`, which holds what changes while a run goes on.
"""

from rosenblatt.schedules.annealing import (
    CosineAnnealing,
    OneCycle,
    PerEpoch,
    WarmRestarts,
    WarmUp,
)
from rosenblatt.schedules.base import RateControl, RateRule, Run, Schedule
from rosenblatt.schedules.curve import DivideOnStall, InverseScaling, ReduceOnPlateau
from rosenblatt.schedules.decay import (
    Constant,
    ExponentialDecay,
    InverseTimeDecay,
    MultiStepDecay,
    PolynomialDecay,
    StepDecay,
)

__all__ = [
    "Constant",
    "CosineAnnealing",
    "DivideOnStall",
    "ExponentialDecay",
    "InverseScaling",
    "InverseTimeDecay",
    "MultiStepDecay",
    "OneCycle",
    "PerEpoch",
    "PolynomialDecay",
    "RateControl",
    "RateRule",
    "ReduceOnPlateau",
    "Run",
    "Schedule",
    "StepDecay",
    "WarmRestarts",
    "WarmUp",
]
