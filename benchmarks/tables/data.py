"""The tables of a folder: Parquet files with a column `target`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, final

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["DEFAULT", "CannotRead", "Table", "Task", "read", "tables"]

DEFAULT = (
    "adult",
    "ames",
    "bank_marketing",
    "bike_sharing",
    "breast_cancer",
    "california_housing",
    "covertype",
    "credit_default",
    "diamonds",
    "digits",
    "letter",
    "spambase",
)
TARGET = "target"


class CannotRead(Exception):
    """No such folder or table, or a target of no known task; the message says what to do."""


class Task(StrEnum):
    CLASSIFICATION = "classification"
    REGRESSION = "regression"


@final
@dataclass(frozen=True)
class Table:
    """Text columns have the data type `category`; so has the target of a classification."""

    frame: pd.DataFrame
    task: Task


def tables(folder: Path, names: Sequence[str] | None) -> list[Path]:
    """The files of these names, in this order; without names those of `DEFAULT` that are there."""
    there = {path.stem: path for path in sorted(folder.glob("*.parquet"))}
    if not there:
        raise CannotRead(f"no Parquet file in {folder}: name the folder with --data")
    if names is None:
        return [there[name] for name in DEFAULT if name in there] or list(there.values())
    missing = [name for name in names if name not in there]
    if missing:
        raise CannotRead(f"no table {missing[0]} in {folder}: there are {', '.join(there)}")
    return [there[name] for name in names]


def read(path: Path) -> Table:
    """A target of text or categories makes a classification, one of floats a regression."""
    import pandas as pd
    from pandas.api.types import is_float_dtype, is_object_dtype, is_string_dtype

    frame = pd.read_parquet(path)
    if TARGET not in frame:
        raise CannotRead(f"{path} has no column {TARGET}: rename the column to be predicted")
    for name in frame.columns:
        if is_object_dtype(frame[name]) or is_string_dtype(frame[name]):
            frame[name] = frame[name].astype("category")
    target = frame[TARGET]
    if isinstance(target.dtype, pd.CategoricalDtype):
        return Table(frame, Task.CLASSIFICATION)
    if is_float_dtype(target):
        return Table(frame, Task.REGRESSION)
    raise CannotRead(
        f"the target of {path} is {target.dtype}: store classes as text, numbers as float64"
    )
