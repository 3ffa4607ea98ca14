"""The objective of a fitted estimator."""

from __future__ import annotations

from typing import Any

import numpy as np

from rosenblatt.curvature.objective import Objective
from rosenblatt.estimators import MLPClassifier, MLPRegressor
from rosenblatt.estimators.access import takes_numbers
from rosenblatt.fitting.data import Columns, validated
from rosenblatt.options.config import training_config
from rosenblatt.options.parameters import Parameters
from rosenblatt.problem import Arrays
from rosenblatt.support.types import Float64Array

__all__ = ["objective_of"]


def objective_of(
    estimator: MLPClassifier | MLPRegressor, X: Any, y: Any, sample_weight: Any = None
) -> tuple[Objective, Float64Array]:
    """What an estimator minimises over rows, and its parameters, in float64.

    Loss, penalties and class weights are those of its parameters. The rows need not be those of the
    fit; to have the objective of a fit with `early_stopping`, give the rows that it was trained on.

    Parameters
    ----------
    estimator : MLPClassifier or MLPRegressor
        Fitted.
    X : array-like or sparse matrix of shape (n_samples, n_features)
    y : array-like of shape (n_samples,) or (n_samples, n_outputs)
    sample_weight : array-like of shape (n_samples,), optional

    Returns
    -------
    objective : Objective
    theta : array (n_parameters,)
        The estimator's weights and biases, a copy.

    Raises
    ------
    TypeError
        For another estimator.
    sklearn.exceptions.NotFittedError
        Where it is not fitted.
    ValueError
        For rows or targets that do not fit it, and for a network with dropout, input noise or batch
        normalisation.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from rosenblatt import MLPClassifier
    >>> from rosenblatt.curvature import largest_eigenvalue, objective_of
    >>> X, y = load_iris(return_X_y=True)
    >>> clf = MLPClassifier(8, "tanh", solver="lbfgs", alpha=1.0, max_iter=1000, random_state=0)
    >>> J, theta = objective_of(clf.fit(X, y), X, y)
    >>> bool(abs(J.gradient(theta)).max() < 1e-3 < largest_eigenvalue(J, theta))
    True
    """
    if not isinstance(estimator, MLPClassifier | MLPRegressor):
        raise TypeError(
            "curvature is that of an MLPClassifier or MLPRegressor, got"
            f" {type(estimator).__name__}: make an `Objective` of any other network."
        )
    model = estimator.model_
    targets = getattr(estimator, "targets_", None)
    if targets is None:
        raise ValueError(
            "the weights of this estimator were set by hand, so that its targets are not known: fit"
            " it, or make an `Objective` of its network."
        )
    table = validated(
        estimator,
        X,
        y,
        sample_weight,
        numeric=takes_numbers(estimator),
        dtype=np.float64,
        columns=Columns.of(estimator),
    )
    targets.check(table.y)
    encoded = targets.encode(table.y, np.float64)
    weights = targets.row_weights(encoded, table.weights)
    arrays = Arrays(table.X, encoded, weights)
    penalty = training_config(Parameters.of(estimator)).penalty
    objective = Objective(model.network, targets.objective(), penalty, arrays)
    return objective, model.parameters.astype(np.float64)
