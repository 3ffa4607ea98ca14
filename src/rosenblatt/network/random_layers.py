"""Layers that draw at random in a training step, and pass predictions unchanged."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, prod
from typing import Any, final

from rosenblatt.network.layer import Arrays, Backward, Layer, NativeForm, Passed, Shape
from rosenblatt.network.registration import TrainedLayer, register
from rosenblatt.regularization.dropout import dropout_mask
from rosenblatt.regularization.input_noise import gaussian_noise
from rosenblatt.support.export_forms import CWriter, OnnxGraph, TorchWriter
from rosenblatt.support.field_types import check_real
from rosenblatt.support.philox import Stream
from rosenblatt.support.types import FloatArray

__all__ = ["Dropout", "GaussianNoise"]


@final
@dataclass(frozen=True)
class Dropout(Layer):
    """x ⊙ m, m being 0 with probability `rate` and 1 / (1 - rate) otherwise (Srivastava et al.
    2014). It keeps m. A step may multiply the rate by a factor."""

    rate: float

    def __post_init__(self) -> None:
        check_real("dropout", self.rate)
        if not 0 <= self.rate < 1:
            raise ValueError(f"dropout must be in [0, 1), got dropout={self.rate}")

    def output_shape(self, shape: Shape) -> Shape:
        return shape

    def forward(
        self, parameters: Arrays, state: Arrays, x: FloatArray, stream: Stream | None
    ) -> Passed:
        if stream is None or not self.rate:
            return Passed(self, x, x)
        rate = self.rate * stream.dropout_factor
        mask = dropout_mask(stream, (len(x), prod(x.shape[1:])), rate, x.dtype)
        mask = mask.reshape(x.shape)
        return Passed(self, x, x * mask, mask)

    def backward(self, parameters: Arrays, passed: Passed, upstream: FloatArray) -> Backward:
        below = upstream if passed.kept is None else upstream * passed.kept
        return Backward({}, below, delta=upstream)

    @property
    def is_random(self) -> bool:
        return self.rate > 0

    def native_form(self) -> NativeForm:
        return NativeForm("Dropout", {"rate": self.rate}, frozenset({"rate"}))


@final
@dataclass(frozen=True)
class GaussianNoise(Layer):
    """x + ε, ε ~ N(0, sigma²) (Bishop 1995)."""

    sigma: float

    def __post_init__(self) -> None:
        check_real("input_noise", self.sigma)
        if not 0 <= self.sigma < inf:
            raise ValueError(f"input_noise must be 0 or more, got {self.sigma}")

    def output_shape(self, shape: Shape) -> Shape:
        return shape

    def forward(
        self, parameters: Arrays, state: Arrays, x: FloatArray, stream: Stream | None
    ) -> Passed:
        if stream is None or not self.sigma:
            return Passed(self, x, x)
        noise = gaussian_noise(stream, (len(x), prod(x.shape[1:])), self.sigma, x.dtype)
        return Passed(self, x, x + noise.reshape(x.shape))

    def backward(self, parameters: Arrays, passed: Passed, upstream: FloatArray) -> Backward:
        return Backward({}, upstream, delta=upstream)

    @property
    def is_random(self) -> bool:
        return self.sigma > 0


def in_c(node: TrainedLayer, c: CWriter, x: str, out: str) -> None:
    c.copy(x, out, prod(node.shape))


def in_onnx(node: TrainedLayer, graph: OnnxGraph, x: str) -> str:
    return x


def dropout_in_torch(node: TrainedLayer, torch: TorchWriter) -> list[Any]:
    return [torch.nn.Dropout(node.layer.rate)]


def noise_in_torch(node: TrainedLayer, torch: TorchWriter) -> list[Any]:
    return []


register(Dropout, c=in_c, onnx=in_onnx, torch=dropout_in_torch, is_in_place_in_c=True)
register(GaussianNoise, c=in_c, onnx=in_onnx, torch=noise_in_torch, is_in_place_in_c=True)
