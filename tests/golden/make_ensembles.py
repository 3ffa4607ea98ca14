"""Writes ensembles.json: networks of the tabm package and their gradients, in float64.

    python tests/golden/make_ensembles.py

Needs PyTorch and tabm, no rosenblatt. TabM, TabM-mini and TabM-packed of two hidden layers: the
members' outputs of some rows, the mean of their softmax, the mean of their cross-entropies, and its
gradients.
"""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path
from typing import Any

import tabm
import torch
from torch.nn import functional as F

torch.set_default_dtype(torch.float64)
draw = torch.Generator().manual_seed(7)
N_INPUTS, MEMBERS, UNITS, CLASSES = 4, 3, 5, 3
X = torch.randn(6, N_INPUTS, generator=draw).round(decimals=3)
y = torch.randint(0, CLASSES, (6,), generator=draw)


def run(kind: str) -> dict[str, Any]:
    model = tabm.TabM(
        n_num_features=N_INPUTS,
        d_out=CLASSES,
        n_blocks=2,
        d_block=UNITS,
        dropout=0.0,
        k=MEMBERS,
        arch_type=kind,
        start_scaling_init=None if kind == "tabm-packed" else "random-signs",
    ).double()
    named = dict(model.named_parameters())
    with torch.no_grad():
        for p in named.values():
            p.copy_((0.8 * torch.randn(p.shape, generator=draw)).round(decimals=3))
    model.train()
    out = model(X)
    loss = F.cross_entropy(out.flatten(0, 1), y.repeat_interleave(MEMBERS))
    loss.backward()
    return {
        "parameters": {name: p.tolist() for name, p in named.items()},
        "gradients": {name: p.grad.tolist() for name, p in named.items()},
        "output": out.tolist(),
        "prediction": out.softmax(-1).mean(1).tolist(),
        "loss": loss.item(),
    }


golden = {
    "made_by": f"torch {version('torch')}, tabm {version('tabm')}",
    "X": X.tolist(),
    "y": y.tolist(),
    "runs": {kind: run(kind) for kind in ("tabm", "tabm-mini", "tabm-packed")},
}
Path(__file__).with_name("ensembles.json").write_text(json.dumps(golden) + "\n")
