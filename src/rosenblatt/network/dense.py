"""The dense block, which estimators build networks of: a dense layer and what goes with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import NoneType
from typing import final

from rosenblatt.activations import Activation, Identity
from rosenblatt.network.activation_field import check_activation
from rosenblatt.network.activation_layer import ActivationLayer
from rosenblatt.network.affine import Affine
from rosenblatt.network.composed import Composed, register_composed
from rosenblatt.network.layer import Layer, NativeForm
from rosenblatt.network.normalization_layer import NormalizationLayer
from rosenblatt.network.random_layers import Dropout
from rosenblatt.network.residual import Residual
from rosenblatt.network.sequential import Sequential
from rosenblatt.normalizations import Normalization
from rosenblatt.support.field_types import check_boolean
from rosenblatt.support.listing import brief

__all__ = ["Dense"]


@final
@dataclass(frozen=True)
class Dense(Composed):
    """A block around a fully connected layer: z = x W + b and a = g(z) (B1, B2), and more to it.

    In this order: dense, normalisation, activation, dropout, residual connection. `block` has them
    as layers of their own.

    Attributes
    ----------
    n_outputs : int
    activation : Activation
    normalization : Normalization, optional
        Of x W + b, followed by a learned scale and shift.
    dropout : float
        Probability with which a unit's output is left out of a training step, in [0, 1).
    residual : bool
        Whether the block's input is added to its output (He et al. 2016), through a learned
        projection x P where their widths differ.
    ntk : bool
        Whether z = x W / √n_in + b, with weights that begin √n_in times as large: the neural
        tangent parametrisation (N10; Jacot, Gabriel & Hongler 2018). `LeCunNormal` then draws
        them from N(0, 1).
    """

    n_outputs: int
    activation: Activation = field(default_factory=Identity)
    normalization: Normalization | None = None
    dropout: float = 0.0
    residual: bool = False
    ntk: bool = False

    def __post_init__(self) -> None:
        Affine(self.n_outputs, self.ntk), Dropout(self.dropout)  # they check the numbers
        check_activation(self.activation)
        check_boolean("residual", self.residual)
        if not isinstance(self.normalization, (Normalization, NoneType)):
            raise ValueError(
                "normalization must be an object such as BatchNorm(), got"
                f" {brief(self.normalization)}"
            )

    def composition(self) -> Layer:
        parts: list[Layer] = [Affine(self.n_outputs, self.ntk)]
        if self.normalization is not None:
            parts.append(NormalizationLayer(self.normalization))
        parts.append(ActivationLayer(self.activation))
        if self.dropout:
            parts.append(Dropout(self.dropout))
        chain = Sequential(tuple(parts), has_prefixes=False)
        return Residual(chain) if self.residual else chain

    @property
    def is_plain(self) -> bool:
        """Whether there is nothing but the dense layer and its activation."""
        return self.normalization is None and not (self.dropout or self.residual or self.ntk)

    @property
    def name(self) -> str:
        return type(self.activation).__name__

    def native_form(self) -> NativeForm:
        given = {
            "units": self.n_outputs,
            "activation": self.activation,
            "normalization": self.normalization,
            "dropout": self.dropout,
            "residual": self.residual,
            "ntk": self.ntk,
        }
        return NativeForm("Dense", given, frozenset({"dropout"}))


register_composed(Dense)
