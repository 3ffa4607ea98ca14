"""Writes networks of PyTorch, and what they make of rows, into the folder of the first argument.

    python tests/golden/make_torch.py tests/golden/elsewhere/torch

Each module is saved as a state dict by torch.save and by safetensors, and read again into a fresh
module, which predicts.
"""

import json
import sys
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import nn

FOLDER = Path(sys.argv[1])
torch.set_num_threads(1)


class Named(nn.Module):
    """A module with attributes, and its layers in the order of their call."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second, self.out = nn.Linear(3, 4), nn.Linear(4, 4), nn.Linear(4, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.out(torch.tanh(self.second(torch.tanh(self.first(x)))))


def normalised() -> nn.Sequential:
    return nn.Sequential(
        *(nn.BatchNorm1d(3), nn.Linear(3, 6), nn.BatchNorm1d(6), nn.ReLU(), nn.Dropout(0.3)),
        *(nn.Linear(6, 5, bias=False), nn.GELU(), nn.LayerNorm(5), nn.Linear(5, 2)),
    )


MODULES = {
    "regressor": lambda: nn.Sequential(
        nn.Linear(3, 5), nn.ReLU(), nn.Linear(5, 4), nn.ReLU(), nn.Linear(4, 2)
    ),
    "classes": lambda: nn.Sequential(
        nn.Linear(3, 5), nn.SiLU(), nn.Dropout(0.2), nn.Linear(5, 4), nn.ELU(), nn.Linear(4, 3)
    ),
    "double": lambda: nn.Sequential(
        nn.Linear(3, 5), nn.Tanh(), nn.Linear(5, 1), nn.Sigmoid()
    ).double(),
    "normalised": normalised,
    "named": Named,
}


def rows(dtype: torch.dtype) -> torch.Tensor:
    """Within the range of training, far outside, and at 0, where the rectifiers have their kink."""
    inside = torch.randn(12, 3, dtype=dtype)
    outside = torch.tensor([[1e3, -1e3, 30], [-40, 500, -1e4], [0, 0, 0], [1e-30, 0, 0]])
    return torch.cat([inside, outside.to(dtype)])


def trained(module: nn.Module, dtype: torch.dtype) -> nn.Module:
    """A few steps, so that running statistics and all weights have left their initial values."""
    steps = torch.optim.Adam(module.parameters(), lr=0.05)
    module.train()
    for _ in range(40):
        X = 2 * torch.randn(32, 3, dtype=dtype) + 1
        steps.zero_grad()
        out = module(X)
        ((out - X.prod(1, keepdim=True).sin()) ** 2).mean().backward()
        steps.step()
    return module.eval()


for name, make in MODULES.items():
    torch.manual_seed(7)
    module = make()
    dtype = next(module.parameters()).dtype
    trained(module, dtype)
    torch.save(module.state_dict(), FOLDER / f"{name}.net.pt")
    read = make().eval()
    read.load_state_dict(torch.load(FOLDER / f"{name}.net.pt", weights_only=True))
    if name != "named":
        save_file(module.state_dict(), FOLDER / f"{name}.net.safetensors")
        read.load_state_dict(load_file(FOLDER / f"{name}.net.safetensors"))
    X = rows(dtype)
    with torch.no_grad():
        Y = read(X)
    kind = "double" if dtype == torch.float64 else "float"
    content = {
        "tool": f"PyTorch {torch.__version__}",
        "type": kind,
        "rows": [{"x": x, "y": y} for x, y in zip(X.tolist(), Y.tolist(), strict=True)],
    }
    (FOLDER / f"{name}.json").write_text(json.dumps(content) + "\n")
