"""What the two multi-layer perceptrons share: from flat parameters to a problem, and back."""

from __future__ import annotations

import copy
from abc import abstractmethod
from contextlib import suppress
from dataclasses import replace
from numbers import Integral
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt
from sklearn.callback import CallbackSupportMixin
from sklearn.callback._callback_support import callback_management_context
from sklearn.utils import check_random_state

from rosenblatt import engine
from rosenblatt.errors import NON_FINITE, DivergenceError
from rosenblatt.estimators.fitted import FittedMLP
from rosenblatt.estimators.from_sklearn import check_peer, take_over
from rosenblatt.fitting.callback_dispatch import CallbackDispatcher
from rosenblatt.fitting.data import TrainValidation, ValidatedData, arrays_of, validated, weighed
from rosenblatt.fitting.first_order import CarriedState
from rosenblatt.fitting.fits import Fit, FitContext
from rosenblatt.fitting.initialization import first_parameters, scikit_learns_initializer
from rosenblatt.fitting.input_scale import warn_of_large_features
from rosenblatt.fitting.resume.session import keeping
from rosenblatt.fitting.sample_weight import check_total
from rosenblatt.fitting.solvers import begin_solver
from rosenblatt.losses import Loss
from rosenblatt.network import Dense, Network, fill
from rosenblatt.options.activations import chosen_activations, hidden_activations
from rosenblatt.options.compatibility import check_fit, check_parameters, refusal
from rosenblatt.options.config import training_config
from rosenblatt.options.features import PARTIAL_FIT
from rosenblatt.options.layers import hidden_layers
from rosenblatt.options.losses import link_name
from rosenblatt.options.parameters import CONSTRAINTS, FLOAT_TYPES, Parameters
from rosenblatt.problem import Arrays, Rows
from rosenblatt.schedules import RateRule
from rosenblatt.stopping import StoppingRule
from rosenblatt.support.caller_warning import warn_caller
from rosenblatt.support.rollback_on_error import undone_on_failure
from rosenblatt.support.types import FloatArray

__all__ = ["BaseMLP"]


