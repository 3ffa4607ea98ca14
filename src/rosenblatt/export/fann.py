"""A trained network as a `.net` file of FANN, version 2.1 (Nissen 2003)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import final

import numpy as np

from rosenblatt.activations import (
    Activation,
    Bump,
    HardSigmoid,
    HardTanh,
    Identity,
    Sigmoid,
    Sine,
    Softsign,
    Step,
    StepwiseSigmoid,
    StepwiseTanh,
    Tanh,
)
from rosenblatt.export.dense_chain import all_of, dense_layers
from rosenblatt.export.parts import Scaled
from rosenblatt.export.trained import Trained
from rosenblatt.support.listing import LONG, brief

__all__ = ["fann_file"]

# A steepness so small that its cut at 150 / steepness lies beyond 1e14; the weights grow instead,
# by a power of two, which is exact.
UNCUT = 2.0**-40


@final
@dataclass(frozen=True)
class Form:
    """FANN's function of this number, of steepness times the sum, which is rate · z + offset."""

    number: int
    steepness: float = 1.0
    rate: float = 1.0
    offset: float = 0.0


# FANN's sigmoid is one of twice the steepness times the sum. Rectifiers are not among them: FANN
# 2.2.0, which distributions have, gives 0 for their numbers, unasked.
FORMS: dict[Activation, Form] = {
    Identity(): Form(0, UNCUT),
    Step(): Form(1),
    Sigmoid(): Form(3, 0.5, rate=0.5),
    StepwiseSigmoid(): Form(4),
    Tanh(): Form(5),
    StepwiseTanh(): Form(6),
    Bump(): Form(7),
    Softsign(): Form(11, UNCUT),
    HardSigmoid(): Form(12, rate=1 / 6, offset=0.5),
    HardTanh(): Form(13),
    Sine(): Form(14, UNCUT),
}
HEAD = """\
FANN_FLO_2.1
num_layers={n_layers}
learning_rate=0.700000
connection_rate={rate:.6f}
network_type=0
learning_momentum=0.000000
training_algorithm=2
train_error_function=1
train_stop_function=0
cascade_output_change_fraction=0.010000
quickprop_decay=-0.000100
quickprop_mu=1.750000
rprop_increase_factor=1.200000
rprop_decrease_factor=0.500000
rprop_delta_min=0.000000
rprop_delta_max=50.000000
rprop_delta_zero=0.100000
cascade_output_stagnation_epochs=12
cascade_candidate_change_fraction=0.010000
cascade_candidate_stagnation_epochs=12
cascade_max_out_epochs=150
cascade_min_out_epochs=50
cascade_max_cand_epochs=150
cascade_min_cand_epochs=50
cascade_num_candidate_groups=2
bit_fail_limit=3.49999999999999977796e-01
cascade_candidate_limit=1.00000000000000000000e+03
cascade_weight_multiplier=4.00000000000000022204e-01
cascade_activation_functions_count=1
cascade_activation_functions=5{blank}
cascade_activation_steepnesses_count=1
cascade_activation_steepnesses=5.00000000000000000000e-01{blank}
layer_sizes={sizes}{blank}
scale_included=0
neurons (num_inputs, activation_function, activation_steepness)={neurons}
connections (connected_to_neuron, weight)={connections}
"""


def fann_file(trained: Trained, before: Scaled | None = None, after: Scaled | None = None) -> str:
    """The file's text.

    Raises
    ------
    ValueError
        For layers, activations and outputs that FANN has not.
    """
    layers = dense_layers(trained, "FANN", before=before, after=after)
    sizes = [trained.model.n_inputs, *(len(layer.bias) for layer in layers)]
    # Of each layer its first neuron; its last one is the bias of the layer behind it.
    first = np.concatenate([[0], np.cumsum([n + 1 for n in sizes])]).tolist()
    neurons = [(0, 0, 0.0)] * first[1]
    connections: list[tuple[int, float]] = []
    skips = False
    for k, layer in enumerate(layers):
        form = form_of(layer.activation)
        skips = skips or layer.sources != all_of(k, sizes[k])
        sources = [*(first[at] + place for at, place in layer.sources), first[k + 1] - 1]
        weights = (layer.weight * form.rate / form.steepness).T.tolist()
        biases = ((layer.bias * form.rate + form.offset) / form.steepness).tolist()
        for column, bias in zip(weights, biases, strict=True):
            neurons.append((len(sources), form.number, form.steepness))
            connections += zip(sources, [*column, bias], strict=True)
        neurons.append((0, form.number, form.steepness))
    return HEAD.format(
        n_layers=len(sizes),
        # With all connections FANN takes the layer before for their sources, whatever is written.
        rate=0.5 if skips else 1.0,
        blank=" ",  # FANN writes one behind every list
        sizes=" ".join(str(n + 1) for n in sizes),
        neurons="".join(f"({n}, {number}, {s:.20e}) " for n, number, s in neurons),
        connections="".join(f"({k}, {w:.20e}) " for k, w in connections),
    )


def form_of(activation: Activation) -> Form:
    form = FORMS.get(activation)
    if form is None:
        raise ValueError(
            f"{brief(activation, LONG)} cannot be exported to FANN, which has no such activation:"
            " export to ONNX or C, or train with another activation."
        )
    return form
