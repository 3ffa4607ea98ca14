"""`TableRegressor`: a data frame goes in, numbers come out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, NoReturn, final

import numpy as np
import numpy.typing as npt
from sklearn.base import RegressorMixin
from sklearn.metrics import r2_score
from sklearn.utils._param_validation import StrOptions
from sklearn.utils.validation import check_array, column_or_1d

from rosenblatt.errors import InputError
from rosenblatt.support.coverage import checked_coverage
from rosenblatt.support.plain_values import plain_values
from rosenblatt.support.types import Float64Array, FloatArray
from rosenblatt.table import ColumnKind, NumberTarget
from rosenblatt.table.target import AnyTarget
from rosenblatt.tabular.base import BaseTable
from rosenblatt.tabular.inputs import is_missing
from rosenblatt.tabular.learned import Learned
from rosenblatt.tabular.networks import NetworkFamily
from rosenblatt.tabular.preset import DEFAULT, NUMBER_LOSSES, Preset
from rosenblatt.tabular.rows import TrainingRows
from rosenblatt.tabular.shape import EXTRAPOLATIONS
from rosenblatt.uncertainty import IntervalCalibration

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
    loss : {'squared_error', 'absolute_error'}, default='squared_error'
        What the networks minimise: the latter predicts medians, which outliers do not move.

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
        "loss": [StrOptions(set(NUMBER_LOSSES))],
    }

    def __init__(
        self,
        preset: str | Preset = DEFAULT,
        *,
        network: str | NetworkFamily | None = None,
        loss: str = NUMBER_LOSSES[0],
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

    @property
    def _loss(self) -> str:
        return self.loss

    def predict(self, X: Any) -> FloatArray:
        """Predicted numbers in the target's own units, shape (n_rows,)."""
        target = self.encoding_.target if hasattr(self, "encoding_") else None
        scores = self._predicted(X)
        assert isinstance(target, NumberTarget)
        return target.restore(scores[:, 0].astype(np.float64))

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """R² of the predictions, as scikit-learn's `r2_score` gives it."""
        with plain_values(y=y, sample_weight=sample_weight):
            return float(super().score(X, y, sample_weight))

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
        predicted = self.network_.predict(features)[:, 0].astype(np.float64)
        return calibration.bounds(target, features, predicted, coverage)

    def _checked(self, y: npt.NDArray[Any]) -> npt.NDArray[Any]:
        y = column_or_1d(y, warn=True)
        if y.dtype == object:
            y = np.array([np.nan if is_missing(value) else value for value in y])
        if y.dtype.kind in "US" and not are_numbers(y):
            raise InputError(
                f"the target has texts, such as {str(y[0])!r}, and a regressor predicts numbers:"
                " take TableClassifier"
            )
        with np.errstate(over="ignore", invalid="ignore"):  # sums of numbers that are finite
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
            self.validation_score_ = float(r2_score(y, predicted, sample_weight=weights))


def are_numbers(texts: npt.NDArray[Any]) -> bool:
    try:
        texts.astype(np.float64)
    except ValueError:
        return False
    return True
