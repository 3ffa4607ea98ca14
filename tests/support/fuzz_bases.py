"""Whole model files of every structure, as the fuzzing of model files begins with them."""

from __future__ import annotations

import functools
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pandas as pd

from rosenblatt.activations import (
    ELU,
    GELU,
    SELU,
    HardSigmoid,
    HardSwish,
    HardTanh,
    LeakyReLU,
    Mish,
    ReLU,
    Sigmoid,
    SiLU,
    Softmax,
    Softplus,
    Tanh,
)
from rosenblatt.losses import (
    BinaryCrossEntropy,
    BinaryFocal,
    CategoricalCrossEntropy,
    CategoricalFocal,
    Huber,
    Loss,
    Poisson,
    Quantile,
    SquaredError,
)
from rosenblatt.model import EnsembleModel, Model
from rosenblatt.network import Dense, Network
from rosenblatt.normalizations import BatchNorm, LayerNorm
from rosenblatt.persistence import OptionValue, PartSize, SavedModel, Score, Summary, save_model
from rosenblatt.table import Task, learn_encoding
from tests.support.members import random_state

N_ROWS = 60


@functools.cache
def frame() -> pd.DataFrame:
    """A column of every kind, with gaps, and targets of every kind."""
    rng = np.random.default_rng(5)
    size = rng.normal(10, 3, N_ROWS)
    colour = rng.choice(["red", "grün", "蓝", "🟣", "blue"], N_ROWS)
    colour[:2] = ["rare", "rarer"]
    days = pd.Timestamp("2021-03-01") + pd.to_timedelta(rng.integers(0, 900, N_ROWS), "D")
    return pd.DataFrame(
        {
            "size": np.where(rng.random(N_ROWS) < 0.2, np.nan, size),
            "price": [f"{x:,.2f} €" for x in 1000 * size],
            "colour": np.where(rng.random(N_ROWS) < 0.1, None, colour),
            "member": rng.choice(["yes", "no"], N_ROWS),
            "since": days,
            "bought on": days.strftime("%d.%m.%Y"),
            "constant": "same",
            "kind": rng.choice(["a", "b"], N_ROWS),
            "stars": rng.integers(1, 5, N_ROWS),
            "won": rng.random(N_ROWS) < 0.5,
            "weight": size * 2 + rng.normal(size=N_ROWS),
        }
    )


TARGETS = ("kind", "stars", "won", "weight")
BLOCK = Dense(5, ReLU(), normalization=BatchNorm(), dropout=0.1, residual=True)
# Hidden layers, loss, target.
NETWORKS: dict[str, tuple[tuple[Dense, ...], Loss, str]] = {
    "two classes": ((Dense(4, ReLU()),), BinaryCrossEntropy(1e-7), "kind"),
    "linear": ((), BinaryCrossEntropy(), "won"),
    "truth values": ((Dense(3, GELU()), Dense(3, ELU(0.7))), BinaryFocal(), "won"),
    "several classes": ((Dense(4, LeakyReLU(0.1)),), CategoricalCrossEntropy(0, 0.1), "stars"),
    "focal": ((Dense(2, SELU()), Dense(2, Softmax())), CategoricalFocal(), "stars"),
    "number": ((Dense(4, Tanh()), Dense(4, Mish())), SquaredError(), "weight"),
    "counts": ((Dense(3, Softplus()),), Poisson(), "weight"),
    "quantiles": ((Dense(4, HardTanh()),), Quantile((0.1, 0.5, 0.9)), "weight"),
    "by batch": ((BLOCK, BLOCK), BinaryCrossEntropy(), "kind"),
    "by layer": (
        (
            Dense(4, SiLU(), normalization=LayerNorm(), residual=True),
            Dense(4, HardSwish(), residual=True),
            Dense(3, HardSigmoid()),
            Dense(3, Sigmoid()),
        ),
        Huber(),
        "weight",
    ),
}
# Hidden layers of each member, loss, target.
ENSEMBLES: dict[str, tuple[tuple[tuple[Dense, ...], ...], Loss, str]] = {
    "mean of probabilities": (
        ((Dense(4, ReLU()),), (Dense(4, ReLU()),), (BLOCK, Dense(3, GELU()))),
        BinaryCrossEntropy(),
        "kind",
    ),
    "mean of classes": (
        ((), (Dense(3, Tanh(), residual=True),)),
        CategoricalCrossEntropy(),
        "stars",
    ),
    "mean of numbers": (((Dense(4, Tanh()),),) * 4, SquaredError(), "weight"),
}


def model_of(name: str, dtype: Any) -> SavedModel:
    if name in ENSEMBLES:
        chains, loss, target = ENSEMBLES[name]
    else:
        hidden, loss, target = NETWORKS[name]
        chains = (hidden,)
    kind = Task.REGRESSION if target == "weight" else Task.CLASSIFICATION
    table = frame().drop(columns=[other for other in TARGETS if other != target])
    encoding = learn_encoding(table, target=target, task=kind, max_categories=3)
    outputs = {"kind": 1, "won": 1, "stars": 4, "weight": 1}[target]
    outputs = len(loss.levels) if isinstance(loss, Quantile) else outputs
    rng = np.random.default_rng(len(name))
    members = []
    for hidden in chains:
        network = Network(len(encoding.feature_names), (*hidden, Dense(outputs)), 0.1)
        theta = 0.3 * rng.standard_normal(network.n_parameters).astype(dtype)
        members.append(Model(network, theta, loss, random_state(network, 1, dtype)))
    summary = Summary(
        created="2026-01-31T12:00:00+00:00",
        version="0.1.0",
        parts=(PartSize("train", 40), PartSize("held-out", 20)),
        options=(OptionValue("hidden", "4"), OptionValue("alpha", 1e-4), OptionValue("jobs", None)),
        scores=(Score("network", "train", "accuracy", 0.75), Score("trivial", "train", "r2", None)),
        epochs=7,
        stop_reason="the epochs were used up",
        weight_column=None,
    )
    model = EnsembleModel(tuple(members)) if name in ENSEMBLES else members[0]
    return SavedModel(model, encoding, summary)


@functools.cache
def base_files() -> dict[str, bytes]:
    """Every network and every mean of networks in both float types."""
    files = {}
    with TemporaryDirectory() as folder:
        path = Path(folder) / "model"
        for name in (*NETWORKS, *ENSEMBLES):
            for dtype in (np.float32, np.float64):
                save_model(path, model_of(name, dtype))
                files[f"{name}, {dtype.__name__}"] = path.read_bytes()
    return files
