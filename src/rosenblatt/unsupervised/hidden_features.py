"""`HiddenFeatures`: what a hidden layer of a network gives, as features for another model."""

from __future__ import annotations

from typing import Any, ClassVar, Self, final

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator, MetaEstimatorMixin, TransformerMixin
from sklearn.frozen import FrozenEstimator
from sklearn.neural_network import MLPClassifier as SklearnMLPClassifier
from sklearn.neural_network import MLPRegressor as SklearnMLPRegressor
from sklearn.utils._param_validation import HasMethods
from sklearn.utils.validation import check_is_fitted

from rosenblatt.array_checks import validate_data
from rosenblatt.estimators import MLPClassifier, MLPRegressor
from rosenblatt.estimators.access import cloned
from rosenblatt.model import Model
from rosenblatt.support.fitted_aside import fitted_aside
from rosenblatt.support.held_numbers import HeldNumbers
from rosenblatt.support.overflow import warn_of_overflow
from rosenblatt.support.plain_values import even_rows
from rosenblatt.support.types import FloatArray
from rosenblatt.unsupervised.network_part import NetworkPart, part_of

__all__ = ["HiddenFeatures"]


@final
class HiddenFeatures(HeldNumbers, MetaEstimatorMixin, TransformerMixin, BaseEstimator):
    """The activations of one hidden layer of a network, as a transformer (theory A5).

    Parameters
    ----------
    estimator : estimator
        `MLPClassifier`, `MLPRegressor` or `MLPAutoencoder`, or scikit-learn's perceptron of one of
        these names; or any estimator whose fitted `model_` is a `rosenblatt.model.Model`. `fit`
        trains a clone. A network that is fitted already, on whatever rows, is used as it is within
        `sklearn.frozen.FrozenEstimator`.
    layer : int, default=-1
        Which hidden layer: 1 is the first, -1 the last. Of an `MLPAutoencoder` code and decoder
        count as well.

    Attributes
    ----------
    estimator_ : estimator
        The network that was trained.
    part_ : rosenblatt.unsupervised.NetworkPart
        Its layers up to that one, with `to_c`, `to_onnx` and `to_torch`.
    layer_ : int
        The layer's number, from 1.
    n_features_in_ : int
    feature_names_in_ : array of str
        Where X has column names.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.frozen import FrozenEstimator
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.pipeline import make_pipeline
    >>> from rosenblatt import HiddenFeatures, MLPClassifier
    >>> X, y = load_iris(return_X_y=True)
    >>> net = MLPClassifier((16, 4), solver="lbfgs", max_iter=500, random_state=0).fit(X, y)
    >>> hidden = HiddenFeatures(FrozenEstimator(net)).fit(X)
    >>> list(hidden.get_feature_names_out())
    ['hidden2_0', 'hidden2_1', 'hidden2_2', 'hidden2_3']
    >>> bool(make_pipeline(hidden, LogisticRegression()).fit(X, y).score(X, y) > 0.95)
    True
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "estimator": [HasMethods(["fit", "get_params"])],
        "layer": [int, np.integer],
    }

    estimator_: Any
    part_: NetworkPart
    layer_: int

    def __init__(self, estimator: Any, layer: int = -1) -> None:
        self.estimator = estimator
        self.layer = layer

    def fit(self, X: Any, y: Any = None, **fit_params: Any) -> Self:
        """Train a clone of the network on X and y, or look at a frozen one.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
        y : array-like, optional
            What the network learns from; an autoencoder needs none, nor does a frozen network.
        **fit_params
            Passed on to the network's `fit`, such as `sample_weight`.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            Where the network has no such layer.
        TypeError
            Where the estimator is no single network.
        """
        self._validate_params()
        fitted = cloned(self.estimator)
        fitted.fit(X, y, **fit_params)
        network = fitted.estimator if isinstance(fitted, FrozenEstimator) else fitted
        model = model_of(network)
        layer = self._number(len(model.network.layers) - 1)
        part = part_of(model, 0, layer)
        with fitted_aside(self) as aside:
            validate_data(aside, X, skip_check_array=True)
            if aside.n_features_in_ != model.n_inputs:
                raise ValueError(
                    f"the network takes {model.n_inputs} features, and X has"
                    f" {aside.n_features_in_}."
                )
            if fitted is not network and hasattr(network, "feature_names_in_"):
                with even_rows(X=X):  # a frozen one has seen the names of other rows
                    validate_data(network, X, reset=False, skip_check_array=True)
            aside.estimator_, aside.part_, aside.layer_ = fitted, part, layer
        return self

    def transform(self, X: Any) -> FloatArray:
        """The activations of the layer, shape (n_samples, n_units)."""
        check_is_fitted(self)
        dtype = self.part_.model.dtype
        with even_rows(X=X):
            X = validate_data(self, X, accept_sparse="csr", dtype=dtype, order="C", reset=False)
        hidden = self.part_.predict(X)
        warn_of_overflow(hidden, X)
        return hidden

    def get_feature_names_out(self, input_features: Any = None) -> npt.NDArray[np.object_]:
        """'hidden2_0', 'hidden2_1', …: the layer's number, and the unit's from 0."""
        check_is_fitted(self)
        names = [f"hidden{self.layer_}_{j}" for j in range(self.part_.model.n_outputs)]
        return np.array(names, dtype=object)

    def _number(self, n_hidden: int) -> int:
        """The layer's number from 1, of a network with `n_hidden` hidden layers."""
        layer = int(self.layer)
        number = layer if layer > 0 else n_hidden + 1 + layer
        if layer == 0 or not 1 <= number <= n_hidden:
            layers = "1 hidden layer" if n_hidden == 1 else f"{n_hidden} hidden layers"
            raise ValueError(
                f"layer={self.layer} is none of a network with {layers}: give 1 for the first, or"
                " -1 for the last."
            )
        return number

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        inner = self.estimator.__sklearn_tags__()
        tags.target_tags.required = inner.target_tags.required
        tags.input_tags.sparse = inner.input_tags.sparse
        return tags


# scikit-learn's classes, and ours that take over their weights.
PEERS: dict[type, Any] = {
    SklearnMLPClassifier: MLPClassifier,
    SklearnMLPRegressor: MLPRegressor,
}


def model_of(fitted: Any) -> Model:
    """The network of a fitted estimator.

    Raises
    ------
    TypeError
        Where it has none, or several.
    """
    for theirs, ours in PEERS.items():
        if isinstance(fitted, theirs):
            model: Model = ours.from_sklearn(fitted).model_
            return model
    found = getattr(fitted, "model_", None)
    if not isinstance(found, Model):
        raise TypeError(
            f"{type(fitted).__name__} has no single network of layers to look into: give a"
            " MLPClassifier, MLPRegressor or MLPAutoencoder, of rosenblatt or of scikit-learn."
        )
    return found
