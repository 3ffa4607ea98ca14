"""Models of tables to export, and what they predict of raw rows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from rosenblatt.activations import Tanh
from rosenblatt.losses import (
    BinaryCrossEntropy,
    CategoricalCrossEntropy,
    Loss,
    Quantile,
    SquaredError,
)
from rosenblatt.model import EnsembleModel, Model
from rosenblatt.network import Dense, Network
from rosenblatt.persistence import SavedModel
from rosenblatt.table import ClassTarget, Task, learn_encoding
from tests.support.members import parameters
from tests.support.saved_models import SUMMARY

# Target, loss, outputs of the network.
TARGETS = [
    ("class", CategoricalCrossEntropy(), 3),
    ("two", BinaryCrossEntropy(), 1),
    ("price", SquaredError(), 1),
    ("price", Quantile((0.1, 0.9)), 2),
]
# Of the target "price".
LIMITS = [{"low": 995.0, "high": 1005.0}, {"low": 995.0}, {"high": 1005.0}]


def saved_model(frame: Any, target: str, loss: Loss, n: int, dtype: Any = np.float32) -> SavedModel:
    kind = Task.REGRESSION if target == "price" else Task.CLASSIFICATION
    others = {"class", "two", "price"} - {target}
    encoding = learn_encoding(frame.drop(columns=list(others)), target=target, task=kind)
    network = Network(encoding.n_features, (Dense(6, Tanh()), Dense(n)))
    return SavedModel(Model(network, parameters(network, 2, dtype), loss), encoding, SUMMARY)


def averaged_model(frame: Any, target: str, loss: Loss, n: int) -> SavedModel:
    """Of three networks, with other layers each, that are far apart."""
    saved = saved_model(frame, target, loss, n)
    members = [saved.model]
    for k, hidden in enumerate(((), (Dense(5, Tanh()), Dense(4, Tanh()))), 7):
        network = Network(saved.encoding.n_features, (*hidden, Dense(n)))
        members.append(Model(network, parameters(network, k, np.float32), loss))
    return replace(saved, model=EnsembleModel(tuple(members)))


def expected(saved: SavedModel, frame: Any) -> Any:
    return in_units(
        saved,
        saved.model.predict(saved.encoding.encode(frame, saved.model.dtype).X).astype(np.float64),
    )


def expected_in_double(saved: SavedModel, frame: Any, features: Any = np.float64) -> Any:
    """As a program predicts that has double precision alone, but for the type of the features."""
    X = saved.encoding.encode(frame, features).X
    return in_units(saved, saved.model.astype(np.float64).predict(X.astype(np.float64)))


def in_units(saved: SavedModel, values: Any) -> Any:
    target = saved.encoding.target
    if not isinstance(target, ClassTarget):
        return target.restore(values)
    return np.hstack([1 - values, values]) if values.shape[1] == 1 else values
