"""A sample of the cases of a product over members."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

__all__ = ["sample"]


def sample(cases: Sequence[Mapping[str, int]], every: int) -> set[int]:
    """Numbers of the cases to run: every k-th, and more until each value of each axis is met.

    A case has the number of its value on each axis. Every k-th alone would miss values without a
    word as soon as the length of an axis becomes a multiple of k, or shares a factor with it.
    Where all cases have values of their own there is no axis: every k-th is run.
    """
    axes = [axis for axis in cases[0] if len({case[axis] for case in cases}) < len(cases)]
    kept = set(range(0, len(cases), every))
    met = {(axis, cases[number][axis]) for number in kept for axis in axes}
    for number, case in enumerate(cases):
        values = {(axis, case[axis]) for axis in axes}
        if not values <= met:
            kept.add(number)
            met |= values
    return kept
