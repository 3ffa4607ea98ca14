"""Networks of synaptic and of neataptic as their toJSON gives them: units, and connections.

Units are activated in the order of the list, by 0 or their bias and what comes from units before;
what comes from later ones is of the last call, so that such a network is recurrent.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any, final

import numpy as np

from rosenblatt.activations import SELU, Bump, HardTanh, ReLU, Sigmoid, Sine, Softsign, Tanh
from rosenblatt.errors import InputError
from rosenblatt.importing.chain import Chain
from rosenblatt.importing.endings import Outputs, ending
from rosenblatt.importing.forms import Form
from rosenblatt.importing.given import Given
from rosenblatt.importing.imported import Findings, ImportedNetwork, Unsaid
from rosenblatt.importing.json_numbers import Columns
from rosenblatt.importing.json_value import (
    as_list,
    as_number,
    as_object,
    as_place,
    as_text,
    json_value,
)
from rosenblatt.importing.registry import Format, register
from rosenblatt.importing.source import Source, cut_off
from rosenblatt.importing.units import Unit, chain_of
from rosenblatt.support.listing import count
from rosenblatt.support.types import Float64Array, IntArray

__all__ = ["NEATAPTIC", "SYNAPTIC"]

FORMS = {
    "LOGISTIC": Form(Sigmoid()),
    "TANH": Form(Tanh()),
    "IDENTITY": Form(),
    "RELU": Form(ReLU()),
    "SOFTSIGN": Form(Softsign()),
    "SINUSOID": Form(Sine()),
    "GAUSSIAN": Form(Bump()),
    "BIPOLAR_SIGMOID": Form(Tanh(), rate=0.5),
    "HARD_TANH": Form(HardTanh()),
    "INVERSE": Form(scale=-1.0, shift=1.0),
    "SELU": Form(SELU()),
}
OF_SYNAPTIC = ("LOGISTIC", "TANH", "IDENTITY", "RELU")


def is_synaptic(source: Source) -> bool:
    head = source.head.lstrip()
    return head.startswith(b"{") and b'"neurons":' in head and b'"squash"' in head


def is_neataptic(source: Source) -> bool:
    head = source.head.lstrip()
    return head.startswith(b"{") and b'"nodes":' in head and b'"squash"' in head


def read_synaptic(source: Source, given: Given) -> ImportedNetwork:
    return read_units(source, given, "synaptic", "neurons", "layer")


def read_neataptic(source: Source, given: Given) -> ImportedNetwork:
    return read_units(source, given, "neataptic", "nodes", "type")


def read_units(
    source: Source, given: Given, tool: str, list_name: str, kind_name: str
) -> ImportedNetwork:
    data = as_object(json_value(source), "the file")
    nodes = [
        as_object(node, f"{list_name}[{k}]")
        for k, node in enumerate(as_list(data.get(list_name), list_name))
    ]
    links = connections(data.get("connections"), len(nodes))
    order = np.argsort(links.to, kind="stable")
    ends = np.searchsorted(links.to[order], np.arange(len(nodes) + 1))
    incoming = [order[first:last] for first, last in pairwise(ends)]
    values = [node.get(kind_name) for node in nodes]
    kinds = [value if isinstance(value, str) else "hidden" for value in values]
    inputs = [k for k, kind in enumerate(kinds) if kind == "input"]
    outputs = [k for k, kind in enumerate(kinds) if kind == "output"]
    if not inputs or not outputs:
        raise cut_off("the inputs or the outputs")
    units: list[Unit] = []
    value_of = {k: place for place, k in enumerate(inputs)}
    for k, node in enumerate(nodes):
        where = f"{list_name}[{k}]"
        if kinds[k] == "input":
            if len(incoming[k]):
                raise InputError(f"{where} is an input and has connections: it is recurrent")
            continue
        starts, weights = links.start[incoming[k]].tolist(), links.weight[incoming[k]]
        if any(start not in value_of for start in starts):
            raise InputError(f"{where} takes a unit that comes later: the network is recurrent")
        form = form_of(node, where, tool)
        bias = as_number(node.get("bias"), f"{where}.bias")
        sources = np.array([value_of[start] for start in starts], np.int64)
        value_of[k] = len(inputs) + len(units)
        units.append(Unit(where, sources, weights, bias, form))
    places = [value_of[k] - len(inputs) for k in outputs]
    chain = chain_of(source, Chain(len(inputs)), units, places)
    end = ending(chain, Outputs.NUMBERS, given)
    unsaid = [] if given.names else [Unsaid("the names of the inputs", "--inputs")]
    if given.classes is None:
        unsaid.append(Unsaid("whether the outputs are numbers or classes", "--classes"))
    return ImportedNetwork(
        tool,
        end.model,
        given.names_of(len(inputs)),
        given.target or "target",
        end.outputs,
        end.classes,
        findings=Findings(
            (count(len(units), "unit"), count(len(links.to), "connection")),
            end.folded,
            tuple(unsaid),
        ),
        has_names=given.names is not None,
    )


@final
@dataclass(frozen=True, eq=False)
class Connections:
    """The units that connections start from and lead to, and their weights, one array each."""

    start: IntArray
    to: IntArray
    weight: Float64Array


def connections(value: Any, n_nodes: int) -> Connections:
    """InputError for one that is gated, or no connection between these units."""
    if isinstance(value, Columns) and {"from", "to", "weight"} <= value.keys():
        places = np.column_stack([value["from"], value["to"]])
        is_place = (places >= 0) & (places < n_nodes) & (places == np.floor(places))
        is_gated = ~np.isnan(value.get("gater", np.full(len(places), np.nan)))
        if is_place.all() and not is_gated.any() and np.isfinite(value["weight"]).all():
            start, to = places.astype(np.int64).T
            return Connections(start, to, value["weight"])
        k = int(np.flatnonzero(~is_place.all(axis=1) | is_gated | ~np.isfinite(value["weight"]))[0])
        one = {name: None if np.isnan(v[k]) else float(v[k]) for name, v in value.items()}
        connection(one, f"connections[{k}]", n_nodes)  # says what is wrong
    links = [
        connection(link, f"connections[{k}]", n_nodes)
        for k, link in enumerate(as_list(value, "connections"))
    ]
    start, to = (np.array([link[k] for link in links], np.int64) for k in (0, 1))
    return Connections(start, to, np.array([link[2] for link in links], np.float64))


def connection(value: Any, where: str, n_nodes: int) -> tuple[int, int, float]:
    """Its source, its target and its weight."""
    link = as_object(value, where)
    if link.get("gater") is not None:
        raise InputError(f"{where} is gated by another unit, which is not supported")
    return (
        as_place(link.get("from"), f"{where}.from", n_nodes),
        as_place(link.get("to"), f"{where}.to", n_nodes),
        as_number(link.get("weight"), f"{where}.weight"),
    )


def form_of(node: dict[str, Any], where: str, tool: str) -> Form:
    name = as_text(node.get("squash"), f"{where}.squash")
    known = FORMS if tool == "neataptic" else {name: FORMS[name] for name in OF_SYNAPTIC}
    if name not in known:
        raise InputError(f"{where} has the activation {name[:40]!r}, which is not supported")
    if as_number(node.get("mask", 1), f"{where}.mask") != 1:
        raise InputError(f"{where} has a mask of dropout: set dropout to 0 before toJSON")
    return known[name]


SYNAPTIC = Format("synaptic", is_synaptic, read_synaptic)
NEATAPTIC = Format("neataptic", is_neataptic, read_neataptic)
register(SYNAPTIC)
register(NEATAPTIC)
