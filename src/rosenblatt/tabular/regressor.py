"""`TableRegressor`: a data frame goes in, numbers come out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, NoReturn, final

import numpy as np
import numpy.typing as npt
from sklearn.base import RegressorMixin
from sklearn.utils._param_validation import StrOptions

from rosenblatt.array_checks import check_array, column_or_1d
from rosenblatt.distributions import Distribution, distribution_of, weighted_mean
from rosenblatt.errors import InputError
from rosenblatt.fitting.r_squared import r_squared
from rosenblatt.losses import Loss
from rosenblatt.support.coverage import checked_coverage
from rosenblatt.support.listing import shortened
from rosenblatt.support.plain_values import even_rows, is_missing, plain_values
from rosenblatt.support.types import Float64Array, FloatArray
from rosenblatt.table import ColumnKind, NumberTarget
from rosenblatt.table.target import AnyTarget
from rosenblatt.tabular.base import BaseTable
from rosenblatt.tabular.inputs import kind_of
from rosenblatt.tabular.learned import Learned
from rosenblatt.tabular.networks import NetworkFamily
from rosenblatt.tabular.number_losses import number_loss
from rosenblatt.tabular.preset import (
    DEFAULT,
    EXTRAPOLATIONS,
    NUMBER_LOSSES,
    QUANTILES,
    Preset,
)
from rosenblatt.tabular.rows import TrainingRows
from rosenblatt.uncertainty import IntervalCalibration, quantiles_of

__all__ = ["TableRegressor"]

SMALLEST_SCALE = 1e-150  # whose square is a number yet


@final
class TableRegressor(RegressorMixin, BaseTable):
    """Numbers from a table of mixed columns, without choosing layers.

    As `TableClassifier`; the networks minimise the error of the number or of its logarithm,
    whichever predicts better. Predictions stay within the range of the training rows, unless
    they go on linearly.

    Parameters
    ----------
    preset, network, time_limit, columns, monotonic_cst, extrapolation, n_jobs, random_state,
    verbose
        As in `TableClassifier`, of the number in place of the probability. With linear
        extrapolation no logarithm is learnt.
    loss : str or Loss, default='squared_error'
        What the networks minimise, by name or as an object of `rosenblatt.losses`:

        - 'squared_error', and 'absolute_error', which predicts medians that outliers do not move.
        - 'gaussian', 'mixture' (`GaussianMixture(components=3)`): a distribution for each row
          (theory L19, L21), see `predict_distribution`; `predict` gives its mean.
        - 'poisson', 'negative_binomial': the same of counts (L18, L20).
        - 'quantile': the levels `quantiles`, see `predict_quantile`; `predict` gives the median.
    quantiles : tuple of float, default=(0.1, 0.5, 0.9)
        Levels of 'quantile'; the median is always learnt as well.

    Attributes
    ----------
    validation_score_ : float
        R² on rows that the networks in question have not seen; NaN without two of them.
    columns_, directions_, encoder_, network_, history_, n_features_in_, feature_names_in_
        As in `TableClassifier`.

    Examples
    --------
    >>> import pandas as pd
    >>> from rosenblatt import TableRegressor
    >>> df = pd.DataFrame({"room": ["bath", "hall"] * 50, "area": range(100)})
    >>> df["price"] = df["area"] * 10 + df["room"].eq("bath") * 200
    >>> reg = TableRegressor("fast", random_state=0).fit(df, target="price")
    >>> reg.predict(df).shape
    (100,)
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **BaseTable._parameter_constraints,
        "loss": [StrOptions(set(NUMBER_LOSSES)), Loss],
        "quantiles": ["array-like"],
    }

    def __init__(
        self,
        preset: str | Preset = DEFAULT,
        *,
        network: str | NetworkFamily | None = None,
        loss: str | Loss = NUMBER_LOSSES[0],
        quantiles: Sequence[float] = QUANTILES,
        time_limit: float | None = None,
        columns: Mapping[str, ColumnKind | str] | None = None,
        monotonic_cst: Mapping[str, int] | npt.ArrayLike | None = None,
        extrapolation: str = EXTRAPOLATIONS[0],
        n_jobs: int | None = None,
        random_state: Any = None,
        verbose: bool | int = False,
    ) -> None:
        super().__init__(
            preset,
            network=network,
            time_limit=time_limit,
            columns=columns,
            monotonic_cst=monotonic_cst,
            extrapolation=extrapolation,
            n_jobs=n_jobs,
            random_state=random_state,
            verbose=verbose,
        )
        self.loss = loss
        self.quantiles = quantiles

    @property
    def _loss(self) -> Loss:
        return number_loss(self.loss, self.quantiles)

    def predict(self, X: Any) -> FloatArray:
        """Predicted numbers in the target's own units, shape (n_rows,).

        Means; medians of the losses 'absolute_error' and 'quantile'.
        """
        target = self.encoding_.target if hasattr(self, "encoding_") else None
        scores = self._predicted(X)
        assert isinstance(target, NumberTarget)
        points = self.network_.loss.point(scores)
        return target.restore(points[:, 0].astype(np.float64))

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """R² of the predictions, as scikit-learn's `r2_score` gives it."""
        with plain_values(y=y, sample_weight=sample_weight):
            return r_squared(y, self.predict(X), sample_weight)

    def predict_distribution(self, X: Any) -> Distribution:
        """The distribution of the number of each row (theory U6).

        The networks are mixed: what they disagree in adds to the spread. Unlike `predict` it is not
        held to the range of the training rows.

        Parameters
        ----------
        X : data frame or array-like
            As in `predict`.

        Returns
        -------
        Distribution
            With `mean`, `variance`, `quantile(q)`, `cdf(y)`, `log_prob(y)` and `sample(rng)`, one
            value for each row, in the target's own unit.

        Raises
        ------
        InputError
            If the loss is not the likelihood of a distribution.
        """
        features, target = self._features(X), self.encoding_.target
        assert isinstance(target, NumberTarget)
        scores = [member.scores(features) for member in self.network_.members]
        return distribution_of(self.network_.loss, scores, target.mean, target.scale, X=features)

    def predict_quantile(self, X: Any, q: float) -> Float64Array:
        """The q-quantile of each row's number, shape (n_rows,).

        Of a distribution any q between 0 and 1; of the loss 'quantile' those between the levels
        that were learnt, on straight lines from level to level.

        Raises
        ------
        InputError
            If `q` is none of them, or the loss predicts neither.
        """
        q = checked_coverage(q, "q")
        features, target = self._features(X), self.encoding_.target
        assert isinstance(target, NumberTarget)
        return quantiles_of(self.network_, target, features, q)

    def log_likelihood(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """The mean over the rows of ln p(y), in the target's own unit: the larger, the better.

        Raises
        ------
        InputError
            As of `predict_distribution`.
        """
        each = self.predict_distribution(X).log_prob(self._checked(y))
        return weighted_mean(each, sample_weight)

    def predict_interval(self, X: Any, coverage: float = 0.9) -> Float64Array:
        """Intervals that hold the number of a new row with a given probability (theory U1, U2).

        Conformal: as wide as the errors of the training rows by networks that had not learnt from
        them, or of `X_val`. That holds for rows like those of the training on average, not for
        each kind of row alone.

        Parameters
        ----------
        X : data frame or array-like
            As in `predict`.
        coverage : float, default=0.9
            The probability, between 0 and 1.

        Returns
        -------
        array of shape (n_rows, 2)
            Lower and upper ends in the target's units, within the range of the training; infinite
            where there were too few rows for so large a coverage.

        Raises
        ------
        InputError
            If `coverage` is none, or the model has no scores of rows outside its training.
        """
        return self._bounds(X, checked_coverage(coverage))

    def predict_set(self, X: Any, coverage: float = 0.9) -> NoReturn:
        """Refused: sets are of classes; see `predict_interval`."""
        raise InputError("a regressor predicts numbers: its intervals come from predict_interval")

    def _bounds(self, X: Any, coverage: float) -> Float64Array:
        calibration = self._calibrated()
        features, target = self._features(X), self.encoding_.target
        assert isinstance(calibration, IntervalCalibration)
        assert isinstance(target, NumberTarget)
        points = self.network_.loss.point(self.network_.predict(features))
        predicted = points[:, 0].astype(np.float64)
        return calibration.bounds(target, features, predicted, coverage)

    def _checked(self, y: npt.NDArray[Any]) -> npt.NDArray[Any]:
        with even_rows(y=y):
            y = column_or_1d(y, warn=True)
        if y.dtype == object:
            y = np.array([np.nan if is_missing(value) else value for value in y])
        if y.dtype.kind in "US" and not are_numbers(y):
            raise InputError(
                f"the target has texts, such as {shortened(str(y[0]))!r}, and a regressor predicts"
                " numbers: take TableClassifier"
            )
        if y.dtype.kind in "mMV" or not (y.dtype.kind == "c" or are_numbers(y)):
            raise InputError(
                f"the target has values of the type {kind_of(y)}, and a regressor predicts numbers:"
                " give numbers, such as days since the first date"
            )
        # Sums of numbers that are finite may overflow.
        with even_rows(y=y), np.errstate(over="ignore", invalid="ignore"):
            checked: npt.NDArray[Any] = check_array(
                y,
                dtype=np.float64,
                ensure_2d=False,
                input_name="y",
                estimator=self,
                ensure_min_samples=0,
            )
        return checked

    def _learn_target(self, name: str, y: npt.NDArray[Any]) -> AnyTarget:
        with np.errstate(over="ignore", invalid="ignore"):
            scale = float(y.std())
        is_constant = bool(y.min() == y.max())
        if not (np.isfinite(scale) and (scale > SMALLEST_SCALE or is_constant)):
            raise InputError(
                f"the numbers of the target {name!r} differ too little or too much to be scaled:"
                " choose another unit"
            )
        return NumberTarget(name, 0.0, 1.0, "")

    def _encode_target(self, target: AnyTarget, y: npt.NDArray[Any]) -> npt.NDArray[Any]:
        return y

    def _score(self, learned: Learned | None, rows: TrainingRows) -> None:
        self.validation_score_ = float("nan")
        if learned is None:
            return
        known = learned.known
        y, weights = rows.targets(known)
        assert isinstance(learned.target, NumberTarget)
        predicted = learned.target.restore(learned.outside[known, 0])
        if len(y) > 1:
            self.validation_score_ = r_squared(y, predicted, weights)


def are_numbers(values: npt.NDArray[Any]) -> bool:
    try:
        with np.errstate(over="ignore"):
            values.astype(np.float64)
    except (TypeError, ValueError, OverflowError):
        return False
    return True
