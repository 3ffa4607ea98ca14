"""A trained network as one SELECT over a table.

Every stage is a common table expression, which is computed once: a formula that names another one
twice would otherwise be written, and computed, again and again.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from typing import final

import numpy as np

from rosenblatt.export.chain_parts import parts_of_members
from rosenblatt.export.characters import NO_C, check_characters
from rosenblatt.export.expression import (
    Constant,
    Expression,
    Notation,
    Variable,
    of,
    total,
    where,
)
from rosenblatt.export.formulas import activated, linked
from rosenblatt.export.parts import (
    Activated,
    Added,
    Appended,
    Bent,
    Gated,
    Mapped,
    Part,
    Scaled,
    Standardised,
    Sums,
)
from rosenblatt.export.trained import Trained
from rosenblatt.model import OutputFormat
from rosenblatt.support.listing import brief
from rosenblatt.support.types import Float64Array

__all__ = ["Select", "identifier", "network_in_sql", "sql_select"]

MOST_CHARACTERS = 1_000_000  # of a statement that SQLite takes
MOST_COLUMNS = 2_000  # of a SELECT * of SQLite, which hands all that was computed to the next stage
MOST_TERMS = 900  # of a sum: expressions of SQLite are at most 1000 deep


def constant(value: float | str) -> str:
    """With an exponent, without which it is a decimal number to some databases."""
    if isinstance(value, str):
        return "'" + check_characters(value, NO_C, "SQL").replace("'", "''") + "'"
    text = repr(float(value))
    return text if "e" in text else f"{text}e0"


def identifier(name: str) -> str:
    return '"' + check_characters(name, NO_C, "SQL").replace('"', '""') + '"'


SQL = Notation(
    "SQL",
    constant,
    {
        "+": "({} + {})",
        "-": "({} - {})",
        "*": "({} * {})",
        "/": "({} / {})",
        "<": "{} < {}",
        ">": "{} > {}",
        ">=": "{} >= {}",
        "is": "{} = {}",
        "is_empty": "{} = ''",
        "is_missing": "{} IS NULL",
        "where": "(CASE WHEN {} THEN {} ELSE {} END)",
        # Extremes of several numbers have other names in every database.
        "max": "(CASE WHEN {0} >= {1} THEN {0} ELSE {1} END)",
        "min": "(CASE WHEN {0} <= {1} THEN {0} ELSE {1} END)",
        "single": "{}",
        "abs": "abs({})",
        "exp": "exp({})",
        "ln": "ln({})",
        "sqrt": "sqrt({})",
        "sin": "sin({})",
        "cos": "cos({})",
        "tanh": "tanh({})",
        "floor": "floor({})",
        "expm1": "(exp({}) - 1e0)",
        "log1p": "ln(1e0 + {})",
    },
)


@final
class Select:
    """A SELECT in the making: columns of cells, then stage by stage what is computed of them.

    Parameters
    ----------
    table : str
        The table's name.
    keys : sequence of str
        Columns that come out as they are.
    """

    def __init__(self, table: str, keys: Sequence[str]) -> None:
        for what, given in (("table", [table]), ("keys", keys)):
            is_one = isinstance(given, str) or not isinstance(given, Iterable)
            if is_one or not all(isinstance(name, str) for name in given):
                names = "a name" if what == "table" else "a list of names of columns"
                raise TypeError(f"{what} must be {names}, got {brief(given)}.")
        self.table, self.keys = table, tuple(keys)
        # A name of ours that no column and no table has, whatever the case of its letters.
        taken = [name.lower() for name in (table, *keys)]
        choices = ("v" + "_" * k for k in itertools.count())
        self.prefix = next(p for p in choices if not any(name.startswith(p) for name in taken))
        self.cells: list[str] = []
        self.stages: list[list[str]] = []
        self.stage_of: dict[Variable, int] = {}
        self.n_characters = 0  # of the formulas

    def cell(self, column: str, *, is_text: bool) -> Variable:
        """The cell of a column: a number, or a text that is empty where it is missing."""
        name = identifier(column)
        read = (
            f"COALESCE(CAST({name} AS VARCHAR), '')"
            if is_text
            else f"CAST({name} AS DOUBLE PRECISION)"
        )
        variable = self._named(0)
        self.cells.append(f"{read} AS {variable.name}")
        return variable

    def let(self, x: Expression) -> Variable:
        """A column for a formula, in the first stage behind all that it takes."""
        if isinstance(x, Variable):
            return x
        stage = 1 + max((self.stage_of[v] for v in x.variables()), default=0)
        variable = self._named(stage)
        if stage > len(self.stages):
            self.stages.append([])
        formula = f"{SQL.text(x)} AS {variable.name}"
        self.stages[stage - 1].append(formula)
        # Here, because those of a wide network would fill the memory before they are joined.
        self.n_characters += len(formula)
        check_length(self.n_characters)
        return variable

    def text(self, outputs: Sequence[tuple[str, Expression]], comment: str) -> str:
        """The statement, with the names of what it gives."""
        keys = [identifier(key) for key in self.keys]
        sources = [identifier(self.table), *(f"{self.prefix}s{k}" for k in range(99999))]
        bodies = [[*keys, *self.cells], *(["*", *stage] for stage in self.stages)]
        steps = [
            f"{name} AS MATERIALIZED (\n  SELECT {separated(body)}\n  FROM {source}\n)"
            for name, body, source in zip(sources[1:], bodies, sources, strict=False)
        ]
        given = [*keys, *(f"{SQL.text(x)} AS {identifier(name)}" for name, x in outputs)]
        text = (
            f"{comment}WITH {', '.join(steps)}\nSELECT {separated(given)}"
            f"\nFROM {sources[len(bodies)]}\n"
        )
        check_length(len(text))
        return text

    def _named(self, stage: int) -> Variable:
        variable = Variable(f"{self.prefix}{len(self.stage_of) + 1}")
        self.stage_of[variable] = stage
        check_columns(len(self.keys) + len(self.stage_of))
        return variable


def check_length(n_characters: int) -> None:
    if n_characters > MOST_CHARACTERS:
        raise ValueError(
            f"the SELECT has more than {MOST_CHARACTERS:,} characters, which is what SQLite takes:"
            " train a smaller network, or export to ONNX or C."
        )


def check_columns(n_columns: int) -> None:
    if n_columns > MOST_COLUMNS:
        raise ValueError(
            f"the SELECT computes more than {MOST_COLUMNS:,} columns, which is what SQLite takes:"
            " train a smaller network, or export to ONNX or C."
        )


def separated(items: Sequence[str]) -> str:
    return ",\n    ".join(items)


def sql_select(
    trained: Trained, inputs: Sequence[str], table: str = "rows", keys: Sequence[str] = ()
) -> str:
    """The text of a SELECT that predicts each row of a table with these columns of numbers."""
    select = Select(table, keys)
    cells = [select.cell(name, is_text=False) for name in inputs]
    outputs = network_in_sql(trained, cells, select)
    names = output_names(trained)
    return select.text(list(zip(names, outputs, strict=True)), f"-- {trained}.\n")


def output_names(trained: Trained, what: str = "prediction") -> list[str]:
    """Of the columns that come out."""
    if trained.classes:
        return [f"P({label})" for label in trained.classes]
    n = trained.n_outputs
    return [what] if n == 1 else [f"{what}_{k}" for k in range(1, n + 1)]


def network_in_sql(
    trained: Trained, features: Sequence[Expression], select: Select
) -> list[Expression]:
    """What the network, or the mean of several, predicts."""
    predictions = []
    for parts in parts_of_members(trained, "SQL"):
        scores = list(map(select.let, features))
        for part in parts:
            scores = passed(part, scores, select)
        predictions.append(linked(trained.link, scores, select.let))
    n = len(predictions)
    means = [total(list(each)) / n if n > 1 else each[0] for each in zip(*predictions, strict=True)]
    if trained.form is not OutputFormat.BOTH_CLASSES:
        return means
    p = select.let(means[0])
    return [1.0 - p, p]


def passed(part: Part, x: list[Variable], select: Select) -> list[Variable]:
    """What a step makes of a row."""
    match part:
        case Sums(weight, bias):
            made = sums(x, weight, bias)
        case Activated(activation):
            made = activated(activation, x, select.let, SQL)
        case Bent(slope):
            made = [where(v > 0, v, s * v) for v, s in zip(x, slope.tolist(), strict=True)]
        case Gated(activation):
            n = len(x) // 2
            gates = activated(activation, x[n:], select.let, SQL)
            made = [u * g for u, g in zip(x[:n], gates, strict=True)]
        case Scaled(factor, shift):
            made = scaled(x, factor, shift)
        case Standardised():
            made = standardised(part, x, select)
        case Added(parts, projection):
            inner = x
            for one in parts:
                inner = passed(one, inner, select)
            shortcut: Sequence[Expression] = x
            if projection is not None:
                shortcut = sums(x, projection, np.zeros(projection.shape[1]))
            made = [f + s for f, s in zip(inner, shortcut, strict=True)]
        case Appended(parts, first):
            inner = x
            for one in parts:
                inner = passed(one, inner, select)
            return [*inner, *x[first:]]
        case Mapped(_, sources, functions):
            made = [f(x[k]) for k, f in zip(sources, functions, strict=True)]
    return list(map(select.let, made))


def sums(x: Sequence[Expression], weight: Float64Array, bias: Float64Array) -> list[Expression]:
    """x W + b, without the terms whose weight is 0."""
    if len(x) > MOST_TERMS:
        raise ValueError(
            f"a layer takes {len(x):,} numbers, and sums of SQL have at most {MOST_TERMS} terms:"
            " train a smaller network, or export to ONNX or C."
        )
    made = []
    for column, offset in zip(weight.T.tolist(), bias.tolist(), strict=True):
        terms = [w * v for w, v in zip(column, x, strict=True) if w]
        made.append(total([Constant(offset), *terms]) if terms else Constant(offset))
    return made


def scaled(x: Sequence[Expression], factor: Float64Array, shift: Float64Array) -> list[Expression]:
    return [f * v + s for v, f, s in zip(x, factor.tolist(), shift.tolist(), strict=True)]


def standardised(part: Standardised, x: Sequence[Variable], select: Select) -> list[Expression]:
    mean = select.let(total(list(x)) / len(x))
    distances = [select.let(v - mean) for v in x]
    variance = total([d * d for d in distances]) / len(x)
    deviation = select.let(of("sqrt", variance + part.epsilon))
    normal = [d / deviation for d in distances]
    return scaled(normal, part.factor, part.shift)
