"""Two contenders beside each other, over the tables and seeds that both have run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import final

import numpy as np

from benchmarks.tables.means import Mean, mean, of_table, seeds
from benchmarks.tables.results import Record

__all__ = ["Comparison", "compare", "error_ratio", "geometric_mean"]

# So many test rows more that both get wrong: of few rows, one more or less is no large ratio.
SHRINKAGE = 5


@final
@dataclass(frozen=True)
class Comparison:
    """Ratios are geometric means over the tables, first to second, of means over the seeds. Below
    1 the first is better, or cheaper. `ahead` counts the tables where its mean is lower.

    `plain` is the ratio of the errors as they are, None where one is 0. What concerns the log loss
    is None without a classification. `cpu` are the first's seconds of a fit.
    """

    tables: int
    ahead: int
    ratio: float
    plain: float | None
    loss_tables: int
    loss_ahead: int
    loss_ratio: float | None
    cpu: float
    cpu_ratio: float


def compare(records: Sequence[Record], first: str, second: str) -> Comparison | None:
    """None where they have no run in common."""
    pairs = _pairs(records, first, second)
    if not pairs:
        return None
    losses = [
        (a.log_loss, b.log_loss)
        for a, b in pairs
        if a.log_loss is not None and b.log_loss is not None
    ]
    errors = [(a.error, b.error) for a, b in pairs]
    return Comparison(
        tables=len(pairs),
        ahead=sum(a < b for a, b in errors),
        ratio=geometric_mean(error_ratio(a, b) for a, b in pairs),
        plain=geometric_mean(a / b for a, b in errors) if np.all(errors) else None,
        loss_tables=len(losses),
        loss_ahead=sum(a < b for a, b in losses),
        loss_ratio=geometric_mean(a / b for a, b in losses) if losses else None,
        cpu=geometric_mean(a.fit_cpu for a, _ in pairs),
        cpu_ratio=geometric_mean(a.fit_cpu / b.fit_cpu for a, b in pairs),
    )


def error_ratio(first: Mean, second: Mean) -> float:
    """Of the errors plus `SHRINKAGE` / test rows."""
    more = SHRINKAGE / first.test_rows
    return (first.error + more) / (second.error + more)


def geometric_mean(values: Iterable[float]) -> float:
    return float(np.exp(np.mean(np.log(list(values)))))


def _pairs(records: Sequence[Record], first: str, second: str) -> list[tuple[Mean, Mean]]:
    pairs = []
    for table in dict.fromkeys(record["table"] for record in records):
        ours, theirs = of_table(records, first, table), of_table(records, second, table)
        common = seeds(ours) & seeds(theirs)
        if common:
            pairs.append((mean(ours, common), mean(theirs, common)))
    return pairs
