"""Faults of the losses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from rosenblatt.losses import Loss

__all__ = ["FAULTS"]


@final
@dataclass(frozen=True)
class OfProbability(Loss):
    """A cross-entropy whose gradient has the sigmoid's factor once too often: -(p - 1)² / 2."""

    def value(self, scores, y):
        return 0.5 * (1 / (1 + np.exp(-scores)) - y)[:, 0] ** 2

    def gradient(self, scores, y):
        raise NotImplementedError

    def inverse_link(self, scores):
        raise NotImplementedError


FAULTS: dict[str, Callable[[], dict[str, Any]]] = {
    "L16": lambda: {"cross_entropy": OfProbability()},
}
