"""A fitted table estimator as text: columns, networks and score."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rosenblatt.model import AnyModel
from rosenblatt.support.listing import count, shortened
from rosenblatt.support.plain_text import printable
from rosenblatt.support.text_width import padded, width_of
from rosenblatt.table.encoding import ColumnLine
from rosenblatt.table.messages import quote
from rosenblatt.tabular.shape import Shape
from rosenblatt.uncertainty import Uncertainty

__all__ = ["network_summary", "summary_of"]

MOST_LINES = 40  # of columns; of more of them those of a kind share one


def summary_of(
    name: str,
    model: AnyModel,
    score: float,
    uncertainty: Uncertainty | None,
    shape: Shape,
    columns: Sequence[ColumnLine],
    notes: Sequence[str],
) -> str:
    """The lines of an estimator of this name, joined; they are for a terminal."""
    lines = [
        f"{name}: {network_summary(model)}",
        f"score of rows not seen in training: {score:.4f}"
        if math.isfinite(score)
        else "no score: no rows were left out of the training",
        *calibration_line(uncertainty),
        *filter(None, [promises_of(shape)]),
        *column_lines(columns),
        *(f"note: {note}" for note in notes),
    ]
    return "\n".join(map(printable, lines))


def calibration_line(uncertainty: Uncertainty | None) -> list[str]:
    if uncertainty is None or uncertainty.reliability is None:
        return []
    error = uncertainty.reliability.error
    return [f"calibration error {error:.4f}: the mean distance of confidence and accuracy"]


def promises_of(shape: Shape) -> str:
    """What is promised of predictions, in words; empty for nothing."""
    of_direction = {1: "do not fall with", -1: "do not rise with"}
    parts = []
    for direction, words in of_direction.items():
        names = [name for name, d in shape.monotone if d == direction]
        if names:
            parts.append(f"{words} {quote(names)}")
    if shape.is_linear_beyond:
        parts.append("go on linearly beyond the training rows")
    return f"predictions {', '.join(parts)}" if parts else ""


def column_lines(columns: Sequence[ColumnLine]) -> list[str]:
    """A line for each column, the target last; of many columns one for each kind."""
    if len(columns) - 1 > MOST_LINES:
        *features, target = columns
        by_kind: dict[str, list[str]] = {}
        for column in features:
            by_kind.setdefault(column.kind, []).append(column.name)
        lines = [
            f"  {count(len(names), 'column')} of the kind {kind}: {quote(names)}"
            for kind, names in by_kind.items()
        ]
        return [*lines, f"  {shortened(target.name)}  {target.kind}: {target.detail}"]
    names = [shortened(printable(column.name)) for column in columns]
    width = max(map(width_of, names))
    return [
        f"  {padded(name, width)}  {column.kind}: {column.detail}"
        for name, column in zip(names, columns, strict=True)
    ]


def network_summary(model: AnyModel) -> str:
    """How many networks and weights there are."""
    members = model.members
    if all(len(member.network.layers) == 1 for member in members):
        return f"a linear model, {model.n_parameters:,} weights"
    networks = count(len(members), "network")
    if len(members) == 1 and members[0].network.n_members > 1:
        networks += f" of {count(members[0].network.n_members, 'member')}"
    return f"{networks}, {model.n_parameters:,} weights{' in all' if len(members) > 1 else ''}"
