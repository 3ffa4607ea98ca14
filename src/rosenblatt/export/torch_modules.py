"""A trained network as a module of PyTorch's, with the same weights."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, final

import torch
from torch import nn

from rosenblatt.activations import Activation, of_tools
from rosenblatt.activations.of_tools import CUT
from rosenblatt.activations.registration import REGISTRY as ACTIVATIONS
from rosenblatt.export.trained import Trained, form_of
from rosenblatt.losses import Link
from rosenblatt.model import OutputFormat
from rosenblatt.network import TrainedLayer
from rosenblatt.network.registration import REGISTRY as LAYERS
from rosenblatt.normalizations import Normalization
from rosenblatt.normalizations.registration import REGISTRY as NORMALIZATIONS
from rosenblatt.support.types import FloatArray

__all__ = [
    "BesideInput",
    "BothClasses",
    "Bump",
    "ClippedLogistic",
    "Computed",
    "Exponential",
    "Gated",
    "GatedByHardSigmoid",
    "GatedByNormal",
    "MeanOfMembers",
    "MeanOfNetworks",
    "MixedWithInput",
    "PiecewiseLinear",
    "ShrinkingLayerNorm",
    "Sine",
    "SkipConnection",
    "StepwiseSigmoid",
    "StepwiseTanh",
    "Threshold",
    "sequential",
]


@final
class SkipConnection(nn.Module):
    """A block whose input is added to its output, through a projection where there is one."""

    def __init__(self, block: nn.Module, projection: nn.Module) -> None:
        super().__init__()
        self.block, self.projection = block, projection

    def forward(self, x: Any) -> Any:
        return self.block(x) + self.projection(x)


@final
class BesideInput(nn.Module):
    """What a block makes of the first n columns, and behind it the columns from `first` on."""

    def __init__(self, block: nn.Module, n: int, first: int) -> None:
        super().__init__()
        self.block, self.n, self.first = block, n, first

    def forward(self, x: Any) -> Any:
        return torch.cat([self.block(x[..., : self.n]), x[..., self.first :]], dim=-1)


@final
class MixedWithInput(nn.Module):
    """x + s (g(x) - x) of a block g, with a parameter s."""

    def __init__(self, block: nn.Module, share: FloatArray) -> None:
        super().__init__()
        self.block, self.share = block, nn.Parameter(tensor(share))

    def forward(self, x: Any) -> Any:
        return x + self.share * (self.block(x) - x)


@final
class Gated(nn.Module):
    """u g(v), the halves u and v of its input."""

    def __init__(self, gate: nn.Module) -> None:
        super().__init__()
        self.gate = gate

    def forward(self, x: Any) -> Any:
        u, v = x.chunk(2, dim=-1)
        return u * self.gate(v)


@final
class ShrinkingLayerNorm(nn.LayerNorm):
    """Divides rows of numbers beyond 2^53 first, whose variance would overflow."""

    def forward(self, h: Any) -> Any:
        largest = h.abs().amax(-1, keepdim=True)
        return super().forward(h / (largest * 2.0**-53).clamp(min=1))


@final
class Computed(nn.Module):
    """What a function makes of its input and of the module's parameters."""

    def __init__(self, function: Callable[..., Any], arrays: Mapping[str, FloatArray]) -> None:
        super().__init__()
        self.function = function
        for name, array in arrays.items():
            self.register_parameter(name, nn.Parameter(tensor(array)))

    def forward(self, x: Any) -> Any:
        return self.function(torch, x, **dict(self.named_parameters()))


@final
class PiecewiseLinear(nn.Module):
    """The features, held to their ranges, beside pieces of them: `network.PiecewiseLinear`."""

    def __init__(self, source: Any, numbers: Mapping[str, FloatArray]) -> None:
        super().__init__()
        self.register_buffer("source", torch.from_numpy(source.copy()))
        for name, array in numbers.items():
            self.register_buffer(name, tensor(array))

    def forward(self, x: Any) -> Any:
        low, high, begin, slope, least, most, shift = (
            getattr(self, name).to(x) for name in ("low", "high", *PIECE)
        )
        u = (x.index_select(-1, self.source) - begin) * slope
        held = torch.clamp(x, low, high)
        return torch.cat([held, torch.clamp(u, least, most) - shift], dim=-1)


