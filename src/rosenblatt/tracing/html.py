"""A trace as HTML."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from rosenblatt.tracing.equations import Section
from rosenblatt.tracing.formula import Equation, Formula, Symbol

__all__ = ["html", "page"]

STYLE = (
    ".rosenblatt-trace{font-family:'STIX Two Math','Cambria Math',Georgia,serif;line-height:1.7}"
    ".rosenblatt-trace h4{font-family:system-ui,sans-serif;margin:1em 0 .2em}"
    ".rosenblatt-trace table{border-collapse:collapse}"
    ".rosenblatt-trace td{padding:0 .3em;text-align:left;vertical-align:top;border:0}"
    ".rosenblatt-trace td:first-child{white-space:nowrap;text-align:right}"
    ".rosenblatt-trace sub,.rosenblatt-trace sup{line-height:0;font-size:.7em}"
    ".rosenblatt-trace p{font-family:system-ui,sans-serif;margin:.2em 0;opacity:.75}"
)


def html(sections: Sequence[Section]) -> str:
    """A heading and a table for each section, in one `div` with its style."""
    return (
        f'<div class="rosenblatt-trace"><style>{STYLE}</style>{"".join(map(block, sections))}</div>'
    )


def page(fragment: str, title: str, language: str) -> str:
    """A document around a fragment."""
    return (
        f'<!DOCTYPE html><html lang="{language}"><meta charset="utf-8"><title>{escape(title)}'
        '</title><body style="max-width:60em;margin:2em auto;padding:0 1em">'
        f"{fragment}</body></html>\n"
    )


def block(section: Section) -> str:
    rows = "".join(map(row, section.equations))
    remarks = "".join(f"<p>{escape(remark)}</p>" for remark in section.remarks)
    return f"<h4>{escape(section.title)}</h4><table>{rows}</table>{remarks}"


def row(equation: Equation) -> str:
    left = shown(equation.left)
    first, *others = equation.sides
    right = shown(first) + "".join(f" = {shown(side)}" for side in others)
    return f"<tr><td>{left}</td><td>{equation.sign}</td><td>{right}</td></tr>"


def shown(formula: Formula) -> str:
    return "".join(escape(part) if isinstance(part, str) else symbol(part) for part in formula)


def symbol(one: Symbol) -> str:
    prime = "′" if one.primed else ""
    index = f"<sub>{escape(one.index)}</sub>" if one.index else ""
    layer = f"<sup>({one.layer})</sup>" if one.layer is not None else ""
    return f"{escape(one.prefix)}<i>{escape(one.letter)}</i>{prime}{index}{layer}"
