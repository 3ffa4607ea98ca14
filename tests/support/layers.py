"""Networks with layers beside dense ones, and rows for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from rosenblatt.activations import GELU, Tanh
from rosenblatt.network import Dense, Network, Scale
from rosenblatt.normalizations import BatchNorm
from rosenblatt.problem import Arrays
from tests.support.members import parameters


@dataclass(frozen=True)
class Case:
    """A network, and how many categories the columns of its input have that hold codes."""

    network: Network
    categories: tuple[tuple[int, int], ...] = ()

    def rows(self, n: int, dtype: Any = np.float64) -> Any:
        """Of numbers half are 0, and a row is nothing else."""
        rng = np.random.default_rng(n)
        X = rng.standard_normal((n, self.network.n_inputs))
        X *= rng.random(X.shape) < 0.5
        X[n // 2] = 0
        for column, size in self.categories:
            X[:, column] = rng.integers(0, size, n)
        return X.astype(dtype)

    def arrays(self, n: int = 50, dtype: Any = np.float64) -> Arrays:
        y = np.random.default_rng(1).standard_normal((n, self.network.n_outputs))
        return Arrays(self.rows(n, dtype), y.astype(dtype))

    def theta(self, dtype: Any = np.float64) -> Any:
        return parameters(self.network, 1, dtype)


def of(n_inputs: int, *layers: Any, categories: tuple[tuple[int, int], ...] = ()) -> Case:
    return Case(Network(n_inputs, layers), categories)


NETWORKS: dict[str, Case] = {
    "scale": of(4, Scale(), Dense(5, Tanh()), Dense(3)),
    "scale of many": of(70, Scale(), Dense(3, Tanh()), Scale(), Dense(3)),
    "scale among rows together": of(
        3, Dense(3, Tanh(), normalization=BatchNorm()), Scale(), Dense(4, GELU()), Dense(3)
    ),
    "scale last": of(3, Dense(3), Scale()),
}
each_case = pytest.mark.parametrize("case", NETWORKS.values(), ids=NETWORKS)
