"""Networks given unit by unit, with connections from anywhere before, as chains of layers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import final

import numpy as np

from rosenblatt.importing.chain import Chain
from rosenblatt.importing.forms import Form
from rosenblatt.importing.source import Source
from rosenblatt.support.types import Float64Array, IntArray

__all__ = ["Unit", "chain_of"]

COPIES = 4  # of a matrix, while a network is put together


@final
@dataclass(frozen=True, eq=False)
class Unit:
    """One unit: form(Σ weights · values of its sources + bias).

    Attributes
    ----------
    place : str
        Where it is in the file, for messages.
    sources : int array (n,)
        0 … n_inputs - 1 for inputs, n_inputs + k for unit k, which comes before this one.
    weights : array (n,)
    bias : float
    form : Form
    """

    place: str
    sources: IntArray
    weights: Float64Array
    bias: float
    form: Form


def chain_of(
    source: Source,
    start: Chain,
    units: Sequence[Unit],
    outputs: Sequence[int],
) -> Chain:
    """The chain, with the output units last, in their order.

    Parameters
    ----------
    source : Source
        Whose size bounds the matrices.
    start : Chain
        Without layers.
    units : sequence of Unit
        In an order in which they can be computed.
    outputs : sequence of int
        The numbers of the output units.
    """
    n_inputs = start.n_inputs
    layers = levels_of(n_inputs, units)
    if is_layered(n_inputs, units, layers, outputs):
        layers[-1] = list(outputs)
        widths = [n_inputs, *map(len, layers)]
        n_weights = sum(n_in * n_out for n_in, n_out in pairwise(widths))
        source.check_memory(8 * COPIES * n_weights, "the matrices of its layers")
        before = np.arange(n_inputs)
        for layer in layers:
            start.dense(*matrices(before, [units[k] for k in layer]), forms_of(units, layer))
            before = np.array(layer) + n_inputs
        return start
    return with_skips(source, start, units, alike(units, layers), outputs)


def with_skips(
    source: Source,
    chain: Chain,
    units: Sequence[Unit],
    layers: list[list[int]],
    outputs: Sequence[int],
) -> Chain:
    """Layers each of which takes all values before it, and a last one that picks the outputs."""
    widths = np.cumsum([chain.n_inputs, *map(len, layers)])
    n_weights = int(sum(n * len(layer) for n, layer in zip(widths, layers, strict=False)))
    n_weights += int(widths[-1]) * len(outputs)
    source.check_memory(8 * COPIES * n_weights, "the matrices of its layers")
    before = np.arange(chain.n_inputs)
    last = set(layers[-1])
    # Where the last layer is the output, it need not stand beside what it takes.
    ends_with_outputs = last == set(outputs)
    for layer in layers[: len(layers) - ends_with_outputs]:
        chain.beside(*matrices(before, [units[k] for k in layer]), forms_of(units, layer))
        before = np.concatenate([np.array(layer) + chain.n_inputs, before])
    if ends_with_outputs:
        chain.dense(*matrices(before, [units[k] for k in outputs]), forms_of(units, outputs))
        return chain
    place = {int(k): row for row, k in enumerate(before)}
    chosen = np.zeros((len(before), len(outputs)))
    for column, k in enumerate(outputs):
        chosen[place[k + chain.n_inputs], column] = 1
    chain.affine(chosen, np.zeros(len(outputs)))
    return chain


def forms_of(units: Sequence[Unit], layer: Iterable[int]) -> list[Form]:
    return [units[k].form for k in layer]


def alike(units: Sequence[Unit], layers: list[list[int]]) -> list[list[int]]:
    """The layers, those of several kinds of units in parts of one kind."""
    parts: list[list[int]] = []
    for layer in layers:
        kinds: dict[object, list[int]] = {}
        for k in layer:
            kinds.setdefault(kind_of(units[k].form), []).append(k)
        parts += kinds.values()
    return parts


def levels_of(n_inputs: int, units: Sequence[Unit]) -> list[list[int]]:
    """The units by the number of steps from the inputs, in their order."""
    level = np.zeros(n_inputs + len(units), np.int64)
    layers: list[list[int]] = []
    for k, unit in enumerate(units):
        depth = int(level[unit.sources].max(initial=0)) + 1
        level[n_inputs + k] = depth
        if depth > len(layers):
            layers.append([])
        layers[depth - 1].append(k)
    return layers


def is_layered(
    n_inputs: int, units: Sequence[Unit], layers: list[list[int]], outputs: Iterable[int]
) -> bool:
    """Whether each layer takes what the one before gives, and has one kind of unit."""
    if set(layers[-1]) != set(outputs):
        return False
    known = set(range(n_inputs))
    for layer in layers:
        if any(not known.issuperset(units[k].sources.tolist()) for k in layer):
            return False
        if len({kind_of(units[k].form) for k in layer}) > 1:
            return False
        known = {k + n_inputs for k in layer}
    return True


def kind_of(form: Form) -> tuple[object, bool, int]:
    """What the units of one layer have in common."""
    return form.member, bool(np.isfinite(form.limit)), form.group


def matrices(before: IntArray, units: Sequence[Unit]) -> tuple[Float64Array, Float64Array]:
    """W (n_before, n_units) and b (n_units,); a source that occurs twice counts twice."""
    place = {int(k): row for row, k in enumerate(before)}
    W = np.zeros((len(before), len(units)))
    for column, unit in enumerate(units):
        rows = [place[int(k)] for k in unit.sources]
        np.add.at(W[:, column], rows, unit.weights)
    return W, np.array([unit.bias for unit in units])
