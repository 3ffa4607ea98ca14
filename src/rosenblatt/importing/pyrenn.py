"""pyrenn's networks as saveNN writes them: a CSV file, a line with a name before each part.

Inputs are divided by their largest absolute values, `normP`, and outputs multiplied by theirs,
`normY`; hidden layers are tanh, the last is linear. A layer's weights stand column by column, and
its biases behind them.
"""

from __future__ import annotations

import re

import numpy as np

from rosenblatt.activations import Identity, Tanh
from rosenblatt.errors import InputError
from rosenblatt.importing.chain import Chain
from rosenblatt.importing.endings import Outputs, ending
from rosenblatt.importing.forms import Form
from rosenblatt.importing.given import Given
from rosenblatt.importing.imported import Findings, ImportedNetwork, Unsaid
from rosenblatt.importing.registry import Format, register
from rosenblatt.importing.source import DAMAGED, Source, cut_off
from rosenblatt.support.types import Float64Array

__all__ = ["PYRENN"]

PARTS = ("nn", "dIn", "dIntern", "dOut", "normP", "normY")
NUMBER = re.compile(r"\s*[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?\s*")


def is_pyrenn(source: Source) -> bool:
    lines = source.head.split(b"\n", 3)
    return len(lines) > 2 and lines[0].strip() == b"nn" and lines[2].strip() == b"dIn"


def read_pyrenn(source: Source, given: Given) -> ImportedNetwork:
    try:
        text = source.data.decode("ascii")
    except UnicodeDecodeError as error:
        raise InputError(f"it holds other signs than pyrenn writes: {DAMAGED}") from error
    source.check_memory(len(text) + 60 * text.count("\n"), "its lines")
    lines = text.splitlines()
    parts: dict[str, list[str]] = {}
    for k, name in enumerate(PARTS):
        if len(lines) < 2 * k + 2 or lines[2 * k].strip() != name:
            raise cut_off(f"the line {name}")
        parts[name] = [word for word in lines[2 * k + 1].split(",") if word.strip()]
    if lines[12:13] != ["w"]:
        raise cut_off("the line w")
    sizes = numbers_of(parts["nn"], "nn")
    if len(sizes) < 2 or not ((sizes >= 1) & (sizes == sizes.round()) & (sizes < 1e9)).all():
        raise InputError("nn does not name two layers or more")
    widths = [int(n) for n in sizes]
    if parts["dIntern"] or parts["dOut"] or numbers_of(parts["dIn"], "dIn").tolist() != [0.0]:
        raise InputError(
            "dIn, dIntern or dOut names delays: the network is recurrent, and only one without is"
            " read"
        )
    of_inputs = divisors(parts["normP"], "normP", widths[0])
    of_outputs = divisors(parts["normY"], "normY", widths[-1])
    weights = numbers_of(lines[13:], "w")
    needed = sum((widths[k] + 1) * widths[k + 1] for k in range(len(widths) - 1))
    if len(weights) != needed:
        raise cut_off(f"a list of {needed:,} weights, in place of {len(weights):,},")
    chain, place = Chain(widths[0], 1 / of_inputs), 0
    for k, n_out in enumerate(widths[1:]):
        n_in = widths[k]
        W = weights[place : place + n_in * n_out].reshape(n_in, n_out)
        place += (n_in + 1) * n_out
        is_last = k == len(widths) - 2
        chain.dense(W, weights[place - n_out : place], Form(Identity() if is_last else Tanh()))
    chain.scaled(of_outputs, np.zeros(widths[-1]))
    end = ending(chain, Outputs.NUMBERS, given)
    return ImportedNetwork(
        "pyrenn",
        end.model,
        given.names_of(widths[0]),
        given.target or "target",
        end.outputs,
        end.classes,
        findings=Findings(
            (" → ".join(map(str, widths)),),
            ("the scaling of inputs and outputs", *end.folded),
            () if given.names else (Unsaid("the names of the inputs", "--inputs"),),
        ),
        has_names=given.names is not None,
    )


def numbers_of(words: list[str], name: str) -> Float64Array:
    for word in words:
        if not NUMBER.fullmatch(word):
            raise InputError(f"{name} holds {word[:40]!r}, which is no finite number")
    numbers = np.array(words, np.float64)
    if not np.isfinite(numbers).all():
        raise InputError(f"{name} holds a number that is not finite: train the network again")
    return numbers


def divisors(words: list[str], name: str, n: int) -> Float64Array:
    numbers = numbers_of(words, name)
    if len(numbers) != n or not (numbers > 0).all():
        raise InputError(f"{name} does not hold {n} numbers above 0")
    return numbers


PYRENN = Format("pyrenn", is_pyrenn, read_pyrenn)
register(PYRENN)
