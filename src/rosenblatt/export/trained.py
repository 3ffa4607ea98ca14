"""What every export begins with: a trained model, and what its outputs mean."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, final

import numpy as np
import numpy.typing as npt

from rosenblatt.losses import Link
from rosenblatt.losses.registration import link_of
from rosenblatt.model import Model, OutputFormat
from rosenblatt.network import TrainedLayer
from rosenblatt.support.registry import Registry, Unsupported

__all__ = ["Trained", "form_of"]


@final
@dataclass(frozen=True)
class Trained:
    """A model to export.

    Attributes
    ----------
    model : Model
    form : OutputFormat
        What its predictions look like.
    classes : tuple of str
        What the outputs stand for, one name each; empty for numbers.
    """

    model: Model
    form: OutputFormat = OutputFormat.COLUMNS
    classes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not np.isfinite(self.model.parameters).all():
            raise ValueError(
                f"the network has weights that are not finite in {self.model.parameters.dtype},"
                " which no other program should be given: scale the data, or train again with a"
                " smaller learning rate."
            )
        if self.classes and len(self.classes) != self.n_outputs:
            raise ValueError(f"{len(self.classes)} classes for {self.n_outputs} outputs")

    def converted(self, dtype: npt.DTypeLike) -> Trained:
        """The same in another float type."""
        model = self.model
        if model.parameters.dtype == np.dtype(dtype):
            return self
        with np.errstate(over="ignore"):  # what overflows is refused
            theta = model.parameters.astype(dtype)
        state = None if model.state is None else model.state.astype(dtype)
        return replace(self, model=replace(model, parameters=theta, state=state))

    @property
    def n_outputs(self) -> int:
        """Numbers that come out, of one row."""
        return 2 if self.form is OutputFormat.BOTH_CLASSES else self.model.network.n_outputs

    @property
    def layers(self) -> list[TrainedLayer]:
        network = self.model.network
        return [
            TrainedLayer(layer, shape, parameters | state)
            for layer, shape, parameters, state in zip(
                network.layers,
                network.layer_shapes[:-1],
                network.layer_parameters(self.model.parameters),
                network.layer_state(self.model.state),
                strict=True,
            )
        ]

    @property
    def link(self) -> Link:
        link = link_of(self.model.loss)
        if link is None:
            raise unknown_link(self.model.loss)
        return link

    def __str__(self) -> str:
        """The widths, inputs first, such as 4-8-3."""
        network = self.model.network
        return "-".join(map(str, (network.n_inputs, *(n_out for _, n_out in network.shapes))))


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
            f"{member!r} cannot be exported: {type(member).__name__} is not registered. Register"
            f" the {registry.what}, with what it is in {TARGETS[target]} as {target}=."
        )
    form = getattr(record, target)
    if form is None:
        raise ValueError(
            f"{member!r} cannot be exported to {TARGETS[target]}: {type(member).__name__} is"
            f" registered without {target}=, which says what it is there."
        )
    if isinstance(form, Unsupported):
        raise ValueError(f"{member!r} cannot be exported to {TARGETS[target]}: {form.reason}.")
    return form


def unknown_link(loss: Any) -> ValueError:
    """For a loss that has no link elsewhere."""
    return ValueError(
        f"{loss!r} cannot be exported: {type(loss).__name__} is not registered with an inverse"
        " link. Register it with link=, from rosenblatt.losses.Link."
    )
