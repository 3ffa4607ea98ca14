"""A saved model as a server takes it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import final

from rosenblatt.cli.prediction import Predictions, predict
from rosenblatt.persistence import SavedModel
from rosenblatt.serving import InputColumn, TargetColumn
from rosenblatt.support.cached_property import cached_property
from rosenblatt.table import (
    Boolean,
    Category,
    ClassTarget,
    Date,
    Number,
    Table,
    TableFile,
    read_table,
)
from rosenblatt.table.columns import AnyColumn
from rosenblatt.table.dates import day_of
from rosenblatt.table.notation.dates import PLAIN_DATES

__all__ = ["ServedModel"]

MOST_CHOICES = 1000


@final
@dataclass(frozen=True)
class ServedModel:
    """A `Servable` of a model file."""

    saved: SavedModel

    @cached_property
    def columns(self) -> tuple[InputColumn, ...]:
        return tuple(
            InputColumn(
                column.name,
                column.kind,
                column.detail,
                column.n_features > 0,
                choices_of(column),
                example_of(column),
            )
            for column in self.saved.encoding.columns
        )

    @cached_property
    def target(self) -> TargetColumn:
        target = self.saved.encoding.target
        classes = target.classes if isinstance(target, ClassTarget) else ()
        return TargetColumn(target.name, target.detail, classes)

    def read(self, path: Path) -> TableFile:
        encoding = self.saved.encoding
        return read_table(path, as_text=encoding.text_columns, hint=encoding.hint)

    def predict(self, table: Table, coverage: float | None = None) -> Predictions:
        return predict(self.saved, table, coverage)


def choices_of(column: AnyColumn) -> tuple[str, ...]:
    if isinstance(column, Boolean):
        return ("true", "false")
    known = column.categories + column.others if isinstance(column, Category) else ()
    return known if len(known) <= MOST_CHOICES else ()


def example_of(column: AnyColumn) -> str:
    """A cell in the middle of the training rows, where it is written as programs write one."""
    match column:
        case Number(is_plain=True):
            middle = column.scaling_of_values.center
            return str(int(middle)) if column.integral else f"{middle:.6g}"
        case Date(notation=notation) if notation == PLAIN_DATES:
            return day_of(column.scaling.center)
        case Category(categories=[first, *_]):
            return first
        case Boolean():
            return str(column.often_true).lower()
    return ""
