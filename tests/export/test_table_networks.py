"""Published networks of tables, embeddings and members among them, as formulas of raw cells."""

from __future__ import annotations

import json
import math
import shutil
import sqlite3
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from rosenblatt import TableClassifier
from rosenblatt.export.r_function import constant
from rosenblatt.tabular.networks import NETWORKS

SMALL: dict[str, dict[str, Any]] = {
    "realmlp": {"hidden": (8, 8), "epochs": 2, "batch_size": 32},
    "tabm": {"n_members": 3, "hidden": (8, 8), "epochs": 2, "batch_size": 32},
}
N = 240


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    """A number, and a column of more categories than R nests conditions."""
    rng = np.random.default_rng(0)
    streets = pd.Series([f"s{k}" for k in rng.integers(0, 60, N)])
    return pd.DataFrame({"size": rng.normal(50, 9, N), "street": streets.where(streets != "s3")})


@pytest.fixture(scope="module", params=SMALL)
def fitted(request: Any, frame: pd.DataFrame) -> tuple[Any, Any]:
    """(A classifier, its probabilities of the rows.)"""
    network = replace(NETWORKS[request.param], **SMALL[request.param])
    clf = TableClassifier(network=network, random_state=0)
    clf.fit(frame, np.where(frame["size"] > 50, "dear", "cheap"))
    return clf, clf.predict_proba(frame)


def close(got: Any, want: Any) -> None:
    """The formulas compute in double precision, and the network in single."""
    np.testing.assert_allclose(np.array(got, float).reshape(want.shape), want, 1e-3, 1e-5)


def test_sql(fitted: tuple[Any, Any], frame: pd.DataFrame) -> None:
    clf, want = fitted
    connection = sqlite3.connect(":memory:")
    for name in ("exp", "tanh", "sin", "cos", "floor", "sqrt", "ln"):
        function = getattr(math, "log" if name == "ln" else name)
        connection.create_function(name, 1, function, deterministic=True)
    connection.execute("CREATE TABLE rows (size DOUBLE, street VARCHAR)")
    cells = [(x, None if pd.isna(s) else s) for x, s in frame.itertuples(index=False)]
    connection.executemany("INSERT INTO rows VALUES (?, ?)", cells)
    close(connection.execute(clf.to_sql()).fetchall(), want)


@pytest.mark.skipif(shutil.which("node") is None, reason="no Node.js")
def test_javascript(fitted: tuple[Any, Any], frame: pd.DataFrame, tmp_path: Path) -> None:
    clf, want = fitted
    clf.to_javascript(tmp_path / "net.mjs")
    (tmp_path / "main.mjs").write_text(
        'import { predict } from "./net.mjs";\n'
        f"console.log(JSON.stringify({frame.to_json(orient='records')}.map(predict)));\n"
    )
    done = subprocess.run(
        ["node", str(tmp_path / "main.mjs")], check=True, capture_output=True, text=True
    )
    close(json.loads(done.stdout), want)


@pytest.mark.skipif(shutil.which("Rscript") is None, reason="no R")
def test_r(fitted: tuple[Any, Any], frame: pd.DataFrame, tmp_path: Path) -> None:
    clf, want = fitted
    sizes = ", ".join(map(constant, frame["size"]))
    streets = ", ".join("NA" if pd.isna(s) else constant(s) for s in frame["street"])
    script = tmp_path / "main.R"
    script.write_text(
        clf.to_r() + f"data <- data.frame(size = c({sizes}), street = c({streets}))\n"
        'cat(sprintf("%.9g", t(network(data))))\n'
    )
    done = subprocess.run(["Rscript", str(script)], check=True, capture_output=True, text=True)
    close(done.stdout.split(), want)