PIECE = ("begin", "slope", "least", "most", "shift")


@final
class Threshold(nn.Module):
    """1 where z ≥ 0, else 0."""

    def forward(self, z: Any) -> Any:
        return (z >= 0).to(z.dtype)


@final
class GatedByNormal(nn.Module):
    """z Φ(z), the GELU; PyTorch's doubles z on its way, which overflows."""

    def forward(self, z: Any) -> Any:
        return z * (0.5 * torch.erfc(z * -math.sqrt(0.5)))


@final
class GatedByHardSigmoid(nn.Module):
    """z times its hard sigmoid; PyTorch's multiplies z by 6 on its way, which overflows."""

    def forward(self, z: Any) -> Any:
        return z * nn.functional.hardsigmoid(z)


@final
class Sine(nn.Module):
    """sin z."""

    def forward(self, z: Any) -> Any:
        return torch.sin(z)


@final
class Bump(nn.Module):
    """exp(-z²)."""

    def forward(self, z: Any) -> Any:
        return torch.exp(-z * z)


@final
class ClippedLogistic(nn.Module):
    """σ(z) for |z| ≤ 15, 0 below and 1 above."""

    def forward(self, z: Any) -> Any:
        a = torch.sigmoid(z)
        return torch.where(z > CUT, 1.0, torch.where(z < -CUT, 0.0, a))


class Stepwise(nn.Module):
    """Straight lines between the points of an activation, and constants beyond the outer ones."""

    def __init__(self, activation: of_tools.Stepwise) -> None:
        super().__init__()
        self.activation = activation

    def forward(self, z: Any) -> Any:
        points, (low, high) = self.activation.points, self.activation.ends
        a = torch.full_like(z, points[0][1])
        for (x0, _), (x1, _), slope in zip(
            points, points[1:], self.activation.slopes(), strict=False
        ):
            a = a + torch.clamp(z - x0, 0, x1 - x0) * slope
        return torch.where(z < points[0][0], low, torch.where(z >= points[-1][0], high, a))


@final
class StepwiseSigmoid(Stepwise):
    """FANN's sigmoid of straight lines."""

    def __init__(self) -> None:
        super().__init__(of_tools.StepwiseSigmoid())


@final
class StepwiseTanh(Stepwise):
    """FANN's hyperbolic tangent of straight lines."""

    def __init__(self) -> None:
        super().__init__(of_tools.StepwiseTanh())


OWN: dict[str, Callable[[], nn.Module]] = {
    module.__name__: module
    for module in (
        *(Threshold, GatedByNormal, GatedByHardSigmoid),
        *(Sine, Bump, ClippedLogistic, StepwiseSigmoid, StepwiseTanh),
    )
}


@final
class Logistic(nn.Module):
    """1 / (1 + e⁻ᶻ), in double, so that no larger z has a smaller one when that is rounded."""

    def forward(self, z: Any) -> Any:
        return torch.sigmoid(z.double()).to(z.dtype)


@final
class Exponential(nn.Module):
    """eᶻ."""

    def forward(self, z: Any) -> Any:
        return torch.exp(z)


@final
class BothClasses(nn.Module):
    """The columns 1 - p and p, of one column p."""

    def forward(self, p: Any) -> Any:
        return torch.cat([1 - p, p], dim=-1)


@final
class MeanOfNetworks(nn.Module):
    """The mean of what several modules make of the same rows."""

    def __init__(self, networks: Sequence[nn.Module]) -> None:
        super().__init__()
        self.networks = nn.ModuleList(networks)

    def forward(self, x: Any) -> Any:
        return torch.stack([network(x) for network in self.networks]).mean(dim=0)


@final
class MeanOfMembers(nn.Module):
    """The mean over the members of an ensemble, which are the last axis but one."""

    def forward(self, x: Any) -> Any:
        return x.mean(dim=-2)


