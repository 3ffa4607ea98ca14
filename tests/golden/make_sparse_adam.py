"""Writes sparse_adam.json: steps of an embedding table that move only the rows of their batch.

    python tests/golden/make_sparse_adam.py

Needs PyTorch, no rosenblatt. A table of 7 rows and 2 columns, three batches of codes, squared
errors of the rows against targets, `torch.optim.SparseAdam`: the table after each step.
"""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path

import torch
from torch import nn

torch.set_default_dtype(torch.float64)
draw = torch.Generator().manual_seed(5)
SETTINGS = {"lr": 0.1, "betas": [0.8, 0.9], "eps": 1e-3}
BATCHES = [[1, 5, 1, 2], [0, 5, 6, 6], [2, 2, 2, 2]]

table = nn.Embedding(7, 2, sparse=True)
with torch.no_grad():
    table.weight.copy_(torch.randn(7, 2, generator=draw).round(decimals=3))
first = table.weight.tolist()
targets = torch.randn(len(BATCHES), 4, 2, generator=draw).round(decimals=3)
optimizer = torch.optim.SparseAdam(
    table.parameters(), lr=SETTINGS["lr"], betas=tuple(SETTINGS["betas"]), eps=SETTINGS["eps"]
)
after = []
for codes, target in zip(BATCHES, targets, strict=True):
    optimizer.zero_grad()
    (0.5 * (table(torch.tensor(codes)) - target) ** 2).sum(1).mean().backward()
    optimizer.step()
    after.append(table.weight.tolist())

golden = {
    "made_by": f"torch {version('torch')}",
    "settings": SETTINGS,
    "first": first,
    "batches": BATCHES,
    "targets": targets.tolist(),
    "after": after,
}
Path(__file__).with_name("sparse_adam.json").write_text(json.dumps(golden) + "\n")
