"""`rosenblatt train --from`: a saved or imported network goes on being trained."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from rosenblatt.activations import Identity
from rosenblatt.cli.app import run
from rosenblatt.model import EnsembleModel, Model
from rosenblatt.network import Dense
from rosenblatt.persistence import load_model, save_model
from tests.importing.golden import FOLDER, read_golden
from tests.support.cli_tables import shop_table
from tests.support.commands import QUICK

SCALED = FOLDER / "fann" / "scaled.net"
WHOLE = ["--validation-fraction", "0", "--test-fraction", "0"]
STEP = [*WHOLE, "--solver", "sgd", "--alpha", "0", "--epochs", "1", "--batch-size", "1000"]


@pytest.fixture(scope="module")
def a_model(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A model file of the shop's table."""
    place = tmp_path_factory.mktemp("shop")
    shop_table().to_csv(place / "shop.csv", index=False)
    out = place / "a.safetensors"
    train = ["train", str(place / "shop.csv"), "--target", "bought", *QUICK, "--out", str(out)]
    assert run([*train, "--quiet"]) == 0
    return out.read_bytes()


@pytest.fixture
def bought(folder: Path, a_model: bytes) -> Path:
    """The same in the working folder."""
    path = folder / "a.safetensors"
    path.write_bytes(a_model)
    return path


def imported(net: Path, *options: str) -> None:
    assert run(["import", str(net), "--out", "net.safetensors", *options, "--quiet"]) == 0


def prices(n: int = 60) -> pd.DataFrame:
    """Rows for the network of FANN, whose outputs lie between -1000 and 3000."""
    rng = np.random.default_rng(0)
    age, size = rng.uniform(20, 60, n), rng.uniform(50, 200, n)
    return pd.DataFrame({"age": age, "size": size, "price": 20 * age + 5 * size})


def mean_error(model: Model, theta: Any, X: Any, y: Any) -> float:
    network = Model(model.network, theta, model.loss, model.state)
    return float(((network.predict(X)[:, 0] - y) ** 2).mean() / 2)


def test_the_network_of_another_tool_goes_on_from_its_own_predictions(folder: Path, result) -> None:
    """Before the training the scores are FANN's; after one step it has moved down the slope."""
    X, Y, _ = read_golden(SCALED)
    y = Y[:, 0] + np.linspace(-300, 500, len(Y))
    pd.DataFrame({"age": X[:, 0], "size": X[:, 1], "price": y}).to_csv("rows.csv", index=False)
    imported(SCALED, "--inputs", "age,size", "--target", "price")
    trained = result("train", "rows.csv", "--from", "net.safetensors", *STEP)
    rmse = float(np.sqrt(((Y[:, 0] - y) ** 2).mean()))
    assert trained["scores"]["before"]["train"]["rmse"] == pytest.approx(rmse, rel=1e-9)
    assert any("'price' is standardised" in note for note in trained["notes"])

    before, after = load_model(Path("net.safetensors")), load_model(Path("rows.safetensors"))
    assert before.encoding.columns == after.encoding.columns
    target = after.encoding.target
    standard = (y - target.mean) / target.scale
    theta = before.model.parameters.copy()
    assert before.model.network.layers[-1] == Dense(1, Identity())
    theta[-2] /= target.scale
    theta[-1] = (theta[-1] - target.mean) / target.scale
    gradient = np.zeros_like(theta)
    for k in range(len(theta)):
        ends = []
        for h in (-1e-6, 1e-6):
            moved = theta.copy()
            moved[k] += h * max(1, abs(theta[k]))
            ends.append(mean_error(before.model, moved, X, standard))
        gradient[k] = (ends[1] - ends[0]) / (2e-6 * max(1, abs(theta[k])))
    # The first step with Nesterov's momentum of 0.9: 1.9 times the rate.
    step = after.model.parameters - theta
    np.testing.assert_allclose(step, -1.9e-3 * gradient, rtol=1e-4, atol=1e-9)


NETWORKS = [
    (("keras", "residual.net.keras"), ()),
    (("tfjs", "residual.net.json"), ()),
    (("fann", "cascade.net"), ()),
    (("fann", "single.net"), ("--classes", "no,yes")),
    (("opencv", "relu.net.json"), ("--output", "1")),
    (("onnx", "skl_two_float.net.onnx"), ()),
    (("pmml", "hand_r.net.pmml"), ()),
    (("r", "skip.rds"), ()),
]


