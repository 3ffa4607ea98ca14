"""One record a normalisation: its names, and what it is in C, ONNX and PyTorch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias, final

from rosenblatt.normalizations.base import Normalization
from rosenblatt.support.export_forms import CWriter, OnnxGraph, TorchWriter
from rosenblatt.support.registry import Registry, Unsupported
from rosenblatt.support.types import FloatArray

__all__ = ["REGISTRY", "NormalizationRecord", "register"]

Arrays: TypeAlias = Mapping[str, FloatArray]
CForm: TypeAlias = Callable[[Any, Arrays, CWriter, str], None] | Unsupported | None
OnnxForm: TypeAlias = Callable[[Any, Arrays, OnnxGraph, str], str] | Unsupported | None
TorchForm: TypeAlias = Callable[[Any, Arrays, TorchWriter], Any] | Unsupported | None


@final
@dataclass(frozen=True)
class NormalizationRecord:
    """What `register` was given; see there."""

    cls: type[Normalization]
    names: tuple[str, ...]
    c: CForm
    onnx: OnnxForm
    torch: TorchForm

    @property
    def is_saved(self) -> bool:
        return True


REGISTRY: Registry[NormalizationRecord] = Registry(Normalization, "normalization")


def register(
    cls: type[Normalization],
    *names: str,
    c: CForm = None,
    onnx: OnnxForm = None,
    torch: TorchForm = None,
) -> None:
    """Register a normalisation, so that it has a name, model files hold it and exports write it.

    The forms include the learned scale and shift, and get the arrays 'scale', 'shift' and those of
    the running statistics.

    Parameters
    ----------
    cls : type
        A frozen dataclass that derives from `Normalization`; its fields are numbers.
    *names : str
        What the estimators' parameter `normalization` takes for `cls()`.
    c : function (normalization, arrays, writer, row) -> None, optional
        Writes the statements that normalise an array of C in place.
    onnx : function (normalization, arrays, graph, h) -> str, optional
        Adds steps to the graph and returns the name of their value.
    torch : function (normalization, arrays, writer) -> Module, optional

    Raises
    ------
    TypeError, ValueError
        Where `cls` is no such dataclass, or its name or one of the names is taken.
    """
    REGISTRY.add(NormalizationRecord(cls, names, c, onnx, torch))
