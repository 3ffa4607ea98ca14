"""`MLPClassifier`: scikit-learn's, on our own engine."""

from __future__ import annotations

import copy
import os
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any, ClassVar, Literal, Self, cast, final

from sklearn.neural_network import MLPClassifier as SklearnMLPClassifier
from sklearn.utils.metaestimators import available_if
from sklearn.utils.multiclass import _check_partial_fit_first_call, type_of_target

from rosenblatt.averaging import EMA, SWA
from rosenblatt.callbacks import EpochEnd
from rosenblatt.checkpoints import Checkpoint
from rosenblatt.estimators.base import BaseMLP
from rosenblatt.estimators.class_predictions import ClassPredictions
from rosenblatt.fitting.class_targets import ClassTargets
from rosenblatt.fitting.class_weight import is_balanced
from rosenblatt.fitting.data import flat
from rosenblatt.fitting.targets import TargetCodec
from rosenblatt.losses import Loss
from rosenblatt.normalizations import Normalization
from rosenblatt.schedules import RateRule

__all__ = ["MLPClassifier"]


@final
class MLPClassifier(ClassPredictions, BaseMLP):
    """Multi-layer perceptron for classification, trained on the cross-entropy or another loss.

    Every parameter of scikit-learn 1.9's MLPClassifier, in its order and with its defaults and
    meaning, and after them our own, keyword-only. With the same `random_state` and float64 input it
    draws the same weights, split and batches, so that its `loss_curve_` is scikit-learn's.

    Parameters
    ----------
    hidden_layer_sizes : int or sequence of int, default=(100,)
        Units of each hidden layer.
    activation : str, Activation, or list of these, default='relu'
        Activation of the hidden layers (theory N3), one for all or one for each: 'identity',
        'logistic' (also 'sigmoid'), 'tanh', 'relu', 'leaky_relu', 'elu', 'selu', 'gelu', 'silu'
        (also 'swish'), 'softplus', 'mish', 'hard_sigmoid', 'hard_tanh', 'hard_swish', 'softmax',
        or an object of `rosenblatt.activations` such as `LeakyReLU(0.1)`. One of your own, derived
        from `rosenblatt.activations.Activation`, trains on the readable engine, which is slow.
    solver : str or object, default='adam'
        A name, with its underscores or without, or an object. First-order optimisers take
        mini-batches (G7-G10): 'sgd' and 'adam' in scikit-learn's form, others such as 'rmsprop' and
        'adamw' in PyTorch's. They read their rate from `learning_rate_init` ('adadelta' usually
        takes 1.0), and `momentum`, `beta_1`, `beta_2` and `epsilon` as said there. 'lbfgs' takes
        all rows at once (G15). 'kfac' is the natural gradient in mini-batches (G16); 'lm' and
        'gauss_newton' minimise the squared error of an `MLPRegressor` over all rows (G17). With
        'lbfgs' they are the solvers over all rows, which run in iterations, not in epochs. An
        object of `rosenblatt.optimizers` or `rosenblatt.second_order`, such as `KFAC(damping=10)`,
        carries all its settings; an optimiser class of your own runs in NumPy, which is slow.
        docs/solvers.md lists all names, what each reads and what each supports. A parameter of
        other solvers that the chosen one does not read is an error away from its default; 'sgd',
        'adam' and 'lbfgs' ignore it, as in scikit-learn.
    alpha : float, default=0.0001
        Strength of the L2 penalty on the weights; biases are free. The objective is
        mean loss + α/(2n) ΣW², n the rows of the batch, as in scikit-learn.
    batch_size : int or 'auto', default='auto'
        Rows in a mini-batch; 'auto' is min(200, n_samples).
    learning_rate : str or RateRule, default='constant'
        How the rate changes (G13). 'invscaling' and 'adaptive' are scikit-learn's for 'sgd', and as
        there they do nothing with 'adam' and 'lbfgs'. With every first-order solver: 'step',
        'multi_step', 'exponential', 'inverse_time', 'polynomial', 'warm_up', 'cosine',
        'warm_restarts' and 'one_cycle', which are fitted to the whole run of `max_iter` epochs, and
        'plateau', which follows the training curve; or an object of `rosenblatt.schedules` with
        lengths of your own, in steps, or in epochs by its `PerEpoch`. They yield a factor on the
        base rate. `partial_fit` goes on from step to step, a run of `max_iter` calls.
    learning_rate_init : float, default=0.001
        Base rate; an object given as `solver` has its own.
    power_t : float, default=0.5
        Exponent of 'invscaling'.
    max_iter : int, default=200
        Epochs at most; iterations of a solver over all rows.
    shuffle : bool, default=True
        Draw new batches in every epoch.
    random_state : int, RandomState or None, default=None
        Seed of the initial weights, the validation split and the batches.
    tol : float, default=1e-4
        Smaller gains do not count as improvement; for a solver over all rows, the gradient's
        tolerance.
    verbose : bool, int or 'bar', default=False
        True prints a line an epoch, 'bar' shows one progress line.
    warm_start : bool, default=False
        Go on from the weights of the last fit. Under `early_stopping` its best score still counts,
        as long as `scoring`, the loss and the rows to validate on are the same.
    momentum : float, default=0.9
        Of 'sgd', 'momentum' and 'nesterov' (G7).
    nesterovs_momentum : bool, default=True
        Whether the momentum of 'sgd' looks ahead.
    early_stopping : bool, default=False
        Hold out rows, stop when their accuracy stalls, and keep the best weights.
    validation_fraction : float, default=0.1
        Share of rows that `early_stopping` holds out.
    beta_1, beta_2 : float, default=0.9, 0.999
        Decay of the moments of 'adam', 'adamw', 'amsgrad', 'nadam' and 'radam'.
    epsilon : float, default=1e-8
        ε of the same and of 'rmsprop'; for 'adam' it is ε̂, beside the raw root.
    n_iter_no_change : int or inf, default=10
        Epochs without improvement that stop the fit.
    max_fun : int, default=15000
        For solvers over all rows: evaluations at most of 'lbfgs', steps tried at most of others.
    l1 : float, default=0.0
        Strength of an L1 penalty on the weights, in alpha's scale: l1/n Σ|W| joins the objective,
        an elastic net with `alpha` (theory B5). It needs a first-order solver, which takes its
        subgradient, 0 at 0; weights come near 0 and are not set to it.
    max_norm : float or None, default=None
        Largest norm of the weights that come into a hidden unit, which are scaled back to it after
        every step of a first-order solver (Srivastava et al. 2014). The output layer and the biases
        are free.
    averaging : {None, 'ema', 'swa'}, EMA or SWA, default=None
        What `coefs_` and `intercepts_` hold in the end, and what is validated and predicted with
        meanwhile: the last weights; with 'ema' their exponential average over the steps, of decay
        0.999, corrected for its beginning; with 'swa' the mean over the last quarter of max_iter
        epochs, with a warning where the fit ends before them. `rosenblatt.averaging.EMA(decay)` and
        `SWA(start)` take other numbers. For first-order solvers, and not with `partial_fit`.
    clip_norm, clip_value : float or None, default=None
        Bounds on a step's gradient, penalty included, for first-order solvers: on its norm over all
        layers, g·min(1, clip_norm/‖g‖), or on each number in it (G14). One of them at most. The
        norms in `history_` are those before clipping.
    grad_tol : float or None, default=None
        Stop once the gradient's norm over all layers falls below it (B12): the root mean square
        over an epoch's batches, as in `history_`; in full batch, and for a solver over all
        rows, the norm itself.
    max_time : float or None, default=None
        Seconds after which the fit stops, in the middle of an epoch if need be; a solver over
        all rows stops at the end of the iteration.
    scoring : str, callable or None, default=None
        What is computed on the validation rows and watched by `early_stopping`: scikit-learn's
        score (accuracy here, R² in the regressor), 'loss' for their loss, negated, which still
        moves where few rows leave the score standing, or any scorer by its name or as
        scorer(estimator, X, y). A scorer that takes `sample_weight` is given it. For first-order
        solvers and 'kfac'.
    n_jobs : int or None, default=None
        Threads at most; None takes the cores that the process may use. Small networks run on one.
    deterministic : bool, default=False
        Come to the same bits for any number of threads. Batches are then cut by their size and not
        by the threads, of which so many at most have something to do, and NumPy's and SciPy's BLAS
        is held to one thread, for the whole process, while a fit computes with it. Without it, the
        same seed, data and number of threads give the same bits. docs/determinism.md says what it
        costs.
    dtype : {None, 'bfloat16', 'float32', 'float64'}, default=None
        Float type to train in; None keeps the input's. With 'bfloat16' everything is float32 but
        the factors of the larger matrix products of first-order solvers, which are rounded to
        bfloat16's eight significant bits while they are multiplied: faster for wide layers.
        Only on processors with AVX512-BF16 (`rosenblatt.engine.has_bfloat16()`), elsewhere
        `fit` raises. Weights and predictions are float32.
    dropout : float or sequence of float, default=0.0
        Probability with which a hidden unit is left out of a training step, for all hidden layers
        or one for each; what stays is divided by 1 - p, and predictions use all units. Which units
        are left out follows from `random_state`, whatever `n_jobs` is. `loss_curve_` has the losses
        of the thinned networks. For first-order solvers.
    residual : bool, default=False
        Add the input of every hidden layer to its output, so that the gradient reaches deep layers
        undiminished (B14). Where the widths differ, a learned projection brings the one to the
        other; it bears the penalty, like all weights, and is in `parameters_`. For first-order
        solvers and 'lbfgs'.
    normalization : None, 'batch', 'layer' or Normalization, default=None
        Normalise what the hidden layers' activations take. 'layer' is over the units of each row
        (Ba et al. 2016), `normalizations.LayerNorm()`. 'batch' is over the rows of a batch (Ioffe &
        Szegedy 2015), `normalizations.BatchNorm()`: predictions take running statistics in their
        place, and so does a last batch of a single row, which leaves them as they are. Every row
        counts once in them, whatever its weight. 'batch' is for first-order solvers, with batches
        of two rows or more; 'layer' for these and 'lbfgs'. The learned scale and shift that follow
        bear no penalty; they and the running statistics are in `parameters_`.
    input_noise : float, default=0.0
        Standard deviation of Gaussian noise that every training step adds to its rows, which
        smooths what is learnt (Bishop 1995); on the scale of the features, so scale them. Like
        dropout it follows from `random_state`, whatever `n_jobs` is. For first-order solvers, and
        not for sparse X.
    loss : str or Loss, default='log_loss'
        'log_loss' is the cross-entropy (L7, L8), 'focal' turns to the rows that are still hard
        (L18). Or an object of `rosenblatt.losses`: `BinaryCrossEntropy` or `BinaryFocal` for two
        classes and for multilabel targets, `CategoricalCrossEntropy` or `CategoricalFocal` for
        more classes, with their `smoothing` or `gamma`; or one of your own, derived from `Loss`.
    class_weight : None, 'balanced', dict or list of dict, default=None
        Weights of the classes, {class: weight}, 1 where none is given; rows' own weights are
        multiplied by them (L14). 'balanced' lets every class count the same in total,
        Σw / (n_classes Σ_class w). For multilabel targets a list of one dict for each label, whose
        weights are multiplied. Rows split off by `validation_fraction` keep the product; those
        given as `X_val` count by `sample_weight_val` alone.
    initializer : None, str or Initializer, default=None
        Where the weights start: scikit-learn's draws, or 'glorot_normal', 'glorot_uniform',
        'he_normal', 'he_uniform', 'lecun_normal', 'lecun_uniform', 'orthogonal', 'nguyen_widrow',
        'random_bias_uniform', or an object of `rosenblatt.initializers`. 'nguyen_widrow' is for
        tanh and logistic layers without `normalization` and `residual`; it spreads the first over
        the ranges of X's columns, and leaves the output layer to scikit-learn's draw.
    callbacks : list of callables or None, default=None
        Each is called after every epoch, or iteration of a solver over all rows, with a
        `rosenblatt.callbacks.EpochEnd`: the epoch's number, its entry of `history_`, and an
        estimator that predicts with the weights of the moment. Returning True, or raising
        `StopTraining`, ends the fit; any other exception undoes it. scikit-learn's own callbacks
        are taken by `set_callbacks`.
    checkpoint : path, Checkpoint or None, default=None
        A file that `fit` keeps its state in as it goes, every 10 seconds or as a
        `rosenblatt.Checkpoint` says. Where it holds a fit of the same problem, with the same
        parameters, data and initial weights, this one goes on from there, and after it was killed
        ends with the same bits as if it had not been; one that has ended is not run again, unless
        `max_iter`, `max_fun` or `max_time` put an end to it and is raised. InputError, which is a
        ValueError, where the file holds another problem's, or another fit is using it. `n_jobs` may
        differ, which changes the rounding; schedules that span a run span that of the `max_iter`
        at hand. 'lbfgs' keeps every gradient for it, in memory and in the file.
    on_divergence : {'raise', 'restore'}, default='raise'
        What becomes of a fit in which numbers stop being finite. 'raise' is a `DivergenceError`
        that names epoch, batch, layer and the likely cause, or, under `early_stopping`, a warning
        and the best weights; the last entries of the curves then are those that failed, inf or NaN.
        'restore' warns, goes back to the last weights that were good, with the optimiser's memory
        and the running statistics, and on with half of the learning rate, or with a quarter of that
        each time it diverges again, for the rest of the fit. Twenty times in a row, or where a
        batch overflows at those very weights, it is as with 'raise'.
        Weights are good if the next epoch's loss is within twice the least so far. The epoch that
        failed does not count; batches and schedule go on from where they are, and the count of
        `n_iter_no_change` begins again. It copies the weights after every epoch, and needs a
        first-order solver.
        A loss above the one that the fit began with, and twice the least, may still be a number
        where the fit comes to its end: 'raise' then warns, and 'restore' goes back. A call of
        `partial_fit` goes back within itself alone.

    Attributes
    ----------
    classes_ : array of shape (n_classes,) or list of them
    coefs_, intercepts_ : lists of arrays
        Weights of shape (n_in, n_out) and biases of shape (n_out,), layer by layer.
    loss_ : float
        Loss of the last epoch.
    loss_curve_ : list of float
        Loss of every epoch; the mean of the batches', each at the weights it met.
    best_loss_ : float or None
        Smallest loss; None under `early_stopping`.
    validation_loss_curve_ : list of float or None
        Loss on the validation rows after every epoch, where there are such rows.
    validation_scores_ : list of float or None
        Accuracy on the held-out rows after every epoch, or what `scoring` says, under
        `early_stopping`.
    best_validation_score_ : float or None
    best_iteration_ : int or None
        The epoch whose weights `early_stopping` kept, counted from 1 like `n_iter_`; 0 where a fit
        with `warm_start` never surpassed the best score before it. None without `early_stopping`.
    history_ : list of dict
        One record an epoch: epoch, loss, validation_loss, validation_score, learning_rate (of the
        epoch's first step), gradient_norm (by layer), seconds. For a solver over all rows one
        an iteration, with None where an iteration has no such thing. 'kfac', 'lm' and
        'gauss_newton' add their damping, the latter two the steps tried; their learning_rate is the
        share of the step. `on_divergence='restore'` adds restores, the returns before an epoch.
    stop_reason_ : str
        Which criterion ended the fit (theory B12).
    resumed_from_ : int or None
        With `checkpoint`: the last epoch or iteration of the one that the fit went on from.
    model_ : Model
        The network as a plain value.
    t_ : int
        Samples seen.
    n_iter_ : int
        Epochs run.
    targets_ : rosenblatt.fitting.class_targets.ClassTargets
        The classes, and the loss that was minimised.
    parameters_ : mapping of str to array
        Every parameter by name, 'layers.0.weight' and so on, also those beside `coefs_` and
        `intercepts_`. The mapping is read-only, the arrays are the network's.
    n_features_in_ : int
    feature_names_in_ : array of str
        Where X has column names.
    n_layers_, n_outputs_ : int
    out_activation_ : str
        'logistic' for two classes and for multilabel targets, else 'softmax'; or the name of a loss
        of your own.

    Notes
    -----
    A batch's gradient is Σ wᵢδᵢ / (b·w̄), b its rows and w̄ the mean weight of the training set, an
    unbiased estimate of the weighted objective's. scikit-learn divides by the batch's own Σwᵢ, so
    that weights do nothing at batch_size=1.

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
        """One epoch over the rows given, from the weights and the momentum of the last call.

        Parameters
        ----------
        X, y, sample_weight : as in `fit`
        classes : array of shape (n_classes,), optional
            All classes that will ever come; needed in the first call.
        """
        self._validate_params()
        if is_balanced(self.class_weight):
            raise ValueError(
                "class_weight 'balanced' is not supported for partial_fit, which does not see all"
                " rows at once: give a dict of weights, such as"
                " sklearn.utils.class_weight.compute_class_weight computes from all of them."
            )
        targets = None
        # scikit-learn's check writes the classes on what it is given.
        if _check_partial_fit_first_call(
            SimpleNamespace(classes_=getattr(self, "classes_", None)), classes
        ):
            several = type_of_target(y).startswith("multilabel")
            targets = ClassTargets.learn(y if several else classes)
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
