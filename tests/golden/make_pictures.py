"""Writes pictures.json: layers of pictures and their gradients, by PyTorch, float64.

    python tests/golden/make_pictures.py

Needs PyTorch and NumPy, no rosenblatt. For each layer the output of some pictures, and the
gradients of Σ output ⊙ factors; pictures are n x height x width x channels, and kernels height x
width x channels x filters. Of blocks with batch normalisation also their running statistics after
one batch, and what they then say in evaluation mode.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

torch.set_default_dtype(torch.float64)
draw = np.random.default_rng(20)


def numbers(*shape: int) -> torch.Tensor:
    return torch.tensor(draw.normal(0, 1, shape).round(3))


X = numbers(2, 6, 5, 4)


class Block(nn.Module):
    """Convolution, batch normalisation, tanh, residual connection."""

    def __init__(self) -> None:
        super().__init__()
        self.convolution = nn.Conv2d(4, 4, 3, padding=1)
        self.norm = nn.BatchNorm2d(4)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.tanh(self.norm(self.convolution(x))) + x


class BasicBlock(nn.Module):
    """Of ResNet, as torchvision has it but for biases of the convolutions."""

    def __init__(self, n: int, stride: int, projects: bool, kernel: int = 3) -> None:
        super().__init__()
        self.layer = nn.Sequential(
            nn.Conv2d(4, n, kernel, stride, kernel // 2),
            nn.BatchNorm2d(n),
            nn.ReLU(),
            nn.Conv2d(n, n, kernel, padding=kernel // 2),
            nn.BatchNorm2d(n),
        )
        own = nn.Conv2d(4, n, 1, stride), nn.BatchNorm2d(n)
        self.shortcut = nn.Sequential(*own if projects else ())

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.relu(self.layer(x) + self.shortcut(x))


class GlobalAverage(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.mean(dim=(2, 3))


MODULES: dict[str, nn.Module] = {
    "convolution": nn.Conv2d(4, 3, 3),
    "kernel that is no square": nn.Conv2d(4, 2, (2, 3), stride=(2, 1), padding=(0, 2)),
    "border and steps": nn.Conv2d(4, 5, 3, stride=2, padding=1),
    "groups": nn.Conv2d(4, 6, 3, padding=1, groups=2),
    "each channel alone": nn.Conv2d(4, 4, (3, 2), padding=1, groups=4),
    "pixels alone": nn.Conv2d(4, 3, 1),
    "largest": nn.MaxPool2d(2),
    "largest of overlapping windows": nn.MaxPool2d(3, 2),
    "mean": nn.AvgPool2d((3, 2)),
    "mean of overlapping windows": nn.AvgPool2d(3, 1),
    "mean of the picture": GlobalAverage(),
    "local response": nn.LocalResponseNorm(3, alpha=0.9, beta=0.75, k=2.0),
    "local response of another power": nn.LocalResponseNorm(5, alpha=0.5, beta=0.6, k=1.0),
    "block": Block(),
    "residual block": BasicBlock(4, 1, projects=False),
    "residual block that projects": BasicBlock(6, 2, projects=True),
    "residual block of larger kernels": BasicBlock(3, 1, projects=True, kernel=5),
}


def channels_last(x: torch.Tensor) -> torch.Tensor:
    return x.permute(0, 2, 3, 1) if x.ndim == 4 else x


def kernel(p: torch.Tensor) -> Any:
    return (p.permute(2, 3, 1, 0) if p.ndim == 4 else p).tolist()


def run(module: nn.Module) -> dict[str, Any]:
    named = dict(module.named_parameters())
    with torch.no_grad():
        for p in named.values():
            p.copy_(0.7 * numbers(*p.shape))
    x = X.clone().requires_grad_()
    out = channels_last(module(x.permute(0, 3, 1, 2)))
    factors = numbers(*out.shape)
    (out * factors).sum().backward()
    found = {
        "parameters": {name: kernel(p.detach()) for name, p in named.items()},
        "gradients": {name: kernel(p.grad) for name, p in named.items()},
        "output": out.tolist(),
        "factors": factors.tolist(),
        "of_input": x.grad.tolist(),
    }
    running = {name: b.tolist() for name, b in module.named_buffers() if "running" in name}
    if running:
        module.eval()
        found["running"] = running
        found["evaluated"] = channels_last(module(X.permute(0, 3, 1, 2))).tolist()
    return found


golden = {
    "made_by": f"torch {torch.__version__}",
    "X": X.tolist(),
    "runs": {name: run(module) for name, module in MODULES.items()},
}
Path(__file__).with_name("pictures.json").write_text(json.dumps(golden) + "\n")
