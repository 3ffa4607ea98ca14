"""Tables to predictions: data frames go in, and the networks are chosen and trained."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rosenblatt.tabular.classifier import TableClassifier
    from rosenblatt.tabular.decisions import CostMatrix, MinimumPrecision, MinimumRecall
    from rosenblatt.tabular.encoder import TableEncoder
    from rosenblatt.tabular.preset import PRESETS, Preset
    from rosenblatt.tabular.regressor import TableRegressor

__all__ = [
    "PRESETS",
    "CostMatrix",
    "MinimumPrecision",
    "MinimumRecall",
    "Preset",
    "TableClassifier",
    "TableEncoder",
    "TableRegressor",
]

# Imported at first use: the command line checks the name of a preset before anything heavy.
MODULE_OF = {
    "PRESETS": "preset",
    "CostMatrix": "decisions",
    "MinimumPrecision": "decisions",
    "MinimumRecall": "decisions",
    "Preset": "preset",
    "TableClassifier": "classifier",
    "TableEncoder": "encoder",
    "TableRegressor": "regressor",
}


def __getattr__(name: str) -> Any:
    if name not in MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{MODULE_OF[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
