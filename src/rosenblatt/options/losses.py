"""From the parameter `loss` to a loss that fits the targets, and from a loss to its link's name."""

from __future__ import annotations

from typing import Any

from rosenblatt.losses import (
    BinaryCrossEntropy,
    CategoricalCrossEntropy,
    Link,
    Loss,
    Poisson,
    SquaredError,
    Targets,
)
from rosenblatt.losses.registration import REGISTRY, by_name, link_of
from rosenblatt.options.names import known_name, listed, member
from rosenblatt.support.listing import brief

__all__ = [
    "LINKS",
    "classification_loss",
    "link_name",
    "regression_loss",
]

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
        refuse(given, (Targets.ACTIONS,), NOT_AN_AGENT)
        refuse(given, (Targets.LABELS, Targets.CLASSES), not_numbers())
        return given
    of_classes = {**by_name(Targets.LABELS), **by_name(Targets.CLASSES)}
    if known_name(of_classes, given) is not None:
        raise ValueError(f"loss={brief(given)} {not_numbers()}")
    return member(by_name(Targets.NUMBERS), given, "loss", OBJECT)()


def classification_loss(given: Any, multiclass: bool, p_min: float) -> Loss:
    """The loss of labels, or of three classes or more, that a name or an object stands for.

    `p_min` bounds the probabilities in the value that 'log_loss' reports.
    """
    targets = Targets.CLASSES if multiclass else Targets.LABELS
    known = by_name(targets)
    if isinstance(given, Loss):
        refuse(given, (Targets.ACTIONS,), NOT_AN_AGENT)
        refuse(given, (Targets.NUMBERS,), not_classes())
        record = REGISTRY.of(given)
        if record is not None and record.targets is not targets:
            counterpart = known.get(record.name or "")
            advice = "" if counterpart is None else f": take {counterpart.__name__}"
            raise ValueError(
                f"loss={brief(given)} is for {record.targets.value}, and the targets"
                f" {GIVEN[targets]}{advice}."
            )
        return given
    if given not in known and known_name(by_name(Targets.NUMBERS), given) is not None:
        raise ValueError(f"loss={brief(given)} {not_classes()}")
    cls: Any = member(known, given, "loss", OBJECT)
    return cls(p_min) if cls in (BinaryCrossEntropy, CategoricalCrossEntropy) else cls()


NOT_AN_AGENT = "is a loss of actions: the agents of rosenblatt.agents train with it."
OBJECT = "an object of rosenblatt.losses"
GIVEN = {
    Targets.LABELS: "are of two classes or several labels",
    Targets.CLASSES: "have three classes or more",
}


def not_numbers() -> str:
    return (
        "is a loss of classes, and MLPRegressor predicts numbers: take MLPClassifier, or one of "
        f"{listed(by_name(Targets.NUMBERS))}."
    )


def not_classes() -> str:
    return (
        "is a loss of numbers, and MLPClassifier predicts classes: take MLPRegressor, or one of "
        f"{listed(by_name(Targets.LABELS))}."
    )


def refuse(loss: Loss, kinds: tuple[Targets, ...], why: str) -> None:
    record = REGISTRY.of(loss)
    if record is not None and record.targets in kinds:
        raise ValueError(f"loss={brief(loss)} {why}")
