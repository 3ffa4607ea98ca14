"""`MLPClassifier`: scikit-learn's interface on this library's engine."""

from __future__ import annotations

import copy
import os
from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Literal, Self, cast, final

from sklearn.neural_network import MLPClassifier as SklearnMLPClassifier
from sklearn.utils.metaestimators import available_if

from rosenblatt.averaging import EMA, SWA
from rosenblatt.callbacks import EpochEnd
from rosenblatt.checkpoints import Checkpoint
from rosenblatt.estimators.base import BaseMLP
from rosenblatt.estimators.class_predictions import ClassPredictions, targets_of_first_call
from rosenblatt.fitting.class_targets import ClassTargets
from rosenblatt.fitting.data import flat
from rosenblatt.fitting.targets import TargetCodec
from rosenblatt.losses import Loss
from rosenblatt.normalizations import Normalization
from rosenblatt.schedules import RateRule

__all__ = ["MLPClassifier"]


@final
class MLPClassifier(ClassPredictions, BaseMLP):
    """Multi-layer perceptron for classification, trained on the cross-entropy or another loss.

    It has every parameter of scikit-learn 1.9's MLPClassifier, in the same order, with the same
    defaults and meaning; further parameters are keyword-only. With the same `random_state` and
    float64 input it draws the same weights, split and batches, and has the same `loss_curve_`.

    Parameters
    ----------
    hidden_layer_sizes : int or sequence of int, default=(100,)
        Units of each hidden layer.
    activation : str, Activation, or list of these, default='relu'
        Activation of the hidden layers (theory N3), one for all or one for each: 'identity',
        'logistic' (also 'sigmoid'), 'tanh', 'relu', 'leaky_relu', 'elu', 'selu', 'gelu', 'silu'
        (also 'swish'), 'softplus', 'mish', 'hard_sigmoid', 'hard_tanh', 'hard_swish', 'softmax',
        'softsign' (also 'elliott'), 'sine', 'bump', and of other tools 'clipped_logistic',
        'stepwise_sigmoid', 'stepwise_tanh', or an object of `rosenblatt.activations` such as
        `LeakyReLU(0.1)`. A user-defined one, derived from `rosenblatt.activations.Activation`,
        trains on the slow reference engine.
    solver : str or object, default='adam'
        A name, with or without underscores, or an object. First-order optimisers use mini-batches
        (G7-G10): 'sgd' and 'adam' in scikit-learn's form, others such as 'rmsprop' and 'adamw' in
        PyTorch's. Their base rate is `learning_rate_init` ('adadelta' usually needs 1.0);
        `momentum`, `beta_1`, `beta_2` and `epsilon` name the optimisers that they belong to.
        'kfac' is the natural gradient in mini-batches (G16). 'lbfgs' uses all rows in each
        iteration (G15), as do 'lm' and 'gauss_newton', which minimise the squared error of an
        `MLPRegressor` (G17). An object of `rosenblatt.optimizers` or `rosenblatt.second_order`,
        such as `KFAC(damping=10)`, has settings of its own; a user-defined optimiser runs in NumPy,
        which is slow. docs/solvers.md lists all names, with the parameters and features of each. A
        solver's parameter that the chosen one does not read must keep its default; 'sgd', 'adam'
        and 'lbfgs' ignore it, as in scikit-learn.
    alpha : float, default=0.0001
        Strength of the L2 penalty on the weights, without the biases. The objective is
        mean loss + α/(2n) ΣW², n the rows of the batch, as in scikit-learn.
    batch_size : int or 'auto', default='auto'
        Rows in a mini-batch; 'auto' is min(200, n_samples).
    learning_rate : str or RateRule, default='constant'
        The schedule of the learning rate (G13). 'invscaling' and 'adaptive' are scikit-learn's for
        'sgd'; as there, 'adam' and 'lbfgs' ignore them. Every first-order solver takes 'step',
        'multi_step', 'exponential', 'inverse_time', 'polynomial', 'warm_up', 'cosine',
        'flat_cosine', 'cos_log', 'warm_restarts' and 'one_cycle', which span the whole run of
        `max_iter` epochs, and 'plateau', which depends on the training curve; or an object of
        `rosenblatt.schedules`, with lengths in steps, or in epochs by `PerEpoch`. Schedules
        multiply the base rate.
        `partial_fit` continues the schedule, as a run of `max_iter` calls.
    learning_rate_init : float, default=0.001
        Base learning rate; an object given as `solver` has its own.
    power_t : float, default=0.5
        Exponent of 'invscaling'.
    max_iter : int, default=200
        Epochs at most; iterations of a solver over all rows.
    shuffle : bool, default=True
        Shuffle the rows before every epoch.
    random_state : int, RandomState or None, default=None
        Seed of the initial weights, the validation split and the batches.
    tol : float, default=1e-4
        Smaller improvements do not count; for a solver over all rows, the tolerance of the
        gradient.
    verbose : bool, int or 'bar', default=False
        True prints a line for each epoch, 'bar' shows a progress bar.
    warm_start : bool, default=False
        Start from the weights of the last fit. With `early_stopping` its best score still counts if
        `scoring`, the loss and the validation rows are the same.
    momentum : float, default=0.9
        Of 'sgd', 'momentum' and 'nesterov' (G7).
    nesterovs_momentum : bool, default=True
        Nesterov's form of the momentum of 'sgd' (G7).
    early_stopping : bool, default=False
        Hold out rows, stop when their accuracy stalls, and keep the best weights.
    validation_fraction : float, default=0.1
        Fraction of the rows that `early_stopping` holds out.
    beta_1, beta_2 : float, default=0.9, 0.999
        Decay of the moments of 'adam', 'adamw', 'amsgrad', 'nadam' and 'radam'.
    epsilon : float, default=1e-8
        ε of the same and of 'rmsprop'; for 'adam' it is ε̂, added to the uncorrected root.
    n_iter_no_change : int or inf, default=10
        Epochs in a row without improvement after which the fit stops.
    max_fun : int, default=15000
        For solvers over all rows: evaluations of 'lbfgs' at most, or steps tried by the others.
    l1 : float, default=0.0
        Strength of an L1 penalty on the weights, l1/n Σ|W|; with `alpha` an elastic net (theory
        B5). For first-order solvers, which use the subgradient with 0 at 0: weights approach 0
        without reaching it.
    max_norm : float or None, default=None
        Largest norm of a hidden unit's incoming weights; larger ones are rescaled after every step
        of a first-order solver (Srivastava et al. 2014). Output layer and biases are not bounded.
    averaging : {None, 'ema', 'swa'}, EMA or SWA, default=None
        The weights that are validated during the fit and published as `coefs_` and `intercepts_`:
        the last ones for None; with 'ema' the exponential moving average over the steps, with decay
        0.999 and bias correction; with 'swa' the mean over the last quarter of max_iter epochs, and
        a warning if the fit ends before them. Other numbers by `rosenblatt.averaging.EMA(decay)`
        and `SWA(start)`. For first-order solvers, and not with `partial_fit`.
    clip_norm, clip_value : float or None, default=None
        Bound on the gradient of each step, penalty included, for first-order solvers: on its norm
        over all layers, g·min(1, clip_norm/‖g‖), or on each component (G14); not both. The norms in
        `history_` are those before clipping.
    grad_tol : float or None, default=None
        Stop once the gradient's norm over all layers falls below it (B12): the root mean square
        over an epoch's batches, as in `history_`; in full batch, and for a solver over all
        rows, the norm itself.
    max_time : float or None, default=None
        Seconds after which the fit stops, if necessary within an epoch; a solver over all rows
        stops after the current iteration.
    scoring : str, callable or None, default=None
        The validation score that `early_stopping` monitors: scikit-learn's (accuracy, or R² of the
        regressor); 'loss' for the negative validation loss, which still changes where the accuracy
        of few rows does not; or a scorer by its name or as scorer(estimator, X, y), which receives
        `sample_weight` if it takes that. For first-order solvers and 'kfac'.
    n_jobs : int or None, default=None
        Threads at most; None takes the cores that the process may use. Small networks run on one.
    deterministic : bool, default=False
        Give the same bits for any number of threads. A batch is then divided by its size and not by
        the number of threads, which may leave threads idle, and the BLAS of NumPy and SciPy runs on
        one thread in the whole process while a fit uses it. Without it, the same seed, data and
        number of threads give the same bits. docs/determinism.md has the cost.
    dtype : {None, 'bfloat16', 'float32', 'float64'}, default=None
        Float type of training; None keeps the input's. 'bfloat16' is float32, with the operands of
        the larger matrix products of first-order solvers rounded to bfloat16, which has eight
        significant bits: faster for wide layers. It needs a processor with AVX512-BF16
        (`rosenblatt.engine.has_bfloat16()`); elsewhere `fit` raises an error. Weights and
        predictions are float32.
    dropout : float or sequence of float, default=0.0
        Probability p of dropping a hidden unit in a training step, for all hidden layers or one for
        each; kept units are divided by 1 - p, and predictions use all units. The dropped units
        depend on `random_state` and not on `n_jobs`. `loss_curve_` has the losses with dropout. For
        first-order solvers.
    residual : bool, default=False
        Add the input of every hidden layer to its output, so that the gradient does not vanish in
        deep networks (B14). Where the widths differ the input passes a learned projection, which is
        penalised like all weights and is in `parameters_`. For first-order solvers and 'lbfgs'.
    normalization : None, 'batch', 'layer' or Normalization, default=None
        Normalise the pre-activations of the hidden layers. 'layer' normalises over the units of
        each row (Ba et al. 2016), as `normalizations.LayerNorm()`. 'batch' normalises over the rows
        of a batch (Ioffe & Szegedy 2015), as `normalizations.BatchNorm()`: predictions, and a last
        batch of one row, use running statistics, which ignore sample weights. 'batch' is for
        first-order solvers with batches of two rows or more, 'layer' for these and 'lbfgs'. The
        learned scale and shift are not penalised; they and the running statistics are in
        `parameters_`.
    input_noise : float, default=0.0
        Standard deviation of Gaussian noise that every training step adds to the features, which
        smooths the learnt function (Bishop 1995). One value serves all features, so scale them.
        Like dropout it depends on `random_state` and not on `n_jobs`. For first-order solvers and
        dense X.
    loss : str or Loss, default='log_loss'
        'log_loss' is the cross-entropy (L7, L8); 'focal' gives well-classified rows less weight
        (L18). Or an object of `rosenblatt.losses`: `BinaryCrossEntropy` or `BinaryFocal` for two
        classes and for multilabel targets, `CategoricalCrossEntropy` or `CategoricalFocal` for
        more classes, with their `smoothing` or `gamma`; or a user-defined one, derived from `Loss`.
    class_weight : None, 'balanced', dict or list of dict, default=None
        Weights of the classes, {class: weight}, 1 for those not given; they multiply the sample
        weights (L14). 'balanced' gives every class the same total weight,
        Σw / (n_classes Σ_class w). Multilabel targets take a list of one dict for each label, whose
        weights are multiplied. They also weight the rows that `validation_fraction` splits off, but
        not those given as `X_val`.
    initializer : None, str or Initializer, default=None
        Distribution of the initial weights: scikit-learn's, or 'glorot_normal', 'glorot_uniform',
        'he_normal', 'he_uniform', 'lecun_normal', 'lecun_uniform', 'orthogonal', 'nguyen_widrow',
        'random_bias_uniform', or an object of `rosenblatt.initializers`. 'nguyen_widrow' is for
        tanh and logistic layers without `normalization` and `residual`; it adapts the first layer
        to the ranges of X's columns, and the output layer is scikit-learn's.
    callbacks : list of callables or None, default=None
        Called after every epoch, or every iteration of a solver over all rows, with a
        `rosenblatt.callbacks.EpochEnd`: the epoch's number, its entry of `history_`, and an
        estimator that predicts with the current weights. Returning True, or raising `StopTraining`,
        ends the fit; any other exception undoes it. scikit-learn's callbacks are set by
        `set_callbacks`.
    checkpoint : path, Checkpoint or None, default=None
        A file to which `fit` writes its state, every 10 seconds or as a `rosenblatt.Checkpoint`
        says. If it has the state of a fit with the same parameters, data and initial weights, the
        new fit resumes there, and ends with the same bits as one without interruption. A fit that
        has ended is not repeated, except to raise the `max_iter`, `max_fun` or `max_time` that
        ended it. A file of another problem, or one in use by another fit, raises InputError, which
        is a ValueError. `n_jobs` may differ, which changes the rounding; schedules that span the
        run follow the current `max_iter`. 'lbfgs' keeps every gradient in memory and in the file.
    on_divergence : {'raise', 'restore'}, default='raise'
        What a fit does when its numbers are no longer finite. 'raise' raises a `DivergenceError`
        that names epoch, batch, layer and the likely cause; with `early_stopping` it warns instead
        and keeps the best weights, and the last entries of the curves are inf or NaN.
        'restore' warns and restores the last good weights, with the optimiser's state and the
        running statistics. The learning rate is then halved for the rest of the fit, and quartered
        at each further divergence. After twenty restores in a row, or if a batch overflows at the
        restored weights themselves, it acts like 'raise'.
        Weights are good if the loss of the next epoch is at most twice the smallest so far. The
        failed epoch does not count; batches and schedule continue where they are, and the count of
        `n_iter_no_change` begins again. 'restore' copies the weights after every epoch and needs a
        first-order solver.
        A fit may also end with a finite loss above both its initial loss and twice the smallest:
        'raise' then warns, and 'restore' restores. `partial_fit` restores within one call only.

    Attributes
    ----------
    classes_ : array of shape (n_classes,) or list of them
    coefs_, intercepts_ : lists of arrays
        Weights of shape (n_in, n_out) and biases of shape (n_out,), layer by layer.
    loss_ : float
        Loss of the last epoch.
    loss_curve_ : list of float
        Loss of every epoch: the mean over its batches, each before its step.
    best_loss_ : float or None
        Smallest loss; None with `early_stopping`.
    validation_loss_curve_ : list of float or None
        Loss on the validation rows after every epoch, where there are such rows.
    validation_scores_ : list of float or None
        Score of `scoring` on the validation rows after every epoch, with `early_stopping`.
    best_validation_score_ : float or None
    best_iteration_ : int or None
        The epoch whose weights `early_stopping` kept, counted from 1 like `n_iter_`; 0 if a fit
        with `warm_start` did not exceed the best score before it. None without `early_stopping`.
    history_ : list of dict
        A record of each epoch: epoch, loss, validation_loss, validation_score, learning_rate (of
        the epoch's first step), gradient_norm (by layer), seconds. For a solver over all rows a
        record of each iteration, with None for what it does not have. 'kfac', 'lm' and
        'gauss_newton' add their damping, the latter two also trials, the steps tried; their
        learning_rate is the fraction of the step taken. `on_divergence='restore'` adds restores,
        the number of them before the epoch.
    stop_reason_ : str
        The criterion that ended the fit (theory B12).
    resumed_from_ : int or None
        With `checkpoint`: the epoch or iteration after which the fit resumed.
    model_ : Model
        The network, its parameters and its loss as one value.
    t_ : int
        Samples seen.
    n_iter_ : int
        Epochs run.
    targets_ : rosenblatt.fitting.class_targets.ClassTargets
        The classes, and the loss that was minimised.
    parameters_ : mapping of str to array
        Every parameter by name, such as 'layers.0.weight', including those that `coefs_` and
        `intercepts_` lack. The mapping is read-only; the arrays are the network's own.
    n_features_in_ : int
    feature_names_in_ : array of str
        Where X has column names.
    n_layers_, n_outputs_ : int
    out_activation_ : str
        'logistic' for two classes and for multilabel targets, else 'softmax'; the class name of a
        user-defined loss.

    Notes
    -----
    The gradient of a batch of b rows is Σ wᵢδᵢ / (b·w̄), with w̄ the mean weight of the training set:
    an unbiased estimate of the weighted objective's gradient. scikit-learn divides by the batch's
    own Σwᵢ, so that weights have no effect with batch_size=1.

    Examples
    --------
    >>> from sklearn.datasets import load_breast_cancer
    >>> from sklearn.preprocessing import StandardScaler
    >>> from rosenblatt import MLPClassifier
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> X = StandardScaler().fit_transform(X)
    >>> clf = MLPClassifier(hidden_layer_sizes=(64, 32), random_state=0).fit(X, y)
    >>> bool(clf.score(X, y) > 0.99)
    True
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **BaseMLP._parameter_constraints,
        "loss": [str, Loss],
        "class_weight": [None, str, dict, list],
    }

    loss: str | Loss
    class_weight: Any

    _numeric_targets = False
    _peer = SklearnMLPClassifier

    def __init__(
        self,
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
        loss: str | Loss = "log_loss",
        class_weight: Any = None,
    ) -> None:
        self._keep(locals())

    @available_if(lambda self: self._has_partial_fit())  # type: ignore[untyped-decorator]
    def partial_fit(self, X: Any, y: Any, sample_weight: Any = None, classes: Any = None) -> Self:
        """Train one epoch on these rows, from the weights and optimiser state of the last call.

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

    def _target_options(self) -> dict[str, Any]:
        return {"loss": self.loss, "class_weight": self.class_weight}

    def _learn_targets(self, y: Any) -> ClassTargets:
        return ClassTargets.learn(flat(y), self.loss, self.class_weight)

    def _continue_targets(self, known: TargetCodec, y: Any) -> ClassTargets:
        targets = cast(ClassTargets, known).with_options(**self._target_options())
        if self.warm_start:
            targets.check_all_present(y)
        else:
            targets.check(y)
        return targets

    def _targets_of_peer(self, fitted: Any) -> ClassTargets:
        return ClassTargets(copy.deepcopy(fitted._label_binarizer), self.loss)
