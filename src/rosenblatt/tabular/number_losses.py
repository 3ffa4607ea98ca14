"""What the networks of the table learner minimise, of numbers: from a name to a loss."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final

import numpy as np

from rosenblatt.errors import InputError
from rosenblatt.losses import (
    AbsoluteError,
    Gaussian,
    GaussianMixture,
    Loss,
    NegativeBinomial,
    Poisson,
    Quantile,
    SquaredError,
)
from rosenblatt.support.types import Float64Array
from rosenblatt.tabular.likelihood import is_of_counts
from rosenblatt.tabular.networks.family import NetworkFamily
from rosenblatt.tabular.preset import NUMBER_LOSSES, QUANTILES
from rosenblatt.tabular.shape import ORDINARY, Shape

__all__ = ["number_loss", "require_learnable"]

MADE: Final[Mapping[str, Callable[[], Loss]]] = dict(
    zip(
        NUMBER_LOSSES[:-1],
        (SquaredError, AbsoluteError, Gaussian, GaussianMixture, Poisson, NegativeBinomial),
        strict=True,
    )
)
KINDS = (*MADE.values(), Quantile)

LARGEST_COUNT = 1e37  # predictions of float32 go some way beyond the training's


def number_loss(loss: str | Loss, quantiles: Iterable[float] = QUANTILES) -> Loss:
    """The loss of a name, or the object itself.

    Parameters
    ----------
    loss : str or Loss
        One of `NUMBER_LOSSES`, or an object of one of their classes.
    quantiles : iterable of float
        Levels of 'quantile'; the median is added, because it is what `predict` gives.

    Raises
    ------
    InputError
        If the learner cannot take the loss.
    """
    if isinstance(loss, str) and loss in MADE:
        return MADE[loss]()
    if isinstance(loss, Quantile):
        quantiles = loss.levels
    elif isinstance(loss, Loss):
        if type(loss) not in KINDS:
            names = ", ".join(NUMBER_LOSSES)
            raise InputError(
                f"the table learner cannot take the loss {type(loss).__name__}: take one of"
                f" {names}, or MLPRegressor"
            )
        return loss
    try:
        return Quantile(tuple(sorted({*Quantile(tuple(quantiles)).levels, 0.5})))
    except (TypeError, ValueError) as error:
        raise InputError(f"quantiles are not as they should be: {error}") from error


def require_learnable(
    loss: Loss, y: Float64Array, name: str, family: NetworkFamily | None, shape: Shape
) -> None:
    """InputError where the loss takes other numbers, or another network.

    Parameters
    ----------
    loss : Loss
    y : array (n,)
        The numbers of the target.
    name : str
        The target's.
    family : NetworkFamily, optional
        A published network, whose output is one number.
    shape : Shape
        What is promised of predictions, which have one score each.
    """
    if shape != ORDINARY and not isinstance(loss, SquaredError | AbsoluteError):
        raise InputError(
            "monotone columns and linear extrapolation are of one number, and"
            f" {type(loss).__name__} learns another: leave out the loss or these promises"
        )
    if family is not None and not isinstance(loss, SquaredError | AbsoluteError):
        raise InputError(
            f"{family.title} predicts one number, and {type(loss).__name__} needs the learner's own"
            " networks: leave out the network or the loss"
        )
    if is_of_counts(loss) and not ((y >= 0) & (y == np.floor(y))).all():
        raise InputError(
            f"{type(loss).__name__} is a loss of counts, and {name!r} is not all whole numbers from"
            " 0: take gaussian, or count in another unit"
        )
    if is_of_counts(loss) and len(y) and y.max() > LARGEST_COUNT:
        raise InputError(
            f"the counts {name!r} reach {y.max():.1e}, and {type(loss).__name__} learns them up to"
            f" {LARGEST_COUNT:.0e}: take gaussian, or count in another unit"
        )
