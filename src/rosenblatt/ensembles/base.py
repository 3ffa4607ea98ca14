"""The base class of both ensembles: it trains the members in parallel and averages them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import replace
from numbers import Integral
from typing import Any, ClassVar, Literal, Self

import numpy as np
from sklearn.base import BaseEstimator, MetaEstimatorMixin
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_is_fitted

from rosenblatt.array_checks import validate_data
from rosenblatt.engine.blas import blas_beside
from rosenblatt.engine.threads import allowed_threads, requested_threads
from rosenblatt.ensembles.bags import Bag, population
from rosenblatt.ensembles.blocks import by_blocks
from rosenblatt.ensembles.members import EnsembleData, Member, validates_by_itself
from rosenblatt.ensembles.messages import those_trained
from rosenblatt.ensembles.out_of_bag import out_of_bag
from rosenblatt.ensembles.uncertainty import deviation
from rosenblatt.estimators.access import (
    check_parameters,
    cloned,
    engine_predictor,
    learn_targets,
    takes_numbers,
    trained,
)
from rosenblatt.estimators.base import BaseMLP
from rosenblatt.estimators.export_mixin import Exporting
from rosenblatt.export.trained import Trained
from rosenblatt.fitting import Columns, ValidatedData, validated, validated_like
from rosenblatt.fitting.data import flat
from rosenblatt.fitting.input_scale import warn_of_large_features
from rosenblatt.model import EnsembleModel
from rosenblatt.options.parameters import CONSTRAINTS, Parameters
from rosenblatt.parallel import Backend, StopSignal, WorkerPool, ray_tasks
from rosenblatt.problem import Rows
from rosenblatt.support.fitted_aside import fitted_aside
from rosenblatt.support.held_numbers import HeldNumbers
from rosenblatt.support.listing import LONG, brief
from rosenblatt.support.overflow import warn_of_overflow
from rosenblatt.support.plain_values import plain_values
from rosenblatt.support.sparse_matrices import check_sparse
from rosenblatt.support.types import FloatArray

__all__ = ["BaseMLPEnsemble"]

# Fitted attributes of mode 'bagging' and of `oob_score`; a later fit may lack them.
OF_BAGGING = ("_bags", "oob_score_", "oob_decision_function_", "oob_prediction_")

# As for a fit that splits off its own validation rows: R² needs two.
FEWEST_TO_VALIDATE = 2

MOST_MEMBERS = 10**6


class BaseMLPEnsemble(HeldNumbers, Exporting, MetaEstimatorMixin, BaseEstimator, ABC):
    """The parameters and attributes of both ensembles."""

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        "estimator": "no_validation",  # checked in `_checked_network`
        "n_estimators": [Interval(Integral, 1, MOST_MEMBERS, closed="both")],
        "mode": [StrOptions({"seeds", "bagging"})],
        "oob_score": ["boolean"],
        "n_jobs": CONSTRAINTS["n_jobs"],
        "backend": [StrOptions({"threads", "ray"})],
        "address": [str, None],
        "random_state": ["random_state"],
        "verbose": ["verbose"],
    }

    estimators_: list[Any]
    oob_score_: float

    # One for each of `estimators_`, in mode 'bagging'.
    _bags: list[Bag]

    _network_type: ClassVar[type[BaseMLP]]

    def __init__(
        self,
        estimator: Any = None,
        n_estimators: int = 10,
        *,
        mode: Literal["seeds", "bagging"] = "seeds",
        oob_score: bool = False,
        n_jobs: int | None = None,
        backend: Backend = "threads",
        address: str | None = None,
        random_state: Any = None,
        verbose: bool | int = False,
    ) -> None:
        self.estimator = estimator
        self.n_estimators = n_estimators
        self.mode = mode
        self.oob_score = oob_score
        self.n_jobs = n_jobs
        self.backend = backend
        self.address = address
        self.random_state = random_state
        self.verbose = verbose

    @abstractmethod
    def _score_of(self, prediction: FloatArray, y: Any, sample_weight: Any) -> float:
        """The score of mean predictions, which have the form of one member's."""

    @abstractmethod
    def _keep_out_of_bag(self, prediction: FloatArray) -> None:
        """Publish the out-of-bag predictions as an attribute; a row without any is NaN."""

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
        """Train the members.

        Parameters
        ----------
        X : array-like or sparse matrix of shape (n_samples, n_features)
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
        sample_weight : array-like of shape (n_samples,), optional
            Used by every member and by the out-of-bag score. Rows of weight 0 are in no bag.
        X_val, y_val, sample_weight_val : as above, optional
            Rows that every member validates on after each of its epochs.

        Returns
        -------
        self

        Raises
        ------
        DivergenceError
            A ValueError, if all members diverge. Members that diverge while others do not are left
            out, and a warning names them.
        KeyboardInterrupt
            If Ctrl-C arrives before a member is trained. Afterwards it ends the training with a
            warning, and the members trained by then are kept.
        """
        self._validate_params()
        if self.oob_score and self.mode != "bagging":
            raise ValueError(
                f"oob_score=True needs rows that members have not seen, and with mode={self.mode!r}"
                " all see all: take mode='bagging', or oob_score=False."
            )
        network = self._checked_network()
        with fitted_aside(self) as aside:
            for name in OF_BAGGING:
                aside.__dict__.pop(name, None)
            table, validation = aside._data(
                network, (X, y, sample_weight), (X_val, y_val, sample_weight_val)
            )
            stop = StopSignal()
            threads = requested_threads(aside.n_jobs)
            members = aside._members(network, table, validation, threads)
            data = EnsembleData.of(learn_targets(network, table.y), table, validation)
            beside = min(threads, len(members))
            with ray_tasks(aside.backend, aside.address, data) as tasks:

                def train(member: Member) -> None:
                    if tasks is None:
                        member.train(data, stop)
                    else:
                        member.train_elsewhere(tasks, stop)

                size = allowed_threads(beside) if tasks is None else tasks.size
                with blas_beside(beside), WorkerPool(size, stop) as pool:
                    pool.run(train, members, aside._report)
            aside._set_members(those_trained(members, pool.interrupted))
            if aside.oob_score:
                aside._estimate_out_of_bag(table)
        warn_of_large_features(table.X, table.weights)
        return self

    @property
    def model_(self) -> EnsembleModel:
        """The trained networks as a plain value, whose mean predicts."""
        check_is_fitted(self)
        return EnsembleModel(tuple(net.model_ for net in self.estimators_))

    @property
    def estimators_samples_(self) -> list[Rows]:
        """The numbers of the rows in each member's bag, in the order drawn, with repetitions."""
        if not hasattr(self, "_bags"):
            raise AttributeError(
                "estimators_samples_ is there after a fit with mode='bagging': with mode='seeds'"
                " every member learns from all rows."
            )
        return [bag.rows() for bag in self._bags]

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags

    # Fitting.

    def _checked_network(self) -> BaseMLP:
        """The network that every member is a copy of, its parameters checked."""
        network = self._network_type() if self.estimator is None else self.estimator
        if not isinstance(network, self._network_type):
            raise TypeError(
                f"{type(self).__name__} takes an {self._network_type.__name__} (of rosenblatt) as"
                f" estimator, got {type(network).__name__}. What comes before the network, such as"
                " a scaler, goes before the ensemble: make_pipeline(StandardScaler(),"
                f" {type(self).__name__}())."
            )
        check_parameters(network)
        if network.checkpoint is not None:
            raise ValueError(
                f"checkpoint={brief(network.checkpoint, LONG)} keeps one fit, and an ensemble has"
                f" {self.n_estimators}: set it to None."
            )
        return network

    def _data(
        self,
        network: BaseMLP,
        train: tuple[Any, Any, Any],
        validation: tuple[Any, Any, Any],
    ) -> tuple[ValidatedData, ValidatedData | None]:
        """The validated table of all members, and their validation rows."""
        numeric, types = takes_numbers(network), Parameters.of(network).input_dtypes()
        table = validated(self, *train, numeric=numeric, dtype=types)
        rows = validated_like(self, table, *validation, numeric=numeric)
        table.columns.publish(self)
        # Members are trained on arrays, which have no column names.
        unnamed = Columns(table.columns.n_features)
        if rows is not None:
            rows = replace(rows, y=flat(rows.y, warn=False), columns=unnamed)
        return replace(table, y=flat(table.y), columns=unnamed), rows

    def _members(
        self,
        network: BaseMLP,
        table: ValidatedData,
        validation: ValidatedData | None,
        threads: int,
    ) -> list[Member]:
        """The members before training: a network with its seed and threads, in bagging also a bag.

        Two seeds are drawn for each in both modes, so that a larger ensemble begins with the
        members of a smaller one.
        """
        rng = check_random_state(self.random_state)
        seeds = rng.randint(np.iinfo(np.int32).max, size=(int(self.n_estimators), 2))
        bags: list[Bag | None] = [None] * self.n_estimators
        if self.mode == "bagging":
            rows = population(table.X.shape[0], table.weights)
            least = FEWEST_TO_VALIDATE if validates_by_itself(network, validation) else 0
            if len(rows) <= least:
                raise ValueError(
                    f"early_stopping with mode='bagging' needs {least + 1} rows or more, for each"
                    f" bag to leave out {least} to validate on, and got {len(rows)}: give X_val and"
                    " y_val, or take early_stopping=False."
                )
            bags = [Bag(int(seed), rows, least) for _, seed in seeds]
        members = []
        for number, ((seed, _), bag) in enumerate(zip(seeds, bags, strict=True), 1):
            net = cloned(network).set_params(random_state=int(seed))
            if net.n_jobs is None:
                net.n_jobs = max(1, threads // self.n_estimators)
            members.append(Member(number, net, bag))
        return members

    def _report(self, member: Member) -> None:
        if self.verbose and member.finished:
            print(f"member {member.number} of {self.n_estimators}: {member.summary}", flush=True)

    def _set_members(self, members: list[Member]) -> None:
        self.estimators_ = [member.network for member in members]
        # Set after training, for which the members had arrays without column names.
        if hasattr(self, "feature_names_in_"):
            for net in self.estimators_:
                net.feature_names_in_ = self.feature_names_in_
        bags = [member.bag for member in members if member.bag is not None]
        if bags:
            self._bags = bags

    def _estimate_out_of_bag(self, table: ValidatedData) -> None:
        predictors = [engine_predictor(net) for net in self.estimators_]
        prediction = out_of_bag(predictors, self._bags, table.X, self.n_jobs)
        known = ~np.isnan(prediction.reshape(len(prediction), -1)[:, 0])  # all columns or none
        if not known.any():
            raise ValueError(
                f"oob_score=True, and all {len(known)} rows are in the bags of all"
                f" {len(self._bags)} members: raise n_estimators, or take oob_score=False."
            )
        weights = None if table.weights is None else table.weights[known]
        self.oob_score_ = self._score_of(prediction[known], table.y[known], weights)
        self._keep_out_of_bag(prediction)

    # Prediction.

    def _trained(self) -> Trained:
        model = self.model_
        return replace(trained(self.estimators_[0]), model=model)

    def _over_members(
        self, X: Any, reduce: Callable[[FloatArray], tuple[FloatArray, ...]]
    ) -> tuple[FloatArray, ...]:
        """`reduce` applied to the members' predictions, stacked along the first axis."""
        check_is_fitted(self)
        predictors = [engine_predictor(net) for net in self.estimators_]
        check_sparse(X)
        # The sum of numbers that are huge is invalid.
        with plain_values(X=X), np.errstate(invalid="ignore"):
            X = validate_data(
                self,
                X,
                accept_sparse="csr",
                dtype=predictors[0].theta.dtype,
                order="C",
                reset=False,
            )

        def compute(rows: slice) -> tuple[FloatArray, ...]:
            block = X[rows]
            each = np.stack([predictor.predict(block) for predictor in predictors])
            with np.errstate(
                over="ignore", invalid="ignore"
            ):  # a warning counts what is not finite
                return reduce(each)

        results = by_blocks(compute, X.shape[0], self.n_jobs)
        odd = (result for result in results if not np.isfinite(result).all())
        warn_of_overflow(next(odd, results[0]), X)
        return results

    def _mean(self, X: Any) -> FloatArray:
        return self._over_members(X, lambda each: (each.mean(axis=0),))[0]

    def _mean_and_std(self, X: Any) -> tuple[FloatArray, ...]:
        check_is_fitted(self)
        if len(self.estimators_) == 1:
            raise ValueError(
                "return_std=True needs two members or more, and this ensemble has 1: fit it with"
                " n_estimators=2 or more."
            )
        return self._over_members(X, lambda each: (each.mean(axis=0), deviation(each)))
