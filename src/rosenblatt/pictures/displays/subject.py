"""What the displays read off a fitted network of pictures."""

from __future__ import annotations

from typing import Any

import numpy as np
from sklearn.utils.validation import check_is_fitted

from rosenblatt.errors import InputError
from rosenblatt.model import Model
from rosenblatt.network import Shape
from rosenblatt.pictures.base import BaseConvNet
from rosenblatt.pictures.images import as_rows
from rosenblatt.support.listing import brief
from rosenblatt.support.types import Float64Array

__all__ = ["layer_number", "model_of", "one_picture", "pictures_of", "row_of"]


def model_of(estimator: Any) -> Model:
    """The network of a fitted `ConvNetClassifier` or `ConvNetRegressor`.

    Raises
    ------
    TypeError
        For any other estimator.
    """
    if not isinstance(estimator, BaseConvNet):
        raise TypeError(
            f"{type(estimator).__name__} is no network of pictures: give a ConvNetClassifier or a"
            " ConvNetRegressor."
        )
    check_is_fitted(estimator, "coefs_")
    return estimator.model_


def layer_number(estimator: BaseConvNet, layer: Any) -> int:
    """The place in `model_.network.layers` of `layers[layer]`, which gives pictures.

    Raises
    ------
    InputError
        Where there is no such layer, or it gives no pictures.
    """
    layers, network = estimator.layers, estimator.model_.network
    n = len(layers)
    if not isinstance(layer, (int, np.integer)) or isinstance(layer, bool) or not -n <= layer < n:
        raise InputError(
            f"layer={brief(layer)} is none of layers, which are numbered from 0 to {n - 1}."
        )
    # `Reshape` and the augmentation are put in before `layers`, a `Flatten` only behind pictures.
    number = 1 + len(estimator.augmentation) + int(layer) % n
    if len(network.layer_shapes[number + 1]) != 3:
        raise InputError(
            f"layer={layer} is a {type(layers[layer]).__name__}, which gives no pictures."
        )
    return number


def one_picture(estimator: BaseConvNet, picture: Any) -> Any:
    """A picture of shape (height, width, channels), given with or without its channel.

    Raises
    ------
    InputError
        Where it is of another size than those of the fit, or has pixels that are no numbers.
    """
    shape = estimator.image_shape_
    given = np.asarray(picture)
    if given.shape not in (shape, shape[:2] if shape[2] == 1 else shape):
        raise InputError(f"the network takes a picture of {shape}, and this has {given.shape}.")
    if given.dtype.kind not in "biuf" or not np.isfinite(given).all():
        raise InputError("the picture has pixels that are no finite numbers.")
    return given.reshape(shape)


def pictures_of(X: Any, given: Shape | None = None) -> Any:
    """Pictures, shape (n, height, width, channels), of what `as_rows` takes."""
    rows, shape = as_rows(X, given)
    if np.ndim(rows) != 2 or np.asarray(rows).dtype.kind not in "fiub":
        raise InputError(
            "X must have pictures of numbers, shape (n, height, width) or"
            " (n, height, width, channels)."
        )
    return np.asarray(rows).reshape(-1, *shape)


def row_of(picture: Any) -> Float64Array:
    """The row that the network takes, shape (1, n_numbers); bytes are divided by 255."""
    row = picture.reshape(1, -1).astype(np.float64)
    return row / 255 if picture.dtype == np.uint8 else row
