"""A trained network as a layers model of TensorFlow.js: a model.json, and its weights beside it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from rosenblatt.activations import HardSigmoid, HardTanh, SiLU
from rosenblatt.export.keras_layers import COMMON, Dialect, Form, KerasLayer, keras_layers
from rosenblatt.export.parts import Scaled
from rosenblatt.export.trained import Trained
from rosenblatt.export.writing import write_export
from rosenblatt.losses import Link
from rosenblatt.support.listing import brief
from rosenblatt.support.paths import file_path

__all__ = ["tfjs_model", "weights_beside", "write_tfjs"]

TFJS = Dialect(
    "TensorFlow.js",
    {**COMMON, SiLU(): "swish"},
    {Link.LOGISTIC: "sigmoid", Link.SOFTMAX: "softmax"},
    slope="alpha",
    elus=False,  # version 4.22 has the layer, and refuses another α
    # 0.2 z + ½ between 0 and 1 there, z/6 + ½ here.
    forms={
        HardSigmoid(): Form("hard_sigmoid", 5 / 6),
        HardTanh(): Form("hard_sigmoid", 2.5, 2.0, -1.0),
    },
)
INPUT = "input"


def tfjs_model(
    trained: Trained,
    weights: str,
    before: Scaled | None = None,
    after: Scaled | None = None,
) -> tuple[str, bytes]:
    """The text of model.json, and the bytes of the file of this name that it points at.

    Raises
    ------
    ValueError
        For layers, activations and outputs that TensorFlow.js has
        not, and weights beyond single precision.
    """
    single = trained.converted(np.float32)  # weights beyond it are refused
    layers = keras_layers(trained, TFJS, before, after)
    arrays = {
        f"{name}/{variable}": np.asarray(array, "<f4")
        for name, layer in layers
        for variable, array in layer.variables.items()
    }
    model = {
        "format": "layers-model",
        "generatedBy": "written by rosenblatt",
        "convertedBy": None,
        "modelTopology": {
            "class_name": "Model",
            "config": topology(layers, single.model.n_inputs),
            "keras_version": "tfjs-layers 4.22.0",
            "backend": "tensor_flow.js",
        },
        "weightsManifest": [
            {
                "paths": [f"./{weights}"],
                "weights": [
                    {"name": name, "shape": list(array.shape), "dtype": "float32"}
                    for name, array in arrays.items()
                ],
            }
        ],
    }
    return json.dumps(model), b"".join(array.tobytes() for array in arrays.values())


def write_tfjs(
    path: str | PathLike[str] | None,
    weights: str | None,
    trained: Trained,
    before: Scaled | None = None,
    after: Scaled | None = None,
) -> tuple[str, bytes]:
    """The model as `tfjs_model` gives it; where there is a path, both files, the weights first."""
    beside = weights_beside("model.json" if path is None else path)
    if weights is not None:
        if not (isinstance(weights, str) and weights and Path(weights).name == weights):
            raise ValueError(f"weights={brief(weights)} must be the name of a file.")
        beside = beside.with_name(weights)
    text, content = tfjs_model(trained, beside.name, before, after)
    if path is not None:
        write_export(beside, content)
        write_export(path, text.encode("ascii"))
    return text, content


def weights_beside(path: str | PathLike[str]) -> Path:
    """Where the weights of the model.json of this path lie, by the names that browsers give."""
    place = file_path(path)
    return place.with_name(f"{place.stem}.weights.bin")


def topology(layers: Sequence[tuple[str, KerasLayer]], n_inputs: int) -> Mapping[str, Any]:
    """The layers, and which takes what."""
    names = [INPUT, *(name for name, _ in layers)]
    start = {"batch_input_shape": [None, n_inputs], "dtype": "float32", "sparse": False}
    nodes = [node(INPUT, "InputLayer", start, [])]
    for name, layer in layers:
        taken = [[names[k], 0, 0, {}] for k in layer.of]
        nodes.append(node(name, layer.kind, {"trainable": True, **layer.config}, [taken]))
    return {
        "name": "model",
        "layers": nodes,
        "input_layers": [[INPUT, 0, 0]],
        "output_layers": [[names[-1], 0, 0]],
    }


def node(name: str, kind: str, config: Mapping[str, Any], taken: list[Any]) -> dict[str, Any]:
    return {
        "name": name,
        "class_name": kind,
        "config": {"name": name, **config},
        "inbound_nodes": taken,
    }
