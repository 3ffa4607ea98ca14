"""The model that `train --from` goes on from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import final

from rosenblatt.activations import Identity
from rosenblatt.cli.preparation import Prepared
from rosenblatt.cli.tasks import kind_of
from rosenblatt.errors import InputError
from rosenblatt.losses import SquaredError
from rosenblatt.model import Model
from rosenblatt.network import Dense
from rosenblatt.persistence import SavedModel, load_model
from rosenblatt.support.listing import count
from rosenblatt.table import NumberTarget, TableFormat, for_rows

__all__ = ["StartModel", "start_model"]

LAST = ("weight", "bias")


@final
@dataclass(frozen=True)
class StartModel:
    """One network with its table, before it is trained on.

    Attributes
    ----------
    path : Path
    saved : SavedModel
    model : Model
        Its network.
    """

    path: Path
    saved: SavedModel
    model: Model

    @property
    def notes(self) -> tuple[str, ...]:
        """What does not go on."""
        begun = (
            f"the training goes on from the weights of {self.path}; its solver begins anew, as a"
            " model file has no state of one",
        )
        if self.saved.uncertainty is None:
            return begun
        return (
            *begun,
            f"what {self.path} holds for --coverage and --warn-shift was measured on the network"
            " before, and is left out",
        )

    def standardised(self, prepared: Prepared) -> tuple[Model, Prepared, tuple[str, ...]]:
        """The network for standardised targets, where it predicts numbers in their own units.

        The last layer's weights and biases are divided by the standard deviation of the training
        rows, after the mean is taken off; the target's mean and scale take it back.

        Returns
        -------
        model : Model
        prepared : Prepared
        notes : tuple of str
        """
        target, network = prepared.encoding.target, self.model.network
        last = network.layers[-1]
        scale = float(prepared.parts["train"].y.std())
        if (
            not isinstance(target, NumberTarget)
            or target.log
            or (target.mean, target.scale) != (0.0, 1.0)
            or self.model.loss != SquaredError()
            or last != Dense(1, Identity())
            or not scale
        ):
            return self.model, prepared, ()
        mean = float(prepared.parts["train"].y.mean())
        named = dict(network.named_parameters(self.model.parameters.copy()))
        W, b = (f"layers.{len(network.layers) - 1}.{name}" for name in LAST)
        named[W], named[b] = named[W] / scale, (named[b] - mean) / scale
        theta = network.pack_named(named, self.model.dtype)
        encoding = replace(prepared.encoding, target=replace(target, mean=mean, scale=scale))
        note = (
            f"{target.name!r} is standardised for the training, and the last layer's weights with"
            " it: the predictions to begin with are the same"
        )
        return (
            replace(self.model, parameters=theta),
            replace(prepared, encoding=encoding, kind=kind_of(encoding.target)),
            (note,),
        )


def start_model(path: Path, target: str | None, fmt: TableFormat) -> StartModel:
    """The model in a file, for rows of which something is said.

    Raises
    ------
    InputError
        If it is no model file, holds several networks, or predicts another column than `target`.
    """
    saved = load_model(path)
    n = len(saved.model.members)
    if n != 1:
        raise InputError(
            f"{path} holds {count(n, 'network')}, and --from goes on with one: train anew, or"
            " choose a model of one network"
        )
    named = saved.encoding.target.name
    if target not in (None, named):
        raise InputError(f"{path} predicts {named!r}, and not {target!r}: leave --target out")
    saved = replace(saved, encoding=for_rows(saved.encoding, fmt))
    return StartModel(path, saved, saved.model.members[0])
