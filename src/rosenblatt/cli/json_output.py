"""Results of commands as JSON data."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rosenblatt.persistence import Score
    from rosenblatt.search.results import SearchResults
    from rosenblatt.table import ColumnLine

Json = dict[str, Any]


def columns_as_json(lines: Iterable[ColumnLine]) -> list[Json]:
    return [
        {
            "name": line.name,
            "taken_for": line.kind,
            "detail": line.detail,
            "features": line.n_features,
        }
        for line in lines
    ]


def scores_as_json(scores: Iterable[Score]) -> Json:
    """model → part → metric → value."""
    nested: dict[str, dict[str, dict[str, float | None]]] = {}
    for score in scores:
        nested.setdefault(score.model, {}).setdefault(score.part, {})[score.metric] = score.value
    return nested


def candidates_as_json(found: SearchResults) -> list[Json]:
    """In the order of the search; a score that a candidate does not have is null."""
    return [
        {
            "hidden": list(sizes),
            "parameters": int(found.n_parameters[i]),
            "validation": finite_or_none(found.test[i]),
            "standard_error": finite_or_none(found.error[i]),
            "training": finite_or_none(found.train[i]),
            "epochs": float(found.n_epochs[i]),
            "seconds": float(found.seconds[i]),
            "status": found.status[i],
        }
        for i, sizes in enumerate(found.sizes)
    ]


def finite_or_none(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
