"""A model of float64, as imports are, keeps the digits of its cells where a language has them."""

from __future__ import annotations

import json
import math
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from rosenblatt import MLPRegressor
from rosenblatt.explain import ShapExplainer
from rosenblatt.persistence import SavedModel, load_model
from tests.support.c_compiler import compiled
from tests.support.c_rows import predictions
from tests.support.commands import command

# Seconds since 1970, of which float32 keeps every 128th.
SECONDS = [1_700_000_050, 1_700_000_010, 1_699_999_970]
EXPECTED = [math.tanh((s - 1.7e9) / 100) for s in SECONDS]
NODE, RSCRIPT = shutil.which("node"), shutil.which("Rscript")


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """tanh((x - 1.7e9) / 100), whose subtraction is a bias, as files of other tools have it."""
    folder = tmp_path_factory.mktemp("double")
    X = np.array([[0.0], [1.0], [2.0]])
    est = MLPRegressor(hidden_layer_sizes=(1,), activation="tanh", solver="lbfgs", random_state=0)
    est.fit(X, X[:, 0])
    est.coefs_ = [np.array([[0.01]]), np.array([[1.0]])]
    est.intercepts_ = [np.array([-1.7e7]), np.array([0.0])]
    est.to_pmml(folder / "net.pmml")
    (folder / "rows.csv").write_text("\n".join(["x1", *map(str, SECONDS)]) + "\n")
    command("import", folder / "net.pmml", "--out", folder / "net.safetensors")
    return folder / "net.safetensors"


@pytest.fixture(scope="module")
def saved(model: Path) -> SavedModel:
    return load_model(model)


def test_the_command_line_predicts_it(model: Path) -> None:
    shown = command("predict", model, model.with_name("rows.csv"))
    np.testing.assert_allclose([float(x) for x in shown.split()[1:]], EXPECTED, rtol=1e-7)


def test_c(saved: SavedModel, tmp_path: Path) -> None:
    found = predictions(compiled(saved.to_c(), tmp_path), saved, [(float(s),) for s in SECONDS], 1)
    np.testing.assert_allclose(found[:, 0], EXPECTED, rtol=1e-7)


@pytest.mark.skipif(NODE is None, reason="no Node.js")
def test_javascript(saved: SavedModel, tmp_path: Path) -> None:
    saved.to_javascript(tmp_path / "net.mjs")
    rows = json.dumps([{"x1": s} for s in SECONDS])
    script = (
        f"import {{predict}} from './net.mjs'; console.log(JSON.stringify({rows}.map(predict)))"
    )
    (tmp_path / "run.mjs").write_text(script)
    done = subprocess.run(
        [str(NODE), "run.mjs"], cwd=tmp_path, check=True, capture_output=True, text=True
    )
    np.testing.assert_allclose(np.ravel(json.loads(done.stdout)), EXPECTED, rtol=1e-7)


@pytest.mark.skipif(RSCRIPT is None, reason="no R")
def test_r(saved: SavedModel, tmp_path: Path) -> None:
    text = saved.to_r() + f"\ncat(format(network(data.frame(x1=c({', '.join(map(str, SECONDS))}))),"
    (tmp_path / "run.R").write_text(text + " digits=15))\n", "ascii")
    done = subprocess.run(
        [str(RSCRIPT), "run.R"], cwd=tmp_path, check=True, capture_output=True, text=True
    )
    np.testing.assert_allclose([float(x) for x in done.stdout.split()], EXPECTED, rtol=1e-7)


def test_explanations(saved: SavedModel) -> None:
    rows = pd.DataFrame({"x1": SECONDS})
    seen = ShapExplainer(saved, rows)(rows)
    np.testing.assert_allclose(
        seen.values[:, 0], np.subtract(EXPECTED, np.mean(EXPECTED)), rtol=1e-6
    )


def test_a_trace(model: Path) -> None:
    data = model.with_name("known.csv")
    data.write_text(f"x1,y\n{SECONDS[0]},0.5\n")
    found = json.loads(command("trace", model, data, "--json"))
    np.testing.assert_allclose(found["prediction"], EXPECTED[:1], rtol=1e-7)


@pytest.mark.parametrize("kind", ["onnx", "keras", "tfjs"])
def test_formats_of_single_precision_come_with_a_note(model: Path, kind: str) -> None:
    out = model.with_name(f"net-{kind}{'.json' if kind == 'tfjs' else ''}")
    found = json.loads(command("export", model, "--to", kind, "--out", out, "--json"))
    assert f"{kind} computes with some 7 digits" in found["notes"][0]
    found = json.loads(command("export", model, "--to", "c", "--out", f"{out}.c", "--json"))
    assert not found["notes"]
