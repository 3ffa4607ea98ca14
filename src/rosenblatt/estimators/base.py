"""What the two multi-layer perceptrons share: from flat parameters to a problem, and back."""

from __future__ import annotations

import warnings
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any, ClassVar, Self, final

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import train_test_split
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval, Options, StrOptions
from sklearn.utils.validation import check_is_fitted, validate_data

from rosenblatt import engine
from rosenblatt.engine import Epoch, Memory
from rosenblatt.errors import DivergenceError
from rosenblatt.estimators.names import ACTIVATIONS, OPTIMIZERS, RATE_CONTROLS, initializer
from rosenblatt.estimators.progress import ProgressBar
from rosenblatt.estimators.weights import checked_weights
from rosenblatt.losses import Loss
from rosenblatt.model import Model
from rosenblatt.network import Dense, Network
from rosenblatt.optimizers import Optimizer
from rosenblatt.penalties import L2
from rosenblatt.problem import Arrays, Matrix, Problem
from rosenblatt.schedules import Constant, RateControl
from rosenblatt.second_order.lbfgs import Iterate, minimize_lbfgs
from rosenblatt.stopping import NoImprovement
from rosenblatt.training import Descent, Record, Validation
from rosenblatt.types import FloatArray

__all__ = ["BaseMLP"]

FLOAT_TYPES = (np.float64, np.float32)


@final
@dataclass
class Momentum:
    """What a stochastic solver carries from one `partial_fit` to the next."""

    memory: Memory
    rate: RateControl


