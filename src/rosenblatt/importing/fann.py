"""FANN's `.net` files, of the versions 2.0 and 2.1 (Nissen 2003).

Lines `key=value`; then the neurons, (connections, activation, steepness) each, and the connections,
(source, weight) each, which the neurons take one after another. A neuron without connections
behind the inputs has the value 1, a bias. z is the steepness times the weighted sum, cut off at
±150 / steepness, also where the activation is linear.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, final

import numpy as np

from rosenblatt.errors import InputError
from rosenblatt.importing.chain import Chain
from rosenblatt.importing.endings import Outputs, ending
from rosenblatt.importing.fann_forms import form_of
from rosenblatt.importing.given import Given
from rosenblatt.importing.imported import Findings, ImportedNetwork, Unsaid
from rosenblatt.importing.registry import Format, register
from rosenblatt.importing.source import Source, cut_off
from rosenblatt.importing.units import Unit, chain_of
from rosenblatt.support.listing import count
from rosenblatt.support.types import Float64Array, IntArray

__all__ = ["FANN"]

NUMBER = rb"-?(?:\d+(?:\.\d*)?(?:e[-+]?\d+)?|nan|inf)"
NEURON = re.compile(rb"\((\d{1,9}), (\d{1,9}), (" + NUMBER + rb")\) ")
CONNECTION = re.compile(rb"\((\d{1,9}), (" + NUMBER + rb")\) ")
NEURONS = b"neurons (num_inputs, activation_function, activation_steepness)="
CONNECTIONS = b"connections (connected_to_neuron, weight)="
VERSIONS = {b"FANN_FLO_2.0": "FANN 2.0", b"FANN_FLO_2.1": "FANN 2.1"}
LAYERED, SHORTCUT = 0, 1
UNIT = 600  # bytes of a neuron in the making
SCALES = ("mean", "deviation", "new_min", "factor")


def is_fann(source: Source) -> bool:
    return source.head.startswith((b"FANN_FLO_", b"FANN_FIX_"))


@final
@dataclass(frozen=True)
class Fields:
    """The lines of a file by their keys."""

    lines: dict[bytes, bytes]

    def text(self, key: str) -> bytes:
        value = self.lines.get(key.encode())
        if value is None:
            raise cut_off(f"the line {key}")
        return value

    def whole(self, key: str) -> int:
        text = self.text(key).strip()
        if not re.fullmatch(rb"\d{1,9}", text):
            raise InputError(f"the line {key} holds no whole number")
        return int(text)

    def wholes(self, key: str) -> list[int]:
        words = self.text(key).split()
        if not all(re.fullmatch(rb"\d{1,9}", word) for word in words):
            raise InputError(f"the line {key} holds something else than whole numbers")
        return [int(word) for word in words]

    def numbers(self, key: str) -> list[float]:
        words = self.text(key).split()
        if not all(re.fullmatch(NUMBER, word) for word in words):
            raise InputError(f"the line {key} holds something else than numbers")
        return [float(word) for word in words]


def read_fann(source: Source, given: Given) -> ImportedNetwork:
    data = source.data
    first, _, rest = data.partition(b"\n")
    if first.endswith(b"\r"):
        raise InputError(
            "its lines end in CR LF, which FANN itself does not read: convert it with dos2unix"
        )
    if first not in VERSIONS:
        raise InputError(
            f"it is of the kind {first[:40].decode('ascii', 'replace')}, and FANN_FLO_2.0 and 2.1"
            " are read: save it with the floating-point library of FANN 2"
        )
    fields = fields_of(rest)
    layers = fields.wholes("layer_sizes")
    if len(layers) != fields.whole("num_layers") or len(layers) < 2 or min(layers) < 1:
        raise InputError("num_layers and layer_sizes do not agree, or name fewer than two layers")
    source.check_memory(UNIT * sum(layers), "the list of its neurons")
    kind = fields.whole("network_type")
    if kind not in (LAYERED, SHORTCUT):
        raise InputError(f"network_type={kind} is not known: 0 and 1 are")
    neurons = list(neurons_of(fields.text(NEURONS[:-1].decode())))
    if len(neurons) != sum(layers):
        raise cut_off(f"the list of {sum(layers):,} neurons")
    connected = sum(n for n, _, _ in neurons)
    sources, weights = connections_of(fields.text(CONNECTIONS[:-1].decode()), connected)
    n_inputs, n_outputs = layers[0] - 1, layers[-1] - (kind == LAYERED)
    if n_inputs < 1 or n_outputs < 1:
        raise InputError("it has no inputs or no outputs")
    if any(n for n, _, _ in neurons[: layers[0]]):
        raise InputError("an input neuron has connections, which only a recurrent network has")
    units, first_output = units_of(n_inputs, layers, neurons, sources, weights)
    if len(units) - first_output != n_outputs:
        raise InputError("an output neuron has no connections, so that it is always 1")
    scaled = fields.lines.get(b"scale_included") is not None and fields.whole("scale_included") == 1
    chain = Chain(n_inputs, *input_scaling(fields, n_inputs)) if scaled else Chain(n_inputs)
    chain = chain_of(source, chain, units, range(first_output, len(units)))
    if scaled:
        chain.scaled(*output_scaling(fields, n_outputs))
    end = ending(chain, Outputs.NUMBERS, given)
    return ImportedNetwork(
        VERSIONS[first],
        end.model,
        given.names_of(n_inputs),
        given.target or "target",
        end.outputs,
        end.classes,
        findings=Findings(
            (count(len(units), "neuron"), count(connected, "connection")),
            folded(scaled, units, end.folded),
            unsaid(given, n_outputs),
        ),
        has_names=given.names is not None,
    )


def fields_of(text: bytes) -> Fields:
    lines: dict[bytes, bytes] = {}
    for line in text.split(b"\n"):
        if not line:
            continue
        key, sign, value = line.partition(b"=")
        # The keys of these two lists have an = of their own nowhere.
        if not sign or key in lines:
            raise InputError(
                f"a line begins with {key[:40].decode('ascii', 'replace')!r}, which is no line of"
                " FANN's or is there twice"
            )
        lines[key] = value
    return Fields(lines)


def neurons_of(text: bytes) -> Iterator[tuple[int, int, float]]:
    """(connections, activation, steepness) of every neuron."""
    place = 0
    for found in NEURON.finditer(text):
        if found.start() != place:
            break
        place = found.end()
        yield int(found[1]), int(found[2]), float(found[3])
    if place < len(text):
        raise cut_off(f"the list of neurons, from its character {place + 1:,} on,")


def connections_of(text: bytes, expected: int) -> tuple[IntArray, Float64Array]:
    """The sources and weights of all connections."""
    if expected * 6 > len(text):  # the shortest is "(0, 1) " and no two share a blank
        raise cut_off(f"the list of {expected:,} connections")
    sources, weights = np.empty(expected, np.int64), np.empty(expected)
    place = n = 0
    for found in CONNECTION.finditer(text):
        if found.start() != place or n == expected:
            break
        place = found.end()
        sources[n], weights[n] = int(found[1]), float(found[2])
        n += 1
    if n < expected or place < len(text):
        raise cut_off(f"the list of {expected:,} connections, from connection {n + 1:,} on,")
    if not np.isfinite(weights).all():
        bad = int(np.flatnonzero(~np.isfinite(weights))[0])
        raise InputError(f"the weight of connection {bad + 1:,} is not finite: train it again")
    return sources, weights


def units_of(
    n_inputs: int,
    layers: list[int],
    neurons: list[tuple[int, int, float]],
    sources: IntArray,
    weights: Float64Array,
) -> tuple[list[Unit], int]:
    """All neurons with connections, and the number of the first in the last layer."""
    value_of = np.full(len(neurons), -1)  # a neuron's number among inputs and units; -1 for a 1
    value_of[:n_inputs] = np.arange(n_inputs)
    units: list[Unit] = []
    place = 0
    start_of_last = len(neurons) - layers[-1]
    first_output = 0
    for k, (n, function, steepness) in enumerate(neurons):
        if k == start_of_last:
            first_output = len(units)
        if not n:
            continue
        own, w = sources[place : place + n], weights[place : place + n]
        place += n
        if (own >= k).any():
            raise InputError(
                f"neuron {k} takes the value of neuron {int(own.max())}, which comes later: the"
                " network is recurrent"
            )
        values = value_of[own]
        bias = float(w[values < 0].sum())
        form = form_of(function, steepness, k)
        units.append(Unit(f"neuron {k}", values[values >= 0], w[values >= 0], bias, form))
        value_of[k] = n_inputs + len(units) - 1
    return units, first_output


def input_scaling(fields: Fields, n: int) -> tuple[Float64Array, Float64Array]:
    """Factor and shift of every input, as fann_scale_input has them."""
    mean, deviation, new_min, factor = scales(fields, "in", n)
    return factor / deviation, (1 - mean / deviation) * factor + new_min


def output_scaling(fields: Fields, n: int) -> tuple[Float64Array, Float64Array]:
    """Factor and shift of every output, as fann_descale_output has them."""
    mean, deviation, new_min, factor = scales(fields, "out", n)
    return deviation / factor, mean - deviation * (new_min / factor + 1)


def scales(fields: Fields, where: str, n: int) -> tuple[Any, ...]:
    rows = []
    for what in SCALES:
        key = f"scale_{what}_{where}"
        # FANN holds these in single precision, also in its double library.
        row = np.array(fields.numbers(key), np.float32).astype(np.float64)
        if len(row) != n or not np.isfinite(row).all():
            raise InputError(f"the line {key} does not hold {count(n, 'finite number')}")
        if what in ("deviation", "factor") and not row.all():
            bad = int(np.flatnonzero(row == 0)[0]) + 1
            raise InputError(
                f"number {bad} of the line {key} is 0: FANN writes six decimals, so that what is"
                " smaller is lost; scale the data in larger units and train again"
            )
        rows.append(row)
    return tuple(rows)


def folded(scaled: bool, units: list[Unit], of_ending: tuple[str, ...]) -> tuple[str, ...]:
    rates = {unit.form.rate for unit in units}
    steepness = ("the steepness of each activation",) if rates != {1.0} else ()
    scaling = (
        ("the scaling of inputs and outputs, which FANN writes with six decimals",)
        if scaled
        else ()
    )
    return (*steepness, *scaling, *of_ending)


def unsaid(given: Given, n_outputs: int) -> tuple[Unsaid, ...]:
    missing = []
    if given.names is None:
        missing.append(Unsaid("the names of the inputs", "--inputs"))
    if given.classes is None:
        what = "whether the output is a number or a class"
        missing.append(Unsaid(what if n_outputs == 1 else f"{what}es", "--classes"))
    return tuple(missing)


FANN = Format("FANN", is_fann, read_fann)
register(FANN)
