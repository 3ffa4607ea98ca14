"""Contiguous ranges of the flat parameter vector, one for each server, and the arrays in them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import prod
from typing import NamedTuple, final

from rosenblatt.network import Network
from rosenblatt.network.layer import Shape
from rosenblatt.support.cached_property import cached_property

__all__ = ["Piece", "Range", "cut"]


@final
class Piece(NamedTuple):
    """The part [begin, end) of a range that lies in one array of a layer.

    `shape` is the array's, or (end - begin,) where the range holds only a part of it.
    """

    begin: int
    end: int
    layer: int
    penalised: bool
    constrained: bool
    shape: Shape


@final
@dataclass(frozen=True)
class Range:
    """The parameters [begin, end) of a network."""

    network: Network
    begin: int
    end: int

    def __len__(self) -> int:
        return self.end - self.begin

    @property
    def run(self) -> slice:
        return slice(self.begin, self.end)

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """What it holds of each array, with positions counted from its begin."""
        found, at = [], 0
        layers = zip(
            self.network.layers,
            self.network.parameter_shapes,
            self.network.penalised,
            strict=True,
        )
        last = len(self.network.layers) - 1
        for number, (layer, shapes, penalised) in enumerate(layers):
            for name, shape in shapes.items():
                begin, end = max(at, self.begin), min(at + prod(shape), self.end)
                whole = end - begin == prod(shape)
                at += prod(shape)
                if begin >= end:
                    continue
                piece = Piece(
                    begin - self.begin,
                    end - self.begin,
                    number,
                    name in penalised,
                    number < last and name in layer.constrained,
                    shape if whole else (end - begin,),
                )
                found.append(piece)
        return tuple(found)


def cut(network: Network, servers: int) -> tuple[Range, ...]:
    """As many ranges as there are servers, whose lengths differ by one at most."""
    n = network.n_parameters
    if servers > n:
        raise ValueError(f"servers={servers}, and the network has {n} parameters: take fewer.")
    ends = [n * k // servers for k in range(servers + 1)]
    return tuple(Range(network, a, b) for a, b in pairwise(ends))
