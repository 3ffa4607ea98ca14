"""`rosenblatt explain`: what it shows, writes and refuses."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from rosenblatt.cli import late_progress
from rosenblatt.cli.app import run
from rosenblatt.cli.screen import Screen
from rosenblatt.explain import figure
from rosenblatt.losses import BinaryCrossEntropy, CategoricalCrossEntropy, SquaredError
from rosenblatt.persistence import save_model
from tests.support.export_tables import table
from tests.support.table_models import averaged_model, expected

MODELS = [
    ("two", BinaryCrossEntropy(), 1),
    ("class", CategoricalCrossEntropy(), 3),
    ("price", SquaredError(), 1),
]


@pytest.fixture
def saved(request: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.chdir(tmp_path)
    frame = table(with_gaps=True)
    model = averaged_model(frame, *request.param)
    save_model("m.safetensors", model)
    frame.to_parquet("rows.parquet")
    return model


each_model = pytest.mark.parametrize("saved", MODELS, indirect=True, ids=[m[0] for m in MODELS])
one_model = pytest.mark.parametrize("saved", MODELS[:1], indirect=True)


@each_model
def test_values_add_up_to_predictions(saved: Any, result: Any) -> None:
    found = result(
        "explain", "m.safetensors", "rows.parquet", "--rows", "50", "--row", "17", "--out", "w.csv"
    )
    p = expected(saved, table(with_gaps=True))
    p = p[:, 1] if saved.encoding.target.name == "two" else p.max(axis=1)
    one = found["row"]
    assert one["number"] == 17
    assert one["prediction"] == pytest.approx(p[16], rel=1e-4)
    assert sum(one["values"].values()) + one["base_value"] == pytest.approx(p[16], rel=1e-4)
    assert found["rows"] == 50
    assert found["background"] == 100
    assert list(found["importances"].values()) == sorted(found["importances"].values())[::-1]
    written = pd.read_csv("w.csv")
    assert len(written) == 50
    assert 17 in written["row"].tolist()
    np.testing.assert_allclose(written["prediction"], p[written["row"] - 1], rtol=1e-4)
    values = written[[c for c in written if c.startswith("value of ")]]
    np.testing.assert_allclose(values.sum(axis=1) + written["base_value"], written["prediction"])


@one_model
@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
def test_the_picture(saved: Any, ending: str, result: Any) -> None:
    name = f"why.{ending}"
    assert result("explain", "m.safetensors", "rows.parquet", "--plot", name)["plot"] == name
    head = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}[ending]
    assert Path(name).read_bytes().startswith(head)


def test_a_picture_of_any_names_has_one_note(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, result: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(figure, "fonts_for", lambda _: [])
    rows = "".join(f"{k},{k % 5},{['$x_$', '是'][k % 3 == 0]}\n" for k in range(60))
    Path("rows.csv").write_text(f"表,$\\frac{{1}}{{$,क\n{rows}", encoding="utf-8")
    result("train", "rows.csv", "--network", "2", "--epochs", "2", "--out", "m.safetensors")
    found = result("explain", "m.safetensors", "rows.csv", "--plot", "why.png")
    assert [note for note in found["notes"] if "boxes" in note] == [
        "the picture has boxes for characters that no font of this system has, such as '是': "
        "install one that has them"
    ]


@one_model
@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--rows", "0"], "explain one row or more"),
        (["--row", "0"], "the first row of a table is row 1"),
        (["--row", "401"], "the table has 400 rows"),
        (["--plot", "why.gif"], "cannot draw into why.gif"),
        (["--out", "rows.parquet"], "one of the files to read"),
        (["--out", "w.xlsx"], "cannot write predictions to w.xlsx"),
    ],
)
def test_what_is_refused(
    saved: Any, arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["explain", "m.safetensors", "rows.parquet", *arguments]) == 2
    assert message in " ".join(capsys.readouterr().err.split())


@one_model
def test_the_screen_fits(saved: Any, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["explain", "m.safetensors", "rows.parquet", "--rows", "30"]) == 0
    shown = capsys.readouterr().out
    assert "the columns that count, in the mean of 30 rows" in shown
    assert "row 1: yes is" in shown
    assert max(map(len, shown.splitlines())) <= 80


@one_model
def test_a_terminal_sees_how_far_it_is_and_a_pipe_does_not(
    saved: Any, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = ["explain", "m.safetensors", "rows.parquet", "--rows", "70"]
    monkeypatch.setattr(late_progress, "QUIET_SECONDS", -1.0)
    assert run(arguments) == 0
    assert "rows are explained" not in capsys.readouterr().err
    monkeypatch.setattr(Screen, "shows_progress", True)
    assert run(arguments) == 0
    assert "70 of 70 rows are explained" in capsys.readouterr().err
