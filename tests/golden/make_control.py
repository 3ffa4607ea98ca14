"""Writes control.json: steps by PyTorch with its own clipping, renorm and penalties, in float64.

    python tests/golden/make_control.py

A 3-4-4-2 tanh network on six rows in full batch, by SGD with momentum; what is recorded are the
parameters after some of the steps. A clipping, a constraint or a penalty that is added gets a line.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.nn import utils

UNITS = (3, 4, 4, 2)
LR, MOMENTUM, STEPS, RECORDED = 0.2, 0.9, 30, [1, 2, 10, 30]

rng = np.random.default_rng(11)
X = rng.normal(0, 1, (6, UNITS[0])).round(3)
y = rng.normal(0, 1, (6, UNITS[-1])).round(3)
start = rng.normal(0, 0.8, sum(n * m + m for n, m in pairwise(UNITS))).round(3)

Weights = list[torch.Tensor]


def renorm(weights: Weights, limit: float) -> None:
    for W in weights[:-1]:
        W.data = torch.renorm(W.data, 2, 1, limit)


# Member and fields; what is done to all gradients before a step and to the weights after it, and
# what is added to the sum of the rows' losses.
RUNS: list[tuple[str, dict[str, float], Callable[..., Any]]] = [
    ("NoClipping", {}, lambda parameters, weights, when: None),
    (
        "ClipNorm",
        {"limit": 0.1},
        lambda parameters, weights, when: (
            utils.clip_grad_norm_(parameters, 0.1) if when == "before" else None
        ),
    ),
    (
        "ClipValue",
        {"limit": 0.03},
        lambda parameters, weights, when: (
            utils.clip_grad_value_(parameters, 0.03) if when == "before" else None
        ),
    ),
    (
        "MaxNorm",
        {"limit": 0.7},
        lambda parameters, weights, when: renorm(weights, 0.7) if when == "after" else None,
    ),
    ("NoConstraint", {}, lambda parameters, weights, when: None),
    (
        "L2",
        {"strength": 0.3},
        lambda parameters, weights, when: (
            sum(0.15 * (W**2).sum() for W in weights) if when == "penalty" else None
        ),
    ),
    (
        "L1",
        {"strength": 0.3},
        lambda parameters, weights, when: (
            sum(0.3 * W.abs().sum() for W in weights) if when == "penalty" else None
        ),
    ),
    (
        "ElasticNet",
        {"l2": 0.5, "l1": 0.2},
        lambda parameters, weights, when: (
            sum(0.25 * (W**2).sum() + 0.2 * W.abs().sum() for W in weights)
            if when == "penalty"
            else None
        ),
    ),
]


def layers(flat: list[float]) -> tuple[Weights, Weights]:
    weights, biases, at = [], [], 0
    for n, m in pairwise(UNITS):
        weights.append(torch.tensor(flat[at : at + n * m], dtype=torch.float64).reshape(n, m))
        biases.append(torch.tensor(flat[at + n * m : at + n * m + m], dtype=torch.float64))
        at += n * m + m
    for tensor in (*weights, *biases):
        tensor.requires_grad_()
    return weights, biases


def trace(act: Callable[..., Any]) -> list[list[float]]:
    weights, biases = layers(start.tolist())
    parameters = [*weights, *biases]
    optimizer = torch.optim.SGD(parameters, LR, MOMENTUM)
    recorded = []
    for step in range(1, STEPS + 1):
        a = torch.tensor(X)
        for layer, (W, b) in enumerate(zip(weights, biases, strict=True)):
            a = a @ W + b
            if layer < len(weights) - 1:
                a = torch.tanh(a)
        total = ((a - torch.tensor(y)) ** 2).sum() / 2
        penalty = act(parameters, weights, "penalty")
        optimizer.zero_grad()
        ((total if penalty is None else total + penalty) / len(X)).backward()
        act(parameters, weights, "before")
        optimizer.step()
        act(parameters, weights, "after")
        if step in RECORDED:
            pairs = zip(weights, biases, strict=True)
            recorded.append(
                torch.cat([p.detach().ravel() for pair in pairs for p in pair]).tolist()
            )
    return recorded


golden = {
    "made_by": f"torch {torch.__version__}",
    "units": UNITS,
    "X": X.tolist(),
    "y": y.tolist(),
    "start": start.tolist(),
    "lr": LR,
    "momentum": MOMENTUM,
    "recorded_steps": RECORDED,
    "runs": [{"member": name, "fields": fields, "theta": trace(act)} for name, fields, act in RUNS],
}
path = Path(__file__).with_name("control.json")
path.write_text(json.dumps(golden) + "\n")
