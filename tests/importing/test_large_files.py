"""Networks of the sizes that are in use, in every form of text: none takes its size for damage."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rosenblatt import importing
from rosenblatt.errors import InputError
from rosenblatt.support.types import Float64Array

WIDTHS = (30, 64, 32, 1)
RANDOM = np.random.default_rng(0)
LAYERS = [
    (RANDOM.normal(size=(n_in, n_out)), RANDOM.normal(size=n_out))
    for n_in, n_out in pairwise(WIDTHS)
]
NAMES = [f"x{k}" for k in range(WIDTHS[0])]


def logistic(z: Float64Array) -> Float64Array:
    return 1 / (1 + np.exp(-z))


def computed(X: Float64Array, last: Callable[[Float64Array], Float64Array]) -> Float64Array:
    *hidden, (W, b) = LAYERS
    for V, c in hidden:
        X = logistic(X @ V + c)
    return last(X @ W + b)


def of_synaptic(*, reversed_fields: bool) -> Any:
    """Connections of synaptic, or with the fields in the order of neataptic."""
    starts = np.cumsum([0, *WIDTHS])
    kinds = ["input", 0, 1, "output"]
    units = [
        {"bias": float(b), "layer": kind, "type": str(kind), "squash": "LOGISTIC", "trace": {}}
        for kind, (width, biases) in zip(
            kinds,
            [(WIDTHS[0], np.zeros(WIDTHS[0])), *((len(b), b) for _, b in LAYERS)],
            strict=True,
        )
        for b in biases[:width]
    ]
    links = [
        {"from": int(starts[k]) + i, "to": int(starts[k + 1]) + j, "weight": w, "gater": None}
        for k, (W, _) in enumerate(LAYERS)
        for (i, j), w in np.ndenumerate(W)
    ]
    if not reversed_fields:
        return {"neurons": units, "connections": links}
    turned = [{name: link[name] for name in ("weight", "from", "to", "gater")} for link in links]
    return {"nodes": units, "connections": turned}


def of_brain() -> Any:
    """brain.js 1: weights by the names of the units before."""
    layers: list[Any] = [{str(k): {} for k in range(WIDTHS[0])}]
    for W, b in LAYERS:
        units = {
            str(j): {"bias": b[j], "weights": {str(i): w for i, w in enumerate(W[:, j])}}
            for j in range(len(b))
        }
        layers.append(units)
    return {"sizes": WIDTHS, "layers": layers, "activation": "sigmoid", "trainOpts": {}}


def of_weka() -> str:
    numbers = [range(a, a + w) for a, w in ((1, WIDTHS[1]), (1 + WIDTHS[1], WIDTHS[2]))]
    takes = [[f"Attrib {name}" for name in NAMES], *([f"Node {k}" for k in n] for n in numbers)]
    lines = ["Scheme: weka.classifiers.functions.MultilayerPerceptron -C -I"]
    layers = list(zip(takes, [*numbers, [0]], LAYERS, strict=True))
    for names, own, (W, b) in (layers[-1], *layers[:-1]):  # node 0, the output, is printed first
        for j, number in enumerate(own):
            lines += [f"{'Sigmoid' if number else 'Linear'} Node {number}", "    Inputs    Weights"]
            lines.append(f"    Threshold    {b[j]}")
            lines += [f"    {name}    {w}" for name, w in zip(names, W[:, j], strict=True)]
    return "\n".join([*lines, "Class ", "    Input", "    Node 0", ""])


def of_opencv() -> str:
    """In YAML, whose sequences are indented and broken as FileStorage does."""
    scale = "[ 1., 0., 1., 0., " + ", ".join(["1., 0."] * (WIDTHS[0] - 2)) + " ]"
    lines = [
        *("%YAML:1.0", "---", "opencv_ml_ann_mlp:", "   format: 3"),
        f"   layer_sizes: [ {', '.join(map(str, WIDTHS))} ]",
        *("   activation_function: SIGMOID_SYM", "   f_param1: 1.", "   f_param2: 1."),
        *("   min_val: -0.95", "   max_val: 0.95", "   min_val1: -0.98", "   max_val1: 0.98"),
        *("   training_params:", "      train_method: RPROP"),
        *(
            f"   input_scale: {scale}",
            "   output_scale: [ 1., 0. ]",
            "   inv_output_scale: [ 1., 0. ]",
        ),
        "   weights:",
    ]
    for W, b in LAYERS:
        words = [f"{w:.16e}" for w in np.vstack([W, b]).ravel()]
        rows = [", ".join(words[k : k + 3]) for k in range(0, len(words), 3)]
        lines.append("      - [ " + (",\n" + " " * 10).join(rows) + " ]")
    return "\n".join([*lines, ""])


def written(folder: Path) -> dict[str, Path]:
    texts = {
        "synaptic": json.dumps(of_synaptic(reversed_fields=False)),
        "neataptic": json.dumps(of_synaptic(reversed_fields=True), indent=1),
        "brain": json.dumps(of_brain()),
        "weka": of_weka(),
        "opencv": of_opencv(),
    }
    for name, text in texts.items():
        (folder / name).write_text(text)
    return {name: folder / name for name in texts}


@pytest.mark.parametrize("name", ["synaptic", "neataptic", "brain", "weka", "opencv"])
def test_a_network_of_4193_weights(name: str, tmp_path: Path) -> None:
    path = written(tmp_path)[name]
    X = np.random.default_rng(1).normal(size=(20, WIDTHS[0]))
    data = None
    if name == "weka":
        data = tmp_path / "train.arff"
        head = [f"@attribute {column} numeric" for column in [*NAMES, "y"]]
        rows = ["0," * WIDTHS[0] + "0", "1," * WIDTHS[0] + "1"]
        data.write_text("\n".join(["@relation r", *head, "@data", *rows, ""]))
    model = importing.read(path, data=data).model
    if name == "weka":
        want = computed(X, lambda z: z)
    elif name == "opencv":  # (1 - e^-z) / (1 + e^-z) in every layer
        want = X
        for W, b in LAYERS:
            want = 2 * logistic(want @ W + b) - 1
    else:
        want = computed(X, logistic)
    np.testing.assert_allclose(model.predict(X), want, 1e-9, 1e-9)


def test_connections_that_are_none_are_named(tmp_path: Path) -> None:
    whole = of_synaptic(reversed_fields=False)
    for change, said in [
        ({"from": 4000}, "connections[7].from is 4000, and a whole number below 127"),
        ({"to": 1.5}, "connections[7].to is 1.5, and a whole number"),
        ({"gater": 3}, "connections[7] is gated by another unit"),
        ({"weight": None}, "connections[7].weight is no number"),
    ]:
        links = [dict(link) for link in whole["connections"]]
        links[7] |= change
        path = tmp_path / "net.json"
        path.write_text(json.dumps({**whole, "connections": links}))
        with pytest.raises(InputError) as error:
            importing.read(path)
        assert said in str(error.value)
