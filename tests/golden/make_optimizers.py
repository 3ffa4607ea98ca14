"""Writes optimizers.json: 100 steps of PyTorch's optimisers, in float64, on a bumpy valley.

    python tests/golden/make_optimizers.py

f(θ) = Σ (c_i θ_i² / 2 + cos 3θ_i / 10); the test computes its gradient anew. Half way, the rate is
divided by 4: forms of momentum differ in what they do then.
"""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import torch

START = [1.5, -2.0, 0.3, 4.0, -0.7]
CURVATURE = [0.1, 1.0, 3.0, 0.5, 10.0]
STEPS, CHANGE, FACTOR = 100, 50, 0.25
RECORDED = [1, 2, 3, 10, 50, 51, 52, 100]

# Ours, by name and fields, and PyTorch's, by class and keywords.
RUNS: list[tuple[str, dict[str, Any], Any, dict[str, Any]]] = [
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
    ("AdaGrad", {"lr": 0.5}, torch.optim.Adagrad, {"lr": 0.5}),
    (
        "AdaGrad",
        {"lr": 0.5, "lr_decay": 0.05, "initial_accumulator_value": 2.0, "epsilon": 1e-2},
        torch.optim.Adagrad,
        {"lr": 0.5, "lr_decay": 0.05, "initial_accumulator_value": 2.0, "eps": 1e-2},
    ),
    *(
        (
            "RMSProp",
            {
                "lr": 0.01,
                "rho": rho,
                "epsilon": epsilon,
                "momentum": momentum,
                "centered": centered,
            },
            torch.optim.RMSprop,
            {"lr": 0.01, "alpha": rho, "eps": epsilon, "momentum": momentum, "centered": centered},
        )
        for rho, epsilon in ((0.99, 1e-8), (0.8, 1e-2))
        for momentum in (0.0, 0.7)
        for centered in (False, True)
    ),
    ("AdaDelta", {}, torch.optim.Adadelta, {}),
    (
        "AdaDelta",
        {"lr": 3.0, "rho": 0.7, "epsilon": 1e-3},
        torch.optim.Adadelta,
        {"lr": 3.0, "rho": 0.7, "eps": 1e-3},
    ),
    *(
        run
        for name, kind, extra in (
            ("Adam", torch.optim.Adam, {}),
            ("AdamW", torch.optim.AdamW, {}),
            ("AdamW", torch.optim.AdamW, {"weight_decay": 0.3}),
            ("AMSGrad", partial(torch.optim.Adam, amsgrad=True), {}),
            ("AMSGrad", partial(torch.optim.AdamW, amsgrad=True), {"weight_decay": 0.3}),
            ("NAdam", torch.optim.NAdam, {}),
            ("NAdam", torch.optim.NAdam, {"momentum_decay": 0.1}),
            ("RAdam", torch.optim.RAdam, {}),
        )
        for run in (
            (name, {"lr": 0.05, **extra}, kind, {"lr": 0.05, **extra}),
            (
                name,
                {"lr": 0.05, "beta_1": 0.7, "beta_2": 0.95, "epsilon": 1e-2, **extra},
                kind,
                {"lr": 0.05, "betas": (0.7, 0.95), "eps": 1e-2, **extra},
            ),
        )
    ),
]

# PyTorch's defaults, by our names; AMSGrad is a flag of its Adam.
CLASSES: dict[str, type] = {
    "SGD": torch.optim.SGD,
    "AdaGrad": torch.optim.Adagrad,
    "RMSProp": torch.optim.RMSprop,
    "AdaDelta": torch.optim.Adadelta,
    "Adam": torch.optim.Adam,
    "AdamW": torch.optim.AdamW,
    "AMSGrad": torch.optim.Adam,
    "NAdam": torch.optim.NAdam,
    "RAdam": torch.optim.RAdam,
}
NAMES = {"alpha": "rho", "eps": "epsilon"}


def defaults(cls: type) -> dict[str, Any]:
    found = cls([torch.zeros(1, requires_grad=True)]).defaults
    beta_1, beta_2 = found.pop("betas", (None, None))
    return {NAMES.get(k, k): v for k, v in found.items()} | {"beta_1": beta_1, "beta_2": beta_2}


def trace(make: Any, keywords: dict[str, Any]) -> list[list[float]]:
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
    "defaults": {name: defaults(cls) for name, cls in CLASSES.items()},
    "runs": [
        {"optimizer": name, "fields": fields, "theta": trace(make, keywords)}
        for name, fields, make, keywords in RUNS
    ],
}
path = Path(__file__).with_name("optimizers.json")
path.write_text(json.dumps(golden) + "\n")
