"""Writes structure.json: blocks with normalisations and residual connections, by PyTorch, float64.

    python tests/golden/make_structure.py

A 3-4-4-2 network of tanh blocks for every structure, with sample weights and an L2 penalty on all
matrices; the objective is Σ w_i L_i / Σ w_i + λ/2 Σ ‖W‖². For batch normalisation also the running
statistics after two batches and what the network then says in evaluation mode.
"""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

K, STRENGTH = 2, 0.1
UNITS = (3, 4, 4, K)
NORMS = {"layer": nn.LayerNorm, "batch": nn.BatchNorm1d}
STRUCTURES = [(norm, residual) for norm in (None, *NORMS) for residual in (False, True)]

rng = np.random.default_rng(11)
batches = [rng.normal(0, 1, (6, UNITS[0])).round(3) for _ in range(2)]
targets = rng.integers(0, K, 6)
weights = torch.tensor([0.5, 1.0, 2.0, 1.5, 0.25, 0.75], dtype=torch.float64)


class Block(nn.Module):
    """Dense, normalisation, tanh, residual connection."""

    def __init__(self, n_in: int, n_out: int, norm: str | None, residual: bool) -> None:
        super().__init__()
        self.dense = nn.Linear(n_in, n_out)
        self.norm = NORMS[norm](n_out) if norm else nn.Identity()
        self.residual = residual
        self.project = nn.Linear(n_in, n_out, bias=False) if residual and n_in != n_out else None

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        a = torch.tanh(self.norm(self.dense(x)))
        if not self.residual:
            return a
        return a + (x if self.project is None else self.project(x))


def run(norm: str | None, residual: bool) -> dict[str, Any]:
    blocks = [Block(n, m, norm, residual) for n, m in pairwise(UNITS[:-1])]
    model = nn.Sequential(*blocks, nn.Linear(UNITS[-2], K)).double()
    draw = np.random.default_rng(5)
    named: dict[str, nn.Parameter] = {}
    for i, block in enumerate(model):
        dense = block.dense if isinstance(block, Block) else block
        named |= {f"layers.{i}.weight": dense.weight, f"layers.{i}.bias": dense.bias}
        if isinstance(block, Block) and norm:
            named |= {f"layers.{i}.scale": block.norm.weight, f"layers.{i}.shift": block.norm.bias}
        if isinstance(block, Block) and block.project is not None:
            named[f"layers.{i}.projection"] = block.project.weight
    matrices = [p for name, p in named.items() if name.endswith(("weight", "projection"))]
    with torch.no_grad():
        for p in named.values():
            p.copy_(torch.tensor(draw.normal(0, 0.8, p.shape).round(3)))
    model.train()
    scores = model(torch.tensor(batches[0]))
    each = F.cross_entropy(scores, torch.tensor(targets), reduction="none")
    objective = (weights * each).sum() / weights.sum()
    objective = objective + STRENGTH / 2 * sum((W**2).sum() for W in matrices)
    objective.backward()
    model(torch.tensor(batches[1]))
    state = {}
    if norm == "batch":
        for i, block in enumerate(blocks):
            state[f"layers.{i}.running_mean"] = block.norm.running_mean.tolist()
            state[f"layers.{i}.running_var"] = block.norm.running_var.tolist()
    model.eval()

    def shaped(p: torch.Tensor) -> Any:
        p = p.detach()
        return (p.T if p.ndim == 2 else p).tolist()  # (n_in, n_out), as here

    return {
        "normalization": norm,
        "residual": residual,
        "parameters": {name: shaped(p) for name, p in named.items()},
        "scores": scores.tolist(),
        "objective": objective.item(),
        "gradient": {name: shaped(p.grad) for name, p in named.items()},
        "state": state,
        "evaluated": model(torch.tensor(batches[0])).tolist(),
    }


golden = {
    "made_by": f"torch {torch.__version__}",
    "units": UNITS,
    "batches": [X.tolist() for X in batches],
    "targets": [[float(t)] for t in targets],
    "weights": weights.tolist(),
    "strength": STRENGTH,
    "runs": [run(norm, residual) for norm, residual in STRUCTURES],
}
Path(__file__).with_name("structure.json").write_text(json.dumps(golden) + "\n")
