"""`ConvNetClassifier`: classes of pictures."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Literal, Self, cast, final

from rosenblatt.averaging import EMA, SWA
from rosenblatt.callbacks import EpochEnd
from rosenblatt.checkpoints import Checkpoint
from rosenblatt.estimators.class_predictions import ClassPredictions, targets_of_first_call
from rosenblatt.fitting.class_targets import ClassTargets
from rosenblatt.fitting.data import flat
from rosenblatt.fitting.targets import TargetCodec
from rosenblatt.losses import Loss
from rosenblatt.network import Augmentation, Layer
from rosenblatt.pictures.base import CONVOLUTIONAL, LAYERS, BaseConvNet
from rosenblatt.schedules import RateRule

__all__ = ["ConvNetClassifier"]


@final
class ConvNetClassifier(ClassPredictions, BaseConvNet):
    """Convolutional network for classes of pictures.

    Parameters
    ----------
    layers : sequence of Layer, default=two convolutions with pools, and a dense layer
        Of `rosenblatt.network`: `Conv2D`, `MaxPool2D`, `AveragePool2D`, `GlobalAveragePool2D`,
        `LocalResponseNorm`, `Dense`, and others; or what `lenet5()` and its like return. What turns
        rows into pictures, pictures into rows where a dense layer follows, and the layer of the
        outputs are put in.
    image_shape : (height, width) or (height, width, channels), optional
        Of the pictures; required where X has rows of pixels. One side may be -1, and follows from
        the length of the rows.
    augmentation : sequence of Augmentation, default=()
        How pictures are varied at random in every step of the training, one after another: `Flip`,
        `Shift`, `Crop`, `Rotate` and `Cutout` of `rosenblatt.network`. Predictions and validation
        take pictures as they are, or of a `Crop` the part in the middle.
    activation : str or Activation, default='relu'
        Of every `Conv2D` and `Dense` among `layers` that has none of its own. Names as in
        `MLPClassifier`.
    loss : str or Loss, default='log_loss'
    class_weight : dict, list of dict, 'balanced' or None, default=None
    solver, alpha, batch_size, learning_rate, learning_rate_init, power_t, max_iter, shuffle, \
random_state, tol, verbose, warm_start, momentum, nesterovs_momentum, early_stopping, \
validation_fraction, beta_1, beta_2, epsilon, n_iter_no_change, max_fun, l1, averaging, clip_norm, \
clip_value, grad_tol, max_time, scoring, n_jobs, deterministic, dtype, input_noise, initializer, \
callbacks, checkpoint, on_divergence
        As for `MLPClassifier`.

    Attributes
    ----------
    image_shape_ : (height, width, channels)
    classes_, model_, parameters_, history_, loss_curve_, n_iter_, stop_reason_
        As for `MLPClassifier`.
    coefs_, intercepts_ : lists of arrays
        Kernels of shape (height, width, channels / groups, filters) and weights of dense layers,
        and the biases.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from rosenblatt import ConvNetClassifier
    >>> from rosenblatt.network import Conv2D, Dense, MaxPool2D
    >>> digits = load_digits()
    >>> layers = (Conv2D(8, 3, padding=1), MaxPool2D(2), Dense(32))
    >>> net = ConvNetClassifier(layers, batch_size=50, tol=0.01, random_state=0)
    >>> X, y = digits.images / 16, digits.target
    >>> bool(net.fit(X[:1500], y[:1500]).score(X[1500:], y[1500:]) > 0.9)
    True
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **CONVOLUTIONAL,
        "loss": [str, Loss],
        "class_weight": [None, str, dict, list],
    }

    loss: str | Loss
    class_weight: Any

    _numeric_targets = False

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
        loss: str | Loss = "log_loss",
        class_weight: Any = None,
    ) -> None:
        self._keep(locals())

    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None, classes: Any = None) -> Self:
        """Train one epoch on these pictures, from the weights and optimiser state of the last call.

        Parameters
        ----------
        X, y, sample_weight : as in `fit`
        classes : array of shape (n_classes,), optional
            All classes of all calls; required in the first one.
        """
        self._validate_params()
        targets = targets_of_first_call(self, y, classes)
        return self._fit(X, y, sample_weight, incremental=True, targets=targets)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags

    def _learn_targets(self, y: Any) -> ClassTargets:
        return ClassTargets.learn(flat(y), self.loss, self.class_weight)

    def _continue_targets(self, known: TargetCodec, y: Any) -> ClassTargets:
        targets = cast(ClassTargets, known).with_options(
            loss=self.loss, class_weight=self.class_weight
        )
        if self.warm_start:
            targets.check_all_present(y)
        else:
            targets.check(y)
        return targets
