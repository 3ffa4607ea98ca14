"""Layers as other libraries list them, one after the other, put onto a chain."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import final

import numpy as np

from rosenblatt.activations import Identity, Sigmoid, Softmax
from rosenblatt.errors import InputError
from rosenblatt.importing.chain import Chain
from rosenblatt.importing.endings import Ending, Outputs, ending
from rosenblatt.importing.forms import Form
from rosenblatt.importing.given import Given
from rosenblatt.network import (
    GLU,
    ActivationLayer,
    BesideInput,
    Dropout,
    Layer,
    NormalizationLayer,
    PReLU,
    Residual,
)
from rosenblatt.normalizations import BatchNorm, Normalization
from rosenblatt.support.listing import count
from rosenblatt.support.types import Float64Array

__all__ = [
    "Activated",
    "Beside",
    "Dropped",
    "Linear",
    "Normalized",
    "Piece",
    "Product",
    "ResidualBlock",
    "Scaled",
    "Sloped",
    "finished",
    "widths_of",
]


@final
@dataclass(frozen=True, eq=False)
class Linear:
    """x W + b, weights (n_in, n_out); `place` names it in messages, as in every piece."""

    place: str
    weights: Float64Array
    biases: Float64Array


@final
@dataclass(frozen=True)
class Activated:
    """An activation."""

    place: str
    form: Form


@final
@dataclass(frozen=True, eq=False)
class Normalized:
    """A normalisation with its learned scale and shift, and its state by name."""

    place: str
    normalization: Normalization
    scale: Float64Array
    shift: Float64Array
    state: Mapping[str, Float64Array]


@final
@dataclass(frozen=True)
class Dropped:
    """Dropout, with the probability of leaving a unit out."""

    place: str
    rate: float


@final
@dataclass(frozen=True, eq=False)
class Sloped:
    """PReLU with its slopes, one for each unit or one."""

    place: str
    slopes: Float64Array


@final
@dataclass(frozen=True, eq=False)
class Scaled:
    """scale ⊙ x + shift, which becomes part of the weights behind it or before it."""

    place: str
    scale: Float64Array
    shift: Float64Array


@final
@dataclass(frozen=True, eq=False)
class ResidualBlock:
    """x + f(x), or x P + f(x), with the pieces of f and P (n_in, n_out)."""

    place: str
    pieces: tuple[Piece, ...]
    projection: Float64Array | None = None


@final
@dataclass(frozen=True)
class Beside:
    """f(x), and x behind it, with the pieces of f."""

    place: str
    pieces: tuple[Piece, ...]


@final
@dataclass(frozen=True)
class Product:
    """u ⊙ v of the halves of x."""

    place: str


Piece = (
    Linear | Activated | Normalized | Dropped | Sloped | Scaled | ResidualBlock | Beside | Product
)
PROJECTION = "projection"  # the name of a residual connection's own weights
SOFTMAX = Form(Softmax())
LOGISTIC = Form(Sigmoid())


def finished(pieces: Sequence[Piece], given: Given) -> Ending:
    """The network of all pieces.

    Where the caller has classes, outputs without an activation are raw scores, of which the softmax
    is taken, or of a single one the logistic function.

    Raises
    ------
    InputError
        If widths do not fit, weights are not finite, or classes do not fit the outputs.
    """
    if not widths_of(pieces):
        raise InputError("it has no fully connected layer")
    chain, outputs = Chain(n_inputs_of(pieces)), Outputs.NUMBERS
    pieces = list(pieces)
    folded: tuple[str, ...] = ()
    if given.classes is not None:
        last = pieces[-1]
        if isinstance(last, Activated):
            if last.form == SOFTMAX:
                del pieces[-1]
                outputs = Outputs.SCORES
        elif widths_of(pieces)[-1] == 1:
            pieces.append(Activated("the outputs", LOGISTIC))
            folded = ("the output is the raw score of the second class",)
        else:
            outputs = Outputs.SCORES
            folded = ("the outputs are raw scores, of which the softmax is taken",)
    put(chain, pieces)
    end = ending(chain, outputs, given)
    return Ending(end.model, end.outputs, end.classes, (*end.folded, *folded))


def n_inputs_of(pieces: Sequence[Piece]) -> int:
    for piece in pieces:
        match piece:
            case Linear():
                return len(piece.weights)
            case Normalized() | Scaled():
                return len(piece.scale)
            case ResidualBlock(projection=None) | Beside():
                return n_inputs_of(piece.pieces)
            case ResidualBlock(projection=matrix) if matrix is not None:
                return len(matrix)
    raise InputError("it has no fully connected layer")


def widths_of(pieces: Sequence[Piece]) -> list[int]:
    """Of the fully connected layers."""
    widths = []
    for piece in pieces:
        if isinstance(piece, Linear):
            widths.append(len(piece.biases))
        elif isinstance(piece, ResidualBlock | Beside):
            widths += widths_of(piece.pieces)
    return widths


def put(chain: Chain, pieces: Sequence[Piece]) -> None:
    for k, piece in enumerate(pieces):
        before = pieces[k - 1] if k else None
        check(piece, chain.width)
        match piece:
            case Linear():
                behind = pieces[k + 1] if k + 1 < len(pieces) else None
                form = behind.form if isinstance(behind, Activated) else Form()
                chain.dense(piece.weights, piece.biases, form)
            case Activated():
                if not isinstance(before, Linear):
                    activate(chain, piece.form, is_last=k == len(pieces) - 1)
            case Normalized():
                chain.settle()
                arrays = {"scale": piece.scale, "shift": piece.shift, **piece.state}
                chain.layer(NormalizationLayer(piece.normalization), arrays)
            case Dropped():
                if piece.rate:
                    chain.settle()
                    chain.layer(Dropout(piece.rate), {})
            case Sloped():
                chain.settle()
                chain.layer(PReLU(len(piece.slopes) == 1), {"slope": piece.slopes})
            case Scaled():
                chain.scaled(piece.scale, piece.shift)
            case ResidualBlock():
                layer, own, width = block(chain, piece.pieces)
                if piece.projection is not None:
                    own = {**own, PROJECTION: piece.projection}
                chain.layer(Residual(layer), own, width)
            case Beside():
                before_it = chain.width
                layer, own, width = block(chain, piece.pieces)
                chain.layer(BesideInput(layer), own, width + before_it)
            case Product():
                chain.settle()
                chain.layer(GLU(Identity()), {}, chain.width // 2)


def block(chain: Chain, pieces: Sequence[Piece]) -> tuple[Layer, Mapping[str, Float64Array], int]:
    """Pieces behind a chain as one layer, with its arrays by name and its width."""
    chain.settle()
    inner = Chain(chain.width)
    put(inner, pieces)
    return *inner.block(), inner.width


def activate(chain: Chain, form: Form, *, is_last: bool) -> None:
    """An activation behind something else than a fully connected layer."""
    if is_last or form != Form(form.member):
        chain.dense(np.eye(chain.width), np.zeros(chain.width), form)
    else:
        chain.settle()
        chain.layer(ActivationLayer(form.member), {})


def check(piece: Piece, width: int) -> None:
    """InputError where a piece does not take as many numbers as come, or has others than finite."""
    match piece:
        case Linear():
            n, numbers = len(piece.weights), [piece.weights, piece.biases]
        case Normalized():
            n, numbers = len(piece.scale), [piece.scale, piece.shift, *piece.state.values()]
            if isinstance(piece.normalization, BatchNorm):
                variance = piece.state["running_var"]
                if not (variance >= 0).all():
                    raise InputError(f"{piece.place} has a variance below 0: train it again")
        case Sloped():
            n, numbers = len(piece.slopes), [piece.slopes]
            n = width if n == 1 else n
        case Scaled():
            n, numbers = len(piece.scale), [piece.scale, piece.shift]
        case _:
            return
    if n != width:
        raise InputError(f"{piece.place} takes {count(n, 'number')}, and {width} come to it")
    if not all(np.isfinite(array).all() for array in numbers):
        raise InputError(f"{piece.place} has a weight that is not finite: train the network again")
