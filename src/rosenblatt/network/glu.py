"""Gated linear units (theory N12)."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import prod
from typing import Any, final

import numpy as np

from rosenblatt.activations import Activation, Elementwise, Sigmoid
from rosenblatt.network.layer import Arrays, Backward, Layer, NativeForm, Passed, Shape
from rosenblatt.network.registration import TrainedLayer, register
from rosenblatt.support.export_forms import CWriter, OnnxGraph, TorchWriter
from rosenblatt.support.listing import brief
from rosenblatt.support.philox import Stream
from rosenblatt.support.types import FloatArray

__all__ = ["GLU"]


@final
@dataclass(frozen=True)
class GLU(Layer):
    """a = u ⊙ g(v), the halves u and v of its input: half of the units gate the others (N12).

    `Dense(2 * n)` and then `GLU()` are a gated layer of n units (Dauphin et al. 2017). The other
    members of the family are (Shazeer 2020): GEGLU, `GLU(GELU())`; SwiGLU, `GLU(SiLU())`; ReGLU,
    `GLU(ReLU())`; bilinear, `GLU(Identity())`.

    Samples of the shape (…, 2n) become (…, n).

    Parameters
    ----------
    activation : Activation, default Sigmoid()
        g, of single numbers.

    Raises
    ------
    ValueError
        For an activation of several numbers, or an odd number of inputs.
    """

    activation: Activation = field(default_factory=Sigmoid)

    def __post_init__(self) -> None:
        if not isinstance(self.activation, Elementwise):
            raise ValueError(f"a gate takes single numbers, and {brief(self.activation)} does not")

    def output_shape(self, shape: Shape) -> Shape:
        *before, n = shape
        if n % 2:
            raise ValueError(f"gated units take an even number of inputs, got {n}")
        return (*before, n // 2)

    def forward(
        self, parameters: Arrays, state: Arrays, x: FloatArray, stream: Stream | None
    ) -> Passed:
        u, v = halves(x)
        gate = self.activation.value(v)
        return Passed(self, x, u * gate, gate)

    def backward(self, parameters: Arrays, passed: Passed, upstream: FloatArray) -> Backward:
        u, v = halves(passed.x)
        gate = passed.kept
        dv = self.activation.pull_back(v, gate, upstream * u)
        return Backward({}, np.concatenate([upstream * gate, dv], axis=-1), delta=upstream)

    @property
    def name(self) -> str:
        return f"GLU({type(self.activation).__name__})"

    def cost(self, shape: Shape, entries: float | None = None) -> float:
        return prod(shape) / 2

    def native_form(self) -> NativeForm:
        return NativeForm("GLU", {"activation": self.activation})


def halves(x: FloatArray) -> tuple[FloatArray, FloatArray]:
    n = x.shape[-1] // 2
    return x[..., :n], x[..., n:]


def in_c(node: TrainedLayer, c: CWriter, x: str, out: str) -> None:
    *before, n = node.shape
    n, groups = n // 2, prod(before)
    gate = c.scratch(groups * n)
    for k in range(groups):
        c.statement(f"for (i = 0; i < {n}; i++) {gate}[{k * n} + i] = {x}[{(2 * k + 1) * n} + i];")
    c.activate(node.layer.activation, gate, groups * n)
    for k in range(groups):
        c.statement(
            f"for (i = 0; i < {n}; i++)"
            f" {out}[{k * n} + i] = {x}[{2 * k * n} + i] * {gate}[{k * n} + i];"
        )


def in_onnx(node: TrainedLayer, graph: OnnxGraph, x: str) -> str:
    n = node.shape[-1] // 2
    axis = graph.constant(np.array([-1]))
    u, v = (
        graph.step("Slice", x, *(graph.constant(np.array([at])) for at in ends), axis)
        for ends in ((0, n), (n, 2 * n))
    )
    return graph.step("Mul", u, graph.activation(node.layer.activation, v))


def in_torch(node: TrainedLayer, torch: TorchWriter) -> list[Any]:
    return [torch.gated(torch.activation(node.layer.activation))]


register(GLU, c=in_c, onnx=in_onnx, torch=in_torch)
