"""The inverse links of losses: what raw scores predict, E[y|x] or P(y|x) (theory L15)."""

from __future__ import annotations

from enum import Enum

from rosenblatt.losses.base import Loss
from rosenblatt.losses.classification import BinaryCrossEntropy, CategoricalCrossEntropy
from rosenblatt.losses.focal import BinaryFocal, CategoricalFocal
from rosenblatt.losses.quantile import Quantile
from rosenblatt.losses.regression import AbsoluteError, Huber, LogCosh, Poisson, SquaredError

__all__ = ["Link", "link_of"]


class Link(Enum):
    """An inverse link, by scikit-learn's name for it."""

    IDENTITY = "identity"
    EXP = "exp"
    LOGISTIC = "logistic"
    SOFTMAX = "softmax"


LINKS: dict[type[Loss], Link] = {
    SquaredError: Link.IDENTITY,
    Huber: Link.IDENTITY,
    LogCosh: Link.IDENTITY,
    AbsoluteError: Link.IDENTITY,
    Quantile: Link.IDENTITY,
    Poisson: Link.EXP,
    BinaryCrossEntropy: Link.LOGISTIC,
    BinaryFocal: Link.LOGISTIC,
    CategoricalCrossEntropy: Link.SOFTMAX,
    CategoricalFocal: Link.SOFTMAX,
}


def link_of(loss: Loss) -> Link | None:
    """The inverse link of a loss; None for one of the user's own."""
    return LINKS.get(type(loss))
