"""ml-fnn's feed-forward networks as its toJSON gives them: matrices, and a softmax at the end.

The file names the activation that was used, which up to version 5.0.0 is always tanh, whatever was
asked for. `dicts` has the labels by output.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from rosenblatt.activations import Bump, Identity, ReLU, Sigmoid, Sine, Softplus, Softsign, Tanh
from rosenblatt.errors import InputError
from rosenblatt.importing.chain import Chain
from rosenblatt.importing.endings import Outputs, ending
from rosenblatt.importing.forms import Form
from rosenblatt.importing.given import Given
from rosenblatt.importing.imported import Findings, ImportedNetwork, Unsaid
from rosenblatt.importing.json_value import (
    as_list,
    as_number,
    as_numbers,
    as_object,
    as_text,
    json_value,
)
from rosenblatt.importing.registry import Format, register
from rosenblatt.importing.source import Source, cut_off

__all__ = ["ML_FNN"]

FORMS = {
    "tanh": Form(Tanh()),
    "identity": Form(Identity()),
    "logistic": Form(Sigmoid()),
    "softsign": Form(Softsign()),
    "relu": Form(ReLU()),
    "softplus": Form(Softplus()),
    "sinusoid": Form(Sine()),
    "gaussian": Form(Bump()),
}


def is_ml_fnn(source: Source) -> bool:
    head = source.head.lstrip()
    return head.startswith(b"{") and b'"model":"FNN"' in head.replace(b" ", b"")


def read_ml_fnn(source: Source, given: Given) -> ImportedNetwork:
    data = as_object(json_value(source), "the file")
    layers = as_list(data.get("layers"), "layers")
    if not layers:
        raise cut_off("the list of layers")
    chain: Chain | None = None
    widths: list[int] = []
    for k, layer in enumerate(layers):
        where = f"layers[{k}]"
        of_layer = as_object(layer, where)
        rows = as_list(of_layer.get("W"), f"{where}.W")
        biases = as_list(of_layer.get("b"), f"{where}.b")
        if not rows or len(biases) != 1:
            raise cut_off(f"{where}.W or {where}.b")
        b = as_numbers(biases[0], f"{where}.b[0]")
        W = np.array([as_numbers(row, f"{where}.W[{i}]", len(b)) for i, row in enumerate(rows)])
        if widths and len(rows) != widths[-1]:
            raise InputError(f"{where}.W takes {len(rows)} numbers, and {widths[-1]} come to it")
        chain = chain or Chain(len(rows))
        widths.append(len(b))
        is_last = k == len(layers) - 1
        chain.dense(W, b, Form() if is_last else form_of(of_layer, where))
    assert chain is not None
    labels = labels_of(data.get("dicts"), widths[-1])
    end = ending(chain, Outputs.SCORES, given, labels)
    return ImportedNetwork(
        "ml-fnn",
        end.model,
        given.names_of(chain.n_inputs),
        given.target or "target",
        end.outputs,
        end.classes,
        findings=Findings(
            (" → ".join(map(str, (chain.n_inputs, *widths))),),
            end.folded,
            () if given.names else (Unsaid("the names of the inputs", "--inputs"),),
        ),
        has_names=given.names is not None,
    )


def form_of(layer: dict[str, Any], where: str) -> Form:
    name = as_text(layer.get("activation"), f"{where}.activation")
    if name not in FORMS:
        raise InputError(f"{where} has the activation {name[:40]!r}, which is not supported")
    return FORMS[name]


def labels_of(value: Any, n: int) -> list[str]:
    outputs = as_object(as_object(value, "dicts").get("outputs"), "dicts.outputs")
    if set(outputs) != {str(k) for k in range(n)}:
        raise InputError(f"dicts.outputs does not name the {n} outputs one by one")
    return [text_of(outputs[str(k)], f"dicts.outputs.{k}") for k in range(n)]


def text_of(label: Any, where: str) -> str:
    """A label as JavaScript writes it: a text, a truth value or a number."""
    if isinstance(label, str):
        return label
    if isinstance(label, bool):
        return str(label).lower()
    number = as_number(label, where)
    return str(int(number)) if number == int(number) else str(number)


ML_FNN = Format("ml-fnn", is_ml_fnn, read_ml_fnn)
register(ML_FNN)
