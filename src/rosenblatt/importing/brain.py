"""brain.js's networks as its toJSON gives them, of the versions 1 and 2.

Version 1 names every unit and gives its weights by the names of the units before; one activation
serves all layers, the output too. Its 'leaky-relu' is 0 below 0 and 0.01·s above. Version 2 has
matrices, and a true leaky ReLU. Both compute in single precision.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from rosenblatt.activations import LeakyReLU, ReLU, Sigmoid, Tanh
from rosenblatt.errors import InputError
from rosenblatt.importing.chain import Chain
from rosenblatt.importing.endings import Outputs, ending
from rosenblatt.importing.forms import Form
from rosenblatt.importing.given import Given
from rosenblatt.importing.imported import Findings, ImportedNetwork, Unsaid
from rosenblatt.importing.json_numbers import NumbersByName
from rosenblatt.importing.json_value import (
    as_list,
    as_number,
    as_numbers,
    as_object,
    as_place,
    as_text,
    json_value,
)
from rosenblatt.importing.registry import Format, register
from rosenblatt.importing.source import DAMAGED, Source, cut_off
from rosenblatt.support.types import Float64Array

__all__ = ["BRAIN"]

FORMS = {"sigmoid": Form(Sigmoid()), "relu": Form(ReLU()), "tanh": Form(Tanh())}
LEAK_OF_1 = 0.01
RECURRENT = ("RNN", "LSTM", "GRU", "RNNTimeStep", "LSTMTimeStep", "GRUTimeStep")
Layer = tuple[Float64Array, Float64Array]  # weights (n_in, n_out), and biases


def is_brain(source: Source) -> bool:
    head = source.head
    return head.lstrip().startswith(b"{") and (
        (b'"sizes"' in head and b'"layers"' in head) or b'"type":"NeuralNetwork"' in head
    )


def read_brain(source: Source, given: Given) -> ImportedNetwork:
    data = as_object(json_value(source), "the file")
    kind = as_text(data.get("type", "NeuralNetwork"), "type")
    if kind not in ("NeuralNetwork", "NeuralNetworkGPU"):
        what = "is recurrent" if kind in RECURRENT else "is not supported"
        raise InputError(f"it is a network of the type {kind[:40]!r}, which {what}")
    layers = as_list(data.get("layers"), "layers")
    if len(layers) < 2:
        raise cut_off("the list of layers")
    first = as_object(layers[0], "layers[0]")
    is_second = "type" in data or "weights" in first
    if is_second:
        names, outputs, read = second(source, data, layers)
        form = form_of(data, leaky=second_leak(data))
    else:
        names, outputs, read = by_names(source, layers)
        form = form_of(data, leaky=Form(ReLU(), scale=LEAK_OF_1))
    chain = Chain(len(names))
    for W, b in read:
        chain.dense(W, b, form)
    numbered = tuple(str(k) for k in range(len(names)))
    named = names if names != numbered else None
    named_outputs = outputs if outputs != tuple(str(k) for k in range(len(outputs))) else None
    end = ending(chain, Outputs.NUMBERS, given, None, named_outputs)
    unsaid = [] if named or given.names else [Unsaid("the names of the inputs", "--inputs")]
    if given.classes is None:
        unsaid.append(Unsaid("whether the outputs are numbers or classes", "--classes"))
    return ImportedNetwork(
        f"brain.js {2 if is_second else 1}",
        end.model,
        given.names_of(len(names), named),
        given.target or "target",
        end.outputs,
        end.classes,
        findings=Findings(
            (" → ".join(str(n) for n in (len(names), *(len(b) for _, b in read))),),
            end.folded,
            tuple(unsaid),
        ),
        has_names=named is not None or given.names is not None,
    )


def form_of(data: dict[str, Any], leaky: Form) -> Form:
    options = data.get("trainOpts")
    trained = options.get("activation") if isinstance(options, dict) else None
    given = (value for value in (data.get("activation"), trained) if value is not None)
    name = as_text(next(given, "sigmoid"), "activation")
    if name == "leaky-relu":
        return leaky
    if name not in FORMS:
        raise InputError(f"the activation is {name[:40]!r}, which is not supported")
    return FORMS[name]


def second_leak(data: dict[str, Any]) -> Form:
    options = data.get("trainOpts")
    leak = options.get("leakyReluAlpha", 0.01) if isinstance(options, dict) else 0.01
    leak = as_number(leak, "trainOpts.leakyReluAlpha")
    if not 0 <= leak <= 1:
        raise InputError(f"trainOpts.leakyReluAlpha is {leak:g}, and slopes from 0 to 1 are read")
    return Form(LeakyReLU(leak))


def second(
    source: Source, data: dict[str, Any], layers: list[Any]
) -> tuple[tuple[str, ...], tuple[str, ...], list[Layer]]:
    sizes = as_numbers(data.get("sizes"), "sizes", len(layers))
    read: list[Layer] = []
    n_before = n_inputs = as_place(sizes[0], "sizes[0]", source.size)
    for place, layer in enumerate(layers[1:], 1):
        where = f"layers[{place}]"
        of_layer = as_object(layer, where)
        units = as_list(of_layer.get("weights"), f"{where}.weights")
        b = as_numbers(of_layer.get("biases"), f"{where}.biases", len(units))
        rows = [as_numbers(w, f"{where}.weights[{k}]", n_before) for k, w in enumerate(units)]
        if not rows or not n_before:
            raise cut_off(where)
        read.append((np.array(rows).T, b))
        n_before = len(rows)
    return (
        looked_up(data.get("inputLookup"), n_inputs, "inputLookup"),
        looked_up(data.get("outputLookup"), n_before, "outputLookup"),
        read,
    )


def looked_up(value: Any, n: int, what: str) -> tuple[str, ...]:
    """Names by their places."""
    if not isinstance(value, dict | NumbersByName):
        return tuple(str(k) for k in range(n))
    value = as_object(value, what)
    names = sorted(value, key=lambda name: as_number(value[name], f"{what}.{name}"))
    if [value[name] for name in names] != list(range(n)):
        raise InputError(f"{what} does not name the {n} units one by one")
    return tuple(names)


def by_names(
    source: Source, layers: list[Any]
) -> tuple[tuple[str, ...], tuple[str, ...], list[Layer]]:
    before = tuple(as_object(layers[0], "layers[0]"))
    inputs, read = before, []
    if not before:
        raise cut_off("layers[0]")
    for place, layer in enumerate(layers[1:], 1):
        units = as_object(layer, f"layers[{place}]")
        if not units:
            raise cut_off(f"layers[{place}]")
        source.check_memory(8 * 4 * len(before) * len(units), f"the matrix of layer {place}")
        read.append(layer_of(units, before, place))
        before = tuple(units)
    return inputs, before, read


def layer_of(units: dict[str, Any], before: Sequence[str], place: int) -> Layer:
    W, b = np.zeros((len(before), len(units))), np.zeros(len(units))
    known = set(before)
    for column, (name, unit) in enumerate(units.items()):
        where = f"layers[{place}].{name[:40]}"
        of_unit = as_object(unit, where)
        weights = as_object(of_unit.get("weights"), f"{where}.weights")
        if set(weights) != known:
            lacking = [one for one in before if one not in weights]
            if lacking:
                raise InputError(
                    f"{where}.weights lacks {lacking[0][:40]!r}, a unit of the layer before:"
                    f" {DAMAGED}"
                )
            (stranger, *_) = (one for one in weights if one not in known)
            raise InputError(
                f"{where}.weights names {stranger[:40]!r}, which is no unit of the layer before:"
                f" {DAMAGED}"
            )
        b[column] = as_number(of_unit.get("bias"), f"{where}.bias")
        W[:, column] = [as_number(weights[n], f"{where}.weights.{n[:40]}") for n in before]
    return W, b


BRAIN = Format("brain.js", is_brain, read_brain)
register(BRAIN)
