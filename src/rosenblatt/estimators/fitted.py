"""What is there of a multi-layer perceptron once it is fitted: its parameters and predictions."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from operator import is_
from types import MappingProxyType
from typing import Any, final

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted, validate_data

from rosenblatt import engine
from rosenblatt.engine import OutputFormat
from rosenblatt.estimators.export_mixin import Exporting
from rosenblatt.export.trained import Trained
from rosenblatt.losses import Loss
from rosenblatt.model import Model, Predictor
from rosenblatt.network import Dense, Network, beside_dense, fill
from rosenblatt.options.activations import chosen_activations, hidden_activations
from rosenblatt.options.losses import LINKS, link_name
from rosenblatt.support.types import FloatArray

__all__ = ["FittedMLP", "fitted_attributes"]


@final
class Published:
    """θ, the views of it that are shown as `coefs_` and `intercepts_`, and its predictor."""

    def __init__(self, network: Network, theta: FloatArray, state: FloatArray) -> None:
        layers = network.weights_and_biases(theta)
        self.theta, self.state = theta, state
        self.coefs = [W for W, _ in layers]
        self.intercepts = [b for _, b in layers]
        # In one, so that another thread finds both or neither.
        self.settings_and_predictor: tuple[tuple[Any, ...], engine.EnginePredictor] | None = None

    def is_shown_by(self, attributes: Mapping[str, Any]) -> bool:
        """Whether nobody has put in other arrays. Numbers written into these are θ's."""
        return same_objects(attributes.get("coefs_"), self.coefs) and same_objects(
            attributes.get("intercepts_"), self.intercepts
        )


