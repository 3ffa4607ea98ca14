"""A network with what was learnt about a table's columns, as one ONNX model of raw cells.

Every column is an input of its own, of shape (rows, 1), by its name ("_unnamed" for a column
without one, behind more underscores where other names begin with some): numbers as double; truth
values as double, 1 or 0, and missing if anything else; dates as double, days since 1970-01-01 with
the time of day as a fraction; categories as strings without blanks around them. A missing cell is
NaN, or the empty string. What an input takes stands in its `doc_string`, and under `inputs` in the
model's metadata. The output is named after the target: the probabilities of its classes in float32,
or numbers in its own units as double.
"""

from __future__ import annotations

import math

import numpy as np
from onnx import ModelProto, TensorProto

from rosenblatt.export.onnx_graph import ML, Graph, finished, network_value
from rosenblatt.export.raw_cells import meaning_of
from rosenblatt.export.trained import Trained
from rosenblatt.model import AnyModel, OutputFormat
from rosenblatt.table import ClassTarget, TableEncoding
from rosenblatt.table.columns import AnyColumn, Boolean, Category, Dropped
from rosenblatt.table.dates import Date
from rosenblatt.table.scaling import FARTHEST, Scaling
from rosenblatt.table.target import LOG_STEPS

__all__ = ["onnx_table_model"]


def onnx_table_model(model: AnyModel, encoding: TableEncoding) -> ModelProto:
    """The model, checked; both are in what `rosenblatt.persistence.load_model` returns."""
    target = encoding.target
    graph = Graph(prefix_beside([target.name, *(column.name for column in encoding.columns)]))
    features = [feature for column in encoding.columns for feature in features_of(graph, column)]
    X = graph.step("Concat", *features, axis=1)
    if isinstance(target, ClassTarget):
        classes = tuple(map(str, target.classes))
        form = OutputFormat.BOTH_CLASSES if model.n_outputs == 1 else OutputFormat.COLUMNS
        trained = Trained(model, form, classes)
        value = network_value(graph, trained, X)
        graph.output(value, named(graph, target.name), TensorProto.FLOAT, trained.n_outputs)
    else:
        trained = Trained(model)
        value = as_double(graph, network_value(graph, trained, X))
        value = restored(graph, value, target.scale, target.mean)
        if target.log:
            steps = double(graph, LOG_STEPS)
            half = graph.step("Add", graph.step("Mul", value, steps), double(graph, 0.5))
            value = graph.step("Exp", graph.step("Div", graph.step("Floor", half), steps))
        for operator, limit in (("Max", target.low), ("Min", target.high)):
            if limit is not None:
                value = graph.step(operator, value, double(graph, limit))
        graph.output(value, named(graph, target.name), TensorProto.DOUBLE, trained.n_outputs)
    return finished(graph, trained)


def prefix_beside(names: list[str]) -> str:
    """More underscores than any of these names begins with."""
    return "_" * (1 + max(len(name) - len(name.lstrip("_")) for name in names))


def named(graph: Graph, name: str) -> str:
    """The name of a column, or another for one without, which ONNX does not know."""
    return name or f"{graph.prefix}unnamed"


def features_of(graph: Graph, column: AnyColumn) -> list[str]:
    """The column's features in float32, as its `fill` writes them, each of one column or more."""
    match column:
        case Dropped():
            return []
        case Category():
            return of_category(graph, column)
    x = graph.input(named(graph, column.name), TensorProto.DOUBLE, 1, meaning=meaning_of(column))
    if isinstance(column, Boolean):
        missing = graph.step("Not", graph.step("Or", *(equals(graph, x, code) for code in (0, 1))))
        instead = double(graph, column.often_true and not column.indicator)
        features = [as_float(graph, graph.step("Where", missing, instead, x))]
    else:
        missing = graph.step("IsNaN", x)
        own = column.scaling_of_values
        filled = graph.step("Where", missing, double(graph, own.center), x)
        features = [scaled(graph, own, filled)]
        for cycle in column.cycles if isinstance(column, Date) else ():
            features += waves(graph, filled, cycle.days, missing)
    return [*features, as_float(graph, missing)] if column.indicator else features


def of_category(graph: Graph, column: Category) -> list[str]:
    name, meaning = named(graph, column.name), meaning_of(column)
    cell = graph.input(name, TensorProto.STRING, 1, meaning=meaning)
    if column.coded:
        return [code_of(graph, cell, column.categories)]
    missing = is_one_of(graph, cell, ("",))
    features = [is_one_of(graph, cell, column.categories)] if column.categories else []
    if column.others:
        axis = graph.constant(np.array([1]))
        left = graph.step("Sub", graph.number(1), missing)
        for own in tuple(features):
            left = graph.step("Sub", left, graph.step("ReduceSum", own, axis, keepdims=1))
        features.append(left)
    if column.indicator:
        features.append(missing)
    return [*features, means_of(graph, column, cell, missing)] if column.mean_of else features


