"""`ConvNetRegressor`: numbers that pictures stand for."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Literal, Self, final

from rosenblatt.averaging import EMA, SWA
from rosenblatt.callbacks import EpochEnd
from rosenblatt.checkpoints import Checkpoint
from rosenblatt.estimators.number_predictions import NumberPredictions
from rosenblatt.fitting.number_targets import NumberTargets
from rosenblatt.fitting.targets import TargetCodec
from rosenblatt.losses import Loss
from rosenblatt.network import Augmentation, Layer
from rosenblatt.pictures.base import CONVOLUTIONAL, LAYERS, BaseConvNet
from rosenblatt.schedules import RateRule

__all__ = ["ConvNetRegressor"]


@final
class ConvNetRegressor(NumberPredictions, BaseConvNet):
    """Convolutional network for one number, or several, of each picture.

    Parameters
    ----------
    layers, image_shape, augmentation, activation
        As for `ConvNetClassifier`.
    loss : str or Loss, default='squared_error'
        As for `MLPRegressor`.
    solver, alpha, batch_size, learning_rate, learning_rate_init, power_t, max_iter, shuffle, \
random_state, tol, verbose, warm_start, momentum, nesterovs_momentum, early_stopping, \
validation_fraction, beta_1, beta_2, epsilon, n_iter_no_change, max_fun, l1, averaging, clip_norm, \
clip_value, grad_tol, max_time, scoring, n_jobs, deterministic, dtype, input_noise, initializer, \
callbacks, checkpoint, on_divergence
        As for `MLPRegressor`.

    Attributes
    ----------
    image_shape_, model_, parameters_, history_, coefs_, intercepts_
        As for `ConvNetClassifier`.

    Examples
    --------
    >>> import numpy as np
    >>> from rosenblatt import ConvNetRegressor
    >>> from rosenblatt.network import Conv2D, GlobalAveragePool2D
    >>> X = np.random.default_rng(0).random((200, 6, 6))
    >>> y = X.mean(axis=(1, 2))
    >>> layers = (Conv2D(4, 1), GlobalAveragePool2D())
    >>> net = ConvNetRegressor(layers, solver="lbfgs", alpha=0, max_iter=2000, random_state=0)
    >>> bool(net.fit(X, y).score(X, y) > 0.95)
    True
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **CONVOLUTIONAL,
        "loss": [str, Loss],
    }

    loss: str | Loss

    _numeric_targets = True

    def __init__(
        self,
        layers: Sequence[Layer] = LAYERS,
        *,
        image_shape: tuple[int, ...] | None = None,
        augmentation: Sequence[Augmentation] = (),
        activation: Any = "relu",
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
        averaging: Literal["ema", "swa"] | EMA | SWA | None = None,
        clip_norm: float | None = None,
        clip_value: float | None = None,
        grad_tol: float | None = None,
        max_time: float | None = None,
        scoring: str | Callable[..., float] | None = None,
        n_jobs: int | None = None,
        deterministic: bool = False,
        dtype: Any = None,
        input_noise: float = 0.0,
        initializer: Any = None,
        callbacks: Sequence[Callable[[EpochEnd], Any]] | None = None,
        checkpoint: str | os.PathLike[str] | Checkpoint | None = None,
        on_divergence: Literal["raise", "restore"] = "raise",
        loss: str | Loss = "squared_error",
    ) -> None:
        self._keep(locals())

    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Train one epoch, from the weights and optimiser state of the last call."""
        self._validate_params()
        return self._fit(X, y, sample_weight, incremental=True)

    def _learn_targets(self, y: Any) -> NumberTargets:
        return NumberTargets.learn(y, self.loss)

    def _continue_targets(self, known: TargetCodec, y: Any) -> NumberTargets:
        return self._learn_targets(y)  # new numbers are no contradiction to known ones
