"""One record a loss: its name, the targets it takes, and its inverse link."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import final

from rosenblatt.losses.base import Loss
from rosenblatt.losses.links import Link
from rosenblatt.support.listing import brief
from rosenblatt.support.registry import Registry

__all__ = ["REGISTRY", "LossRecord", "Targets", "link_of", "register"]


class Targets(Enum):
    """What a loss is of. A name may stand for one loss of labels and one of classes."""

    NUMBERS = "numbers"
    LABELS = "two classes or several labels"
    CLASSES = "three classes or more"
    ACTIONS = "actions and their advantages"


@final
@dataclass(frozen=True)
class LossRecord:
    """What `register` was given; see there."""

    cls: type[Loss]
    name: str | None
    targets: Targets
    link: Link | None

    @property
    def names(self) -> tuple[str, ...]:
        """None of its own: `by_name` of this module has names for each kind of targets."""
        return ()

    @property
    def is_saved(self) -> bool:
        return True


REGISTRY: Registry[LossRecord] = Registry(Loss, "loss")


def register(
    cls: type[Loss], name: str | None = None, *, targets: Targets, link: Link | None = None
) -> None:
    """Register a loss, so that it has a name, model files hold it and exports know its link.

    Parameters
    ----------
    cls : type
        A frozen dataclass that derives from `Loss`; its fields are numbers, or tuples of numbers.
    name : str, optional
        What the estimators' parameter `loss` takes for `cls()`.
    targets : Targets
        What it is a loss of.
    link : Link, optional
        Its inverse link; without one, exports raise an error that names the loss.

    Raises
    ------
    TypeError, ValueError
        Where `cls` is no such dataclass, or its name or `name` is taken.
    """
    taken = by_name(targets).get(name) if name is not None else None
    if taken is not None and taken.__name__ != cls.__name__:
        raise ValueError(f"loss={brief(name)} already names {taken.__name__}: choose another name.")
    REGISTRY.add(LossRecord(cls, name, targets, link))


def by_name(targets: Targets) -> dict[str, type[Loss]]:
    """The losses of such targets that have a name."""
    return {r.name: r.cls for r in REGISTRY if r.targets is targets and r.name is not None}


def link_of(loss: Loss) -> Link | None:
    """The inverse link of a loss; None for one that is not registered with a link."""
    record = REGISTRY.of(loss)
    return None if record is None else record.link
