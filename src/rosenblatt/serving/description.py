"""What a model takes and gives, as JSON data: for `/schema`, and for OpenAPI."""

from __future__ import annotations

from typing import Any

from rosenblatt.serving.interface import InputColumn, Servable
from rosenblatt.serving.refusal import JSON
from rosenblatt.serving.rows import CSV
from rosenblatt.serving.settings import Settings

__all__ = ["operation", "schema_of"]

Json = dict[str, Any]


def schema_of(model: Servable, settings: Settings) -> Json:
    """The columns, what each was taken for, the target and its classes."""
    target = model.target
    return {
        "target": {
            "name": target.name,
            "task": "classification" if target.classes else "regression",
            "detail": target.detail,
            "classes": list(target.classes) or None,
        },
        "columns": [
            {
                "name": column.name,
                "taken_for": column.taken_for,
                "detail": column.detail,
                "needed": column.is_needed,
                "choices": list(column.choices) or None,
                "example": column.example or None,
            }
            for column in model.columns
        ],
        "max_body": settings.max_body,
    }


def operation(model: Servable) -> Json:
    """What OpenAPI says of `POST /predict`."""
    needed = [column for column in model.columns if column.is_needed]
    names = [column.name for column in needed]
    row = {
        "type": "object",
        "properties": {column.name: cell_of(column) for column in needed},
        "required": names,
        "example": {column.name: column.example or None for column in needed},
    }
    lists = {name: {"type": "array", "items": CELL} for name in names}
    columns = {"type": "object", "properties": lists, "required": names}
    rows = {"oneOf": [row, {"type": "array", "items": row}, columns]}
    text = {"schema": {"type": "string"}}
    error = {
        "type": "object",
        "properties": {"error": {"type": "string"}},
        "required": ["error"],
    }
    refused = {"content": {JSON: {"schema": error}}}
    return {
        "parameters": [COVERAGE],
        "requestBody": {
            "required": True,
            "content": {JSON: {"schema": rows}, CSV: text},
        },
        "responses": {
            "200": {
                "description": "A prediction for each row, in their order.",
                "content": {JSON: {"schema": answer_of(model)}, CSV: text},
            },
            **{status: {"description": what, **refused} for status, what in REFUSALS.items()},
        },
    }


COVERAGE: Json = {
    "name": "coverage",
    "in": "query",
    "description": "The probability with which an interval is to hold the number, or a set the"
    " class; without it there are none.",
    "schema": {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
}
CELL: Json = {"type": ["string", "number", "boolean", "null"]}
REFUSALS = {
    "400": "The body is no table.",
    "413": "The body is too large.",
    "415": "The body is of another kind than JSON and CSV.",
    "422": "A column is absent, or a cell cannot be read.",
}


def cell_of(column: InputColumn) -> Json:
    return {**CELL, "description": f"{column.taken_for}: {column.detail}"}


def answer_of(model: Servable) -> Json:
    classes = model.target.classes
    number: Json = {"type": ["number", "null"]}
    if classes:
        shares = {str(label): number for label in classes}
        properties: Json = {
            "prediction": {"enum": list(classes)},
            "probabilities": {"type": "object", "properties": shares},
        }
        covered: Json = {"set": {"type": "array", "items": {"enum": list(classes)}}}
    else:
        properties = {"prediction": number}
        covered = {"lower": number, "upper": number}
    prediction = {
        "type": "object",
        "properties": {**properties, **covered},
        "required": list(properties),
    }
    return {
        "type": "object",
        "properties": {
            "predictions": {"type": "array", "items": prediction},
            "notes": {"type": "array", "items": {"type": "string"}},
        },
        "required": ["predictions", "notes"],
    }
