"""Graphs whose branches meet: what they become, and graphs that are made to grow."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rosenblatt import importing
from rosenblatt.errors import InputError
from rosenblatt.network import BesideInput


def written(path: Path, layers: list[tuple[str, dict[str, Any], list[str]]], n: int) -> Path:
    """A layers model of TensorFlow.js of n inputs, whose dense layers pass their numbers."""
    arrays: list[tuple[str, Any]] = []
    nodes = [node("x", "InputLayer", {"batch_input_shape": [None, n]}, [])]
    for k, (kind, config, of) in enumerate(layers):
        nodes.append(node(f"l{k}", kind, config, of))
        if kind == "Dense":
            arrays.append((f"l{k}/kernel", np.eye(n)))
            arrays.append((f"l{k}/bias", np.ones(n)))
    weights = [{"name": name, "shape": a.shape, "dtype": "float32"} for name, a in arrays]
    (path / "w.bin").write_bytes(b"".join(a.astype("<f4").tobytes() for _, a in arrays))
    config = {
        "layers": nodes,
        "input_layers": [["x", 0, 0]],
        "output_layers": [[f"l{len(layers) - 1}", 0, 0]],
    }
    topology = {"class_name": "Model", "config": config, "keras_version": "tfjs-layers 4.22.0"}
    manifest = [{"paths": ["w.bin"], "weights": weights}]
    model = {"format": "layers-model", "modelTopology": topology, "weightsManifest": manifest}
    (path / "net.json").write_text(json.dumps(model))
    return path / "net.json"


def node(name: str, kind: str, config: dict[str, Any], of: list[str]) -> dict[str, Any]:
    inbound = [[[source, 0, 0, {}] for source in of]] if of else []
    return {
        "name": name,
        "class_name": kind,
        "config": {"name": name, **config},
        "inbound_nodes": inbound,
    }


DENSE = ("Dense", {"units": 2, "activation": "tanh"})


def test_values_before_what_they_began_with_are_one_layer(tmp_path: Path) -> None:
    layers = [(*DENSE, ["x"]), ("Concatenate", {"axis": -1}, ["l0", "x"])]
    model = importing.read(written(tmp_path, layers, 2)).model
    assert isinstance(model.network.layers[0], BesideInput)
    X = np.array([[0.5, -2.0]])
    np.testing.assert_allclose(model.predict(X), np.hstack([np.tanh(X + 1), X]), 1e-15)


@pytest.mark.parametrize(
    ("kind", "want"),
    [
        ("Concatenate", lambda a, b: np.hstack([a, b])),
        ("Add", lambda a, b: a + b),
        ("Average", lambda a, b: (a + b) / 2),
        ("Multiply", lambda a, b: a * b),
    ],
)
def test_two_branches_by_hand(kind: str, want: Any, tmp_path: Path) -> None:
    other = ("Dense", {"units": 2, "activation": "relu"})
    layers = [(*DENSE, ["x"]), (*other, ["x"]), (kind, {}, ["l0", "l1"])]
    X = np.array([[0.5, -2.0], [-9.0, 3.0]])
    got = importing.read(written(tmp_path, layers, 2)).model.predict(X)
    np.testing.assert_allclose(got, want(np.tanh(X + 1), np.maximum(X + 1, 0)), 1e-15)


def test_a_graph_that_doubles_with_each_layer_is_refused(tmp_path: Path) -> None:
    """Each sum has all that both layers before it have: what is read grows like Fibonacci's."""
    layers: list[tuple[str, dict[str, Any], list[str]]] = [(*DENSE, ["x"]), (*DENSE, ["l0"])]
    for k in range(60):
        before = f"l{2 * k - 1}" if k else "l0"
        layers.append((*DENSE, [f"l{2 * k + 1}"]))
        layers.append(("Add", {}, [f"l{2 * k + 2}", before]))
    with pytest.raises(InputError, match=r"^cannot import .*(may ask for|more than 20 deep)"):
        importing.read(written(tmp_path, layers, 2))


def test_branches_within_branches_without_end_are_refused(tmp_path: Path) -> None:
    layers: list[tuple[str, dict[str, Any], list[str]]] = [(*DENSE, ["x"])]
    for k in range(0, 60, 2):
        layers += [(*DENSE, [f"l{k}"]), ("Add", {}, [f"l{k + 1}", "x"])]
    with pytest.raises(InputError, match=r"nests branches in branches more than 20 deep"):
        importing.read(written(tmp_path, layers, 2))


@pytest.mark.parametrize("kind", ["Add", "Multiply", "Average"])
def test_branches_of_other_widths_are_refused(kind: str, tmp_path: Path) -> None:
    layers = [
        (*DENSE, ["x"]),
        ("Concatenate", {"axis": -1}, ["l0", "x"]),
        (kind, {}, ["l0", "l1"]),
    ]
    with pytest.raises(InputError, match=r"branches of (2 and 4 numbers|several widths)"):
        importing.read(written(tmp_path, layers, 2))
