"""Networks of many inputs and few units: none takes a square matrix of the inputs to be read."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from rosenblatt import importing
from rosenblatt.importing import ImportedNetwork

N_INPUTS, N_UNITS = 2000, 5
SQUARE = 8 * N_INPUTS**2  # bytes of float64
RANDOM = np.random.default_rng(0)
W, B = RANDOM.normal(size=(N_INPUTS, N_UNITS)) / N_INPUTS, RANDOM.normal(size=N_UNITS)
V, C = RANDOM.normal(size=N_UNITS), 0.5
NAMES = [f"x{k}" for k in range(N_INPUTS)]


def of_r() -> str:
    """As `dput` writes it: units are 0 for the bias, the inputs, the hidden ones, the output."""
    hidden, first = 1 + N_INPUTS, np.zeros(1 + N_INPUTS, int)
    counts = first.tolist() + [k * (1 + N_INPUTS) for k in range(N_UNITS + 1)]
    counts.append(counts[-1] + 1 + N_UNITS)
    conn = list(range(1 + N_INPUTS)) * N_UNITS + [0, *range(hidden, hidden + N_UNITS)]
    wts = [w for k in range(N_UNITS) for w in (B[k], *W[:, k])] + [C, *V]
    numbers = {
        "n": [N_INPUTS, N_UNITS, 1],
        "nunits": [hidden + N_UNITS + 1],
        "nconn": counts,
        "conn": conn,
        "nsunits": [hidden + N_UNITS],
        "wts": [repr(float(w)) for w in wts],
    }
    parts = [f"{name} = c({', '.join(map(str, of))})" for name, of in numbers.items()]
    quoted = ", ".join(f'"{name}"' for name in NAMES)
    return f'structure(list({", ".join(parts)}, coefnames = c({quoted})), class = "nnet")'


def of_weka() -> str:
    lines = ["Scheme: weka.classifiers.functions.MultilayerPerceptron -C -I"]
    lines += ["Linear Node 0", "    Inputs    Weights", f"    Threshold    {C}"]
    lines += [f"    Node {k + 1}    {v}" for k, v in enumerate(V)]
    for k in range(N_UNITS):
        lines += [f"Sigmoid Node {k + 1}", "    Inputs    Weights", f"    Threshold    {B[k]}"]
        lines += [f"    Attrib {name}    {w}" for name, w in zip(NAMES, W[:, k], strict=True)]
    return "\n".join([*lines, "Class ", "    Input", "    Node 0", ""])


def imported(tool: str, folder: Path) -> ImportedNetwork:
    path = folder / "net"
    if tool == "r":
        path.write_text(of_r())
        return importing.read(path)
    path.write_text(of_weka())
    table = folder / "train.arff"
    head = [f"@attribute {name} numeric" for name in [*NAMES, "y"]]
    rows = [",".join([end] * N_INPUTS + [end]) for end in "01"]
    table.write_text("\n".join(["@relation r", *head, "@data", *rows, ""]))
    return importing.read(path, data=table)


@pytest.mark.parametrize("tool", ["r", "weka"])
def test_no_square_matrix_is_made(tool: str, tmp_path: Path) -> None:
    imported(tool, tmp_path)  # what is imported at first use, and kept, is not measured
    tracemalloc.start()
    try:
        found = imported(tool, tmp_path)
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < SQUARE / 2
    model = found.model
    assert model.n_inputs == N_INPUTS
    assert len(model.parameters) == (N_INPUTS + 1) * N_UNITS + N_UNITS + 1
    X = np.random.default_rng(1).normal(size=(9, N_INPUTS))
    hidden = 1 / (1 + np.exp(-(X @ W + B)))
    np.testing.assert_allclose(model.predict(X)[:, 0], hidden @ V + C, 1e-9, 1e-9)
