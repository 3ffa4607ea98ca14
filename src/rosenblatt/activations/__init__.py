"""Activation functions g and their derivatives (theory N1, N3).

Every member maps the pre-activation ``z`` to the activation ``a = g(z)`` and pulls a gradient
back through itself, ``∂J/∂z = (∂a/∂z)ᵀ ∂J/∂a``. Arrays have shape (n_samples, n_units); the float
type of the input is kept.
"""

from rosenblatt.activations.base import Activation, Elementwise
from rosenblatt.activations.classic import Identity, ReLU, Sigmoid, Softmax, Step, Tanh
from rosenblatt.activations.hard import HardSigmoid, HardSwish, HardTanh
from rosenblatt.activations.of_tools import (
    Bump,
    ClippedLogistic,
    Sine,
    Softsign,
    StepwiseSigmoid,
    StepwiseTanh,
)
from rosenblatt.activations.rectifiers import ELU, SELU, LeakyReLU, Softplus
from rosenblatt.activations.registration import register
from rosenblatt.activations.smooth import GELU, Mish, SiLU

__all__ = [
    "ELU",
    "GELU",
    "SELU",
    "Activation",
    "Bump",
    "ClippedLogistic",
    "Elementwise",
    "HardSigmoid",
    "HardSwish",
    "HardTanh",
    "Identity",
    "LeakyReLU",
    "Mish",
    "ReLU",
    "SiLU",
    "Sigmoid",
    "Sine",
    "Softmax",
    "Softplus",
    "Softsign",
    "Step",
    "StepwiseSigmoid",
    "StepwiseTanh",
    "Tanh",
    "register",
]
