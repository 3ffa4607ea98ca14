"""Writes networks of Keras 2 as .h5, and what they make of rows.

    python tests/golden/make_keras2.py tests/golden/elsewhere/keras

It needs tensorflow 2.15. Each file is read again by Keras, which predicts.
"""

import json
import sys
from pathlib import Path

import numpy as np
import tensorflow as tf
from tensorflow import keras

FOLDER = Path(sys.argv[1])
OUTSIDE = [[1e3, -1e3, 30], [-40, 500, -1e4], [0, 0, 0], [1e-30, 0, 0]]
L = keras.layers


def normalised() -> keras.Model:
    first = L.Normalization()
    first.adapt(np.random.default_rng(1).normal(size=(50, 3)) * [1, 20, 0.1] + [5, -9, 0])
    return keras.Sequential(
        [
            *(keras.Input((3,)), first, L.Dense(5), L.BatchNormalization(), L.LeakyReLU()),
            *(L.Dropout(0.2), L.Dense(4, "gelu"), L.LayerNormalization(), L.Dense(2)),
            L.ReLU(max_value=1.5),
        ]
    )


def residual() -> keras.Model:
    start = keras.Input((3,))
    x = L.Dense(4, "hard_sigmoid")(start)
    y = L.Dense(4, "swish")(L.BatchNormalization()(x))
    x = L.PReLU()(L.Add()([x, y]))
    part = keras.Sequential([keras.Input((4,)), L.Dense(3, "selu"), L.BatchNormalization()])
    return keras.Model(start, L.Dense(3, "softmax")(part(x)))


def columns() -> keras.Model:
    starts = [keras.Input((1,), name=name) for name in ("age", "income", "size")]
    x = L.Dense(4, "elu")(L.Concatenate()(starts))
    return keras.Model(starts, L.Dense(1, "sigmoid")(x))


def double() -> keras.Model:
    return keras.Sequential([keras.Input((3,)), L.Dense(4, "tanh"), L.Dense(1, "sigmoid")])


MODELS = {
    "keras2_double": double,
    "keras2_normalised": normalised,
    "keras2_residual": residual,
    "keras2_columns": columns,
}
X = (
    np.vstack([np.random.default_rng(3).normal(size=(12, 3)), OUTSIDE])
    .astype(np.float32)
    .astype(float)
)


def spread(model: keras.Model) -> None:
    """Other numbers than the initial ones, in all layers that start with ones and zeros."""
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            spread(layer)
        if isinstance(layer, L.BatchNormalization | L.PReLU | L.LayerNormalization):
            layer.set_weights(
                [np.full(w.shape, 0.5) + np.arange(w.size) / 9 for w in layer.get_weights()]
            )


for name, make in MODELS.items():
    keras.utils.set_random_seed(3)
    kind = "double" if make is double else "float"
    keras.backend.set_floatx("float64" if kind == "double" else "float32")
    model = make()
    spread(model)
    path = FOLDER / f"{name}.net.h5"
    model.save(path, save_format="h5")
    read = keras.models.load_model(path)
    Y = read([X[:, [k]] for k in range(3)] if len(read.inputs) > 1 else X).numpy()
    told = {
        "tool": f"Keras 2 of TensorFlow {tf.__version__}",
        "type": kind,
        "rows": [{"x": x, "y": y} for x, y in zip(X.tolist(), Y.tolist(), strict=True)],
    }
    (FOLDER / f"{name}.json").write_text(json.dumps(told) + "\n")
