"""Predictions over HTTP: rows as JSON or CSV, of any model behind a small interface."""

from rosenblatt.serving.interface import Answer, InputColumn, Servable, TargetColumn
from rosenblatt.serving.settings import Settings

__all__ = ["Answer", "InputColumn", "Servable", "Settings", "TargetColumn"]
