"""Networks of R's package nnet, `nnet` and `multinom` (Venables & Ripley 2002).

The weights stand unit by unit, hidden ones first; `conn` names the source of each, 0 for the bias,
then the inputs, then the units. Units before `nsunits` are logistic, with an exact 0 below -15 and
an exact 1 above 15; the others are linear.
"""

from __future__ import annotations

import gzip
import io
import zlib
from dataclasses import dataclass
from typing import final

import numpy as np

from rosenblatt.activations import ClippedLogistic
from rosenblatt.errors import InputError
from rosenblatt.importing.chain import Chain
from rosenblatt.importing.design import Design, through
from rosenblatt.importing.endings import Outputs, ending
from rosenblatt.importing.forms import Form
from rosenblatt.importing.given import Given
from rosenblatt.importing.imported import Findings, ImportedNetwork, Unsaid
from rosenblatt.importing.r_columns import design_of
from rosenblatt.importing.r_text import of_dput, of_json, words_in
from rosenblatt.importing.r_values import RValue, unserialized
from rosenblatt.importing.registry import Format, register
from rosenblatt.importing.source import Source, cut_off
from rosenblatt.importing.units import Unit, chain_of
from rosenblatt.support.listing import count
from rosenblatt.support.types import Float64Array, IntArray

__all__ = ["R_NNET"]

GZIP = b"\x1f\x8b"
SERIALISED = b"X\n"
NEEDED = ("n", "nconn", "conn", "nsunits", "wts")


def is_text(source: Source) -> bool:
    head = source.head.lstrip()
    names = all(name in head for name in (b"nconn", b"nunits", b"conn"))
    return head.startswith((b"structure(list(", b"list(")) and names


def is_json(source: Source) -> bool:
    head = source.head.lstrip()
    return head.startswith(b"{") and b'"nconn":' in head and b'"nsunits":' in head


def is_r(source: Source) -> bool:
    if source.head.startswith(GZIP):
        try:
            start = zlib.decompressobj(31).decompress(source.head, 2)
        except zlib.error:
            return False
        return start == SERIALISED
    return source.head.startswith(SERIALISED) or is_text(source) or is_json(source)


