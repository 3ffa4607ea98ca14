"""Networks of every kind, for the tests that take them elsewhere."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from rosenblatt.activations import (
    ELU,
    GELU,
    SELU,
    Activation,
    Identity,
    LeakyReLU,
    Mish,
    ReLU,
    Sigmoid,
    SiLU,
    Softmax,
    Tanh,
)
from rosenblatt.export.trained import Trained
from rosenblatt.losses import (
    BinaryCrossEntropy,
    CategoricalCrossEntropy,
    Loss,
    Poisson,
    Quantile,
    SquaredError,
)
from rosenblatt.model import EnsembleModel, Model, OutputFormat
from rosenblatt.network import (
    GLU,
    AveragePool2D,
    BesideInput,
    CategoryEmbedding,
    Conv2D,
    Crop,
    Cutout,
    Dense,
    EnsembleDense,
    Flatten,
    Flip,
    GlobalAveragePool2D,
    Interpolation,
    Layer,
    LocalResponseNorm,
    MaxPool2D,
    MonotoneDense,
    Network,
    NumericEmbedding,
    PackedDense,
    ParametricActivation,
    Periodic,
    Pieces,
    PiecewiseLinear,
    PReLU,
    Reshape,
    ResidualBlock,
    Rotate,
    Scale,
    Sequential,
    Shift,
)
from rosenblatt.normalizations import BatchNorm, LayerNorm
from tests.support.members import ACTIVATIONS, FUNCTIONS, LOSSES, parameters, random_state


def trained(
    layers: tuple[Layer, ...],
    loss: Loss | None = None,
    dtype: Any = np.float64,
    form: OutputFormat = OutputFormat.COLUMNS,
    classes: tuple[str, ...] = (),
) -> Trained:
    network = Network(5, layers)
    theta, state = parameters(network, 1, dtype), random_state(network, 1, dtype)
    return Trained(Model(network, theta, loss or SquaredError(), state), form, classes)


def averaged(
    chains: tuple[tuple[Dense, ...], ...],
    loss: Loss,
    form: OutputFormat = OutputFormat.COLUMNS,
) -> Trained:
    members = []
    for k, layers in enumerate(chains):
        network = Network(5, layers)
        theta, state = parameters(network, k), random_state(network, k)
        members.append(Model(network, theta, loss, state))
    return Trained(EnsembleModel(tuple(members)), form)


def hidden(activation: Activation, **structure: Any) -> tuple[Dense, ...]:
    """A layer that widens, one as wide, and one that narrows."""
    return (*(Dense(n, activation, **structure) for n in (7, 7, 4)), Dense(3))


def outputs_of(loss: Loss) -> int:
    return 2 * len(loss.levels) if isinstance(loss, Quantile) else 3


EDGES = ((-1.0, 0.5, 2.0), (-0.3, 0.7), (-2.0, -0.4, 0.6, 0.9), (0.0, 1.0), (-3.0, 0.0, 3.0))
MAPS = (
    ((-1.3, -0.2, 0.3, 1.7), (), (-0.6, 0.9)),
    ((-2.0, 0.5, 0.4, 3.0), (), (0.0, 1.5)),
)
# Every activation, structure, link and form; and what several of a kind could confuse.
NETWORKS: dict[str, Trained] = {
    **{repr(g): trained(hidden(g)) for g in ACTIVATIONS},
    **{name: trained(hidden(Tanh(), **fields)) for name, fields in FUNCTIONS.items()},
    **{f"{loss}": trained((Dense(4, Tanh()), Dense(outputs_of(loss))), loss) for loss in LOSSES},
    "both classes": trained(
        (Dense(4, Tanh()), Dense(1)), BinaryCrossEntropy(), form=OutputFormat.BOTH_CLASSES
    ),
    "one number": trained((Dense(4, Tanh()), Dense(1)), form=OutputFormat.FLAT),
    "no hidden layer": trained((Dense(2),)),
    "last layer with everything": trained(
        (Dense(3, Softmax(), normalization=BatchNorm(), residual=True),)
    ),
    "pieces": trained(
        (
            PiecewiseLinear(
                lows=(-1.0, -2.0, -3.0, -4.0, -5.0),
                highs=(1.0, 2.0, 3.0, 4.0, 5.0),
                edges=((-1.0, 0.0, 0.5), (), (-2.0, -1.0, 0.0, 2.0), (0.0, 1.0), ()),
                centers=((0.1, 0.2), (), (0.3, 0.2, 0.1), (0.5,), ()),
                gains=(0.5, 1.0, 2.0, 1.5, 1.0),
            ),
            Dense(4, Tanh()),
            Dense(3),
        )
    ),
    "pieces that go on": trained(
        (
            PiecewiseLinear(
                (-1.0,) * 5,
                (1.0,) * 5,
                EDGES,
                tuple((0.3,) * (len(e) - 1) for e in EDGES),
                (0.5,) * 5,
                reach=100.0,
            ),
            Dense(3),
        )
    ),
    "monotone": trained(
        (
            MonotoneDense((1, 0, -1, 0, 1), (1, -1, 0, 0), ReLU()),
            MonotoneDense((1, -1, 0, 0), (1,)),
        ),
        BinaryCrossEntropy(),
        form=OutputFormat.BOTH_CLASSES,
    ),
    "ranges alone": trained(
        (PiecewiseLinear((-1.0,) * 5, (1.0,) * 5, ((),) * 5, ((),) * 5, (1.0,) * 5), Dense(3))
    ),
    "beside its input": trained(
        (
            BesideInput(Dense(4, Tanh())),
            BesideInput(Sequential((Dense(3, Sigmoid()), Dense(2, Tanh())))),
            Dense(3),
        )
    ),
    "scale": trained((Scale(), Dense(4, Tanh()), Scale(), Dense(3))),
    "waves": trained((NumericEmbedding(Periodic(3), 4, Tanh()), Dense(3))),
    "waves with phases, beside the input": trained(
        (
            NumericEmbedding(Periodic(4, has_phase=True), 2, keeps_input=True),
            Dense(4, Tanh()),
            Dense(3),
        )
    ),
    "slopes of pieces": trained((NumericEmbedding(Pieces(EDGES), 3, ELU()), Dense(3))),
    "slopes behind a line": trained(
        (Dense(5, Tanh()), NumericEmbedding(Pieces(EDGES, starts_linear=True), 3), Dense(3))
    ),
    "categories": trained((CategoryEmbedding((1, 3), (3, 2), (2, 4)), Dense(4, Tanh()), Dense(3))),
    "no categories": trained((CategoryEmbedding((), (), ()), Dense(3))),
    "categories alone": trained((CategoryEmbedding(tuple(range(5)), (4,) * 5, (2,) * 5), Dense(3))),
    "ensemble alone": trained((PackedDense(3, 3),)),
    "ensemble of one": trained((EnsembleDense(1, 4, Tanh()), PackedDense(1, 3))),
    "maps of nothing": trained((Interpolation(5, (0, 3), ((), ()), ((), ())), Dense(3))),
    "ensemble": trained(
        (EnsembleDense(4, 6, Tanh(), dropout=0.1), EnsembleDense(4, 5, ELU()), PackedDense(4, 3)),
        CategoricalCrossEntropy(),
    ),
    "packed ensemble of both classes": trained(
        (PackedDense(3, 4, Tanh()), PackedDense(3, 1)),
        BinaryCrossEntropy(),
        form=OutputFormat.BOTH_CLASSES,
    ),
    "small ensemble of counts": trained(
        (
            Dense(6, Tanh()),
            EnsembleDense(3, 4, Tanh(), scales_output=False, shares_bias=True),
            EnsembleDense(3, 4, Tanh(), scales_input=False, scales_output=False, shares_bias=True),
            PackedDense(3, 2),
        ),
        Poisson(),
    ),
    "maps of features": trained((Interpolation(5, (4, 0, 2), *MAPS), Dense(4, Tanh()), Dense(3))),
    "maps beside categories": trained(
        (CategoryEmbedding((0,), (3,), (2,)), Interpolation(3, (0, 2, 1), *MAPS), Dense(3))
    ),
    "numbers before others": trained(
        (
            NumericEmbedding(Periodic(3, has_phase=True), 2, keeps_input=True, n_numbers=3),
            NumericEmbedding(Pieces(EDGES[:2]), 3, ELU(), n_numbers=2),
            Dense(3),
        )
    ),
    "NTK": trained(
        (Dense(9, Tanh(), ntk=True), Dense(9, residual=True, ntk=True), Dense(3, ntk=True))
    ),
    "learned slopes": trained(
        (
            PReLU(),
            Dense(6),
            PReLU(shares_slope=True),
            ParametricActivation(SELU()),
            Dense(4),
            ParametricActivation(Mish()),
            Dense(3),
        )
    ),
    "gates": trained((Dense(8), GLU(), Dense(6), GLU(SiLU()), Dense(3))),
    "gated ensemble": trained(
        (EnsembleDense(3, 8), GLU(GELU()), ParametricActivation(Tanh()), PReLU(), PackedDense(3, 2))
    ),
    "pictures": trained(
        (
            Dense(60, Tanh()),
            Reshape((6, 5, 2)),
            Conv2D(6, (3, 2), (2, 1), (1, 0), activation=Tanh(), normalization=BatchNorm()),
            LocalResponseNorm(3, 0.2),
            MaxPool2D(2, 1),
            Conv2D(4, 3, padding=1, groups=2, activation=GELU()),
            AveragePool2D((1, 2)),
            Flatten(),
            Dense(3),
        )
    ),
    "residual pictures": trained(
        (
            Dense(24, Tanh()),
            Reshape((3, 4, 2)),
            Conv2D(2, 3, padding=1, activation=ELU(), dropout=0.2, residual=True),
            Conv2D(4, 1, normalization=LayerNorm()),
            GLU(),
            PReLU(),
            LocalResponseNorm(5, 0.3, 0.6, 1.0),
            Conv2D(3, 1),
            GlobalAveragePool2D(),
        )
    ),
    "varied pictures": trained(
        (
            Dense(48, Tanh()),
            Reshape((4, 6, 2)),
            *(Flip(), Shift(1), Rotate(20), Cutout(2), Crop((3, 3), 1)),
            Conv2D(3, 2, activation=Tanh()),
            Flatten(),
            Dense(3),
        )
    ),
    "residual blocks": trained(
        (
            Dense(48, Tanh()),
            Reshape((4, 6, 2)),
            ResidualBlock(2, activation=Tanh()),
            ResidualBlock(4, stride=2),
            ResidualBlock(3, 1, normalization=None),
            GlobalAveragePool2D(),
        )
    ),
    "two of a kind": trained(
        (
            Dense(6, LeakyReLU(0.1), residual=True),
            Dense(6, LeakyReLU(0.3)),
            Dense(6, ELU(0.5)),
            Dense(2, Identity(), dropout=0.5),
        )
    ),
}
MEANS: dict[str, Trained] = {
    "mean of classes": averaged(
        (hidden(Tanh()), hidden(Softmax()), hidden(Tanh()), (Dense(3),)), CategoricalCrossEntropy()
    ),
    "mean of both classes": averaged(
        ((Dense(4, Tanh()), Dense(1)), (Dense(9, ELU()), Dense(1))),
        BinaryCrossEntropy(),
        OutputFormat.BOTH_CLASSES,
    ),
    "mean of one number": averaged(
        ((Dense(4, Tanh()), Dense(1)),) * 3, SquaredError(), OutputFormat.FLAT
    ),
    "mean of counts": averaged(
        (
            hidden(Tanh(), residual=True, normalization=LayerNorm()),
            hidden(Tanh(), residual=True, normalization=BatchNorm()),
            hidden(Tanh(), dropout=0.5),
        ),
        Poisson(),
    ),
}
CASES = NETWORKS | MEANS
EVERY_CASE = pytest.mark.parametrize("case", CASES.values(), ids=CASES)


def rows(n: int, dtype: Any = np.float64, n_inputs: int = 5) -> Any:
    """Rows that reach the tails, zeros among them."""
    X = 3 * np.random.default_rng(7).standard_normal((n, n_inputs))
    X[0] = 0
    return X.astype(dtype)


def expected(case: Trained, X: Any) -> Any:
    """Predictions in columns, by the engine."""
    columns = case.model.predict(X)
    return np.hstack([1 - columns, columns]) if case.form is OutputFormat.BOTH_CLASSES else columns


def huge(dtype: Any) -> tuple[Trained, Any, Any]:
    """(A network with layer normalisation, rows whose variance overflows, their predictions)."""
    case = trained((Dense(6, Tanh(), normalization=LayerNorm()), Dense(3)), dtype=dtype)
    ordinary = rows(5)[1:]
    exponent = np.finfo(dtype).maxexp
    sizes = 2.0 ** (exponent - np.array([[exponent // 2 - 1], [40], [20], [10]]))
    named = {
        k: array.astype(np.float64)
        for k, array in case.model.network.named_parameters(case.model.parameters).items()
    }
    h = ordinary @ named["layers.0.weight"]  # beside which the biases are nothing
    hat = (h - h.mean(1, keepdims=True)) / h.std(1, keepdims=True)
    a = np.tanh(named["layers.0.scale"] * hat + named["layers.0.shift"])
    wanted = a @ named["layers.1.weight"] + named["layers.1.bias"]
    return case, (ordinary * sizes).astype(dtype), wanted
