"""Activations put together from straight lines, cheap in place of the curves they follow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, final

from rosenblatt.activations.base import Elementwise
from rosenblatt.activations.registration import register
from rosenblatt.support.late import late

if TYPE_CHECKING:
    import numpy as np

    from rosenblatt.support.types import FloatArray
else:
    np = late("numpy")

__all__ = ["HardSigmoid", "HardSwish", "HardTanh"]


@final
@dataclass(frozen=True)
class HardSigmoid(Elementwise):
    """a = (z + 3) / 6 within [0, 1], g' = 1/6 inside and 0 outside (N3; PyTorch's definition)."""

    def value(self, z: FloatArray) -> FloatArray:
        return np.clip(z + 3, 0, 6) / 6

    def derivative(self, z: FloatArray, a: FloatArray) -> FloatArray:
        return np.where(np.abs(z) < 3, 1 / 6, 0).astype(z.dtype)

    def second_derivative(self, z: FloatArray, a: FloatArray) -> FloatArray:
        return np.zeros_like(z)


@final
@dataclass(frozen=True)
class HardTanh(Elementwise):
    """a = z within [-1, 1], g' = 1 inside and 0 outside (N3; Collobert 2004)."""

    def value(self, z: FloatArray) -> FloatArray:
        return np.clip(z, -1, 1)

    def derivative(self, z: FloatArray, a: FloatArray) -> FloatArray:
        return (np.abs(z) < 1).astype(z.dtype)

    def second_derivative(self, z: FloatArray, a: FloatArray) -> FloatArray:
        return np.zeros_like(z)


@final
@dataclass(frozen=True)
class HardSwish(Elementwise):
    """a = z HardSigmoid(z), g' = z/3 + 1/2 for |z| < 3, 0 below and 1 above (N3; Howard et al.
    2019)."""

    def value(self, z: FloatArray) -> FloatArray:
        return z * (np.clip(z + 3, 0, 6) / 6)

    def derivative(self, z: FloatArray, a: FloatArray) -> FloatArray:
        return np.where(np.abs(z) < 3, z / 3 + 0.5, z > 0).astype(z.dtype)

    def second_derivative(self, z: FloatArray, a: FloatArray) -> FloatArray:
        return np.where(np.abs(z) < 3, 1 / 3, 0).astype(z.dtype)


register(
    HardSigmoid,
    "hard_sigmoid",
    c="return z <= -3 ? 0 : z >= 3 ? 1 : (z + 3) / 6;",
    onnx=lambda g, graph, z: graph.step("HardSigmoid", z, alpha=1 / 6, beta=0.5),
    torch="Hardsigmoid",
)
register(
    HardTanh,
    "hard_tanh",
    c="return z <= -1 ? -1 : z >= 1 ? 1 : z;",
    onnx=lambda g, graph, z: graph.step("Clip", z, graph.number(-1), graph.number(1)),
    torch="Hardtanh",
)
register(
    HardSwish,
    "hard_swish",
    c=lambda g, c: f"return z * {c.function_of(HardSigmoid())}(z);",
    onnx="HardSwish",
    torch="GatedByHardSigmoid",
)