LINKS: dict[Link, Callable[[], list[nn.Module]]] = {
    Link.IDENTITY: list,
    Link.EXP: lambda: [Exponential()],
    Link.LOGISTIC: lambda: [Logistic()],
    Link.SOFTMAX: lambda: [nn.Softmax(dim=-1)],
}
FORMS: dict[OutputFormat, Callable[[], list[nn.Module]]] = {
    OutputFormat.COLUMNS: list,
    OutputFormat.BOTH_CLASSES: lambda: [BothClasses()],
    OutputFormat.FLAT: lambda: [nn.Flatten(start_dim=0)],
}


def sequential(trained: Trained, *, logits: bool = False) -> nn.Sequential:
    """The network in evaluation mode; with `logits` the raw scores alone, a column each.

    Raises
    ------
    ValueError
        For logits of several networks, whose mean is one of predictions.
    """
    writer = ModuleWriter()
    chains = [
        [module for layer in layers for module in writer.layer(layer)] for layers in trained.chains
    ]
    means = [[MeanOfMembers()] if trained.has_members(t) else [] for t in trained.chains]
    if logits:
        if len(chains) > 1 or trained.n_members(trained.chains[0]) > 1:
            raise ValueError(
                "a mean of several networks has no logits, because it is their predictions that are"
                " averaged: take logits=False, or each network's own module."
            )
        return nn.Sequential(*chains[0], *means[0]).eval()
    for modules, mean in zip(chains, means, strict=True):
        modules += [*LINKS[trained.link](), *mean]
    networks = (
        chains[0] if len(chains) == 1 else [MeanOfNetworks([nn.Sequential(*m) for m in chains])]
    )
    return nn.Sequential(*networks, *FORMS[trained.form]()).eval()


@final
class ModuleWriter:
    """Makes modules with given weights. It is a `TorchWriter`."""

    @property
    def nn(self) -> Any:
        return nn

    def loaded(self, module: Any, state: Mapping[str, FloatArray]) -> Any:
        tensors = {name: tensor(array) for name, array in state.items()}
        module = module.to(next(iter(tensors.values())).dtype)
        if hasattr(module, "num_batches_tracked"):
            tensors["num_batches_tracked"] = module.num_batches_tracked
        module.load_state_dict(tensors)
        return module

    def linear(self, weight: FloatArray, bias: FloatArray | None = None) -> Any:
        module = nn.Linear(*weight.shape, bias=bias is not None)
        state = {"weight": weight.T}
        return self.loaded(module, state if bias is None else {**state, "bias": bias})

    def layer_norm(self, n: int, epsilon: float) -> Any:
        return ShrinkingLayerNorm(n, eps=epsilon)

    def activation(self, activation: Activation) -> Any:
        form = form_of(ACTIVATIONS, activation, "torch")
        made = form if isinstance(form, str) else form(activation, nn)
        if isinstance(made, str):
            return OWN[made]() if made in OWN else getattr(nn, made)()
        return made

    def normalization(self, normalization: Normalization, arrays: Mapping[str, FloatArray]) -> Any:
        return form_of(NORMALIZATIONS, normalization, "torch")(normalization, arrays, self)

    def layer(self, trained: TrainedLayer) -> list[Any]:
        return form_of(LAYERS, trained.layer, "torch")(trained, self)

    def function(self, function: Callable[..., Any], arrays: Mapping[str, FloatArray]) -> Any:
        return Computed(function, arrays)

    def piecewise_linear(self, source: Any, numbers: Mapping[str, FloatArray]) -> Any:
        return PiecewiseLinear(source, numbers)

    def beside_input(self, inner: list[Any], n: int, first: int) -> Any:
        return BesideInput(nn.Sequential(*inner), n, first)

    def mixed_with_input(self, inner: Any, share: FloatArray) -> Any:
        return MixedWithInput(inner, share)

    def gated(self, gate: Any) -> Any:
        return Gated(gate)

    def residual(self, inner: list[Any], shortcut: Any) -> Any:
        return SkipConnection(nn.Sequential(*inner), shortcut)


def tensor(array: FloatArray) -> Any:
    """A tensor of its own memory."""
    return torch.from_numpy(array.copy())
