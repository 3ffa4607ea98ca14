"""A network with what was learnt about a table's columns, as one SELECT over raw cells."""

from __future__ import annotations

from collections.abc import Sequence

from rosenblatt.export.expression import Expression
from rosenblatt.export.raw_cells import meaning_of
from rosenblatt.export.sql import Select, network_in_sql, output_names
from rosenblatt.export.table_formulas import features_of, restored, trained_on_table
from rosenblatt.export.trained import Trained
from rosenblatt.model import AnyModel
from rosenblatt.table import ClassTarget, TableEncoding
from rosenblatt.table.columns import Category, Dropped

__all__ = ["sql_table_select"]


def sql_table_select(
    model: AnyModel, encoding: TableEncoding, table: str = "rows", keys: Sequence[str] = ()
) -> str:
    """The text of a SELECT that predicts each row of a table from its raw cells."""
    target = encoding.target
    trained = trained_on_table(model, encoding)
    select = Select(table, keys)
    features: list[Expression] = []
    for column in encoding.columns:
        if isinstance(column, Dropped):
            continue
        cell = select.cell(column.name, is_text=isinstance(column, Category))
        features += features_of(column, cell, select.let, model.dtype)
    outputs = network_in_sql(trained, features, select)
    if not isinstance(target, ClassTarget):
        outputs = [restored(target, y, select.let) for y in outputs]
    names = output_names(trained, target.name)
    return select.text(list(zip(names, outputs, strict=True)), heading(trained, encoding))


def heading(trained: Trained, encoding: TableEncoding) -> str:
    """What the statement is, and what the columns hold."""
    lines = [f"{trained}, written by rosenblatt. The columns hold:"]
    for column in encoding.columns:
        if meaning := meaning_of(column, empty="'' or NULL", gap="NULL"):
            lines.append(f"{column.name}: {meaning}")
    return "".join(f"-- {' '.join(line.split())}\n" for line in lines)
