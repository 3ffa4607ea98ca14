"""Targets that are classes or labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self, final

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from sklearn.preprocessing import LabelBinarizer
from sklearn.utils.multiclass import unique_labels

from rosenblatt.fitting.class_weight import class_weighted
from rosenblatt.fitting.data import flat
from rosenblatt.fitting.targets import TargetCodec
from rosenblatt.losses import Loss
from rosenblatt.options.losses import classification_loss
from rosenblatt.support.class_labels import class_labels
from rosenblatt.support.types import FloatArray

__all__ = ["ClassTargets"]


@final
@dataclass(frozen=True, eq=False)
class ClassTargets(TargetCodec):
    """Two classes, several, or several labels of a row.

    Attributes
    ----------
    binarizer : LabelBinarizer
        scikit-learn's, fitted to the targets.
    loss : str or Loss
    class_weight : None, 'balanced', dict, or list of dict
    """

    binarizer: LabelBinarizer
    loss: str | Loss = "log_loss"
    class_weight: Any = None

    numeric = False

    @classmethod
    def learn(cls, y: Any, loss: str | Loss = "log_loss", class_weight: Any = None) -> Self:
        """The classes of `y`, shape (n_samples,), or the labels of an indicator matrix."""
        with class_labels(y):
            targets = cls(LabelBinarizer().fit(y), loss, class_weight)
        targets.check_marks(y)
        return targets

    @property
    def classes(self) -> npt.NDArray[Any]:
        """All classes, sorted, or the numbers of all labels."""
        return self.binarizer.classes_

    @property
    def multiclass(self) -> bool:
        """Whether there are three classes or more, of which a row has one."""
        return bool(self.binarizer.y_type_ == "multiclass")

    @property
    def multilabel(self) -> bool:
        """Whether a row may have any number of the labels."""
        return bool(self.binarizer.y_type_.startswith("multilabel"))

    @property
    def options(self) -> dict[str, Any]:
        return {"loss": self.loss, "class_weight": self.class_weight}

    @property
    def attributes(self) -> dict[str, Any]:
        return {"classes_": self.classes}

    @property
    def n_outputs(self) -> int:
        return len(self.classes) if self.multiclass or self.multilabel else 1

    @property
    def weighs_classes(self) -> bool:
        return self.class_weight is not None

    def objective(self, p_min: float = 0.0) -> Loss:
        return classification_loss(self.loss, self.multiclass, p_min)

    def check(self, y: Any) -> None:
        self.check_marks(y)
        with class_labels(y):
            classes = unique_labels(y)
        if len(np.setdiff1d(classes, self.classes)):
            raise ValueError(
                f"`y` has classes not in `self.classes_`. `self.classes_` has {self.classes}."
                f" 'y' has {classes}."
            )

    def check_marks(self, y: Any) -> None:
        """Raise ValueError where labels are marked by numbers other than 0 and 1."""
        if not self.multilabel:
            return
        marks = y.data if sp.issparse(y) else np.asarray(y)
        if not ((marks == 0) | (marks == 1)).all():
            raise ValueError(
                f"y marks the labels of a row by 0 and 1, and has {np.setdiff1d(marks, [0, 1])[0]}:"
                " give 1 where a row has the label, and 0 where it does not."
            )

    def check_all_present(self, y: Any) -> None:
        """Raise ValueError unless `y` has exactly these classes."""
        self.check_marks(y)
        with class_labels(y):
            classes = unique_labels(y)
        if set(classes) != set(self.classes):
            raise ValueError(
                "warm_start can only be used where `y` has the same classes as in the previous"
                f" call to fit. Previously got {self.classes}, `y` has {classes}"
            )

    def check_encoded(self, y: FloatArray) -> None:
        pass  # every code is a class

    def encode(self, y: Any, dtype: npt.DTypeLike) -> FloatArray:
        if not self.multilabel and np.size(y) == len(y):
            return np.searchsorted(self.classes, np.ravel(y)).astype(dtype)[:, None]
        indicator = self.binarizer.transform(flat(y, warn=False))
        if sp.issparse(indicator):
            indicator = indicator.toarray()
        encoded: FloatArray = np.ascontiguousarray(indicator, dtype=dtype)
        return encoded

    def decode(self, y: FloatArray) -> npt.NDArray[Any]:
        return y.astype(int) if self.multilabel else self.classes[y[:, 0].astype(int)]

    def predicted(self, prediction: FloatArray) -> npt.NDArray[Any]:
        labels = self.binarizer
        kind, classes = labels.y_type_, labels.classes_
        # The same as inverse_transform, without its checks.
        if kind == "binary" and len(classes) == 2 and not labels.sparse_input_:
            return classes.take(prediction[:, 1] > 0.5)
        if kind == "multiclass" and not labels.sparse_input_:
            return classes.take(prediction.argmax(axis=1), mode="clip")
        return labels.inverse_transform(prediction[:, 1] if self.n_outputs == 1 else prediction)

    def row_weights(self, y: FloatArray, weights: FloatArray | None) -> FloatArray | None:
        return class_weighted(self.class_weight, y, list(self.classes), weights)

    def reported_loss(self, data_loss: float) -> float:
        return data_loss

    def score(self, prediction: FloatArray, y: FloatArray, weights: FloatArray | None) -> float:
        if self.multiclass:
            right = prediction.argmax(axis=1) == y[:, 0]
        else:
            right = ((prediction > 0.5) == (y > 0.5)).all(axis=1)
        return float(np.average(right, weights=weights))

    def strata(self, y: FloatArray) -> npt.NDArray[Any] | None:
        # As in scikit-learn, only a single column is stratified, and its classes go by these names.
        if self.multiclass or y.shape[1] > 1:
            return None
        return np.where(y[:, 0] > 0.5, "True", "False")
