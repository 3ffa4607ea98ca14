"""The networks of `benchmarks.pictures`, as layers of rosenblatt and of PyTorch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, final

import numpy as np

from rosenblatt.activations import Identity, ReLU
from rosenblatt.network import (
    AveragePool2D,
    Conv2D,
    Dense,
    Flatten,
    GlobalAveragePool2D,
    Layer,
    LocalResponseNorm,
    MaxPool2D,
    Network,
    Reshape,
    alexnet,
    lenet5,
)

__all__ = ["CASES", "PictureCase", "as_torch"]

THREE = tuple(Conv2D(n, 3, padding=1, activation=ReLU()) for n in (32, 64, 64))


@final
@dataclass(frozen=True)
class PictureCase:
    """A network, and the job that is timed: steps of Adam, or one prediction of a batch.

    Attributes
    ----------
    at_least : dict of str to float
        How many times faster than a peer we must be.
    memory : float or None
        The most that we may have, as a share of what the peer of the least memory has.
    """

    name: str
    shape: tuple[int, int, int]
    layers: tuple[Layer, ...]
    n_outputs: int
    batch: int
    steps: int
    trains: bool
    at_least: dict[str, float]
    memory: float | None = None

    def network(self) -> Network:
        layers = (Reshape(self.shape), *self.layers, Dense(self.n_outputs))
        return Network(int(np.prod(self.shape)), layers)

    def pictures(self) -> tuple[Any, Any]:
        """Float32 pictures of noise, (n, height, width, channels), and their classes."""
        rng = np.random.default_rng(0)
        n = self.batch * self.steps
        X = rng.random((n, *self.shape), dtype=np.float32)
        return X, rng.integers(0, self.n_outputs, n)


CASES = {
    case.name: case
    for case in (
        PictureCase(
            "lenet5", (28, 28, 1), lenet5(), 10, 128, 8, True, {"PyTorch": 2.0, "JAX": 3.0}
        ),
        PictureCase(
            "3x3 to 32, 64, 64",
            (32, 32, 3),
            (*THREE, GlobalAveragePool2D()),
            10,
            128,
            1,
            True,
            {"PyTorch": 1.2},
        ),
        PictureCase("alexnet", (227, 227, 3), alexnet(), 1000, 32, 1, True, {"PyTorch": 0.97}, 0.8),
        PictureCase("one picture", (28, 28, 1), lenet5(), 10, 1, 1, False, {"PyTorch": 10.0}),
    )
}


def as_torch(case: PictureCase) -> Any:
    """The same network as `nn.Sequential`, for n x channels x height x width."""
    from torch import nn

    modules: list[Any] = []
    shape: tuple[int, ...] = case.shape
    for layer in (*case.layers, Dense(case.n_outputs)):
        if isinstance(layer, Dense) and len(shape) == 3:
            modules.append(nn.Flatten())
            shape = (int(np.prod(shape)),)
        modules += modules_of(layer, shape)
        shape = layer.output_shape(shape)
    return nn.Sequential(*modules)


def modules_of(layer: Layer, shape: tuple[int, ...]) -> list[Any]:
    from torch import nn

    match layer:
        case Conv2D():
            found: list[Any] = [
                nn.Conv2d(
                    shape[2],
                    layer.filters,
                    layer.kernel_size,
                    layer.stride,
                    layer.padding,
                    groups=layer.groups,
                )
            ]
        case Dense():
            found = [nn.Linear(shape[0], layer.n_outputs)]
        case MaxPool2D():
            return [nn.MaxPool2d(layer.window, layer.steps)]
        case AveragePool2D():
            return [nn.AvgPool2d(layer.window, layer.steps)]
        case GlobalAveragePool2D():
            return [nn.AdaptiveAvgPool2d(1), nn.Flatten()]
        case LocalResponseNorm():
            alpha = layer.alpha * layer.size  # PyTorch divides by the size
            return [nn.LocalResponseNorm(layer.size, alpha, layer.beta, layer.k)]
        case Flatten():
            return [nn.Flatten()]
        case _:
            raise TypeError(f"no module for {layer!r}")
    if layer.activation != Identity():
        found.append({"ReLU": nn.ReLU, "Tanh": nn.Tanh}[type(layer.activation).__name__]())
    if layer.dropout:
        found.append(nn.Dropout(layer.dropout))
    return found
