"""Fitting, as both multi-layer perceptrons do it."""

from __future__ import annotations

import copy
from abc import abstractmethod
from collections.abc import Callable
from contextlib import suppress
from typing import Any, ClassVar, Self

from sklearn.callback import CallbackSupportMixin
from sklearn.utils import check_random_state

from rosenblatt import engine
from rosenblatt.engine import Trainer, TrainingSetup
from rosenblatt.estimators.estimator_fit import EstimatorFit, callback_task, publish
from rosenblatt.estimators.fitted import FittedMLP
from rosenblatt.estimators.from_sklearn import check_peer, columns_of, converted
from rosenblatt.fitting.data import Columns, validated, validated_like
from rosenblatt.fitting.resume.session import checkpoint_session
from rosenblatt.fitting.targets import TargetCodec
from rosenblatt.fitting.train_validation import encoded
from rosenblatt.options.compatibility import refusal
from rosenblatt.options.features import PARTIAL_FIT
from rosenblatt.options.parameters import CONSTRAINTS, Parameters
from rosenblatt.support.held_numbers import HeldNumbers

__all__ = ["BaseMLP"]


class BaseMLP(HeldNumbers, CallbackSupportMixin, FittedMLP):
    """Parameters and attributes as in scikit-learn 1.9; see the two estimators."""

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = CONSTRAINTS

    solver: Any
    max_iter: int
    random_state: Any
    warm_start: bool

    _peer: ClassVar[type]  # scikit-learn's class of the same name
    _numeric_targets: ClassVar[bool]

    @abstractmethod
    def _target_options(self) -> dict[str, Any]:
        """The parameters that belong to the targets."""

    @abstractmethod
    def _learn_targets(self, y: Any) -> TargetCodec:
        """The targets of a first fit."""

    @abstractmethod
    def _continue_targets(self, known: TargetCodec, y: Any) -> TargetCodec:
        """Targets that are known, under the current parameters; ValueError if `y` differs."""

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
        targets = est._targets_of_peer(fitted)
        model, carried = converted(fitted, Parameters.of(est), targets, cls._peer)
        publish(est, model, targets, columns_of(fitted), carried)
        return est

    @abstractmethod
    def _targets_of_peer(self, fitted: Any) -> TargetCodec:
        """The targets of scikit-learn's fitted estimator."""

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
            Weight 2 stands for a row given twice, weight 0 for its absence. For solver='kfac' this
            holds in the mean alone: it draws one target for a row, whatever the row's weight, and
            adapts its damping by the next batch.
        X_val, y_val, sample_weight_val : as above, optional
            Rows to validate on after every epoch, in place of a split by `validation_fraction`.
            Without `early_stopping` they are only watched; see `history_`. Not with solvers
            over all rows.

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
        return self._fit(X, y, sample_weight, (X_val, y_val, sample_weight_val))

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

    def _fit(
        self,
        X: Any,
        y: Any,
        sample_weight: Any,
        validation: tuple[Any, Any, Any] = (None, None, None),
        *,
        incremental: bool = False,
        targets: TargetCodec | None = None,
        make_trainer: Callable[[TrainingSetup], Trainer] = engine.trainer,
    ) -> Self:
        """Fit; an error leaves the estimator as it was, because it is written on at the end.

        `targets` are those of a first call of `partial_fit`, where they are known beforehand;
        `make_trainer` makes what runs a first-order fit's epochs.
        """
        continues = hasattr(self, "coefs_") and (self.warm_start or incremental)
        if continues:
            targets = getattr(self, "targets_", None)
        with callback_task(self, 1 if incremental else self.max_iter):
            parameters = Parameters.of(self)
            initial = self._model_of_arrays() if continues else None
            trained = None if initial is None else initial.parameters.dtype
            table = validated(
                self,
                X,
                y,
                sample_weight,
                numeric=self._numeric_targets,
                dtype=parameters.input_dtypes(trained),
                columns=Columns.of(self) if continues else None,
            )
            owner = type(self).__name__
            with checkpoint_session(parameters, owner, table.columns, incremental) as session:
                rng = session.generator(check_random_state(self.random_state))
                if targets is None:
                    targets = self._learn_targets(table.y)
                else:
                    targets = self._continue_targets(targets, table.y)
                rows = validated_like(self, table, *validation, numeric=self._numeric_targets)
                data = encoded(targets, table, validation=rows)
                under_way = EstimatorFit.begin(
                    self,
                    targets,
                    table,
                    data,
                    initial=initial,
                    carried=self._carried if continues else None,
                    incremental=incremental,
                    rng=rng,
                    make_trainer=make_trainer,
                )
                session.run(under_way.fit)
            under_way.end(table, continues=continues)
        return self
