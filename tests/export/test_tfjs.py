"""Layers models of TensorFlow.js: what lies in them, and what TensorFlow.js itself predicts.

The latter needs Node.js and the package @tensorflow/tfjs where Node.js finds it: NODE_PATH.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rosenblatt import MLPRegressor, importing
from rosenblatt.activations import ELU, Sine, Tanh
from rosenblatt.export.tfjs import tfjs_model, write_tfjs
from rosenblatt.export.trained import Trained
from rosenblatt.network import Dense
from tests.importing.golden import FOLDER, assert_equal, read_golden
from tests.support.exported import CASES, expected, rows, trained

HAS = [
    *("Identity()", "Sigmoid()", "Tanh()", "ReLU()", "Softmax()", "LeakyReLU(leak=0.01)"),
    *("ELU(alpha=1.0)", "SELU()", "Softplus()", "GELU(approximate=False)", "SiLU()", "Mish()"),
    *(
        "HardSigmoid()",
        "HardTanh()",
        "Softsign()",
        "plain",
        "layer norm",
        "batch norm",
        "scale",
        "residual",
    ),
    *(
        "layer norm, residual",
        "no hidden layer",
        "one number",
    ),
    *("BinaryCrossEntropy(p_min=0.0, smoothing=0.0)",),
    *("CategoricalCrossEntropy(p_min=0.0, smoothing=0.0)",),
    *("beside its input", "learned slopes", "gates", "gated ensemble", "ensemble"),
    *("mean of classes",),
]
THEIRS = ("plain", "normalised", "residual", "branches")


def imported(name: str) -> Trained:
    """A network of TensorFlow.js's own, as a model to export."""
    found = importing.read(FOLDER / "tfjs" / f"{name}.net.json")
    return Trained(found.model, classes=found.classes or ())


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What TensorFlow.js makes of every case and of its own networks, exported again."""
    node = shutil.which("node")
    if node is None:
        pytest.skip("no Node.js")
    find = [node, "-e", "require.resolve('@tensorflow/tfjs')"]
    if subprocess.run(find, capture_output=True, check=False).returncode:
        pytest.skip("no @tensorflow/tfjs where Node.js looks: set NODE_PATH")
    folder = tmp_path_factory.mktemp("tfjs")
    given = {}
    for name in HAS:
        X = rows(8, np.float32)
        write_tfjs(folder / f"{len(given)}.json", None, CASES[name])
        given[name] = {"file": str(folder / f"{len(given)}.json"), "rows": X.tolist()}
    for name in THEIRS:
        X, _, _ = read_golden(FOLDER / "tfjs" / f"{name}.json")
        write_tfjs(folder / f"{name}.json", None, imported(name))
        given[f"their {name}"] = {"file": str(folder / f"{name}.json"), "rows": X.tolist()}
    script = Path(__file__).with_name("predict_tfjs.js")
    run = subprocess.run(
        [node, script], input=json.dumps(given), capture_output=True, text=True, check=True
    )
    found: dict[str, Any] = json.loads(run.stdout.strip().splitlines()[-1])
    return found


@pytest.mark.parametrize("name", HAS)
def test_tensorflow_js_predicts_the_same(name: str, theirs: dict[str, Any]) -> None:
    want = expected(CASES[name].converted(np.float32), rows(8, np.float32))
    got = np.array(theirs[name]).reshape(want.shape)
    np.testing.assert_allclose(got, want, 2e-6, 2e-6)


@pytest.mark.parametrize("name", THEIRS)
def test_its_own_network_comes_back_with_its_own_numbers(name: str, theirs: dict[str, Any]) -> None:
    _, Y, tolerance = read_golden(FOLDER / "tfjs" / f"{name}.json")
    assert_equal(np.array(theirs[f"their {name}"]), Y, tolerance)


@pytest.mark.parametrize("name", HAS)
def test_what_is_written_is_read_again(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    write_tfjs(tmp_path / "net.json", None, case)
    read = importing.read(tmp_path / "net.json").model
    X = rows(8, np.float64)
    want = expected(case, X)
    np.testing.assert_allclose(read.predict(X).reshape(want.shape), want, 2e-6, 2e-6)


def test_the_model_names_its_weights_and_their_places() -> None:
    case = trained((Dense(4, Tanh(), residual=True), Dense(2)))
    text, content = tfjs_model(case, "w.bin")
    model = json.loads(text)
    layers = model["modelTopology"]["config"]["layers"]
    kinds = [layer["class_name"] for layer in layers]
    assert kinds == ["InputLayer", "Dense", "Activation", "Dense", "Add", "Dense"]
    assert layers[4]["inbound_nodes"] == [
        [["activation", 0, 0, {}], ["dense_1", 0, 0, {}]],
    ]
    (group,) = model["weightsManifest"]
    assert group["paths"] == ["./w.bin"]
    assert [w["name"] for w in group["weights"]][:2] == ["dense/kernel", "dense/bias"]
    named = dict(case.model.network.named_parameters(case.model.parameters))
    first = np.frombuffer(content, "<f4", 20).reshape(5, 4)
    np.testing.assert_array_equal(first, named["layers.0.weight"].astype(np.float32))
    assert len(content) == 4 * sum(np.prod(w["shape"]) for w in group["weights"])


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (trained((Dense(3, Sine()),)), "Sine() cannot be exported to TensorFlow.js"),
        (trained((Dense(3, ELU(0.5)),)), "ELU(alpha=0.5) cannot be exported to TensorFlow.js"),
        (CASES["Poisson()"], "a loss of counts cannot be exported to TensorFlow.js"),
        (CASES["waves"], "a layer NumericEmbedding cannot be exported to TensorFlow.js"),
    ],
)
def test_what_it_has_not_is_refused(case: Trained, said: str) -> None:
    with pytest.raises(ValueError) as error:  # noqa: PT011
        tfjs_model(case, "w.bin")
    assert said in str(error.value)


def test_an_estimator_writes_both_files(tmp_path: Path) -> None:
    X = np.random.default_rng(0).normal(size=(40, 2))
    est = MLPRegressor(hidden_layer_sizes=3, solver="lbfgs").fit(X, X[:, 0])
    text, weights = est.to_tfjs(tmp_path / "model.json")
    assert (tmp_path / "model.json").read_text() == text
    assert (tmp_path / "model.weights.bin").read_bytes() == weights
    read = importing.load(tmp_path / "model.json")
    np.testing.assert_allclose(read.predict(X), est.predict(X), 2e-6, 2e-6)
