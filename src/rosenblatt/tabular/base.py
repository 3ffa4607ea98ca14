"""What both table estimators share: the parameters, the fit, the encoding of new rows."""

from __future__ import annotations

import math
import time
import warnings
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import replace
from numbers import Integral, Real
from os import PathLike
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
import numpy.typing as npt
from sklearn.base import BaseEstimator
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

from rosenblatt.errors import InputError
from rosenblatt.model import AnyModel
from rosenblatt.parallel import StopSignal
from rosenblatt.support.rollback_on_error import undone_on_failure
from rosenblatt.support.types import Float64Array, FloatArray, IntArray
from rosenblatt.table import ColumnKind, Table, TableEncoding
from rosenblatt.table.names import require_columns
from rosenblatt.table.target import AnyTarget
from rosenblatt.tabular.encoder import TableEncoder
from rosenblatt.tabular.encoding import formats_of
from rosenblatt.tabular.inputs import (
    is_frame,
    is_missing,
    learn_columns,
    names_of_arrays,
    table_from,
    values_of,
)
from rosenblatt.tabular.learner import Learned
from rosenblatt.tabular.member import EpochNote
from rosenblatt.tabular.preset import DEFAULT, NUMBER_LOSSES, PRESETS, Preset
from rosenblatt.tabular.rows import TrainingRows
from rosenblatt.tabular.training import Labelled, encode_labelled, train_networks

if TYPE_CHECKING:
    from rosenblatt.persistence import SavedModel

__all__ = ["BaseTable"]


