"""Writes embeddings.json: embeddings of numbers and their gradients, in float64.

    python tests/golden/make_embeddings.py

Needs PyTorch and rtdl_num_embeddings, no rosenblatt. Periodic embeddings (PL, PLR), piecewise
linear ones of both of the package's versions, and PBLD, which pytabkit has within its networks,
from the formula of its paper: for each the output of some rows, and the gradients of
Σ output ⊙ factors.
"""

from __future__ import annotations

import json
import math
from importlib.metadata import version
from pathlib import Path
from typing import Any

import torch
from rtdl_num_embeddings import PeriodicEmbeddings, PiecewiseLinearEmbeddings
from torch import nn

torch.set_default_dtype(torch.float64)
draw = torch.Generator().manual_seed(3)
N_FEATURES = 3
EDGES = [[-1.0, 0.05, 0.5, 2.0], [-0.3, 0.7, 1.1], [-2.0, -0.4, 0.6]]
X = (1.5 * torch.randn(6, N_FEATURES, generator=draw)).round(decimals=3)


class PBLD(nn.Module):
    """Periodic, bias, linear, DenseNet (Holzmüller, Grinsztajn & Steinwart 2024)."""

    def __init__(self) -> None:
        super().__init__()
        self.frequency = nn.Parameter(torch.empty(N_FEATURES, 5))
        self.phase = nn.Parameter(torch.empty(N_FEATURES, 5))
        self.weight = nn.Parameter(torch.empty(N_FEATURES, 5, 2))
        self.bias = nn.Parameter(torch.empty(N_FEATURES, 2))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        waves = torch.cos(2 * math.pi * x[..., None] * self.frequency + self.phase)
        return torch.cat(
            [waves[..., None, :].matmul(self.weight)[..., 0, :] + self.bias, x[..., None]], -1
        )


def pieces(activation: bool, form: str) -> nn.Module:
    bins = [torch.tensor(edges) for edges in EDGES]
    return PiecewiseLinearEmbeddings(bins, 4, activation=activation, version=form)


MODULES = {
    "PL": PeriodicEmbeddings(N_FEATURES, 4, n_frequencies=5, activation=False, lite=False),
    "PLR": PeriodicEmbeddings(N_FEATURES, 4, n_frequencies=5, lite=False),
    "PBLD": PBLD(),
    "pieces": pieces(False, "A"),
    "pieces, ReLU": pieces(True, "A"),
    "pieces behind a line": pieces(False, "B"),
}


def run(module: nn.Module) -> dict[str, Any]:
    module.double()
    named = dict(module.named_parameters())
    with torch.no_grad():
        for p in named.values():
            p.copy_((0.7 * torch.randn(p.shape, generator=draw)).round(decimals=3))
    x = X.clone().requires_grad_()
    out = module(x)
    factors = torch.randn(out.shape, generator=draw).round(decimals=3)
    (out * factors).sum().backward()
    return {
        "parameters": {name: p.tolist() for name, p in named.items()},
        "gradients": {name: p.grad.tolist() for name, p in named.items()},
        "output": out.tolist(),
        "factors": factors.tolist(),
        "of_input": x.grad.tolist(),
    }


golden = {
    "made_by": f"torch {version('torch')}, rtdl_num_embeddings {version('rtdl_num_embeddings')}",
    "edges": EDGES,
    "X": X.tolist(),
    "runs": {name: run(module) for name, module in MODULES.items()},
}
Path(__file__).with_name("embeddings.json").write_text(json.dumps(golden) + "\n")
