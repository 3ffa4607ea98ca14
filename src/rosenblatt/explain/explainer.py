"""`ShapExplainer`: SHAP values of a fitted model, computed by its own engine."""

from __future__ import annotations

from collections.abc import Callable
from numbers import Integral, Real
from typing import Any, ClassVar, Literal, final

import numpy as np
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval

from rosenblatt.errors import InputError
from rosenblatt.explain.explanation import Explanation
from rosenblatt.explain.games import Game
from rosenblatt.explain.shapley import Effort, shapley_values
from rosenblatt.explain.subject import subject_of
from rosenblatt.options.given import check_parameters
from rosenblatt.support.listing import brief
from rosenblatt.support.types import FloatArray, IntArray

__all__ = ["ShapExplainer"]


@final
class ShapExplainer:
    """Interventional SHAP values of columns (Lundberg & Lee 2017; theory E1-E3).

    A column's value is what its cell adds to the prediction, in the mean over all orders in which
    the columns may become known; those that are not known have the cells of a row of the
    background, over which the mean is taken. All features that are made of a column's cell (its
    scaled value and pieces, categories, means of the target, whether it is missing) go together.

    Pairs of a row and a background row that differ in few columns are computed exactly. Of others
    random orders are drawn, and the values have standard errors; `exact` meets all coalitions. In
    every case the values of a row and the base value add up to its prediction.

    Parameters
    ----------
    model : TableClassifier, TableRegressor, MLPClassifier, MLPRegressor or SavedModel
        Fitted.
    background : as the model's X
        Rows that stand for what is not known, such as a sample of the training rows.
    output : {'prediction', 'margin'}, default='prediction'
        Probabilities and numbers as predicted; or ln p / (1 - p) of two classes and ln p of more.
    exact : bool, default=False
        Whether all coalitions are met, which takes 2^d steps of d columns that differ.
    tolerance : float, optional
        The largest standard error that is good enough, in units of the output: rows whose values
        have a larger one go on until they do not.
    max_background : int, default=100
        Of a larger background so many rows are drawn.
    n_jobs : int, optional
        Threads; None takes the cores that the process may use. Results do not depend on it.
    random_state : int, RandomState instance or None, default=0
        Of the orders, and of the background rows that are drawn.

    Attributes
    ----------
    background_ : array of int
        The numbers of the background rows that are used.
    base_values_ : array of shape (n_outputs,)
        Their mean prediction.

    Raises
    ------
    InputError
        A ValueError: for a background without rows, or with other columns than the model's.
    TypeError
        For a model of another kind.

    Examples
    --------
    >>> import pandas as pd
    >>> from rosenblatt import TableRegressor
    >>> from rosenblatt.explain import ShapExplainer
    >>> df = pd.DataFrame({"room": ["bath", "hall"] * 50, "area": range(100)})
    >>> price = df["area"] * 10 + df["room"].eq("bath") * 200
    >>> reg = TableRegressor("fast", random_state=0).fit(df, price)
    >>> why = ShapExplainer(reg, df)(df.head(3))
    >>> why.feature_names
    ('room', 'area')
    >>> bool(abs(why.base_values + why.values.sum(axis=1) - reg.predict(df.head(3))).max() < 1e-2)
    True
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "exact": ["boolean"],
        "tolerance": [None, Interval(Real, 0, 1e100, closed="neither")],
        "max_background": [Interval(Integral, 1, None, closed="left")],
        "n_jobs": [None, Integral],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        model: Any,
        background: Any,
        *,
        output: Literal["prediction", "margin"] = "prediction",
        exact: bool = False,
        tolerance: float | None = None,
        max_background: int = 100,
        n_jobs: int | None = None,
        random_state: Any = 0,
    ) -> None:
        given = {
            "exact": exact,
            "tolerance": tolerance,
            "max_background": max_background,
            "n_jobs": n_jobs,
            "random_state": random_state,
        }
        check_parameters(type(self).__name__, self._parameter_constraints, given)
        if not isinstance(output, str) or output not in ("prediction", "margin"):
            raise ValueError(f"output={brief(output)} is neither 'prediction' nor 'margin'")
        self._subject = subject_of(model)
        self._effort = Effort(exact, tolerance)
        self._seed = int(check_random_state(random_state).randint(2**31))
        explained = self._subject.output(margins=output == "margin")
        rows = self._subject.features(background)
        if not len(rows):
            raise InputError("the background has no rows: give some of the training's")
        self.background_: IntArray = drawn(len(rows), int(max_background), self._seed)
        self._background = rows[self.background_]
        members = self._subject.model.members
        groups = [[member] for member in members] if explained.is_mean else [members]
        with np.errstate(over="ignore", invalid="ignore"):  # told with the values
            self._games = [
                Game(group, explained, self._subject.columns, self._background, n_jobs)
                for group in groups
            ]
            self.base_values_ = self._of(self._background).mean(axis=0)

    def __call__(self, X: Any, *, report: Callable[[int, int], None] | None = None) -> Explanation:
        """The values of all columns of some rows.

        Parameters
        ----------
        X : as the model's
            Missing cells are values as others are.
        report : callable, optional
            Called as rows are done, with how many are and how many there are.

        Raises
        ------
        InputError
            For rows with other columns, and where `exact` asks for more than 2^20 coalitions.
        """
        subject = self._subject
        features = subject.features(X)
        if not len(features):
            raise InputError("there are no rows to explain")
        with np.errstate(over="ignore", invalid="ignore"):
            estimate = shapley_values(
                self._games,
                subject.columns,
                features,
                self._background,
                self._effort,
                np.random.default_rng(self._seed),
                report,
            )
        values, errors = estimate.values, np.sqrt(estimate.squares)
        base = np.tile(self.base_values_, (len(features), 1))
        if values.shape[2] == 1:
            values, errors, base = values[:, :, 0], errors[:, :, 0], base[:, 0]
        explanation = Explanation(
            values, base, subject.cells(X), subject.names, subject.output_names, errors
        )
        explanation.warn_of_overflow()
        return explanation

    def _of(self, features: FloatArray) -> FloatArray:
        mean: FloatArray = np.mean([game.of(features) for game in self._games], axis=0)
        return mean


def drawn(n: int, most: int, seed: int) -> IntArray:
    """Numbers of at most so many of n rows, in their order."""
    if n <= most:
        return np.arange(n)
    return np.sort(np.random.default_rng(seed).choice(n, most, replace=False))
