"""`FeatureMapDisplay`: what a layer makes of one picture."""

from __future__ import annotations

from typing import Any, Self, final

import numpy as np

from rosenblatt.backprop import forward
from rosenblatt.pictures.displays.drawing import (
    columns_for,
    grid_of_axes,
    show_numbers,
    show_picture,
)
from rosenblatt.pictures.displays.subject import layer_number, model_of, one_picture, row_of
from rosenblatt.support.types import FloatArray

__all__ = ["FeatureMapDisplay"]


@final
class FeatureMapDisplay:
    """One picture, and what each channel of a layer makes of it.

    Where a map is bright, its filter finds what it looks for. All maps have one scale: from black
    at 0, or from blue to red where some numbers are below 0.

    It is recommended to make it by `from_estimator`.

    Parameters
    ----------
    picture : array of shape (height, width, channels)
    maps : array of shape (height', width', n_maps)

    Attributes
    ----------
    figure_ : matplotlib Figure
    axes_ : array of matplotlib Axes, shape (n_rows, n_columns)
        The first one has the picture.
    images_ : list of matplotlib AxesImage
        The picture, then the maps.
    colorbar_ : matplotlib Colorbar

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from rosenblatt import ConvNetClassifier, FeatureMapDisplay
    >>> X, y = load_digits().images / 16, load_digits().target
    >>> net = ConvNetClassifier(tol=0.05, batch_size=50, random_state=0).fit(X, y)
    >>> display = FeatureMapDisplay.from_estimator(net, X[0], layer=1)  # doctest: +SKIP
    """

    def __init__(self, *, picture: Any, maps: FloatArray) -> None:
        self.picture = picture
        self.maps = maps

    @classmethod
    def from_estimator(
        cls, estimator: Any, picture: Any, *, layer: int = 0, ax: Any = None
    ) -> Self:
        """Draw what leaves a layer of a fitted network.

        Parameters
        ----------
        estimator : ConvNetClassifier or ConvNetRegressor
        picture : array of shape (height, width) or (height, width, channels)
            Pixels as `predict` takes them.
        layer : int
            Of the estimator's `layers`, from 0; -1 is the last. It must give pictures.
        ax : matplotlib Axes, optional
            A subplot whose place is divided; None for a new figure.

        Returns
        -------
        display : FeatureMapDisplay

        Raises
        ------
        InputError
            A ValueError, for a picture of another size and a layer that gives no pictures.
        """
        model = model_of(estimator).astype(np.float64)
        number = layer_number(estimator, layer)
        picture = one_picture(estimator, picture)
        passed = forward(model.network, model.parameters, row_of(picture), state=model.state)
        return cls(picture=picture, maps=passed.a[number + 1][0]).plot(ax)

    def plot(self, ax: Any = None) -> Self:
        """Draw in the place of `ax`, or on a new figure; needs matplotlib."""
        n = 1 + self.maps.shape[2]
        n_columns = columns_for(n)
        self.figure_, self.axes_ = grid_of_axes(
            ax, -(-n // n_columns), n_columns, owner=type(self).__name__
        )
        places = iter(self.axes_.ravel())
        signed, largest = bool((self.maps < 0).any()), float(np.abs(self.maps).max()) or 1.0
        self.axes_[0, 0].set_title("picture", fontsize=9)
        self.images_ = [show_picture(next(places), self.picture)]
        for one in np.moveaxis(self.maps, 2, 0):
            self.images_.append(show_numbers(next(places), one, largest, signed=signed))
        self.colorbar_ = self.figure_.colorbar(
            self.images_[-1], ax=list(self.axes_.ravel()), label="activation", shrink=0.8
        )
        return self
