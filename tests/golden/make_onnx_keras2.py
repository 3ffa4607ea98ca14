"""Writes networks of Keras 2 as ONNX by tf2onnx, and what ONNX Runtime makes of rows.

    python tests/golden/make_onnx_keras2.py tests/golden/elsewhere/onnx

It needs tensorflow 2.15, tf2onnx and onnxruntime, and no rosenblatt.
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnxruntime
import tensorflow as tf
import tf2onnx
from tensorflow import keras

FOLDER = Path(sys.argv[1])
OUTSIDE = [[1e3, -1e3, 30], [-40, 500, -1e4], [0, 0, 0], [1e-30, 0, 0]]
L = keras.layers


def residual() -> keras.Model:
    x = start = keras.Input((3,))
    x = L.Dense(4, "swish")(x)
    y = L.Dense(4, "selu")(L.BatchNormalization()(x))
    y = L.Dense(1, "sigmoid")(L.Add()([x, y]))
    return keras.Model(start, y)


MODELS = {
    "keras2": lambda: keras.Sequential(
        [keras.Input((3,)), L.Dense(5), L.BatchNormalization(), L.ReLU(), L.Dense(3, "softmax")]
    ),
    "keras2_gelu": lambda: keras.Sequential(
        [keras.Input((3,)), L.Dense(5, "gelu"), L.Dense(4), L.LeakyReLU(), L.Dense(2, "elu")]
    ),
    "keras2_residual": residual,
}
X = np.vstack([np.random.default_rng(3).normal(size=(12, 3)), OUTSIDE]).astype(np.float32)
for name, make in MODELS.items():
    keras.utils.set_random_seed(3)
    model = make()
    for layer in model.layers:
        if isinstance(layer, L.BatchNormalization):
            layer.set_weights(
                [np.full(w.shape, 0.5) + np.arange(w.size) / 9 for w in layer.get_weights()]
            )
    proto, _ = tf2onnx.convert.from_keras(model, opset=15)
    content = proto.SerializeToString()
    (FOLDER / f"{name}.net.onnx").write_bytes(content)
    session = onnxruntime.InferenceSession(content)
    (Y,) = session.run(None, {session.get_inputs()[0].name: X})
    told = {
        "tool": f"Keras 2 of TensorFlow {tf.__version__}, tf2onnx {tf2onnx.__version__},"
        f" ONNX Runtime {onnxruntime.__version__}",
        "type": "float",
        "rows": [{"x": x, "y": y} for x, y in zip(X.tolist(), Y.tolist(), strict=True)],
    }
    (FOLDER / f"{name}.json").write_text(json.dumps(told) + "\n")
