"""Local response normalisation: every number by those of the channels beside it (theory C7)."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from typing import Any, final

import numpy as np

from rosenblatt.network.convolution import channels_first, channels_last
from rosenblatt.network.layer import Arrays, Backward, Layer, NativeForm, Passed, Shape
from rosenblatt.network.pictures import picture
from rosenblatt.network.registration import TrainedLayer, register
from rosenblatt.support.export_forms import CWriter, OnnxGraph, TorchWriter
from rosenblatt.support.field_types import check_count, check_real
from rosenblatt.support.philox import Stream
from rosenblatt.support.types import FloatArray

__all__ = ["LocalResponseNorm"]


@final
@dataclass(frozen=True)
class LocalResponseNorm(Layer):
    """y_c = x_c / (k + α Σ x_j²)^β over the `size` channels j around c (C7).

    The defaults are those of Krizhevsky, Sutskever & Hinton 2012, section 3.3. (PyTorch's and
    ONNX's α is this one times `size`.)

    Attributes
    ----------
    size : int
        An odd number of channels; at the first and the last ones there are fewer.
    alpha, beta : float
        0 or more.
    k : float
        Above 0.
    """

    size: int = 5
    alpha: float = 1e-4
    beta: float = 0.75
    k: float = 2.0

    def __post_init__(self) -> None:
        check_count("size", self.size)
        if not (0 < self.size < 2**15 and self.size % 2):
            raise ValueError(f"size must be an odd number of channels, got size={self.size}")
        for name in ("alpha", "beta", "k"):
            check_real(name, getattr(self, name))
            if not 0 <= getattr(self, name) < np.inf:
                raise ValueError(f"{name} must be 0 or more, got {name}={getattr(self, name)}")
        if not self.k:
            raise ValueError("k must be above 0: a channel of zeros is divided by k^beta")

    def output_shape(self, shape: Shape) -> Shape:
        return picture(self, shape)

    def forward(
        self, parameters: Arrays, state: Arrays, x: FloatArray, stream: Stream | None
    ) -> Passed:
        d = x.dtype.type(self.k) + x.dtype.type(self.alpha) * self.around(x * x)
        return Passed(self, x, x * d**-self.beta, d)

    def backward(self, parameters: Arrays, passed: Passed, upstream: FloatArray) -> Backward:
        """dx_c = dy_c / d_c^β - 2 α β x_c Σ dy_j x_j / d_j^(β+1), d being what is raised to β."""
        x, d = passed.x, passed.kept
        others = self.around(upstream * passed.out / d)
        below = upstream * d**-self.beta - 2 * self.alpha * self.beta * x * others
        return Backward({}, below, delta=upstream)

    def around(self, x: FloatArray) -> FloatArray:
        """The sums over the channels around each one."""
        n, half = x.shape[-1], self.size // 2
        padded = np.pad(x, ((0, 0),) * 3 + ((half, half),))
        return np.sum([padded[..., j : j + n] for j in range(self.size)], axis=0)

    def cost(self, shape: Shape, entries: float | None = None) -> float:
        return self.size * prod(shape)

    def native_form(self) -> NativeForm:
        given = {"size": self.size, "alpha": self.alpha, "beta": self.beta, "k": self.k}
        return NativeForm("LocalResponseNorm", given)


IN_C = """\
static void NAME(const REAL *x, long pixels, long channels, long half, REAL alpha, REAL beta,
    REAL k, REAL *out)
{
    long c, j;
    for (; pixels > 0; pixels--, x += channels, out += channels)
        for (c = 0; c < channels; c++) {
            REAL sum = 0;
            for (j = c < half ? 0 : c - half; j < channels && j <= c + half; j++)
                sum += x[j] * x[j];
            out[c] = x[c] * POW(k + alpha * sum, -beta);
        }
}
"""


def in_c(node: TrainedLayer, c: CWriter, x: str, out: str) -> None:
    layer: LocalResponseNorm = node.layer
    helper = c.helper("local_response_norm", IN_C)
    pixels, numbers = prod(node.shape[:2]), (layer.alpha, layer.beta, layer.k)
    c.statement(
        f"{helper}({x}, {pixels}, {node.shape[2]}, {layer.size // 2},"
        f" {', '.join(map(c.literal, numbers))}, {out});"
    )


def in_onnx(node: TrainedLayer, graph: OnnxGraph, x: str) -> str:
    layer: LocalResponseNorm = node.layer
    first = graph.step("Transpose", x, perm=[0, 3, 1, 2])
    fields = {"size": layer.size, "alpha": layer.alpha * layer.size, "beta": layer.beta}
    normed = graph.step("LRN", first, bias=layer.k, **fields)
    return graph.step("Transpose", normed, perm=[0, 2, 3, 1])


def in_torch(node: TrainedLayer, torch: TorchWriter) -> list[Any]:
    layer: LocalResponseNorm = node.layer
    module = torch.nn.LocalResponseNorm(layer.size, layer.alpha * layer.size, layer.beta, layer.k)
    first, last = (torch.function(order, {}) for order in (channels_first, channels_last))
    return [first, module, last]


register(LocalResponseNorm, c=in_c, onnx=in_onnx, torch=in_torch)
