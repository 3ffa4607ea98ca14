"""Texts as categories, unless they identify rows, are prose, or never differ."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

import numpy as np

from rosenblatt.errors import InputError
from rosenblatt.support.types import IntArray
from rosenblatt.table.cells import Cells
from rosenblatt.table.column_format import ColumnFormat
from rosenblatt.table.format import ColumnKind, TableFormat
from rosenblatt.table.messages import count, quote
from rosenblatt.table.missing_words import missing_words

__all__ = ["CategoryRule", "category_format", "frequent"]

NEARLY_DISTINCT = 0.9  # share of distinct texts from which they are an identifier
FEW_TEXTS = 10  # this many distinct texts are never an identifier
LONG_TEXT = 50  # mean length from which mostly distinct texts are prose
MOSTLY_DISTINCT = 0.5
WORD = re.compile(r"[^\W\d_]{2,}")
PROSE_WORDS = 3  # mean number of words from which distinct texts are prose, however short
# A category needs this many rows for a feature of its own: 0.5 %, but at least 2 and at most 10.
RARE_SHARE, RARE_MIN, RARE_MAX = 0.005, 2, 10


def category_format(
    cells: Cells,
    fmt: TableFormat,
    *,
    is_target: bool,
    declared: ColumnKind | None = None,
    asked: bool = False,
    notes: tuple[str, ...] = (),
) -> ColumnFormat:
    """The format of a column of texts; categories that are declared are not dropped as names.

    Raises
    ------
    InputError
        If the user asked for what is declared, and nothing can be learnt from such texts.
    """
    name, distinct = cells.name, cells.distinct
    has_empty = bool((distinct.codes < 0).any())
    words = missing_words(
        name,
        distinct.strings,
        distinct.counts,
        has_empty=has_empty,
        given=fmt.missing,
        keep=fmt.keep,
    )
    kept = np.array([text not in words.missing for text in distinct.strings], dtype=bool)
    texts = [text for text, keep in zip(distinct.strings, kept, strict=True) if keep]
    counts = distinct.counts[kept]
    indicator = has_empty or not kept.all()
    reason = "" if is_target else reason_to_drop(texts, counts, indicator, declared)
    if reason and asked and declared is not None and len(texts) > 1:
        raise InputError(refusal(name, declared, reason, counts))
    if reason:
        return ColumnFormat(name, ColumnKind.DROP, reason=reason, notes=notes)
    return ColumnFormat(
        name, ColumnKind.CATEGORY, missing=words.missing, notes=(*notes, *words.notes)
    )


def reason_to_drop(
    texts: Sequence[str], counts: IntArray, indicator: bool, declared: ColumnKind | None
) -> str:
    n_present = int(counts.sum())
    if not texts:
        return "all cells are missing"
    if len(texts) == 1 and not indicator:
        return f"constant: every cell is {quote(texts)}"
    if declared is not ColumnKind.CATEGORY and len(texts) > FEW_TEXTS:
        length = float(np.average([len(text) for text in texts], weights=counts))
        of_all = f"{len(texts):,} of {n_present:,} texts are distinct"
        nearly_distinct = len(texts) >= NEARLY_DISTINCT * n_present
        long = length >= LONG_TEXT and len(texts) > MOSTLY_DISTINCT * n_present
        if long or (nearly_distinct and are_prose(texts)):
            return f"free text: {of_all}, {length:.0f} characters on average"
        if nearly_distinct:
            return f"an identifier: {of_all}"
    if not len(frequent(counts, n_present, 1)):
        return f"{count(len(texts), 'category', 'categories')}, each of them rare"
    return ""


def refusal(name: str, declared: ColumnKind, reason: str, counts: IntArray) -> str:
    if len(frequent(counts, int(counts.sum()), 1)):
        return (
            f"column {name!r} is said to be {declared.value}, which is not learnt from ({reason}):"
            " say drop to leave it out, or category to learn from the texts that several rows share"
        )
    return (
        f"column {name!r} is said to be {declared.value}, and too few rows share a text to learn"
        f" from ({reason}): say drop to leave it out"
    )


def are_prose(texts: Sequence[str]) -> bool:
    """Whether the texts are made of words rather than of codes."""
    return sum(len(WORD.findall(text)) for text in texts) >= PROSE_WORDS * len(texts)


@final
@dataclass(frozen=True)
class CategoryRule:
    """Which categories of a column have features, and of what kind.

    Attributes
    ----------
    most : int
        How many have a feature of their own.
    fewest_rows : int, optional
        That such a category has; from the number of rows if None.
    coded_from : int, optional
        The number of categories from which on a column is encoded as a code, however many they are.
    """

    most: int = 100
    fewest_rows: int | None = None
    coded_from: int | None = None

    def codes(self, n_categories: int) -> bool:
        """Whether a column of so many categories is encoded as a code."""
        return self.coded_from is not None and n_categories >= self.coded_from


def frequent(counts: IntArray, n_rows: int, most: int, fewest_rows: int | None = None) -> IntArray:
    """The places of those with enough rows for a feature of their own, the most frequent first."""
    enough = fewest_rows or int(np.clip(RARE_SHARE * n_rows, RARE_MIN, RARE_MAX))
    by_count = np.argsort(-counts, kind="stable")[:most]
    own: IntArray = by_count[counts[by_count] >= enough]
    return own
