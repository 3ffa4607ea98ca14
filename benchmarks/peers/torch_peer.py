"""PyTorch eager: a Sequential, fused Adam, and a permuted index into one tensor.

Three things are left out of its loop that scikit-learn's and ours do, each in PyTorch's favour:
the L2 penalty, the epoch's running loss, and the check of the input.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import pairwise
from typing import TYPE_CHECKING, ClassVar, final

from benchmarks.cases import Case
from benchmarks.data import Data
from benchmarks.peers.base import Peer
from benchmarks.timing import Lap

if TYPE_CHECKING:  # imported only by those who ask for this peer: it is large and optional
    import torch

__all__ = ["PyTorch"]


@final
class PyTorch(Peer):
    """One thread and the limit are tried, as for scikit-learn."""

    name: ClassVar[str] = "PyTorch"
    package: ClassVar[str] = "torch"

    def thread_counts(self, limit: int) -> tuple[int, ...]:
        return tuple(sorted({1, limit}))

    def training(self, case: Case, data: Data, threads: int) -> Callable[[], Lap]:
        import torch

        X = torch.from_numpy(data.X)
        if data.classes == 2:
            outputs, y = 1, torch.from_numpy(data.y).to(X.dtype).reshape(-1, 1)
            criterion: torch.nn.Module = torch.nn.BCEWithLogitsLoss()
        else:
            outputs, y = data.classes, torch.from_numpy(data.y)
            criterion = torch.nn.CrossEntropyLoss()

        def job() -> Lap:
            torch.set_num_threads(threads)
            torch.manual_seed(0)
            model = _network((X.shape[1], *case.hidden, outputs)).to(X.dtype)
            optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)
            start = time.perf_counter()
            _train(model, optimizer, criterion, X, y, case)
            seconds = time.perf_counter() - start
            with torch.no_grad():
                loss = float(criterion(model(X), y))
            return Lap(seconds, case.steps(len(X)), loss)

        return job


def _network(sizes: tuple[int, ...]) -> torch.nn.Sequential:
    from torch import nn

    layers: list[nn.Module] = []
    for n_in, n_out in pairwise(sizes):
        layers += [nn.Linear(n_in, n_out), nn.ReLU()]
    return nn.Sequential(*layers[:-1])  # raw scores: the loss owns the link


def _train(
    model: torch.nn.Module,
    optimizer: torch.optim.Optimizer,
    criterion: torch.nn.Module,
    X: torch.Tensor,
    y: torch.Tensor,
    case: Case,
) -> None:
    import torch

    for _ in range(case.epochs):
        permutation = torch.randperm(len(X))
        for start in range(0, len(X), case.batch):
            index = permutation[start : start + case.batch]
            optimizer.zero_grad(set_to_none=True)
            criterion(model(X[index]), y[index]).backward()
            optimizer.step()
