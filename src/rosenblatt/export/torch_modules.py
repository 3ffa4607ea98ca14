"""A trained network as a module of PyTorch's, with the same weights."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, final

import torch
from torch import nn

from rosenblatt.activations import Activation, Identity
from rosenblatt.activations.registration import REGISTRY as ACTIVATIONS
from rosenblatt.export.trained import Block, Trained, form_of
from rosenblatt.losses import Link
from rosenblatt.model import OutputFormat
from rosenblatt.normalizations.registration import REGISTRY as NORMALIZATIONS
from rosenblatt.support.types import FloatArray

__all__ = ["BothClasses", "Exponential", "Residual", "Threshold", "sequential"]


@final
class Residual(nn.Module):
    """A block whose input is added to its output, through a projection where there is one."""

    def __init__(self, block: nn.Module, projection: nn.Module) -> None:
        super().__init__()
        self.block, self.projection = block, projection

    def forward(self, x: Any) -> Any:
        return self.block(x) + self.projection(x)


@final
class Threshold(nn.Module):
    """1 where z ≥ 0, else 0."""

    def forward(self, z: Any) -> Any:
        return (z >= 0).to(z.dtype)


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


LINKS: dict[Link, Callable[[], list[nn.Module]]] = {
    Link.IDENTITY: list,
    Link.EXP: lambda: [Exponential()],
    Link.LOGISTIC: lambda: [nn.Sigmoid()],
    Link.SOFTMAX: lambda: [nn.Softmax(dim=-1)],
}
FORMS: dict[OutputFormat, Callable[[], list[nn.Module]]] = {
    OutputFormat.COLUMNS: list,
    OutputFormat.BOTH_CLASSES: lambda: [BothClasses()],
    OutputFormat.FLAT: lambda: [nn.Flatten(start_dim=0)],
}


def sequential(trained: Trained, *, logits: bool = False) -> nn.Sequential:
    """The network in evaluation mode; with `logits` the raw scores alone, a column each."""
    blocks = [module for block in trained.blocks for module in modules_of(block)]
    ending = [] if logits else [*LINKS[trained.link](), *FORMS[trained.form]()]
    return nn.Sequential(*blocks, *ending).eval()


def modules_of(block: Block) -> list[nn.Module]:
    layer, arrays = block.layer, block.arrays
    modules = [linear(arrays["weight"], arrays["bias"])]
    if layer.normalization is not None:
        make = form_of(NORMALIZATIONS, layer.normalization, "torch")
        modules.append(make(layer.normalization, arrays, Modules()))
    if not isinstance(layer.activation, Identity):
        modules.append(activation_module(layer.activation))
    if layer.dropout:
        modules.append(nn.Dropout(layer.dropout))
    if not layer.residual:
        return modules
    projection = linear(arrays["projection"]) if "projection" in arrays else nn.Identity()
    return [Residual(nn.Sequential(*modules), projection)]


def activation_module(activation: Activation) -> nn.Module:
    form = form_of(ACTIVATIONS, activation, "torch")
    if isinstance(form, str):
        return Threshold() if form == Threshold.__name__ else getattr(nn, form)()
    return form(activation, nn)


@final
class Modules:
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


def linear(weight: FloatArray, bias: FloatArray | None = None) -> nn.Module:
    module = nn.Linear(*weight.shape, bias=bias is not None)
    state = {"weight": weight.T}
    return Modules().loaded(module, state if bias is None else {**state, "bias": bias})


def tensor(array: FloatArray) -> Any:
    """A tensor of its own memory."""
    return torch.from_numpy(array.copy())
