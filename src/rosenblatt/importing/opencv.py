"""OpenCV's ANN_MLP, of the versions 3 to 5.

x · input_scale + input_shift; then of each layer a matrix whose last row is the bias; and one
activation for all layers, the output's too, whose two parameters are α and β: β (1 - e^{-αz}) /
(1 + e^{-αz}) is β tanh(αz/2). Then output_scale and its shift. `predict` computes in single
precision.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from rosenblatt.activations import Bump, Identity, LeakyReLU, ReLU, Tanh
from rosenblatt.errors import InputError
from rosenblatt.importing.chain import Chain
from rosenblatt.importing.endings import Outputs, ending
from rosenblatt.importing.forms import Form
from rosenblatt.importing.given import Given
from rosenblatt.importing.imported import Findings, ImportedNetwork, Unsaid
from rosenblatt.importing.json_value import as_text
from rosenblatt.importing.opencv_storage import NAME, storage_of
from rosenblatt.importing.registry import Format, register
from rosenblatt.importing.source import Source, cut_off
from rosenblatt.support.types import Float64Array

__all__ = ["OPENCV"]

STARTS = (b"%YAML", b"<?xml", b"{")


def is_opencv(source: Source) -> bool:
    head = source.head.lstrip()
    return head.startswith(STARTS) and (NAME.encode() in head or b"opencv-ml-ann-mlp" in head)


def read_opencv(source: Source, given: Given) -> ImportedNetwork:
    if NAME.encode() not in source.head:
        raise InputError("it is of OpenCV 2: load and save it with OpenCV 3 or later")
    entries = storage_of(source)
    sizes = array_of(entries, "layer_sizes")
    if len(sizes) < 2 or not ((sizes >= 1) & (sizes == sizes.round()) & (sizes < 1e9)).all():
        raise InputError("layer_sizes does not name two layers or more")
    widths = [int(n) for n in sizes]
    form = form_of(entries)
    weights = entries.get("weights")
    if not isinstance(weights, list) or len(weights) != len(widths) - 1:
        raise cut_off(f"the weights of {len(widths) - 1} layers")
    chain = Chain(widths[0], *scaling(entries, "input_scale", widths[0]))
    for k, of_layer in enumerate(weights):
        n_in, n_out = widths[k], widths[k + 1]
        numbers = finite(of_layer, f"weights[{k}]")
        if len(numbers) != (n_in + 1) * n_out:
            raise InputError(
                f"weights[{k}] holds {len(numbers):,} numbers, and {n_in + 1} rows of {n_out} are"
                " needed"
            )
        W = numbers.reshape(n_in + 1, n_out)
        chain.dense(W[:-1], W[-1], form)
    chain.scaled(*scaling(entries, "output_scale", widths[-1]))
    end = ending(chain, Outputs.NUMBERS, given)
    unsaid = [] if given.names else [Unsaid("the names of the inputs", "--inputs")]
    if given.classes is None:
        unsaid.append(Unsaid("whether the outputs are numbers or classes", "--classes"))
    return ImportedNetwork(
        "OpenCV ANN_MLP",
        end.model,
        given.names_of(widths[0]),
        given.target or "target",
        end.outputs,
        end.classes,
        findings=Findings(
            (" → ".join(map(str, widths)),),
            ("the scaling of inputs and outputs", *end.folded),
            tuple(unsaid),
        ),
        has_names=given.names is not None,
    )


def form_of(entries: dict[str, Any]) -> Form:
    name = as_text(entries.get("activation_function"), "activation_function")
    if name == "IDENTITY":
        return Form(Identity())
    if name == "RELU":  # whatever its first parameter says
        return Form(ReLU())
    alpha, beta = number_of(entries, "f_param1"), number_of(entries, "f_param2")
    if name == "SIGMOID_SYM":
        return Form(Tanh(), rate=alpha / 2, scale=beta)
    if name == "GAUSSIAN":
        return Form(Bump(), rate=alpha, scale=beta)
    if name == "LEAKYRELU":
        if alpha < 0:
            raise InputError(f"f_param1 of LEAKYRELU is {alpha:g}, and slopes from 0 on are read")
        return Form(LeakyReLU(alpha))
    raise InputError(f"the activation_function is {name[:40]!r}, which is not supported")


def array_of(entries: dict[str, Any], name: str) -> Float64Array:
    return finite(entries.get(name), name)


def finite(value: Any, name: str) -> Float64Array:
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = np.array([float(value)])
    if not isinstance(value, np.ndarray) or not len(value):
        raise cut_off(name)
    if not np.isfinite(value).all():
        raise InputError(f"{name} holds a number that is not finite: train the network again")
    return value


def number_of(entries: dict[str, Any], name: str) -> float:
    numbers = array_of(entries, name)
    if len(numbers) != 1:
        raise InputError(f"{name} holds {len(numbers)} numbers, and not one")
    return float(numbers[0])


def scaling(entries: dict[str, Any], name: str, n: int) -> tuple[Float64Array, Float64Array]:
    """Factors and shifts."""
    numbers = array_of(entries, name)
    if len(numbers) != 2 * n:
        raise InputError(f"{name} holds {len(numbers)} numbers, and {n} pairs are needed")
    return numbers[::2], numbers[1::2]


OPENCV = Format("OpenCV", is_opencv, read_opencv)
register(OPENCV)
