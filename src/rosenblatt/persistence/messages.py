"""What is said in more than one place about files that are not taken."""

from __future__ import annotations

__all__ = ["DAMAGED", "FOREIGN", "cut_short"]

DAMAGED = "the file is damaged: copy it again from its source or train the model again"
FOREIGN = "give the file that the training wrote"


def cut_short(size: int, expected: int) -> str:
    return f"it is cut short: {size:,} bytes of {expected:,} are there; {DAMAGED}"
