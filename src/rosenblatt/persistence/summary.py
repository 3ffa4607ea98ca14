"""The record of a training in a model file; prediction does not need it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import final

from rosenblatt.support.version import __version__


@final
@dataclass(frozen=True)
class PartSize:
    """The rows of one part of the table: 'train', 'validation' or 'held-out'."""

    part: str
    rows: int


@final
@dataclass(frozen=True)
class Score:
    """One score of one model ('network', 'linear', 'trivial') on one part; None = not defined."""

    model: str
    part: str
    metric: str
    value: float | None


@final
@dataclass(frozen=True)
class OptionValue:
    """One option of the training, as it was given or chosen."""

    name: str
    value: str | int | float | bool | None


@final
@dataclass(frozen=True)
class Summary:
    """How a model came about.

    Attributes
    ----------
    created : str
        Date and time of the training, ISO 8601 with the time zone.
    version : str
        The version of rosenblatt that trained it.
    parts, options, scores : tuple
    epochs : int
        Epochs trained.
    stop_reason : str
        What ended the training, in words.
    weight_column : str or None
        The column that held the sample weights; it is no feature.
    """

    created: str
    version: str
    parts: tuple[PartSize, ...]
    options: tuple[OptionValue, ...]
    scores: tuple[Score, ...]
    epochs: int
    stop_reason: str
    weight_column: str | None

    @classmethod
    def now(
        cls,
        *,
        parts: tuple[PartSize, ...],
        options: tuple[OptionValue, ...],
        scores: tuple[Score, ...],
        epochs: int,
        stop_reason: str,
        weight_column: str | None = None,
    ) -> Summary:
        """Of a training that has just ended, by this version."""
        created = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
        return cls(created, __version__, parts, options, scores, epochs, stop_reason, weight_column)
