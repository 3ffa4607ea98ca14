"""What a server says of its model, for programs: `/schema` and OpenAPI."""

from __future__ import annotations

import json

import httpx
import pytest

from rosenblatt.cli.app import run
from rosenblatt.cli.size import parse_size
from rosenblatt.serving import Settings
from tests.support.served import examples, serving


@pytest.mark.parametrize("target", ["bought", "weight", "member", "stars"])
def test_the_schema_is_what_inspect_shows(models, capsys, target: str) -> None:
    capsys.readouterr()
    assert run(["inspect", str(models(target)), "--json"]) == 0
    inspected = json.loads(capsys.readouterr().out)
    with serving(models(target)) as server:
        schema = server.client.get("/schema").json()
        answer = server.client.post("/predict", json=examples(schema))
    *columns, last = inspected["columns"]
    said = [(c["name"], c["taken_for"], c["detail"], c["needed"]) for c in schema["columns"]]
    assert said == [(c["name"], c["taken_for"], c["detail"], c["features"] > 0) for c in columns]
    assert schema["target"]["name"] == last["name"] == target
    assert schema["target"]["detail"] == last["detail"]
    classes = {"bought": ["buys", "leaves"], "member": ["no", "yes"], "stars": [0, 1, 2]}
    assert schema["target"]["classes"] == classes.get(target)
    of_weight = target == "weight"
    assert schema["target"]["task"] == ("regression" if of_weight else "classification")
    # The examples are cells that are read without a note.
    assert (answer.status_code, answer.json()["notes"]) == (200, [])


def test_choices_are_the_categories_of_the_training(bought: httpx.Client) -> None:
    columns = {c["name"]: c for c in bought.get("/schema").json()["columns"]}
    assert sorted(columns["colour"]["choices"]) == ["blue", "green", "red"]
    assert columns["member"]["choices"] == ["true", "false"]
    assert columns["size"]["choices"] is None
    assert not columns["id"]["needed"]


def test_openapi_describes_the_rows_and_the_answer(bought: httpx.Client) -> None:
    described = bought.get("/openapi.json").json()
    assert set(described["paths"]) == {"/health", "/schema", "/predict"}
    operation = described["paths"]["/predict"]["post"]
    content = operation["requestBody"]["content"]
    assert set(content) == {"application/json", "text/csv"}
    row, rows, columns = content["application/json"]["schema"]["oneOf"]
    assert rows["items"] == row
    names = ["size", "colour", "member", "since", "weight"]
    assert row["required"] == columns["required"] == list(row["properties"]) == names
    answer = bought.post("/predict", json=row["example"])
    assert answer.status_code == 200
    described = operation["responses"]["200"]["content"]["application/json"]["schema"]
    assert set(answer.json()) == set(described["required"])
    (prediction,) = answer.json()["predictions"]
    of_row = described["properties"]["predictions"]["items"]
    assert set(prediction) == set(of_row["required"])
    assert prediction["prediction"] in of_row["properties"]["prediction"]["enum"]
    assert set(of_row["properties"]["probabilities"]["properties"]) == {"buys", "leaves"}
    assert set(operation["responses"]) == {"200", "400", "413", "415", "422"}


@pytest.mark.parametrize(
    ("text", "size"), [("10MB", 10_000_000), ("1.5 kB", 1_500), ("2gb", 2 * 10**9), ("1mb", 10**6)]
)
def test_sizes(text: str, size: int) -> None:
    assert parse_size("--max-body", text) == size


def test_a_limit_of_cells_follows_from_that_of_bytes() -> None:
    assert Settings(max_body=1000).most_cells == 250
