"""A contender's scores on a table, averaged over seeds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import final

from benchmarks.tables.results import Record

__all__ = ["Mean", "mean", "of_table", "seeds"]


@final
@dataclass(frozen=True)
class Mean:
    """Means over the seeds; `log_loss` is None for a regression."""

    error: float
    log_loss: float | None
    fit_cpu: float
    test_rows: int


def of_table(records: Iterable[Record], contender: str, table: str) -> list[Record]:
    return [
        record
        for record in records
        if record["contender"] == contender and record["table"] == table
    ]


def seeds(records: Iterable[Record]) -> set[int]:
    return {record["seed"] for record in records}


def mean(records: Sequence[Record], among: set[int]) -> Mean:
    """Of one contender's records on one table, over the seeds `among`, of which one is there."""
    kept = [record for record in records if record["seed"] in among]
    losses = [record["log_loss"] for record in kept]
    return Mean(
        error=fmean(record["error"] for record in kept),
        log_loss=None if None in losses else fmean(losses),
        fit_cpu=fmean(record["fit_seconds"]["cpu"] for record in kept),
        test_rows=kept[0]["test_rows"],
    )
