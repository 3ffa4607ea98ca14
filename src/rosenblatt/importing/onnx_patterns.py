"""Activations and normalisations that exporters write as several operators of ONNX."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, final

import numpy.typing as npt

from rosenblatt.activations import (
    GELU,
    Activation,
    Bump,
    ClippedLogistic,
    HardSwish,
    LeakyReLU,
    Mish,
    Sigmoid,
    SiLU,
    Softmax,
    Softsign,
)
from rosenblatt.importing.forms import Form

__all__ = ["ACTIVATIONS", "LAYER_NORMS", "SHRUNK", "Known", "X", "is_over_units", "matches"]

Tree = Any  # a name of X, a number, a capture, or an operator with its arguments
X = "x"
COMMUTATIVE = ("Add", "Mul", "Max", "Min")
OVER_UNITS = ("ReduceMean", "ReduceMax", "ReduceSum")
CUT = 15.0  # where R's logistic function is exactly 0 and 1
CLOSE = 2e-6  # of a constant in single precision to the number it stands for


@final
@dataclass(frozen=True)
class Kept:
    """A single number, which is kept by its name."""

    name: str


@final
@dataclass(frozen=True)
class Known:
    """What a pattern is compared with: the node that gives a value, and constants."""

    nodes: Mapping[str, Any]
    constant: Callable[[str], npt.NDArray[Any] | None]


def matches(tree: Tree, name: str, known: Known) -> Iterator[dict[str, Any]]:
    """Each way in which a value is the tree: the value that is x, and the numbers kept."""
    yield from matched(tree, name, known, {})


def matched(tree: Tree, name: str, known: Known, found: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if tree == X:
        if found.get(X, name) == name:
            yield {**found, X: name}
        return
    if isinstance(tree, float | Kept):
        number = known.constant(name)
        if number is None or number.size != 1 or number.dtype.kind not in "fi":
            return
        value = float(number.reshape(()))
        if isinstance(tree, Kept):
            yield {**found, tree.name: value}
        elif math.isclose(value, tree, rel_tol=CLOSE):
            yield found
        return
    node = known.nodes.get(name)
    operator, *arguments = tree
    if node is None or node.domain or node.op_type != operator:
        return
    given = [one for one in node.input if one]
    if operator in OVER_UNITS:
        if not is_over_units(node, known):
            return
        given = given[:1]
    if operator == "HardSigmoid":
        of = {one.name: one.f for one in node.attribute}
        if (
            not math.isclose(of.get("alpha", 0.2), 1 / 6, rel_tol=CLOSE)
            or of.get("beta", 0.5) != 0.5
        ):
            return
    if len(given) != len(arguments):
        return
    orders = [given, given[::-1]] if operator in COMMUTATIVE and len(given) == 2 else [given]
    for order in orders:
        yield from in_turn(arguments, order, known, found)


def in_turn(
    trees: list[Tree], names: list[str], known: Known, found: dict[str, Any]
) -> Iterator[dict[str, Any]]:
    if not trees:
        yield found
        return
    for one in matched(trees[0], names[0], known, found):
        yield from in_turn(trees[1:], names[1:], known, one)


def is_over_units(node: Any, known: Known) -> bool:
    """Whether a reduction is over the numbers of each row, which it leaves as a column."""
    axes: list[int] | None = None
    for one in node.attribute:
        if one.name == "keepdims" and one.i != 1:
            return False
        if one.name == "axes":
            axes = list(one.ints)
    if len(node.input) > 1:
        given = known.constant(node.input[1])
        axes = None if given is None else [int(axis) for axis in given.ravel()]
    return axes in ([1], [-1])


def gelus() -> list[Tree]:
    """In the order of factors of every exporter."""
    gates: list[Tree] = [
        ("Add", 1.0, ("Erf", ("Div", X, math.sqrt(2)))),
        ("Add", 1.0, ("Erf", ("Mul", X, math.sqrt(0.5)))),
    ]
    return [half for gate in gates for half in halves(gate)]


def halves(gate: Tree) -> list[Tree]:
    """x · gate / 2 in any order."""
    return [
        ("Mul", 0.5, ("Mul", X, gate)),
        ("Mul", ("Mul", 0.5, X), gate),
        ("Mul", X, ("Mul", 0.5, gate)),
    ]


def tanh_gelus() -> list[Tree]:
    cubes: list[Tree] = [("Pow", X, 3.0), ("Mul", X, ("Mul", X, X))]
    inner = [("Add", X, ("Mul", 0.044715, cube)) for cube in cubes]
    gates = [("Add", 1.0, ("Tanh", ("Mul", math.sqrt(2 / math.pi), one))) for one in inner]
    return [half for gate in gates for half in halves(gate)]


# x divided by a number where it is large, as this library writes what LayerNormalization takes.
SIZE = ("Mul", ("ReduceMax", ("Abs", X)), 2.0**-53)
SHRUNK = ("Div", X, ("Max", SIZE, 1.0))
CENTRED = ("Sub", X, ("ReduceMean", X))
EXP = ("Exp", ("Sub", X, ("ReduceMax", X)))
SIGMOIDS: tuple[Tree, ...] = (
    ("Sigmoid", X),
    ("Reciprocal", ("Add", 1.0, ("Exp", ("Neg", X)))),
    ("Div", 1.0, ("Add", 1.0, ("Exp", ("Neg", X)))),
)


def clipped(sigmoid: Tree) -> Tree:
    """R's logistic function, as this library writes it."""
    high = ("Where", ("Greater", X, CUT), 1.0, sigmoid)
    return ("Where", ("Less", X, -CUT), 0.0, high)


def always(member: Activation) -> Callable[[Mapping[str, float]], Form]:
    return lambda found: Form(member)


def silu(found: Mapping[str, float]) -> Form | None:
    rate = found["rate"]
    return Form(SiLU(), rate=rate, scale=1 / rate) if rate else None


def leaky(found: Mapping[str, float]) -> Form | None:
    leak = found["leak"]
    return Form(LeakyReLU(leak)) if 0 <= leak <= 1 else None


ACTIVATIONS: tuple[tuple[Tree, Callable[[Mapping[str, float]], Form | None]], ...] = (
    *((("Mul", X, one), always(SiLU())) for one in SIGMOIDS),
    (("Mul", X, ("Sigmoid", ("Mul", X, Kept("rate")))), silu),
    *((tree, always(GELU())) for tree in gelus()),
    *((tree, always(GELU(approximate=True))) for tree in tanh_gelus()),
    (("Mul", X, ("Tanh", ("Softplus", X))), always(Mish())),
    (("Mul", X, ("HardSigmoid", X)), always(HardSwish())),
    (("Div", ("Mul", X, ("Clip", ("Add", X, 3.0), 0.0, 6.0)), 6.0), always(HardSwish())),
    (("Div", X, ("Add", 1.0, ("Abs", X))), always(Softsign())),
    (("Exp", ("Neg", ("Mul", X, X))), always(Bump())),
    (("Max", X, ("Mul", X, Kept("leak"))), leaky),
    *((one, always(Sigmoid())) for one in SIGMOIDS[1:]),
    *((clipped(one), always(ClippedLogistic())) for one in SIGMOIDS),
    (("Div", EXP, ("ReduceSum", EXP)), always(Softmax())),
)
# (x - mean) / √(variance + ε)
LAYER_NORMS: tuple[Tree, ...] = tuple(
    ("Div", CENTRED, ("Sqrt", ("Add", ("ReduceMean", square), Kept("epsilon"))))
    for square in (("Pow", CENTRED, 2.0), ("Mul", CENTRED, CENTRED))
)
