"""Weka's tables, ARFF: the attributes, and rows of cells."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import final

import numpy as np

from rosenblatt.errors import InputError
from rosenblatt.importing.source import read_source
from rosenblatt.support.types import Float64Array

__all__ = ["Attribute", "read_arff"]

NUMERIC = ("numeric", "real", "integer")
WORD = re.compile(r"\s*(?:'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"|([^,\s{}][^,{}]*?))\s*(,|$)")
NAME = re.compile(r"\s*(?:'((?:[^'\\]|\\.)*)'|\"((?:[^\"\\]|\\.)*)\"|(\S+))\s*(.*)$")
ESCAPED = re.compile(r"\\(.)")
MISSING = "?"


@final
@dataclass(frozen=True, eq=False)
class Attribute:
    """A column.

    Attributes
    ----------
    name : str
    values : tuple of str, optional
        Of a nominal one, in order; None of numbers.
    numbers : array (n_rows,)
        The numbers, or the places of the values; NaN where one is missing.
    """

    name: str
    values: tuple[str, ...] | None
    numbers: Float64Array


def read_arff(path: Path) -> list[Attribute]:
    """The attributes of a file with their cells; InputError for what is none."""
    try:
        return attributes_of(path)
    except InputError as error:
        raise InputError(f"--data {path}: {error}") from error


def attributes_of(path: Path) -> list[Attribute]:
    source = read_source(path)
    try:
        text = source.data.decode("utf-8")
    except UnicodeDecodeError:
        text = source.data.decode("latin-1")
    source.check_memory(len(text) + 60 * (text.count(",") + text.count("\n")), "its cells")
    declared: list[tuple[str, tuple[str, ...] | None]] = []
    lines = iter(enumerate(text.splitlines(), 1))
    for number, line in lines:
        stripped = line.strip()
        lower = stripped.lower()
        if lower.startswith("@attribute"):
            declared.append(declaration(stripped[len("@attribute") :], number))
        elif lower.startswith("@data"):
            break
        elif stripped and not stripped.startswith("%") and not lower.startswith("@relation"):
            raise InputError(f"line {number} is no line of an ARFF file's head")
    if not declared:
        raise InputError("it is no ARFF file, or declares no attributes")
    columns: list[list[float]] = [[] for _ in declared]
    places = [
        {value: float(k) for k, value in enumerate(values)} if values else None
        for _, values in declared
    ]
    for number, line in lines:
        stripped = line.strip()
        if not stripped or stripped.startswith("%"):
            continue
        if stripped.startswith("{"):
            raise InputError(f"line {number} is a sparse row: save the table in the dense form")
        cells = words_of(stripped, number)
        if len(cells) != len(declared):
            raise InputError(
                f"line {number} has {len(cells)} cells, and {len(declared)} attributes are declared"
            )
        for column, cell, known in zip(columns, cells, places, strict=True):
            column.append(value_of(cell, known, number))
    return [
        Attribute(name, values, np.array(column))
        for (name, values), column in zip(declared, columns, strict=True)
    ]


def declaration(text: str, number: int) -> tuple[str, tuple[str, ...] | None]:
    found = NAME.match(text)
    if found is None:
        raise InputError(f"line {number} declares no attribute")
    name, kind = unquoted(found), found[4].strip()
    if kind.startswith("{") and kind.endswith("}"):
        return name, tuple(word or "" for word in words_of(kind[1:-1].strip(), number))
    if kind.lower().split(" ")[0] not in NUMERIC:
        raise InputError(
            f"attribute {name!r} is of the type {kind[:40]!r}: numeric and nominal ones are read"
        )
    return name, None


def words_of(text: str, number: int) -> list[str | None]:
    """Texts between commas; None for a missing one."""
    words: list[str | None] = []
    place = 0
    while True:
        found = WORD.match(text, place)
        if found is None:
            raise InputError(f"line {number} is no row of texts between commas")
        words.append(None if found[3] == MISSING else unquoted(found))
        place = found.end()
        if found[4] != ",":
            return words


def unquoted(found: re.Match[str]) -> str:
    quoted = found[1] if found[1] is not None else found[2]
    return found[3] if quoted is None else ESCAPED.sub(r"\1", quoted)


def value_of(cell: str | None, known: dict[str, float] | None, number: int) -> float:
    if cell is None:
        return np.nan
    if known is not None:
        if cell not in known:
            raise InputError(f"line {number} has {cell[:40]!r}, which is no value of its attribute")
        return known[cell]
    try:
        return float(cell)
    except ValueError:
        raise InputError(f"line {number} has {cell[:40]!r} where a number is needed") from None
