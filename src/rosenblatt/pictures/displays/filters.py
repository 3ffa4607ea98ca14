"""`FilterDisplay`: the kernels of a convolution."""

from __future__ import annotations

from typing import Any, Self, final

import numpy as np

from rosenblatt.errors import InputError
from rosenblatt.network import Conv2D
from rosenblatt.pictures.displays.drawing import (
    columns_for,
    grid_of_axes,
    show_numbers,
    show_picture,
)
from rosenblatt.pictures.displays.subject import layer_number, model_of
from rosenblatt.support.listing import brief
from rosenblatt.support.types import FloatArray

__all__ = ["FilterDisplay"]


@final
class FilterDisplay:
    """The kernels of a convolution: what each filter looks for.

    Filters of one channel are drawn in red for weights above 0, blue below, white at 0; those of
    the three channels of a picture in colours, where grey is 0; of any other number of channels
    each filter is a row, with a panel for every channel. All panels have one scale.

    It is recommended to make it by `from_estimator`.

    Parameters
    ----------
    filters : array of shape (n_filters, height, width, channels)
    in_colour : bool
        Whether the channels are red, green and blue.

    Attributes
    ----------
    figure_ : matplotlib Figure
    axes_ : array of matplotlib Axes, shape (n_rows, n_columns)
    images_ : list of matplotlib AxesImage
        Filter by filter, and of each the channels that have panels of their own.
    colorbar_ : matplotlib Colorbar or None
        What the colours mean; None for filters in colour.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from rosenblatt import ConvNetClassifier, FilterDisplay
    >>> digits = load_digits()
    >>> net = ConvNetClassifier(tol=0.05, batch_size=50, random_state=0)
    >>> net = net.fit(digits.images / 16, digits.target)
    >>> FilterDisplay.from_estimator(net).figure_.savefig("filters.png")  # doctest: +SKIP
    """

    def __init__(self, *, filters: FloatArray, in_colour: bool) -> None:
        self.filters = filters
        self.in_colour = in_colour

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        *,
        layer: int | None = None,
        filters: Any = None,
        channels: Any = None,
        ax: Any = None,
    ) -> Self:
        """Draw the kernels of a fitted network.

        Parameters
        ----------
        estimator : ConvNetClassifier or ConvNetRegressor
        layer : int, optional
            Of the estimator's `layers`, from 0; None for the first `Conv2D`.
        filters, channels : sequence of int, optional
            Those to draw, from 0; None for all. Layers behind the first have many channels.
        ax : matplotlib Axes, optional
            A subplot whose place is divided; None for a new figure.

        Returns
        -------
        display : FilterDisplay

        Raises
        ------
        InputError
            A ValueError, where the layer is no `Conv2D`, or has no such filter or channel.
        """
        model = model_of(estimator)
        if layer is None:
            layer = first_convolution(estimator.layers)
        number = layer_number(estimator, layer)
        convolution = model.network.layers[number]
        if not isinstance(convolution, Conv2D):
            raise InputError(
                f"layer={layer} is a {type(convolution).__name__}, which has no filters."
            )
        kernel = model.network.layer_parameters(model.parameters)[number]["weight"]
        seen = np.moveaxis(kernel, 3, 0)
        seen = chosen(chosen(seen, 0, filters, "filters"), 3, channels, "channels")
        sees_picture = number == layer_number(estimator, 0)
        return cls(filters=seen, in_colour=sees_picture and seen.shape[3] == 3).plot(ax)

    def plot(self, ax: Any = None) -> Self:
        """Draw in the place of `ax`, or on a new figure; needs matplotlib."""
        n, _, _, n_channels = self.filters.shape
        apart = not self.in_colour and n_channels > 1
        n_columns = n_channels if apart else columns_for(n)
        n_rows = n if apart else -(-n // n_columns)
        panel = (0.6, 0.6) if apart else (0.9, 0.9)
        self.figure_, self.axes_ = grid_of_axes(
            ax, n_rows, n_columns, owner=type(self).__name__, panel=panel
        )
        places = iter(self.axes_.ravel())
        largest = float(np.abs(self.filters).max()) or 1.0
        if self.in_colour:
            limits = (-largest, largest)
            self.images_ = [show_picture(next(places), one, limits) for one in self.filters]
            self.colorbar_ = None
            return self
        self.images_ = [
            show_numbers(next(places), one[:, :, channel], largest, signed=True)
            for one in self.filters
            for channel in range(n_channels)
        ]
        self.colorbar_ = self.figure_.colorbar(
            self.images_[0], ax=list(self.axes_.ravel()), label="weight", shrink=0.8
        )
        return self


def first_convolution(layers: Any) -> int:
    for i, layer in enumerate(layers):
        if isinstance(layer, Conv2D):
            return i
    raise InputError("the network has no Conv2D among its layers.")


def chosen(kernels: FloatArray, axis: int, numbers: Any, name: str) -> FloatArray:
    """Those of the numbers along an axis, all for None."""
    if numbers is None:
        return kernels
    given, n = np.atleast_1d(np.asarray(numbers)), kernels.shape[axis]
    is_whole = given.ndim == 1 and len(given) > 0 and given.dtype.kind in "iu"
    if not is_whole or given.min() < 0 or given.max() >= n:
        raise InputError(f"{name} must be whole numbers from 0 to {n - 1}, got {brief(numbers)}.")
    return np.take(kernels, given, axis)
