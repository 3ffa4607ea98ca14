"""What every export begins with: a trained model, and what its outputs mean."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import Any, final

import numpy as np
import numpy.typing as npt

from rosenblatt.losses import Link
from rosenblatt.losses.registration import link_of
from rosenblatt.model import AnyModel, OutputFormat
from rosenblatt.network import TrainedLayer
from rosenblatt.support.listing import LONG, brief, some_of
from rosenblatt.support.registry import Registry, Unsupported

__all__ = ["Trained", "form_of"]


@final
@dataclass(frozen=True)
class Trained:
    """A model to export.

    Attributes
    ----------
    model : Model or EnsembleModel
    form : OutputFormat
        What its predictions look like.
    classes : tuple of str
        What the outputs stand for, one name each; empty for numbers.
    """

    model: AnyModel
    form: OutputFormat = OutputFormat.COLUMNS
    classes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not all(np.isfinite(member.parameters).all() for member in self.model.members):
            raise ValueError(
                f"the network has weights that are not finite in {self.model.dtype},"
                " which no other program should be given: scale the data, or train again with a"
                " smaller learning rate."
            )
        if self.classes and len(self.classes) != self.n_outputs:
            raise ValueError(f"{len(self.classes)} classes for {self.n_outputs} outputs")

    def converted(self, dtype: npt.DTypeLike) -> Trained:
        """The same in another float type."""
        if self.model.dtype == np.dtype(dtype):
            return self
        return replace(self, model=self.model.astype(dtype))  # what overflows is refused

    @property
    def n_outputs(self) -> int:
        """Numbers that come out, of one row."""
        return 2 if self.form is OutputFormat.BOTH_CLASSES else self.model.n_outputs

    @property
    def chains(self) -> list[list[TrainedLayer]]:
        """The layers of each member."""
        return [
            [
                TrainedLayer(layer, shape, parameters | state)
                for layer, shape, parameters, state in zip(
                    member.network.layers,
                    member.network.layer_shapes[:-1],
                    member.network.layer_parameters(member.parameters),
                    member.network.layer_state(member.state),
                    strict=True,
                )
            ]
            for member in self.model.members
        ]

    def n_members(self, layers: Sequence[TrainedLayer]) -> int:
        """Of the ensemble that one of the chains is."""
        last = layers[-1]
        return prod(last.layer.output_shape(last.shape)) // self.model.n_outputs

    def has_members(self, layers: Sequence[TrainedLayer]) -> bool:
        """Whether outputs have an axis of members, also of one."""
        last = layers[-1]
        return len(last.layer.output_shape(last.shape)) > 1

    @property
    def link(self) -> Link:
        link = link_of(self.model.loss)
        if link is None:
            raise unknown_link(self.model.loss)
        return link

    def __str__(self) -> str:
        """What it is, with the widths, inputs first: 'A feed-forward network, 4-8-3'."""
        members = self.model.members
        chains = Counter(
            "-".join(map(str, (member.n_inputs, *(n_out for _, n_out in member.network.shapes))))
            for member in members
        )
        if len(members) == 1:
            return f"A feed-forward network, {next(iter(chains))}"
        kinds = [f"{n} of {chain}" for chain, n in chains.items()]
        return f"The mean of {len(members)} feed-forward networks, {some_of(kinds, ', ')}"


TARGETS = {"c": "C", "onnx": "ONNX", "torch": "PyTorch"}


def form_of(registry: Registry[Any], member: Any, target: str) -> Any:
    """What a registered member is in 'c', 'onnx' or 'torch'.

    Raises
    ------
    ValueError
        Where the member is not registered, or registered without that form.
    """
    record = registry.of(member)
    if record is None:
        raise ValueError(
            f"{brief(member, LONG)} cannot be exported: {type(member).__name__} is not registered."
            f" Register the {registry.what}, with what it is in {TARGETS[target]} as {target}=."
        )
    form = getattr(record, target)
    if form is None:
        raise ValueError(
            f"{brief(member, LONG)} cannot be exported to {TARGETS[target]}:"
            f" {type(member).__name__} is registered without {target}=, which says what it is"
            " there."
        )
    if isinstance(form, Unsupported):
        raise ValueError(
            f"{brief(member, LONG)} cannot be exported to {TARGETS[target]}: {form.reason}."
        )
    return form


def unknown_link(loss: Any) -> ValueError:
    """For a loss that has no link elsewhere."""
    if getattr(loss, "outputs_per_target", 1) > 1:
        return ValueError(
            f"{brief(loss, LONG)} cannot be exported: its outputs are parameters of a distribution."
            " Train with a loss of one number, such as 'squared_error' or 'poisson', or 'quantile'."
        )
    return ValueError(
        f"{brief(loss, LONG)} cannot be exported: {type(loss).__name__} is not registered with an"
        " inverse link. Register it with link=, from rosenblatt.losses.Link."
    )
