"""Decisions as one line of text: what the command line takes, and a model file keeps."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from rosenblatt.errors import InputError
from rosenblatt.table.small_file import text_of_small_file
from rosenblatt.tabular.decisions import (
    AIMS,
    Aim,
    CostMatrix,
    MinimumPrecision,
    MinimumRecall,
    OneClass,
    aim_of,
)

__all__ = ["costs_in", "parsed", "written"]

FORMS = "f1, balanced_accuracy, recall:0.9, precision:0.9, cost:FILE or a probability such as 0.3"


def written(decision: Any) -> str | float | None:
    """A parameter `decision` as a plain value."""
    if isinstance(decision, OneClass):
        return decision.text
    if isinstance(decision, CostMatrix):
        costs = decision.costs
        if isinstance(costs, Mapping):
            plain: Any = {
                str(true): {str(k): float(c) for k, c in row.items()} for true, row in costs.items()
            }
        else:
            plain = np.asarray(costs, np.float64).tolist()
        return f"cost:{json.dumps(plain)}"
    return decision if isinstance(decision, str) or decision is None else float(decision)


def parsed(text: str) -> str | float | Aim:
    """The parameter `decision` of a text; InputError for one that is none."""
    kind, _, rest = text.partition(":")
    if text in AIMS:
        return text
    if kind in ("recall", "precision"):
        share, _, label = rest.partition(":")
        least = MinimumRecall if kind == "recall" else MinimumPrecision
        return least(number_of(share, text), label or None)
    if kind == "cost" and rest:
        return CostMatrix(costs_of(rest) if rest[0] in "[{" else costs_in(Path(rest)))
    at = number_of(text, text)
    aim_of(at)
    return at


def number_of(text: str, whole: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise InputError(f"{whole!r} is no decision: say {FORMS}") from None


def costs_of(text: str) -> Any:
    """Costs as JSON, which a model file keeps."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(
            "the costs are no JSON: give the name of a file, cost:FILE, or a list for each true"
            " class, as in cost:[[0, 1], [5, 0]]"
        ) from error


def costs_in(path: Path) -> dict[str, dict[str, float]]:
    """The costs in a CSV file: a row for each true class, a column for each predicted one.

    The first row and the first column hold the classes.
    """
    try:
        lines = io.StringIO(text_of_small_file(path), newline="")
        head, *rows = [row for row in csv.reader(lines) if any(row)]
        return {
            true: {name: float(cost) for name, cost in zip(head[1:], row, strict=True)}
            for true, *row in rows
        }
    except OSError as error:
        raise InputError(f"cannot read the costs in {path}: {error.strerror}") from error
    except InputError:
        raise
    except (ValueError, csv.Error) as error:
        raise InputError(
            f"{path} holds no costs: its first row and column must be classes, and all else numbers"
        ) from error
