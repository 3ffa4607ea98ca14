"""PMML documents: evaluated here as the standard says, and by pypmml where that is installed."""

from __future__ import annotations

import importlib.util
import json
import math
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

from rosenblatt import importing
from rosenblatt.activations import GELU, Sigmoid, Tanh
from rosenblatt.export.pmml_network import pmml_document
from rosenblatt.export.trained import Trained
from rosenblatt.losses import Gaussian, Loss, Quantile, SquaredError
from rosenblatt.network import GLU, BesideInput, Dense, EnsembleDense, PackedDense
from rosenblatt.table import ClassTarget
from tests.support.export_tables import cells, strange, table
from tests.support.exported import CASES, expected, rows, trained
from tests.support.table_models import LIMITS, TARGETS, expected_in_double, saved_model

SPACE = "{http://www.dmg.org/PMML-4_4}"
ONE = Dense(1)
HAS = [
    *("Identity()", "Sigmoid()", "Tanh()", "ReLU()", "Sine()", "Bump()", "Softsign()", "Softmax()"),
    *("batch norm", "scale", "CategoricalCrossEntropy(p_min=0.0, smoothing=0.0)", "both classes"),
    *("one number", "mean of one number", "mean of classes"),
]
# Of one number, as PMML takes it; each with layers that skip others.
SKIPPING = {
    "residual": trained((Dense(5, Tanh(), residual=True), Dense(7, Tanh(), residual=True), ONE)),
    "beside": trained((BesideInput(Dense(4, Tanh())), BesideInput(Dense(2, Sigmoid())), ONE)),
    "ensemble": trained((EnsembleDense(3, 4, Tanh()), PackedDense(3, 1))),
    "gates": trained((Dense(4), GLU(), ONE)),
}
ACTIVATIONS: dict[str, Callable[[Any], Any]] = {
    "identity": lambda z: z,
    "logistic": lambda z: 1 / (1 + np.exp(-z)),
    "tanh": np.tanh,
    "rectifier": lambda z: np.maximum(z, 0),
    "sine": np.sin,
    "Gauss": lambda z: np.exp(-z * z),
    "Elliott": lambda z: z / (1 + abs(z)),
}
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "+": lambda a, b: a + b,
    "-": lambda a, b: a - b,
    "*": lambda a, b: a * b,
    "/": lambda a, b: a / b,
    "max": max,
    "min": min,
    "lessThan": lambda a, b: a < b,
    "greaterThan": lambda a, b: a > b,
    "abs": abs,
    "exp": math.exp,
    "ln": math.log,
    "sin": math.sin,
    "cos": math.cos,
}


def value(node: Any, fields: dict[str, Any]) -> Any:
    """Of an expression; None where it is missing."""
    if node.tag == f"{SPACE}FieldRef":
        return fields.get(node.get("field"))
    if node.tag == f"{SPACE}Constant":
        kind = node.get("dataType")
        return node.text if kind == "string" else json.loads(node.text)
    assert node.tag == f"{SPACE}Apply"
    function, operands = node.get("function"), list(node)
    if function == "if":
        return value(operands[1] if value(operands[0], fields) else operands[2], fields)
    found = [value(operand, fields) for operand in operands]
    if function in ("isMissing", "isNotMissing"):
        return (found[0] is None) == (function == "isMissing")
    assert None not in found  # which JPMML refuses
    return found[0] == found[1] if function == "equal" else FUNCTIONS[function](*found)


