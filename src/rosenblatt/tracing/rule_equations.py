"""The equations of a solver's step: its formulas, and their numbers for each parameter."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from rosenblatt.tracing.formula import Equation, Formula, Symbol, number, signed, weight
from rosenblatt.tracing.rules import Rule
from rosenblatt.tracing.values import LayerTrace

__all__ = ["of_rule", "step"]


def of_rule(rule: Rule) -> Iterator[Equation]:
    """Settings, and a line for each formula."""
    for symbol, value in rule.constants.items():
        yield Equation((symbol,), ((number(value),),))
    for line in rule.lines:
        if line.formula:
            yield Equation((line.symbol,), ((line.formula,),), "←")


def step(rule: Rule, layer: LayerTrace, at: int, most: int) -> Iterator[Equation]:
    """The weights of each unit, then its bias."""
    n_in, n_out = layer.weight.shape
    for j in range(min(n_out, most)):
        for i in range(min(n_in, most)):
            numbers = {symbol: of_weight[i, j] for symbol, (of_weight, _) in layer.step.items()}
            numbers["g"] = layer.weight_gradient[i, j]
            moved = f"{number(layer.weight[i, j])} → {number(layer.new_weight[i, j])}"
            yield from of_parameter(rule, (weight(j + 1, i + 1, at),), numbers, moved)
        numbers = {symbol: of_bias[j] for symbol, (_, of_bias) in layer.step.items()}
        numbers["g"] = layer.bias_gradient[j]
        moved = f"{number(layer.bias[j])} → {number(layer.new_bias[j])}"
        yield from of_parameter(rule, (Symbol("b", str(j + 1), at),), numbers, moved)


def of_parameter(
    rule: Rule, name: Formula, numbers: Mapping[str, float], moved: str
) -> Iterator[Equation]:
    known = {**rule.constants, "g": numbers["g"], **dict.fromkeys(rule.slots, 0.0)}
    for line in () if rule.is_plain else rule.lines:
        value: Formula = (number(numbers[line.symbol]),)
        sides = ((in_numbers(line.formula, known),), value) if line.formula else (value,)
        yield Equation((f"{line.symbol}(", *name, ")"), sides)
        known[line.symbol] = numbers[line.symbol]
    yield Equation(name, ((moved,),))


def in_numbers(formula: str, known: Mapping[str, float]) -> str:
    """A formula with numbers in the place of symbols: of settings, slots, and lines before."""
    # Longest first: m̂ begins with m. Letters of max and sign are no symbols.
    symbols = "|".join(map(re.escape, sorted(known, key=len, reverse=True)))
    pattern = rf"(?<![A-Za-z])(?:{symbols})(?![A-Za-z])"

    def shown(match: re.Match[str]) -> str:
        text = signed(known[match[0]])
        is_base = formula[match.end() :].startswith("²") and "e" in text and text[0] != "("
        return f"({text})" if is_base else text

    return re.sub(pattern, shown, formula)
