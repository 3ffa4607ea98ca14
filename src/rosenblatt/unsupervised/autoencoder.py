"""`MLPAutoencoder`: a network that reproduces its inputs through a narrow code."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from numbers import Integral, Real
from typing import Any, ClassVar, Literal, final

from sklearn.utils._param_validation import Interval

from rosenblatt.activations import Activation
from rosenblatt.averaging import EMA, SWA
from rosenblatt.callbacks import EpochEnd
from rosenblatt.checkpoints import Checkpoint
from rosenblatt.losses import Loss
from rosenblatt.normalizations import Normalization
from rosenblatt.options.parameters import CONSTRAINTS
from rosenblatt.regularization.activity import ActivityPenalty
from rosenblatt.schedules import RateRule
from rosenblatt.unsupervised.base import BaseAutoencoder

__all__ = ["MLPAutoencoder"]


@final
class MLPAutoencoder(BaseAutoencoder):
    """Autoencoder: a multi-layer perceptron whose targets are its inputs (theory A1).

    The encoder goes from the features through `hidden_layer_sizes` to a code of `n_components`
    numbers, the decoder through the same widths in reverse order back to the features. With
    activation='identity' the best code spans the subspace of a PCA.

    Scale the features, or encode a table by `TableEncoder`: every column counts by its variance.

    Parameters
    ----------
    n_components : int, default=2
        Numbers of the code.
    hidden_layer_sizes : int or sequence of int, default=(100,)
        Units of the encoder's hidden layers; () for none.
    activation : str, Activation, or list of these, default='relu'
        Activation of the hidden layers, one for all or one for each of the encoder's; the decoder
        has the same in reverse order. Names as in `MLPClassifier`.
    code_activation : str or Activation, default='identity'
        Activation of the code.
    tied_weights : bool, default=False
        Whether the decoder has the encoder's weights, transposed (theory A3); its biases are its
        own. A shared weight is penalised once, and has the sum of the gradients of its uses.
    input_noise : float, default=0.0
        Denoising: standard deviation of Gaussian noise that a training step adds to the inputs,
        while the targets stay clean (theory A2).
    masking : float, default=0.0
        Denoising by masks: probability with which a training step sets a feature of a row to 0,
        which should be its mean; the others are divided by 1 - `masking`.
    sparsity : {None, 'l1', 'kl'} or ActivityPenalty, default=None
        Penalty on the code (theory A4): 'l1' or `ActivityL1(strength)` on the absolute values; 'kl'
        or `KLSparsity(strength, target)` on the distance of each unit's mean from a small one, with
        code_activation='logistic'. A sparse code may have more components than there are features.
    loss : str or Loss, default='squared_error'
        As of `MLPRegressor`, of one number for each feature.
    solver, alpha, batch_size, learning_rate, learning_rate_init, power_t, max_iter, shuffle, \
random_state, tol, verbose, warm_start, momentum, nesterovs_momentum, early_stopping, \
validation_fraction, beta_1, beta_2, epsilon, n_iter_no_change, max_fun, l1, max_norm, averaging, \
clip_norm, clip_value, grad_tol, max_time, scoring, n_jobs, deterministic, dtype, dropout, \
residual, normalization, initializer, callbacks, checkpoint, on_divergence
        As in `MLPClassifier`. scoring=None monitors the loss on the validation rows. `dropout` has
        one number, or one for each hidden layer of encoder, code and decoder.
        `tied_weights`, `masking` and `sparsity` need a first-order solver; the first and the last
        of them train on the readable engine, in NumPy.

    Attributes
    ----------
    encoder_, decoder_ : rosenblatt.unsupervised.NetworkPart
        The two halves, with `predict`, `to_c`, `to_onnx` and `to_torch`. The same methods of the
        autoencoder export the whole, which returns reconstructions.
    coefs_, intercepts_, loss_, loss_curve_, best_loss_, validation_loss_curve_, \
validation_scores_, best_validation_score_, best_iteration_, history_, stop_reason_, \
parameters_, model_, t_, n_iter_, n_features_in_, feature_names_in_, n_layers_, n_outputs_
        As in `MLPClassifier`, of encoder and decoder together. `loss_` is the mean over the
        features of half the squared error, plus the penalties.

    Notes
    -----
    The gradient is that of the errors summed over features, as for a regression with several
    outputs; penalties are weighed against that sum.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.preprocessing import scale
    >>> from rosenblatt import MLPAutoencoder
    >>> X = scale(load_iris().data)
    >>> ae = MLPAutoencoder(2, 16, solver="lbfgs", tol=0.01, random_state=0).fit(X)
    >>> ae.transform(X).shape
    (150, 2)
    >>> bool(ae.score(X) > 0.96)
    True
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **CONSTRAINTS,
        "n_components": [Interval(Integral, 1, None, closed="left")],
        "code_activation": [str, Activation],
        "tied_weights": ["boolean"],
        "masking": [Interval(Real, 0, 1, closed="left")],
        "sparsity": [None, str, ActivityPenalty],
        "loss": [str, Loss],
    }

    def __init__(
        self,
        n_components: int = 2,
        hidden_layer_sizes: Any = (100,),
        activation: Any = "relu",
        *,
        code_activation: Any = "identity",
        tied_weights: bool = False,
        masking: float = 0.0,
        sparsity: Literal["l1", "kl"] | ActivityPenalty | None = None,
        loss: str | Loss = "squared_error",
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
