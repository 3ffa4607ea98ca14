"""The experiments, by their ids, in the order of docs/theory.md."""

from __future__ import annotations

import difflib
import importlib
from functools import cache

from rosenblatt.errors import InputError
from rosenblatt.lab.experiment import Experiment

__all__ = ["FAMILIES", "experiment_of", "experiments"]

# Each module has `EXPERIMENTS`, the classes of one family in the order of their ids.
FAMILIES = (
    "perceptron",
    "losses",
    "descent",
    "rules",
    "newton",
    "distributed",
    "backpropagation",
    "textbook",
)


@cache
def experiments() -> dict[str, Experiment]:
    """id → experiment."""
    modules = [importlib.import_module(f"rosenblatt.lab.{name}") for name in FAMILIES]
    return {one.id: one() for module in modules for one in module.EXPERIMENTS}


def experiment_of(id: str) -> Experiment:
    """The one of this id; InputError, with the nearest ids, if there is none."""
    found, name = experiments(), str(id).upper()
    if name in found:
        return found[name]
    nearest = difflib.get_close_matches(name, found, n=3, cutoff=0.3)
    raise InputError(
        f"there is no experiment {id!r}: {' or '.join(nearest)} may be meant"
        if nearest
        else f"there is no experiment {id!r}: `rosenblatt lab` lists them"
    )
