"""The training data of a search in each fold, shared by all candidates."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, final

import sklearn
from sklearn.base import clone
from sklearn.pipeline import Pipeline
from sklearn.utils.metaestimators import _safe_split

from rosenblatt.estimators.access import (
    check_parameters,
    cloned,
    learn_targets,
    takes_numbers,
    with_options,
)
from rosenblatt.estimators.base import BaseMLP
from rosenblatt.estimators.estimator_fit import EstimatorFit
from rosenblatt.fitting import (
    TargetCodec,
    TrainValidation,
    ValidatedData,
    encoded,
    validated,
    validated_like,
)
from rosenblatt.fitting.data import flat
from rosenblatt.network import Network
from rosenblatt.options.layers import network_of
from rosenblatt.options.parameters import Parameters
from rosenblatt.problem import Rows
from rosenblatt.search.candidates import CandidateParameters
from rosenblatt.search.metadata import PipelineMetadata, of_pipeline, rows_of
from rosenblatt.search.splits import Split
from rosenblatt.search.trials import Begun
from rosenblatt.stopping import StoppingRule
from rosenblatt.support.listing import LONG, brief

__all__ = ["Folds", "Held", "folds_of"]

VALIDATION = ("X_val", "y_val", "sample_weight_val")


class Folds(ABC):
    """Begins fits of candidates on the training rows of a fold."""

    @abstractmethod
    def begin(
        self, parameters: CandidateParameters, fold: int, rules: tuple[StoppingRule, ...]
    ) -> Begun:
        """A candidate's fit before its first step; `rules` end it beside its own."""

    @abstractmethod
    def network(self, parameters: CandidateParameters) -> tuple[Parameters, Network, int]:
        """The parameters and the network of a candidate, and the size of its floats in bytes."""


@final
@dataclass
class ReadTable:
    """A table validated for a float type, and its targets encoded for each fold.

    Attributes
    ----------
    table : ValidatedData
    validation : ValidatedData or None
        Rows that every fit validates on.
    encoded : dict
        The targets and rows of each fold, by its number; of the whole table under None.
    """

    table: ValidatedData
    validation: ValidatedData | None
    encoded: dict[int | None, tuple[TargetCodec, TrainValidation]] = field(default_factory=dict)


@final
class TableFolds(Folds):
    """The folds of a network: rows of one validated table.

    The table is validated once for each float type, and targets are encoded once for each fold as
    well. Both take longer than an epoch of a small network, and paused candidates would otherwise
    keep copies.
    """

    def __init__(
        self,
        estimator: BaseMLP,
        X: Any,
        y: Any,
        fit_params: Mapping[str, Any],
        rows: Sequence[Rows | None],
        threads: int,
    ) -> None:
        self.estimator, self.X, self.y, self.rows = estimator, X, y, rows
        self.threads = threads  # of fits whose n_jobs is None
        self.weights = fit_params.get("sample_weight")
        X_val, y_val, weights_val = (fit_params.get(name) for name in VALIDATION)
        self.validation = X_val, y_val, weights_val
        self._read: dict[str, ReadTable] = {}
        self._lock = threading.Lock()

    def __getstate__(self) -> dict[str, Any]:
        # What has been read is read again where it arrives.
        return {**vars(self), "_read": {}, "_lock": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state, _lock=threading.Lock())

    def _set_up(self, parameters: CandidateParameters) -> tuple[BaseMLP, ReadTable]:
        est = cloned(self.estimator).set_params(**clone(parameters, safe=False))
        check_parameters(est)
        types = Parameters.of(est).input_dtypes()
        with self._lock:
            read = self._read.get(str(types))
            if read is None:
                read = self._read[str(types)] = self._reading(types)
        if est.n_jobs is None:
            est.n_jobs = self.threads
        return est, read

    def _reading(self, types: Any) -> ReadTable:
        est, numeric = self.estimator, takes_numbers(self.estimator)
        table = validated(est, self.X, self.y, self.weights, numeric=numeric, dtype=types)
        validation = validated_like(est, table, *self.validation, numeric=numeric)
        if validation is not None:
            validation = replace(validation, y=flat(validation.y, warn=False))
        return ReadTable(replace(table, y=flat(table.y)), validation)

    def begin(
        self, parameters: CandidateParameters, fold: int, rules: tuple[StoppingRule, ...]
    ) -> Begun:
        est, read = self._set_up(parameters)
        targets, data = self._encoded(est, read, fold)
        return Begun(EstimatorFit.begin(est, targets, read.table, data, rules=rules), est)

    def _encoded(
        self, est: BaseMLP, read: ReadTable, fold: int | None
    ) -> tuple[TargetCodec, TrainValidation]:
        """The targets and rows of a fold, or of the whole table, under the estimator's loss."""
        with self._lock:
            if fold not in read.encoded:
                rows = None if fold is None else self.rows[fold]
                y = read.table.y
                learnt = learn_targets(est, y if rows is None else y[rows])
                data = encoded(learnt, read.table, rows, read.validation)
                read.encoded[fold] = learnt, data
        learnt, data = read.encoded[fold]
        targets = with_options(est, learnt)
        targets.check_encoded(data.train.y)
        return targets, data

    def network(self, parameters: CandidateParameters) -> tuple[Parameters, Network, int]:
        est, read = self._set_up(parameters)
        (targets, _), X = self._encoded(est, read, None), read.table.X
        p = Parameters.of(est)
        return p, network_of(p, X.shape[1], targets.n_outputs), X.dtype.itemsize


