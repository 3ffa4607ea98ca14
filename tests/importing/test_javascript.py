"""Networks of JavaScript's tools: what they become, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rosenblatt import MLPClassifier, importing
from rosenblatt.errors import InputError
from tests.importing.golden import FOLDER

FILES = FOLDER / "javascript"


def refused(tmp_path: Path, content: bytes) -> str:
    path = tmp_path / "net"
    path.write_bytes(content)
    with pytest.raises(InputError) as error:
        importing.read(path)
    message = str(error.value)
    assert "\n" not in message
    return message


def test_names_of_brains_units() -> None:
    imported = importing.read(FILES / "brain1_tanh.net.json")
    assert (imported.names, imported.outputs) == (("r", "g", "b"), ("yes", "no"))
    imported = importing.read(FILES / "brain2_tanh.net.json")
    assert (imported.names, imported.outputs) == (("r", "g", "b"), ("yes", "no"))


def test_labels_of_ml_fnn_go_on_training() -> None:
    est = importing.load(FILES / "ml_fnn_three.net.json")
    assert isinstance(est, MLPClassifier)
    assert est.classes_.tolist() == ["a", "b", "c"]
    X = np.random.default_rng(0).standard_normal((60, 3))
    y = np.where(X[:, 0] > 0, "a", "b")
    est.set_params(learning_rate_init=0.03)
    for _ in range(100):
        est.partial_fit(X, y)
    assert est.score(X, y) > 0.9


def change(path: str, new: Any) -> Callable[[Any], None]:
    """A change of the value at a path such as 'layers.1.weights'."""

    def changed(data: Any) -> None:
        *keys, last = path.split(".")
        for key in keys:
            data = data[int(key) if isinstance(data, list) else key]
        data[int(last) if isinstance(data, list) else last] = new

    return changed


CHANGES = [
    ("brain2_relu", "trainOpts.activation", "mish", "the activation is 'mish'"),
    ("brain2_relu", "type", "LSTM", "'LSTM', which is recurrent"),
    ("brain2_relu", "layers.1.biases", [1.0], "layers[1].biases holds 1 number, and not 5"),
    ("brain2_relu", "layers.1.biases", 7, "layers[1].biases is no list of numbers"),
    ("brain2_relu", "layers.1.biases.1", "x", "layers[1].biases[1] is no number"),
    ("brain2_relu", "layers.1.biases.1", None, "layers[1].biases[1] is no number"),
    ("brain2_relu", "layers.1.weights.0.2", {}, "layers[1].weights[0][2] is no number"),
    ("brain2_relu", "layers.2.weights.0.1", 1e999, "not finite"),
    ("brain2_leaky-relu", "trainOpts.leakyReluAlpha", 3, "leakyReluAlpha is 3"),
    ("brain2_relu", "type", [1.0, 2.0], "type is no text"),
    ("brain2_relu", "trainOpts.activation", [1.0, 2.0], "activation is no text"),
    ("brain2_relu", "sizes.0", 3.5, "sizes[0] is 3.5, and a whole number below"),
    ("brain2_relu", "sizes.0", 10**400, "sizes holds a number that is not finite"),
    ("brain2_relu", "layers.1", {"\x1b[2m\n": 1}, "layers[1].weights is no JSON list"),
    ("brain1_tanh", "layers", [], "the list of layers"),
    ("brain1_tanh", "layers.1.0", {"\x1b[2m\n": 1}, "layers[1].0.weights is no JSON object"),
    ("brain1_tanh", "layers.1", {"\x1b[2m\n": 1}, r"layers[1].\x1b[2m is no JSON object"),
    (
        *("brain1_tanh", "layers.1.0.weights", {"r": 1, "g": 2, "k": 3}),
        "layers[1].0.weights lacks 'b', a unit of the layer before",
    ),
    (
        *("brain1_tanh", "layers.1.0.weights", {"r": 1, "g": 2, "b": 3, "k": 3}),
        "layers[1].0.weights names 'k', which is no unit of the layer before",
    ),
    ("brain1_relu", "activation", "swish", "the activation is 'swish'"),
    ("synaptic_plain", "neurons.3.squash", "HLIM", "neurons[3] has the activation 'HLIM'"),
    ("synaptic_plain", "connections.0.gater", 4, "connections[0] is gated"),
    ("synaptic_plain", "connections.0.from", 8, "the network is recurrent"),
    ("synaptic_plain", "connections.0.from", 99, "connections[0].from is 99"),
    ("synaptic_plain", "connections.0.weight", 10**400, "connections[0].weight is not finite"),
    ("synaptic_plain", "neurons.3.squash", [1.0, 2.0], "neurons[3].squash is no text"),
    ("synaptic_plain", "connections.0.weight", "x", "connections[0].weight is no number"),
    ("neataptic_simple", "nodes.4.squash", "ABSOLUTE", "nodes[4] has the activation 'ABSOLUTE'"),
    ("neataptic_simple", "nodes.4.mask", 0.5, "nodes[4] has a mask of dropout"),
    ("ml_fnn_three", "layers.0.activation", "sinc", "layers[0] has the activation 'sinc'"),
    ("ml_fnn_three", "layers.1.W", [[1.0, 2.0, 3.0]], "layers[1].W takes 1 numbers"),
    ("ml_fnn_three", "dicts.outputs.1", 1e999, "dicts.outputs.1 is not finite"),
    ("ml_fnn_three", "dicts.outputs.1", 10**400, "dicts.outputs.1 is not finite"),
    ("ml_fnn_three", "dicts.outputs.1", {}, "dicts.outputs.1 is no number"),
    ("ml_fnn_three", "dicts.outputs", {}, "dicts.outputs does not name the 3 outputs"),
]


@pytest.mark.parametrize(("name", "path", "new", "message"), CHANGES, ids=[c[3] for c in CHANGES])
def test_refusals(name: str, path: str, new: Any, message: str, tmp_path: Path) -> None:
    data = json.loads((FILES / f"{name}.net.json").read_text())
    change(path, new)(data)
    text = json.dumps(data).replace("Infinity}", '"Infinity"}').replace("Infinity", "1e999")
    assert message in refused(tmp_path, text.encode())


# The text beside the lists pays for the memory that they would take.
DEEP = b'"x":%s%s,"y":"%s",' % (b"[" * 50_000, b"]" * 50_000, b"y" * 5_000_000)
NO_JSON = [
    (b'"sizes":[3', b'"sizes":[3,', "it is no valid JSON: the file"),
    (b'"sizes":[3', b'"sizes":NaN,"x":[3', "it holds NaN, which is no number of JSON: train"),
    (b'"sizes":[3', b'"sizes":[2],"sizes":[3', "it has the key 'sizes' twice in an object"),
    (b'"sizes":[3', b'%s"sizes":[3' % DEEP, "its lists and objects are nested too deep: the"),
    (b'"sizes":[3', b'"x":"\xff","sizes":[3', "its text is not in UTF-8: save it as UTF-8"),
]


@pytest.mark.parametrize(("old", "new", "message"), NO_JSON, ids=[case[2] for case in NO_JSON])
def test_what_is_wrong_with_json_is_named(
    old: bytes, new: bytes, message: str, tmp_path: Path
) -> None:
    data = json.dumps(json.loads((FILES / "brain2_relu.net.json").read_text()))
    text = data.replace(": ", ":").encode()
    assert old in text
    assert message in refused(tmp_path, text.replace(old, new, 1))


@pytest.mark.parametrize("path", sorted(FILES.glob("*s*.net.json"))[::3], ids=lambda p: p.name)
def test_files_cut_off_anywhere_are_refused(path: Path, tmp_path: Path) -> None:
    data = path.read_bytes()
    for end in range(0, len(data) - 1, 401):
        refused(tmp_path, data[:end])
