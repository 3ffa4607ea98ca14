"""Weka's MultilayerPerceptron, as its printout and the ARFF file that it was trained on.

The printout has the weights and the names, not the scaling: that follows from the training rows.
Nominal attributes of three values or more become a column for each value, others one; then each
column becomes (x - mid) / half, of its range over the rows that have a class, and a missing cell 0.
Class probabilities are the outputs divided by their sum.
"""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, final

import numpy as np

from rosenblatt.activations import Sigmoid
from rosenblatt.errors import InputError
from rosenblatt.importing.arff import Attribute, read_arff
from rosenblatt.importing.chain import Chain
from rosenblatt.importing.design import Design, stacked, through
from rosenblatt.importing.endings import Outputs, ending
from rosenblatt.importing.forms import Form
from rosenblatt.importing.given import Given
from rosenblatt.importing.imported import Findings, ImportedNetwork
from rosenblatt.importing.registry import Format, register
from rosenblatt.importing.source import DAMAGED, Source, cut_off
from rosenblatt.importing.units import Unit, chain_of
from rosenblatt.support.listing import count
from rosenblatt.support.types import Float64Array

if TYPE_CHECKING:
    from rosenblatt.table.columns import AnyColumn

__all__ = ["WEKA"]

NODE = re.compile(r"^(Sigmoid|Linear) Node (\d{1,9})\s*$")
SCHEME = re.compile(r"^(?:Scheme:\s*weka\S*MultilayerPerceptron|Options:)(.*)$", re.MULTILINE)
TITLE = b" Node 0"
LINE = re.compile(r"[^\n]*\n|[^\n]+")  # splitlines would hold all of them at once
LINE_BYTES, NAME_BYTES = 24, 300  # of a weight, and of a name in all that holds it
FORMS = {"Sigmoid": Form(Sigmoid()), "Linear": Form()}


def is_weka(source: Source) -> bool:
    return b"Inputs    Weights" in source.head and TITLE in source.head


@final
@dataclass(eq=False)
class Node:
    """One unit as it is printed: the names of what it takes, and their weights."""

    kind: str
    threshold: float | None = None
    names: list[str] = field(default_factory=list)
    weights: array[float] = field(default_factory=lambda: array("d"))


@final
class Names:
    """One text for each name, however often it is printed, within the memory of a file.

    Parameters
    ----------
    source : Source
    taken : int
        Bytes that are needed beside them.
    """

    def __init__(self, source: Source, taken: int) -> None:
        self._source, self._taken = source, taken
        self._known: dict[str, str] = {}

    def one(self, name: str) -> str:
        known = self._known.setdefault(name, name)
        self._source.check_memory(self._taken + NAME_BYTES * len(self._known), "its names")
        return known


def read_weka(source: Source, given: Given) -> ImportedNetwork:
    if given.data is None:
        raise InputError(
            "a printout of Weka's has no scaling ranges: give the ARFF file that the network was"
            " trained on by --data"
        )
    text = source.data.decode("utf-8", "replace")
    taken = len(text) + LINE_BYTES * text.count("\n")
    source.check_memory(taken, "its nodes")
    nodes, outputs = nodes_of(text, Names(source, taken))
    options = options_of(text)
    attributes = read_arff(given.data)
    target = target_of(attributes, given)
    rows = np.isfinite(target.numbers)
    if not rows.any():
        raise InputError(f"--data {given.data}: no row has a {target.name!r}")
    inputs = [one for one in attributes if one is not target]
    design, printed = design_of(inputs, rows, options)
    units, places = units_of(nodes, outputs, printed)
    chain = Chain(design.to_matrix.shape[0])
    chain = chain_of(source, chain, through(units, design), places)
    if target.values is None and "C" not in options:
        mid, half = scaling_of(target.numbers[rows], scales="I" not in options)
        chain.scaled([half], [mid])
    kind = Outputs.NUMBERS if target.values is None else Outputs.SHARES
    if len(places) != (1 if target.values is None else len(target.values)):
        raise InputError(
            f"the printout has {count(len(places), 'output')}, and {target.name!r} of the ARFF file"
            " has another number of classes: give the file that the network was trained on"
        )
    end = ending(chain, kind, given, target.values, None if target.values else (target.name,))
    return ImportedNetwork(
        "Weka",
        end.model,
        design.names,
        given.target or target.name,
        end.outputs,
        end.classes,
        design.columns,
        Findings(
            (count(len(nodes), "node"), f"{count(int(rows.sum()), 'row')} of {given.data.name}"),
            ("the scaling of columns", *end.folded),
        ),
        has_names=True,
    )


def nodes_of(text: str, names: Names) -> tuple[dict[int, Node], list[int]]:
    """The nodes by their numbers, and those of the outputs in order."""
    nodes: dict[int, Node] = {}
    outputs: list[int] = []
    node: Node | None = None
    in_class = False
    seen: set[str] = set()  # of the node
    for number, found_line in enumerate(LINE.finditer(text), 1):
        line = found_line[0]
        stripped = line.strip()
        found = NODE.match(line.rstrip())
        if found is not None:
            node, in_class = Node(found[1]), False
            seen = set()
            if nodes.setdefault(int(found[2]), node) is not node:
                raise InputError(f"line {number} has the node {found[2]} once more")
        elif line.startswith("Class"):
            node, in_class = None, True
        elif in_class and re.fullmatch(r"Node \d{1,9}", stripped):
            outputs.append(int(stripped.split()[1]))
            in_class = False
        elif node is not None and stripped and not stripped.startswith("Inputs"):
            add_weight(node, stripped, number, names, seen)
        elif not stripped:
            node = None
    if not nodes or not outputs:
        raise cut_off("the nodes or the classes of the printout")
    for k, one in nodes.items():
        if one.threshold is None or not one.weights:
            raise cut_off(f"node {k}")
    return nodes, outputs


