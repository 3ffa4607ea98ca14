"""`TableClassifier`: a data frame goes in, class probabilities come out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from numbers import Real
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, Self, final

import numpy as np
import numpy.typing as npt
from sklearn.base import ClassifierMixin
from sklearn.utils._param_validation import StrOptions
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted

from rosenblatt.array_checks import column_or_1d
from rosenblatt.errors import InputError
from rosenblatt.support.class_labels import check_labels, class_labels, refuse_labels
from rosenblatt.support.coverage import checked_coverage
from rosenblatt.support.plain_values import even_rows, plain_values
from rosenblatt.support.squares import mean_weights
from rosenblatt.support.types import BoolArray, FloatArray
from rosenblatt.table import ClassTarget, ColumnKind
from rosenblatt.table.target import AnyTarget
from rosenblatt.tabular.base import BaseTable
from rosenblatt.tabular.chosen import OutsideRows, chosen
from rosenblatt.tabular.decisions import COSTS_AND_WEIGHTS, Aim, CostMatrix, aim_of
from rosenblatt.tabular.encoder import TableEncoder
from rosenblatt.tabular.inputs import kind_of, values_of
from rosenblatt.tabular.learned import Learned
from rosenblatt.tabular.networks import NetworkFamily
from rosenblatt.tabular.preset import DEFAULT, EXTRAPOLATIONS, Preset
from rosenblatt.tabular.rows import TrainingRows
from rosenblatt.uncertainty import Reliability, SetCalibration

if TYPE_CHECKING:
    from rosenblatt.persistence import SavedModel

__all__ = ["TableClassifier"]


@final
class TableClassifier(ClassifierMixin, BaseTable):
    """Classes from a table of mixed columns, without choosing layers.

    Columns are recognised and encoded; several networks are trained, each on all rows but those of
    a fold, on which its best epoch is chosen; their mean is the prediction. Probabilities are
    calibrated by one temperature on the rows outside.

    Parameters
    ----------
    preset : {'fast', 'default', 'best'}, default='default'
        About 1, 4 and 30 seconds on two cores for 6,000 rows.
    network : {'realmlp', 'tabm', 'mlp'}, optional
        A published network with its defaults, in place of the learner's: trained once, on four
        fifths of the rows; the others say which epoch is kept. `preset` has no meaning then. Or a
        network with other numbers, such as `rosenblatt.tabular.networks.TabM(n_members=8)`.
    decision : optional
        What the predicted classes shall be best for, where it is not their accuracy; probabilities
        stay the same. 'f1' (of the rarer of two classes, the mean of more) or 'balanced_accuracy';
        ``MinimumRecall(0.9, label)``, ``MinimumPrecision(0.9, label)``; ``CostMatrix(costs)``; or a
        number, the probability from which the second of two classes is taken. Thresholds are chosen
        on the rows outside of the networks. `set_decision` changes it without training.
    class_weight : dict of class to weight or 'balanced', optional
        Weights by which networks are trained and compared: with 'balanced' every class counts
        alike. Probabilities are then those of a table of such weights.
    time_limit : float, optional
        Seconds after which the best so far is returned.
    columns : dict of str to str, optional
        Kinds of columns that are taken for something else: 'number', 'date', 'true/false';
        'category', whose cells stay as written, codes such as 01234 among them; 'text', the same,
        but refused where rows hardly share a text, because free text is not learnt from; or 'drop'.
    monotonic_cst : dict of str to int, or array-like of shape (n_columns,), optional
        1 for columns with which the probability of the second class does not fall, whatever the
        other cells are, -1 for those with which it does not rise. Numbers, dates and truth values
        have directions; of more than two classes there are none.
    extrapolation : {'constant', 'linear'}, default='constant'
        What scores do far beyond the numbers of the training rows.
    n_jobs : int, optional
        Threads; None takes the cores that the process may use. Without a time limit results do not
        depend on it.
    random_state : int, RandomState instance or None, default=None
    verbose : bool, default=False
        Whether a line is printed for every epoch.

    Attributes
    ----------
    classes_ : array of shape (n_classes,)
    columns_ : dict of str to str
        What each column was taken for.
    encoder_ : TableEncoder
    network_ : EnsembleModel
        Its members take the encoder's features.
    history_ : list of dict
        Every epoch of every network: 'network' (from 0), 'recipe', 'epoch', 'loss', 'score',
        'chosen' (whether the recipe won) and 'kept' (whether the network has its weights).
    directions_ : dict of str to int
        The columns that predictions are monotone in.
    validation_score_ : float
        Accuracy on rows that the networks in question have not seen; NaN without any.
    calibration_, calibration_error_ : list of dict, float
        Whether probabilities of such rows are as often right as they say.
    threshold_ : float or array of shape (n_classes,)
        Which `predict` goes by; see there.
    decision_scores_ : dict of str to float
        What `decision` comes to on the rows outside, each decided by a rule that was chosen without
        it: 'f1', and 'recall', 'precision' or 'cost' where it is about them.
    n_features_in_, feature_names_in_
        As in scikit-learn.

    Examples
    --------
    >>> import pandas as pd
    >>> from rosenblatt import TableClassifier
    >>> df = pd.DataFrame({"sky": ["grey", "blue"] * 50, "humidity": range(100)})
    >>> rain = df["sky"].eq("grey")
    >>> clf = TableClassifier("fast", random_state=0).fit(df, rain)
    >>> clf.predict(df.head(2)).tolist()
    [True, False]
    >>> clf.columns_
    {'sky': 'category', 'humidity': 'number'}
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        **BaseTable._parameter_constraints,
        "decision": [None, str, Real, Aim],
        "class_weight": [None, dict, StrOptions({"balanced"})],
    }

    classes_: npt.NDArray[Any]
    _outside: OutsideRows | None

    def __init__(
        self,
        preset: str | Preset = DEFAULT,
        *,
        network: str | NetworkFamily | None = None,
        decision: Any = None,
        class_weight: Any = None,
        time_limit: float | None = None,
        columns: Mapping[str, ColumnKind | str] | None = None,
        monotonic_cst: Mapping[str, int] | npt.ArrayLike | None = None,
        extrapolation: str = EXTRAPOLATIONS[0],
        n_jobs: int | None = None,
        random_state: Any = None,
        verbose: bool | int = False,
    ) -> None:
        super().__init__(
            preset,
            network=network,
            time_limit=time_limit,
            columns=columns,
            monotonic_cst=monotonic_cst,
            extrapolation=extrapolation,
            n_jobs=n_jobs,
            random_state=random_state,
            verbose=verbose,
        )
        self.decision = decision
        self.class_weight = class_weight

    def predict_proba(self, X: Any) -> FloatArray:
        """Probabilities of the classes, shape (n_rows, n_classes), in the order of `classes_`."""
        p = self._predicted(X).astype(np.float64)
        p = np.hstack([1 - p, p]) if p.shape[1] == 1 else p
        normalised: FloatArray = p / p.sum(axis=1, keepdims=True)
        return normalised

    def predict_log_proba(self, X: Any) -> FloatArray:
        """Logarithms of `predict_proba`, shape (n_rows, n_classes)."""
        with np.errstate(divide="ignore"):  # of a probability that is 0
            logarithms: FloatArray = np.log(self.predict_proba(X))
        return logarithms

    def predict(self, X: Any) -> npt.NDArray[Any]:
        """The class of each row, shape (n_rows,): the most probable one, or as `decision` says."""
        p = self.predict_proba(X)
        return self.classes_[self._target.decide(p)]

    def set_decision(self, decision: Any, X: Any = None, y: Any = None) -> Self:
        """Change how `predict` takes a class from probabilities, without any training.

        Parameters
        ----------
        decision : as the parameter
        X, y : data frame or array, and array-like of shape (n_rows,), optional
            Rows that a threshold is chosen by. Without them it is by the training rows outside of
            the networks, as in `fit`; a model file does not keep these.

        Returns
        -------
        self
        """
        check_is_fitted(self)
        rows = self._outside
        if (X is None) != (y is None):
            raise InputError("a threshold is chosen by X and y: give both, or neither")
        if X is not None:
            codes = self._encode_target(self._target, self._checked(values_of(y)))
            p = self.predict_proba(X)
            if len(p) != len(codes):
                raise InputError(f"X has {len(p)} rows, and y has {len(codes)} values")
            rows = OutsideRows(p, codes, None)
        aim = self._aim(decision)
        if aim is not None and aim.needs_rows and rows is None:
            raise InputError(
                "there are no rows to choose a threshold by, as a model file keeps none: give X and"
                " y, which the model was not trained on"
            )
        self.decision = decision
        self._decide(aim, rows)
        self.encoder_ = TableEncoder.of(self.encoding_, getattr(self, "feature_names_in_", None))
        return self

    @property
    def threshold_(self) -> float | npt.NDArray[Any] | None:
        """Of two classes the probability of the second from which it is predicted.

        Of more classes an array: that of the largest probability over threshold is predicted. None
        where costs decide among more than two.
        """
        check_is_fitted(self)
        decision, n = self._target.decision, len(self.classes_)
        if n == 2:
            return 0.5 if decision is None else decision.threshold
        if decision is None:
            return np.full(n, 1 / n)
        return np.array(decision.thresholds) if decision.thresholds else None

    @property
    def _target(self) -> ClassTarget:
        check_is_fitted(self)
        target = self.encoding_.target
        assert isinstance(target, ClassTarget)
        return target

    @property
    def _class_weight(self) -> Any:
        return self.class_weight

    def _aim(self, decision: Any) -> Aim | None:
        """What a decision is for, checked against the classes."""
        if decision is None:
            return None
        aim = aim_of(decision)
        aim.check(self.classes_.tolist())
        if isinstance(aim, CostMatrix) and self.class_weight is not None:
            raise InputError(COSTS_AND_WEIGHTS)
        return aim

    def _decide(self, aim: Aim | None, rows: OutsideRows | None) -> None:
        """Set the rule, and its scores of rows that had no part in it."""
        found = None if aim is None else chosen(aim, rows, self.classes_.tolist())
        rule = None if found is None else found.decision
        self.encoding_ = replace(self.encoding_, target=replace(self._target, decision=rule))
        self.decision_scores_ = {} if found is None or rows is None else found.scores(rows)
        self.validation_score_ = float("nan")
        if rows is not None:
            decided = rows.p.argmax(axis=1) if found is None else found.decided
            hit = decided == rows.codes
            self.validation_score_ = float(np.average(hit, weights=rows.weights))

    def _restore(self, saved: SavedModel, names: npt.NDArray[Any]) -> None:
        super()._restore(saved, names)
        self._outside = None
        self.decision_scores_ = {}

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> float:
        """The share of rows predicted right, as scikit-learn's `accuracy_score` gives it."""
        with plain_values(y=y, sample_weight=sample_weight), class_labels(y):
            return float(super().score(X, y, mean_weights(sample_weight)))

    def predict_set(self, X: Any, coverage: float = 0.9) -> BoolArray:
        """Sets of classes that hold that of a new row with a given probability (theory U1, U3).

        Conformal: a class is in the set if it surprises no more than the own classes of that share
        of the training rows did, by networks that had not learnt from them, or of `X_val`. That
        holds for rows like those of the training on average. Where the model is right more often
        than `coverage`, some sets are empty: their rows are the least clear ones.

        Parameters
        ----------
        X : data frame or array-like
            As in `predict`.
        coverage : float, default=0.9
            The probability, between 0 and 1.

        Returns
        -------
        bool array of shape (n_rows, n_classes)
            Which classes are in the set, in the order of `classes_`; all of them where there were
            too few rows for so large a coverage.

        Raises
        ------
        InputError
            If `coverage` is none, or the model has no scores of rows outside its training.
        """
        return self._sets(X, checked_coverage(coverage))

    def predict_interval(self, X: Any, coverage: float = 0.9) -> NoReturn:
        """Refused: intervals are of numbers; see `predict_set`."""
        raise InputError("a classifier predicts classes: sets of them come from predict_set")

    def predict_distribution(self, X: Any) -> NoReturn:
        """Refused: a class has probabilities; see `predict_proba`."""
        raise InputError("a classifier predicts classes: their probabilities are predict_proba's")

    def predict_quantile(self, X: Any, q: float) -> NoReturn:
        """Refused: a class has probabilities; see `predict_proba`."""
        self.predict_distribution(X)

    @property
    def calibration_(self) -> list[dict[str, float]]:
        """Rows not seen in training by their confidence: a dict for each bin, as a frame takes
        them, with the least and the largest confidence ('low', 'high'), the share of the rows, the
        mean confidence and the accuracy (theory U4)."""
        return [vars(one).copy() for one in self._reliability.bins]

    @property
    def calibration_error_(self) -> float:
        """The expected calibration error of those rows: the mean distance of confidence and
        accuracy."""
        return self._reliability.error

    @property
    def _reliability(self) -> Reliability:
        try:
            self._calibrated()
        except InputError as error:  # as of any attribute that is not there
            raise AttributeError(str(error)) from error
        assert self._uncertainty is not None
        assert self._uncertainty.reliability is not None
        return self._uncertainty.reliability

    def _sets(self, X: Any, coverage: float) -> BoolArray:
        calibration = self._calibrated()
        assert isinstance(calibration, SetCalibration)
        return calibration.members(self.network_, self._features(X), coverage)

    def _checked(self, y: npt.NDArray[Any]) -> npt.NDArray[Any]:
        with even_rows(y=y):
            y = column_or_1d(y, warn=True)
        check_labels(y)
        if y.dtype == object and len(y):
            if not isinstance(y[0], str):
                y = np.array(y.tolist())
            if y.dtype == object and not isinstance(y[0], str):  # numbers beyond NumPy's
                refuse_labels(kind_of(y))
        elif np.issubdtype(y.dtype, np.floating) and not np.isfinite(y).all():
            raise ValueError("Input y contains NaN or infinity.")
        check_classification_targets(y)
        return y

    def _learn_target(self, name: str, y: npt.NDArray[Any]) -> AnyTarget:
        self.classes_, counts = np.unique(y, return_counts=True)
        if len(self.classes_) > 1:
            self._aim(self.decision)  # before anything is trained
        if len(self.classes_) < 2:
            raise InputError(
                f"the target {name!r} has one class only, {str(self.classes_[0])!r}: a classifier"
                " needs rows of two classes or more"
            )
        labels = self.classes_.tolist()
        if isinstance(labels[0], float):
            labels = [int(label) for label in labels]
        if isinstance(labels[0], str) and not all(map(is_whole_text, labels)):
            raise InputError(f"a class of {name!r} holds half a character, which no file can hold")
        return ClassTarget(name, tuple(labels), tuple(counts.tolist()), "")

    def _encode_target(self, target: AnyTarget, y: npt.NDArray[Any]) -> npt.NDArray[Any]:
        # Texts and numbers, which have no order between them, are told apart without one.
        code_of = {label: code for code, label in enumerate(self.classes_.tolist())}
        labels = y.tolist()
        codes = np.array([code_of.get(label, -1) for label in labels], dtype=np.int64)
        if (codes < 0).any():
            strange = labels[int(np.argmin(codes))]
            raise InputError(f"the class {str(strange)!r} of y_val is none of the training's")
        return codes

    def _score(self, learned: Learned | None, rows: TrainingRows) -> None:
        self._outside = None if learned is None else OutsideRows.of(learned, rows)
        self._decide(self._aim(self.decision), self._outside)


def is_whole_text(label: str) -> bool:
    return label.encode(errors="replace").decode() == label
