"""A network with what was learnt about a table's columns, as a function of R of raw cells."""

from __future__ import annotations

from rosenblatt.export.expression import Expression, Variable
from rosenblatt.export.procedure import Procedure
from rosenblatt.export.r_function import DIALECT, R, constant, definition
from rosenblatt.export.raw_cells import meaning_of
from rosenblatt.export.table_formulas import features_of, restored, trained_on_table
from rosenblatt.model import AnyModel
from rosenblatt.table import ClassTarget, TableEncoding
from rosenblatt.table.columns import Category, Dropped

__all__ = ["r_table_function"]


def r_table_function(model: AnyModel, encoding: TableEncoding, name: str = "network") -> str:
    """The text of a function that takes a data frame of raw cells."""
    trained, target = trained_on_table(model, encoding), encoding.target
    procedure = Procedure(DIALECT)
    start: list[str] = []
    let = procedure.lets(start, "c")
    features: list[Expression] = []
    meanings = []
    for column in encoding.columns:
        if isinstance(column, Dropped):
            continue
        read = "text" if isinstance(column, Category) else "number"
        cell = Variable(f"c{len(start) + 1}")
        start.append(f"{cell.name} <- {read}(data, {constant(column.name)})")
        features += features_of(column, cell, let, model.dtype)
        meaning = meaning_of(column, gap="NA", empty='NA or ""')
        meanings.append(f"{constant(column.name)} = {constant(meaning)}")
    listed = ",\n".join(map(R.text, features))
    start.append(f"x <- cbind(rep(0, nrow(data)), {listed})[, -1, drop = FALSE]")
    value = procedure.network(trained)
    if not isinstance(target, ClassTarget):
        inner: list[str] = []
        y = restored(target, Variable("y"), procedure.lets(inner, "t"))
        procedure.functions.append(procedure.function("restored", "y", inner, R.text(y)))
        value = f"restored({value})"
    what = "takes a data frame of raw cells"
    names = "columns <- c(\n  " + ",\n  ".join(meanings) + "\n)"
    return definition(trained, name, what, names, procedure, start, value)
