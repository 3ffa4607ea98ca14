"""How a fit is spread: workers, servers, mode and compression, checked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import final

from rosenblatt.cluster.compression import Compressor, ErrorFeedback
from rosenblatt.cluster.modes import Mode, Synchronous
from rosenblatt.cluster.ranges import Range
from rosenblatt.support.listing import brief

__all__ = ["Automatic", "ClusterPlan"]


@final
@dataclass(frozen=True)
class Automatic:
    """In place of a compressor: decided once the connections have been measured."""


@final
@dataclass(frozen=True)
class ClusterPlan:
    """What workers and servers have in common.

    Attributes
    ----------
    workers, servers : int
    mode : Mode
    local_steps : int
    compression : Compressor or Automatic, optional
    by_staleness : bool
        Whether the rate of a push is divided by one more than its staleness.
    """

    workers: int = 2
    servers: int = 1
    mode: Mode = field(default_factory=Synchronous)
    local_steps: int = 1
    compression: Compressor | Automatic | None = None
    by_staleness: bool = False

    def __post_init__(self) -> None:
        for name in ("workers", "servers", "local_steps"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or value < 1:
                raise ValueError(f"{name}={brief(value)}: a whole number, 1 or more.")
        if not isinstance(self.by_staleness, bool):
            given = brief(self.by_staleness)
            raise ValueError(f"by_staleness={given}: take True or False.")

    def feedback(self, worker: int, parts: Sequence[Range]) -> list[ErrorFeedback] | None:
        """A compressor for each server, with its error of the worker's own."""
        if not isinstance(self.compression, Compressor):
            return None
        return [
            ErrorFeedback(
                self.compression.encoder(
                    [piece.shape for piece in part.pieces], seed=worker * self.servers + k
                )
            )
            for k, part in enumerate(parts)
        ]
