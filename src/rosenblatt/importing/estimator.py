"""An estimator that shows an imported network, and goes on training it."""

from __future__ import annotations

from typing import Any

import numpy as np

from rosenblatt.errors import InputError
from rosenblatt.estimators import MLPClassifier, MLPRegressor
from rosenblatt.estimators.estimator_fit import publish
from rosenblatt.fitting.carried import CarriedState
from rosenblatt.fitting.class_targets import ClassTargets
from rosenblatt.fitting.data import Columns
from rosenblatt.fitting.log import FitLog
from rosenblatt.fitting.number_targets import NumberTargets
from rosenblatt.importing.imported import ImportedNetwork
from rosenblatt.network import Dense
from rosenblatt.options.activations import trainable

__all__ = ["estimator_of", "has_estimator"]


def has_estimator(imported: ImportedNetwork) -> bool:
    """Whether an estimator of arrays can show the network and train it."""
    try:
        hidden_of(imported)
    except ValueError:
        return False
    return True


def estimator_of(imported: ImportedNetwork) -> MLPClassifier | MLPRegressor:
    """A fitted estimator whose predictions are the network's; its `history_` is empty.

    Raises
    ------
    InputError
        If the network is none that an estimator can have.
    """
    hidden = hidden_of(imported)
    given: dict[str, Any] = {
        "hidden_layer_sizes": tuple(layer.n_outputs for layer in hidden),
        "activation": [layer.activation for layer in hidden],
    }
    targets: NumberTargets | ClassTargets
    est: MLPClassifier | MLPRegressor
    if imported.classes is None:
        est, targets = MLPRegressor(**given), NumberTargets(imported.model.n_outputs)
    else:
        est, targets = MLPClassifier(**given), ClassTargets.learn(np.array(imported.classes))
    names = np.array(imported.names, dtype=object) if imported.has_names else None
    log = FitLog(stop_reason=f"trained by {imported.format}", has_curves=False)
    columns = Columns(imported.model.n_inputs, names)
    publish(est, imported.model, targets, columns, CarriedState(log, None))
    return est


def hidden_of(imported: ImportedNetwork) -> tuple[Dense, ...]:
    if imported.columns is not None:
        raise InputError(
            "this network takes the cells of a table, which an estimator of arrays does not:"
            " take saved_model"
        )
    if imported.limits != (None, None):
        raise InputError(
            "this network's predictions are held between limits, which an estimator's are not: take"
            " saved_model"
        )
    layers = imported.model.network.layers
    hidden = tuple(layer for layer in layers[:-1] if isinstance(layer, Dense))
    if len(hidden) < len(layers) - 1:
        raise InputError(
            "this network has connections that skip layers, which an estimator's has not:"
            " take saved_model, or the model itself"
        )
    for layer in hidden:
        trainable(layer.activation)
    if imported.classes is not None and not imported.has_class_loss:
        raise InputError(
            "this network's outputs are probabilities as they stand, and an estimator's are the"
            " logistic function or the softmax of its raw scores: take saved_model"
        )
    return hidden
