"""Formulas as data, which targets without arrays or calls of C write in their own notation."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, final

from rosenblatt.support.listing import brief

__all__ = [
    "Call",
    "Constant",
    "Expression",
    "Let",
    "Notation",
    "Variable",
    "balanced_total",
    "by_range",
    "of",
    "total",
    "where",
]


class Expression:
    """A formula: a constant, a variable, or a call of other formulas."""

    def __add__(self, other: Expression | float) -> Expression:
        return of("+", self, other)

    def __radd__(self, other: float) -> Expression:
        return of("+", other, self)

    def __sub__(self, other: Expression | float) -> Expression:
        return of("-", self, other)

    def __rsub__(self, other: float) -> Expression:
        return of("-", other, self)

    def __mul__(self, other: Expression | float) -> Expression:
        return of("*", self, other)

    def __rmul__(self, other: float) -> Expression:
        return of("*", other, self)

    def __truediv__(self, other: Expression | float) -> Expression:
        return of("/", self, other)

    def __rtruediv__(self, other: float) -> Expression:
        return of("/", other, self)

    def __neg__(self) -> Expression:
        return of("*", -1.0, self)

    def __lt__(self, other: Expression | float) -> Expression:
        return of("<", self, other)

    def __gt__(self, other: Expression | float) -> Expression:
        return of(">", self, other)

    def __ge__(self, other: Expression | float) -> Expression:
        return of(">=", self, other)

    def variables(self) -> Iterator[Variable]:
        """Those that it contains."""
        return iter(())


@final
@dataclass(frozen=True)
class Constant(Expression):
    """A number or a text."""

    value: float | str


@final
@dataclass(frozen=True)
class Variable(Expression):
    """What has a name."""

    name: str

    def variables(self) -> Iterator[Variable]:
        yield self


@final
@dataclass(frozen=True)
class Call(Expression):
    """A function or an operator of formulas."""

    function: str
    operands: tuple[Expression, ...]

    def variables(self) -> Iterator[Variable]:
        return itertools.chain.from_iterable(x.variables() for x in self.operands)


# What names a formula where it is used more than once.
Let: TypeAlias = Callable[[Expression], Expression]


def of(function: str, *operands: Expression | float | str) -> Call:
    return Call(function, tuple(x if isinstance(x, Expression) else Constant(x) for x in operands))


def where(condition: Expression, yes: Expression | float, no: Expression | float) -> Expression:
    return of("where", condition, yes, no)


def by_range(
    x: Expression, edges: Sequence[float], values: Sequence[Expression | float]
) -> Expression:
    """The value of the range that x is in: one more than edges, each of which begins a range.

    As a tree, since languages nest conditions some fifty times at most. What is no number, or
    missing, is beyond all edges.
    """
    if not edges:
        (value,) = values
        return value if isinstance(value, Expression) else Constant(value)
    k = len(edges) // 2
    below = by_range(x, edges[:k], values[: k + 1])
    return where(x < edges[k], below, by_range(x, edges[k + 1 :], values[k + 1 :]))


def total(terms: list[Expression]) -> Expression:
    """Their sum, of any number, from the first to the last."""
    return terms[0] if len(terms) == 1 else Call("sum", tuple(terms))


def balanced_total(terms: Sequence[Expression]) -> Expression:
    """Their sum in pairs, which nests as few times as it can; 0 of none."""
    if len(terms) < 2:
        return terms[0] if terms else Constant(0.0)
    k = len(terms) // 2
    return balanced_total(terms[:k]) + balanced_total(terms[k:])


@final
@dataclass(frozen=True)
class Notation:
    """How a target writes formulas.

    Attributes
    ----------
    target : str
        Its name in messages.
    constant : callable
        Writes a number or a text.
    variable : callable
        Writes a name.
    forms : mapping of function to format
        With a place for each operand; what is not in it does not exist there.
    """

    target: str
    constant: Callable[[float | str], str]
    forms: Mapping[str, str]
    variable: Callable[[str], str] = str

    def text(self, x: Expression) -> str:
        """The formula.

        Raises
        ------
        KeyError
            Where it has a function that the target lacks.
        """
        match x:
            case Constant(value):
                return self.constant(value)
            case Variable(name):
                return self.variable(name)
            case Call(function, operands):
                texts = [self.text(operand) for operand in operands]
                if function == "sum":
                    return f"({' + '.join(texts)})"
                return self.forms[function].format(*texts)
        raise TypeError(f"{brief(x)} is no formula")
