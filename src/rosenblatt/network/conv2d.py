"""The convolutional block, `Dense` for pictures: a convolution and what goes with it."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import NoneType
from typing import final

from rosenblatt.activations import Activation, Elementwise, Identity
from rosenblatt.network.activation_layer import ActivationLayer
from rosenblatt.network.composed import Composed, register_composed
from rosenblatt.network.convolution import Convolution
from rosenblatt.network.layer import Layer, NativeForm, Shape
from rosenblatt.network.normalization_layer import NormalizationLayer
from rosenblatt.network.pictures import Sides, pair
from rosenblatt.network.random_layers import Dropout
from rosenblatt.network.residual import Residual
from rosenblatt.network.sequential import Sequential
from rosenblatt.normalizations import Normalization
from rosenblatt.support.field_types import check_boolean
from rosenblatt.support.listing import LONG, brief

__all__ = ["Conv2D"]


@final
@dataclass(frozen=True)
class Conv2D(Composed):
    """A block around a convolution of pictures (C1-C4), with the parts that `Dense` has.

    In this order: convolution, normalisation, activation, dropout, residual connection. Samples of
    shape (height, width, channels) become (height', width', filters), where
    height' = ⌊(height + 2 padding - kernel_size) / stride⌋ + 1, and width' likewise.

    Attributes
    ----------
    filters : int
    kernel_size, stride, padding : int or (int, int)
        Of height and width. The border of `padding` pixels is 0.
    groups : int
        How many shares of the channels are convolved apart, each by its share of the filters.
    activation : Activation
        Of single numbers.
    normalization : Normalization, optional
        For each channel: `BatchNorm` over the pixels of all pictures, `LayerNorm` over the
        channels of a pixel.
    dropout : float
        Probability with which a number is left out of a training step, in [0, 1).
    residual : bool
        Whether the block's input is added to its output (He et al. 2016); both then have the same
        shape, as with `padding` of half the kernel.

    Raises
    ------
    ValueError
        For an activation of several numbers, groups that do not divide, a kernel that is larger
        than the picture with its border, or a residual connection between different shapes.
    """

    filters: int
    kernel_size: Sides
    stride: Sides = 1
    padding: Sides = 0
    groups: int = 1
    activation: Activation = field(default_factory=Identity)
    normalization: Normalization | None = None
    dropout: float = 0.0
    residual: bool = False

    def __post_init__(self) -> None:
        self.convolution(), Dropout(self.dropout)  # they check the numbers
        check_boolean("residual", self.residual)
        if not isinstance(self.activation, Elementwise):
            raise ValueError(
                f"a convolution takes an activation of single numbers, got {brief(self.activation)}"
            )
        if not isinstance(self.normalization, (Normalization, NoneType)):
            raise ValueError(
                "normalization must be an object such as BatchNorm(), got"
                f" {brief(self.normalization)}"
            )

    def convolution(self) -> Convolution:
        return Convolution(self.filters, self.kernel_size, self.stride, self.padding, self.groups)

    def composition(self) -> Layer:
        parts: list[Layer] = [self.convolution()]
        if self.normalization is not None:
            parts.append(NormalizationLayer(self.normalization))
        parts.append(ActivationLayer(self.activation))
        if self.dropout:
            parts.append(Dropout(self.dropout))
        chain = Sequential(tuple(parts), has_prefixes=False)
        return Residual(chain) if self.residual else chain

    def output_shape(self, shape: Shape) -> Shape:
        out = self.block.output_shape(shape)
        if self.residual and out != shape:
            raise ValueError(
                f"a residual connection of pictures keeps their shape, and {brief(self, LONG)}"
                f" makes {out} of {shape}"
            )
        return out

    @property
    def name(self) -> str:
        return type(self.activation).__name__

    def native_form(self) -> NativeForm:
        given = {
            "filters": self.filters,
            "kernel_size": pair(self.kernel_size),
            "stride": pair(self.stride),
            "padding": pair(self.padding),
            "groups": self.groups,
            "activation": self.activation,
            "normalization": self.normalization,
            "dropout": self.dropout,
            "residual": self.residual,
        }
        return NativeForm("Conv2D", given, frozenset({"dropout"}))


register_composed(Conv2D)
