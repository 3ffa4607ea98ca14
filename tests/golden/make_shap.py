"""Writes shap.json: values by shap's own explainers, of networks written out in NumPy.

    python tests/golden/make_shap.py

Each is given as weights, background and rows. KernelExplainer meets all 2^4 coalitions, its limit;
ExactExplainer does so by design.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import shap

rng = np.random.default_rng(17)
D, HIDDEN, N_BACKGROUND, N_ROWS = 4, 5, 6, 3
KINDS = {"logistic": 1, "softmax": 3, "numbers": 2}


def scores(parameters: list[Any], X: Any) -> Any:
    W1, b1, W2, b2 = parameters
    return np.tanh(X @ W1 + b1) @ W2 + b2


def linked(kind: str, z: Any) -> Any:
    if kind == "logistic":
        return 1 / (1 + np.exp(-z))
    if kind == "softmax":
        e = np.exp(z - z.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)
    return z


def run(kind: str, n_outputs: int, n_networks: int) -> dict[str, Any]:
    shapes = [(D, HIDDEN), (HIDDEN,), (HIDDEN, n_outputs), (n_outputs,)]
    networks = [[2 * rng.standard_normal(shape) for shape in shapes] for _ in range(n_networks)]
    background = rng.standard_normal((N_BACKGROUND, D)).round(3)
    X = rng.standard_normal((N_ROWS, D)).round(3)
    X[0, 1] = background[2, 1]  # a cell that they share

    def f(rows: Any) -> Any:
        return np.mean([linked(kind, scores(network, rows)) for network in networks], axis=0)

    kernel = shap.KernelExplainer(f, background)
    by_kernel = kernel.shap_values(X, nsamples=2**D, l1_reg=0, silent=True)
    exact = shap.ExactExplainer(f, shap.maskers.Independent(background))(X).values
    return {
        "kind": kind,
        "networks": [[array.tolist() for array in network] for network in networks],
        "background": background.tolist(),
        "rows": X.tolist(),
        "kernel": np.asarray(by_kernel).reshape(N_ROWS, D, -1).tolist(),
        "exact": np.asarray(exact).reshape(N_ROWS, D, -1).tolist(),
        "expected": np.atleast_1d(kernel.expected_value).tolist(),
    }


golden = {
    "made_by": f"shap {shap.__version__}",
    "runs": [run(kind, n, networks) for kind, n in KINDS.items() for networks in (1, 2)],
}
Path(__file__).with_name("shap.json").write_text(json.dumps(golden) + "\n")