def evaluated(text: str, given: dict[str, Any]) -> list[float]:
    """The probabilities, or the number, of one row."""
    root = ElementTree.fromstring(text.encode())
    fields = dict(given)
    for derived in root.find(f"{SPACE}TransformationDictionary") or []:
        fields[derived.get("name")] = value(derived[0], fields)
    (network,) = root.iter(f"{SPACE}NeuralNetwork")
    neurons = {
        neuron.get("id"): value(neuron[0][0], fields)
        for neuron in network.iter(f"{SPACE}NeuralInput")
    }
    for layer in network.iter(f"{SPACE}NeuralLayer"):
        z = {
            neuron.get("id"): float(neuron.get("bias"))
            + sum(float(c.get("weight")) * neurons[c.get("from")] for c in neuron)
            for neuron in layer
        }
        a = ACTIVATIONS[layer.get("activationFunction")](np.array(list(z.values())))
        if layer.get("normalizationMethod") == "softmax":
            a = np.exp(a - a.max()) / np.exp(a - a.max()).sum()
        neurons |= dict(zip(z, a.tolist(), strict=True))
    out = [neurons[o.get("outputNeuron")] for o in network.iter(f"{SPACE}NeuralOutput")]
    for limit in network.iter(f"{SPACE}Target"):
        low, high = float(limit.get("min", -math.inf)), float(limit.get("max", math.inf))
        out = [min(max(y, low), high) for y in out]
    return out


def by_pypmml(text: str, given: list[dict[str, Any]], names: Sequence[str]) -> Any:
    pypmml = pytest.importorskip("pypmml")
    model = pypmml.Model.fromString(text)
    return np.array([[answer[name] for name in names] for answer in map(model.predict, given)])


def by_jpmml(text: str, given: list[dict[str, Any]], names: Sequence[str]) -> Any:
    """JPMML's evaluator, by the package jpmml-evaluator."""
    jpmml = pytest.importorskip("jpmml_evaluator")
    evaluator = jpmml.make_evaluator(text.encode())
    return np.array([[answer[name] for name in names] for answer in map(evaluator.evaluate, given)])


SCORERS: dict[str, Callable[..., Any]] = {"pypmml": by_pypmml, "JPMML": by_jpmml}


@pytest.mark.parametrize("name", [*HAS, "residual", "beside", "ensemble"])
@pytest.mark.parametrize("by", ["the standard", *SCORERS])
def test_networks(name: str, by: str) -> None:
    case, X = SKIPPING.get(name) or CASES[name], rows(6)
    if case.n_outputs > 1:
        case = replace(case, classes=tuple("a<&b"[: case.n_outputs]))
    inputs = [f'x "{k}"' for k in range(5)]
    text = pmml_document(case, inputs)
    given = [dict(zip(inputs, row, strict=True)) for row in X.tolist()]
    got: Any = (
        [evaluated(text, row) for row in given]
        if by == "the standard"
        else SCORERS[by](
            text, given, [f"probability({c})" for c in case.classes] or ["predicted_y"]
        )
    )
    # pypmml rounds what it gives to some ten digits.
    np.testing.assert_allclose(got, expected(case, X), 1e-8 if by == "pypmml" else 1e-12)


@pytest.mark.parametrize("name", ["Tanh()", "batch norm", "both classes", "one number"])
def test_there_and_back_again(name: str, tmp_path: Path) -> None:
    """Read here, and written and read once more: the same numbers."""
    case, X = CASES[name], rows(9)
    case = replace(case, classes=tuple("abc"[: case.n_outputs])) if case.n_outputs > 1 else case
    want = expected(case, X)[:, -case.model.n_outputs :]
    for path in (tmp_path / "first.pmml", tmp_path / "second.pmml"):
        path.write_text(pmml_document(case, list("pqrst")))
        model = importing.read(path).model
        np.testing.assert_allclose(model.predict(X), want, 1e-12)
        case = replace(case, model=model)


@pytest.mark.parametrize("by", ["the standard", *SCORERS])
@pytest.mark.parametrize("with_gaps", [False, True])
@pytest.mark.parametrize(("target", "loss", "n"), [t for t in TARGETS if t[2] != 2])
def test_raw_cells(by: str, with_gaps: bool, target: str, loss: Loss, n: int) -> None:
    frame = table(with_gaps)
    saved = saved_model(frame, target, loss, n, np.float64)
    text = saved.to_pmml()
    given = pd.concat([frame[100:120], strange(frame)[:45]])
    columns = cells(given, saved.encoding)
    listed = [[gap(v) for v in column[:, 0].tolist()] for column in columns.values()]
    dicts = [dict(zip(columns, row, strict=True)) for row in zip(*listed, strict=True)]
    y = saved.encoding.target
    names = ["predicted_price"]
    if isinstance(y, ClassTarget):
        names = [f"probability({label})" for label in y.classes]
    got: Any = (
        [evaluated(text, row) for row in dicts]
        if by == "the standard"
        else SCORERS[by](text, dicts, names)
    )
    np.testing.assert_allclose(got, expected_in_double(saved, given), 2e-7)


