"""One record an activation: its names, and what it is in C, ONNX and PyTorch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias, final

from rosenblatt.activations.base import Activation
from rosenblatt.support.export_forms import CFunctionWriter, OnnxGraph
from rosenblatt.support.registry import Registry, Unsupported

__all__ = ["REGISTRY", "ActivationRecord", "register"]

CForm: TypeAlias = str | Callable[[Any, CFunctionWriter], str] | Unsupported | None
OnnxForm: TypeAlias = str | Callable[[Any, OnnxGraph, str], str] | Unsupported | None
TorchForm: TypeAlias = str | Callable[[Any, Any], Any] | Unsupported | None


@final
@dataclass(frozen=True)
class ActivationRecord:
    """What `register` was given; see there."""

    cls: type[Activation]
    names: tuple[str, ...]
    c: CForm
    onnx: OnnxForm
    torch: TorchForm
    is_trainable: bool

    @property
    def is_saved(self) -> bool:
        return self.is_trainable


REGISTRY: Registry[ActivationRecord] = Registry(Activation, "activation")


def register(
    cls: type[Activation],
    *names: str,
    c: CForm = None,
    onnx: OnnxForm = None,
    torch: TorchForm = None,
    is_trainable: bool = True,
) -> None:
    """Register an activation, so that it has a name, model files hold it and exports write it.

    Every form may be left out: the export in question then raises an error that names it. Model
    files and processes of a pool know the activation once the module is imported that registers it,
    which is best the one that defines it.

    Parameters
    ----------
    cls : type
        A frozen dataclass that derives from `Activation`; its fields are numbers, and a model file
        stores them beside the name of the class.
    *names : str
        What the estimators' parameter `activation` takes for `cls()`.
    c : str or function (activation, writer) -> str, optional
        The body of a C function of one number `z`. A function writes numbers and calls with
        `writer.literal` and `writer.call`, in the float type of the file.
    onnx : str or function (activation, graph, z) -> str, optional
        The operator of ONNX, opset 20, or a function that adds steps to the graph and returns the
        name of their value.
    torch : str or function (activation, torch.nn) -> Module, optional
        The class of `torch.nn` that takes no arguments, or a function that returns a module.
    is_trainable : bool, default=True
        Whether a gradient passes it. Model files hold no others.

    Raises
    ------
    TypeError, ValueError
        Where `cls` is no such dataclass, or its name or one of the names is taken.

    Examples
    --------
    >>> import numpy as np
    >>> from dataclasses import dataclass
    >>> from rosenblatt.activations import Elementwise, register
    >>> @dataclass(frozen=True)
    ... class Arctan(Elementwise):
    ...     def value(self, z):
    ...         return np.arctan(z)
    ...
    ...     def derivative(self, z, a):
    ...         return 1 / (1 + z * z)
    >>> register(Arctan, "arctan", c=lambda g, c: f"return {c.call('atan')}(z);", onnx="Atan")
    >>> from rosenblatt import MLPRegressor
    >>> MLPRegressor(activation="arctan")
    MLPRegressor(activation='arctan')
    """
    REGISTRY.add(ActivationRecord(cls, names, c, onnx, torch, is_trainable))
