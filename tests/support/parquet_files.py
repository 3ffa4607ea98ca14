"""Tables in several Parquet files, for tests that read them without holding all rows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

__all__ = ["numbers", "spread", "table_of_kinds"]


def spread(table: pa.Table, folder: Path, files: int = 3, group: int = 100) -> Path:
    """Write a table into files of unequal length, with row groups of `group` rows."""
    folder.mkdir(exist_ok=True)
    ends = [len(table) * k * k // (files * files) for k in range(files + 1)]
    for k in range(files):
        part = table.slice(ends[k], ends[k + 1] - ends[k])
        pq.write_table(part, folder / f"part-{k}.parquet", row_group_size=group)
    return folder


def numbers(n: int, columns: int, seed: int = 0, *, classes: bool = True) -> pa.Table:
    """Numbers, and a target y that follows from them: a class, or a number."""
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((n, columns))
    score = X @ rng.standard_normal(columns) + 0.3 * rng.standard_normal(n)
    named: dict[str, Any] = {f"x{k}": X[:, k] for k in range(columns)}
    return pa.table(named | {"y": np.where(score > 0, "yes", "no") if classes else 100 + score})


def table_of_kinds(n: int, seed: int = 0) -> pa.Table:
    """Columns of every kind, with what is rare in each: one cell of many is missing, or odd."""
    rng = np.random.default_rng(seed)
    lonely = np.zeros(n)
    lonely[n // 3] = 7.5
    whole = rng.integers(0, 50, n).astype(np.float64)
    whole[n - 2] = 3.25  # the only one with a fraction
    tailed = np.exp(3 * rng.standard_normal(n))
    gaps = [None if k % 97 == 5 else float(v) for k, v in enumerate(rng.standard_normal(n))]
    days = rng.integers(0, 40, n).astype("timedelta64[D]") + np.datetime64("2024-01-01")
    sky = rng.choice(["grey", "blue", "red ", "N/A"], n, p=[0.5, 0.3, 0.199, 0.001])
    code = [f"c{v}" for v in rng.zipf(1.7, n) % 3000]
    return pa.table(
        {
            "lonely": lonely,
            "whole": whole,
            "tailed": tailed,
            "gaps": gaps,
            "large": rng.integers(2**60, 2**60 + 1000, n),
            "constant": np.ones(n),
            "day": days.astype("datetime64[s]"),
            "sky": sky.tolist(),
            "code": pa.array(code).dictionary_encode(),
            "true": rng.random(n) < 0.7,
            "word": np.where(rng.random(n) < 0.4, "yes", "no").tolist(),
            "price": [f"${v:,.2f}" for v in tailed],
            "name": [f"customer {v:06d}" for v in rng.permutation(n)],
            "y": rng.choice(["a", "b", "rare"], n, p=[0.6, 0.395, 0.005]).tolist(),
        }
    )
