"""`MostConfusedDisplay`: the errors that a network is surest of."""

from __future__ import annotations

from typing import Any, Self, final

import numpy as np
import numpy.typing as npt
from sklearn.base import is_classifier

from rosenblatt.errors import InputError
from rosenblatt.pictures.displays.drawing import columns_for, grid_of_axes, limits_of, show_picture
from rosenblatt.pictures.displays.subject import model_of, pictures_of
from rosenblatt.support.listing import brief
from rosenblatt.support.picture_text import in_picture
from rosenblatt.support.types import FloatArray, IntArray

__all__ = ["MostConfusedDisplay"]


@final
class MostConfusedDisplay:
    """Pictures that are predicted wrong, those first whose wrong class has the largest probability.

    Above each stand its true class, the one predicted, and that one's probability. Labels that are
    wrong themselves often come first.

    It is recommended to make it by `from_estimator` or `from_predictions`.

    Parameters
    ----------
    pictures : array of shape (n, height, width, channels)
    rows : array of shape (n,)
        Their places in X.
    true, predicted : arrays of shape (n,)
        Classes.
    probabilities : array of shape (n,)
        Of the predicted classes.
    n_wrong, n_samples : int
        Pictures that are wrong, of all that were looked at.

    Attributes
    ----------
    figure_ : matplotlib Figure
    axes_ : array of matplotlib Axes, shape (n_rows, n_columns)
    images_ : list of matplotlib AxesImage

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from rosenblatt import ConvNetClassifier, MostConfusedDisplay
    >>> X, y = load_digits().images / 16, load_digits().target
    >>> net = ConvNetClassifier(tol=0.05, batch_size=50, random_state=0).fit(X[:900], y[:900])
    >>> display = MostConfusedDisplay.from_estimator(net, X[900:], y[900:])  # doctest: +SKIP
    """

    def __init__(
        self,
        *,
        pictures: Any,
        rows: IntArray,
        true: npt.NDArray[Any],
        predicted: npt.NDArray[Any],
        probabilities: FloatArray,
        n_wrong: int,
        n_samples: int,
    ) -> None:
        self.pictures = pictures
        self.rows = rows
        self.true = true
        self.predicted = predicted
        self.probabilities = probabilities
        self.n_wrong = n_wrong
        self.n_samples = n_samples

    @classmethod
    def from_estimator(
        cls, estimator: Any, X: Any, y: Any, *, n_pictures: int = 20, ax: Any = None
    ) -> Self:
        """Draw the surest errors of a fitted classifier.

        Parameters
        ----------
        estimator : ConvNetClassifier
        X : array of shape (n, height, width) or (n, height, width, channels)
            Pictures as `predict` takes them, or rows of their pixels.
        y : array-like of shape (n,)
            Their classes.
        n_pictures : int
            How many to draw at most.
        ax : matplotlib Axes, optional
            A subplot whose place is divided; None for a new figure.

        Returns
        -------
        display : MostConfusedDisplay
        """
        model_of(estimator)
        if not is_classifier(estimator) or estimator.targets_.multilabel:
            raise InputError("pictures are confused where each has one class of several.")
        probabilities = estimator.predict_proba(X)
        return cls.from_predictions(
            pictures_of(X, estimator.image_shape_),
            y,
            probabilities,
            estimator.classes_,
            n_pictures=n_pictures,
            ax=ax,
        )

    @classmethod
    def from_predictions(
        cls,
        X: Any,
        y: Any,
        probabilities: Any,
        classes: Any,
        *,
        n_pictures: int = 20,
        ax: Any = None,
    ) -> Self:
        """Draw the surest errors among predictions that are there already, of any classifier.

        Parameters
        ----------
        X : array of shape (n, height, width) or (n, height, width, channels)
        y : array-like of shape (n,)
        probabilities : array of shape (n, n_classes)
        classes : array-like of shape (n_classes,)
            In the order of the columns.
        n_pictures, ax
            As in `from_estimator`.
        """
        X, true, classes = pictures_of(X), np.asarray(y), np.asarray(classes)
        probabilities = np.asarray(probabilities)
        if (
            classes.ndim != 1
            or true.shape != (len(X),)
            or probabilities.shape != (len(X), len(classes))
        ):
            raise InputError(
                "y must have a class for each picture, and probabilities a column for each of"
                f" classes, got shapes {true.shape} and {probabilities.shape} for"
                f" {len(X)} pictures and classes of shape {classes.shape}."
            )
        if probabilities.dtype.kind not in "fiub" or not np.isfinite(probabilities).all():
            raise InputError("probabilities must be finite numbers.")
        if len(true) and not np.any(true[:, None] == classes):
            raise InputError(f"y has none of the classes {brief(classes.tolist())}.")
        if not isinstance(n_pictures, (int, np.integer)) or n_pictures < 1:
            raise InputError(
                f"n_pictures must be a whole number of 1 or more, got {brief(n_pictures)}."
            )
        predicted, largest = classes[probabilities.argmax(axis=1)], probabilities.max(axis=1)
        wrong = np.flatnonzero(predicted != true)
        rows = wrong[np.argsort(-largest[wrong], kind="stable")][:n_pictures]
        return cls(
            pictures=X[rows],
            rows=rows,
            true=true[rows],
            predicted=predicted[rows],
            probabilities=largest[rows],
            n_wrong=len(wrong),
            n_samples=len(X),
        ).plot(ax)

    def plot(self, ax: Any = None) -> Self:
        """Draw in the place of `ax`, or on a new figure; needs matplotlib."""
        n = len(self.pictures)
        n_columns = columns_for(n)
        self.figure_, self.axes_ = grid_of_axes(
            ax, -(-max(n, 1) // n_columns), n_columns, owner=type(self).__name__, panel=(1.4, 1.6)
        )
        places = self.axes_.ravel()
        if not n:
            places[0].text(0.5, 0.5, f"all {self.n_samples:,} are right", ha="center")
        limits = limits_of(self.pictures) if n else None
        self.images_ = []
        for k in range(n):
            self.images_.append(show_picture(places[k], self.pictures[k], limits))
            true, predicted = in_picture(self.true[k], 24), in_picture(self.predicted[k], 24)
            told = f"{true}, not {predicted}\n{self.probabilities[k]:.1%}"
            places[k].set_title(told, fontsize=9)
        return self
