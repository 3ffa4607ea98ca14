"""A model to save, all of whose parameters are one number."""

from __future__ import annotations

import numpy as np
import pandas as pd

from rosenblatt.activations import ReLU
from rosenblatt.losses import SquaredError
from rosenblatt.model import Model
from rosenblatt.network import Dense, Network
from rosenblatt.persistence import SavedModel, Summary
from rosenblatt.table import Task, learn_encoding

FRAME = pd.DataFrame({"size": [1.5, 2.5, 4.0], "price": [1.0, 2.0, 3.0]})
SUMMARY = Summary("2026-01-31T12:00:00+00:00", "0.1.0", (), (), (), 1, "all epochs are done", None)


def constant_model(value: float, units: int = 512) -> SavedModel:
    """Of some megabytes, so that writing it takes a while."""
    encoding = learn_encoding(FRAME, target="price", task=Task.REGRESSION)
    layers = Dense(units, ReLU()), Dense(units, ReLU()), Dense(1)
    network = Network(len(encoding.feature_names), layers)
    theta = np.full(network.n_parameters, value, np.float32)
    return SavedModel(Model(network, theta, SquaredError()), encoding, SUMMARY)
