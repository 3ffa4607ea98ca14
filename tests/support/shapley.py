"""Shapley values by their definition, from predictions of composed frames alone."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from math import factorial
from typing import Any

import numpy as np
import pandas as pd


def by_definition(predict: Callable[[Any], Any], X: Any, background: Any) -> Any:
    """(n_rows, n_columns, n_outputs): the interventional values of all columns of a frame."""
    names, n = list(X.columns), len(X)
    value = {}
    for size in range(len(names) + 1):
        for known in combinations(names, size):
            frames = []
            for row in range(n):
                frame = background.copy()
                for name in known:
                    frame[name] = X[name].iloc[[row] * len(background)].to_numpy()
                frames.append(frame)
            met = np.asarray(predict(pd.concat(frames, ignore_index=True)), float)
            value[known] = met.reshape(n, len(background), -1).mean(axis=1)
    d = len(names)
    total = np.zeros((n, d, next(iter(value.values())).shape[1]))
    for known, v in value.items():
        for k, name in enumerate(names):
            if name not in known:
                joined = tuple(other for other in names if other in known or other == name)
                weight = factorial(len(known)) * factorial(d - len(known) - 1) / factorial(d)
                total[:, k] += weight * (value[joined] - v)
    return total
