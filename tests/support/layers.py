"""Networks with layers beside dense ones, and rows for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from rosenblatt.activations import GELU, SELU, Mish, ReLU, SiLU, Tanh
from rosenblatt.network import (
    GLU,
    AveragePool2D,
    CategoryEmbedding,
    Conv2D,
    Dense,
    EnsembleDense,
    Flatten,
    GlobalAveragePool2D,
    Interpolation,
    LocalResponseNorm,
    MaxPool2D,
    MonotoneDense,
    Network,
    NumericEmbedding,
    PackedDense,
    ParametricActivation,
    Periodic,
    Pieces,
    PReLU,
    Reshape,
    ResidualBlock,
    Scale,
)
from rosenblatt.normalizations import BatchNorm, LayerNorm
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


EDGES = ((-1.0, 0.05, 0.5, 2.0), (-0.3, 0.7), (-2.0, -0.4, 0.6))
MAPS = (
    ((-1.3, -0.2, 0.3, 1.7), (), (-0.6, 0.9)),
    ((-2.0, 0.5, 0.4, 3.0), (), (0.0, 1.5)),
)  # x and y of knots
NETWORKS: dict[str, Case] = {
    "scale": of(4, Scale(), Dense(5, Tanh()), Dense(3)),
    "scale of many": of(70, Scale(), Dense(3, Tanh()), Scale(), Dense(3)),
    "scale among rows together": of(
        3, Dense(3, Tanh(), normalization=BatchNorm()), Scale(), Dense(4, GELU()), Dense(3)
    ),
    "PLR": of(3, NumericEmbedding(Periodic(5, 0.3), 4, ReLU()), Dense(6, Tanh()), Dense(3)),
    "PBLD": of(
        4,
        NumericEmbedding(Periodic(17, 0.3, has_phase=True), 3, keeps_input=True),
        Dense(5, Tanh()),
        Dense(3),
    ),
    "one wave": of(1, NumericEmbedding(Periodic(1, 1.0), 1), Dense(3)),
    "activation that needs z": of(
        2, NumericEmbedding(Periodic(4), 5, SiLU(), keeps_input=True), Dense(3)
    ),
    "waves in the middle": of(
        3,
        Dense(4, Tanh(), normalization=BatchNorm()),
        NumericEmbedding(Periodic(6), 3, Tanh(), keeps_input=True),
        Dense(3),
    ),
    "wide vectors": of(2, NumericEmbedding(Periodic(4, 0.2), 37, ReLU()), Dense(3)),
    "pieces": of(3, NumericEmbedding(Pieces(EDGES), 4, Tanh()), Dense(3)),
    "pieces behind a line": of(
        3, NumericEmbedding(Pieces(EDGES, starts_linear=True), 5), Dense(4, Tanh()), Dense(3)
    ),
    "pieces in the middle": of(2, Dense(3, Tanh()), NumericEmbedding(Pieces(EDGES), 4), Dense(3)),
    "categories": of(
        5,
        CategoryEmbedding((1, 4), (30, 7), (3, 5)),
        Dense(4, Tanh()),
        Dense(3),
        categories=((1, 33), (4, 7)),  # of the first some are not known
    ),
    "categories alone": of(
        2, CategoryEmbedding((0, 1), (40, 2), (1, 2)), Dense(3), categories=((0, 40), (1, 2))
    ),
    "no categories": of(2, CategoryEmbedding((), (), ()), Dense(3)),
    "ensemble": of(
        4,
        EnsembleDense(5, 6, Tanh(), draws_signs=True),
        EnsembleDense(5, 7, Tanh()),
        PackedDense(5, 3),
    ),
    "ensemble of one": of(3, EnsembleDense(1, 4, Tanh()), PackedDense(1, 3)),
    "members that share their biases": of(
        3, EnsembleDense(3, 4, Tanh(), shares_bias=True), EnsembleDense(3, 3, scales_input=False)
    ),
    "small ensemble": of(
        4,
        EnsembleDense(4, 5, Tanh(), scales_output=False, shares_bias=True, draws_signs=True),
        EnsembleDense(4, 6, Tanh(), scales_input=False, scales_output=False, shares_bias=True),
        PackedDense(4, 3),
    ),
    "ensemble that scales outputs alone": of(
        3, EnsembleDense(3, 4, Tanh(), scales_input=False), PackedDense(3, 3)
    ),
    "packed ensemble": of(
        4, PackedDense(3, 5, Tanh()), PackedDense(3, 4, SiLU()), PackedDense(3, 3)
    ),
    "ensemble that needs z": of(
        3, EnsembleDense(3, 4, GELU()), EnsembleDense(3, 4, SiLU()), PackedDense(3, 3)
    ),
    "ensemble behind layers": of(
        3,
        NumericEmbedding(Periodic(2), 2, keeps_input=True),
        Scale(),
        Dense(5, Tanh(), normalization=BatchNorm()),
        EnsembleDense(3, 4, Tanh(), input_groups=(2, 3)),
        Scale(),
        PackedDense(3, 3),
    ),
    "packed behind a layer": of(3, Dense(4, Tanh()), PackedDense(3, 4, Tanh()), PackedDense(3, 3)),
    "large ensemble": of(
        9, EnsembleDense(17, 20, Tanh()), EnsembleDense(17, 18, Tanh()), PackedDense(17, 3)
    ),
    "numbers before others": of(
        5,
        NumericEmbedding(Periodic(4, 0.3, has_phase=True), 3, keeps_input=True, n_numbers=2),
        Dense(4, Tanh()),
        Dense(3),
    ),
    "pieces before others": of(
        5, NumericEmbedding(Pieces(EDGES), 4, ReLU(), n_numbers=3), Dense(4, Tanh()), Dense(3)
    ),
    "numbers before others in the middle": of(
        3,
        Dense(4, Tanh()),
        NumericEmbedding(Periodic(3), 2, SiLU(), n_numbers=3),
        Dense(4, Tanh()),
        Dense(3),
    ),
    "mixed table": of(
        5,
        CategoryEmbedding((1, 4), (9, 7), (3, 2)),
        NumericEmbedding(Periodic(3), 2, keeps_input=True, n_numbers=3),
        Dense(3),
        categories=((1, 9), (4, 7)),
    ),
    "NTK": of(4, Dense(21, Tanh(), ntk=True), Dense(5, GELU(), ntk=True), Dense(3, ntk=True)),
    "NTK of one unit": of(40, Dense(1, Tanh(), ntk=True), Dense(3, ntk=True)),
    "NTK, normalised and residual": of(
        3,
        Dense(5, ReLU(), normalization=BatchNorm(), ntk=True),
        Dense(5, Tanh(), residual=True, ntk=True),
        Dense(3),
    ),
    "PReLU": of(4, Dense(9), PReLU(), Dense(5), PReLU(shares_slope=True), Dense(3)),
    "PReLU of the input": of(4, PReLU(), Dense(3)),
    "parametric activations": of(
        4, Dense(18), ParametricActivation(SELU()), Dense(5), ParametricActivation(Mish()), Dense(3)
    ),
    "parametric activation of the input": of(
        4, ParametricActivation(Tanh()), Dense(3), ParametricActivation(GELU())
    ),
    "gated": of(4, Dense(38), GLU(), Dense(8), GLU(SiLU()), Dense(3)),
    "gated members": of(
        4, EnsembleDense(3, 10), GLU(GELU()), ParametricActivation(Mish()), PackedDense(3, 3)
    ),
    "RealMLP": of(
        5,
        CategoryEmbedding((3,), (9,), (2,)),
        NumericEmbedding(Periodic(4, 0.1, has_phase=True), 3, keeps_input=True, n_numbers=3),
        Scale(),
        *(layer for _ in range(2) for layer in (Dense(6, ntk=True), ParametricActivation(Mish()))),
        Dense(3, ntk=True),
        categories=((3, 9),),
    ),
    "maps of features": of(3, Interpolation(3, (2, 0, 2), *MAPS), Dense(4, Tanh()), Dense(3)),
    "maps beside categories": of(
        4,
        CategoryEmbedding((1,), (6,), (3,)),
        Interpolation(3, (1, 0, 2), *MAPS),
        Dense(4, Tanh()),
        Dense(3),
        categories=((1, 6),),
    ),
    "maps in the middle": of(2, Dense(5, Tanh()), Interpolation(4, (3, 1, 1), *MAPS), Dense(3)),
    "scale last": of(3, Dense(3), Scale()),
    "LeNet": of(
        49,
        Reshape((7, 7, 1)),
        Conv2D(6, 3, padding=1, activation=Tanh()),
        AveragePool2D(2),
        Conv2D(5, 2, activation=ReLU()),
        Flatten(),
        Dense(5, Tanh()),
        Dense(3),
    ),
    "AlexNet": of(
        90,
        Reshape((6, 5, 3)),
        Conv2D(38, (3, 2), (2, 1), (1, 0), activation=Tanh()),
        LocalResponseNorm(3, 0.1),
        MaxPool2D(2, 1),
        Conv2D(6, 3, padding=1, groups=2),
        LocalResponseNorm(5, 0.2, 0.6, 1.0),
        Flatten(),
        Dense(3),
    ),
    "residual pictures": of(
        32,
        Reshape((4, 4, 2)),
        Conv2D(2, 3, padding=1, activation=Tanh(), normalization=BatchNorm(), residual=True),
        Conv2D(2, 1, activation=GELU(), normalization=LayerNorm(), residual=True),
        Conv2D(3, 3, padding=1, normalization=BatchNorm()),
        GlobalAveragePool2D(),
    ),
    "residual blocks": of(
        40,
        Reshape((4, 5, 2)),
        ResidualBlock(2, activation=Tanh()),
        ResidualBlock(5, stride=2, activation=Tanh()),
        GlobalAveragePool2D(),
        Dense(3),
    ),
    "residual blocks of other kinds": of(
        40,
        Reshape((4, 5, 2)),
        Conv2D(4, 1, activation=Tanh()),
        ResidualBlock(3, (1, 3), (1, 2), activation=GELU(), normalization=LayerNorm()),
        ResidualBlock(3, activation=SiLU(), normalization=None),
        Flatten(),
        Dense(3),
    ),
    "pools of the input": of(
        36,
        Reshape((6, 3, 2)),
        MaxPool2D((2, 3), 1),
        AveragePool2D((3, 1), (2, 1)),
        Flatten(),
        Dense(3),
    ),
    "response of the input": of(9, Reshape((1, 3, 3)), LocalResponseNorm(), Flatten(), Dense(3)),
    "pictures in the middle": of(
        4,
        Dense(24, Tanh(), normalization=BatchNorm()),
        Reshape((3, 4, 2)),
        Scale(),
        Conv2D(4, 2, groups=2),
        GLU(),
        PReLU(),
        ParametricActivation(Mish()),
        GlobalAveragePool2D(),
        Dense(3),
    ),
    "monotone": of(
        4,
        MonotoneDense((1, 0, -1, 0), (0, 0, 1, 1, -1), ReLU()),
        MonotoneDense((0, 0, 1, 1, -1), (1, -1, 0)),
    ),
}
each_case = pytest.mark.parametrize("case", NETWORKS.values(), ids=NETWORKS)
