"""Rows in blocks."""

from __future__ import annotations

from collections.abc import Iterator

__all__ = ["blocks_of"]

BLOCK = 1 << 15


def blocks_of(n: int) -> Iterator[slice]:
    """n rows in blocks that the processor's cache holds, where all steps on one find it."""
    return (slice(start, start + BLOCK) for start in range(0, n, BLOCK))
