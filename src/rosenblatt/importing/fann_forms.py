"""FANN's activations by their numbers."""

from __future__ import annotations

import math
from dataclasses import replace

from rosenblatt.activations import (
    Bump,
    HardTanh,
    Identity,
    LeakyReLU,
    ReLU,
    Sigmoid,
    Sine,
    Softsign,
    Step,
    StepwiseSigmoid,
    StepwiseTanh,
    Tanh,
)
from rosenblatt.errors import InputError
from rosenblatt.importing.forms import Form

__all__ = ["form_of"]

CUT = 150.0  # fann_run cuts steepness · sum off at ±CUT / steepness

NAMES = (
    *("LINEAR", "THRESHOLD", "THRESHOLD_SYMMETRIC", "SIGMOID", "SIGMOID_STEPWISE"),
    *("SIGMOID_SYMMETRIC", "SIGMOID_SYMMETRIC_STEPWISE", "GAUSSIAN", "GAUSSIAN_SYMMETRIC"),
    *("GAUSSIAN_STEPWISE", "ELLIOT", "ELLIOT_SYMMETRIC", "LINEAR_PIECE"),
    *("LINEAR_PIECE_SYMMETRIC", "SIN_SYMMETRIC", "COS_SYMMETRIC", "SIN", "COS"),
    *("LINEAR_PIECE_RECT", "LINEAR_PIECE_RECT_LEAKY"),
)
# Of z, the steepness times the sum.
FORMS = {
    0: Form(Identity()),
    1: Form(Step()),
    2: Form(Step(), scale=2.0, shift=-1.0),
    3: Form(Sigmoid(), rate=2.0),
    4: Form(StepwiseSigmoid()),
    5: Form(Tanh()),
    6: Form(StepwiseTanh()),
    7: Form(Bump()),
    8: Form(Bump(), scale=2.0, shift=-1.0),
    10: Form(Softsign(), scale=0.5, shift=0.5),
    11: Form(Softsign()),
    12: Form(HardTanh(), rate=2.0, offset=-1.0, scale=0.5, shift=0.5),
    13: Form(HardTanh()),
    14: Form(Sine()),
    15: Form(Sine(), offset=math.pi / 2),
    16: Form(Sine(), scale=0.5, shift=0.5),
    17: Form(Sine(), offset=math.pi / 2, scale=0.5, shift=0.5),
    18: Form(ReLU()),
    19: Form(LeakyReLU(0.01)),
}
# |z| from which on an activation is constant to 1e-17: a cut beyond it changes nothing.
CONSTANT_FROM = {1: 0.0, 2: 0.0, 3: 20.0, 4: 3.0, 5: 20.0, 6: 3.0, 7: 7.0, 8: 7.0, 12: 1.0, 13: 1.0}


def form_of(function: int, steepness: float, neuron: int) -> Form:
    """The form of an activation with its steepness.

    Raises
    ------
    InputError
        If there is no such activation, or the steepness is not above 0.
    """
    if not 0 < steepness < math.inf:
        raise InputError(f"neuron {neuron} has the steepness {steepness:g}, which must be above 0")
    form = FORMS.get(function)
    if form is None:
        name = NAMES[function] if function < len(NAMES) else f"number {function}"
        raise InputError(f"neuron {neuron} has the activation {name}, which is not supported")
    limit = CUT / steepness
    if limit >= CONSTANT_FROM.get(function, math.inf):
        limit = math.inf
    return replace(form, rate=form.rate * steepness, limit=form.rate * limit)