@pytest.mark.parametrize(("net", "options"), NETWORKS, ids=lambda given: "-".join(given))
def test_networks_of_every_shape_learn_on(net: Any, options: Any, folder: Path, result) -> None:
    pytest.importorskip({"keras": "h5py", "onnx": "onnx"}.get(net[0], "numpy"))
    imported(FOLDER.joinpath(*net), *options)
    encoding = load_model(Path("net.safetensors")).encoding
    rng = np.random.default_rng(1)
    rows: dict[str, Any] = {}
    for column in encoding.columns:
        labels = getattr(column, "categories", None)
        rows[column.name] = rng.normal(0, 1, 80) if labels is None else rng.choice(labels, 80)
    classes = getattr(encoding.target, "classes", None)
    rows[encoding.target.name] = (
        rng.normal(5, 2, 80) if classes is None else np.array(classes)[np.arange(80) % 2]
    )
    pd.DataFrame(rows).to_csv("rows.csv", index=False)
    fit = ["--epochs", "60", "--learning-rate", "0.003", *WHOLE]
    trained = result("train", "rows.csv", "--from", "net.safetensors", *fit)["scores"]
    worse = "rmse" if classes is None else "log_loss"
    assert trained["network"]["train"][worse] < trained["before"]["train"][worse]
    assert result("predict", "rows.safetensors", "rows.csv")["rows"] == 80


def test_what_a_model_was_trained_to_is_where_it_goes_on(bought: Path, result) -> None:
    first = result("inspect", "a.safetensors")
    on = result("train", "shop.csv", "--from", "a.safetensors", "--epochs", "3")
    assert on["scores"]["before"] == first["scores"]["network"]
    assert on["columns"] == first["columns"]
    again = result("train", "shop.csv", "--from", "shop.safetensors", "--epochs", "3")
    assert any("older model" in note for note in again["notes"])
    shown = result("inspect", "shop.safetensors")
    assert not {"hidden", "activation"} & set(shown["options"])


def test_a_checkpoint_is_one_of_the_training_that_goes_on(bought: Path, result, capsys) -> None:
    fit = ["shop.csv", "--from", "a.safetensors", *WHOLE, "--checkpoint", "fit.ckpt"]
    whole = result("train", *fit[:-2], "--epochs", "6", "--out", "whole.safetensors")
    result("train", *fit, "--epochs", "3")
    resumed = result("train", *fit, "--epochs", "6")
    assert any("went on from epoch 3" in note for note in resumed["notes"])
    assert resumed["scores"] == whole["scores"]
    result("train", "shop.csv", "--from", "a.safetensors", "--epochs", "1", "--out", bought.name)
    assert run(["train", *fit, "--epochs", "9"]) == 2
    assert "the weights to begin from differ" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--hidden", "8"], "--hidden says otherwise"),
        (["--activation", "tanh"], "--activation says otherwise"),
        (["--workers", "2"], "--workers says otherwise"),
        (["--preset", "fast"], "--preset is for the table learner"),
        (["--target", "weight"], "predicts 'bought', and not 'weight'"),
        (["--column", "size=category"], "was decided in training"),
        (["--sample-weight", "size"], "cannot be sample weights"),
        (["--solver", "adm"], "adam"),
    ],
)
def test_what_contradicts_the_model_is_refused(
    options: list[str], said: str, bought: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["train", "shop.csv", "--from", "a.safetensors", *options]) == 2
    assert said in capsys.readouterr().err
    assert not Path("shop.safetensors").exists()


def test_other_tables_and_models_are_refused(bought: Path, capsys) -> None:
    saved = load_model(bought)
    several = EnsembleModel((saved.model.members[0],) * 2)
    save_model(Path("b.safetensors"), replace(saved, model=several))
    table = pd.read_csv("shop.csv")
    table.assign(bought=table["bought"].replace("buys", "steals")).to_csv("odd.csv", index=False)
    table.drop(columns="size").to_csv("less.csv", index=False)
    table.assign(bought="").to_csv("none.csv", index=False)
    for model, rows, said in [
        ("a.safetensors", "odd.csv", "is steals, and the model has the classes buys, leaves"),
        ("a.safetensors", "less.csv", "'size'"),
        ("a.safetensors", "none.csv", "no row has a known 'bought' to learn from"),
        ("b.safetensors", "shop.csv", "networks, and --from goes on with one"),
        (str(SCALED), "shop.csv", "is not a model"),
        ("absent.safetensors", "shop.csv", "absent.safetensors"),
    ]:
        assert run(["train", rows, "--from", model, "--out", "on.safetensors"]) == 2
        assert said in capsys.readouterr().err
    assert not Path("on.safetensors").exists()


def test_of_one_network_of_the_table_learner_the_intervals_are_left_out(
    folder: Path, result
) -> None:
    prices().to_csv("prices.csv", index=False)
    learner = ["--preset", "fast", "--ensemble", "1", "--loss", "gaussian"]
    result("train", "prices.csv", *learner, "--out", "a.safetensors")
    on = result("train", "prices.csv", "--from", "a.safetensors", "--epochs", "3")
    assert any("--coverage and --warn-shift" in note for note in on["notes"])
    saved = load_model(Path("prices.safetensors"))
    assert saved.uncertainty is None
    assert type(saved.model.loss).__name__ == "Gaussian"