def code_of(graph: Graph, cell: str, categories: tuple[str, ...]) -> str:
    """1 … n for the categories, 0 for anything else."""
    if not categories:
        return as_float(graph, graph.step("Equal", cell, graph.constant(np.array([""], object))))
    return graph.step(
        "LabelEncoder",
        cell,
        domain=ML,
        keys_strings=list(categories),
        values_floats=[float(k + 1) for k in range(len(categories))],
        default_float=0.0,
    )


def means_of(graph: Graph, column: Category, cell: str, missing: str) -> str:
    """The means of the target of a cell's category: one column each, 0 of one never seen."""
    n = len(column.known)
    means = np.array(column.means, np.float32)
    of_known = graph.step("MatMul", is_one_of(graph, cell, column.known), graph.constant(means[:n]))
    if not column.indicator:
        return of_known
    of_missing = graph.step("Mul", missing, graph.constant(means[n:]))
    return graph.step("Add", of_known, of_missing)


def is_one_of(graph: Graph, cell: str, texts: tuple[str, ...]) -> str:
    """1 or 0 for each text, a column each."""
    known = graph.constant(np.array([texts], object))
    return as_float(graph, graph.step("Equal", cell, known))


def scaled(graph: Graph, scaling: Scaling, x: str) -> str:
    units = standardised(graph, x, scaling.center, scaling.spread)
    t = log_tails(graph, units, scaling.tail)
    t = standardised(graph, t, scaling.mean, scaling.std)
    return as_float(graph, log_tails(graph, t, scaling.tail))


def standardised(graph: Graph, x: str, center: float, spread: float) -> str:
    """(x - center) / spread, in larger units where the centre is left out otherwise."""
    if looks_like_zero(center) and spread < 1:
        unit = math.ldexp(1.0, min(1 - math.frexp(spread)[1], 1000))
        x, center, spread = graph.step("Mul", x, double(graph, unit)), center * unit, spread * unit
    return graph.step("Div", graph.step("Sub", x, double(graph, center)), double(graph, spread))


def restored(graph: Graph, value: str, scale: float, mean: float) -> str:
    """value · scale + mean; the mean comes first where it is left out otherwise."""
    if looks_like_zero(mean):
        value = graph.step("Add", value, double(graph, mean / scale))
        return graph.step("Mul", value, double(graph, scale))
    value = graph.step("Mul", value, double(graph, scale))
    return graph.step("Add", value, double(graph, mean))


def looks_like_zero(x: float) -> bool:
    """ONNX Runtime 1.32 leaves out sums with a constant of double that is 0 in float32."""
    with np.errstate(over="ignore"):
        return x != 0 and bool(np.float32(x) == 0)


def log_tails(graph: Graph, z: str, start: float) -> str:
    """z within ±start, plus sign(z)·start·ln(|z| / start) of what is beyond, and of nothing else.

    Sizes are rounded to float32 first: those that differ do so by more than a logarithm's error.
    """
    tail, largest = double(graph, start), double(graph, FARTHEST)
    bulk = graph.step("Clip", z, double(graph, -start), tail)
    size = graph.step("Clip", graph.step("Abs", z), tail, largest)
    rounded = as_double(graph, as_float(graph, size))
    beyond = graph.step("Div", graph.step("Max", rounded, tail), tail)
    more = graph.step("Mul", graph.step("Log", beyond), tail)
    return graph.step("Add", bulk, graph.step("Mul", graph.step("Sign", z), more))


def waves(graph: Graph, days: str, length: float, missing: str) -> list[str]:
    """Sine and cosine of the place in a cycle, which is taken in double precision; 0 if missing."""
    turns = graph.step("Div", days, double(graph, length))
    place = as_float(graph, graph.step("Sub", turns, graph.step("Floor", turns)))
    angle = graph.step("Mul", place, graph.number(2 * math.pi))
    zero = graph.number(0)
    return [graph.step("Where", missing, zero, graph.step(f, angle)) for f in ("Sin", "Cos")]


def equals(graph: Graph, x: str, value: float) -> str:
    return graph.step("Equal", x, double(graph, value))


def double(graph: Graph, x: float) -> str:
    return graph.number(x, np.float64)


def as_float(graph: Graph, value: str) -> str:
    return graph.step("Cast", value, to=TensorProto.FLOAT)


def as_double(graph: Graph, value: str) -> str:
    return graph.step("Cast", value, to=TensorProto.DOUBLE)