class FittedMLP(Exporting, BaseEstimator, ABC):
    """Public attributes, and predictions from them, whatever has been done to them since a fit."""

    activation: Any
    n_jobs: int | None
    deterministic: bool
    coefs_: list[FloatArray]
    intercepts_: list[FloatArray]
    n_outputs_: int
    out_activation_: str

    _published: Published | None = None
    # None where nothing was fitted: `coefs_` may have been set by hand.
    _trained_loss: Loss | None = None
    # Of the last fit: the hidden layers, where they are more than dense ones, and the parameters
    # that `coefs_` and `intercepts_` do not show, and the state, both by name.
    _structure: tuple[Dense, ...] = ()
    _input_noise: float = 0.0
    _others: Mapping[str, FloatArray] = MappingProxyType({})
    _named_state: Mapping[str, FloatArray] = MappingProxyType({})

    @classmethod
    @cache
    def _get_param_names(cls) -> list[str]:
        # Read off the constructor's signature, which takes long where there are many: once a class.
        names: list[str] = super()._get_param_names()
        return names

    @property
    def model_(self) -> Model:
        """The trained network as a plain value: description, flat parameters, loss."""
        check_is_fitted(self, "coefs_")
        shapes = [np.shape(W) for W in self.coefs_]
        hidden = self._hidden_layers([n_out for _, n_out in shapes[:-1]])
        layers = (*hidden, Dense(shapes[-1][1]))
        network = Network(shapes[0][0], layers, self._input_noise)
        theta, state = self._flat(network)
        loss = self._trained_loss
        if loss is None or link_name(loss) != self.out_activation_:
            loss = LINKS[self.out_activation_]
        return Model(network, theta, loss, state)

    @property
    def parameters_(self) -> Mapping[str, FloatArray]:
        """Every parameter by name: 'layers.0.weight', 'layers.0.bias', and what else a layer has.

        Also the running statistics of batch normalisations. The mapping is read-only; the arrays
        are those that `coefs_` and `intercepts_` show.
        """
        model = self.model_
        named = model.network.named_parameters(model.parameters)
        return MappingProxyType(named | model.network.named_state(model.state))

    def _hidden_layers(self, units: Sequence[int]) -> list[Dense]:
        activations = hidden_activations(self.activation, len(units))
        blocks = self._structure or [Dense(n) for n in units]
        if len(blocks) != len(units):
            raise ValueError(
                f"coefs_ holds {len(units)} hidden layers, and the fit had {len(blocks)}, with"
                " more to them than weights: set the arrays of as many layers, or fit again."
            )
        return [
            replace(block, n_outputs=n, activation=g)
            for block, n, g in zip(blocks, units, activations, strict=True)
        ]

    def predictor(self) -> Predictor:
        """What this estimator predicts, as a plain function of arrays.

        Returns
        -------
        Predictor
            A snapshot with its own copy of the parameters, which neither another fit nor
            `set_params` changes. It takes arrays of shape (n_samples, n_features) or (n_features,)
            and returns what `predict_proba` does, or a regressor's `predict`, without checking that
            the numbers are finite and the columns named as before; see its class. Several quantiles
            of several targets come as columns, the levels of a target side by side.
        """
        return Predictor(self.model_, self._form(), self.n_jobs, self.deterministic)

    @abstractmethod
    def _form(self) -> OutputFormat:
        """What predictions look like."""

    def _trained(self) -> Trained:
        model, form = self.model_, self._form()
        classes = tuple(map(str, getattr(self, "classes_", ())))
        trained = Trained(model, form)
        # Where a single class was seen, there are two columns all the same.
        return replace(trained, classes=classes) if len(classes) == trained.n_outputs else trained

    def _predictions(self, X: Any) -> FloatArray:
        """Predictions in their form, of whatever scikit-learn's validation lets pass."""
        predictor = self._own_predictor()
        # Arrays that need no preparation, and hide nothing that the validation would tell of.
        if "feature_names_in_" not in vars(self):
            prediction = predictor.finite(X)
            if prediction is not None:
                return prediction
        X = validate_data(
            self,
            X,
            accept_sparse="csr",
            dtype=predictor.theta.dtype,
            order="C",
            reset=False,
        )
        return predictor.predict(X)

    def _own_predictor(self) -> engine.EnginePredictor:
        """A predictor that reads the parameters where they lie, kept as long as it serves."""
        published = self._published
        if published is None or not published.is_shown_by(vars(self)):
            return self._made_predictor()
        chosen = self.activation
        # A copy, because a list may change.
        chosen = chosen if isinstance(chosen, str) else chosen_activations(chosen)
        settings = (
            chosen,
            self._trained_loss,
            self.out_activation_,
            self.n_jobs,
            self.deterministic,
        )
        kept = published.settings_and_predictor
        if kept is None or kept[0] != settings:
            kept = published.settings_and_predictor = (settings, self._made_predictor())
        return kept[1]

    def _made_predictor(self) -> engine.EnginePredictor:
        model = self.model_
        return engine.predictor(
            model.network,
            model.loss,
            model.parameters,
            self._form(),
            self.n_jobs,
            model.state,
            self.deterministic,
        )

    def _flat(self, network: Network) -> tuple[FloatArray, FloatArray]:
        """θ and the state, or copies of what somebody has put in their place."""
        if self._published is not None and self._published.is_shown_by(vars(self)):
            return self._published.theta, self._published.state
        dtype = np.result_type(*(np.asarray(W) for W in self.coefs_))
        state = network.initial_state(dtype)
        fill(network.named_state(state), self._named_state)
        return network.pack(self.coefs_, self.intercepts_, dtype, self._others), state

    def _publish(self, network: Network, theta: FloatArray, state: FloatArray) -> None:
        self.__dict__.update(fitted_attributes(network, theta, state))

    def __getstate__(self) -> dict[str, Any]:
        # A copy: what comes may be the very dictionary that the estimator lives in.
        state: dict[str, Any] = dict(super().__getstate__())
        state.pop("_published", None)  # the same numbers as coefs_ and intercepts_
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        if hasattr(self, "coefs_"):
            model = self.model_
            assert model.state is not None
            self._publish(model.network, model.parameters, model.state)


def fitted_attributes(network: Network, theta: FloatArray, state: FloatArray) -> dict[str, Any]:
    """What shows a network with these numbers, which are views of them where they lie."""
    published = Published(network, theta, state)
    hidden = network.dense_layers[:-1]
    plain = all(layer.is_plain for layer in hidden)
    return {
        "_published": published,
        "coefs_": list(published.coefs),
        "intercepts_": list(published.intercepts),
        "_structure": () if plain else hidden,
        "_input_noise": network.input_noise,
        "_others": beside_dense(network.named_parameters(theta)),
        "_named_state": network.named_state(state),
    }


def same_objects(some: Sequence[Any] | None, others: Sequence[Any]) -> bool:
    return some is not None and len(some) == len(others) and all(map(is_, some, others))
