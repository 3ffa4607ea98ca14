"""Layers from PyTorch's state dict, which has their weights and not their activations."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import final

import numpy as np

from rosenblatt.activations import Activation
from rosenblatt.errors import InputError
from rosenblatt.importing.forms import Form
from rosenblatt.importing.imported import Unsaid
from rosenblatt.importing.pieces import Activated, Linear, Normalized, Piece
from rosenblatt.normalizations import BatchNorm, LayerNorm
from rosenblatt.support.listing import count
from rosenblatt.support.types import Float64Array

__all__ = ["Listed", "pieces_of"]

STATE = ("running_mean", "running_var", "num_batches_tracked")
FROM_TORCH = "rosenblatt.importing.from_torch reads the module itself"
EPSILON = "the normalisations' ε, which is taken as PyTorch's 1e-5"


@final
@dataclass(frozen=True)
class Listed:
    """The layers, and what the state dict does not say of them."""

    pieces: tuple[Piece, ...]
    unsaid: tuple[Unsaid, ...]


def pieces_of(
    tensors: Mapping[str, Float64Array], activations: Sequence[Activation] | None, *, in_order: bool
) -> Listed:
    """The layers in order, with the activations that the caller names between them.

    Parameters
    ----------
    tensors : mapping
    activations : sequence of Activation, optional
        One for all places where one stands between layers, one for each of these, or one more, for
        the outputs. In an `nn.Sequential` a place is where the numbers of the layers leave a gap;
        elsewhere it is behind each layer but the last.
    in_order : bool
        Whether the mapping has the order in which the module registered its layers.

    Raises
    ------
    InputError
        If a layer is of another kind, their order is not told, or activations do not fit.
    """
    groups = groups_of(tensors)
    numbered = numbers_of(list(groups))
    if numbered is not None:
        names = sorted(groups, key=lambda name: numbered[name])
    else:
        names = list(groups) if in_order else sorted_by_number(list(groups))
    layers = [layer_of(name, groups[name]) for name in names]
    behind: list[int] = []  # the layers behind which an activation stands
    for k, layer in enumerate(layers):
        if numbered is None:
            if not isinstance(layer, Linear):
                raise InputError(
                    f"{layer.place} is a normalisation, and names without numbers do not say on"
                    f" which side of it the activation stands: {FROM_TORCH}"
                )
            if k < len(layers) - 1:
                behind.append(k)
        elif k < len(layers) - 1 and numbered[names[k + 1]] > numbered[names[k]] + 1:
            behind.append(k)
    chosen = chosen_for([names[k] or "the layer" for k in behind], activations)
    pieces: list[Piece] = []
    for k, layer in enumerate(layers):
        pieces.append(layer)
        if k in behind:
            pieces.append(Activated(layer.place, Form(chosen[behind.index(k)])))
    if len(chosen) > len(behind):
        pieces.append(Activated(layers[-1].place, Form(chosen[-1])))
    unsaid = [] if len(chosen) > len(behind) else [Unsaid("an activation of the outputs", OPTION)]
    if any(isinstance(layer, Normalized) for layer in layers):
        unsaid.append(Unsaid(EPSILON, "importing.from_torch"))
    return Listed(tuple(pieces), tuple(unsaid))


OPTION = "--activation"


def groups_of(tensors: Mapping[str, Float64Array]) -> dict[str, dict[str, Float64Array]]:
    """The tensors of each layer by the layer's name."""
    groups: dict[str, dict[str, Float64Array]] = {}
    for name, tensor in tensors.items():
        layer, _, kind = name.rpartition(".")
        groups.setdefault(layer, {})[kind] = tensor
    if not groups:
        raise InputError("it holds no tensors: save the state dict of a trained module")
    return groups


def numbers_of(names: Sequence[str]) -> dict[str, int] | None:
    """Each layer's number in the one nn.Sequential that has them all, None where there is none."""
    if len({name.rpartition(".")[0] for name in names}) > 1:
        return None
    last = {name: name.rpartition(".")[2] for name in names}
    if not all(re.fullmatch(r"\d{1,6}", number, re.ASCII) for number in last.values()):
        return None
    return {name: int(number) for name, number in last.items()}


def sorted_by_number(names: list[str]) -> list[str]:
    """Names that differ by their numbers alone, such as fc1 and fc2."""
    words = {re.sub(r"\d+", "#", name) for name in names}
    if len(words) > 1:
        raise InputError(
            f"its names, such as {names[0][:40]!r} and {names[-1][:40]!r}, do not say which layer"
            " comes first: save the state dict by torch.save, which keeps their order"
        )
    return sorted(names, key=lambda name: [int(n) for n in re.findall(r"\d{1,9}", name)])


def layer_of(name: str, tensors: Mapping[str, Float64Array]) -> Linear | Normalized:
    place = f"the layer {name[:60]!r}"
    weight, bias = tensors.get("weight"), tensors.get("bias")
    others = set(tensors) - {"weight", "bias", *STATE}
    if others or weight is None:
        parts = ", ".join(sorted(others)[:4]) or "no weight"
        raise InputError(
            f"{place} has {parts[:80]}, as no fully connected layer and no normalisation has"
        )
    if weight.ndim == 2 and not set(tensors) & set(STATE):
        biases = np.zeros(len(weight)) if bias is None else bias
        if biases.shape == weight.shape[:1]:
            return Linear(place, weight.T, biases)
    elif weight.ndim == 1 and bias is not None and bias.shape == weight.shape:
        if "running_mean" not in tensors:
            return Normalized(place, LayerNorm(), weight, bias, {})
        state = {key: tensors[key] for key in STATE[:2] if key in tensors}
        if len(state) == 2 and all(array.shape == weight.shape for array in state.values()):
            return Normalized(place, BatchNorm(), weight, bias, state)
    raise InputError(
        f"{place} has a weight of the shape {weight.shape}, as of a convolution or another layer"
        " that is not read: fully connected layers and normalisations of their outputs are"
    )


def chosen_for(places: list[str], given: Sequence[Activation] | None) -> list[Activation]:
    n = len(places)
    if given is None:
        if n == 0:
            return []
        raise InputError(
            f"a state dict has no activations, and there is one behind {', '.join(places[:6])}:"
            f" name it by {OPTION}, one for all or one for each; {FROM_TORCH}"
        )
    if len(given) == 1 and n > 0:
        return list(given) * n
    if len(given) not in (n, n + 1):
        raise InputError(
            f"{OPTION} names {count(len(given), 'activation')}, and there are {n} between the"
            " layers: give one for all, one for each, or one more, for the outputs"
        )
    return list(given)
