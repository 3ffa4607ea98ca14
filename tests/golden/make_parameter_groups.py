"""Writes parameter_groups.json: steps with groups of parameters, learned slopes and gates.

    python tests/golden/make_parameter_groups.py

Needs PyTorch, no rosenblatt: AdamW with a learning rate and a weight decay of each parameter, on a
network of a scale, dense layers, PReLU, GLU and SELU with learned shares, in float64.
"""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch
from torch.nn import functional as F

LR, DECAY, STEPS = 0.01, 0.3, 30
# On the rate and on the decay, of what is not (1, 1).
FACTORS = {"scale": (6.0, 1.0), "b1": (0.1, 0.0), "b2": (0.1, 0.0), "s": (0.1, 2.0)}
torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
SHAPES: dict[str, tuple[int, ...]] = {
    "scale": (4,),
    "W1": (4, 6),
    "b1": (6,),
    "slope": (6,),
    "s": (6,),
    "W2": (3, 2),
    "b2": (2,),
}


def network(p: dict[str, Any], X: Any) -> Any:
    z = (X * p["scale"]) @ p["W1"] + p["b1"]
    z = F.prelu(z, p["slope"])
    z = z + p["s"] * (F.selu(z) - z)
    return F.glu(z, dim=-1) @ p["W2"] + p["b2"]


X, y = torch.randn(20, 4), torch.randn(20, 2)
parameters = {name: torch.randn(shape) for name, shape in SHAPES.items()}
start = {name: p.tolist() for name, p in parameters.items()}
for p in parameters.values():
    p.requires_grad_()
optimizer = torch.optim.AdamW(
    [
        {"params": [p], "lr": LR * lr, "weight_decay": DECAY * decay}
        for name, p in parameters.items()
        for lr, decay in [FACTORS.get(name, (1.0, 1.0))]
    ]
)
losses = []
for _ in range(STEPS):
    optimizer.zero_grad()
    loss = ((network(parameters, X) - y) ** 2).sum(dim=1).mean() / 2
    loss.backward()
    optimizer.step()
    losses.append(loss.item())
golden = {
    "made_by": f"torch {version('torch')}",
    "lr": LR,
    "decay": DECAY,
    "factors": FACTORS,
    "X": X.tolist(),
    "y": y.tolist(),
    "start": start,
    "losses": losses,
    "end": {name: p.tolist() for name, p in parameters.items()},
}
Path(__file__).with_name("parameter_groups.json").write_text(json.dumps(golden) + "\n")
