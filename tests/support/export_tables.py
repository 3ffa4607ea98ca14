"""Tables of raw cells, and their cells as inputs of exported models."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from rosenblatt.table import TableEncoding

N = 400


def table(with_gaps: bool) -> Any:
    """Every kind of column, heavy tails, rare categories, and names that could be misread."""
    rng = np.random.default_rng(3)
    frame = pd.DataFrame(
        {
            "income": np.exp(4 * rng.standard_normal(N)),
            "_value_1": rng.integers(0, 9, N).astype(float),
            "town": rng.choice(
                ["Ulm", "Bonn", "Köln", "a", "b"], N, p=[0.4, 0.3, 0.28, 0.01, 0.01]
            ),
            "member": rng.choice([True, False], N).astype(object),
            "seen": pd.Timestamp("2019-02-03 04:05") + pd.to_timedelta(rng.random(N) * 900, "D"),
            "constant": 1.0,
        }
    )
    if with_gaps:
        for name in ("income", "town", "member", "seen"):
            frame.loc[rng.choice(N, 40, replace=False), name] = None
    frame["class"] = rng.choice(["x", "y", "z"], N)
    frame["two"] = rng.choice(["no", "yes"], N)
    frame["price"] = 1000 + 50 * rng.standard_normal(N)
    return frame


def cells(frame: Any, encoding: TableEncoding) -> dict[str, Any]:
    """A frame's cells as the model's inputs, by other means than the encoding's own."""
    found = {}
    for column in encoding.columns:
        series, name = frame[column.name], column.name
        if column.kind == "category":
            values = np.array(["" if pd.isna(v) else str(v) for v in series], object)
        elif column.kind == "date":
            values = (series - pd.Timestamp("1970-01-01")) / pd.Timedelta(days=1)
        elif column.kind != "left out":
            values = np.array([np.nan if pd.isna(v) else float(v) for v in series])
        else:
            continue
        found[name] = np.asarray(values).reshape(-1, 1)
    return found


def strange(frame: Any) -> Any:
    """Cells that training had none of."""
    frame = frame.copy()
    frame.loc[:20, "town"] = "Atlantis"
    frame.loc[10:30, ["income", "member", "town", "seen"]] = None
    frame.loc[40, "income"] = -1e300
    return frame


def mixed_frame() -> Any:
    """Numbers with gaps, and texts."""
    rng = np.random.default_rng(0)
    columns = {"size": rng.normal(50, 9, 80), "age": rng.normal(size=80)}
    data = pd.DataFrame(columns)
    data.loc[::7, "age"] = np.nan
    data["town"] = rng.choice(["Ulm", "Bonn", "Köln"], 80)
    return data
