"""Imputation of missing cells."""

from __future__ import annotations

import numpy as np

from rosenblatt.support.finite import all_finite
from rosenblatt.support.types import BoolArray, FloatArray
from rosenblatt.table.cells import Cells
from rosenblatt.table.messages import count, rows_named
from rosenblatt.table.scaling import Scaling

__all__ = ["fill_scaled", "missing_detail", "unlike_training"]


def fill_scaled(
    cells: Cells, x: FloatArray, scaling: Scaling, indicator: bool, out: FloatArray
) -> tuple[str, ...]:
    """The first feature: x scaled, NaN imputed by the median; the last one: the indicator."""
    notes = () if scaling.has_tails else note_in_tails(cells, x, scaling)
    if all_finite(x):
        scaling.apply_to(x, out[:, 0])
        return notes
    missing = np.isnan(x)
    scaling.apply_to(np.where(missing, scaling.center, x), out[:, 0])
    if indicator:
        out[:, -1] = missing
    else:
        return (*notes, unlike_training(cells, missing, "the median was taken"))
    return notes


def note_in_tails(cells: Cells, x: FloatArray, scaling: Scaling) -> tuple[str, ...]:
    """What to say of a column without tails whose cells lie beyond what a model file holds."""
    far = scaling.in_tails(x)
    if not far.any():
        return ()
    n = count(int(far.sum()), "cell")
    return (
        f"column {cells.name!r} has {n} ({rows_named(cells, far)}) more than"
        f" {scaling.tail * scaling.spread:.1e} from {scaling.center:g}, where a model file goes on"
        " by logarithms: the predictions are not the network's own",
    )


def unlike_training(cells: Cells, missing: BoolArray, what: str) -> str:
    n = count(int(missing.sum()), "missing cell")
    return (
        f"column {cells.name!r} has {n} ({rows_named(cells, missing)}), "
        f"and had none in training: {what}"
    )


def missing_detail(indicator: bool) -> str:
    return ", some missing" if indicator else ""
