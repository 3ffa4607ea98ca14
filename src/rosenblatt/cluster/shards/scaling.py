"""Scales of numbers and dates over files: their exact quantiles, then their moments."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple, final

import numpy as np

from rosenblatt.cluster.shards.manifest import Manifest
from rosenblatt.cluster.shards.moments import Moments
from rosenblatt.cluster.shards.over import Over
from rosenblatt.cluster.shards.quantiles import (
    Bracket,
    Counter,
    Counts,
    around,
    merged,
    narrowed,
)
from rosenblatt.cluster.shards.reading import blocks
from rosenblatt.cluster.shards.split import TRAIN, RowShares
from rosenblatt.errors import InputError
from rosenblatt.support.finite import present_of
from rosenblatt.support.types import Float64Array, FloatArray
from rosenblatt.table import Cells, Date, Number, NumberTarget
from rosenblatt.table.dates import Cycle, cycles_of, places_of
from rosenblatt.table.learning import EMPTY
from rosenblatt.table.messages import require_finite
from rosenblatt.table.other_notation import days_in, numbers_in
from rosenblatt.table.scaling import (
    QUARTILES,
    Scaling,
    distances,
    place_of,
    spread_between,
    units,
    usable,
)

__all__ = ["Scaled", "scaled"]

Series = Number | Date | NumberTarget
Units = tuple[float, float]  # centre and spread
Sample = Callable[[str], Cells | None]  # some rows of a column


@final
class Scaled(NamedTuple):
    """What was learnt of a column: its scale, and the cycles of dates; or moments of a target."""

    scaling: Scaling
    cycles: tuple[Cycle, ...]
    moments: Moments


@final
@dataclass(frozen=True, eq=False)
class Rows:
    """The rows to train on, and the columns of numbers or dates, whose notation is known."""

    manifest: Manifest
    shares: RowShares
    series: tuple[Series, ...]


@final
@dataclass(frozen=True, eq=False)
class Selection:
    """A pass that counts: brackets of each series, of distances from a centre if it has one."""

    rows: Rows
    brackets: Mapping[str, tuple[Bracket, ...]]
    centers: Mapping[str, float]


CountsOf = dict[str, dict[Bracket, Counts]]


def counted(selection: Selection, k: int) -> CountsOf:
    """The work on row group k."""
    of_series = {
        name: [Counter(bracket) for bracket in brackets]
        for name, brackets in selection.brackets.items()
    }
    wanted = [s for s in selection.rows.series if s.name in of_series]
    for values in blocks_of_values(selection.rows, wanted, k):
        for name, x in values.items():
            if name in selection.centers:
                x = distances(x, selection.centers[name])
            for counter in of_series[name]:
                counter.add(x)
    return {
        name: {counter.bracket: counter.counts for counter in counters}
        for name, counters in of_series.items()
    }


def blocks_of_values(rows: Rows, wanted: list[Series], k: int) -> Iterator[dict[str, FloatArray]]:
    """The present numbers of each series, {name: array (n,)}, a block at a time."""
    group = rows.manifest.groups[k]
    for block in blocks(group, [series.name for series in wanted]):
        taken = block.table.where(
            rows.shares.of(group.first + block.first, len(block.table)) == TRAIN
        )
        try:
            yield {s.name: present_of(values_of(s, taken.by_name[s.name])) for s in wanted}
        except InputError as error:
            path = group.file.path
            raise InputError(f"{path}: {error}") from error


def values_of(series: Series, cells: Cells) -> Float64Array:
    """Numbers, or days since 1970-01-01, shape (n,), NaN where missing."""
    if isinstance(series, Date):
        return days_in(cells, series.notation, series.words)[0]
    if isinstance(series, Number):
        x = numbers_in(cells, series.notation, series.words, series.origin)[0]
        require_finite(cells, x)
        return x
    return series.encode(cells).y


def quantiles(
    over: Over,
    rows: Rows,
    percents: tuple[int, ...],
    sample: Sample,
    centers: Mapping[str, float] | None = None,
) -> dict[str, list[float]]:
    """Of each series, or of the distances of those that have a centre; [] without a number.

    A sample of the numbers saves a pass over them.
    """
    centers = centers or {}
    found: dict[str, list[float | Bracket]] = {}
    for series in rows.series:
        name = series.name
        if name in centers or not (centers or isinstance(series, NumberTarget)):
            x = numbers_of_sample(series, sample)
            x = np.sort(distances(x, centers[name]) if centers else x)
            found[name] = [around(x, percent) for percent in percents]
    while brackets := {name: left for name, of in found.items() if (left := brackets_of(of))}:
        total: CountsOf = {}
        for part in over(counted, Selection(rows, brackets, centers), range_of(rows)):
            for name, counts in part.items():
                before = total.setdefault(name, counts)
                if before is not counts:
                    total[name] = {at: merged(before[at], of) for at, of in counts.items()}
        for name, of_name in total.items():
            n = next(iter(of_name.values())).n
            found[name] = [
                at if isinstance(at, float) else narrowed(of_name[at], place_of(percent, n))
                for at, percent in zip(found[name], percents, strict=True)
                if n
            ]
    return {name: [at for at in of if isinstance(at, float)] for name, of in found.items()}


def numbers_of_sample(series: Series, sample: Sample) -> FloatArray:
    """Present ones, shape (n,); none where the sample has not the column."""
    cells = sample(series.name)
    return np.zeros(0) if cells is None else present_of(values_of(series, cells))


def brackets_of(found: list[float | Bracket]) -> tuple[Bracket, ...]:
    """The distinct ones."""
    return tuple(dict.fromkeys(at for at in found if isinstance(at, Bracket)))


def range_of(rows: Rows) -> range:
    return range(len(rows.manifest.groups))


@final
@dataclass(frozen=True, eq=False)
class Measurement:
    """The pass of the moments, with the centre and the spread of each series."""

    rows: Rows
    units: Mapping[str, Units]


def measured(measurement: Measurement, k: int) -> dict[str, tuple[Moments, FloatArray]]:
    """The work on row group k: the moments, and the days that are extreme in a cycle."""
    rows = measurement.rows
    found: dict[str, tuple[Moments, FloatArray]] = {}
    wanted = [s for s in rows.series if s.name in measurement.units]
    for values in blocks_of_values(rows, wanted, k):
        for series in wanted:
            x = values[series.name]
            before, days = found.get(series.name, (Moments(), np.zeros(0)))
            if isinstance(series, Date) and len(x):
                days = extreme(np.concatenate([days, x]))
            of_units = x
            if not isinstance(series, NumberTarget):
                of_units = units(x, *measurement.units[series.name])
            found[series.name] = before.merged(Moments.of(of_units)), days
    return found


def extreme(days: FloatArray) -> FloatArray:
    """A first and a last day of each cycle."""
    ends = [end for at in places_of(days).values() for end in (at.argmin(), at.argmax())]
    return days[np.unique(ends)]


def scaled(
    over: Over,
    manifest: Manifest,
    shares: RowShares,
    series: tuple[Series, ...],
    sample: Sample,
) -> dict[str, Scaled]:
    """The scales of columns whose notation is known, from the rows to train on.

    They are those that one machine learns, up to the order of sums. A sample, which may have None
    of a column, makes the passes fewer.
    """
    rows = Rows(manifest, shares, series)
    quartiles = quantiles(over, rows, QUARTILES, sample)
    spreads = {name: spread_between(of[0], of[2]) for name, of in quartiles.items() if of}
    flat = {name: quartiles[name][1] for name, spread in spreads.items() if spread <= 0}
    middles = quantiles(over, rows, (50,), sample, flat) if flat else {}
    for name in flat:
        spreads[name] = middles[name][0] if middles.get(name) else 1.0
    of_units = {name: (quartiles[name][1], usable(spread)) for name, spread in spreads.items()}
    of_units |= {s.name: (0.0, 1.0) for s in series if isinstance(s, NumberTarget)}
    total: dict[str, tuple[Moments, FloatArray]] = {}
    if of_units:
        for part in over(measured, Measurement(rows, of_units), range_of(rows)):
            for name, (moments, days) in part.items():
                before, earlier = total.get(name, (Moments(), np.zeros(0)))
                days = np.concatenate([earlier, days])
                total[name] = before.merged(moments), extreme(days) if len(days) else days
    found = {s.name: Scaled(EMPTY, (), Moments()) for s in series}
    for name, (moments, days) in total.items():
        scaling = Scaling.of(*of_units[name], moments.mean, moments.std)
        found[name] = Scaled(scaling, cycles_of(days) if len(days) else (), moments)
    return found
