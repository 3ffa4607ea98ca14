"""Writes networks as ONNX by several exporters, and what ONNX Runtime makes of rows.

    python tests/golden/make_onnx.py tests/golden/elsewhere/onnx

It needs torch, onnxscript, skl2onnx, keras, onnx and onnxruntime, and no rosenblatt.
"""

import json
import os
import sys
import warnings
from pathlib import Path

os.environ["KERAS_BACKEND"] = "torch"

import keras
import numpy as np
import onnx
import onnxruntime
import skl2onnx
import sklearn
import torch
from skl2onnx.common.data_types import DoubleTensorType, FloatTensorType
from sklearn.compose import ColumnTransformer
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler, StandardScaler
from torch import nn

FOLDER = Path(sys.argv[1])
torch.set_num_threads(1)
warnings.simplefilter("ignore")
OUTSIDE = [[1e3, -1e3, 30], [-40, 500, -1e4], [0, 0, 0], [1e-30, 0, 0]]


def rows() -> np.ndarray:
    """Within the range of training, far outside, and at the kinks."""
    return np.vstack([np.random.default_rng(3).normal(size=(12, 3)), OUTSIDE])


def written(name: str, tool: str, model: bytes | onnx.ModelProto, output: str, kind: str = "float"):
    content = model if isinstance(model, bytes) else model.SerializeToString()
    (FOLDER / f"{name}.net.onnx").write_bytes(content)
    session = onnxruntime.InferenceSession(content)
    dtype = np.float64 if kind == "double" else np.float32
    X = rows().astype(dtype)
    inputs = session.get_inputs()
    if len(inputs) == 1:
        fed = {inputs[0].name: X}
    else:
        fed = {one.name: X[:, [k]] for k, one in enumerate(inputs)}
    (Y,) = session.run([output or session.get_outputs()[0].name], fed)
    Y = np.asarray(Y, np.float64).reshape(len(X), -1)
    content = {
        "tool": f"{tool}, ONNX Runtime {onnxruntime.__version__}",
        "type": kind,
        "rows": [{"x": x, "y": y} for x, y in zip(X.tolist(), Y.tolist(), strict=True)],
    }
    (FOLDER / f"{name}.json").write_text(json.dumps(content) + "\n")


class Block(nn.Module):
    """A residual block."""

    def __init__(self, n: int) -> None:
        super().__init__()
        self.norm, self.first, self.second = nn.LayerNorm(n), nn.Linear(n, n), nn.Linear(n, n)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.second(nn.functional.silu(self.first(self.norm(x))))


MODULES = {
    "torch_regressor": lambda: nn.Sequential(
        nn.Linear(3, 5), nn.ReLU(), nn.Linear(5, 4), nn.LeakyReLU(0.1), nn.Linear(4, 2)
    ),
    "torch_normalised": lambda: nn.Sequential(
        *(nn.BatchNorm1d(3), nn.Linear(3, 6), nn.GELU(), nn.Dropout(0.3), nn.Linear(6, 5)),
        *(nn.LayerNorm(5), nn.Mish(), nn.Linear(5, 5), nn.GELU("tanh"), nn.Linear(5, 3)),
        nn.Softmax(1),
    ),
    "torch_residual": lambda: nn.Sequential(
        nn.Linear(3, 4), Block(4), nn.PReLU(4), Block(4), nn.Hardswish(), nn.Linear(4, 1)
    ),
}


def trained(module: nn.Module) -> nn.Module:
    """A few steps, so that running statistics and all weights have left their initial values."""
    steps = torch.optim.Adam(module.parameters(), lr=0.05)
    module.train()
    for _ in range(40):
        X = 2 * torch.randn(32, 3) + 1
        steps.zero_grad()
        ((module(X) - X.prod(1, keepdim=True).sin()) ** 2).mean().backward()
        steps.step()
    return module.eval()


for name, make in MODULES.items():
    torch.manual_seed(7)
    module = trained(make())
    x = torch.zeros(2, 3)
    for way, options in (
        ("dynamo", {"dynamo": True, "dynamic_shapes": ({0: torch.export.Dim("rows")},)}),
        ("traced", {"dynamo": False, "dynamic_axes": {"x": {0: "rows"}}, "opset_version": 13}),
    ):
        path = FOLDER / "net.tmp"
        torch.onnx.export(
            module, (x,), path, input_names=["x"], external_data=False, verbose=False, **options
        )
        model = onnx.load(path)
        path.unlink()
        for node in model.graph.node:  # what the exporter saw, which is most of the file
            del node.metadata_props[:]
            node.doc_string = ""
        written(f"{name}_{way}", f"PyTorch {torch.__version__} ({way})", model, "")

X = np.random.default_rng(0).normal(size=(120, 3)) * [1, 20, 0.1] + [5, -100, 0]
label = np.array(["no", "perhaps", "yes"])[(X[:, 0] > 5).astype(int) + (X[:, 1] > -100)]
two = np.where(X[:, 0] > 5, "good", "bad")
number = np.sin(X[:, 0]) + X[:, 1] / 20
SKLEARN = {
    "skl_classes": (make_pipeline(StandardScaler(), MLPClassifier((5,), max_iter=60)), label),
    "skl_two": (
        make_pipeline(MinMaxScaler(), MLPClassifier((4, 3), activation="tanh", max_iter=60)),
        two,
    ),
    "skl_number": (
        make_pipeline(
            StandardScaler(), MLPRegressor(hidden_layer_sizes=(6,), activation="logistic")
        ),
        number,
    ),
    "skl_columns": (
        make_pipeline(
            ColumnTransformer([("a", StandardScaler(), [2, 0]), ("b", MinMaxScaler(), [1])]),
            MLPClassifier((5,), max_iter=60),
        ),
        label,
    ),
}
for name, (estimator, y) in SKLEARN.items():
    estimator.set_params(**{f"{estimator.steps[-1][0]}__random_state": 0})
    estimator.fit(X, y)
    for kind, of in (("float", FloatTensorType), ("double", DoubleTensorType)):
        columns = ["age", "income", "size"] if name == "skl_columns" else []
        initial = [(column, of([None, 1])) for column in columns] or [("X", of([None, 3]))]
        options = {} if name == "skl_number" else {type(estimator[-1]): {"zipmap": False}}
        model = skl2onnx.to_onnx(estimator, initial_types=initial, options=options)
        output = "variable" if name == "skl_number" else "probabilities"
        tool = f"scikit-learn {sklearn.__version__}, skl2onnx {skl2onnx.__version__}"
        written(f"{name}_{kind}", tool, model, output, kind)

keras.utils.set_random_seed(1)
model = keras.Sequential(
    [
        keras.Input((3,)),
        keras.layers.Dense(5, "gelu"),
        keras.layers.BatchNormalization(),
        keras.layers.Dense(4, "elu"),
        keras.layers.Dense(2, "softplus"),
    ]
)
model.layers[1].set_weights([np.random.default_rng(k).random(5) + 0.5 for k in range(4)])
path = FOLDER / "net.onnx"
model(np.zeros((1, 3)))
model.export(path, format="onnx", verbose=False)
content = onnx.load(path)
path.unlink()
for node in content.graph.node:
    del node.metadata_props[:]
    node.doc_string = ""
written("keras", f"Keras {keras.__version__} on torch", content, "")
