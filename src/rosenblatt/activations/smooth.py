"""Smooth activations that are not monotonic: z times a gate that opens with z."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, final

from rosenblatt.activations.base import Elementwise
from rosenblatt.activations.classic import Sigmoid
from rosenblatt.activations.rectifiers import Softplus
from rosenblatt.activations.registration import register
from rosenblatt.support.export_forms import CFunctionWriter
from rosenblatt.support.late import late

if TYPE_CHECKING:
    import numpy as np
    from scipy import special

    from rosenblatt.support.types import FloatArray
else:
    np, special = late("numpy"), late("scipy.special")

__all__ = ["GELU", "Mish", "SiLU"]


@final
@dataclass(frozen=True)
class GELU(Elementwise):
    """a = z Φ(z), g' = Φ(z) + z φ(z), of the standard normal distribution (N3; Hendrycks & Gimpel
    2016).

    Parameters
    ----------
    approximate : bool, default False
        Whether the gate is the paper's σ(2u) in place of Φ(z), u = √(2/π) (z + 0.044715 z³): what
        models call GELU whose weights were trained with `approximate='tanh'` in PyTorch.
    """

    approximate: bool = False

    def value(self, z: FloatArray) -> FloatArray:
        gate: FloatArray = (
            special.expit(2 * gelu_argument(z)) if self.approximate else special.ndtr(z)
        )
        return z * gate

    def derivative(self, z: FloatArray, a: FloatArray) -> FloatArray:
        if self.approximate:
            gate = special.expit(2 * gelu_argument(z))
            slope = 2 * GELU_FACTOR * (1 + 3 * GELU_CUBIC * z * z)
            return gate + z * gate * (1 - gate) * slope
        density = np.exp(-0.5 * z * z) / math.sqrt(2 * math.pi)
        derivative: FloatArray = special.ndtr(z) + z * density
        return derivative

    def second_derivative(self, z: FloatArray, a: FloatArray) -> FloatArray:
        if self.approximate:
            gate = special.expit(2 * gelu_argument(z))
            slope = 2 * GELU_FACTOR * (1 + 3 * GELU_CUBIC * z * z)
            bend = 12 * GELU_FACTOR * GELU_CUBIC * z
            of_gate = gate * (1 - gate)
            return of_gate * (2 * slope + z * ((1 - 2 * gate) * slope * slope + bend))
        return np.exp(-0.5 * z * z) / math.sqrt(2 * math.pi) * (2 - z * z)


@final
@dataclass(frozen=True)
class SiLU(Elementwise):
    """a = z σ(z), g' = σ(z) (1 + z (1 - σ(z))) (N3; Elfwing et al. 2018), also known as swish."""

    def value(self, z: FloatArray) -> FloatArray:
        return z * special.expit(z)

    def derivative(self, z: FloatArray, a: FloatArray) -> FloatArray:
        gate: FloatArray = special.expit(z)
        return gate * (1 + z * (1 - gate))

    def second_derivative(self, z: FloatArray, a: FloatArray) -> FloatArray:
        gate: FloatArray = special.expit(z)
        return gate * (1 - gate) * (2 + z * (1 - 2 * gate))


@final
@dataclass(frozen=True)
class Mish(Elementwise):
    """a = z t, t = tanh(ln(1 + eᶻ)); g' = t + z σ(z) (1 - t²) (N3; Misra 2019)."""

    def value(self, z: FloatArray) -> FloatArray:
        return z * np.tanh(np.logaddexp(0, z).astype(z.dtype))

    def derivative(self, z: FloatArray, a: FloatArray) -> FloatArray:
        t = np.tanh(np.logaddexp(0, z).astype(z.dtype))
        return t + z * special.expit(z) * (1 - t * t)

    def second_derivative(self, z: FloatArray, a: FloatArray) -> FloatArray:
        t = np.tanh(np.logaddexp(0, z).astype(z.dtype))
        gate: FloatArray = special.expit(z)
        slope = gate * (1 - t * t)
        return slope * (2 + z * (1 - gate - 2 * t * gate))


GELU_FACTOR = math.sqrt(2 / math.pi)
GELU_CUBIC = 0.044715


def gelu_argument(z: FloatArray) -> FloatArray:
    return GELU_FACTOR * (z + GELU_CUBIC * z * z * z)


def gelu_in_c(g: GELU, c: CFunctionWriter) -> str:
    if g.approximate:
        u = f"{c.literal(2 * GELU_FACTOR)} * (z + {c.literal(GELU_CUBIC)} * z * z * z)"
        return f"return z * {c.function_of(Sigmoid())}({u});"
    # The complement keeps its digits in the tail, where 1 + erf has none left.
    return f"return {c.literal(0.5)} * z * {c.call('erfc')}({c.literal(-1 / math.sqrt(2))} * z);"


def kind_of_gelu(g: GELU) -> str:
    return "tanh" if g.approximate else "none"


register(
    GELU,
    "gelu",
    c=gelu_in_c,
    onnx=lambda g, graph, z: graph.step("Gelu", z, approximate=kind_of_gelu(g)),
    torch=lambda g, nn: nn.GELU("tanh") if g.approximate else "GatedByNormal",
)
register(
    SiLU,
    "silu",
    "swish",
    c=lambda g, c: f"return z * {c.function_of(Sigmoid())}(z);",
    onnx=lambda g, graph, z: graph.step("Mul", z, graph.activation(Sigmoid(), z)),
    torch="SiLU",
)
register(
    Mish,
    "mish",
    c=lambda g, c: f"return z * {c.call('tanh')}({c.function_of(Softplus())}(z));",
    onnx="Mish",
    torch="Mish",
)
