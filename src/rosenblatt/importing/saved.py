"""A model file's content from an imported network: the columns of its table, and its target."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rosenblatt.errors import InputError
from rosenblatt.importing.imported import ImportedNetwork
from rosenblatt.persistence import OptionValue, SavedModel, Summary
from rosenblatt.support.listing import brief, count
from rosenblatt.table import ClassTarget, Number, NumberTarget, Scaling, TableEncoding
from rosenblatt.table.target import AnyTarget

__all__ = ["plain_number", "saved_model_of"]

BEYOND = 2.0**127  # standard deviations from which on a scaling has tails: nowhere


def plain_number(
    name: str, center: float = 0.0, spread: float = 1.0, *, indicator: bool = False
) -> Number:
    """A column of numbers (x - center) / spread, a missing one 0, without tails."""
    scaling = Scaling(center, spread, 0.0, 1.0, BEYOND)
    return Number(name, integral=False, scaling=scaling, indicator=indicator)


def saved_model_of(imported: ImportedNetwork) -> SavedModel:
    """What a model file holds of the network.

    Raises
    ------
    InputError
        If it predicts several numbers, of which a model file holds one; and where two inputs, or
        an input and what is predicted, have the same name.
    """
    target: AnyTarget
    if imported.classes is not None:
        target = ClassTarget(
            imported.target, imported.classes, counts=(0,) * len(imported.classes), reason=""
        )
    elif imported.model.n_outputs == 1:
        low, high = imported.limits
        target = NumberTarget(imported.target, mean=0.0, scale=1.0, reason="", low=low, high=high)
    else:
        n = imported.model.n_outputs
        raise InputError(
            f"the network has {count(n, 'output')} and the file does not say what they are: name"
            f" {count(n, 'class', 'classes')} by --classes, or choose one number by --output"
        )
    columns = imported.columns or tuple(map(plain_number, imported.names))
    require_distinct([column.name for column in columns], imported.target)
    return SavedModel(imported.model, TableEncoding(columns, target), summary_of(imported))


def require_distinct(inputs: Sequence[str], target: str) -> None:
    if target in inputs:
        raise InputError(
            f"{brief(target)} is the name of an input and of what is predicted: give another by"
            " --target, or name the inputs by --inputs"
        )
    twice = [name for name, n in Counter(inputs).items() if n > 1]
    if twice:
        raise InputError(f"two inputs are named {brief(twice[0])}: name the inputs by --inputs")


def summary_of(imported: ImportedNetwork) -> Summary:
    return Summary.now(
        parts=(),
        options=(OptionValue("imported_from", imported.format),),
        scores=(),
        epochs=0,
        stop_reason=f"trained by {imported.format}",
    )
