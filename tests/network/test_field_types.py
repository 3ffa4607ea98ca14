"""What a layer is made of has types; each other one is refused by the name of its field."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from typing import Any

import numpy as np
import pytest

from rosenblatt.activations import LeakyReLU, ReLU
from rosenblatt.network import (
    CategoryEmbedding,
    Dense,
    EnsembleDense,
    MonotoneDense,
    Network,
    NumericEmbedding,
    PackedDense,
    Periodic,
    Pieces,
    PiecewiseLinear,
)
from rosenblatt.network.activation_layer import ActivationLayer
from rosenblatt.network.affine import Affine
from rosenblatt.network.augmentations import Crop, Cutout, Flip, Rotate, Shift
from rosenblatt.network.beside_input import BesideInput
from rosenblatt.network.conv2d import Conv2D
from rosenblatt.network.convolution import Convolution
from rosenblatt.network.ensemble_affine import EnsembleAffine, PackedAffine
from rosenblatt.network.glu import GLU
from rosenblatt.network.interpolation import Interpolation
from rosenblatt.network.layer import Layer
from rosenblatt.network.learned_activations import ParametricActivation, PReLU
from rosenblatt.network.local_response_norm import LocalResponseNorm
from rosenblatt.network.normalization_layer import NormalizationLayer
from rosenblatt.network.pooling import AveragePool2D, MaxPool2D
from rosenblatt.network.random_layers import Dropout, GaussianNoise
from rosenblatt.network.reshape import Reshape
from rosenblatt.network.residual import Residual
from rosenblatt.network.residual_block import Branches, ResidualBlock
from rosenblatt.network.sequential import Sequential
from rosenblatt.normalizations import BatchNorm

CASES: list[tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any], str]] = [
    (Dense, (3, "relu"), {}, r"activation must be an object such as ReLU\(\), got 'relu'"),
    (Dense, (3, ReLU), {}, "activation must be an object"),
    (Dense, (True,), {}, "n_outputs must be a whole number, got True"),
    (Dense, (2.5,), {}, "n_outputs must be a whole number"),
    (Dense, (float("nan"),), {}, "n_outputs must be a whole number"),
    (Dense, (None,), {}, "n_outputs must be a whole number"),
    (Dense, ("3",), {}, "n_outputs must be a whole number"),
    (Dense, (3,), {"dropout": "a"}, "dropout must be a number"),
    (Dense, (3,), {"dropout": None}, "dropout must be a number"),
    (Dense, (3,), {"residual": "a"}, "residual must be True or False"),
    (Dense, (3,), {"normalization": "batch"}, "normalization must be an object"),
    (Network, (3, (None,)), {}, r"a network takes layers such as Dense\(3\), got None"),
    (Network, (None, (Dense(1),)), {}, "n_inputs must be a whole number"),
    (Network, (3, (Dense(1),)), {"input_noise": "a"}, "input_noise must be a number"),
    (Periodic, (), {"has_phase": "a"}, "has_phase must be True or False"),
    (Periodic, (), {"sigma": "a"}, "sigma must be a number"),
    (Periodic, (1.5,), {}, "n_frequencies must be a whole number"),
    (NumericEmbedding, (Periodic(),), {"width": float("nan")}, "width must be a whole number"),
    (NumericEmbedding, (Periodic(),), {"width": None}, "width must be a whole number"),
]


@pytest.mark.parametrize(("made", "given", "named", "message"), CASES)
def test_other_types_are_refused(
    made: Callable[..., Any], given: tuple[Any, ...], named: dict[str, Any], message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        made(*given, **named)


def test_numbers_of_numpy_are_numbers() -> None:
    layer = Dense(np.int64(3), ReLU(), dropout=np.float32(0.5))
    assert Network(np.int32(2), (layer,)).n_parameters == 9


LAYERS: list[Layer] = [
    ActivationLayer(ReLU()),
    Affine(3),
    BesideInput(Dense(3)),
    Branches(Dense(3), Dense(3)),
    CategoryEmbedding((0,), (3,), (2,)),
    Conv2D(4, 3),
    Crop(4, 1),
    Cutout(2),
    Convolution(4, 3),
    Dense(3),
    Dropout(0.5),
    Flip(),
    GLU(),
    AveragePool2D(2),
    LocalResponseNorm(),
    MaxPool2D(2),
    Reshape((2, 2, 1)),
    Rotate(10),
    Shift(1),
    PReLU(),
    ParametricActivation(LeakyReLU()),
    EnsembleAffine(2, 3, input_groups=(2, 1)),
    EnsembleDense(2, 3, ReLU(), input_groups=(2, 1)),
    GaussianNoise(0.5),
    MonotoneDense((1, 0), (1,)),
    NormalizationLayer(BatchNorm()),
    NumericEmbedding(Periodic(), 3),
    PackedAffine(2, 3),
    PackedDense(2, 3, ReLU()),
    Interpolation(1, (0,), ((0.0, 1.0),), ((0.0, 2.0),)),
    Periodic(),
    Pieces(((0.0, 1.0),)),
    PiecewiseLinear((0.0,), (1.0,), ((0.0, 1.0),), ((0.5,),), (1.0,)),
    Residual(Dense(3)),
    ResidualBlock(4),
    Sequential((Dense(3),)),
]
WRONG: list[Any] = [None, "text", object(), 1 + 2j, b"", {}, Dense, (None,), ("1",), ((object(),),)]


@pytest.mark.parametrize("layer", LAYERS, ids=lambda layer: type(layer).__name__)
@pytest.mark.parametrize("value", WRONG, ids=lambda value: re.sub(r" at 0x\w+", "", repr(value)))
def test_no_field_takes_another_type(layer: Layer, value: Any) -> None:
    """None stands in some fields for nothing."""
    for field in fields(layer):  # type: ignore[arg-type]
        if value is None and str(field.type).endswith("| None"):
            continue
        with pytest.raises(ValueError, match=r"must be|takes"):
            replace(layer, **{field.name: value})  # type: ignore[type-var]


def test_every_layer_kind_is_among_them() -> None:
    kinds = {type(layer) for layer in LAYERS}
    module = "rosenblatt.network"
    mine = {kind for kind in of(Layer) if is_dataclass(kind) and fields(kind)}
    assert {kind for kind in mine if kind.__module__.startswith(module)} - kinds == set()


def of(kind: type) -> set[type]:
    """All classes below one that can be made."""
    below = {kind for one in kind.__subclasses__() for kind in of(one)}
    return below or {kind}


HUGE = 10**400


@pytest.mark.parametrize(
    "made",
    [
        lambda: Dense(HUGE),
        lambda: Dense(3, dropout=HUGE),
        lambda: Network(HUGE, (Dense(3),)),
        lambda: Network(2, (Dense(3),), input_noise=HUGE),
        lambda: Periodic(HUGE),
        lambda: Periodic(3, HUGE),
        lambda: EnsembleDense(HUGE, 3, ReLU()),
        lambda: CategoryEmbedding((HUGE,), (3,), (2,)),
        lambda: CategoryEmbedding((0,), (HUGE,), (2,)),
        lambda: CategoryEmbedding((0,), (3,), (HUGE,)),
        lambda: Pieces(((0, HUGE),)),
        lambda: PiecewiseLinear((0,), (HUGE,), ((0, 1),), ((0,),), (1,)),
    ],
)
def test_numbers_beyond_what_arrays_hold_are_refused(made: Callable[[], Any]) -> None:
    with pytest.raises(ValueError, match=r"must be (below 2\^63|a number that a float holds)"):
        made()
