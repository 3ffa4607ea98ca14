"""Puts a network together from weights and the tools' activations, layer by layer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import final

import numpy as np
import numpy.typing as npt

from rosenblatt.activations import (
    Activation,
    HardTanh,
    Identity,
    Sigmoid,
    Sine,
    Softplus,
    Softsign,
    StepwiseTanh,
    Tanh,
)
from rosenblatt.errors import InputError
from rosenblatt.importing.forms import Form
from rosenblatt.losses import Loss
from rosenblatt.model import Model
from rosenblatt.network import BesideInput, Dense, Layer, Network, Sequential, fill
from rosenblatt.support.types import Float64Array

__all__ = ["Chain"]

ODD: tuple[type[Activation], ...] = (HardTanh, Sine, Softsign, StepwiseTanh, Tanh)  # -1 … 1


@final
class Chain:
    """A chain of layers in the making.

    What a form has beside its member, and a scaling of inputs or outputs, waits here until the next
    layer's weights take it in.

    Parameters
    ----------
    n_inputs : int
    scale, shift : array (n_inputs,), optional
        The first layer takes scale ⊙ x + shift.
    """

    def __init__(
        self, n_inputs: int, scale: npt.ArrayLike = 1.0, shift: npt.ArrayLike = 0.0
    ) -> None:
        self.n_inputs = n_inputs
        self._layers: list[Layer] = []
        self._arrays: list[Mapping[str, Float64Array]] = []
        self._scale = np.broadcast_to(np.asarray(scale, np.float64), (n_inputs,))
        self._shift = np.broadcast_to(np.asarray(shift, np.float64), (n_inputs,))

    @property
    def width(self) -> int:
        """Numbers that leave the last layer."""
        return len(self._scale)

    @property
    def last(self) -> Activation | None:
        """The activation of the last layer, None where that is no dense one."""
        last = self._layers[-1] if self._layers else None
        return last.activation if isinstance(last, Dense) and last.is_plain else None

    def dense(
        self, weights: npt.ArrayLike, biases: npt.ArrayLike, forms: Form | Sequence[Form]
    ) -> None:
        """Add a layer: weights (n_in, n_out), biases (n_out,), and a form for each unit or for all.

        The forms of one layer have the same member, and all or none of them a limit.
        """
        W: Float64Array = np.asarray(weights, np.float64)
        b: Float64Array = np.asarray(biases, np.float64)
        each = [forms] * W.shape[1] if isinstance(forms, Form) else list(forms)
        (member,) = {form.member for form in each}
        rate, offset = numbers_of(each, "rate"), numbers_of(each, "offset")
        limit, scale = numbers_of(each, "limit"), numbers_of(each, "scale")
        W, b = self._scale[:, None] * W * rate, (b + self._shift @ W) * rate
        if not np.isfinite(limit).all():
            self._add(member, W, b + offset)
        else:
            self._add(HardTanh(), W / limit, b / limit)
            if member == Identity():
                scale = scale * limit
            else:
                self._add(member, np.diag(limit), offset)
        self._scale, self._shift = scale, numbers_of(each, "shift")

    def beside(
        self, weights: npt.ArrayLike, biases: npt.ArrayLike, forms: Form | Sequence[Form]
    ) -> None:
        """Add units as `dense` does, whose values stand before all that they take."""
        scale, shift, n_before = self._scale, self._shift, len(self._layers)
        self.dense(weights, biases, forms)
        block, arrays = in_one(self._layers[n_before:], self._arrays[n_before:])
        del self._layers[n_before:], self._arrays[n_before:]
        self.layer(BesideInput(block), arrays)
        self._scale = np.concatenate([self._scale, scale])
        self._shift = np.concatenate([self._shift, shift])

    def layer(
        self, layer: Layer, arrays: Mapping[str, Float64Array], width: int | None = None
    ) -> None:
        """Add any layer, with its parameters and its state by name, and its width if another.

        What the layer before has beside its member must have been taken in: `settle`.
        """
        self._layers.append(layer)
        self._arrays.append(arrays)
        if width is not None:
            self._scale, self._shift = np.ones(width), np.zeros(width)

    def block(self) -> tuple[Layer, Mapping[str, Float64Array]]:
        """All layers as one, with their parameters and state by name."""
        self.settle()
        return in_one(self._layers, self._arrays)

    def settle(self) -> None:
        """Take in what waits for the next layer's weights, by a layer that does nothing else."""
        if not ((self._scale == 1).all() and (self._shift == 0).all()):
            self.affine(np.eye(self.width), np.zeros(self.width))

    def _add(self, member: Activation, W: Float64Array, b: Float64Array) -> None:
        self.layer(Dense(W.shape[1], member), {"weight": W, "bias": b})

    def _pop(self) -> tuple[Float64Array, Float64Array]:
        """The weights and biases of the last layer, a dense one, which is taken off."""
        self._layers.pop()
        arrays = self._arrays.pop()
        return arrays["weight"], arrays["bias"]

    def affine(self, weights: npt.ArrayLike, biases: npt.ArrayLike) -> None:
        """A map of what leaves the last layer, taken into it where that has no activation."""
        W: Float64Array = np.asarray(weights, np.float64)
        b: Float64Array = np.asarray(biases, np.float64)
        W, b = self._scale[:, None] * W, b + self._shift @ W
        if self.last == Identity():
            before, bias = self._pop()
            W, b = before @ W, bias @ W + b
        self._add(Identity(), W, b)
        self._scale, self._shift = np.ones(len(b)), np.zeros(len(b))

    def scaled(self, scale: npt.ArrayLike, shift: npt.ArrayLike) -> None:
        """Outputs scale ⊙ a + shift, of what the tool's last layer gives."""
        factor = np.asarray(scale, np.float64)
        self._shift = self._shift * factor + np.asarray(shift, np.float64)
        self._scale = self._scale * factor

    def to_unit_range(self) -> None:
        """Maps outputs of units between -1 and 1 to 0 … 1, unless they are scaled one by one."""
        alike = len(set(self._scale)) == 1 == len(set(self._shift)) and self._scale[0] > 0
        if alike and isinstance(self.last, ODD):
            self._scale, self._shift = np.full(self.width, 0.5), np.full(self.width, 0.5)

    @property
    def has_logits(self) -> bool:
        """Whether the outputs are logistic functions σ of something: so is ½ + ½ tanh."""
        form = self.last, tuple(set(self._scale)), tuple(set(self._shift))
        return form in ((Sigmoid(), (1.0,), (0.0,)), (Tanh(), (0.5,), (0.5,)))

    def take_logits(self) -> None:
        """In place of outputs σ(z), see `has_logits`, the logits z."""
        self._replace_last(Identity(), 2.0 if self.last == Tanh() else 1.0)

    def take_log_sigmoids(self) -> None:
        """In place of outputs σ(z), see `has_logits`, ln σ(z) = -softplus(-z)."""
        self._replace_last(Softplus(), -2.0 if self.last == Tanh() else -1.0)
        self._scale = -self._scale

    def _replace_last(self, member: Activation, rate: float) -> None:
        W, b = self._pop()
        self._add(member, rate * W, rate * b)
        self._scale, self._shift = np.ones(self.width), np.zeros(self.width)

    def model(self, loss: Loss) -> Model:
        """The network with its parameters, in float64; its last layer has no activation.

        One that ends with another activation gets a layer behind it, of as many units, that passes
        what each gives.

        Raises
        ------
        InputError
            If a parameter is not finite.
        """
        if self.last != Identity():
            self.affine(np.eye(self.width), np.zeros(self.width))
        else:
            self.settle()
        for k, of in enumerate(self._arrays, 1):
            if not all(np.isfinite(array).all() for array in of.values()):
                raise InputError(
                    f"the weights of layer {k} and the scalings that they take in are beyond double"
                    " precision: scale the data in other units and train again"
                )
        network = Network(self.n_inputs, tuple(self._layers))
        named = {f"layers.{k}.{n}": a for k, of in enumerate(self._arrays) for n, a in of.items()}
        state = network.initial_state()
        own = network.named_state(state)
        fill(own, {name: named.pop(name) for name in own})
        return Model(network, network.pack_named(named), loss, state)


def in_one(
    layers: Sequence[Layer], arrays: Sequence[Mapping[str, Float64Array]]
) -> tuple[Layer, Mapping[str, Float64Array]]:
    """Several layers as one, with the names that the arrays have there."""
    if len(layers) == 1:
        return layers[0], arrays[0]
    named = {f"{k}.{name}": a for k, of in enumerate(arrays) for name, a in of.items()}
    return Sequential(tuple(layers)), named


def numbers_of(forms: Sequence[Form], name: str) -> Float64Array:
    return np.array([getattr(form, name) for form in forms], np.float64)
