"""A trained network as a `.keras` archive of Keras 3: a `Sequential`, or layers with branches."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any, final

import h5py
import numpy as np

from rosenblatt.activations import HardSigmoid, HardSwish, HardTanh, SiLU
from rosenblatt.export.keras_layers import COMMON, Dialect, KerasLayer, keras_layers
from rosenblatt.export.parts import Scaled
from rosenblatt.export.trained import Trained
from rosenblatt.losses import Link

__all__ = ["keras_archive"]

VERSION = "3.5.0"  # the first with all of these activations
KERAS = Dialect(
    "Keras",
    {
        **COMMON,
        SiLU(): "silu",
        HardSwish(): "hard_silu",
        HardTanh(): "hard_tanh",
        HardSigmoid(): "hard_sigmoid",
    },
    {Link.LOGISTIC: "sigmoid", Link.SOFTMAX: "softmax", Link.EXP: "exponential"},
    slope="negative_slope",
)
INPUT = "input_layer"
FUNCTIONAL = "keras.src.models.functional"  # where Keras looks for the class, and writes it too


def keras_archive(
    trained: Trained, before: Scaled | None = None, after: Scaled | None = None
) -> bytes:
    """The archive's bytes.

    Raises
    ------
    ValueError
        For layers and activations that Keras has not.
    """
    layers = keras_layers(trained, KERAS, before, after)
    dtype = trained.model.dtype
    configs = Configurations(layers, trained.model.n_inputs, dtype.name)
    weights = io.BytesIO()
    with h5py.File(weights, "w") as file:
        file.create_group("vars")
        if not configs.is_sequence:
            file.create_group(f"layers/{INPUT}/vars")
        for name, layer in layers:
            group = file.create_group(f"layers/{name}/vars")
            for k, array in enumerate(layer.variables.values()):
                group.create_dataset(str(k), data=np.asarray(array, dtype))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, content in (
            ("metadata.json", json.dumps({"keras_version": VERSION, "written_by": "rosenblatt"})),
            ("config.json", json.dumps(configs.whole())),
            ("model.weights.h5", weights.getvalue()),
        ):
            file.writestr(zipfile.ZipInfo(name), content)  # of no date: the same bytes again
    return out.getvalue()


@final
class Configurations:
    """The JSON objects of a model's layers.

    Parameters
    ----------
    layers : sequence of (str, KerasLayer)
    n_inputs : int
    dtype : str
    """

    def __init__(self, layers: Sequence[tuple[str, KerasLayer]], n_inputs: int, dtype: str) -> None:
        self.layers, self.dtype = layers, dtype
        self.names = [INPUT, *(name for name, _ in layers)]
        self.shapes = [[None, n_inputs], *([None, layer.width] for _, layer in layers)]

    @property
    def is_sequence(self) -> bool:
        """Whether each layer takes what the one before gives."""
        return all(layer.of == (k,) for k, (_, layer) in enumerate(self.layers))

    def whole(self) -> dict[str, Any]:
        start = {
            "batch_shape": self.shapes[0],
            "dtype": self.dtype,
            "sparse": False,
            "name": INPUT,
        }
        configs = [keras_object("InputLayer", start, "keras.layers")]
        configs += [self.layer(name, layer) for name, layer in self.layers]
        if self.is_sequence:
            sequential = {"name": "sequential", "trainable": True, "layers": configs}
            return keras_object("Sequential", sequential, "keras") | self.built(0)
        nodes: list[list[Any]] = [[], *(self.taken(layer) for _, layer in self.layers)]
        functional = {
            "name": "functional",
            "trainable": True,
            "layers": [
                config | {"name": name, "inbound_nodes": taken}
                for config, name, taken in zip(configs, self.names, nodes, strict=True)
            ],
            "input_layers": [[INPUT, 0, 0]],
            "output_layers": [[self.names[-1], 0, 0]],
        }
        return keras_object("Functional", functional, FUNCTIONAL) | self.built(0)

    def layer(self, name: str, layer: KerasLayer) -> dict[str, Any]:
        policy = keras_object("DTypePolicy", {"name": self.dtype}, "keras")
        config = {"name": name, "trainable": True, "dtype": policy, **layer.config}
        return keras_object(layer.kind, config, "keras.layers") | self.built(*layer.of)

    def built(self, *of: int) -> dict[str, Any]:
        """For what shapes a layer is made."""
        shapes = [self.shapes[k] for k in of]
        return {"build_config": {"input_shape": shapes[0] if len(shapes) == 1 else shapes}}

    def taken(self, layer: KerasLayer) -> list[Any]:
        tensors = [self.tensor(k) for k in layer.of]
        return [{"args": tensors if len(tensors) == 1 else [tensors], "kwargs": {}}]

    def tensor(self, k: int) -> dict[str, Any]:
        """What leaves a layer."""
        history = [self.names[k], 0, 0]
        config = {"shape": self.shapes[k], "dtype": self.dtype, "keras_history": history}
        return {"class_name": "__keras_tensor__", "config": config}


def keras_object(kind: str, config: Mapping[str, Any], module: str) -> dict[str, Any]:
    return {
        "module": module,
        "class_name": kind,
        "config": dict(config),
        "registered_name": None,
    }
