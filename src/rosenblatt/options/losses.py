"""From the parameter `loss` to a loss that fits the targets, and from a loss to its link's name."""

from __future__ import annotations

from typing import Any

from rosenblatt.losses import (
    AbsoluteError,
    BinaryCrossEntropy,
    BinaryFocal,
    CategoricalCrossEntropy,
    CategoricalFocal,
    Huber,
    LogCosh,
    Loss,
    Poisson,
    Quantile,
    SquaredError,
)
from rosenblatt.losses.links import Link, link_of
from rosenblatt.options.names import known_name, listed, member

__all__ = [
    "LINKS",
    "REGRESSION_LOSSES",
    "classification_loss",
    "link_name",
    "regression_loss",
]

REGRESSION_LOSSES: dict[str, Loss] = {
    "squared_error": SquaredError(),
    "poisson": Poisson(),
    "huber": Huber(),
    "log_cosh": LogCosh(),
    "absolute_error": AbsoluteError(),
    "quantile": Quantile(),
}
# A name stands for one loss of labels and one of classes, which are each other's counterparts.
CLASSIFICATION_LOSSES: dict[str, tuple[type[Loss], type[Loss]]] = {
    "log_loss": (BinaryCrossEntropy, CategoricalCrossEntropy),
    "focal": (BinaryFocal, CategoricalFocal),
}

# What turns raw scores into predictions, by scikit-learn's name for it.
LINKS: dict[str, Loss] = {
    Link.IDENTITY.value: SquaredError(),
    Link.EXP.value: Poisson(),
    Link.LOGISTIC.value: BinaryCrossEntropy(),
    Link.SOFTMAX.value: CategoricalCrossEntropy(),
}


def link_name(loss: Loss) -> str:
    """The name of a loss's inverse link; a loss of the user's goes by its own."""
    link = link_of(loss)
    return type(loss).__name__ if link is None else link.value


def regression_loss(given: Any) -> Loss:
    """The loss of numbers that a name or an object stands for."""
    if isinstance(given, Loss):
        refuse(given, {c for pair in CLASSIFICATION_LOSSES.values() for c in pair}, NOT_NUMBERS)
        return given
    if known_name(CLASSIFICATION_LOSSES, given) is not None:
        raise ValueError(f"loss={given!r} {NOT_NUMBERS}")
    return member(REGRESSION_LOSSES, given, "loss", OBJECT)


def classification_loss(given: Any, multiclass: bool, p_min: float) -> Loss:
    """The loss of labels, or of three classes or more, that a name or an object stands for.

    `p_min` bounds the probabilities in the value that 'log_loss' reports.
    """
    if isinstance(given, Loss):
        refuse(given, {type(loss) for loss in REGRESSION_LOSSES.values()}, NOT_CLASSES)
        for pair in CLASSIFICATION_LOSSES.values():
            if type(given) is pair[not multiclass]:
                raise ValueError(f"loss={given!r} {MISFIT[multiclass]}{pair[multiclass].__name__}.")
        return given
    if known_name(REGRESSION_LOSSES, given) is not None:
        raise ValueError(f"loss={given!r} {NOT_CLASSES}")
    cls = member(CLASSIFICATION_LOSSES, given, "loss", OBJECT)[multiclass]
    return cls(p_min) if cls in (BinaryCrossEntropy, CategoricalCrossEntropy) else cls()


OBJECT = "an object of rosenblatt.losses"
NOT_NUMBERS = (
    "is a loss of classes, and MLPRegressor predicts numbers: take MLPClassifier, or one of "
    f"{listed(REGRESSION_LOSSES)}."
)
NOT_CLASSES = (
    "is a loss of numbers, and MLPClassifier predicts classes: take MLPRegressor, or one of "
    f"{listed(CLASSIFICATION_LOSSES)}."
)
MISFIT = (
    "is for three classes or more, and the targets are of two classes or several labels: take ",
    "is for two classes or several labels, and the targets have three classes or more: take ",
)


def refuse(loss: Loss, kinds: set[type], why: str) -> None:
    if type(loss) in kinds:
        raise ValueError(f"loss={loss!r} {why}")
