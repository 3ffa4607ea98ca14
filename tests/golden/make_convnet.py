"""Writes convnet.json: what the layers of a small network make of a picture, by PyTorch, float64.

    python tests/golden/make_convnet.py

Needs PyTorch and NumPy, no rosenblatt. A convolution with a border, relu, a pool, a convolution
with steps, tanh, and a dense layer of three scores. It has the parameters, what leaves each of the
first three layers, and the gradient of every score with respect to the picture; pictures are height
x width x channels, kernels height x width x channels x filters.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

torch.set_default_dtype(torch.float64)
draw = np.random.default_rng(6)


def numbers(*shape: int) -> torch.Tensor:
    return torch.tensor(draw.normal(0, 0.7, shape).round(3))


def channels_last(x: torch.Tensor) -> Any:
    return x.squeeze(0).permute(1, 2, 0).tolist()


first, second = nn.Conv2d(3, 4, 3, padding=1), nn.Conv2d(4, 5, 2, stride=2)
last = nn.Linear(2 * 2 * 5, 3)
with torch.no_grad():
    for module in (first, second, last):
        module.weight.copy_(numbers(*module.weight.shape))
        module.bias.copy_(numbers(*module.bias.shape))

picture = numbers(1, 3, 8, 8).requires_grad_()
convolved = torch.relu(first(picture))
pooled = nn.functional.max_pool2d(convolved, 2)
strided = torch.tanh(second(pooled))
scores = last(strided.permute(0, 2, 3, 1).flatten())
gradients = [torch.autograd.grad(s, picture, retain_graph=True)[0] for s in scores]

golden = {
    "made_by": f"torch {torch.__version__}",
    "picture": channels_last(picture),
    "kernels": [m.weight.permute(2, 3, 1, 0).tolist() for m in (first, second)],
    "weights": last.weight.T.tolist(),
    "biases": [m.bias.tolist() for m in (first, second, last)],
    "maps": [channels_last(x) for x in (convolved, pooled, strided)],
    "scores": scores.tolist(),
    "gradients": [channels_last(g) for g in gradients],
}
Path(__file__).with_name("convnet.json").write_text(json.dumps(golden) + "\n")