class BaseMLP(BaseEstimator, ABC):
    """Parameters and attributes as in scikit-learn 1.9; see the two estimators."""

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "hidden_layer_sizes": ["array-like", Interval(Integral, 1, None, closed="left")],
        "activation": [StrOptions(set(ACTIVATIONS))],
        "solver": [StrOptions({"lbfgs", *OPTIMIZERS})],
        "alpha": [Interval(Real, 0, None, closed="left")],
        "batch_size": [StrOptions({"auto"}), Interval(Integral, 1, None, closed="left")],
        "learning_rate": [StrOptions(set(RATE_CONTROLS))],
        "learning_rate_init": [Interval(Real, 0, None, closed="neither")],
        "power_t": [Interval(Real, 0, None, closed="left")],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "shuffle": ["boolean"],
        "random_state": ["random_state"],
        "tol": [Interval(Real, 0, None, closed="left")],
        "verbose": ["verbose", StrOptions({"bar"})],
        "warm_start": ["boolean"],
        "momentum": [Interval(Real, 0, 1, closed="both")],
        "nesterovs_momentum": ["boolean"],
        "early_stopping": ["boolean"],
        "validation_fraction": [Interval(Real, 0, 1, closed="left")],
        "beta_1": [Interval(Real, 0, 1, closed="left")],
        "beta_2": [Interval(Real, 0, 1, closed="left")],
        "epsilon": [Interval(Real, 0, None, closed="neither")],
        "n_iter_no_change": [
            Interval(Integral, 1, None, closed="left"),
            Options(Real, {np.inf}),
        ],
        "max_fun": [Interval(Integral, 1, None, closed="left")],
        "dtype": [None, Options(object, {"float32", "float64", *FLOAT_TYPES}), np.dtype],
        "n_jobs": [None, Integral],
    }

    hidden_layer_sizes: Any
    activation: str
    solver: str
    alpha: float
    batch_size: int | str
    learning_rate: str
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
    dtype: Any
    n_jobs: int | None

    # Defaults for an estimator whose `coefs_` were set by hand and that learns on from there.
    _momentum: Momentum | None = None
    _stopping: NoImprovement | None = None

    # What the two estimators do in their own ways.

    _takes_numeric_targets: ClassVar[bool]

    @abstractmethod
    def _check_targets(self, y: Any, first_pass: bool, incremental: bool) -> None:
        """Learn what the targets are, or hold them against what is known."""

    @abstractmethod
    def _encode_targets(self, y: Any, dtype: npt.DTypeLike) -> FloatArray:
        """Targets in the loss's terms, shape (n_samples, n_targets)."""

    @abstractmethod
    def _loss(self, p_min: float = 0.0) -> Loss:
        """The loss, once the targets are known; `p_min` bounds the probabilities it reports."""

    @abstractmethod
    def _n_units_out(self, y: FloatArray) -> int:
        """Output units for encoded targets."""

    @abstractmethod
    def _out_activation(self) -> str:
        """scikit-learn's name for the inverse link."""

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

    def _keep(self, parameters: dict[str, Any]) -> None:
        """Store what `__init__` was given, untouched, as scikit-learn's `clone` wants it."""
        for name in self._get_param_names():
            setattr(self, name, parameters[name])

    # Public, and common to both.

    @property
    def model_(self) -> Model:
        """The trained network as a plain value: description, flat parameters, loss."""
        check_is_fitted(self, "coefs_")
        weights = [np.asarray(w) for w in self.coefs_]
        biases = [np.asarray(b) for b in self.intercepts_]
        network = self._network(weights[0].shape[0], weights[-1].shape[1])
        dtype = np.result_type(*weights)
        return Model(network, network.pack(weights, biases, dtype), self._loss())

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
            Without `early_stopping` they are only watched; see `history_`. Not with 'lbfgs'.

        Returns
        -------
        self

        Raises
        ------
        DivergenceError
            A ValueError, where the weights stop being finite and no earlier ones are kept by
            `early_stopping`.
        """
        self._validate_params()
        return self._fit(X, y, sample_weight, (X_val, y_val, sample_weight_val), incremental=False)

    def _has_epochs(self) -> bool:
        if self.solver not in OPTIMIZERS:
            raise AttributeError(
                "partial_fit is only available for stochastic optimizers."
                f" {self.solver} is not stochastic."
            )
        return True

    def _predictions(self, X: Any) -> FloatArray:
        model = self.model_
        X = validate_data(
            self,
            X,
            accept_sparse="csr",
            dtype=model.parameters.dtype,
            order="C",
            reset=False,
        )
        scores = engine.scores(model.network, model.parameters, X, self.n_jobs)
        return model.loss.inverse_link(scores)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags

    # Fitting.

    def _network(self, n_inputs: int, n_outputs: int) -> Network:
        hidden = np.atleast_1d(np.asarray(self.hidden_layer_sizes, dtype=object)).tolist()
        if any(not isinstance(n, Integral) or n <= 0 for n in hidden):
            raise ValueError(f"hidden_layer_sizes must be > 0, got {hidden}.")
        activation = ACTIVATIONS[self.activation]
        layers = tuple(Dense(int(n), activation) for n in hidden)
        return Network(n_inputs, (*layers, Dense(n_outputs)))

    def _validated(self, X: Any, y: Any, sample_weight: Any, reset: bool) -> tuple[Any, Any, Any]:
        dtype = FLOAT_TYPES if self.dtype is None else np.dtype(self.dtype)
        X, y = validate_data(
            self,
            X,
            y,
            accept_sparse="csr",
            multi_output=True,
            y_numeric=self._takes_numeric_targets,
            dtype=dtype,
            order="C",
            reset=reset,
        )
        return X, y, checked_weights(sample_weight, X)

    def _fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Any,
        validation: tuple[Any, Any, Any],
        *,
        incremental: bool,
    ) -> Self:
        first_pass = not hasattr(self, "coefs_") or not (self.warm_start or incremental)
        X, y, weights = self._validated(X, y, sample_weight, reset=first_pass)
        self._check_targets(y, first_pass, incremental)
        targets = self._encode_targets(y, X.dtype)
        arrays = Arrays(X, targets, weights)
        validation_arrays = self._given_validation(*validation)

        n_outputs = self._n_units_out(targets)
        network = self._network(X.shape[1], n_outputs)
        rng = check_random_state(self.random_state)
        if first_pass:
            theta = network.initial_parameters(
                rng, initializer(network.layers[0].activation), X.dtype
            )
            self._forget(len(network.layers) + 1, n_outputs)
        else:
            theta = network.pack(self.coefs_, self.intercepts_, X.dtype)
            self.history_ = getattr(self, "history_", [])

        make_optimizer = OPTIMIZERS.get(self.solver)
        if make_optimizer is None:
            if validation_arrays is not None:
                raise ValueError("X_val and y_val need solver='sgd' or 'adam', not 'lbfgs'.")
            theta = self._fit_lbfgs(network, theta, arrays)
        else:
            theta = self._fit_stochastic(
                network, theta, arrays, validation_arrays, make_optimizer(self), rng, incremental
            )
        if not np.isfinite(theta).all():
            raise DivergenceError(
                "Solver produced non-finite parameter weights. The input data may contain large"
                " values and need to be preprocessed."
            )
        self._publish(network, theta)
        return self

    def _given_validation(self, X: Any, y: Any, weights: Any) -> Arrays | None:
        if X is None and y is None:
            if weights is not None:
                raise ValueError("sample_weight_val is given without X_val and y_val.")
            return None
        if X is None or y is None:
            raise ValueError("X_val and y_val go together: one of them is missing.")
        X, y, weights = self._validated(X, y, weights, reset=False)
        return Arrays(X, self._encode_targets(y, X.dtype), weights)

    def _forget(self, n_layers: int, n_outputs: int) -> None:
        self.n_layers_, self.n_outputs_ = n_layers, n_outputs
        self.out_activation_ = self._out_activation()
        self.n_iter_ = self.t_ = 0
        self.history_ = []
        self._momentum = self._stopping = None
        if self.solver in OPTIMIZERS:
            self.loss_curve_: list[float] = []
            self.best_loss_ = None if self.early_stopping else np.inf
            self.validation_scores_: list[float] | None = [] if self.early_stopping else None
            self.best_validation_score_ = -np.inf if self.early_stopping else None

    def _publish(self, network: Network, theta: FloatArray) -> None:
        layers = network.weights_and_biases(theta)
        self.coefs_ = [W for W, _ in layers]
        self.intercepts_ = [b for _, b in layers]

    def _fit_lbfgs(self, network: Network, theta: FloatArray, arrays: Arrays) -> FloatArray:
        # A bound on the probabilities would make value and gradient disagree: the loss is exact.
        objective = engine.objective(network, self._loss(), L2(self.alpha), arrays, self.n_jobs)

        def report(iterate: Iterate) -> None:
            loss = self._reported_loss(iterate.data_loss) + iterate.penalty
            norms = [
                float(np.sqrt((dW * dW).sum() + (db * db).sum()))
                for dW, db in network.weights_and_biases(iterate.gradient)
            ]
            epoch = len(self.history_) + 1
            self.history_.append({"epoch": epoch, "loss": loss, "gradient_norm": norms})
            if self.verbose and self.verbose != "bar":
                print(f"Iteration {epoch}, loss = {loss:.8f}")

        self.history_ = []
        result = minimize_lbfgs(
            objective,
            theta,
            max_iter=self.max_iter,
            max_fun=self.max_fun,
            grad_tol=self.tol,
            on_iterate=report,
        )
        self.n_iter_ = min(result.n_iter, self.max_iter)
        self.loss_ = self._reported_loss(result.last.data_loss) + result.last.penalty
        self.stop_reason_ = result.message
        if not result.converged:
            warnings.warn(
                f"lbfgs failed to converge after {self.n_iter_} iteration(s): {result.message}."
                " Increase max_iter or max_fun, or scale the data.",
                ConvergenceWarning,
                stacklevel=4,
            )
        return result.theta.astype(theta.dtype)

    def _fit_stochastic(
        self,
        network: Network,
        theta: FloatArray,
        arrays: Arrays,
        validation: Arrays | None,
        optimizer: Optimizer,
        rng: np.random.RandomState,
        incremental: bool,
    ) -> FloatArray:
        if self.early_stopping and incremental:
            raise ValueError("partial_fit does not support early_stopping=True")
        if self.early_stopping and validation is None:
            arrays, validation = self._split(arrays, rng)
        # scikit-learn reports the log loss of probabilities bounded by the machine epsilon.
        loss = self._loss(p_min=float(np.finfo(theta.dtype).eps))
        problem = Problem(network, loss, L2(self.alpha), optimizer)
        if self._momentum is None or not incremental:
            rate = RATE_CONTROLS[self.learning_rate](self) if self.solver == "sgd" else Constant()
            self._momentum = Momentum(Memory.of(optimizer, theta), rate)
        if self._stopping is None:
            self._stopping = NoImprovement(self.tol, self.n_iter_no_change)
        self._stopping.tol, self._stopping.patience = self.tol, self.n_iter_no_change
        batch_size = self._batch_size(arrays.n_samples)
        trainer = engine.trainer(
            problem, arrays, theta, self._momentum.memory, batch_size, self.n_jobs
        )
        descent = Descent(
            trainer=trainer,
            theta=theta,
            objective=self._reported_epoch,
            lr=optimizer.lr,
            order=np.arange(arrays.n_samples),
            batch_size=batch_size,
            max_epochs=1 if incremental else self.max_iter,
            rate=self._momentum.rate,
            stopping=self._stopping,
            rng=rng if self.shuffle else None,
            validate=None if validation is None else self._validator(problem, theta, validation),
            early_stopping=self.early_stopping,
            samples_seen=self.t_,
            on_message=print if self.verbose and self.verbose != "bar" else None,
        )
        self._follow(descent)
        if not (incremental or descent.converged):
            warnings.warn(
                f"Stochastic Optimizer: Maximum iterations ({self.max_iter}) reached and the"
                " optimization hasn't converged yet.",
                ConvergenceWarning,
                stacklevel=4,
            )
        return theta if descent.best_theta is None else descent.best_theta

    def _follow(self, descent: Descent) -> None:
        """Run the descent, and write down and show what it records."""
        bar = ProgressBar(descent.max_epochs) if self.verbose == "bar" else None
        prints = self.verbose and bar is None
        self.n_iter_ = 0
        try:
            for record in descent.run():
                self.n_iter_, self.t_ = record.epoch, descent.samples_seen
                self.loss_ = record.loss
                self.loss_curve_.append(record.loss)
                self.history_.append(self._history_entry(record))
                if prints:
                    print(f"Iteration {record.epoch}, loss = {record.loss:.8f}")
                if self.early_stopping:
                    assert record.validation is not None
                    assert self.validation_scores_ is not None
                    self.validation_scores_.append(record.validation.score)
                    self.best_validation_score_ = -descent.stopping.best
                    if prints:
                        print(f"Validation score: {record.validation.score:f}")
                else:
                    self.best_loss_ = descent.stopping.best
                if bar is not None:
                    bar.update(record)
        finally:
            if bar is not None:
                bar.close()
        self.stop_reason_ = descent.stop_reason

    @staticmethod
    def _history_entry(record: Record) -> dict[str, Any]:
        return {
            "epoch": record.epoch,
            "loss": record.loss,
            "validation_loss": None if record.validation is None else record.validation.loss,
            "validation_score": None if record.validation is None else record.validation.score,
            "learning_rate": record.learning_rate,
            "gradient_norm": record.gradient_norms.tolist(),
            "seconds": record.seconds,
        }

    def _reported_epoch(self, epoch: Epoch) -> float:
        return self._reported_loss(epoch.data_loss) + epoch.penalty

    def _batch_size(self, n_samples: int) -> int:
        if isinstance(self.batch_size, str):  # 'auto'
            return min(200, n_samples)
        if self.batch_size > n_samples:
            warnings.warn(
                f"Got batch_size={self.batch_size}, more than the {n_samples} samples."
                " It is going to be clipped.",
                stacklevel=5,
            )
        return min(int(self.batch_size), n_samples)

    def _split(self, arrays: Arrays, rng: np.random.RandomState) -> tuple[Arrays, Arrays]:
        train, validation = train_test_split(
            np.arange(arrays.n_samples),
            random_state=rng,
            test_size=self.validation_fraction,
            stratify=self._strata(arrays.y),
        )
        if len(validation) < 2:
            raise ValueError(
                "The validation set is too small. Increase 'validation_fraction' or the size of"
                " your dataset."
            )
        return rows_of(arrays, train), rows_of(arrays, validation)

    def _validator(
        self, problem: Problem, theta: FloatArray, rows: Arrays
    ) -> Callable[[], Validation]:
        weights = rows.weights

        def validate() -> Validation:
            with np.errstate(all="ignore"):  # a diverging run is reported once, by its epoch
                scores = engine.scores(problem.network, theta, rows.X, self.n_jobs)
                losses = problem.loss.value(scores, rows.y)
                loss = self._reported_loss(float(np.average(losses, weights=weights)))
                prediction = problem.loss.inverse_link(scores)
                if not np.isfinite(prediction).all():
                    return Validation(loss, float("nan"))
                return Validation(loss, self._prediction_score(prediction, rows.y, weights))

        return validate


def rows_of(arrays: Arrays, rows: npt.NDArray[np.intp]) -> Arrays:
    X: Matrix = arrays.X[rows]
    return Arrays(X, arrays.y[rows], None if arrays.weights is None else arrays.weights[rows])
