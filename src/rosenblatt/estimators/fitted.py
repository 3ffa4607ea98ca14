"""A fitted multi-layer perceptron: its parameters, predictions and exports."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from types import MappingProxyType
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from rosenblatt import engine
from rosenblatt.array_checks import validate_data
from rosenblatt.engine import OutputFormat
from rosenblatt.estimators.export_mixin import Exporting
from rosenblatt.estimators.published import (
    PublishedModel,
    aligned,
    model_by_hand,
    with_activation,
    with_link,
)
from rosenblatt.export.trained import Trained
from rosenblatt.fitting.carried import CarriedState
from rosenblatt.fitting.targets import TargetCodec
from rosenblatt.model import Model, Predictor
from rosenblatt.options.activations import chosen_activations
from rosenblatt.support.overflow import warn_of_overflow
from rosenblatt.support.pixels import Pixels
from rosenblatt.support.plain_values import plain_values
from rosenblatt.support.sparse_matrices import check_sparse
from rosenblatt.support.types import FloatArray

__all__ = ["FittedMLP"]


class FittedMLP(Exporting, BaseEstimator, ABC):
    """Public attributes of a model, and predictions from them, also where they were set by hand."""

    activation: Any
    n_jobs: int | None
    deterministic: bool
    coefs_: list[FloatArray]
    intercepts_: list[FloatArray]
    n_outputs_: int
    out_activation_: str
    targets_: TargetCodec

    # None before the first fit: `coefs_` may have been set by hand.
    _published: PublishedModel | None = None
    _carried: CarriedState | None = None
    # Whether rows of type uint8 are pixels, which stay bytes.
    _takes_pixels: ClassVar[bool] = False

    @classmethod
    @cache
    def _get_param_names(cls) -> list[str]:
        # Read off the constructor's signature, which takes long where there are many: once a class.
        names: list[str] = super()._get_param_names()
        return names

    def _keep(self, parameters: dict[str, Any]) -> None:
        """Store what `__init__` was given, untouched, as scikit-learn's `clone` wants it.

        `parameters` are the locals of a constructor: that of a subclass may have others.
        """
        for name, value in parameters.items():
            if name != "self":
                setattr(self, name, value)

    @property
    def model_(self) -> Model:
        """The trained network as a plain value: description, flat parameters, loss."""
        check_is_fitted(self, "coefs_")
        model = with_activation(self._model_of_arrays(), self._layer_activations())
        return with_link(model, self.out_activation_)

    def _model_of_arrays(self) -> Model:
        """The model of the last fit, or one with copies of arrays that were set since."""
        published = self._published
        if published is not None and published.is_shown_by(vars(self)):
            return published.model
        before = None if published is None else published.model
        activations = self._layer_activations()
        return model_by_hand(before, self.coefs_, self.intercepts_, activations)

    def _layer_activations(self) -> Any:
        """The activation of all hidden layers, or a list of them."""
        return self.activation

    @property
    def parameters_(self) -> Mapping[str, FloatArray]:
        """Every parameter by name: 'layers.0.weight', 'layers.0.bias', and what else a layer has.

        Also the running statistics of batch normalisations. The mapping is read-only; the arrays
        are those that `coefs_` and `intercepts_` show.
        """
        model = self.model_
        named = model.network.named_parameters(model.parameters)
        return MappingProxyType(named | model.network.named_state(model.state))

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
        return Predictor(self.model_, self._form(), self.n_jobs, bool(self.deterministic))

    @abstractmethod
    def _form(self) -> OutputFormat:
        """The columns of predictions."""

    def _trained(self) -> Trained:
        model, form = self.model_, self._form()
        classes = tuple(map(str, getattr(self, "classes_", ())))
        trained = Trained(model, form)
        # Where a single class was seen, there are two columns all the same.
        return replace(trained, classes=classes) if len(classes) == trained.n_outputs else trained

    def _predictions(self, X: Any) -> FloatArray:
        """Predictions in their form, for whatever X scikit-learn's validation accepts."""
        predictor = self._own_predictor()
        X = self._prepared(X)
        # Arrays that need no preparation, and that the validation would not refuse.
        if "feature_names_in_" not in vars(self):
            prediction = predictor.finite(X)
            if prediction is not None:
                return prediction
        X = self._checked_rows(X)
        prediction = predictor.predict(X)
        warn_of_overflow(prediction, X)
        return prediction

    def _prepared(self, X: Any) -> Any:
        """The rows that X stands for: X itself, where an estimator takes nothing else."""
        return X

    def _checked_rows(self, X: Any) -> Any:
        """Rows as scikit-learn's validation accepts them, of the parameters' type."""
        check_is_fitted(self, "coefs_")
        X = self._prepared(X)
        check_sparse(X)
        # The sum of numbers that are huge is invalid, and a float32 of them overflows.
        dtype = self.model_.parameters.dtype
        in_bytes = self._takes_pixels and getattr(X, "dtype", None) == np.uint8
        with plain_values(X=X), np.errstate(invalid="ignore", over="ignore"):
            rows = validate_data(
                self,
                X,
                accept_sparse="csr",
                dtype=np.uint8 if in_bytes else dtype,
                order="C",
                reset=False,
            )
        return Pixels(rows, dtype) if in_bytes else rows

    def _own_predictor(self) -> engine.EnginePredictor:
        """A predictor that reads the parameters in place; kept until a setting changes."""
        published = self._published
        if published is None or not published.is_shown_by(vars(self)):
            return self._new_predictor()
        chosen = self._layer_activations()
        # A copy, because a list may change.
        chosen = chosen if isinstance(chosen, str) else chosen_activations(chosen)
        settings = (chosen, self.out_activation_, self.n_jobs, self.deterministic)
        kept = published.settings_and_predictor
        if kept is None or kept[0] != settings:
            kept = published.settings_and_predictor = (settings, self._new_predictor())
        return kept[1]

    def _end_predictions_by(self, stop: npt.NDArray[np.uint8]) -> None:
        predictor, published = self._own_predictor(), self._published
        if published is not None and published.settings_and_predictor is not None:
            settings, _ = published.settings_and_predictor
            published.settings_and_predictor = (
                settings,
                engine.StoppablePredictor(predictor, stop),
            )

    def _new_predictor(self) -> engine.EnginePredictor:
        return self.model_.engine_predictor(self._form(), self.n_jobs, bool(self.deterministic))

    def __getstate__(self) -> dict[str, Any]:
        # A copy: scikit-learn may return the very dictionary that the estimator lives in.
        state: dict[str, Any] = dict(super().__getstate__())
        published = state.pop("_published", None)
        if published is not None:
            state["_model"] = published.model
            if published.is_shown_by(state):  # the same numbers as the model's
                del state["coefs_"], state["intercepts_"]
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        attributes = dict(state)
        model = attributes.pop("_model", None)
        super().__setstate__(attributes)
        if model is not None:
            shown = PublishedModel(aligned(model)).attributes
            self.__dict__.update(shown | vars(self))
