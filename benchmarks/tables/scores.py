"""How far predictions are off: the two errors and the log loss."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["log_loss", "misclassified", "unexplained"]

CLIP = 1e-7


def misclassified(y: npt.NDArray[Any], predicted: npt.NDArray[Any]) -> float:
    """1 - accuracy."""
    return float(np.mean(y != predicted))


def unexplained(y: npt.NDArray[Any], predicted: npt.NDArray[Any]) -> float:
    """1 - R²: the squared errors relative to those of the mean of `y`."""
    return float(np.sum((y - predicted) ** 2) / np.sum((y - np.mean(y)) ** 2))


def log_loss(y: npt.NDArray[Any], probabilities: npt.NDArray[Any], classes: Sequence[Any]) -> float:
    """Mean of -log p in nats, p the probability of the row's class, held to [1e-7, 1].

    A class that is not among `classes`, which name the columns, has the probability 0.
    """
    columns = {name: column for column, name in enumerate(classes)}
    of_class = np.array(
        [
            row[columns[name]] if name in columns else 0.0
            for name, row in zip(y, probabilities, strict=True)
        ]
    )
    return float(-np.mean(np.log(np.clip(of_class, CLIP, 1.0))))
