"""Predictions of numbers."""

from __future__ import annotations

from typing import Any

from sklearn.base import RegressorMixin

from rosenblatt.distributions import Distribution, distribution_of, has_distribution, weighted_mean
from rosenblatt.engine import OutputFormat
from rosenblatt.errors import InputError
from rosenblatt.estimators.fitted import FittedMLP
from rosenblatt.fitting.number_targets import NumberTargets
from rosenblatt.fitting.r_squared import r_squared
from rosenblatt.support.plain_values import plain_values
from rosenblatt.support.types import FloatArray

__all__ = ["NumberPredictions"]


class NumberPredictions(RegressorMixin, FittedMLP):
    """A fitted network whose outputs are numbers."""

    targets_: NumberTargets

    def predict(self, X: Any) -> FloatArray:
        """Predictions, shape (n_samples,) or (n_samples, n_targets).

        Several quantile levels are the last axis: (n_samples, n_levels), or
        (n_samples, n_targets, n_levels). Of a distribution they are the means.
        """
        prediction, targets = self._predictions(X), self._fitted_targets
        return prediction if targets is None else targets.predicted(prediction)

    def predict_distribution(self, X: Any) -> Distribution:
        """The distribution of the target of each row, of a loss that is its likelihood (theory U6).

        Returns
        -------
        rosenblatt.distributions.Distribution
            With `mean`, `variance`, `quantile(q)`, `cdf(y)`, `log_prob(y)` and `sample(rng)`, one
            value for each row.

        Raises
        ------
        InputError
            If the loss is of no distribution, or there are several targets.
        """
        X = self._checked_rows(X)
        loss = self.model_.loss
        if has_distribution(loss) and self.n_outputs_ != loss.outputs_per_target:
            raise InputError(
                "a distribution is of one number, and there are several targets: fit an estimator"
                " to each"
            )
        return distribution_of(loss, [self.model_.scores(X)], X=X)

    def log_likelihood(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """The mean over the rows of ln p(y): the larger, the better. Raises as above."""
        each = self.predict_distribution(X).log_prob(y)
        return weighted_mean(each, sample_weight)

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """R² of the predictions, or for a quantile loss D² of the pinball loss.

        D² is 1 minus the ratio of the loss to that of the best constant
        (`sklearn.metrics.d2_pinball_score`), averaged over the levels: 1 at best, 0 for a constant.
        R² would compare predictions of a quantile with the mean.
        """
        prediction, targets = self._predictions(X), self._fitted_targets
        with plain_values(y=y, sample_weight=sample_weight):
            if targets is None:
                return r_squared(y, prediction, sample_weight)
            return targets.score(prediction, y, sample_weight)

    @property
    def _fitted_targets(self) -> NumberTargets | None:
        """None where the weights were set by hand."""
        return getattr(self, "targets_", None)

    def _form(self) -> OutputFormat:
        return OutputFormat.FLAT if self.n_outputs_ == 1 else OutputFormat.COLUMNS
