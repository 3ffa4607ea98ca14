"""Whether rows to predict are like those of the training."""

from __future__ import annotations

from rosenblatt.errors import InputError
from rosenblatt.persistence import SavedModel
from rosenblatt.support.types import FloatArray
from rosenblatt.table.messages import quote
from rosenblatt.uncertainty import Shift

__all__ = ["shift_notes", "shift_of"]

RATE = 0.01  # tables of rows like those of the training that are said to differ


def shift_of(saved: SavedModel, X: FloatArray) -> Shift:
    """What encoded rows differ by; InputError if the model cannot tell."""
    if saved.uncertainty is None or saved.uncertainty.shift is None:
        raise InputError(
            "the model does not keep how its training rows were distributed, which --warn-shift"
            " compares with: train it again with `rosenblatt train`, without options that describe"
            " one network"
        )
    return saved.uncertainty.shift.compare(X, RATE)


def shift_notes(shift: Shift) -> tuple[str, ...]:
    if not shift.is_told:
        return ()
    if shift.columns:
        columns = quote([column.name for column in shift.columns])
        return (
            f"the rows differ from those of the training in {columns}: predictions may be worse"
            " than the scores of the training",
        )
    return (
        f"{shift.odd_rows:.1%} of the rows are as odd as one in a hundred of the training:"
        " predictions may be worse than the scores of the training",
    )
