"""PyTorch eager: a Sequential, fused Adam, and a permuted index into one tensor.

For CSR data the first layer is an EmbeddingBag that sums the rows of its weights, each by the
entry's value; it was faster than torch.sparse, and than dense batches. The epoch's permutation is
SciPy's, once, so that a batch is a slice.

Three things are left out of the loop that scikit-learn's and ours do, each in PyTorch's favour: the
L2 penalty, the epoch's running loss, and the check of the input.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar, final

import numpy as np
import numpy.typing as npt

from benchmarks.cases import Case, Prediction
from benchmarks.data import Data
from benchmarks.peers.base import Peer, Prepared, calls
from benchmarks.timing import Lap

if TYPE_CHECKING:  # imported only by those who ask for this peer: it is large and optional
    import torch

__all__ = ["PyTorch", "network", "targets"]


@final
class PyTorch(Peer):
    name: ClassVar[str] = "PyTorch"
    package: ClassVar[str] = "torch"

    def training(self, case: Case, data: Data, threads: int) -> Prepared:
        import torch

        torch.set_num_threads(threads)
        batches = SparseBatches(data, case) if case.source.is_sparse else DenseBatches(data, case)
        y, criterion = targets(data, case.dtype)

        def job() -> Lap:
            torch.manual_seed(0)
            model = batches.network()
            optimizer = _optimizer(model, case.solver)
            start = time.perf_counter()
            for _ in range(case.epochs):
                for inputs, index in batches:
                    optimizer.zero_grad(set_to_none=True)
                    criterion(model(*inputs), y[index]).backward()
                    optimizer.step()
            seconds = time.perf_counter() - start
            with torch.no_grad():
                loss = float(criterion(model(*batches.everything()), y))
            return Lap(seconds, case.steps, loss)

        return Prepared(job)

    def prediction(self, case: Prediction, threads: int) -> Prepared:
        import torch

        torch.set_num_threads(threads)
        model = network(case.shapes).append(_link(case.source.classes)).eval()

        def predict(X: npt.NDArray[np.float32]) -> npt.NDArray[Any]:
            with torch.inference_mode():
                return model(torch.from_numpy(X)).numpy()

        return calls(predict, case)


@final
class DenseBatches:
    """An epoch of a batch's rows, with their numbers."""

    def __init__(self, data: Data, case: Case) -> None:
        import torch

        self.X = torch.from_numpy(data.X)
        self.case = case

    def __iter__(self) -> Iterator[tuple[tuple[torch.Tensor, ...], torch.Tensor]]:
        import torch

        permutation = torch.randperm(len(self.X))
        for start in range(0, len(self.X), self.case.batch):
            index = permutation[start : start + self.case.batch]
            yield (self.X[index],), index

    def everything(self) -> tuple[torch.Tensor, ...]:
        return (self.X,)

    def network(self) -> torch.nn.Module:
        return network(self.case.shapes)


@final
class SparseBatches:
    """The same of a CSR matrix: columns, starts of the rows, and values."""

    def __init__(self, data: Data, case: Case) -> None:
        self.X = data.X
        self.case = case

    def __iter__(self) -> Iterator[tuple[tuple[torch.Tensor, ...], torch.Tensor]]:
        import torch

        permutation = torch.randperm(self.X.shape[0])
        X = self.X[permutation.numpy()]
        columns, starts, values = _tensors(X)
        for start in range(0, X.shape[0], self.case.batch):
            end = min(start + self.case.batch, X.shape[0])
            first, last = int(X.indptr[start]), int(X.indptr[end])
            inputs = (columns[first:last], starts[start:end] - first, values[first:last])
            yield inputs, permutation[start:end]

    def everything(self) -> tuple[torch.Tensor, ...]:
        columns, starts, values = _tensors(self.X)
        return columns, starts[:-1], values

    def network(self) -> torch.nn.Module:
        import torch

        class WithBag(torch.nn.Module):
            def __init__(self, shapes: tuple[tuple[int, int], ...]) -> None:
                super().__init__()
                (features, units), *rest = shapes
                self.bag = torch.nn.EmbeddingBag(features, units, mode="sum")
                torch.nn.init.uniform_(self.bag.weight, -(features**-0.5), features**-0.5)
                self.bias = torch.nn.Parameter(torch.zeros(units))
                self.rest = torch.nn.Sequential(torch.nn.ReLU(), network(tuple(rest)))

            def forward(self, columns: Any, starts: Any, values: Any) -> Any:
                bag = self.bag(columns, starts, per_sample_weights=values)
                return self.rest(bag + self.bias)

        return WithBag(self.case.shapes)


def network(shapes: tuple[tuple[int, int], ...]) -> torch.nn.Sequential:
    from torch import nn

    layers: list[nn.Module] = []
    for n_in, n_out in shapes:
        layers += [nn.Linear(n_in, n_out), nn.ReLU()]
    return nn.Sequential(*layers[:-1])  # raw scores: the loss owns the link


def targets(data: Data, dtype: str) -> tuple[torch.Tensor, torch.nn.Module]:
    import torch

    y = torch.from_numpy(data.y)
    if data.classes == 2:
        return y.to(getattr(torch, dtype)).reshape(-1, 1), torch.nn.BCEWithLogitsLoss()
    return y, torch.nn.CrossEntropyLoss()


def _optimizer(model: torch.nn.Module, solver: str) -> torch.optim.Optimizer:
    import torch

    kind = torch.optim.Adam if solver == "adam" else torch.optim.SGD
    return kind(model.parameters(), lr=1e-3, fused=True)


def _link(classes: int) -> torch.nn.Module:
    from torch import nn

    return nn.Sigmoid() if classes == 2 else nn.Softmax(dim=1)


def _tensors(X: Any) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    import torch

    return torch.from_numpy(X.indices), torch.from_numpy(X.indptr), torch.from_numpy(X.data)
