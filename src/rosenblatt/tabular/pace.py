"""How fast networks are trained, and how much that allows until a deadline."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import final

from rosenblatt.tabular.member import Member
from rosenblatt.tabular.plan import operations_of

__all__ = ["Pace"]

USABLE = 0.85  # of the time left, that is planned for


@final
@dataclass(frozen=True)
class Pace:
    """Operations a second of all threads together, as far as the machine lets them."""

    per_second: float

    @classmethod
    def of(cls, members: Sequence[Member], begun: float) -> Pace:
        """That of networks that were trained since a time of `time.perf_counter`."""
        operations = sum(
            len(m.notes) * operations_of(m.model.network, len(m.division.train)) for m in members
        )
        return cls(operations / (time.perf_counter() - begun))

    def until(self, deadline: float) -> float:
        """How many operations are likely to be done until then."""
        return max(deadline - time.perf_counter(), 0.0) * USABLE * self.per_second
