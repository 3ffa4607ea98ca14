"""Models to save, and a summary of how one was trained."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from rosenblatt.activations import Activation, Identity, ReLU
from rosenblatt.losses import BinaryCrossEntropy, Loss
from rosenblatt.model import Model
from rosenblatt.network import Dense, Network
from rosenblatt.persistence import (
    OptionValue,
    PartSize,
    SavedModel,
    Score,
    Summary,
)
from rosenblatt.table import Task, learn_encoding

FRAME = pd.DataFrame(
    {
        "size": [1.5, 2.5, np.nan, 4.0, 8.0, 16.5],
        "colour": ["red", "blue", "red", "grün", "blue", "red"],
        "kind": ["a", "b", "a", "b", "a", "b"],
    }
)
SUMMARY = Summary(
    created="2026-01-31T12:00:00+00:00",
    version="0.1.0",
    parts=(PartSize("train", 4), PartSize("held-out", 2)),
    options=(
        OptionValue("hidden", "3"),
        OptionValue("alpha", 1e-4),
        OptionValue("seed", 0),
        OptionValue("jobs", None),
    ),
    scores=(
        Score("network", "train", "accuracy", 0.75),
        Score("network", "train", "roc_auc", None),
    ),
    epochs=7,
    stop_reason="all epochs are done",
    weight_column=None,
)


def saved_model(
    activation: Activation | None = None,
    loss: Loss | None = None,
    dtype: type[np.floating[Any]] = np.float32,
) -> SavedModel:
    """Of two classes, or of a number for losses that take several outputs a target."""
    loss = loss or BinaryCrossEntropy()
    outputs = loss.outputs_per_target
    target, task = ("kind", Task.CLASSIFICATION) if outputs == 1 else ("size", Task.REGRESSION)
    encoding = learn_encoding(FRAME, target=target, task=task)
    layers = (Dense(3, activation or ReLU()), Dense(outputs, Identity()))
    network = Network(len(encoding.feature_names), layers)
    theta = np.random.default_rng(0).normal(size=network.n_parameters).astype(dtype)
    return SavedModel(Model(network, theta, loss), encoding, SUMMARY)
