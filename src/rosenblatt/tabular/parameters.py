"""Constructor parameters of table estimators as the options that a model file lists.

Plain values are kept; a `Preset` or a random generator of the user's own is not. Files of the
command line list its options, which have other names for some of them. Nothing is checked here:
`fit` refuses a value that it does not know, wherever it comes from.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from enum import Enum
from numbers import Integral, Real
from typing import Any, Final

from rosenblatt.persistence import OptionValue
from rosenblatt.table.format import ColumnKind
from rosenblatt.tabular.decision_text import parsed, written
from rosenblatt.tabular.decisions import Aim
from rosenblatt.tabular.preset import MOST_NETWORKS, PRESETS

__all__ = ["column_options", "direction_options", "options_of", "parameters_of"]

COLUMN: Final = "columns."  # before the name of a column
DIRECTION: Final = "monotone."
OF_COMMAND_LINE: Final = {"seconds": "time_limit", "seed": "random_state", "jobs": "n_jobs"}
LEARNER: Final = {"preset", "time_limit"}  # one of them is in every file of the learner's


def options_of(parameters: Mapping[str, Any]) -> tuple[OptionValue, ...]:
    """The parameters that a file can hold."""
    own = [
        OptionValue(name, plain(value))
        for name, value in parameters.items()
        if name not in ("columns", "monotonic_cst") and is_plain(value)
    ]
    if isinstance(parameters.get("decision"), Aim):
        own.append(OptionValue("decision", written(parameters["decision"])))
    return (*own, *column_options(parameters.get("columns") or {}))


def direction_options(directions: Mapping[str, int]) -> tuple[OptionValue, ...]:
    """The columns that predictions are monotone in, one option each."""
    return tuple(OptionValue(f"{DIRECTION}{name}", value) for name, value in directions.items())


def column_options(columns: Mapping[Any, ColumnKind | str]) -> tuple[OptionValue, ...]:
    """The kinds that were said of columns, one option each."""
    return tuple(
        OptionValue(f"{COLUMN}{name}", kind.value if isinstance(kind, Enum) else str(kind))
        for name, kind in columns.items()
    )


def is_plain(value: Any) -> bool:
    if isinstance(value, Real):
        return math.isfinite(value)
    return value is None or isinstance(value, str)


def plain(value: Any) -> str | int | float | bool | None:
    if isinstance(value, bool | str) or value is None:
        return value
    return int(value) if isinstance(value, Integral) else float(value)


def parameters_of(options: tuple[OptionValue, ...], known: Collection[str]) -> dict[str, Any]:
    """Constructor parameters, of those with a name that is known.

    There are none where one network was described by hand, as no estimator here trains.
    """
    values = {option.name: option.value for option in options}
    if not LEARNER & values.keys():
        return {}
    columns = {
        name.removeprefix(COLUMN): value
        for name, value in values.items()
        if name.startswith(COLUMN)
    }
    named = {OF_COMMAND_LINE.get(name, name): value for name, value in values.items()}
    found: dict[str, Any] = {name: named[name] for name in known if name in named}
    if found.get("loss", "") is None:  # the command line's, where none was asked for
        del found["loss"]
    if isinstance(found.get("decision"), str):
        found["decision"] = parsed(found["decision"])
    preset, networks = values.get("preset"), values.get("ensemble")
    if preset in PRESETS and type(networks) is int and 1 <= networks <= MOST_NETWORKS:
        found["preset"] = PRESETS[str(preset)].with_networks(networks)
    if columns:
        found["columns"] = columns
    directions = {
        name.removeprefix(DIRECTION): value
        for name, value in values.items()
        if name.startswith(DIRECTION)
    }
    if directions:
        found["monotonic_cst"] = directions
    return found
