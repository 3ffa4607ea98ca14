"""`MLPRegressor`: scikit-learn's interface on this library's engine."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Literal, Self, final

from sklearn.neural_network import MLPRegressor as SklearnMLPRegressor
from sklearn.utils.metaestimators import available_if

from rosenblatt.averaging import EMA, SWA
from rosenblatt.callbacks import EpochEnd
from rosenblatt.checkpoints import Checkpoint
from rosenblatt.estimators.base import BaseMLP
from rosenblatt.estimators.number_predictions import NumberPredictions
from rosenblatt.fitting.number_targets import NumberTargets
from rosenblatt.fitting.targets import TargetCodec
from rosenblatt.losses import Loss
from rosenblatt.normalizations import Normalization
from rosenblatt.schedules import RateRule

__all__ = ["MLPRegressor"]


@final
class MLPRegressor(NumberPredictions, BaseMLP):
    """Multi-layer perceptron for regression, with one output or several.

    It has every parameter of scikit-learn 1.9's MLPRegressor, in the same order, with the same
    defaults and meaning; further parameters are keyword-only. With the same `random_state` and
    float64 input it has the same `loss_curve_`.

    Parameters
    ----------
    loss : str or Loss, default='squared_error'
        The loss, by name or as an object of `rosenblatt.losses`:

        - 'squared_error': half the squared error (theory L1).
        - 'poisson': half the Poisson deviance with a log link (L18), for targets ≥ 0.
        - 'huber', `Huber(delta=1.0)`: quadratic in errors up to `delta` and linear beyond, so that
          the gradient of an outlier is bounded (L6).
        - 'log_cosh': similar, but smooth.
        - 'absolute_error': predicts the median.
        - 'quantile', `Quantile(levels=(0.5,))`: quantiles of y given x. With several levels
          `predict` returns a column for each; the quantiles may cross.

        - 'gaussian', 'mixture' (`GaussianMixture(components=3)`), and of counts
          'negative_binomial': the negative log likelihood of a distribution whose spread depends on
          x too (L19 to L21); `predict` gives its mean, `predict_distribution` all of it.

        A user-defined loss, derived from `rosenblatt.losses.Loss`, trains on the reference engine.
    hidden_layer_sizes, activation, solver, alpha, batch_size, learning_rate, learning_rate_init, \
power_t, max_iter, shuffle, random_state, tol, verbose, warm_start, momentum, nesterovs_momentum, \
early_stopping, validation_fraction, beta_1, beta_2, epsilon, n_iter_no_change, max_fun, l1, \
max_norm, averaging, clip_norm, clip_value, grad_tol, max_time, scoring, n_jobs, \
deterministic, dtype, dropout, residual, normalization, input_noise, initializer, callbacks, \
checkpoint, on_divergence
        As in `MLPClassifier`. Early stopping monitors R², or `score` for a quantile loss.
        'lm' and 'gauss_newton' minimise the squared error.

    Attributes
    ----------
    coefs_, intercepts_, loss_, loss_curve_, best_loss_, validation_loss_curve_, \
validation_scores_, best_validation_score_, best_iteration_, history_, stop_reason_, \
parameters_, model_, t_, n_iter_, n_features_in_, feature_names_in_, n_layers_, n_outputs_
        As in `MLPClassifier`; scores are R², or `score` for a quantile loss. `n_outputs_` counts
        every target once for each quantile level, or for each number of its distribution.
    targets_ : rosenblatt.fitting.number_targets.NumberTargets
        The number of targets, and the loss that was minimised.
    out_activation_ : str
        'identity', 'exp' for the Poisson loss, or the class name of a user-defined loss.

    Notes
    -----
    With several outputs the gradient is that of the squared errors summed over outputs, while the
    reported loss is their mean: both as in scikit-learn. Losses that scikit-learn lacks are
    reported as the sum that is minimised. L-BFGS receives the sum and its gradient; in
    scikit-learn it receives the mean and the gradient of the sum.

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

    @available_if(lambda self: self._has_partial_fit())  # type: ignore[untyped-decorator]
    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Train one epoch on these rows, from the weights and optimiser state of the last call."""
        self._validate_params()
        return self._fit(X, y, sample_weight, incremental=True)

    def _target_options(self) -> dict[str, Any]:
        return {"loss": self.loss}

    def _learn_targets(self, y: Any) -> NumberTargets:
        return NumberTargets.learn(y, self.loss)

    def _continue_targets(self, known: TargetCodec, y: Any) -> NumberTargets:
        return self._learn_targets(y)  # new numbers are no contradiction to known ones

    def _targets_of_peer(self, fitted: Any) -> NumberTargets:
        return NumberTargets(fitted.n_outputs_, self.loss)
