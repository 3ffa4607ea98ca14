"""Faults of workers and compressors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rosenblatt.cluster.modes import Synchronous

__all__ = ["FAULTS"]

FAULTS: dict[str, Callable[[], dict[str, Any]]] = {
    "G18": lambda: {"mode": Synchronous()},
    "G19": lambda: {"feedback": lambda encoder: encoder},
}
