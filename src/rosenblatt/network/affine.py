"""The fully connected layer alone: x W + b (theory B1, B8-B10, N10)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import final

import numpy as np

from rosenblatt.initializers import Initializer, Rng
from rosenblatt.network.layer import Arrays, Backward, Layer, Passed, Shape, Tangent
from rosenblatt.network.registration import TrainedLayer, register
from rosenblatt.support.export_forms import CWriter, OnnxGraph, TorchWriter
from rosenblatt.support.field_types import check_boolean, check_count
from rosenblatt.support.listing import LONG, brief
from rosenblatt.support.philox import Stream
from rosenblatt.support.products import matmul
from rosenblatt.support.types import FloatArray

__all__ = ["Affine", "add_product_in_c", "width"]


@final
@dataclass(frozen=True)
class Affine(Layer):
    """z = x W + b, W of shape (n_in, n_out) and b of shape (n_out,).

    (The papers' W is this one transposed: rows are samples.) With `ntk` z = x W / √n_in + b.
    """

    n_outputs: int
    ntk: bool = False

    def __post_init__(self) -> None:
        check_count("n_outputs", self.n_outputs)
        check_boolean("ntk", self.ntk)
        if self.n_outputs < 1:
            raise ValueError(f"a layer needs at least one unit, got n_outputs={self.n_outputs}")

    def output_shape(self, shape: Shape) -> Shape:
        width(self, shape)
        return (self.n_outputs,)

    def parameter_shapes(self, shape: Shape) -> Mapping[str, Shape]:
        return {"weight": (width(self, shape), self.n_outputs), "bias": (self.n_outputs,)}

    def initialize(self, parameters: Arrays, rng: Rng, initializer: Initializer) -> None:
        n_in, n_out = parameters["weight"].shape
        W, parameters["bias"][...] = initializer.draw(rng, n_in, n_out)
        parameters["weight"][...] = W / self.factor(W)

    def factor(self, W: FloatArray) -> float:
        """What W is multiplied by (N10)."""
        return len(W) ** -0.5 if self.ntk else 1.0

    def forward(
        self, parameters: Arrays, state: Arrays, x: FloatArray, stream: Stream | None
    ) -> Passed:
        W = parameters["weight"]
        z = self.factor(W) * matmul(x, W) + parameters["bias"]  # B1
        return Passed(self, x, z)

    def backward(self, parameters: Arrays, passed: Passed, upstream: FloatArray) -> Backward:
        W = parameters["weight"]
        scaled = self.factor(W) * upstream
        dW = matmul(passed.x.T, scaled)  # B9
        db = upstream.sum(axis=0)  # B10
        below = matmul(scaled, W.T)  # B8: (W^{l+1})ᵀ δ^{l+1}
        return Backward({"weight": dW, "bias": db}, below, delta=upstream)

    def forward_along(
        self, parameters: Arrays, direction: Arrays, passed: Passed, x_dot: FloatArray
    ) -> Tangent:
        W = parameters["weight"]
        z_dot = matmul(passed.x, direction["weight"])
        if x_dot.any():  # the inputs of a network do not move
            z_dot = z_dot + matmul(x_dot, W)
        return Tangent(x_dot, self.factor(W) * z_dot + direction["bias"])

    def backward_along(
        self,
        parameters: Arrays,
        direction: Arrays,
        passed: Passed,
        tangent: Tangent,
        upstream: FloatArray,
        upstream_dot: FloatArray,
    ) -> tuple[FloatArray, Backward]:
        W, V = parameters["weight"], direction["weight"]
        factor = self.factor(W)
        scaled, scaled_dot = factor * upstream, factor * upstream_dot
        dW = matmul(passed.x.T, scaled_dot)
        if tangent.x.any():
            dW = dW + matmul(tangent.x.T, scaled)
        below_dot = matmul(scaled_dot, W.T) + matmul(scaled, V.T)
        moved = Backward({"weight": dW, "bias": upstream_dot.sum(axis=0)}, below_dot, upstream_dot)
        return matmul(scaled, W.T), moved

    @property
    def penalised(self) -> tuple[str, ...]:
        return ("weight",)

    @property
    def constrained(self) -> tuple[str, ...]:
        return ("weight",)

    def cost(self, shape: Shape, entries: float | None = None) -> float:
        return (width(self, shape) if entries is None else entries) * self.n_outputs


def width(layer: Layer, shape: Shape) -> int:
    """The n of a shape (n,); ValueError for another shape."""
    if len(shape) != 1:
        flat = ": put Flatten() before it" if len(shape) == 3 else ""
        raise ValueError(f"{brief(layer, LONG)} takes samples of shape (n,), got {shape}{flat}")
    return shape[0]


ADD_PRODUCT_IN_C = """\
/* Rows beyond `far` may overflow on the way to a sum that does not: then it is made in 1/unit^2. */
static void NAME(const REAL *x, const REAL *matrix, long n_in, long n_out, REAL far, REAL unit,
    REAL *sums)
{
    long i, j;
    for (i = 0; i < n_in && x[i] <= far && x[i] >= -far; i++) {}
    if (i == n_in) {
        for (i = 0; i < n_in; i++)
            for (j = 0; j < n_out; j++)
                sums[j] += x[i] * *matrix++;
        return;
    }
    for (j = 0; j < n_out; j++, matrix++) {
        REAL sum = sums[j], share = sums[j] / unit / unit;
        for (i = 0; i < n_in; i++) {
            sum += x[i] * matrix[i * n_out];
            share += x[i] / unit * (matrix[i * n_out] / unit);
        }
        sums[j] = isfinite(sum) ? sum : share * unit * unit;
    }
}
"""


def add_product_in_c(c: CWriter, which: str, matrix: FloatArray, x: str, out: str) -> None:
    """Add x times a matrix, a constant of this name, to `out`."""
    helper, constant = c.helper("add_product", ADD_PRODUCT_IN_C), c.constant(which, matrix)
    info = np.finfo(matrix.dtype)
    largest, norm = float(info.max), float(np.abs(matrix).sum(0, np.float64).max(initial=0))
    far = c.literal(min(largest, largest / 4 / norm if norm > 0 else largest))
    unit = c.literal(2.0 ** (info.maxexp // 2 + 8))
    n_in, n_out = matrix.shape
    c.statement(f"{helper}({x}, {constant}, {n_in}, {n_out}, {far}, {unit}, {out});")


def scaled_weight(node: TrainedLayer) -> FloatArray:
    """W with its factor, as exports have it."""
    W = node.arrays["weight"]
    scaled: FloatArray = (node.layer.factor(W) * W.astype(np.float64)).astype(W.dtype)
    return scaled if node.layer.ntk else W


def in_c(node: TrainedLayer, c: CWriter, x: str, out: str) -> None:
    bias = c.constant("bias", node.arrays["bias"])
    c.statement(f"for (i = 0; i < {len(node.arrays['bias'])}; i++) {out}[i] = {bias}[i];")
    add_product_in_c(c, "weight", scaled_weight(node), x, out)


def in_onnx(node: TrainedLayer, graph: OnnxGraph, x: str) -> str:
    W, b = graph.constant(scaled_weight(node)), graph.constant(node.arrays["bias"])
    return graph.step("Gemm", x, W, b)


def in_torch(node: TrainedLayer, torch: TorchWriter) -> list[object]:
    return [torch.linear(scaled_weight(node), node.arrays["bias"])]


register(Affine, c=in_c, onnx=in_onnx, torch=in_torch)
