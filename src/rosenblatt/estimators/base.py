"""What the two multi-layer perceptrons share: from flat parameters to a problem, and back."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from numbers import Integral
from typing import Any, ClassVar, Self

import numpy as np
import numpy.typing as npt
from sklearn.utils import check_random_state
from sklearn.utils.validation import validate_data

from rosenblatt import engine
from rosenblatt.errors import NON_FINITE, DivergenceError
from rosenblatt.estimators.curvature import fit_lbfgs
from rosenblatt.estimators.descent import Progress, fit_descent
from rosenblatt.estimators.fitted import FittedMLP
from rosenblatt.estimators.names import ACTIVATIONS, OPTIMIZERS, initializer
from rosenblatt.estimators.parameters import CONSTRAINTS, FLOAT_TYPES
from rosenblatt.estimators.structure import check_inputs, check_solver, structured
from rosenblatt.estimators.weights import checked_weights
from rosenblatt.losses import Loss
from rosenblatt.network import Dense, Network, fill
from rosenblatt.problem import Arrays
from rosenblatt.types import FloatArray

__all__ = ["BaseMLP"]


class BaseMLP(FittedMLP):
    """Parameters and attributes as in scikit-learn 1.9; see the two estimators."""

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = CONSTRAINTS

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
    scoring: str | None
    dropout: Any
    residual: bool
    normalization: Any
    input_noise: float

    loss_: float
    loss_curve_: list[float]
    best_loss_: float | None
    validation_scores_: list[float] | None
    best_validation_score_: float | None
    history_: list[dict[str, Any]]
    stop_reason_: str
    n_iter_: int
    t_: int

    # None before the first descent, also where `coefs_` were set by hand.
    _progress: Progress | None = None

    # What the two estimators do in their own ways.

    _takes_numeric_targets: ClassVar[bool]

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

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags

    # Fitting.

    def _network(self, n_inputs: int, n_outputs: int) -> Network:
        hidden = np.atleast_1d(np.asarray(self.hidden_layer_sizes, dtype=object)).tolist()
        if any(not isinstance(n, Integral) or n <= 0 for n in hidden):
            raise ValueError(
                f"hidden_layer_sizes must be > 0, got {hidden}: whole numbers of units."
            )
        activation = ACTIVATIONS[self.activation]
        layers = structured(self, [Dense(int(n), activation) for n in hidden])
        return Network(n_inputs, (*layers, Dense(n_outputs)), float(self.input_noise))

    def _validated(
        self, X: Any, y: Any, sample_weight: Any, *, dtype: Any, reset: bool
    ) -> tuple[Any, Any, Any]:
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
        """Fit, or leave the estimator as it was."""
        with self._undone_on_failure():
            self._learn(X, y, sample_weight, validation, incremental)
        return self

    @contextmanager
    def _undone_on_failure(self) -> Iterator[None]:
        before = {k: list(v) if isinstance(v, list) else v for k, v in vars(self).items()}
        try:
            yield
        except BaseException as error:
            self.__dict__ = before
            if isinstance(error, DivergenceError):
                self._progress = None  # its momentum led astray
            raise

    def _learn(
        self,
        X: Any,
        y: Any,
        sample_weight: Any,
        validation: tuple[Any, Any, Any],
        incremental: bool,
    ) -> None:
        if self.early_stopping and incremental:
            raise ValueError("partial_fit does not support early_stopping=True")
        if self.solver not in OPTIMIZERS and any(part is not None for part in validation):
            raise ValueError("X_val and y_val need solver='sgd' or 'adam', not 'lbfgs'.")
        self._check_bfloat16()
        first_pass = not hasattr(self, "coefs_") or not (self.warm_start or incremental)
        X, y, weights = self._validated(
            X, y, sample_weight, dtype=self._float_types(first_pass), reset=first_pass
        )
        self._check_targets(y, incremental)
        targets = self._encode_targets(y, X.dtype)
        arrays = Arrays(X, targets, weights)
        validation_arrays = self._given_validation(*validation, X.dtype)

        n_outputs = self._n_units_out(targets)
        network = self._network(X.shape[1], n_outputs)
        check_solver(self, network)
        check_inputs(network, X)
        rng = check_random_state(self.random_state)
        if first_pass:
            theta = network.initial_parameters(
                rng, initializer(ACTIVATIONS[self.activation]), X.dtype
            )
            state = network.initial_state(X.dtype)
            self._forget(len(network.layers) + 1, n_outputs)
        else:
            theta, state = self._carried_parameters(network, X.dtype)
            self.history_ = getattr(self, "history_", [])

        make_optimizer = OPTIMIZERS.get(self.solver)
        if make_optimizer is None:
            theta = fit_lbfgs(self, network, theta, arrays)
        else:
            theta = fit_descent(
                self,
                network,
                theta,
                state,
                (arrays, validation_arrays),
                make_optimizer(self),
                rng,
                incremental=incremental,
            )
        if not np.isfinite(theta).all():
            raise DivergenceError(NON_FINITE)
        self._publish(network, theta, state)

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
        return isinstance(self.dtype, str) and self.dtype == "bfloat16"

    def _check_bfloat16(self) -> None:
        if self._bfloat16 and self.solver not in OPTIMIZERS:
            raise ValueError("dtype='bfloat16' needs solver='sgd' or 'adam', not 'lbfgs'.")
        if self._bfloat16 and not engine.has_bfloat16():
            raise ValueError(
                "dtype='bfloat16' needs a processor with AVX512-BF16, which this one, or the"
                " build of the engine for it, lacks: take 'float32'."
                " rosenblatt.engine.has_bfloat16() tells."
            )

    def _float_types(self, first_pass: bool) -> Any:
        """What X may come in: as asked for, as trained so far, or either."""
        if self._bfloat16:
            return np.dtype(np.float32)
        if self.dtype is not None:
            return np.dtype(self.dtype)
        return FLOAT_TYPES if first_pass else np.result_type(*(np.asarray(W) for W in self.coefs_))

    def _given_validation(
        self, X: Any, y: Any, weights: Any, dtype: npt.DTypeLike
    ) -> Arrays | None:
        if X is None and y is None:
            if weights is not None:
                raise ValueError("sample_weight_val is given without X_val and y_val.")
            return None
        if X is None or y is None:
            raise ValueError("X_val and y_val go together: one of them is missing.")
        X, y, weights = self._validated(X, y, weights, dtype=dtype, reset=False)
        self._check_validation_targets(y)
        return Arrays(X, self._encode_targets(y, X.dtype), weights)

    def _forget(self, n_layers: int, n_outputs: int) -> None:
        self.n_layers_, self.n_outputs_ = n_layers, n_outputs
        self.out_activation_ = self._out_activation()
        self.n_iter_ = self.t_ = 0
        self.history_ = []
        self._progress = None
