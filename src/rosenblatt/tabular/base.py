"""What both table estimators share: the parameters, the fit, the encoding of new rows."""

from __future__ import annotations

import math
import sys
import warnings
from abc import ABC, abstractmethod
from collections.abc import Mapping
from numbers import Integral, Real
from os import PathLike
from time import perf_counter
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy.typing as npt
from sklearn.base import BaseEstimator
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_is_fitted

from rosenblatt.errors import InputError
from rosenblatt.losses import Loss, SquaredError
from rosenblatt.model import AnyModel
from rosenblatt.parallel import StopSignal
from rosenblatt.support.coverage import checked_coverage
from rosenblatt.support.fitted_aside import fitted_aside
from rosenblatt.support.held_numbers import HeldNumbers
from rosenblatt.support.types import Float64Array, FloatArray
from rosenblatt.table import ColumnKind, TableEncoding, TableFormats
from rosenblatt.table.target import AnyTarget
from rosenblatt.tabular.encoded_table import Labelled, check_rows, encode_labelled
from rosenblatt.tabular.encoder import TableEncoder
from rosenblatt.tabular.encoding import formats_of
from rosenblatt.tabular.exporting import TableExporting
from rosenblatt.tabular.given_rows import training_rows, validation_rows
from rosenblatt.tabular.inputs import as_learnt, names_of_arrays
from rosenblatt.tabular.learned import Learned
from rosenblatt.tabular.member import EpochNote
from rosenblatt.tabular.networks import NETWORKS, NetworkFamily
from rosenblatt.tabular.preset import DEFAULT, EXTRAPOLATIONS, ONCE, PRESETS, Preset
from rosenblatt.tabular.rows import TrainingRows
from rosenblatt.tabular.shape import Shape, shape_for
from rosenblatt.tabular.splits import require_one_split
from rosenblatt.tabular.summary import network_summary, summary_of
from rosenblatt.tabular.training import train_networks
from rosenblatt.tabular.uncertainty import uncertainty_of
from rosenblatt.tabular.wording import in_python
from rosenblatt.uncertainty import (
    IntervalCalibration,
    SetCalibration,
    ShiftReference,
    Uncertainty,
)

if TYPE_CHECKING:
    from rosenblatt.persistence import SavedModel

__all__ = ["NO_ROWS_OUTSIDE", "BaseTable"]

NO_ROWS_OUTSIDE = (
    "this model has no scores of rows outside its training, which intervals and sets come from: fit"
    " it again, with two folds or X_val, and time for its networks"
)


