"""`MLPEnsembleRegressor`: predicts by the mean of its members."""

from __future__ import annotations

from typing import Any, final

from sklearn.base import MultiOutputMixin, RegressorMixin

from rosenblatt.ensembles.base import BaseMLPEnsemble
from rosenblatt.estimators import MLPRegressor
from rosenblatt.support.plain_values import plain_values
from rosenblatt.support.types import FloatArray

__all__ = ["MLPEnsembleRegressor"]


@final
class MLPEnsembleRegressor(MultiOutputMixin, RegressorMixin, BaseMLPEnsemble):
    """Several MLPRegressors, trained in parallel: their mean is the prediction, their spread its
    uncertainty.

    Parameters
    ----------
    estimator : MLPRegressor, optional
        The network that every member is a copy of; None for one with default parameters. Its
        `random_state` is not used.
    n_estimators, mode, oob_score, n_jobs, backend, address, random_state, verbose
        As in `MLPEnsembleClassifier`.

    Attributes
    ----------
    estimators_ : list of MLPRegressor
    estimators_samples_, n_features_in_, feature_names_in_, model_
        As in `MLPEnsembleClassifier`.
    oob_score_ : float
        R², or for a quantile loss D², over the rows that at least one bag lacks, weighted by
        `sample_weight`.
    oob_prediction_ : array, shaped as `predict`
        Means over the members whose bags lack a row; NaN where every bag has it.

    Notes
    -----
    The spread measures how far the members disagree, which grows away from the data. It does not
    include the noise of the targets: an interval for a new target needs both. The quantile losses
    of `MLPRegressor` estimate the noise.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from sklearn.preprocessing import scale
    >>> from rosenblatt import MLPEnsembleRegressor, MLPRegressor
    >>> X, y = load_diabetes(return_X_y=True)
    >>> network = MLPRegressor(hidden_layer_sizes=8, max_iter=1000, early_stopping=True)
    >>> reg = MLPEnsembleRegressor(network, 5, random_state=0).fit(scale(X), scale(y))
    >>> mean, std = reg.predict(scale(X), return_std=True)
    >>> mean.shape == std.shape == (442,)
    True
    """

    _network_type = MLPRegressor

    oob_prediction_: FloatArray

    def predict(self, X: Any, return_std: bool = False) -> FloatArray | tuple[FloatArray, ...]:
        """Means over the members, in the shape of `MLPRegressor.predict`.

        With `return_std` also the standard deviation over the members (ddof=1), of the same shape.
        """
        if return_std:
            return tuple(map(self._by_levels, self._mean_and_std(X)))
        return self._by_levels(self._mean(X))

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """R² of the predictions, or for a quantile loss D² of the pinball loss."""
        prediction = self._mean(X)
        with plain_values(y=y, sample_weight=sample_weight):
            return self._score_of(prediction, y, sample_weight)

    def _by_levels(self, prediction: FloatArray) -> FloatArray:
        shaped: FloatArray = self.estimators_[0].targets_.predicted(prediction)
        return shaped

    def _score_of(self, prediction: FloatArray, y: Any, sample_weight: Any) -> float:
        return float(self.estimators_[0].targets_.score(prediction, y, sample_weight))

    def _keep_out_of_bag(self, prediction: FloatArray) -> None:
        self.oob_prediction_ = self._by_levels(prediction)
