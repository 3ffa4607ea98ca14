"""ONNX models in onnxruntime."""

from __future__ import annotations

from typing import Any

import pytest


def session(model: Any) -> Any:
    runtime = pytest.importorskip("onnxruntime")
    options = runtime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    data = model if isinstance(model, bytes) else model.SerializeToString()
    return runtime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
