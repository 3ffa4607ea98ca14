"""A trained network as a `.keras` archive of Keras 3, a `Sequential` of layers."""

from __future__ import annotations

import io
import json
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, final

import h5py
import numpy as np

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
    Softsign,
    Tanh,
)
from rosenblatt.export.parts import Activated, Part, Scaled, Standardised, Sums, cannot, parts_of
from rosenblatt.export.trained import Trained
from rosenblatt.losses import Link
from rosenblatt.support.types import FloatArray

__all__ = ["keras_archive"]

VERSION = "3.5.0"  # the first with all of these activations
NAMES: dict[Activation, str] = {
    Identity(): "linear",
    Sigmoid(): "sigmoid",
    Tanh(): "tanh",
    ReLU(): "relu",
    Softmax(): "softmax",
    ELU(): "elu",
    SELU(): "selu",
    Softplus(): "softplus",
    GELU(): "gelu",
    SiLU(): "silu",
    Mish(): "mish",
    HardSigmoid(): "hard_sigmoid",
    HardSwish(): "hard_silu",
    HardTanh(): "hard_tanh",
    Softsign(): "softsign",
}
LINKS = {Link.LOGISTIC: "sigmoid", Link.SOFTMAX: "softmax", Link.EXP: "exponential"}
SNAKE = {
    "Activation": "activation",
    "Dense": "dense",
    "ELU": "elu",
    "LayerNormalization": "layer_normalization",
    "LeakyReLU": "leaky_re_lu",
}


@final
@dataclass(frozen=True, eq=False)
class KerasLayer:
    """A layer: its class, what is special in its configuration, its variables in order."""

    kind: str
    config: Mapping[str, Any]
    variables: Sequence[FloatArray] = ()


def keras_archive(
    trained: Trained, before: Scaled | None = None, after: Scaled | None = None
) -> bytes:
    """The archive's bytes.

    Raises
    ------
    ValueError
        For the mean of several networks, and layers and activations that Keras has not.
    """
    if len(trained.chains) > 1:
        raise ValueError(
            "the mean of several networks cannot be exported to Keras: export to ONNX or C, or each"
            " network on its own."
        )
    parts = [*([before] if before else []), *parts_of(trained.chains[0], "Keras")]
    layers = [layer for part in parts for layer in layers_of(part)]
    if trained.link in LINKS:
        layers.append(KerasLayer("Activation", {"activation": LINKS[trained.link]}))
    if after is not None:
        layers += layers_of(after)
    return archive(layers, trained.model.n_inputs, trained.model.dtype)


def layers_of(part: Part) -> Iterator[KerasLayer]:
    match part:
        case Sums(weight, bias):
            yield dense(weight, bias)
        case Scaled(factor, shift):
            yield dense(np.diag(factor), shift)
        case Standardised(epsilon, factor, shift):
            yield KerasLayer("LayerNormalization", {"epsilon": epsilon}, [factor, shift])
        case Activated(LeakyReLU(leak)):
            yield KerasLayer("LeakyReLU", {"negative_slope": leak})
        case Activated(ELU(alpha)) if alpha != 1:
            yield KerasLayer("ELU", {"alpha": alpha})
        case Activated(activation):
            if activation not in NAMES:
                raise ValueError(
                    f"{activation!r} cannot be exported to Keras, which has no such activation:"
                    " export to ONNX or C, or train with another activation."
                )
            yield KerasLayer("Activation", {"activation": NAMES[activation]})
        case _:
            raise cannot(type(part).__name__, "Keras")


def dense(weight: FloatArray, bias: FloatArray) -> KerasLayer:
    config = {"units": len(bias), "activation": "linear", "use_bias": True}
    return KerasLayer("Dense", config, [weight, bias])


def archive(layers: Sequence[KerasLayer], n_inputs: int, dtype: np.dtype[Any]) -> bytes:
    """The zip file of configuration, metadata and weights."""
    weights, configs, shape = io.BytesIO(), [], [None, n_inputs]
    counts: Counter[str] = Counter()
    start = {"batch_shape": shape, "dtype": dtype.name, "sparse": False, "name": "input_layer"}
    configs.append(keras_object("InputLayer", start, "keras.layers"))
    with h5py.File(weights, "w") as file:
        file.create_group("vars")
        for layer in layers:
            snake = SNAKE[layer.kind]
            # The names that Keras gives and looks for, whatever the layers are called.
            name = f"{snake}_{counts[snake]}" if counts[snake] else snake
            counts[snake] += 1
            group = file.create_group(f"layers/{name}/vars")
            for k, array in enumerate(layer.variables):
                group.create_dataset(str(k), data=np.asarray(array, dtype))
            policy = keras_object("DTypePolicy", {"name": dtype.name}, "keras")
            config = {"name": name, "trainable": True, "dtype": policy, **layer.config}
            build = {"build_config": {"input_shape": shape}}
            configs.append(keras_object(layer.kind, config, "keras.layers") | build)
            if layer.kind == "Dense":
                shape = [None, layer.config["units"]]
    whole = keras_object(
        "Sequential", {"name": "sequential", "trainable": True, "layers": configs}, "keras"
    )
    whole["build_config"] = {"input_shape": [None, n_inputs]}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, content in (
            ("metadata.json", json.dumps({"keras_version": VERSION, "written_by": "rosenblatt"})),
            ("config.json", json.dumps(whole)),
            ("model.weights.h5", weights.getvalue()),
        ):
            file.writestr(zipfile.ZipInfo(name), content)  # of no date: the same bytes again
    return out.getvalue()


def keras_object(kind: str, config: Mapping[str, Any], module: str) -> dict[str, Any]:
    return {
        "module": module,
        "class_name": kind,
        "config": dict(config),
        "registered_name": None,
    }
