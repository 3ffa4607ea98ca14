"""The commands on a file of several networks, whose mean predicts."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from safetensors.numpy import load_file
from sklearn.metrics import accuracy_score

from rosenblatt.cli.app import run
from rosenblatt.model import EnsembleModel
from rosenblatt.persistence import load_model, save_model
from tests.support.c_compiler import compiled
from tests.support.c_rows import inputs, predictions
from tests.support.cli_tables import shop_table
from tests.support.export_tables import cells
from tests.support.onnx_sessions import session

GOLDEN = Path(__file__).parents[1] / "golden" / "model_files_2"
SHOWN = "3 networks 15 → 4 ReLU → 1"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """With a model of three networks, each of them alone, and a table for them."""
    monkeypatch.chdir(tmp_path)
    shutil.copy(GOLDEN / "classifier.safetensors", "shop.safetensors")
    saved = load_model("shop.safetensors")
    for k, member in enumerate(saved.model.members):
        save_model(f"{k}.safetensors", replace(saved, model=member))
    shop_table().drop(columns="weight").to_csv("shop.csv", index=False)
    return tmp_path


def test_inspect_shows_how_many_networks_there_are(folder: Path, capsys) -> None:
    assert run(["inspect", "shop.safetensors"]) == 0
    shown = capsys.readouterr().out
    assert SHOWN in shown
    assert "format version" in shown
    assert run(["inspect", "shop.safetensors", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    weights = load_file("shop.safetensors")
    assert facts["network"] == SHOWN
    assert facts["networks"] == 3
    assert facts["parameters"] == sum(array.size for array in weights.values())
    assert facts["format_version"] == 2
    assert run(["inspect", "0.safetensors", "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert (facts["network"], facts["networks"]) == (SHOWN.removeprefix("3 networks "), 1)


def test_inspect_tells_chains_apart(folder: Path, capsys) -> None:
    saved = load_model(GOLDEN / "regressor.safetensors")
    first, second = saved.model.members
    model = EnsembleModel((first, second, first))
    save_model("m.safetensors", replace(saved, model=model))
    assert run(["inspect", "m.safetensors", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)["network"]
    n = saved.model.n_inputs
    assert shown.startswith(f"2 networks {n} → 5 LeakyReLU")
    assert f", 1 network {n} → 5 GELU" in shown


def test_predictions_are_the_mean_of_those_of_the_networks(folder: Path) -> None:
    found = {}
    for model in ("shop", "0", "1", "2"):
        out = f"{model}.csv.out.csv"
        assert run(["predict", f"{model}.safetensors", "shop.csv", "--out", out, "--quiet"]) == 0
        found[model] = pd.read_csv(out)
    columns = ["probability_buys", "probability_leaves"]
    mean = np.mean([found[k][columns] for k in "012"], axis=0)
    np.testing.assert_allclose(found["shop"][columns], mean, rtol=1e-5, atol=1e-6)
    assert np.abs(found["0"][columns] - mean).to_numpy().max() > 0.01
    labels = np.array(["buys", "leaves"])[mean.argmax(axis=1)]
    assert (found["shop"]["prediction"] == labels).all()


def test_evaluate_scores_the_mean(folder: Path, capsys) -> None:
    assert run(["predict", "shop.safetensors", "shop.csv", "--out", "p.csv", "--quiet"]) == 0
    capsys.readouterr()
    assert run(["evaluate", "shop.safetensors", "shop.csv", "--json"]) == 0
    scores = json.loads(capsys.readouterr().out)["scores"]
    truth = pd.read_csv("shop.csv")["bought"]
    assert scores["accuracy"] == accuracy_score(truth, pd.read_csv("p.csv")["prediction"])


def test_exports_are_of_the_mean(folder: Path) -> None:
    saved, frame = load_model("shop.safetensors"), shop_table(30, seed=4)
    p = saved.model.predict(saved.encoding.encode(frame).X)
    wanted = np.hstack([1 - p, p])
    assert run(["export", "shop.safetensors", "--to", "safetensors", "--quiet"]) == 0
    weights = load_file("shop-weights.safetensors")
    for name, array in load_file("shop.safetensors").items():
        np.testing.assert_array_equal(weights[name], array)
    # The weights are known again: they are replaced unasked, another model is not.
    assert run(["export", "shop.safetensors", "--to", "safetensors", "--quiet"]) == 0
    assert run(["export", "shop.safetensors", "--out", "0.safetensors", "--quiet"]) == 2
    frame["member"] = frame["member"] == "yes"
    if shutil.which("cc") is not None:
        assert run(["export", "shop.safetensors", "--out", "shop.c", "--quiet"]) == 0
        library = compiled(Path("shop.c").read_text(), folder / "compiled")
        got = predictions(library, saved, inputs(saved, frame), 2)
        np.testing.assert_allclose(got, wanted, 1e-5, 1e-5)
    pytest.importorskip("onnx")
    assert run(["export", "shop.safetensors", "--out", "shop.onnx", "--quiet"]) == 0
    runtime = session(Path("shop.onnx").read_bytes())
    (got,) = runtime.run(["bought"], cells(frame, saved.encoding))
    np.testing.assert_allclose(got, wanted, 1e-5, 1e-5)
