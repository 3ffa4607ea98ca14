"""Activations and links as formulas of one number, and of a row for softmax."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

from rosenblatt.activations import (
    ELU,
    GELU,
    SELU,
    Activation,
    Bump,
    ClippedLogistic,
    HardSigmoid,
    HardSwish,
    HardTanh,
    Identity,
    LeakyReLU,
    Mish,
    ReLU,
    Sigmoid,
    SiLU,
    Sine,
    Softmax,
    Softplus,
    Softsign,
    Step,
    StepwiseSigmoid,
    StepwiseTanh,
    Tanh,
)
from rosenblatt.activations.of_tools import CUT
from rosenblatt.activations.rectifiers import SELU_ALPHA, SELU_SCALE
from rosenblatt.activations.smooth import GELU_CUBIC, GELU_FACTOR
from rosenblatt.export.expression import (
    Expression,
    Let,
    Notation,
    balanced_total,
    by_range,
    of,
    where,
)
from rosenblatt.losses import Link
from rosenblatt.support.listing import LONG, brief

__all__ = ["activated", "linked"]


def logistic(z: Expression, let: Let) -> Expression:
    """Without overflow, and with all digits of its lower tail."""
    e = let(of("exp", -of("abs", z)))
    return where(z < 0, e, 1.0) / (1.0 + e)


def softplus(z: Expression) -> Expression:
    return where(z > 0, z, 0.0) + of("log1p", of("exp", -of("abs", z)))


def exponential_linear(z: Expression, alpha: float) -> Expression:
    return where(z > 0, z, alpha * of("expm1", where(z > 0, 0.0, z)))


def gelu(g: GELU, z: Expression, let: Let) -> Expression:
    if g.approximate:
        return z * logistic(let(2 * GELU_FACTOR * (z + GELU_CUBIC * z * z * z)), let)
    return 0.5 * z * of("erfc", -1 / math.sqrt(2) * z)


def hard_sigmoid(z: Expression) -> Expression:
    return where(z < -3, 0.0, where(z > 3, 1.0, (z + 3.0) / 6.0))


def clipped_logistic(z: Expression, let: Let) -> Expression:
    return where(z > CUT, 1.0, where(z < -CUT, 0.0, logistic(z, let)))


def stepwise(g: Any, z: Expression) -> Expression:
    low, high = g.ends
    lines = [slope * (z - x) + y for (x, y), slope in zip(g.points[:-1], g.slopes(), strict=True)]
    return by_range(z, [x for x, _ in g.points], [low, *lines, high])


ELEMENTWISE: dict[type[Activation], Callable[[Any, Expression, Let], Expression]] = {
    Identity: lambda g, z, let: z,
    Step: lambda g, z, let: where(z >= 0, 1.0, 0.0),
    Sigmoid: lambda g, z, let: logistic(z, let),
    Tanh: lambda g, z, let: of("tanh", z),
    ReLU: lambda g, z, let: where(z < 0, 0.0, z),
    LeakyReLU: lambda g, z, let: where(z > 0, z, g.leak * z),
    ELU: lambda g, z, let: exponential_linear(z, g.alpha),
    SELU: lambda g, z, let: SELU_SCALE * exponential_linear(z, SELU_ALPHA),
    Softplus: lambda g, z, let: softplus(z),
    GELU: gelu,
    SiLU: lambda g, z, let: z * logistic(z, let),
    Mish: lambda g, z, let: z * of("tanh", let(softplus(z))),
    HardSigmoid: lambda g, z, let: hard_sigmoid(z),
    HardTanh: lambda g, z, let: where(z < -1, -1.0, where(z > 1, 1.0, z)),
    HardSwish: lambda g, z, let: z * hard_sigmoid(z),
    Softsign: lambda g, z, let: z / (1.0 + of("abs", z)),
    Sine: lambda g, z, let: of("sin", z),
    Bump: lambda g, z, let: of("exp", -(z * z)),
    ClippedLogistic: lambda g, z, let: clipped_logistic(z, let),
    StepwiseSigmoid: lambda g, z, let: stepwise(g, z),
    StepwiseTanh: lambda g, z, let: stepwise(g, z),
}


def activated(
    activation: Activation, zs: Sequence[Expression], let: Let, notation: Notation
) -> list[Expression]:
    """A row of numbers, each a variable, behind an activation.

    Raises
    ------
    ValueError
        For an activation that has no formula, or one with a function that the target lacks.
    """
    if isinstance(activation, Softmax):
        return softmax(zs, let)
    form = ELEMENTWISE.get(type(activation))
    why = "has no formula there"
    if form is not None:
        try:
            made = [form(activation, z, let) for z in zs]
            for a in made:
                notation.text(a)  # it could not be written otherwise
            return made
        except KeyError as error:
            why = f"needs a function {error.args[0]}, which is none of it"
    raise ValueError(
        f"{brief(activation, LONG)} cannot be exported to {notation.target}:"
        f" {type(activation).__name__} {why}. Export to ONNX or C, or train with another"
        " activation."
    )


def softmax(zs: Sequence[Expression], let: Let) -> list[Expression]:
    """From the distances to the largest, none of which overflows."""
    largest = largest_of(zs, let)
    powers = [let(of("exp", z - largest)) for z in zs]
    sum_of_powers = let(balanced_total(powers))
    return [e / sum_of_powers for e in powers]


def largest_of(zs: Sequence[Expression], let: Let) -> Expression:
    """In pairs, each under a name of its own: where a maximum is written as a case of two, an
    operand stands there twice, and one within the other would double the text with every number.
    """
    while len(zs) > 1:
        pairs = [let(of("max", a, b)) for a, b in zip(zs[::2], zs[1::2], strict=False)]
        zs = [*pairs, *zs[len(pairs) * 2 :]]
    return zs[0]


def linked(link: Link, scores: Sequence[Expression], let: Let) -> list[Expression]:
    """The inverse link of raw scores, each a variable."""
    match link:
        case Link.LOGISTIC:
            return [logistic_of_score(s, let) for s in scores]
        case Link.SOFTMAX:
            return softmax(scores, let)
        case Link.EXP:
            return [of("exp", s) for s in scores]
        case Link.IDENTITY:
            return list(scores)


def logistic_of_score(s: Expression, let: Let) -> Expression:
    """No larger score has a smaller probability, also when numbers are rounded."""
    e = let(of("exp", -of("abs", s)))
    small = let(e / (1.0 + e))
    return where(s < 0, small, 1.0 - small)
