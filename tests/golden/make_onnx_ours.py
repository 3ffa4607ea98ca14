"""Writes networks of this library as ONNX, and what ONNX Runtime makes of rows.

python tests/golden/make_onnx_ours.py tests/golden/elsewhere/onnx
"""

import json
import sys
import warnings
from pathlib import Path

import numpy as np
import onnxruntime

import rosenblatt
from rosenblatt import MLPClassifier, MLPRegressor

FOLDER = Path(sys.argv[1])
warnings.simplefilter("ignore")
OUTSIDE = [[1e3, -1e3, 30], [-40, 500, -1e4], [0, 0, 0], [1e-30, 0, 0]]
rng = np.random.default_rng(5)
X, rows = rng.normal(size=(80, 3)), np.vstack([rng.normal(size=(12, 3)), OUTSIDE])
label = np.array(["no", "perhaps", "yes"])[(X[:, 0] > 0).astype(int) + (X[:, 1] > 0)]
common = {"max_iter": 20, "random_state": 0}
FITTED = {
    "ours_classes": MLPClassifier((5,), activation="gelu", **common).fit(X, label),
    "ours_two": MLPClassifier((5, 4), activation=["silu", "mish"], **common).fit(X, X[:, 0] > 0),
    "ours_numbers": MLPRegressor(
        hidden_layer_sizes=(6,), activation="elu", normalization="layer", **common
    ).fit(X, X[:, :2] * X[:, 1:]),
}
for name, est in FITTED.items():
    content = est.to_onnx().SerializeToString()
    (FOLDER / f"{name}.net.onnx").write_bytes(content)
    given = rows.astype(np.float32)
    (Y,) = onnxruntime.InferenceSession(content).run(None, {"X": given})
    told = {
        "tool": f"rosenblatt {rosenblatt.__version__}, ONNX Runtime {onnxruntime.__version__}",
        "type": "float",
        "rows": [{"x": x, "y": y} for x, y in zip(given.tolist(), Y.tolist(), strict=True)],
    }
    (FOLDER / f"{name}.json").write_text(json.dumps(told) + "\n")