class BaseTable(TableExporting, HeldNumbers, BaseEstimator, ABC):
    """Parameters and attributes of `TableClassifier` and `TableRegressor`; see there."""

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "preset": [StrOptions(set(PRESETS)), Preset],
        "network": [None, StrOptions(set(NETWORKS)), NetworkFamily],
        "time_limit": [None, Interval(Real, 0, None, closed="neither")],
        "columns": [None, dict],
        "monotonic_cst": [None, dict, "array-like"],
        "extrapolation": [StrOptions(set(EXTRAPOLATIONS))],
        "n_jobs": [None, Integral],
        "random_state": ["random_state"],
        "verbose": ["verbose"],
    }

    encoding_: TableEncoding
    network_: AnyModel
    _notes: tuple[str, ...]
    _uncertainty: Uncertainty | None = None

    def __init__(
        self,
        preset: str | Preset = DEFAULT,
        *,
        network: str | NetworkFamily | None = None,
        time_limit: float | None = None,
        columns: Mapping[str, ColumnKind | str] | None = None,
        monotonic_cst: Mapping[str, int] | npt.ArrayLike | None = None,
        extrapolation: str = EXTRAPOLATIONS[0],
        n_jobs: int | None = None,
        random_state: Any = None,
        verbose: bool | int = False,
    ) -> None:
        self.preset = preset
        self.network = network
        self.time_limit = time_limit
        self.columns = columns
        self.monotonic_cst = monotonic_cst
        self.extrapolation = extrapolation
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
    def _score(self, learned: Learned | None, rows: TrainingRows) -> None:
        """Set the score of the rows by the networks that have not seen them, NaN without any."""

    def fit(
        self,
        X: Any,
        y: Any = None,
        sample_weight: Any = None,
        *,
        groups: Any = None,
        time: Any = None,
        folds: Any = None,
        X_val: Any = None,
        y_val: Any = None,
        target: str | None = None,
    ) -> Self:
        """Learn from a table.

        Parameters
        ----------
        X : data frame, Arrow table, mapping of columns, or array-like of shape (n_rows, n_columns)
            Of pandas, polars or whatever hands out Arrow data. Numbers, categories, dates, truth
            values and missing cells may be mixed; free text is left out, with a note.
        y : array-like of shape (n_rows,), optional
            The target; not with `target`.
        sample_weight : array-like of shape (n_rows,) or str, optional
            Weight 2 stands for a row given twice, weight 0 for its absence.
            Or the name of a column of X, which is no feature then.
        groups : array-like of shape (n_rows,) or str, optional
            Rows of one group, such as the visits of a patient, are in one fold. Rows without one
            are groups of their own. Or the name of a column of X, which is no feature then.
        time : array-like of shape (n_rows,) or str, optional
            Dates or numbers, by which rows have an order: each network is compared by rows that are
            later than all that it learns from, and means of the target are over earlier rows. Rows
            without a time are left out. Or the name of a column of X, which is a feature as well.
        folds : array-like of shape (n_rows,), splitter of scikit-learn or str, optional
            The fold of each row, in place of random ones; all networks learn from rows of a
            negative one. Or the name of a column of X, which is no feature then.
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
        begun = perf_counter()
        with fitted_aside(self) as aside:
            require_one_split(groups=groups, time=time, folds=folds, X_val=X_val)
            given = training_rows(
                aside, X, y, sample_weight, groups, target, aside._checked, time, folds
            )
            known = aside._learn_target(given.name, given.values)
            validation = validation_rows(aside, X_val, y_val, target, aside._checked)
            data, *outside = (
                rows.labelled(aside._encode_target(known, rows.values))
                for rows in (given, validation)
                if rows is not None
            )
            check_rows(data, known)
            formats = formats_of(given.table, known, aside.columns or {})
            aside._fit(data, formats, outside[0] if outside else None, begun)
            aside._notes = (*given.notes, *formats.notes, *aside._notes)
        return self

    def _fit(
        self, data: Labelled, formats: TableFormats, validation: Labelled | None, begun: float
    ) -> None:
        family, preset = self._family, self._preset
        try:
            shape = shape_for(
                self.monotonic_cst,
                self.extrapolation,
                formats,
                published=family is not None,
            )
        except InputError as error:
            raise InputError(in_python(str(error))) from None
        encoded = encode_labelled(
            data,
            formats,
            preset,
            random_state=self.random_state,
            class_weight=self._class_weight,
            validation=validation,
            categories=None if family is None else family.rule,
            shape=shape,
        )
        trained = train_networks(
            encoded,
            preset,
            family=family,
            loss=self._loss,
            n_jobs=self.n_jobs,
            stop=StopSignal.after(None if self.time_limit is None else self._left(begun)),
            report=self._report if self.verbose else None,
        )
        self.history_ = [one.as_dict() for one in trained.epochs]
        self.n_rows_ = len(data.rows)
        self.directions_ = dict(shape.monotone)
        self.encoding_, self.network_ = trained.encoding, trained.model
        self._notes = trained.notes
        self._uncertainty = uncertainty_of(encoded, trained.learned, encoded.scored.weights)
        self._score(trained.learned, encoded.scored)
        self._warn_of(trained.learned)
        self.encoder_ = TableEncoder.of(self.encoding_, getattr(self, "feature_names_in_", None))

    def _warn_of(self, learned: Learned | None) -> None:
        """Say what the user does not get."""
        if learned is None:
            limit = f" within time_limit={self.time_limit}" if self.time_limit else ""
            what = f"no network had an epoch{limit}: a linear model of the same columns is returned"
            self._notes += (what,)
        elif learned.interrupted and self.time_limit is None:
            kept = len(learned.members)
            what = f"the training was interrupted: {kept} of its networks are kept"
        else:
            return
        warnings.warn(what, UserWarning, stacklevel=4)

    def _report(self, number: int, recipe: str, note: EpochNote) -> None:
        # At once, so that lines of several threads stay whole.
        sys.stdout.write(
            f"network {number} ({recipe}), epoch {note.epoch}: loss {note.loss:.4g},"
            f" score {note.quality[0]:.4g}\n"
        )
        sys.stdout.flush()

    @property
    def _class_weight(self) -> Any:
        return None

    @property
    def _loss(self) -> Loss:
        """Of numbers."""
        return SquaredError()

    @property
    def _family(self) -> NetworkFamily | None:
        return NETWORKS[self.network] if isinstance(self.network, str) else self.network

    @property
    def _preset(self) -> Preset:
        if self.network is not None:
            return ONCE
        return PRESETS[self.preset] if isinstance(self.preset, str) else self.preset

    def _left(self, begun: float) -> float:
        assert self.time_limit is not None
        return max(self.time_limit - (perf_counter() - begun), 0.0)

    # Prediction.

    def _features(self, X: Any) -> FloatArray:
        check_is_fitted(self)
        table = as_learnt(X, self, [column.name for column in self.encoding_.columns])
        X = self.encoding_.encode(table).X
        if not len(X):
            raise ValueError(
                f"Found array with 0 sample(s) while a minimum of 1 is required by"
                f" {type(self).__name__}."
            )
        for note in self.encoding_.all_unseen(table):
            warnings.warn(note, UserWarning, stacklevel=4)
        return X

    def _predicted(self, X: Any) -> FloatArray:
        """Probabilities of classes, one column for two of them; or standardised numbers."""
        features = self._features(X)  # which checks that there is a network
        return self.network_.predict(features)

    def _calibrated(self) -> IntervalCalibration | SetCalibration:
        """InputError where there are no rows outside."""
        check_is_fitted(self)
        if self._uncertainty is None or self._uncertainty.calibration is None:
            raise InputError(NO_ROWS_OUTSIDE)
        return self._uncertainty.calibration

    def shift_score(self, X: Any) -> Float64Array:
        """How many rows like those of the training are as odd as each row (theory U5).

        A row is odd by cells that are rare or far out in their columns, one at a time; relations
        between columns are not looked at.

        Parameters
        ----------
        X : data frame or array-like
            As in `predict`.

        Returns
        -------
        array of shape (n_rows,)
            Conformal p-values: of rows like those of the training a share of 0.01 has 0.01 or less.
        """
        shift, features = self._shift_and_features(X)
        return shift.p_values(features)

    def shift_report(self, X: Any, rate: float = 0.01) -> dict[str, Any]:
        """What the rows differ by from those of the training, all together (theory U5).

        Parameters
        ----------
        X : data frame or array-like
            As in `predict`.
        rate : float, default=0.01
            How often rows like those of the training are said to differ.

        Returns
        -------
        dict
            'differs'; 'p_value' of all; 'odd_rows', the share of rows with a `shift_score` below
            0.01; and 'columns' that differ, the most shifted first, with 'name' and 'p_value'.
        """
        rate = checked_coverage(rate, "rate")
        shift, features = self._shift_and_features(X)
        return shift.compare(features, rate).as_dict()

    def _shift_and_features(self, X: Any) -> tuple[ShiftReference, FloatArray]:
        check_is_fitted(self)
        if self._uncertainty is None or self._uncertainty.shift is None:
            raise InputError(
                "this model does not keep how its training rows were distributed: fit it again, to"
                " twenty rows or more"
            )
        return self._uncertainty.shift, self._features(X)

    def _restore(self, saved: SavedModel, names: npt.NDArray[Any]) -> None:
        """Take over what a model file holds."""
        self.encoding_, self.network_ = saved.encoding, saved.model
        self._notes = ()
        self._uncertainty = saved.uncertainty
        self.history_ = []
        said = self.monotonic_cst
        self.directions_ = dict(said) if isinstance(said, Mapping) else {}
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
        return tuple(map(in_python, (*self.encoding_.notes, *self._notes)))

    def summary(self) -> str:
        """Columns, networks and score, as text."""
        check_is_fitted(self)
        return summary_of(
            type(self).__name__,
            self.network_,
            self.validation_score_,
            self._uncertainty,
            Shape(tuple(self.directions_.items()), self.extrapolation),
            self.encoding_.describe(),
            self.notes_,
        )

    @property
    def network_summary_(self) -> str:
        """How many networks and weights there are."""
        check_is_fitted(self)
        return network_summary(self.network_)

    def save(self, path: str | PathLike[str]) -> None:
        """Write a model file, from which `rosenblatt.load` makes this estimator again.

        The command line reads it as well: `rosenblatt predict`, `evaluate`, `inspect`, `export`.
        """
        from rosenblatt.persistence import save_model
        from rosenblatt.tabular.saving import saved_model_of

        save_model(path, saved_model_of(self))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = True
        tags.input_tags.categorical = True
        tags.input_tags.string = True
        tags.target_tags.required = True
        return tags
