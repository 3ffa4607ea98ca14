"""Small tables, and what is learnt from them."""

import numpy as np
import pandas as pd

from rosenblatt.table import (
    learn_encoding,
)

N = 400


def rng():
    return np.random.default_rng(0)


def table(**columns):
    """Columns beside a number that is always learnable, and a target."""
    n = len(next(iter(columns.values()))) if columns else N
    x = rng().normal(size=n)
    return pd.DataFrame({**columns, "x": x, "y": np.where(x > 0, "a", "b")})


def learn(frame, **options):
    return learn_encoding(frame, target="y", **options)


def column_of(values, name="c", **options):
    return learn(table(**{name: values}), **options).columns[0]


def features(encoding, frame):
    return pd.DataFrame(encoding.encode(frame).X, columns=list(encoding.feature_names))


WORDS = np.array(["red", "green", "blue"])
DAYS = pd.date_range("2020-01-01", periods=N, freq="7h")
NUMBERS = np.arange(N) * 1.25
