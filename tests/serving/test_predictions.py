"""A server predicts what `rosenblatt predict` predicts, and says what it says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pandas as pd
import pytest

from rosenblatt.cli.app import run
from rosenblatt.serving import answers
from rosenblatt.support.finite_json import finite_json
from tests.support.cli_tables import shop_table
from tests.support.model_files import rewrite
from tests.support.served import serving

CSV = {"Content-Type": "text/csv"}
ROWS = shop_table(20, seed=7)


def records(table: pd.DataFrame = ROWS) -> list[dict[str, Any]]:
    """The rows as JSON has them, null for missing cells."""
    return json.loads(table.to_json(orient="records", date_format="iso"))


def by_command(model: Path, rows: Any, folder: Path, capsys) -> dict[str, Any]:
    """What the command says of the same rows in a file."""
    file = folder / "rows.json"
    file.write_text(json.dumps(rows), encoding="utf-8")
    capsys.readouterr()
    run(["predict", str(model), str(file), "--json"])
    return json.loads(capsys.readouterr().out)


def flat(prediction: dict[str, Any]) -> dict[str, Any]:
    shares = prediction.get("probabilities", {})
    return {
        "prediction": prediction["prediction"],
        **{f"probability_{name}": share for name, share in shares.items()},
    }


@pytest.mark.parametrize("target", ["bought", "weight", "member", "stars"])
def test_json_rows_in_every_form(models, tmp_path, capsys, target) -> None:
    rows = records(ROWS.assign(stars=1))
    expected = by_command(models(target), rows, tmp_path, capsys)
    assert len(expected["predictions"]) == len(rows)
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    with serving(models(target)) as server:
        for body in (rows, columns):
            answer = server.client.post("/predict", json=body)
            assert answer.status_code == 200
            assert answer.headers["content-type"] == "application/json"
            said = answer.json()
            assert list(map(flat, said["predictions"])) == expected["predictions"]
            assert said["notes"] == expected["notes"]
        for row, prediction in zip(rows, expected["predictions"], strict=True):
            (alone,) = server.client.post("/predict", json=row).json()["predictions"]
            assert flat(alone) == pytest.approx(prediction)
        codes = server.client.get("/schema").json()["target"]["classes"]
        labels = {row["prediction"] for row in expected["predictions"]}
        assert codes is None if target == "weight" else labels <= set(codes)


@pytest.mark.parametrize("target", ["bought", "weight"])
def test_csv_rows_and_csv_answers(models, tmp_path, capsys, target) -> None:
    file = tmp_path / "body.csv"
    ROWS.to_csv(file, index=False)
    capsys.readouterr()
    assert run(["predict", str(models(target)), str(file)]) == 0
    captured = capsys.readouterr()
    with serving(models(target)) as server:
        body = file.read_bytes()
        wants = {"Accept": "text/csv"}
        answer = server.client.post("/predict", content=body, headers={**CSV, **wants})
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert answer.text == captured.out
        notes = json.loads(answer.headers.get("rosenblatt-notes", "[]"))
        said = [f"note: {note}".replace("the body", file.name) for note in notes]
        assert said == captured.err.splitlines()
        same = server.client.post("/predict", json=records(), headers=wants)
        assert [line.split(",")[0] for line in same.text.split()] == [
            line.split(",")[0] for line in captured.out.split()
        ] or target == "weight"
        as_json = server.client.post("/predict", content=body, headers=CSV).json()
        assert len(as_json["predictions"]) == len(ROWS)


def test_numbers_and_dates_as_texts_mean_the_same(bought: httpx.Client) -> None:
    rows = records()
    for row in rows:
        row["since"] = row["since"][:10]
    texts = [{k: None if v is None else str(v) for k, v in row.items()} for row in rows]
    plain, typed = (bought.post("/predict", json=body).json() for body in (texts, rows))
    assert plain == typed


@pytest.mark.parametrize(
    "change",
    [
        {"colour": None, "unknown": 3},
        {"colour": "violet"},
        {"size": "1e400"},
        {"size": "many"},
        {"since": "soon"},
        {"member": "perhaps"},
        {"tags": ["a"]},
        {"since": None, "weight": None},
    ],
)
def test_notes_and_errors_are_those_of_the_command(
    bought: httpx.Client, models, tmp_path, capsys, change
) -> None:
    rows = [{**row, **change} for row in records()[:2]]
    expected = by_command(models("bought"), rows, tmp_path, capsys)
    answer = bought.post("/predict", json=rows)
    if "error" in expected:
        assert (answer.status_code, answer.json()) == (422, expected)
    else:
        assert answer.json()["notes"] == expected["notes"] != []
        assert list(map(flat, answer.json()["predictions"])) == expected["predictions"]


def test_absent_columns_are_named_with_near_ones(
    bought: httpx.Client, models, tmp_path, capsys
) -> None:
    rows = [{"sise" if name == "size" else name: cell for name, cell in records()[0].items()}]
    expected = by_command(models("bought"), rows, tmp_path, capsys)
    assert "did you mean 'sise'" in expected["error"]
    answer = bought.post("/predict", json=rows)
    assert (answer.status_code, answer.json()) == (422, expected)


def test_a_csv_that_lacks_a_column(bought: httpx.Client) -> None:
    body = ROWS.drop(columns="colour").to_csv(index=False)
    answer = bought.post("/predict", content=body, headers=CSV)
    assert answer.status_code == 422
    assert "lacks the column 'colour'" in answer.json()["error"]


def test_predictions_that_are_not_finite_are_null_and_noted(models, tmp_path, capsys) -> None:
    model = tmp_path / "far.safetensors"
    model.write_bytes(models("weight").read_bytes())

    def huge(metadata, tensors) -> None:
        for name, tensor in tensors.items():
            tensors[name] = tensor * 0 + 3e38 if "layers.0" in name else tensor

    rewrite(model, huge)
    expected = by_command(model, records()[:3], tmp_path, capsys)
    assert expected["predictions"][0]["prediction"] is None
    with serving(model) as server:
        answer = server.client.post("/predict", json=records()[:3])
        assert answer.json() == {"predictions": expected["predictions"], "notes": expected["notes"]}
        assert any("is not finite" in note for note in answer.json()["notes"])


def test_names_with_halves_of_characters(bought: httpx.Client) -> None:
    row = {**records()[0], "\ud800": "\udfff", "\x7f\x1b[2J": 1}
    body = json.dumps(row)
    for accept in ("application/json", "text/csv"):
        headers = {"Content-Type": "application/json", "Accept": accept}
        answer = bought.post("/predict", content=body, headers=headers)
        assert answer.status_code == 200
        assert "\x7f" not in answer.text + answer.headers.get("rosenblatt-notes", "")
        assert "\x1b" not in answer.text + answer.headers.get("rosenblatt-notes", "")


def test_a_wide_header_of_notes_is_cut(bought: httpx.Client) -> None:
    unknown = {f"{'ü' * 30}{k}": ["x"] for k in range(400)}
    row = {**{k: v for k, v in records()[0].items() if k != "colour"}, "colour": "\u202e" * 40}
    answer = bought.post("/predict", json=[{**row, **unknown}], headers={"Accept": "text/csv"})
    assert answer.status_code == 200
    assert 0 < len(answer.headers["rosenblatt-notes"]) <= 4096
    assert answer.headers["rosenblatt-notes"].isascii()


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("", "application/json"),
        ("*/*", "application/json"),
        ("text/csv", "text/csv"),
        ("text/*;q=0.5", "text/csv"),
        ("application/json, text/csv;q=0.9", "application/json"),
        ("application/json;q=0.1, text/csv", "text/csv"),
        ("TEXT/CSV; q=1.0, */*; q=0.1", "text/csv"),
        ("text/csv;q=0", "application/json"),
        ("text/csv;q=often", "application/json"),
        ("text/html", "application/json"),
    ],
)
def test_the_form_that_a_client_prefers(bought: httpx.Client, accept: str, kind: str) -> None:
    answer = bought.post("/predict", json=records()[0], headers={"Accept": accept})
    assert answer.headers["content-type"].partition(";")[0] == kind


@pytest.mark.parametrize("n", [0, 1, 999, 1000, 1001, 2500])
def test_records_are_encoded_as_one_list_would_be(n: int) -> None:
    found: list[Any] = [{"prediction": k / 7, "labels": ["a\x7f", None]} for k in range(n)]
    assert f"[{answers.records(found)}]" == finite_json(found)
    if found:
        found[-1]["prediction"] = float("nan")
        assert f"[{answers.records(found)}]" == finite_json(found)
