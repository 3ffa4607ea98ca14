"""Archives of Keras: what lies in them, and what Keras itself predicts."""

from __future__ import annotations

import io
import json
import os
import zipfile
from pathlib import Path

import numpy as np
import pytest

from rosenblatt import MLPRegressor, importing
from rosenblatt.activations import Sine, Tanh
from rosenblatt.export.trained import Trained
from rosenblatt.network import Dense
from tests.importing.golden import FOLDER, assert_equal, read_golden
from tests.support.exported import CASES, expected, rows, trained

h5py = pytest.importorskip("h5py")
from rosenblatt.export.keras_archive import keras_archive  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore")  # of Keras and its backends
HAS = [
    *("Identity()", "Sigmoid()", "Tanh()", "ReLU()", "Softmax()", "LeakyReLU(leak=0.01)"),
    *("ELU(alpha=1.0)", "SELU()", "Softplus()", "GELU(approximate=False)", "SiLU()", "Mish()"),
    *("HardSigmoid()", "HardTanh()", "HardSwish()", "Softsign()", "plain", "layer norm"),
    *("residual", "layer norm, residual", "batch norm, residual"),
    *("batch norm", "scale", "no hidden layer", "one number", "Poisson()"),
    *("BinaryCrossEntropy(p_min=0.0, smoothing=0.0)",),
    *("CategoricalCrossEntropy(p_min=0.0, smoothing=0.0)",),
    *("beside its input", "learned slopes", "gates", "gated ensemble", "ensemble of one"),
    *("ensemble", "small ensemble of counts", "mean of classes", "mean of counts"),
]
READ = [
    *("plain", "residual", "layer norm, residual", "HardTanh()", "beside its input"),
    *("learned slopes", "gated ensemble", "mean of classes"),
]


@pytest.mark.parametrize("name", READ)
def test_it_is_read_again(name: str, tmp_path: Path) -> None:
    case, X, path = CASES[name], rows(8, np.float64), tmp_path / "net.keras"
    path.write_bytes(keras_archive(case))
    want = expected(case, X)
    read = importing.read(path).model.predict(X)
    np.testing.assert_allclose(read.reshape(want.shape), want, 1e-9, 1e-9)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize("name", HAS)
def test_keras_predicts_the_same(name: str, dtype: type, tmp_path: Path) -> None:
    os.environ.setdefault("KERAS_BACKEND", "torch")
    keras = pytest.importorskip("keras")
    case, X, path = CASES[name].converted(dtype), rows(8, dtype), tmp_path / "net.keras"
    path.write_bytes(keras_archive(case))
    got = keras.models.load_model(path).predict(X, verbose=0)
    # `predict` makes single precision of its rows, whatever the model's type.
    np.testing.assert_allclose(got, expected(case, X), 2e-6, 2e-6)


@pytest.mark.parametrize("path", sorted((FOLDER / "keras").glob("*.net.*")), ids=lambda p: p.name)
def test_its_own_network_comes_back_with_its_own_numbers(path: Path, tmp_path: Path) -> None:
    """Keras's file, imported, exported and read by Keras: what it predicted itself."""
    os.environ.setdefault("KERAS_BACKEND", "torch")
    keras = pytest.importorskip("keras")
    X, Y, _ = read_golden(path.parent / f"{path.name.partition('.')[0]}.json")
    again = tmp_path / "net.keras"
    again.write_bytes(keras_archive(Trained(importing.read(path).model)))
    assert_equal(keras.models.load_model(again).predict(X, verbose=0), Y, 2e-6)


def test_a_sum_has_two_layers_before_it() -> None:
    content = keras_archive(trained((Dense(5, Tanh(), residual=True), Dense(2))))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        whole = json.loads(archive.read("config.json"))
    assert whole["class_name"] == "Functional"
    (add,) = (x for x in whole["config"]["layers"] if x["class_name"] == "Add")
    (taken,) = add["inbound_nodes"][0]["args"]
    assert [x["config"]["keras_history"] for x in taken] == [
        ["activation", 0, 0],
        ["input_layer", 0, 0],
    ]
    assert whole["config"]["output_layers"] == [["dense_1", 0, 0]]


def test_the_archive_holds_a_sequential_and_its_variables() -> None:
    case = trained((Dense(4, Tanh()), Dense(2)))
    with zipfile.ZipFile(io.BytesIO(keras_archive(case))) as archive:
        assert archive.namelist() == ["metadata.json", "config.json", "model.weights.h5"]
        config = json.loads(archive.read("config.json"))
        weights = h5py.File(io.BytesIO(archive.read("model.weights.h5")))
    layers = config["config"]["layers"]
    assert [layer["class_name"] for layer in layers] == [
        "InputLayer",
        "Dense",
        "Activation",
        "Dense",
    ]
    assert layers[1]["config"]["units"] == 4
    named = dict(case.model.network.named_parameters(case.model.parameters))
    for at, name in (("dense/vars/0", "layers.0.weight"), ("dense_1/vars/1", "layers.1.bias")):
        np.testing.assert_array_equal(weights[f"layers/{at}"][()], named[name])


@pytest.mark.parametrize(
    ("case", "said"),
    [
        (trained((Dense(3, Sine()),)), "Sine() cannot be exported to Keras"),
        (CASES["pieces"], "a layer PiecewiseLinear cannot be exported to Keras"),
        (CASES["categories"], "a layer CategoryEmbedding cannot be exported to Keras"),
        (CASES["pictures"], "a layer Reshape cannot be exported to Keras"),
    ],
)
def test_what_keras_has_not_is_refused(case: Trained, said: str) -> None:
    with pytest.raises(ValueError) as error:  # noqa: PT011
        keras_archive(case)
    assert said in str(error.value)


def test_an_estimator_writes_the_file(tmp_path: Path) -> None:
    X = np.random.default_rng(0).normal(size=(40, 2))
    content = (
        MLPRegressor(hidden_layer_sizes=3, solver="lbfgs")
        .fit(X, X[:, 0])
        .to_keras(tmp_path / "net.keras")
    )
    assert (tmp_path / "net.keras").read_bytes() == content
