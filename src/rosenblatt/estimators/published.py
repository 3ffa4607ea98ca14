"""The fitted attributes that are views of a model, and a model from attributes set by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from operator import is_
from typing import Any, final

import numpy as np
import numpy.typing as npt

from rosenblatt import engine
from rosenblatt.model import Model
from rosenblatt.network import Dense, Network, beside_dense, fill
from rosenblatt.options.activations import hidden_activations
from rosenblatt.options.losses import LINKS, link_name
from rosenblatt.support.floats_by_hand import floats_by_hand
from rosenblatt.support.types import FloatArray, aligned_zeros

__all__ = ["PublishedModel", "aligned", "model_by_hand", "with_activation", "with_link"]


@final
class PublishedModel:
    """A model, the views of its parameters that an estimator shows, and its predictor.

    Attributes
    ----------
    model : Model
    coefs, intercepts : lists of arrays
        Views of the model's weights and biases, of the layers that have both.
    """

    def __init__(self, model: Model) -> None:
        layers = model.network.layer_parameters(model.parameters)
        dense = [layer for layer in layers if "weight" in layer and "bias" in layer]
        self.model = model
        self.coefs = [layer["weight"] for layer in dense]
        self.intercepts = [layer["bias"] for layer in dense]
        # In one tuple, so that another thread finds both or neither.
        self.settings_and_predictor: tuple[tuple[Any, ...], engine.EnginePredictor] | None = None

    @property
    def attributes(self) -> dict[str, Any]:
        """What an estimator that shows the model has; lists of its own."""
        return {
            "_published": self,
            "coefs_": list(self.coefs),
            "intercepts_": list(self.intercepts),
        }

    def is_shown_by(self, attributes: Mapping[str, Any]) -> bool:
        """Whether the attributes are still these views. Numbers written into them are the model's.

        Parameters
        ----------
        attributes : mapping
            All attributes of the estimator.
        """
        return same_objects(attributes.get("coefs_"), self.coefs) and same_objects(
            attributes.get("intercepts_"), self.intercepts
        )


def model_by_hand(
    before: Model | None,
    coefs: Sequence[npt.ArrayLike],
    intercepts: Sequence[npt.ArrayLike],
    activation: Any,
) -> Model:
    """A model with copies of arrays that were set in place of a fit's.

    Parameters
    ----------
    before : Model or None
        That of the last fit, which has all that the arrays do not hold: normalisations, residual
        connections, their parameters, and the loss.
    coefs : sequence of arrays of shape (n_in, n_out)
    intercepts : sequence of arrays of shape (n_out,)
    activation
        The estimator's parameter.

    Raises
    ------
    ValueError
        For what is no arrays of numbers of a network's shapes; and if the fit's layers have more to
        them than weights, and the arrays are of another number of layers or of other shapes.
    """
    coefs = arrays_by_hand("coefs_", coefs, 2)
    intercepts = arrays_by_hand("intercepts_", intercepts, 1)
    if not len(coefs) == len(intercepts) > 0:
        raise ValueError(
            f"coefs_ holds {len(coefs)} arrays and intercepts_ {len(intercepts)}: set one of each"
            " for every layer"
        )
    units = [W.shape[1] for W in coefs]
    activations = hidden_activations(activation, len(units) - 1)
    blocks = () if before is None else before.network.dense_layers[:-1]
    if all(block.is_plain for block in blocks):
        blocks = tuple(Dense(n) for n in units[:-1])
    if len(blocks) != len(units) - 1:
        raise ValueError(
            f"coefs_ holds {len(units) - 1} hidden layers, and the fit had {len(blocks)}, with"
            " more to them than weights: set the arrays of as many layers, or fit again."
        )
    hidden = [
        replace(block, n_outputs=n, activation=g)
        for block, n, g in zip(blocks, units[:-1], activations, strict=True)
    ]
    noise = 0.0 if before is None else before.network.input_noise
    network = Network(coefs[0].shape[0], (*hidden, Dense(units[-1])), noise)
    dtype = np.result_type(*coefs, *intercepts)
    state = network.initial_state(dtype)
    others: dict[str, Any] = {}
    if before is not None:
        others = beside_dense(before.network.named_parameters(before.parameters))
        fill(network.named_state(state), before.network.named_state(before.state))
    theta = network.pack(coefs, intercepts, dtype, others)
    loss = LINKS["identity"] if before is None else before.loss
    return Model(network, theta, loss, state)


def arrays_by_hand(name: str, given: Any, ndim: int) -> list[FloatArray]:
    """The arrays of an attribute, one a layer."""
    if not isinstance(given, list | tuple):
        raise ValueError(f"{name} is a {type(given).__name__}: set a list of arrays, one a layer")
    return [floats_by_hand(f"{name}[{k}]", values, ndim) for k, values in enumerate(given)]


def with_activation(model: Model, activation: Any) -> Model:
    """The model with the hidden activations that an estimator's parameter names."""
    hidden = model.network.dense_layers[:-1]
    activations = hidden_activations(activation, len(hidden))
    if all(layer.activation == g for layer, g in zip(hidden, activations, strict=True)):
        return model
    layers = [replace(b, activation=g) for b, g in zip(hidden, activations, strict=True)]
    network = replace(model.network, layers=(*layers, model.network.dense_layers[-1]))
    return replace(model, network=network)


def with_link(model: Model, name: str) -> Model:
    """The model with an inverse link of that name: its loss's, or the one of scikit-learn's."""
    return model if link_name(model.loss) == name else replace(model, loss=LINKS[name])


def aligned(model: Model) -> Model:
    """The model with parameters that begin on a cache line, in arrays of its own."""
    theta = aligned_zeros(len(model.parameters), model.parameters.dtype)
    theta[...] = model.parameters
    state = None if model.state is None else model.state.copy()
    return replace(model, parameters=theta, state=state)


def same_objects(some: Sequence[Any] | None, others: Sequence[Any]) -> bool:
    if not isinstance(some, list | tuple):
        return False
    return len(some) == len(others) and all(map(is_, some, others))
