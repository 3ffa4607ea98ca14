"""A table of houses with columns of every kind, and short fits of it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from rosenblatt import TableClassifier, TableRegressor
from rosenblatt.tabular import Preset

QUICK = Preset(n_folds=3, epochs=4, fewest_epochs=1, fewest_members=1, n_pieces=64)


def houses(n: int = 240, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    town = rng.choice(["Ulm", "Bonn", "Kiel"], n)
    area = rng.uniform(30, 200, n)
    built = pd.Timestamp("1950-01-01") + pd.to_timedelta(rng.integers(0, 25_000, n), unit="D")
    frame = pd.DataFrame({"town": town, "area": area, "built": built, "lift": area > 120})
    frame.loc[::13, "area"] = np.nan
    frame["price"] = np.nan_to_num(frame["area"], nan=100) * 3 + (town == "Ulm") * 90.0
    frame["dear"] = np.where(frame["price"] > frame["price"].median(), "yes", "no")
    return frame


FEATURES = ["town", "area", "built", "lift"]


def classifier(**parameters: Any) -> TableClassifier:
    return TableClassifier(QUICK, random_state=0, **parameters)


def regressor(**parameters: Any) -> TableRegressor:
    return TableRegressor(QUICK, random_state=0, **parameters)
