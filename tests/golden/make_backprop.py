"""Writes backprop.json: objectives and gradients by PyTorch's autograd, in float64.

    python tests/golden/make_backprop.py

A 3-4-4-K network for every activation and every loss, with sample weights and an L2 penalty; the
objective is Σ w_i L_i / Σ w_i + λ/2 Σ ‖W‖². A member added to the engine gets a line here.
"""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn import functional as F

K, STRENGTH = 3, 0.1
UNITS = (3, 4, 4, K)

ACTIVATIONS = {
    "Identity": lambda z: z,
    "Sigmoid": torch.sigmoid,
    "Tanh": torch.tanh,
    "ReLU": torch.relu,
    "Softmax": lambda z: torch.softmax(z, dim=1),
}
LOSSES = {
    "SquaredError": lambda s, y: F.mse_loss(s, y, reduction="none").sum(1) / 2,
    "BinaryCrossEntropy": lambda s, y: F.binary_cross_entropy_with_logits(
        s, y, reduction="none"
    ).sum(1),
    "CategoricalCrossEntropy": lambda s, y: F.cross_entropy(s, y[:, 0].long(), reduction="none"),
    # PyTorch leaves out what does not depend on the scores.
    "Poisson": lambda s, y: (
        F.poisson_nll_loss(s, y, reduction="none") + torch.special.xlogy(y, y) - y
    ).sum(1),
}

rng = np.random.default_rng(7)
# Few digits, so that the file shows whole numbers and still holds them exactly.
X = rng.normal(0, 1, (5, UNITS[0])).round(3)
theta = rng.normal(0, 0.8, sum(n * m + m for n, m in pairwise(UNITS))).round(3)
weights = [0.5, 1.0, 2.0, 1.5, 0.25]
TARGETS = {
    "SquaredError": rng.normal(0, 1, (5, K)).round(3).tolist(),
    "BinaryCrossEntropy": rng.integers(0, 2, (5, K)).astype(float).tolist(),
    "CategoricalCrossEntropy": [[2.0], [0.0], [1.0], [1.0], [0.0]],
    "Poisson": rng.poisson(1.5, (5, K)).astype(float).tolist(),
}


def run(activation: str, loss: str) -> dict[str, Any]:
    flat = torch.tensor(theta, requires_grad=True)
    a, squares, at = torch.tensor(X), torch.tensor(0.0, dtype=torch.float64), 0
    for layer, (n, m) in enumerate(pairwise(UNITS)):
        W, b = flat[at : at + n * m].reshape(n, m), flat[at + n * m : at + n * m + m]
        at += n * m + m
        squares = squares + (W**2).sum()
        z = a @ W + b
        a = z if layer == len(UNITS) - 2 else ACTIVATIONS[activation](z)
    w = torch.tensor(weights, dtype=torch.float64)
    each = LOSSES[loss](a, torch.tensor(TARGETS[loss], dtype=torch.float64))
    objective = (w * each).sum() / w.sum() + STRENGTH / 2 * squares
    objective.backward()
    return {
        "activation": activation,
        "loss": loss,
        "scores": a.tolist(),
        "objective": objective.item(),
        "gradient": flat.grad.tolist(),
    }


golden = {
    "made_by": f"torch {torch.__version__}",
    "units": UNITS,
    "X": X.tolist(),
    "theta": theta.tolist(),
    "weights": weights,
    "strength": STRENGTH,
    "targets": TARGETS,
    "runs": [run(activation, loss) for activation in ACTIVATIONS for loss in LOSSES],
}
Path(__file__).with_name("backprop.json").write_text(json.dumps(golden) + "\n")
