"""The metadata of a model file: network, loss, columns and summary as plain JSON data.

The dataclasses here are the schema. A class name in a file stands for a class only if a field
declares it, or declares its abstract base and the class is registered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast, final

import numpy as np

from rosenblatt.activations import Activation, Identity
from rosenblatt.errors import InputError
from rosenblatt.losses import Loss
from rosenblatt.losses.quantile import outputs_per_target
from rosenblatt.model import Model
from rosenblatt.network import Dense, Layer, Network, fill
from rosenblatt.normalizations import Normalization
from rosenblatt.persistence.saved_model import SavedModel
from rosenblatt.persistence.summary import Summary
from rosenblatt.support.types import FloatArray
from rosenblatt.table import ClassTarget, NumberTarget, TableEncoding
from rosenblatt.table.serialization import from_plain, to_plain

FORMAT_VERSION = 1
MISFIT = "the tensors do not fit the network that the metadata describe"


@final
@dataclass(frozen=True)
class LayerData:
    """One dense layer, with the fields of `network.Dense`."""

    n_outputs: int
    activation: Activation
    normalization: Normalization | None
    dropout: float
    residual: bool


@final
@dataclass(frozen=True)
class Metadata:
    """The whole of the metadata; the field names are the file's."""

    format_version: int
    n_inputs: int
    input_noise: float
    layers: tuple[LayerData | Layer, ...]
    loss: Loss
    encoding: TableEncoding
    summary: Summary


def metadata_of(saved: SavedModel) -> dict[str, Any]:
    """The JSON data of a model file; InputError for a part that the schema does not list."""
    network = saved.model.network
    metadata = Metadata(
        FORMAT_VERSION,
        network.n_inputs,
        network.input_noise,
        tuple(map(_layer_data, network.layers)),
        saved.model.loss,
        saved.encoding,
        saved.summary,
    )
    data = cast(dict[str, Any], to_plain(metadata))
    # What could not be read again is refused before it is written.
    from_plain(Metadata, data, "the model")
    return data


def _layer_data(layer: Layer) -> LayerData | Layer:
    if not isinstance(layer, Dense):
        return layer
    return LayerData(
        layer.n_outputs, layer.activation, layer.normalization, layer.dropout, layer.residual
    )


def tensors_of(model: Model) -> dict[str, FloatArray]:
    """Name to array: layers.0.weight (n_in, n_out), layers.0.bias (n_out,), layers.1.weight, …"""
    named = model.network.named_parameters(model.parameters)
    return named | model.network.named_state(model.state)


def format_version_of(data: object) -> int:
    """The format version alone, which every version of the format keeps where it is."""
    version = data.get("format_version") if isinstance(data, dict) else None
    if type(version) is not int or version < 1:
        raise InputError("its metadata have no format version")
    return version


def saved_model_from(data: object, tensors: Mapping[str, FloatArray]) -> SavedModel:
    """The inverse of `metadata_of` and `tensors_of`; ValueError where anything does not fit."""
    metadata: Metadata = from_plain(Metadata, data, "its metadata")
    # A network takes more memory than its description: it is not built before it can fit.
    n_dense = sum(isinstance(layer, LayerData | Dense) for layer in metadata.layers)
    if n_dense > len(tensors):
        raise InputError(MISFIT)
    network = _network_from(metadata)
    theta, state = _parameters_from(network, tensors)
    model = Model(network, theta, metadata.loss, state)
    return SavedModel(model, metadata.encoding, metadata.summary)


def _network_from(metadata: Metadata) -> Network:
    """The network, once it fits the columns and the target."""
    layers = tuple(
        Dense(**vars(layer)) if isinstance(layer, LayerData) else layer for layer in metadata.layers
    )
    network = Network(metadata.n_inputs, layers, metadata.input_noise)
    features = metadata.encoding.n_features
    outputs = _outputs_for(metadata.encoding.target, metadata.loss)
    if (network.n_inputs, network.n_outputs) != (features, outputs):
        raise InputError(
            f"the network has {network.n_inputs} inputs and {network.n_outputs} outputs, "
            f"and the columns take {features} and {outputs}"
        )
    last = layers[-1]
    if isinstance(last, Dense) and last.activation != Identity():
        raise InputError("the last layer has an activation, which is the business of the loss")
    return network


def _outputs_for(target: ClassTarget | NumberTarget, loss: Loss) -> int:
    """One output a class, but one for two classes; one for a number, or each of its quantiles."""
    if isinstance(target, NumberTarget):
        return outputs_per_target(loss)
    return len(target.classes) if len(target.classes) > 2 else 1


def _parameters_from(
    network: Network, tensors: Mapping[str, FloatArray]
) -> tuple[FloatArray, FloatArray]:
    """θ and state of the network from the tensors by name; the shapes are seen to fit first."""
    expected = {
        f"layers.{index}.{name}": shape
        for shapes_of in (network.parameter_shapes, network.state_shapes)
        for index, shapes in enumerate(shapes_of)
        for name, shape in shapes.items()
    }
    if expected != {name: array.shape for name, array in tensors.items()}:
        raise InputError(MISFIT)
    dtypes = {array.dtype for array in tensors.values()}
    if len(dtypes) > 1:
        raise InputError("the tensors are neither all float32 nor all float64")
    if not all(np.isfinite(array).all() for array in tensors.values()):
        raise InputError("a weight is not finite")
    state = network.initial_state(dtypes.pop())
    named_state = network.named_state(state)
    fill(named_state, {name: tensors[name] for name in named_state})
    if any((array < 0).any() for name, array in named_state.items() if name.endswith("_var")):
        raise InputError("a running variance is negative")
    theta = network.pack_named(
        {name: array for name, array in tensors.items() if name not in named_state}, state.dtype
    )
    return theta, state
