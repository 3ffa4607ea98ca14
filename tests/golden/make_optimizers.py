"""Writes optimizers.json: 100 steps of PyTorch's optimisers, in float64, on a bumpy valley.

    python tests/golden/make_optimizers.py

f(θ) = Σ (c_i θ_i² / 2 + cos 3θ_i / 10); the test computes its gradient anew. Half way, the rate is
divided by 4: forms of momentum differ in what they do then.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch

START = [1.5, -2.0, 0.3, 4.0, -0.7]
CURVATURE = [0.1, 1.0, 3.0, 0.5, 10.0]
STEPS, CHANGE, FACTOR = 100, 50, 0.25
RECORDED = [1, 2, 3, 10, 50, 51, 52, 100]

# Ours, by name and fields, and PyTorch's, by class and keywords.
RUNS: list[tuple[str, dict[str, Any], type, dict[str, Any]]] = [
    ("SGD", {"lr": 0.05}, torch.optim.SGD, {"lr": 0.05}),
    (
        "SGD",
        {"lr": 0.02, "momentum": 0.9},
        torch.optim.SGD,
        {"lr": 0.02, "momentum": 0.9},
    ),
    (
        "SGD",
        {"lr": 0.02, "momentum": 0.8, "nesterov": True},
        torch.optim.SGD,
        {"lr": 0.02, "momentum": 0.8, "nesterov": True},
    ),
    ("Adam", {"lr": 0.05}, torch.optim.Adam, {"lr": 0.05}),
    (
        "Adam",
        {"lr": 0.05, "beta_1": 0.7, "beta_2": 0.95, "epsilon": 1e-2},
        torch.optim.Adam,
        {"lr": 0.05, "betas": (0.7, 0.95), "eps": 1e-2},
    ),
]


def trace(make: type, keywords: dict[str, Any]) -> list[list[float]]:
    theta = torch.tensor(START, dtype=torch.float64, requires_grad=True)
    optimizer = make([theta], **keywords)
    curvature = torch.tensor(CURVATURE, dtype=torch.float64)
    recorded = []
    for step in range(1, STEPS + 1):
        if step == CHANGE + 1:
            optimizer.param_groups[0]["lr"] *= FACTOR
        optimizer.zero_grad()
        (curvature * theta**2 / 2 + torch.cos(3 * theta) / 10).sum().backward()
        optimizer.step()
        if step in RECORDED:
            recorded.append(theta.tolist())
    return recorded


golden = {
    "made_by": f"torch {torch.__version__}",
    "start": START,
    "curvature": CURVATURE,
    "change_after": CHANGE,
    "factor": FACTOR,
    "recorded_steps": RECORDED,
    "runs": [
        {"optimizer": name, "fields": fields, "theta": trace(make, keywords)}
        for name, fields, make, keywords in RUNS
    ],
}
path = Path(__file__).with_name("optimizers.json")
path.write_text(json.dumps(golden) + "\n")
