"""`rosenblatt predict`: rows from standard input, and columns that stand beside predictions."""

from __future__ import annotations

import gzip
import io
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from rosenblatt.cli.app import run
from tests.support.cli_tables import shop_table
from tests.support.commands import QUICK
from tests.support.model_files import rewrite

MODEL = "shop.safetensors"


@pytest.fixture
def model(folder: Path) -> str:
    assert run(["train", "shop.csv", "--target", "bought", "--quiet", *QUICK]) == 0
    return MODEL


@pytest.fixture
def give(monkeypatch: pytest.MonkeyPatch) -> Callable[[bytes], None]:
    """Put bytes into standard input."""

    def put(content: bytes) -> None:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))

    return put


def test_standard_input_is_read_as_a_file_of_its_kind_is(model: str, result, give) -> None:
    table = shop_table(30, seed=1)
    parquet, arrow = io.BytesIO(), io.BytesIO()
    table.to_parquet(parquet)
    table.to_feather(arrow)
    csv = table.to_csv(index=False).encode()
    kinds = {
        "csv": csv,
        "csv of semicolons": table.to_csv(index=False, sep=";").encode(),
        "gzip": gzip.compress(csv),
        "json": b"\xef\xbb\xbf" + table.to_json(orient="records", date_format="iso").encode(),
        "json lines": table.to_json(orient="records", lines=True, date_format="iso").encode(),
        "parquet": parquet.getvalue(),
        "arrow": arrow.getvalue(),
    }
    Path("rows.csv").write_bytes(csv)
    wanted = result("predict", model, "rows.csv")["predictions"]
    for kind, content in kinds.items():
        give(content)
        assert result("predict", model, "-")["predictions"] == wanted, kind


def test_a_pipe_is_read(model: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "rosenblatt", "predict", model, "-"],
        input=Path("shop.csv").read_bytes(),
        capture_output=True,
        check=True,
    )
    assert done.stdout.startswith(b"prediction,")
    assert done.stdout.count(b"\n") == 241


@pytest.mark.parametrize("content", [b"", b"size\n3\n", b"\0\1\2", b"[1, 2", b"PAR1 and no more"])
def test_what_is_refused_is_called_standard_input(model: str, capsys, give, content: bytes) -> None:
    give(content)
    assert run(["predict", model, "-"]) == 2
    told = capsys.readouterr().err
    assert told.startswith("error: ")
    assert "rosenblatt-" not in told


def test_standard_input_may_be_looked_at_trained_on_and_scored(
    folder: Path, result, give, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = Path("shop.csv").read_bytes()
    give(table)
    trained = result("train", "-", "--target", "bought", *QUICK)
    assert trained["model"] == "stdin.safetensors"
    assert trained["next"] == "rosenblatt predict stdin.safetensors - --out stdin.predictions.csv"
    give(table)
    assert result("look", "-")["table"] == "standard input"
    give(table)
    assert result("evaluate", "stdin.safetensors", "-")["rows"] == 240
    monkeypatch.setattr(sys, "stdin", None)
    assert run(["look", "-"]) == 2


def test_columns_stand_beside_the_predictions(model: str, capsys, result) -> None:
    table = shop_table(30, seed=1)
    table["code"] = [f"{k:04d}" for k in range(30)]
    table.loc[4, "code"] = None
    table["visits"] = np.arange(30)
    table.to_csv("rows.csv", index=False)
    table.to_parquet("rows.parquet")
    kept = [w for name in ("code", "since", "visits") for w in ("--keep-column", name)]
    for data in ("rows.csv", "rows.parquet"):
        for out in ("p.csv", "p.tsv", "p.parquet"):
            assert run(["predict", model, data, *kept, "--out", out, "--quiet"]) == 0
        texts = pd.read_csv("p.csv", dtype=str)
        assert texts.columns[0] == "prediction"
        assert list(texts)[-3:] == ["code", "since", "visits"]
        assert texts["code"].tolist()[:4] == ["0000", "0001", "0002", "0003"]
        assert texts["code"].isna().tolist() == table["code"].isna().tolist()
        assert texts["since"].tolist() == table["since"].dt.strftime("%Y-%m-%d").tolist()
        visits = pd.read_parquet("p.parquet")["visits"]
        assert visits.astype(int).tolist() == list(range(30))
        assert (visits.dtype == np.int64) == (data == "rows.parquet")  # a text file's stay texts
        shown = result("predict", model, data, *kept)["predictions"]
        assert shown[7]["code"] == "0007"
        assert shown[4]["code"] is None
        assert int(shown[7]["visits"]) == 7
    assert run(["predict", model, "rows.csv", "--keep-column", "cod"]) == 2
    assert "did you mean 'code'" in capsys.readouterr().err
    table.rename(columns={"code": "prediction"}).to_csv("rows.csv", index=False)
    assert run(["predict", model, "rows.csv", "--keep-column", "prediction"]) == 2
    assert "has each name once" in capsys.readouterr().err


FAR = "so far from those of the training"
OWN = "the model's own numbers are so large"


def with_numbers(**numbers: float) -> None:
    """Give parameters of the model these sizes, with signs by turns."""

    def change(metadata: dict[str, Any], tensors: dict[str, Any]) -> None:
        for name, tensor in tensors.items():
            if name.removeprefix("layers.") in numbers:
                signs = np.resize([-1, 1], tensor.size).reshape(tensor.shape)
                size = numbers[name.removeprefix("layers.")]
                tensors[name] = (signs * size).astype(tensor.dtype)

    rewrite(Path(MODEL), change)


@pytest.mark.parametrize("target", ["weight", "colour"])
def test_numbers_of_a_model_that_lead_beyond_its_float_type(
    folder: Path, result, target: str
) -> None:
    train = ["train", "shop.csv", "--target", target, "--out", MODEL, "--epochs", "1"]
    assert run([*train, "--hidden", "4", "--quiet"]) == 0
    with_numbers(**{"0.bias": 3e38, "1.weight": 3e38})
    for command in ("predict", "evaluate"):
        notes = result(command, MODEL, "shop.csv")["notes"]
        assert any(OWN in note for note in notes)
        assert not any(FAR in note for note in notes)


def test_rows_that_lead_beyond_the_float_type(folder: Path, result) -> None:
    train = ["train", "shop.csv", "--target", "weight", "--out", MODEL, "--epochs", "1"]
    assert run([*train, "--hidden", "4", "--quiet"]) == 0
    with_numbers(**{"0.weight": 2e37, "1.weight": 1e-37})
    table = shop_table()
    table.loc[:2, "size"] = 1e300
    table.to_csv("far.csv", index=False)
    for command in ("predict", "evaluate"):
        (note,) = (note for note in result(command, MODEL, "far.csv")["notes"] if "finite" in note)
        assert note.startswith("the prediction of 3 rows is not finite")
        assert FAR in note
