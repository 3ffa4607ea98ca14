"""A sample of the cases of a product over members."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

__all__ = ["sample"]


def sample(cases: Sequence[Mapping[str, int]], every: int) -> set[int]:
    """Numbers of the cases to run: every k-th, and more until each value of each axis is met.

    A case is the place of its value on each axis. Every k-th alone would miss values without a
    word as soon as the length of an axis becomes a multiple of k, or shares a factor with it.
    """
    kept = set(range(0, len(cases), every))
    met = {place for number in kept for place in cases[number].items()}
    for number, case in enumerate(cases):
        if not met.issuperset(case.items()):
            kept.add(number)
            met.update(case.items())
    return kept
