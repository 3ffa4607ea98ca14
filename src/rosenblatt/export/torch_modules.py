"""A trained network as a module of PyTorch's, with the same weights."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, final

import torch
from torch import nn

from rosenblatt.activations import (
    ELU,
    GELU,
    SELU,
    Activation,
    HardSigmoid,
    HardSwish,
    HardTanh,
    Identity,
    LeakyReLU,
    Mish,
    ReLU,
    Sigmoid,
    SiLU,
    Softmax,
    Softplus,
    Step,
    Tanh,
)
from rosenblatt.export.trained import Block, Trained, unknown_member
from rosenblatt.losses.links import Link
from rosenblatt.model import OutputFormat
from rosenblatt.normalizations import BatchNorm, LayerNorm
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


ACTIVATIONS: dict[type[Activation], Callable[[Any], nn.Module]] = {
    ELU: lambda g: nn.ELU(g.alpha),
    GELU: lambda g: nn.GELU("tanh" if g.approximate else "none"),
    HardSigmoid: lambda g: nn.Hardsigmoid(),
    HardSwish: lambda g: nn.Hardswish(),
    HardTanh: lambda g: nn.Hardtanh(),
    Identity: lambda g: nn.Identity(),
    LeakyReLU: lambda g: nn.LeakyReLU(g.leak),
    Mish: lambda g: nn.Mish(),
    ReLU: lambda g: nn.ReLU(),
    SELU: lambda g: nn.SELU(),
    SiLU: lambda g: nn.SiLU(),
    Sigmoid: lambda g: nn.Sigmoid(),
    Softmax: lambda g: nn.Softmax(dim=-1),
    # Beyond its threshold PyTorch takes z itself; at 40 that is ln(1 + eᶻ) in double precision too.
    Softplus: lambda g: nn.Softplus(threshold=40),
    Step: lambda g: Threshold(),
    Tanh: lambda g: nn.Tanh(),
}
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
        modules.append(normalisation(block))
    if not isinstance(layer.activation, Identity):
        make = ACTIVATIONS.get(type(layer.activation))
        if make is None:
            raise unknown_member(layer.activation)
        modules.append(make(layer.activation))
    if layer.dropout:
        modules.append(nn.Dropout(layer.dropout))
    if not layer.residual:
        return modules
    projection = linear(arrays["projection"]) if "projection" in arrays else nn.Identity()
    return [Residual(nn.Sequential(*modules), projection)]


def linear(weight: FloatArray, bias: FloatArray | None = None) -> nn.Module:
    module = nn.Linear(*weight.shape, bias=bias is not None, dtype=tensor(weight).dtype)
    state = {"weight": tensor(weight.T)}
    module.load_state_dict(state if bias is None else {**state, "bias": tensor(bias)})
    return module


def normalisation(block: Block) -> nn.Module:
    n, arrays = block.layer.n_outputs, block.arrays
    state = {"weight": tensor(arrays["scale"]), "bias": tensor(arrays["shift"])}
    dtype = state["weight"].dtype
    match block.layer.normalization:
        case LayerNorm(epsilon):
            module = nn.LayerNorm(n, eps=epsilon, dtype=dtype)
        case BatchNorm(epsilon, momentum):
            module = nn.BatchNorm1d(n, eps=epsilon, momentum=momentum, dtype=dtype)
            state |= {name: tensor(arrays[name]) for name in ("running_mean", "running_var")}
            state["num_batches_tracked"] = module.num_batches_tracked
        case other:
            raise unknown_member(other)
    module.load_state_dict(state)
    return module


def tensor(array: FloatArray) -> Any:
    """A tensor of its own memory."""
    return torch.from_numpy(array.copy())
