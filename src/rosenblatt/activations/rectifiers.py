"""Rectifiers that let a gradient through below zero."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, final

from rosenblatt.activations.base import Elementwise
from rosenblatt.activations.registration import register
from rosenblatt.support.export_forms import CFunctionWriter
from rosenblatt.support.field_types import check_real
from rosenblatt.support.late import late

if TYPE_CHECKING:
    import numpy as np
    from scipy import special

    from rosenblatt.support.types import FloatArray
else:
    np, special = late("numpy"), late("scipy.special")

__all__ = ["ELU", "SELU", "LeakyReLU", "Softplus"]


@final
@dataclass(frozen=True)
class LeakyReLU(Elementwise):
    """a = z for z > 0, leak·z otherwise (N3; Maas et al. 2013); at the kink g' is the leak.

    Parameters
    ----------
    leak : float, default 0.01
        Slope below zero, 0 or more, so that a > 0 exactly where z > 0.
    """

    leak: float = 0.01

    def __post_init__(self) -> None:
        check_real("the leak of LeakyReLU", self.leak)
        if not 0 <= self.leak < math.inf:
            raise ValueError(f"the leak of LeakyReLU must be 0 or more, got {self.leak}")

    def value(self, z: FloatArray) -> FloatArray:
        return np.where(z > 0, z, self.leak * z)

    def derivative(self, z: FloatArray, a: FloatArray) -> FloatArray:
        return np.where(z > 0, 1, self.leak).astype(z.dtype)

    def second_derivative(self, z: FloatArray, a: FloatArray) -> FloatArray:
        return np.zeros_like(z)


@final
@dataclass(frozen=True)
class ELU(Elementwise):
    """a = z for z > 0, α (eᶻ - 1) otherwise; g' = 1 or α eᶻ = a + α (N3; Clevert et al. 2016).

    Parameters
    ----------
    alpha : float, default 1.0
        α above 0: a goes to -α as z goes to -∞.
    """

    alpha: float = 1.0

    def __post_init__(self) -> None:
        check_real("alpha of ELU", self.alpha)
        if not 0 < self.alpha < math.inf:
            raise ValueError(f"alpha of ELU must be above 0, got {self.alpha}")

    def value(self, z: FloatArray) -> FloatArray:
        return exponential_linear(z, self.alpha)

    def derivative(self, z: FloatArray, a: FloatArray) -> FloatArray:
        return exponential_linear_slope(z, self.alpha)

    def second_derivative(self, z: FloatArray, a: FloatArray) -> FloatArray:
        return exponential_linear_bend(z, self.alpha)


@final
@dataclass(frozen=True)
class SELU(Elementwise):
    """λ ELU(z; α), with λ and α such that mean 0 and variance 1 reproduce themselves from layer to
    layer (N3; Klambauer et al. 2017, eq. 14)."""

    def value(self, z: FloatArray) -> FloatArray:
        return SELU_SCALE * exponential_linear(z, SELU_ALPHA)

    def derivative(self, z: FloatArray, a: FloatArray) -> FloatArray:
        return SELU_SCALE * exponential_linear_slope(z, SELU_ALPHA)

    def second_derivative(self, z: FloatArray, a: FloatArray) -> FloatArray:
        return SELU_SCALE * exponential_linear_bend(z, SELU_ALPHA)


@final
@dataclass(frozen=True)
class Softplus(Elementwise):
    """a = ln(1 + eᶻ), g' = σ(z) = 1 - e⁻ᵃ (N3; Dugas et al. 2001): ReLU with its corner rounded."""

    def value(self, z: FloatArray) -> FloatArray:
        return np.logaddexp(0, z).astype(z.dtype)

    def derivative(self, z: FloatArray, a: FloatArray) -> FloatArray:
        slope: FloatArray = special.expit(z)
        return slope

    def second_derivative(self, z: FloatArray, a: FloatArray) -> FloatArray:
        bend: FloatArray = special.expit(z) * special.expit(-z)
        return bend


SELU_SCALE = 1.0507009873554804934
SELU_ALPHA = 1.6732632423543772848


def exponential_linear(z: FloatArray, alpha: float) -> FloatArray:
    return np.where(z > 0, z, alpha * np.expm1(np.minimum(z, 0)))


def exponential_linear_slope(z: FloatArray, alpha: float) -> FloatArray:
    return np.where(z > 0, 1, alpha * np.exp(np.minimum(z, 0))).astype(z.dtype)


def exponential_linear_bend(z: FloatArray, alpha: float) -> FloatArray:
    return np.where(z > 0, 0, alpha * np.exp(np.minimum(z, 0))).astype(z.dtype)


def exponential_linear_in_c(alpha: float, scale: float, c: CFunctionWriter) -> str:
    factors = ["" if x == 1 else f"{c.literal(x)} * " for x in (scale, alpha)]
    return f"return {factors[0]}(z > 0 ? z : {factors[1]}{c.call('expm1')}(z));"


def softplus_in_c(g: Softplus, c: CFunctionWriter) -> str:
    return f"return (z > 0 ? z : 0) + {c.call('log1p')}({c.call('exp')}(-{c.call('fabs')}(z)));"


register(
    LeakyReLU,
    "leaky_relu",
    c=lambda g, c: f"return z > 0 ? z : {c.literal(g.leak)} * z;",
    onnx=lambda g, graph, z: graph.step("LeakyRelu", z, alpha=g.leak),
    torch=lambda g, nn: nn.LeakyReLU(g.leak),
)
register(
    ELU,
    "elu",
    c=lambda g, c: exponential_linear_in_c(g.alpha, 1, c),
    onnx=lambda g, graph, z: graph.step("Elu", z, alpha=g.alpha),
    torch=lambda g, nn: nn.ELU(g.alpha),
)
register(
    SELU,
    "selu",
    c=lambda g, c: exponential_linear_in_c(SELU_ALPHA, SELU_SCALE, c),
    onnx=lambda g, graph, z: graph.step("Selu", z, alpha=SELU_ALPHA, gamma=SELU_SCALE),
    torch="SELU",
)
register(
    Softplus,
    "softplus",
    c=softplus_in_c,
    onnx="Softplus",
    # Beyond its threshold PyTorch takes z itself; at 40 that is ln(1 + eᶻ) in double precision too.
    torch=lambda g, nn: nn.Softplus(threshold=40),
)
