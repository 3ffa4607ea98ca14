#!/usr/bin/env bash
# onnxruntime 1.32.0 and the reference evaluator of onnx 1.23.2: LayerNormalization of a finite float32 row returns zeros as
# soon as the square of a deviation overflows (from about 1e19). The right answer does not depend on the row's scale:
# -1.34, -0.45, 0.45, 1.34 for any multiple of 1, 2, 3, 4. There is neither NaN nor infinity that a caller could notice.
#
# Seen: scale 1e18 [-1.342 -0.447 0.447 1.342], scale 1e19 [0 0 0 0], in both
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet onnx==1.23.2 onnxruntime==1.32.0 numpy==2.4.6
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import numpy as np
import onnxruntime
from onnx import TensorProto, helper
from onnx.reference import ReferenceEvaluator

row = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [None, 4]) for name in "xy"]
parameters = [
    helper.make_tensor("scale", TensorProto.FLOAT, [4], [1] * 4),
    helper.make_tensor("shift", TensorProto.FLOAT, [4], [0] * 4),
]
node = helper.make_node("LayerNormalization", ["x", "scale", "shift"], ["y"], axis=-1)
graph = helper.make_graph([node], "layer_norm", row[:1], row[1:], parameters)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
reference = ReferenceEvaluator(model)
expected = np.array([-3, -1, 1, 3]) / np.sqrt(5)
for scale in (1.0, 1e18, 1e19):
    x = np.float32(scale) * np.array([[1, 2, 3, 4]], np.float32)
    assert np.isfinite(x).all()
    for name, run in (("onnxruntime", session.run), ("reference", reference.run)):
        y = run(None, {"x": x})[0][0]
        print(name, f"scale {scale:g}", y)
        assert np.allclose(y, 0 if scale == 1e19 else expected, atol=1e-5)
PYTHON
