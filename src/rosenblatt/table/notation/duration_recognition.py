"""Whether texts are durations, and what those that look like times of day are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import pyarrow as pa

from rosenblatt.support.types import BoolArray, IntArray
from rosenblatt.table.notation.digit_shapes import DigitShapes, digit_shapes
from rosenblatt.table.notation.duration_layouts import DurationForm, plausible_durations
from rosenblatt.table.notation.duration_units import NANOSECONDS
from rosenblatt.table.notation.durations import (
    DurationGroups,
    DurationNotation,
    TwoParts,
    duration_groups,
)

__all__ = ["DurationFinding", "recognise_durations"]

SHARE = 0.5  # of the rows, that must be durations
DAY = 86_400  # seconds
MINUTE = 60 * NANOSECONDS
CLOCKS = frozenset({DurationForm.CLOCK, DurationForm.TWO_PARTS})


@final
@dataclass(frozen=True, eq=False)
class DurationFinding:
    """What texts are when they are durations.

    Parameters
    ----------
    notation : DurationNotation
        What the cells decide for; the first of `alternatives` if they do not.
    alternatives : tuple[DurationNotation, ...]
        All that the cells allow; one if they decide. Of two, one is 60 times the other.
    strange : BoolArray
        The texts that are no duration in this notation.
    evidence : str
        The text that decides between hours and minutes; "" where nothing had to be decided.
    also_times : bool
        Whether the texts are rather times of day: every one is on a clock, from 0:00 to 24:00, and
        the hours reach 12, or none of them is written as a bare 0 and not all are 0. As a target
        they can be meant as durations all the same.
    """

    notation: DurationNotation
    alternatives: tuple[DurationNotation, ...]
    strange: BoolArray
    evidence: str
    also_times: bool


def recognise_durations(
    texts: pa.Array, counts: IntArray, two_parts: TwoParts | None = None
) -> DurationFinding | None:
    """What distinct texts with their counts are as durations; None if half of the rows are none.

    Numbers that have one and the same unit, as 90 s, are not: they are numbers.

    Parameters
    ----------
    texts : pa.Array
        Distinct texts, trimmed, none missing.
    counts : IntArray
        The rows of each text.
    two_parts : TwoParts, optional
        What 12:34 is said to be; cells that decide otherwise are stronger.
    """
    shapes = digit_shapes(texts)
    total = int(counts.sum())
    if not total or counts[plausible_durations(shapes)[shapes.codes]].sum() < SHARE * total:
        return None
    groups = duration_groups(shapes)
    if not groups or are_numbers(groups):
        return None
    meanings, proof = meanings_of_two_parts(shapes, groups)
    alternatives = tuple(map(DurationNotation, (two_parts,) if two_parts in meanings else meanings))
    strange = alternatives[0].read(shapes, groups)[1]
    if counts[~strange].sum() < SHARE * total:
        return None
    return DurationFinding(
        alternatives[0],
        alternatives,
        strange,
        texts[proof].as_py() if proof >= 0 else "",
        are_times(shapes, groups),
    )


def are_numbers(groups: DurationGroups) -> bool:
    """Whether all are numbers with one unit, or with an m that can stand for months or metres."""
    units = {layout.terms[0].unit for layout, _ in groups}
    if any(layout.form is not DurationForm.ONE_UNIT for layout, _ in groups):
        return False
    return len(units) == 1 or (MINUTE in units and max(units) > 3600 * NANOSECONDS)


def meanings_of_two_parts(
    shapes: DigitShapes, groups: DurationGroups
) -> tuple[tuple[TwoParts, ...], int]:
    """(what 12:34 can be, the text that decides or -1).

    A fraction of seconds at one is proof of minutes, and so are minutes past 24 beside 1:02:03.
    """
    forms = {layout.form for layout, _ in groups}
    if DurationForm.TWO_PARTS not in forms:
        return (TwoParts.HOURS,), -1
    for layout, rows in groups:
        if layout.form is DurationForm.MINUTES:
            return (TwoParts.MINUTES,), int(rows[0])
    largest = max(
        int(shapes.number(rows, layout.terms[0].start, layout.terms[0].width).max())
        for layout, rows in groups
        if layout.form is DurationForm.TWO_PARTS
    )
    if 24 <= largest < 60:
        for layout, rows in groups:
            if layout.form is DurationForm.CLOCK and layout.terms[0].width == 1:
                return (TwoParts.MINUTES,), int(rows[0])
    return (TwoParts.HOURS, TwoParts.MINUTES), -1


def are_times(shapes: DigitShapes, groups: DurationGroups) -> bool:
    """Whether durations are times of day too, and these the likelier."""
    latest, bare = 0, False
    for layout, rows in groups:
        hour = layout.terms[0]
        if layout.form not in CLOCKS or hour.start > 0:  # a sign
            return False
        hours = shapes.number(rows, hour.start, hour.width)
        latest = max(latest, int(hours.max()))
        bare |= hour.width == 1 and bool((hours == 0).any())
    seconds, strange = DurationNotation().read(shapes, groups)
    if (seconds[~strange] > DAY).any():
        return False
    return latest >= 12 or (latest > 0 and not bare)