@final
class PipelineFolds(Folds):
    """The folds of a pipeline: steps before the network are fitted once in each fold."""

    def __init__(
        self,
        estimator: Pipeline,
        X: Any,
        y: Any,
        metadata: PipelineMetadata,
        rows: Sequence[Rows],
        threads: int,
    ) -> None:
        self.estimator, self.X, self.y, self.rows = estimator, X, y, rows
        self.metadata = metadata
        self.threads = threads
        self.step = f"{estimator.steps[-1][0]}__"
        self._made: list[tuple[Pipeline, TableFolds] | None] = [None] * len(rows)
        self._locks = [threading.Lock() for _ in rows]

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "_made": [None] * len(self.rows), "_locks": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state, _locks=[threading.Lock() for _ in state["rows"]])

    def _fold(self, fold: int) -> tuple[Pipeline, TableFolds]:
        with self._locks[fold]:
            made = self._made[fold]
            if made is None:
                before, rows = cloned(self.estimator[:-1]), self.rows[fold]
                X, y = _safe_split(self.estimator, self.X, self.y, rows)
                if before.steps:
                    X = before.fit_transform(X, y, **rows_of(self.X, self.metadata.before, rows))
                last = self.estimator.steps[-1][1]
                given = rows_of(self.X, self.metadata.network, rows)
                table = TableFolds(last, X, y, given, [None], self.threads)
                made = self._made[fold] = before, table
            return made

    def _of_the_network(self, parameters: CandidateParameters) -> CandidateParameters:
        return {name.removeprefix(self.step): value for name, value in parameters.items()}

    def begin(
        self, parameters: CandidateParameters, fold: int, rules: tuple[StoppingRule, ...]
    ) -> Begun:
        before, table = self._fold(fold)
        begun = table.begin(self._of_the_network(parameters), 0, rules)
        name = self.estimator.steps[-1][0]
        begun.whole = Pipeline([*before.steps, (name, begun.whole)])
        return begun

    def network(self, parameters: CandidateParameters) -> tuple[Parameters, Network, int]:
        return self._fold(0)[1].network(self._of_the_network(parameters))


def folds_of(
    estimator: Any,
    step: str,
    table: tuple[Any, Any],
    fit_params: Mapping[str, Any],
    splits: Sequence[Split],
    *,
    varied: set[str],
    threads: int,
) -> Folds:
    """The folds of an estimator over X and y; `varied` names the parameters that a search varies.

    Raises
    ------
    ValueError
        For a grid over earlier steps of a pipeline, metadata that no step takes, a checkpoint, and
        scikit-learn's callbacks: candidates cannot share those.
    """
    network = estimator.steps[-1][1] if step else estimator
    if hasattr(network, "_skl_callbacks"):
        raise ValueError(
            "The search calls no callbacks that were given by set_callbacks: give callables by"
            " callbacks=, or use scikit-learn's GridSearchCV."
        )
    if network.checkpoint is not None:
        raise ValueError(
            f"checkpoint={brief(network.checkpoint, LONG)} keeps one fit, and a search has many:"
            " set it to None, and fit the best parameters with a checkpoint afterwards."
        )
    rows = [train for train, _ in splits]
    if not step:
        foreign = set(fit_params) - {"sample_weight", *VALIDATION}
        if foreign:
            raise ValueError(f"fit was given {sorted(foreign)}, which a network does not take.")
        return TableFolds(estimator, *table, fit_params, rows, threads)
    bare = sorted(varied & set(network.get_params()))
    if bare:
        raise ValueError(
            f"param_grid names {', '.join(bare)}, of the network: in this Pipeline write"
            f" {', '.join(step + name for name in bare)}."
        )
    earlier = sorted(name for name in varied if not name.startswith(step))
    if earlier:
        raise ValueError(
            f"param_grid varies {', '.join(earlier)}, in a step before the network: the search fits"
            " those steps once in each fold. Search over them with scikit-learn's GridSearchCV."
        )
    routed = sklearn.get_config()["enable_metadata_routing"]
    metadata = of_pipeline(estimator, fit_params, routed=routed)
    return PipelineFolds(estimator, *table, metadata, rows, threads)


@final
class Held:
    """The held-out rows of each fold, copied from the table once for all candidates."""

    def __init__(self, estimator: Any, X: Any, y: Any, splits: Sequence[Split]) -> None:
        self.estimator, self.X, self.y, self.splits = estimator, X, y, splits
        self._test: list[tuple[Any, Any] | None] = [None] * len(splits)
        self._lock = threading.Lock()

    def __getstate__(self) -> dict[str, Any]:
        return {**vars(self), "_test": [None] * len(self.splits), "_lock": None}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state, _lock=threading.Lock())

    def test(self, fold: int) -> tuple[Any, Any]:
        with self._lock:
            held = self._test[fold]
            if held is None:
                held = _safe_split(self.estimator, self.X, self.y, self.splits[fold][1])
                self._test[fold] = held
            return held

    def train(self, fold: int) -> tuple[Any, Any]:
        """The training rows of a fold, copied anew: keeping all folds would multiply the table."""
        taken: tuple[Any, Any] = _safe_split(self.estimator, self.X, self.y, self.splits[fold][0])
        return taken
