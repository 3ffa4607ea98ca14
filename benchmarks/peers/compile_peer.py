"""torch.compile: the whole step, from gathering its rows to moving its weights, as one graph.

Of the forms tried, this is the fastest: parameters as plain tensors, torch.func.grad inside the
graph, Adam written out, and Inductor's C++ wrapper around its kernels. On 569x30, (64, 32), batch
32, a step took 66 µs; 77 without that wrapper; 226 where a module, its backward and the step of a
fused Adam stood in the compiled function; and 178 eager.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, final

import numpy as np
import numpy.typing as npt

from benchmarks.cases import Case, Prediction
from benchmarks.data import Data
from benchmarks.peers.base import Peer, Prepared, calls, prediction_rows
from benchmarks.peers.torch_peer import network, targets
from benchmarks.timing import Lap

if TYPE_CHECKING:
    import torch

__all__ = ["TorchCompile"]

OPTIONS: dict[str, Any] = {"cpp_wrapper": True}
RATE, BETA_1, BETA_2, EPSILON = 1e-3, 0.9, 0.999, 1e-8


@final
class TorchCompile(Peer):
    """Compiled anew for each shape of batch: the full one, and the short one of an epoch's end."""

    name: ClassVar[str] = "torch.compile"
    package: ClassVar[str] = "torch"

    def enters(self, case: Case | Prediction) -> bool:
        return not isinstance(case, Case) or case.compiled

    def training(self, case: Case, data: Data, threads: int) -> Prepared:
        import torch

        torch.set_num_threads(threads)
        X = torch.from_numpy(data.X)
        y, criterion = targets(data, case.dtype)
        step = torch.compile(
            _step(criterion, case.solver), fullgraph=True, dynamic=False, options=OPTIONS
        )

        def epochs(state: State, count: int) -> None:
            for _ in range(count):
                permutation = torch.randperm(len(X))
                for start in range(0, len(X), case.batch):
                    step(state, permutation[start : start + case.batch], X, y)

        def job() -> Lap:
            state = State(case.shapes)
            start = time.perf_counter()
            epochs(state, case.epochs)
            seconds = time.perf_counter() - start
            with torch.no_grad():
                loss = float(criterion(_scores(state.weights, X), y))
            return Lap(seconds, case.steps, loss)

        start, fresh = time.perf_counter(), State(case.shapes)
        for rows in {min(case.batch, len(X)), len(X) % case.batch} - {0}:
            step(fresh, torch.arange(rows), X, y)
        return Prepared(job, {"compile_seconds": time.perf_counter() - start})

    def prediction(self, case: Prediction, threads: int) -> Prepared:
        import torch

        torch.set_num_threads(threads)
        link = torch.nn.Sigmoid() if case.source.classes == 2 else torch.nn.Softmax(dim=1)
        model = network(case.shapes).append(link).eval()
        compiled = torch.compile(model, fullgraph=True, dynamic=False, options=OPTIONS)

        def predict(X: npt.NDArray[np.float32]) -> npt.NDArray[Any]:
            with torch.inference_mode():
                return compiled(torch.from_numpy(X)).numpy()

        start = time.perf_counter()
        predict(prediction_rows(case))
        return calls(predict, case, {"compile_seconds": time.perf_counter() - start})


@final
class State:
    """Fresh weights as torch.nn.Linear draws them, and Adam's moments and count of steps."""

    def __init__(self, shapes: tuple[tuple[int, int], ...]) -> None:
        import torch

        torch.manual_seed(0)
        self.weights = [p.detach().clone() for p in network(shapes).parameters()]
        self.m = [torch.zeros_like(p) for p in self.weights]
        self.v = [torch.zeros_like(p) for p in self.weights]
        self.t = torch.zeros(())


def _scores(weights: list[torch.Tensor], x: torch.Tensor) -> torch.Tensor:
    import torch

    for i in range(0, len(weights) - 2, 2):
        x = torch.relu(torch.nn.functional.linear(x, weights[i], weights[i + 1]))
    return torch.nn.functional.linear(x, weights[-2], weights[-1])


def _step(criterion: torch.nn.Module, solver: str) -> Callable[..., None]:
    import torch

    gradient = torch.func.grad(lambda weights, x, y: criterion(_scores(weights, x), y))

    def step(state: State, index: torch.Tensor, X: torch.Tensor, y: torch.Tensor) -> None:
        g = gradient(state.weights, X[index], y[index])
        if solver == "sgd":
            for p, g_p in zip(state.weights, g, strict=True):
                p.sub_(g_p, alpha=RATE)
            return
        state.t.add_(1)
        m_scale, v_scale = 1 / (1 - BETA_1**state.t), 1 / (1 - BETA_2**state.t)
        for p, g_p, m, v in zip(state.weights, g, state.m, state.v, strict=True):
            m.mul_(BETA_1).add_(g_p, alpha=1 - BETA_1)
            v.mul_(BETA_2).addcmul_(g_p, g_p, value=1 - BETA_2)
            p.sub_(RATE * (m * m_scale) / ((v * v_scale).sqrt() + EPSILON))

    return step
