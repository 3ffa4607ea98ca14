"""The basic block of residual networks: two convolutions, and a shortcut past both."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import prod
from types import NoneType
from typing import Any, final

from rosenblatt.activations import Activation, Elementwise, ReLU
from rosenblatt.initializers import Initializer, Rng
from rosenblatt.network.activation_layer import ActivationLayer
from rosenblatt.network.composed import Composed, register_composed
from rosenblatt.network.convolution import Convolution
from rosenblatt.network.layer import Arrays, Backward, Layer, NativeForm, Passed, Shape
from rosenblatt.network.normalization_layer import NormalizationLayer
from rosenblatt.network.pictures import Sides, check_sides, pair
from rosenblatt.network.registration import TrainedLayer, register
from rosenblatt.network.sequential import Sequential
from rosenblatt.normalizations import BatchNorm, Normalization
from rosenblatt.support.export_forms import CWriter, OnnxGraph, TorchWriter
from rosenblatt.support.listing import LONG, brief
from rosenblatt.support.philox import Stream
from rosenblatt.support.types import FloatArray

__all__ = ["Branches", "ResidualBlock"]

SHORTCUT = "shortcut."


@final
@dataclass(frozen=True)
class Branches(Layer):
    """f(x) + x, or f(x) + s(x) where f(x) has another shape (C9).

    The parameters and the state are those of `layer`, f, and behind them those of `shortcut`, s,
    whose names begin with 'shortcut.'.
    """

    layer: Layer
    shortcut: Layer

    def __post_init__(self) -> None:
        for name in ("layer", "shortcut"):
            given = getattr(self, name)
            if not isinstance(given, Layer):
                raise ValueError(f"{name} must be one such as Conv2D(8, 3), got {brief(given)}")

    def output_shape(self, shape: Shape) -> Shape:
        out = self.layer.output_shape(shape)
        if out != shape and self.shortcut.output_shape(shape) != out:
            raise ValueError(
                f"two branches give the same shape, and here they make {out} and"
                f" {self.shortcut.output_shape(shape)} of {shape}: {brief(self, LONG)}"
            )
        return out

    def parameter_shapes(self, shape: Shape) -> Mapping[str, Shape]:
        own = self.layer.parameter_shapes(shape)
        if self.output_shape(shape) == shape:
            return own
        return {**own, **prefixed(self.shortcut.parameter_shapes(shape))}

    def state_shapes(self, shape: Shape) -> Mapping[str, Shape]:
        own = self.layer.state_shapes(shape)
        if self.output_shape(shape) == shape:
            return own
        return {**own, **prefixed(self.shortcut.state_shapes(shape))}

    def initialize(self, parameters: Arrays, rng: Rng, initializer: Initializer) -> None:
        own, of_shortcut = parted(parameters)
        self.layer.initialize(own, rng, initializer)
        if of_shortcut:
            self.shortcut.initialize(of_shortcut, rng, initializer)

    def initialize_state(self, state: Arrays) -> None:
        own, of_shortcut = parted(state)
        self.layer.initialize_state(own)
        if of_shortcut:
            self.shortcut.initialize_state(of_shortcut)

    def forward(
        self, parameters: Arrays, state: Arrays, x: FloatArray, stream: Stream | None
    ) -> Passed:
        (own, of_shortcut), (running, others) = parted(parameters), parted(state)
        passed = self.layer.forward(own, running, x, stream)
        if passed.out.shape == x.shape:
            return Passed(self, x, passed.out + x, parts=(passed,))
        draws = None if stream is None else stream.part(1)
        beside = self.shortcut.forward(of_shortcut, others, x, draws)
        return Passed(self, x, passed.out + beside.out, parts=(passed, beside))

    def backward(self, parameters: Arrays, passed: Passed, upstream: FloatArray) -> Backward:
        own, of_shortcut = parted(parameters)
        back = self.layer.backward(own, passed.parts[0], upstream)
        if len(passed.parts) == 1:
            return Backward(back.gradients, back.upstream + upstream, back.delta)
        beside = self.shortcut.backward(of_shortcut, passed.parts[1], upstream)
        gradients = {**back.gradients, **prefixed(beside.gradients)}
        return Backward(gradients, back.upstream + beside.upstream, back.delta)

    def track(self, state: Arrays, passed: Passed) -> None:
        parts = self.layer, self.shortcut
        for layer, running, part in zip(parts, parted(state), passed.parts, strict=False):
            layer.track(running, part)

    @property
    def penalised(self) -> tuple[str, ...]:
        return (*self.layer.penalised, *prefixed(dict.fromkeys(self.shortcut.penalised)))

    @property
    def is_random(self) -> bool:
        return self.layer.is_random or self.shortcut.is_random

    def cost(self, shape: Shape, entries: float | None = None) -> float:
        own = self.layer.cost(shape, entries)
        same = self.output_shape(shape) == shape
        return own if same else own + self.shortcut.cost(shape, entries)


@final
@dataclass(frozen=True)
class ResidualBlock(Composed):
    """The basic block of residual networks (C9; He et al. 2016, figures 2 and 3).

    Convolution, normalisation, activation; convolution, normalisation; then the shortcut is added
    and the activation taken. Where the shape changes the shortcut is a convolution of single
    pixels with the same stride, and a normalisation; elsewhere it is the input itself.

    Attributes
    ----------
    filters : int
        Of both convolutions.
    kernel_size : int or (int, int)
        Odd; the border is half of it.
    stride : int or (int, int)
        Of the first convolution and of the shortcut.
    activation : Activation
        Of single numbers.
    normalization : Normalization, optional
        Three of a kind.

    Raises
    ------
    ValueError
        For an even kernel, or an activation of several numbers.
    """

    filters: int
    kernel_size: Sides = 3
    stride: Sides = 1
    activation: Activation = field(default_factory=ReLU)
    normalization: Normalization | None = field(default_factory=BatchNorm)

    def __post_init__(self) -> None:
        check_sides("kernel_size", self.kernel_size)
        self.convolution(self.stride)  # checks the other numbers
        if any(side % 2 == 0 for side in pair(self.kernel_size)):
            raise ValueError(f"a residual block has an odd kernel, got {brief(self.kernel_size)}")
        if not isinstance(self.activation, Elementwise):
            raise ValueError(
                "activation must be an object such as ReLU(), of single numbers, got"
                f" {brief(self.activation)}"
            )
        if not isinstance(self.normalization, (Normalization, NoneType)):
            raise ValueError(
                "normalization must be an object such as BatchNorm(), got"
                f" {brief(self.normalization)}"
            )

    def convolution(self, stride: Sides) -> Convolution:
        height, width = pair(self.kernel_size)
        return Convolution(self.filters, self.kernel_size, stride, (height // 2, width // 2))

    def composition(self) -> Layer:
        given = self.normalization
        normed = () if given is None else (NormalizationLayer(given),)
        active = ActivationLayer(self.activation)
        chain = self.convolution(self.stride), *normed, active, self.convolution(1), *normed
        pixels = Convolution(self.filters, 1, self.stride)
        shortcut = Sequential((pixels, *normed))
        return Sequential((Branches(Sequential(chain), shortcut), active), has_prefixes=False)

    @property
    def name(self) -> str:
        return type(self.activation).__name__

    def native_form(self) -> NativeForm:
        given = {
            "filters": self.filters,
            "kernel_size": pair(self.kernel_size),
            "stride": pair(self.stride),
            "activation": self.activation,
            "normalization": self.normalization,
        }
        return NativeForm("ResidualBlock", given)


def prefixed(arrays: Mapping[str, Any]) -> dict[str, Any]:
    return {SHORTCUT + name: array for name, array in arrays.items()}


def parted(arrays: Arrays) -> tuple[dict[str, FloatArray], dict[str, FloatArray]]:
    """Those of the layer, and those of the shortcut by the names that it has for them."""
    own = {name: array for name, array in arrays.items() if not name.startswith(SHORTCUT)}
    others = {name: array for name, array in arrays.items() if name.startswith(SHORTCUT)}
    return own, {name[len(SHORTCUT) :]: array for name, array in others.items()}


def branches(node: TrainedLayer) -> list[TrainedLayer]:
    """The layer, and the shortcut if it is one."""
    own, of_shortcut = parted(node.arrays)
    found = [TrainedLayer(node.layer.layer, node.shape, own)]
    if node.layer.output_shape(node.shape) != node.shape:
        found.append(TrainedLayer(node.layer.shortcut, node.shape, of_shortcut))
    return found


def in_c(node: TrainedLayer, c: CWriter, x: str, out: str) -> None:
    layer, *shortcut = branches(node)
    n = prod(node.layer.output_shape(node.shape))
    added = x
    if shortcut:
        added = c.scratch(n)
        c.sequence(shortcut, x, added)
    c.sequence([layer], x, out)
    c.statement(f"for (i = 0; i < {n}; i++) {out}[i] += {added}[i];")


def in_onnx(node: TrainedLayer, graph: OnnxGraph, x: str) -> str:
    layer, *shortcut = branches(node)
    added = graph.layer(shortcut[0], x) if shortcut else x
    return graph.step("Add", graph.layer(layer, x), added)


def in_torch(node: TrainedLayer, torch: TorchWriter) -> list[Any]:
    layer, *shortcut = branches(node)
    nn = torch.nn
    added = nn.Sequential(*torch.layer(shortcut[0])) if shortcut else nn.Identity()
    return [torch.residual(torch.layer(layer), added)]


register(Branches, c=in_c, onnx=in_onnx, torch=in_torch)
register_composed(ResidualBlock)
