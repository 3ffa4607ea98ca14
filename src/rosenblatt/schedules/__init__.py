"""Learning-rate schedules (theory G13).

A `Schedule` is a pure function of the step, counted from 0; parameters left at None, such as the
length of a cosine, follow from the length of the run. Other rules (`DivideOnStall`,
`ReduceOnPlateau`, `InverseScaling`) depend on what training has reached. Both are immutable, give a
factor on the optimiser's base rate, and make a `RateControl` that holds the state of one run.
"""

from rosenblatt.schedules.annealing import (
    CosineAnnealing,
    CosLog,
    FlatCosine,
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
    "CosLog",
    "CosineAnnealing",
    "DivideOnStall",
    "ExponentialDecay",
    "FlatCosine",
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
