"""Activations that networks of other tools have: bounded ones, and FANN's and R's own."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, ClassVar, final

from rosenblatt.activations.base import Elementwise
from rosenblatt.activations.classic import Sigmoid
from rosenblatt.activations.registration import register
from rosenblatt.support.export_forms import CFunctionWriter, OnnxGraph
from rosenblatt.support.late import late

if TYPE_CHECKING:
    import numpy as np
    from scipy import special

    from rosenblatt.support.types import FloatArray
else:
    np, special = late("numpy"), late("scipy.special")

__all__ = [
    "Bump",
    "ClippedLogistic",
    "Sine",
    "Softsign",
    "StepwiseSigmoid",
    "StepwiseTanh",
]

CUT = 15.0  # of nnet's sigmoid


@final
@dataclass(frozen=True)
class Softsign(Elementwise):
    """a = z / (1 + |z|), g' = (1 - |a|)² (N3; Elliott 1993), also known as Elliott's."""

    def value(self, z: FloatArray) -> FloatArray:
        return z / (1 + np.abs(z))

    def derivative(self, z: FloatArray, a: FloatArray) -> FloatArray:
        return 1 / np.square(1 + np.abs(z))

    def second_derivative(self, z: FloatArray, a: FloatArray) -> FloatArray:
        return -2 * np.sign(z) / (1 + np.abs(z)) ** 3


@final
@dataclass(frozen=True)
class Sine(Elementwise):
    """a = sin z, g' = cos z (N3; Lapedes & Farber 1987)."""

    def value(self, z: FloatArray) -> FloatArray:
        return np.sin(z)

    def derivative(self, z: FloatArray, a: FloatArray) -> FloatArray:
        return np.cos(z)

    def second_derivative(self, z: FloatArray, a: FloatArray) -> FloatArray:
        return -a


@final
@dataclass(frozen=True)
class Bump(Elementwise):
    """a = exp(-z²), g' = -2 z a (N3; Broomhead & Lowe 1988): a Gaussian."""

    def value(self, z: FloatArray) -> FloatArray:
        return np.exp(-np.square(z))

    def derivative(self, z: FloatArray, a: FloatArray) -> FloatArray:
        return -2 * z * a

    def second_derivative(self, z: FloatArray, a: FloatArray) -> FloatArray:
        return (4 * np.square(z) - 2) * a


@final
@dataclass(frozen=True)
class ClippedLogistic(Elementwise):
    """a = σ(z) for |z| ≤ 15, 0 below and 1 above; g' = a (1 - a) (N3; nnet of R, Venables & Ripley
    2002)."""

    def value(self, z: FloatArray) -> FloatArray:
        a: FloatArray = special.expit(z)
        a[z > CUT] = 1
        a[z < -CUT] = 0
        return a

    def derivative(self, z: FloatArray, a: FloatArray) -> FloatArray:
        return a * (1 - a)

    def second_derivative(self, z: FloatArray, a: FloatArray) -> FloatArray:
        return a * (1 - a) * (1 - 2 * a)


class Stepwise(Elementwise):
    """Straight lines between points of a curve, and constants beyond the outer points."""

    points: ClassVar[tuple[tuple[float, float], ...]]
    ends: ClassVar[tuple[float, float]]

    def value(self, z: FloatArray) -> FloatArray:
        xs, ys = np.array(self.points).T
        low, high = self.ends
        a = np.where(z < xs[0], low, np.where(z >= xs[-1], high, np.interp(z, xs, ys)))
        return a.astype(z.dtype)

    def derivative(self, z: FloatArray, a: FloatArray) -> FloatArray:
        slopes = np.array([0.0, *self.slopes(), 0.0])
        xs = [x for x, _ in self.points]
        return slopes[np.searchsorted(xs, z, side="right")].astype(z.dtype)

    def second_derivative(self, z: FloatArray, a: FloatArray) -> FloatArray:
        return np.zeros_like(z)

    def slopes(self) -> list[float]:
        """Of each line."""
        return [(y1 - y0) / (x1 - x0) for (x0, y0), (x1, y1) in pairwise(self.points)]


