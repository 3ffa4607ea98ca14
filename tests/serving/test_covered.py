"""`POST /predict?coverage=…`: intervals and sets in an answer."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pandas as pd
import pytest

from rosenblatt import load
from tests.support.houses import FEATURES, classifier, houses, regressor
from tests.support.served import serving

ROWS = houses()[FEATURES].assign(built=lambda f: f["built"].astype(str))


def asked(client: httpx.Client, coverage: float | str, accept: str = "*/*") -> httpx.Response:
    return client.post(
        "/predict",
        params={"coverage": coverage},
        content=ROWS.to_csv(index=False),
        headers={"Content-Type": "text/csv", "Accept": accept},
    )


def test_intervals_and_their_refusals(tmp_path: Path) -> None:
    frame = houses()
    model = tmp_path / "m.safetensors"
    regressor().fit(frame[FEATURES], frame["price"]).save(model)
    wanted = load(model).predict_interval(frame, 0.8)
    with serving(model) as server:
        found = pd.DataFrame(asked(server.client, 0.8).json()["predictions"])
        assert list(found) == ["prediction", "lower", "upper"]
        np.testing.assert_allclose(found[["lower", "upper"]], wanted, rtol=1e-6)
        text = asked(server.client, 0.8, "text/csv").text
        np.testing.assert_allclose(pd.read_csv(io.StringIO(text))["lower"], wanted[:, 0], rtol=1e-6)
        for coverage in ("2", "nan", "much"):
            answer = asked(server.client, coverage)
            assert answer.status_code == 400
            assert answer.json()["error"].startswith("coverage must be")
        (parameter,) = server.client.get("/openapi.json").json()["paths"]["/predict"]["post"][
            "parameters"
        ]
        assert parameter["name"] == "coverage"


def test_sets(tmp_path: Path) -> None:
    frame = houses()
    model = tmp_path / "m.safetensors"
    classifier().fit(frame[FEATURES], frame["dear"]).save(model)
    sets = load(model).predict_set(frame, 0.8)
    wanted = [
        [label for label, inside in zip(["no", "yes"], row, strict=True) if inside] for row in sets
    ]
    with serving(model) as server:
        assert [p["set"] for p in asked(server.client, 0.8).json()["predictions"]] == wanted


@pytest.mark.parametrize("target", ["bought", "weight"])
def test_a_model_without_scores_says_so(models: Any, target: str) -> None:
    with serving(models(target)) as server:
        answer = server.client.post("/predict", params={"coverage": 0.9}, json={"size": 1.0})
        assert answer.status_code == 422