def add_weight(node: Node, line: str, number: int, names: Names, seen: set[str]) -> None:
    """A line of a node; names may hold blanks, and the weight is the last word."""
    name, _, word = line.rpartition(" ")
    try:
        weight = float(word)
    except ValueError:
        raise InputError(f"line {number} ends with no number: {DAMAGED}") from None
    if not np.isfinite(weight):
        raise InputError(f"line {number} has a weight that is not finite: train the network again")
    name = name.strip()
    if name == "Threshold":
        node.threshold = weight
    elif name in seen:
        raise InputError(f"line {number} has {name[:40]!r} once more")
    else:
        name = names.one(name)
        seen.add(name)
        node.names.append(name)
        node.weights.append(weight)


def options_of(text: str) -> set[str]:
    """The letters of the options, where the printout names them."""
    found = SCHEME.search(text)
    return set() if found is None else {w[1:] for w in found[1].split() if re.match("-[A-Z]$", w)}


def target_of(attributes: list[Attribute], given: Given) -> Attribute:
    if given.target is None:
        return attributes[-1]
    for one in attributes:
        if one.name == given.target:
            return one
    raise InputError(f"--data {given.data}: it has no attribute {given.target!r}")


def scaling_of(numbers: Float64Array, *, scales: bool = True) -> tuple[float, float]:
    """Middle and half of the range; half of 1 where there is none."""
    present = numbers[np.isfinite(numbers)]
    if not scales or not len(present):
        return 0.0, 1.0
    low, high = float(present.min()), float(present.max())
    return (high + low) / 2, (high - low) / 2 or 1.0


def design_of(
    inputs: list[Attribute], rows: np.ndarray, options: set[str]
) -> tuple[Design, dict[str, int]]:
    """The columns, and the number of each input by all names that it may be printed with."""
    from rosenblatt.importing.saved import plain_number
    from rosenblatt.table import Category

    columns: list[AnyColumn] = []
    blocks: list[tuple[int, Float64Array]] = []
    printed: dict[str, int] = {}
    names: list[tuple[str, ...]]
    n = 0
    for one in inputs:
        numbers = one.numbers[rows]
        if one.values is None:
            mid, half = scaling_of(numbers, scales="I" not in options)
            indicator = bool(np.isnan(numbers).any())
            columns.append(plain_number(one.name, mid, half, indicator=indicator))
            # A missing cell is the middle, and that it is missing counts for nothing.
            block, names = np.eye(1 + indicator, 1), [(one.name,)]
        else:
            columns.append(Category(one.name, one.values, (), indicator=True))
            as_one = len(one.values) < 3 or "B" in options
            codes = np.arange(len(one.values))
            indicators = codes[:, None] if as_one else np.eye(len(codes))
            seen = np.where(np.isnan(numbers), np.nan, numbers)
            block = np.zeros((len(codes) + 1, indicators.shape[1]))
            for k in range(indicators.shape[1]):
                own = seen if as_one else np.where(np.isnan(seen), np.nan, seen == k)
                mid, half = scaling_of(own, scales="I" not in options)
                block[:-1, k] = (indicators[:, k] - mid) / half
            second = f"{one.name}={one.values[-1]}"
            names = (
                [(one.name, second)]
                if as_one
                else [(f"{one.name}={value}",) for value in one.values]
            )
        for k, alike in enumerate(names):
            printed.update(dict.fromkeys((f"Attrib {name}" for name in alike), n + k))
        blocks.append((n, block))
        n += block.shape[1]
    names_of = tuple(one.name for one in inputs)
    return Design(names_of, tuple(columns), stacked(blocks, n), np.zeros(n)), printed


def units_of(
    nodes: dict[int, Node], outputs: list[int], printed: dict[str, int]
) -> tuple[list[Unit], list[int]]:
    """The nodes in an order in which they can be computed, and the places of the outputs."""
    n_inputs = max(printed.values(), default=-1) + 1
    place: dict[int, int] = {}
    units: list[Unit] = []
    waiting = dict(nodes)
    while waiting:
        ready = [k for k, node in waiting.items() if takes(node) <= place.keys()]
        if not ready:
            raise InputError("its nodes take one another in a circle, or one that is not there")
        for k in ready:
            node = waiting.pop(k)
            sources = [source_of(name, k, printed, place, n_inputs) for name in node.names]
            weights = np.array(node.weights)
            assert node.threshold is not None
            form = FORMS[node.kind]
            units.append(Unit(f"node {k}", np.array(sources), weights, node.threshold, form))
            place[k] = len(units) - 1
    unknown = [k for k in outputs if k not in place]
    if unknown:
        raise cut_off(f"node {unknown[0]}")
    return units, [place[k] for k in outputs]


def takes(node: Node) -> set[int]:
    words = (re.fullmatch(r"Node (\d{1,9})", name) for name in node.names)
    return {int(found[1]) for found in words if found is not None}


def source_of(
    name: str, node: int, printed: dict[str, int], place: dict[int, int], n_inputs: int
) -> int:
    if name in printed:
        return printed[name]
    found = re.fullmatch(r"Node (\d{1,9})", name)
    if found is None:
        raise InputError(
            f"node {node} takes {name[:60]!r}, which the ARFF file does not have: give the one that"
            " the network was trained on"
        )
    return n_inputs + place[int(found[1])]


WEKA = Format("Weka", is_weka, read_weka)
register(WEKA)
