"""Small tables of every kind of column, for the tests of the command line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

REAL_DATA = Path(__file__).parents[3] / "shared" / "data"


def shop_table(n: int = 240, seed: int = 0) -> pd.DataFrame:
    """Numbers with gaps, a category, a truth value, a date, an identifier, and two targets."""
    rng = np.random.default_rng(seed)
    size = rng.normal(10, 3, n)
    colour = rng.choice(["red", "green", "blue"], n)
    member = rng.random(n) < 0.4
    weight = size * 2 + 3 * (colour == "red") + rng.normal(0, 0.5, n)
    bought = weight + 4 * member > 22
    return pd.DataFrame(
        {
            "id": [f"customer-{k:05d}" for k in range(n)],
            "size": np.where(rng.random(n) < 0.1, np.nan, size),
            "colour": colour,
            "member": np.where(member, "yes", "no"),
            "since": pd.Timestamp("2020-01-01") + pd.to_timedelta(rng.integers(0, 900, n), "D"),
            "constant": "same",
            "weight": weight.round(3),
            "bought": np.where(bought, "buys", "leaves"),
        }
    )
