"""Columns of text: truth values, numbers, dates, durations, or else categories."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rosenblatt.errors import InputError
from rosenblatt.support.finite import present_of
from rosenblatt.support.listing import option
from rosenblatt.support.types import BoolArray, Float64Array, IntArray
from rosenblatt.table.candidate import Candidate
from rosenblatt.table.category_format import category_format
from rosenblatt.table.cells import Cells
from rosenblatt.table.column_format import ColumnFormat, Notation
from rosenblatt.table.format import ColumnKind, TableFormat
from rosenblatt.table.messages import count, quote
from rosenblatt.table.missing_words import is_marker
from rosenblatt.table.month_numbers import are_months
from rosenblatt.table.notation.date_order import DateOrder
from rosenblatt.table.notation.date_recognition import DateFinding, recognise_dates
from rosenblatt.table.notation.duration_recognition import DurationFinding, recognise_durations
from rosenblatt.table.notation.durations import TwoParts
from rosenblatt.table.notation.number_finding import NumberFinding, recognise_numbers
from rosenblatt.table.notation.numbers import PLAIN_NUMBERS, NumberNotation, is_plain
from rosenblatt.table.parsing import MISSING, TRUTH, are_whole, numbers_of, truth_of_text
from rosenblatt.table.whole_numbers import whole_numbers_format

__all__ = ["ORDERS", "date_candidate", "holds_truth", "text_candidate"]

# A column of text is one of numbers or dates in spite of a few words if these are few, and in few
# rows: in more of them where there are many distinct numbers.
MAX_WORDS = 3
MANY_NUMBERS = 20
WORDS_SHARE, WORDS_SHARE_OF_FEW = 0.2, 0.05
MIN_ROWS = 10  # fewer show nothing
PLACEHOLDERS = ("-", "--", "---", "–", "—", ".", "..", "...", "…", "*", "/")
LARGEST_WHOLE = 2.0**63
BESIDE = " beside "  # between two cells that decide together
ORDERS = {
    "day-first": DateOrder.DAY_FIRST,
    "month-first": DateOrder.MONTH_FIRST,
    "year-first": DateOrder.YEAR_FIRST,
}

Finding = NumberFinding | DateFinding | DurationFinding


@final
@dataclass(frozen=True, eq=False)
class GivenTexts:
    """The distinct texts of a column that do not mean missing, with their counts."""

    texts: pa.StringArray
    counts: IntArray
    words: tuple[str, ...]  # that do

    @classmethod
    def of(cls, cells: Cells, fmt: TableFormat) -> GivenTexts:
        distinct = cells.distinct
        missing = np.array(
            [
                text in fmt.missing or (is_marker(text) and text not in fmt.keep)
                for text in distinct.strings
            ],
            dtype=bool,
        )
        words = tuple(text for text in distinct.strings if text in fmt.missing)
        given = distinct.texts.filter(pa.array(~missing))
        return cls(given, distinct.counts[~missing], words)


def text_candidate(
    cells: Cells, fmt: TableFormat, *, is_target: bool, declared: ColumnKind | None
) -> Candidate:
    """The format of a column of text.

    Raises
    ------
    InputError
        If it is declared a number and holds none.
    """
    given = GivenTexts.of(cells, fmt)
    name = cells.name
    if not len(given.texts):
        if is_target:
            return Candidate(category_format(cells, fmt, is_target=True))
        return Candidate.dropped(name, "all cells are missing")
    constant = len(given.texts) == 1 and given.counts.sum() == len(cells)
    if declared is None and not constant and holds_truth(given.texts.to_pylist()):
        return Candidate(ColumnFormat(name, ColumnKind.TRUTH, missing=given.words))
    findings: list[Finding | None] = [
        recognise_numbers(given.texts, given.counts, fmt.decimal, fmt.thousands)
    ]
    parts = None if fmt.durations is None else TwoParts(fmt.durations)
    if declared is ColumnKind.NUMBER:
        findings.append(recognise_durations(given.texts, given.counts, parts))
    if declared is None:
        durations = recognise_durations(given.texts, given.counts, parts)
        order = ORDERS.get(fmt.date_order or "")
        dates = recognise_dates(given.texts, given.counts, order)
        # 12:34 is a time of day; as a target, which cannot be one, it is a duration.
        if durations is not None and dates is not None:
            chosen = dates if durations.also_times and not is_target else durations
            findings.append(chosen)
        else:
            findings += [dates, durations]
    known = [f for f in findings if f is not None]
    best = min(known, key=lambda f: int(given.counts[f.strange].sum()), default=None)
    if best is None:
        if declared is ColumnKind.NUMBER:
            strange = given.texts.filter(pa.array(PLAIN_NUMBERS.parse(given.texts)[1]))
            raise InputError(
                f"column {name!r} is no column of numbers, as"
                f" {option('--column', f'{name}=number')} says: half of its cells or more are"
                f" others, such as {quote(strange.to_pylist()[:1])}"
            )
        return Candidate(category_format(cells, fmt, is_target=is_target))
    if declared is None and not tolerable(best, given):
        note = words_beside(name, best, given)
        return Candidate(category_format(cells, fmt, is_target=is_target, notes=note))
    if isinstance(best, NumberFinding) and is_plain(best.notation):
        special = plain_whole_numbers(
            cells, best, given, is_target=is_target, may_be_dates=declared is None
        )
        if special is not None:
            return Candidate(special)
    candidate = with_notation(cells, best, given, is_target)
    return candidate or Candidate(category_format(cells, fmt, is_target=is_target))


def plain_whole_numbers(
    cells: Cells, found: NumberFinding, given: GivenTexts, *, is_target: bool, may_be_dates: bool
) -> ColumnFormat | None:
    """Identifiers and dates such as 20230318, as where the same cells are stored as numbers."""
    x, _ = numbers_of(cells, found.notation, given.words)
    if not are_whole(present_of(x)):
        return None
    strange = given.texts.filter(pa.array(found.strange)).to_pylist()
    words = (*given.words, *strange)
    special = whole_numbers_format(
        cells.name, x, words, is_target=is_target, may_be_dates=may_be_dates
    )
    if special is None:
        return None
    return replace(special, notes=(*special.notes, *word_notes(cells.name, found, strange)))


def date_candidate(cells: Cells, fmt: TableFormat, *, any_share: bool) -> Candidate | None:
    """Text as dates, or None; with `any_share`, however few are."""
    given = GivenTexts.of(cells, fmt)
    found = recognise_dates(given.texts, given.counts, ORDERS.get(fmt.date_order or ""))
    if found is None or found.strange.all() or not (any_share or tolerable(found, given)):
        return None
    return with_notation(cells, found, given, is_target=False)


def holds_truth(texts: Collection[str]) -> bool:
    """Whether all are words for true or false, and both occur; "true" may be the only one."""
    codes = {truth_of_text(text) for text in texts} - {MISSING}
    if codes == {0, 1}:
        return any(text.lower() in TRUTH for text in texts)
    return bool(codes) and all(text.lower() in ("true", "false") for text in texts)


def tolerable(found: Finding, given: GivenTexts) -> bool:
    """Whether the texts that are no numbers or dates are few enough to be taken as missing."""
    strange = found.strange
    if isinstance(found, NumberFinding):
        strange = strange & ~found.errors & ~found.censored & ~placeholders(given.texts)
    n_words, n_rows = int(strange.sum()), int(given.counts.sum())
    if not n_words:
        return bool((~found.strange).any())
    many = int((~found.strange).sum()) >= MANY_NUMBERS
    share = WORDS_SHARE if many else WORDS_SHARE_OF_FEW
    most = max(1, share * n_rows) if n_rows >= MIN_ROWS else 0
    return n_words <= MAX_WORDS and int(given.counts[strange].sum()) <= most


def placeholders(texts: pa.StringArray) -> BoolArray:
    """The texts that stand for no number, such as -, which accountants write for none."""
    among = pc.is_in(texts, value_set=pa.array(PLACEHOLDERS))
    return np.asarray(among.to_numpy(zero_copy_only=False), dtype=bool)


def with_notation(
    cells: Cells, found: Finding, given: GivenTexts, is_target: bool
) -> Candidate | None:
    """The format of a column of numbers, dates or durations; None if all are one in 64 bits."""
    name = cells.name
    words = given.texts.filter(pa.array(found.strange)).to_pylist()
    kind = ColumnKind.DATE if isinstance(found, DateFinding) else ColumnKind.NUMBER
    values, _ = found.notation.parse(given.texts)
    values = values[~found.strange]
    whole = bool(given.counts.sum() == len(cells))
    exact = found.notation.integers(given.texts) if isinstance(found, NumberFinding) else None
    same = values.min() == values.max() and (exact is None or exact.min() == exact.max())
    if same and exact is None and abs(values.max()) >= LARGEST_WHOLE and len(given.texts) > 1:
        return None  # numbers of more digits than any number here keeps
    if not is_target and not words and whole and same:
        shown = quote(given.texts.to_pylist()[:1])
        return Candidate.dropped(name, f"constant: every cell is {shown}")
    fmt = ColumnFormat(
        name,
        kind,
        with_wholeness(found.notation, values),
        (*given.words, *words),
        notes=(*word_notes(name, found, words), *unit_note(name, found)),
        evidence=evidence_note(name, found),
    )
    has_decimals = kind is ColumnKind.NUMBER and not (are_whole(values) or are_months(values))
    alternatives: tuple[Notation, ...] = ()
    if len(found.alternatives) > 1:
        alternatives = tuple(
            with_wholeness(a, values[~strange])
            for a in found.alternatives
            for values, strange in (a.parse(given.texts),)
        )
    return Candidate(fmt, alternatives, example_of(found, given), has_decimals)


def with_wholeness(notation: Notation, values: Float64Array) -> Notation:
    """The notation, which says where groups but no decimals have been seen."""
    if not (isinstance(notation, NumberNotation) and notation.grouping):
        return notation
    return replace(notation, whole=are_whole(values))


def example_of(found: Finding, given: GivenTexts) -> str:
    """A text that the alternatives read differently, or the first one."""
    texts = given.texts
    if len(found.alternatives) > 1:
        first, second = (a.parse(texts)[0] for a in found.alternatives[:2])
        differ = np.flatnonzero((first != second) & ~np.isnan(first) & ~np.isnan(second))
        if len(differ):
            return str(texts[int(differ[0])])
    return str(texts[0])


def word_notes(name: str, found: Finding, words: list[str]) -> tuple[str, ...]:
    if not words:
        return ()
    what = "dates" if isinstance(found, DateFinding) else "numbers"
    return (f"column {name!r} holds {what}, but for {quote(words)}: taken as missing",)


def unit_note(name: str, found: Finding) -> tuple[str, ...]:
    """A note on numbers without the unit that the others have."""
    if not (isinstance(found, NumberFinding) and found.bare.any()):
        return ()
    n = int(found.bare.sum())
    return (
        f"column {name!r} has {count(n, 'number')} without the unit of the others: read as"
        f" {found.notation.unit} too",
    )


def evidence_note(name: str, found: Finding) -> str:
    written = found.notation.describe()
    if not (found.evidence and written):
        return ""
    cells = [repr(cell) for cell in found.evidence.split(BESIDE)]
    verb = "decides" if len(cells) == 1 else "decide"
    return f"column {name!r} is read as {written}: {BESIDE.join(cells)} {verb}"


def words_beside(name: str, found: Finding, given: GivenTexts) -> tuple[str, ...]:
    n = int(given.counts[~found.strange].sum())
    strange = given.texts.filter(pa.array(found.strange)).to_pylist()
    date = isinstance(found, DateFinding)
    if not n and date:
        return (
            f"column {name!r} has dates such as {quote(strange[:1])}, none of them in the order"
            " that is said: taken as text",
        )
    if not n:
        return ()
    what = "date" if date else "number"
    return (
        f"column {name!r} has {count(n, what)} beside {quote(strange)}, and is taken as text: to"
        f" take the others as missing, say {option('--column', f'{name}={what}')}",
    )