class BaseTable(BaseEstimator, ABC):
    """Parameters and attributes of `TableClassifier` and `TableRegressor`; see there."""

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "preset": [StrOptions(set(PRESETS)), Preset],
        "time_limit": [None, Interval(Real, 0, None, closed="neither")],
        "columns": [None, dict],
        "n_jobs": [None, Integral],
        "random_state": ["random_state"],
        "verbose": ["verbose"],
    }

    encoding_: TableEncoding
    network_: AnyModel
    _notes: tuple[str, ...]

    def __init__(
        self,
        preset: str | Preset = DEFAULT,
        *,
        time_limit: float | None = None,
        columns: Mapping[str, ColumnKind | str] | None = None,
        n_jobs: int | None = None,
        random_state: Any = None,
        verbose: bool | int = False,
    ) -> None:
        self.preset = preset
        self.time_limit = time_limit
        self.columns = columns
        self.n_jobs = n_jobs
        self.random_state = random_state
        self.verbose = verbose

    @abstractmethod
    def _learn_target(self, name: str, y: npt.NDArray[Any]) -> AnyTarget:
        """The target of these values, none of them missing; it sets what is public about it."""

    @abstractmethod
    def _encode_target(self, target: AnyTarget, y: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Class codes or numbers of these values."""

    @abstractmethod
    def _checked(self, y: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """Target values in one dimension, of a type that can be predicted."""

    @abstractmethod
    def _score_outside(self, learned: Learned, rows: TrainingRows) -> float:
        """The score of the rows by the networks that have not seen them."""

    def fit(
        self,
        X: Any,
        y: Any = None,
        sample_weight: Any = None,
        *,
        groups: Any = None,
        X_val: Any = None,
        y_val: Any = None,
        target: str | None = None,
    ) -> Self:
        """Learn from a table.

        Parameters
        ----------
        X : data frame, Arrow table, mapping of columns, or array-like of shape (n_rows, n_columns)
            Of pandas, polars or whatever hands out Arrow data. Numbers, texts, categories, dates,
            truth values and missing cells may be mixed.
        y : array-like of shape (n_rows,), optional
            The target; not with `target`.
        sample_weight : array-like of shape (n_rows,), optional
            Weight 2 stands for a row given twice, weight 0 for its absence.
        groups : array-like of shape (n_rows,), optional
            Rows of one group, such as the visits of a patient, are in one fold.
        X_val, y_val : as X and y, optional
            Rows by which the networks' epochs are compared, in place of folds.
        target : str, optional
            The column of X to predict, where `y` is not given. Rows without it are left out.

        Returns
        -------
        self

        Raises
        ------
        InputError
            A ValueError: where there is nothing to learn from, or a column cannot be read; the
            message says what to change.
        KeyboardInterrupt
            If Ctrl-C arrives before a network is trained; afterwards it ends the training, and what
            is trained by then is kept.
        """
        self._validate_params()
        begun = time.perf_counter()
        with undone_on_failure(self):
            data = self._data(X, y, sample_weight, groups, target)
            self._fit(data, self._validation(X_val, y_val, target), begun)
        return self

    def _fit(self, data: Labelled, validation: Labelled | None, begun: float) -> None:
        preset = self._preset
        encoded = encode_labelled(
            data,
            formats_of(data.table, self._target, self.columns or {}),
            preset,
            random_state=self.random_state,
            validation=validation,
        )
        trained = train_networks(
            encoded,
            preset,
            loss=self._loss,
            n_jobs=self.n_jobs,
            stop=StopSignal.after(None if self.time_limit is None else self._left(begun)),
            report=self._report if self.verbose else None,
        )
        self.history_ = [
            {"network": number, "epoch": note.epoch, "loss": note.loss, "score": note.quality[0]}
            for number, note in trained.epochs
        ]
        self.n_rows_ = len(data.rows)
        self.encoding_, self.network_ = trained.encoding, trained.model
        self._notes = trained.notes
        if trained.learned is None:
            limit = f" within time_limit={self.time_limit}" if self.time_limit else ""
            warnings.warn(
                f"no network had an epoch{limit}: a linear model of the same columns is returned",
                UserWarning,
                stacklevel=3,
            )
            self.validation_score_ = math.nan
        else:
            self.validation_score_ = self._score_outside(trained.learned, trained.rows)
            if trained.learned.interrupted and self.time_limit is None:
                kept = len(trained.learned.members)
                warnings.warn(
                    f"the training was interrupted: {kept} of its networks are kept",
                    UserWarning,
                    stacklevel=3,
                )
        self.encoder_ = TableEncoder.of(self.encoding_, getattr(self, "feature_names_in_", None))

    def _report(self, number: int, note: EpochNote) -> None:
        print(
            f"network {number + 1}, epoch {note.epoch}: loss {note.loss:.4g},"
            f" score {note.quality[0]:.4g}",
            flush=True,
        )

    @property
    def _loss(self) -> str:
        """Of numbers."""
        return NUMBER_LOSSES[0]

    @property
    def _preset(self) -> Preset:
        return PRESETS[self.preset] if isinstance(self.preset, str) else self.preset

    def _left(self, begun: float) -> float:
        assert self.time_limit is not None
        return max(self.time_limit - (time.perf_counter() - begun), 0.0)

    # What the user hands over.

    def _data(
        self, X: Any, y: Any, sample_weight: Any, groups: Any, target: str | None
    ) -> Labelled:
        """The training rows; what is public about columns and target is set."""
        if (y is None) == (target is None):
            raise ValueError(
                f"{type(self).__name__} requires y to be passed, but the target y is None: give y,"
                " or target='the column of X to predict'."
                if y is None
                else "give y or target, not both: y has the values, target names a column of X"
            )
        if target is not None:
            if not is_frame(X):
                raise InputError(
                    f"target={target!r} names a column, and X is an array without names: give y"
                    " instead, or a data frame"
                )
            table = table_from(X)
            name = str(target)
            require_columns([name], table.names)
            values, present = present_values(values_of(table.by_name[name].values))
            table = table.without(name)
            learn_columns(self, table, table)
        else:
            table = table_from(X, self)
            learn_columns(self, X, table)
            values = self._checked(values_of(y))
            present = np.ones(len(values), dtype=bool)
            name = distinct_name(getattr(y, "name", None), table)
        if len(values) != len(table):
            raise ValueError(
                "Found input variables with inconsistent numbers of samples:"
                f" {[len(table), len(values)]}"
            )
        weights = self._weights(sample_weight, len(table))
        used = present if weights is None else present & (weights > 0)
        rows = np.flatnonzero(used)
        self._check_enough(rows, present, name)
        values = self._checked(values[rows])
        groups = self._groups(groups, len(table), rows)
        self._target = self._learn_target(name, values)
        return Labelled(
            table,
            rows,
            self._encode_target(self._target, values),
            None if weights is None else weights[rows],
            groups,
        )

    def _check_enough(self, rows: IntArray, present: npt.NDArray[np.bool_], name: str) -> None:
        if not len(present):
            raise ValueError(
                f"Found array with 0 sample(s) while a minimum of 2 is required by"
                f" {type(self).__name__}."
            )
        if not len(rows):
            what = "has a target" if not present.any() else "that has a target has a weight above 0"
            raise InputError(f"no row {what}: {name!r} is missing, or not counted, in all of them")
        if len(rows) < 2:
            raise ValueError(
                f"n_samples=1: {type(self).__name__} needs 2 rows with a target or more"
            )

    def _weights(self, given: Any, n_rows: int) -> Float64Array | None:
        if given is None:
            return None
        weights: Float64Array = _check_sample_weight(
            given, np.empty((n_rows, 1)), dtype=np.float64, ensure_non_negative=True
        )
        return weights

    def _validation(self, X_val: Any, y_val: Any, target: str | None) -> Labelled | None:
        if X_val is None:
            if y_val is not None:
                raise ValueError("y_val is given without X_val: give both, or neither")
            return None
        table = table_from(X_val, self)
        if y_val is None:
            if target is None:
                raise ValueError("X_val is given without y_val: give both, or neither")
            require_columns([str(target)], table.names)
            values, present = present_values(values_of(table.by_name[str(target)].values))
        else:
            values = self._checked(values_of(y_val))
            present = np.ones(len(values), dtype=bool)
        rows = np.flatnonzero(present)
        if not len(rows):
            raise InputError("X_val has no row with a target: give some, or leave X_val out")
        y = self._encode_target(self._target, self._checked(values[rows]))
        return Labelled(table, rows, y, None)

    def _groups(self, groups: Any, n_rows: int, used: IntArray) -> npt.NDArray[Any] | None:
        if groups is None:
            return None
        names = np.asarray(values_of(groups))
        if names.shape != (n_rows,):
            raise ValueError(f"groups has shape {names.shape}, and there are {n_rows} rows")
        return names[used].astype(str)

    # Prediction.

    def _features(self, X: Any) -> FloatArray:
        check_is_fitted(self)
        table = table_from(X, self, [column.name for column in self.encoding_.columns])
        if not is_frame(X):
            validate_data(self, X, reset=False, skip_check_array=True)
        elif not hasattr(self, "feature_names_in_"):
            table = self._by_place(table)
        return self.encoding_.encode(table).X

    def _by_place(self, table: Table) -> Table:
        """The columns of a frame, under the names of those that were learnt from without any."""
        if len(table.columns) != self.n_features_in_:
            raise ValueError(
                f"X has {len(table.columns)} features, but {type(self).__name__} is expecting"
                f" {self.n_features_in_} features as input"
            )
        names = [column.name for column in self.encoding_.columns]
        columns = tuple(replace(c, name=n) for c, n in zip(table.columns, names, strict=True))
        return Table(columns, len(table))

    def _predicted(self, X: Any) -> FloatArray:
        """Probabilities of classes, one column for two of them; or standardised numbers."""
        features = self._features(X)
        if not len(features):
            raise ValueError(
                f"Found array with 0 sample(s) while a minimum of 1 is required by"
                f" {type(self).__name__}."
            )
        return self.network_.predict(features)

    def _restore(self, saved: SavedModel, names: npt.NDArray[Any]) -> None:
        """Take over what a model file holds."""
        self.encoding_, self.network_ = saved.encoding, saved.model
        self._notes = ()
        self.history_ = []
        self.n_rows_ = sum(part.rows for part in saved.summary.parts if part.part == "train")
        self.n_features_in_ = len(names)
        if names.tolist() != names_of_arrays(len(names)):
            self.feature_names_in_ = names
        scores = [
            s.value for s in saved.summary.scores if s.part != "train" and s.value is not None
        ]
        self.validation_score_ = scores[0] if scores else math.nan
        self.encoder_ = TableEncoder.of(self.encoding_, getattr(self, "feature_names_in_", None))

    # What there is to see.

    @property
    def columns_(self) -> dict[str, str]:
        """The kind that each column was taken for, which the parameter `columns` changes."""
        check_is_fitted(self)
        return {name: kind.value for name, kind, _ in self.encoding_.kinds[:-1]}

    @property
    def notes_(self) -> tuple[str, ...]:
        """What there is to say of how columns and target were read, and of the networks."""
        check_is_fitted(self)
        return (*self.encoding_.notes, *self._notes)

    def summary(self) -> str:
        """Columns, networks and score, as text."""
        check_is_fitted(self)
        lines = [f"{type(self).__name__}: {self.network_summary_}"]
        lines.append(f"score of rows not seen in training: {self.validation_score_:.4f}")
        width = max(len(line.name) for line in self.encoding_.describe())
        lines += [
            f"  {line.name:{width}}  {line.kind}: {line.detail}"
            for line in self.encoding_.describe()
        ]
        lines += [f"note: {note}" for note in self.notes_]
        return "\n".join(lines)

    @property
    def network_summary_(self) -> str:
        check_is_fitted(self)
        members = self.network_.members
        count = f"{len(members)} networks" if len(members) > 1 else "1 network"
        return f"{count}, {self.network_.n_parameters:,} weights in all"

    def save(self, path: str | PathLike[str]) -> None:
        """Write a model file, from which `rosenblatt.load` makes this estimator again.

        The command line reads it as well: `rosenblatt predict`, `evaluate`, `inspect`, `export`.
        """
        from rosenblatt.persistence import save_model
        from rosenblatt.tabular.saving import saved_model_of

        save_model(path, saved_model_of(self))

    def to_onnx(self, path: str | PathLike[str] | None = None) -> Any:
        """An ONNX model that raw cells go into: see `rosenblatt.persistence.SavedModel.to_onnx`."""
        from rosenblatt.tabular.saving import saved_model_of

        return saved_model_of(self).to_onnx(path)

    def to_c(self, path: str | PathLike[str] | None = None, *, name: str = "predict") -> str:
        """A C99 file that raw cells go into: see `rosenblatt.persistence.SavedModel.to_c`."""
        from rosenblatt.tabular.saving import saved_model_of

        return saved_model_of(self).to_c(path, name=name)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.categorical = True
        tags.input_tags.string = True
        tags.target_tags.required = True
        return tags


def present_values(values: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], npt.NDArray[np.bool_]]:
    if values.dtype == object:
        present = np.array([not is_missing(value) for value in values], dtype=bool)
        return values, present
    present = (
        ~np.isnan(values)
        if np.issubdtype(values.dtype, np.floating)
        else np.ones(len(values), bool)
    )
    return values, present


def distinct_name(name: Any, table: Table) -> str:
    """The target's name, which no column has."""
    name = "target" if name is None or not str(name) else str(name)
    while name in table.by_name:
        name += "_"
    return name
