"""Writes networks of Keras 3, and what they make of rows, into the folder of the first argument.

    python tests/golden/make_keras.py tests/golden/elsewhere/keras

Each model is saved as .keras, some as .h5 too, and read again by Keras, which predicts.
"""

import json
import os
import sys
import warnings
from pathlib import Path

os.environ["KERAS_BACKEND"] = "torch"

import keras
import numpy as np
from keras import layers as L

FOLDER = Path(sys.argv[1])
warnings.simplefilter("ignore")
OUTSIDE = [[1e3, -1e3, 30], [-40, 500, -1e4], [0, 0, 0], [1e-30, 0, 0]]
X = np.vstack([np.random.default_rng(3).normal(size=(12, 3)), OUTSIDE]).astype(np.float32)


def normalised() -> keras.Model:
    first = L.Normalization()
    first.adapt(np.random.default_rng(1).normal(size=(50, 3)) * [1, 20, 0.1] + [5, -9, 0])
    return keras.Sequential(
        [
            *(keras.Input((3,)), first, L.Dense(5), L.BatchNormalization(), L.LeakyReLU()),
            *(L.Dropout(0.2), L.Dense(4, "gelu"), L.LayerNormalization(), L.Dense(2)),
            L.Rescaling(3.0, 0.5),
        ]
    )


def residual() -> keras.Model:
    start = keras.Input((3,))
    x = L.Dense(4, "leaky_relu")(start)
    y = L.Dense(4, "mish", name="inner")(L.LayerNormalization(epsilon=1e-6)(x))
    x = L.Add()([x, y])
    x = L.PReLU()(x)
    return keras.Model(start, L.Dense(1, "sigmoid", name="out")(x))


def nested() -> keras.Model:
    start = keras.Input((3,))
    part = keras.Sequential([keras.Input((3,)), L.Dense(4, "hard_sigmoid"), L.Dense(3, "elu")])
    return keras.Model(start, L.Dense(3, "softmax")(part(start)))


def branches() -> keras.Model:
    start = keras.Input((3,))
    x = L.Concatenate()([L.Dense(4, "tanh")(start), start])
    gate = L.Multiply()([L.Dense(4)(x), L.Dense(4, "sigmoid")(x)])
    other = L.Dense(4, "relu")(x)
    both = L.Average()([gate, other, L.Dense(4)(L.Concatenate()([other, L.Dense(2, "elu")(gate)]))])
    return keras.Model(start, L.Dense(2)(L.Add()([both, L.Dense(4, "softplus")(start)])))


MODELS = {
    "plain": lambda: keras.Sequential(
        [keras.Input((3,)), L.Dense(5, "relu"), L.Dense(4, "silu", use_bias=False), L.Dense(3)]
    ),
    "activations": lambda: keras.Sequential(
        [
            *(keras.Input((3,)), L.Dense(3, "selu"), L.Dense(3, "softsign"), L.Dense(3, "relu6")),
            *(L.ReLU(max_value=2.0), L.Dense(3, "softplus"), L.Activation("tanh")),
            *(L.Dense(3, "hard_silu"), L.ELU(0.7), L.Dense(2, "linear"), L.Softmax()),
        ]
    ),
    "normalised": normalised,
    "residual": residual,
    "nested": nested,
    "branches": branches,
}
IN_BOTH = ("plain", "normalised", "nested")
for name, make in MODELS.items():
    keras.utils.set_random_seed(3)
    model = make()
    for layer in model.layers:
        if isinstance(layer, L.BatchNormalization | L.PReLU):
            layer.set_weights(
                [np.full(w.shape, 0.5) + np.arange(w.size) / 9 for w in layer.get_weights()]
            )
    for ending in ("keras", "h5") if name in IN_BOTH else ("keras",):
        path = FOLDER / f"{name}.net.{ending}"
        model.save(path)
        read = keras.models.load_model(path)
        Y = keras.ops.convert_to_numpy(read(X))
    told = {
        "tool": f"Keras {keras.__version__} on torch",
        "type": "float",
        "rows": [{"x": x, "y": y} for x, y in zip(X.tolist(), Y.tolist(), strict=True)],
    }
    (FOLDER / f"{name}.json").write_text(json.dumps(told) + "\n")
