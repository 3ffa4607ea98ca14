"""`SaliencyDisplay`: which pixels a score depends on."""

from __future__ import annotations

from typing import Any, Self, final

import numpy as np
from sklearn.base import is_classifier

from rosenblatt.backprop import input_gradient
from rosenblatt.errors import InputError
from rosenblatt.pictures.displays.drawing import grid_of_axes, show_numbers, show_picture
from rosenblatt.pictures.displays.subject import model_of, one_picture, row_of
from rosenblatt.support.listing import brief
from rosenblatt.support.picture_text import in_picture
from rosenblatt.support.types import Float64Array, FloatArray

__all__ = ["SaliencyDisplay"]


@final
class SaliencyDisplay:
    """One picture, and the gradient of a score with respect to its pixels (theory E6).

    Of one channel the gradient is drawn with its sign: where it is red, a brighter pixel would
    raise the score, where it is blue, lower it. Of several channels it is the largest absolute
    value of a pixel's channels, from black at 0.

    It is recommended to make it by `from_estimator`.

    Parameters
    ----------
    picture : array of shape (height, width, channels)
    gradient : array of shape (height, width, channels)
        ∂s/∂x, in units of the score for a unit of the pixels; bytes count as shares of 255.
    target : object
        Whose score it is.

    Attributes
    ----------
    saliency : array of shape (height, width)
        max_c |∂s/∂x_c|.
    figure_ : matplotlib Figure
    axes_ : array of matplotlib Axes, shape (1, 2)
    images_ : list of two matplotlib AxesImage
        The picture and the gradient.
    colorbar_ : matplotlib Colorbar

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from rosenblatt import ConvNetClassifier, SaliencyDisplay
    >>> X, y = load_digits().images / 16, load_digits().target
    >>> net = ConvNetClassifier(tol=0.05, batch_size=50, random_state=0).fit(X, y)
    >>> display = SaliencyDisplay.from_estimator(net, X[0], target=0)  # doctest: +SKIP
    """

    def __init__(self, *, picture: Any, gradient: Float64Array, target: Any) -> None:
        self.picture = picture
        self.gradient = gradient
        self.target = target

    @classmethod
    def from_estimator(
        cls, estimator: Any, picture: Any, *, target: Any = None, ax: Any = None
    ) -> Self:
        """Draw the gradient of a score of a fitted network.

        Parameters
        ----------
        estimator : ConvNetClassifier or ConvNetRegressor
        picture : array of shape (height, width) or (height, width, channels)
            Pixels as `predict` takes them.
        target : object, optional
            A class, whose raw score before softmax is taken, of two classes the score for it
            against the other; None for the likeliest one. Of a regressor, or a classifier of
            several labels, the output's number; None for 0.
        ax : matplotlib Axes, optional
            A subplot whose place is divided; None for a new figure.

        Returns
        -------
        display : SaliencyDisplay

        Raises
        ------
        InputError
            A ValueError, for a picture of another size and a target that the network has not.
        """
        model = model_of(estimator).astype(np.float64)
        picture = one_picture(estimator, picture)
        row = row_of(picture)
        scores = model.scores(row)
        if is_classifier(estimator) and not estimator.targets_.multilabel:
            upstream, target = of_class(estimator.classes_, scores, target)
        else:
            upstream, target = of_output(scores, target)
        gradient = input_gradient(model.network, model.parameters, row, upstream, model.state)
        shaped = gradient.reshape(picture.shape)
        return cls(picture=picture, gradient=shaped, target=target).plot(ax)

    @property
    def saliency(self) -> Float64Array:
        largest: Float64Array = np.abs(self.gradient).max(axis=2)
        return largest

    def plot(self, ax: Any = None) -> Self:
        """Draw in the place of `ax`, or on a new figure; needs matplotlib."""
        self.figure_, self.axes_ = grid_of_axes(
            ax, 1, 2, owner=type(self).__name__, panel=(2.6, 2.6)
        )
        left, right = self.axes_[0]
        signed = self.gradient.shape[2] == 1
        shown = self.gradient[:, :, 0] if signed else self.saliency
        largest = float(self.saliency.max()) or 1.0
        self.images_ = [
            show_picture(left, self.picture),
            show_numbers(right, shown, largest, signed=signed),
        ]
        right.set_title(f"score of {in_picture(self.target, 24)}", fontsize=9)
        label = "gradient" if signed else "|gradient|, largest of the channels"
        self.colorbar_ = self.figure_.colorbar(
            self.images_[1], ax=[left, right], label=label, shrink=0.8
        )
        return self


def of_class(classes: Any, scores: FloatArray, target: Any) -> tuple[Float64Array, Any]:
    """What the gradient begins with, shape (1, n_scores), and the class."""
    n_scores = scores.shape[1]
    if target is None:
        likeliest = scores[0].argmax() if n_scores > 1 else int(scores[0, 0] > 0)
        target = classes[min(likeliest, len(classes) - 1)]
    is_one = isinstance(target, str | bytes) or not hasattr(target, "__len__")
    found = np.flatnonzero([is_one and c == target for c in classes])
    if len(found) != 1:
        listed = ", ".join(map(repr, np.asarray(classes).tolist()[:10]))
        raise InputError(f"target={brief(target)} is none of the classes, which are {listed}.")
    if n_scores == 1:  # the score of the second class against the first
        return np.array([[1.0 if found[0] == len(classes) - 1 else -1.0]]), target
    return np.eye(n_scores)[found], target


def of_output(scores: FloatArray, target: Any) -> tuple[Float64Array, Any]:
    """What the gradient begins with, shape (1, n_scores), and the output's number."""
    n = scores.shape[1]
    number = 0 if target is None else target
    if not isinstance(number, (int, np.integer)) or not 0 <= number < n:
        raise InputError(
            f"target={brief(target)} is no output, which are numbered from 0 to {n - 1}."
        )
    return np.eye(n)[[int(number)]], number
