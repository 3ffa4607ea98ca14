"""`MLPRegressor`: scikit-learn's, on our own engine."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Literal, Self, final

from sklearn.base import RegressorMixin
from sklearn.metrics import r2_score
from sklearn.neural_network import MLPRegressor as SklearnMLPRegressor
from sklearn.utils.metaestimators import available_if

from rosenblatt.averaging import EMA, SWA
from rosenblatt.callbacks import EpochEnd
from rosenblatt.checkpoints import Checkpoint
from rosenblatt.engine import OutputFormat
from rosenblatt.estimators.base import BaseMLP
from rosenblatt.fitting.number_targets import NumberTargets
from rosenblatt.fitting.targets import TargetCodec
from rosenblatt.losses import Loss
from rosenblatt.normalizations import Normalization
from rosenblatt.schedules import RateRule
from rosenblatt.support.types import FloatArray

__all__ = ["MLPRegressor"]


@final
class MLPRegressor(RegressorMixin, BaseMLP):
    """Multi-layer perceptron for regression, with one output or several.

    Every parameter of scikit-learn 1.9's MLPRegressor, in its order and with its defaults and
    meaning, and after them our own, keyword-only; same seed and float64, same `loss_curve_`.

    Parameters
    ----------
    loss : str or Loss, default='squared_error'
        What is minimised, by name or as an object of `rosenblatt.losses`:

        - 'squared_error': half the squared error (theory L1).
        - 'poisson': half the Poisson deviance with a log link (L18), for targets ≥ 0.
        - 'huber', `Huber(delta=1.0)`: the squared error near 0, the absolute one from `delta` on,
          so that a wild target pulls no harder than one at `delta` (L6).
        - 'log_cosh': much the same without a corner.
        - 'absolute_error': the median.
        - 'quantile', `Quantile(levels=(0.5,))`: quantiles of y given x. With several levels
          `predict` returns one column for each, and nothing forbids them to cross.

        A loss of your own, derived from `rosenblatt.losses.Loss`, trains on the readable engine.
    hidden_layer_sizes, activation, solver, alpha, batch_size, learning_rate, learning_rate_init, \
power_t, max_iter, shuffle, random_state, tol, verbose, warm_start, momentum, nesterovs_momentum, \
early_stopping, validation_fraction, beta_1, beta_2, epsilon, n_iter_no_change, max_fun, l1, \
max_norm, averaging, clip_norm, clip_value, grad_tol, max_time, scoring, n_jobs, \
deterministic, dtype, dropout, residual, normalization, input_noise, initializer, callbacks, \
checkpoint, on_divergence
        As in `MLPClassifier`. Early stopping watches R², or `score` for a quantile loss. The
        squared error can be minimised by 'lm' and 'gauss_newton' as well.

    Attributes
    ----------
    coefs_, intercepts_, loss_, loss_curve_, best_loss_, validation_loss_curve_, \
validation_scores_, best_validation_score_, best_iteration_, history_, stop_reason_, \
parameters_, model_, t_, n_iter_, n_features_in_, feature_names_in_, n_layers_, n_outputs_
        As in `MLPClassifier`; scores are R², or `score` for a quantile loss. `n_outputs_` counts
        a target once for each of its levels.
    targets_ : rosenblatt.fitting.number_targets.NumberTargets
        The number of targets, and the loss that was minimised.
    out_activation_ : str
        'identity', 'exp' for the Poisson loss, or the name of a loss of your own.

    Notes
    -----
    With several outputs the gradient is that of the summed squared errors, while the losses
    reported average over outputs: both as in scikit-learn. Losses that scikit-learn has not are
    reported as they are minimised, summed over outputs. L-BFGS minimises the sum, whose gradient
    it is given; scikit-learn hands it the average with the gradient of the sum.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from sklearn.preprocessing import scale
    >>> from rosenblatt import MLPRegressor
    >>> X, y = load_diabetes(return_X_y=True)
    >>> reg = MLPRegressor(hidden_layer_sizes=8, solver="lbfgs", max_iter=500, random_state=0)
    >>> bool(reg.fit(scale(X), scale(y)).score(scale(X), scale(y)) > 0.5)
    True
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **BaseMLP._parameter_constraints,
        "loss": [str, Loss],
    }

    loss: str | Loss
    targets_: NumberTargets

    _numeric_targets = True
    _peer = SklearnMLPRegressor

    def __init__(
        self,
        loss: str | Loss = "squared_error",
        hidden_layer_sizes: Any = (100,),
        activation: Any = "relu",
        *,
        solver: Any = "adam",
        alpha: float = 0.0001,
        batch_size: int | Literal["auto"] = "auto",
        learning_rate: str | RateRule = "constant",
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
        l1: float = 0.0,
        max_norm: float | None = None,
        averaging: Literal["ema", "swa"] | EMA | SWA | None = None,
        clip_norm: float | None = None,
        clip_value: float | None = None,
        grad_tol: float | None = None,
        max_time: float | None = None,
        scoring: str | Callable[..., float] | None = None,
        n_jobs: int | None = None,
        deterministic: bool = False,
        dtype: Any = None,
        dropout: Any = 0.0,
        residual: bool = False,
        normalization: Literal["batch", "layer"] | Normalization | None = None,
        input_noise: float = 0.0,
        initializer: Any = None,
        callbacks: Sequence[Callable[[EpochEnd], Any]] | None = None,
        checkpoint: str | os.PathLike[str] | Checkpoint | None = None,
        on_divergence: Literal["raise", "restore"] = "raise",
    ) -> None:
        self._keep(locals())

    def predict(self, X: Any) -> FloatArray:
        """Predictions, shape (n_samples,) or (n_samples, n_targets).

        Where the loss has several quantile levels they are the last axis: (n_samples, n_levels),
        or (n_samples, n_targets, n_levels).
        """
        prediction, targets = self._predictions(X), self._fitted_targets
        return prediction if targets is None else targets.predicted(prediction)

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """R² of the predictions, or for a quantile loss D² of the pinball loss.

        D² is the share of the loss that the best constant leaves which the network takes away
        (`sklearn.metrics.d2_pinball_score`), averaged over the levels: 1 at best, 0 for a constant.
        R² would hold predictions of a quantile against a mean that they do not aim at.
        """
        prediction, targets = self._predictions(X), self._fitted_targets
        if targets is None:
            return float(r2_score(y, prediction, sample_weight=sample_weight))
        return targets.score(prediction, y, sample_weight)

    @property
    def _fitted_targets(self) -> NumberTargets | None:
        """None where the weights were set by hand."""
        return getattr(self, "targets_", None)

    @available_if(lambda self: self._has_partial_fit())  # type: ignore[untyped-decorator]
    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """One epoch over the rows given, from the weights and the momentum of the last call."""
        self._validate_params()
        return self._fit(X, y, sample_weight, incremental=True)

    def _form(self) -> OutputFormat:
        return OutputFormat.FLAT if self.n_outputs_ == 1 else OutputFormat.COLUMNS

    def _target_options(self) -> dict[str, Any]:
        return {"loss": self.loss}

    def _learn_targets(self, y: Any) -> NumberTargets:
        return NumberTargets.learn(y, self.loss)

    def _continue_targets(self, known: TargetCodec, y: Any) -> NumberTargets:
        return self._learn_targets(y)  # numbers need not be the same

    def _targets_of_peer(self, fitted: Any) -> NumberTargets:
        return NumberTargets(fitted.n_outputs_, self.loss)
