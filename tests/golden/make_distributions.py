"""Golden numbers of the losses of distributions: `python tests/golden/make_distributions.py`.

PyTorch's own likelihoods, differentiated twice by its autograd; it needs NumPy and PyTorch, and no
rosenblatt. Where PyTorch takes a variance, a rate or logits, they are made from the scores here.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.distributions import Categorical, MixtureSameFamily, NegativeBinomial, Normal

N = 6
rng = np.random.default_rng(19)


def bounded(t: torch.Tensor, limit: float) -> torch.Tensor:
    return limit * torch.tanh(t / limit)


def gaussian(s: torch.Tensor, y: torch.Tensor, limit: float) -> torch.Tensor:
    loss = torch.nn.GaussianNLLLoss(full=True, reduction="none", eps=0)
    return loss(s[:, 0], y, torch.exp(2 * bounded(s[:, 1], limit)))


def negative_binomial(s: torch.Tensor, y: torch.Tensor, limit: float) -> torch.Tensor:
    log_dispersion = bounded(s[:, 1], limit)
    of = NegativeBinomial(torch.exp(-log_dispersion), logits=s[:, 0] + log_dispersion)
    return -of.log_prob(y)


def mixture(s: torch.Tensor, y: torch.Tensor, limit: float, components: int) -> torch.Tensor:
    means, logits, t = s.reshape(len(s), 3, components).unbind(1)
    parts = Normal(means, torch.exp(bounded(t, limit)))
    return -MixtureSameFamily(Categorical(logits=logits), parts).log_prob(y)


Loss = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]
NUMBERS, COUNTS = rng.normal(0, 2, N).round(3), rng.poisson(4, N).astype(float)
RUNS: list[tuple[str, dict[str, Any], int, Any, Loss]] = [
    ("Gaussian", {"limit": 10.0}, 2, NUMBERS, lambda s, y: gaussian(s, y, 10.0)),
    ("Gaussian", {"limit": 0.5}, 2, NUMBERS, lambda s, y: gaussian(s, y, 0.5)),
    ("NegativeBinomial", {"limit": 10.0}, 2, COUNTS, lambda s, y: negative_binomial(s, y, 10.0)),
    ("NegativeBinomial", {"limit": 2.0}, 2, COUNTS, lambda s, y: negative_binomial(s, y, 2.0)),
    *(
        (
            "GaussianMixture",
            {"components": k, "limit": limit},
            3 * k,
            NUMBERS,
            lambda s, y, k=k, limit=limit: mixture(s, y, limit, k),
        )
        for k, limit in ((1, 10.0), (3, 10.0), (4, 1.5))
    ),
]


def run(name: str, fields: dict[str, Any], outputs: int, y: Any, function: Loss) -> dict[str, Any]:
    given, along = rng.normal(0, 1.5, (2, N, outputs)).round(3)
    s = torch.tensor(given, requires_grad=True)
    values = function(s, torch.tensor(y))
    (gradient,) = torch.autograd.grad(values.sum(), s, create_graph=True)
    (product,) = torch.autograd.grad((gradient * torch.tensor(along)).sum(), s)
    return {
        "name": name,
        "fields": fields,
        "scores": given.tolist(),
        "y": y.tolist(),
        "direction": along.tolist(),
        "value": values.tolist(),
        "gradient": gradient.tolist(),
        "hessian_product": product.tolist(),
    }


golden = {"made_by": f"torch {torch.__version__}", "runs": [run(*each) for each in RUNS]}
Path(__file__).with_name("distributions.json").write_text(json.dumps(golden) + "\n")
