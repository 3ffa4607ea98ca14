"""Predictions as a response: JSON, or CSV where a client would rather have it."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from itertools import compress
from typing import Any

from starlette.responses import Response

from rosenblatt.serving.interface import Answer
from rosenblatt.serving.refusal import JSON
from rosenblatt.serving.rows import CSV
from rosenblatt.support.finite_json import finite_json

__all__ = ["csv_response", "json_response", "prefers_csv"]

NOTES = "Rosenblatt-Notes"
LONGEST_HEADER = 4096
BLOCK = 1000  # records that are encoded at once


def json_response(answer: Answer, notes: Sequence[str], classes: Sequence[object]) -> Response:
    """A record for each row: its class and the probability of each, or its number.

    With an interval its `lower` and `upper` ends, and with a set the classes that are in it.
    """
    columns = {name: column.tolist() for name, column in answer.columns.items()}
    if classes:
        given, *others = columns.values()
        n, names = len(classes), list(map(str, classes))
        predictions: list[dict[str, Any]] = [
            {"prediction": label, "probabilities": dict(zip(names, row, strict=True))}
            for label, row in zip(given, zip(*others[:n], strict=True), strict=True)
        ]
        if len(others) > n:
            for record, inside in zip(predictions, zip(*others[n:], strict=True), strict=True):
                record["set"] = list(compress(classes, inside))
    else:
        rows = zip(*columns.values(), strict=True)
        predictions = [dict(zip(columns, row, strict=True)) for row in rows]
    text = f'{{"predictions": [{records(predictions)}], "notes": {finite_json(list(notes))}}}'
    return Response(text, media_type=JSON)


def records(predictions: Sequence[Any]) -> str:
    """As JSON has the items of a list, block by block: one call for a million holds up Ctrl-C."""
    blocks = (predictions[first : first + BLOCK] for first in range(0, len(predictions), BLOCK))
    return ", ".join(finite_json(block)[1:-1] for block in blocks)


def csv_response(answer: Answer, notes: Sequence[str]) -> Response:
    """The file that `rosenblatt predict` writes; a header has the notes, as a list in JSON."""
    file = io.BytesIO()
    answer.write_csv(file)
    headers = {NOTES: as_header(list(notes))} if notes else None
    return Response(file.getvalue(), headers=headers, media_type=CSV)


def as_header(notes: list[str]) -> str:
    """As many notes as a header holds."""
    while len(text := json.dumps(notes).replace("\x7f", "\\u007f")) > LONGEST_HEADER:
        notes = notes[:-1]
    return text


def prefers_csv(accept: str) -> bool:
    """Whether a header Accept gives CSV more weight than JSON."""
    return weight(accept, CSV) > weight(accept, JSON)


def weight(accept: str, media_type: str) -> float:
    """The weight of the most specific range that holds a media type; 0 where none does."""
    kinds = (f"{media_type.partition('/')[0]}/*", "*/*")
    found = {}
    for part in accept.lower().split(","):
        name, *parameters = (piece.strip() for piece in part.split(";"))
        found[name] = next((quality(p) for p in parameters if p.startswith("q=")), 1.0)
    return next((found[name] for name in (media_type, *kinds) if name in found), 0.0)


def quality(parameter: str) -> float:
    try:
        return float(parameter.removeprefix("q="))
    except ValueError:
        return 0.0
