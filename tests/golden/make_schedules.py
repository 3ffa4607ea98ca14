"""Writes schedules.json: the rates of PyTorch's schedulers over 60 steps, at a base rate of 1.

    python tests/golden/make_schedules.py

For the plateau a step is an epoch that ends with one of the losses written down beside it.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch.optim import lr_scheduler as theirs

STEPS = 60
LOSSES = [
    round(1 / (1 + t / 3) + 0.2 * math.sin(t) ** 2 if t < 30 else 0.3 - 0.004 * (t % 7), 6)
    for t in range(STEPS)
]

# Ours, by name and fields, and PyTorch's, from its optimiser.
RUNS: list[tuple[str, dict[str, Any], Callable[[Any], Any]]] = [
    ("StepDecay", {"every": 7, "gamma": 0.5}, lambda o: theirs.StepLR(o, 7, 0.5)),
    (
        "MultiStepDecay",
        {"milestones": [5, 20, 21], "gamma": 0.3},
        lambda o: theirs.MultiStepLR(o, [5, 20, 21], 0.3),
    ),
    ("ExponentialDecay", {"gamma": 0.95}, lambda o: theirs.ExponentialLR(o, 0.95)),
    (
        "PolynomialDecay",
        {"power": 2.0, "steps": 40},
        lambda o: theirs.PolynomialLR(o, total_iters=40, power=2.0),
    ),
    (
        "WarmUp",
        {"steps": 8, "start": 0.25},
        lambda o: theirs.LinearLR(o, start_factor=0.25, total_iters=8),
    ),
    (
        "CosineAnnealing",
        {"steps": STEPS, "minimum": 0.1},
        lambda o: theirs.CosineAnnealingLR(o, STEPS, eta_min=0.1),
    ),
    *(
        (
            "WarmRestarts",
            {"first": 6, "growth": growth, "minimum": 0.05},
            lambda o, growth=growth: theirs.CosineAnnealingWarmRestarts(o, 6, growth, eta_min=0.05),
        )
        for growth in (1, 2, 3)
    ),
    ("OneCycle", {}, lambda o: theirs.OneCycleLR(o, 1.0, total_steps=STEPS)),
    (
        "OneCycle",
        {"steps": STEPS, "pct_start": 0.45, "div_factor": 10.0, "final_div_factor": 50.0},
        lambda o: theirs.OneCycleLR(
            o, 1.0, total_steps=STEPS, pct_start=0.45, div_factor=10.0, final_div_factor=50.0
        ),
    ),
    *(
        (
            "ReduceOnPlateau",
            fields,
            lambda o, fields=fields: theirs.ReduceLROnPlateau(
                o,
                factor=fields["factor"],
                patience=fields["patience"],
                threshold=fields["threshold"],
                cooldown=fields["cooldown"],
                min_lr=fields["minimum"],
                eps=0.0,
            ),
        )
        for fields in (
            {"factor": 0.5, "patience": 3, "threshold": 0.0, "cooldown": 0, "minimum": 0.05},
            {"factor": 0.5, "patience": 2, "threshold": 0.02, "cooldown": 4, "minimum": 0.0},
        )
    ),
]


def rates(make: Callable[[Any], Any]) -> list[float]:
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=1.0)
    scheduler = make(optimizer)
    found = []
    for t in range(STEPS):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        if isinstance(scheduler, theirs.ReduceLROnPlateau):
            scheduler.step(LOSSES[t])
        elif t + 1 < STEPS:
            scheduler.step()
    return found


golden = {
    "made_by": f"torch {torch.__version__}",
    "losses": LOSSES,
    "runs": [
        {"schedule": name, "fields": fields, "rates": rates(make)} for name, fields, make in RUNS
    ],
}
path = Path(__file__).with_name("schedules.json")
path.write_text(json.dumps(golden) + "\n")
