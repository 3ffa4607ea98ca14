#!/usr/bin/env bash
# onnxruntime 1.32.0 compares double constants with 0 and 1 as float32 when it optimises a graph. A product or quotient with
# 1.00000001, and a sum or difference with 1e-46, is left out: results of a model in double are off by 6e-8, or wrong
# altogether, and nothing is said. It happens between other nodes, not at the graph's own inputs and outputs. Without
# optimisation, and in the reference evaluator of onnx 1.23.2, the results are right.
#
# Seen: 1 times 1.00000001: optimised 1.0, not optimised 1.00000001, reference 1.00000001
#       3e-46 plus 1e-46: optimised 3e-46, not optimised 4e-46, reference 4e-46
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet onnx==1.23.2 onnxruntime==1.32.0 numpy==2.4.6
"$folder/venv/bin/python" -W ignore - <<'PYTHON'
import math

import numpy as np
import onnxruntime
from onnx import TensorProto, helper
from onnx.reference import ReferenceEvaluator

LEVELS = onnxruntime.GraphOptimizationLevel


def results(operation, x, constant):
    ends = [helper.make_tensor_value_info(name, TensorProto.DOUBLE, [None, 1]) for name in "xy"]
    nodes = [
        helper.make_node("Abs", ["x"], ["a"]),
        helper.make_node(operation, ["a", "c"], ["b"]),
        helper.make_node("Abs", ["b"], ["y"]),
    ]
    initializer = helper.make_tensor("c", TensorProto.DOUBLE, [1], [constant])
    graph = helper.make_graph(nodes, "constant", ends[:1], ends[1:], [initializer])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    feed = {"x": np.array([[x]])}
    for level in (LEVELS.ORT_ENABLE_ALL, LEVELS.ORT_DISABLE_ALL):
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = level
        session = onnxruntime.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"]
        )
        yield float(session.run(None, feed)[0][0, 0])
    yield float(ReferenceEvaluator(model).run(None, feed)[0][0, 0])


def close(a, b):
    return math.isclose(a, b, rel_tol=1e-12)


for operation, words, x, c, expected in (
    ("Mul", "times", 1.0, 1.00000001, 1.00000001),
    ("Add", "plus", 3e-46, 1e-46, 4e-46),
):
    optimised, plain, reference = results(operation, x, c)
    print(f"{x} {words} {c}: optimised {optimised}, not optimised {plain}, reference {reference}")
    assert close(optimised, x) and not close(optimised, expected)
    assert close(plain, expected) and close(reference, expected)
PYTHON
