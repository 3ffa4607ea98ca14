"""A network with what was learnt about a table's columns, as an ES module of raw cells."""

from __future__ import annotations

import json
from typing import Any

from rosenblatt.export.expression import Expression, Variable
from rosenblatt.export.javascript import DIALECT, JAVASCRIPT, given, module
from rosenblatt.export.procedure import Procedure
from rosenblatt.export.raw_cells import meaning_of
from rosenblatt.export.table_formulas import features_of, restored, trained_on_table
from rosenblatt.model import AnyModel
from rosenblatt.table import ClassTarget, TableEncoding
from rosenblatt.table.columns import Category, Dropped

__all__ = ["javascript_table_module"]


def javascript_table_module(model: AnyModel, encoding: TableEncoding) -> str:
    """The text of a module whose `predict` takes an object of raw cells."""
    trained, target = trained_on_table(model, encoding), encoding.target
    procedure = Procedure(DIALECT)
    statements: list[str] = []
    let = procedure.lets(statements, "c")
    features: list[Expression] = []
    meanings: dict[str, str] = {}
    for column in encoding.columns:
        if isinstance(column, Dropped):
            continue
        read = "text" if isinstance(column, Category) else "number"
        cell = let_text(statements, f"{read}(row[{json.dumps(column.name)}])")
        features += features_of(column, cell, let, model.dtype)
        meanings[column.name] = meaning_of(column, gap="null or NaN", empty='null or ""')
    listed = ",\n".join(map(JAVASCRIPT.text, features))
    statements.append(f"const x = [\n{listed}\n];")
    value = procedure.network(trained)
    if not isinstance(target, ClassTarget):
        inner: list[str] = []
        y = restored(target, Variable("y"), procedure.lets(inner, "t"))
        function = procedure.function("restored", "y", inner, JAVASCRIPT.text(y))
        procedure.functions.append(function)
        value = f"{value}.map(restored)"
    what = (
        f"// predict(row) takes an object with the cells of a row and gives {given(trained)}.\n"
        "// A truth value may be true or false, a date a Date.\n"
    )
    names = f"// What each column holds.\nexport const columns = {pretty(meanings)};\n"
    return module(trained, what, names, procedure, statements, "row", value)


def let_text(statements: list[str], value: str) -> Variable:
    name = f"c{len(statements) + 1}"
    statements.append(f"const {name} = {value};")
    return Variable(name)


def pretty(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
