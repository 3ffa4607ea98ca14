"""Formulas that become text, HTML or LaTeX: symbols, and what stands between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias, final

__all__ = ["Equation", "Formula", "Symbol", "number", "signed", "weight"]


@final
@dataclass(frozen=True)
class Symbol:
    """A letter with an index and a layer, such as w_24^(2); `prefix` ∂J/∂ makes a derivative."""

    letter: str
    index: str = ""
    layer: int | None = None
    prefix: str = ""
    primed: bool = False


# Texts are numbers, signs and names of functions.
Formula: TypeAlias = tuple[str | Symbol, ...]


@final
@dataclass(frozen=True)
class Equation:
    """left = sides[0] = sides[1] = …, or left ← sides[0]"""

    left: Formula
    sides: tuple[Formula, ...]
    sign: str = "="


def weight(to: int, origin: int, layer: int, prefix: str = "") -> Symbol:
    """w from neuron `origin` of the layer before to neuron `to`, both from 1."""
    comma = "," if to > 9 or origin > 9 else ""
    return Symbol("w", f"{to}{comma}{origin}", layer, prefix)


def number(value: float) -> str:
    """Six digits, and a minus sign as printed ones have it."""
    shown = f"{float(value):.6g}"
    if shown == "-0":
        return "0"
    return f"−{shown[1:]}" if shown.startswith("-") else shown


def signed(value: float) -> str:
    """A factor or a summand: in parentheses if it is negative."""
    shown = number(value)
    return f"({shown})" if shown.startswith("−") else shown
