"""`MLPRegressor`: scikit-learn's, on our own engine."""

from __future__ import annotations

from typing import Any, ClassVar, Literal, Self, final

import numpy as np
import numpy.typing as npt
from sklearn.base import RegressorMixin
from sklearn.metrics import r2_score
from sklearn.utils import column_or_1d
from sklearn.utils._param_validation import StrOptions
from sklearn.utils.metaestimators import available_if

from rosenblatt.engine import Form
from rosenblatt.estimators.base import BaseMLP
from rosenblatt.estimators.names import REGRESSION_LOSSES
from rosenblatt.losses import Loss
from rosenblatt.normalizations import Normalization
from rosenblatt.types import FloatArray

__all__ = ["MLPRegressor"]


@final
class MLPRegressor(RegressorMixin, BaseMLP):
    """Multi-layer perceptron for regression, with one output or several.

    Every parameter of scikit-learn 1.9's MLPRegressor, in its order and with its defaults and
    meaning, and after them our own, keyword-only; same seed and float64, same `loss_curve_`.

    Parameters
    ----------
    loss : {'squared_error', 'poisson'}, default='squared_error'
        Half the squared error (theory L1), or half the Poisson deviance with a log link (L18),
        which needs targets ≥ 0.
    hidden_layer_sizes, activation, solver, alpha, batch_size, learning_rate, learning_rate_init, \
power_t, max_iter, shuffle, random_state, tol, verbose, warm_start, momentum, nesterovs_momentum, \
early_stopping, validation_fraction, beta_1, beta_2, epsilon, n_iter_no_change, max_fun, dtype, \
n_jobs, scoring, dropout, residual, normalization, input_noise
        As in `MLPClassifier`. Early stopping watches R².

    Attributes
    ----------
    coefs_, intercepts_, loss_, loss_curve_, best_loss_, validation_scores_, \
best_validation_score_, history_, stop_reason_, parameters_, model_, t_, n_iter_, n_features_in_, \
feature_names_in_, n_layers_, n_outputs_
        As in `MLPClassifier`; scores are R².
    out_activation_ : str
        'identity', or 'exp' for the Poisson loss.

    Notes
    -----
    With several outputs the gradient is that of the summed squared errors, while the losses
    reported average over outputs: both as in scikit-learn. L-BFGS minimises the sum, whose gradient
    it is given; scikit-learn hands it the average with the gradient of the sum.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from sklearn.preprocessing import scale
    >>> from rosenblatt import MLPRegressor
    >>> X, y = load_diabetes(return_X_y=True)
    >>> reg = MLPRegressor(hidden_layer_sizes=8, solver="lbfgs", alpha=1.0, random_state=0)
    >>> bool(reg.fit(scale(X), scale(y)).score(scale(X), scale(y)) > 0.5)
    True
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **BaseMLP._parameter_constraints,
        "loss": [StrOptions(set(REGRESSION_LOSSES))],
    }

    _takes_numeric_targets = True

    def __init__(
        self,
        loss: str = "squared_error",
        hidden_layer_sizes: Any = (100,),
        activation: str = "relu",
        *,
        solver: str = "adam",
        alpha: float = 0.0001,
        batch_size: int | Literal["auto"] = "auto",
        learning_rate: str = "constant",
        learning_rate_init: float = 0.001,
        power_t: float = 0.5,
        max_iter: int = 200,
        shuffle: bool = True,
        random_state: Any = None,
        tol: float = 1e-4,
        verbose: bool | int | Literal["bar"] = False,
        warm_start: bool = False,
        momentum: float = 0.9,
        nesterovs_momentum: bool = True,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        n_iter_no_change: float = 10,
        max_fun: int = 15000,
        dtype: Any = None,
        n_jobs: int | None = None,
        scoring: Literal["loss"] | None = None,
        dropout: Any = 0.0,
        residual: bool = False,
        normalization: Literal["batch", "layer"] | Normalization | None = None,
        input_noise: float = 0.0,
    ) -> None:
        self._keep(locals())

    def predict(self, X: Any) -> FloatArray:
        """Predictions, shape (n_samples,) or (n_samples, n_outputs)."""
        return self._predictions(X)

    @available_if(lambda self: self._has_epochs())  # type: ignore[untyped-decorator]
    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """One epoch over the rows given, from the weights and the momentum of the last call."""
        self._validate_params()
        return self._fit(X, y, sample_weight, (None, None, None), incremental=True)

    def _check_targets(self, y: Any, incremental: bool) -> None:
        self._check_validation_targets(y)

    def _check_validation_targets(self, y: Any) -> None:
        if self.loss == "poisson" and (np.asarray(y) < 0).any():
            raise ValueError("Some value(s) of y are negative, which the Poisson loss cannot take.")

    def _encode_targets(self, y: Any, dtype: npt.DTypeLike) -> FloatArray:
        if y.ndim == 2 and y.shape[1] == 1:
            y = column_or_1d(y, warn=True)
        encoded: FloatArray = np.ascontiguousarray(y, dtype=dtype)
        return encoded if encoded.ndim == 2 else encoded[:, None]

    def _loss(self, p_min: float = 0.0) -> Loss:
        return REGRESSION_LOSSES[self.loss].loss

    def _n_units_out(self, y: FloatArray) -> int:
        return y.shape[1]

    def _out_activation(self) -> str:
        return REGRESSION_LOSSES[self.loss].out_activation

    def _form(self) -> Form:
        return Form.FLAT if self.n_outputs_ == 1 else Form.COLUMNS

    def _reported_loss(self, data_loss: float) -> float:
        averages = REGRESSION_LOSSES[self.loss].averages_outputs
        return data_loss / self.n_outputs_ if averages else data_loss

    def _prediction_score(
        self, prediction: FloatArray, y: FloatArray, weights: FloatArray | None
    ) -> float:
        return float(r2_score(y, prediction, sample_weight=weights))

    def _strata(self, y: FloatArray) -> npt.NDArray[Any] | None:
        return None
