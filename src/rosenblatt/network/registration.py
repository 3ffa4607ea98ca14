"""One record a layer kind: what it is in C, ONNX and PyTorch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias, final

from rosenblatt.network.layer import Arrays, Layer, Shape
from rosenblatt.support.export_forms import CWriter, OnnxGraph, TorchWriter
from rosenblatt.support.registry import Registry, Unsupported

__all__ = ["REGISTRY", "LayerRecord", "TrainedLayer", "register"]


@final
@dataclass(frozen=True)
class TrainedLayer:
    """A layer to export.

    Attributes
    ----------
    layer : Layer
    shape : Shape
        Of one sample that comes in.
    arrays : mapping of name to array
        Its parameters and its state.
    """

    layer: Any
    shape: Shape
    arrays: Arrays


CForm: TypeAlias = Callable[[TrainedLayer, CWriter, str, str], None] | Unsupported | None
OnnxForm: TypeAlias = Callable[[TrainedLayer, OnnxGraph, str], str] | Unsupported | None
TorchForm: TypeAlias = Callable[[TrainedLayer, TorchWriter], list[Any]] | Unsupported | None


@final
@dataclass(frozen=True)
class LayerRecord:
    """What `register` was given; see there."""

    cls: type[Layer]
    c: CForm
    onnx: OnnxForm
    torch: TorchForm
    is_in_place_in_c: bool

    @property
    def names(self) -> tuple[str, ...]:
        return ()

    @property
    def is_saved(self) -> bool:
        return True


REGISTRY: Registry[LayerRecord] = Registry(Layer, "layer")


def register(
    cls: type[Layer],
    *,
    c: CForm = None,
    onnx: OnnxForm = None,
    torch: TorchForm = None,
    is_in_place_in_c: bool = False,
) -> None:
    """Register a layer, so that model files hold it and exports write it.

    Every form may be left out: the export in question then raises an error that names it. A model
    file is read once the module is imported that registers its layers.

    Parameters
    ----------
    cls : type
        A frozen dataclass that derives from `Layer`. A model file stores its fields, which are
        numbers, texts, layers, other registered members, or tuples of these.
    c : function (trained, writer, x, out) -> None, optional
        Writes the statements that fill the array `out` of C from the array `x`.
    onnx : function (trained, graph, x) -> str, optional
        Adds steps to the graph and returns the name of their value.
    torch : function (trained, writer) -> list of modules, optional
        The modules that follow one another.
    is_in_place_in_c : bool, default=False
        Whether `c` may be called with one array as `x` and `out`.

    Raises
    ------
    TypeError, ValueError
        Where `cls` is no such dataclass, or the name of the class is taken.
    """
    REGISTRY.add(LayerRecord(cls, c, onnx, torch, is_in_place_in_c))