@final
@dataclass(frozen=True)
class StepwiseSigmoid(Stepwise):
    """a = σ(2z) in straight lines through six points, 0 below them and 1 above; g' = the line's
    slope (N3; Nissen 2003). The points are FANN's, which lie a little asymmetrically."""

    points = (
        (-2.64665246009826660156, 4.99999988824129104614e-03),
        (-1.47221946716308593750, 5.00000007450580596924e-02),
        (-0.549306154251098632812, 0.25),
        (0.549306154251098632812, 0.75),
        (1.47221934795379638672, 0.949999988079071044922),
        (2.64665293693542480469, 0.995000004768371582031),
    )
    ends = (0.0, 1.0)


@final
@dataclass(frozen=True)
class StepwiseTanh(Stepwise):
    """a = tanh z in straight lines through six points, -1 below them and 1 above; g' = the line's
    slope (N3; Nissen 2003). The points are FANN's."""

    points = (
        (-2.64665293693542480469, -0.990000009536743164062),
        (-1.47221934795379638672, -0.899999976158142089844),
        (-0.549306154251098632812, -0.5),
        (0.549306154251098632812, 0.5),
        (1.47221934795379638672, 0.899999976158142089844),
        (2.64665293693542480469, 0.990000009536743164062),
    )
    ends = (-1.0, 1.0)


def stepwise_in_c(g: Stepwise, c: CFunctionWriter) -> str:
    low, high = g.ends
    xs = [x for x, _ in g.points]
    lines = [f"if (z < {c.literal(xs[0])}) return {c.literal(low)};"]
    for k, ((x, y), slope) in enumerate(zip(g.points, g.slopes(), strict=False)):
        line = f"return {c.literal(slope)} * (z - {c.literal(x)}) + {c.literal(y)};"
        lines.append(f"if (z < {c.literal(xs[k + 1])}) {line}")
    return "\n".join([*lines, f"return z >= {c.literal(xs[-1])} ? {c.literal(high)} : z;"])


def stepwise_in_onnx(g: Stepwise, graph: OnnxGraph, z: str) -> str:
    low, high = g.ends
    (first, y), *_, (last, _) = g.points
    a = graph.number(y)
    for (x0, _), (x1, _), slope in zip(g.points, g.points[1:], g.slopes(), strict=False):
        beyond = graph.step("Sub", z, graph.number(x0))
        held = graph.step("Clip", beyond, graph.number(0), graph.number(x1 - x0))
        a = graph.step("Add", a, graph.step("Mul", held, graph.number(slope)))
    a = graph.step("Where", graph.step("Less", z, graph.number(first)), graph.number(low), a)
    is_high = graph.step("GreaterOrEqual", z, graph.number(last))
    return graph.step("Where", is_high, graph.number(high), a)


def clipped_in_c(g: ClippedLogistic, c: CFunctionWriter) -> str:
    cut = c.literal(CUT)
    return f"return z > {cut} ? 1 : z < -{cut} ? 0 : {c.function_of(Sigmoid())}(z);"


def clipped_in_onnx(g: ClippedLogistic, graph: OnnxGraph, z: str) -> str:
    a = graph.activation(Sigmoid(), z)
    is_high = graph.step("Greater", z, graph.number(CUT))
    a = graph.step("Where", is_high, graph.number(1), a)
    return graph.step("Where", graph.step("Less", z, graph.number(-CUT)), graph.number(0), a)


def bump_in_onnx(g: Bump, graph: OnnxGraph, z: str) -> str:
    return graph.step("Exp", graph.step("Neg", graph.step("Mul", z, z)))


register(
    Softsign,
    "softsign",
    "elliott",
    c=lambda g, c: f"return z / ({c.literal(1)} + {c.call('fabs')}(z));",
    onnx="Softsign",
    torch="Softsign",
)
register(Sine, "sine", c=lambda g, c: f"return {c.call('sin')}(z);", onnx="Sin", torch="Sine")
register(
    Bump, "bump", c=lambda g, c: f"return {c.call('exp')}(-z * z);", onnx=bump_in_onnx, torch="Bump"
)
register(
    ClippedLogistic,
    "clipped_logistic",
    c=clipped_in_c,
    onnx=clipped_in_onnx,
    torch="ClippedLogistic",
)
register(
    StepwiseSigmoid,
    "stepwise_sigmoid",
    c=stepwise_in_c,
    onnx=stepwise_in_onnx,
    torch="StepwiseSigmoid",
)
register(
    StepwiseTanh, "stepwise_tanh", c=stepwise_in_c, onnx=stepwise_in_onnx, torch="StepwiseTanh"
)
