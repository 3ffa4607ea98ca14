"""Activations with slopes that are learned (theory N11)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Any, final

import numpy as np

from rosenblatt.activations import Activation, Elementwise
from rosenblatt.initializers import Initializer, Rng
from rosenblatt.network.layer import Arrays, Backward, Layer, NativeForm, Passed, Shape
from rosenblatt.network.registration import TrainedLayer, register
from rosenblatt.support.export_forms import CWriter, OnnxGraph, TorchWriter
from rosenblatt.support.field_types import check_boolean
from rosenblatt.support.listing import brief
from rosenblatt.support.philox import Stream
from rosenblatt.support.types import FloatArray

__all__ = ["PReLU", "ParametricActivation"]


@final
@dataclass(frozen=True)
class PReLU(Layer):
    """a = z for z > 0 and s ⊙ z otherwise, with learned slopes s (N11; He et al. 2015).

    Samples keep their shape. The parameter is `slope`, one for each unit or of shape (1,); it
    begins at 0.25, and no penalty acts on it.

    Parameters
    ----------
    shares_slope : bool, default False
        Whether all units have one slope.
    """

    shares_slope: bool = False

    def __post_init__(self) -> None:
        check_boolean("shares_slope", self.shares_slope)

    def output_shape(self, shape: Shape) -> Shape:
        return shape

    def parameter_shapes(self, shape: Shape) -> Mapping[str, Shape]:
        return {"slope": (1,) if self.shares_slope else shape}

    def initialize(self, parameters: Arrays, rng: Rng, initializer: Initializer) -> None:
        parameters["slope"][...] = 0.25

    def forward(
        self, parameters: Arrays, state: Arrays, x: FloatArray, stream: Stream | None
    ) -> Passed:
        return Passed(self, x, np.where(x > 0, x, parameters["slope"] * x))

    def backward(self, parameters: Arrays, passed: Passed, upstream: FloatArray) -> Backward:
        x = passed.x
        ds = np.where(x > 0, 0, x * upstream).sum(axis=0)
        if self.shares_slope:
            ds = ds.sum().reshape(1)
        below = np.where(x > 0, upstream, parameters["slope"] * upstream)
        return Backward({"slope": ds}, below, delta=upstream)

    def cost(self, shape: Shape, entries: float | None = None) -> float:
        return prod(shape)

    def native_form(self) -> NativeForm:
        return NativeForm("PReLU", {"shares_slope": self.shares_slope})


@final
@dataclass(frozen=True)
class ParametricActivation(Layer):
    """a = z + s ⊙ (g(z) - z), with a learned s for each unit (N11).

    RealMLP's activation (Holzmüller, Grinsztajn & Steinwart 2024), where g is SELU for classes and
    Mish for numbers: s = 1 is g, where it begins, and s = 0 the identity. Samples keep their shape,
    which is also that of the parameter `slope`; no penalty acts on it.

    Parameters
    ----------
    activation : Activation
        g, of single numbers.

    Raises
    ------
    ValueError
        For an activation of several numbers.
    """

    activation: Activation

    def __post_init__(self) -> None:
        if not isinstance(self.activation, Elementwise):
            raise ValueError(
                f"a parametric activation takes single numbers, and {brief(self.activation)} does"
                " not"
            )

    def output_shape(self, shape: Shape) -> Shape:
        return shape

    def parameter_shapes(self, shape: Shape) -> Mapping[str, Shape]:
        return {"slope": shape}

    def initialize(self, parameters: Arrays, rng: Rng, initializer: Initializer) -> None:
        parameters["slope"][...] = 1

    def forward(
        self, parameters: Arrays, state: Arrays, x: FloatArray, stream: Stream | None
    ) -> Passed:
        g = self.activation.value(x)
        return Passed(self, x, x + parameters["slope"] * (g - x), g)

    def backward(self, parameters: Arrays, passed: Passed, upstream: FloatArray) -> Backward:
        x, g = passed.x, passed.kept
        ds = (upstream * (g - x)).sum(axis=0)
        rise = self.activation.pull_back(x, g, np.ones_like(x)) - 1
        return Backward({"slope": ds}, upstream * (1 + parameters["slope"] * rise), delta=upstream)

    @property
    def name(self) -> str:
        return type(self.activation).__name__

    def cost(self, shape: Shape, entries: float | None = None) -> float:
        return prod(shape)

    def native_form(self) -> NativeForm:
        return NativeForm("ParametricActivation", {"activation": self.activation})


def prelu_in_c(node: TrainedLayer, c: CWriter, x: str, out: str) -> None:
    slope, n = c.constant("slope", node.arrays["slope"]), prod(node.shape)
    at = "0" if node.layer.shares_slope else "i"
    c.statement(
        f"for (i = 0; i < {n}; i++) {out}[i] = {x}[i] > 0 ? {x}[i] : {slope}[{at}] * {x}[i];"
    )


def prelu_in_onnx(node: TrainedLayer, graph: OnnxGraph, x: str) -> str:
    return graph.step("PRelu", x, graph.constant(node.arrays["slope"]))


def prelu_in_torch(node: TrainedLayer, torch: TorchWriter) -> list[Any]:
    return [torch.function(bent, node.arrays)]


def bent(torch: Any, x: Any, slope: Any) -> Any:
    return torch.where(x > 0, x, slope * x)


def parametric_in_c(node: TrainedLayer, c: CWriter, x: str, out: str) -> None:
    slope, n = c.constant("slope", node.arrays["slope"]), prod(node.shape)
    g = c.scratch(n)
    c.copy(x, g, n)
    c.activate(node.layer.activation, g, n)
    c.statement(f"for (i = 0; i < {n}; i++) {out}[i] = {x}[i] + {slope}[i] * ({g}[i] - {x}[i]);")


def parametric_in_onnx(node: TrainedLayer, graph: OnnxGraph, x: str) -> str:
    rise = graph.step("Sub", graph.activation(node.layer.activation, x), x)
    return graph.step("Add", x, graph.step("Mul", rise, graph.constant(node.arrays["slope"])))


def parametric_in_torch(node: TrainedLayer, torch: TorchWriter) -> list[Any]:
    return [torch.mixed_with_input(torch.activation(node.layer.activation), node.arrays["slope"])]


register(PReLU, c=prelu_in_c, onnx=prelu_in_onnx, torch=prelu_in_torch, is_in_place_in_c=True)
register(
    ParametricActivation,
    c=parametric_in_c,
    onnx=parametric_in_onnx,
    torch=parametric_in_torch,
    is_in_place_in_c=True,
)