@pytest.fixture(scope="module")
def schema() -> Any:
    """The standard's own schema, as JPMML has it within the package sklearn2pmml."""
    etree = pytest.importorskip("lxml.etree")
    found = importlib.util.find_spec("sklearn2pmml")
    if found is None or found.origin is None:
        pytest.skip("no sklearn2pmml, whose archives hold pmml.xsd")
    (archive,) = (Path(found.origin).parent / "resources").glob("pmml-model-1*.jar")
    with zipfile.ZipFile(archive) as files:
        return etree.XMLSchema(etree.fromstring(files.read("pmml.xsd")))


def documents() -> Iterator[str]:
    """A document of every kind of target, columns and layers."""
    for name in HAS:
        case = CASES[name]
        if case.n_outputs > 1:
            case = replace(case, classes=tuple("a<&b"[: case.n_outputs]))
        yield pmml_document(case, [f'x "{k}"' for k in range(5)])
    for with_gaps in (False, True):
        for target, loss, n in TARGETS:
            if n != 2:
                yield saved_model(table(with_gaps), target, loss, n, np.float64).to_pmml()


def test_documents_are_valid_by_the_standards_schema(schema: Any) -> None:
    etree = pytest.importorskip("lxml.etree")
    for text in documents():
        schema.assertValid(etree.fromstring(text.encode()))


def test_what_comes_out_has_its_type() -> None:
    """As version 4.4 demands."""
    for text in documents():
        for field in ElementTree.fromstring(text).iter(f"{SPACE}OutputField"):
            assert field.get("dataType") in ("double", "string")


def gap(value: Any) -> Any:
    return None if value == "" or value != value else value


@pytest.mark.parametrize("limits", LIMITS)
def test_limits(limits: dict[str, float]) -> None:
    frame = table(with_gaps=False)
    saved = saved_model(frame, *TARGETS[2], np.float64)
    target = replace(saved.encoding.target, **limits)
    saved = replace(saved, encoding=replace(saved.encoding, target=target))
    columns = cells(frame[:30], saved.encoding)
    dicts = [
        dict(zip(columns, row, strict=True))
        for row in zip(*(c[:, 0].tolist() for c in columns.values()), strict=True)
    ]
    got = [evaluated(saved.to_pmml(), row) for row in dicts]
    np.testing.assert_allclose(got, expected_in_double(saved, frame[:30]), 2e-7)


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (trained((Dense(1, GELU()),)), "GELU(approximate=False) cannot be exported to PMML"),
        (CASES["layer norm"], "cannot be exported to PMML: export to ONNX or C"),
        (trained((Dense(2),), Gaussian()), "its outputs are parameters of a distribution"),
        (trained((Dense(3),), SquaredError()), "3 predicted numbers cannot be exported to PMML"),
        (SKIPPING["gates"], "a layer GLU cannot be exported to PMML"),
        (trained((Dense(2),), Quantile((0.1, 0.9))), "2 predicted numbers cannot be exported"),
    ],
)
def test_what_pmml_has_not_is_refused(case: Trained, said: str) -> None:
    with pytest.raises(ValueError) as error:  # noqa: PT011
        pmml_document(case, list("abcde"))
    assert said in str(error.value)


def test_a_logarithmic_target_is_refused() -> None:
    saved = saved_model(table(with_gaps=False), *TARGETS[2], np.float64)
    target = replace(saved.encoding.target, log=True)
    saved = replace(saved, encoding=replace(saved.encoding, target=target))
    with pytest.raises(ValueError, match="its logarithm is learnt"):
        saved.to_pmml()
