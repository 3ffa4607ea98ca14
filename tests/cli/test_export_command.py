"""Models written as ONNX, C and plain weights by real processes, on real tables where there are."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from safetensors.numpy import load_file

from rosenblatt.cli.app import run
from rosenblatt.cli.prediction import Predictions, predict
from rosenblatt.persistence import load_model
from rosenblatt.support.optional_dependencies import install_command
from tests.importing.golden import FOLDER
from tests.support.c_compiler import compiled
from tests.support.c_rows import inputs, predictions
from tests.support.cli_tables import REAL_DATA, shop_table
from tests.support.commands import command
from tests.support.export_tables import cells
from tests.support.onnx_sessions import session


@pytest.fixture
def model(folder: Path, shop_model: bytes) -> Path:
    path = folder / "shop.safetensors"
    path.write_bytes(shop_model)
    return path


@pytest.fixture(scope="module")
def shop_model(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    place = tmp_path_factory.mktemp("model")
    shop_table().to_csv(place / "shop.csv", index=False)
    out = place / "m.safetensors"
    arguments = [str(place / "shop.csv"), "--target", "bought", "--epochs", "5", "--quiet"]
    assert run(["train", *arguments, "--out", str(out)]) == 0
    return out.read_bytes()


def numbers(predictions: Predictions) -> Any:
    """Probabilities, or the numbers that are predicted: what the exports compute."""
    columns = list(predictions.columns.values())
    return np.column_stack(columns[1:] or columns).astype(np.float64)


def probabilities(model: Path, frame: Any) -> Any:
    return numbers(predict(load_model(model), frame))


def strangers() -> Any:
    """Rows with gaps, a colour that nobody knows, and dates long ago and ahead."""
    frame = shop_table(20, seed=4)
    frame.loc[0, ["size", "colour", "member"]] = None
    frame.loc[1, "since"] = pd.NaT
    frame.loc[2, "colour"] = "violet"
    frame.loc[3, "since"] = pd.Timestamp("1901-02-03 04:05")
    frame.loc[4, "since"] = pd.Timestamp("2199-12-31")
    frame.loc[5, "size"] = -1e30
    frame["member"] = frame["member"].map({"yes": True, "no": False})
    return frame


def test_onnx_takes_raw_rows(model: Path) -> None:
    pytest.importorskip("onnx")
    done = command("export", "shop.safetensors", "--to", "onnx")
    assert "wrote shop.onnx" in done
    frame = strangers()
    runtime = session(Path("shop.onnx").read_bytes())
    (got,) = runtime.run(["bought"], cells(frame, load_model(model).encoding))
    np.testing.assert_allclose(got, probabilities(model, frame), 1e-5, 1e-5)


@pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler")
def test_c_takes_raw_rows(model: Path) -> None:
    command("export", "shop.safetensors", "-o", "net.c")
    saved, frame = load_model(model), strangers()
    library = compiled(Path("net.c").read_text(), Path("compiled"))
    got = predictions(library, saved, inputs(saved, frame), 2)
    np.testing.assert_allclose(got, probabilities(model, frame), 1e-5, 1e-5)


def test_weights_are_plain(model: Path) -> None:
    command("export", "shop.safetensors", "--to", "safetensors")
    assert load_file("shop-weights.safetensors").keys() == load_file(model).keys()
    for name, array in load_file(model).items():
        np.testing.assert_array_equal(load_file("shop-weights.safetensors")[name], array)


def test_replacing_a_file_is_reported(model: Path) -> None:
    Path("net.c").write_text("old")
    done = command(
        "export", "shop.safetensors", "-o", "net.c", "--name", "shop", "--force", "--json"
    )
    answer = json.loads(done)
    assert answer["to"] == "c"
    assert answer["notes"] == ["net.c held another file, which the new one has replaced"]
    assert "void shop(const shop_row *row, double *out)" in Path("net.c").read_text()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "nothing says what to write"),
        (
            ["-o", "net.tflite"],
            "end with one of .onnx, .c, .sql, .mjs, .R, .pmml, .net, .keras, .json, .safetensors",
        ),
        (["--to", "onxn"], "did you mean 'onnx'"),
        (["-o", "shop.safetensors"], "is the model itself"),
        (["-o", "no/such/net.c"], "does not exist"),
        (["--to", "c", "--name", "sin"], "function of <math.h>"),
        (["--to", "fann"], "cannot be exported: the column 'id' cannot be exported to FANN"),
    ],
)
def test_invalid_export_writes_no_file(
    model: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    before = {path.name: path.read_bytes() for path in Path().iterdir()}
    assert run(["export", "shop.safetensors", *arguments]) == 2
    assert said in capsys.readouterr().err
    assert {path.name: path.read_bytes() for path in Path().iterdir()} == before


def test_what_lies_beside_an_export_is_replaced_with_it_alone(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    net = str(FOLDER / "fann" / "scaled.net")
    assert run(["import", net, "--out", "net.safetensors", "--quiet"]) == 0
    export = ["export", "net.safetensors", "--to", "tfjs"]
    Path("net.weights.bin").write_text("another's")
    assert run(export) == 2
    assert "net.weights.bin exists and holds no part of this export" in capsys.readouterr().err
    assert not Path("net.json").exists()
    assert run([*export, "--force"]) == 0
    assert run(export) == 0
    (group,) = json.loads(Path("net.json").read_text())["weightsManifest"]
    assert group["paths"] == ["./net.weights.bin"]
    assert Path("net.weights.bin").stat().st_size == sum(
        4 * int(np.prod(weights["shape"])) for weights in group["weights"]
    )


def test_says_what_to_install(model: Path, monkeypatch, capsys) -> None:
    monkeypatch.setattr("rosenblatt.cli.export_command.find_spec", lambda name: None)
    assert run(["export", "shop.safetensors", "--to", "onnx"]) == 2
    assert install_command("onnx") in capsys.readouterr().err


@pytest.mark.product(every=3)
@pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler")
@pytest.mark.parametrize("table", ["adult", "bike_sharing", "flights", "ames"])
def test_real_tables(table: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trained, exported and compared on rows with gaps and categories that training had not."""
    pytest.importorskip("onnx")
    if not (REAL_DATA / f"{table}.parquet").exists():
        pytest.skip("the table is not here")
    monkeypatch.chdir(tmp_path)
    frame = pd.read_parquet(REAL_DATA / f"{table}.parquet").sample(1200, random_state=0)
    frame[:1000].to_parquet("train.parquet")
    command("train", "train.parquet", "--epochs", "3", "--out", "m.safetensors")
    command("export", "m.safetensors", "--to", "c")
    command("export", "m.safetensors", "--to", "onnx")
    saved = load_model(Path("m.safetensors"))
    rows = frame[1000:].reset_index(drop=True)
    for column in saved.encoding.columns:
        gaps = np.random.default_rng(len(column.name)).random(len(rows)) < 0.1
        rows[column.name] = rows[column.name].astype(object).mask(gaps)
        if column.kind == "category":
            rows.loc[7, column.name] = "never seen"
    want = numbers(predict(saved, rows))
    for column in saved.encoding.columns:
        if column.kind == "true/false":
            rows[column.name] = rows[column.name].replace({"Y": 1, "N": 0})
    library = compiled(Path("m.c").read_text(), tmp_path / "compiled")
    got = predictions(library, saved, inputs(saved, rows), want.shape[1])
    np.testing.assert_allclose(got, want, 1e-4, 1e-5)
    (got,) = session(Path("m.onnx").read_bytes()).run(None, cells(rows, saved.encoding))
    np.testing.assert_allclose(got, want, 1e-4, 1e-5)
