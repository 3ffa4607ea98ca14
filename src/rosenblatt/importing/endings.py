"""The end of an imported network: numbers, or classes with the loss whose link fits."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import final

import numpy as np

from rosenblatt.errors import InputError
from rosenblatt.importing.chain import Chain
from rosenblatt.importing.given import Given
from rosenblatt.losses import BinaryCrossEntropy, CategoricalCrossEntropy, Loss, SquaredError
from rosenblatt.model import Model
from rosenblatt.support.listing import count
from rosenblatt.support.types import Float64Array

__all__ = ["Ending", "Outputs", "ending"]


class Outputs(Enum):
    """What the outputs of a tool's network are."""

    NUMBERS = "numbers, unless the caller has classes for them"
    SCORES = "raw scores of classes, of which the tool takes the softmax"
    SHARES = "values of classes, which the tool divides by their sum"
    VALUES = "values of classes, the largest of which decides"


@final
@dataclass(frozen=True)
class Ending:
    """The whole network with its loss, and what it predicts.

    Attributes
    ----------
    model : Model
    classes : tuple of str, optional
        Sorted.
    outputs : tuple of str
        Names of numbers.
    folded : tuple of str
        What was done to the outputs.
    """

    model: Model
    outputs: tuple[str, ...]
    classes: tuple[str, ...] | None = None
    folded: tuple[str, ...] = ()


def ending(
    chain: Chain,
    outputs: Outputs,
    given: Given,
    labels: Sequence[str] | None = None,
    names: Sequence[str] | None = None,
) -> Ending:
    """Finish a chain whose last layer is the tool's output layer.

    Parameters
    ----------
    chain : Chain
    outputs : Outputs
    given : Given
        Its classes stand before the file's.
    labels : sequence of str, optional
        The file's classes in the order of the outputs; of one output those of 0 and of 1.
    names : sequence of str, optional
        The file's names of the outputs.

    Raises
    ------
    InputError
        If classes do not fit the outputs.
    """
    labels = given.classes or labels
    if outputs is Outputs.NUMBERS and labels is None:
        return of_numbers(chain, given, names)
    if labels is None:
        labels = names or [str(k) for k in range(max(chain.width, 2))]
    check_labels(labels, chain.width)
    if outputs is Outputs.NUMBERS:
        chain.to_unit_range()
        outputs = Outputs.SHARES if chain.width > 1 and chain.has_logits else Outputs.VALUES
    order = sorted(range(len(labels)), key=lambda k: labels[k])
    classes = tuple(labels[k] for k in order)
    folded: tuple[str, ...] = ()
    if chain.width == 1 and chain.has_logits:
        chain.take_logits()
        sign = 1.0 if order == [0, 1] else -1.0
        chain.affine([[sign]], [0.0])
        loss: Loss = BinaryCrossEntropy()
    elif outputs is Outputs.VALUES or chain.width == 1:
        probabilities_as_they_are(chain, order)
        loss = SquaredError()
    else:
        if outputs is Outputs.SHARES:
            chain.take_log_sigmoids()
            folded = ("the outputs are divided by their sum, so that they are probabilities",)
        in_order = np.eye(chain.width)[:, order]
        if len(labels) == 2:
            in_order = in_order[:, 1:] - in_order[:, :1]
        chain.affine(in_order, np.zeros(in_order.shape[1]))
        loss = BinaryCrossEntropy() if len(labels) == 2 else CategoricalCrossEntropy()
    return Ending(chain.model(loss), (), classes, folded)


def of_numbers(chain: Chain, given: Given, names: Sequence[str] | None) -> Ending:
    n = chain.width
    if names is None:
        names = ["output"] if n == 1 else [f"output{k}" for k in range(1, n + 1)]
    if given.output is not None:
        if not 1 <= given.output <= n:
            raise InputError(f"--output {given.output}: the network has {count(n, 'output')}")
        one: Float64Array = np.eye(n)[:, [given.output - 1]]
        chain.affine(one, np.zeros(1))
        names = [names[given.output - 1]]
    return Ending(chain.model(SquaredError()), tuple(names))


def check_labels(labels: Sequence[str], width: int) -> None:
    if len(labels) != max(width, 2):
        raise InputError(
            f"the network has {count(width, 'output')}, and there are"
            f" {count(len(labels), 'class', 'classes')}: give one for each output, or of one output"
            " two"
        )
    if len(set(labels)) != len(labels):
        raise InputError("two classes have the same label: labels are distinct")


def probabilities_as_they_are(chain: Chain, order: list[int]) -> None:
    """Outputs between 0 and 1 that the tool takes as they are."""
    if chain.width == 1:
        if order != [0, 1]:
            chain.affine([[-1.0]], [1.0])
    elif chain.width == 2:
        first, second = order
        half = np.zeros((2, 1))
        half[first], half[second] = -0.5, 0.5
        chain.affine(half, [0.5])
    else:
        chain.affine(np.eye(chain.width)[:, order], np.zeros(chain.width))