class BaseMLP(CallbackSupportMixin, FittedMLP):
    """Parameters and attributes as in scikit-learn 1.9; see the two estimators."""

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = CONSTRAINTS

    hidden_layer_sizes: Any
    activation: Any
    solver: Any
    alpha: float
    batch_size: int | str
    learning_rate: str | RateRule
    learning_rate_init: float
    power_t: float
    max_iter: int
    shuffle: bool
    random_state: Any
    tol: float
    verbose: bool | int | str
    warm_start: bool
    momentum: float
    nesterovs_momentum: bool
    early_stopping: bool
    validation_fraction: float
    beta_1: float
    beta_2: float
    epsilon: float
    n_iter_no_change: float
    max_fun: int
    l1: float
    max_norm: float | None
    averaging: Any
    clip_norm: float | None
    clip_value: float | None
    grad_tol: float | None
    max_time: float | None
    scoring: Any
    n_jobs: int | None
    deterministic: bool
    dtype: Any
    dropout: Any
    residual: bool
    normalization: Any
    input_noise: float
    initializer: Any
    callbacks: Any
    checkpoint: Any
    on_divergence: str

    loss_: float
    loss_curve_: list[float]
    best_loss_: float | None
    validation_loss_curve_: list[float] | None
    validation_scores_: list[float] | None
    best_validation_score_: float | None
    history_: list[dict[str, Any]]
    stop_reason_: str
    resumed_from_: int | None
    n_iter_: int
    t_: int

    # None before the first descent, also where `coefs_` were set by hand.
    _progress: CarriedState | None = None

    # What the two estimators do in their own ways.

    _takes_numeric_targets: ClassVar[bool]
    _peer: ClassVar[type]  # scikit-learn's class of the same name

    @abstractmethod
    def _take_over_targets(self, fitted: Any) -> None:
        """Know the targets that scikit-learn's estimator was fitted to."""

    @abstractmethod
    def _share_targets(self, learner: Self, lesson: TrainValidation) -> None:
        """Know the targets that another network of the kind has learnt, or refuse them."""

    @abstractmethod
    def _check_targets(self, y: Any, incremental: bool) -> None:
        """Learn what the targets are, or hold them against what is known."""

    @abstractmethod
    def _check_validation_targets(self, y: Any) -> None:
        """Hold the targets of given validation rows against what is known."""

    @abstractmethod
    def _encode_targets(self, y: Any, dtype: npt.DTypeLike) -> FloatArray:
        """Targets in the loss's terms, shape (n_samples, n_targets)."""

    @abstractmethod
    def _decode_targets(self, y: FloatArray) -> npt.NDArray[Any]:
        """The inverse of `_encode_targets`, in the shape that scikit-learn's metrics take."""

    @abstractmethod
    def _loss(self, p_min: float = 0.0) -> Loss:
        """The loss, once the targets are known; `p_min` bounds the probabilities it reports."""

    @abstractmethod
    def _n_units_out(self, y: FloatArray) -> int:
        """Output units for encoded targets."""

    @abstractmethod
    def _row_weights(self, targets: FloatArray, weights: FloatArray | None) -> FloatArray | None:
        """The weights to train with, given the rows' own and the encoded targets."""

    @abstractmethod
    def _reported_loss(self, data_loss: float) -> float:
        """The data loss in scikit-learn's scale."""

    @abstractmethod
    def _prediction_score(
        self, prediction: FloatArray, y: FloatArray, weights: FloatArray | None
    ) -> float:
        """Accuracy or R² of finite predictions against encoded targets."""

    @abstractmethod
    def _strata(self, y: FloatArray) -> npt.NDArray[Any] | None:
        """What the validation split keeps in proportion."""

    def _reported(self, data_loss: float, penalty: float) -> float:
        """The objective in scikit-learn's scale."""
        return self._reported_loss(data_loss) + penalty

    @property
    def _prints(self) -> bool:
        """Whether a line is printed for every iteration."""
        return bool(self.verbose) and self.verbose != "bar"

    def _keep(self, parameters: dict[str, Any]) -> None:
        """Store what `__init__` was given, untouched, as scikit-learn's `clone` wants it."""
        for name in self._get_param_names():
            setattr(self, name, parameters[name])

    # Public, and common to both.

    @classmethod
    def from_sklearn(cls, fitted: Any) -> Self:
        """Take over a network that scikit-learn has fitted.

        Parameters
        ----------
        fitted : estimator of sklearn.neural_network, of the same name
            It stays as it is; nothing is shared with it.

        Returns
        -------
        estimator
            With its parameters, weights and curves, and with the momentum and the rate of its
            optimiser: `partial_fit`, or `fit` with `warm_start`, goes on as it would have gone on
            there. `history_` is empty, because its figures were not measured.

        Raises
        ------
        TypeError
            For an object of another class.
        sklearn.exceptions.NotFittedError
            Where it is not fitted.

        Examples
        --------
        >>> import sklearn.neural_network as sk
        >>> from sklearn.datasets import load_iris
        >>> from rosenblatt import MLPClassifier
        >>> X, y = load_iris(return_X_y=True)
        >>> theirs = sk.MLPClassifier(5, solver="lbfgs", random_state=0).fit(X, y)
        >>> bool((MLPClassifier.from_sklearn(theirs).predict(X) == theirs.predict(X)).all())
        True
        """
        check_peer(cls, fitted, cls._peer)
        known = cls._get_param_names()
        given = {n: p for n, p in fitted.get_params(deep=False).items() if n in known}
        est = cls(**copy.deepcopy(given))
        est._take_over_targets(fitted)
        take_over(est, fitted, cls._peer)
        return est

    def fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Any = None,
        *,
        X_val: Any = None,
        y_val: Any = None,
        sample_weight_val: Any = None,
    ) -> Self:
        """Fit the network to X and y.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
        sample_weight : array-like of shape (n_samples,), optional
            Weight 2 stands for a row given twice, weight 0 for its absence.
        X_val, y_val, sample_weight_val : as above, optional
            Rows to validate on after every epoch, in place of a split by `validation_fraction`.
            Without `early_stopping` they are only watched; see `history_`. Not with 'lbfgs', 'lm'
            and 'gauss_newton'.

        Returns
        -------
        self

        Raises
        ------
        DivergenceError
            A ValueError, where numbers stop being finite and no earlier weights are kept by
            `early_stopping` or brought back by `on_divergence='restore'`. It names the epoch, the
            batch, the layer and the likely cause, and the estimator stays as it was.
        """
        self._validate_params()
        return self._fit(X, y, sample_weight, (X_val, y_val, sample_weight_val), incremental=False)

    def _begins_anew(self, incremental: bool) -> bool:
        return not hasattr(self, "coefs_") or not (self.warm_start or incremental)

    def _has_partial_fit(self) -> bool:
        refused = None
        with suppress(ValueError, TypeError):  # a solver that is not known: the call says so
            refused = refusal(PARTIAL_FIT, self.solver, "partial_fit")
        if refused is not None:
            raise AttributeError(refused)
        return True

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags

    # Fitting.

    def _hidden_units(self) -> list[Any]:
        return np.atleast_1d(np.asarray(self.hidden_layer_sizes, dtype=object)).tolist()

    def _network(self, n_inputs: int, n_outputs: int) -> Network:
        hidden = self._hidden_units()
        if any(not isinstance(n, Integral) or n <= 0 for n in hidden):
            raise ValueError(
                f"hidden_layer_sizes must be > 0, got {hidden}: whole numbers of units."
            )
        activations = hidden_activations(self.activation, len(hidden))
        dense = [Dense(int(n), g) for n, g in zip(hidden, activations, strict=True)]
        layers = (*hidden_layers(Parameters.of(self), dense), Dense(n_outputs))
        return Network(n_inputs, layers, float(self.input_noise))

    def _validated(
        self, X: Any, y: Any, sample_weight: Any, *, dtype: Any, reset: bool
    ) -> tuple[Any, Any, Any]:
        numeric = self._takes_numeric_targets
        return validated(self, X, y, sample_weight, numeric=numeric, dtype=dtype, reset=reset)

    def _fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Any,
        validation: tuple[Any, Any, Any],
        *,
        incremental: bool,
    ) -> Self:
        """Fit, or leave the estimator as it was."""
        # The decorator of scikit-learn's would stand between a warning and the caller's line.
        with callback_management_context(self):
            self._init_callback_context(max_subtasks=1 if incremental else self.max_iter)
            with undone_on_failure(self):
                self._learn(X, y, sample_weight, validation, incremental)
        return self

    def _learn(
        self,
        X: Any,
        y: Any,
        sample_weight: Any,
        validation: tuple[Any, Any, Any],
        incremental: bool,
    ) -> None:
        first_pass = self._begins_anew(incremental)
        X, y, weights = self._validated(
            X, y, sample_weight, dtype=self._float_types(first_pass), reset=first_pass
        )
        with keeping(self, incremental) as kept:
            rng = kept.generator(check_random_state(self.random_state))
            fit = self._begin(ValidatedData(X, y, weights), None, validation, incremental, rng=rng)
            kept.begun(fit)
            fit.run()
            self._show(fit)
            kept.ended(fit)
        fit.warn_of_limit()
        if first_pass:
            warn_of_large_features(X, weights)
        fit.start.followers.fit_ended()

    def _begin(
        self,
        table: ValidatedData,
        rows: Rows | None,
        validation: tuple[Any, Any, Any] = (None, None, None),
        incremental: bool = False,
        rules: tuple[StoppingRule, ...] = (),
        all_targets: bool = False,
        lesson: TrainValidation | None = None,
        rng: np.random.RandomState | None = None,
    ) -> Fit:
        """A fit to some rows of a table that has been validated, or to all, before its first step.

        It ends by the estimator's own rules, or by `rules`. With `all_targets` it knows the targets
        of the whole table: classes that its rows lack are classes all the same. A `lesson` is what
        `_lesson` has made of those rows, for this estimator or for one that it shares targets with.
        What it draws comes from `rng`, by default as `random_state` says.

        It writes its attributes on the estimator, which shows its weights after `_show`.
        """
        parameters = Parameters.of(self)
        check_parameters(
            parameters,
            incremental=incremental,
            validates=self.early_stopping or validation[0] is not None,
            given_rows=any(part is not None for part in validation),
        )
        controlled = training_config(parameters)
        controlled = replace(controlled, rules=(*controlled.rules, *rules))
        first_pass = self._begins_anew(incremental)
        X, y, weights = table.X, table.y, table.weights
        if rows is not None:
            y, weights = y[rows], None if weights is None else weights[rows]
        metadata = None if weights is None else {"sample_weight": weights}
        if lesson is None:
            lesson = self._lesson(table, rows, validation, incremental, all_targets)
        arrays = weighed(lesson.train, self._row_weights)
        check_total(arrays.weights)

        n_outputs = self._n_units_out(arrays.y)
        network = self._network(X.shape[1], n_outputs)
        self._trained_loss = self._loss()
        check_fit(parameters, network, self._trained_loss, X)
        self.out_activation_ = link_name(self._trained_loss)
        rng = rng or check_random_state(self.random_state)
        if first_pass:
            default = scikit_learns_initializer(chosen_activations(self.activation))
            theta = first_parameters(
                self.initializer, default, network, arrays, rng, self.n_jobs, self.deterministic
            )
            state = network.initial_state(X.dtype)
            self._forget(len(network.layers) + 1, n_outputs)
            warn_of_foreign_members(network, self._trained_loss)
        else:
            theta, state = self._carried_parameters(network, X.dtype)
            self.history_ = getattr(self, "history_", [])

        followers = CallbackDispatcher(self, controlled.callbacks, X=X, y=y, metadata=metadata)
        start = FitContext(
            self,
            network,
            theta,
            state,
            arrays,
            lesson.validation,
            rng,
            controlled,
            followers,
            incremental,
        )
        return begin_solver(start)

    def _lesson(
        self,
        table: ValidatedData,
        rows: Rows | None,
        validation: tuple[Any, Any, Any],
        incremental: bool = False,
        all_targets: bool = False,
    ) -> TrainValidation:
        """What is to be learnt from some rows of a table, or from all; see `_begin`."""
        y, weights = table.y, table.weights
        if rows is not None:
            y, weights = y[rows], None if weights is None else weights[rows]
        self._check_targets(table.y if all_targets else y, incremental)
        targets = self._encode_targets(y, table.X.dtype)
        return TrainValidation(
            arrays_of(table.X, targets, weights, rows),
            self._given_validation(*validation, targets),
        )

    def _show(self, fit: Fit) -> None:
        """Take over the parameters that a fit shows as it stands."""
        theta, state = fit.shown
        if not (np.isfinite(theta).all() and np.isfinite(state).all()):
            raise DivergenceError(NON_FINITE)
        self._publish(fit.start.network, theta, state)

    def _carried_parameters(
        self, network: Network, dtype: npt.DTypeLike
    ) -> tuple[FloatArray, FloatArray]:
        """Copies of the parameters and the state so far."""
        try:
            theta = network.pack(self.coefs_, self.intercepts_, dtype, self._others)
            state = network.initial_state(dtype)
            fill(network.named_state(state), self._named_state)
            return theta, state
        except ValueError as error:
            raise ValueError(
                "The network asked for has other layers than the one fitted so far: set"
                f" warm_start=False to begin anew ({error})."
            ) from error

    @property
    def _bfloat16(self) -> bool:
        return Parameters.of(self).bfloat16

    def _float_types(self, first_pass: bool) -> Any:
        """What X may come in: as asked for, as trained so far, or either."""
        if self._bfloat16:
            return np.dtype(np.float32)
        if self.dtype is not None:
            return np.dtype(self.dtype)
        return FLOAT_TYPES if first_pass else np.result_type(*(np.asarray(W) for W in self.coefs_))

    def _given_validation(self, X: Any, y: Any, weights: Any, targets: FloatArray) -> Arrays | None:
        """The rows to validate on, where some are given, with targets like those to learn."""
        if X is None and y is None:
            if weights is not None:
                raise ValueError("sample_weight_val is given without X_val and y_val.")
            return None
        if X is None or y is None:
            raise ValueError("X_val and y_val go together: one of them is missing.")
        X, y, weights = self._validated(X, y, weights, dtype=targets.dtype, reset=False)
        self._check_validation_targets(y)
        encoded = self._encode_targets(y, X.dtype)
        if encoded.shape[1] != targets.shape[1]:
            raise ValueError(
                f"y_val has {encoded.shape[1]} targets a row, and y has {targets.shape[1]}: give"
                " the validation rows the same targets as those to learn from."
            )
        return Arrays(X, encoded, weights)

    def _forget(self, n_layers: int, n_outputs: int) -> None:
        self.n_layers_, self.n_outputs_ = n_layers, n_outputs
        self.n_iter_ = self.t_ = 0
        self.history_ = []
        self._progress = None


def warn_of_foreign_members(network: Network, loss: Loss) -> None:
    """Say that members without a native kernel, which are the user's own, are slow."""
    members = engine.members_without_kernels(network)
    if not engine.has_kernel(loss):
        members.insert(0, loss)
    names = dict.fromkeys(type(member).__name__ for member in members)
    if names:
        warn_caller(
            f"{' and '.join(names)}: without a kernel in the native engine, so that the readable"
            " engine trains, in NumPy, which is slow."
        )