def value_of(source: Source) -> tuple[RValue, str]:
    """The object in a file, and how it is written."""
    data = source.data
    if data.startswith(GZIP):
        data = decompressed(source)
    if data.startswith(SERIALISED):
        return unserialized(data), "RDS"
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError("it is no text in UTF-8: save it from R in that encoding") from error
    if is_json(source):
        from rosenblatt.importing.json_value import json_value

        return of_json(json_value(source)), "JSON"
    # A number of two characters becomes an array of one, and these become one.
    source.check_memory(150 * text.count(",") // 3, "its numbers")
    return of_dput(text), "dput"


def decompressed(source: Source) -> bytes:
    """The bytes of a compressed file, unless they are more than it may ask for."""
    try:
        with gzip.open(io.BytesIO(source.data)) as file:
            data = file.read(source.allowed + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise cut_off("the end of its compressed data") from error
    if len(data) > source.allowed:
        raise InputError(
            "it takes more memory than a compressed file of its size may: save it by"
            " saveRDS(model, file, compress = FALSE)"
        )
    return data


@final
@dataclass(frozen=True, eq=False)
class Fitted:
    """What is used of an object of class nnet."""

    sizes: tuple[int, int, int]
    first_weight: IntArray
    sources: IntArray
    weights: Float64Array
    n_sigmoids: int
    softmax: bool
    labels: tuple[str, ...]
    matrix_columns: tuple[str, ...]
    levels: dict[str, tuple[str, ...]]
    contrasts: dict[str, str]
    variables: dict[str, str]
    target: str | None


def read_r(source: Source, given: Given) -> ImportedNetwork:
    value, written = value_of(source)
    fitted = fitted_of(value)
    n_inputs, _, n_outputs = fitted.sizes
    units = units_of(fitted)  # so many inputs as it has weights for, before they are named
    design: Design | None = None
    if fitted.matrix_columns:
        if len(fitted.matrix_columns) != n_inputs:
            raise InputError(
                f"coefnames lists {len(fitted.matrix_columns)} columns, and the network has"
                f" {count(n_inputs, 'input')}"
            )
        design = design_of(fitted.matrix_columns, fitted.levels, fitted.contrasts, fitted.variables)
        units = through(units, design)
    n_features = n_inputs if design is None else design.to_matrix.shape[0]
    outputs = range(len(units) - n_outputs, len(units))
    chain = chain_of(source, Chain(n_features), units, outputs)
    end = ending(chain, outputs_of(fitted), given, fitted.labels or None)
    digits = "" if written != "dput" else ", to the digits that dput wrote"
    return ImportedNetwork(
        f"R nnet ({written})",
        end.model,
        given.names_of(n_inputs) if design is None else design.names,
        given.target or fitted.target or "target",
        end.outputs,
        end.classes,
        None if design is None else design.columns,
        Findings(
            (
                count(len(units), "unit"),
                f"{count(len(fitted.weights), 'weight')}{digits}",
            ),
            folded(design, n_inputs) + end.folded,
            unsaid(given, fitted),
        ),
        has_names=design is not None or given.names is not None,
    )


def fitted_of(value: RValue) -> Fitted:
    items = value.items
    absent = [name for name in NEEDED if not len(items.get(name, RValue(None)).numbers())]
    if absent:
        raise InputError(
            f"the R object has no {absent[0]}: give one that nnet or multinom has returned"
        )

    def whole(name: str) -> IntArray:
        numbers = np.asarray(items[name].numbers(), np.float64)
        if not ((np.abs(numbers) < 2**31) & (numbers == np.round(numbers))).all():
            raise InputError(f"{name} of the R object holds something else than whole numbers")
        return numbers.astype(np.int64)

    def truth(name: str) -> bool:
        given = items.get(name, RValue(None)).numbers()
        return bool(len(given) and given[0])

    sizes = whole("n")
    if len(sizes) != 3 or sizes[0] < 1 or sizes[1] < 0 or sizes[2] < 1:
        raise InputError("n of the R object does not name inputs, hidden units and outputs")
    terms = items.get("terms", RValue(None))
    labels = texts(items, "lev") or texts(items, "lab")
    variables, target = variables_of(terms, items)
    return Fitted(
        (int(sizes[0]), int(sizes[1]), int(sizes[2])),
        whole("nconn"),
        whole("conn"),
        np.asarray(items["wts"].numbers(), np.float64),
        int(whole("nsunits")[0]),
        truth("softmax") or truth("censored"),
        labels,
        texts(items, "vcoefnames") or texts(items, "coefnames"),
        {name: of.texts() for name, of in items.get("xlevels", RValue(None)).items.items()},
        contrasts_of(items.get("contrasts", RValue(None))),
        variables,
        target,
    )


def texts(items: dict[str, RValue], name: str) -> tuple[str, ...]:
    return items.get(name, RValue(None)).texts()


def contrasts_of(value: RValue) -> dict[str, str]:
    named = {}
    for factor, of_factor in value.items.items():
        words = of_factor.texts()
        named[factor] = words[0] if words else "a matrix of its own"
    return named


def variables_of(terms: RValue, items: dict[str, RValue]) -> tuple[dict[str, str], str | None]:
    """The class of each variable of the formula, and the name of its left side."""
    classes = terms.attributes.get("dataClasses") or items.get("dataClasses") or RValue(None)
    names = classes.attributes.get("names", RValue(None)).texts()
    if not names and classes.items:  # an object of JSON
        names = tuple(classes.items)
    if names:
        kinds = classes.texts() or tuple("" for _ in names)
        found = dict(zip((name.strip("`") for name in names), kinds, strict=False))
        target = next(iter(found))
        found.pop(target)
        return found, target
    if not isinstance(terms.value, str):
        return {}, None
    left, _, right = terms.value.partition("~")
    words = list(words_in(left))
    return dict.fromkeys(words_in(right), ""), words[0] if len(words) == 1 else None


def units_of(fitted: Fitted) -> list[Unit]:
    """All units, in their order; sources count inputs, then units."""
    n_inputs = fitted.sizes[0]
    n_units = 1 + sum(fitted.sizes)
    first, sources, weights = fitted.first_weight, fitted.sources, fitted.weights
    if len(first) != n_units + 1 or len(sources) != len(weights) or first[-1] != len(weights):
        raise cut_off("what nconn, conn and wts say of the same weights")
    if (np.diff(first) < 0).any() or first[0] != 0:
        raise InputError("nconn of the R object does not count up")
    if not np.isfinite(weights).all():
        bad = int(np.flatnonzero(~np.isfinite(weights))[0]) + 1
        raise InputError(f"weight {bad:,} of wts is not finite: train the network again")
    units = []
    for k in range(1 + n_inputs, n_units):
        own, w = sources[first[k] : first[k + 1]], weights[first[k] : first[k + 1]]
        if ((own < 0) | (own >= k)).any():
            raise InputError(f"unit {k} takes a unit that comes later: the network is recurrent")
        is_linear = k >= fitted.n_sigmoids
        form = Form() if is_linear else Form(ClippedLogistic())
        bias = float(w[own == 0].sum())
        units.append(Unit(f"unit {k}", own[own > 0] - 1, w[own > 0], bias, form))
    return units


def outputs_of(fitted: Fitted) -> Outputs:
    if fitted.softmax:
        return Outputs.SCORES
    return Outputs.VALUES if fitted.labels else Outputs.NUMBERS


def folded(design: Design | None, n_inputs: int) -> tuple[str, ...]:
    if design is None or design.to_matrix.shape == (n_inputs, n_inputs):
        return ()
    return ("the contrasts of factors: each level has weights of its own",)


def unsaid(given: Given, fitted: Fitted) -> tuple[Unsaid, ...]:
    missing = []
    if not fitted.matrix_columns and given.names is None:
        missing.append(Unsaid("the names of the inputs", "--inputs"))
    if not fitted.labels and fitted.softmax and given.classes is None:
        missing.append(Unsaid("the labels of the classes", "--classes"))
    return tuple(missing)


R_NNET = Format("R nnet", is_r, read_r)
register(R_NNET)
