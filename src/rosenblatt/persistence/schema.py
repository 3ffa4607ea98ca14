"""The metadata of a model file: networks, loss, columns and summary as plain JSON data.

The dataclasses here are the schema. A class name in a file stands for a class only if a field
declares it, or declares its abstract base and the class is registered.

Format 1 holds one network, format 2 two or more, whose mean predicts. One network is always written
as format 1, which every version reads.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, TypeAlias, cast, final

from rosenblatt.activations import Activation, Identity
from rosenblatt.errors import InputError
from rosenblatt.losses import Loss
from rosenblatt.model import AnyModel, EnsembleModel
from rosenblatt.network import Dense, Layer, MonotoneDense, Network
from rosenblatt.normalizations import Normalization
from rosenblatt.persistence.network_tensors import (
    MISFIT,
    dtype_of,
    model_of_tensors,
    shapes_by_name,
    tensors_by_name,
)
from rosenblatt.persistence.saved_model import SavedModel
from rosenblatt.persistence.summary import Summary
from rosenblatt.support.types import FloatArray
from rosenblatt.table import ClassTarget, NumberTarget, TableEncoding
from rosenblatt.table.serialization import from_plain, to_plain
from rosenblatt.uncertainty import Uncertainty


@final
@dataclass(frozen=True)
class LayerData:
    """One dense layer, with the fields of `network.Dense` but `ntk`: such a one is itself."""

    n_outputs: int
    activation: Activation
    normalization: Normalization | None
    dropout: float
    residual: bool


@final
@dataclass(frozen=True)
class MemberData:
    """One of several networks, with the fields of `network.Network` that they do not share."""

    input_noise: float
    layers: tuple[LayerData | Layer, ...]


@final
@dataclass(frozen=True)
class Metadata:
    """The whole of the metadata of format 1; the field names are the file's."""

    leaves_out_defaults: ClassVar[bool] = True

    format_version: int
    n_inputs: int
    input_noise: float
    layers: tuple[LayerData | Layer, ...]
    loss: Loss
    encoding: TableEncoding
    summary: Summary
    uncertainty: Uncertainty | None = None

    @property
    def members(self) -> tuple[MemberData, ...]:
        return (MemberData(self.input_noise, self.layers),)


@final
@dataclass(frozen=True)
class EnsembleMetadata:
    """The whole of the metadata of format 2."""

    leaves_out_defaults: ClassVar[bool] = True

    format_version: int
    n_inputs: int
    members: tuple[MemberData, ...]
    loss: Loss
    encoding: TableEncoding
    summary: Summary
    uncertainty: Uncertainty | None = None

    def __post_init__(self) -> None:
        if len(self.members) < 2:
            raise ValueError("a model of several networks needs at least two")


AnyMetadata: TypeAlias = Metadata | EnsembleMetadata

FORMATS: Mapping[int, type[AnyMetadata]] = {1: Metadata, 2: EnsembleMetadata}
FORMAT_VERSION = max(FORMATS)
# What metadata of autoencoders have in place of a format version (`unsupervised/saving.py`).
AUTOENCODER_FORMAT = "autoencoder_format"


def metadata_of(saved: SavedModel) -> dict[str, Any]:
    """The JSON data of a model file; InputError for a part that the schema does not list."""
    model = saved.model
    first, *others = (
        MemberData(member.network.input_noise, tuple(map(_layer_data, member.network.layers)))
        for member in model.members
    )
    rest = model.loss, saved.encoding, saved.summary, saved.uncertainty
    metadata: AnyMetadata = (
        EnsembleMetadata(2, model.n_inputs, (first, *others), *rest)
        if others
        else Metadata(1, model.n_inputs, first.input_noise, first.layers, *rest)
    )
    data = cast(dict[str, Any], to_plain(metadata))
    # What could not be read again is refused before it is written.
    from_plain(type(metadata), data, "the model")
    return data


def _layer_data(layer: Layer) -> LayerData | Layer:
    if not isinstance(layer, Dense) or layer.ntk:
        return layer
    return LayerData(
        layer.n_outputs, layer.activation, layer.normalization, layer.dropout, layer.residual
    )


def tensors_of(model: AnyModel) -> dict[str, FloatArray]:
    """Name to array: layers.0.weight (n_in, n_out), layers.0.bias (n_out,), layers.1.weight, …

    Those of several networks are members.0.layers.0.weight, …
    """
    return {
        prefix + name: array
        for prefix, member in zip(_prefixes(len(model.members)), model.members, strict=True)
        for name, array in tensors_by_name(member).items()
    }


def _prefixes(n_members: int) -> list[str]:
    """What the names of each network's tensors begin with."""
    return [""] if n_members == 1 else [f"members.{k}." for k in range(n_members)]


def format_version_of(data: object) -> int:
    """The format version alone, which every version of the format keeps where it is."""
    version = data.get("format_version") if isinstance(data, dict) else None
    if type(version) is not int or version < 1:
        raise InputError("its metadata have no format version")
    return version


def saved_model_from(data: object, tensors: Mapping[str, FloatArray]) -> SavedModel:
    """The inverse of `metadata_of` and `tensors_of`; ValueError where anything does not fit."""
    metadata: AnyMetadata = from_plain(FORMATS[format_version_of(data)], data, "its metadata")
    members = metadata.members
    # A network takes more memory than its description: it is not built before it can fit.
    n_dense = sum(isinstance(layer, LayerData | Dense) for m in members for layer in m.layers)
    if max(n_dense, len(members)) > len(tensors):
        raise InputError(MISFIT)
    dtype = dtype_of(tensors)
    models = tuple(
        model_of_tensors(_network_from(metadata, member), metadata.loss, tensors, dtype, prefix)
        for prefix, member in zip(_prefixes(len(members)), members, strict=True)
    )
    if sum(len(shapes_by_name(model.network)) for model in models) != len(tensors):
        raise InputError(MISFIT)
    model = models[0] if len(models) == 1 else EnsembleModel(models)
    return SavedModel(model, metadata.encoding, metadata.summary, metadata.uncertainty)


def _network_from(metadata: AnyMetadata, member: MemberData) -> Network:
    """The network, once it fits the columns and the target."""
    layers = tuple(
        Dense(**vars(layer)) if isinstance(layer, LayerData) else layer for layer in member.layers
    )
    network = Network(metadata.n_inputs, layers, member.input_noise)
    features = metadata.encoding.n_features
    outputs = _outputs_for(metadata.encoding.target, metadata.loss)
    if (network.n_inputs, network.n_outputs) != (features, outputs):
        raise InputError(
            f"the network has {network.n_inputs} inputs and {network.n_outputs} outputs, "
            f"and the columns take {features} and {outputs}"
        )
    last = layers[-1]
    if isinstance(last, Dense | MonotoneDense) and last.activation != Identity():
        raise InputError("the last layer has an activation, which is the business of the loss")
    return network


def _outputs_for(target: ClassTarget | NumberTarget, loss: Loss) -> int:
    """One output a class, but one for two classes; those of the loss for a number."""
    if isinstance(target, NumberTarget):
        return loss.outputs_per_target
    if loss.outputs_per_target != 1:
        raise InputError("its loss is one of numbers, and its target has classes")
    return len(target.classes) if len(target.classes) > 2 else 1
