"""A trace as LaTeX."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rosenblatt.tracing.equations import Section
from rosenblatt.tracing.formula import Equation, Formula, Symbol

__all__ = ["latex"]

SIGNS = {
    "·": r"\cdot ",
    "−": "-",
    "→": r"\to ",
    "←": r"\leftarrow ",
    "…": r"\dots ",
    "∂": r"\partial ",
    "δ": r"\delta",
    "σ": r"\sigma",
    "θ": r"\theta",
    "η": r"\eta",
    "Ω": r"\Omega",
    "ŷ": r"\hat{y}",
    "×": r"\times ",
    "≠": r"\neq ",
    "Δ": r"\Delta ",
    "β": r"\beta",
    "γ": r"\gamma",
    "ε": r"\epsilon",
    "λ": r"\lambda",
    "μ": r"\mu",
    "ρ": r"\rho",
    "₀": "_0",
    "₁": "_1",
    "₂": "_2",
    "²": "^2",
    "û": r"\hat{u}",
}
IN_TEXT = {sign: f"${command.strip()}$" for sign, command in SIGNS.items()} | {"−": "$-$"}
# Of what stands in parentheses, of a number, or of a letter with or without a hat.
ROOT = re.compile(r"√(?:\(((?:[^()]|\([^()]*\))*)\)|([\d.]+(?:e[+-]\d+)?|\w\u0302?))")
SPECIAL = re.compile(r"[#$%&_{}~^\\]")


def latex(sections: Sequence[Section]) -> str:
    """A paragraph with a heading and an `align*` for each section."""
    return "\n\n".join(map(block, sections))


def block(section: Section) -> str:
    lines = [rf"\paragraph{{{words(section.title)}}}"]
    rows = [row for equation in section.equations for row in rows_of(equation)]
    if rows:
        lines += [r"\begin{align*}", " \\\\\n".join(rows), r"\end{align*}"]
    lines += map(words, section.remarks)
    return "\n".join(lines)


def rows_of(equation: Equation) -> list[str]:
    """A row for each side."""
    first, *others = map(shown, equation.sides)
    sign = plain(equation.sign)
    return [f"{shown(equation.left)} &{sign} {first}", *(f"&= {side}" for side in others)]


def shown(formula: Formula) -> str:
    return "".join(plain(part) if isinstance(part, str) else symbol(part) for part in formula)


def plain(part: str) -> str:
    """Names of functions upright, powers of ten as such, signs by their commands."""
    part = re.sub(r"[A-Za-z_]{2,}", lambda m: rf"\mathrm{{{m[0]}}}", part)
    part = ROOT.sub(lambda m: rf"\sqrt{{{m[1] or m[2]}}}", part)
    part = re.sub(r"(?<=\d)e([+-]?)0*(\d+)", power, part)
    part = re.sub(r"(\w)\u0302", r"\\hat{\1}", part)
    return "".join(SIGNS.get(character, character) for character in part)


def power(match: re.Match[str]) -> str:
    return rf"\cdot 10^{{{match[1].strip('+')}{match[2]}}}"


def symbol(one: Symbol) -> str:
    letter = SIGNS.get(one.letter, one.letter) + ("'" if one.primed else "")
    index = f"_{{{one.index}}}" if one.index else ""
    layer = f"^{{({one.layer})}}" if one.layer is not None else ""
    if one.primed and layer:
        layer = f"^{{\\prime({one.layer})}}"
        letter = letter[:-1]
    made = f"{letter}{index}{layer}"
    if not one.prefix:
        return made
    of = plain(one.prefix[1:-2])
    return rf"\frac{{\partial {of}}}{{\partial {made}}}"


def words(text: str) -> str:
    escaped = SPECIAL.sub(lambda m: rf"\{m[0]}", text.replace("`", ""))
    return "".join(IN_TEXT.get(character, character) for character in escaped)
