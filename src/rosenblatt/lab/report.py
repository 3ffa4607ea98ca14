"""A result as text, in lines of a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rosenblatt.lab.declaration import Test
from rosenblatt.lab.estimate import Estimate
from rosenblatt.lab.observation import Table
from rosenblatt.lab.result import Result
from rosenblatt.lab.text import Text
from rosenblatt.lab.words import (
    AS_PREDICTED,
    CASES,
    CLAIM,
    COLON,
    DIFFERS,
    EXPECTED,
    MEASURED,
    METHOD,
    NOT_EXPECTED,
    NOT_MEASURED,
    PARTIAL,
    PREDICTED,
    PREDICTIONS,
    QUANTITY,
    SECONDS,
    SOURCE,
    SURPRISES,
    TAKEAWAY,
    THEORY,
    verdict_text,
)
from rosenblatt.support.text_width import filled, padded, width_of

__all__ = ["columns", "number", "report"]

WIDTH = 80


def report(result: Result, language: str = "en", width: int = WIDTH) -> str:
    """Claim, prediction, measurement and verdict."""

    def said(text: Text) -> str:
        return text.in_language(language)

    e, colon = result.experiment, COLON.in_language(language)
    blocks = [f"{e.id}  {said(e.title)}"]
    for name, text in ((CLAIM, e.claim), (THEORY, e.theory), (METHOD, e.method)):
        blocks.append(filled(f"{said(name)}{colon}{said(text)}", width))
    blocks.append(filled(f"{said(SOURCE)}{colon}{e.source}", width))
    for case in result.declaration.cases:
        expected = said(EXPECTED if case.expected else NOT_EXPECTED)
        heading = filled(f"{said(CASES)}{colon}{said(case.condition)}{expected}", width)
        blocks.append(heading + "\n" + tests(result, case.tests, language, width))
    if result.declaration.predictions:
        shown = tests(result, result.declaration.predictions, language, width)
        blocks.append(f"{said(PREDICTIONS)}{colon.rstrip()}\n{shown}")
    blocks += [shown_table(table, language, width) for table in result.tables]
    if result.is_partial:
        blocks.append(filled(said(PARTIAL), width))
    else:
        blocks.append(filled(said(verdict_text(result.verdict, result.condition)), width))
        if result.surprises:
            listed = "\n".join(filled(f"- {said(text)}", width) for text in result.surprises)
            blocks.append(f"{said(SURPRISES)}{colon.rstrip()}\n{listed}")
        blocks.append(filled(f"{said(TAKEAWAY)}{colon}{said(e.takeaway)}", width))
    blocks.append(said(SECONDS).format(result.seconds))
    return "\n\n".join(blocks)


def tests(result: Result, some: Sequence[Test], language: str, width: int) -> str:
    rows = []
    for test in some:
        measured = result.estimates.get(test.key)
        met = measured is not None and test.criterion.is_met(measured)
        word = NOT_MEASURED if measured is None else AS_PREDICTED if met else DIFFERS
        rows.append(
            (
                test.what.in_language(language),
                test.criterion.described,
                "" if measured is None else estimate(measured),
                word.in_language(language),
            )
        )
    headings = [text.in_language(language) for text in (QUANTITY, PREDICTED, MEASURED)]
    return columns([(*headings, ""), *rows], width)


def shown_table(table: Table, language: str, width: int) -> str:
    headings = [text.in_language(language) for text in table.headings]
    rows = [
        tuple(
            cell.in_language(language)
            if isinstance(cell, Text)
            else cell
            if isinstance(cell, str)
            else number(cell)
            for cell in row
        )
        for row in table.rows
    ]
    title = table.title.in_language(language) + COLON.in_language(language).rstrip()
    return f"{title}\n{columns([tuple(headings), *rows], width)}"


def columns(rows: Sequence[tuple[str, ...]], width: int) -> str:
    """Rows of cells under one another; the first column is broken where a line is too long."""
    others = [max(width_of(row[j]) for row in rows) for j in range(1, len(rows[0]))]
    first = min(
        max(width_of(row[0]) for row in rows), max(width - sum(others) - 2 * len(others), 16)
    )
    lines = []
    for name, *cells in rows:
        begin, *rest = filled(name, first).split("\n")
        shown = [padded(begin, first), *map(padded, cells, others)]
        lines += ["  ".join(shown).rstrip(), *rest]
    return "\n".join(lines)


def estimate(measured: Estimate) -> str:
    """'0.2510' or '0.251 (0.248 … 0.254, n = 5)'."""
    if measured.low == measured.high:
        return number(measured.mean)
    ends = f"{number(measured.low)} … {number(measured.high)}"
    return f"{number(measured.mean)} ({ends})"


def number(value: float) -> str:
    """About four digits; whole numbers whole."""
    if float(value).is_integer() and abs(value) < 1e6:
        return f"{int(value):,}"
    return f"{value:.4g}"
