"""Autoencoders in files: the network, the columns and the parameters, in the container of the
library's model files."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from numbers import Integral, Real
from os import PathLike
from typing import Any, TypeVar, final

import numpy as np

from rosenblatt.activations import Activation
from rosenblatt.errors import InputError
from rosenblatt.estimators.estimator_fit import publish
from rosenblatt.fitting.carried import CarriedState
from rosenblatt.fitting.data import Columns
from rosenblatt.fitting.log import FitLog
from rosenblatt.fitting.number_targets import NumberTargets
from rosenblatt.losses import Loss
from rosenblatt.model import Model
from rosenblatt.network import Dense, Layer, Network
from rosenblatt.options.activations import chosen_activations
from rosenblatt.persistence import container
from rosenblatt.persistence.json_text import parse_json
from rosenblatt.persistence.network_tensors import (
    MISFIT,
    dtype_of,
    model_of_tensors,
    shapes_by_name,
    tensors_by_name,
)
from rosenblatt.persistence.schema import AUTOENCODER_FORMAT
from rosenblatt.support.atomic import replaced_file
from rosenblatt.support.paths import file_path
from rosenblatt.support.types import FloatArray
from rosenblatt.table.serialization import from_plain, to_plain
from rosenblatt.unsupervised.base import BaseAutoencoder, activations_of, widths_of

__all__ = ["read_autoencoder", "write_autoencoder"]

FORMAT = 1
# Parameters that may be objects of which a file holds the fields.
OBJECTS: tuple[type[Any], ...] = (Activation, Loss)

A = TypeVar("A", bound=BaseAutoencoder)


@final
@dataclass(frozen=True)
class NetworkData:
    """Encoder and decoder as one network, and the names of its columns, if they have any."""

    n_inputs: int
    input_noise: float
    layers: tuple[Layer, ...]
    loss: Loss
    feature_names: tuple[str, ...] | None


def write_autoencoder(autoencoder: BaseAutoencoder, path: str | PathLike[str]) -> None:
    """Write an autoencoder's file in one atomic step.

    Raises
    ------
    InputError
        Where the network has a part that no file holds, or the file cannot be written.
    """
    model = autoencoder.model_
    network, names = model.network, getattr(autoencoder, "feature_names_in_", None)
    data = NetworkData(
        model.n_inputs,
        network.input_noise,
        network.layers,
        model.loss,
        None if names is None else tuple(map(str, names)),
    )
    plain = to_plain(data)
    # What could not be read again is refused before it is written.
    from_plain(NetworkData, plain, "the network")
    parameters = autoencoder.get_params(deep=False)
    metadata = {
        AUTOENCODER_FORMAT: FORMAT,
        "network": plain,
        "parameters": {k: written(v) for k, v in parameters.items() if is_kept(v)},
        "n_iter": int(getattr(autoencoder, "n_iter_", 0)),
    }
    tensors = tensors_by_name(model)
    if not all(np.isfinite(array).all() for array in tensors.values()):
        raise InputError(f"{path} was not written: the network has weights that are not finite.")
    text = json.dumps(metadata, allow_nan=False, ensure_ascii=False)
    with replaced_file(file_path(path)) as file:
        file.write(container.pack(text, tensors))


def read_autoencoder(path: str | PathLike[str], kind: type[A]) -> A:
    """The autoencoder in a file, which is read as untrusted input.

    Raises
    ------
    InputError
        For every file that is not a whole autoencoder.
    """
    try:
        content = container.read(file_path(path))
        metadata = parse_json(content.metadata, "its description of the network", content.allowed)
        if not isinstance(metadata, dict) or AUTOENCODER_FORMAT not in metadata:
            raise InputError("it is the file of another kind of model; give one that save wrote")
        if metadata[AUTOENCODER_FORMAT] != FORMAT:
            raise InputError(
                f"it has format {metadata[AUTOENCODER_FORMAT]}, and this rosenblatt reads"
                f" {FORMAT}; upgrade rosenblatt"
            )
        return autoencoder_of(metadata, content.tensors, kind)
    except InputError as error:
        raise InputError(f"cannot load the autoencoder {path}: {error}") from error
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
        raise InputError(
            f"cannot load the autoencoder {path}: its parts do not fit together; save it again"
        ) from error


def autoencoder_of(
    metadata: Mapping[str, Any], tensors: Mapping[str, FloatArray], kind: type[A]
) -> A:
    data: NetworkData = from_plain(NetworkData, metadata["network"], "its network")
    model = model_of(data, tensors)
    names = data.feature_names
    autoencoder = kind()
    given = {name: restored(value, name) for name, value in metadata["parameters"].items()}
    autoencoder.set_params(**given)
    autoencoder._validate_params()
    require_fit(autoencoder, model, names)
    columns = Columns(model.n_inputs, None if names is None else np.array(names, dtype=object))
    targets = NumberTargets(model.n_inputs, autoencoder.loss)
    log = FitLog(n_iter=int(metadata["n_iter"]), stop_reason="read from a file", has_curves=False)
    publish(autoencoder, model, targets, columns, CarriedState(log))
    return autoencoder


def model_of(data: NetworkData, tensors: Mapping[str, FloatArray]) -> Model:
    # A network takes more memory than its description: it is not built before it can fit.
    if len(data.layers) > len(tensors):
        raise InputError(MISFIT)
    dtype = dtype_of(tensors)
    network = Network(data.n_inputs, data.layers, data.input_noise)
    if len(shapes_by_name(network)) != len(tensors):
        raise InputError(MISFIT)
    return model_of_tensors(network, data.loss, tensors, dtype)


def require_fit(autoencoder: BaseAutoencoder, model: Model, names: tuple[str, ...] | None) -> None:
    """ValueError where parameters, columns and network are not of one autoencoder."""
    layers = model.network.layers
    dense = [layer for layer in layers if isinstance(layer, Dense)]
    units = [layer.n_outputs for layer in dense]
    widths = widths_of(autoencoder)
    fits = (
        len(dense) == len(layers)
        and units == [*widths, autoencoder.n_components, *reversed(widths), model.n_inputs]
        and [layer.activation for layer in dense[:-1]]
        == list(chosen_activations(activations_of(autoencoder)))
        and NumberTargets(model.n_inputs, autoencoder.loss).objective() == model.loss
        and (names is None or len(names) == model.n_inputs)
    )
    if not fits:
        raise ValueError("parameters and network are of different autoencoders")


def is_kept(value: Any) -> bool:
    """Whether a file holds a parameter: plain values, activations and losses."""
    if isinstance(value, list | tuple):
        return all(map(is_kept, value))
    if isinstance(value, Real):
        return math.isfinite(value)
    return value is None or isinstance(value, (str, *OBJECTS))


def written(value: Any) -> Any:
    """Plain data of a parameter that is kept."""
    if isinstance(value, list | tuple):
        return [written(item) for item in value]
    if isinstance(value, OBJECTS):
        return to_plain(value)
    if isinstance(value, Real) and not isinstance(value, bool):
        return int(value) if isinstance(value, Integral) else float(value)
    return value


def restored(value: Any, name: str) -> Any:
    """The inverse of `written`; a list becomes a tuple."""
    if isinstance(value, list):
        return tuple(restored(item, name) for item in value)
    if isinstance(value, dict):
        return from_plain(Loss if name == "loss" else Activation, value, name)
    return value
