"""A trace as plain text of 80 columns."""

from __future__ import annotations

from collections.abc import Sequence

from rosenblatt.support.text_width import filled, width_of
from rosenblatt.tracing.equations import Section
from rosenblatt.tracing.formula import Equation, Formula, Symbol

__all__ = ["text"]

WIDTH = 80


def text(sections: Sequence[Section]) -> str:
    """Headings, equations below them, and remarks."""
    blocks = []
    for section in sections:
        lines = [filled(section.title, WIDTH)]
        lines += [line for equation in section.equations for line in lines_of(equation)]
        lines += [line for remark in section.remarks for line in indented(remark)]
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def indented(remark: str) -> list[str]:
    return [f"  {line}" for line in filled(remark, WIDTH - 2).split("\n")]


def lines_of(equation: Equation) -> list[str]:
    """In one line if it fits, else a line for each side, broken at the sums' signs."""
    left, sides = shown(equation.left), [shown(side) for side in equation.sides]
    whole = f"  {left} {equation.sign} {' = '.join(sides)}"
    if width_of(whole) <= WIDTH:
        return [whole]
    lines, first = [], f"  {left} {equation.sign} "
    blank = " " * min(len(first), 12)
    for at, side in enumerate(sides):
        line = first if at == 0 else f"{blank[:-2]}= "
        for k, term in enumerate(side.split(" + ")):
            piece = term if k == 0 else f" + {term}"
            if width_of(line + piece) > WIDTH and k:
                lines.append(line.rstrip())
                line = f"{blank}+ {term}"
            else:
                line += piece
        lines.append(line)
    return lines


def shown(formula: Formula) -> str:
    return "".join(part if isinstance(part, str) else symbol(part) for part in formula)


def symbol(one: Symbol) -> str:
    index = f"_{one.index}" if one.index else ""
    layer = f"^({one.layer})" if one.layer is not None else ""
    prime = "'" if one.primed else ""
    return f"{one.prefix}{one.letter}{prime}{index}{layer}"
